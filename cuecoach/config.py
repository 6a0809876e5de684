"""How a run is set up: one YAML file whose every key has a default."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from cuecoach.bundled import bundled as bundled
from cuecoach.bundled import find_bundled
from cuecoach.errors import DocumentError, UsageError
from cuecoach.events import Place
from cuecoach.metrics import METRICS
from cuecoach.mounts import SensorAxes, parse_mount
from cuecoach.units import parse_quantity

#: What limits are told in.
_BASE_UNITS: Final = {"time": "s", "speed": "m/s", "percent": "%", "cadence": "spm", "level": "dB"}


def _quantity(value: object, *, dimension: str, example: str, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"write a number with a unit, for example `{example}`")
    try:
        base = parse_quantity(str(value), dimension, example=example)
    except UsageError as error:
        raise ValueError(str(error)) from None
    if not low <= base <= high:
        unit = _BASE_UNITS[dimension]
        raise ValueError(
            f"`{value}` is out of range; it may be {low:g} to {high:g} {unit}, a usual value is `{example}`"
        )
    return base


def _reads(dimension: str, example: str, low: float, high: float) -> Callable[[object], float]:
    return partial(_quantity, dimension=dimension, example=example, low=low, high=high)


#: Seconds, written as a quantity: ``90 s``, ``5 min``.
Seconds: TypeAlias = Annotated[float, BeforeValidator(_reads("time", "5 min", 0, 86_400))]
#: m/s, written ``2.0 m/s`` or ``9 km/h``.
Speed: TypeAlias = Annotated[float, BeforeValidator(_reads("speed", "2.0 m/s", 0, 12))]
#: Percent.
Percent: TypeAlias = Annotated[float, BeforeValidator(_reads("percent", "5 %", 0, 100))]
#: Steps a minute.
Cadence: TypeAlias = Annotated[float, BeforeValidator(_reads("cadence", "172 spm", 100, 240))]
#: dB relative to full scale; never above, so the program cannot boost.
Level: TypeAlias = Annotated[float, BeforeValidator(_reads("level", "-12 dB", -60, 0))]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)


#: What a role may be given: `auto`, `off`, a device's name or address, or another kind of sensor (``sim:demo``).
SensorName: TypeAlias = Annotated[str, Field(min_length=1, max_length=200)]


class Sensors(_Section):
    """Which sensor fills which role, and what a foot pod's cadence counts."""

    foot: SensorName = "auto"
    sacrum: SensorName = "auto"
    torso: SensorName = "off"
    heart: SensorName = "off"
    cadence_unit: Literal["auto", "strides", "steps"] = "auto"


#: A mounting that is found by itself.
AUTO: Final = "auto"


def _mounting(text: str) -> str:
    if text != AUTO:
        try:
            parse_mount(text)
        except UsageError as error:
            raise ValueError(str(error)) from None
    return text


#: How a sensor sits: `auto`, or as :func:`cuecoach.mounts.parse_mount` reads it.
Mounting: TypeAlias = Annotated[str, AfterValidator(_mounting), Field(max_length=60)]


class Mount(_Section):
    """How the sensors on the trunk sit on the body, where that is not to be found from the motion."""

    sacrum: Mounting = AUTO
    torso: Mounting = AUTO

    def axes(self, place: Place) -> SensorAxes | None:
        """Return how a sensor at this place was told to sit, None when it is to be found; the hip counts as the sacrum."""
        told = {"sacrum": self.sacrum, "hip": self.sacrum, "torso": self.torso}.get(place, AUTO)
        return None if told == AUTO else parse_mount(told)


class CadencePlan(_Section):
    """What the plan asks of cadence: a share above the runner's own at this speed, or one fixed number."""

    #: More than 5 % only where a config says so, and never more than 10 % (docs/science.md, CAD-2).
    raise_: Annotated[float, BeforeValidator(_reads("percent", "5 %", 0, 10))] | None = Field(
        default=5.0, alias="raise"
    )
    target: Cadence | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_of_both(cls, data: object) -> object:
        if isinstance(data, dict):
            if "raise" in data and "target" in data:
                raise ValueError("give either `raise` or `target`, not both")
            if "target" in data:
                return {**data, "raise": None}
        return data  # pyright: ignore[reportUnknownVariableType]


class Voice(_Section):
    """Who speaks.

    `name` is part of a system voice's name, `model` the file of a Piper voice; None leaves the choice to the language.
    """

    engine: str = Field(default="pyttsx3", min_length=1, max_length=60)
    name: str | None = Field(default=None, min_length=1, max_length=100)
    model: str | None = Field(default=None, min_length=1, max_length=400)
    language: str = Field(default="en", min_length=2, max_length=12)
    rate: int = Field(default=175, ge=80, le=400)


def _delay(value: object, *, dimension: str, example: str, low: float, high: float) -> object:
    return value if value == AUTO else _quantity(value, dimension=dimension, example=example, low=low, high=high)


#: What the headphones add, s, or `auto`.
Delay: TypeAlias = Annotated[
    float | Literal["auto"],
    BeforeValidator(partial(_delay, dimension="time", example="180 ms", low=0, high=1)),
]


