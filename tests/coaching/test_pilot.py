"""The metronome pilot."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.coaching.gates import SETTLING
from cuecoach.coaching.pilot import LARGEST_STEP, LEAD_IN_S, STEP_EVERY_S, Mode, Pilot
from cuecoach.config import RunConfig
from cuecoach.events import TICK_S, Beat, BeatOff, Decision, ImuBlock, Reading, Step
from cuecoach.signals import Normal, Normals, Signals


def signals_at(cadence: float, target: float = 170, t: float = 20) -> Signals:
    config = RunConfig.model_validate({"cadence": {"target": f"{target} spm"}})
    signals = Signals(config, [], Normals.fixed({"cadence": Normal(cadence, 1.5)}))
    return run_on(signals, cadence, t)


def run_on(signals: Signals, cadence: float, seconds: float) -> Signals:
    begin = signals.now
    for k in range(1, round(seconds / TICK_S) + 1):
        t = begin + k * TICK_S
        if t % 1 == 0:
            signals.reading(Reading(t, "pod", {"cadence": cadence, "speed": 3.0}))
        signals.advance(t)
    return signals


def running(mode: Mode, cadence: float) -> tuple[Pilot, Signals]:
    """A pilot whose runner has been running for ten seconds at t = 20, and who has had no reason to beat before."""
    pilot, signals = Pilot(mode), signals_at(cadence)
    assert pilot.advance(10, signals, "warm-up") == []
    return pilot, signals


def sounds(done: list[Beat | BeatOff | Decision]) -> list[Beat | BeatOff]:
    return [a for a in done if not isinstance(a, Decision)]


def clicks(beat: Beat, until: float) -> list[float]:
    return [beat.at + k * 60 / beat.spm for k in range(int((until - beat.at) * beat.spm / 60) + 1)]


def test_a_beat_near_the_target_starts_at_it_and_ends_by_itself():
    pilot, signals = Pilot("when needed"), signals_at(168)
    beat = pilot.lay(20, "low-cadence", 60, signals)
    assert beat.spm == 170
    assert beat.at >= 20 + LEAD_IN_S
    assert sounds(pilot.advance(79.75, signals, None)) == []
    assert sounds(pilot.advance(80, signals, None)) == [BeatOff(80, 80, beat.id)]
    assert not pilot.beating


def test_a_distant_target_is_led_to_in_steps_the_runner_can_follow():
    pilot, signals = Pilot("when needed"), signals_at(155)
    beats = [pilot.lay(20, "low-cadence", 120, signals)]
    t = 20.0
    while t < 130:
        t += TICK_S
        signals.reading(Reading(t, "pod", {"cadence": beats[-1].spm, "speed": 3.0}))
        signals.advance(t)
        beats += [a for a in pilot.advance(t, signals, None) if isinstance(a, Beat)]
    assert beats[0].spm == pytest.approx(155 * (1 + LARGEST_STEP), abs=0.06)
    assert beats[-1].spm == 170
    for a, b in pairwise(beats):
        assert b.spm / a.spm <= 1 + LARGEST_STEP + 1e-3
        assert b.t - a.t >= STEP_EVERY_S


@given(st.floats(140, 190), st.floats(20, 60))
def test_a_change_of_tempo_keeps_the_phase_and_the_feet(cadence, target_shift):
    pilot, signals = Pilot("when needed"), signals_at(cadence, min(240, cadence + target_shift))
    beat = pilot.lay(20, "r", 120, signals)
    for k in range(1, 60):
        run_on(signals, cadence, 1)
        for new in sounds(pilot.advance(20 + k, signals, None)):
            grid = (new.at - beat.at) * beat.spm / 60
            assert grid == pytest.approx(round(grid), abs=1e-4)
            assert (new.first_side == beat.first_side) == (round(grid) % 2 == 0)
            beat = new


def test_the_first_click_falls_on_the_predicted_footfall():
    signals = signals_at(160)
    signals.gait(_block(19.9), [Step(19.9, 19.7, side="right", values={"cadence": 160})], [])
    signals.advance(20)
    beat = Pilot("when needed").lay(20, "r", 60, signals)
    steps = (beat.at - 19.7) * 160 / 60
    assert steps == pytest.approx(round(steps), abs=1e-3)
    assert beat.first_side == ("right" if round(steps) % 2 == 0 else "left")


def test_gates_and_quiet_stop_the_beat_at_once():
    pilot, signals = Pilot("when needed"), signals_at(168)
    pilot.lay(20, "r", 60, signals)
    assert isinstance(sounds(pilot.advance(21, signals, "walking"))[0], BeatOff)
    pilot.lay(22, "r", 60, signals)
    assert isinstance(pilot.silence(23, 400)[0], BeatOff)
    assert pilot.silence(24, 400) == []


def test_a_change_of_speed_does_not_stop_a_beat():
    pilot, signals = Pilot("when needed"), signals_at(168)
    pilot.lay(20, "r", 60, signals)
    assert sounds(pilot.advance(21, signals, SETTLING)) == []
    assert pilot.beating


def test_quiet_holds_for_a_beat_that_is_always_there():
    pilot, signals = running("always", 168)
    assert isinstance(pilot.advance(20, signals, None)[0], Beat)
    pilot.silence(21, 60)
    assert pilot.advance(59, signals, None) == []
    assert isinstance(pilot.advance(60, signals, None)[0], Beat)


def test_always_beats_whenever_the_runner_runs_also_in_the_warm_up():
    pilot, signals = running("always", 168)
    assert isinstance(pilot.advance(20, signals, "warm-up")[0], Beat)
    signals.advance(60)  # nothing was heard of the runner since
    assert isinstance(pilot.advance(60, signals, "no sensor says you are running")[0], BeatOff)


def test_always_waits_until_the_cadence_is_that_of_running():
    signals, pilot = signals_at(168), Pilot("always")
    assert pilot.advance(11, signals, "warm-up") == []
    assert pilot.advance(20.75, signals, "warm-up") == []
    assert isinstance(pilot.advance(21, signals, "warm-up")[0], Beat)


def test_off_never_beats():
    assert Pilot("off").advance(20, signals_at(168), None) == []
    assert not Pilot("off").offers_beat


def test_follow_takes_the_runners_own_tempo():
    pilot, signals = running("follow", 158)
    (beat,) = pilot.advance(20, signals, None)
    assert beat.spm == 158


def test_words_begin_just_after_a_click():
    pilot, signals = Pilot("when needed"), signals_at(168)
    beat = pilot.lay(20, "r", 60, signals)
    at = pilot.after_click(30.0, 0.06)
    after = next(c for c in clicks(beat, 60) if c + 0.06 >= 30.0)
    assert at == pytest.approx(after + 0.06)
    assert Pilot("off").after_click(30.0, 0.06) == 30.0


def _block(t: float) -> ImuBlock:
    import numpy as np

    times = np.arange(t - 2, t, 0.01)
    return ImuBlock(t, "imu", "sacrum", times, np.zeros((len(times), 3)))
