"""Turning other programs' streams down and back: in ramps, never against the person's own hand, and written down first."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

from cuecoach.audio.others.book import TurnedDown
from cuecoach.audio.others.server import Stream
from cuecoach.audio.others.shape import RAMP_S, Volumes, any_same, lowered, same

#: A server may show a volume a moment after it was set; so many of ours are known again.
_RECENT: Final = 8


class Mixing(Protocol):
    """What the ducker needs of a sound server."""

    @property
    def id(self) -> str:
        """What tells this run of the server from another."""
        ...

    def streams(self) -> list[Stream]:
        """Return all that plays."""
        ...

    def set_volumes(self, index: int, volumes: Volumes) -> bool:
        """Set how loud a stream is."""
        ...

    def remembered(self) -> dict[str, Volumes]:
        """Return how loud the server will make each program's next stream."""
        ...

    def remember(self, key: str, volumes: Volumes) -> None:
        """Let the server make a program's next stream so loud."""
        ...


@dataclass(slots=True)
class _Held:
    entry: TurnedDown
    position: float = 0.0
    recent: deque[Volumes] = field(default_factory=lambda: deque(maxlen=_RECENT))


class Ducker:
    """Streams that are down or on the way; call `step` often while `busy`, at least ten times a second.

    Parameters
    ----------
    server
        Who plays.
    write
        Puts what is to be undone on disk, and returns when it is there; called before each change.
    """

    def __init__(self, server: Mixing, write: Callable[[tuple[TurnedDown, ...]], None]) -> None:
        self._server = server
        self._write = write
        self._held: dict[int, _Held] = {}
        #: Those that have ended during these words: what their programs start next begins as quietly.
        self._ended: list[_Held] = []
        self._written: tuple[TurnedDown, ...] = ()
        self._down = False
        #: Streams that the person has set during these words: theirs until the words are over.
        self._left: set[int] = set()
        self._last = 0.0

    @property
    def busy(self) -> bool:
        """Whether anything is down or moves."""
        return bool(self._held)

    @property
    def moving(self) -> bool:
        """Whether a ramp is under way, given that all is to be down."""
        return any(held.position < 1.0 for held in self._held.values())

    def forget(self) -> None:
        """Drop everything unrestored: the server has gone. The book still has it."""
        self._held.clear()
        self._ended.clear()
        self._left.clear()
        self._written = ()

    def step(self, now: float, *, down: bool) -> None:
        """Look who plays, and move everything on.

        Parameters
        ----------
        now
            Time on any clock that does not jump, s.
        down
            Whether other programs are to be down, or back.

        Raises
        ------
        OthersError
            The server has gone, or what is to be undone cannot be written.
        """
        # Where it turns, the time before belongs to the other direction.
        moved = min(max(now - self._last, 0.0), RAMP_S) / RAMP_S if self.busy and down == self._down else 0.0
        self._last, self._down = now, down
        if not down and not self.busy:
            self._ended.clear()
            self._left.clear()
            return
        present = {stream.index: stream for stream in self._server.streams()}
        self._look_after(present)
        self._take(present, down=down)
        if not set(self._entries()) <= set(self._written):
            self._put_down()
        for held in list(self._held.values()):
            self._move(held, moved if down else -moved, down=down)
        if self._entries() != self._written:
            self._put_down()

    def _put_down(self) -> None:
        entries = self._entries()
        self._write(entries)
        self._written = entries

    def _entries(self) -> tuple[TurnedDown, ...]:
        return tuple(held.entry for held in self._held.values())

    def _look_after(self, present: dict[int, Stream]) -> None:
        """Let go of what has ended, and of what the person has set."""
        for index, held in list(self._held.items()):
            stream = present.get(index)
            if stream is None:
                del self._held[index]
                self._ended.append(held)
                self._mend_memory(held)
            elif not any_same(stream.volumes, held.recent):
                del self._held[index]
                self._left.add(index)

    def _mend_memory(self, held: _Held) -> None:
        """A program that ended while it was down must not begin so quietly the next time."""
        key, volumes = held.entry.key, held.entry.volumes
        saved = self._server.remembered().get(key) if key else None
        if saved is not None and any_same(saved, held.recent) and not same(saved, volumes):
            self._server.remember(key, volumes)

    def _take(self, present: dict[int, Stream], *, down: bool) -> None:
        """Take in what plays and may be turned down."""
        for stream in present.values():
            if not stream.may_be_lowered or stream.index in self._held or stream.index in self._left:
                continue
            first = self._like(stream)
            if first is not None:
                volumes, position = first.entry.volumes, first.position
            elif down and max(stream.volumes) > 0.0:
                volumes, position = stream.volumes, 0.0
            else:
                continue
            entry = TurnedDown(self._server.id, stream.index, stream.pid, stream.program, stream.key, volumes)
            self._held[stream.index] = _Held(entry, position, deque([stream.volumes], _RECENT))

    def _like(self, stream: Stream) -> _Held | None:
        """Return the program's other stream whose lowered volume this one has begun with: that is not its own volume."""
        for held in (*self._held.values(), *self._ended):
            one_program = held.entry.key == stream.key if stream.key else held.entry.program == stream.program
            if one_program and any_same(stream.volumes, held.recent) and not same(stream.volumes, held.entry.volumes):
                return held
        return None

    def _move(self, held: _Held, by: float, *, down: bool) -> None:
        index = held.entry.index
        position = min(max(held.position + by, 0.0), 1.0)
        volumes = lowered(held.entry.volumes, position)
        over = position == 0.0 and not down
        if (over or volumes != held.recent[-1]) and not self._server.set_volumes(index, volumes):
            # It has ended just now, which the next look tells, or it cannot be set: then nothing was changed.
            if over:
                del self._held[index]
                self._mend_memory(held)
            return
        held.position = position
        held.recent.append(volumes)
        if over:
            del self._held[index]
