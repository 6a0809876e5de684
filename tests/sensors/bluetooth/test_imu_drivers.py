"""Setting up WitMotion, Thingy:52 and the open sensor over a link: what is written, in which order, and what is refused."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from cuecoach.errors import SensorError
from cuecoach.sensors.bluetooth.codecs import open_frame, thingy, witmotion
from cuecoach.sensors.bluetooth.drivers.open_imu import OpenImu
from cuecoach.sensors.bluetooth.drivers.thingy import Thingy52
from cuecoach.sensors.bluetooth.drivers.witmotion import WitMotion
from cuecoach.sensors.bluetooth.protocol import Driver, Seen
from cuecoach.sensors.message import SampleTiming
from tests.sensors.bluetooth.fake_link import FakeLink

WIT = {witmotion.SERVICE, witmotion.NOTIFY, witmotion.WRITE}
THINGY = {thingy.MOTION_SERVICE, thingy.MOTION_CONFIG, thingy.RAW_MOTION}
OPEN = {open_frame.SERVICE, open_frame.DATA, open_frame.INFO}
INFO = {open_frame.INFO: b"board=test;rate_hz=104;samples=10"}
DRIVERS: list[Driver] = [WitMotion(), Thingy52(), OpenImu()]


class WitSensor:
    """Answers the question for its rate, with `code` (None: not at all), on `channel`."""

    def __init__(self, code: int | None, channel: str = witmotion.NOTIFY) -> None:
        self.code = code
        self.channel = channel

    def __call__(self, uuid: str, payload: bytes) -> list[tuple[str, bytes]]:
        if self.code is None or payload != witmotion.read_register(witmotion.RATE_REGISTER):
            return []
        moving = b"\x55\x61" + struct.pack("<9h", *range(1, 10))
        return [(self.channel, moving), (self.channel, b"\x55\x71" + struct.pack("<9h", 3, self.code, *[0] * 7))]


class SwappedLink(FakeLink):
    """A sensor whose FFE4 takes commands and whose FFE9 notifies."""

    async def subscribe(self, uuid: str) -> None:
        if uuid == witmotion.NOTIFY:
            raise SensorError("it does not notify")
        await super().subscribe(uuid)

    async def write(self, uuid: str, payload: bytes, *, response: bool = True) -> None:
        if uuid == witmotion.WRITE:
            raise SensorError("it cannot be written")
        await super().write(uuid, payload, response=response)


class UnansweringLink(FakeLink):
    """A sensor that takes writes only without a response."""

    async def write(self, uuid: str, payload: bytes, *, response: bool = True) -> None:
        if response:
            raise SensorError("it does not acknowledge")
        await super().write(uuid, payload, response=response)


@pytest.mark.parametrize("driver", DRIVERS, ids=lambda driver: driver.family)
def test_a_driver_gives_samples_and_its_roles_are_among_what_it_is_able_to(driver: Driver) -> None:
    assert driver.kind == "samples"
    assert driver.roles == ("sacrum",)
    assert set(driver.roles) <= set(driver.able) == {"sacrum", "torso", "foot"}


@pytest.mark.parametrize(
    ("seen", "family"),
    [
        (Seen("a", "WT901BLE68"), "witmotion"),
        (Seen("a", "BWT901BLE5.0"), "witmotion"),
        (Seen("a", "", frozenset({witmotion.SERVICE})), "witmotion"),
        (Seen("a", "Thingy"), "thingy-52"),
        (Seen("a", "my box", frozenset({thingy.CONFIGURATION_SERVICE})), "thingy-52"),
        (Seen("a", "cuecoach", frozenset({open_frame.SERVICE})), "cuecoach-imu"),
        (Seen("a", "cuecoach"), None),
        (Seen("a", "Polar H10"), None),
        (Seen("a", "", frozenset({"0000ffe5-0000-1000-8000-00805f9b34fb"})), None),
    ],
)
def test_each_device_is_recognised_by_one_driver_at_most(seen: Seen, family: str | None) -> None:
    assert [driver.family for driver in DRIVERS if driver.recognises(seen)] == ([family] if family else [])


@pytest.mark.parametrize("driver", DRIVERS, ids=lambda driver: driver.family)
async def test_another_device_is_refused_with_one_sentence(driver: Driver) -> None:
    with pytest.raises(SensorError, match=r"^`Box` has [^\n.]*[^\n]*[^.]$"):
        await driver.start(FakeLink(set(), name="Box"), "sacrum")


# ---------------------------------------------------------------- WitMotion
async def test_witmotion_is_unlocked_and_set_to_100_hz_but_nothing_is_saved() -> None:
    link = FakeLink(WIT, answer=WitSensor(0x09))
    decoder = await WitMotion().start(link, "sacrum")
    assert link.subscribed == [witmotion.NOTIFY]
    assert [payload.hex(" ") for _, payload in link.written] == ["ff aa 69 88 b5", "ff aa 03 09 00", "ff aa 27 03 00"]
    assert {uuid for uuid, _ in link.written} == {witmotion.WRITE}
    assert decoder.timing == SampleTiming(100, rate_error=0.02)
    await WitMotion().stop(link)
    assert len(link.written) == 3


async def test_witmotion_with_swapped_roles_is_found_by_what_it_allows() -> None:
    link = SwappedLink(WIT, answer=WitSensor(0x09, witmotion.WRITE))
    decoder = await WitMotion().start(link, "sacrum")
    assert link.subscribed == [witmotion.WRITE]
    assert {uuid for uuid, _ in link.written} == {witmotion.NOTIFY}
    assert decoder.feed(witmotion.WRITE, b"\x55\x61" + struct.pack("<9h", *range(1, 10)))


async def test_witmotion_that_acknowledges_nothing_is_written_without_response() -> None:
    link = UnansweringLink(WIT, answer=WitSensor(None))
    await WitMotion().start(link, "sacrum")
    assert (witmotion.WRITE, witmotion.set_rate(100)) in link.written


@pytest.mark.parametrize(("code", "rate"), [(0x08, 50), (0x0A, 200), (None, 100), (0x77, 100)])
async def test_the_rate_witmotion_says_it_has_is_the_one_used(code: int | None, rate: int) -> None:
    decoder = await WitMotion().start(FakeLink(WIT, answer=WitSensor(code)), "sacrum")
    assert decoder.timing is not None
    assert decoder.timing.rate_hz == rate


async def test_witmotion_that_stays_slow_is_refused_with_the_remedy() -> None:
    with pytest.raises(SensorError, match=r"sends only 10 samples a second .* WitMotion's app"):
        await WitMotion().start(FakeLink(WIT, answer=WitSensor(0x06), name="WT901"), "sacrum")


# ---------------------------------------------------------------- Thingy:52
async def test_only_the_rate_of_the_thingy_is_changed_and_before_it_is_subscribed() -> None:
    class Watching(FakeLink):
        async def write(self, uuid: str, payload: bytes, *, response: bool = True) -> None:
            assert not self.subscribed
            await super().write(uuid, payload, response=response)

    link = Watching(THINGY, {thingy.MOTION_CONFIG: struct.pack("<HHHHB", 1000, 501, 252, 10, 1)})
    decoder = await Thingy52().start(link, "sacrum")
    assert link.written == [(thingy.MOTION_CONFIG, struct.pack("<HHHHB", 1000, 501, 252, 100, 1))]
    assert link.subscribed == [thingy.RAW_MOTION]
    assert decoder.timing == SampleTiming(100, rate_error=0.02)
    await Thingy52().stop(link)


async def test_a_thingy_that_has_the_rate_already_is_not_written() -> None:
    link = FakeLink(THINGY, {thingy.MOTION_CONFIG: struct.pack("<HHHHB", 1000, 500, 500, 100, 1)})
    await Thingy52().start(link, "torso")
    assert not link.written


async def test_thingy_settings_of_an_unknown_form_are_not_overwritten() -> None:
    link = FakeLink(THINGY, {thingy.MOTION_CONFIG: b"\x01\x02"})
    with pytest.raises(SensorError, match="unknown form"):
        await Thingy52().start(link, "sacrum")
    assert not link.written


# ---------------------------------------------------------------- open sensor
async def test_the_open_sensor_tells_its_rate_and_its_frames_come_through() -> None:
    link = FakeLink(OPEN, INFO)
    decoder = await OpenImu().start(link, "sacrum")
    assert link.subscribed == [open_frame.DATA]
    assert not link.written
    assert decoder.timing == SampleTiming(104.0, wrap_s=4294.967296)
    link.notify(open_frame.DATA, open_frame.encode(open_frame.Frame(0, 7, 9615, np.ones((10, 3)), np.ones((10, 3)))))
    assert [len(decoder.feed(*arrived)) for arrived in link.received] == [1]
    await OpenImu().stop(link)


async def test_a_link_too_narrow_for_the_frames_is_refused_with_both_numbers() -> None:
    with pytest.raises(SensorError, match="frames of 132 bytes, but this connection carries only 20"):
        await OpenImu().start(FakeLink(OPEN, INFO, payload_size=20), "sacrum")
    assert await OpenImu().start(FakeLink(OPEN, INFO, payload_size=132), "sacrum")


async def test_an_open_sensor_without_a_rate_is_refused() -> None:
    with pytest.raises(SensorError, match=r"info characteristic must hold `rate_hz=…;samples=…`"):
        await OpenImu().start(FakeLink(OPEN, {open_frame.INFO: b"board=mine"}), "sacrum")
