"""A rule's history over a real run agrees with its replay, and is there at once."""

from __future__ import annotations

import time

import pytest

from cuecoach.config import load_config
from cuecoach.feed import RecordedFeed
from cuecoach.history import rows, tally, trace, verdict
from cuecoach.sensors.recordings.recording import open_recording
from tests.bundled import rules_of
from tests.real.fenix import MARKS, RUN, replayed

pytestmark = MARKS


@pytest.mark.parametrize("name", ["low-cadence", "run-tall"])
def test_the_history_of_a_rule_is_that_of_the_replay(name: str) -> None:
    config = load_config()
    started = time.process_time()
    history = trace(RecordedFeed(open_recording(RUN).events()), config, rules_of(*config.cues), name, at=1234.0)
    assert time.process_time() - started < 6.0  # 1.5 s on an idle machine
    run = replayed()
    assert history.run.actions == run.actions
    assert [(s.start, s.said) for s in history.spoken] == [
        (d.t, d.text) for d in run.decisions if d.rule == name and d.outcome == "spoken"
    ]
    assert history.stretches[-1].end == run.duration_s
    assert history.moment is not None
    assert len(rows(history)) < 70
    assert verdict(history)


def test_the_tally_of_a_real_run_adds_up() -> None:
    run = replayed()
    assert sum(t.cues + t.beats for t in tally(run)) == sum(d.outcome == "spoken" for d in run.decisions)
