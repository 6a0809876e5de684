"""Where output goes: terminals that lack our signs, pipes that must not be folded, programs that read JSON."""

from __future__ import annotations

import codecs
import io
import os
import signal
import sys
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.console import Console

#: A pipe has no width; lines in it are as long as they are.
_UNFOLDED = 10_000

#: What stands for our signs where the terminal's encoding has none of them (Windows' cp1252, LANG=C).
_PLAIN = {
    "◆": "*",
    "✓": "+",
    "✗": "x",
    "♪": "~",
    "“": '"',
    "”": '"',
    "–": "-",
    "…": "...",
    "·": "-",
    "×": "x",
    "°": " deg",
    "²": "2",
    "→": "->",
    "≥": ">=",
    "≤": "<=",
    "−": "-",
    "±": "+-",
}
_HANDLER = "cuecoach-plain"


def prepare() -> None:
    """Make sure that no character can stop the output, and that an ended process leaves as cleanly as an interrupted one."""
    codecs.register_error(_HANDLER, plain)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_HANDLER)
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def plain(error: UnicodeError) -> tuple[str, int]:
    """Replace what an encoding cannot say by signs that every encoding has; a codec error handler."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_PLAIN.get(c, "?") for c in error.object[error.start : error.end]), error.end


def open_console() -> Console:
    """Return standard output for people; into a pipe, lines are not folded unless COLUMNS asks for it."""
    from rich.console import Console

    folded = sys.stdout is None or sys.stdout.isatty() or "COLUMNS" in os.environ
    # Names of files and devices are no markup.
    return Console(highlight=False, markup=False, emoji=False, width=None if folded else _UNFOLDED)


def note(text: str) -> None:
    """Tell something by the way, on standard error."""
    typer.echo(f"note: {text}", err=True)


def expect_json() -> None:
    """Switch standard output to UTF-8: JSON is that by its standard (RFC 8259, 8.1), whatever the terminal speaks."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
