from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.errors import StoreError
from cuecoach.runrecord import Second
from cuecoach.store.second_columns import pack_seconds, unpack_seconds

metrics = st.sampled_from(["cadence", "pelvic_tilt", "grade"])
numbers = st.floats(-500, 500)
maps = st.dictionaries(metrics, numbers, max_size=3)
maybe = st.none() | st.floats(60, 240)
seconds = st.lists(
    st.builds(
        Second,
        st.integers(0, 40_000).map(float),
        maps,
        maps,
        maps,
        maybe,
        st.sampled_from(["running", "walking", "still", None]),
        st.none() | st.text(max_size=10),
        st.none() | st.floats(0, 1e6),
        maybe,
    ),
    max_size=5,
)


def near(a: float | None, b: float | None, error: float) -> bool:
    return a == b if a is None or b is None else abs(a - b) <= error * 1.001 + 1e-12


def largest(many: list[Second], part: str, name: str) -> float:
    return max(abs(getattr(one, part)[name]) for one in many if name in getattr(one, part))


@given(seconds)
def test_seconds_come_back_rounded_no_further_than_said(before: list[Second]) -> None:
    after = unpack_seconds(pack_seconds(before))
    assert len(after) == len(before)
    for a, b in zip(before, after, strict=True):
        assert (a.t, a.activity, a.gate) == (b.t, b.activity, b.gate)
        assert near(a.distance, b.distance, 0.05)
        assert near(a.target, b.target, 0.005)
        assert near(a.beat, b.beat, 0.005)
        for part, share in (("values", 5e-5), ("normal", 5e-4), ("noise", 5e-4)):
            old, new = getattr(a, part), getattr(b, part)
            assert set(old) == set(new)
            for name in old:
                assert near(old[name], new[name], share * largest(before, part, name))


def test_a_metric_that_comes_up_late_is_not_taken_for_another() -> None:
    many = [
        Second(1.0, {"cadence": 170.0}, {"cadence": 171.0}),
        Second(2.0, {"grade": 1.5}, distance=40.0, target=172.0),
    ]
    assert unpack_seconds(pack_seconds(many)) == many


def test_usual_numbers_are_those_a_person_reads() -> None:
    one = Second(12.0, {"cadence": 170.12345, "pelvic_tilt": 11.23456}, {"cadence": 171.98765}, distance=34.5678)
    (again,) = unpack_seconds(pack_seconds([one]))
    assert again == Second(12.0, {"cadence": 170.12, "pelvic_tilt": 11.235}, {"cadence": 172.0}, distance=34.6)


def test_what_is_not_finite_is_unknown() -> None:
    (again,) = unpack_seconds(pack_seconds([Second(1.0, {"cadence": math.nan, "speed": 2.5}, beat=math.inf)]))
    assert again == Second(1.0, {"speed": 2.5})


def test_an_unknown_name_comes_back_too() -> None:
    one = Second(1.0, {"not a metric, yet": 1.5})
    assert unpack_seconds(pack_seconds([one])) == [one]


def test_a_minute_at_once_takes_a_quarter_of_its_seconds_one_by_one() -> None:
    minute = [
        Second(
            float(k),
            {"cadence": 170 + math.sin(k), "speed": 2.8 + math.cos(k) / 10},
            {"cadence": 171.0},
            {"cadence": 1.5},
        )
        for k in range(60)
    ]
    assert len(pack_seconds(minute)) * 4 < sum(len(pack_seconds([second])) for second in minute)


def test_damage_and_other_versions_are_refused_in_one_sentence() -> None:
    data = pack_seconds([Second(1.0, {"cadence": 170.0})])
    with pytest.raises(StoreError, match="seconds are damaged"):
        unpack_seconds(data[:-1])
    with pytest.raises(StoreError, match="version 7"):
        unpack_seconds(b"\x07" + data[1:])


@given(st.integers(0, 1000), st.integers(1, 255))
def test_one_changed_byte_is_told(at: int, change: int) -> None:
    data = bytearray(pack_seconds([Second(1.0, {"cadence": 170.0}), Second(2.0)]))
    data[at % len(data)] ^= change
    with pytest.raises(StoreError):
        unpack_seconds(bytes(data))
