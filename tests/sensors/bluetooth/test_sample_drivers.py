"""Drivers of Polar, Movesense and Movella sensors against devices in memory: set-up, refusals, streams, leaving."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.errors import SensorError
from cuecoach.sensors.bluetooth.codecs import movella_dot as dot
from cuecoach.sensors.bluetooth.codecs import movesense_gsp as gsp
from cuecoach.sensors.bluetooth.codecs import polar_pmd as pmd
from cuecoach.sensors.bluetooth.drivers.movella_dot import DotDecoder, MovellaDot
from cuecoach.sensors.bluetooth.drivers.movesense import GspDecoder, Movesense
from cuecoach.sensors.bluetooth.drivers.polar import PmdDecoder, PolarH10, PolarVerity
from cuecoach.sensors.bluetooth.protocol import Decoder, Driver, Seen
from cuecoach.sensors.bluetooth.uuids import HEART_RATE_MEASUREMENT
from cuecoach.sensors.message import Level, Message, Samples, SampleTiming, Stated
from tests.sensors.bluetooth.fake_link import FakeLink
from tests.sensors.bluetooth.polar_frames import delta_frame, raw_frame

G = 9.80665
DRIVERS: tuple[Driver, ...] = (PolarVerity(), PolarH10(), Movesense(), MovellaDot())


def check_sentence(error: pytest.ExceptionInfo[SensorError]) -> None:
    assert re.fullmatch(r"`[^`\n]+` [^\n]*[^.\n]", str(error.value))


def rows(messages: list[Message]) -> tuple[np.ndarray, np.ndarray | None]:
    runs = [m for m in messages if isinstance(m, Samples)]
    acc = np.concatenate([m.acc for m in runs if m.acc is not None])
    gyr = [m.gyr for m in runs if m.gyr is not None]
    return acc, np.concatenate(gyr) if gyr else None


# ---------------------------------------------------------------- Polar
def tlv(key: int, *values: int) -> bytes:
    width = 1 if key == pmd.CHANNELS else 2
    return bytes((key, len(values))) + b"".join(v.to_bytes(width, "little") for v in values)


H10_SETTINGS = {pmd.ACC: tlv(0, 25, 50, 100, 200) + tlv(1, 16) + tlv(2, 2, 4, 8)}
VERITY_SETTINGS = {
    pmd.ACC: tlv(0, 52) + tlv(1, 16) + tlv(2, 8) + tlv(4, 3),
    pmd.GYRO: tlv(0, 52) + tlv(1, 16) + tlv(2, 2000) + tlv(4, 3),
}
FACTORS = {pmd.ACC: 1.0, pmd.GYRO: 2000 / 32768}


class Polar:
    """A Polar sensor's control point."""

    def __init__(self, settings: Mapping[int, bytes], *, streaming: tuple[int, ...] = (), refuse: int = 0) -> None:
        self.settings = settings
        self.streaming = set(streaming)
        self.refuse = refuse
        self.started: list[bytes] = []

    def answer(self, uuid: str, payload: bytes) -> list[tuple[str, bytes]]:
        assert uuid == pmd.CONTROL
        op, kind = payload[:2]
        status, more = 0, b""
        if op == pmd.GET_SETTINGS:
            more = b"\0" + self.settings[kind]
        elif op == pmd.START:
            status = self.refuse or (pmd.ALREADY_STREAMING if kind in self.streaming else 0)
            if status == 0:
                self.streaming.add(kind)
                self.started.append(payload)
                more = b"\0\x05\x01" + struct.pack("<f", FACTORS[kind])
        else:
            self.streaming.discard(kind)
        return [(pmd.CONTROL, bytes((0xF0, op, kind, status)) + more)]

    def link(self, *, name: str, heart: bool = True) -> FakeLink:
        bits = sum(1 << kind for kind in self.settings)
        uuids = {pmd.SERVICE, pmd.CONTROL, pmd.DATA} | ({HEART_RATE_MEASUREMENT} if heart else set())
        return FakeLink(uuids, {pmd.CONTROL: bytes((0x0F, bits & 255, bits >> 8))}, self.answer, name=name)


