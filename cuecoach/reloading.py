"""Watches the cue files while a run goes on: what was changed, and is whole and right, becomes a `Reload`; the rest is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType
from typing import Final, Protocol, TypeAlias, TypeVar

from cuecoach.clock import Clock
from cuecoach.coach import CUE_FILES
from cuecoach.config import bundled
from cuecoach.errors import CuecoachError
from cuecoach.events import Note, Reload
from cuecoach.rules import Rule
from cuecoach.rules.load import cue_files, find_files, load_rules
from cuecoach.rules.translations import FOLDER, language_tag, translated
from cuecoach.yamldoc.document import MAX_BYTES

#: The files are looked at so often, s. A change counts once two looks in a row have found the same text.
EVERY_S: Final = 1.0

T = TypeVar("T")
_Stamp: TypeAlias = tuple[tuple[int, int, int] | None, ...]


class Aside(Protocol):
    """Does slow work somewhere the run does not wait for it."""

    async def __call__(self, work: Callable[[], T]) -> T:
        """Return what `work` returns."""
        ...


async def at_once(work: Callable[[], T]) -> T:
    """Do the work here and now."""
    return work()


async def nothing(rules: Sequence[Rule]) -> str | None:
    """Prepare nothing for new rules."""
    del rules
    return None


@dataclass(frozen=True, slots=True)
class Loaded:
    """Cue files that were changed and are right: their rules, and the text of every file by its path."""

    rules: tuple[Rule, ...]
    sources: dict[str, str]


@dataclass(slots=True)
class _Text:
    """What the files say: `sources` by path, `digest` of all of it, `problem` why it cannot all be read."""

    digest: bytes = b""
    sources: dict[str, str] = field(default_factory=lambda: dict[str, str]())
    problem: str | None = None


class CueWatcher:
    """Watches the files that a run is coached by; make it before they are loaded, so that no change falls in between.

    A file that vanishes or has a mistake changes nothing: the rules from before stay, and that is told once. In a folder, a
    file that is gone takes its rules with it, as long as one is left. Translations beside the cue files are watched as well;
    recordings are not.

    Parameters
    ----------
    names
        Files, folders, or names of bundled files, as for `load_cues`.
    language
        What the rules speak, as for `load_cues`.
    search
        The folder where bundled names are found.

    Raises
    ------
    UsageError
        When there is no such file, folder or bundled name.
    """

    def __init__(self, names: Sequence[str | Path], *, language: str | None = None, search: Path | None = None) -> None:
        self._names = tuple(names)
        self._language = language
        self._search = search or bundled("cues")
        self._folders: list[Path] = []
        self._files: list[Path] = []
        for name in names:
            found = find_files([name], search=self._search)
            if Path(name).is_dir():
                self._folders.append(Path(name))
            else:
                self._files += found
        self._beside = self._translations()
        self._in_folders: list[Path] = []
        self._stamp: _Stamp = ()
        self._in_use = self._read().digest
        self._candidate: bytes | None = None
        self._told: bytes | None = None

    async def watch(
        self,
        put: Callable[[Reload | Note], None],
        clock: Clock,
        *,
        aside: Aside = at_once,
        rehearse: Callable[[Sequence[Rule]], Awaitable[str | None]] = nothing,
    ) -> None:
        """Look at the files every second, until cancelled.

        Parameters
        ----------
        put
            Takes reloads for the coach and notes for people.
        clock
            Session time.
        aside
            Does the reading and loading.
        rehearse
            Prepares the words of new rules; what it returns is told.
        """
        while True:
            await clock.sleep_until(clock.now() + EVERY_S)
            if not self.changed():
                continue
            news = await aside(self.take)
            if isinstance(news, str):
                put(Note(clock.now(), CUE_FILES, news))
            elif news is not None:
                put(Reload(clock.now(), news.rules, MappingProxyType(news.sources)))
                problem = await rehearse(news.rules)
                if problem is not None:
                    put(Note(clock.now(), CUE_FILES, problem))

    def changed(self) -> bool:
        """Whether there may be anything to `take`: a few microseconds a file."""
        return self._candidate is not None or self._look() != self._stamp

    def take(self) -> Loaded | str | None:
        """Read the files.

        Returns
        -------
        Loaded, str or None
            Rules to change to; or one sentence why there are none, once for each text; or nothing yet, or nothing new.
        """
        text = self._read()
        if text.digest != self._candidate:
            self._candidate = text.digest
            return None
        self._candidate = None
        if text.digest == self._in_use and self._told is None:
            return None
        if text.problem is not None:
            return self._refuse(text.digest, text.problem)
        try:
            rules, problem = self._load(), None
        except CuecoachError as error:
            rules, problem = (), str(error)
        now = self._read().digest
        if now != text.digest:  # written to while it was loaded: what came of that is nothing to rely on
            self._candidate = now
            return None
        if problem is not None:
            return self._refuse(text.digest, problem)
        self._in_use, self._told = text.digest, None
        return Loaded(rules, text.sources)

    def _refuse(self, digest: bytes, problem: str) -> str | None:
        if digest == self._told:
            return None
        self._told = digest
        return f"cue files not reloaded: {problem}; the rules from before stay"

    def _load(self) -> tuple[Rule, ...]:
        rules = load_rules(self._names, search=self._search).enabled
        if self._language is None:
            return rules
        return translated(rules, self._language, search=self._search).rules

    def _translations(self) -> list[Path]:
        """Return where translations may lie, whether or not they are there."""
        if self._language is None:
            return []
        tag = language_tag(self._language)
        homes = [*self._folders, *(file.parent for file in self._files), self._search]
        names = dict.fromkeys((tag, tag.partition("-")[0]))
        return [home / FOLDER / f"{name}.yaml" for home in dict.fromkeys(homes) for name in names]

    def _look(self) -> _Stamp:
        return tuple(_stamp(path) for path in (*self._folders, *self._files, *self._in_folders, *self._beside))

    def _read(self) -> _Text:
        text, digest = _Text(), blake2b(digest_size=16)
        self._in_folders = []
        for folder in self._folders:
            try:
                self._in_folders += cue_files(folder)
            except OSError as error:
                text.problem = text.problem or _reason(folder, error)
        self._stamp = self._look()  # before the reading: what is written from here on is seen the next time
        for path in (*self._files, *self._in_folders, *self._beside):
            try:
                with path.open("rb") as stream:
                    raw = stream.read(MAX_BYTES + 1)
            except OSError as error:
                if path in self._beside and isinstance(error, FileNotFoundError):
                    continue
                text.problem = text.problem or _reason(path, error)
                raw = b""
            digest.update(f"{path}\n{len(raw)}\n".encode("utf-8", "surrogateescape") + raw)
            text.sources[str(path)] = raw.decode("utf-8", "replace")
        digest.update((text.problem or "").encode("utf-8", "surrogateescape"))
        text.digest = digest.digest()
        return text


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _reason(path: Path, error: OSError) -> str:
    return f"`{path}` is gone" if isinstance(error, FileNotFoundError) else f"`{path}` cannot be read: {error.strerror}"
