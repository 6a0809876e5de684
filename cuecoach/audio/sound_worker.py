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
from collections import deque
from contextlib import suppress
from typing import BinaryIO, Final

import numpy as np

from cuecoach.audio.child import private_stdout
from cuecoach.audio.devices import OpenFailedError, open_output
from cuecoach.audio.earcons import make_earcon
from cuecoach.audio.mixer import Mixer
from cuecoach.audio.pacing import Pacer
from cuecoach.audio.protocol import Failed, FromSound, Ready, SoundSettings, ToSound, Underflows, Words, put
from cuecoach.audio.sounds import FloatArray32, StereoArray32
from cuecoach.errors import SoundError
from cuecoach.events import SoundCommand

#: How often events are passed on, s: far below what a person or a rule would notice.
_PERIOD_S: Final = 0.03
#: A device that asks for nothing this long is gone, s.
_LOST_AFTER_S: Final = 3.0


class Engine:
    """Joins mixer, commands and clock; `fill` is called from the device's thread, all else from others.

    Commands and messages cross between threads in deques, whose append and popleft are atomic, so the device never waits.
    """

    def __init__(self, settings: SoundSettings) -> None:
        self._settings = settings
        self._words: dict[str, FloatArray32] = {}
        self._unknown = make_earcon("cue", settings.sample_rate)
        self._commands: deque[SoundCommand] = deque()
        self._pacer = Pacer()
        self._mixer: Mixer | None = None
        self._begin = 0.0
        self._wait = 0
        self.messages: deque[FromSound] = deque()
        self.last_fill = time.monotonic()

    def take(self, message: ToSound) -> None:
        """Accept a message of the parent."""
        if isinstance(message, Words):
            self._words[message.text] = message.samples
        elif not isinstance(message, SoundSettings):
            self._commands.append(message)

    def _first(self, now: float) -> Mixer:
        settings = self._settings
        start_t = settings.start_t if settings.clock_zero is None else now - settings.clock_zero
        self._begin = now
        self._mixer = Mixer(
            lambda text: self._words.get(text, self._unknown),
            sample_rate=settings.sample_rate,
            start_t=start_t,
            level_db=settings.level_db,
            beat_level_db=settings.beat_level_db,
        )
        return self._mixer

    @property
    def clock_zero(self) -> float | None:
        """The monotonic clock at session time 0, None until the first sample was asked for."""
        return None if self._mixer is None else self._begin - self._mixer.start_t

    def fill(self, frames: int) -> StereoArray32:
        """Return the next samples for the device."""
        now = self.last_fill = time.monotonic()
        mixer = self._mixer or self._first(now)
        while self._commands:
            try:
                mixer.handle(self._commands.popleft())
            except SoundError as error:
                self.messages.append(Failed("command", str(error)))
        out = self._keep_pace(mixer, frames, now)
        if out is None:
            out = mixer.render(frames)
        self.messages.extend(mixer.take_events())
        return out

    def _keep_pace(self, mixer: Mixer, frames: int, now: float) -> StereoArray32 | None:
        """Move the mix along with the clock where that is due; return silence while it has to wait."""
        rate = mixer.sample_rate
        if self._wait == 0:
            free = not mixer.beating and mixer.silent_for() > rate
            slip = round(self._pacer.slip(mixer.position / rate, now - self._begin, free=free) * rate)
            if slip > 0:
                mixer.skip(slip)
            self._wait = max(-slip, 0)
        if self._wait >= frames:
            self._wait -= frames
            return np.zeros((frames, 2), dtype=np.float32)
        self._wait = 0
        return None


def serve(source: BinaryIO, out: BinaryIO) -> None:
    """Run until `source` ends, which it does when the parent does."""
    settings = pickle.load(source)
    engine = Engine(settings)
    over = threading.Event()

    def read() -> None:
        try:
            while True:
                engine.take(pickle.load(source))
        except (EOFError, pickle.UnpicklingError):
            over.set()

    try:
        output = open_output(engine.fill, settings)
    except OpenFailedError as error:
        put(out, error.failed)
        return
    # Nothing here makes cycles; without the collector no callback ever waits for it.
    gc.collect()
    gc.freeze()
    gc.disable()
    threading.Thread(target=read, daemon=True).start()
    greeted, underflows = False, 0
    while not over.wait(_PERIOD_S):
        if not greeted and engine.clock_zero is not None:
            put(out, Ready(engine.clock_zero, output.latency_s))
            greeted = True
        while engine.messages:
            put(out, engine.messages.popleft())
        if output.underflows != underflows:
            underflows = output.underflows
            put(out, Underflows(underflows))
        if time.monotonic() - engine.last_fill > _LOST_AFTER_S:
            put(out, Failed("lost"))
            break
    # A sound server that is gone may hold up the closing of its stream for ever.
    watchdog = threading.Timer(1.0, os._exit, args=(0,))
    watchdog.daemon = True
    watchdog.start()
    output.close()


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
