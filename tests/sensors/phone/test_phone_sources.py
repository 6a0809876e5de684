from __future__ import annotations

import asyncio
import re
import sys
from contextlib import asynccontextmanager

import aiohttp
import numpy as np
import pytest
from aiohttp import web

from cuecoach.clock import WallClock
from cuecoach.errors import SensorError, UsageError
from cuecoach.events import Gap, ImuBlock, SensorState
from cuecoach.gait import GaitAnalyser
from cuecoach.sensors.phone.address import own_addresses, read_endpoint
from cuecoach.sensors.phone.polled import PolledPhone
from cuecoach.sensors.phone.sensor import PhoneSensor
from cuecoach.sensors.phone.sensor_logger import SensorLogger
from cuecoach.sensors.phone.sources import PhoneSource, PhyphoxSource
from tests.sensors.phone.played import PhyphoxPhone, pushes, worn
from tests.virtual_clock import VirtualClock


@pytest.fixture(scope="module")
def phone():
    return worn()


def states(events):
    return [e.state for e in events if isinstance(e, SensorState)]


def cadence_error(events, truth):
    """Mean error of cadence while running steadily, spm; steps are paired by time."""
    analyser = GaitAnalyser("sacrum")
    steps = [s for b in events if isinstance(b, ImuBlock) for s in analyser.push(b.times, b.acc, b.gyr).steps]
    found = [s.values["cadence"] for s in steps if "cadence" in s.values and s.ic > 15]
    true = [c for c, ic in zip(truth.cadence, truth.ic, strict=True) if ic > 15]
    assert len(found) > 0.85 * len(true)
    return float(np.mean(found) - np.mean(true))


# ---------------------------------------------------------------- addresses
@pytest.mark.parametrize(
    "argument", ["0.0.0.0", "[::]", "8.8.8.8", "224.0.0.1", "192.0.2.7", "[2a00:1450::1]", "100.64.0.1"]
)
def test_an_address_open_to_the_world_is_refused_with_those_that_are_not(argument):
    with pytest.raises(UsageError, match=r"use a private address of this machine: .*phone:127\.0\.0\.1"):
        PhoneSource().open(argument, "sacrum")


@pytest.mark.parametrize(
    "argument", ["", "kitchen", "192.168.1", "192.168.1.5:x", "192.168.1.5:99999", "::1", "192.168.1.5/a b"]
)
def test_what_is_no_address_is_told_with_an_example(argument):
    with pytest.raises(UsageError, match=r"phone:192\.168\.1\.5"):
        PhoneSource().open(argument, "sacrum")
    with pytest.raises(UsageError, match=r"phyphox:192\.168\.1\.7"):
        PhyphoxSource().open(argument, "sacrum")


def test_a_phone_on_the_foot_is_refused():
    with pytest.raises(UsageError, match="cannot be the foot sensor"):
        PhoneSource().open("192.168.1.5", "foot")


def test_port_and_token_have_defaults_and_can_be_written():
    plain = PhoneSource().open("192.168.1.5", "sacrum")
    assert re.fullmatch(r"http://192\.168\.1\.5:8765/[\w-]{12}", plain.url)
    assert PhoneSource().open("192.168.1.5", "sacrum").token != plain.token
    assert PhoneSource(token="remembered").open("10.0.0.2:9000", "torso").url == "http://10.0.0.2:9000/remembered"
    assert (
        PhoneSource(token="remembered").open("[fd00::2]/chosen-one", "sacrum").url == "http://[fd00::2]:8765/chosen-one"
    )
    asked = PhyphoxSource().open("192.168.1.7", "sacrum")
    assert (asked.source, asked.status().address) == ("sacrum", "192.168.1.7:8080")
    assert PhyphoxSource().open("192.168.1.7:80", "torso").status().address == "192.168.1.7:80"


def test_this_machine_names_only_private_addresses_of_its_own():
    assert own_addresses()[-1] == "127.0.0.1"
    for address in own_addresses():
        PhoneSource().open(address if ":" not in address else f"[{address}]", "sacrum")
    assert read_endpoint("127.0.0.1:0", "").port == 0


def test_without_aiohttp_the_person_is_told_how_to_get_it(monkeypatch):
    async def stream(source, argument):
        await source.open(argument, "sacrum").stream(lambda event: None, WallClock())

    monkeypatch.setitem(sys.modules, "aiohttp", None)
    for part in ("server", "poller"):
        monkeypatch.delitem(sys.modules, f"cuecoach.sensors.phone.{part}", raising=False)
    for source, argument in ((PhoneSource(), "127.0.0.1:0"), (PhyphoxSource(), "127.0.0.1:9")):
        with pytest.raises(SensorError, match=r"pip install cuecoach\[phone\]"):
            asyncio.run(stream(source, argument))


# ---------------------------------------------------------------- Sensor Logger, without a network
class Pushed(PhoneSensor):
    """The way of a pushed message without HTTP: messages come `late` by a random delay."""

    def play(self, bodies, seed=1):
        rng = np.random.default_rng(seed)
        logger, events = SensorLogger(), []
        arrivals = sorted((5.0 + t + 0.02 + rng.gamma(1.0, 0.03), body) for t, body in bodies)
        for now, body in arrivals:
            self._arrived(logger.take(now, body), events.append, now)
        return events