async def test_an_h10_streams_acceleration_at_100_hz() -> None:
    device = Polar(H10_SETTINGS)
    link = device.link(name="Polar H10 12345678")
    decoder = await PolarH10().start(link, "torso")
    assert device.started == [pmd.start(pmd.ACC, {pmd.RATE: 100, pmd.RESOLUTION: 16, pmd.RANGE: 8})]
    assert decoder.timing == SampleTiming(100.0, silence_s=1.5)
    assert link.subscribed == [pmd.CONTROL, pmd.DATA, HEART_RATE_MEASUREMENT]
    (samples,) = decoder.feed(pmd.DATA, raw_frame(pmd.ACC, 7.0, [(0, 0, 1000)] * 36))
    assert isinstance(samples, Samples)
    assert np.allclose(samples.acc, [[0, 0, G]] * 36)
    assert (samples.gyr, samples.stamp, samples.stamped) == (None, 7.0, "last")


async def test_a_verity_sense_streams_six_axes_with_its_factors() -> None:
    device = Polar(VERITY_SETTINGS)
    decoder = await PolarVerity().start(device.link(name="Polar Sense 12345678"), "sacrum")
    assert [command[1] for command in device.started] == [pmd.ACC, pmd.GYRO]
    assert all(command.endswith(b"\x04\x01\x03") for command in device.started)
    assert decoder.timing == SampleTiming(52.0, silence_s=4.0)
    messages: list[Message] = []
    for k in range(1, 11):
        messages += decoder.feed(pmd.DATA, delta_frame(pmd.ACC, k, [(0, 0, 1000)] * 52))
        messages += decoder.feed(pmd.DATA, delta_frame(pmd.GYRO, k + 0.004, [(164, -164, 0)] * 52, subtype=0))
    acc, gyr = rows(messages)
    assert len(acc) >= 519
    assert np.allclose(acc, [0, 0, G])
    assert gyr is not None
    assert np.allclose(gyr, [10.01, -10.01, 0], atol=0.01)
    assert decoder.rejected == 0


async def test_an_armband_without_gyroscope_streams_acceleration_alone() -> None:
    device = Polar({pmd.ACC: tlv(0, 50) + tlv(1, 16) + tlv(2, 8) + tlv(4, 3)})
    decoder = await PolarVerity().start(device.link(name="Polar OH1 1", heart=False), "sacrum")
    assert decoder.timing == SampleTiming(50.0, silence_s=4.0)
    (samples,) = decoder.feed(pmd.DATA, delta_frame(pmd.ACC, 7.0, [(0, 0, 1000)] * 5))
    assert isinstance(samples, Samples)
    assert decoder.feed(pmd.DATA, delta_frame(pmd.GYRO, 7.0, [(0, 0, 0)] * 5, subtype=0)) == ()
    assert decoder.rejected == 1


async def test_the_heart_rate_of_a_strap_comes_along() -> None:
    decoder = await PolarH10().start(Polar(H10_SETTINGS).link(name="Polar H10 1"), "torso")
    (stated,) = decoder.feed(HEART_RATE_MEASUREMENT, bytes((0x00, 151)))
    assert stated == Stated({"heart_rate": 151.0})
    assert decoder.feed(HEART_RATE_MEASUREMENT, bytes((0x00, 0))) == ()
    assert decoder.rejected == 0
    assert decoder.feed(HEART_RATE_MEASUREMENT, b"\x01\x97") == ()
    assert decoder.rejected == 1


