"""``cuecoach metronome --follow``: the beat is under the runner's feet, follows gently, and stops when the runner does."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from cuecoach.cli.metronome import metronome
from cuecoach.coach import Coach
from cuecoach.config import RunConfig
from cuecoach.errors import UsageError
from cuecoach.events import Beat
from cuecoach.offline import coach_through
from cuecoach.sensors.simulator import STORIES, SimulatedRunner

app = typer.Typer()
app.command()(metronome)


def followed(story: str, every: str = "step"):
    config = RunConfig.model_validate({"metronome": "follow", "cues": [], "beat": {"every": every}})
    runner = SimulatedRunner(STORIES[story], seed=2)
    return coach_through(Coach(config, ()), runner)


@pytest.fixture(scope="module")
def dropout():
    return followed("dropout")


def test_no_word_is_said_of_form(dropout):
    assert {say.kind for say in dropout.spoken} <= {"notice"}


def test_it_stops_when_the_runner_walks_or_stands_and_comes_back_when_he_runs(dropout):
    # Running until 60 s, walking until 90 s, running until 180 s with a gap of 3 s, standing until 210 s, running on.
    on = [(a.t, isinstance(a, Beat)) for a in dropout.beats]

    def playing(t: float) -> bool:
        return next((is_on for at, is_on in reversed(on) if at <= t), False)

    assert [playing(t) for t in (5.0, 50.0, 80.0, 125.0, 200.0, 245.0)] == [False, True, False, True, False, True]


def test_tempo_moves_by_two_and_a_half_percent_at_most_and_on_a_click(dropout):
    changes = [(a, b) for a, b in pairwise(dropout.beats) if isinstance(a, Beat) and isinstance(b, Beat)]
    for a, b in changes:
        assert abs(b.spm / a.spm - 1.0) <= 0.0251
        k = (b.at - a.at) * a.spm / 60.0
        assert k == pytest.approx(round(k), abs=1e-3)


@pytest.mark.parametrize(("every", "steps"), [("stride", 2), ("second stride", 4)])
def test_clicks_on_a_stride_stay_with_their_foot_through_every_change(every, steps):
    beats = followed("intervals", every).beats
    assert {b.every for b in beats if isinstance(b, Beat)} == {steps}
    changes = [(a, b) for a, b in pairwise(beats) if isinstance(a, Beat) and isinstance(b, Beat)]
    assert len(changes) >= 3
    for a, b in changes:
        k = (b.at - a.at) * a.spm / 60.0 / steps
        assert k == pytest.approx(round(k), abs=1e-3)
        assert a.first_side == b.first_side


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_first_click_falls_on_the_predicted_footfall_of_the_right_foot(seed):
    config = RunConfig.model_validate({"metronome": "follow", "cues": []})
    runner = SimulatedRunner(STORIES["demo"], seed=seed, output="imu")
    run = coach_through(Coach(config, ()), runner, until=30.0)
    first = next(a for a in run.beats if isinstance(a, Beat))
    nearest = int(np.argmin(np.abs(runner.truth.ic - first.at)))
    assert abs(runner.truth.ic[nearest] - first.at) < 0.06
    assert runner.truth.side[nearest] == first.first_side


def test_a_ramp_or_a_file_and_a_sensor_do_not_go_together(tmp_path):
    for arguments, says in [
        (["--follow", "sim:dropout", "--to", "180"], "leave out --to"),
        (["--follow", "sim:dropout", "--out", str(tmp_path / "a.wav")], "--audio"),
        (["--follow", "sim:nobody"], "not a story"),
    ]:
        result = CliRunner().invoke(app, arguments)
        assert isinstance(result.exception, UsageError)
        assert says in str(result.exception)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.live
def test_it_plays_live_and_prints_the_beat_where_there_is_no_terminal():
    result = CliRunner().invoke(app, ["--follow", "sim:dropout", "--device", "null", "--for", "14 s"])
    assert result.exit_code == 0, result.output
    assert "beat 16" in result.output
