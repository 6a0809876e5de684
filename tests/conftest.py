"""What holds for all tests: the same examples for properties, unless a search is asked for; nothing of a person is touched."""

import atexit
import gc
import os
import shutil
import signal
import sys
import tempfile
import threading
from pathlib import Path

from hypothesis import HealthCheck, settings

# Told not to write bytecode beside the sources, Python would compile them (and pytest rewrite the tests) anew in each process
# of a session, and there are hundreds. The environment that runs the tests has room for it.
if sys.dont_write_bytecode and sys.prefix != sys.base_prefix:
    sys.dont_write_bytecode, sys.pycache_prefix = False, str(Path(sys.prefix) / "pycache")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix

# A width set from outside would fold what tests read.
os.environ.pop("COLUMNS", None)

# Neither the person's runs nor what is known of them, also in processes that tests start.
_KEPT = Path(tempfile.mkdtemp(prefix="cuecoach-tests-"))
atexit.register(shutil.rmtree, _KEPT, ignore_errors=True)
os.environ["CUECOACH_STORE"] = str(_KEPT / "runs.db")
os.environ["CUECOACH_RUNNERS"] = str(_KEPT / "runners")

# Begun in the background of a shell, Ctrl-C is ignored here and in all that tests start; some of them press it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN and threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("same", derandomize=True, deadline=None)
# HYPOTHESIS_PROFILE=search pytest … looks for new counterexamples, long and at random.
settings.register_profile("search", max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


def pytest_collection_finish() -> None:
    """Leave what is there for the whole session (modules, thousands of tests) out of every later search for garbage."""
    gc.collect()
    gc.freeze()
