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
            past = [event for event in self._coming if event.t <= action.at]
            later = self._coming[len(past) :]
            unheard = {event.id for event in later if event.kind == "started"}
            cut = [
                AudioEvent(action.at, "dropped" if event.id in unheard else "ended", event.id)
                for event in later
                if event.kind == "ended"
            ]
            self._coming = past + cut

    def poll(self, now: float) -> list[AudioEvent]:
        """Return what has happened by `now` and was not told yet."""
        told = [event for event in self._coming if event.t <= now]
        self._coming = self._coming[len(told) :]
        return told

    def close(self) -> None:
        """Nothing is held."""
