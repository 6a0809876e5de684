"""The clicks of the beat, ten sounds: each has its pitch and its ear for each foot, and begins at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cuecoach.audio.sounds import (
    SAMPLE_RATE_HZ,
    FloatArray32,
    StereoArray32,
    half_cosine,
    scale_to_peak,
    struck_partial,
)
from cuecoach.events import Side

#: Peak of a click before any level, of full scale: just below the limiter's ceiling, so that a beat alone never meets it.
CLICK_PEAK: Final = 0.88
#: How far each foot's click lies to its side unless said, %: near enough to centre that one earphone alone carries both feet.
DEFAULT_PAN: Final = 40.0
#: The last part of a click fades to nothing, s, so that its end does not tick.
_FALL_S: Final = 0.006
#: Higher sounds die away faster, as struck things do: powers of pitch for the decay, and for the strength of overtones.
_DECAY_POWER, _OVERTONE_POWER = 0.3, -0.75
#: Lines that a band of noise is made of: many and without a common period, so that they are heard as noise.
_LINES: Final = 48
_GOLDEN: Final = (np.sqrt(5.0) - 1.0) / 2.0


@dataclass(frozen=True, slots=True)
class _Noise:
    """A band of noise: from and to, Hz, amplitude against the partials' 1, decay 1/s."""

    low: float
    high: float
    amplitude: float
    decay: float


@dataclass(frozen=True, slots=True)
class _Recipe:
    """How a click is made.

    Attributes
    ----------
    length_s
        Short enough to be one instant, long enough to have a pitch.
    partials
        (Hz, amplitude, decay 1/s) of the left foot. All within 0.7 and 5 kHz, also where they are raised for the right foot
        and for an accent: every phone, earbud and Bluetooth codec passes that.
    right, accent
        Pitch of the right foot against the left, and of an accented click against the same foot's others.
    noise
        What rattles in it.
    bend
        The pitch rises by this share within the first hundredth of a second: a drop of water.
    """

    length_s: float
    partials: tuple[tuple[float, float, float], ...]
    right: float = 1.5
    accent: float = 1.25
    noise: _Noise | None = None
    bend: float = 0.0


_RECIPES: Final = {
    "knock": _Recipe(0.025, ((880.0, 1.0, 170.0), (2428.0, 0.30, 330.0))),
    "wood": _Recipe(0.025, ((1050.0, 1.0, 260.0), (2700.0, 0.50, 420.0)), right=1.35),
    "claves": _Recipe(0.035, ((2100.0, 1.0, 110.0),), right=1.3),
    "hi-hat": _Recipe(0.030, ((2900.0, 1.0, 900.0),), 1.3, 1.12, _Noise(2200.0, 3300.0, 0.40, 130.0)),
    "cowbell": _Recipe(0.040, ((800.0, 0.8, 95.0), (1185.0, 1.0, 80.0), (2400.0, 0.3, 180.0)), right=1.4),
    "beep": _Recipe(0.035, ((1000.0, 1.0, 45.0),)),
    "tick": _Recipe(0.012, ((2100.0, 1.0, 600.0), (2800.0, 0.5, 800.0)), 1.25, 1.2),
    "drop": _Recipe(0.035, ((850.0, 1.0, 120.0),), bend=1.0),
    "rim": _Recipe(0.025, ((830.0, 0.6, 190.0), (1740.0, 1.0, 300.0), (2650.0, 0.4, 450.0)), right=1.35),
    "shaker": _Recipe(0.040, ((2100.0, 1.0, 700.0),), 1.4, 1.2, _Noise(1500.0, 2700.0, 0.55, 70.0)),
}
#: Names of the click sounds.
SOUNDS: Final[tuple[str, ...]] = tuple(_RECIPES)
#: What clicks unless said.
DEFAULT_SOUND: Final = "knock"


