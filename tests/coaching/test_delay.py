"""Headphones that are heard late: what must meet the feet is decided so much earlier, and the same in every replay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.coach import Coach
from cuecoach.coaching.pilot import LEAD_IN_S, Pilot
from cuecoach.coaching.voice import AFTER_CLICK_S
from cuecoach.config import RunConfig
from cuecoach.events import Beat, Decision, Say, Step
from cuecoach.offline import coach_through
from cuecoach.sensors.simulator import STORIES, SimulatedRunner
from tests.bundled import rules_of
from tests.coaching.test_pilot import _block, run_on, signals_at


@given(delay=st.floats(0, 1), cadence=st.floats(150, 185), since_step=st.floats(0.05, 1.2))
def test_the_first_click_is_planned_beyond_the_delay_and_on_a_footfall(delay: float, cadence: float, since_step: float):
    signals = signals_at(cadence)
    ic = 20 - since_step
    signals.gait(_block(19.95), [Step(19.95, ic, side="right", values={"cadence": cadence})], [])
    signals.advance(20)
    beat = Pilot("when needed", delay_s=delay).lay(20, "r", 60, signals)
    assert beat is not None
    assert 20 + LEAD_IN_S + delay - 1e-6 <= beat.at < 20 + LEAD_IN_S + delay + 60 / 140
    own = signals.metric("cadence")
    steps = (beat.at - ic) * own / 60
    assert steps == pytest.approx(round(steps), abs=1e-3)
    assert beat.first_side == ("right" if round(steps) % 2 == 0 else "left")


@given(st.floats(0, 1))
def test_a_change_of_tempo_is_planned_beyond_the_delay_on_a_click(delay: float):
    pilot, signals = Pilot("when needed", delay_s=delay), signals_at(155)
    beat, changes = pilot.lay(20, "r", 120, signals), 0
    assert beat is not None
    for k in range(1, 40):
        run_on(signals, 155, 1)
        for new in pilot.advance(20 + k, signals, None):
            if isinstance(new, Decision):
                continue
            assert isinstance(new, Beat)
            assert new.at >= new.t + LEAD_IN_S + delay - 1e-6
            grid = (new.at - beat.at) * beat.spm / 60
            assert grid == pytest.approx(round(grid), abs=1e-4)
            beat, changes = new, changes + 1
    assert changes >= 2


def coached(delay: str, metronome: str = "when needed") -> list[Beat | Say]:
    config = RunConfig.model_validate(
        {
            "sound": {"delay": delay},
            "cadence": {"target": "172 spm"},
            "gates": {"warm_up": "10 s"},
            "metronome": metronome,
            "hurry": 10,
            "caps": {"gap": "5 s"},
        }
    )
    runner = SimulatedRunner(STORIES["demo"], seed=1)
    ran = coach_through(Coach(config, rules_of("cadence", "posture", "bounce")), runner)
    return [action for action in ran.actions if isinstance(action, Beat | Say)]


def test_words_and_beats_of_a_run_are_planned_beyond_the_delay_and_the_same_each_time():
    actions = coached("180 ms")
    assert actions == coached("180 ms")
    assert {type(action) for action in actions} == {Beat, Say}
    for action in actions:
        assert action.at >= action.t + 0.18 + (LEAD_IN_S if isinstance(action, Beat) else 0.0) - 1e-6


def test_auto_that_nobody_has_looked_up_is_no_delay():
    assert coached("auto") == coached("0 ms")


def test_beside_a_beat_words_still_begin_just_after_a_click():
    beats: list[Beat] = []
    beside = 0
    for action in coached("180 ms", "always"):
        if isinstance(action, Beat):
            beats.append(action)
            continue
        beat = next((b for b in reversed(beats) if b.at <= action.at < (b.until or 1e9)), None)
        if beat is not None:
            grid = (action.at - AFTER_CLICK_S - beat.at) * beat.spm / 60
            assert grid == pytest.approx(round(grid), abs=1e-3)
            beside += 1
    assert beside >= 2
