"""Everything that flows through the program: what goes into the coach, and what comes out.

Inputs are :data:`Event`, outputs :data:`Action`; `Coach.handle(event)` turns one into a list of the other. All are frozen
and carry a time in seconds since session start, stamped once, on entry. Units are those of the metric catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from cuecoach.rules.rule import Rule

FloatArray: TypeAlias = NDArray[np.float64]
#: Three numbers along the axes of a frame.
Vector: TypeAlias = tuple[float, float, float]

#: Where a sensor is worn.
Place: TypeAlias = Literal["sacrum", "hip", "torso", "foot", "shank"]
Side: TypeAlias = Literal["left", "right"]
Activity: TypeAlias = Literal["running", "walking", "still"]

#: What the angles of a sensor on the trunk are measured from: a guided calibration or its like at a recording's start, some
#: seconds of quiet standing, or the first strides of running.
Reference: TypeAlias = Literal["standing tall", "standing", "running"]

#: The states of a sensor. `lost` and `back` are told the runner, once each.
LifeState: TypeAlias = Literal["searching", "connecting", "streaming", "stale", "lost", "back", "ended"]

#: What a phrase is: a correction, praise, or a word about a sensor.
SayKind: TypeAlias = Literal["cue", "praise", "notice"]

#: Whose beat it is when no rule asked for it.
METRONOME: Final = "metronome"

#: Ticks fall on multiples of this.
TICK_S = 0.25

_NOTHING: Mapping[str, float] = MappingProxyType({})


# ---------------------------------------------------------------- into the coach
@dataclass(frozen=True, slots=True)
class Reading:
    """Metric values of one moment as a sensor gives them.

    `values` maps canonical metric names to values in catalogue units; what is unknown is absent, never 0. `raw` holds what
    the sensor literally said where that had to be interpreted (``cadence``: its number, strides or steps); for the record.
    """

    t: float
    source: str
    values: Mapping[str, float]
    place: Place | None = None
    raw: Mapping[str, float] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True, eq=False)
class ImuBlock:
    """A run of raw samples of one inertial sensor.

    Attributes
    ----------
    t
        When the block had arrived, s; never before its last sample.
    source, place
        Which sensor, and where it is worn.
    times
        Sample times, shape (n,), s, increasing.
    acc
        Acceleration with gravity, sensor frame, shape (n, 3), m/s²; at rest it points up and is 9.81 long.
    gyr
        Angular rate, sensor frame, shape (n, 3), deg/s; None for a sensor without gyroscope.
    """

    t: float
    source: str
    place: Place
    times: FloatArray
    acc: FloatArray
    gyr: FloatArray | None = None


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passes. Rules are evaluated on these only, so silence is visible too."""

    t: float


@dataclass(frozen=True, slots=True)
class SensorState:
    """A sensor's life: `stale` mutes the cues that need it at once."""

    t: float
    source: str
    state: LifeState
    text: str = ""


@dataclass(frozen=True, slots=True)
class Battery:
    """How full a sensor's battery is, percent, as it says."""

    t: float
    source: str
    percent: float


@dataclass(frozen=True, slots=True)
class Gap:
    """Between `since` and `until`, s, something of this source never came.

    `lost` counts it (samples of a sensor, events of the queue) where that can be known.
    """

    t: float
    source: str
    since: float
    until: float
    lost: int | None = None


@dataclass(frozen=True, slots=True)
class AudioEvent:
    """What became of a sound: cooldowns count from `started`."""

    t: float
    kind: Literal["started", "ended", "dropped"]
    id: int


@dataclass(frozen=True, slots=True)
class Control:
    """The runner's own word: `quiet` always works, for a while (`for_s`) or for the rest of the run.

    `calibrate` asks for a guided standing-tall calibration of the sensors on the trunk. `pain` says that it hurts: nothing
    about form is said any more in this run, and no beat sounds; no later command takes that back.
    """

    t: float
    command: Literal["quiet", "speak", "calibrate", "pain"]
    for_s: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Reload:
    """The cue files were changed while running: from the first tick after `t` on these rules count.

    `sources` holds the text of every file by its path, so that a record of the run is whole.
    """

    t: float
    rules: tuple[Rule, ...]
    sources: Mapping[str, str] = field(default_factory=lambda: MappingProxyType(dict[str, str]()))


Event: TypeAlias = Reading | ImuBlock | Tick | SensorState | Battery | Gap | AudioEvent | Control | Reload


# ---------------------------------------------------------------- inside: from gait to rules
@dataclass(frozen=True, slots=True)
class Step:
    """One foot contact, final once it is out.

    Attributes
    ----------
    known
        The sample time at which the step could first be told, s; the coach uses it from the first tick at or after that.
    ic, tc
        Initial and terminal contact, s; `tc` is None when it was not seen.
    side
        The foot on the ground, None when unsure.
    values
        Per-step metrics by canonical name (`cadence`, `stance_time`, `vertical_oscillation`, `pelvic_tilt`, …), catalogue
        units; unknown ones are absent.
    turn
        How fast the body's heading turned over the stride that ends with this step, deg/s, + to the left; None while unknown.
    """

    known: float
    ic: float
    tc: float | None = None
    side: Side | None = None
    values: Mapping[str, float] = field(default_factory=lambda: _NOTHING)
    turn: float | None = None


