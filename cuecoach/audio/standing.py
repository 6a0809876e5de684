"""The parent's book of a sound process: which commands still hold, should it be started again, and which words wait."""

from __future__ import annotations

from dataclasses import replace

from cuecoach.events import AudioEvent, Beat, BeatOff, Level, Say, SoundCommand


class Standing:
    """Beats that may still click, and how loud words and beat were made."""

    def __init__(self) -> None:
        self.beats: list[Beat | BeatOff] = []
        self._level: Level | None = None

    def note(self, action: SoundCommand) -> None:
        """Remember a command if it holds beyond its moment."""
        if isinstance(action, Beat | BeatOff):
            # As in the mixer: a beat replaces all from its `at` on. What was over when this was decided is history.
            kept = [a for a in self.beats if a.at < action.at]
            current = max((i for i, a in enumerate(kept) if a.at <= action.t), default=0)
            self.beats = [*kept[current:], action]
        elif isinstance(action, Level):
            self._level = action if self._level is None else _both(self._level, action)

    def commands(self) -> list[SoundCommand]:
        """Return what holds, in the order to send it."""
        return [*self.beats, *((self._level,) if self._level is not None else ())]


class Spoken:
    """Words under way: each that was sent has one end, whatever becomes of the process or the device."""

    def __init__(self) -> None:
        #: Words whose end was not told yet; True once they have started.
        self._open: dict[int, bool] = {}
        self._events: list[AudioEvent] = []

    def sent(self, words: Say) -> None:
        """Begin to wait for their end."""
        self._open[words.id] = False

    def happened(self, event: AudioEvent) -> None:
        """Take what the process says; of words that were settled it has nothing more to say."""
        if event.id not in self._open:
            return
        self._events.append(event)
        if event.kind == "started":
            self._open[event.id] = True
        else:
            del self._open[event.id]

    def settle(self, now: float) -> None:
        """There is no sound any more: what was sounding has ended, what waited is dropped."""
        self._events += [AudioEvent(now, "ended" if on else "dropped", id_) for id_, on in self._open.items()]
        self._open.clear()

    def take(self) -> list[AudioEvent]:
        """Return the events since the last call, in order."""
        events, self._events = self._events, []
        return events


def _both(before: Level, after: Level) -> Level:
    """Return the level after two commands."""
    return replace(
        after,
        words_db=before.words_db if after.words_db is None else after.words_db,
        beat_db=before.beat_db if after.beat_db is None else after.beat_db,
    )
