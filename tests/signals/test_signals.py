"""The moment as rules see it."""

import pytest

from cuecoach.config import RunConfig
from cuecoach.events import TICK_S, Reading
from cuecoach.signals import Normal, Normals, Signals


def config(**settings: object) -> RunConfig:
    quick = {
        "learn_from": "0 s",
        "ready_after": "20 s",
        "fixed_after": "60 s",
        "start_from": "10 s",
        "start_to": "30 s",
    }
    return RunConfig.model_validate({"baseline": quick, **settings})


def play(signals: Signals, seconds: float, busy: tuple[str, ...] = (), **values: float) -> Signals:
    """Feed one reading a second and tick, from where the signals are."""
    begin = signals.now
    ticks = round(seconds / TICK_S)
    for k in range(1, ticks + 1):
        t = begin + k * TICK_S
        if t % 1 == 0:
            signals.reading(Reading(t, "pod", values))
        signals.advance(t, lambda: busy)
    return signals


def test_running_walking_and_standing_are_told_apart():
    signals = Signals(config(), [])
    assert play(signals, 10, cadence=165, speed=2.8).activity == "running"
    assert play(signals, 10, cadence=112, speed=1.5).activity == "walking"
    assert play(signals, 10, speed=0.0).activity == "still"


def test_a_treadmill_runner_whose_watch_reads_zero_speed_is_running_at_unknown_speed():
    signals = play(Signals(config(), []), 10, cadence=165, speed=0.0)
    assert signals.activity == "running"
    assert signals.speed is None


def test_without_data_nothing_is_known():
    signals = Signals(config(), [])
    signals.advance(1)
    assert signals.activity is None
    assert signals.state("running") is None
    assert signals.metric("cadence") is None
    assert signals.baseline("cadence") is None


def test_old_data_is_unknown_again():
    signals = play(Signals(config(), []), 10, cadence=165, speed=2.8)
    signals.advance(signals.now + 6)
    assert signals.metric("cadence") is None
    assert signals.activity is None


def test_the_baseline_follows_speed():
    signals = play(Signals(config(), []), 60, cadence=165, speed=3.0)
    assert signals.baseline("cadence") == pytest.approx(165)
    play(signals, 30, cadence=172, speed=4.0)
    assert signals.baseline("cadence") == pytest.approx(165 + 7, abs=0.5)


def test_the_baseline_does_not_learn_while_a_rule_on_the_metric_is_busy():
    signals = play(Signals(config(), []), 25, cadence=165, speed=3.0)
    play(signals, 300, busy=("cadence",), cadence=150, speed=3.0)
    assert signals.baseline("cadence") == pytest.approx(165)


def test_the_baseline_does_not_learn_once_a_cue_has_moved_the_metric():
    signals = play(Signals(config(), []), 25, cadence=165, speed=3.0)
    signals.cued("cadence")
    play(signals, 600, cadence=175, speed=3.0)
    assert signals.baseline("cadence") == pytest.approx(165)


def test_the_baseline_does_not_learn_where_a_beat_leads():
    signals = play(Signals(config(), []), 25, cadence=165, speed=3.0)
    signals.led = True
    play(signals, 60, cadence=180, speed=3.0)
    assert signals.baseline("cadence") == pytest.approx(165)


def test_start_is_the_median_of_the_fresh_minutes():
    signals = play(Signals(config(), ["pelvic_tilt"]), 20, cadence=165, pelvic_tilt=4.0)
    assert signals.start("pelvic_tilt") is None
    play(signals, 15, cadence=165, pelvic_tilt=5.0)
    assert signals.start("pelvic_tilt") == pytest.approx(4.0, abs=1.0)
    before = signals.start("pelvic_tilt")
    play(signals, 60, cadence=165, pelvic_tilt=12.0)
    assert signals.start("pelvic_tilt") == before


def test_target_is_raised_from_the_own_cadence_and_never_past_what_is_fast_enough():
    slow = Signals(config(cadence={"raise": "5 %"}), [], Normals.fixed({"cadence": Normal(160, 1.5)}))
    play(slow, 10, cadence=160, speed=3.0)
    assert slow.target("cadence") == pytest.approx(168)
    fast = Signals(config(cadence={"raise": "5 %"}), [], Normals.fixed({"cadence": Normal(176, 1.5)}))
    play(fast, 10, cadence=176, speed=3.0)
    assert fast.target("cadence") == pytest.approx(180)
    already = Signals(config(cadence={"raise": "5 %"}), [], Normals.fixed({"cadence": Normal(188, 1.5)}))
    play(already, 10, cadence=188, speed=3.0)
    assert already.target("cadence") == pytest.approx(188)


def test_a_fixed_target_is_taken_as_it_is():
    signals = Signals(config(cadence={"target": "172 spm"}), [])
    assert signals.target("cadence") == 172
    assert signals.target("pelvic_tilt") is None


def test_noise_is_the_prior_until_the_runner_has_shown_their_own():
    signals = Signals(config(), ["pelvic_tilt"])
    assert signals.noise("pelvic_tilt") == 1.0
    assert signals.noise("cadence") is None  # a share of a baseline that is not there yet
    play(signals, 30, cadence=160, speed=3.0, pelvic_tilt=4.0)
    assert signals.noise("cadence") == pytest.approx(0.009 * 160)


def test_surging_is_running_faster_than_easy_for_a_while():
    signals = play(Signals(config(), []), 30, cadence=165, speed=2.8)
    assert signals.state("surging") is False
    play(signals, 10, cadence=172, speed=3.6)
    assert signals.state("surging") is False
    play(signals, 20, cadence=172, speed=3.6)
    assert signals.state("surging") is True


def test_distance_adds_up_speed():
    signals = play(Signals(config(), []), 101, cadence=165, speed=3.0)
    assert signals.distance() == pytest.approx(300, rel=0.02)
