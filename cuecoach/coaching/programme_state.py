"""Where a runner's plan stands, what its runs showed, and both as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar, Final, TypeAlias

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from cuecoach.coaching.programme_table import LAST, SESSIONS, RunKind
from cuecoach.errors import UsageError

#: Less than this of running that counts tells nothing, s.
LEAST_MEASURED_S: Final = 120.0

_CONFIG: Final = ConfigDict(extra="forbid", allow_inf_nan=False)

_Seconds: TypeAlias = Annotated[float, Field(ge=0.0)]
_Score: TypeAlias = Annotated[int, Field(ge=0, le=10)]
_Focus: TypeAlias = Annotated[str, Field(min_length=1, max_length=40)]


@dataclass(frozen=True, slots=True)
class RunResult:
    """What one run under a plan showed.

    Attributes
    ----------
    day, focus, kind, number
        When it was, and what it was for.
    ran_s
        How long the session lasted, of running after the warm-up, s.
    measured_s, in_band_s
        Of that, what counts: all in sessions 1 to 4, later only the time without help; and how much of it was in band, s.
    recalled_s, recalled_in_band_s
        The same after the one anchor of a probe, s.
    pain, calf
        What the runner said of it, 0 to 10; None while nothing was said.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _CONFIG

    day: date
    focus: _Focus
    kind: RunKind
    number: Annotated[int, Field(ge=0, le=LAST)]
    ran_s: _Seconds
    measured_s: _Seconds
    in_band_s: _Seconds
    recalled_s: _Seconds = 0.0
    recalled_in_band_s: _Seconds = 0.0
    pain: _Score | None = None
    calf: _Score | None = None

    @property
    def share(self) -> float | None:
        """Share of the time that counts in band, 0 to 1; None when too little was measured."""
        return _share(self.in_band_s, self.measured_s)

    @property
    def alone(self) -> bool:
        """Whether only time without help counts."""
        return self.kind != "session" or SESSIONS[self.number - 1].window < 1.0

    @property
    def recall(self) -> float | None:
        """The same after the one anchor of a probe."""
        return _share(self.recalled_in_band_s, self.recalled_s)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A focus that is done or was given up."""

    __pydantic_config__: ClassVar[ConfigDict] = _CONFIG

    focus: _Focus
    begun: date
    ended: date
    finished: bool


@dataclass(frozen=True, slots=True)
class Probe:
    """A run that asks what was kept: so many days after the last session, not before `due`."""

    __pydantic_config__: ClassVar[ConfigDict] = _CONFIG

    day: Annotated[int, Field(ge=1)]
    due: date


@dataclass(frozen=True, slots=True)
class PlanState:
    """Where a plan stands.

    Attributes
    ----------
    focus, begun
        What is being learnt, and since when; no focus: no plan now, only what was before.
    session
        The session that comes next, 1 to 8; 9 when all are done.
    not_before
        The day before which the next session should not be run.
    booster, reminder
        What a probe asked for: a session once more, or the anchor early in each run.
    hurts
        The runner said so, and has not taken it back: nothing is trained meanwhile.
    waiting
        The last result waits for the runner's word on pain; nothing was decided from it yet.
    probes
        The probes still to come.
    results
        Every run of this focus that counted, oldest first.
    earlier
        The foci before.
    why
        The last decision in one sentence.
    today
        While a run is on: its day. None between runs.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _CONFIG

    focus: _Focus | None
    begun: date
    not_before: date
    session: Annotated[int, Field(ge=1, le=LAST + 1)] = 1
    booster: bool = False
    reminder: bool = False
    hurts: bool = False
    waiting: bool = False
    probes: tuple[Probe, ...] = ()
    results: tuple[RunResult, ...] = ()
    earlier: tuple[Earlier, ...] = ()
    why: str = ""
    today: date | None = None

    @property
    def done(self) -> bool:
        """Whether all eight sessions are behind."""
        return self.session > LAST

    @property
    def recent(self) -> RunResult | None:
        """The last run that counted."""
        return self.results[-1] if self.results else None

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return _ADAPTER.dump_python(self, mode="json")

    @classmethod
    def from_json(cls, data: object) -> PlanState:
        """Return what :meth:`to_json` gave.

        Raises
        ------
        UsageError
            A key is missing, unknown or out of range: the first such, by name.
        """
        try:
            return _ADAPTER.validate_python(data)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in ("plan", *first["loc"]))
            raise UsageError(
                f"`{where}` of what is known of the runner cannot be used: {first['msg'].lower()}"
            ) from None


def _share(part_s: float, whole_s: float) -> float | None:
    return part_s / whole_s if whole_s >= LEAST_MEASURED_S else None


_ADAPTER: Final = TypeAdapter(PlanState)
