"""Sensors of other packages: really installed, some of them broken."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cuecoach.errors import SensorError, UsageError
from cuecoach.events import Reading
from cuecoach.live import coach_live
from cuecoach.sensors.bluetooth.drivers import DRIVERS
from cuecoach.sensors.bluetooth.protocol import Seen
from cuecoach.sensors.plugins import load_plugins
from tests.sensors.bluetooth.fake_link import FakeLink
from tests.virtual_clock import VirtualClock

HEAD = """
from cuecoach.events import Reading
from cuecoach.sensors.message import Stated
from cuecoach.sensors.status import SensorStatus
"""

DRIVER = """
class Decoder:
    rejected, timing = 0, None
    def feed(self, channel, payload):
        if payload == b"bad":
            raise IndexError("out of range")
        if payload == b"odd":
            return ["no message"]
        if payload == b"few":
            self.rejected += 1
            return ()
        return (Stated({"speed": payload[0]}),)

class Pod:
    family, title, kind, roles, able = "mypod", "My pod", "metrics", ("foot",), ("foot",)
    def recognises(self, seen):
        if not seen.name:
            raise KeyError("name")
        return seen.name == "My pod"
    async def start(self, link, role):
        if not link.has("fine"):
            raise RuntimeError("no idea")
        return Decoder()
    async def stop(self, link):
        raise ZeroDivisionError
"""

SOURCE = """
class Sensor:
    source = "foot"
    def __init__(self, argument):
        self.argument = argument
    async def stream(self, put, clock):
        put(Reading(clock.now(), self.source, {"speed": 3.0}))
        if self.argument == "odd":
            put("no event")
        raise ValueError("the belt\\nis off.")
    def status(self):
        if self.argument == "shy":
            raise ValueError
        return SensorStatus(self.source, "streaming")
    def hear(self, action):
        raise ValueError("deaf")

class Belt:
    family, title, usage, able = "belt", "Belt", "belt:NAME", ("foot",)
    def open(self, argument, role):
        if argument == "1/0":
            1 / 0
        return Sensor(argument)
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch):
    """Install a package of one module with entry points, as pip would: a module and a dist-info beside it."""
    monkeypatch.syspath_prepend(str(tmp_path))
    modules: list[str] = []

    def put(name: str, text: str, **entries: str) -> None:
        module = name.replace("-", "_")
        modules.append(module)
        (tmp_path / f"{module}.py").write_text(HEAD + text, encoding="utf-8")
        info = tmp_path / f"{module}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        lines = [f"{entry} = {module}:{what}" for entry, what in entries.items()]
        (info / "entry_points.txt").write_text("[cuecoach.sensors]\n" + "\n".join(lines) + "\n")

    yield put
    for module in modules:
        sys.modules.pop(module, None)


def test_without_plug_ins_there_is_nothing_and_nothing_wrong():
    found = load_plugins()
    assert (found.drivers, found.sources, found.problems) == ((), (), [])


def test_a_class_and_an_object_are_both_taken(install):
    install("my-pod", DRIVER, pod="Pod")
    install("my-belt", SOURCE + "\nbelt = Belt()\n", belt="belt")
    found = load_plugins()
    assert [(d.family, d.title, d.kind, d.roles) for d in found.drivers] == [("mypod", "My pod", "metrics", ("foot",))]
    assert [(s.family, s.usage, s.able) for s in found.sources] == [("belt", "belt:NAME", ("foot",))]
    assert found.problems == []
    assert found.drivers[0].recognises(Seen("a", "My pod"))
    assert not found.drivers[0].recognises(Seen("a", "Other"))


@pytest.mark.parametrize(
    ("text", "entry", "told"),
    [
        ("import nowhere_at_all", "Pod", "cannot be imported (ModuleNotFoundError"),
        ("1 / 0", "Pod", "cannot be imported (ZeroDivisionError"),
        ("raise SystemExit(3)", "Pod", "cannot be imported (SystemExit"),
        ("syntax error", "Pod", "cannot be imported (SyntaxError"),
        ("", "Pod", "cannot be imported (AttributeError"),
        ("class Pod:\n    def __init__(self, port): ...", "Pod", "cannot be made without arguments"),
        ("Pod = 3", "Pod", "has neither `recognises`"),
        ("class Pod:\n    family = 'x'\n    def recognises(self, seen): ...", "Pod", "lacks `title`, `kind`, `roles`"),
        (DRIVER + "Pod.family = 'foot-pod'", "Pod", "calls its family `foot-pod`, and that name is taken"),
        (SOURCE + "Belt.family = 'phone'", "Belt", "calls its family `phone`, and that name is taken"),
        (SOURCE + "Belt.family = 'sim'", "Belt", "that name is taken"),
        (SOURCE + "Belt.family = 'heart'", "Belt", "that name is taken"),
        (SOURCE + "Belt.family = 'My Belt:'", "Belt", "no usable `family`"),
        (SOURCE + "Belt.usage = None", "Belt", "a `usage` that is no text"),
        (SOURCE + "Belt.able = ()", "Belt", "empty `able`"),
        (SOURCE + "Belt.able = 7", "Belt", "failed when it was looked at (TypeError"),
        (DRIVER + "Pod.kind = 'both'", "Pod", "it must be `metrics` or `samples`"),
        (DRIVER + "Pod.able = ('wrist',)", "Pod", "the role 'wrist' in `able`"),
        (DRIVER + "Pod.roles = ('heart',)", "Pod", "`roles` that are not in its `able`"),
    ],
)
def test_a_broken_one_is_told_in_one_sentence_and_left_out(install, text, entry, told):
    install("a-broken-one", text, mine=entry)
    install("my-belt", SOURCE.replace('"belt"', '"other"'), other="Belt")
    found = load_plugins()
    (problem,) = found.problems
    assert problem.startswith("the plug-in `mine` of `a-broken-one` ")
    assert told in problem
    assert "\n" not in problem
    assert found.drivers == ()
    assert [source.family for source in found.sources] == ["other"]


