"""A rule's beat for a runner of whom a pod tells no more than the cadence, once a second."""

from __future__ import annotations

from collections import deque
from itertools import pairwise

import numpy as np
import pytest

from cuecoach.coaching.pilot import EASED, Pilot
from cuecoach.coaching.pilot_grid import LARGEST_STEP
from cuecoach.coaching.pilot_states import LOST_S, RESCUE_S, STEP_EVERY_S
from cuecoach.config import RunConfig
from cuecoach.events import TICK_S, Beat, BeatOff, Decision, Reading
from cuecoach.signals import Normal, Normals, Signals

#: Of a runner's 10-second cadence, share.
NOISE = 0.009
FOR_S = 60.0


class Runner:
    """Runs at `own` spm and answers a beat `delay_s` after it, all the way or by a `share` of it, or not at all."""

    def __init__(self, *, share: float, delay_s: float = 5.0, up: float = 0.05, noise: float = NOISE, seed: int = 0):
        self.own, self.target = 160.0, 160.0 * (1.0 + up)
        config = RunConfig.model_validate({"cadence": {"target": f"{self.target} spm"}})
        self.signals = Signals(config, [], Normals.fixed({"cadence": Normal(self.own, 1.5)}))
        self.pilot = Pilot("when needed")
        self.share = share
        self.done: list[Beat | BeatOff | Decision] = []
        self._heard: deque[float] = deque([self.own], maxlen=1 + round(delay_s))
        self._rng, self._noise, self._wobble = np.random.default_rng(seed), noise, 0.0
        self.go(15)

    def go(self, seconds: float) -> None:
        for _ in range(round(seconds / TICK_S)):
            t = self.signals.now + TICK_S
            if t % 1 == 0:
                self.signals.reading(Reading(t, "pod", {"cadence": self._cadence(), "speed": 3.0}))
            self.signals.advance(t)
            self.done += self.pilot.advance(t, self.signals, None)

    def lay(self, for_s: float = FOR_S) -> Beat:
        beat = self.pilot.lay(self.signals.now, "low-cadence", for_s, self.signals)
        assert beat is not None
        self.done.append(beat)
        return beat

    def _cadence(self) -> float:
        beat = self.pilot.beat
        self._heard.append(self.own if beat is None else beat.spm)
        # Wobble that hangs together over some seconds, as that of a 10-second median does.
        self._wobble += 0.2 * (self._noise * float(self._rng.standard_normal()) * 4.6 - self._wobble)
        return (self.own + self.share * (self._heard[0] - self.own)) * (1.0 + self._wobble)

    @property
    def told(self) -> list[str]:
        return [a.outcome for a in self.done if isinstance(a, Decision)]

    def when(self, outcome: str) -> float:
        return next(a.t for a in self.done if isinstance(a, Decision) and a.outcome == outcome)

    @property
    def beats(self) -> list[Beat]:
        return [a for a in self.done if isinstance(a, Beat)]


def test_the_wobble_of_the_scripted_cadence_is_that_of_runners():
    runner = Runner(share=0.0, seed=1)
    found: list[float] = []
    for _ in range(60):
        runner.go(10)
        cadence = runner.signals.metric("cadence")
        assert cadence is not None
        found.append(cadence / runner.own - 1)
    assert np.std(found) == pytest.approx(NOISE, rel=0.3)


# ---------------------------------------------------------------- who does not follow
def test_a_beat_that_arrived_without_the_runner_has_not_reached_the_target():
    runner = Runner(share=0.0, noise=0.0)
    runner.lay()
    runner.go(30)
    assert runner.beats[-1].spm == runner.target
    assert "hold" not in runner.told


@pytest.mark.parametrize("seed", range(8))
def test_who_does_not_follow_is_rescued_once_and_then_left_alone_in_the_same_beat(seed: int):
    runner = Runner(share=0.0, seed=seed)
    begun = runner.lay().t
    runner.go(2 * FOR_S)
    assert runner.told == ["rescue", "lead", "gap", "left alone"]
    assert LOST_S < runner.when("rescue") - begun < FOR_S
    assert runner.pilot.left_alone
    assert runner.pilot.eased == EASED
    assert not runner.pilot.beating


