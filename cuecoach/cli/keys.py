"""Single keys from the terminal while a run is on: quiet, it hurts, a calibration."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib.util import find_spec

QUIET = " "
CALIBRATE = "c"
PAIN = "p"
#: How long the space bar keeps the coach quiet, s.
QUIET_S = 300.0


def available() -> bool:
    """Whether this terminal gives us single keys: POSIX, standard input a terminal, and we are in its foreground."""
    if find_spec("termios") is None or sys.stdin is None or not sys.stdin.isatty():  # pyright: ignore[reportUnnecessaryComparison] -- None when closed
        return False
    import os

    # In the background, touching the terminal's settings would stop the whole run.
    return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()


@contextmanager
def pressed(handle: Callable[[str], None]) -> Generator[None]:
    """Call `handle` with each key pressed, inside a running event loop; the terminal is as before afterwards."""
    if not available():
        yield
        return
    import os
    import termios
    import tty

    fd = sys.stdin.fileno()
    before = termios.tcgetattr(fd)
    loop = asyncio.get_running_loop()

    def read() -> None:
        for key in os.read(fd, 32).decode(errors="ignore"):
            handle(key)

    tty.setcbreak(fd)
    loop.add_reader(fd, read)
    try:
        yield
    finally:
        loop.remove_reader(fd)
        termios.tcsetattr(fd, termios.TCSADRAIN, before)
