"""What a replay coaches again: a recording, or a run of the store; by its own rules or by others."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from cuecoach.cli.arguments import CadenceUnit, names_run
from cuecoach.errors import UsageError

if TYPE_CHECKING:
    from cuecoach.coaching.knowledge import Knowledge
    from cuecoach.config import RunConfig
    from cuecoach.events import Place
    from cuecoach.feed import Feed
    from cuecoach.offline import Replay
    from cuecoach.stored import StoredRun

#: The rules a run was coached by, or those of the config, in a comparison.
OWN: Final = "own"


class Subject(Protocol):
    """Something that can be coached again."""

    @property
    def notes(self) -> list[str]:
        """What is to be told of it."""
        ...

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    @property
    def settings(self) -> RunConfig:
        """How it is set up."""
        ...

    @property
    def knowledge(self) -> Knowledge | None:
        """What is known of the runner."""
        ...

    def coached(self, cues: Sequence[str | Path] | None) -> Replay:
        """Coach it at full speed; by its own rules when None."""
        ...

    def feed(self) -> Feed:
        """Return it for a driver that takes its time."""
        ...


@dataclass(frozen=True, slots=True)
class RecordingAgain:
    """A recording."""

    path: Path
    settings: RunConfig
    place: Place | None
    cadence_unit: CadenceUnit
    knowledge: Knowledge | None = None
    notes: list[str] = field(default_factory=lambda: list[str]())

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.path.name

    def coached(self, cues: Sequence[str | Path] | None) -> Replay:
        """Coach it; by the config's cue files when None."""
        from cuecoach.offline import replay

        unit = self.cadence_unit.value
        return replay(self.path, self.settings, cues, place=self.place, cadence_unit=unit, knowledge=self.knowledge)

    def feed(self) -> Feed:
        """Return it in small blocks."""
        from cuecoach.feed import RecordedFeed
        from cuecoach.sensors.recordings.recording import open_recording

        opened = open_recording(self.path, place=self.place, cadence_unit=self.cadence_unit.value, block_s=0.25)
        self.notes.extend(opened.notes)
        return RecordedFeed(opened.events() if opened.lived is None else opened.lived.fed())


@dataclass(frozen=True, slots=True)
class RunAgain:
    """A run of the store; `config` in place of its own where one is named."""

    run: StoredRun
    config: RunConfig | None = None
    notes: list[str] = field(default_factory=lambda: list[str]())

    @property
    def name(self) -> str:
        """Its number in words."""
        return f"run {self.run.head.number}"

    @property
    def settings(self) -> RunConfig:
        """How it is set up."""
        return self.config or self.run.config

    @property
    def knowledge(self) -> Knowledge | None:
        """What was known of the runner when it began."""
        return self.run.knowledge

    def coached(self, cues: Sequence[str | Path] | None) -> Replay:
        """Coach it: just as it was, or by other rules or another config."""
        from cuecoach.coach import Coach
        from cuecoach.rules import load_translated
        from cuecoach.rules.translations import notices_in
        from cuecoach.stored import as_it_was, otherwise

        if self.config is None and cues is None:
            done = as_it_was(self.run.coach(), self.run.events())
            if not self.run.rules:
                number = self.run.head.number
                done.notes.append(
                    f"run {number} has no rules of its own; name a config or cue files, "
                    f"such as `cuecoach replay {number} easy-run`"
                )
            return done
        settings = self.settings
        language = settings.voice.language
        speaking = load_translated(cues or settings.cues, language) if cues or self.config else None
        rules = self.run.rules if speaking is None else speaking.rules
        coach = Coach(settings, rules, knowledge=self.run.knowledge, notices=notices_in(language, rules))
        done = otherwise(coach, self.run.events())
        done.notes += [speaking.note] if speaking is not None and speaking.note else []
        return done

    def feed(self) -> Feed:
        """Return what its sensors said and its keys did."""
        from cuecoach.events import AudioEvent, Reload, Tick
        from cuecoach.feed import RecordedFeed

        events = (event for event in self.run.events() if not isinstance(event, AudioEvent | Reload | Tick))
        return RecordedFeed(events)


@contextmanager
def subject(
    name: Path,
    config: str | None,
    *,
    store: Path | None,
    runner: str | None,
    place: Place | None,
    cadence_unit: CadenceUnit,
) -> Generator[Subject]:
    """Open what is to be coached again: a file of that name, else a run of the store.

    Raises
    ------
    UsageError
        An option is for recordings only.
    StoreError
        There is no such run.
    """
    from cuecoach.config import load_config

    if not names_run(name):
        from cuecoach.cli.known_runner import known_of

        known = None if runner is None else known_of(runner)
        yield RecordingAgain(name, load_config(config), place, cadence_unit, known)
        return
    from cuecoach.cli.runs.opening import open_store
    from cuecoach.stored import open_run

    for option, given in (("--runner", runner), ("--place", place)):
        if given is not None:
            raise UsageError(f"{option} is for recordings; a run of the store knows that itself")
    settings = None if config is None else load_config(config)
    with open_store(store) as kept:
        yield RunAgain(open_run(kept, str(name)), settings)
