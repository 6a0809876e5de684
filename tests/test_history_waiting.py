"""One moment of a rule says what it waits for, whatever keeps it silent: each reason in a run of its own."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date

import pytest

from cuecoach.coach import Coach
from cuecoach.coaching.knowledge import Knowledge
from cuecoach.coaching.programme import begin
from cuecoach.coaching.programme_focus import start
from cuecoach.coaching.programme_state import PlanState
from cuecoach.coaching.words_known import WordsKnown
from cuecoach.config import RunConfig
from cuecoach.events import Control, Decision
from cuecoach.history import Moment
from cuecoach.history.watch import _WatchedCoach
from cuecoach.rules import Phase, Reason, Rule
from cuecoach.signals import Normals
from tests.coaching import coached, test_outcomes
from tests.coaching.coached import NORMALS, Run, rule, slouch
from tests.coaching.test_outcomes import CASES, PLAIN

TODAY = date(2026, 11, 2)
#: What each run waits for at the moment its reason is told.
EXPECTED = {
    "not_met": "`pelvic_tilt > baseline + 3 deg` (3.0 deg short of it)",
    "holding": "8 s more without a break",
    "due": "a run with `metronome: when needed`; this one has `metronome: off`",
    "spoken": "",
    "spoken_as_a_beat": "",
    "cooling_down": "the end of its cooldown at 0:48",
    "its_own_limit": "room under the limit of 1 per run",
    "once_an_episode": "room under the limit of 1 per episode",
    "the_limit_of_all": "room under the limit of 1 per run, all rules together",
    "outranked": "its turn: taller was spoken",
    "the_gap": "the end of the gap of 10 s after taller's “One”, at 0:38",
    "the_voice_is_busy": "the end of what is being said",
    "gated_by_the_coach": "running",
    "gated_by_the_rule": "`only_if: elapsed > 10 min`",
    "no_fresh_data": "pelvic_tilt",
    "sensor_slipped": "a calibration of the sensor that moved: stand still, then tall",
    "baseline_not_ready": "baseline of pelvic_tilt",
    "not_in_focus": "a run with its focus, `tall`; this one has `focus: cadence`",
    "muted": "the end of the quiet that the runner asked for; it has none but the runner's word",
    "never_answered": "the voice: its words could not start in time; then the end of the gap of 10 s",
    "nearly_mended": "the end of the fault, or its growing; with 25 % left, said again 1.8 cooldowns after, at 1:03",
    "withheld": "the end of the wait at 1:08, as long as after a cue; 100 % of due cues stay unsaid by chance",
    "no_change": "the next run: 3 cues did not help, and there is nothing else to try; the last took away 0 % of the fault",
}


def watch(monkeypatch: pytest.MonkeyPatch, at: float, name: str = "tall", known: Knowledge | None = None) -> None:
    """Let runs that are made from now on be coached by a coach that is watched at `at`."""

    def watched(config: RunConfig, rules: tuple[Rule, ...], *, knowledge: Knowledge) -> Coach:
        return _WatchedCoach(config, rules, name, at, known or knowledge)

    monkeypatch.setattr(coached, "Coach", watched)


def seen(run: Run) -> Moment:
    assert isinstance(run.coach, _WatchedCoach)
    assert run.coach.moment is not None
    return run.coach.moment


def when(run: Run, outcome: Reason | str, name: str = "tall") -> float:
    """Return when the rule's reason became this one last; what is told between ticks is seen at the next."""
    t = next(d.t for d in reversed(run.decisions(name)) if d.outcome == str(outcome))
    return math.ceil(4 * t) / 4


def moment_of(case: Callable[[], Run], outcome: Reason | str, monkeypatch: pytest.MonkeyPatch) -> Moment:
    watch(monkeypatch, math.inf)
    at = when(case(), outcome)
    watch(monkeypatch, at)
    return seen(case())


@pytest.mark.parametrize("case", [c for c in CASES if c.__name__ in EXPECTED], ids=lambda case: case.__name__)
def test_each_reason_says_what_it_waits_for(case, monkeypatch):
    moment = moment_of(case, CASES[case][0], monkeypatch)
    assert moment.why.outcome == str(CASES[case][0])
    assert moment.waits_for.startswith(EXPECTED[case.__name__])
    assert bool(moment.waits_for) == bool(EXPECTED[case.__name__])


def test_no_reason_of_a_run_without_plan_is_left_out():
    assert {case.__name__ for case in CASES} == {*EXPECTED, "its_own_beat_sounds", "expired"}


