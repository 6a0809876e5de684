"""From wishes to sensors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cuecoach import lineup
from cuecoach.config import RunConfig, Sensors
from cuecoach.errors import UsageError
from cuecoach.lineup.memory import Memory
from cuecoach.lineup.remembered import SET_BY_YOU, CountsIn, RememberedSensor, SensorsFile
from cuecoach.lineup.wishes import Wish, read_wish
from cuecoach.live import FedSensor
from cuecoach.sensors.bluetooth import supervisor
from cuecoach.sensors.bluetooth.supervisor import BluetoothSensor
from cuecoach.sensors.plugins import Plugins
from cuecoach.sensors.status import SensorStatus
from tests.sensors.bluetooth.fake_radio import FakeRadio
from tests.virtual_clock import VirtualClock

FAMILIES = ("phone", "phyphox", "treadmill")
ADDRESS = "C0:FF:EE:00:00:01"


class Treadmill:
    """A plug-in's kind of sensor."""

    family, title, usage = "treadmill", "Treadmill", "treadmill:NAME"
    able = ("foot", "heart")

    def open(self, argument: str, role: str) -> Any:
        sensor = FedSensor(None, role)  # type: ignore[arg-type]
        sensor.argument = argument  # type: ignore[attr-defined]
        return sensor


@pytest.fixture
def file(tmp_path: Path) -> SensorsFile:
    return SensorsFile(tmp_path / "sensors.yaml")


@pytest.fixture
def made(monkeypatch):
    """What each Bluetooth sensor was made with."""
    calls: list[tuple[str, dict[str, Any]]] = []

    class Noted(BluetoothSensor):
        def __init__(self, role, radio, drivers, **options):
            super().__init__(role, radio, drivers, **options)
            calls.append((role, options))

    monkeypatch.setattr(supervisor, "BluetoothSensor", Noted)
    return calls


def line_up(file: SensorsFile, *wishes: str, radio: bool = True, **sensors: str) -> lineup.Lineup:
    return lineup.line_up(
        RunConfig(sensors=Sensors.model_validate(sensors)),
        wishes,
        memory=Memory(file),
        radio=FakeRadio(VirtualClock()) if radio else None,
        plugins=Plugins(sources=(Treadmill(),)),
        seed=3,
    )


# ---------------------------------------------------------------- the grammar
@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("foot", Wish("foot", "auto", role="foot")),
        ("foot=auto", Wish("foot=auto", "auto", role="foot")),
        ("heart=off", Wish("heart=off", "off", role="heart")),
        ("auto", Wish("auto", "auto")),
        (" foot = Stryd ", Wish(" foot = Stryd ", "device", "Stryd", "foot")),
        ("foot=A=B", Wish("foot=A=B", "device", "A=B", "foot")),
        (f"sacrum={ADDRESS}", Wish(f"sacrum={ADDRESS}", "device", ADDRESS, "sacrum")),
        (ADDRESS, Wish(ADDRESS, "device", ADDRESS)),
        ("sim", Wish("sim", "sim", "sim")),
        ("sim:demo,imu", Wish("sim:demo,imu", "sim", "sim:demo,imu")),
        ("phone:192.168.1.5:8765/a", Wish("phone:192.168.1.5:8765/a", "source", "192.168.1.5:8765/a", None, "phone")),
        ("torso=phyphox:10.0.0.2", Wish("torso=phyphox:10.0.0.2", "source", "10.0.0.2", "torso", "phyphox")),
        ("foot=My:Pod", Wish("foot=My:Pod", "device", "My:Pod", "foot")),
        (
            "12345678-1234-1234-1234-123456789abc",
            Wish("12345678-1234-1234-1234-123456789abc", "device", "12345678-1234-1234-1234-123456789abc"),
        ),
    ],
)
def test_a_wish_is_read(text, wish):
    assert read_wish(text, FAMILIES) == wish


def test_in_a_config_the_key_is_the_role():
    assert read_wish("heart", FAMILIES, role="foot") == Wish("heart", "device", "heart", "foot")
    assert read_wish("A=B", FAMILIES, role="foot").what == "A=B"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("fot=Stryd", "did you mean `foot`?"),
        ("hand=Stryd", "use one of foot, sacrum, torso, heart"),
        ("phne:192.168.1.5", "did you mean `phone`?"),
        ("sacrum=phyphocs:10.0.0.2", "did you mean `phyphox`?"),
        ("lamp:3", "`lamp` is not a kind of sensor"),
        ("foot=", "names no sensor"),
        ("", "names no sensor"),
    ],
)
def test_a_slip_is_told_with_what_was_meant(text, told):
    with pytest.raises(UsageError) as caught:
        read_wish(text, FAMILIES)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("wishes", "told"),
    [
        (["hart"], "did you mean `heart`?"),
        (["ble"], "sim:demo"),
        (["foot=A", "foot=B"], "both `foot=A` and `foot=B`"),
        (["sim:tired", "sim:demo"], "both `sim:tired` and `sim:demo`"),
        (["foot=off"], "no sensor is wanted"),
        (["off"], "no sensor is wanted"),
        (["sim:marathon"], "easy-run"),
        (["sim,emg"], "sim:demo,imu"),
        (["foot=sim,imu"], "sacrum"),
        (["sacrum=treadmill:3"], "a Treadmill can be foot or heart"),
        (["foot=phone:192.168.1.5"], "can be sacrum or torso"),
        (["phone:8.8.8.8"], "private"),
        (["phone"], "phone:192.168.1.5"),
    ],
)
def test_what_cannot_be_lined_up_is_told_in_one_sentence(file, wishes, told):
    with pytest.raises(UsageError) as caught:
        line_up(file, *wishes)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