@pytest.mark.parametrize(
    ("rate_hz", "batch_s", "jitter_s", "kinds"),
    [
        (100, 0.2, 0.0, "split"),
        (100, 1.0, 0.0, "total"),
        (77, 0.2, 0.001, "split"),
        (208, 0.5, 0.0015, "total"),
        (450, 0.2, 0.0, "split"),
    ],
)
def test_a_pushing_phone_gives_the_true_cadence(rate_hz, batch_s, jitter_s, kinds):
    phone = worn(rate_hz=rate_hz)
    events = Pushed("sacrum", "phone", "here").play(pushes(phone, batch_s, jitter_s=jitter_s, kinds=kinds))
    assert states(events) == ["streaming"]
    assert not [e for e in events if isinstance(e, Gap)]
    assert abs(cadence_error([e for e in events if isinstance(e, ImuBlock)], _shifted(phone.truth))) < 1.0


def _shifted(truth):
    """The session began 5 s before the recording."""

    class Later:
        cadence, ic = truth.cadence, truth.ic + 5.0

    return Later


def test_the_states_of_a_pushing_phone_follow_its_messages(phone):
    sensor = Pushed("sacrum", "phone", "here")
    bodies = pushes(phone)
    events = sensor.play(bodies[:40])
    assert states(events) == ["streaming"]
    status = sensor.status()
    assert (status.state, status.packets, status.connections, status.lost) == ("streaming", 40, 1, 0)


# ---------------------------------------------------------------- Sensor Logger, over HTTP
@pytest.mark.live
async def test_a_phone_pushes_over_http_and_is_lost_and_back(phone):
    sensor = PhoneSource().open("127.0.0.1:0", "sacrum")
    events, clock = [], WallClock()
    streaming = asyncio.create_task(sensor.stream(events.append, clock))
    while not events:
        await asyncio.sleep(0.01)
    assert events[0].state == "searching"
    assert sensor.url in events[0].text
    bodies = [body for _, body in pushes(phone)]
    async with aiohttp.ClientSession() as session:
        for body in bodies[:10]:
            async with session.post(sensor.url, data=body) as reply:
                assert reply.status == 200
            await asyncio.sleep(0.02)
        async with session.post(sensor.url, data=b"junk") as reply:
            assert reply.status == 499
            assert "Sensor Logger" in await reply.text()
        async with session.post(sensor.url + "x", data=bodies[10]) as reply:
            assert reply.status == 404
        await asyncio.sleep(5.4)
        assert states(events) == ["searching", "streaming", "stale", "lost"]
        async with session.post(sensor.url, data=bodies[10]) as reply:
            assert reply.status == 200
    await asyncio.sleep(0.3)
    assert states(events)[-1] == "back"
    assert sum(len(e.times) for e in events if isinstance(e, ImuBlock)) > 200
    assert sensor.status().rejected == 2
    streaming.cancel()
    with pytest.raises(asyncio.CancelledError):
        await streaming


# ---------------------------------------------------------------- phyphox
class Asked:
    """phyphox in virtual time: answers after `delay`, or not at all between `away` times."""

    def __init__(self, phone, clock, away=(1e9, 1e9)):
        self.app, self.clock, self.away = PhyphoxPhone(phone), clock, away
        self.failed = []

    @asynccontextmanager
    async def open(self):
        yield self

    async def get(self, query):
        now = self.clock.now()
        await self.clock.sleep_until(now + 0.02 + 0.015 * (len(self.app.asked) % 3))
        if self.away[0] <= now < self.away[1]:
            self.failed.append(now)
            raise SensorError("no answer")
        self.app.now = self.clock.now()
        return self.app.get(query)


def polled(phone, until, **options):
    clock, events = VirtualClock(), []
    asked = Asked(phone, clock, **options)
    sensor = PolledPhone("sacrum", read_endpoint("192.168.1.7:8080", ""), asked.open)

    async def work():
        task = asyncio.create_task(sensor.stream(events.append, clock))
        await clock.sleep_until(until)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(clock.run(work()))
    return events, asked, sensor


def test_phyphox_gives_the_true_cadence(phone):
    events, _, sensor = polled(phone, 48.0)
    assert states(events) == ["searching", "streaming"]
    assert not [e for e in events if isinstance(e, Gap)]
    assert abs(cadence_error(events, phone.truth)) < 1.0
    assert sensor.status().device == "phyphox"


def test_phyphox_is_asked_again_for_ever_more_and_more_rarely(phone):
    events, asked, sensor = polled(phone, 46.0, away=(10.0, 40.0))
    assert [s for s in states(events) if s != "searching"] == ["streaming", "stale", "lost", "back"]
    waits = np.diff(asked.failed)
    assert waits[:4] == pytest.approx([0.5, 1.0, 2.0, 4.0], abs=0.15)
    assert max(waits) == pytest.approx(8.0, abs=0.15)
    assert sensor.status().state in ("back", "streaming")


def test_phyphox_that_was_never_there_is_told_once_with_the_remedy(phone):
    events, _, _ = polled(phone, 60.0, away=(0.0, 1e9))
    assert set(states(events)) == {"searching"}
    assert len(events) <= 3
    assert "allow remote access" in events[0].text


@pytest.mark.live
async def test_phyphox_is_polled_over_http(phone):
    app, clock = PhyphoxPhone(phone), WallClock(start=4.0)

    async def answer(request):
        app.now = clock.now()
        status, body = app.get(request.raw_path)
        return web.Response(status=status, body=body)

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    events = []
    sensor = PhyphoxSource().open(f"127.0.0.1:{runner.addresses[0][1]}", "sacrum")
    streaming = asyncio.create_task(sensor.stream(events.append, clock))
    await asyncio.sleep(1.5)
    streaming.cancel()
    await asyncio.gather(streaming, return_exceptions=True)
    await runner.cleanup()
    assert states(events) == ["searching", "streaming"]
    assert sum(len(e.times) for e in events if isinstance(e, ImuBlock)) > 90
