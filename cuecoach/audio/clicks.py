"""The clicks of the beat: a lower knock for the left foot, a higher one for the right, each a little to its side."""

from __future__ import annotations

import numpy as np

from cuecoach.audio.sounds import SAMPLE_RATE_HZ, StereoArray32, half_cosine, scale_to_peak, struck_partial
from cuecoach.events import Side

#: Length of a click, s. Short enough to be one instant, long enough to have a pitch.
CLICK_S = 0.025
#: The last part of a click fades to nothing, s, so that its end does not tick.
_FALL_S = 0.006
#: Peak of a click before any level, of full scale: just below the limiter's ceiling, so that a beat alone never meets it.
CLICK_PEAK = 0.88
#: Amplitude in the ear away from the foot; near enough to centre that one earphone alone carries both feet.
_FAR_EAR = 0.6
#: (pitch Hz, amplitude, decay 1/s) of each foot's partials. A fifth apart, so left and right are told apart on small speakers
#: too; all between 0.8 and 4 kHz, which every phone, earbud and Bluetooth codec passes.
_PARTIALS: dict[Side, tuple[tuple[float, float, float], ...]] = {
    "left": ((880.0, 1.0, 170.0), (2428.0, 0.30, 330.0)),
    "right": ((1320.0, 1.0, 190.0), (3643.0, 0.22, 380.0)),
}


def make_click(side: Side, sample_rate: int = SAMPLE_RATE_HZ) -> StereoArray32:
    """Return the click of one foot.

    Parameters
    ----------
    side
        Left is lower and to the left, right higher and to the right.
    sample_rate
        In Hz.

    Returns
    -------
    StereoArray32
        Shape (n, 2). Its first sample is its peak, so the onset can be read back to the sample; its mean is zero.
    """
    n = round(CLICK_S * sample_rate)
    fall = np.ones(n)
    ending = round(_FALL_S * sample_rate)
    fall[n - ending :] = half_cosine(ending, rising=False)
    mono = np.zeros(n, dtype=np.float64)
    for frequency, amplitude, decay in _PARTIALS[side]:
        mono += amplitude * struck_partial(frequency, decay, fall, sample_rate)
    mono = scale_to_peak(mono, CLICK_PEAK)
    near, far = mono, (mono * np.float32(_FAR_EAR)).astype(np.float32)
    return np.stack((near, far) if side == "left" else (far, near), axis=1)
