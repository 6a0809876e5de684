"""Runs of other programs as history: every FIT file is coached in silence, in order of date, so that normals are learnt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cuecoach.coach import Coach
from cuecoach.coaching.knowledge import Knowledge
from cuecoach.config import RunConfig
from cuecoach.errors import CuecoachError, RecordingError
from cuecoach.events import TICK_S, Action, Event, Tick
from cuecoach.feed import RecordedFeed
from cuecoach.metrics import METRICS
from cuecoach.recorder import look
from cuecoach.runrecord import Second

#: What a watch or pod tells of form and is worth knowing of earlier runs. Heart rate, power and grade are not the body's form.
LEARNT: Final = tuple(name for name, m in METRICS.items() if m.fit_field and name not in ("heart_rate", "power"))


@dataclass(frozen=True, slots=True)
class Heard:
    """A recording as the coach heard it, to be kept as a run: what went in, and how things stood each second."""

    events: Sequence[Event]
    actions: Sequence[Action]
    seconds: Sequence[Second]
    duration_s: float


@dataclass(frozen=True, slots=True)
class Learned:
    """What became of one file.

    Attributes
    ----------
    path
        The file.
    number, files
        Which of how many it is, from 1, for a progress bar.
    knowledge
        What is known of the runner after it.
    started
        When the run was; None where the file does not say.
    running_min
        Minutes of running in it.
    metrics
        The metrics whose normal it told.
    why_not
        Why nothing was learnt, one sentence; empty when something was.
    heard
        The run itself; None where there was none to hear.
    """

    path: Path
    number: int
    files: int
    knowledge: Knowledge
    started: datetime | None = None
    running_min: float = 0.0
    metrics: tuple[str, ...] = ()
    why_not: str = ""
    heard: Heard | None = None


def fit_files(folder: Path) -> list[Path]:
    """Return the FIT files in a folder and the folders in it, by name; a file is returned alone.

    Raises
    ------
    RecordingError
        There is none.
    """
    if folder.is_file():
        return [folder]
    found = sorted(p for p in folder.rglob("*") if p.name.lower().endswith((".fit", ".fit.gz")) and p.is_file())
    if not found:
        raise RecordingError(f"`{folder}` holds no FIT file; give a folder of .fit or .fit.gz files")
    return found


def run_key(started: datetime, duration_s: float) -> str:
    """Return what tells a run from others: when it began, UTC, and how long it was, whole seconds."""
    return f"{started.astimezone(UTC):%Y-%m-%dT%H:%M:%S} {duration_s:.0f}"


def learn_from(
    paths: Iterable[Path], knowledge: Knowledge, config: RunConfig, seen: set[str] | None = None
) -> Iterator[Learned]:
    """Learn what is normal for a runner from recorded runs, the oldest first.

    Nothing is cued, and the plan and the words stay as they are. What cannot be used is told and passed over. Files without a
    date come first, by name.

    Parameters
    ----------
    paths
        FIT files.
    knowledge
        What is known before.
    config
        How the runner's runs are set up: which part of a run tells what is normal.
    seen
        Keys (:func:`run_key`) of runs that are known already and are not to count again; those learnt are added.

    Yields
    ------
    Learned
        One for each file; the `knowledge` of the last is what is known after all.
    """
    seen = set() if seen is None else seen
    quiet = config.model_copy(update={"metronome": "off", "calibrate": False})
    dated = _by_date(paths)
    for number, (path, problem) in enumerate(dated, start=1):
        if problem:
            yield Learned(path, number, len(dated), knowledge, why_not=problem)
            continue
        try:
            learned = _learn(path, knowledge, quiet, seen)
        except CuecoachError as error:
            learned = Learned(path, 0, 0, knowledge, why_not=str(error))
        knowledge = learned.knowledge
        yield replace(learned, number=number, files=len(dated))


def _by_date(paths: Iterable[Path]) -> list[tuple[Path, str]]:
    from cuecoach.sensors.recordings.fit import begun  # the decoder's profile takes 0.2 s to import

    dated: list[tuple[str, str, Path, str]] = []
    for path in paths:
        started, problem = None, ""
        try:
            started = begun(path)
        except CuecoachError as error:
            problem = str(error)
        dated.append((started.isoformat() if started else "", str(path), path, problem))
    return [(path, problem) for _, _, path, problem in sorted(dated)]


def _learn(path: Path, knowledge: Knowledge, config: RunConfig, seen: set[str]) -> Learned:
    from cuecoach.sensors.recordings.fit import open_fit

    recording = open_fit(path)
    if recording.started is not None:
        key = run_key(recording.started, recording.duration_s)
        if key in seen:
            return Learned(
                path, 0, 0, knowledge, recording.started, why_not=f"`{path}` is a run that is counted already"
            )
        seen.add(key)
    # A plan would take this for one of its sessions.
    coach = Coach(config, (), knowledge=replace(knowledge, plan=None))
    coach.signals.learn_also(LEARNT)
    running_s, heard = _listen(coach, RecordedFeed(recording.events()))
    running_min = running_s / 60.0
    normals = coach.learned().normals
    before = {key: known.runs for key, known in knowledge.normals.known.items()}
    metrics = {key.partition("@")[0] for key, known in normals.known.items() if known.runs > before.get(key, 0)}
    if not metrics:
        why = f"`{path}` has too little steady running to learn from ({running_min:.0f} min)"
        return Learned(path, 0, 0, knowledge, recording.started, running_min, why_not=why, heard=heard)
    told = tuple(name for name in METRICS if name in metrics)
    knowledge = replace(knowledge, normals=normals)
    return Learned(path, 0, 0, knowledge, recording.started, running_min, told, heard=heard)


def _listen(coach: Coach, feed: RecordedFeed) -> tuple[float, Heard]:
    """Let the coach hear a whole recording; return the seconds of running in it, and what was heard."""
    events: list[Event] = []
    actions: list[Action] = []
    seconds: list[Second] = []
    ticks = number = 0
    while (t := number * TICK_S) - TICK_S < feed.duration_s:
        for event in (*feed.advance(t), Tick(t)):
            events.append(event)
            actions += coach.handle(event)
        if t == int(t):
            seconds.append(look(t, coach))
        ticks += coach.signals.activity == "running"
        number += 1
    return ticks * TICK_S, Heard(events, actions, seconds, feed.duration_s)
