"""Pain and sore calves take the raise out of a run; pain said during one ends all words about form for good."""

from __future__ import annotations

import math

import pytest

from cuecoach.coach import Coach
from cuecoach.coaching.knowledge import Knowledge
from cuecoach.coaching.notices import EASE_OFF
from cuecoach.coaching.safety import DISCLAIMER, easy, is_sore, raises, unraised, verdict
from cuecoach.config import RunConfig
from cuecoach.events import Beat, BeatOff, Control, Hush, Note
from tests.coaching.coached import Run, rule, slouch


# ---------------------------------------------------------------- before a run
@pytest.mark.parametrize(
    ("pain", "found"), [(0, "coach"), (2, "coach"), (3, "easy"), (4, "rest"), (7, "rest"), (10, "rest")]
)
def test_pain_decides_what_a_run_may_be(pain: int, found: str) -> None:
    assert verdict(pain) == found


@pytest.mark.parametrize(("calf", "sore"), [(None, False), (0, False), (2, False), (3, True), (10, True)])
def test_calves_are_sore_from_three_on(calf: int | None, sore: bool) -> None:
    assert is_sore(calf) == sore


@pytest.mark.parametrize("cadence", [{"raise": "7.5 %"}, {"target": "180 spm"}])
def test_an_easy_run_keeps_the_runners_own_cadence_and_no_beat_leads(cadence: dict[str, str]) -> None:
    for asked, left in (("when needed", "off"), ("always", "follow"), ("follow", "follow"), ("off", "off")):
        config = RunConfig.model_validate({"cadence": cadence, "metronome": asked})
        found = easy(config)
        assert (found.cadence.raise_, found.cadence.target, found.metronome) == (0.0, None, left)
        assert raises(config) == (asked in ("when needed", "always"))
        assert not raises(found)
        assert not raises(unraised(config))
        assert unraised(config).metronome == asked


def test_with_sore_calves_the_coach_asks_for_no_more_steps_than_are_usual() -> None:
    for calf, target in ((2, 168.0), (3, 160.0), (None, 168.0)):
        run = Run(cadence={"raise": "5 %"})
        known = Knowledge(normals=run.coach.learned().normals, calf=calf)
        run.coach = Coach(run.coach.config, [], knowledge=known)
        run.go(15)
        assert run.coach.signals.target("cadence") == pytest.approx(target)
        assert run.coach.learned().calf == calf


def test_the_disclaimer_claims_nothing_and_tells_to_stop() -> None:
    text = " ".join(DISCLAIMER)
    assert "not a medical device" in text
    assert "estimates" in text
    assert "Stop if it hurts." in text


# ---------------------------------------------------------------- during a run
def test_pain_is_answered_with_one_notice_and_then_silence() -> None:
    run = Run(slouch()).go(20)
    run.handle(Control(run.t, "pain"))
    run.go(200, pelvic_tilt=12.0, cadence=140.0)
    assert run.said == [EASE_OFF]
    assert run.says[0].kind == "notice"
    assert run.coach.quiet_until == math.inf
    notes = [a.text for a in run.actions if isinstance(a, Note) and a.source == "runner"]
    assert notes == ["it hurts: no word about form and no beat for the rest of the run"]


@pytest.mark.parametrize("later", [Control(0.0, "speak"), Control(0.0, "quiet", 5.0), Control(0.0, "pain")])
def test_no_later_command_takes_it_back_or_says_it_again(later: Control) -> None:
    run = Run(slouch()).go(20)
    run.handle(Control(run.t, "pain"))
    run.go(5)
    run.handle(Control(run.t, later.command, later.for_s))
    run.go(100, pelvic_tilt=12.0)
    assert run.said == [EASE_OFF]
    assert run.coach.quiet_until == math.inf


def test_pain_breaks_off_the_words_about_form_and_the_notice_follows_at_once() -> None:
    run = Run(slouch()).go(20).go_until(lambda run: bool(run.says), pelvic_tilt=12.0)
    run.handle(Control(run.t, "pain"))
    hush = next(a for a in run.actions if isinstance(a, Hush))
    notice = run.says[-1]
    assert (hush.at, notice.text, notice.at) == (run.t, EASE_OFF, run.t)


def test_quiet_cuts_even_the_notice_short() -> None:
    run = Run(slouch()).go(20)
    run.handle(Control(run.t, "pain"))
    run.handle(Control(run.t + 0.5, "quiet"))
    assert any(isinstance(a, Hush) for a in run.actions)


def test_pain_in_quiet_is_heard_all_the_same() -> None:
    run = Run(slouch()).go(20)
    run.handle(Control(run.t, "quiet"))
    run.handle(Control(run.t, "pain"))
    assert run.said == [EASE_OFF]


def test_pain_ends_the_beat_for_good() -> None:
    steps = rule("steps", "cadence < 165 spm", beat_s=60.0, say=())
    run = Run(steps).go(20).go_until(lambda run: any(isinstance(a, Beat) for a in run.actions), cadence=150.0)
    run.handle(Control(run.t, "pain"))
    before = len(run.actions)
    run.go(120, cadence=150.0)
    assert any(isinstance(a, BeatOff) for a in run.actions[:before])
    assert not any(isinstance(a, Beat) for a in run.actions[before:])


def test_it_is_said_in_the_runners_language() -> None:
    coach = Coach(RunConfig(), [], notices={EASE_OFF: "Langsam"})
    assert [a.text for a in coach.handle(Control(1.0, "pain")) if hasattr(a, "duration")] == ["Langsam"]
