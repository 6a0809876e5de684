"""`cuecoach run`, seconds of it on the real clock."""

from __future__ import annotations

import io
import signal
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
import soundfile
from rich.console import Console

from cuecoach import lineup
from cuecoach.cli import keys, questions
from cuecoach.cli.coaching_loop import coach_on
from cuecoach.cli.panel import sensor_rows
from cuecoach.cli.sensor_words import aftermath, change_line
from cuecoach.lineup.remembered import SensorsFile
from cuecoach.sensors.bluetooth import supervisor
from cuecoach.sensors.bluetooth.uuids import HEART_RATE_MEASUREMENT, RSC_MEASUREMENT
from cuecoach.sensors.status import SensorStatus
from tests.cli.fake_air import POD, RUNNING, Air, belt, pod

pytestmark = pytest.mark.live


@pytest.fixture(autouse=True)
def file(monkeypatch, tmp_path: Path) -> SensorsFile:
    """No test may see the sensors of whoever runs it."""
    monkeypatch.setenv("CUECOACH_RUNNERS", str(tmp_path / "runners"))
    monkeypatch.setenv("CUECOACH_SENSORS", str(tmp_path / "sensors.yaml"))
    monkeypatch.setenv("CUECOACH_HEADPHONES", str(tmp_path / "headphones.yaml"))
    return SensorsFile(tmp_path / "sensors.yaml")


@pytest.fixture
def air(monkeypatch) -> Air:
    radio = Air()
    monkeypatch.setattr(lineup, "open_radio", lambda: radio)
    monkeypatch.setattr(supervisor, "SETTLE_S", 0.1)
    return radio


def test_a_run_ends_by_itself_and_says_how_it_went(cuecoach, files):
    done = cuecoach("run", "mute.yaml", "--sensor", "sim", "--audio", "off", "--for", "1 s")
    assert done.code == 0
    assert "0 cues, 0 beats, 0 words of praise in 0:01" in done.out
    assert "silent: slow-feet – gated" in done.out
    assert "\x1b" not in done.out


def test_what_was_heard_is_written_at_the_end(cuecoach, files):
    done = cuecoach("run", "mute.yaml", "--sensor", "sim:demo,imu", "--audio", "heard.flac", "--for", "500 ms")
    assert done.code == 0
    assert "\nSound: heard.flac\n" in done.out
    assert soundfile.info(files / "heard.flac").duration == 0.5


def test_a_recording_plays_at_the_speed_of_life_and_ends(cuecoach, files):
    (files / "short.csv").write_text("t,cadence,speed\n0,150,3\n1,150,3\n")
    done = cuecoach("replay", "short.csv", "mute.yaml", "--realtime", "--audio", "heard.wav")
    assert done.code == 0
    assert "in 0:01;" in done.out
    assert soundfile.info(files / "heard.wav").duration == pytest.approx(1.0, abs=0.3)


def test_a_recording_that_breaks_on_the_way_is_told(cuecoach, files):
    (files / "back.csv").write_text("t,acc_x,acc_y,acc_z\n" + "".join(f"{t / 100},0,0,9.81\n" for t in [*range(60), 3]))
    done = cuecoach("replay", "back.csv", "mute.yaml", "--realtime")
    assert done.code == 2
    assert "time runs backwards" in done.err
    assert done.err.count("error: ") == 1


CALIBRATED = ("mute.yaml", "--sensor", "sim:calibrated,imu", "--audio", "off", "--for", "1 s")


def test_a_run_may_begin_with_a_calibration(cuecoach, files):
    done = cuecoach("run", *CALIBRATED, "--calibrate")
    assert done.code == 0
    assert "! “Stand still”" in done.out
    assert "Stand still" not in cuecoach("run", *CALIBRATED).out


def test_so_may_every_run_of_a_config(cuecoach, files):
    with (files / "mute.yaml").open("a") as config:
        config.write("calibrate: true\n")
    assert "! “Stand still”" in cuecoach("run", *CALIBRATED).out


