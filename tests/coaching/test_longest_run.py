"""A run a tenth longer than any of the last thirty days is said to be so, once, and only where enough runs are known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.coach import Coach
from cuecoach.coaching.knowledge import Knowledge
from cuecoach.coaching.longest_run import LEAST_RUN_S, PastRun, recent, with_run
from cuecoach.coaching.notices import LONGEST_RUN
from cuecoach.errors import UsageError
from cuecoach.events import Control, Note, Say
from tests.coaching.coached import Run, slouch

MONDAY = date(2026, 11, 2)


def lasting(*seconds: float) -> tuple[PastRun, ...]:
    return tuple(PastRun(MONDAY, s) for s in seconds)


def coached(*seconds: float, **config: object) -> Run:
    run = Run(slouch(), **config)
    known = replace(run.coach.learned(), runs=lasting(*seconds))
    run.coach = Coach(run.coach.config, run.coach.rules, knowledge=known)
    return run


def told(run: Run) -> list[float]:
    return [say.t for say in run.says if say.text == LONGEST_RUN]


def test_a_run_a_tenth_longer_than_the_longest_is_told_once() -> None:
    run = coached(100, 200, 150).go(300)
    assert told(run) == [220.25]
    (note,) = [a for a in run.actions if isinstance(a, Note)]
    assert note.text == "longer than any run of the last 30 days by a tenth, the longest of which took 3:20"


def test_with_fewer_than_three_runs_nobody_knows_what_is_long() -> None:
    assert told(coached(10, 10).go(60)) == []


def test_in_quiet_it_waits_for_its_end() -> None:
    run = coached(10, 10, 10).go(5)
    run.handle(Control(run.t, "quiet", 30.0))
    assert told(run.go(60)) == [35.0]


def slouched(run: Run) -> Run:
    return run.go(15).go_until(lambda run: "One" in run.said, pelvic_tilt=12.0)


def test_it_waits_for_the_end_of_a_phrase() -> None:
    spoken = slouched(coached()).says[0]
    run = slouched(coached(*[(spoken.at + 0.1) / 1.1] * 3)).go(30)
    (at,) = told(run)
    assert spoken.at + spoken.duration <= at < spoken.at + spoken.duration + 1


def test_who_said_that_it_hurts_is_left_in_peace() -> None:
    run = coached(10, 10, 10).go(5)
    run.handle(Control(run.t, "pain"))
    assert told(run.go(60)) == []


def test_in_a_race_it_is_told_too() -> None:
    assert len(told(coached(10, 10, 10, race=True).go(60))) == 1


def test_a_saved_run_that_goes_on_does_not_say_it_again() -> None:
    run = coached(10, 10, 10).go(60)
    run.coach = Coach.load(run.coach.save())
    assert len(told(run.go(60))) == 1


# ---------------------------------------------------------------- what is kept
def test_only_thirty_days_are_kept() -> None:
    days = (0, 1, 30, 31, 400, -3)
    runs = [PastRun(MONDAY - timedelta(day), 900.0) for day in days]
    assert [(MONDAY - run.day).days for run in recent(runs, MONDAY)] == [0, 1, 30]


def test_a_trial_of_the_gear_is_no_run() -> None:
    assert with_run((), PastRun(MONDAY, LEAST_RUN_S - 1)) == ()
    assert with_run((), PastRun(MONDAY, LEAST_RUN_S)) == lasting(LEAST_RUN_S)


@given(
    st.builds(
        PastRun,
        st.dates(),
        st.floats(0, 1e6),
        st.none() | st.floats(0, 1e6),
    )
)
def test_a_run_survives_json(run: PastRun) -> None:
    assert PastRun.from_json(run.to_json()) == run


@pytest.mark.parametrize(
    "wrong",
    [3, {}, {"day": "soon", "duration_s": 1}, {"day": "2026-11-02", "duration_s": "x"}, {"day": "2026-11-02"}],
)
def test_what_is_no_run_is_refused_in_a_sentence(wrong: object) -> None:
    with pytest.raises(UsageError):
        Knowledge.from_json({**Knowledge().to_json(), "runs": [wrong]})


def test_the_notice_is_a_notice() -> None:
    run = coached(10, 10, 10).go(15)
    (say,) = [a for a in run.actions if isinstance(a, Say)]
    assert (say.kind, say.rule) == ("notice", "sensor")
