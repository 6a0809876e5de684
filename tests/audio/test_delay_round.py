"""A round of tapping along, in virtual time."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from cuecoach.audio.delay import INTERVAL_S, NotTogetherError
from cuecoach.audio.delay_round import BOUNCE_S, STEPS, TAPS, Round
from cuecoach.cli.delay_session import Feet, play_round, stepped
from cuecoach.errors import DeviceError, SensorError
from cuecoach.events import Beat, BeatOff, Reading
from cuecoach.live import FedSensor
from cuecoach.sensors.simulator import STORIES, SimulatedRunner
from tests.audio.tapper import Tapper
from tests.virtual_clock import VirtualClock


class Deck:
    """A sound that only remembers what it was sent."""

    def __init__(self, ends_at: float = np.inf, clock: VirtualClock | None = None) -> None:
        self.sent: list[object] = []
        self.problem: str | None = None
        self._ends_at, self._clock = ends_at, clock

    @property
    def alive(self) -> bool:
        if self._clock is None or self._clock.now() < self._ends_at:
            return True
        self.problem = "the sound device is gone; connect it again"
        return False

    def send(self, action: object) -> None:
        self.sent.append(action)

    def poll(self) -> list[object]:
        return []


def clicks(round_: Round, count: int) -> np.ndarray:
    return round_.beat.at + INTERVAL_S * np.arange(count)


def test_a_round_is_over_when_enough_taps_have_come_after_four_clicks():
    round_ = Round(TAPS, 16, 10.0)
    assert round_.beat == Beat(10.0, 11.5, 1, "metronome", 75.0)
    for k, t in enumerate(clicks(round_, 20)):
        assert not round_.over
        assert round_.count == max(0, k - 4)
        round_.take(t)
    assert round_.along is not None
    assert round_.along.offset_s == pytest.approx(0.0, abs=1e-6)


def test_a_key_held_down_is_one_tap():
    round_ = Round(TAPS, 16, 0.0)
    first = clicks(round_, 5)[4]
    for k in range(8):
        round_.take(first + 0.03 * k)
    assert round_.count == 1
    round_.take(first + BOUNCE_S + 0.03)
    assert round_.count == 2


def test_who_finds_the_beat_late_is_measured_once_in_it():
    round_ = Round(TAPS, 20, 0.0)
    rng = np.random.default_rng(3)
    due = clicks(round_, 44)[4:]
    for k, t in enumerate(due):
        round_.take(t + (rng.uniform(0, INTERVAL_S / 2) if k < 12 else 0.15))
    assert round_.along is not None
    assert round_.along.offset_s == pytest.approx(0.15, abs=0.01)
    assert round_.count == 20


def test_who_never_finds_it_is_told_so_after_twice_as_many():
    round_ = Round(TAPS, 16, 0.0)
    for k in range(60):
        round_.take(6.0 + 0.7 * k)
    assert round_.along is None
    assert "did not follow" in str(round_.problem)


@pytest.mark.parametrize(("came", "says"), [(0, "no tap came;"), (3, "no tap came any more;")])
def test_silence_ends_the_round(came: int, says: str):
    round_ = Round(TAPS, 16, 0.0)
    last = 0.0
    for last in clicks(round_, 20)[4 : 4 + came]:
        round_.take(last)
    begin = max(last, 1.5 + 4 * INTERVAL_S)
    round_.advance(begin + 9.9)
    assert not round_.over
    round_.advance(begin + 10.1)
    assert str(round_.problem).startswith(says)


def play(round_: Round, deck: Deck, clock: VirtualClock, taps: np.ndarray):
    async def tap() -> None:
        for t in taps:
            await clock.sleep_until(t)
            round_.take(clock.now())

    async def both():
        tapping = asyncio.create_task(tap())
        try:
            return await play_round(round_, deck, clock, lambda: None)
        finally:
            tapping.cancel()

    return asyncio.run(clock.run(both()))


def test_a_round_plays_its_clicks_and_ends_them():
    clock, round_, deck = VirtualClock(), Round(TAPS, 30, 0.0), Deck()
    taps = Tapper().taps(clicks(round_, 40), 0.21, np.random.default_rng(4))
    along = play(round_, deck, clock, taps)
    assert along.offset_s == pytest.approx(0.18, abs=0.012)
    beat, off = deck.sent
    assert beat is round_.beat
    assert isinstance(off, BeatOff)
    assert off.id == beat.id
    assert 27 < off.at < 30


def test_a_round_without_taps_ends_its_clicks_too():
    deck = Deck()
    with pytest.raises(NotTogetherError, match="no tap came"):
        play(Round(TAPS, 30, 0.0), deck, VirtualClock(), np.zeros(0))
    assert isinstance(deck.sent[-1], BeatOff)


def test_a_device_that_goes_away_ends_the_round():
    clock = VirtualClock()
    with pytest.raises(DeviceError, match="is gone; connect it again; nothing was changed"):
        play(Round(TAPS, 30, 0.0), Deck(5.0, clock), clock, np.zeros(0))


def step_along(sensor: FedSensor):
    clock, round_, deck = VirtualClock(), Round(STEPS, 24, 0.0), Deck()
    return asyncio.run(clock.run(stepped(round_, deck, clock, lambda: None, sensor)))


def test_steps_of_a_raw_sensor_are_measured_as_taps_are():
    runner = SimulatedRunner(STORIES["demo"], seed=1, output="imu")
    along = step_along(FedSensor(runner, "sim"))
    left = [ic for ic, side in zip(runner.truth.ic, runner.truth.side, strict=True) if side == "left" and ic > 20]
    true = measure_of(left)
    apart = (along.offset_s - true) % STEPS.interval_s
    assert min(apart, STEPS.interval_s - apart) < 0.03
    assert along.used == 24


def measure_of(moments: list[float]) -> float:
    turns = np.exp(2j * np.pi * (np.array(moments) - 1.5) / STEPS.interval_s)
    return float(np.angle(turns.mean())) / (2 * np.pi) * STEPS.interval_s


def test_a_sensor_of_numbers_is_refused_at_once():
    runner = SimulatedRunner(STORIES["demo"], seed=1)
    with pytest.raises(SensorError, match="sends no raw samples"):
        step_along(FedSensor(runner, "sim"))


def test_numbers_beside_raw_samples_do_no_harm():
    async def go() -> Feet:
        feet = Feet(Round(STEPS, 24, 0.0))
        for event in SimulatedRunner(STORIES["demo"], seed=1, output="imu").advance(1.0):
            feet.put(event)
        for k in range(20):
            feet.put(Reading(float(k), "sim", {"cadence": 160.0}))
        return feet

    assert asyncio.run(go()).problem == ""
