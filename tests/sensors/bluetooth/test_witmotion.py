"""WitMotion frames: scale, replies, and a byte stream split, joined, cut and hostile in every way."""

from __future__ import annotations

import struct
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.sensors.bluetooth.codecs import witmotion
from cuecoach.sensors.bluetooth.codecs.witmotion import FrameCutter, register_value, samples
from cuecoach.sensors.bluetooth.drivers.witmotion import WitMotionDecoder
from cuecoach.sensors.message import Samples

words = st.lists(st.integers(-32768, 32767), min_size=9, max_size=9).filter(lambda nine: any(nine[:3]))
#: Words that look like the beginning of a frame come up often.
nasty = st.lists(
    st.sampled_from([0x6155, 0x5561, 0x5555, 0x7155, 1]).map(lambda w: w - 65536 * (w > 32767)), min_size=9, max_size=9
)


def motion(nine: list[int]) -> bytes:
    return b"\x55\x61" + struct.pack("<9h", *nine)


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[a:b] for a, b in pairwise(edges)]


def test_a_sensor_at_rest_reads_one_g_upwards() -> None:
    found = samples([motion([0, 0, 2048, 16384, -16384, 0, 0, 0, 0])])
    assert found is not None
    assert found.stamp is None
    np.testing.assert_allclose(found.acc, [[0, 0, 9.80665]])
    np.testing.assert_allclose(found.gyr, [[1000, -1000, 0]])


def test_acceleration_saturates_at_sixteen_g() -> None:
    found = samples([motion([32767, -32768, 0, 0, 0, 0, 0, 0, 0])])
    assert found is not None
    np.testing.assert_allclose(found.acc, [[16 * 9.80665, -16 * 9.80665, 0]], rtol=1e-4)


def test_commands_are_those_of_the_maker() -> None:
    assert witmotion.UNLOCK.hex(" ") == "ff aa 69 88 b5"
    assert witmotion.set_rate(100).hex(" ") == "ff aa 03 09 00"
    assert witmotion.read_register(0x3A).hex(" ") == "ff aa 27 3a 00"


def test_a_register_reply_is_found_among_motion_frames() -> None:
    reply = b"\x55\x71" + struct.pack("<9h", 3, 9, 0, 0, 0, 0, 0, 0, 0)
    assert register_value(motion([1] * 9) + reply + motion([2] * 9), 3) == 9
    assert register_value(reply, 4) is None
    assert register_value(motion([1] * 9), 3) is None
    assert register_value(b"\x55\x71\x03", 3) is None
    assert not WitMotionDecoder().feed(witmotion.NOTIFY, reply)


def test_whole_frames_come_out_at_once_one_or_several_a_notification() -> None:
    decoder = WitMotionDecoder()
    for count in (1, 3, 1, 7):
        (message,) = decoder.feed(witmotion.NOTIFY, b"".join(motion([k + 1] * 9) for k in range(count)))
        assert isinstance(message, Samples)
        assert message.acc is not None
        assert message.acc.shape == (count, 3)
    assert decoder.rejected == 0


@given(st.lists(words, min_size=1, max_size=12), st.lists(st.integers(0, 400), max_size=12))
def test_however_a_stream_is_split_no_frame_is_lost_invented_or_damaged(
    nines: list[list[int]], cuts: list[int]
) -> None:
    sent = [motion(nine) for nine in nines]
    cutter = FrameCutter()
    got = [frame for piece in pieces(b"".join(sent), cuts) for frame in cutter.cut(piece)]
    got += cutter.cut(sent[0])  # what was assembled last waited for a successor
    assert got == [*sent, sent[0]]
    assert cutter.damaged == 0


@given(st.integers(1, 19), nasty, st.lists(nasty, min_size=4, max_size=8), st.lists(st.integers(0, 200), max_size=6))
def test_a_start_in_the_middle_of_a_nasty_frame_is_overcome_soon(
    missing: int, first: list[int], nines: list[list[int]], cuts: list[int]
) -> None:
    sent = [motion(nine) for nine in nines] + [motion([7, -7, 700, 1, 2, 3, 4, 5, 6])] * 4
    cutter = FrameCutter()
    for piece in pieces(motion(first)[missing:] + b"".join(sent), cuts):
        cutter.cut(piece)
    assert cutter.cut(sent[-1])[-1] == sent[-1]


@given(nines=st.lists(words, min_size=6, max_size=6), lost=st.integers(1, 19), start=st.integers(20, 59))
def test_a_lost_piece_costs_only_frames_it_touches(nines: list[list[int]], lost: int, start: int) -> None:
    plain = [[word & 0x0F0F for word in nine] for nine in nines]  # without anything that looks like a beginning
    plain = [[nine[0] | 1, *nine[1:]] for nine in plain]
    sent = [motion(nine) for nine in plain]
    stream = b"".join(sent)
    cutter = FrameCutter()
    got = cutter.cut(stream[:start]) + cutter.cut(stream[start + lost :]) + cutter.cut(sent[0])
    touched = set(range(start // 20, (start + lost - 1) // 20 + 1))
    whole = [frame for k, frame in enumerate(sent) if k not in touched]
    assert [frame for frame in got[:-1] if frame not in whole] == []
    assert len(got) == len(whole) + 1
    assert cutter.damaged <= 1


def test_two_first_halves_do_not_make_a_frame() -> None:
    first, second = motion([1] * 9), motion([2] * 9)
    cutter = FrameCutter()
    assert cutter.cut(first[:10]) == []  # its second half never comes
    assert cutter.cut(second[:10]) == []
    assert cutter.cut(second[10:] + first) == [second, first]


@given(st.lists(st.binary(max_size=100) | words.map(motion), max_size=30))
def test_any_bytes_are_endured_and_little_is_kept(payloads: list[bytes]) -> None:
    decoder = WitMotionDecoder()
    for payload in payloads:
        for message in decoder.feed(witmotion.NOTIFY, payload):
            assert isinstance(message, Samples)
            assert message.acc is not None
            assert message.gyr is not None
            assert message.acc.shape == message.gyr.shape
            assert np.abs(message.acc).max() <= 16 * 9.80665
    assert len(decoder._cutter._rest) <= witmotion.FRAME_SIZE
    assert decoder.rejected <= len(payloads)


def test_garbage_alone_is_counted_and_gives_nothing() -> None:
    decoder = WitMotionDecoder()
    for payload in (b"\x00" * 20, b"\x55" * 20, b"\x55\x62" * 10, b"hello"):
        assert not decoder.feed(witmotion.NOTIFY, payload)
    assert decoder.rejected == 4


def test_an_acceleration_of_nothing_is_no_sample() -> None:
    assert samples([motion([0, 0, 0, 5, 5, 5, 0, 0, 0])]) is None


@pytest.mark.parametrize("channel", ["0000180f-0000-1000-8000-00805f9b34fb", ""])
def test_other_characteristics_are_not_listened_to(channel: str) -> None:
    assert not WitMotionDecoder().feed(channel, motion([1] * 9))