def test_the_rescue_goes_back_to_the_own_tempo_and_up_by_small_steps():
    runner = Runner(share=0.0, noise=0.0)
    runner.lay()
    runner.go(2 * FOR_S)
    after = [b for b in runner.beats if b.t >= runner.when("rescue")]
    assert after[0].spm == pytest.approx(runner.own, abs=0.1)
    assert after[1].t - after[0].t == RESCUE_S
    assert after[1].spm == pytest.approx(runner.own * (1 + LARGEST_STEP), abs=0.1)
    for a, b in pairwise(after[1:]):
        assert b.t - a.t >= STEP_EVERY_S


def test_a_beat_with_a_rescue_lasts_longer_but_no_more_than_twice_its_time():
    runner = Runner(share=0.0, noise=0.0)
    begun = runner.lay()
    assert begun.until == begun.t + FOR_S
    runner.go(FOR_S)
    runner.share = 1.0
    runner.go(FOR_S + 1)
    assert runner.told == ["rescue", "lead", "hold", "gap"]
    assert runner.beats[-1].until == runner.when("gap") == begun.t + 2 * FOR_S
    assert runner.pilot.helped("low-cadence")
    assert not runner.pilot.left_alone


def test_who_has_not_come_along_is_not_pulled_further():
    runner = Runner(share=0.0, noise=0.0, up=0.1)
    runner.lay()
    runner.go(34)
    assert max(b.spm for b in runner.beats) == pytest.approx(runner.own * (1 + LARGEST_STEP) ** 3, abs=0.1)


# ---------------------------------------------------------------- who does
@pytest.mark.parametrize("delay_s", [5.0, 10.0])
@pytest.mark.parametrize("seed", range(8))
def test_who_follows_late_and_unevenly_is_not_lost(seed: int, delay_s: float):
    runner = Runner(share=1.0, delay_s=delay_s, seed=seed)
    begun = runner.lay().t
    runner.go(FOR_S + 1)
    assert "rescue" not in runner.told
    assert "hold" in runner.told
    assert runner.when("gap") == begun + FOR_S
    assert not runner.pilot.left_alone


def test_the_target_is_told_reached_when_the_cadence_is_there():
    runner = Runner(share=1.0, delay_s=10.0, noise=0.0)
    begun = runner.lay().t
    runner.go(FOR_S)
    assert runner.when("hold") - begun > STEP_EVERY_S + 10.0
    (held,) = [a for a in runner.done if isinstance(a, Decision) and a.outcome == "hold"]
    assert held.why == "168 spm reached: held, 166 spm beside a beat of 168"


def test_a_raise_in_four_steps_is_followed_to_its_end():
    runner = Runner(share=1.0, delay_s=8.0, noise=0.0, up=0.1)
    runner.lay(120)
    runner.go(119)
    assert runner.told == ["hold"]
    assert runner.beats[-1].spm == runner.target


def test_most_of_the_way_is_enough():
    runner = Runner(share=0.8, noise=0.0)
    runner.lay()
    runner.go(FOR_S - 1)
    assert runner.told == ["hold"]


def test_who_follows_first_and_falls_back_is_lost_from_hold():
    runner = Runner(share=1.0, noise=0.0)
    runner.lay(120)
    runner.go(40)
    assert runner.told == ["hold"]
    runner.share = 0.0
    fell = runner.signals.now
    runner.go(60)
    assert runner.told[:2] == ["hold", "rescue"]
    assert LOST_S < runner.when("rescue") - fell < LOST_S + 15.0


def test_two_shorter_losses_do_not_add_up():
    runner = Runner(share=1.0, noise=0.0)
    runner.lay(120)
    runner.go(40)
    for _ in range(2):
        runner.share = 0.0
        runner.go(10)
        runner.share = 1.0
        runner.go(20)
    assert runner.told == ["hold"]


def test_a_cadence_that_is_no_longer_told_loses_nobody():
    runner = Runner(share=0.0, noise=0.0)
    runner.lay()
    runner.go(10)
    runner._cadence = lambda: float("nan")  # type: ignore[method-assign]
    for _ in range(round(45 / TICK_S)):
        t = runner.signals.now + TICK_S
        runner.signals.advance(t)
        runner.done += runner.pilot.advance(t, runner.signals, None)
    assert "rescue" not in runner.told