def test_a_recording_is_not_asked_to_stand_still(cuecoach, files):
    with (files / "mute.yaml").open("a") as config:
        config.write("calibrate: true\n")
    still = "".join(f"{t / 100},0,0,9.81,0,0,0\n" for t in range(100))
    (files / "still.csv").write_text("t,acc_x,acc_y,acc_z,gyr_x,gyr_y,gyr_z\n" + still)
    for options in ((), ("--realtime",)):
        done = cuecoach("replay", "still.csv", "mute.yaml", "--place", "sacrum", *options)
        assert done.code == 0, done.err
        assert "Stand still" not in done.out


def test_the_key_for_it_works_during_the_run(cuecoach, files, monkeypatch):
    @contextmanager
    def pressed(handle: Callable[[str], None]) -> Generator[None]:
        handle("c")
        yield

    monkeypatch.setattr(keys, "pressed", pressed)
    assert "! “Stand still”" in cuecoach("run", *CALIBRATED).out


def test_the_key_for_pain_ends_all_coaching_and_is_answered(cuecoach, files, monkeypatch):
    @contextmanager
    def pressed(handle: Callable[[str], None]) -> Generator[None]:
        handle("p")
        handle(" ")
        yield

    monkeypatch.setattr(keys, "pressed", pressed)
    done = cuecoach("run", "mute.yaml", "--sensor", "sim", "--audio", "off", "--for", "1 s")
    assert "! “Ease off. Walk if it hurts.”" in done.out
    assert "note: it hurts: no word about form and no beat for the rest of the run" in done.err


# ---------------------------------------------------------------- Bluetooth
SILENT = ("mute.yaml", "--audio", "off")


def run_for(cuecoach, length: str, *options: str):
    return cuecoach("run", *options, "--for", length, *SILENT)


def test_without_bluetooth_a_run_that_needs_it_does_not_begin(cuecoach, files, air):
    air.fail("Bluetooth is switched off: switch it on")
    for options in ((), ("--sensor", "foot"), ("--sensor", "foot=Stryd", "--sensor", "heart")):
        done = run_for(cuecoach, "1 s", *options)
        assert (done.code, done.out) == (1, "")
        assert done.err == "error: Bluetooth is switched off: switch it on\n"


def test_without_bluetooth_a_run_with_another_sensor_goes_on(cuecoach, files, air):
    air.fail("Bluetooth is switched off: switch it on")
    done = run_for(cuecoach, "1 s", "--sensor", "sim", "--sensor", "heart")
    assert done.code == 0
    assert done.err.startswith("note: no heart sensor yet: Bluetooth is switched off: switch it on\n")
    assert "heart: never found" in done.out


def test_sensors_are_found_told_and_accounted_for(cuecoach, files, air):
    air.add(pod(), RSC_MEASUREMENT, RUNNING)
    air.add(belt(), HEART_RATE_MEASUREMENT, b"\x00\x8c")
    done = run_for(cuecoach, "2 s", "--sensor", "foot", "--sensor", "heart")
    assert done.code == 0
    told = [line.split("  ")[1] for line in done.out.splitlines() if line.startswith("0:0")]
    foot = [words.split()[1] for words in told if words.startswith("foot: ")]
    assert (foot[0], foot[-1]) == ("searching", "streaming")
    assert "heart: streaming (Belt [31m7)" in told
    assert "foot (Stryd): nothing lost" in done.out
    assert f"note: to use this foot sensor every time: `cuecoach sensors --remember foot={POD}`" in done.err
    assert air.open == 0


def test_a_person_is_told_once_what_this_is_and_asked_every_time(cuecoach, files, air, monkeypatch):
    air.add(pod(), RSC_MEASUREMENT, RUNNING)
    first, second = (run_for(cuecoach, "500 ms", "--sensor", "foot") for _ in range(2))
    assert "not a medical device" in first.err
    assert "not a medical device" not in second.err
    assert "`--pain 0`" in first.err
    assert "`--pain 0`" in second.err
    monkeypatch.setattr(questions, "in_terminal", lambda: True)
    monkeypatch.setattr(questions, "ask", lambda question, *, enter: 4)
    third = run_for(cuecoach, "500 ms", "--sensor", "foot")
    assert (third.code, "no coached run today" in third.out) == (1, True)