async def test_a_stream_left_on_is_stopped_and_started_anew() -> None:
    device = Polar(H10_SETTINGS, streaming=(pmd.ACC,))
    link = device.link(name="Polar H10 1")
    decoder = await PolarH10().start(link, "torso")
    assert [command[1] for command in device.started] == [pmd.ACC]
    # What it sent of the old stream waits with everything else, in order, until the decoder is there.
    frame = raw_frame(pmd.ACC, 7.0, [(0, 0, 1000)])
    assert decoder.feed(pmd.DATA, frame) == ()
    for channel, payload in link.received:
        assert decoder.feed(channel, payload) == ()
    assert len(decoder.feed(pmd.DATA, frame)) == 1
    assert decoder.rejected == 0


@pytest.mark.parametrize("driver", [PolarH10(), PolarVerity()])
async def test_stopping_ends_every_stream(driver: Driver) -> None:
    device = Polar(H10_SETTINGS if isinstance(driver, PolarH10) else VERITY_SETTINGS)
    link = device.link(name="Polar")
    await driver.start(link, driver.roles[0])
    assert device.streaming
    await driver.stop(link)
    assert not device.streaming


async def test_stopping_tries_every_stream_also_when_one_fails() -> None:
    tried: list[bytes] = []

    def refuse(uuid: str, payload: bytes) -> list[tuple[str, bytes]]:
        tried.append(payload)
        raise SensorError("`Polar` is gone; come nearer")

    with pytest.raises(SensorError):
        await PolarVerity().stop(FakeLink({pmd.CONTROL}, answer=refuse, name="Polar"))
    assert tried == [pmd.stop(pmd.ACC), pmd.stop(pmd.GYRO)]


@pytest.mark.parametrize(("status", "word"), [(10, "packets"), (13, "charger"), (8, "sampling rate"), (99, "99")])
async def test_a_refusal_says_why_and_leaves_nothing_on(status: int, word: str) -> None:
    device = Polar(H10_SETTINGS, refuse=status)
    link = device.link(name="Polar H10 1")
    with pytest.raises(SensorError, match=word) as error:
        await PolarH10().start(link, "torso")
    check_sentence(error)
    assert link.written[-1] == (pmd.CONTROL, pmd.stop(pmd.ACC))


async def test_a_sensor_that_wants_to_be_paired_says_so() -> None:
    def refuse(uuid: str, payload: bytes) -> list[tuple[str, bytes]]:
        raise SensorError("`Polar H10 1` refused: GATT Protocol Error: Insufficient Authentication")

    link = Polar(H10_SETTINGS).link(name="Polar H10 1")
    link._answer = refuse
    with pytest.raises(SensorError, match="pair it") as error:
        await PolarH10().start(link, "torso")
    check_sentence(error)


async def test_polar_sensors_without_motion_are_refused_in_words() -> None:
    for link in (
        FakeLink({HEART_RATE_MEASUREMENT}, name="Polar H10 1"),
        Polar({0: b""}).link(name="Polar H10 1"),
        Polar({pmd.ACC: tlv(1, 16)}).link(name="Polar H10 1"),
    ):
        with pytest.raises(SensorError) as error:
            await PolarH10().start(link, "torso")
        check_sentence(error)


# ---------------------------------------------------------------- Movesense
def movesense(
    statuses: Mapping[str, int], *, data_instead: bool = False
) -> tuple[FakeLink, Callable[[str, bytes], list[tuple[str, bytes]]]]:
    def answer(uuid: str, payload: bytes) -> list[tuple[str, bytes]]:
        assert uuid == gsp.COMMAND
        code, ref = payload[:2]
        if code == 0:
            return [(gsp.NOTIFY, bytes((1, ref, 1)) + b"204730000081\0")]
        if code == 1:
            status = statuses.get(payload[2:].decode(), 404)
            if data_instead and status == 200:
                return [(gsp.NOTIFY, bytes((2, ref)) + bytes(100))]
            return [(gsp.NOTIFY, bytes((1, ref)) + struct.pack("<H", status))]
        return []

    return FakeLink({gsp.SERVICE, gsp.COMMAND, gsp.NOTIFY}, answer=answer, name="Movesense 204730000081"), answer


