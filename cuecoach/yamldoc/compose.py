"""Turns YAML into data and places; what YAML can do beyond plain settings is refused in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, cast

import yaml

from cuecoach.yamldoc.document import Data, Document, Path, Place, Scalar
from cuecoach.yamldoc.wording import Trouble, explain

#: A cue file is four levels deep.
MAX_DEPTH: Final = 16
#: Entries in one block or list.
MAX_ENTRIES: Final = 1000

# The core schema of YAML 1.2.2, 10.3.2; `.inf` and `.nan` stay text, since no setting could mean them.
_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_BOOL: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]{1,40}|[0-9]{1,40}(\.[0-9]{0,40})?)([eE][-+]?[0-9]{1,2})?")
_DUPLICATE = "\0again"


class _StopError(Exception):
    """The rest of the document is not worth reading."""


class Composer:
    """Turns PyYAML's events into data and places.

    Events of the pure SafeLoader rather than its node graph: anchors, tags and the second document are still visible in them,
    and nothing is built from a hostile file before its limits are checked. The C loader words its errors differently, so it
    is not used even where it is installed.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.long_quote: Place | None = None

    def compose(self, text: str) -> None:
        """Fill the document with what `text` says, or with what is wrong with it."""
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
