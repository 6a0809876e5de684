"""Very soft noise that keeps wireless headphones awake: silence lets them sleep, and waking they swallow a syllable."""

from __future__ import annotations

from typing import Final

import numpy as np

from cuecoach.audio.sounds import StereoArray32, db_to_gain

#: RMS of the noise, dBFS: eight steps of 16 bits, so that nothing takes it for silence, and nobody hears it.
KEEP_AWAKE_DB: Final = -72.0
#: Headphones that sleep are woken this long before the first sound, s.
WAKE_S: Final = 0.5
#: Length of the noise before it repeats, samples; a prime, and longer than anyone listens for a pattern in.
_LENGTH: Final = 96_001
_SEED: Final = 2_026


class KeepAwake:
    """Noise without an end, never digital zero, the same in every process."""

    def __init__(self) -> None:
        rng = np.random.default_rng(_SEED)
        noise = rng.standard_normal((_LENGTH, 2))
        noise = np.clip(noise - noise.mean(axis=0), -3.0, 3.0)
        noise[noise == 0.0] = 1.0
        self._noise = (noise * (db_to_gain(KEEP_AWAKE_DB) / noise.std())).astype(np.float32)
        self._at = 0

    def add_to(self, block: StereoArray32) -> StereoArray32:
        """Return the block with the next noise added, shape (n, 2), within ±1."""
        rows = np.arange(self._at, self._at + len(block)) % _LENGTH
        self._at = (self._at + len(block)) % _LENGTH
        return np.clip(block + self._noise[rows], -1.0, 1.0)
