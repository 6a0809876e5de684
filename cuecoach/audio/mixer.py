"""The mixer: commands in session time go in, stereo samples come out; pure, no I/O, no clock.

Offline it writes the file, live it feeds the sound device; what is heard is the same.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np

from cuecoach.audio.backing import Backing
from cuecoach.audio.beat_track import BeatTrack
from cuecoach.audio.clickset import ClickSet, make_clicks
from cuecoach.audio.ducking import ATTACK_S, Ducking
from cuecoach.audio.fader import Fader
from cuecoach.audio.limiter import Limiter
from cuecoach.audio.sounds import SAMPLE_RATE_HZ, FloatArray32, StereoArray32, db_to_gain
from cuecoach.audio.speech_track import Phrase, SpeechTrack
from cuecoach.errors import SoundError
from cuecoach.events import AudioEvent, Beat, BeatOff, Hush, Level, Say, SoundCommand

#: Everything, dB below full scale, unless the runner chose: quiet, since no program knows how loud the headphones are.
DEFAULT_LEVEL_DB = -12.0
#: The beat against the words, dB: a click's sharp onset carries further than its level says.
DEFAULT_BEAT_LEVEL_DB = -6.0
#: Tempos that can be played, steps/min; wider than any runner, narrow enough to catch a wrong unit.
SLOWEST_SPM, FASTEST_SPM = 20.0, 400.0
#: An accented click against the others, +3 dB, as far as full scale leaves room.
ACCENT_GAIN = np.float32(db_to_gain(3.0))


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
        Level of everything, dB, at most 0: there is no boost. A `Level` command replaces it.
    beat_level_db
        Level of the beat against the words, dB, at most 0; a `Level` command says the beat's own level, not this difference.
    clicks
        What the beat sounds like, made for `sample_rate`; the knock unless given.
    backing
        Music that carries the beat: ducked like it, and in place of the clicks that its own beats fall on.

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
        clicks: ClickSet | None = None,
        backing: Backing | None = None,
    ) -> None:
        _check_level("level", level_db)
        _check_level("beat level", beat_level_db)
        self.sample_rate = sample_rate
        self.start_t = start_t
        #: The next sample to render.
        self.position = 0
        self._words = words
        self._words_gain = Fader(sample_rate, db_to_gain(level_db))
        self._beat_gain = Fader(sample_rate, db_to_gain(level_db + beat_level_db))
        self._clicks = clicks or make_clicks(sample_rate=sample_rate)
        #: Music is as loud as words where nobody turned the beat up or down: it has no sharp onset to carry it.
        self._music_share = np.float32(1.0 / max(db_to_gain(beat_level_db), 1e-6))
        self._attack = round(ATTACK_S * sample_rate)
        self._beats = BeatTrack(sample_rate, start_t)
        self._speech = SpeechTrack(sample_rate)
        self._duck = Ducking(sample_rate)
        self._limiter = Limiter(sample_rate)
        self._backing = backing
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
            A beat no one can step to, or a level above 0 dB.
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
            if action.every < 1:
                raise SoundError(f"a click cannot be on every {action.every}th step; use 1, 2 or 4")
            self._beats.play(action, self.position)
        elif isinstance(action, BeatOff):
            self._beats.stop(action.at, self.position)
        else:
            self._turn(action)

    def _turn(self, level: Level) -> None:
        """Plan a change of level."""
        sample = max(self.sample_of(level.at), self.position)
        told = (("level of the words", level.words_db), ("level of the beat", level.beat_db))
        for name, db in told:
            if db is not None:
                _check_level(name, db)
        for fader, (_, db) in zip((self._words_gain, self._beat_gain), told, strict=True):
            if db is not None:
                fader.fade(sample, db_to_gain(db))

    def take_events(self) -> list[AudioEvent]:
        """Return what became of the words since the last call, in order; times are those of the exact samples."""
        events, self._events = self._events, []
        return events

    @property
    def beating(self) -> bool:
        """Whether a click is still to come."""
        return self._beats.next_click(self.position) is not None

    def silent_for(self) -> int:
        """Return for how many samples from here the output is nothing but zeros, unless a command comes."""
        position = self.position
        if self._backing is not None and (self._backing.sounding or self.beating):
            return 0
        phrase = self._speech.phrase
        if phrase is not None and phrase.end > position:
            return 0
        if self._beats.clicks(max(position - self._clicks.length + 1, 0), position + 1):
            return 0
        onset, start = self._beats.next_click(position), self._speech.next_start(position)
        return min(sys.maxsize if x is None else x for x in (onset, start)) - position

    def render(self, frames: int) -> StereoArray32:
        """Return the next `frames` samples, shape (frames, 2), at most -1 dBFS, and move on."""
        out = np.zeros((frames, 2), dtype=np.float32)
        first, end = self.position, self.position + frames
        phrases = self._advance(end)
        music = self._play_backing(out, first, end)
        clicks = self._play_clicks(out, first, end)
        for phrase in phrases:
            a, b = max(phrase.start, first), min(phrase.end, end)
            words = phrase.samples[a - phrase.start : b - phrase.start] * self._words_gain.gain(a, b)
            out[a - first : b - first] += words[:, np.newaxis]
        if clicks or phrases or music:
            self._limiter.apply(out, first)
        return out

    def _play_clicks(self, out: StereoArray32, first: int, end: int) -> bool:
        """Add the clicks that begin or still sound in this block; return whether there are any."""
        clicks = self._beats.clicks(max(first - self._clicks.length + 1, 0), end)
        for click in clicks:
            if self._backing is not None and self._backing.carries(click.onset):
                continue
            samples, accented = self._clicks.pick(click)
            a, b = max(click.onset, first), min(click.onset + len(samples), end)
            if a >= b:
                continue
            gain = self._beat_gain.gain(a, b)
            if accented:
                gain = np.minimum(gain * ACCENT_GAIN, np.float32(1.0))
            gain *= self._duck.gain(a, b)
            out[a - first : b - first] += samples[a - click.onset : b - click.onset] * gain[:, np.newaxis]
        return bool(clicks)

    def _play_backing(self, out: StereoArray32, first: int, end: int) -> bool:
        """Add the music, which may begin in this very block; return whether there is any."""
        if self._backing is None:
            return False
        music = self._backing.render(first, end, self._beats)
        gain = np.minimum(self._beat_gain.gain(first, end) * self._music_share, np.float32(1.0))
        out += music * (gain * self._duck.gain(first, end))[:, np.newaxis]
        return bool(music.any())

    def skip(self, frames: int) -> None:
        """Move on as `render` does, without making the sound: for silence, and to catch up after an interruption."""
        self._advance(self.position + frames)

    def _advance(self, end: int) -> list[Phrase]:
        """Move speech, ducking and events on to sample `end`; return the phrases on the way."""
        first = self.position
        phrases, told = self._speech.advance(first, end)
        self._events += [AudioEvent(self.time_of(sample), kind, id_) for sample, kind, id_ in told]
        self._plan_ducking(first, end, phrases)
        self._beats.forget(first - self._clicks.length)
        self._words_gain.forget(first)
        self._beat_gain.forget(first)
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


def _check_level(name: str, db: float) -> None:
    if not db <= 0.0:
        raise SoundError(f"the {name} is {db:g} dB; it may be at most 0 dB, for example -12 dB")


def no_words(text: str) -> FloatArray32:
    """Give no sample for any text: the words of a mixer that only beats."""
    del text
    return np.zeros(0, dtype=np.float32)
