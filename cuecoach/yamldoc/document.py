"""A document as plain data plus the place of every key and value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from cuecoach.diagnostics import Diagnostic, Severity

#: The way to a value: keys and list positions.
Path: TypeAlias = tuple[str | int, ...]
Scalar: TypeAlias = str | int | float | bool | None
Data: TypeAlias = "Scalar | list[Data] | dict[str, Data]"

#: Files above this are not read; the largest sensible cue file (500 rules) is well below.
MAX_BYTES: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is written, counted from 1.

    Attributes
    ----------
    line, column, end_column
        Of the first line, `end_column` one past its last character.
    text_column
        For text on one line without escapes: the column of its first character, so that character i stands at
        ``text_column + i``; else None.
    folded
        Whether text runs over several lines.
    """

    line: int
    column: int
    end_column: int
    text_column: int | None = None
    folded: bool = False


@dataclass(slots=True)
class Document:
    """A parsed file.

    Attributes
    ----------
    path
        The name the person gave.
    prefix
        First letter of its problem codes.
    lines
        Its text.
    data
        What it says, as plain dict, list, str, int, float, bool and None; an empty file is ``{}``. None when it is broken.
    problems
        What is wrong with the YAML itself.
    poisoned
        Paths whose value was refused: complaining about it a second time helps nobody.
    """

    path: str
    prefix: str
    lines: list[str]
    data: Data = None
    problems: list[Diagnostic] = field(default_factory=lambda: list[Diagnostic]())
    poisoned: set[Path] = field(default_factory=lambda: set[Path]())
    keys: dict[Path, Place] = field(default_factory=lambda: dict[Path, Place]())
    values: dict[Path, Place] = field(default_factory=lambda: dict[Path, Place]())

    @property
    def empty(self) -> bool:
        """Whether the file says nothing at all."""
        return self.data == {} and not self.problems and () not in self.values

    def get(self, path: Path) -> Data:
        """Return the value at `path`, None when there is none."""
        here: Data = self.data
        for part in path:
            if isinstance(here, dict) and isinstance(part, str):
                here = here.get(part)
            elif isinstance(here, list) and isinstance(part, int) and part < len(here):
                here = here[part]
            else:
                return None
        return here

    def locate(self, path: Path, part: Literal["key", "value"] = "value") -> Place:
        """Return where a key or value is written; for one that is not, the nearest key around it."""
        order = (
            (self.keys, self.values) if part == "key" or isinstance(self.get(path), dict) else (self.values, self.keys)
        )
        for places in order:
            if path in places:
                return places[path]
        return self.locate(path[:-1], "key") if path else Place(1, 1, 2)

    def problem(
        self,
        number: int,
        message: str,
        at: Path | Place,
        *,
        part: Literal["key", "value"] = "value",
        help: str | None = None,  # noqa: A002 - the field's name in a diagnostic
        severity: Severity = "error",
    ) -> Diagnostic:
        """Make a diagnostic with this document's prefix, pointing at a place."""
        place = at if isinstance(at, Place) else self.locate(at, part)
        source = self.lines[place.line - 1] if place.line <= len(self.lines) else None
        code = f"{self.prefix}{number:03d}"
        return Diagnostic(code, severity, message, self.path, place.line, place.column, place.end_column, help, source)
