"""The runner's own slope against speed, from the pairs of several runs, drawn towards what is usual."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

#: An own slope needs so many uncued runs, so many valid seconds and such a spread of speeds, m/s (docs/science.md, CAD-1).
LEAST_RUNS: Final = 3
LEAST_S: Final = 1200
LEAST_SPREAD: Final = 0.6
#: How far slopes of people lie apart (SD), spm per m/s (CAD-1).
PRIOR_SD: Final = 4.0
#: Seconds that count as one independent pair: a runner stays above or below the line for about a minute.
INDEPENDENT_S: Final = 60.0
#: The line is never surer than such an SD of the values about it allows, spm (CAD-4).
LEAST_SD: Final = 1.5
#: No runner's slope lies outside, spm per m/s.
LOWEST, HIGHEST = 0.0, 15.0


@dataclass(frozen=True, slots=True)
class Pairs:
    """Speeds and values of one run, one a second, summed up.

    Attributes
    ----------
    seconds
        How many.
    speed, value
        Their means.
    speed_squares, products, value_squares
        Sums about the means: of squared speeds, of products, of squared values.
    slow, fast
        The speeds between which nine of ten seconds lie, m/s.
    """

    seconds: int
    speed: float
    value: float
    speed_squares: float
    products: float
    value_squares: float
    slow: float
    fast: float


def pairs_of(speeds: Sequence[float], values: Sequence[float]) -> Pairs | None:
    """Sum up pairs of one run, None below two."""
    n = len(speeds)
    if n < 2:
        return None
    speed, value = math.fsum(speeds) / n, math.fsum(values) / n
    about = [(v - speed, c - value) for v, c in zip(speeds, values, strict=True)]
    ordered = sorted(speeds)
    edge = n // 20
    return Pairs(
        n,
        speed,
        value,
        math.fsum(v * v for v, _ in about),
        math.fsum(v * c for v, c in about),
        math.fsum(c * c for _, c in about),
        ordered[edge],
        ordered[n - 1 - edge],
    )


def own_slope(runs: Iterable[Pairs | None], prior: float) -> float:
    """Return the runner's slope: the line through all pairs, drawn towards `prior` by how unsure it is; else `prior`."""
    told = [run for run in runs if run is not None]
    seconds = sum(run.seconds for run in told)
    if len(told) < LEAST_RUNS or seconds < LEAST_S:
        return prior
    if max(run.fast for run in told) - min(run.slow for run in told) < LEAST_SPREAD:
        return prior
    speed = math.fsum(run.seconds * run.speed for run in told) / seconds
    value = math.fsum(run.seconds * run.value for run in told) / seconds
    vv = math.fsum(run.speed_squares + run.seconds * (run.speed - speed) ** 2 for run in told)
    vc = math.fsum(run.products + run.seconds * (run.speed - speed) * (run.value - value) for run in told)
    cc = math.fsum(run.value_squares + run.seconds * (run.value - value) ** 2 for run in told)
    if vv <= 0:
        return prior
    line = vc / vv
    about = max(LEAST_SD**2, (cc - line * vc) / seconds)
    certain, usual = vv / INDEPENDENT_S / about, 1.0 / PRIOR_SD**2
    return min(max((certain * line + usual * prior) / (certain + usual), LOWEST), HIGHEST)
