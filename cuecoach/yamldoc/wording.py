"""What PyYAML's complaints mean, in the words of the person who made the slip."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import yaml


@dataclass(frozen=True, slots=True)
class Trouble:
    """A slip in the YAML itself; line and columns from 1."""

    number: int
    message: str
    line: int
    column: int
    help: str | None
    end_column: int = 0

    def __post_init__(self) -> None:
        if self.end_column <= self.column:
            object.__setattr__(self, "end_column", self.column + 1)


_QUOTE_IT = "put quotes around the text"


def explain(error: yaml.MarkedYAMLError, lines: Sequence[str]) -> Trouble:
    """Put an error of the pure-Python loader into plain words.

    Parameters
    ----------
    error
        From PyYAML's scanner or parser. (Its C twin words the same errors differently and is never used.)
    lines
        The document.
    """
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    start = error.context_mark
    begun, begun_column = (start.line + 1, start.column + 1) if start else (line, column)
    problem, context = error.problem or "", error.context or ""
    text = lines[line - 1] if line <= len(lines) else ""

    if "'\\t'" in problem or _tab_indented(text):
        at = text.find("\t") + 1 or column
        return Trouble(4, "a tab is used to indent this line", line, at, "use spaces; most editors can do that for you")
    if "quoted scalar" in context and ("end of stream" in problem or "document separator" in problem):
        return Trouble(6, "this quote is never closed", begun, begun_column, "close it, or leave both quotes out")
    if "unknown escape" in problem or "escape sequence" in problem:
        return Trouble(5, "a backslash in double quotes starts an escape", line, column, "use single quotes: '…'")
    if "mapping values are not allowed" in problem:
        if ": " in text[: column - 1]:
            return Trouble(7, "a second colon on this line", line, column, _quoted(text))
        above = next((n for n in range(line - 2, -1, -1) if lines[n].strip()), None)
        if above is not None and _indent(lines[above]) >= _indent(text):
            return _no_colon(lines, above, _indent(lines[above]))
        message = "this line is indented deeper than the one it belongs beside"
        mend = (
            "line it up" if above is None else f"indent it by {_spaces(_indent(lines[above]) - 1)}, as the line above"
        )
        return Trouble(8, message, line, _indent(text), mend)
    if "could not find expected ':'" in problem:
        return _no_colon(lines, begun - 1, begun_column)
    if "flow sequence" in context or "flow mapping" in context:
        bracket = "[" if "sequence" in context else "{"
        cut = lines[begun - 1].find(" #", begun_column) if begun <= len(lines) else -1
        if cut >= 0:
            message = "what follows ` #` is a comment, so this list is never closed"
            return Trouble(5, message, begun, cut + 2, "put quotes around text with a `#`", len(lines[begun - 1]) + 1)
        return Trouble(
            5, f"the list that `{bracket}` opens lacks a comma or its end", begun, begun_column, _closing(bracket)
        )
    if "expected <block end>" in problem:
        if text[: column - 1].strip():
            return Trouble(
                5, "more text after the end of a value", line, column, "put one pair of quotes around all of it"
            )
        message = f"this line does not line up with the block that begins on line {begun}"
        above = next((n for n in range(line - 2, -1, -1) if lines[n].strip()), None)
        mend = "lines of one block start in the same column"
        if above is not None and _indent(lines[above]) != column:
            mend += f"; the line above is indented by {_spaces(_indent(lines[above]) - 1)}"
        return Trouble(8, message, line, column, mend)
    starts = re.search(r"found character '(.)' that cannot start", problem)
    if starts:
        return Trouble(5, f"a value may not begin with `{starts[1]}`", line, column, _QUOTE_IT)
    if "scanning an alias" in context or "scanning an anchor" in context or "scanning a tag" in context:
        sign = (lines[begun - 1][begun_column - 1 :] or "*")[0] if begun <= len(lines) else "*"
        return Trouble(5, f"a value may not begin with `{sign}`", begun, begun_column, _QUOTE_IT)
    if "block entries are not allowed" in problem or "sequence entries are not allowed" in problem:
        return Trouble(8, "a list entry `-` cannot stand here", line, column, "put it on a line of its own, indented")
    if "expected the node content" in problem or "<stream end>" in problem:
        return Trouble(
            5, "the file ends, or the line does, where a value should stand", line, column, "finish the line"
        )
    return Trouble(5, f"this is not valid YAML: {problem or context or 'unexpected text'}", line, column, None)


def _no_colon(lines: Sequence[str], n: int, column: int) -> Trouble:
    text = lines[n].strip() if n < len(lines) else ""
    end = column + len(text)
    stuck = re.match(r"([A-Za-z_][A-Za-z0-9_-]*):(?=\S)", text)
    if stuck:
        mend = f"write `{stuck[1]}: {text[stuck.end() :]}`"
        return Trouble(5, "a space is missing after the `:`", n + 1, column, mend, end)
    name, _, value = text.partition(" ")
    mend = (
        f"write `{name}: {value.strip()}`"
        if value and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", name)
        else "write `name: value`"
    )
    return Trouble(5, "a `:` is missing here", n + 1, column, mend, end)


def _quoted(text: str) -> str:
    name, _, value = text.strip().partition(": ")
    if '"' in value or "\\" in value or " #" in value:
        return "put quotes around text that contains a colon"
    return f'write `{name}: "{value}"`'


def _spaces(n: int) -> str:
    return "1 space" if n == 1 else f"{n} spaces"


def _closing(bracket: str) -> str:
    return "write `[one, two, three]`" if bracket == "[" else "write `{name: value}`"


def _tab_indented(text: str) -> bool:
    return "\t" in text[: len(text) - len(text.lstrip())]


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip()) + 1
