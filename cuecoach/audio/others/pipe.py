"""The helper's process and the pipes to it: what is told never blocks, what comes back is read as it comes."""

from __future__ import annotations

import os
import threading
from collections import deque
from contextlib import suppress
from subprocess import Popen, TimeoutExpired
from typing import Final

from cuecoach.audio.child import start_child
from cuecoach.audio.others.messages import Heard, Report, Task, from_line, to_line

_MODULE: Final = "cuecoach.audio.others.worker"


class Child:
    """A running helper.

    Parameters
    ----------
    task
        What it is to do.
    """

    def __init__(self, task: Task) -> None:
        self.process: Popen[bytes] = start_child(_MODULE)
        self.reports: deque[Report] = deque()
        assert self.process.stdin is not None
        os.set_blocking(self.process.stdin.fileno(), False)
        self._reader = threading.Thread(target=self._read, name="cuecoach-others", daemon=True)
        self._reader.start()
        self._write(to_line(task))

    def _read(self) -> None:
        assert self.process.stdout is not None
        with suppress(OSError, ValueError):  # closed under our hands
            for line in self.process.stdout:
                self.reports.append(from_line(line))

    @property
    def alive(self) -> bool:
        """Whether it is there."""
        return self.process.poll() is None

    def tell(self, message: Heard) -> None:
        """Tell it of our words; returns at once."""
        self._write(to_line(message))

    def _write(self, line: bytes) -> None:
        assert self.process.stdin is not None
        # Past Python's buffer: what a helper that hangs does not take is lost, and nobody waits.
        with suppress(OSError, ValueError):
            os.write(self.process.stdin.fileno(), line)

    def close(self, patience_s: float) -> None:
        """Ask it to bring everything back and to end; one that does not within `patience_s`, s, is killed."""
        process = self.process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        # Ctrl-C while we wait: the helper lives on without us and ends by itself.
        try:
            process.wait(patience_s)
        except TimeoutExpired:
            process.kill()
            process.wait()
        self._reader.join(1.0)
        process.stdout.close()
