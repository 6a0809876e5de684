"""A run in a few numbers: what lists show of it and what trends are drawn from."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from cuecoach.events import Response, Say
from cuecoach.runrecord import RunRecord, Second

#: Of these a summary holds the mean and the mean residual from the runner's normal.
SUMMED: Final = ("pelvic_tilt", "pelvic_drop", "vertical_oscillation", "stance_time", "stance_time_balance")
#: In band is from 3 % below to 4 % above the target (docs/science.md, CAD-4 and PRG-5),
TARGET_BAND: Final = (0.97, 1.04)
#: or within so many personal spreads of the runner's normal (docs/science.md, TRG-1).
SPREADS: Final = 2.0
#: What each focus is about. `all`, and a focus of the runner's own, is about all of these.
FOCUS_METRICS: Final[dict[str, tuple[str, ...]]] = {
    "cadence": ("cadence",),
    "posture": ("pelvic_tilt",),
    "hips": ("pelvic_drop",),
    "bounce": ("vertical_oscillation",),
    "symmetry": ("stance_time_balance",),
}
_EVERY: Final = tuple(name for names in FOCUS_METRICS.values() for name in names)


def running_seconds(record: RunRecord) -> list[Second]:
    """Return the seconds of running; all of them where nothing ever told what the runner did."""
    if all(second.activity is None for second in record.seconds):
        return list(record.seconds)
    return [second for second in record.seconds if second.activity == "running"]


def on_target(second: Second) -> bool | None:
    """Whether cadence was from 3 % below to 4 % above what was asked; None where either is unknown."""
    cadence = second.values.get("cadence")
    if cadence is None or not second.target:
        return None
    low, high = TARGET_BAND
    return low * second.target <= cadence <= high * second.target


def near_normal(second: Second, name: str) -> bool | None:
    """Whether the metric was within two personal spreads of the runner's normal; None where that is unknown."""
    value, usual, noise = second.values.get(name), second.normal.get(name), second.noise.get(name)
    if value is None or usual is None or noise is None:
        return None
    return abs(value - usual) <= SPREADS * noise


def summarise(record: RunRecord) -> dict[str, float | None]:
    """Return a run in a few numbers; what is unknown is None.

    Returns
    -------
    dict[str, float | None]
        `distance_m`; `running_s` [s]; `speed` [m/s], `cadence` and `cadence_normal` [spm], means over the running;
        `in_band`, share of the running time, 0 to 1; `cues` and `praise`, phrases; `judged`, cues whose effect could be told,
        and `helped` of these; `beat_s` [s]; for each of :data:`SUMMED` its mean and, as ``NAME_residual``, its mean distance
        from normal, catalogue units.
    """
    running = running_seconds(record)
    said = [action.kind for action in record.actions if isinstance(action, Say)]
    answers = [action for action in record.actions if isinstance(action, Response) and action.text]
    whole: dict[str, float | None] = {
        "distance_m": next((s.distance for s in reversed(record.seconds) if s.distance is not None), None),
        "running_s": float(len(running)) if record.seconds else None,
        "speed": _mean(s.values.get("speed") for s in running),
        "cadence": _mean(s.values.get("cadence") for s in running),
        "cadence_normal": _mean(s.normal.get("cadence") for s in running),
        "in_band": _in_band(running, record.focus),
        "cues": float(said.count("cue")),
        "praise": float(said.count("praise")),
        "helped": float(sum(answer.helped for answer in answers)),
        "judged": float(len(answers)),
        "beat_s": float(sum(s.beat is not None for s in record.seconds)),
    }
    for name in SUMMED:
        whole[name] = _mean(s.values.get(name) for s in running)
        whole[f"{name}_residual"] = _mean(_residual(s, name) for s in running)
    return whole


def _residual(second: Second, name: str) -> float | None:
    value, usual = second.values.get(name), second.normal.get(name)
    return None if value is None or usual is None else value - usual


def _in_band(running: Sequence[Second], focus: str) -> float | None:
    """Return the share in band: of the target where one was asked and cadence is meant, else near normal."""
    if focus in ("all", "cadence"):
        share = _share(running, on_target)
        if share is not None:
            return share
    return _share(running, lambda second: _all_near(second, FOCUS_METRICS.get(focus, _EVERY)))


def _all_near(second: Second, names: Sequence[str]) -> bool | None:
    known = [near for near in (near_normal(second, name) for name in names) if near is not None]
    return all(known) if known else None


def _share(running: Iterable[Second], holds: Callable[[Second], bool | None]) -> float | None:
    return _mean(None if near is None else float(near) for near in map(holds, running))


def _mean(values: Iterable[float | None]) -> float | None:
    """Return the mean of what is known, None when nothing is."""
    known = [value for value in values if value is not None and math.isfinite(value)]
    return math.fsum(known) / len(known) if known else None