@dataclass(frozen=True, slots=True)
class ActivityChange:
    """From `since` on the runner was running, walking or still; could first be told at `known`."""

    known: float
    since: float
    activity: Activity


@dataclass(frozen=True, slots=True)
class Alignment:
    """How a sensor on the trunk sits on the body, as decided; it holds until the next one.

    Attributes
    ----------
    known
        The sample time at which it was decided, s.
    reference, since, until
        What the zero of the angles is, and from which stretch of time, s.
    forward
        Whether the direction of running was found from the motion, or told by a mounting.
    axes
        The body's axes (x forward, y left, z up in the reference pose) in the sensor frame, each of length 1.
    gyr_bias
        What was taken off the gyroscope, deg/s.
    """

    known: float
    reference: Reference
    since: float
    until: float
    forward: Literal["motion", "mount"]
    axes: tuple[Vector, Vector, Vector]
    gyr_bias: Vector


@dataclass(frozen=True, slots=True)
class Slip:
    """The sensor moved on the body at about `at`: its mean angles jumped by so much, deg. Told at `known`, s."""

    known: float
    at: float
    pelvic_tilt: float
    pelvic_obliquity: float


@dataclass(frozen=True, slots=True)
class CalibrationStage:
    """A guided calibration has come to this stage at `known`, s.

    `still` asks to stand still, `tall` to stand tall; `done` and `failed` end it.
    """

    known: float
    stage: Literal["still", "tall", "done", "failed"]


# ---------------------------------------------------------------- out of the coach
@dataclass(frozen=True, slots=True)
class Say:
    """Speak `text` starting at session time `at`.

    `duration` is the modelled length of the words in seconds. The coach counts the voice as busy for that long whichever
    voice is installed, so decisions never depend on it.
    """

    t: float
    at: float
    id: int
    rule: str
    text: str
    duration: float
    kind: SayKind = "cue"


@dataclass(frozen=True, slots=True)
class Beat:
    """Click on every step: step k falls at `at + k * 60 / spm`. Replaces the beat before it from `at` on.

    `first_side` is the foot of step 0; steps alternate. With `every` 2 only each second of them clicks, and so on. `until`
    ends the beat; None leaves it to a `BeatOff`.
    """

    t: float
    at: float
    id: int
    rule: str
    spm: float
    until: float | None = None
    first_side: Side = "left"
    every: int = 1


@dataclass(frozen=True, slots=True)
class BeatOff:
    """No click at or after `at`."""

    t: float
    at: float
    id: int


@dataclass(frozen=True, slots=True)
class Level:
    """How loud words and beat are from `at` on, dB, at most 0; None leaves one as it is."""

    t: float
    at: float
    words_db: float | None = None
    beat_db: float | None = None


@dataclass(frozen=True, slots=True)
class Hush:
    """Not a word from `at` on: what sounds is faded out, what waits is dropped."""

    t: float
    at: float


@dataclass(frozen=True, slots=True)
class Decision:
    """Why a rule spoke or was silent; recorded whenever the reason changes.

    `outcome` is a short stable word (``spoken``, ``holding``, ``cooling down`` …), `why` the sentence for people, `values`
    the numbers it rests on.
    """

    t: float
    rule: str
    outcome: str
    why: str
    text: str = ""
    values: Mapping[str, float | None] = field(default_factory=lambda: dict[str, float | None]())


@dataclass(frozen=True, slots=True)
class Response:
    """What followed a correction that was heard or withheld, told at `t` when that could be judged.

    Attributes
    ----------
    at
        When the cue began, s.
    rule, text
        Whose cue, in which words; empty words for one that was withheld to see what happens without it.
    metric
        The rule's main metric.
    before, after
        Its median before the cue and after it, catalogue units; None where unknown.
    share
        How much of the fault went: 1 all of it, below 0 the wrong way.
    by_itself
        How much of that was to be expected without any cue, share.
    helped
        Whether the cue took away at least half of what would not have gone by itself.
    """

    t: float
    at: float
    rule: str
    text: str
    metric: str
    before: float | None
    after: float | None
    share: float
    by_itself: float
    helped: bool


@dataclass(frozen=True, slots=True)
class Note:
    """Something the runner or the log should know that is not a cue: a sensor went, a file was cut short."""

    t: float
    source: str
    text: str


#: What a mixer understands.
SoundCommand: TypeAlias = Say | Hush | Beat | BeatOff | Level
Action: TypeAlias = SoundCommand | Decision | Response | Note
