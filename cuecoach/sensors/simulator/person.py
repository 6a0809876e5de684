"""Who runs: the simulated person's natural gait, how they tire, hear and obey, and how much all of that scatters."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Gait:
    """Natural gait when fresh, at the person's easy speed.

    Attributes
    ----------
    speed
        Easy speed the other values belong to, m/s.
    cadence, stance_time, vertical_oscillation
        spm, ms, mm (of the sacrum, as a sensor there sees it).
    pelvic_tilt
        Mean tilt against the standing-tall pose, deg, + forward.
    pelvic_drop_left, pelvic_drop_right
        Drop of the swing-side hip while that foot stands, deg; about 3-4 in healthy controls (Bramah 2018).
    tilt_range, rotation_range
        Swing of the angles within a stride, deg: 5.9-7.4 and 9.7-16.1 at the sacrum (Perpiñá-Martínez 2023).
    cadence_per_speed, cadence_per_grade, stance_per_speed
        Slopes: spm per m/s (prior 7, CAD-1), spm per % of grade (0.2, CAD-1), ms per m/s.
    """

    speed: float = 2.8
    cadence: float = 166.0
    stance_time: float = 255.0
    vertical_oscillation: float = 92.0
    pelvic_tilt: float = 4.0
    pelvic_drop_left: float = 4.0
    pelvic_drop_right: float = 3.7
    tilt_range: float = 6.4
    rotation_range: float = 11.5
    cadence_per_speed: float = 7.0
    cadence_per_grade: float = 0.2
    stance_per_speed: float = -30.0


@dataclass(frozen=True, slots=True)
class Fatigue:
    """What full fatigue (level 1) does to gait, before any cue; signs after Apte 2021, sizes by design.

    `cadence`, `vertical_oscillation` and `stance_time` are shares of the fresh value, the angles are degrees.
    """

    cadence: float = -0.04
    vertical_oscillation: float = 0.09
    stance_time: float = 0.06
    pelvic_tilt: float = 4.0
    pelvic_drop: float = 1.0
    heart_rate: float = 12.0


@dataclass(frozen=True, slots=True)
class Coupling:
    """How the rest of gait follows a cadence above or below what is natural at this speed.

    Attributes
    ----------
    vertical_oscillation
        Share of change per share of cadence: +7.5 % took it from 77 to 69 mm (Wang 2020), about -1.3.
    stance_time
        Share per share; contact shortens somewhat less than the step does.
    pelvic_drop
        Degrees per share: +10 % took 3.1 deg off runners with knee pain (Bramah 2019); less than half of that here, for
        a runner without pain has less to lose.
    """

    vertical_oscillation: float = -1.2
    stance_time: float = -0.8
    pelvic_drop: float = -12.0


@dataclass(frozen=True, slots=True)
class Response:
    """How a spoken cue and a beat change what the person does.

    Attributes
    ----------
    probability
        Chance that a cue does anything; 80 % responded to retraining (Zhang 2019).
    delay_s
        From the start of the words to the first change, s: (shortest, longest).
    shrink
        Share of the fault that goes: (least, most).
    settle_s
        The change is nearly whole (95 %) after this long, s.
    relapse_s
        Time constant with which the old form returns, s; a fully tired runner relapses three times as fast.
    reverts_per_speed
        Share of what was learned that is lost per m/s of speeding up: form reverts in a surge.
    beat_delay_s, beat_off_delay_s
        Until a new beat, or its end, is noticed, s.
    beat_settle_s
        Time constant of moving to the beat, s.
    beat_full, beat_none
        Mismatch (share of cadence) up to which the pull is whole, and from which there is none. Entrainment is linear
        over 1-3 % and people notice about 4 % (Van Dyck 2015); told to match, they follow further.
    beat_pull
        Share of the mismatch closed when the pull is whole.
    beat_keep
        Share of the new cadence that stays when the beat ends (fast tempi are well internalised, Nijs 2020).
    beat_lead_s
        Footfalls come slightly before the beat, s (Buhmann 2018).
    phase_pull
        Share of the timing error to the next click that one step corrects, once the tempo is right.
    beat_error_s
        SD of where the person aims about that, s; it hangs together over several steps. 0.02 to 0.035 leaves steps that
        scatter by 15-25 ms about their mean against the click, as runners told to match a beat do.
    follows_beat
        False for a person who cannot step to a beat, and runs as if there were none.
    """

    probability: float = 0.8
    delay_s: tuple[float, float] = (3.0, 8.0)
    shrink: tuple[float, float] = (0.5, 0.9)
    settle_s: float = 8.0
    relapse_s: float = 300.0
    reverts_per_speed: float = 0.6
    beat_delay_s: float = 2.0
    beat_off_delay_s: float = 1.0
    beat_settle_s: float = 3.5
    beat_full: float = 0.045
    beat_none: float = 0.09
    beat_pull: float = 0.96
    beat_keep: float = 0.85
    beat_lead_s: float = 0.02
    phase_pull: float = 0.15
    beat_error_s: float = 0.0
    follows_beat: bool = True


@dataclass(frozen=True, slots=True)
class Scatter:
    """Spread of what a sensor reports on an even run: SD of the 10-s median (docs/science.md, SEN-5: one public run).

    The first three are shares of the value; the pelvis values are the design's guesses.

    Part of it is the runner's own slow wandering, the rest the sensor's: two first-order processes whose sum has the
    measured autocorrelation 0.79 at 1 s, 0.23 at 10 s, 0.12 at 30 s of the reported values (docs/science.md, TRG-1).
    """

    cadence: float = 0.009
    stance_time: float = 0.020
    vertical_oscillation: float = 0.027
    pelvic_tilt: float = 1.0
    pelvic_drop: float = 0.7
    #: m/s; a foot pod's speed on even ground.
    speed: float = 0.05
    #: bpm.
    heart_rate: float = 1.0
    #: Solved from the three autocorrelations: time constants of the fast and the slow part, s, and the slow part's variance.
    fast_s: float = 3.12
    slow_s: float = 39.1
    slow_share: float = 0.258
    #: SD of the 10-s median over that of one report, by simulation of the same two processes.
    median_share: float = 0.77
    #: Of one step, on top: share of step time, of stance time, of bounce; degrees of tilt, of drop. Step-time
    #: variability of healthy runners is 1-2 %; the others by design.
    step: tuple[float, float, float, float, float] = (0.010, 0.018, 0.025, 0.5, 0.5)


@dataclass(frozen=True, slots=True)
class Imu:
    """The simulated inertial sensor: a ±16 g, ±2000 deg/s part of 16 bits on a waistband."""

    #: m/s² and deg/s, white, a sample.
    acc_noise: float = 0.12
    gyr_noise: float = 0.6
    #: deg/s, SD of the constant bias of an axis; consumer parts show 0.3-1.
    gyr_bias: float = 0.6
    acc_range_g: float = 16.0
    gyr_range: float = 2000.0


@dataclass(frozen=True, slots=True)
class Person:
    """A whole simulated person."""

    gait: Gait = field(default_factory=Gait)
    fatigue: Fatigue = field(default_factory=Fatigue)
    coupling: Coupling = field(default_factory=Coupling)
    response: Response = field(default_factory=Response)
    scatter: Scatter = field(default_factory=Scatter)
    imu: Imu = field(default_factory=Imu)
    #: bpm standing, and per m/s of running.
    resting_heart_rate: float = 75.0
    heart_rate_per_speed: float = 26.0
