"""The helper process for other programs' sound (``python -m cuecoach.audio.others.worker``).

A process of its own: a sound server that hangs holds up nobody, and when the run is killed this one still lives to undo
what was changed. It ends when its standard input does.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
import time
from contextlib import nullcontext, suppress
from typing import BinaryIO, Final

from cuecoach.audio.child import private_stdout
from cuecoach.audio.others.book import Book, OthersError
from cuecoach.audio.others.hands import Hands
from cuecoach.audio.others.messages import Heard, Mode, Note, Ready, Report, Task, from_line, to_line
from cuecoach.audio.others.server import descends_from

#: Work that takes longer hangs in a server that does, s; what is not undone by then is left to the next start.
_HANGS_AFTER_S: Final = 5.0
#: What a helper ends with when it hung.
HUNG: Final = 3
#: How long to wait for another of us that is just ending, s.
_PATIENCE_S: Final[dict[Mode, float]] = {"leave": 2.0, "duck": 2.0, "pause": 2.0, "check": 0.2}


class _Watchdog:
    """Ends the process when one piece of work takes too long: no library here can be interrupted otherwise."""

    def __init__(self) -> None:
        self._since: float | None = None
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while True:
            time.sleep(_HANGS_AFTER_S / 10)
            since = self._since
            if since is not None and time.monotonic() - since > _HANGS_AFTER_S:
                os._exit(HUNG)

    def __enter__(self) -> None:
        self._since = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self._since = None


def _lines(source: int, ended: int, timeout_s: float | None, rest: bytearray) -> list[bytes] | None:
    """Wait for messages; return them, or None when the parent is gone or we are asked to end."""
    readable, _, _ = select.select([source, ended], [], [], timeout_s)
    if ended in readable:
        return None
    if source not in readable:
        return []
    data = os.read(source, 65_536)
    if not data:
        return None
    rest += data
    *lines, last = bytes(rest).split(b"\n")
    rest[:] = last
    return lines


def serve(source: int, out: BinaryIO, ended: int, book: Book) -> None:
    """Work until the parent is gone or something can be read from `ended`."""
    rest, watchdog = bytearray(), _Watchdog()

    def say(report: Report) -> None:
        with suppress(BrokenPipeError):  # nobody is left to hear it
            out.write(to_line(report))
            out.flush()

    waiting: list[bytes] = []
    while not waiting:
        lines = _lines(source, ended, None, rest)
        if lines is None:
            return
        waiting = lines
    task: Task = from_line(waiting.pop(0))
    # Without the book nothing may be changed; who only looks where the sound goes leaves it to others.
    needed = task.mode != "leave" or book.is_open
    with book.locked(_PATIENCE_S[task.mode]) if needed else nullcontext(False) as ours:
        mode = task.mode if ours else "leave"
        if needed and not ours:
            if task.mode in ("duck", "pause"):
                say(Note("another cuecoach already sees to other programs' sound; this one leaves it alone"))
            if not task.headphones_only:
                say(Ready(None, None, taken=True))
                return
        with watchdog:
            hands = Hands(
                mode,
                headphones_only=task.headphones_only,
                own=descends_from(task.parent),
                book=book if ours else None,
                say=say,
            )
            go_on = hands.begin()
        try:
            while go_on:
                for line in waiting:
                    message = from_line(line)
                    if isinstance(message, Heard):
                        hands.take(message, time.monotonic())
                with watchdog:
                    hands.step(time.monotonic())
                lines = _lines(source, ended, hands.next_step(time.monotonic()), rest)
                if lines is None:
                    return
                waiting = lines
        finally:
            with watchdog:
                hands.finish()


def main() -> None:
    """Serve on standard input and output."""
    # The end of the terminal, and its Ctrl-C, are for the parent: it ends us by closing the pipe, however it ends.
    with suppress(PermissionError):  # it leads a group already
        os.setsid()
    read, write = os.pipe()

    def end(*_: object) -> None:
        os.write(write, b"x")

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    out = private_stdout()
    try:
        serve(sys.stdin.fileno(), out, read, Book())
    except OthersError as error:
        with suppress(BrokenPipeError):
            out.write(to_line(Ready(str(error), str(error))))
            out.flush()
    # Not through the interpreter's own end: it would wait for a connection that hangs.
    os._exit(0)


if __name__ == "__main__":
    main()
