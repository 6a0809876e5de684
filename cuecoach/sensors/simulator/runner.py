"""The simulated runner as a sensor: give it time, get what it sensed; let it hear, and it answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal

import numpy as np

from cuecoach.errors import UsageError
from cuecoach.events import Action, Event, FloatArray, ImuBlock, Place, SensorState
from cuecoach.sensors.simulator.body import Body
from cuecoach.sensors.simulator.hearing import Ear
from cuecoach.sensors.simulator.imu import ImuSampler
from cuecoach.sensors.simulator.pod import Pod
from cuecoach.sensors.simulator.steps import StepPlanner
from cuecoach.sensors.simulator.story import Story
from cuecoach.sensors.simulator.truth import Truth

#: Rates in Hz: the default, the lowest and the highest.
_RATES: Final = {"metrics": (1.0, 0.2, 10.0), "imu": (100.0, 50.0, 500.0)}
#: s of silence until the link counts as stale, and as lost: 1 s for raw samples, 5 s for reports.
_STALE_S: Final = {"metrics": 5.0, "imu": 1.0}
_LOST_S: Final = {"metrics": 10.0, "imu": 5.0}


class SimulatedRunner:
    """A runner who lives through a story and hears.

    The same story, seed and heard actions give the same events, bit for bit, in whatever steps of time they are asked for.

    Parameters
    ----------
    story
        What happens.
    seed
        Of everything that is left to chance.
    output
        ``"metrics"`` for reports like a pod's, ``"imu"`` for raw six-axis samples.
    rate_hz
        Reports (0.2 to 10, default 1) or samples (50 to 500, default 100) a second.
    place
        Where the sensor is worn. Raw samples are those of the sacrum.
    noise
        False for a runner like a clock with a perfect sensor; what they answer to a cue stays a matter of chance.
    mount
        Of the inertial sensor on the pelvis: roll, pitch, yaw, deg.

    Raises
    ------
    UsageError
        For an output, rate or place that cannot be.

    Examples
    --------
    >>> runner = SimulatedRunner(STORIES["demo"])
    >>> events = runner.advance(10.0)
    >>> runner.hear(Say(10.0, 10.0, 1, "run-tall", "Run tall", 0.8))
    """

    source: str = "sim"

    def __init__(
        self,
        story: Story,
        *,
        seed: int = 1,
        output: Literal["metrics", "imu"] = "metrics",
        rate_hz: float | None = None,
        place: Place = "sacrum",
        noise: bool = True,
        mount: tuple[float, float, float] = (0.0, 0.0, 0.0),
    ) -> None:
        if output not in _RATES:
            raise UsageError(f"the simulated runner gives no `{output}`; use metrics or imu")
        default, low, high = _RATES[output]
        rate = default if rate_hz is None else rate_hz
        if not low <= rate <= high:
            raise UsageError(f"the simulated runner gives {output} at {low:g} to {high:g} Hz, not at {rate:g} Hz")
        if output == "imu" and place != "sacrum":
            raise UsageError(f"the simulated runner has no raw samples from the {place}; use sacrum, or metrics output")
        if seed < 0:
            raise UsageError(f"the seed {seed} is below 0; use 0 or more")

        self.story = story
        self.duration_s: float = story.duration_s
        # One stream of chance for each part, so that none shifts another's.
        chance = [np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(5)]
        of_ear, of_body, of_steps, of_sensor, of_timing = chance
        person = story.person
        self._ear = Ear(person.response, of_ear)
        self._body = Body(story, self._ear, of_body if noise else None)
        self._planner = StepPlanner(self._body, person, of_steps if noise else None, of_timing if noise else None)
        self._starts: list[float] = []
        rng = of_sensor if noise else None
        self._pod = Pod(self.source, place, rate, person.scatter, rng) if output == "metrics" else None
        self._imu: ImuSampler | None = None
        if output == "imu":
            self._imu = ImuSampler(self.source, place, rate, self.duration_s, mount, person.imu, rng, story.slips())
        self._rate = rate
        self._reports = 0
        self._losses = story.losses()
        self._states = _states(story, self.source, output)
        self._until = -1.0

    def advance(self, until: float) -> list[Event]:
        """Return what was sensed after the last call's `until` and up to this one, s, in order of time."""
        until = min(until, self.duration_s)
        if until < 0 or until <= self._until:
            return []
        self._until = until
        # What is heard after this call must not reach what the body was before it.
        self._body.at(until)
        events: list[tuple[float, int, Event]] = []
        while self._states and self._states[0].t <= until:
            state = self._states.pop(0)
            events.append((state.t, 2 if state.state == "ended" else 0, state))
        if self._pod is not None:
            while (t := (self._reports + 1) / self._rate) <= until:
                self._reports += 1
                reading = self._pod.read(t, self._body.at(t))
                if not self._lost(t):
                    events.append((t, 1, reading))
        if self._imu is not None:
            self._planner.plan(until)
            segments = self._planner.segments
            self._starts += [s.start for s in segments[len(self._starts) :]]
            for block in self._imu.sample(until, segments, self._starts):
                kept = self._received(block)
                if kept is not None:
                    events.append((kept.t, 1, kept))
        events.sort(key=lambda e: e[:2])
        return [event for _, _, event in events]

    def hear(self, action: Action) -> None:
        """Let the runner hear a cue, a beat or its end; it acts on it only after `action.at` and a delay."""
        self._ear.hear(action)

    @property
    def truth(self) -> Truth:
        """What really happened so far."""
        if self._until >= 0:
            self._planner.plan(self._until)
        begun = [s for s in self._planner.segments[:-1] if s.activity != "still"]
        pieces = self._imu.pieces if self._imu is not None else []
        times, tilt, obliquity, rotation, height = (
            [np.concatenate(column) for column in zip(*pieces, strict=True)] if pieces else [np.zeros(0)] * 5
        )
        return Truth(
            ic=_array([s.start for s in begun]),
            tc=_array([s.start + s.stance for s in begun]),
            side=tuple(s.side for s in begun),
            activity=tuple(s.activity for s in begun),
            cadence=_array([s.cadence for s in begun]),
            stance_time=_array([1000.0 * s.stance for s in begun]),
            vertical_oscillation=_array([s.bounce for s in begun]),
            pelvic_tilt=_array([s.tilt for s in begun]),
            pelvic_drop=_array([s.drop for s in begun]),
            speed=_array([s.speed for s in begun]),
            times=times,
            tilt=tilt,
            obliquity=obliquity,
            rotation=rotation,
            height=height,
            heard=tuple(self._ear.heard),
            slips=tuple(slip for slip in self.story.slips() if slip.start <= self._until),
        )

    def _lost(self, t: float) -> bool:
        return any(start <= t < end for start, end in self._losses)

    def _received(self, block: ImuBlock) -> ImuBlock | None:
        """Return what arrives of a block: nothing when the link is down at its end, only later samples when it was."""
        if not self._losses:
            return block
        if self._lost(block.t):
            return None
        for start, end in self._losses:
            if start < block.t and block.times[0] < end:
                kept = block.times >= end
                gyr = None if block.gyr is None else block.gyr[kept]
                return replace(block, times=block.times[kept], acc=block.acc[kept], gyr=gyr)
        return block


def _array(values: list[float]) -> FloatArray:
    return np.array(values, dtype=np.float64)


def _states(story: Story, source: str, output: str) -> list[SensorState]:
    """Return the life of the sensor: streaming, stale and lost in a long silence, back, ended."""
    out = [SensorState(0.0, source, "streaming")]
    for start, end in story.losses():
        if end - start < _STALE_S[output]:
            continue
        out.append(SensorState(start + _STALE_S[output], source, "stale", "the simulated sensor is out of reach"))
        if end - start >= _LOST_S[output]:
            out.append(SensorState(start + _LOST_S[output], source, "lost", "the simulated sensor is out of reach"))
        if end < story.duration_s:
            out.append(SensorState(end, source, "back"))
    out.append(SensorState(story.duration_s, source, "ended", "the story is over"))
    return out