@pytest.mark.parametrize(
    ("has", "rate_hz"),
    [
        ({"/Meas/IMU6/104": 200, "/Meas/IMU6/52": 200}, 104.0),
        ({"/Meas/IMU6/52": 200}, 52.0),
        ({"/Meas/Acc/104": 200}, 104.0),
    ],
)
async def test_a_movesense_streams_the_best_it_has(has: Mapping[str, int], rate_hz: float) -> None:
    link, _ = movesense(has)
    decoder = await Movesense().start(link, "sacrum")
    assert decoder.timing == SampleTiming(rate_hz, wrap_s=4294967.296)
    assert link.written[0] == (gsp.COMMAND, gsp.hello(1))
    n = 8 if rate_hz == 104 else 4
    vectors = 1 if "/Meas/Acc/104" in has else 2
    whole = struct.pack("<I", 5000) + np.tile(np.array([0, 0, 9.8], "<f4"), n * vectors).tobytes()
    messages = [*decoder.feed(gsp.NOTIFY, b"\x02\x02" + whole[:150])]
    if len(whole) > 150:
        messages += decoder.feed(gsp.NOTIFY, b"\x03\x02" + whole[150:])
    acc, gyr = rows(messages)
    assert np.allclose(acc, [[0, 0, 9.8]] * n)
    assert (gyr is None) == (vectors == 1)
    assert decoder.rejected == 0
    await Movesense().stop(link)
    assert link.written[-1] == (gsp.COMMAND, gsp.unsubscribe(2))


async def test_data_stand_for_an_answer_that_was_lost() -> None:
    link, _ = movesense({"/Meas/IMU6/104": 200}, data_instead=True)
    decoder = await Movesense().start(link, "sacrum")
    assert decoder.timing == SampleTiming(104.0, wrap_s=4294967.296)


async def test_a_movesense_that_cannot_is_refused_in_words() -> None:
    link, _ = movesense({"/Meas/IMU6/104": 503, "/Meas/IMU6/52": 503, "/Meas/Acc/104": 503})
    with pytest.raises(SensorError, match="status 503") as error:
        await Movesense().start(link, "sacrum")
    check_sentence(error)
    with pytest.raises(SensorError, match="firmware") as error:
        await Movesense().start(FakeLink(set(), name="Movesense 1"), "sacrum")
    check_sentence(error)


# ---------------------------------------------------------------- Movella DOT
def settings(rate_hz: int, profile: int = 0) -> bytes:
    return (
        bytes((0, 0, 2, 10, 0, 30, 0, 9))
        + b"Xsens DOT".ljust(16, b"\0")
        + struct.pack("<HB", rate_hz, profile)
        + bytes(5)
    )


def movella(rate_hz: int = 20, *, measuring: bool = False, stubborn: bool = False) -> FakeLink:
    def answer(uuid: str, payload: bytes) -> list[tuple[str, bytes]]:
        if uuid == dot.DEVICE_CONTROL and not stubborn:
            link.reads[uuid] = b"\0" + payload[1:]
        return []

    reads = {dot.DEVICE_CONTROL: settings(rate_hz), dot.MEASUREMENT_CONTROL: bytes((1, measuring, 16))}
    link = FakeLink({dot.MEDIUM_PAYLOAD, dot.BATTERY}, reads, answer, name="Movella DOT")
    return link


