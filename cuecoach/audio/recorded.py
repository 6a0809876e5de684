"""Cues that somebody recorded: a sound file made ready to stand in for the voice."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from cuecoach.audio.loudness import prepare_words
from cuecoach.audio.sounds import FloatArray32
from cuecoach.errors import SoundError

#: Nothing longer is a cue, s: a little over what a cue file may name, for a file that was changed since.
_LONGEST_S: Final = 6.0
#: Files with other rates are not sound for people, Hz.
_RATES: Final = range(4_000, 384_001)


def read_recording(path: str | Path, to_rate: int) -> FloatArray32:
    """Return a recording as the mixer wants words: mono, at `to_rate` Hz, trimmed, as loud as speech; shape (n,), ±1.

    Raises
    ------
    SoundError
        The file is missing, is no sound, is silent, or is too long to be a cue.
    """
    import soundfile

    try:
        with soundfile.SoundFile(str(path)) as file:
            rate = int(file.samplerate)
            if rate not in _RATES:
                raise SoundError(f"the recording `{path}` has an odd sampling rate, {rate} Hz; save it with 48000 Hz")
            if file.frames > _LONGEST_S * rate:
                raise SoundError(f"the recording `{path}` is {file.frames / rate:.0f} s long; cut it to 5 s or less")
            samples = file.read(dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, OSError) as error:
        raise SoundError(f"the recording `{path}` cannot be read ({_cause(path, error)})") from None
    mono = np.asarray(samples, dtype=np.float32).mean(axis=1, dtype=np.float32)
    words = prepare_words(np.nan_to_num(mono, posinf=0.0, neginf=0.0), rate, to_rate)
    if not np.any(words):
        raise SoundError(f"the recording `{path}` is silent")
    return words


def _cause(path: str | Path, error: Exception) -> str:
    if not Path(path).is_file():
        return "there is no such file"
    return str(getattr(error, "error_string", error)).rstrip(".")
