"""The mixer: commands in session time go in, stereo samples come out; pure, no I/O, no clock.

Offline it writes the file, live it feeds the sound device; what is heard is the same.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np

from cuecoach.audio.beat_track import BeatTrack
from cuecoach.audio.clicks import make_click
from cuecoach.audio.ducking import ATTACK_S, Ducking
from cuecoach.audio.limiter import Limiter
from cuecoach.audio.sounds import SAMPLE_RATE_HZ, FloatArray32, StereoArray32, db_to_gain
from cuecoach.audio.speech_track import Phrase, SpeechTrack
from cuecoach.errors import SoundError
from cuecoach.events import AudioEvent, Beat, Hush, Say, Side, SoundCommand

#: Everything, dB below full scale, unless the runner chose: quiet, since no program knows how loud the headphones are.
DEFAULT_LEVEL_DB = -12.0
#: The beat against the words, dB: a click's sharp onset carries further than its level says.
DEFAULT_BEAT_LEVEL_DB = -6.0
#: Tempos that can be played, steps/min; wider than any runner, narrow enough to catch a wrong unit.
SLOWEST_SPM, FASTEST_SPM = 20.0, 400.0


class Mixer:
    """Mixes one voice and one beat.

    Sample n is session time ``start_t + n / sample_rate``. Output depends on the commands and on the position at which each was
    handed over, never on how rendering is split into calls.

    Parameters
    ----------
    words
        Gives the mono samples of a text at `sample_rate`, trimmed and normalised; shape (n,).
    sample_rate
        In Hz.
    start_t
        Session time of sample 0, s.
    level_db
        Level of everything, dB, at most 0: there is no boost.
    beat_level_db
        Level of the beat against the words, dB, at most 0.

    Raises
    ------
    SoundError
        A level above 0 dB.
    """

    def __init__(
        self,
        words: Callable[[str], FloatArray32],
        *,
        sample_rate: int = SAMPLE_RATE_HZ,
        start_t: float = 0.0,
        level_db: float = DEFAULT_LEVEL_DB,
        beat_level_db: float = DEFAULT_BEAT_LEVEL_DB,
    ) -> None:
        for name, level in (("level", level_db), ("beat level", beat_level_db)):
            if not level <= 0.0:
                raise SoundError(f"the {name} is {level:g} dB; it may be at most 0 dB, for example -12 dB")
        self.sample_rate = sample_rate
        self.start_t = start_t
        #: The next sample to render.
        self.position = 0
        self._words = words
        self._gain = np.float32(db_to_gain(level_db))
        click_gain = np.float32(db_to_gain(level_db + beat_level_db))
        feet: tuple[Side, Side] = ("left", "right")
        self._clicks: dict[Side, StereoArray32] = {side: make_click(side, sample_rate) * click_gain for side in feet}
        self._click_length = len(self._clicks["left"])
        self._attack = round(ATTACK_S * sample_rate)
        self._beats = BeatTrack(sample_rate, start_t)
        self._speech = SpeechTrack(sample_rate)
        self._duck = Ducking(sample_rate)
        self._limiter = Limiter(sample_rate)
        self._events: list[AudioEvent] = []

    @property
    def time(self) -> float:
        """Session time of the next sample, s."""
        return self.time_of(self.position)

    def time_of(self, sample: int) -> float:
        """Return the session time of a sample number, s."""
        return self.start_t + sample / self.sample_rate

    def sample_of(self, t: float) -> int:
        """Return the sample number of a session time."""
        return self._beats.sample_of(t)

    def handle(self, action: SoundCommand) -> None:
        """Take a command.

        Words whose time has passed begin with the next sample; clicks whose time has passed are left out, and the beat goes on
        at its next grid point.

        Raises
        ------
        SoundError
            A beat no one can step to.
        """
        if isinstance(action, Say):
            self._speech.say(action, self.sample_of(action.at), self._words(action.text), self.position)
        elif isinstance(action, Hush):
            self._speech.hush(max(self.sample_of(action.at), self.position))
        elif isinstance(action, Beat):
            if not SLOWEST_SPM <= action.spm <= FASTEST_SPM:
                raise SoundError(
                    f"a beat of {action.spm:g} spm cannot be played; use {SLOWEST_SPM:g} to {FASTEST_SPM:g} spm"
                )
            self._beats.play(action, self.position)
        else:
            self._beats.stop(action.at, self.position)

    def take_events(self) -> list[AudioEvent]:
        """Return what became of the words since the last call, in order; times are those of the exact samples."""
        events, self._events = self._events, []
        return events

    @property
    def beating(self) -> bool:
        """Whether a click is still to come."""
        return self._beats.next_onset(self.position) is not None

    def silent_for(self) -> int:
        """Return for how many samples from here the output is nothing but zeros, unless a command comes."""
        position = self.position
        phrase = self._speech.phrase
        if phrase is not None and phrase.end > position:
            return 0
        if self._beats.onsets(max(position - self._click_length + 1, 0), position + 1):
            return 0
        onset, start = self._beats.next_onset(position), self._speech.next_start(position)
        return min(sys.maxsize if x is None else x for x in (onset, start)) - position

    def render(self, frames: int) -> StereoArray32:
        """Return the next `frames` samples, shape (frames, 2), at most -1 dBFS, and move on."""
        out = np.zeros((frames, 2), dtype=np.float32)
        first, end = self.position, self.position + frames
        phrases = self._advance(end)
        clicks = self._beats.onsets(max(first - self._click_length + 1, 0), end)
        for onset, side in clicks:
            a, b = max(onset, first), min(onset + self._click_length, end)
            out[a - first : b - first] += (
                self._clicks[side][a - onset : b - onset] * self._duck.gain(a, b)[:, np.newaxis]
            )
        for phrase in phrases:
            a, b = max(phrase.start, first), min(phrase.end, end)
            words = phrase.samples[a - phrase.start : b - phrase.start] * self._gain
            out[a - first : b - first] += words[:, np.newaxis]
        if clicks or phrases:
            self._limiter.apply(out, first)
        return out

    def skip(self, frames: int) -> None:
        """Move on as `render` does, without making the sound: for silence, and to catch up after an interruption."""
        self._advance(self.position + frames)

    def _advance(self, end: int) -> list[Phrase]:
        """Move speech, ducking and events on to sample `end`; return the phrases on the way."""
        first = self.position
        phrases, told = self._speech.advance(first, end)
        self._events += [AudioEvent(self.time_of(sample), kind, id_) for sample, kind, id_ in told]
        self._plan_ducking(first, end, phrases)
        self._beats.forget(first - self._click_length)
        self.position = end
        return phrases

    def _plan_ducking(self, first: int, end: int, phrases: list[Phrase]) -> None:
        self._duck.forget(first)
        next_start = self._speech.next_start(end)
        spans = [(p.start - self._attack, p.end) for p in phrases]
        if next_start is not None:
            spans.append((next_start - self._attack, sys.maxsize))
        if not any(a <= first < b for a, b in spans):
            self._duck.turn(first, speaking=False)
        for a, b in spans:
            if max(a, first) < end:
                self._duck.turn(max(a, first), speaking=True)
            if b < end:
                self._duck.turn(b, speaking=False)


def no_words(text: str) -> FloatArray32:
    """Give no sample for any text: the words of a mixer that only beats."""
    del text
    return np.zeros(0, dtype=np.float32)