def test_the_sensors_of_the_config_are_found_by_themselves(cuecoach, files, air):
    air.add(pod(), RSC_MEASUREMENT, RUNNING)
    done = run_for(cuecoach, "2 s")
    assert done.code == 0
    assert "foot (Stryd): nothing lost" in done.out
    assert "sacrum: never found" in done.out


def test_the_unit_of_cadence_can_be_set_for_a_run(cuecoach, files, air, file):
    air.add(pod(), RSC_MEASUREMENT, RUNNING)
    seen = {}

    def remember(coach, sensors, *rest, **more):
        ended = coach_on(coach, sensors, *rest, **more)
        seen.update({sensor.source: sensor.status() for sensor in sensors})
        return ended

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cuecoach.cli.coaching_loop.coach_on", remember)
        run_for(cuecoach, "2 s", "--sensor", "foot", "--cadence-unit", "steps")
    assert seen["foot"].cadence_unit == "steps, set by you"
    assert seen["foot"].values["cadence"] == 84
    assert not file.path.exists()


def test_a_sensor_that_drops_out_comes_back_and_that_is_said(cuecoach, files, air):
    device = air.add(pod(), RSC_MEASUREMENT, RUNNING)
    air.after[POD] = (5, device.drop)
    done = run_for(cuecoach, "3 s", "--sensor", "foot=Stryd")
    assert done.code == 0
    assert "foot (Stryd): 1 reconnection" in done.out
    assert done.out.count("foot: streaming") == 2


def test_a_broken_file_of_sensors_stops_no_run(cuecoach, files, file):
    file.path.write_text("rolls: {}\n")
    done = run_for(cuecoach, "500 ms", "--sensor", "sim")
    assert done.code == 0
    assert "note: nothing is remembered of your sensors: " in done.err
    assert "sensors.yaml:1:1" in done.err


def test_a_config_may_name_a_simulated_runner(cuecoach, files):
    with (files / "mute.yaml").open("a") as config:
        config.write('sensors: {foot: "sim:demo", sacrum: off}\n')
    done = run_for(cuecoach, "500 ms")
    assert done.code == 0
    assert "Bluetooth" not in done.err


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_an_end_that_the_system_asks_for_leaves_no_connection(cuecoach, files, air):
    air.add(pod(), RSC_MEASUREMENT, RUNNING)
    air.after[POD] = (5, lambda: signal.raise_signal(signal.SIGTERM))
    done = run_for(cuecoach, "20 s", "--sensor", "foot")
    assert done.code == 0
    assert "Stopped." in done.out
    assert "foot (Stryd): nothing lost" in done.out
    assert air.open == 0


# ---------------------------------------------------------------- words
@pytest.mark.parametrize(
    ("status", "words"),
    [
        (SensorStatus("sim", "streaming"), ""),
        (SensorStatus("foot", "searching"), "foot: never found"),
        (
            SensorStatus("foot", "streaming", device="Stryd", family="foot-pod", connections=1),
            "foot (Stryd): nothing lost",
        ),
        (
            SensorStatus("foot", "lost", address="A", connections=3, lost=1, rejected=2, duplicates=1, packets=9),
            "foot (A): 2 reconnections, 1 sample lost, 2 messages not understood, 1 message twice, lost at the end",
        ),
    ],
)
def test_what_was_lost_is_said_in_one_line(status, words):
    assert aftermath(status) == words


def test_a_state_is_one_plain_line_whatever_the_device_calls_itself():
    status = SensorStatus(
        "foot", "stale", "no\nword", device="St\x1b[2Jryd", battery=79.6, cadence_unit="strides, remembered"
    )
    assert change_line(65.0, status) == "1:05  foot: stale: no word (St [2Jryd, battery 80 %, strides, remembered)"


def test_the_panel_has_a_line_for_each_sensor():
    text = io.StringIO()
    rows = [
        SensorStatus("foot", "streaming", device="Stryd", battery=80.0),
        SensorStatus("heart", "searching", "still"),
    ]
    Console(file=text, width=100).print(sensor_rows(rows))
    lines = [line.split() for line in text.getvalue().splitlines()]
    assert lines == [["foot", "streaming", "Stryd", "80", "%"], ["heart", "searching:", "still"]]
