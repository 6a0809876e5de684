"""Foot pods, heart-rate straps and power pods: recognised, set up, decoded, asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.errors import SensorError
from cuecoach.sensors.bluetooth import uuids
from cuecoach.sensors.bluetooth.drivers.foot_pod import (
    FootPod,
    FootPodDecoder,
    calibrate,
    set_distance,
    supported_locations,
    update_location,
)
from cuecoach.sensors.bluetooth.drivers.heart_rate import HeartRateDecoder, HeartRateStrap
from cuecoach.sensors.bluetooth.drivers.running_power import RunningPower, RunningPowerDecoder
from cuecoach.sensors.bluetooth.protocol import Decoder, Driver, Link, Seen
from cuecoach.sensors.message import Stated
from tests.sensors.bluetooth.fake_link import FakeLink

DRIVERS: tuple[Driver, ...] = (FootPod(), HeartRateStrap(), RunningPower())
POD = {uuids.RSC_SERVICE, uuids.RSC_MEASUREMENT, uuids.SC_CONTROL_POINT}
POWER = {uuids.CYCLING_POWER_SERVICE, uuids.CYCLING_POWER_MEASUREMENT}
HEART = {uuids.HEART_RATE_SERVICE, uuids.HEART_RATE_MEASUREMENT}
TELLS_GAIT = {uuids.RSC_FEATURE: b"\x04\x00"}


def recognised(name: str = "", *services: str) -> list[str]:
    seen = Seen("C0:FF:EE:00:00:01", name, frozenset(services))
    return [driver.family for driver in DRIVERS if driver.recognises(seen)]


def test_uuids_are_written_in_full() -> None:
    assert uuids.sig(0x1814) == uuids.RSC_SERVICE == "00001814-0000-1000-8000-00805f9b34fb"
    assert uuids.sig(0xFFE5) == "0000ffe5-0000-1000-8000-00805f9b34fb"


def test_devices_are_recognised_by_what_they_advertise() -> None:
    assert recognised("Pod 12", uuids.RSC_SERVICE) == ["foot-pod"]
    assert recognised("", uuids.HEART_RATE_SERVICE) == ["heart-rate"]
    assert recognised("Pedals", uuids.CYCLING_POWER_SERVICE) == ["running-power"]
    assert recognised("Pod", uuids.RSC_SERVICE, uuids.CYCLING_POWER_SERVICE) == ["foot-pod"]
    assert recognised("TICKR X 01", uuids.HEART_RATE_SERVICE) == ["foot-pod", "heart-rate"]
    assert recognised("Pod 12", uuids.BATTERY_SERVICE) == []
    assert recognised() == []


@pytest.mark.parametrize(
    "name",
    [
        *("Stryd", "STRYD 1234", "Polar Stride 12", "Polar SDM4 0123", "Zwift RunPod", "RunPod 7"),
        *("MilestonePod", " TICKR X 4711"),
    ],
)
def test_pods_that_hide_their_service_are_recognised_by_name(name: str) -> None:
    assert recognised(name) == ["foot-pod"]
    assert recognised(name, uuids.CYCLING_POWER_SERVICE) == ["foot-pod"]


@pytest.mark.parametrize("name", ["Polar H10 12345678", "TICKR 12", "COROS POD 2", "My Stryd"])
def test_other_names_are_not_pods(name: str) -> None:
    assert recognised(name) == []


def test_power_alone_is_taken_only_when_named() -> None:
    power = RunningPower()
    assert (power.roles, power.able) == ((), ("foot",))
    assert all(driver.kind == "metrics" and set(driver.roles) <= set(driver.able) for driver in DRIVERS)


async def played(driver: Driver, link: FakeLink, *notifications: tuple[str, str]) -> tuple[Decoder, list[object]]:
    checked: Link = link
    decoder = await driver.start(checked, driver.able[0])
    for channel, payload in notifications:
        link.notify(channel, bytes.fromhex(payload))
    messages = [message for channel, payload in link.received for message in decoder.feed(channel, payload)]
    await driver.stop(checked)
    return decoder, messages


async def test_a_foot_pod_states_speed_and_its_raw_cadence() -> None:
    link = FakeLink(POD, TELLS_GAIT)
    decoder, messages = await played(
        FootPod(),
        link,
        (uuids.RSC_MEASUREMENT, "0400035A"),
        (uuids.RSC_MEASUREMENT, "030080377800" + "39300000"),
        (uuids.RSC_MEASUREMENT, "00800137"),
    )
    assert link.subscribed == [uuids.RSC_MEASUREMENT]
    assert messages == [
        Stated({"speed": 3.0}, 90.0, None, True),
        Stated({}, 55.0, 1.2, False),  # 128 m/s is no speed
        Stated({"speed": 1.5}, 55.0, None, False),
    ]
    assert (decoder.rejected, decoder.timing) == (0, None)


async def test_walking_means_nothing_from_a_pod_that_cannot_tell() -> None:
    for reads in ({}, {uuids.RSC_FEATURE: b"\x03\x00"}, {uuids.RSC_FEATURE: b"\x04"}):
        walk = (uuids.RSC_MEASUREMENT, "00800137")
        _, messages = await played(FootPod(), FakeLink(POD, reads), walk, (uuids.RSC_MEASUREMENT, "0400035A"), walk)
        assert [message.running for message in messages if isinstance(message, Stated)] == [None, True, False]


async def test_features_that_must_not_be_read_are_no_obstacle() -> None:
    _, messages = await played(FootPod(), FakeLink(POD | {uuids.RSC_FEATURE}), (uuids.RSC_MEASUREMENT, "0400035A"))
    assert len(messages) == 1


async def test_a_pod_asleep_or_standing_has_no_cadence() -> None:
    _, messages = await played(
        FootPod(),
        FakeLink(POD),
        (uuids.RSC_MEASUREMENT, "00000300"),
        (uuids.RSC_MEASUREMENT, "00000000"),
        (uuids.RSC_MEASUREMENT, "010003FF0000"),
    )
    assert messages == [Stated({"speed": 3.0}), Stated({"speed": 0.0}), Stated({"speed": 3.0})]


async def test_what_cannot_be_used_is_counted_and_states_nothing() -> None:
    decoder, messages = await played(
        FootPod(),
        FakeLink(POD | POWER | HEART),
        (uuids.RSC_MEASUREMENT, ""),
        (uuids.RSC_MEASUREMENT, "000003"),
        (uuids.RSC_MEASUREMENT, "0100035A"),
        (uuids.RSC_MEASUREMENT, "00FFFFFF"),
        (uuids.RSC_MEASUREMENT, "00FFFF00"),
        (uuids.CYCLING_POWER_MEASUREMENT, "0000FF7F"),
        (uuids.CYCLING_POWER_MEASUREMENT, "0000F6FF"),
        (uuids.HEART_RATE_MEASUREMENT, "01"),
    )
    assert (decoder.rejected, messages) == (8, [])


async def test_a_pod_with_power_and_a_pulse_states_them_too() -> None:
    link = FakeLink(POD | POWER | HEART, name="Stryd")
    decoder, messages = await played(
        FootPod(), link, (uuids.CYCLING_POWER_MEASUREMENT, "2000FA0001000004"), (uuids.HEART_RATE_MEASUREMENT, "0097")
    )
    assert link.subscribed == [uuids.RSC_MEASUREMENT, uuids.CYCLING_POWER_MEASUREMENT, uuids.HEART_RATE_MEASUREMENT]
    assert messages == [Stated({"power": 250.0}), Stated({"heart_rate": 151.0})]
    assert decoder.feed(uuids.BATTERY_LEVEL, b"\x50") == ()
    assert decoder.feed(uuids.SC_CONTROL_POINT, b"\x10\x01\x01") == ()
    assert decoder.rejected == 0


async def test_straps_and_power_pods_state_one_thing() -> None:
    strap, pulse = await played(
        HeartRateStrap(),
        FakeLink(HEART),
        (uuids.HEART_RATE_MEASUREMENT, "0097"),
        (uuids.HEART_RATE_MEASUREMENT, "0000"),
        (uuids.HEART_RATE_MEASUREMENT, "00"),
    )
    assert (pulse, strap.rejected) == ([Stated({"heart_rate": 151.0}), Stated()], 1)
    pod, power = await played(
        RunningPower(),
        FakeLink(POWER),
        (uuids.CYCLING_POWER_MEASUREMENT, "00002C01"),
        (uuids.CYCLING_POWER_MEASUREMENT, "00FF"),
    )
    assert (power, pod.rejected) == ([Stated({"power": 300.0})], 1)
    assert strap.feed(uuids.BATTERY_LEVEL, b"") == pod.feed(uuids.BATTERY_LEVEL, b"") == ()


@pytest.mark.parametrize("driver", DRIVERS, ids=lambda d: d.family)
async def test_a_device_that_lacks_the_service_is_refused_in_a_sentence(driver: Driver) -> None:
    for name, called in (("Mystery", "`Mystery`"), ("", "`C0:FF:EE:00:00:01`")):
        with pytest.raises(SensorError, match=rf"^{called} [^.\n]+[^.]$"):
            await driver.start(FakeLink(set(), name=name), driver.able[0])


channels = st.sampled_from(
    [uuids.RSC_MEASUREMENT, uuids.CYCLING_POWER_MEASUREMENT, uuids.HEART_RATE_MEASUREMENT, uuids.BATTERY_LEVEL]
)
limits = {"speed": (0, 12), "power": (0, 2500), "heart_rate": (30, 230)}


@given(st.lists(st.tuples(channels, st.binary(max_size=24)), max_size=20))
def test_any_bytes_are_plausible_messages_or_a_counted_rejection(notifications: list[tuple[str, bytes]]) -> None:
    for decoder in (FootPodDecoder(), HeartRateDecoder(), RunningPowerDecoder()):
        for channel, payload in notifications:
            before = decoder.rejected
            messages = decoder.feed(channel, payload)
            assert not (messages and decoder.rejected > before)
            for message in messages:
                assert isinstance(message, Stated)
                assert all(limits[name][0] <= value <= limits[name][1] for name, value in message.values.items())
                assert message.cadence_raw is None or 0 < message.cadence_raw < 255
                assert message.stride_length_raw is None or 0.2 <= message.stride_length_raw <= 5.2


# ---------------------------------------------------------------- the control point
def obeys(_uuid: str, request: bytes) -> list[tuple[str, bytes]]:
    """Answer as a pod that can do everything, with a measurement in between."""
    parameter = bytes([1, 2, 99, 3]) if request[0] == 4 else b""
    return [
        (uuids.RSC_MEASUREMENT, bytes.fromhex("0400035A")),
        (uuids.SC_CONTROL_POINT, bytes([0x10, request[0] ^ 7, 1])),  # the answer to somebody else's request
        (uuids.SC_CONTROL_POINT, bytes([0x10, request[0], 1]) + parameter),
    ]


async def test_the_control_point_does_as_asked() -> None:
    link = FakeLink(POD, answer=obeys)
    await set_distance(link, 1000.0)
    await calibrate(link)
    await update_location(link, "in shoe")
    assert await supported_locations(link) == ("top of shoe", "in shoe", "hip")
    assert [payload.hex() for _, payload in link.written] == ["0110270000", "02", "0302", "04"]
    assert link.subscribed == [uuids.SC_CONTROL_POINT]


@pytest.mark.parametrize(("status", "words"), [(2, "does not support"), (3, "does not accept"), (4, "could not do")])
async def test_a_refusal_is_told_in_words(status: int, words: str) -> None:
    link = FakeLink(POD, answer=lambda uuid, request: [(uuid, bytes([0x10, request[0], status]))], name="Stryd")
    with pytest.raises(SensorError, match=rf"^`Stryd` did not set its distance: it {words}"):
        await set_distance(link, 0.0)


async def test_no_control_point_no_answer_and_no_such_place_are_told() -> None:
    with pytest.raises(SensorError, match="has no control point"):
        await supported_locations(FakeLink({uuids.RSC_MEASUREMENT}))
    with pytest.raises(SensorError, match="did not answer"):
        await supported_locations(FakeLink(POD, answer=lambda uuid, request: [(uuid, b"\x10"), (uuid, b"")]))
    with pytest.raises(ValueError, match="`left ear` is no sensor location"):
        await update_location(FakeLink(POD), "left ear")
