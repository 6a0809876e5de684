"""The open frame: a worked example, round trips, hostile bytes, doubles and losses."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cuecoach.sensors.bluetooth.codecs import open_frame
from cuecoach.sensors.bluetooth.codecs.open_frame import Frame, Info, decode, decode_info, encode, encode_info
from cuecoach.sensors.bluetooth.drivers.open_imu import OpenImuDecoder
from cuecoach.sensors.message import Samples

G = 9.80665
PAGE = Path(__file__).resolve().parents[3] / "docs" / "open-frame.md"
#: The example of docs/open-frame.md: two samples, the second upside down.
EXAMPLE = "01 02 2a 00 40 42 0f 00 10 27 10 10 00 00 00 00 00 08 00 00 00 40 00 c0 00 00 00 00 00 f8 ff 7f 00 80 00 00"


def frame(seq: int = 0, t_us: int = 0, n: int = 10, dt_us: int = 10_000) -> Frame:
    return Frame(seq, t_us, dt_us, np.tile([0.0, 0.0, G], (n, 1)), np.ones((n, 3)))


def test_the_documentation_has_the_uuids_the_example_and_an_info_that_are_used_here() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for word in (
        open_frame.SERVICE,
        open_frame.DATA,
        open_frame.INFO,
        "board=XIAO nRF52840 Sense;rate_hz=104;samples=10",
    ):
        assert word in text
    assert EXAMPLE in text.replace("\n", " ")


def test_the_example_of_the_documentation_decodes_as_it_says() -> None:
    found = decode(bytes.fromhex(EXAMPLE))
    assert found is not None
    assert (found.seq, found.t_us, found.dt_us) == (42, 1_000_000, 10_000)
    np.testing.assert_allclose(found.acc, [[0, 0, G], [0, 0, -G]])
    assert found.gyr is not None
    np.testing.assert_allclose(found.gyr, [[0, 1000, -1000], [1999.939, -2000, 0]], atol=1e-3)


@given(
    hnp.arrays(np.float64, st.tuples(st.integers(1, 40), st.just(6)), elements=st.floats(-2000, 2000)),
    st.integers(0, 2**16 - 1),
    st.integers(0, 2**32 - 1),
    st.integers(1000, 40_000),
    st.integers(1, 200),
    st.integers(1, 32),
    st.booleans(),
)
def test_what_is_encoded_comes_back_within_half_a_count_or_saturated(
    values: np.ndarray, seq: int, t_us: int, dt_us: int, acc_fs: int, gyr_fs: int, has_gyr: bool
) -> None:
    sent = Frame(seq, t_us, dt_us, values[:, :3], values[:, 3:] if has_gyr else None)
    payload = encode(sent, acc_fs=acc_fs, gyr_fs=gyr_fs)
    assert len(payload) == open_frame.frame_size(len(values))
    found = decode(payload)
    assert found is not None
    assert (found.seq, found.t_us, found.dt_us) == (seq, t_us, dt_us)
    full = acc_fs * G
    count = full / 32768
    np.testing.assert_allclose(found.acc, np.clip(sent.acc, -full, full - count), atol=count * 0.5001)
    assert (found.gyr is None) == (not has_gyr)
    if found.gyr is not None and sent.gyr is not None:
        full = gyr_fs * 125
        count = full / 32768
        np.testing.assert_allclose(found.gyr, np.clip(sent.gyr, -full, full - count), atol=count * 0.5001)


@given(st.binary(max_size=600))
@example(b"")
@example(encode(frame())[:-1])
@example(encode(frame()) + b"\0")
def test_any_bytes_give_samples_or_a_counted_rejection(payload: bytes) -> None:
    decoder = OpenImuDecoder(100.0)
    messages = decoder.feed(open_frame.DATA, payload)
    assert len(messages) + decoder.rejected == 1


@pytest.mark.parametrize(
    ("at", "byte"), [(0, 2), (0, 0), (1, 0), (1, 11), (1, 255), (9, 0), (9, 0xFF), (10, 0)], ids=str
)
def test_a_wrong_header_is_refused(at: int, byte: int) -> None:
    payload = bytearray(encode(frame()))
    payload[at] = byte
    assert decode(bytes(payload)) is None


def test_a_second_copy_of_a_frame_is_dropped_and_counted() -> None:
    decoder = OpenImuDecoder(100.0)
    first, second = encode(frame(1, 0)), encode(frame(2, 100_000))
    counts = [len(decoder.feed(open_frame.DATA, payload)) for payload in (first, first, second, first, second)]
    assert counts == [1, 0, 1, 0, 0]
    assert (decoder.duplicates, decoder.lost, decoder.rejected) == (3, 0, 0)


def test_missing_frames_are_counted_across_the_wrap_of_the_number() -> None:
    decoder = OpenImuDecoder(100.0)
    for number in (65534, 65535, 2, 3):
        decoder.feed(open_frame.DATA, encode(frame(number, number * 100_000)))
    assert decoder.lost == 2


def test_a_restarted_sensor_is_neither_double_nor_lost() -> None:
    decoder = OpenImuDecoder(100.0)
    for number, t_us in ((0, 50), (1, 100_050), (0, 75), (1, 100_075)):
        assert decoder.feed(open_frame.DATA, encode(frame(number, t_us)))
    assert (decoder.duplicates, decoder.lost) == (0, 0)


def test_a_frame_of_another_rate_than_told_is_refused() -> None:
    decoder = OpenImuDecoder(104.0)
    assert decoder.feed(open_frame.DATA, encode(frame(0, dt_us=9615)))
    assert not decoder.feed(open_frame.DATA, encode(frame(1, dt_us=19_230)))
    assert decoder.rejected == 1


def test_the_stamp_is_the_time_of_the_first_sample_in_seconds() -> None:
    (message,) = OpenImuDecoder(100.0).feed(open_frame.DATA, encode(frame(0, 4_294_967_295)))
    assert isinstance(message, Samples)
    assert message.stamped == "first"
    assert message.stamp == pytest.approx(4294.967295)


@pytest.mark.parametrize("n", [0, 41])
def test_a_frame_holds_one_to_forty_samples(n: int) -> None:
    with pytest.raises(ValueError, match="1 to 40"):
        encode(frame(n=n))


def test_info_is_read_in_any_order_and_with_words_unknown() -> None:
    told = Info("XIAO nRF52840 Sense", 104.0, 10)
    assert decode_info(encode_info(told)) == told
    assert decode_info("samples=10; maker=Ω; rate_hz = 104;board=XIAO nRF52840 Sense;\0\0".encode()) == told


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rate_hz=104",
        "samples=10",
        "rate_hz=x;samples=10",
        "rate_hz=nan;samples=10",
        "rate_hz=1e9;samples=10",
        "rate_hz=104;samples=0",
        "rate_hz=104;samples=99",
        "rate_hz=104;samples=" + "9" * 5000,
    ],
)
def test_info_that_makes_no_sense_is_none(text: str) -> None:
    assert decode_info(text.encode()) is None


@given(st.binary(max_size=300))
def test_info_of_any_bytes_never_fails(payload: bytes) -> None:
    decode_info(payload)


def test_the_layout_is_twelve_bytes_and_twelve_a_sample() -> None:
    payload = encode(frame(0x0102, 0x01020304))
    assert len(payload) == 132
    assert payload[:12] == struct.pack("<BBHIHBB", 1, 10, 0x0102, 0x01020304, 10_000, 16, 16)
