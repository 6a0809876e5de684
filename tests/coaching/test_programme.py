"""The fading programme: which run comes next, and what follows from the last one."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.coaching.programme import begin, conclude, feel, lesson, report
from cuecoach.coaching.programme_focus import ORDER, easy_cadence, finished_foci, start, stop, suggest
from cuecoach.coaching.programme_state import Earlier, PlanState, Probe, RunResult
from cuecoach.coaching.programme_table import LAST, SESSIONS
from cuecoach.coaching.programme_words import day_text, next_text, result_text, status_text
from cuecoach.errors import UsageError
from cuecoach.signals.normals import Normal, Normals

MONDAY = date(2026, 11, 2)


def plan(session: int = 1, **settings: object) -> PlanState:
    return replace(start(None, "cadence", MONDAY), session=session, **settings)


def result(session: int, share: float | None, **settings: object) -> RunResult:
    measured = 0.0 if share is None else 600.0
    kept = 0.0 if share is None else 600.0 * share
    found = RunResult(MONDAY, "cadence", "session", session, SESSIONS[session - 1].seconds, measured, kept)
    return replace(found, **settings)


def after(session: int, share: float | None, pain: int = 0, calf: int = 0, **settings: object) -> PlanState:
    return report(conclude(plan(session), result(session, share, **settings)), pain, calf)


def finished(**settings: object) -> PlanState:
    return replace(after(LAST, 0.9), **settings)


def probed(before: PlanState, kept: float | None, recalled: float | None, **settings: object) -> PlanState:
    def seconds(share: float | None) -> tuple[float, float]:
        return (0.0, 0.0) if share is None else (300.0, 300.0 * share)

    found = RunResult(MONDAY + timedelta(8), "cadence", "probe", 0, 900.0, *seconds(kept), *seconds(recalled))
    return report(conclude(before, replace(found, **settings)), 0, 0)


# ---------------------------------------------------------------- the table
def test_the_sessions_add_up_to_the_minutes_of_the_trials_that_lasted():
    assert sum(each.minutes for each in SESSIONS) == 195
    assert [each.number for each in SESSIONS] == list(range(1, 9))


def test_help_never_grows_from_session_to_session():
    for before, next_one in itertools.pairwise(SESSIONS):
        assert next_one.window <= before.window
        assert next_one.per_run <= before.per_run
        assert next_one.minutes - before.minutes in (0, 3)


def test_cadence_is_raised_by_five_percent_at_first_and_never_by_as_much_again():
    raises = [each.raise_percent for each in SESSIONS]
    assert raises == [5, 5, 7.5, 7.5, 7.5, 7.5, 7.5, 7.5]


# ---------------------------------------------------------------- after a session (PRG-1)
@pytest.mark.parametrize("session", range(1, LAST + 1))
@pytest.mark.parametrize(
    ("share", "pain", "calf", "steps"),
    [
        (0.70, 2, 2, 1),
        (1.00, 0, 0, 1),
        (0.69, 0, 0, 0),
        (0.50, 0, 0, 0),
        (0.49, 0, 0, -1),
        (0.00, 0, 0, -1),
        (0.90, 3, 0, 0),
        (0.90, 0, 3, -1),
        (0.90, 5, 4, -1),
        (0.30, 4, 0, -1),
        (None, 0, 0, 0),
        (None, 0, 9, -1),
    ],
)
def test_a_session_leads_on_once_more_or_back(session, share, pain, calf, steps):
    found = after(session, share, pain, calf)
    assert found.session == max(1, session + steps)
    assert not found.waiting
    assert found.why


def test_the_reason_of_a_step_is_one_plain_sentence():
    assert after(2, 0.8).why == "80 % of the time in band: on to session 3"
    assert after(5, 0.8).why == "80 % of the time without help in band: on to session 6"
    assert after(3, 0.6).why == "60 % of the time in band, less than 70 %: once more session 3"
    assert after(5, 0.2).why == "20 % of the time without help in band, less than 50 %: back to session 4"
    assert after(1, 0.2).why == "20 % of the time in band, less than 50 %: once more session 1"
    assert after(4, 0.9, calf=4).why == "calves 4 of 10 sore: back to session 3"
    assert after(2, None).why == "too little was measured to tell: once more session 2"


def test_a_session_cut_short_is_run_again():
    assert after(5, 0.9, ran_s=900.0).why == "15 of 27 minutes were run: once more session 5"


def test_without_a_word_on_pain_the_next_run_does_not_go_on():
    waiting = conclude(plan(3), result(3, 0.9))
    assert (waiting.waiting, waiting.session) == (True, 3)
    begun = begin(waiting, MONDAY + timedelta(2))
    assert (begun.session, begun.waiting, begun.today) == (3, False, MONDAY + timedelta(2))
    assert begun.why == "you did not say how it felt: once more session 3"


def test_without_a_word_on_pain_too_little_in_band_still_leads_back():
    assert begin(conclude(plan(3), result(3, 0.3)), MONDAY).session == 2


def test_two_days_lie_between_sessions_and_a_run_before_that_is_easy_and_silent():
    found = after(1, 0.9)
    assert found.not_before == MONDAY + timedelta(2)
    assert lesson(found, MONDAY + timedelta(1)).kind == "easy"
    assert lesson(found, MONDAY + timedelta(2)).number == 2


def test_a_run_that_was_no_session_changes_nothing():
    before = replace(plan(2), today=MONDAY)
    assert conclude(before, None) == plan(2)


# ---------------------------------------------------------------- pain (SAF-1)
def test_pain_stops_the_training_until_it_is_gone():
    hurt = after(2, 0.9, pain=3)
    assert hurt.hurts
    assert lesson(hurt, MONDAY + timedelta(9)).kind == "easy"
    assert hurt.why.endswith("pain 3 of 10: run easy, no coached run until it is 2 or less")
    well = report(hurt, 1, 0)
    assert lesson(well, MONDAY + timedelta(9)).number == 2
    assert well.why == "nothing hurts any more: the plan goes on"


def test_bad_pain_sends_to_a_clinician():
    assert "see a clinician" in feel(plan(), 4).why


def test_no_pain_before_a_run_changes_nothing():
    assert feel(plan(), 2) == plan()


@pytest.mark.parametrize(("pain", "calf"), [(-1, 0), (11, 0), (0, 11)])
def test_only_0_to_10_are_answers(pain, calf):
    with pytest.raises(UsageError, match="is not a number for"):
        report(plan(), pain, calf)


# ---------------------------------------------------------------- what was kept (PRG-2)
def test_after_the_last_session_probes_fall_due_on_days_7_and_30():
    found = finished()
    assert found.done
    assert [probe.due - MONDAY for probe in found.probes] == [timedelta(7), timedelta(30)]
    assert lesson(found, MONDAY + timedelta(6)).kind == "upkeep"
    assert lesson(found, MONDAY + timedelta(7)).kind == "probe"


def test_what_was_kept_without_a_word_needs_none():
    found = probed(finished(), 0.8, 0.3)
    assert (found.booster, found.reminder, len(found.probes)) == (False, False, 1)
    assert found.why == "80 % in band without a word: it is yours"


def test_who_needs_the_words_gets_them_early_in_each_run():
    found = probed(finished(), 0.4, 0.8)
    assert found.reminder
    assert lesson(found, MONDAY + timedelta(9)).anchor_at == 180.0


def test_when_the_words_do_not_bring_it_back_a_booster_follows_and_then_upkeep():
    found = probed(finished(), 0.4, 0.5)
    assert found.booster
    booster = lesson(found, MONDAY + timedelta(11))
    assert (booster.kind, booster.window) == ("booster", SESSIONS[5].window)
    run = RunResult(MONDAY + timedelta(11), "cadence", "booster", 6, 1800.0, 900.0, 500.0)
    again = report(conclude(found, run), 0, 0)
    assert again.booster
    enough = report(conclude(found, replace(run, in_band_s=700.0)), 0, 0)
    assert not enough.booster
    assert enough.why.endswith("the booster was enough")


def test_a_probe_that_measured_too_little_is_run_again():
    for kept, recalled in ((None, None), (0.3, None)):
        found = probed(finished(), kept, recalled)
        assert len(found.probes) == 2
        assert lesson(found, MONDAY + timedelta(9)).kind == "probe"


def test_a_probe_after_both_days_answers_both():
    assert probed(finished(), 0.9, 0.9, day=MONDAY + timedelta(31)).probes == ()


# ---------------------------------------------------------------- the focus (PRG-3)
@pytest.mark.parametrize(
    ("own", "done", "focus"),
    [
        (None, (), "cadence"),
        (165.0, (), "cadence"),
        (170.0, (), "posture"),
        (182.0, (), "posture"),
        (160.0, ("cadence",), "posture"),
        (160.0, ("cadence", "posture"), "hips"),
        (160.0, ("cadence", "posture", "hips"), "bounce"),
    ],
)
def test_cadence_comes_first_for_those_with_slow_steps(own, done, focus):
    found = suggest(own, done)
    assert found is not None
    assert found[0] == focus


def test_when_all_is_trained_nothing_is_suggested():
    assert suggest(160.0, ORDER) is None


def test_nobody_with_quick_steps_is_asked_for_more():
    with pytest.raises(UsageError, match="your own cadence is 181 spm"):
        start(None, "cadence", MONDAY, 181.0)
    assert start(None, "cadence", MONDAY, 175.0).focus == "cadence"  # as the runner wishes


def test_there_is_one_plan_at_a_time():
    with pytest.raises(UsageError, match="a plan for cadence is on"):
        start(plan(), "posture", MONDAY + timedelta(30))


def test_a_focus_without_a_plan_is_named():
    with pytest.raises(UsageError, match="`arms` has no plan; use one of cadence, posture, hips, bounce"):
        start(None, "arms", MONDAY)


def test_no_two_new_foci_in_a_fortnight():
    stopped = stop(after(1, 0.9), MONDAY + timedelta(3))
    with pytest.raises(UsageError, match="2026-11-16 or later"):
        start(stopped, "posture", MONDAY + timedelta(13))
    assert start(stopped, "posture", MONDAY + timedelta(14)).focus == "posture"
    assert start(stopped, "cadence", MONDAY + timedelta(3)).focus == "cadence"


def test_a_plan_of_which_nothing_was_run_does_not_count():
    assert start(stop(plan(), MONDAY), "posture", MONDAY).focus == "posture"


def test_only_cadence_is_raised():
    assert lesson(start(None, "posture", MONDAY), MONDAY).raise_percent is None
    assert lesson(plan(), MONDAY).raise_percent == 5.0


def test_what_is_finished_is_known():
    later = start(finished(), "posture", MONDAY + timedelta(20))
    assert finished_foci(later) == {"cadence", "posture"}
    assert later.why.endswith("what you keep of cadence is not asked any more")
    assert finished_foci(None) == set()


def test_no_plan_means_no_lesson():
    assert lesson(stop(plan(), MONDAY), MONDAY) is None


def test_the_own_cadence_is_that_of_the_own_easy_speed():
    assert easy_cadence(Normals()) is None
    known = Normals.fixed({"cadence": Normal(165, 1), "speed": Normal(2.5, 0.1)})
    assert easy_cadence(known) == pytest.approx(165 - 0.5 * 7.0)
    assert easy_cadence(Normals.fixed({"cadence": Normal(165, 1)})) == 165


# ---------------------------------------------------------------- in words
def test_the_calendar_is_in_words():
    third = replace(plan(3), not_before=MONDAY + timedelta(2))
    assert next_text(third, MONDAY)[0] == (
        "Session 3 of 8: 21 minutes, cues the whole time, +7.5 %. Go on Wednesday or later"
    )
    assert next_text(third, MONDAY + timedelta(5))[0].endswith("Any day from today")
    assert next_text(plan(6), MONDAY)[0].startswith("Session 6 of 8: 30 minutes, cues in 45 % of it, +7.5 %")


@pytest.mark.parametrize(
    ("ahead", "text"), [(0, "today"), (1, "tomorrow"), (6, "on Sunday"), (7, "on 2026-11-09"), (40, "on 2026-12-12")]
)
def test_days_are_named_as_people_do(ahead, text):
    assert day_text(MONDAY + timedelta(ahead), MONDAY) == text


def test_after_the_sessions_the_calendar_names_the_next_probe():
    lines = next_text(finished(), MONDAY + timedelta(2))
    assert lines[0] == "What was kept: 15 minutes, +7.5 %. Go on Monday or later"
    assert lines[-1] == "Until then the coach speaks at most once a kilometre"


def test_pain_is_named_before_all_else_that_is_to_come():
    assert any("let the pain pass" in line for line in next_text(feel(plan(), 5), MONDAY))


def test_the_status_tells_the_runs_the_reason_and_what_is_missing():
    lines = list(status_text(conclude(plan(2), result(2, 0.8)), MONDAY))
    assert lines[0] == "Plan for cadence, begun 2026-11-02: session 2 of 8"
    assert lines[1] == "  2026-11-02  session 2: 18 minutes, 80 % in band"
    assert any("cuecoach plan report" in line for line in lines)
    told = after(2, None, pain=1, calf=2).results[0]
    assert result_text(told).endswith("too little measured, pain 1 of 10, calves 2 of 10")


# ---------------------------------------------------------------- JSON
days = st.dates(date(2020, 1, 1), date(2099, 1, 1))
seconds = st.floats(0, 4000)
scores = st.none() | st.integers(0, 10)
foci = st.sampled_from(ORDER)
kinds = st.sampled_from(["session", "booster", "probe"])
results = st.builds(
    RunResult, days, foci, kinds, st.integers(0, 8), seconds, seconds, seconds, seconds, seconds, scores, scores
)
plans = st.builds(
    PlanState,
    st.none() | foci,
    days,
    days,
    st.integers(1, 9),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.lists(st.builds(Probe, st.integers(1, 99), days), max_size=2).map(tuple),
    st.lists(results, max_size=4).map(tuple),
    st.lists(st.builds(Earlier, foci, days, days, st.booleans()), max_size=2).map(tuple),
    st.text(max_size=40),
    st.none() | days,
)


@given(plans)
def test_a_plan_survives_being_written_and_read(found):
    assert PlanState.from_json(json.loads(json.dumps(found.to_json()))) == found


@given(st.lists(st.tuples(st.none() | st.floats(0, 1), scores, scores), max_size=30))
def test_whatever_happens_the_plan_stays_between_its_ends_and_says_why(history):
    now, day = plan(), MONDAY
    for share, pain, calf in history:
        found = lesson(now, day)
        assert found is not None
        if found.kind in ("easy", "upkeep"):
            now = report(now, 0, 0)
        else:
            number = found.number
            measured = 0.0 if share is None else 300.0
            run = RunResult(day, "cadence", found.kind, number, found.seconds, measured, measured * (share or 0.0))
            before = now.session
            now = conclude(begin(now, day), run)
            now = begin(now, day) if pain is None else report(now, pain, calf or 0)
            assert abs(now.session - before) <= 1
        assert 1 <= now.session <= LAST + 1
        assert now.why
        day += timedelta(3)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"pace": 3}, "plan.pace"),
        ({"session": 12}, "plan.session"),
        ({"begun": "soon"}, "plan.begun"),
        ({"results": [{"day": "2026-11-02"}]}, "plan.results.0"),
    ],
)
def test_what_cannot_be_a_plan_is_refused_by_name(change, named):
    with pytest.raises(UsageError, match=named):
        PlanState.from_json({**plan().to_json(), **change})


def test_something_else_is_no_plan():
    with pytest.raises(UsageError):
        PlanState.from_json([1])