async def test_a_dot_is_set_to_60_hz_and_streams_six_axes() -> None:
    link = movella(20)
    decoder = await MovellaDot().start(link, "sacrum")
    assert [uuid for uuid, _ in link.written] == [dot.DEVICE_CONTROL, dot.MEASUREMENT_CONTROL]
    assert dot.output_rate(link.written[0][1]) == 60
    assert link.written[-1] == (dot.MEASUREMENT_CONTROL, dot.start())
    assert decoder.timing == SampleTiming(60.0, wrap_s=4294.967296)
    (samples,) = decoder.feed(dot.MEDIUM_PAYLOAD, struct.pack("<I6f", 16667, 0, 0, 9.8, 1, 2, 3).ljust(40, b"\0"))
    assert isinstance(samples, Samples)
    assert np.allclose(samples.acc, [[0, 0, 9.8]])
    assert np.allclose(samples.gyr, [[1, 2, 3]])
    assert decoder.feed(dot.BATTERY, b"\x50\x00") == (Level(80.0),)
    await MovellaDot().stop(link)
    assert link.written[-1] == (dot.MEASUREMENT_CONTROL, dot.stop())


async def test_a_dot_left_measuring_is_stopped_before_its_rate_is_set() -> None:
    link = movella(20, measuring=True)
    await MovellaDot().start(link, "sacrum")
    assert link.written[0] == (dot.MEASUREMENT_CONTROL, dot.stop())


async def test_a_dot_that_cannot_is_refused_in_words() -> None:
    for link in (movella(20, stubborn=True), FakeLink(set(), name="Movella DOT")):
        with pytest.raises(SensorError) as error:
            await MovellaDot().start(link, "sacrum")
        check_sentence(error)
    link = movella()
    link.reads[dot.DEVICE_CONTROL] = b"\0" * 5
    with pytest.raises(SensorError) as error:
        await MovellaDot().start(link, "sacrum")
    check_sentence(error)


# ---------------------------------------------------------------- all
@pytest.mark.parametrize(
    ("seen", "family"),
    [
        (Seen("1", "Polar Sense 12345678"), "polar"),
        (Seen("1", "Polar OH1 12345678"), "polar"),
        (Seen("1", "Polar 360 12345678"), "polar"),
        (Seen("1", "Polar H10 12345678"), "polar-h10"),
        (Seen("1", "Polar H9 12345678"), None),
        (Seen("1", "Movesense 204730000081"), "movesense"),
        (Seen("1", "", frozenset({gsp.SERVICE})), "movesense"),
        (Seen("1", "Xsens DOT"), "movella-dot"),
        (Seen("1", "my left foot", manufacturer={0x0886: b""}), "movella-dot"),
        (Seen("1", "Stryd"), None),
        (Seen("1"), None),
    ],
)
def test_each_device_is_of_one_family_at_most(seen: Seen, family: str | None) -> None:
    assert [driver.family for driver in DRIVERS if driver.recognises(seen)] == ([family] if family else [])


def test_families_differ_and_fill_the_roles_they_claim() -> None:
    assert len({driver.family for driver in DRIVERS}) == len(DRIVERS)
    for driver in DRIVERS:
        assert set(driver.roles) <= set(driver.able)
        assert driver.kind == "samples"


CHANNELS = st.sampled_from(
    [pmd.DATA, pmd.CONTROL, HEART_RATE_MEASUREMENT, gsp.NOTIFY, dot.MEDIUM_PAYLOAD, dot.BATTERY, "elsewhere"]
)


@given(st.lists(st.tuples(CHANNELS, st.binary(max_size=120)), max_size=30))
def test_any_bytes_on_any_channel_are_messages_or_nothing(payloads: list[tuple[str, bytes]]) -> None:
    decoders: list[Decoder] = [
        PmdDecoder({pmd.ACC: 52.0, pmd.GYRO: 52.0}, {}),
        PmdDecoder({pmd.ACC: 100.0}, {}, {pmd.ACC}),
        GspDecoder(104, 2),
        DotDecoder(),
    ]
    for decoder in decoders:
        for channel, payload in payloads:
            for message in decoder.feed(channel, payload):
                assert isinstance(message, Samples | Stated | Level)
        assert 0 <= decoder.rejected <= len(payloads)
