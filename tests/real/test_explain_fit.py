"""A rule's history over a real run agrees with its replay, and is there at once."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from cuecoach.config import load_config
from cuecoach.feed import RecordedFeed
from cuecoach.history import rows, tally, trace, verdict
from cuecoach.offline import replay
from cuecoach.rules import load_cues
from cuecoach.sensors.recordings.recording import open_recording

RUN = Path(__file__).resolve().parents[3] / "shared/data/fit_runs/activity-small-fenix2-run.fit"

pytestmark = [pytest.mark.real, pytest.mark.skipif(not RUN.exists(), reason="the recordings are not here")]


@pytest.mark.parametrize("name", ["low-cadence", "run-tall"])
def test_the_history_of_a_rule_is_that_of_the_replay(name: str) -> None:
    config = load_config()
    started = time.process_time()
    history = trace(RecordedFeed(open_recording(RUN).events()), config, load_cues(config.cues), name, at=1234.0)
    assert time.process_time() - started < 6.0  # 1.5 s on an idle machine
    replayed = replay(RUN, config)
    assert history.run.actions == replayed.actions
    assert [(s.start, s.said) for s in history.spoken] == [
        (d.t, d.text) for d in replayed.decisions if d.rule == name and d.outcome == "spoken"
    ]
    assert history.stretches[-1].end == replayed.duration_s
    assert history.moment is not None
    assert len(rows(history)) < 70
    assert verdict(history)


def test_the_tally_of_a_real_run_adds_up() -> None:
    run = replay(RUN)
    assert sum(t.cues + t.beats for t in tally(run)) == sum(d.outcome == "spoken" for d in run.decisions)
