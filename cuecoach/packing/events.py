"""What went into the coach as bytes and back, to the last bit: a batch of events, about a second of a run.

The bytes are, in a seal: all that is neither tick nor samples as deflated JSON; the order of everything; ticks; samples.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NoReturn, TypeAlias, cast

import numpy as np

from cuecoach.events import (
    TICK_S,
    AudioEvent,
    Battery,
    Control,
    Event,
    Gap,
    ImuBlock,
    Reading,
    Reload,
    SensorState,
    Tick,
)
from cuecoach.packing.envelope import expand, opened, sealed, squeeze
from cuecoach.packing.integers import LARGEST, pack_few, read_varint, unpack_few, varint
from cuecoach.packing.samples import Group, pack_blocks, unpack_blocks

if TYPE_CHECKING:
    from cuecoach.rules.rule import Rule

#: What is written as a row of JSON: its number here, then its fields. Only ever added to, at the end.
_ROWS: Final[tuple[type[Event], ...]] = (Tick, Reading, SensorState, Battery, Gap, AudioEvent, Control, Reload)
_NUMBERS: Final[dict[type[Event], int]] = {kind: number for number, kind in enumerate(_ROWS)}
_NAMES: Final[dict[type[Event], tuple[str, ...]]] = {kind: tuple(f.name for f in fields(kind)) for kind in _ROWS}

#: In the order of everything: a row, a tick, and from here on the first, second … group of samples.
_ROW, _TICK, _SAMPLES = 0, 1, 2

#: Words a batch is likely to hold, the likeliest last. Part of version 1: what was packed cannot be read with another one.
_DICTIONARY: Final = (
    b'"quiet","speak","calibrate",null"pelvic_rotation_range":"pelvic_obliquity_range":"pelvic_tilt_range":'
    b'"pelvic_drop_right":"pelvic_drop_left":"pelvic_drop":"trunk_lean":"braking":"impact":"duty_factor":"flight_time":'
    b'"stance_time_balance":"vertical_ratio":"searching",""],"connecting",""],"streaming",""],"stale","lost","back","ended",'
    b'"started","ended","dropped",5,"watch""shank""hip","torso","sim","csv","fit","ble:phone:movesense:polar:stryd:'
    b'"power":"grade":"stance_time":"vertical_oscillation":"heart_rate":{"cadence":8{"cadence":16{"stride_length":'
    b'"step_length":0."stride_length":1."speed":2.{"cadence":17{"speed":3.{"heart_rate":1}},"foot",{}],"cadence":1'
    b'},"foot",{"cadence":8.0,"stride_length":},null,{}],[1,0.5,"imu",[[],[[[["","sacrum",true,true]],[]]'
)

_Rows: TypeAlias = list[list[object]]


def no_rules(_: object) -> NoReturn:
    """Refuse rules: what is packed for others holds none.

    Raises
    ------
    ValueError
        Always.
    """
    raise ValueError("rules where none belong")


def pack_events(events: Sequence[Event], rules_to_json: Callable[[Sequence[Rule]], object] = no_rules) -> bytes:
    """Return a batch of events as bytes.

    The larger the batch, the fewer bytes; about a second of a run is a good one. Blocks of samples on the grid of
    :func:`cuecoach.packing.grid.on_grid` take 1.3 to 1.6 bytes a number, others about 7.

    Parameters
    ----------
    events
        In the order they came.
    rules_to_json
        Makes plain JSON of the rules of a `Reload`; without it there may be none.
    """
    groups, places, samples = pack_blocks([event for event in events if isinstance(event, ImuBlock)])
    place = iter(places)
    order: list[int] = []
    ticks: list[int] = []
    rows: _Rows = []
    for event in events:
        if isinstance(event, ImuBlock):
            order.append(_SAMPLES + next(place))
        elif isinstance(event, Tick) and (number := _tick_number(event.t)) is not None:
            order.append(_TICK)
            ticks.append(number)
        else:
            order.append(_ROW)
            rows.append(_row(event, rules_to_json))
    text = json.dumps([groups, rows], separators=(",", ":"), default=_plain).encode()
    squeezed = squeeze(text, _DICTIONARY)
    steps = [number - before for before, number in zip([0, *ticks], ticks, strict=False)]
    return sealed(varint(len(squeezed)) + squeezed + pack_few(order) + pack_few(steps) + samples)


def unpack_events(data: bytes, rules_from_json: Callable[[object], tuple[Rule, ...]] = no_rules) -> list[Event]:
    """Return the events that were packed: the same ones, to the last bit and in the same order.

    Raises
    ------
    StoreError
        The bytes are of another version, or damaged.
    """
    return opened(data, lambda body: _events(body, rules_from_json), "events")


# ---------------------------------------------------------------- there
def _tick_number(t: float) -> int | None:
    """Return which tick it is; None for one that falls between."""
    number = t / TICK_S
    return int(number) if 0 < number < LARGEST and number.is_integer() else None


def _row(event: Event, rules_to_json: Callable[[Sequence[Rule]], object]) -> list[object]:
    kind = type(event)
    row: list[object] = [_NUMBERS[kind], *(getattr(event, name) for name in _NAMES[kind])]
    if isinstance(event, Reload):
        row[1 + _NAMES[kind].index("rules")] = rules_to_json(event.rules)
    return row


def _plain(value: object) -> object:
    """Return what JSON has no form for: a mapping that is no dict, or a number of numpy's."""
    return dict(cast("Mapping[str, object]", value)) if isinstance(value, Mapping) else cast("np.generic", value).item()


# ---------------------------------------------------------------- and back
def _events(body: bytes, rules_from_json: Callable[[object], tuple[Rule, ...]]) -> list[Event]:
    size, at = read_varint(body, 0)
    text = expand(body[at : at + size], _DICTIONARY)
    heads, rows = cast("tuple[list[list[object]], _Rows]", json.loads(text))
    order, at = unpack_few(body, at + size)
    steps, at = unpack_few(body, at)
    groups = [Group(*head) for head in heads]  # pyright: ignore[reportArgumentType]
    blocks, _ = unpack_blocks(groups, body, at)
    row, tick = iter(rows), accumulate(steps)
    events: list[Event] = []
    for kind in order:
        if kind == _ROW:
            events.append(_event(next(row), rules_from_json))
        elif kind == _TICK:
            events.append(Tick(next(tick) * TICK_S))
        elif kind >= _SAMPLES:
            events.append(next(blocks[kind - _SAMPLES]))
        else:
            raise ValueError("an event of no kind")
    return events


def _event(row: list[object], rules_from_json: Callable[[object], tuple[Rule, ...]]) -> Event:
    kind, values = _ROWS[cast("int", row[0])], row[1:]
    if kind is Reload:
        where = _NAMES[kind].index("rules")
        values[where] = rules_from_json(values[where])
    return kind(*values)  # pyright: ignore[reportArgumentType]
