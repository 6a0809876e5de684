"""Whether the program that records a run is still there: by its process where that can be asked, else by its last sign."""

from __future__ import annotations

import os
import platform
from typing import Final

#: A recording program gives a sign several times a second; after this long without one it is taken to be gone.
SILENT_S: Final = 60.0


def host() -> str:
    """Return this machine's name, under which process ids mean something."""
    return platform.node()


def running(pid: int) -> bool | None:
    """Return whether a process of this machine runs; None where that cannot be asked without harm."""
    if os.name == "nt":  # there, os.kill ends the process whatever the signal
        return None
    if pid <= 0:  # would mean a group of processes
        return False
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # it is another user's
        return True
    return True


def gone(of_host: str, pid: int, last_sign: float, now: float) -> bool:
    """Return whether a recording program has ended without closing its run.

    Parameters
    ----------
    last_sign, now
        By the wall clock, s; a sign from the future (the clock was set back) says nothing.
    """
    return now - last_sign > SILENT_S or (of_host == host() and running(pid) is False)
