"""Joins mixer, commands and clock inside the sound process: every sample is heard at its session time, or not at all."""

from __future__ import annotations

import time
from collections import deque
from typing import Final

import numpy as np

from cuecoach.audio.backing import Backing
from cuecoach.audio.clickset import ClickSet, make_clicks
from cuecoach.audio.earcons import make_earcon
from cuecoach.audio.keepalive import WAKE_S, KeepAwake
from cuecoach.audio.mixer import Mixer
from cuecoach.audio.pacing import Pacer, Settling
from cuecoach.audio.protocol import Failed, FromSound, Mute, SoundSettings, ToSound, Words
from cuecoach.audio.sounds import FloatArray32, StereoArray32
from cuecoach.errors import SoundError
from cuecoach.events import AudioEvent, Hush, SoundCommand

#: A device that asked for nothing this long begins anew, s.
_INTERRUPTION_S: Final = 0.5


class Engine:
    """Gives the device its samples; `fill` is called from the device's thread, all else from others.

    Commands and messages cross between threads in deques, whose append and popleft are atomic, so the device never waits.

    Parameters
    ----------
    settings
        As the parent sent them.
    """

    def __init__(self, settings: SoundSettings) -> None:
        self._settings = settings
        self._words: dict[str, FloatArray32] = {}
        self._unknown = make_earcon("cue", settings.sample_rate)
        self._commands: deque[SoundCommand] = deque()
        self._mixer: Mixer | None = None
        self._backing: Backing | None = None
        self._noise: KeepAwake | None = None  # made once it is wanted: it takes 8 MB
        self._awake: KeepAwake | None = None
        self._muted = settings.muted
        self._gain = 0.0 if settings.muted else 1.0
        self._zero = 0.0
        self._pacer = Pacer()
        #: Silence still to come before the mix goes on, samples.
        self._wait = 0
        self._events: deque[AudioEvent] = deque()
        self.messages: deque[FromSound] = deque()
        self._clicks = self._make_clicks()
        if settings.music:
            self._open_music(settings.music)
        self.begin_stream(delay_s=0.0)

    def _open_music(self, songs: tuple[str, ...]) -> None:
        """Make the music ready before the first sample; without it the clicks keep the beat."""
        from cuecoach.audio.music.opening import open_music

        try:
            self._backing = open_music(songs, live=True, sample_rate=self._settings.sample_rate)
        except SoundError as error:
            self.messages.append(Failed("command", str(error)))

    def _make_clicks(self) -> ClickSet:
        """Make the clicks; a file that is gone by now is told, and the knock keeps the beat."""
        rate = self._settings.sample_rate
        try:
            return make_clicks(self._settings.clicks, rate)
        except SoundError as error:
            self.messages.append(Failed("command", str(error)))
            return make_clicks(sample_rate=rate)

    # ------------------------------------------------------------ from other threads
    def begin_stream(self, *, delay_s: float, awake: bool = False) -> None:
        """Be ready for a freshly opened device; not while another asks for samples.

        Parameters
        ----------
        delay_s
            How much later than the device says its sound is heard, s.
        awake
            Whether very soft noise is to keep headphones from sleeping.
        """
        self._delay_s = delay_s
        self.keep_awake(on=awake)
        self._settle()
        self.last_fill = time.monotonic()

    def drop_words(self) -> None:
        """Forget the words that sound or wait: the device has gone, and nobody heard them."""
        if self._mixer is not None:
            now = time.monotonic() - self._zero
            self._commands.append(Hush(now, now))

    def keep_awake(self, *, on: bool) -> None:
        """Begin or end the noise that keeps headphones from sleeping."""
        if on and self._noise is None:
            self._noise = KeepAwake()
        self._awake = self._noise if on else None

    def take(self, message: ToSound) -> None:
        """Accept a message of the parent."""
        if isinstance(message, Words):
            self._words[message.text] = message.samples
        elif isinstance(message, Mute):
            self._muted = message.on
        elif isinstance(message, SoundSettings):  # the clock runs, though there is no sound yet
            self._settings = message
        else:
            self._commands.append(message)

    @property
    def clock_zero(self) -> float | None:
        """The monotonic clock at session time 0; None while no sound is on its way."""
        return None if self._mixer is None or self._settling is not None else self._zero

    def take_messages(self) -> list[FromSound]:
        """Return what the parent should know; what became of the words not before it is heard."""
        told: list[FromSound] = []
        while self.messages:
            told.append(self.messages.popleft())
        if self._mixer is not None:
            now = time.monotonic() - self._zero
            while self._events and self._events[0].t <= now:
                told.append(self._events.popleft())
        return told

    # ------------------------------------------------------------ from the device's thread
    def fill(self, frames: int, ahead_s: float, /) -> StereoArray32:
        """Return the next samples for the device; the first of them leaves it `ahead_s` from now."""
        now = time.monotonic()
        if now - self.last_fill > _INTERRUPTION_S:
            self._settle()
        self.last_fill = now
        out = self._next(frames, now, now + ahead_s + self._delay_s)
        self._asked += frames
        gain = 0.0 if self._muted else 1.0
        if gain != 1.0 or self._gain != 1.0:
            out = out * np.linspace(self._gain, gain, frames, dtype=np.float32)[:, np.newaxis]
            self._gain = gain
        awake = self._awake
        return out if awake is None or self._muted else awake.add_to(out)

    def _settle(self) -> None:
        self._settling: Settling | None = Settling(WAKE_S if self._awake else 0.0)
        self._asked = 0

    def _next(self, frames: int, now: float, heard_at: float) -> StereoArray32:
        rate = self._settings.sample_rate
        if self._settling is not None:
            offset = self._settling.offset(self._asked / rate, heard_at, now)
            if offset is None:
                return np.zeros((frames, 2), dtype=np.float32)
            self._settling = None
            self._pacer = Pacer()
            self._wait = 0
            heard_at = self._asked / rate + offset
            mixer = self._mixer or self._first(now, heard_at)
            self._move(mixer, heard_at - self._zero - mixer.time)
        assert self._mixer is not None
        mixer = self._mixer
        while self._commands:
            try:
                mixer.handle(self._commands.popleft())
            except SoundError as error:
                self.messages.append(Failed("command", str(error)))
        silent_for = mixer.silent_for()
        late_s = heard_at + self._wait / rate - self._zero - mixer.time
        free = silent_for > rate and not mixer.beating
        self._move(mixer, self._pacer.slip(late_s, now, free=free, silent=silent_for > 0))
        silence = min(self._wait, frames)
        self._wait -= silence
        out = mixer.render(frames - silence)
        self._events.extend(mixer.take_events())
        return np.concatenate((np.zeros((silence, 2), dtype=np.float32), out)) if silence else out

    def _first(self, now: float, heard_at: float) -> Mixer:
        settings, rate = self._settings, self._settings.sample_rate
        self._zero = now - settings.start_t if settings.clock_zero is None else settings.clock_zero
        self._mixer = Mixer(
            lambda text: self._words.get(text, self._unknown),
            sample_rate=rate,
            # On the samples' own grid, so that the device gets the very samples that a file would have.
            start_t=round((heard_at - self._zero) * rate) / rate,
            level_db=settings.level_db,
            beat_level_db=settings.beat_level_db,
            clicks=self._clicks,
            backing=self._backing,
        )
        return self._mixer

    def _move(self, mixer: Mixer, by_s: float) -> None:
        """Let the mix catch up, or wait, by so many seconds."""
        self._wait -= round(by_s * mixer.sample_rate)
        if self._wait < 0:
            mixer.skip(-self._wait)
            self._wait = 0
