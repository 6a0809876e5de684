"""Contacts of one leg."""

from __future__ import annotations

import numpy as np
import pytest

from cuecoach.gait import GaitAnalyser


def leg(stride_s: float, jolt_g: float, swing_g: float, seconds: float = 20.0, flip: float = 1.0):
    """A shank: a jolt at contact, load in stance, a quiet swing; contacts every `stride_s`."""
    t = np.arange(round(seconds * 143)) / 143
    since = t % stride_s
    load = np.where(since < 0.26, 1.0 + swing_g * np.sin(np.pi * np.minimum(since, 0.26) / 0.26), 0.2)
    jolt = jolt_g * np.exp(-(((since - 0.03) / 0.012) ** 2))
    push_off = 0.3 * jolt_g * np.exp(-(((since - 0.30) / 0.015) ** 2))
    fore = swing_g * np.sin(2 * np.pi * t / stride_s)
    acc = 9.81 * np.stack([flip * (load + jolt), 0.1 * jolt, fore + push_off], -1)
    return t, np.clip(acc, -78.5, 78.5), np.arange(int(seconds / stride_s)) * stride_s


@pytest.mark.parametrize("place", ["shank", "foot"])
@pytest.mark.parametrize("flip", [1.0, -1.0])
@pytest.mark.parametrize("stride_s", [0.53, 0.70, 0.80])
def test_strides_are_counted_once_and_cadence_counts_both_feet(place, flip, stride_s):
    t, acc, ic = leg(stride_s, 9.0, 1.6, flip=flip)
    steps = GaitAnalyser(place).push(t, acc, None).steps
    assert "cadence" not in steps[0].values  # what was before may have been walked
    assert np.median([s.values["cadence"] for s in steps[1:]]) == pytest.approx(120 / stride_s, abs=0.5)
    found = [int(np.argmin(np.abs(ic - s.ic))) for s in steps]
    assert found == list(range(found[0], found[-1] + 1))
    assert max(abs(s.ic - ic[k]) for s, k in zip(steps, found, strict=True)) < 0.02


def test_a_walking_leg_takes_no_running_step_though_heel_and_toe_both_jolt():
    t, acc, _ = leg(1.05, 2.0, 0.3)
    update = GaitAnalyser("shank").push(t, acc, None)
    assert update.steps == ()
    assert {a.activity for a in update.activity} == {"walking"}


@pytest.mark.parametrize(("stride_s", "strides"), [(0.80, 3), (0.85, 6)])
def test_a_slow_running_leg_is_seen_after_a_few_strides(stride_s, strides):
    t, acc, ic = leg(stride_s, 9.0, 1.6)
    steps = GaitAnalyser("shank").push(t, acc, None).steps
    assert steps[0].ic < ic[strides] + 0.02


@pytest.mark.parametrize("size", [20.0, 100.0, 1000.0])
def test_noise_on_a_leg_has_jolts_but_is_no_running(size):
    rng = np.random.default_rng(4)
    acc = np.array([0.0, 0.0, 9.81]) + size * rng.normal(size=(3000, 3))
    assert GaitAnalyser("foot").push(np.arange(3000) / 100, acc, None).steps == ()
