"""A document as plain data plus the place of every key and value; what YAML can do beyond that is refused in plain words."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias, cast

import yaml

from cuecoach.diagnostics import Diagnostic, Severity, sort
from cuecoach.errors import UsageError
from cuecoach.yamldoc.wording import Trouble, explain

#: The way to a value: keys and list positions.
Path: TypeAlias = tuple[str | int, ...]
Scalar: TypeAlias = str | int | float | bool | None
Data: TypeAlias = "Scalar | list[Data] | dict[str, Data]"

#: Files above this are not read; the largest sensible cue file (500 rules) is well below.
MAX_BYTES: Final = 256 * 1024
#: A cue file is four levels deep.
MAX_DEPTH: Final = 16
#: Entries in one block or list.
MAX_ENTRIES: Final = 1000

# YAML's own line breaks, and the characters it allows (YAML 1.2.2, 5.1 and 5.4).
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_NOT_PRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
# The core schema of YAML 1.2.2, 10.3.2; `.inf` and `.nan` stay text, since no setting could mean them.
_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_BOOL: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]{1,40}|[0-9]{1,40}(\.[0-9]{0,40})?)([eE][-+]?[0-9]{1,2})?")
_DUPLICATE = "\0again"


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


def load_document(path: pathlib.Path | str, *, prefix: str = "K") -> Document:
    """Read a file.

    Parameters
    ----------
    path
        The file.
    prefix
        First letter of the codes of its problems.

    Returns
    -------
    Document
        Its `problems` say what is wrong with it; `data` is None when nothing could be made of it.

    Raises
    ------
    UsageError
        When the file cannot be read at all.
    """
    file = pathlib.Path(path)
    try:
        with file.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise UsageError(f"there is no file `{path}`; check the name, or the folder you are in") from None
    except IsADirectoryError:
        raise UsageError(f"`{path}` is a folder, not a file") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UsageError(f"`{path}` cannot be read: {reason}") from None
    broken = Document(str(path), prefix, [])
    if len(raw) > MAX_BYTES:
        broken.problems.append(_whole(broken, 3, f"the file is larger than {MAX_BYTES // 1024} kB", "split it in two"))
        return broken
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        message = f"the file is not UTF-8 text (line {line} has other bytes)"
        broken.problems.append(_whole(broken, 2, message, "save it as UTF-8 in your editor"))
        return broken
    return parse_document(text, path=str(path), prefix=prefix)


def parse_document(text: str, *, path: str = "<text>", prefix: str = "K") -> Document:
    """Read text that is already in memory; see :func:`load_document`."""
    text = text.removeprefix("\ufeff")
    document = Document(path, prefix, _BREAK.split(text))
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        document.problems.append(
            _whole(document, 3, f"the text is larger than {MAX_BYTES // 1024} kB", "split it in two")
        )
        return document
    odd = _NOT_PRINTABLE.search(text)
    if odd:
        before = _BREAK.split(text[: odd.start()])
        place = Place(len(before), len(before[-1]) + 1, len(before[-1]) + 2)
        message = f"a character that is not text (U+{ord(odd[0]):04X})"
        document.problems.append(document.problem(2, message, place, help="delete it; is this the right file?"))
        return document
    _Composer(document).compose(text)
    document.problems[:] = sort(document.problems)
    return document


def _whole(document: Document, number: int, message: str, mend: str) -> Diagnostic:
    return Diagnostic(f"{document.prefix}{number:03d}", "error", message, document.path, help=mend)


class _StopError(Exception):
    """The rest of the document is not worth reading."""


class _Composer:
    """Turns PyYAML's events into data and places.

    Events of the pure SafeLoader rather than its node graph: anchors, tags and the second document are still visible in them,
    and nothing is built from a hostile file before its limits are checked. The C loader words its errors differently, so it
    is not used even where it is installed.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.long_quote: Place | None = None

    def compose(self, text: str) -> None:
        document = self.document
        try:
            events = cast("Iterator[yaml.Event]", yaml.parse(text, Loader=yaml.SafeLoader))  # pyright: ignore[reportUnknownMemberType]
            document.data = self._stream(events)
        except _StopError:
            document.data = None
        except yaml.MarkedYAMLError as error:
            document.data = None
            self._trouble(explain(error, document.lines))
        except (yaml.YAMLError, ValueError, OverflowError):
            document.data = None
            self._trouble(Trouble(5, "this is not valid YAML", 1, 1, None))

    def _trouble(self, found: Trouble) -> None:
        place = Place(found.line, found.column, found.end_column)
        if self.long_quote and found.number != 6:
            # The usual reason: a quote that was never closed swallowed the lines up to the next quote.
            message, help_text = "this quote is not closed on its line", "close it, or leave both quotes out"
            self.document.problems.append(self.document.problem(6, message, self.long_quote, help=help_text))
            return
        self.document.problems.append(self.document.problem(found.number, found.message, place, help=found.help))

    def _stream(self, events: Iterator[yaml.Event]) -> Data:
        data: Data = {}
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    message = "a second document starts here"
                    self._refuse(12, message, event, "delete the `---` line, or make it a file of its own")
                    raise _StopError
                if event.version or event.tags:
                    self._refuse(11, "YAML directives are not used here", event, "delete the lines that start with `%`")
            elif isinstance(event, yaml.NodeEvent):
                data = self._node(event, events, ())
        if data is None or (not self.document.problems and data == {}):
            self.document.values.pop((), None)
            return {}
        if not isinstance(data, dict):
            place = Place(
                self.document.values[()].line, 1, len(self.document.lines[self.document.values[()].line - 1]) + 1
            )
            message = "the file should be settings, one `name: value` a line"
            self.document.problems.append(self.document.problem(14, message, place))
            raise _StopError
        return data

    def _node(self, event: yaml.NodeEvent, events: Iterator[yaml.Event], path: Path) -> Data:
        if len(path) > MAX_DEPTH:
            self._refuse(15, f"nested deeper than {MAX_DEPTH} levels", event, "write it flat")
            raise _StopError
        self.document.values[path] = self._place(event)
        if isinstance(event, yaml.AliasEvent):
            message = f"`*{event.anchor}` would be a reference to another place; these are not used here"
            self._refuse(10, message, event, "write the value out, or put quotes around text")
            self.document.poisoned.add(path)
            return None
        if event.anchor is not None:
            message = f"`&{event.anchor}` would name this place for reuse; that is not used here"
            self._refuse(10, message, event, "write the value out where it is needed, or put quotes around text")
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag is not None:
            self._refuse(11, "a value may not begin with `!` (a YAML tag)", event, "put quotes around text")
            self.document.poisoned.add(path)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(event, events, path)
        return self._mapping(event, events, path)

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        text = cast("str", event.value)
        if any("\ud800" <= c <= "\udfff" for c in text):
            # Text that no terminal and no file can take.
            self._refuse(2, "an escape for half a character", event, "write the character itself")
            return ""
        if event.style in ("'", '"') and event.start_mark.line != event.end_mark.line:
            self.long_quote = self._place(event)
        return resolve(text) if event.style is None else text

    def _sequence(self, start: yaml.NodeEvent, events: Iterator[yaml.Event], path: Path) -> list[Data]:
        out: list[Data] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                self._close(path, start, event)
                break
            self._count(len(out), start)
            out.append(self._node(cast("yaml.NodeEvent", event), events, (*path, len(out))))
        return out

    def _mapping(self, start: yaml.NodeEvent, events: Iterator[yaml.Event], path: Path) -> dict[str, Data]:
        out: dict[str, Data] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                self._close(path, start, event)
                break
            self._count(len(out), start)
            if not isinstance(event, yaml.ScalarEvent):
                self._refuse(16, "a setting's name must be plain text", event, None)
                raise _StopError
            if event.anchor is not None or event.tag is not None:
                self._refuse(10 if event.anchor is not None else 11, "a setting's name must be plain text", event, None)
            key = cast("str", event.value)
            place = self._place(event)
            child: Path = (*path, key)
            if key in out:
                first = self.document.keys[child].line
                self._refuse(9, f"`{key}` is given twice", event, f"the first is on line {first}; delete one of them")
                child = (*child, _DUPLICATE)
            self.document.keys[child] = place
            value = self._node(cast("yaml.NodeEvent", next(events)), events, child)
            if child[-1] is not _DUPLICATE:
                out[key] = value
        return out

    def _count(self, n: int, start: yaml.NodeEvent) -> None:
        if n >= MAX_ENTRIES:
            self._refuse(15, f"more than {MAX_ENTRIES} entries in one block", start, "split the file")
            raise _StopError

    def _close(self, path: Path, start: yaml.NodeEvent, end: yaml.Event) -> None:
        a, b = start.start_mark, end.end_mark
        if a.line == b.line:
            self.document.values[path] = Place(a.line + 1, a.column + 1, max(b.column, a.column + 1) + 1)

    def _place(self, event: yaml.Event) -> Place:
        a, b = event.start_mark, event.end_mark
        line = self.document.lines[a.line] if a.line < len(self.document.lines) else ""
        same = a.line == b.line
        end = b.column if same else len(line)
        text_column: int | None = None
        if same and isinstance(event, yaml.ScalarEvent):
            quoted = event.style in ("'", '"')
            # Escapes and doubled quotes make what is written longer than what it says: then columns inside are not known.
            if b.column - a.column == len(cast("str", event.value)) + 2 * quoted:
                text_column = a.column + 1 + quoted
        return Place(a.line + 1, a.column + 1, max(end, a.column + 1) + 1, text_column, not same)

    def _refuse(self, number: int, message: str, event: yaml.Event, mend: str | None) -> None:
        place = self._place(event)
        line = self.document.lines[place.line - 1] if place.line <= len(self.document.lines) else ""
        if number in (10, 11, 12):
            word = re.match(r"\S+", line[place.column - 1 :])
            place = Place(place.line, place.column, place.column + (word.end() if word else 1))
        self.document.problems.append(self.document.problem(number, message, place, help=mend))


def resolve(text: str) -> Scalar:
    """Return what an unquoted word means in YAML 1.2: ``on``, ``no`` and ``1:30`` are text, ``5`` and ``0.5`` are numbers."""
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
