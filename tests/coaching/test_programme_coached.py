"""A whole run of a coach under a plan: what sounds, what does not, and what is known afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cuecoach.coach import Coach
from cuecoach.coaching.knowledge import Knowledge
from cuecoach.coaching.programme import begin
from cuecoach.coaching.programme_focus import start
from cuecoach.coaching.programme_state import PlanState
from cuecoach.coaching.programme_table import SESSIONS
from cuecoach.coaching.programme_windows import strew
from cuecoach.config import RunConfig
from cuecoach.events import TICK_S, Action, Beat, Decision, Reading, Say, SoundCommand, Tick
from cuecoach.modelled import ModelledSound
from cuecoach.rules import Rule
from cuecoach.rules.rule import PRIORITIES
from cuecoach.signals.normals import Normal, Normals
from tests.coaching.coached import rule

TODAY = date(2026, 11, 2)
NORMALS = Normals.fixed({"cadence": Normal(165, 1.5), "speed": Normal(3.0, 0.1)})


def slow(**settings: object) -> Rule:
    return rule("slow", "cadence < target - 3 %", focus="cadence", cooldown_s=30.0, **settings)


class Ran:
    """A runner with the same cadence all the time, and the coach beside."""

    def __init__(self, plan: PlanState | None, *rules: Rule, knowledge: Knowledge | None = None) -> None:
        config = RunConfig.model_validate({"gates": {"warm_up": "0 s"}, "metronome": "when needed"})
        known = knowledge or Knowledge(normals=NORMALS, plan=None if plan is None else begin(plan, TODAY))
        self.coach = Coach(config, rules, knowledge=known)
        self.sound = ModelledSound()
        self.t = 0.0
        self.actions: list[Action] = []

    def go(self, seconds: float, cadence: float = 165.0) -> Ran:
        for _ in range(round(seconds / TICK_S)):
            self.t += TICK_S
            found: list[Action] = []
            if self.t % 1 == 0:
                found += self.coach.handle(Reading(self.t, "pod", {"cadence": cadence, "speed": 3.0}))
            for event in self.sound.poll(self.t):
                found += self.coach.handle(event)
            found += self.coach.handle(Tick(self.t))
            for action in found:
                if isinstance(action, SoundCommand):
                    self.sound.send(action)
            self.actions += found
        return self

    @property
    def cues(self) -> list[Say]:
        return [a for a in self.actions if isinstance(a, Say) and a.kind == "cue"]


def session(number: int) -> PlanState:
    return replace(start(None, "cadence", TODAY), session=number)


@pytest.mark.parametrize("number", [5, 6, 7, 8])
def test_no_correction_sounds_outside_the_windows_nor_more_of_them_than_allowed(number):
    wanted = SESSIONS[number - 1]
    ran = Ran(session(number), slow()).go(wanted.seconds + 200)
    windows = strew(wanted.seconds, wanted.window, 0)
    assert 0 < len(ran.cues) <= wanted.per_run
    # The session's clock began some seconds into the run, when it was clear that the runner runs.
    lags = [TICK_S * k for k in range(60)]
    assert any(all(windows.open_at(cue.t - lag) for cue in ran.cues) for lag in lags)
    assert any(isinstance(a, Decision) and a.outcome == "faded" for a in ran.actions)


def test_what_is_urgent_is_said_in_a_silent_run_too():
    easy = replace(session(2), not_before=date(2026, 11, 9))
    urgent = rule("urgent", "cadence < 170 spm", focus="safety", priority=PRIORITIES["urgent"])
    ran = Ran(easy, slow(), urgent).go(120)
    assert {cue.rule for cue in ran.cues} == {"urgent"}


def test_the_last_sessions_lay_no_beat():
    assert not [a for a in Ran(session(7), slow(beat_s=60.0)).go(900).actions if isinstance(a, Beat)]
    assert [a for a in Ran(session(4), slow(beat_s=60.0)).go(900).actions if isinstance(a, Beat)]


def test_after_the_run_the_plan_knows_its_result():
    found = Ran(session(1), slow()).go(950, cadence=173.0).coach.learned().plan
    assert found is not None
    assert (found.waiting, found.today) == (True, None)
    assert found.recent is not None
    assert (found.recent.ran_s, found.recent.share) == (900.0, 1.0)


def test_without_a_plan_that_knows_its_day_nothing_differs():
    def heard(plan: PlanState | None) -> list[Action]:
        return Ran(None, slow(), knowledge=Knowledge(normals=NORMALS, plan=plan)).go(400).actions

    assert heard(session(7)) == heard(None)


def test_a_run_under_a_plan_goes_on_the_same_after_it_was_saved_in_the_middle():
    whole = Ran(session(6), slow(beat_s=60.0)).go(1200)
    cut = Ran(session(6), slow(beat_s=60.0)).go(500)
    cut.coach = Coach.load(cut.coach.save())
    assert cut.go(700).actions == whole.actions
    assert cut.coach.learned() == whole.coach.learned()
