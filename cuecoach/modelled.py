"""Sound as the model has it: every phrase starts when asked for and lasts as long as its words should."""

from __future__ import annotations

from cuecoach.events import Action, AudioEvent, Hush, Say


class ModelledSound:
    """Answers for the sound where there is none: offline, and live without a device."""

    def __init__(self) -> None:
        self._coming: list[AudioEvent] = []

    def send(self, action: Action) -> None:
        """Take what is to be heard."""
        if isinstance(action, Say):
            started = AudioEvent(action.at, "started", action.id)
            ended = AudioEvent(action.at + action.duration, "ended", action.id)
            self._coming = sorted((*self._coming, started, ended), key=lambda event: event.t)

        elif isinstance(action, Hush):
            cut: dict[int, AudioEvent] = {}
            for event in self._coming:  # in order, so a phrase that has begun by then is known by its start
                if event.t <= action.at:
                    continue
                begun = not any(e.id == event.id and e.kind == "started" for e in self._coming if e.t > action.at)
                cut[event.id] = AudioEvent(action.at, "ended" if begun else "dropped", event.id)
            self._coming = [event for event in self._coming if event.t <= action.at] + list(cut.values())

    def poll(self, now: float) -> list[AudioEvent]:
        """Return what has happened by `now` and was not told yet."""
        told = [event for event in self._coming if event.t <= now]
        self._coming = self._coming[len(told) :]
        return told

    def close(self) -> None:
        """Nothing is held."""
