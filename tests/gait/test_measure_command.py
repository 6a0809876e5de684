"""`cuecoach measure` as a person and a script meet it."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from cuecoach.cli.measure import measure
from cuecoach.errors import CuecoachError

app = typer.Typer()
app.command()(measure)


@pytest.fixture
def recording(tmp_path, make_run):
    motion = make_run(seconds=14.0)
    path = tmp_path / "run.csv"
    lines = ["# place: sacrum", "t,acc_x,acc_y,acc_z,gyr_x,gyr_y,gyr_z"]
    data = np.column_stack([motion.times, motion.acc, motion.gyr])
    lines += [",".join(f"{v:.5f}" for v in row) for row in data]
    path.write_text("\n".join(lines) + "\n")
    return path


def call(*arguments: object):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def test_json_is_one_object_with_the_agreed_keys(recording):
    done = call(recording, "--json", "--series")
    assert done.exit_code == 0, done.output
    got = json.loads(done.stdout)
    assert (got["sampling_rate_hz"], got["place"]) == (100.0, "sacrum")
    assert got["duration_s"] == pytest.approx(13.99)
    step = got["steps"][-1]
    assert step["cadence"] == pytest.approx(170, abs=0.5)
    assert step["trunk_lean"] is None
    assert got["steps"][0]["pelvic_tilt"] is None
    assert [w["activity"] for w in got["windows"]] == ["running", "running"]
    assert got["summary"]["steps"] == len(got["steps"]) > 30
    assert set(got["series"]) == {"t", "pelvic_tilt", "pelvic_obliquity", "pelvic_rotation"}
    assert got["series"]["pelvic_tilt"][0] is None
    assert len({len(v) for v in got["series"].values()}) == 1


def test_a_person_gets_a_table(recording):
    done = call(recording)
    assert done.exit_code == 0
    assert "sacrum, 100 Hz" in done.stdout
    assert "running steps" in done.stdout


def test_csv_has_a_line_per_step(recording, tmp_path):
    done = call(recording, "--csv", tmp_path / "steps.csv", "--json")
    with (tmp_path / "steps.csv").open() as file:
        table = list(csv.DictReader(file))
    assert len(table) == len(json.loads(done.stdout)["steps"])
    assert float(table[-1]["cadence"]) == pytest.approx(170, abs=0.5)
    assert list(tmp_path.glob("*.part")) == []


def test_the_place_can_be_told(recording):
    assert json.loads(call(recording, "--json", "--place", "torso").stdout)["place"] == "torso"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--series",), "--json --series"),
        (("--place", "head"), "sacrum, hip, torso, foot, shank"),
        (("--csv", "/nowhere/at/all/steps.csv"), "there is no folder"),
    ],
)
def test_wrong_use_gets_one_sentence(recording, arguments, words):
    error = call(recording, *arguments).exception
    assert isinstance(error, CuecoachError)
    assert words in str(error)
    assert "\n" not in str(error)


def test_finished_metrics_are_sent_to_replay(tmp_path):
    path = tmp_path / "metrics.csv"
    path.write_text("t,cadence\n0,170\n1,171\n2,172\n")
    error = call(path).exception
    assert isinstance(error, CuecoachError)
    assert "cuecoach replay metrics.csv" in str(error)
