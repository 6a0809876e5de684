"""What was changed in other programs, on disk before it is changed: so that it is undone even if we are killed."""

from __future__ import annotations

import json
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from cuecoach.audio.others.shape import Volumes
from cuecoach.errors import SoundError
from cuecoach.wholefile import write_whole

_T = TypeVar("_T")


class OthersError(SoundError):
    """Other programs' sound cannot be changed; one sentence."""


@dataclass(frozen=True, slots=True)
class TurnedDown:
    """A stream that was turned down, and what it was before.

    `key` is the name under which the sound server remembers the program's volume, empty when it does not.
    """

    server: str
    index: int
    pid: int
    program: str
    key: str
    volumes: Volumes


@dataclass(frozen=True, slots=True)
class Paused:
    """A media player that was paused: its name on the bus, the connection that owned it, and what it calls itself."""

    bus: str
    name: str
    owner: str
    title: str
    since: float


@dataclass(frozen=True, slots=True)
class Entries:
    """All that is to be undone."""

    streams: tuple[TurnedDown, ...] = ()
    players: tuple[Paused, ...] = ()


def usual_folder() -> Path:
    """Return where the book is kept."""
    import platformdirs

    return Path(platformdirs.user_state_dir("cuecoach", appauthor=False))


class Book:
    """The file of what is to be undone; no file, nothing to undo.

    Parameters
    ----------
    folder
        Where it is; the user's state folder by default. Made when it is first needed.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or usual_folder()
        self.path = self._folder / "others.json"

    @property
    def is_open(self) -> bool:
        """Whether something waits to be undone, as far as a look at the folder tells."""
        return self.path.exists()

    def read(self) -> Entries:
        """Return what is to be undone; nothing when there is no file or it cannot be understood."""
        try:
            data: Any = json.loads(self.path.read_text(encoding="utf-8"))
            streams = [{**each, "volumes": tuple(map(float, each["volumes"]))} for each in data["streams"]]
            # Fields that are missing or too many are a TypeError: then it is not our file.
            return Entries(tuple(_make(TurnedDown, streams)), tuple(_make(Paused, data["players"])))
        except (OSError, ValueError, TypeError, KeyError):
            # Written whole or not at all, so this is no file, or one that somebody else has changed.
            return Entries()

    def write(self, entries: Entries) -> None:
        """Replace the file and return when it is on disk; without entries, remove it.

        Raises
        ------
        OthersError
            It cannot be written, so nothing may be changed either.
        """
        try:
            if not entries.streams and not entries.players:
                self.path.unlink(missing_ok=True)
            else:
                write_whole(self.path, json.dumps(asdict(entries)))
        except OSError as error:
            raise _unwritable(self.path, error) from None

    @contextmanager
    def locked(self, patience_s: float) -> Generator[bool]:
        """Hold the book for one program; give whether it is ours. The lock ends with the process, however that ends."""
        import fcntl  # not on every system; who comes here is on one that has it

        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = (self._folder / "others.lock").open("w")
        except OSError as error:
            raise _unwritable(self._folder, error) from None
        with lock:
            until = time.monotonic() + patience_s
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    if time.monotonic() >= until:
                        yield False
                        return
                    time.sleep(0.05)
                else:
                    yield True
                    return


def _make(kind: type[_T], fields: Iterable[dict[str, Any]]) -> Iterator[_T]:
    return (kind(**each) for each in fields)


def _unwritable(path: Path, error: OSError) -> OthersError:
    reason = error.strerror or type(error).__name__
    return OthersError(
        f"other programs' sound is left alone: `{path}` cannot be written ({reason}); "
        "set `XDG_STATE_HOME` to a folder that can"
    )
