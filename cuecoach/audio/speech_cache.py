"""Words kept on disk between runs: one 16-bit WAV a phrase, named by what it was made from."""

from __future__ import annotations

import hashlib
import io
import wave
from contextlib import suppress
from pathlib import Path
from typing import Final

import numpy as np

from cuecoach.audio.loudness import from_pcm16, to_pcm16
from cuecoach.audio.sounds import FloatArray32
from cuecoach.wholefile import write_whole

#: Counts up whenever trimming, loudness or resampling changes, so that old words are made anew.
PROCESSING_VERSION: Final = 2


def default_folder() -> Path:
    """Return where this system keeps caches of this program's speech."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("cuecoach", appauthor=False)) / "speech"


class SpeechCache:
    """Finished words by voice, text and rate. It may forget, never fail: what cannot be read or written is not there."""

    def __init__(self, folder: Path, voice_id: str, sample_rate: int) -> None:
        self._folder = folder
        self._voice_id = voice_id
        self._rate = sample_rate

    def path(self, text: str) -> Path:
        """Return the file of a text."""
        parts = (str(PROCESSING_VERSION), self._voice_id, str(self._rate), text)
        digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
        return self._folder / f"{digest[:32]}.wav"

    def load(self, text: str) -> FloatArray32 | None:
        """Return the words, None when they are not there or not whole."""
        try:
            with wave.open(str(self.path(text)), "rb") as file:
                if (file.getnchannels(), file.getsampwidth(), file.getframerate()) != (1, 2, self._rate):
                    return None
                frames = file.getnframes()
                data = file.readframes(frames)
        except (OSError, EOFError, wave.Error):
            return None
        if frames == 0 or len(data) != 2 * frames:
            return None
        return from_pcm16(np.frombuffer(data, dtype="<i2").astype(np.int16))

    def store(self, text: str, samples: FloatArray32) -> None:
        """Keep the words. The file appears whole or not at all, also when two programs write it at once."""
        made = io.BytesIO()
        with wave.open(made, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(self._rate)
            file.writeframes(to_pcm16(samples).astype("<i2").tobytes())
        with suppress(OSError):  # a full or read-only disk costs time at the next start, nothing else
            write_whole(self.path(text), made.getvalue(), durable=False)
