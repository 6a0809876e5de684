"""Keeping a live run: beside the run while it goes on, summed up when it is over, and told if something went wrong."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, get_args

from cuecoach.cli import terminal
from cuecoach.errors import CuecoachError
from cuecoach.events import Action, Note, Place
from cuecoach.runrecord import Kind, WornSensor

if TYPE_CHECKING:
    from cuecoach.coach import Coach
    from cuecoach.coaching.knowledge import Knowledge
    from cuecoach.config import RunConfig
    from cuecoach.liveparts import LiveSensor
    from cuecoach.recorder import Recorder
    from cuecoach.rules import Rule
    from cuecoach.store import Keeper

#: Whose note it is that the run cannot be kept.
STORE: Final = "store"
#: What the sensors say of themselves is looked at so often, s.
_LOOK_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Keeping:
    """How a run is to be kept: whose it is, of what kind, and in which file (the usual one when None)."""

    runner: str
    kind: Kind
    store: Path | None = None


class KeptRun:
    """A run that is being kept.

    Parameters
    ----------
    how
        None for a run of which nothing is kept.
    coach, config, rules, notices, before
        What it is coached by: the config and the rules as the coach was given them, and what was known of the runner.
    sensors
        What streams.
    since_s
        How long the session has lasted already, s.
    """

    def __init__(
        self,
        how: Keeping | None,
        coach: Coach,
        config: RunConfig,
        rules: Sequence[Rule],
        notices: Mapping[str, str],
        before: Knowledge,
        sensors: Sequence[LiveSensor],
        since_s: float = 0.0,
    ) -> None:
        self._how, self._coach, self._sensors = how, coach, sensors
        self._worn: tuple[WornSensor, ...] = ()
        self._looked = -_LOOK_S
        self._told = False
        self._keeper: Keeper | None = None
        #: For the driver; None when nothing is kept.
        self.recorder: Recorder | None = None
        if how is None:
            return
        from cuecoach.recorder import Recorder, setup_of
        from cuecoach.rules.rule_json import rules_to_json
        from cuecoach.store import Keeper, NewRun

        started = datetime.now().astimezone() - timedelta(seconds=since_s)
        setup = setup_of(config, rules, before, notices, _texts(rules))
        new = NewRun(how.runner, how.kind, started, "", config.focus, setup)
        self._keeper = Keeper.open(how.store, new, rules_to_json)
        self.recorder = Recorder(coach, self._keeper)

    def news(self, t: float) -> list[Action]:
        """Return what is to be told of the keeping after the tick at `t`: the first trouble, once."""
        keeper = self._keeper
        if keeper is None:
            return []
        if t - self._looked >= _LOOK_S:
            self._looked = t
            self._wear(keeper)
        if keeper.problem is None or self._told:
            return []
        self._told = True
        return [Note(t, STORE, keeper.problem)]

    def close(self, duration_s: float) -> str:
        """Close the run and sum it up; return where it is, for people, empty where it is not kept."""
        keeper = self._keeper
        if keeper is None or self._how is None:
            return ""
        from cuecoach.store import Store
        from cuecoach.stored import sum_up

        self._wear(keeper)
        keeper.close(duration_s=duration_s, summary={}, knowledge=self._coach.learned().to_json())
        # What came of a trouble says what it was.
        last_word = keeper.aftermath or (None if self._told else keeper.problem)
        if last_word is not None:
            terminal.note(last_word)
        if keeper.number is None:
            return ""
        try:
            with Store.open(self._how.store) as store:
                sum_up(store, keeper.number)
        except CuecoachError as error:
            terminal.note(str(error))
            return ""
        which = f"{keeper.number}" + ("" if self._how.store is None else f" --store {_quoted(self._how.store)}")
        return (
            f"Kept as run {keeper.number}:\n"
            f"  cuecoach runs report {which}  shows it\n"
            f"  cuecoach replay {which}  coaches it again"
        )

    def _wear(self, keeper: Keeper) -> None:
        worn = tuple(_worn(sensor) for sensor in self._sensors)
        if worn != self._worn:
            self._worn = worn
            keeper.worn(worn)


def _worn(sensor: LiveSensor) -> WornSensor:
    status = sensor.status()
    place: Place | None = next((place for place in get_args(Place) if place == status.source), None)
    about = ", ".join(word for word in (status.device, status.family) if word)
    return WornSensor(status.source, place, about)


def _quoted(path: Path) -> str:
    """Return a path as it is typed in a shell."""
    if os.name == "nt":
        return f'"{path}"' if " " in str(path) else str(path)
    return shlex.quote(str(path))


def _texts(rules: Sequence[Rule]) -> dict[str, str]:
    """Return the text of the cue files that the rules come from."""
    texts: dict[str, str] = {}
    for path in dict.fromkeys(rule.path for rule in rules if rule.path):
        try:
            texts[path] = Path(path).read_text(encoding="utf-8")
        except (OSError, ValueError):
            continue  # the rules themselves are kept
    return texts
