"""What is wrong with a document a person wrote: where, which code, and how to mend it; and how that is printed."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Final, Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning"]
Format: TypeAlias = Literal["full", "concise", "json", "github"]

FORMATS: Final[tuple[Format, ...]] = ("full", "concise", "json", "github")

#: Longer source lines are cut around the marked place, so that a terminal shows the caret under the right word.
_LINE_WIDTH = 100
#: How much of a cut line stays to the left of the marked place.
_LEAD = 30


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem of one document.

    Attributes
    ----------
    code
        Stable short name, listed in the documentation: ``C102``.
    severity
        An ``error`` makes the document unusable; a ``warning`` does not.
    message
        One plain sentence without a full stop.
    path
        The document, as the person named it.
    line, column, end_column
        Place, counted from 1; `end_column` is one past the last marked character. `line` is None when the problem is the file
        as a whole.
    help
        What to type instead, if that can be said.
    source_line
        The text of that line, None when there is none to show.
    """

    code: str
    severity: Severity
    message: str
    path: str
    line: int | None = None
    column: int = 1
    end_column: int = 2
    help: str | None = None
    source_line: str | None = None

    @property
    def is_error(self) -> bool:
        """Whether the document cannot be used."""
        return self.severity == "error"


def sort(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return them by file and place, each once."""
    unique = dict.fromkeys(diagnostics)
    return sorted(unique, key=lambda d: (d.path, d.line or 0, d.column, d.severity, d.code, d.message))


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether any of them is an error."""
    return any(d.is_error for d in diagnostics)


def render(diagnostics: Iterable[Diagnostic], style: Format = "full") -> str:
    """Print diagnostics, sorted, without a final newline.

    Parameters
    ----------
    diagnostics
        In any order.
    style
        ``full`` shows the line and a caret, ``concise`` is one line each, ``json`` one array for programs, ``github`` the
        workflow commands that mark a line in a pull request.
    """
    found = sort(diagnostics)
    if style == "json":
        return json.dumps([asdict(d) for d in found], indent=2, ensure_ascii=False)
    if style == "concise":
        return "\n".join(_concise(d) for d in found)
    if style == "github":
        return "\n".join(_github(d) for d in found)
    return "\n\n".join(_full(d) for d in found)


def summary(diagnostics: Iterable[Diagnostic], files: int) -> str:
    """Return the closing line: ``2 errors, 1 warning in 3 files``, or that all is fine."""
    found = sort(diagnostics)
    errors = sum(d.is_error for d in found)
    counts = [(errors, "error"), (len(found) - errors, "warning")]
    text = ", ".join(_count(n, word) for n, word in counts if n)
    return f"{text} in {_count(files, 'file')}" if text else f"{_count(files, 'file')} checked, all fine"


def _count(n: int, word: str) -> str:
    return f"{n} {word}" if n == 1 else f"{n} {word}s"


def _place(d: Diagnostic) -> str:
    return d.path if d.line is None else f"{d.path}:{d.line}:{d.column}"


def _concise(d: Diagnostic) -> str:
    tail = f" ({clean(d.help)})" if d.help else ""
    return f"{clean(_place(d))}: {d.code} {clean(d.message)}{tail}"


def _full(d: Diagnostic) -> str:
    margin = " " * max(2, len(str(d.line or "")))
    lines = [f"{d.severity}[{d.code}]: {clean(d.message)}", f"{margin}--> {clean(_place(d))}"]
    if d.line is not None and d.source_line is not None:
        text, caret = _underline(d.source_line, d.column - 1, d.end_column - 1)
        lines += [f"{margin} |", f"{d.line:>{len(margin)}} | {text}".rstrip(), f"{margin} | {caret}"]
    if d.help:
        lines.append(f"{margin} = help: {clean(d.help)}")
    return "\n".join(lines)


def _github(d: Diagnostic) -> str:
    # https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    place = "" if d.line is None else f",line={d.line},col={d.column},endColumn={d.end_column}"
    text = d.message + (f"; {d.help}" if d.help else "")
    return f"::{d.severity} file={_escape(d.path, prop=True)}{place},title={d.code}::{_escape(text)}"


def _escape(text: str, *, prop: bool = False) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if prop else text


def _underline(line: str, start: int, end: int) -> tuple[str, str]:
    """Return the line to show and the carets under ``line[start:end]``, both as wide as a terminal draws them."""
    line = line.rstrip()
    start = max(0, min(start, len(line)))
    end = max(start + 1, min(end, len(line)))
    cut = start - _LEAD if len(line) > _LINE_WIDTH and start > _LEAD else 0
    shown = line[cut : cut + _LINE_WIDTH]
    before, marked = line[cut:start], line[start : min(end, cut + _LINE_WIDTH)]
    text = ("…" if cut else "") + clean(shown) + ("…" if cut + _LINE_WIDTH < len(line) else "")
    caret = " " * (bool(cut) + _width(clean(before))) + "^" * max(1, _width(clean(marked)))
    return text, caret


def clean(text: str) -> str:
    """Return text that is safe to print: a file's control characters must not steer the terminal."""
    return "".join(c if c.isprintable() else " " if c == "\t" else "\N{REPLACEMENT CHARACTER}" for c in text)


def _width(text: str) -> int:
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) > 0 for c in text)


def one_line(diagnostics: Sequence[Diagnostic]) -> str:
    """Return one sentence for a place where there is room for no more: the first error, and how many others."""
    found = sort(diagnostics)
    first = next((d for d in found if d.is_error), found[0])
    others = len(found) - 1
    return _concise(first) + (f", and {_count(others, 'more problem')}" if others else "")
