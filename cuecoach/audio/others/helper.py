"""Other programs' sound, as the run sees it: a helper process that is told of our words, and what it reports."""

from __future__ import annotations

import os
import sys
import time
from collections import deque
from types import TracebackType
from typing import Final

from cuecoach.audio.others.book import Book, OthersError
from cuecoach.audio.others.messages import Heard, Mode, Note, Output, Ready, Task
from cuecoach.audio.others.pipe import Child
from cuecoach.events import Action, AudioEvent, Say

#: The helper says within this time that it is at work, s; it connects in tenths of a second.
_READY_S: Final = 4.0
#: It may take so long to bring everything back at the end, s: half a second of ramp, more when a server hangs.
_CLOSING_S: Final = 6.0
#: An output that was not heard of for so long is not known, s.
_STALE_S: Final = 5.0
#: A helper that dies is started again so often.
_RESTARTS: Final = 3


class OtherSound:
    """What other programs play while our words are heard; make one with `open`.

    Nothing here blocks or fails once it is open. Not to be shared between threads.
    """

    def __init__(self, mode: Mode, *, headphones_only: bool) -> None:
        self._mode: Mode = mode
        self._headphones_only = headphones_only
        self._notes: deque[str] = deque()
        self._child: Child | None = None
        self._restarts = 0
        self._worn: bool | None = None
        self._output = ""
        self._output_at = -_STALE_S
        #: What the helper said first; None when there is none.
        self.ready: Ready | None = None

    @classmethod
    def open(cls, mode: Mode = "leave", *, headphones_only: bool = False) -> OtherSound:
        """Undo what a run that broke off has left, and begin to look after other programs where that is asked for.

        Parameters
        ----------
        mode
            What happens to others while words are heard: `leave`, `duck`, `pause`; `check` only looks what could be done.
        headphones_only
            Whether `may_play` is to tell headphones from loudspeakers.

        Raises
        ------
        OthersError
            `headphones_only` is asked for and cannot be told here. Other lacks are notes.
        """
        others = cls(mode, headphones_only=headphones_only)
        if not sys.platform.startswith("linux"):
            if headphones_only:
                raise OthersError(
                    "`headphones_only` needs a Linux sound server; set it to `false` and choose the headphones with `device`"
                )
            if mode in ("duck", "pause"):
                others._notes.append(
                    "other programs' sound is left alone: only on Linux can it be turned down or paused"
                )
            return others
        if mode == "leave" and not headphones_only and not Book().is_open:
            return others
        others._start()
        try:
            others._wait_until_ready()
        except OthersError:
            others.close()
            raise
        return others

    def _start(self) -> None:
        self._child = Child(Task(self._mode, self._headphones_only, os.getpid()))

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + _READY_S
        while time.monotonic() < until:
            self._read()
            if self.ready is not None and (self._worn is not None or not self._headphones_only):
                break
            if self._child is None or not self._child.alive:
                self._read()
                break
            time.sleep(0.02)
        problem = self._problem()
        blind = self.ready.duck_problem if self.ready is not None else None
        if self._headphones_only and (blind is not None or self._worn is None):
            raise OthersError(
                f"`headphones_only` cannot be followed: {blind or 'the sound server does not answer'}; "
                "or set it to `false` and choose the headphones with `device`"
            )
        if problem is not None and self._mode in ("duck", "pause"):
            self._notes.append(problem)

    def _problem(self) -> str | None:
        if self.ready is None:
            return "other programs' sound is left alone: the sound server does not answer"
        return self.ready.pause_problem if self._mode == "pause" else self.ready.duck_problem

    # ------------------------------------------------------------ what the run tells
    def send(self, action: Action) -> None:
        """Take what is to be heard: others are turned down before words, never for a beat."""
        if isinstance(action, Say) and self._mode in ("duck", "pause"):
            self._tell(Heard("coming", action.id, max(action.at - action.t, 0.0), action.duration))

    def hear(self, event: AudioEvent, now: float) -> None:
        """Take what has become of words; `now` is the session time, s."""
        if event.kind != "started" and self._mode in ("duck", "pause"):
            self._tell(Heard("over", event.id, event.t - now))

    # ------------------------------------------------------------ what it reports
    def may_play(self) -> bool:
        """Return whether sound may be heard: always, unless headphones were asked for and none are known to be there."""
        if not self._headphones_only:
            return True
        self._read()
        return bool(self._worn) and time.monotonic() - self._output_at <= _STALE_S

    def take_notes(self) -> list[str]:
        """Return what people should know since the last call, a sentence each; starts a helper that died again."""
        self._read()
        child = self._child
        if child is not None and not child.alive and self._should_live():
            child.close(0.0)
            self._child = None
            if self._restarts < _RESTARTS:
                self._restarts += 1
                self._start()
            else:
                self._notes.append(
                    "other programs' sound is left alone from here on: the helper for it ended too often"
                )
        taken = list(self._notes)
        self._notes.clear()
        return taken

    def _should_live(self) -> bool:
        at_work = self.ready is None or not self.ready.taken
        return at_work and (self._headphones_only or (self._mode in ("duck", "pause") and self._problem() is None))

    def _read(self) -> None:
        while self._child is not None and self._child.reports:
            report = self._child.reports.popleft()
            if isinstance(report, Ready):
                self.ready = report
            elif isinstance(report, Note):
                self._notes.append(report.text)
            else:
                self._look_at(report)

    def _look_at(self, output: Output) -> None:
        self._output_at = time.monotonic()
        if output.worn != self._worn and not (output.worn and self._worn is None):
            self._notes.append(
                f"the sound goes to headphones again: {output.name}"
                if output.worn
                else f"silent: `headphones_only` is set, and the sound would come from {output.name}; connect headphones"
            )
        self._worn, self._output = output.worn, output.name

    def _tell(self, message: Heard) -> None:
        if self._child is not None:
            self._child.tell(message)

    # ------------------------------------------------------------ life
    @property
    def pid(self) -> int | None:
        """Process id of the helper, None when there is none."""
        return None if self._child is None else self._child.process.pid

    def close(self) -> None:
        """Have everything brought back, and end the helper; safe to call twice."""
        if self._child is not None:
            self._child.close(_CLOSING_S)
            self._read()
            self._child = None

    def __enter__(self) -> OtherSound:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
