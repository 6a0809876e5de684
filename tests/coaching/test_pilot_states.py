"""A rule's beat: follow, lead, hold, rescue, gap; with hand-made legs."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cuecoach.coaching.pilot import EASED, Pilot
from cuecoach.coaching.pilot_grid import LARGEST_STEP
from cuecoach.coaching.pilot_states import FOLLOW_S, GAP_S, HOLD_S, LEAD_EVERY_S, LEAD_STEP, RELOCK_EVERY_S
from cuecoach.events import Beat, BeatOff, Decision
from tests.coaching.legs import Legs


def running(**settings: object) -> Legs:
    legs = Legs(**settings)  # type: ignore[arg-type]
    legs.go(20)
    return legs


# ---------------------------------------------------------------- follow
def test_it_begins_on_the_feet_at_the_runners_own_tempo():
    legs = running()
    beat = legs.lay()
    assert beat.spm == pytest.approx(160, abs=0.1)
    legs.go(1)
    assert legs.told == ["follow"]
    nearest = min(legs.steps, key=lambda s: abs(s.ic - beat.at))
    assert abs(nearest.ic - beat.at) < 0.005
    assert nearest.side == beat.first_side


def test_nobody_is_led_in_the_first_half_minute_nor_later_than_after_a_minute():
    legs = running()
    legs.lay()
    legs.go(FOLLOW_S[0] - 0.25)
    assert not legs.pilot.ramping
    assert not legs.pilot.leads(legs)  # type: ignore[arg-type]
    legs.go(FOLLOW_S[1] - FOLLOW_S[0] + 0.5)
    assert legs.pilot.ramping
    assert legs.pilot.leads(legs)  # type: ignore[arg-type]


@pytest.mark.parametrize("own", [156.0, 163.0])
def test_a_tempo_that_changes_while_it_follows_is_followed_without_a_jump(own: float):
    legs = running(catches_up=0.0)
    legs.lay()
    legs.go(2)
    legs.spm = own
    legs.go(FOLLOW_S[0] - 2.5)
    assert legs.pilot.state == "follow"
    assert 1 <= len(legs.beats) - 1 <= FOLLOW_S[0] / RELOCK_EVERY_S
    assert legs.beats[-1].spm == pytest.approx(own, rel=0.02)
    for a, b in pairwise(legs.beats):
        steps = (b.at - a.at) * a.spm / 60
        assert steps == pytest.approx(round(steps), abs=1e-3)


# ---------------------------------------------------------------- lead
def test_the_tempo_rises_one_percent_every_twenty_seconds_and_arrives():
    legs = running()
    legs.lay()
    legs.until("lead")
    legs.until("hold")
    led = [b for b in legs.beats if b.spm > 160.5]
    assert led[-1].spm == 168
    for a, b in pairwise(led):
        assert b.t - a.t >= LEAD_EVERY_S
        assert b.spm / a.spm <= 1 + LEAD_STEP + 1e-3


def test_on_the_way_the_click_comes_ahead_of_the_step_and_never_twice():
    legs = running()
    legs.lay()
    legs.until("lead")
    legs.until("hold")
    led = [b for b in legs.beats if b.spm > 160.5]
    for a, b in pairwise(led):
        steps = (b.at - a.at) * a.spm / 60
        sooner = (round(steps) - steps) * 60 / a.spm
        assert -1e-5 <= sooner <= 0.0201
    assert any((round(s) - s) > 0.01 for s in ((b.at - a.at) * a.spm / 60 for a, b in pairwise(led)))


def test_steps_that_lose_the_beat_are_not_pulled_further():
    legs = running()
    legs.lay()
    legs.until("lead")
    legs.go(15)
    legs.catches_up, legs.spm = 0.0, 156.0
    led = len(legs.beats)
    legs.go(14)
    assert len(legs.beats) == led


def test_the_tempo_goes_along_when_the_target_moves_with_the_speed():
    legs = running()
    legs.lay()
    legs.until("hold")
    legs.wanted = 174.0
    legs.go(12)
    assert legs.beats[-1].spm == pytest.approx(168 * (1 + LARGEST_STEP), abs=0.1)
    legs.go(6)
    assert legs.pilot.state == "hold"


# ---------------------------------------------------------------- hold and gap
def test_the_target_is_held_without_chasing_the_phase_and_then_left_to_the_runner():
    legs = running()
    legs.lay()
    legs.until("hold")
    held = len(legs.beats)
    legs.until("gap")
    assert len(legs.beats) == held
    assert legs.told == ["follow", "lead", "hold", "gap"]
    assert isinstance(legs.done[-1], BeatOff)
    begins = {d.outcome: d.t for d in legs.done if isinstance(d, Decision)}
    assert begins["gap"] - begins["hold"] >= HOLD_S
    assert begins["gap"] - begins["lead"] <= 2 * 60


def test_in_the_silence_after_a_beat_that_was_kept_neither_beat_nor_words_are_for_this_rule():
    legs = running()
    legs.lay()
    legs.until("gap")
    assert legs.pilot.answers("low-cadence")
    assert not legs.pilot.answers("other")
    assert not legs.pilot.offers_beat
    assert legs.pilot.helped("low-cadence")
    silent_since = legs.now
    legs.until("over")
    assert GAP_S[0] <= legs.now - silent_since <= GAP_S[1] + 0.5
    assert legs.told[-1] == "gap over"
    assert legs.pilot.offers_beat
    assert not legs.pilot.answers("low-cadence")


def test_the_end_of_the_silence_tells_whether_the_cadence_is_in_the_band():
    legs = running()
    legs.lay()
    legs.until("gap")
    legs.until("over")
    told = [a.why for a in legs.done if isinstance(a, Decision)][-1]
    assert told.endswith("not in the band")


# ---------------------------------------------------------------- rescue and leaving alone
def test_a_runner_who_cannot_follow_is_rescued_once_then_left_alone_with_words():
    legs = running(catches_up=0.0)
    legs.lay()
    legs.go(150)
    assert legs.told == ["follow", "lead", "rescue", "lead", "gap", "left alone"]
    assert legs.pilot.left_alone
    assert legs.pilot.eased == EASED
    assert not legs.pilot.beating
    assert not legs.pilot.offers_beat
    assert not legs.pilot.answers("low-cadence")
    rescue = next(i for i, a in enumerate(legs.done) if isinstance(a, Decision) and a.outcome == "rescue")
    back, up = [a for a in legs.done[rescue:] if isinstance(a, Beat)][:2]
    assert back.spm == pytest.approx(160, rel=0.02)
    assert up.spm == pytest.approx(160 * (1 + LARGEST_STEP), abs=0.2)


def test_a_rescued_runner_who_follows_then_is_led_on_and_not_left_alone():
    legs = running(catches_up=0.0)
    legs.lay()
    legs.until("rescue")
    legs.catches_up = 0.2
    legs.until("gap")
    assert not legs.pilot.left_alone
    assert legs.pilot.helped("low-cadence")


# ---------------------------------------------------------------- without step times
def test_without_step_times_it_leads_at_once_and_ends_after_its_time():
    legs = running(phased=False)
    beat = legs.lay()
    assert beat.spm == pytest.approx(160 * (1 + LARGEST_STEP), abs=0.1)
    legs.until("gap")
    assert legs.now - 20 == 60
    assert legs.pilot.helped("low-cadence")
    assert "lead" not in legs.told  # the rule's own beat says so


def test_without_step_times_a_cadence_that_does_not_come_along_leads_to_rescue():
    legs = running(phased=False, catches_up=0.0)
    legs.lay(120)
    legs.go(90)
    assert legs.told[:2] == ["rescue", "lead"]
    legs.go(40)
    assert not legs.pilot.helped("low-cadence")


def test_two_short_beats_that_were_not_followed_are_enough():
    legs = running(phased=False, catches_up=0.0)
    for _ in range(2):
        legs.lay(30)
        legs.go(30.25)
        assert "rescue" not in legs.told
        legs.go(GAP_S[1])
    assert legs.pilot.left_alone


# ---------------------------------------------------------------- others
@pytest.mark.parametrize("gate", ["walking", "no sensor says you are running"])
def test_a_gate_ends_the_beat_at_once_and_says_why(gate: str):
    legs = running()
    legs.lay()
    legs.go(5)
    told, off = legs.go(0.25, gate)
    assert isinstance(told, Decision)
    assert told.why == f"stopped: {gate}"
    assert isinstance(off, BeatOff)
    assert legs.pilot.offers_beat


def test_steps_that_stop_being_told_lose_nobody():
    legs = running()
    legs.lay()
    legs.until("lead")
    legs.phased = False
    legs.go(60)
    assert "rescue" not in legs.told


@hypothesis_settings(max_examples=30, deadline=None)
@given(
    own=st.floats(145, 178),
    up=st.floats(0.01, 0.08),
    for_s=st.sampled_from([20.0, 60.0, 120.0]),
    catches_up=st.sampled_from([0.0, 0.02, 0.2]),
    phased=st.booleans(),
)
def test_whatever_the_runner_does_steps_of_tempo_are_small_and_the_beat_ends(
    own: float, up: float, for_s: float, catches_up: float, phased: bool
):
    legs = running(spm=own, target=own * (1 + up), catches_up=catches_up, phased=phased)
    legs.lay(for_s)
    legs.go(5 * 60 + 2 * for_s)
    assert not legs.pilot.beating
    ids = [b.id for b in legs.beats]
    assert ids == sorted(set(ids))
    states = [d for d in legs.done if isinstance(d, Decision)]
    rescues = {d.t for d in states if d.outcome == "rescue"}
    for a, b in pairwise(legs.beats):
        if b.t not in rescues and a.t not in rescues:
            assert b.spm / a.spm <= 1 + 2 * LARGEST_STEP
        assert b.at > a.at or b.t > a.t


def test_the_pilot_is_the_same_with_the_same_steps():
    runs = []
    for _ in range(2):
        legs = running()
        legs.lay()
        legs.go(200)
        runs.append(legs.done)
    assert runs[0] == runs[1]


def test_a_pilot_that_is_off_neither_beats_nor_tells():
    legs = running()
    legs.pilot = Pilot("off")
    assert legs.go(30) == []
