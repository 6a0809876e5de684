"""The seconds of a run as bytes and back, rounded no further than a report can tell: one column a metric."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Final, cast

import numpy as np

from cuecoach.events import FloatArray
from cuecoach.packing.envelope import expand, opened, sealed, squeeze
from cuecoach.packing.integers import Integers, pack_columns, read_varint, unpack_columns, varint
from cuecoach.runrecord import Second

#: Significant digits of the largest number of a column; the others of the column have as many decimals.
_DIGITS: Final = {"": 5, "values": 5, "normal": 4, "noise": 4}
_MOST_DECIMALS: Final = 12
#: Session time to the millisecond, distance to the decimetre.
_FIXED: Final = {"t": 3, "distance": 1}

_MAPS: Final = ("values", "normal", "noise")
_NUMBERS: Final = ("t", "target", "distance", "beat")
_WORDS: Final = ("activity", "gate")
_ORDER: Final = ("", *_MAPS)


#: What the heads of most batches hold, the likeliest last. Part of version 1: what was packed cannot be read with another one.
_USUAL: Final = (
    '"cadence speed step_length stride_length stance_time stance_time_balance flight_time duty_factor vertical_oscillation '
    "vertical_ratio pelvic_tilt pelvic_tilt_range pelvic_obliquity pelvic_obliquity_range pelvic_rotation_range pelvic_drop "
    'pelvic_drop_left pelvic_drop_right trunk_lean braking impact heart_rate power grade"]'
).replace(" ", '","')
_DICTIONARY: Final = (
    '"standing still"]"walking"]"slow"]"steep"]"quiet"]"settling"]["warm-up"][null,"running"],[null]]["walking"],["still"]'
    f'"t","target","distance","beat"],["values",{_USUAL},["normal",{_USUAL},["noise",{_USUAL}]'
    '[[["","t","target","distance"],[[["","t","distance","beat"],[[["","t","distance"],["values","cadence","speed",'
    '"step_length","stride_length"],[[["","t"],["values","cadence"]],["running"],["warm-up"]]]],["running"],[null]]'
).encode()


def pack_seconds(seconds: Sequence[Second]) -> bytes:
    """Return seconds as bytes; the more at once, the fewer bytes each.

    They are for reports, so numbers are rounded: those of a metric to as many decimals as give the largest of these seconds
    five significant digits (cadence 0.01 spm, a tilt of some 10° 0.001°), what is normal and its noise to four, times to 1 ms,
    distances to 0.1 m. What is not finite is left out.
    """
    names: dict[str, list[str]] = {}
    heads: list[tuple[int, bool]] = []
    rows: list[Integers] = []
    # A metric that comes up late stands with its like all the same.
    for (within, name), floats in sorted(_collected(seconds).items(), key=lambda item: _ORDER.index(item[0][0])):
        known = np.isfinite(floats)
        if not known.any():
            continue
        names.setdefault(within, [within]).append(name)
        fixed = None if within else _FIXED.get(name)
        decimals = _decimals(float(np.abs(floats[known]).max()), _DIGITS[within]) if fixed is None else fixed
        gaps = not known.all()
        heads.append((decimals, gaps))
        if gaps:
            rows.append(known.astype(np.int64))
            floats = _filled(floats, known)
        rows.append(np.rint(floats * 10.0**decimals).astype(np.int64))
    words: list[list[str | None]] = []
    for field in _WORDS:
        said = [cast("str | None", getattr(second, field)) for second in seconds]
        words.append(list(dict.fromkeys(said)))
        rows.append(np.array([words[-1].index(word) for word in said], np.int64))
    text = squeeze(json.dumps([[*names.values()], *words], separators=(",", ":")).encode(), _DICTIONARY)
    table = np.stack(rows)
    # Few seconds are short rows: then a second is a column.
    columns, turned = pack_columns(table), pack_columns(table.T)
    best = b"\1" + turned if len(turned) < len(columns) else b"\0" + columns
    return sealed(varint(len(text)) + text + pack_columns(np.array(heads, np.int64).reshape(-1, 2).T) + best)


def unpack_seconds(data: bytes) -> list[Second]:
    """Return the seconds that were packed, rounded as :func:`pack_seconds` says.

    Raises
    ------
    StoreError
        The bytes are of another version, or damaged.
    """
    return opened(data, _seconds, "seconds")


# ---------------------------------------------------------------- there
def _collected(seconds: Sequence[Second]) -> dict[tuple[str, str], FloatArray]:
    """Return every number by where it stands, shape (n,); NaN where there is none."""
    found: dict[tuple[str, str], FloatArray] = {}

    def put(key: tuple[str, str], row: int, number: float | None) -> None:
        if number is not None:
            if key not in found:
                found[key] = np.full(len(seconds), math.nan)
            found[key][row] = number

    for row, second in enumerate(seconds):
        for name in _NUMBERS:
            put(("", name), row, cast("float | None", getattr(second, name)))
        for within in _MAPS:
            for name, number in cast("Mapping[str, float]", getattr(second, within)).items():
                put((within, name), row, number)
    return found


def _decimals(largest: float, digits: int) -> int:
    before = math.floor(math.log10(largest)) + 1 if largest else 1
    return min(digits - before, _MOST_DECIMALS)


def _filled(floats: FloatArray, known: np.ndarray) -> FloatArray:
    """Return the column with each gap filled by the number before it (the first one: after it), which costs least."""
    last = np.maximum.accumulate(np.where(known, np.arange(len(floats)), -1))
    return floats[np.where(last < 0, int(np.argmax(known)), last)]


# ---------------------------------------------------------------- and back
def _seconds(body: bytes) -> list[Second]:
    size, at = read_varint(body, 0)
    names, *words = json.loads(expand(body[at : at + size], _DICTIONARY))
    heads, at = unpack_columns(body, at + size)
    table, _ = unpack_columns(body, at + 1)
    rows = iter(table.T if body[at] else table)
    columns = [(within, name) for within, *several in names for name in several]
    each = [_fields() for _ in range(table.shape[0 if body[at] else 1])]
    for (within, name), decimals, gaps in zip(columns, *heads.tolist(), strict=True):
        known = next(rows).tolist() if gaps else [1] * len(each)
        scale = 10.0 ** abs(decimals)
        whole = next(rows)
        floats = whole / scale if decimals >= 0 else whole * scale
        for fields, there, number in zip(each, known, floats.tolist(), strict=True):
            if there:
                into = cast("dict[str, object]", fields[within]) if within else fields
                into[name] = number
    for field, said in zip(_WORDS, words, strict=True):
        for fields, index in zip(each, next(rows).tolist(), strict=True):
            fields[field] = said[index]
    return [Second(**fields) for fields in each]  # pyright: ignore[reportArgumentType]


def _fields() -> dict[str, object]:
    return {within: dict[str, float]() for within in _MAPS}
