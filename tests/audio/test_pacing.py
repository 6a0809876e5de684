"""Keeping pace with the session clock: patient with jitter, gentle with drift, quick after an interruption."""

from __future__ import annotations

import numpy as np
import pytest

from cuecoach.audio.pacing import SLEW_STEP_S, Pacer, Settling

BLOCK_S = 512 / 48_000


def run(seconds, *, speed=1.0, jump=(1e9, 0.0), free=False, jitter_s=0.004, seed=0):
    """Feed a device whose clock runs at `speed` and that falls back once by some time; return moves and the final lateness."""
    rng = np.random.default_rng(seed)
    pacer, late, moves, now = Pacer(), 0.0, [], 0.0
    while now < seconds:
        now += BLOCK_S
        late += BLOCK_S * (1.0 / speed - 1.0)
        if jump[0] <= now < jump[0] + BLOCK_S:
            late += jump[1]
        move = pacer.slip(late + rng.normal(0.0, jitter_s), now, free=free, silent=True)
        if move:
            moves.append((now, move))
            late -= move
    return moves, late


@pytest.mark.parametrize("free", [True, False])
def test_a_device_in_time_is_left_alone(free):
    assert run(120.0, free=free)[0] == []


@pytest.mark.parametrize("speed", [0.9995, 1.0005])
def test_a_beat_on_a_device_with_a_clock_of_its_own_stays_in_time_by_moves_that_no_ear_can_tell(speed):
    moves, late = run(300.0, speed=speed)
    assert abs(late) < 0.02
    assert all(abs(move) == SLEW_STEP_S for _, move in moves)
    assert all(np.sign(move) == np.sign(1.0 - speed) for _, move in moves)


def test_nothing_is_moved_within_a_sound():
    pacer = Pacer()
    assert not any(pacer.slip(0.03, k * BLOCK_S, free=False, silent=False) for k in range(2_000))


@pytest.mark.parametrize("back_s", [0.08, 0.4, -0.2])
def test_an_interrupted_beat_is_back_in_phase_within_three_seconds(back_s):
    moves, late = run(60.0, jump=(30.0, back_s))
    assert moves[0][0] < 33.0
    assert moves[0][1] == pytest.approx(back_s, abs=0.01)
    assert abs(late) < 0.02


def test_in_silence_small_slips_are_made_up_for_too():
    moves, late = run(60.0, jump=(30.0, 0.02), free=True)
    assert sum(m for _, m in moves) == pytest.approx(0.02, abs=0.004)
    assert abs(late) < 0.005


def settle(calls, least_s=0.0):
    """Return when it was settled and with which offset."""
    settling = Settling(least_s)
    for now, asked, heard in calls:
        offset = settling.offset(asked, heard, now)
        if offset is not None:
            return now, offset
    return None


def test_a_device_that_runs_evenly_is_settled_at_once():
    at, offset = settle((k * BLOCK_S, k * BLOCK_S, k * BLOCK_S + 0.1) for k in range(500))
    assert at < 0.4
    assert offset == pytest.approx(0.1)


def test_a_device_that_fills_its_buffer_and_then_pauses_is_waited_for():
    gulp = [(0.0, k * BLOCK_S, k * BLOCK_S) for k in range(12)]
    steady = [(1.2 + k * BLOCK_S, (12 + k) * BLOCK_S, 1.2 + k * BLOCK_S + 0.12) for k in range(500)]
    at, offset = settle([*gulp, *steady])
    assert 1.4 < at < 1.7
    assert offset == pytest.approx(1.2 + 0.12 - 12 * BLOCK_S, abs=0.005)


def test_a_device_that_never_runs_evenly_is_taken_as_it_is():
    rng = np.random.default_rng(1)
    at, offset = settle((k * BLOCK_S, k * BLOCK_S, k * BLOCK_S + rng.uniform(0.05, 0.15)) for k in range(2_000))
    assert at == pytest.approx(3.0, abs=0.05)
    assert offset == pytest.approx(0.1, abs=0.03)


def test_headphones_are_given_their_time_to_wake():
    at, _ = settle(((k * BLOCK_S, k * BLOCK_S, k * BLOCK_S + 0.1) for k in range(500)), least_s=0.5)
    assert 0.5 <= at < 0.6
