"""Coaching as fast as the processor allows: a plain loop for replay, simulation, tests and batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from cuecoach.coach import Coach
from cuecoach.coaching.knowledge import Knowledge
from cuecoach.config import RunConfig, load_config
from cuecoach.events import TICK_S, Action, Beat, BeatOff, Decision, Place, Say, Tick
from cuecoach.feed import Feed, RecordedFeed
from cuecoach.modelled import ModelledSound
from cuecoach.reliving import relive
from cuecoach.rules import Rule, load_translated
from cuecoach.sensors.cadence import CadenceUnit

if TYPE_CHECKING:
    from cuecoach.sensors.recordings.recording import Recording


@dataclass(slots=True)
class Replay:
    """What the coach did in a run.

    Attributes
    ----------
    actions
        Every action in order of its time.
    duration_s
        Length of the run, s.
    notes
        What should be known about the recording.
    rules
        The rules it was coached by; the last, where cue files were changed on the way.
    """

    actions: list[Action] = field(default_factory=lambda: list[Action]())
    duration_s: float = 0.0
    notes: list[str] = field(default_factory=lambda: list[str]())
    rules: Sequence[Rule] = ()

    @property
    def spoken(self) -> list[Say]:
        """The phrases, in order."""
        return [a for a in self.actions if isinstance(a, Say)]

    @property
    def beats(self) -> list[Beat | BeatOff]:
        """The beats and their ends, in order."""
        return [a for a in self.actions if isinstance(a, Beat | BeatOff)]

    @property
    def decisions(self) -> list[Decision]:
        """Every change of a rule's reason, silence included."""
        return [a for a in self.actions if isinstance(a, Decision)]


def drive(coach: Coach, feed: Feed, *, until: float | None = None) -> Iterator[tuple[float, list[Action]]]:
    """Run `coach` over `feed` to its end, or to `until`.

    Sound is modelled: a phrase starts at its `at` and lasts its modelled `duration`.

    Yields
    ------
    (t, actions)
        For every tick at which something was decided.
    """
    sound = ModelledSound()
    number = 0
    while True:
        t = number * TICK_S
        if until is not None and t > until:
            return
        actions: list[Action] = []
        for event in chain(feed.advance(t), sound.poll(t), (Tick(t),)):
            actions += coach.handle(event)
        for action in actions:
            sound.send(action)
            feed.hear(action)
        if actions:
            yield t, actions
        if t >= feed.duration_s:
            return
        number += 1


def replay(
    recording: str | Path,
    config: RunConfig | str | Path | None = None,
    cues: Sequence[str | Path] | None = None,
    *,
    place: Place | None = None,
    cadence_unit: CadenceUnit = "auto",
    knowledge: Knowledge | None = None,
) -> Replay:
    """Coach a recorded run.

    Parameters
    ----------
    recording
        A FIT file, an IMU CSV or a metric CSV.
    config
        A config, a path to one, or the name of a bundled one; the defaults when None.
    cues
        Cue files (paths or bundled names) in place of those the config names.
    place
        Where the sensor of an IMU CSV was worn, when the file does not say.
    cadence_unit
        What the file's cadence counts, when `auto` (its notes say what was taken) is wrong.
    knowledge
        What is known of the runner from earlier runs.

    Returns
    -------
    Replay
        Every decision and every sound. The same input gives the same answer, whatever the size of its blocks.

    Raises
    ------
    RecordingError
        When the recording cannot be used.
    DocumentError
        When the config or a cue file has mistakes.
    """
    from cuecoach.rules.translations import notices_in
    from cuecoach.sensors.recordings.recording import open_recording

    settings = config if isinstance(config, RunConfig) else load_config(config)
    # What costs nothing to refuse comes first: a recording may take a while to open.
    language = settings.voice.language
    speaking = load_translated(cues or settings.cues, language)
    coach = Coach(settings, speaking.rules, knowledge=knowledge, notices=notices_in(language, speaking.rules))
    opened = open_recording(Path(recording), place=place, cadence_unit=cadence_unit)
    done = coach_recording(coach, opened)
    done.notes += [*opened.notes, *([speaking.note] if speaking.note else [])]
    return done


def coach_recording(coach: Coach, recording: Recording) -> Replay:
    """Run `coach` over a recording: one that holds all that went into a coach is lived through again."""
    lived = recording.lived
    if lived is None:
        return coach_through(coach, RecordedFeed(recording.events()))
    return done_by(coach, relive(coach, lived.inputs, lived.asked))


def done_by(coach: Coach, actions: list[Action]) -> Replay:
    """Return what the coach did, now that it has come to its run's last tick."""
    return Replay(actions, coach.signals.now, rules=coach.rules)


def coach_through(coach: Coach, feed: Feed, *, until: float | None = None) -> Replay:
    """Run `coach` over `feed` to the end and return everything it did."""
    done = Replay()
    for _, actions in drive(coach, feed, until=until):
        done.actions += actions
    done.rules = coach.rules
    done.duration_s = min(feed.duration_s, coach.signals.now)
    return done