# ---------------------------------------------------------------- beats
def test_a_rule_whose_beat_sounds_waits_for_its_end(monkeypatch):
    moment = moment_of(test_outcomes.its_own_beat_sounds, Reason.TOO_SOON, monkeypatch)
    assert moment.waits_for == f"the end of {moment.beat}"
    assert moment.beat.startswith("its own beat (lead: 1")
    assert "spm, target 170 spm" in moment.beat


def test_another_rule_waits_for_a_beat_that_leads_to_arrive(monkeypatch):
    slow = rule("slow", "cadence < target - 3 %", beat_s=60.0)

    def case() -> Run:
        return Run(slow, PLAIN, caps={"gap": "0 s"}).go(30, cadence=158.0).go(20, cadence=158.0, pelvic_tilt=9.0)

    moment = moment_of(case, Reason.TOO_SOON, monkeypatch)
    assert moment.waits_for.startswith("a beat that has arrived: slow's beat (lead: ")
    assert moment.waits_for.endswith(" leads to another tempo")


def test_a_rule_that_has_only_a_beat_says_why_there_is_none_now(monkeypatch):
    def two(first: str = "when needed", **settings: object) -> Callable[[], Run]:
        only = rule("tall", "cadence < target - 3 %", say=(), beat_s=20.0, cooldown_s=15.0)
        return lambda: Run(only, metronome=first, **settings).go(200, cadence=150.0)

    silence = "the end of the silence after its beat, in which the tempo is kept alone, at 1:23"
    assert moment_of(two(), Reason.DUE, monkeypatch).waits_for == silence
    watch(monkeypatch, 150.0)
    assert seen(two()()).waits_for in (
        "the next run: the steps lost the beat twice, so that none is laid any more",
        "the next fault: a beat was tried in this one",
    )
    assert moment_of(two("follow"), Reason.DUE, monkeypatch).waits_for == (
        "a run with `metronome: when needed`; this one has `metronome: follow`"
    )


# ---------------------------------------------------------------- gates
@pytest.mark.parametrize(
    ("values", "config", "expected"),
    [
        ({"speed": 1.9, "cadence": 160.0}, {}, "a speed of 2.0 m/s or more; it is 1.9 m/s"),
        ({"grade": 6.0}, {}, "a slope of 3 % or less; it is 6.0 %"),
        ({"cadence": None, "speed": None}, {}, "a sensor that tells cadence or steps"),
        ({}, {"race": True}, "a run without `race: true`"),
        ({}, {"gates": {"warm_up": "90 s"}}, "the end of the warm-up at 1:30"),
    ],
)
def test_each_gate_says_what_opens_it(values, config, expected, monkeypatch):
    def case() -> Run:
        return Run(PLAIN, **config).go(20).go(20, **values)

    assert moment_of(case, Reason.GATED, monkeypatch).waits_for == expected


def test_a_change_of_speed_waits_for_steady_running(monkeypatch):
    def case() -> Run:
        return Run(PLAIN, gates={"warm_up": "0 s", "settle": "12 s"}).go(30).go(10, speed=4.0)

    expected = "12 s in which speed changes by no more than 0.3 m/s"
    assert moment_of(case, Reason.GATED, monkeypatch).waits_for == expected


def test_a_rule_that_asks_too_much_of_its_sensor_waits_for_another_one(monkeypatch):
    def case() -> Run:
        return Run(rule("tall", "pelvic_tilt > 8 deg")).go(20).go(20, pelvic_tilt=12.0)

    moment = moment_of(case, Reason.GATED, monkeypatch)
    assert moment.why.sentence == "gated: this sensor's pelvic_tilt can only be compared with itself"
    assert moment.waits_for == (
        "a sensor that is exact for it, or a `when` that compares it with the runner's `baseline`"
    )


def test_quiet_for_a_while_says_until_when(monkeypatch):
    def case() -> Run:
        run = Run(PLAIN).go(20)
        run.handle(Control(run.t, "quiet", 120.0))
        return run.go(20, pelvic_tilt=9.0)

    expected = "the end of the quiet that the runner asked for, at 2:20"
    assert moment_of(case, Reason.MUTED, monkeypatch).waits_for == expected


# ---------------------------------------------------------------- words and what they did
def test_a_step_of_the_ladder_says_why_other_words_came_and_what_the_last_did(monkeypatch):
    def case() -> Run:
        return Run(slouch(cooldown_s=45.0, praise=None)).go(20).go(130, pelvic_tilt=9.0)

    moment = moment_of(case, Reason.SPOKEN, monkeypatch)
    assert moment.chosen is not None
    assert (moment.chosen.text, moment.chosen.t) == ("Tuck tail", moment.t)
    assert moment.chosen.because == "other words: pelvic_tilt moved 0.0 deg of 4.0 deg"
    assert moment.response == ("“Two” of 1:13 took away 0 % of the fault; 5 % were to be expected without a cue")
    assert moment.why.sentence.endswith(moment.chosen.because)


