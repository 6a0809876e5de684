"""A plan during a run: windows, beats, anchors and strides, and the time in band."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from cuecoach.coaching.programme import begin, conclude, report
from cuecoach.coaching.programme_band import in_band
from cuecoach.coaching.programme_config import planned, under_plan
from cuecoach.coaching.programme_focus import start, stop
from cuecoach.coaching.programme_rules import NoPlan, SessionRules
from cuecoach.coaching.programme_run import BEAT_RESTS, OUTSIDE, OVER, SILENT, Programme
from cuecoach.coaching.programme_state import PlanState, RunResult
from cuecoach.coaching.programme_table import SESSIONS
from cuecoach.config import RunConfig
from cuecoach.events import TICK_S
from cuecoach.rules.rule import PRIORITIES
from tests.coaching.coached import rule

TODAY = date(2026, 11, 2)
WARM_UP_S = 300.0


class Moment:
    """What a coach knows of a runner: only what a plan asks."""

    def __init__(self) -> None:
        self.activity: str | None = "running"
        self.speed = 3.0
        self.beating = False
        self.cadence: float | None = 170.0
        self.wanted: float | None = 170.0
        self.tilt: float | None = 4.0

    def metric(self, name: str) -> float | None:
        return {"cadence": self.cadence, "pelvic_tilt": self.tilt, "speed": self.speed}.get(name)

    def target(self, name: str) -> float | None:
        return self.wanted if name == "cadence" else None

    def baseline(self, name: str) -> float | None:
        return {"speed": 3.0, "pelvic_tilt": 4.0}.get(name)

    def state(self, name: str) -> bool | None:
        return self.speed > 3.5 if name == "surging" else None


class Ran:
    """One run under a plan, tick by tick."""

    def __init__(self, plan: PlanState, *rules: Any, seed: int = 1) -> None:
        self.programme = Programme(plan, rules, warm_up_s=WARM_UP_S, seed=seed)
        self.moment = Moment()
        self.t = 0.0
        self.open_s = 0.0

    def go(self, seconds: float, gate: str | None = None, each: Callable[[], None] = lambda: None) -> Ran:
        for _ in range(round(seconds / TICK_S)):
            self.t += TICK_S
            each()
            self.programme.advance(self.t, self.moment, gate)  # type: ignore[arg-type]
            if self.t > WARM_UP_S and self.programme.closed is None:
                self.open_s += TICK_S
        return self

    def warm(self) -> Ran:
        return self.go(WARM_UP_S - TICK_S)


def session(number: int, focus: str = "cadence", **settings: object) -> PlanState:
    return replace(start(None, focus, TODAY), session=number, today=TODAY, **settings)


def done(**settings: object) -> PlanState:
    last = RunResult(date(2026, 10, 1), "cadence", "session", 8, 1800.0, 1600.0, 1500.0)
    return begin(replace(report(conclude(session(8), last), 0, 0), **settings), TODAY)


# ---------------------------------------------------------------- windows
@pytest.mark.parametrize("number", range(1, 9))
def test_each_session_is_open_for_its_share_of_its_minutes_and_then_over(number):
    ran = Ran(session(number)).warm().go(2100)
    wanted = SESSIONS[number - 1]
    assert ran.open_s == pytest.approx(wanted.seconds * wanted.window, abs=5)
    assert ran.programme.closed == OVER


def test_the_clock_of_a_session_stands_while_the_runner_walks():
    ran = Ran(session(1)).warm().go(60)
    ran.moment.activity = "walking"
    ran.go(600)
    assert ran.programme.clock == pytest.approx(60, abs=1)
    assert ran.programme.closed is None


def test_outside_a_window_the_reason_is_told():
    ran, heard = Ran(session(7)).warm(), set[str | None]()
    ran.go(1500, each=lambda: heard.add(ran.programme.closed))
    assert heard == {None, OUTSIDE}


def test_the_same_seed_gives_the_same_session_and_a_repeated_one_is_another():
    def opened(plan: PlanState, seed: int) -> list[bool]:
        ran, found = Ran(plan, seed=seed).warm(), list[bool]()
        ran.go(1800, each=lambda: found.append(ran.programme.closed is None))
        return found

    again = session(6, results=(RunResult(TODAY, "cadence", "session", 6, 1800, 900, 500),))
    assert opened(session(6), 1) == opened(session(6), 1)
    assert len({tuple(opened(session(6), 1)), tuple(opened(session(6), 2)), tuple(opened(again, 1))}) == 3


def test_a_run_between_sessions_is_silent_and_leaves_no_result():
    ran = Ran(session(3, not_before=date(2026, 11, 4))).warm().go(1200)
    assert (ran.open_s, ran.programme.closed, ran.programme.finish()) == (0.0, SILENT, None)
    assert ran.programme.learned().session == 3


def test_after_the_sessions_every_window_is_open_and_nothing_is_counted():
    ran = Ran(done(probes=())).warm().go(1000)
    assert ran.programme.closed is None
    assert ran.programme.beat_closed is None
    assert ran.programme.finish() is None


# ---------------------------------------------------------------- beats
def test_in_the_fourth_session_a_beat_has_two_minutes_and_then_rests_for_one():
    ran = Ran(session(4)).warm()
    allowed: list[bool] = []
    ran.go(360, each=lambda: allowed.append(ran.programme.beat_closed is None))
    assert sum(allowed) * TICK_S == pytest.approx(240, abs=1)
    assert ran.programme.closed is None
    ran.go(150)
    assert ran.programme.beat_closed == BEAT_RESTS


@pytest.mark.parametrize("number", [7, 8])
def test_the_last_two_sessions_have_no_beat(number):
    assert Ran(session(number)).programme.beat_closed == BEAT_RESTS


def test_a_beat_rests_with_the_window():
    ran = Ran(session(5)).warm()
    ran.go(1600, each=lambda: _same(ran.programme))


def _same(programme: Programme) -> None:
    assert programme.beat_closed == programme.closed


# ---------------------------------------------------------------- what was in band
def measured(ran: Ran) -> float:
    found = ran.programme.finish()
    assert found is not None
    return found.measured_s


def test_in_faded_sessions_the_time_outside_the_windows_counts_to_their_end():
    ran = Ran(session(6)).warm().go(2000)
    found = ran.programme.finish()
    assert found is not None
    assert (found.ran_s, found.share) == (1800.0, 1.0)
    assert found.measured_s == pytest.approx(0.55 * 1800, abs=5)


def test_in_the_sessions_that_teach_all_time_counts_with_help_or_without():
    ran = Ran(session(1)).warm().go(100)
    ran.programme.helped(ran.t + 2)
    ran.moment.beating = True
    assert measured(ran.go(100)) == pytest.approx(200, abs=1)
    assert measured(ran.go(2000)) == pytest.approx(SESSIONS[0].seconds, abs=1)


def outside(number: int) -> Ran:
    """Run to a pause between two windows that lasts for over a minute."""
    ran = Ran(session(number)).warm()
    while ran.programme.closed is not None:
        ran.go(1)
    while ran.programme.closed is None:
        ran.go(1)
    return ran


def test_in_faded_sessions_time_soon_after_words_does_not_count():
    ran = outside(7)
    before = measured(ran)
    ran.programme.helped(ran.t + 2)
    assert measured(ran.go(60)) - before == pytest.approx(18, abs=1)


def test_in_faded_sessions_time_soon_after_a_beat_does_not_count():
    ran = outside(7)
    before = measured(ran)
    ran.moment.beating = True
    ran.go(TICK_S)
    ran.moment.beating = False
    assert measured(ran.go(60)) - before == pytest.approx(20, abs=1)


@pytest.mark.parametrize(
    ("cadence", "share"), [(170, 1.0), (164.9, 1.0), (164.8, 0.0), (176.8, 1.0), (176.9, 0.0), (150, 0.0)]
)
def test_the_band_goes_from_three_percent_below_the_target_to_four_above(cadence, share):
    ran = Ran(session(1))
    ran.moment.cadence = cadence
    found = ran.warm().go(200).programme.finish()
    assert found is not None
    assert found.share == share


@pytest.mark.parametrize("gate", ["steep", "speed just changed", "no sensor says you are running"])
def test_gated_moments_are_not_measured(gate):
    found = Ran(session(1)).warm().go(200, gate).programme.finish()
    assert found is not None
    assert (found.measured_s, found.share) == (0.0, None)


def test_without_a_target_or_a_cadence_nothing_is_measured():
    for name in ("cadence", "wanted"):
        ran = Ran(session(1))
        setattr(ran.moment, name, None)
        found = ran.warm().go(200).programme.finish()
        assert found is not None
        assert found.share is None


def test_another_focus_is_in_band_while_none_of_its_rules_sees_a_fault():
    tall = rule("tall", "pelvic_tilt > 7 deg", focus="posture")
    other = rule("other", "pelvic_tilt > 0 deg", focus="hips")
    urgent = rule("urgent", "pelvic_tilt > 1 deg", focus="posture", priority=PRIORITIES["urgent"])
    ran = Ran(session(1, "posture"), tall, other, urgent).warm().go(200)
    ran.moment.tilt = 9.0
    found = ran.go(200).programme.finish()
    assert found is not None
    assert found.share == pytest.approx(0.5, abs=0.01)


def test_a_rule_for_other_moments_says_nothing_of_this_one():
    fast = rule("fast", "pelvic_tilt > 3 deg", only_if="surging", focus="posture")
    moment = Moment()
    assert in_band("posture", [fast], moment) is None  # type: ignore[arg-type]
    moment.speed = 4.0
    assert in_band("posture", [fast], moment) is False  # type: ignore[arg-type]


def test_a_start_that_was_broken_off_is_no_session():
    assert Ran(session(1)).warm().go(100).programme.finish() is None


def test_a_gap_in_time_is_not_counted_as_running():
    ran = Ran(session(1)).warm().go(100)
    ran.t += 500
    assert ran.go(100).programme.clock == pytest.approx(201, abs=1)


# ---------------------------------------------------------------- anchors and strides
def test_the_last_session_begins_with_the_anchor_once():
    ran = Ran(session(8)).warm()
    assert ran.programme.anchor_due is None
    assert ran.go(1).programme.anchor_due is not None
    ran.programme.anchor_said(ran.t)
    assert ran.go(100).programme.anchor_due is None


def test_an_anchor_that_could_not_be_said_in_time_is_left_out():
    assert Ran(session(8)).warm().go(62).programme.anchor_due is None


def test_who_is_reminded_hears_the_anchor_after_three_minutes():
    ran = Ran(done(probes=(), reminder=True)).warm().go(179)
    assert ran.programme.anchor_due is None
    assert ran.go(2).programme.anchor_due is not None


def test_a_probe_is_silent_for_ten_minutes_and_then_asks_for_the_words():
    ran = Ran(done()).warm().go(590)
    assert (ran.open_s, ran.programme.anchor_due) == (0.0, None)
    ran.moment.cadence = 150.0
    ran.go(12)
    assert ran.programme.anchor_due is not None
    ran.programme.anchor_said(ran.t)
    ran.moment.cadence = 170.0
    found = ran.go(400).programme.finish()
    assert found is not None
    assert (found.kind, found.ran_s) == ("probe", 900.0)
    assert found.measured_s == pytest.approx(600, abs=1)
    assert found.share == pytest.approx(590 / 600, abs=0.01)
    assert found.recalled_s == pytest.approx(300, abs=1)
    assert found.recall == 1.0


def test_a_probe_whose_words_were_never_said_recalls_nothing():
    found = Ran(done()).warm().go(1000).programme.finish()
    assert found is not None
    assert found.recall is None


def strides(number: int, count: int) -> int:
    ran, asked = Ran(session(number)).warm().go(60), 0
    for _ in range(count):
        ran.moment.speed = 3.6
        ran.go(1)
        if ran.programme.anchor_due is not None:
            asked += 1
            ran.programme.anchor_said(ran.t)
        ran.go(14)
        assert ran.programme.anchor_due is None
        ran.moment.speed = 3.0
        ran.go(30)
    return asked


@pytest.mark.parametrize(("number", "said"), [(1, 0), (2, 0), (3, 2), (4, 4), (5, 0), (6, 0)])
def test_the_anchor_comes_as_each_stride_of_the_third_and_fourth_session_begins(number, said):
    assert strides(number, 6) == said


def test_a_stride_needs_easy_running_before_it():
    ran = Ran(session(3)).warm().go(60)
    for speed, seconds in ((3.6, 10), (3.0, 5), (3.6, 1)):
        ran.moment.speed = speed
        ran.go(seconds)
    assert ran.programme.anchor_due is None


# ---------------------------------------------------------------- what others are told
def test_words_are_tried_then_chosen_then_few():
    found = [Ran(session(number)).programme.words for number in range(1, 9)]
    assert found == ["explore"] * 2 + ["anchor first"] * 4 + ["anchor only"] * 2


def test_cues_are_withheld_in_the_first_two_sessions_only():
    found = [under_plan(RunConfig(), session(number)).response.withhold for number in range(1, 9)]
    assert found == [20] * 2 + [0] * 6


def test_what_the_plan_changes_is_not_learnt_from_its_later_runs():
    tall = rule("tall", "pelvic_tilt > 7 deg", focus="posture")
    ran_before = (RunResult(TODAY, "posture", "session", 1, 900.0, 600.0, 500.0),)
    assert Ran(session(1, "posture"), tall).programme.frozen == frozenset()
    assert Ran(session(1, "posture", results=ran_before), tall).programme.frozen == {"pelvic_tilt"}
    assert Ran(session(1, results=ran_before)).programme.frozen == {"cadence"}


def test_what_earlier_runs_tell_nothing_of_is_learnt_in_each_run():
    ran_before = (RunResult(TODAY, "cadence", "session", 1, 900.0, 600.0, 500.0),)
    plan = session(1, results=ran_before)
    for learnt, frozen in ((("cadence", "speed"), {"cadence"}), (("speed",), set[str]()), (None, {"cadence"})):
        _, programme = planned(RunConfig(), plan, learnt)
        assert programme is not None
        assert programme.frozen == frozen


def test_a_run_under_no_plan_has_no_programme():
    for plan in (None, start(None, "cadence", TODAY), replace(stop(session(1), TODAY), today=TODAY)):
        config = RunConfig()
        assert planned(config, plan) == (config, None)


def test_no_plan_forbids_and_asks_nothing():
    free: SessionRules = NoPlan()
    free.anchor_said(1.0)
    free.helped(1.0)
    told = (free.closed, free.beat_closed, free.focus, free.words, free.anchor_due)
    assert told == (None,) * 5


def test_a_plan_without_a_day_cannot_be_run():
    with pytest.raises(ValueError, match="its day"):
        Programme(start(None, "cadence", TODAY), (), warm_up_s=0.0, seed=0)


def test_a_run_goes_on_the_same_after_it_was_put_away_in_the_middle():
    ran = Ran(session(6)).warm().go(700)
    copy = Ran(session(6))
    copy.t, copy.programme = ran.t, pickle.loads(pickle.dumps(ran.programme))
    assert copy.go(1200).programme.finish() == ran.go(1200).programme.finish()


# ---------------------------------------------------------------- the config of such a run
def test_a_config_follows_the_session():
    config = under_plan(RunConfig(), session(5))
    assert (config.focus, config.metronome) == ("cadence", "when needed")
    assert (config.caps.per_km, config.caps.per_run) == (1, 5)
    assert config.cadence.raise_ == 7.5
    assert under_plan(RunConfig(), session(7)).metronome == "off"
    assert under_plan(RunConfig(), session(1)).cadence.raise_ == 5.0


def test_what_a_runner_set_lower_or_off_stays():
    set_by_runner = RunConfig.model_validate(
        {"caps": {"per_km": 1, "per_run": 3}, "metronome": "off", "cadence": {"target": "172 spm"}}
    )
    config = under_plan(set_by_runner, session(1))
    assert (config.caps.per_km, config.caps.per_run, config.metronome) == (1, 3, "off")
    assert (config.cadence.target, config.cadence.raise_) == (172.0, None)


def test_a_beat_that_is_always_there_gives_way_to_one_when_needed():
    assert under_plan(RunConfig(metronome="always"), session(1)).metronome == "when needed"


def test_without_a_day_or_between_sessions_a_config_stays_as_it_is():
    config = RunConfig()
    assert under_plan(config, start(None, "cadence", TODAY)) is config
    assert under_plan(config, session(2, not_before=date(2026, 11, 9))) is config


def test_after_the_sessions_all_rules_may_speak_at_most_once_a_kilometre():
    config = under_plan(RunConfig(), done(probes=()))
    assert (config.focus, config.caps.per_km, config.cadence.raise_) == ("all", 1, 7.5)
