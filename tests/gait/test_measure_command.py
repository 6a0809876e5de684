"""`cuecoach measure` as a person and a script meet it."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from cuecoach.cli.measure import measure
from cuecoach.cli.measure.measuring import Measured, Wanted, measure_recording
from cuecoach.cli.measure.table import Rows
from cuecoach.cli.measure.words import about_the_sensor, lacking
from cuecoach.errors import CuecoachError
from cuecoach.events import Alignment, ImuBlock, Slip
from cuecoach.gait.summary import SHOWN, Window

app = typer.Typer()
app.command()(measure)


def write(path, motion, place="sacrum", gyro=True):
    names = "t,acc_x,acc_y,acc_z" + (",gyr_x,gyr_y,gyr_z" if gyro else "")
    data = np.column_stack([motion.times, motion.acc, *([motion.gyr] if gyro else [])])
    lines = [f"# place: {place}", names, *(",".join(f"{v:.5f}" for v in row) for row in data)]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def recording(tmp_path, make_run):
    return write(tmp_path / "run.csv", make_run(seconds=14.0))


def call(*arguments: object):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def answer(*arguments: object):
    done = call(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


# ---------------------------------------------------------------- JSON
def test_json_is_one_object_with_the_agreed_keys(recording):
    got = answer(recording, "--series")
    assert (got["sampling_rate_hz"], got["place"], got["speed"]) == (100.0, "sacrum", None)
    assert got["duration_s"] == pytest.approx(13.99)
    step = got["steps"][-1]
    assert step["cadence"] == pytest.approx(170, abs=0.5)
    assert step["tc"] < step["known"] <= step["tc"] + 0.25
    assert step["trunk_lean"] is None
    assert got["steps"][0]["pelvic_tilt"] is None
    assert set(SHOWN) < set(step)
    assert [w["activity"] for w in got["windows"]] == ["running", "running"]
    assert got["summary"]["steps"] == len(got["steps"]) > 30
    assert set(got["series"]) == {"t", "pelvic_tilt", "pelvic_obliquity", "pelvic_rotation"}
    assert got["series"]["pelvic_tilt"][0] is None
    assert len({len(v) for v in got["series"].values()}) == 1


def test_json_tells_how_the_sensor_sat_and_left_against_right(recording):
    got = answer(recording)
    (alignment,) = got["alignments"]
    assert set(alignment) == {"known", "reference", "since", "until", "forward", "axes", "gyr_bias"}
    assert np.array(list(alignment["axes"].values())) == pytest.approx(np.eye(3), abs=0.1)
    assert got["slips"] == []
    pair = got["summary"]["left_right"]["stance_time"]
    assert pair["asymmetry"] == pytest.approx(
        100 * (pair["left"] - pair["right"]) / ((pair["left"] + pair["right"]) / 2), abs=0.01
    )


def test_a_step_is_rounded_and_an_unknown_value_is_null_not_nan(recording):
    text = call(recording, "--json", "--series").stdout
    assert "NaN" not in text
    assert "null" in text


def test_an_error_in_the_middle_prints_nothing_and_leaves_no_file(recording, tmp_path):
    with recording.open("a") as file:
        file.writelines(f"{t},0,0,9.81,0,0,0\n" for t in (3.0, 2.0, 1.0))
    target = tmp_path / "steps.csv"
    done = call(recording, "--json", "--csv", target)
    assert isinstance(done.exception, CuecoachError)
    assert done.stdout == ""
    assert [p.name for p in tmp_path.iterdir()] == ["run.csv"]


# ---------------------------------------------------------------- table
def test_a_person_gets_a_table(recording):
    done = call(recording)
    assert done.exit_code == 0
    assert "sacrum, 100 Hz, 14 s: running 14 s" in done.stdout
    assert "running steps" in done.stdout
    assert "zero of the angles: the first even strides" in done.stdout
    assert "asymmetry: 100 × (left - right) / mean of both, %" in done.stdout


def test_how_the_sensor_sat_and_slipped_is_told_in_words():
    done = Measured("sacrum", Window(0.0, 900.0), gyroscope=True)
    axes = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    done.alignments.append(Alignment(14.0, "standing tall", 3.0, 11.0, "motion", axes, (0.4, -0.1, 0.2)))
    done.alignments.append(Alignment(800.0, "standing", 790.0, 793.0, "mount", axes, (0.0, 0.0, 0.0)))
    done.slips.append(Slip(known=758.0, at=750.0, pelvic_tilt=6.2, pelvic_obliquity=-0.2))
    assert list(about_the_sensor(done)) == [
        "zero of the angles: standing tall, 0:03–0:11; forward: found from the motion; "
        "gyroscope bias 0.4 -0.1 0.2 deg/s taken off",
        "from 13:20 on, zero of the angles: standing still, 13:10–13:13; forward: as told by the mounting; "
        "gyroscope bias 0.0 0.0 0.0 deg/s taken off",
        "the sensor slipped at 12:30: tilt +6°; the angles after it have another zero",
    ]


@pytest.mark.parametrize(
    ("place", "gyro", "words"),
    [
        ("foot", True, "a foot sensor gives the steps of one leg"),
        ("torso", True, "a torso sensor gives no pelvis"),
        ("hip", False, "without a gyroscope there are no angles"),
    ],
)
def test_what_a_sensor_cannot_give_is_one_line_and_no_empty_row(tmp_path, make_run, place, gyro, words):
    out = call(write(tmp_path / "run.csv", make_run(seconds=12.0), place, gyro)).stdout
    assert sum(words in line for line in out.splitlines()) == 1
    assert "pelvic" not in out
    assert lacking(Measured("sacrum", Window(0.0, 1.0), gyroscope=True)) is None


def test_a_long_run_fits_on_a_page():
    rows = Rows()
    for k in range(3 * 360):
        rows.add(Window(10.0 * k, 10.0 * k + 10.0))
    assert len(rows.rows) == 36
    assert [row.t_start for row in rows.rows[:3]] == [0.0, 300.0, 600.0]
    assert rows.rows[-1].t_end == 10800.0


# ---------------------------------------------------------------- CSV
def test_csv_has_a_line_per_step(recording, tmp_path):
    got = answer(recording, "--csv", tmp_path / "steps.csv")
    with (tmp_path / "steps.csv").open() as file:
        table = list(csv.DictReader(file))
    assert len(table) == len(got["steps"])
    assert float(table[-1]["cadence"]) == pytest.approx(170, abs=0.5)
    assert float(table[-1]["known"]) == pytest.approx(got["steps"][-1]["known"])
    assert table[-1]["trunk_lean"] == ""
    assert list(tmp_path.glob("*.part")) == []


# ---------------------------------------------------------------- options
def test_the_place_can_be_told(recording):
    assert answer(recording, "--place", "torso")["place"] == "torso"


def test_a_treadmill_speed_gives_step_length(recording):
    step = answer(recording, "--speed", "10.8 km/h")["steps"][-1]
    assert step["step_length"] == pytest.approx(3.0 * 60 / step["cadence"], abs=1e-3)
    assert step["stride_length"] == pytest.approx(2 * step["step_length"], abs=1e-3)
    assert step["vertical_ratio"] == pytest.approx(0.1 * step["vertical_oscillation"] / step["step_length"], abs=1e-3)


def test_the_mounting_can_be_told(tmp_path, make_run, rotation):
    motion = make_run(seconds=14.0, mount=rotation((0, 0, 1), 90.0))  # forward is the sensor's y
    (alignment,) = answer(write(tmp_path / "run.csv", motion), "--mount", "y forward, z up")["alignments"]
    assert alignment["forward"] == "mount"
    assert alignment["axes"]["forward"] == pytest.approx([0, 1, 0], abs=0.1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--series",), "--json --series"),
        (("--place", "head"), "sacrum, hip, torso, foot, shank"),
        (("--csv", "/nowhere/at/all/steps.csv"), "there is no folder"),
        (("--speed", "10"), "has no unit"),
        (("--speed", "0 km/h"), "no speed of a runner"),
        (("--mount", "x forward"), "name a second axis"),
        (("--place", "foot", "--mount", "x forward, z up"), "leave it out for one on the foot"),
        (("--plot", "run.jpg"), "end the name in .png, .svg, .pdf"),
        (("--plot", "a.png", "--csv", "a.png"), "give each its own"),
    ],
)
def test_wrong_use_gets_one_sentence(recording, arguments, words):
    error = call(recording, *arguments).exception
    assert isinstance(error, CuecoachError)
    assert words in str(error)
    assert "\n" not in str(error)
    assert error.exit_code == 2


def test_the_recording_is_never_written_over(recording):
    before = recording.read_bytes()
    for option in ("--csv", "--plot"):
        assert "is the recording itself" in str(call(recording, option, recording).exception)
    assert recording.read_bytes() == before


def test_a_mounting_without_a_gyroscope_is_noted(tmp_path, make_run):
    path = write(tmp_path / "run.csv", make_run(seconds=3.0), gyro=False)
    assert "`--mount` changes nothing" in call(path, "--mount", "x forward, z up").output


def test_finished_metrics_are_sent_to_replay(tmp_path):
    path = tmp_path / "metrics.csv"
    path.write_text("t,cadence\n0,170\n1,171\n2,172\n")
    error = call(path).exception
    assert isinstance(error, CuecoachError)
    assert "cuecoach replay metrics.csv" in str(error)


# ---------------------------------------------------------------- memory
def test_nothing_of_a_passed_block_is_kept(tmp_path, make_run, monkeypatch):
    motion = make_run(seconds=20.0)

    class Repeated:
        kind, place, notes = "imu", "sacrum", []

        def events(self):
            for k in range(90):  # half an hour
                yield ImuBlock(20.0 * k + 20.0, "file", "sacrum", motion.times + 20.0 * k, motion.acc, motion.gyr)

    class Kept:
        """Counts what waits to be told."""

        windows = steps = most = 0

        def add(self, news):
            self.windows += len(news.windows)
            self.steps += len(news.update.steps)
            self.most = max(self.most, len(news.windows))

        def finish(self, done):
            pass

    monkeypatch.setattr("cuecoach.cli.measure.measuring.open_recording", lambda *_, **__: Repeated())
    kept = Kept()
    done = measure_recording(Wanted(tmp_path / "run.csv"), [kept])
    assert kept.windows == 180
    assert kept.most <= 9  # those of the last minute
    assert done.whole.steps == kept.steps > 4500
    assert done.whole.spent["running"] == pytest.approx(1800.0, abs=1.0)
