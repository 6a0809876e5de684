"""What the live driver asks of those around it: sensors that stream, a sound that plays, a watcher of the cue files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from cuecoach.clock import Clock
from cuecoach.events import Action, AudioEvent, Event, Note, Reload
from cuecoach.sensors.source import OpenSource as LiveSensor

__all__ = ["LiveSensor", "Recorder", "Sound", "Watcher"]


class Sound(Protocol):
    """What the live driver needs of the sound engine."""

    def send(self, action: Action) -> None:
        """Hand over what is to be heard; returns at once."""
        ...

    def poll(self, now: float) -> list[AudioEvent]:
        """Return what has become of it since the last call."""
        ...

    def close(self) -> None:
        """Stop, and let the device go."""
        ...


class Watcher(Protocol):
    """Something that looks after the run beside the sensors; the run does not go on because of it."""

    async def watch(self, put: Callable[[Reload | Note], None], clock: Clock) -> None:
        """Put a reload for the coach, or a note for people, whenever there is one; until cancelled."""
        ...


class Recorder(Protocol):
    """Something that remembers the run; it costs the run next to nothing and never stops it."""

    def keep(self, event: Event) -> Event:
        """Take an event that left the queue, and return it as it is remembered: that is what the coach hears."""
        ...

    def did(self, event: Event, actions: Sequence[Action]) -> None:
        """Take what the coach made of the event."""
        ...