def test_of_two_with_one_name_the_first_is_kept(install):
    install("a-belt", SOURCE, a="Belt")
    install("b-belt", SOURCE, b="Belt")
    found = load_plugins()
    assert len(found.sources) == 1
    assert "`b` of `b-belt`" in found.problems[0]


def test_the_names_of_our_own_families_differ():
    families = [driver.family for driver in DRIVERS]
    assert len(families) == len(set(families))


# ---------------------------------------------------------------- failing later
def test_one_that_fails_to_recognise_is_told_once_and_asked_no_more(install):
    install("my-pod", DRIVER, pod="Pod")
    found = load_plugins()
    (driver,) = found.drivers
    assert not driver.recognises(Seen("a"))
    assert not driver.recognises(Seen("a"))
    assert not driver.recognises(Seen("a", "My pod"))
    assert len(found.problems) == 1
    assert "KeyError" in found.problems[0]


async def test_what_a_driver_raises_becomes_a_sensor_error(install):
    install("my-pod", DRIVER, pod="Pod")
    (driver,) = load_plugins().drivers
    with pytest.raises(SensorError, match=r"`pod` of `my-pod` failed \(RuntimeError: no idea\)"):
        await driver.start(FakeLink(set()), "foot")
    with pytest.raises(SensorError, match="ZeroDivisionError"):
        await driver.stop(FakeLink(set()))


async def test_a_payload_that_breaks_a_decoder_counts_as_rejected(install):
    install("my-pod", DRIVER, pod="Pod")
    (driver,) = load_plugins().drivers
    decoder = await driver.start(FakeLink({"fine"}), "foot")
    assert [m.values for m in decoder.feed("x", b"\x03")] == [{"speed": 3}]
    for payload, rejected in ((b"bad", 1), (b"odd", 2), (b"few", 3), (b"", 4), (b"\x03", 4)):
        decoder.feed("x", payload)
        assert decoder.rejected == rejected


async def test_a_source_that_fails_is_lost_and_the_run_goes_on(install):
    from cuecoach.coach import Coach
    from cuecoach.config import RunConfig
    from cuecoach.modelled import ModelledSound
    from cuecoach.rules import load_cues

    class Silent(ModelledSound):
        def close(self) -> None: ...

    install("my-belt", SOURCE, belt="Belt")
    found = load_plugins()
    sensor = found.sources[0].open("3", "foot")
    clock = VirtualClock()
    ran = await clock.run(
        coach_live(Coach(RunConfig(), load_cues(["posture"])), [sensor], Silent(), clock=clock, until=9)
    )
    assert ran.duration_s <= 9
    status = sensor.status()
    assert (status.source, status.state) == ("foot", "lost")
    assert "`belt` of `my-belt` failed (ValueError: the belt is off)" in status.text
    sensor.hear(None)
    sensor.hear(None)
    assert len([p for p in found.problems if "deaf" in p]) == 1


async def test_what_is_no_event_never_reaches_the_coach(install):
    install("my-belt", SOURCE, belt="Belt")
    sensor = load_plugins().sources[0].open("odd", "foot")
    events: list[object] = []
    with pytest.raises(SensorError, match="str is no event"):
        await sensor.stream(events.append, VirtualClock())
    assert [type(event) for event in events] == [Reading]


def test_one_that_cannot_open_or_say_how_it_is_stops_nothing(install):
    install("my-belt", SOURCE, belt="Belt")
    (source,) = load_plugins().sources
    with pytest.raises(SensorError, match="ZeroDivisionError"):
        source.open("1/0", "foot")
    assert source.open("shy", "foot").status().state == "lost"


def test_a_plug_in_is_named_like_our_own(install, tmp_path):
    from cuecoach.config import RunConfig
    from cuecoach.lineup import line_up
    from cuecoach.lineup.memory import Memory
    from cuecoach.lineup.remembered import SensorsFile

    install("my-belt", SOURCE, belt="Belt")
    memory, plugins = Memory(SensorsFile(tmp_path / "s.yaml")), load_plugins()
    found = line_up(RunConfig(), ["belt:3"], memory=memory, radio=None, plugins=plugins)
    assert [sensor.source for sensor in found.sensors] == ["foot"]
    with pytest.raises(UsageError, match="did you mean `belt`"):
        line_up(RunConfig(), ["bellt:3"], memory=memory, radio=None, plugins=plugins)
