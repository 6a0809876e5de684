"""The rules a command shows or plays: read, without mistakes, and in the language that was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cuecoach.cli import terminal
from cuecoach.cli.cues.files import check_files
from cuecoach.errors import DocumentError

if TYPE_CHECKING:
    from cuecoach.rules.rule import Rule


def read_rules(paths: list[str] | None, language: str | None = None) -> tuple[Rule, ...]:
    """Return every rule of the files, those that are off too.

    Parameters
    ----------
    paths
        Files, folders or bundled names; None for all bundled files.
    language
        What the texts shall be in; None as they are written. What has no translation stays as it is, and a note says so.

    Raises
    ------
    DocumentError
        With all that is wrong in all files.
    UsageError
        When a file is missing.
    """
    checked = check_files(paths)
    if checked.has_errors:
        from cuecoach.diagnostics import one_line

        raise DocumentError(one_line(checked.diagnostics), checked.diagnostics)
    rules = checked.rules.rules
    if language is None:
        return rules
    from cuecoach.rules.translations import translated

    found = translated(rules, language)
    if found.note:
        terminal.note(found.note)
    return found.rules
