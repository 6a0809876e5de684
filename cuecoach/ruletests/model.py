"""What a test file may say, and a test as it is run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from cuecoach.config import RunConfig
from cuecoach.errors import UsageError
from cuecoach.rules.rule import Rule
from cuecoach.ruletests.expect import Expected
from cuecoach.ruletests.lengths import read_length
from cuecoach.ruletests.script import Script
from cuecoach.yamldoc import Fault

#: A test begins so far into the run, s: the warm-up is over, and so are the minutes that `start` is made of.
BEGINS_S: Final = 1200.0
#: The longest test, s.
LONGEST_S: Final = 6 * 3600.0


def _length(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Fault("this should be a time", "write for example `2 min`")
    try:
        seconds = read_length(str(value))
    except UsageError as error:
        message, _, mend = str(error).partition("; ")
        raise Fault(message, mend or None) from None
    if not 0 < seconds <= LONGEST_S:
        raise Fault(f"`{value}` is out of range", f"a test may last up to {LONGEST_S / 3600:g} h")
    return seconds


def _texts(value: object) -> object:
    return [value] if isinstance(value, str) else value


Length: TypeAlias = Annotated[float, BeforeValidator(_length)]


class FileModel(BaseModel):
    """A test file; its tests are checked one by one, so that a fault in one does not hide the faults of the others."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    version: Literal[1] = 1
    rules: Annotated[list[str], BeforeValidator(_texts)] = Field(min_length=1, examples=["posture.yaml"])
    language: str | None = None
    tests: list[object] = Field(min_length=1, examples=["[…]"])


class TestModel(BaseModel):
    """One test as it is written; what is given and expected is read by its own grammar."""

    __test__ = False  # not a class of tests, whatever pytest thinks of its name
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: str = Field(min_length=1, max_length=120, examples=["says it once, then cools down"])
    given: dict[str, object] = Field(examples=["{pelvic_tilt: 15 deg for 60 s}"])
    expect: object = Field(examples=["silence"])
    config: dict[str, object] | None = None
    length_s: Length | None = Field(default=None, alias="for")


@dataclass(frozen=True, slots=True)
class Given:
    """What the runner and the sensors do, over test time.

    Attributes
    ----------
    numbers
        By full name in catalogue units: ``pelvic_tilt``, ``baseline(pelvic_tilt)``, ``distance`` (m).
    facts
        States by name.
    begins_s
        How far into the run the test begins, s; None for past the warm-up.
    distance_from
        Metres already covered when the test begins, where the way goes on from there by the speed.
    """

    numbers: Mapping[str, Script[float]] = field(default_factory=lambda: MappingProxyType(dict[str, Script[float]]()))
    facts: Mapping[str, Script[bool]] = field(default_factory=lambda: MappingProxyType(dict[str, Script[bool]]()))
    begins_s: float | None = None
    distance_from: float | None = None

    @property
    def length_s(self) -> float:
        """How long the longest of its scripts is, s; 0 when all stay as they are."""
        return max((script.length_s for script in (*self.numbers.values(), *self.facts.values())), default=0.0)


@dataclass(frozen=True, slots=True)
class RuleTest:
    """One test, ready to run.

    Attributes
    ----------
    name
        What it shows.
    given, expected
        What goes in, and what must come out.
    length_s
        How long it runs, s.
    config
        The set-up of the run.
    rules
        The rules it is run with, in the order they are written.
    path, line
        Where it is written.
    """

    name: str
    given: Given
    expected: tuple[Expected, ...]
    length_s: float
    config: RunConfig
    rules: tuple[Rule, ...]
    path: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class TestFile:
    """The tests of one file, and every rule of the cue files they are about."""

    __test__ = False

    path: str
    tests: tuple[RuleTest, ...]
    rules: tuple[Rule, ...]

    @property
    def tested(self) -> frozenset[str]:
        """The ids of the rules that a test names."""
        return frozenset(line.rule for test in self.tests for line in test.expected)