# ---------------------------------------------------------------- the line-up
def test_without_wishes_the_config_counts(file, made):
    found = line_up(file)
    assert [sensor.source for sensor in found.sensors] == list(found.bluetooth) == ["foot", "sacrum"]
    assert found.only_bluetooth
    assert [options["device"] for _, options in made] == [None, None]
    assert len({id(options["claims"]) for _, options in made}) == 1


def test_with_wishes_only_they_count(file, made):
    found = line_up(file, "heart", "sim:tired", foot="Stryd")
    assert [sensor.source for sensor in found.sensors] == ["heart", "sim"]
    assert found.bluetooth == ("heart",)
    assert not found.only_bluetooth


def test_a_lone_auto_is_what_the_config_says(file, made):
    assert [s.source for s in line_up(file, "auto", "heart", sacrum="off").sensors] == ["foot", "heart"]


def test_one_simulated_runner_may_fill_several_roles_of_a_config(file):
    found = line_up(file, foot="sim:tired", sacrum="sim:tired")
    assert [sensor.source for sensor in found.sensors] == ["sim"]


def test_auto_takes_the_remembered_device_and_a_name_comes_before_it(file, made):
    file.change(lambda now: now.with_device("foot", RememberedSensor(address=ADDRESS, name="Stryd")))
    line_up(file, "foot")
    line_up(file, "foot=Other")
    assert [options["device"] for _, options in made] == [ADDRESS, "Other"]


def test_a_lone_name_is_known_by_memory_or_by_its_family(file, made):
    file.change(lambda now: now.with_device("heart", RememberedSensor(address=ADDRESS, name="Belt 7")))
    found = line_up(file, "belt 7", "Stryd", "Movesense 1234")
    assert found.bluetooth == ("heart", "foot", "sacrum")


def test_the_unit_is_the_one_set_for_the_run_then_the_one_set_for_the_device(file, made):
    def remember(how: str) -> None:
        file.change(
            lambda now: now.with_device("foot", RememberedSensor(address=ADDRESS, name="Stryd")).with_unit(
                ADDRESS, CountsIn(unit="steps", how=how)
            )
        )

    remember("by its numbers")
    line_up(file, "foot")
    remember(SET_BY_YOU)
    line_up(file, "foot")
    line_up(file, "foot=stryd")
    line_up(file, "foot", cadence_unit="strides")
    assert [options["cadence_unit"] for _, options in made] == ["auto", "steps", "steps", "strides"]
    assert made[0][1]["remembered"](ADDRESS) == "steps"
    assert made[0][1]["remembered"]("other") is None


def test_what_a_sensor_learns_is_kept_for_the_next_run(file):
    memory = Memory(file)
    lineup.line_up(RunConfig(), ["foot"], memory=memory, radio=FakeRadio(VirtualClock()), plugins=Plugins())
    memory.learned(SensorStatus("foot", "streaming", address=ADDRESS, cadence_unit="strides, by its numbers"))
    memory.finish()
    assert Memory(file).unit(ADDRESS) == "strides"


def test_without_a_radio_bluetooth_is_left_out_and_told(file):
    found = line_up(file, "foot", "sim", radio=False)
    assert [sensor.source for sensor in found.sensors] == ["sim"]
    assert found.notes == ("the foot sensor is left out: Bluetooth is not used",)


def test_plug_ins_and_phones_fill_roles_too(file):
    found = line_up(file, "heart=treadmill:3", "phone:192.168.1.5", "torso=phyphox:192.168.1.7")
    assert [sensor.source for sensor in found.sensors] == ["heart", "sacrum", "torso"]
    assert found.sensors[0].argument == "3"
    assert found.bluetooth == ()


def test_a_phone_hears_the_same_address_in_every_run(file):
    memory = Memory(file)
    lineup.line_up(RunConfig(), ["phone:192.168.1.5"], memory=memory, radio=None, plugins=Plugins())
    memory.finish()
    token = file.read().phone.token
    assert token
    assert Memory(file).token(lambda: "another") == token
