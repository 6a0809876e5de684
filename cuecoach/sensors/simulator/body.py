"""The runner's slow state on a fixed grid of time: speed, fatigue, faults, what was corrected, the pull of the beat."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from cuecoach.events import Activity, Beat
from cuecoach.sensors.simulator.correction import Correction
from cuecoach.sensors.simulator.hearing import Ear, Fault
from cuecoach.sensors.simulator.person import Person
from cuecoach.sensors.simulator.story import STILL_SPEED, WALK_SPEED, Phase, Story

#: s between two states. Exact in binary, so that grid times carry no rounding.
BODY_DT: Final = 0.25
#: m/s²: how fast people change speed without a reason to hurry.
_SPEED_CHANGE: Final = 0.7
#: deg/s: how fast people straighten up while standing.
_STRAIGHTEN: Final = 4.0
#: Walking: spm at 1.4 m/s and per m/s, mm of vertical oscillation; usual values of adults.
_WALK_CADENCE: Final = 111.0
_WALK_CADENCE_PER_SPEED: Final = 25.0
WALK_BOUNCE_MM: Final = 42.0
#: Share of a stride that a walking foot is on the ground.
WALK_STANCE: Final = 0.62
#: s: how slowly heart rate follows effort.
_HEART_S: Final = 35.0
#: s: how slowly moving to a beat becomes a habit.
_LEARN_S: Final = 12.0
#: Share by which quicker steps are asked of somebody whose cadence has not sunk.
_QUICKER: Final = 0.03
#: The grid draws this many scatter processes: speed, cadence, stance, bounce, tilt, drop, drop difference, heart rate.
_WANDERS: Final = 8


@dataclass(frozen=True, slots=True)
class BodyState:
    """The runner at one moment: means that steps scatter about. Units of the metric catalogue.

    `stand_tilt` is the tilt while standing; `pull` is 0 without a beat, up to 1 when the runner is wholly with it.
    """

    t: float
    activity: Activity
    speed: float
    grade: float
    fatigue: float
    cadence: float
    stance_time: float
    vertical_oscillation: float
    pelvic_tilt: float
    drop_left: float
    drop_right: float
    heart_rate: float
    stand_tilt: float
    beat: Beat | None
    pull: float


class Body:
    """Computes the states one after the other and keeps them.

    State k belongs to time `k * BODY_DT` and rests on nothing heard to act later.

    Parameters
    ----------
    story, ear
        What happens, and what is heard.
    rng
        Where the slow wandering comes from; None for a runner like a clock.
    """

    def __init__(self, story: Story, ear: Ear, rng: np.random.Generator | None) -> None:
        self._story = story
        self._person: Person = story.person
        self._ear = ear
        self._rng = rng
        response = self._person.response
        self._corrected: dict[Fault, Correction] = {
            "tilt": Correction(response),
            "drop": Correction(response),
            "bounce": Correction(response),
            "cadence": Correction(response),
        }
        self._wander: Sequence[float] = [0.0] * _WANDERS
        if rng is not None:
            self._wander = rng.standard_normal(_WANDERS).tolist()
        self._states: list[BodyState] = []
        self._phase = -1
        self._drives = self._before = (0.0, 0.0, 0.0, 0.0, 0.0)
        self._speed = story.phases[0].speed
        self._stoop = story.phases[0].stoop
        self._fatigue = 0.0
        self._lift = self._lift_aim = 0.0
        self._pull = 0.0
        self._heart = self._person.resting_heart_rate + self._person.heart_rate_per_speed * self._speed * 0.8

    def at(self, t: float) -> BodyState:
        """Return the state at the last grid time up to `t`, s."""
        k = int(t / BODY_DT)
        while len(self._states) <= k:
            self._states.append(self._next(len(self._states) * BODY_DT))
        return self._states[k]

    def _next(self, t: float) -> BodyState:
        person, story = self._person, self._story
        index = story.index_at(t)
        phase = story.phases[index]
        if index != self._phase:
            self._phase, self._before = index, self._drives
        self._drives = _ramped(self._before, phase, t - story.starts[index])
        fade, slouch, drop_left, drop_right, bounce = self._drives

        speeding_up = self._change_speed(phase.speed) if t > 0 else 0.0
        self._stoop += min(max(phase.stoop - self._stoop, -_STRAIGHTEN * BODY_DT), _STRAIGHTEN * BODY_DT)
        activity: Activity = (
            "still" if self._speed < STILL_SPEED else "walking" if self._speed < WALK_SPEED else "running"
        )
        self._fatigue = min(max(self._fatigue + phase.fatigue_per_min * BODY_DT / 60.0, 0.0), 1.0)
        tired, f = self._fatigue, person.fatigue
        w_speed, w_cadence, w_stance, w_bounce, w_tilt, w_drop, w_side, w_heart = self._wandering()
        speed = max(self._speed + w_speed * person.scatter.speed, 0.0) if activity == "running" else self._speed

        corrected = self._corrected
        for heard in self._ear.acting(t):
            if heard.fault == "rush":
                self._lift_aim *= 1.0 - heard.shrink
            elif heard.fault is not None:
                corrected[heard.fault].answer(heard.shrink)
            if heard.fault == "cadence" and fade - f.cadence * tired < _QUICKER:
                self._lift_aim = max(self._lift_aim, _QUICKER * heard.shrink)
        for one in corrected.values():
            one.pass_time(BODY_DT, tired, speeding_up if activity == "running" else 0.0)
        left = {fault: 1.0 - one.share for fault, one in corrected.items()}

        g, c = person.gait, person.coupling
        deficit = fade - f.cadence * tired
        natural = g.cadence + g.cadence_per_speed * (speed - g.speed) + g.cadence_per_grade * phase.grade
        natural *= 1.0 + w_cadence * person.scatter.cadence
        beat = self._ear.beat(t) if activity == "running" else None
        quicker, pull = self._follow(beat, natural, deficit, tired)

        faster = speed - g.speed
        bounce_excess = (bounce + f.vertical_oscillation * tired) * left["bounce"]
        following = min(max(c.vertical_oscillation * quicker, -0.15), 0.15)
        drop = (tired * f.pelvic_drop) * left["drop"] + c.pelvic_drop * quicker + w_drop * person.scatter.pelvic_drop
        side = w_side * person.scatter.pelvic_drop
        effort = person.resting_heart_rate + person.heart_rate_per_speed * speed + 3.0 * max(phase.grade, 0.0)
        effort += f.heart_rate * tired
        self._heart += (effort - self._heart) * BODY_DT / _HEART_S
        stance = (g.stance_time + g.stance_per_speed * faster) * (1.0 + c.stance_time * quicker + f.stance_time * tired)
        vo = g.vertical_oscillation * (1.0 + bounce_excess + following)
        cadence = natural * (1.0 + quicker)
        if activity == "walking":
            cadence = _WALK_CADENCE + _WALK_CADENCE_PER_SPEED * (speed - 1.4)
            cadence *= 1.0 + w_cadence * person.scatter.cadence
            stance, vo = WALK_STANCE * 2.0 * 60_000.0 / cadence, WALK_BOUNCE_MM
        return BodyState(
            t=t,
            activity=activity,
            speed=speed,
            grade=phase.grade,
            fatigue=tired,
            cadence=cadence,
            stance_time=stance * (1.0 + w_stance * person.scatter.stance_time),
            vertical_oscillation=vo * (1.0 + w_bounce * person.scatter.vertical_oscillation),
            pelvic_tilt=g.pelvic_tilt
            + (slouch + f.pelvic_tilt * tired) * left["tilt"]
            + w_tilt * person.scatter.pelvic_tilt,
            drop_left=g.pelvic_drop_left + drop + drop_left * left["drop"] + side,
            drop_right=g.pelvic_drop_right + drop + drop_right * left["drop"] - side,
            heart_rate=self._heart + w_heart * person.scatter.heart_rate,
            stand_tilt=self._stoop,
            beat=beat,
            pull=pull,
        )

    def _change_speed(self, aim: float) -> float:
        """Move towards the speed `aim`; return by how much it rose, m/s."""
        step = min(max(aim - self._speed, -_SPEED_CHANGE * BODY_DT), _SPEED_CHANGE * BODY_DT)
        self._speed += step
        return step

    def _wandering(self) -> Sequence[float]:
        """Return the slow processes, each with the slow part's SD in units of the 10-s median's SD."""
        if self._rng is None:
            return self._wander
        s = self._person.scatter
        keep = math.exp(-BODY_DT / s.slow_s)
        fresh = math.sqrt(1.0 - keep * keep)
        drawn = self._rng.standard_normal(_WANDERS).tolist()
        self._wander = [keep * old + fresh * new for old, new in zip(self._wander, drawn, strict=True)]
        scale = math.sqrt(s.slow_share) / s.median_share
        one = [scale * w for w in self._wander]
        # A drop of one side is half common, half its own: together the wanted spread.
        one[5] *= math.sqrt(0.6)
        one[6] *= math.sqrt(0.4)
        return one

    def _follow(self, beat: Beat | None, natural: float, deficit: float, tired: float) -> tuple[float, float]:
        """Return cadence against the natural one (share) and how far the runner is with the beat (0 to 1)."""
        r, own = self._person.response, self._corrected["cadence"]
        self._lift += (self._lift_aim - self._lift) * (1.0 - math.exp(-3.0 * BODY_DT / r.settle_s))
        self._lift_aim *= math.exp(-BODY_DT * (1.0 + 2.0 * tired) / r.relapse_s)
        preferred = -deficit * (1.0 - own.share) + self._lift
        pull, wanted = 0.0, 0.0
        if beat is not None:
            asked = beat.spm / natural - 1.0
            # Against what the legs would do alone; as that becomes a habit, a beat half followed is followed wholly.
            mismatch = abs(asked - preferred) / (1.0 + preferred)
            pull = min(max((r.beat_none - mismatch) / (r.beat_none - r.beat_full), 0.0), 1.0)
            wanted = r.beat_pull * pull * (asked - preferred)
        self._pull += (wanted - self._pull) * (1.0 - math.exp(-BODY_DT / r.beat_settle_s))
        quicker = preferred + self._pull
        if pull > 0.5:
            rate = 1.0 - math.exp(-BODY_DT / _LEARN_S)
            if deficit > 1e-3:
                own.learn(min(max(r.beat_keep * (quicker + deficit) / deficit, 0.0), 1.0), rate)
            above = r.beat_keep * max(quicker, 0.0) + r.beat_keep * min(quicker + deficit, 0.0)
            self._lift_aim += rate * (above - self._lift_aim)
        return quicker, pull


def _ramped(before: Sequence[float], phase: Phase, since: float) -> tuple[float, float, float, float, float]:
    """Return the fault levels `since` seconds into a phase that began with the levels `before`."""
    share = min(since / phase.ramp_s, 1.0) if phase.ramp_s > 0 else 1.0
    levels = (phase.fade, phase.slouch, phase.drop_left, phase.drop_right, phase.bounce)
    a, b, c, d, e = (old + share * (new - old) for old, new in zip(before, levels, strict=True))
    return a, b, c, d, e
