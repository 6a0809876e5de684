from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.events import ImuBlock, Reading, Tick
from cuecoach.packing.grid import on_grid
from cuecoach.packing.integers import LARGEST, pack_columns, pack_few, read_varint, unpack_columns, unpack_few, varint


def block(seed: int = 1, n: int = 10, **changes: object) -> ImuBlock:
    rng = np.random.default_rng(seed)
    times = 100 * rng.random() + np.cumsum(rng.uniform(0.002, 0.02, n))
    made = ImuBlock(float(times[-1]), "imu", "sacrum", times, rng.normal(0, 20, (n, 3)), rng.normal(0, 300, (n, 3)))
    return replace(made, **changes)  # pyright: ignore[reportArgumentType]


def rounded(before: ImuBlock) -> ImuBlock:
    after = on_grid(before)
    assert isinstance(after, ImuBlock)
    return after


# ---------------------------------------------------------------- the grid
@given(st.integers(0, 10_000), st.integers(1, 25), st.floats(0, 0.2))
def test_rounding_moves_nothing_by_more_than_half_a_step_and_keeps_the_order(seed: int, n: int, late: float) -> None:
    before = block(seed, n)
    before = replace(before, t=before.t + late)
    after = rounded(before)
    assert before.gyr is not None
    assert after.gyr is not None
    assert np.abs(after.acc - before.acc).max() <= 2**-11
    assert np.abs(after.gyr - before.gyr).max() <= 2**-8
    assert np.abs(after.times - before.times).max() <= 2**-21
    assert abs(after.t - before.t) <= 2**-20
    assert (np.diff(after.times) > 0).all()
    assert after.t >= after.times[-1]


@given(st.integers(0, 10_000))
def test_rounding_twice_changes_nothing(seed: int) -> None:
    once = rounded(block(seed))
    twice = rounded(once)
    assert (once.t, once.times.tobytes(), once.acc.tobytes()) == (twice.t, twice.times.tobytes(), twice.acc.tobytes())
    assert once.gyr is not None
    assert twice.gyr is not None
    assert once.gyr.tobytes() == twice.gyr.tobytes()


def test_what_rounds_to_nothing_has_no_sign() -> None:
    after = rounded(block(acc=np.full((10, 3), -1e-6)))
    assert not np.signbit(after.acc).any()


def test_two_samples_that_would_fall_on_one_moment_stay_apart() -> None:
    before = block(n=2, t=1.0, times=np.array([0.5, 0.5 + 1e-8]))
    assert on_grid(before) is before


def test_a_block_of_nothing_and_other_events_stay_as_they_are() -> None:
    for event in (
        block(n=10, times=np.zeros(0), acc=np.zeros((0, 3)), gyr=None),
        Tick(0.3),
        Reading(1.0, "a", {"cadence": 170.1}),
    ):
        assert on_grid(event) is event


def test_a_sensor_without_gyroscope_stays_without() -> None:
    assert rounded(block(gyr=None)).gyr is None


def test_rows_lie_after_each_other_in_memory_however_they_came() -> None:
    after = rounded(block(acc=np.asfortranarray(np.ones((10, 3)) / 3)))
    assert after.acc.flags.c_contiguous


# ---------------------------------------------------------------- whole numbers
@given(
    st.integers(0, 8),
    st.integers(0, 70),
    st.sampled_from([1, 3, 1000, 2**30, LARGEST - 1]),
    st.booleans(),
    st.integers(0, 10_000),
)
def test_columns_come_back(count: int, n: int, scale: int, smooth: bool, seed: int) -> None:
    numbers = np.random.default_rng(seed).integers(-scale, scale, (count, n), endpoint=True)
    if smooth:
        numbers = np.cumsum(numbers // 100, axis=1)
    data = pack_columns(numbers)
    again, end = unpack_columns(b"before" + data + b"after", 6)
    assert end == 6 + len(data)
    assert again.shape == numbers.shape
    assert (again == numbers).all()


def test_a_jump_costs_a_few_bytes_only() -> None:
    flat = np.full((1, 200), 1000)
    jump = flat.copy()
    jump[:, 100:] += 2**40
    assert len(pack_columns(jump)) - len(pack_columns(flat)) < 60


def test_noise_costs_about_as_many_bits_as_it_has() -> None:
    # Evenly spread over 256 numbers: 8 bits each.
    noise = np.random.default_rng(1).integers(0, 256, (1, 4000))
    assert len(pack_columns(noise)) < 4000 * 1.2


@given(st.integers(0, 2**62 - 1))
def test_single_numbers_come_back(number: int) -> None:
    data = varint(number)
    assert read_varint(b"x" + data + b"y", 1) == (number, 1 + len(data))


@given(st.lists(st.integers(-(2**60), 2**60), max_size=20))
def test_a_few_numbers_come_back(numbers: list[int]) -> None:
    data = pack_few(numbers)
    assert unpack_few(b"x" + data + b"y", 1) == (numbers, 1 + len(data))
