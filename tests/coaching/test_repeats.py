"""The next cue of a fault waits for longer, the nearer it is to being mended; never for less than the cooldown."""

from __future__ import annotations

import pytest

from tests.coaching.coached import Run, rule, slouch


def second(left: float, **settings: object) -> float:
    """Return how long after the first cue the second came when the tilt stays at so much."""
    plain = slouch(cooldown_s=30.0, praise=None, if_no_change=None, **settings)
    run = Run(plain).go(20).go_until(lambda run: bool(run.said), pelvic_tilt=9.0)
    run.go(6, pelvic_tilt=9.0).go_until(lambda run: len(run.says) == 2, pelvic_tilt=left)
    return run.says[1].at - run.says[0].at


@pytest.mark.parametrize(("tilt", "expected"), [(12.0, 30.0), (7.5, 30.0), (6.0, 45.0), (5.5, 52.5)])
def test_from_a_cooldown_for_the_whole_fault_to_two_for_nearly_none(tilt, expected):
    assert second(tilt) == pytest.approx(expected, abs=1.0)


def test_what_is_urgent_does_not_wait():
    assert second(5.5, priority=3) == pytest.approx(30.0, abs=1.0)


def test_a_rule_without_a_single_value_that_ends_it_waits_no_longer():
    odd = rule("tall", "pelvic_tilt > baseline + 4 deg", until="cadence > 300 spm", cooldown_s=30.0)
    run = Run(odd).go(20).go_until(lambda run: bool(run.said), pelvic_tilt=9.0)
    run.go_until(lambda run: len(run.says) == 2, pelvic_tilt=5.0)
    assert run.says[1].at - run.says[0].at == pytest.approx(30.0, abs=1.0)
