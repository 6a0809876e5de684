"""The catalogue of metrics: one canonical name each, with unit, plausible range, standard smoothing and help.

Code, rule files, CSV columns, configs and docs all take names, units and ranges from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from cuecoach.units import UNITS

Smoothing: TypeAlias = Literal["median", "mean", "last"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One measurable thing.

    Attributes
    ----------
    name, unit
        Canonical name, and the unit values are kept in.
    low, high
        Plausible range while moving; a value outside is counted and dropped, never used.
    help
        One line for people, with the sign where there is one.
    window_s, smoothing
        The standard smoothing: what a bare name means in a rule.
    stale_s
        Without a newer value for this long, the metric is unknown.
    noise
        Prior for the personal spread (SD) of the smoothed metric until there is data: a share of the value when
        `noise_is_share`, else in `unit`. Sources: docs/science.md, SEN-5 (one public run; pelvis values are guesses).
    per_speed
        Prior slope against speed, `unit` per m/s, used to compare a value with a baseline at another speed.
    fit_field
        The FIT record field that holds it, if there is one.
    """

    name: str
    unit: str
    low: float
    high: float
    help: str
    window_s: float = 10.0
    smoothing: Smoothing = "median"
    stale_s: float = 5.0
    noise: float = 0.0
    noise_is_share: bool = False
    per_speed: float = 0.0
    fit_field: str | None = None

    @property
    def dimension(self) -> str:
        """Dimension of the unit."""
        return UNITS[self.unit].dimension


def _catalogue(*metrics: Metric) -> dict[str, Metric]:
    return {m.name: m for m in metrics}


METRICS: Final[dict[str, Metric]] = _catalogue(
    Metric(
        "cadence",
        "spm",
        40,
        260,
        "Steps a minute, both feet together",
        noise=0.009,
        noise_is_share=True,
        # Slope: elite 5.6, one open run 3.9, recreational 8-12 spm per m/s; prior 7 (docs/science.md, CAD-1).
        per_speed=7.0,
        fit_field="cadence",
    ),
    Metric("speed", "m/s", 0, 12, "Running speed", noise=0.08, fit_field="enhanced_speed"),
    Metric("step_length", "m", 0.2, 2.6, "Distance from one foot's contact to the other's", fit_field="step_length"),
    Metric("stride_length", "m", 0.4, 5.2, "Two steps: distance between contacts of the same foot"),
    Metric(
        "stance_time",
        "ms",
        100,
        500,
        "Ground contact time of a step; a log value, never cued",
        noise=0.020,
        noise_is_share=True,
        per_speed=-25.0,
        fit_field="stance_time",
    ),
    Metric(
        "stance_time_balance",
        "%",
        35,
        65,
        "Share of ground contact time on the left foot",
        window_s=30.0,
        noise=0.36,
        fit_field="stance_time_balance",
    ),
    Metric("flight_time", "ms", 0, 350, "Time with no foot on the ground in a step"),
    Metric("duty_factor", "%", 15, 70, "Share of the stride that one foot is on the ground"),
    Metric(
        "vertical_oscillation",
        "mm",
        20,
        220,
        "Bounce: how far the sensor goes up and down in a step",
        noise=0.027,
        noise_is_share=True,
        fit_field="vertical_oscillation",
    ),
    Metric(
        "vertical_ratio",
        "%",
        2,
        25,
        "Bounce as a share of step length",
        noise=0.048,
        noise_is_share=True,
        fit_field="vertical_ratio",
    ),
    Metric("pelvic_tilt", "deg", -45, 45, "Pelvis tipped forward (+) from standing tall", noise=1.0),
    Metric("pelvic_tilt_range", "deg", 0, 45, "Forward-back rocking of the pelvis in a stride", noise=0.7),
    Metric("pelvic_obliquity", "deg", -35, 35, "Pelvis higher on the right (+)", noise=0.7),
    Metric("pelvic_obliquity_range", "deg", 0, 45, "Side-to-side rocking of the pelvis in a stride", noise=0.7),
    Metric("pelvic_rotation_range", "deg", 0, 60, "Turning of the pelvis about the vertical in a stride", noise=1.0),
    Metric(
        "pelvic_drop", "deg", -5, 25, "Drop of the swing-side hip in stance, the larger side", window_s=20.0, noise=0.7
    ),
    Metric(
        "pelvic_drop_left", "deg", -5, 25, "Drop of the right hip while the left foot stands", window_s=20.0, noise=0.7
    ),
    Metric(
        "pelvic_drop_right", "deg", -5, 25, "Drop of the left hip while the right foot stands", window_s=20.0, noise=0.7
    ),
    Metric("trunk_lean", "deg", -30, 45, "Trunk forward of upright (+); only from a torso sensor", noise=1.0),
    Metric("braking", "m/s", 0, 2, "Forward speed lost in a step; a proxy", window_s=20.0),
    Metric("impact", "g", 0, 20, "Peak acceleration at contact; a proxy", window_s=20.0),
    Metric("heart_rate", "bpm", 30, 230, "Heart rate", fit_field="heart_rate"),
    Metric("power", "W", 0, 2500, "Running power as the pod states it", fit_field="power"),
    Metric("grade", "%", -45, 45, "Slope of the ground, + uphill", window_s=15.0),
)

#: Other spellings that people type, for did-you-mean only. Never accepted.
OTHER_NAMES: Final[dict[str, str]] = {
    "steps_per_minute": "cadence",
    "step_rate": "cadence",
    "spm": "cadence",
    "pace": "speed",
    "gct": "stance_time",
    "ground_contact_time": "stance_time",
    "contact_time": "stance_time",
    "vertical_osc": "vertical_oscillation",
    "vo": "vertical_oscillation",
    "bounce": "vertical_oscillation",
    "tilt": "pelvic_tilt",
    "hip_drop": "pelvic_drop",
    "drop": "pelvic_drop",
    "obliquity": "pelvic_obliquity",
    "lean": "trunk_lean",
    "hr": "heart_rate",
    "slope": "grade",
    "gradient": "grade",
    "balance": "stance_time_balance",
}


#: The plausible range of each metric, low and high, for those who ask it of every value.
LIMITS: Final[dict[str, tuple[float, float]]] = {name: (metric.low, metric.high) for name, metric in METRICS.items()}


def plausible(name: str, value: float) -> bool:
    """Whether `value` lies in the catalogue's range for the metric `name` (NaN never does)."""
    low, high = LIMITS[name]
    return low <= value <= high
