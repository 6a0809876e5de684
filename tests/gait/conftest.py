"""A runner whose steps and angles are known: force in half-sines, a pelvis that swings in sines, any rate and mounting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest

from cuecoach.events import ActivityChange, Step
from cuecoach.gait import GaitAnalyser, PelvisSeries

G = 9.80665


@dataclass(frozen=True)
class Motion:
    times: np.ndarray
    acc: np.ndarray
    gyr: np.ndarray
    ic: np.ndarray
    left_first: bool
    tilt: np.ndarray  # deg, + anterior
    obliquity: np.ndarray  # deg, + right side up
    bounce_mm: float


def turned(axis: tuple[float, float, float], degrees: float) -> np.ndarray:
    x, y, z = np.array(axis) / np.linalg.norm(axis)
    k = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    a = np.radians(degrees)
    return np.eye(3) + np.sin(a) * k + (1 - np.cos(a)) * k @ k


def _rotations(yaw: np.ndarray, pitch: np.ndarray, roll: np.ndarray) -> np.ndarray:
    """Body to earth for angles in rad, shape (n, 3, 3)."""
    cy, sy, cp, sp, cr, sr = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch), np.cos(roll), np.sin(roll)
    return np.stack(
        [
            np.stack([cy * cp, cy * sp * sr - sy * cr, cy * sp * cr + sy * sr], -1),
            np.stack([sy * cp, sy * sp * sr + cy * cr, sy * sp * cr - cy * sr], -1),
            np.stack([-sp, cp * sr, cp * cr], -1),
        ],
        axis=1,
    )


def run(
    rate_hz: float = 100.0,
    seconds: float = 20.0,
    spm: float = 170.0,
    stance_s: float = 0.25,
    lean_from: float = 1e9,
    lean_deg: float = 0.0,
    mount: np.ndarray | None = None,
    bias: tuple[float, float, float] = (0.0, 0.0, 0.0),
    noise: float = 0.05,
    start: float = 0.0,
    seed: int = 1,
) -> Motion:
    """Running on the spot of an earth with gravity; the pelvis pitches once a step and rolls once a stride."""
    step = 60.0 / spm
    t = start + np.arange(round(seconds * rate_hz)) / rate_hz
    fine = np.arange(-0.5, 0.5, 0.125) / rate_hz  # a sensor averages over its interval

    def moved(now: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        since = (now - start) % step
        peak = np.pi / 2 * step / stance_s * G
        push = np.where(since < stance_s, peak * np.sin(np.pi * np.minimum(since, stance_s) / stance_s), 0.0)
        fore = np.where(since < stance_s, -2.0 * np.sin(2 * np.pi * np.minimum(since, stance_s) / stance_s), 0.0)
        phase = np.pi * (now - start) / step  # a stride is 2 pi
        side = 0.8 * np.sin(phase) * (push > 0)
        pitch = np.radians(2.0 * np.cos(2 * phase + 0.4) + lean_deg * np.clip((now - lean_from) / 3, 0, 1))
        # left foot first: the right hip rises from mid-stance on
        obliquity = np.radians(-3.0 * np.cos(phase - 0.3))
        yaw = np.radians(4.0 * np.sin(phase))
        r = _rotations(yaw, pitch, -obliquity)
        force = np.stack([fore * np.cos(yaw) - side * np.sin(yaw), fore * np.sin(yaw) + side * np.cos(yaw), push], -1)
        return np.einsum("nji,nj->ni", r, force), r

    acc = np.mean([moved(t + d)[0] for d in fine], axis=0)
    h = 1e-4
    after, before = moved(t + h)[1], moved(t - h)[1]
    turn = np.einsum("nji,njk->nik", before, after)
    gyr = np.degrees(np.stack([turn[:, 2, 1], turn[:, 0, 2], turn[:, 1, 0]], -1) / (4 * h) * 1.0)
    gyr -= np.degrees(np.stack([turn[:, 1, 2], turn[:, 2, 0], turn[:, 0, 1]], -1) / (4 * h))
    m = np.eye(3) if mount is None else mount
    rng = np.random.default_rng(seed)
    phase = np.pi * (t - start) / step
    since = np.linspace(0, stance_s, 400)
    peak = np.pi / 2 * step / stance_s * G
    speed = np.cumsum(peak * np.sin(np.pi * since / stance_s) - G) * (since[1])
    speed -= speed[-1] - 0.5 * G * (step - stance_s)
    height = np.cumsum(speed) * since[1]
    up = 0.5 * G * (step - stance_s)
    return Motion(
        times=t,
        acc=acc @ m.T + rng.normal(0, noise, acc.shape),
        gyr=gyr @ m.T + np.array(bias) + rng.normal(0, noise, acc.shape),
        ic=start + np.arange(int(seconds / step)) * step,
        left_first=True,
        tilt=2.0 * np.cos(2 * phase + 0.4) + lean_deg * np.clip((t - lean_from) / 3, 0, 1),
        obliquity=-3.0 * np.cos(phase - 0.3),
        bounce_mm=1000 * (up**2 / (2 * G) - float(height.min() - height[-1])),
    )


def walk(rate_hz: float = 100.0, seconds: float = 20.0, spm: float = 115.0, swing_g: float = 0.4) -> Motion:
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    phase = 2 * np.pi * t * spm / 60
    rng = np.random.default_rng(3)
    acc = np.stack([1.5 * np.cos(phase), 0.8 * np.sin(phase / 2), G * (1 + swing_g * np.sin(phase))], -1)
    gyr = np.stack([20 * np.cos(phase / 2), 15 * np.sin(phase), 10 * np.cos(phase / 2)], -1)
    zero = np.zeros(len(t))
    return Motion(t, acc + rng.normal(0, 0.1, acc.shape), gyr, np.empty(0), True, zero, zero, 0.0)


@dataclass(frozen=True)
class Seen:
    steps: list[Step]
    activity: list[ActivityChange]
    series: PelvisSeries
    rate_hz: float | None


def analyse(motion: Motion, place: str = "sacrum", block: int = 10**9, gyro: bool = True) -> Seen:
    """Push a whole motion in blocks."""
    analyser = GaitAnalyser(place, series=True)  # type: ignore[arg-type]
    steps: list[Step] = []
    activity: list[ActivityChange] = []
    parts: list[PelvisSeries] = []
    n = len(motion.times)
    block = min(block, n)
    for a in range(0, n, block):
        b = a + block
        u = analyser.push(motion.times[a:b], motion.acc[a:b], motion.gyr[a:b] if gyro else None)
        steps += u.steps
        activity += u.activity
        assert u.series is not None
        parts.append(u.series)
    names = ("times", "pelvic_tilt", "pelvic_obliquity", "pelvic_rotation")
    series = PelvisSeries(*(np.concatenate([getattr(p, name) for p in parts]) for name in names))
    return Seen(steps, activity, series, analyser.sampling_rate_hz)


@pytest.fixture
def make_run() -> Callable[..., Motion]:
    return run


@pytest.fixture
def make_walk() -> Callable[..., Motion]:
    return walk


@pytest.fixture
def seen() -> Callable[..., Seen]:
    return analyse


@pytest.fixture
def rotation() -> Callable[..., np.ndarray]:
    return turned


@pytest.fixture(scope="session")
def motions() -> SimpleNamespace:
    """All of them, for fixtures that live longer than a test."""
    return SimpleNamespace(run=run, walk=walk, analyse=analyse, turned=turned)
