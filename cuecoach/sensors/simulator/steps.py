"""Plans the steps one after the other from the body's slow state: when each lands, how long it stands, how far it swings.

The next step is planned when a foot lands, from what the body was then; nothing later is looked at. Standing still is a row
of half-second segments without contact, so that the motion between any two segments is one formula (`motion.py`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from cuecoach.events import Activity, Side
from cuecoach.sensors.simulator.body import WALK_STANCE, Body, BodyState
from cuecoach.sensors.simulator.meeting import Meeting
from cuecoach.sensors.simulator.person import Person
from cuecoach.sensors.simulator.stance import GRAVITY, bounce

#: Third harmonic of the obliquity wave, share of the first: makes the drop 0.44 of the range, as 4° of 9°.
OBLIQUITY_THIRD: Final = 0.3
#: Length of a segment of standing, s.
_STILL_S: Final = 0.5
#: Walking: share of the step at which the body is lowest (the middle of double support), and the swing-side hip too.
_WALK_LOWEST: Final = WALK_STANCE - 0.5
_WALK_DROP_AT: Final = 0.35
#: Walking: deg of tilt swing and rotation each way, and the share of the running drop.
_WALK_TILT_DEG: Final = 1.5
_WALK_ROTATION_DEG: Final = 4.0
_WALK_DROP: Final = 0.7
#: deg of sway while standing; slower than 1 deg/s, so that a sensor at rest looks at rest.
_SWAY_DEG: Final = 0.2
#: m that the sacrum moves beyond the body's centre while running: markers read 10-20 mm more than force plates tell.
_SACRUM_M: Final = 0.016
#: Share of a step by which that motion runs ahead of the body's centre. By design: without it the rise at contact comes some
#: 10 ms later at the sacrum than recordings beside a force plate show (Alcantara 2022).
_SACRUM_LEADS: Final = 0.12
#: m, at most.
_MOST_SWING_M: Final = 0.02
_LEAD: Final = 2.0 * math.pi * _SACRUM_LEADS
#: Share by which the left foot stands longer than the right.
_LEFT_LONGER: Final = 0.006


@dataclass(frozen=True, slots=True)
class Segment:
    """One step, or half a second of standing. Amplitudes hold up to mid-segment, then pass into the next one's.

    Attributes
    ----------
    start, length
        Initial contact, and time to the next, s.
    activity, side
        What it is; the foot on the ground.
    stance, flight_before, flight
        s. A walking stance outlasts the step; flights are 0 there.
    peaked
        Shape of the push (`stance.py`).
    swing
        Half of the sensor's vertical motion that is not the body's flight and fall, m.
    lowest, drop_at
        Share of the step at which that swing is lowest, and the swing-side hip.
    tilt, tilt_swing, obliquity_swing, rotation_swing, sway
        Mean and amplitudes, deg.
    walk
        1 where fore-aft and lateral motion is that of walking.
    speed
        m/s.
    bounce, drop, cadence
        True values of the step: mm, deg, spm.
    """

    start: float
    length: float
    activity: Activity
    side: Side
    stance: float
    flight_before: float
    flight: float
    peaked: float
    swing: float
    lowest: float
    drop_at: float
    tilt: float
    tilt_swing: float
    obliquity_swing: float
    rotation_swing: float
    sway: float
    walk: float
    speed: float
    bounce: float
    drop: float
    cadence: float


def drop_share(drop_at: float) -> float:
    """Return how much of the obliquity amplitude lies between contact and the lowest point at `drop_at`."""
    at_contact = math.cos(math.pi * drop_at) + OBLIQUITY_THIRD * math.cos(3.0 * math.pi * drop_at)
    return 1.0 + OBLIQUITY_THIRD - at_contact


class StepPlanner:
    """Plans segments up to a time.

    Parameters
    ----------
    body
        The slow state.
    person
        Whose gait.
    rng
        Scatter from step to step; None for none.
    timing
        Where the error of timing to a beat comes from; None for none.
    """

    def __init__(
        self,
        body: Body,
        person: Person,
        rng: np.random.Generator | None,
        timing: np.random.Generator | None = None,
    ) -> None:
        self._body = body
        self._person = person
        self._rng = rng
        self._meeting = Meeting(person.response, timing)
        #: All so far. The last one has not begun: its end may still change.
        self.segments: list[Segment] = []

    def plan(self, until: float) -> None:
        """Plan until a segment starts after `until`, s."""
        segments = self.segments
        if not segments:
            segments.append(self._segment(self._body.at(0.0), 0.0, "left", None))
        while segments[-1].start <= until:
            last = segments[-1]
            other: Side = "right" if last.side == "left" else "left"
            state = self._body.at(last.start)
            if last.activity == "running" and state.activity != "running":
                # The last running step does not take off: the next foot lands as this one leaves.
                last = replace(
                    last,
                    stance=last.length,
                    flight=0.0,
                    bounce=1000.0 * bounce(last.length, last.flight_before, 0.0, last.peaked, last.swing, last.lowest),
                )
                segments[-1] = last
            following = self._segment(state, last.start + last.length, other, last)
            if last.activity == "running" and following.activity == "running":
                segments[-1] = replace(last, bounce=last.bounce + 1000.0 * _swing_at_top(last, following))
            segments.append(following)

    def _segment(self, state: BodyState, start: float, side: Side, before: Segment | None) -> Segment:
        jitter = [0.0] * 5
        if self._rng is not None:
            drawn = self._rng.standard_normal(5).tolist()
            jitter = [share * x for share, x in zip(self._person.scatter.step, drawn, strict=True)]
        match state.activity:
            case "running":
                return self._run(state, start, side, before, jitter)
            case "walking":
                return self._walk(state, start, side, jitter)
            case "still":
                return _still(state, start, side)

    def _run(self, state: BodyState, start: float, side: Side, before: Segment | None, jitter: list[float]) -> Segment:
        gait = self._person.gait
        length = 60.0 / state.cadence * (1.0 + jitter[0])
        length += self._meeting.shift(state.beat, state.cadence, start + length)
        uneven = 0.5 * _LEFT_LONGER * (1 if side == "left" else -1)
        stance = state.stance_time / 1000.0 * (1.0 + jitter[1] + uneven)
        stance = min(max(stance, 0.5 * length), 0.92 * length)
        flight = length - stance
        flight_before = flight if before is None else before.flight
        wanted = state.vertical_oscillation / 1000.0 * (1.0 + jitter[2])
        mid_stance = 0.5 * stance / length
        lowest = mid_stance - _SACRUM_LEADS
        peaked, swing, made = _shape(wanted, stance, flight_before, flight, lowest)
        drop = (state.drop_left if side == "left" else state.drop_right) + jitter[4]
        return Segment(
            start=start,
            length=length,
            activity="running",
            side=side,
            stance=stance,
            flight_before=flight_before,
            flight=flight,
            peaked=peaked,
            swing=swing,
            lowest=lowest,
            drop_at=mid_stance,
            tilt=state.pelvic_tilt + jitter[3],
            tilt_swing=0.5 * gait.tilt_range,
            obliquity_swing=drop / drop_share(mid_stance),
            rotation_swing=0.5 * gait.rotation_range,
            sway=0.0,
            walk=0.0,
            speed=state.speed,
            bounce=1000.0 * made,
            drop=drop,
            cadence=60.0 / length,
        )

    def _walk(self, state: BodyState, start: float, side: Side, jitter: list[float]) -> Segment:
        length = 60.0 / state.cadence * (1.0 + jitter[0])
        made = state.vertical_oscillation / 1000.0 * (1.0 + jitter[2])
        drop = _WALK_DROP * (state.drop_left if side == "left" else state.drop_right) + jitter[4]
        return Segment(
            start=start,
            length=length,
            activity="walking",
            side=side,
            stance=2.0 * WALK_STANCE * length,
            flight_before=0.0,
            flight=0.0,
            peaked=0.5,
            swing=0.5 * made,
            lowest=_WALK_LOWEST,
            drop_at=_WALK_DROP_AT,
            tilt=state.pelvic_tilt + jitter[3],
            tilt_swing=_WALK_TILT_DEG,
            obliquity_swing=drop / drop_share(_WALK_DROP_AT),
            rotation_swing=_WALK_ROTATION_DEG,
            sway=0.0,
            walk=1.0,
            speed=state.speed,
            bounce=1000.0 * made,
            drop=drop,
            cadence=60.0 / length,
        )


def _swing_at_top(step: Segment, following: Segment) -> float:
    """Return by how much the sensor's own swing has grown by the top of the flight: it is passing into the next step's, m."""
    u = max(2.0 * (step.stance + 0.5 * step.flight) / step.length - 1.0, 0.0)
    return u**3 * (10.0 + u * (6.0 * u - 15.0)) * (following.swing - step.swing) * math.cos(_LEAD)


def _shape(
    wanted: float, stance: float, flight_before: float, flight: float, lowest: float
) -> tuple[float, float, float]:
    """Return (peaked, swing, bounce made) for a wanted bounce, all lengths in m.

    Half of what is missing or too much comes from a more or less peaked push, half from the sacrum's own motion.
    """
    plain = bounce(stance, flight_before, flight, 0.5)
    # Peakedness acts through the double integral at mid-stance: 0.25 - 1/(2 pi) for the sine, 0.125 - 1/(2 pi²) for the other.
    per_peaked = 0.0150 * GRAVITY * stance * (stance + 0.5 * (flight_before + flight))
    peaked = min(max(0.5 + 0.5 * (wanted - _SACRUM_M - plain) / per_peaked, 0.0), 1.2)
    body = bounce(stance, flight_before, flight, peaked)
    # Two waves of half heights body/2 and swing, apart by the lead, add up to half of what is wanted; nearly, so once more.
    along, target = 0.5 * body * math.cos(_LEAD), 0.5 * wanted
    swing = math.sqrt(max(along**2 + target**2 - (0.5 * body) ** 2, 0.0)) - along
    swing = min(max(swing, 0.0), _MOST_SWING_M)
    made = bounce(stance, flight_before, flight, peaked, swing, lowest)
    swing = min(max(swing + 0.5 * (wanted - made) / math.cos(_LEAD), 0.0), _MOST_SWING_M)
    return peaked, swing, bounce(stance, flight_before, flight, peaked, swing, lowest)


def _still(state: BodyState, start: float, side: Side) -> Segment:
    return Segment(
        start=start,
        length=_STILL_S,
        activity="still",
        side=side,
        stance=_STILL_S,
        flight_before=0.0,
        flight=0.0,
        peaked=0.5,
        swing=0.0,
        lowest=_WALK_LOWEST,
        drop_at=_WALK_DROP_AT,
        tilt=state.stand_tilt,
        tilt_swing=0.0,
        obliquity_swing=0.0,
        rotation_swing=0.0,
        sway=_SWAY_DEG,
        walk=0.0,
        speed=state.speed,
        bounce=0.0,
        drop=0.0,
        cadence=0.0,
    )