def test_a_choice_by_what_helped_is_told_long_after_the_cue(monkeypatch):
    words = WordsKnown()
    for n in range(12):
        words = words.judged("tall", "Two", 1.0, helped=n < 11).judged("tall", "One", 0.0, helped=False)
        words = words.judged("tall", "Three", 0.0, helped=False)
    known = Knowledge(normals=Normals.fixed(NORMALS), words=words)
    watch(monkeypatch, 35.0, known=known)
    moment = seen(Run(PLAIN).go(20).go(20, pelvic_tilt=9.0))
    assert moment.why.outcome == "cooling down"
    assert moment.chosen is not None
    assert (moment.chosen.text, moment.chosen.because) == ("Two", "chosen: helped 11 of 12 times")


def test_a_withheld_cue_that_was_judged_is_told_as_such(monkeypatch):
    watch(monkeypatch, 80.0)
    moment = seen(test_outcomes.withheld().go(60, pelvic_tilt=9.0))
    assert moment.response.startswith("the cue that was withheld of 0:28 took away 0 % of the fault")
    assert moment.chosen is None


# ---------------------------------------------------------------- under a plan
def slow(**settings: object) -> Rule:
    return rule("tall", "cadence < target - 3 %", focus="cadence", cooldown_s=30.0, **settings)


def planned(monkeypatch: pytest.MonkeyPatch, session: int, at: float = math.inf, **changes: object) -> Run:
    """Return a run under the plan's session so-and-so, of a runner whose cadence is too low all the time."""
    plan = start(None, "cadence", TODAY)
    data = {**plan.to_json(), "session": session, **changes}
    known = Knowledge(normals=Normals.fixed(NORMALS), plan=begin(PlanState.from_json(data), TODAY))
    watch(monkeypatch, at, known=known)
    return Run(slow(), cadence={"raise": "5 %"})


def test_outside_the_windows_of_a_plan_the_next_one_is_told_with_its_time(monkeypatch):
    at = when(planned(monkeypatch, 5).go(700, cadence=150.0), Reason.FADED)
    moment = seen(planned(monkeypatch, 5, at).go(700, cadence=150.0))
    assert moment.why.sentence == "faded: outside the plan's windows"
    assert moment.waits_for.startswith("window ")
    assert "more of running (Session 5 of 8: " in moment.waits_for
    # It opens when it says.
    wait = moment.waits_for.partition("after ")[2].partition(" more")[0]
    minutes, seconds = map(int, wait.split(":"))
    run = planned(monkeypatch, 5).go(at + 60 * minutes + seconds - 3, cadence=150.0)
    assert run.coach._programme.closed is not None
    assert run.go(6, cadence=150.0).coach._programme.closed is None


def test_an_easy_run_of_a_plan_waits_for_one_that_trains(monkeypatch):
    at = when(planned(monkeypatch, 3, hurts=True).go(60, cadence=150.0), Reason.FADED)
    moment = seen(planned(monkeypatch, 3, at, hurts=True).go(60, cadence=150.0))
    assert moment.waits_for.startswith("a run that trains; this one is silent by the plan (Easy run")


def test_after_the_session_nothing_more_comes(monkeypatch):
    at = when(planned(monkeypatch, 1).go(960, cadence=150.0), Reason.FADED)
    moment = seen(planned(monkeypatch, 1, at).go(960, cadence=150.0))
    assert moment.waits_for == "the next run: the session of 15 minutes of running is over"


def test_an_anchor_without_a_fault_is_told_at_its_moment_and_the_rule_goes_on(monkeypatch):
    at = when(planned(monkeypatch, 8).go(60, cadence=171.0), Reason.REMINDED)
    moment = seen(planned(monkeypatch, 8, at).go(60, cadence=171.0))
    assert (moment.why.outcome, moment.why.sentence) == ("reminded", "the plan asks for it once now")
    assert moment.chosen is not None
    assert moment.chosen.because == "the plan asks for it once now"
    assert moment.waits_for.startswith("`cadence < target - 3 %`") or moment.phase is not Phase.RESTING
    later = seen(planned(monkeypatch, 8, at + 10).go(60, cadence=171.0))
    assert later.why.outcome == "not met"


def test_decisions_are_the_same_when_watched(monkeypatch):
    plain = [d for d in test_outcomes.no_change().actions if isinstance(d, Decision)]
    watch(monkeypatch, 100.0)
    assert [d for d in test_outcomes.no_change().actions if isinstance(d, Decision)] == plain
