"""The sound process (``python -m cuecoach.audio.sound_worker``): owns device and mixer, takes commands, tells what was heard.

A process of its own has a lock of its own: however busy the coach is, the device never waits for it.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
import threading
import time
from contextlib import suppress
from typing import BinaryIO, Final

from cuecoach.audio.child import private_stdout
from cuecoach.audio.engine import Engine
from cuecoach.audio.player import Player
from cuecoach.audio.protocol import Failed, FromSound, Ready, put
from cuecoach.audio.sinks.output import OpenFailedError

#: How often events are passed on, s: far below what a person or a rule would notice.
_PERIOD_S: Final = 0.03
#: A device that is not there is looked for so often, s; what has to be installed first, so often.
_RETRY_S: Final = 1.0
_RETRY_INSTALL_S: Final = 15.0
#: When the parent is gone this process is too, s, whatever the sound library waits for.
_LAST_S: Final = 2.0


class Server:
    """Keeps the device playing, and looks for it when it is gone."""

    def __init__(self, player: Player, engine: Engine, out: BinaryIO) -> None:
        self._player = player
        self._engine = engine
        self._out = out
        self._retry_at = 0.0
        self._open = False
        self._greeted = False
        self._failed: Failed | None = None

    def step(self, now: float) -> None:
        """Do what is due, and pass on what happened."""
        try:
            if self._open:
                self._watch(now)
            elif now >= self._retry_at:
                self._player.open(now)
                self._open, self._greeted = True, False
        except OpenFailedError as error:
            self._gone(error.failed, now)
        for message in self._engine.take_messages():
            put(self._out, message)

    def _watch(self, now: float) -> None:
        if not self._player.look(now):
            self._gone(Failed("lost"), now)
            self._player.let_go()
            return
        zero = self._engine.clock_zero
        if not self._greeted and zero is not None:
            put(self._out, Ready(zero, self._player.latency_s))
            self._greeted, self._failed = True, None

    def _gone(self, failed: Failed, now: float) -> None:
        self._open = False
        self._retry_at = now + (_RETRY_INSTALL_S if failed.reason in ("library", "sink") else _RETRY_S)
        self._engine.drop_words()
        if failed != self._failed:
            put(self._out, failed)
            self._failed = failed


def serve(source: BinaryIO, out: BinaryIO) -> None:
    """Run until `source` ends, which it does when the parent does."""
    settings = pickle.load(source)
    engine = Engine(settings)
    over = threading.Event()

    def tell(message: FromSound) -> None:
        put(out, message)

    player = Player(engine, settings, tell)
    server = Server(player, engine, out)

    def read() -> None:
        # ValueError: closed under our hands.
        with suppress(EOFError, OSError, ValueError, pickle.UnpicklingError):
            while True:
                engine.take(pickle.load(source))
        over.set()
        time.sleep(_LAST_S)
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    server.step(time.monotonic())
    # Nothing here makes cycles; without the collector no callback ever waits for it.
    gc.collect()
    gc.freeze()
    gc.disable()
    while not over.wait(_PERIOD_S):
        server.step(time.monotonic())
    player.close()


def main() -> None:
    """Serve on standard input and output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent; it ends us by closing the pipe.
    out = private_stdout()
    # The parent is gone, and so are we.
    with suppress(BrokenPipeError, EOFError):
        serve(sys.stdin.buffer, out)
    # Not through the interpreter's own end: PortAudio's may hang on a sound server that is gone.
    os._exit(0)


if __name__ == "__main__":
    main()
