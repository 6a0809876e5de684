"""The bank of words: every text as samples ready to mix, from memory, a recording, disk, the voice, or as an earcon."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Literal

import numpy as np

from cuecoach.audio.earcons import Earcon, make_earcon
from cuecoach.audio.loudness import prepare_words
from cuecoach.audio.recorded import read_recording
from cuecoach.audio.sounds import SAMPLE_RATE_HZ, FloatArray32
from cuecoach.audio.speech_cache import SpeechCache, default_folder
from cuecoach.audio.spoken import spell
from cuecoach.audio.voices import Voice
from cuecoach.errors import SoundError, VoiceError

_NO_VOICE = "there is no voice, so cues are printed and marked by a short sound"


class SpeechBank:
    """Gives the words of a text; with no voice, or one that fails, a short sound in their place.

    A recording comes before the voice. One that cannot be read is told once, and the voice says its text.

    Parameters
    ----------
    voice
        Who speaks; None for nobody.
    sample_rate
        Of the samples given, Hz.
    cache_dir
        Where words are kept between runs; None for this system's cache folder.
    problem
        Why there is no voice, or another than was asked for, when that is known.
    recordings
        The sound files among the cues, by their text.
    language
        What the texts are written in, so that units and signs are said in words; None gives them to the voice as they are.
    """

    def __init__(
        self,
        voice: Voice | None,
        sample_rate: int = SAMPLE_RATE_HZ,
        cache_dir: Path | None = None,
        *,
        problem: str | None = None,
        recordings: Mapping[str, str] | None = None,
        language: str | None = None,
    ) -> None:
        self._voice = voice
        self._rate = sample_rate
        self._cache = SpeechCache(cache_dir or default_folder(), voice.id, sample_rate) if voice else None
        self._words: dict[str, FloatArray32] = {}
        self._kinds: dict[str, Earcon] = {}
        self._recordings = dict(recordings or {})
        self._language = language
        self._voice_problem = problem or (None if voice else _NO_VOICE)
        self._unreadable: list[str] = []

    @property
    def problem(self) -> str | None:
        """Why some or all cues are not what they should be, one sentence; None when all is well. To be said once."""
        told = [self._voice_problem] if self._voice_problem else []
        if self._unreadable:
            more = f", and {len(self._unreadable) - 1} more like it" if len(self._unreadable) > 1 else ""
            instead = "the voice says its text" if self.spoken else "a short sound takes its place"
            told.append(f"{self._unreadable[0]}{more}; {instead}")
        return "; ".join(told) or None

    @property
    def spoken(self) -> bool:
        """Whether cues are heard as words."""
        return self._voice is not None

    def prepare(
        self,
        texts: Iterable[str],
        *,
        kind: Literal["cue", "praise", "notice"] = "cue",
        progress: Callable[[str], None] | None = None,
    ) -> None:
        """Make the words of many texts ahead of time.

        Parameters
        ----------
        texts
            What may be said.
        kind
            Chooses the earcon where there are no words.
        progress
            Called with each text once it is ready.
        """
        for text in texts:
            self.note_kind(text, kind)
            self.samples(text)
            if progress is not None:
                progress(text)

    def note_kind(self, text: str, kind: Literal["cue", "praise", "notice"]) -> None:
        """Say what a text is; that chooses the earcon where there are no words."""
        self._kinds[text] = kind

    def samples(self, text: str) -> FloatArray32:
        """Return the words of a text as mono samples, shape (n,), trimmed and normalised; made now if they are new."""
        words = self.kept(text)
        return self._keep(text, self._make(text)) if words is None else words

    def kept(self, text: str) -> FloatArray32 | None:
        """Return the words of a text if they are there already, or a recording; None where the voice would have to speak."""
        words = self._words.get(text)
        if words is None and text in self._recordings:
            words = self._recorded(text)
        if words is None and self._cache is not None:
            words = self._cache.load(self._spoken(text))
        if words is None and self._voice is None:
            words = make_earcon(self._kinds.get(text, "cue"), self._rate)
        return None if words is None else self._keep(text, words)

    def _keep(self, text: str, words: FloatArray32) -> FloatArray32:
        words.flags.writeable = False
        self._words[text] = words
        return words

    def _spoken(self, text: str) -> str:
        return text if self._language is None else spell(text, self._language)

    def _recorded(self, text: str) -> FloatArray32 | None:
        try:
            return read_recording(self._recordings[text], self._rate)
        except SoundError as error:
            self._unreadable.append(str(error))
            del self._recordings[text]
            return None

    def _make(self, text: str) -> FloatArray32:
        if self._voice is not None and self._cache is not None:
            spoken = self._spoken(text)
            try:
                words = prepare_words(*self._voice.speak(spoken), self._rate)
                if np.any(words):
                    self._cache.store(spoken, words)
                    return words
            except VoiceError as error:
                self._voice_problem = self._voice_problem or f"{error}; a short sound takes its place"
        return make_earcon(self._kinds.get(text, "cue"), self._rate)

    def close(self) -> None:
        """Let the voice go; what is in the bank stays."""
        if self._voice is not None:
            self._voice.close()
