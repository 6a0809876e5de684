"""`cuecoach sensors` with a radio in memory, seconds of it on the real clock."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from cuecoach import lineup
from cuecoach.cli import sensors as command
from cuecoach.cli.sensor_notes import pick
from cuecoach.cli.sensor_scan import Scan
from cuecoach.cli.sensor_table import signal
from cuecoach.cli.sensor_watch import Watched, mover, watch
from cuecoach.events import ImuBlock
from cuecoach.lineup.remembered import Remembered, SensorsFile
from cuecoach.sensors.bluetooth import supervisor
from cuecoach.sensors.bluetooth.drivers import DRIVERS
from cuecoach.sensors.bluetooth.protocol import Seen
from cuecoach.sensors.bluetooth.uuids import HEART_RATE_SERVICE, RSC_MEASUREMENT, RSC_SERVICE
from cuecoach.sensors.status import SensorStatus
from tests.cli.fake_air import BELT, LAMP, POD, RUNNING, STANDING, Air, belt, pod
from tests.sensors.bluetooth.fake_radio import FakeDevice
from tests.virtual_clock import VirtualClock

pytestmark = pytest.mark.live


@pytest.fixture
def air(monkeypatch, tmp_path: Path):
    radio = Air()
    monkeypatch.setattr(lineup, "open_radio", lambda: radio)
    monkeypatch.setattr(command, "SCAN_S", 0.3)
    monkeypatch.setattr(supervisor, "SETTLE_S", 0.1)
    monkeypatch.setenv("CUECOACH_SENSORS", str(tmp_path / "sensors.yaml"))
    return radio


@pytest.fixture
def file(tmp_path: Path) -> SensorsFile:
    return SensorsFile(tmp_path / "sensors.yaml")


# ---------------------------------------------------------------- scanning
def test_a_scan_lists_what_is_known_with_signal_and_battery(cuecoach, air):
    air.add(pod())
    air.add(belt())
    air.add(FakeDevice(LAMP, "Lamp"))
    done = cuecoach("sensors")
    assert done.code == 0
    head, first, second, more = done.out.splitlines()
    assert head.split() == ["name", "kind", "role", "signal", "battery", "address"]
    assert [word in first for word in ("Stryd", "Foot pod (RSC)", "foot", "|||| strong -55 dBm", "80 %", POD)] == [
        True
    ] * 6
    assert [word in second for word in ("Belt [31m7", "Heart-rate strap", "heart", "||·· fair -75 dBm", "–", BELT)] == [
        True
    ] * 6
    assert more == "1 unknown device: `--all` lists them"
    assert "\x1b" not in done.out


def test_unknown_devices_are_listed_when_asked_for(cuecoach, air):
    air.add(pod())
    air.add(FakeDevice(LAMP))
    out = cuecoach("sensors", "--all", "--no-battery").out
    assert "(no name)  unknown" in out
    assert "battery" not in out


def test_only_near_ones_are_connected_for_their_battery(cuecoach, air):
    far = air.add(pod(rssi=-85))
    near = air.add(belt())
    assert cuecoach("sensors").code == 0
    assert (far.connected, near.connected) == (0, 1)
    assert air.open == 0


def test_a_device_that_does_not_answer_has_a_dash_for_its_battery(cuecoach, air):
    air.add(pod()).refuses = True
    done = cuecoach("sensors")
    assert done.code == 0
    assert "–" in done.out.splitlines()[1]


def test_a_scan_for_programs_is_json(cuecoach, air):
    air.add(pod())
    (found,) = json.loads(cuecoach("sensors", "--json").out)
    assert found == {
        "name": "Stryd",
        "family": "foot-pod",
        "title": "Foot pod (RSC)",
        "roles": ["foot"],
        "able": ["foot"],
        "remembered": None,
        "rssi": -55,
        "battery": 80.0,
        "address": POD,
    }


def test_nothing_found_says_what_to_try(cuecoach, air):
    air.add(FakeDevice(LAMP, "Lamp"))
    done = cuecoach("sensors", "--for", "200 ms")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("error: no sensor was found in 0.2 s (1 unknown device was: `--all` lists it); move it")
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("options", [[], ["--watch", "foot"], ["--identify"], ["--remember", "foot=Stryd"]])
def test_without_bluetooth_one_sentence_says_what_to_do(cuecoach, air, options):
    air.fail("Bluetooth is switched off: switch it on")
    done = cuecoach("sensors", *options)
    assert done.code == 1
    assert done.err == "error: Bluetooth is switched off: switch it on\n"


# ---------------------------------------------------------------- remembering
def test_a_device_is_remembered_by_name_and_shown_as_yours(cuecoach, air, file):
    air.add(pod())
    done = cuecoach("sensors", "--remember", "foot=str")
    assert (done.code, done.err) == (0, "")
    assert done.out == f"foot: Stryd ({POD}), remembered in {file.path}\n"
    device = file.read().device("foot")
    assert device is not None
    assert (device.address, device.name, device.family) == (POD, "Stryd", "foot-pod")
    assert "foot (yours)" in cuecoach("sensors", "--no-battery").out


@pytest.mark.parametrize(
    ("wanted", "code", "told"),
    [
        ("foot=Garmin", 1, "`Garmin` was not found in 0.3 s; move it"),
        ("foot=Stryd", 1, f"2 devices are called `Stryd`; give the address of yours: {POD}, {POD[:-1]}9"),
        (f"heart={POD}", 2, "cannot be the heart sensor; a Foot pod (RSC) can be foot"),
        ("foot=Lamp", 1, "of no kind that is known"),
        ("fot=Stryd", 2, "did you mean `foot`?"),
        ("Stryd", 2, "--remember foot=Stryd"),
        ("sacrum=phone:192.168.1.5", 2, "in a config"),
    ],
)
def test_what_cannot_be_remembered_is_told_in_one_sentence(cuecoach, air, file, wanted, code, told):
    air.add(pod())
    air.add(pod(POD[:-1] + "9", rssi=-70))
    air.add(FakeDevice(LAMP, "Lamp"))
    done = cuecoach("sensors", "--remember", wanted)
    assert (done.code, done.out) == (code, "")
    assert told in done.err
    assert done.err.count("\n") == 1
    assert not file.path.exists()


def test_forgetting_and_units_need_no_radio(cuecoach, air, file):
    air.add(pod())
    cuecoach("sensors", "--remember", f"foot={POD.lower()}")
    air.fail("switched off")
    assert cuecoach("sensors", "--unit", "foot=steps").out == f"{POD}: counts steps\n"
    assert file.read().counts_in(POD).how == "set by you"
    assert "found out" in cuecoach("sensors", "--unit", f"{POD}=auto").out
    assert file.read().counts_in(POD) is None
    assert cuecoach("sensors", "--forget", "foot").out == "foot: Stryd is forgotten\n"
    assert cuecoach("sensors", "--forget", "foot").out == "foot: nothing was remembered\n"
    assert file.read().device("foot") is None


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("--unit foot", "--unit foot=strides"),
        ("--unit foot=feet", "or steps, or auto"),
        ("--unit foot=steps", "nothing is remembered of `foot`"),
        ("--forget wrist", "use one of foot, sacrum, torso, heart"),
        ("--watch", "nothing is remembered"),
        ("--watch hart", "did you mean `heart`?"),
        ("foot", "needs `--watch`"),
        ("--watch --identify", "leave two out"),
        ("--for 5", "write for example"),
    ],
)
def test_a_slip_is_told_in_one_sentence(air, refused, options, told):
    assert told in refused("sensors", *options.split())


def test_a_broken_file_of_sensors_is_shown_at_its_place(cuecoach, air, file):
    file.path.write_text("roles:\n  fot: {address: A}\n")
    air.add(pod())
    done = cuecoach("sensors", "--remember", "foot=Stryd")
    assert done.code == 2
    assert f"{file.path}:2:3" in done.err
    assert "did you mean `foot`?" in done.err
    done = cuecoach("sensors", "--no-battery")
    assert done.code == 0
    assert done.err.startswith("note: nothing is remembered of your sensors: ")


# ---------------------------------------------------------------- live values
def test_watching_shows_what_is_sent_and_what_is_made_of_it(cuecoach, air):
    air.add(pod(), RSC_MEASUREMENT, RUNNING)
    done = cuecoach("sensors", "--watch", "foot", "--for", "1800 ms")
    assert (done.code, done.err) == (0, "")
    last = done.out.splitlines()[-1]
    assert last.startswith("foot: streaming  Stryd  battery 80 %  ")
    assert "84 /min, strides or steps: run to find out" in last
    assert "speed 3 m/s" in last
    assert " packets" in last
    assert air.open == 0


def test_watching_without_a_name_takes_what_is_remembered(cuecoach, air):
    air.add(pod(), RSC_MEASUREMENT, RUNNING)
    air.add(pod(POD[:-1] + "9", rssi=-30), RSC_MEASUREMENT, STANDING)
    cuecoach("sensors", "--remember", f"foot={POD}")
    cuecoach("sensors", "--unit", "foot=strides")
    done = cuecoach("sensors", "--watch", "--json", "--for", "1800 ms")
    facts = json.loads(done.out.splitlines()[-1])
    assert (facts["source"], facts["state"], facts["address"]) == ("foot", "streaming", POD)
    assert facts["raw"]["cadence"] == 84
    assert facts["values"]["cadence"] == 168
    assert facts["cadence_unit"] == "strides, set by you"
    assert facts["packets"] > 0
    assert (facts["rejected"], facts["gaps"]) == (0, 0)


def test_a_simulated_runner_can_be_watched_without_bluetooth(cuecoach, air):
    air.fail("switched off")
    done = cuecoach("sensors", "--watch", "sim:demo,imu", "--for", "1100 ms")
    assert done.code == 0
    assert "sim: streaming" in done.out


def test_the_one_that_moves_is_told(cuecoach, air):
    air.add(pod(rssi=-70), RSC_MEASUREMENT, RUNNING)
    air.add(pod(POD[:-1] + "9", rssi=-50), RSC_MEASUREMENT, STANDING)
    done = cuecoach("sensors", "--identify", "--for", "1500 ms")
    assert done.code == 0
    (mine,) = [line for line in done.out.splitlines() if "moves" in line]
    assert POD in mine
    assert "nearest" not in mine
    assert done.out.count(", nearest") == 1
    assert f"--remember foot={POD}`" in done.out
    assert air.open == 0


def test_when_none_moves_that_is_said(cuecoach, air):
    air.add(pod(), RSC_MEASUREMENT, STANDING)
    done = cuecoach("sensors", "--identify", "--for", "1 s")
    assert done.code == 1
    assert "none of them was moved" in done.err


def test_help_shows_an_example_and_names_the_phones(cuecoach):
    out = cuecoach("sensors", "--help").out
    assert "Example:  cuecoach sensors" in out
    assert "phone:ADDRESS" in out
    assert "phyphox:ADDRESS" in out


# ---------------------------------------------------------------- its parts
def test_name_and_service_may_come_in_different_advertisements():
    scan = Scan(DRIVERS, Remembered())
    scan.add(Seen(POD, "", frozenset({RSC_SERVICE}), -60))
    scan.add(Seen(POD, "My pod", frozenset(), None))
    (device,) = scan.found()
    assert (device.name, device.seen.rssi, device.roles) == ("My pod", -60, ("foot",))
    assert device.driver is not None


def test_a_strap_that_is_two_things_is_the_specific_one_and_may_fill_both_roles():
    scan = Scan(DRIVERS, Remembered())
    scan.add(Seen(BELT, "Polar H10 12345678", frozenset({HEART_RATE_SERVICE}), -60))
    (device,) = scan.found()
    assert device.driver is not None
    assert (device.driver.family, device.roles) == ("polar-h10", ("torso", "heart"))


def test_a_whole_name_comes_before_a_beginning():
    scan = Scan(DRIVERS, Remembered())
    for n, name in enumerate(("Stryd 2", "Stryd")):
        scan.add(Seen(f"A{n}", name, frozenset({RSC_SERVICE}), -60))
    assert pick(scan.found(), "foot", "stryd", DRIVERS, 8.0, wake="").address == "A1"


@pytest.mark.parametrize(
    ("rssi", "words"),
    [
        (-30, "|||| strong -30 dBm"),
        (-61, "|||· good -61 dBm"),
        (-80, "||·· fair -80 dBm"),
        (-99, "|··· weak -99 dBm"),
        (None, "–"),
    ],
)
def test_a_signal_is_told_in_bars_and_words(rssi, words):
    assert signal(rssi) == words


async def test_of_two_raw_sensors_the_one_that_is_shaken_moves():
    def block(t: float, shake: float) -> ImuBlock:
        times = t - 0.04 * np.arange(4)[::-1]
        return ImuBlock(
            t, "sacrum", "sacrum", times, np.stack([shake * np.sin(20 * times), 0 * times, 9.81 + 0 * times], 1)
        )

    class Shaken:
        source = "sacrum"

        def __init__(self, shake: float) -> None:
            self.shake = shake

        async def stream(self, put, clock):
            while True:
                await clock.sleep_until(clock.now() + 0.16)
                put(block(clock.now(), self.shake))

        def status(self) -> SensorStatus:
            return SensorStatus("sacrum", "streaming")

        def hear(self, action: object) -> None: ...

    still, shaken = Watched(Shaken(0.3)), Watched(Shaken(15.0))
    clock = VirtualClock()
    await clock.run(watch([still], 5.0, lambda t: None, clock))
    assert mover([still]) is None
    assert still.rate_hz == pytest.approx(25.0, rel=0.1)
    clock = VirtualClock()
    await clock.run(watch([still, shaken], 5.0, lambda t: None, clock))
    assert mover([still, shaken], now=True) is mover([still, shaken]) is shaken


# ---------------------------------------------------------------- doctor
def test_the_doctor_asks_the_same_radio(cuecoach, air):
    def bluetooth() -> dict[str, object]:
        checks = json.loads(cuecoach("doctor", "--json").out)
        return next(check for check in checks if check["part"] == "Bluetooth")

    air.add(pod())
    assert bluetooth()["fine"]
    air.fail("Bluetooth is switched off: switch it on")
    assert bluetooth() == {
        "part": "Bluetooth",
        "fine": False,
        "detail": "Bluetooth is switched off: switch it on",
        "essential": False,
    }
