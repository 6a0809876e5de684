"""Whose value counts is found once, and again when that may be another."""

from __future__ import annotations

import numpy as np
import pytest

from cuecoach.events import ImuBlock, Reading, SensorState, Step
from cuecoach.signals.board import Board
from cuecoach.signals.choice import Choice
from cuecoach.signals.derived import Derived


class Moment:
    """A board with its choice, moved on together; counts how often the board is searched."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.board, self.derived, self.searched = Board(), Derived(), 0
        self.choice = Choice(self.board, self.derived)
        search = self.board.choose

        def choose(name: str):
            self.searched += 1
            return search(name)

        monkeypatch.setattr(self.board, "choose", choose)

    def pod(self, t: float, source: str = "pod", **values: float) -> None:
        self.board.reading(Reading(t, source, values))

    def step(self, t: float, **values: float) -> None:
        times = np.arange(t - 0.4, t, 0.1)
        self.board.samples(ImuBlock(t, "imu", "sacrum", times, np.zeros((len(times), 3))))
        self.board.step("imu", Step(t, t - 0.2, values=values))

    def advance(self, t: float) -> bool:
        return self.choice.advance(t, news=self.board.advance(t))

    def value(self, name: str) -> float | None:
        log = self.choice.of(name)
        return None if log is None else log.newest(name)


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> Moment:
    return Moment(monkeypatch)


def test_the_only_source_of_a_metric_is_found_once_while_it_goes_on_telling(moment: Moment):
    moment.pod(0.5, cadence=160)
    moment.advance(0.5)
    assert moment.value("cadence") == 160
    searched = moment.searched
    for n in range(1, 5):
        moment.pod(n, cadence=160 + n)
        assert not moment.advance(n)
        assert moment.value("cadence") == 160 + n
    assert moment.searched == searched


def test_a_metric_that_nobody_tells_is_sought_again_only_when_someone_joins_in(moment: Moment):
    moment.pod(1, cadence=160)
    moment.advance(1)
    assert moment.value("heart_rate") is None
    searched = moment.searched
    moment.pod(2, cadence=161)
    assert not moment.advance(2)
    assert moment.value("heart_rate") is None
    assert moment.searched == searched
    moment.pod(3, source="strap", heart_rate=150)
    assert moment.advance(3)
    assert moment.value("heart_rate") == 150


def test_a_value_that_grew_stale_counts_no_more_though_nothing_was_heard(moment: Moment):
    moment.pod(1, cadence=160)
    moment.advance(1)
    assert moment.value("cadence") == 160
    assert not moment.advance(5)
    assert moment.advance(30)
    assert moment.value("cadence") is None


def test_the_pod_stands_in_for_the_raw_sensor_and_steps_back_again(moment: Moment):
    heard: list[float | None] = []
    for n in range(1, 20):
        moment.pod(n, cadence=160)
        if n < 6 or n > 12:
            moment.step(n, cadence=170)
        moment.advance(n)
        heard.append(moment.value("cadence"))
    assert heard[:5] == [170] * 5
    assert heard[7:11] == [160] * 4
    assert heard[12:] == [170] * 7


def test_a_sensor_that_says_it_is_gone_is_left_with_the_next_tick(moment: Moment):
    moment.pod(1, cadence=160)
    moment.advance(1)
    assert moment.value("cadence") == 160
    moment.board.sensor(SensorState(1.1, "pod", "lost"))
    moment.choice.upset()
    assert moment.advance(1.25)
    assert moment.value("cadence") is None


def test_what_follows_from_others_counts_for_as_long_as_they_do(moment: Moment):
    moment.pod(1, cadence=160, speed=3.0)
    moment.advance(1)
    assert moment.value("step_length") is None
    moment.derived.add(1, moment.value)
    assert moment.choice.derive()
    assert moment.value("step_length") == pytest.approx(1.125)
    moment.derived.add(2, moment.value)
    assert not moment.choice.derive()  # known before
    assert moment.advance(30)
    assert moment.value("step_length") is None
