"""Long lines as few points as a picture can show, without losing an extreme."""

from __future__ import annotations

import numpy as np

from cuecoach.events import FloatArray
from cuecoach.report.columns import HOLE_S


def pieces(t: FloatArray, *known: FloatArray, hole: float = HOLE_S) -> list[slice]:
    """Return the stretches in which all arrays are known and time has no hole."""
    fine = np.isfinite(t)
    for y in known:
        fine &= np.isfinite(y)
    at = np.flatnonzero(fine)
    if not at.size:
        return []
    breaks = np.flatnonzero((np.diff(at) > 1) | (np.diff(t[at]) > hole)) + 1
    return [slice(int(part[0]), int(part[-1]) + 1) for part in np.split(at, breaks)]


def thin(t: FloatArray, y: FloatArray, span: tuple[float, float], columns: int) -> tuple[FloatArray, FloatArray]:
    """Return the least and the greatest point of each of `columns` equal parts of the span, and both ends.

    What is drawn through them cannot be told from the whole line at that many pixels.
    """
    if t.size <= 2 * columns:
        return t, y
    column = np.clip((t - span[0]) / (span[1] - span[0]) * columns, 0, columns - 1).astype(np.int64)
    order = np.lexsort((y, column))
    edges = np.flatnonzero(np.diff(column[order])) + 1
    least = order[np.concatenate([[0], edges])]
    greatest = order[np.concatenate([edges - 1, [order.size - 1]])]
    keep = np.unique(np.concatenate([[0], least, greatest, [t.size - 1]]))
    return t[keep], y[keep]


def envelope(
    t: FloatArray, low: FloatArray, high: FloatArray, span: tuple[float, float], columns: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return a band as few points: in each part of the span its lowest and its highest."""
    if t.size <= 2 * columns:
        return t, low, high
    column = np.clip((t - span[0]) / (span[1] - span[0]) * columns, 0, columns - 1).astype(np.int64)
    begins = np.concatenate([[0], np.flatnonzero(np.diff(column)) + 1])
    middle = np.add.reduceat(t, begins) / np.diff(np.concatenate([begins, [t.size]]))
    floor, ceiling = np.minimum.reduceat(low, begins), np.maximum.reduceat(high, begins)
    middle = np.concatenate([t[:1], middle, t[-1:]])
    return middle, np.pad(floor, 1, mode="edge"), np.pad(ceiling, 1, mode="edge")
