"""A run as it is remembered: what the coach knew each second, what it did and why. What reports and exports are made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal, TypeAlias

from cuecoach.events import Action, Activity, Place

_NOTHING: Mapping[str, float] = MappingProxyType({})

#: Where a run comes from: sensors, a simulated runner, or a file of another program.
Kind: TypeAlias = Literal["live", "simulated", "imported"]
#: `recording` while it goes on; `interrupted` when the program ended before it could close the run.
RunState: TypeAlias = Literal["recording", "closed", "interrupted"]


@dataclass(frozen=True, slots=True)
class Second:
    """What the coach knew of the runner at the whole second `t`, session time.

    Attributes
    ----------
    values
        Each metric as rules see it (under its standard smoothing), by canonical name, catalogue units; unknown ones absent.
    normal
        What is normal for this runner at this speed and grade, where that is known.
    noise
        The personal spread of the smoothed metric around its normal, one standard deviation, catalogue units.
    target
        What was asked of the cadence, spm; None without a plan for it.
    activity
        What the runner did; None while unknown.
    gate
        Why nothing might be spoken (``warm-up``, ``walking`` …); None when the coach was free to.
    distance
        Metres since the start; None when no speed was ever known.
    beat
        The tempo of the beat that sounded, spm; None in silence.
    """

    t: float
    values: Mapping[str, float] = field(default_factory=lambda: _NOTHING)
    normal: Mapping[str, float] = field(default_factory=lambda: _NOTHING)
    noise: Mapping[str, float] = field(default_factory=lambda: _NOTHING)
    target: float | None = None
    activity: Activity | None = None
    gate: str | None = None
    distance: float | None = None
    beat: float | None = None


@dataclass(frozen=True, slots=True)
class RuleCard:
    """What a report says of a rule: its name, what it is for, and what it watches."""

    id: str
    about: str
    focus: str
    metric: str | None
    when: str
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class WornSensor:
    """A sensor of the run, as it was known: `about` is its device, family or file in words."""

    source: str
    place: Place | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A whole run.

    Attributes
    ----------
    number
        Its number in the store, from 1; 0 for a run that is in no store.
    runner
        Whose run it is.
    started
        When session time 0 was, with its time zone.
    duration_s
        Length, s.
    seconds
        One entry a second, in order; seconds may be missing.
    actions
        Everything the coach did, in order of `t`: words, beats, decisions, responses, notes.
    """

    number: int
    runner: str
    started: datetime
    duration_s: float
    kind: Kind = "live"
    state: RunState = "closed"
    title: str = ""
    focus: str = "all"
    sensors: Sequence[WornSensor] = ()
    rules: Sequence[RuleCard] = ()
    seconds: Sequence[Second] = ()
    actions: Sequence[Action] = ()
