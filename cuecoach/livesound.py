"""Sound for a live run: the sound process while there is a device, its model while there is none, and back when it returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from cuecoach.audio.clickset import make_clicks, style_of
from cuecoach.audio.others.helper import OtherSound
from cuecoach.audio.process import SoundProcess
from cuecoach.audio.protocol import Chosen
from cuecoach.audio.sounds import FloatArray32
from cuecoach.config import AUTO, BeatSound
from cuecoach.config import Sound as SoundSettings
from cuecoach.events import Action, AudioEvent, SoundCommand
from cuecoach.modelled import ModelledSound


def chosen(settings: SoundSettings) -> Chosen:
    """Return what a config says of the sound, for those who open it; a delay of `auto` counts as none."""
    return {
        "level_db": settings.level,
        "sink": settings.sink,
        "delay_s": 0.0 if settings.delay == AUTO else float(settings.delay),
        "keep_awake": settings.keep_awake,
    }


class LiveSound:
    """Plays the coach's actions. Coaching never stops or waits for lack of sound: what cannot be heard is modelled.

    A device that is not there, at the start or later, is looked for once a second by the sound process.

    Parameters
    ----------
    settings
        Device, way to it, level, delay; a delay of `auto` counts as none.
    words
        The samples of every text that may be said.
    beat
        What the beat sounds like, and its level against the words.
    songs
        Songs that carry the beat; those whose beats were not found before are left out.
    others
        Who sees to other programs' sound; closed with this. Asked by `may_play` whether sound may be let out.
    may_play
        Asked at every poll, and to return at once: while it says False nothing is let out, and words and beat go on unheard.

    Raises
    ------
    SoundError
        There is no such click sound, or its file cannot be read.
    """

    def __init__(
        self,
        settings: SoundSettings,
        words: Mapping[str, FloatArray32],
        beat: BeatSound | None = None,
        *,
        songs: Sequence[Path] = (),
        others: OtherSound | None = None,
        may_play: Callable[[], bool] | None = None,
    ) -> None:
        beat = beat or BeatSound()
        clicks = style_of(beat)
        make_clicks(clicks)  # what is wrong with them is told before the run
        self._silent = ModelledSound()
        self._others = others
        may_play = may_play or (others.may_play if others is not None else None)
        self._may_play = may_play
        self._muted = may_play is not None and not may_play()
        wanted = chosen(settings)
        self._delay_s = wanted.get("delay_s", 0.0)
        wanted.update(beat_level_db=beat.level, clicks=clicks, muted=self._muted, music=tuple(map(str, songs)))
        self._process = SoundProcess.open(str(settings.device), words=words, wait=False, **wanted)
        self._process.wait()

    @property
    def problem(self) -> str | None:
        """Why nothing is heard, one sentence; None while sound plays."""
        return self._process.problem

    @property
    def latency_s(self) -> float:
        """How long before a sound is heard it is on its way already, s: the device's buffer, and the delay of headphones."""
        return self._process.latency_s + self._delay_s

    def add_words(self, words: Mapping[str, FloatArray32]) -> None:
        """Give the samples of more texts, each shape (n,); returns at once. Texts without samples are short sounds."""
        for text, samples in words.items():
            self._process.add_words(text, samples)

    def session_time(self) -> float:
        """Return the time on the clock that places the samples, s; it runs without a device too."""
        return self._process.session_time()

    def send(self, action: Action) -> None:
        """Hand over what is to be heard; returns at once."""
        if not isinstance(action, SoundCommand):
            return
        heard = self._process.alive
        if heard and not self._muted and self._others is not None:
            self._others.send(action)
        self._process.send(action)  # also while it is silent: a beat resumes at its phase
        if not heard:
            self._silent.send(action)

    def poll(self, now: float) -> list[AudioEvent]:
        """Return what has become of the sounds since the last call; returns at once."""
        if self._may_play is not None and self._muted == self._may_play():
            self._muted = not self._muted
            self._process.mute(on=self._muted)
        heard = self._process.poll()
        if self._others is not None:
            for event in heard:
                self._others.hear(event, now)
        events = [*self._silent.poll(now), *heard]
        return sorted(events, key=lambda event: event.t)

    def take_news(self) -> list[str]:
        """Return what the runner should know since the last call: the sound went, came back, or got a longer buffer."""
        return [*self._process.take_news(), *(self._others.take_notes() if self._others is not None else ())]

    def close(self) -> None:
        """Stop the sound and let the device go."""
        self._process.close()
        if self._others is not None:
            self._others.close()  # other programs come back after our last sound
