"""Heart Rate Measurement on the wire."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.sensors.bluetooth.codecs import heart_rate
from cuecoach.sensors.bluetooth.codecs.heart_rate import HeartRate
from cuecoach.sensors.message import Stated


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ("0048", HeartRate(72)),
        ("014800", HeartRate(72)),
        ("012C01", HeartRate(300)),
        ("0648", HeartRate(72, contact=True)),
        ("0448", HeartRate(72, contact=False)),
        ("0248", HeartRate(72)),  # "detected" from a strap that cannot tell means nothing
        ("08480A00", HeartRate(72, energy_kj=10)),
        ("1048000400020001", HeartRate(72, rr_s=(1.0, 0.5, 0.25))),
        ("1E480A000004", HeartRate(72, True, 10, (1.0,))),
        ("1048", HeartRate(72)),
        ("0048FFFF", HeartRate(72)),  # padding
    ],
)
def test_known_payloads_are_read(payload: str, expected: HeartRate) -> None:
    assert heart_rate.decode(bytes.fromhex(payload)) == expected


@pytest.mark.parametrize("payload", ["", "00", "0148", "0848", "08480A", "104800", "18480A0000"])
def test_payloads_that_are_not_what_they_promise_are_refused(payload: str) -> None:
    assert heart_rate.decode(bytes.fromhex(payload)) is None
    assert heart_rate.stated(bytes.fromhex(payload)) is None


@pytest.mark.parametrize("payload", ["0000", "01FFFF", "0448", "00FF", "000A"])
def test_a_strap_off_the_skin_or_without_a_pulse_lives_and_says_nothing(payload: str) -> None:
    assert heart_rate.stated(bytes.fromhex(payload)) == Stated()


def test_a_pulse_is_stated() -> None:
    assert heart_rate.stated(b"\x16\x97\x00\x02") == Stated({"heart_rate": 151.0})


@given(st.binary(max_size=300))
def test_any_bytes_are_a_plausible_pulse_or_none(payload: bytes) -> None:
    heart = heart_rate.decode(payload)
    stated = heart_rate.stated(payload)
    assert (heart is None) == (stated is None)
    assert stated is None or all(30 <= value <= 230 for value in stated.values.values())


@given(st.integers(0, 0xFFFF), st.none() | st.booleans(), st.lists(st.integers(0, 0xFFFF), max_size=9))
def test_every_cut_of_a_payload_is_refused_or_loses_whole_intervals_only(
    bpm: int, contact: bool | None, ticks: list[int]
) -> None:
    flags = 0x11 | (0 if contact is None else 0x04 | contact << 1)
    payload = struct.pack(f"<BH{len(ticks)}H", flags, bpm, *ticks)
    whole = HeartRate(bpm, contact, None, tuple(t / 1024 for t in ticks))
    assert heart_rate.decode(payload) == whole
    for n in range(len(payload)):
        cut = heart_rate.decode(payload[:n])
        assert cut is None or (cut.bpm, cut.rr_s) == (bpm, whole.rr_s[: (n - 3) // 2])
