from __future__ import annotations

import contextlib
import zlib
from dataclasses import fields, replace
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.errors import StoreError
from cuecoach.events import (
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
from cuecoach.packing import pack_events, unpack_events
from cuecoach.packing.grid import on_grid
from cuecoach.rules import Rule, load_cues
from cuecoach.rules.rule_json import rules_from_json, rules_to_json
from cuecoach.sensors.simulator import STORIES, SimulatedRunner

floats = st.floats(allow_nan=False)
moments = st.floats(0, 1e6)
names = st.text(max_size=20)
values = st.dictionaries(names, floats, max_size=4)
quarters = st.integers(0, 40_000).map(lambda k: Tick(k * 0.25))

plain_events = st.one_of(
    quarters,
    moments.map(Tick),
    st.builds(Reading, moments, names, values, st.sampled_from(["foot", "sacrum", None]), values.map(MappingProxyType)),
    st.builds(SensorState, moments, names, st.sampled_from(["searching", "lost", "back"]), names),
    st.builds(Battery, moments, names, floats),
    st.builds(Gap, moments, names, moments, moments, st.none() | st.integers(0, 10**6)),
    st.builds(AudioEvent, moments, st.sampled_from(["started", "ended", "dropped"]), st.integers(0, 10**6)),
    st.builds(Control, moments, st.sampled_from(["quiet", "speak", "calibrate"]), st.none() | floats),
)


@st.composite
def blocks(draw: st.DrawFn) -> ImuBlock:
    """Any block: on the grid or not, of any length, in either layout of memory, with what no sensor says."""
    n = draw(st.integers(0, 30))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    scale = draw(st.sampled_from([0.0, 1e-9, 1.0, 300.0, 1e12, 1e200]))
    times = draw(moments) + np.cumsum(rng.uniform(0.001, 0.02, n))
    acc, gyr = rng.normal(0, scale, (3, n)).T, rng.normal(0, scale, (n, 3))
    odd = draw(st.sampled_from([None, -0.0, np.inf, np.nan]))
    if odd is not None and n:
        gyr[draw(st.integers(0, n - 1)), 1] = odd
    source, place = draw(st.sampled_from(["a", "b"])), draw(st.sampled_from(["sacrum", "torso"]))
    block = ImuBlock(
        float(times[-1]) + draw(st.floats(0, 1)) if n else 1.0,
        source,
        place,
        times,
        acc,
        draw(st.sampled_from([gyr, None])),
    )
    if odd is None and draw(st.booleans()):
        rounded = on_grid(block)
        assert isinstance(rounded, ImuBlock)
        return rounded
    return block


def bits(event: Event) -> tuple[object, ...]:
    """All of an event in a form that is equal for the same bits only: -0.0 is not 0.0, the order of keys counts."""
    out: list[object] = [type(event).__name__]
    for field in fields(event):
        value = getattr(event, field.name)
        if isinstance(value, np.ndarray):
            out.append((value.shape, str(value.dtype), value.tobytes()))
        elif isinstance(value, tuple):
            out.append(value)
        else:
            out.append(repr(dict(value)) if hasattr(value, "items") else repr(value))
    return tuple(out)


def packed(events: list[Event]) -> bytes:
    return pack_events(events, rules_to_json)


def unpacked(data: bytes) -> list[Event]:
    return unpack_events(data, rules_from_json)


def back(events: list[Event]) -> list[Event]:
    return unpacked(packed(events))


def heard(output: str, rate_hz: float, seconds: float) -> list[Event]:
    runner = SimulatedRunner(STORIES["tired"], seed=3, output=output, rate_hz=rate_hz)  # pyright: ignore
    return [on_grid(event) for event in runner.advance(seconds)]


# ---------------------------------------------------------------- the same again
@given(st.lists(plain_events | blocks(), max_size=12))
def test_every_event_comes_back_to_the_last_bit_and_in_its_order(events: list[Event]) -> None:
    assert [bits(event) for event in back(events)] == [bits(event) for event in events]


@pytest.mark.parametrize("rate_hz", [50, 100, 200])
def test_a_simulated_sensor_comes_back_to_the_last_bit(rate_hz: float) -> None:
    events = heard("imu", rate_hz, 6.0)
    assert [bits(event) for event in back(events)] == [bits(event) for event in events]


def test_samples_lie_row_after_row_in_memory_as_they_were_heard() -> None:
    # A sum over columns laid out differently may differ in the last bit.
    for block in back(heard("imu", 100, 2.0)):
        if isinstance(block, ImuBlock):
            assert block.gyr is not None
            assert block.acc.flags.c_contiguous
            assert block.gyr.flags.c_contiguous
            assert block.times.flags.c_contiguous


def test_a_reload_comes_back_with_its_rules_and_files() -> None:
    reload = Reload(3.25, load_cues(["posture", "hips"]), {"cues/a.yaml": "rules:\n- ü\n", "b": ""})
    (again,) = back([reload])
    assert isinstance(again, Reload)
    assert (again.t, again.rules, again.sources) == (reload.t, reload.rules, reload.sources)


def test_two_sensors_and_a_block_off_the_grid_keep_their_order() -> None:
    some = [event for event in heard("imu", 100, 3.0) if isinstance(event, ImuBlock)]
    events: list[Event] = []
    for number, block in enumerate(some):
        events += [block, replace(block, source="torso", place="torso", gyr=None)]
        if number == 4:
            events.append(replace(block, acc=block.acc + 1e-7))
    assert [bits(event) for event in back(events)] == [bits(event) for event in events]


def test_numbers_of_numpy_are_numbers() -> None:
    (again,) = back([Reading(1.0, "pod", {"cadence": np.float64(170.25), "speed": np.float32(2.5)})])  # pyright: ignore
    assert again == Reading(1.0, "pod", {"cadence": 170.25, "speed": 2.5})


# ---------------------------------------------------------------- small
def test_an_hour_of_six_axes_at_200_hz_takes_less_than_8_megabytes() -> None:
    events = [event for event in heard("imu", 200, 130.0) if isinstance(event, ImuBlock) and event.t >= 100]
    events = [*events, *(Tick(100 + k / 4) for k in range(120))]
    size = sum(len(packed([e for e in events if int(e.t) == second])) for second in range(100, 130))
    assert size / 30 * 3600 < 8e6


def test_ticks_cost_next_to_nothing() -> None:
    assert len(packed([Tick(700 + k / 4) for k in range(4)])) < 40
    assert len(packed([Tick(700 + k / 4) for k in range(4000)])) < 8200


# ---------------------------------------------------------------- what is broken
def sample() -> bytes:
    return packed([Tick(0.25), *heard("imu", 50, 0.5), Reading(1.0, "pod", {"cadence": 170.0})])


def test_another_version_is_refused_in_one_sentence() -> None:
    with pytest.raises(StoreError, match=r"version 9.*reads version 1"):
        unpacked(b"\x09" + sample()[1:])


@pytest.mark.parametrize("cut", [0, 1, 4, 5, 20, -1])
def test_bytes_that_end_too_early_are_damaged(cut: int) -> None:
    with pytest.raises(StoreError, match="damaged"):
        unpacked(sample()[:cut])


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_one_changed_byte_is_never_replayed(at: int, change: int) -> None:
    data = bytearray(sample())
    data[at % len(data)] ^= change
    with pytest.raises(StoreError):
        unpacked(bytes(data))


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=4), st.integers(0, 60))
def test_damage_under_a_right_checksum_raises_nothing_else(changes: list[tuple[int, int]], cut: int) -> None:
    body = bytearray(sample()[5:])
    for at, byte in changes:
        body[at % len(body)] = byte
    body = body[: len(body) - cut]
    with contextlib.suppress(StoreError):
        unpacked(b"\x01" + zlib.crc32(body).to_bytes(4, "little") + body)


def test_rules_that_cannot_be_read_any_more_say_so() -> None:
    def gone(_: object) -> tuple[Rule, ...]:
        raise StoreError("the stored rule `x` is not understood by this cuecoach")

    with pytest.raises(StoreError, match="stored rule `x`"):
        unpack_events(packed([Reload(1.0, load_cues(["bounce"]))]), gone)
