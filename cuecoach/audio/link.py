"""The parent's end of the sound process: messages go in and out through threads, so that nothing here ever blocks."""

from __future__ import annotations

import pickle
import queue
import threading
from contextlib import suppress

from cuecoach.audio.child import end_child, start_child
from cuecoach.audio.protocol import FromSound, ToSound, put


class SoundLink:
    """One child process and its two pipes."""

    def __init__(self) -> None:
        self._process = process = start_child("cuecoach.audio.sound_worker")
        self._incoming = incoming = queue.SimpleQueue[FromSound]()
        self._outgoing = outgoing = queue.SimpleQueue[ToSound | None]()
        source, target = process.stdout, process.stdin
        assert source is not None
        assert target is not None

        def read() -> None:
            # ValueError: closed under our hands by `close`.
            with suppress(EOFError, OSError, ValueError, pickle.UnpicklingError):
                while True:
                    incoming.put(pickle.load(source))

        def write() -> None:
            with suppress(OSError, ValueError):
                while (message := outgoing.get()) is not None:
                    put(target, message)

        self._threads = [threading.Thread(target=f, name="cuecoach-sound", daemon=True) for f in (read, write)]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        """Process id of the child."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the child runs."""
        return self._process.poll() is None

    def send(self, message: ToSound) -> None:
        """Pass a message on; goes nowhere when the child is gone."""
        self._outgoing.put(message)

    def take(self, timeout_s: float = 0.0) -> list[FromSound]:
        """Return what the child has said since the last call; wait for a first message up to `timeout_s`.

        After the child's end all it still said is there.
        """
        if not self.alive:
            self._threads[0].join(1.0)
        found: list[FromSound] = []
        with suppress(queue.Empty):
            if timeout_s > 0.0:
                found.append(self._incoming.get(timeout=timeout_s))
            while True:
                found.append(self._incoming.get_nowait())
        return found

    def close(self) -> None:
        """End the child and wait for it; safe to call twice."""
        self._outgoing.put(None)
        # The writer first, so that the pipe is not closed under a message. One that hangs ends with the process.
        self._threads[1].join(1.0)
        if self._threads[1].is_alive():
            self._process.kill()
        end_child(self._process)
        for thread in self._threads:
            thread.join(1.0)

    def abandon(self) -> None:
        """End the child at once and tidy up in the background."""
        if self.alive:
            self._process.kill()
        threading.Thread(target=self.close, name="cuecoach-sound", daemon=True).start()
