"""What a cue file may say: its settings with their kinds, defaults and ranges (pydantic)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Final, Literal, TypeAlias, cast

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, model_validator

from cuecoach.errors import UsageError
from cuecoach.rules.rule import Limit, Per, Priority
from cuecoach.units import UNITS, parse_quantity
from cuecoach.yamldoc import Fault

#: Settings that are planned: a file that uses one is told so instead of being told of a typo. None at the moment.
NOT_YET: Final[Mapping[str, str]] = {}
#: The version of the language that is read.
VERSION: Final = 1
#: Steps of a drill: more are forgotten before they are done.
MAX_STEPS: Final = 5

_LIMIT = re.compile(r"([1-9][0-9]{0,3}) per (km|run|hour)")


def _seconds(example: str, low: float, high: float) -> Callable[[object], float]:
    def read(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise Fault("this should be a time", f"write for example `{example}`")
        slip = _slip(str(value).strip())
        if slip:
            raise slip
        try:
            seconds = parse_quantity(str(value), "time", example=example)
        except UsageError as error:
            message, _, mend = str(error).partition("; ")
            raise Fault(message, mend or None) from None
        if not low <= seconds <= high:
            raise Fault(f"`{value}` is out of range", f"it may be {_time(low)} to {_time(high)}")
        return seconds

    return read


def _slip(text: str) -> Fault | None:
    clock = re.fullmatch(r"([0-9]{1,3}):([0-5][0-9])", text)
    if clock:
        return Fault(
            f"`{text}` is not how a length of time is written", f"write `{60 * int(clock[1]) + int(clock[2])} s`"
        )
    comma = re.fullmatch(r"([0-9]+),([0-9]+ *[a-z]*)", text)
    if comma:
        return Fault("a comma inside a number", f"write a point: `{comma[1]}.{comma[2]}`")
    return None


def _time(seconds: float) -> str:
    for symbol in ("h", "min"):
        factor = UNITS[symbol].factor
        if seconds and seconds % factor == 0:
            return f"{seconds / factor:.0f} {symbol}"
    return f"{seconds:.0f} s"


def _limit(value: object) -> Limit:
    found = _LIMIT.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise Fault(f"`{value}` is not a limit", "write for example `2 per km`, `4 per run` or `10 per hour`")
    return Limit(int(found[1]), cast("Per", found[2]))


def _texts(value: object) -> object:
    return [value] if isinstance(value, str | int | float | bool | dict) else value


def _version(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool) and value > VERSION:
        message = f"this file is written for version {value} of the language, and this cuecoach reads version {VERSION}"
        raise Fault(message, "install a newer cuecoach", number=103)
    return value


def _kind(value: object) -> str:
    return "a recording" if isinstance(value, dict | Sound) else "a text"


def _language(value: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z]{2,4})?", value):
        raise Fault(f"`{value}` is not a code of a language", "write for example `en`, `de` or `pt-BR`")
    return value


Hold: TypeAlias = Annotated[float, BeforeValidator(_seconds("20 s", 0, 600))]
Cooldown: TypeAlias = Annotated[float, BeforeValidator(_seconds("60 s", 0, 3600))]
BeatLength: TypeAlias = Annotated[float, BeforeValidator(_seconds("60 s", 5, 600))]
LimitText: TypeAlias = Annotated[Limit, BeforeValidator(_limit)]
#: Words for one breath. Longer ones are refused here; a warning comes much earlier.
Words: TypeAlias = Annotated[str, Field(max_length=120)]
Language: TypeAlias = Annotated[str, AfterValidator(_language)]


class Sound(BaseModel):
    """A wording that is a sound file, and what is shown for it."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    play: str = Field(examples=["run-tall.wav"])
    text: Words | None = Field(default=None, min_length=1)


#: A wording: words, or a recording. Told apart by its kind, so that a slip in one is not answered with the other's rules.
Wording: TypeAlias = Annotated[
    Annotated[Words, Tag("a text")] | Annotated[Sound, Tag("a recording")], Discriminator(_kind)
]


def _none() -> list[str]:
    return []


class NoChangeModel(BaseModel):
    """What follows when the first words did not help."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    say: Annotated[list[Words], BeforeValidator(_texts)] = Field(default_factory=_none, max_length=20)
    drill: Annotated[list[Words], BeforeValidator(_texts)] = Field(default_factory=_none, max_length=MAX_STEPS)

    @model_validator(mode="after")
    def _something(self) -> NoChangeModel:
        if not self.say and not self.drill:
            raise Fault(
                "there is nothing here", "write for example `say: Tuck tail slightly`, or a `drill` of a few steps"
            )
        return self


class RuleModel(BaseModel):
    """One rule as it is written."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True)

    extends: str | None = Field(default=None, examples=["posture/run-tall"])
    about: str = Field(default="", max_length=200)
    focus: str = Field(default="form", min_length=1, max_length=40)
    # May be left out where the rule that is extended has it; who reads the file sees to that.
    when: str | None = Field(default=None, examples=["pelvic_tilt > start + 3 deg"])
    hold_s: Hold = Field(default=20.0, alias="for")
    until: str | None = None
    only_if: str | None = None
    cooldown: Cooldown = 60.0
    limit: LimitText | None = None
    priority: Priority = "normal"
    say: Annotated[list[Wording], BeforeValidator(_texts)] = Field(
        default_factory=lambda: list[str | Sound](), max_length=20
    )
    play: str | None = Field(default=None, examples=["run-tall.wav"])
    if_no_change: NoChangeModel | None = None
    beat: BeatLength | None = None
    praise: Words | None = None
    repeat: bool = True
    evidence: Literal["A", "B", "C", "D"] | None = None
    because: str | None = Field(default=None, max_length=300)
    enabled: bool = True


class FileModel(BaseModel):
    """A cue file; its rules are checked one by one, so that a fault in one does not hide the faults of the others."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    version: Annotated[Literal[1], BeforeValidator(_version)] = Field(examples=["1"])
    language: Language = "en"
    rules: dict[str, object] = Field(examples=["{…}"])
