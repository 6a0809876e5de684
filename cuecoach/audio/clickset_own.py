"""A click of your own: a short sound file, cut at its onset and made ready for both feet."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Final

import numpy as np

from cuecoach.audio.clicks import CLICK_PEAK
from cuecoach.audio.sounds import FloatArray32, half_cosine, scale_to_peak
from cuecoach.errors import SoundError
from cuecoach.events import Side

#: So much of the file is the click, s: less than the shortest interval that anyone steps in.
LONGEST_S: Final = 0.150
#: The sound begins where it first comes this near to its peak; what is before is the room.
_ONSET_SHARE: Final = 0.1
#: The end of the click fades within this, s.
_FALL_S: Final = 0.010
#: A file much longer than a click was meant for something else, s.
_LONGEST_FILE_S: Final = 10.0
#: The right foot's click, and an accented one, against the file: a third, and a quarter, higher.
RIGHT_PITCH: Final = 1.26
ACCENT_PITCH: Final = 1.12
#: Channels that differ by this share of the peak were meant to be two clicks.
_APART: Final = 0.1
#: Rates are brought together as ratios of whole numbers no larger than this.
_FINEST_RATIO: Final = 1000


class OwnClick:
    """The click or the two clicks of a file.

    A mono file, or one with the same in both channels, serves both feet, a third higher for the right one. Where the channels
    differ, the left channel is the left foot's click and the right channel the right foot's.

    Parameters
    ----------
    path
        Any file that libsndfile reads: WAV, FLAC, OGG, MP3.

    Raises
    ------
    SoundError
        The file is missing, is no sound, is silent, or is too long to be a click.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path).expanduser()
        samples, self._rate = self._read()
        peak = float(np.max(np.abs(samples), initial=0.0))
        if peak < 1e-4:
            raise SoundError(f"the click `{path}` is silent; choose another file")
        left, right = samples[:, 0], samples[:, -1]
        self._apart = (
            samples.shape[1] == 2
            and float(np.max(np.abs(left - right))) > _APART * peak
            and min(float(np.max(np.abs(left))), float(np.max(np.abs(right)))) > _APART * peak
        )
        if self._apart:
            self._feet: dict[Side, FloatArray32] = {"left": left, "right": right}
        else:
            mono = samples.mean(axis=1, dtype=np.float32)
            self._feet = {"left": mono, "right": mono}

    def _read(self) -> tuple[FloatArray32, int]:
        import soundfile

        try:
            with soundfile.SoundFile(str(self._path)) as file:
                rate = int(file.samplerate)
                if not 8_000 <= rate <= 384_000:
                    raise SoundError(
                        f"the click `{self._path}` has an odd sampling rate, {rate} Hz; save it with 48000 Hz"
                    )
                if file.frames > _LONGEST_FILE_S * rate:
                    raise SoundError(
                        f"the click `{self._path}` is {file.frames / rate:.0f} s long; cut it to its first 150 ms"
                    )
                samples = file.read(dtype="float32", always_2d=True)
        except (soundfile.LibsndfileError, OSError) as error:
            reason = "there is no such file" if not self._path.is_file() else str(error).rstrip(".")
            raise SoundError(f"the click `{self._path}` cannot be read: {reason}") from None
        return np.nan_to_num(np.asarray(samples, dtype=np.float32), posinf=0.0, neginf=0.0), rate

    def tone(self, side: Side, sample_rate: int, *, accented: bool = False) -> FloatArray32:
        """Return the click of one foot as `make_tone` does: shape (n,), at most 150 ms, peak as of every click, no DC."""
        pitch = (1.0 if side == "left" or self._apart else RIGHT_PITCH) * (ACCENT_PITCH if accented else 1.0)
        sound = _resample(self._feet[side], sample_rate / (self._rate * pitch))
        level = np.abs(sound)
        onset = int(np.argmax(level >= _ONSET_SHARE * float(level.max())))
        sound = sound[onset : onset + round(LONGEST_S * sample_rate)].astype(np.float64)
        fall = min(round(_FALL_S * sample_rate), len(sound))
        envelope = np.ones(len(sound))
        envelope[len(sound) - fall :] = half_cosine(fall, rising=False)
        sound *= envelope
        # Along the sound's own size: what is taken out must not sound where there was nothing.
        size = np.abs(sound)
        sound -= size * (sound.sum() / size.sum())
        return scale_to_peak(sound, CLICK_PEAK)


def _resample(sound: FloatArray32, factor: float) -> FloatArray32:
    """Return the sound with `factor` times as many samples."""
    if math.isclose(factor, 1.0):
        return sound
    from fractions import Fraction

    from scipy.signal import resample_poly

    ratio = Fraction(factor).limit_denominator(_FINEST_RATIO)
    return np.asarray(resample_poly(sound, ratio.numerator, ratio.denominator), dtype=np.float32)
