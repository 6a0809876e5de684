"""How far a mean of few values may be off by chance."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import Final

#: 97.5 % quantiles of Student's t by degrees of freedom; beyond these it is nearly constant.
_T: Final = (12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23)
_T_30, _T_MANY = 2.20, 2.04


def t95(degrees: int) -> float:
    """Return half the width of the 95 % interval in standard errors; never too small a one."""
    if degrees < 1:
        return math.inf
    if degrees <= len(_T):
        return _T[degrees - 1]
    return _T_30 if degrees < 30 else _T_MANY


def around_mean(values: Sequence[float]) -> float:
    """Return half the width of the 95 % interval of the mean of at least two values."""
    return t95(len(values) - 1) * statistics.stdev(values) / math.sqrt(len(values))


def around_difference(early: Sequence[float], late: Sequence[float]) -> float:
    """Return half the width of the 95 % interval of the difference of two means, each of at least two values."""
    error = math.hypot(statistics.stdev(early) / math.sqrt(len(early)), statistics.stdev(late) / math.sqrt(len(late)))
    return t95(min(len(early), len(late)) - 1) * error