class Sound(_Section):
    """Where sound goes and how loud. Software cannot know the level at the ear, so the default is low."""

    device: str | int = "default"
    sink: str = Field(default="sounddevice", min_length=1, max_length=60)
    level: Level = -12.0
    headphones_only: bool = False
    others: Literal["leave", "duck", "pause"] = "leave"
    #: How much later than the device says it is heard, s: Bluetooth takes 0.1 to 0.3. `auto` is what was measured for it.
    delay: Delay = "auto"
    keep_awake: Literal["auto", "on", "off"] = "auto"


def _accent(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"off|left|right|every ([2-9]|1\d|2[0-4])", value):
        raise ValueError("write `off`, `left`, `right`, or for example `every 4`, counted in clicks")
    return value


class BeatSound(_Section):
    """What the beat sounds like; `sound` is a name of `cuecoach metronome --list-sounds`, or a file of your own."""

    every: Literal["step", "stride", "second stride"] = "step"
    sound: str = Field(default="knock", min_length=1, max_length=400)
    level: Level = -6.0
    #: How far each foot's click lies to its side: 0 in the middle, 100 % in that ear alone.
    pan: Percent = 40.0
    accent: Annotated[str, BeforeValidator(_accent)] = "off"

    @property
    def steps(self) -> int:
        """Steps from click to click."""
        return {"step": 1, "stride": 2, "second stride": 4}[self.every]


class Music(_Section):
    """Songs that take the beat's place: files or folders; none, and the beat clicks."""

    files: tuple[str, ...] = ()


class Gates(_Section):
    """When no cue may be spoken at all (docs/science.md, SEN-6)."""

    warm_up: Seconds = 300.0
    min_speed: Speed = 2.0
    max_grade: Percent = 3.0
    #: After a change of speed by more than 0.3 m/s the form is in transit for this long; so long data counts as just back.
    settle: Seconds = 15.0


#: Where the sensor is that goes first for a metric: the place it is worn at; `watch` is one that names no place.
SourcePlace: TypeAlias = Literal["sacrum", "hip", "torso", "foot", "shank", "watch"]


def _known_metrics(sources: Mapping[str, SourcePlace]) -> Mapping[str, SourcePlace]:
    unknown = sorted(name for name in sources if name not in METRICS)
    if unknown:
        raise ValueError(f"there is no metric `{unknown[0]}`; write for example `{{cadence: foot}}`")
    return sources


class Baseline(_Section):
    """Which part of the run tells what is normal for this runner today."""

    #: Uncued running before this is still finding its feet.
    learn_from: Seconds = 120.0
    #: So much uncued running makes the baseline usable, and so much fixes it.
    ready_after: Seconds = 180.0
    fixed_after: Seconds = 600.0
    #: `start` is the median between these (docs/science.md, SEN-4).
    start_from: Seconds = 360.0
    start_to: Seconds = 600.0


class Caps(_Section):
    """How often at most (docs/science.md, CUE-5)."""

    gap: Seconds = 60.0
    per_km: int = Field(default=2, ge=0, le=20)
    per_run: int = Field(default=10, ge=0, le=1000)
    praise_gap: Seconds = 180.0


class Response(_Section):
    """How it is found out what cues do: a share of those that are due stays unsaid, by chance (docs/science.md, CUE-6)."""

    withhold: Percent = 0.0


class RunConfig(_Section):
    """One run: whose, which sensors, which cues, and how they sound."""

    runner: str = Field(default="default", min_length=1, max_length=60)
    #: A live run goes on with the runner's plan.
    plan: bool = False
    #: What chance there is in coaching is drawn from this, so that a run can be repeated.
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = 0
    sensors: Sensors = Sensors()
    #: Whose value counts, by metric; the others: raw samples before a pod, a pod before a watch.
    sources: Annotated[Mapping[str, SourcePlace], AfterValidator(_known_metrics)] = Field(
        default_factory=lambda: dict[str, SourcePlace]()
    )
    mount: Mount = Mount()
    #: A live run begins with a guided calibration; a recording cannot be asked to stand still.
    calibrate: bool = False
    #: In a race only safety and the sensors have a word (docs/science.md, SAF-5).
    race: bool = False
    cues: tuple[str, ...] = (
        "posture",
        "cadence",
        "hips",
        "bounce",
        "speed",
        "symmetry",
        "fatigue",
        "safety",
    )
    focus: str = Field(default="all", min_length=1, max_length=40)
    cadence: CadencePlan = CadencePlan()
    metronome: Literal["off", "when needed", "always", "follow"] = "when needed"
    voice: Voice = Voice()
    sound: Sound = Sound()
    beat: BeatSound = BeatSound()
    music: Music = Music()
    gates: Gates = Gates()
    baseline: Baseline = Baseline()
    caps: Caps = Caps()
    response: Response = Response()
    #: For demonstrations: divides the rules' holds and cooldowns, so that minutes show what takes half an hour.
    hurry: float = Field(default=1.0, ge=1, le=20)


def load_config(source: str | Path | None = None) -> RunConfig:
    """Read a config.

    Parameters
    ----------
    source
        A path, the name of a bundled config (``easy-run``), or None for the defaults.

    Raises
    ------
    DocumentError
        With every problem of the file, each at its line and column.
    UsageError
        When there is no such file.
    """
    if source is None:
        return RunConfig()
    from cuecoach.yamldoc import load_document, validate

    path = find_bundled("configs", source)
    config, problems = validate(load_document(path), RunConfig)
    if config is None:
        raise DocumentError(f"{path} has {len(problems)} problem(s)", problems)
    return config
