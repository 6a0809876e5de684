"""Keeping pace with the session clock: patient with jitter, gentle with drift, quick after an interruption."""

from __future__ import annotations

import numpy as np
import pytest

from cuecoach.audio.pacing import Pacer

BLOCK_S = 512 / 48_000


def run(
    seconds: float, *, speed: float = 1.0, stall: tuple[float, float] = (1e9, 0.0), free: bool = True, seed: int = 0
):
    """Feed a device whose clock runs at `speed` and that stands still for a while; return moves and final lead."""
    rng = np.random.default_rng(seed)
    pacer, mixed, moves = Pacer(), 0.0, []
    now = 0.0
    while now < seconds:
        now += BLOCK_S / speed
        if stall[0] <= now < stall[0] + BLOCK_S:
            now += stall[1]
        # Callbacks come in bursts: they may be up to a buffer late.
        move = pacer.slip(mixed, now + rng.uniform(0.0, 0.1), free=free)
        if move:
            moves.append((now, move))
            mixed += move
        mixed += BLOCK_S
    return moves, mixed - now


def test_a_device_in_time_is_left_alone():
    moves, _ = run(120.0)
    assert moves == []


@pytest.mark.parametrize("speed", [0.999, 1.001])
def test_a_device_with_a_clock_of_its_own_stays_within_a_tenth_of_a_second(speed):
    moves, lead = run(600.0, speed=speed)
    assert len(moves) >= 5
    assert abs(lead) < 0.1
    assert all(np.sign(m) == np.sign(1.0 - speed) for _, m in moves)


def test_a_beat_is_not_touched_by_drift():
    assert run(300.0, speed=0.999, free=False)[0] == []


@pytest.mark.parametrize("free", [True, False])
def test_an_interruption_is_made_up_at_once(free):
    moves, lead = run(60.0, stall=(30.0, 5.0), free=free)
    assert moves[0][0] == pytest.approx(35.0, abs=0.2)
    assert moves[0][1] == pytest.approx(5.0, abs=0.2)
    assert abs(lead) < 0.2
