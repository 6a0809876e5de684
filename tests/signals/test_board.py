"""Which sensor counts, and when none does."""

import numpy as np

from cuecoach.events import ImuBlock, Reading, SensorState, Step
from cuecoach.signals.board import Board


def block(t0: float, t1: float, rate: float = 10) -> ImuBlock:
    times = np.arange(t0, t1, 1 / rate)
    return ImuBlock(float(times[-1]), "imu", "sacrum", times, np.zeros((len(times), 3)))


def test_the_raw_sensor_goes_before_the_pod_and_the_pod_stands_in():
    board = Board()
    for t in range(1, 20):
        board.reading(Reading(t, "pod", {"cadence": 160}))
    board.samples(block(0, 10))
    for t in range(1, 10):
        board.step("imu", Step(t, t - 0.2, values={"cadence": 170}))
    board.advance(9)
    assert board.choose("cadence")[0].newest("cadence") == 170
    board.advance(15)  # no samples since 10 s
    assert board.choose("cadence")[0].newest("cadence") == 160


def test_an_inertial_sensor_without_samples_is_unknown_after_a_second():
    board = Board()
    board.samples(block(0, 5))
    board.step("imu", Step(4.9, 4.7, values={"pelvic_tilt": 3}))
    board.advance(5.5)
    assert board.choose("pelvic_tilt")[0] is not None
    board.advance(6.1)
    assert board.choose("pelvic_tilt")[0] is None


def test_a_gap_inside_one_block_is_seen_at_its_time():
    board = Board()
    times = np.concatenate([np.arange(0, 5, 0.1), np.arange(9, 12, 0.1)])
    board.samples(ImuBlock(12, "imu", "sacrum", times, np.zeros((len(times), 3))))
    present = {}
    for t in (4.0, 5.5, 7.0, 9.5):
        board.advance(t)
        present[t] = board.present("imu")
    assert present == {4.0: True, 5.5: True, 7.0: False, 9.5: True}


def test_an_implausible_value_is_counted_and_dropped():
    board = Board()
    board.reading(Reading(1, "pod", {"cadence": 0, "speed": 3.0}))
    board.reading(Reading(2, "pod", {"cadence": float("nan")}))
    board.advance(2)
    assert board.choose("cadence")[0] is None
    assert board.choose("speed")[0] is not None
    assert board.dropped == {"cadence": 2}


def test_a_stale_sensor_is_muted_at_once_and_heard_again_when_back():
    board = Board()
    board.reading(Reading(1, "pod", {"cadence": 160}))
    board.sensor(SensorState(1.1, "pod", "stale"))
    board.advance(1.25)
    assert board.choose("cadence")[0] is None
    board.sensor(SensorState(1.5, "pod", "back"))
    assert board.choose("cadence")[0] is not None


def test_a_live_inertial_sensor_that_sends_by_the_second_is_there_until_it_says_otherwise():
    board = Board()
    board.sensor(SensorState(0, "imu", "streaming"))
    board.samples(block(0, 5))
    board.step("imu", Step(4.9, 4.7, values={"pelvic_tilt": 3}))
    board.advance(6.5)  # the next packet is on its way
    assert board.present("imu")
    assert board.choose("pelvic_tilt")[0] is not None
    board.sensor(SensorState(6.6, "imu", "stale"))
    assert not board.present("imu")
    assert board.choose("pelvic_tilt")[0] is None