def make_tone(
    side: Side, sample_rate: int = SAMPLE_RATE_HZ, sound: str = DEFAULT_SOUND, *, accented: bool = False
) -> FloatArray32:
    """Return the click of one foot before it is placed between the ears.

    Parameters
    ----------
    side
        The left foot's is the lower one.
    sample_rate
        In Hz.
    sound
        One of `SOUNDS`.
    accented
        Whether it is to stand out by its pitch.

    Returns
    -------
    FloatArray32
        Shape (n,), at most 40 ms. It begins within a thousandth of a second of its peak, loud from the first sample, so that
        the onset can be read back to the sample; its mean is zero.
    """
    recipe = _RECIPES[sound]
    pitch = (recipe.right if side == "right" else 1.0) * (recipe.accent if accented else 1.0)
    n = round(recipe.length_s * sample_rate)
    fall = np.ones(n)
    ending = round(_FALL_S * sample_rate)
    fall[n - ending :] = half_cosine(ending, rising=False)
    mono = np.zeros(n)
    for i, (frequency, amplitude, decay) in enumerate(recipe.partials):
        strength = amplitude * (pitch**_OVERTONE_POWER if i else 1.0)
        fade = decay * pitch**_DECAY_POWER
        if recipe.bend:
            mono += strength * _bent(frequency * pitch, recipe.bend, fade, fall, sample_rate)
        else:
            mono += strength * struck_partial(frequency * pitch, fade, fall, sample_rate)
    if recipe.noise is not None:
        mono += _rattle(recipe.noise, pitch, fall, sample_rate)
    return scale_to_peak(mono, CLICK_PEAK)


def make_click(
    side: Side,
    sample_rate: int = SAMPLE_RATE_HZ,
    sound: str = DEFAULT_SOUND,
    *,
    pan: float = DEFAULT_PAN,
    accented: bool = False,
) -> StereoArray32:
    """Return the click of one foot, shape (n, 2); as `make_tone` makes it and `place` places it."""
    return place(make_tone(side, sample_rate, sound, accented=accented), side, pan)


def place(mono: FloatArray32, side: Side, pan: float) -> StereoArray32:
    """Return a foot's click in both ears, shape (n, 2): `pan` 0 alike, 100 % in the foot's own ear alone."""
    near, far = mono, mono * np.float32(1.0 - pan / 100.0)
    return np.stack((near, far) if side == "left" else (far, near), axis=1)


def _without_dc(samples: NDArray[np.float64], envelope: NDArray[np.float64]) -> NDArray[np.float64]:
    """Take out the mean along the envelope, which keeps the end at zero."""
    return samples - envelope * (samples.sum() / envelope.sum())


def _bent(
    frequency_hz: float, bend: float, decay: float, fall: NDArray[np.float64], sample_rate: int
) -> NDArray[np.float64]:
    """Return a partial whose pitch rises as it dies away."""
    t = np.arange(len(fall)) / sample_rate
    envelope = np.exp(-decay * t) * fall
    settling = 0.01
    # The integral of a frequency that rises from f to f·(1 + bend) exponentially.
    cycles = frequency_hz * (t * (1.0 + bend) - bend * settling * (1.0 - np.exp(-t / settling)))
    return _without_dc(envelope * np.cos(2.0 * np.pi * cycles), envelope)


def _rattle(noise: _Noise, pitch: float, fall: NDArray[np.float64], sample_rate: int) -> NDArray[np.float64]:
    """Return a decaying band of noise, the same every time: lines spread by the golden ratio, which never line up."""
    t = np.arange(len(fall)) / sample_rate
    envelope = np.exp(-noise.decay * pitch**_DECAY_POWER * t) * fall
    number = np.arange(1, _LINES + 1)
    frequency = pitch * (noise.low + (noise.high - noise.low) * (number * _GOLDEN % 1.0))
    phase = 2.0 * np.pi * (number**2 * _GOLDEN % 1.0)
    lines = np.cos(2.0 * np.pi * np.outer(frequency, t) + phase[:, np.newaxis])
    return _without_dc(noise.amplitude * envelope * lines.sum(axis=0) * np.sqrt(2.0 / _LINES), envelope)
