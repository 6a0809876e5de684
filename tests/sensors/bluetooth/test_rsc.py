"""Running Speed and Cadence on the wire: measurements, features, locations, control point."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.sensors.bluetooth.codecs import rsc
from cuecoach.sensors.bluetooth.codecs.rsc import RscFeatures, RscMeasurement


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        # OpenTracks, BluetoothHandlerRunningSpeedAndCadenceTest
        ("02000550FFFF0001", RscMeasurement(5.0, 80, None, 1_684_275.1)),
        # Kotlin heart-rate monitors' tests of the same service: 512 and 170; a stride of 150 cm while standing
        ("000002AA", RscMeasurement(2.0, 170)),
        ("010000A09600", RscMeasurement(0.0, 160, 1.5)),
        # A Python client's test: 768, 180, 120 cm, 12345 dm
        ("030003B4780039300000", RscMeasurement(3.0, 180, 1.2, 1234.5)),
        # By the specification's table: bit 2 alone is running; reserved bits mean nothing
        ("0400035A", RscMeasurement(3.0, 90, running=True)),
        ("F800035A", RscMeasurement(3.0, 90)),
        ("07FFFFFFFFFFFFFFFFFF", RscMeasurement(65535 / 256, 255, 655.35, 429_496_729.5, True)),
    ],
)
def test_known_payloads_are_read(payload: str, expected: RscMeasurement) -> None:
    measurement = rsc.decode(bytes.fromhex(payload))
    assert measurement is not None
    assert measurement == RscMeasurement(
        expected.speed,
        expected.cadence,
        expected.stride_length if expected.stride_length is None else pytest.approx(expected.stride_length),
        expected.total_distance if expected.total_distance is None else pytest.approx(expected.total_distance),
        expected.running,
    )


@pytest.mark.parametrize(
    "payload",
    [
        "",  # empty
        "000003",  # no cadence
        "0100035A",  # a stride length promised
        "0100035A78",  # half of it
        "0200035A393000",  # three bytes of a distance
        "0300035A7800",  # both promised, one there
        "00" * 21,  # no measurement is so long
    ],
)
def test_payloads_that_are_not_what_they_promise_are_refused(payload: str) -> None:
    assert rsc.decode(bytes.fromhex(payload)) is None


def test_padding_behind_a_measurement_is_ignored() -> None:
    assert rsc.decode(bytes.fromhex("0400035A000000000000")) == RscMeasurement(3.0, 90, running=True)


@given(st.binary(max_size=30))
def test_any_bytes_are_a_measurement_or_none(payload: bytes) -> None:
    measurement = rsc.decode(payload)
    assert measurement is None or (0 <= measurement.speed < 256 and 0 <= measurement.cadence <= 255)
    rsc.decode_features(payload)
    rsc.decode_location(payload)
    rsc.decode_response(payload)


@given(
    st.integers(0, 0xFFFF),
    st.integers(0, 255),
    st.none() | st.integers(0, 0xFFFF),
    st.none() | st.integers(0, 0xFFFFFFFF),
    st.booleans(),
)
def test_what_is_written_is_read_again(
    speed: int, cadence: int, stride_cm: int | None, distance_dm: int | None, running: bool
) -> None:
    measurement = RscMeasurement(
        speed / 256,
        cadence,
        None if stride_cm is None else stride_cm / 100,
        None if distance_dm is None else distance_dm / 10,
        running,
    )
    payload = rsc.encode(measurement)
    assert rsc.decode(payload) == measurement
    assert all(rsc.decode(payload[:n]) is None for n in range(len(payload)))


@pytest.mark.parametrize(
    "measurement",
    [RscMeasurement(256.0, 90), RscMeasurement(-1.0, 90), RscMeasurement(3.0, 256), RscMeasurement(3.0, 90, 700.0)],
)
def test_what_does_not_fit_is_not_written(measurement: RscMeasurement) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        rsc.encode(measurement)


def test_features_and_locations_are_read() -> None:
    assert rsc.decode_features(b"\x04\x00") == RscFeatures(False, False, True, False, False)
    assert rsc.decode_features(b"\x1f\xff") == RscFeatures(True, True, True, True, True)
    assert rsc.decode_features(b"\x1f") is None
    assert rsc.decode_features(b"\x1f\x00\x00") is None
    assert [rsc.decode_location(bytes([n])) for n in (0, 1, 2, 3, 14, 17)] == [
        *("other", "top of shoe", "in shoe", "hip", "chest", None)
    ]
    assert rsc.decode_location(b"") is None


def test_requests_are_written_as_the_specification_says() -> None:
    assert rsc.request_distance(1234.5).hex() == "0139300000"
    assert rsc.request_calibration().hex() == "02"
    assert rsc.request_location(2).hex() == "0302"
    assert rsc.request_locations().hex() == "04"
    for metres in (-0.1, 5e8, math.nan, math.inf):
        with pytest.raises(ValueError, match="no total distance"):
            rsc.request_distance(metres)


def test_responses_are_read_with_their_status_in_words() -> None:
    answer = rsc.decode_response(bytes.fromhex("100401010203"))
    assert answer is not None
    assert (answer.operation, answer.ok, answer.status, answer.parameter) == (4, True, "done", b"\x01\x02\x03")
    words = [rsc.decode_response(bytes([0x10, 1, status])) for status in (2, 3, 4, 99)]
    assert [(w.ok, w.status) for w in words if w] == [
        (False, "it does not support this"),
        (False, "it does not accept the value"),
        (False, "it could not do it"),
        (False, "it answers 99"),
    ]
    assert rsc.decode_response(b"\x10\x01") is None
    assert rsc.decode_response(b"\x01\x01\x01") is None
