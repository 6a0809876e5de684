"""The simulated pod: a report of gait metrics a few times a second, scattered and rounded as pods do."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from cuecoach.events import Place, Reading
from cuecoach.metrics import plausible
from cuecoach.sensors.simulator.body import BodyState
from cuecoach.sensors.simulator.person import Scatter

#: What pods and the profiles they speak round to: speed as in the running-speed profile, contact and bounce as in FIT files.
_STEPS: Final = {
    "cadence": 1.0,
    "speed": 1 / 256,
    "stance_time": 1.0,
    "vertical_oscillation": 0.5,
    "pelvic_tilt": 0.1,
    "pelvic_drop": 0.1,
    "pelvic_drop_left": 0.1,
    "pelvic_drop_right": 0.1,
    "step_length": 0.01,
    "heart_rate": 1.0,
}
#: Scatter processes: cadence, stance, bounce, tilt, drop common and of a side, speed, heart rate.
_PROCESSES: Final = 8
#: Places from which the pelvis can be seen.
_PELVIC: Final = ("sacrum", "hip")


class Pod:
    """Makes one reading after the other.

    Parameters
    ----------
    source, place
        As in :class:`~cuecoach.events.Reading`. Pelvis angles come from the sacrum or hip only.
    rate_hz
        Reports a second.
    scatter
        How much the reports scatter.
    rng
        Where scatter comes from; None for exact values without rounding.
    """

    def __init__(
        self, source: str, place: Place, rate_hz: float, scatter: Scatter, rng: np.random.Generator | None
    ) -> None:
        self._source = source
        self._place: Place = place
        self._scatter = scatter
        self._rng = rng
        self._keep = math.exp(-1.0 / (rate_hz * scatter.fast_s))
        self._noise: Sequence[float] = [0.0] * _PROCESSES
        if rng is not None:
            self._noise = rng.standard_normal(_PROCESSES).tolist()

    def read(self, t: float, state: BodyState) -> Reading:
        """Return the report at `t`, s. Call for every report in turn, also for those that get lost on the way."""
        n_cadence, n_stance, n_bounce, n_tilt, n_drop, n_side, n_speed, n_heart = self._next_noise()
        s = self._scatter
        values = {"heart_rate": state.heart_rate + n_heart * s.heart_rate}
        if state.activity == "still":
            # A pod at rest knows one thing: nothing moves. Everything else is unknown, so it is absent.
            values["speed"] = 0.0
        else:
            values["speed"] = max(state.speed + n_speed * s.speed, 0.0)
            values["cadence"] = state.cadence * (1.0 + n_cadence * s.cadence)
            values["step_length"] = values["speed"] * 60.0 / values["cadence"]
            if self._place in _PELVIC:
                values["pelvic_tilt"] = state.pelvic_tilt + n_tilt * s.pelvic_tilt
        if state.activity == "running":
            values["stance_time"] = state.stance_time * (1.0 + n_stance * s.stance_time)
            values["vertical_oscillation"] = state.vertical_oscillation * (1.0 + n_bounce * s.vertical_oscillation)
            if self._place in _PELVIC:
                common, own = math.sqrt(0.6) * n_drop, math.sqrt(0.4) * n_side
                left = state.drop_left + (common + own) * s.pelvic_drop
                right = state.drop_right + (common - own) * s.pelvic_drop
                values |= {"pelvic_drop_left": left, "pelvic_drop_right": right, "pelvic_drop": max(left, right)}
        if self._rng is not None:
            values = {name: round(round(v / _STEPS[name]) * _STEPS[name], 6) for name, v in values.items()}
        # What lies outside the catalogue a pod would not report either.
        kept = {name: v for name, v in values.items() if plausible(name, v)}
        return Reading(t, self._source, kept, self._place)

    def _next_noise(self) -> Sequence[float]:
        """Return the fast part of the scatter, with its SD in units of the 10-s median's SD."""
        if self._rng is None:
            return self._noise
        fresh = math.sqrt(1.0 - self._keep**2)
        drawn = self._rng.standard_normal(_PROCESSES).tolist()
        self._noise = [self._keep * old + fresh * new for old, new in zip(self._noise, drawn, strict=True)]
        scale = math.sqrt(1.0 - self._scatter.slow_share) / self._scatter.median_share
        return [scale * n for n in self._noise]
