"""Reads cue files: every problem of every file in one run, then frozen rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cuecoach.diagnostics import Diagnostic, has_errors, one_line, sort
from cuecoach.errors import DocumentError
from cuecoach.rules.assemble import assemble
from cuecoach.rules.files import cue_files, find_files
from cuecoach.rules.library import PREFIX, Library
from cuecoach.rules.model import NOT_YET, FileModel
from cuecoach.rules.rule import Rule, RuleSet
from cuecoach.rules.written import Written
from cuecoach.yamldoc import Document, validate
from cuecoach.yamldoc import Path as Where

__all__ = ["MAX_RULES", "PREFIX", "Checked", "check_rules", "cue_files", "find_files", "load_rules"]

#: So many rules fit in a tick (1 ms).
MAX_RULES: Final = 500


@dataclass(frozen=True, slots=True)
class Checked:
    """What was read.

    Attributes
    ----------
    rules
        The rules that are right.
    diagnostics
        Everything that was found.
    files
        The files that were named.
    also_read
        What the rules rest on besides: files they extend, and recordings.
    """

    rules: RuleSet
    diagnostics: tuple[Diagnostic, ...]
    files: tuple[Path, ...]
    also_read: tuple[Path, ...] = ()

    @property
    def has_errors(self) -> bool:
        """Whether the files cannot be used as they are."""
        return has_errors(self.diagnostics)


@dataclass(frozen=True, slots=True)
class _Read:
    """A rule that was read, and the rules it is made of, itself last."""

    rule: Rule | None
    chain: list[Written]

    @property
    def own(self) -> Written:
        return self.chain[-1]

    @property
    def unresolved(self) -> bool:
        """Whether what it extends could not be found: then that is said, and no more."""
        return self.rule is None and len(self.chain) == 1 and self.own.gives("extends")

    def extends(self, other: _Read) -> bool:
        """Whether it is made of that very rule."""
        return any(base.document is other.own.document and base.id == other.own.id for base in self.chain[:-1])


def load_rules(names_or_paths: Sequence[str | Path], *, search: Path | None = None) -> RuleSet:
    """Load cue files.

    Parameters
    ----------
    names_or_paths
        Files, folders of cue files, or names of bundled files (``posture``).
    search
        The folder where bundled names are found.

    Raises
    ------
    DocumentError
        With all diagnostics of all files.
    UsageError
        When a file is missing or cannot be read.
    """
    checked = check_rules(names_or_paths, search=search)
    if checked.has_errors:
        raise DocumentError(one_line(checked.diagnostics), checked.diagnostics)
    return checked.rules


def check_rules(names_or_paths: Sequence[str | Path], *, search: Path | None = None) -> Checked:
    """Read cue files and return all that is to be said about them, without raising for what they say.

    Raises
    ------
    UsageError
        When a file is missing or cannot be read.
    """
    files = find_files(names_or_paths, search=search)
    library = Library(search)
    found: list[Diagnostic] = []
    seen: dict[str, _Read] = {}
    for file in files:
        for rule_id, read in _read(library, library.document(file), found):
            first = seen.get(rule_id)
            if first is not None and not read.extends(first):
                if not first.extends(read) and not read.unresolved:
                    found.append(_twice(library, read, first))
                continue
            # A rule that extends one of its own name stands in for it, in its place.
            seen[rule_id] = read
            if first is None and len(seen) == MAX_RULES + 1:
                message = f"more than {MAX_RULES} rules"
                at = read.own.at
                found.append(read.own.document.problem(108, message, at, part="key", help="leave some files out"))
    diagnostics = tuple(sort(found))
    warnings = tuple(d for d in diagnostics if not d.is_error)
    rules = tuple(read.rule for read in seen.values() if read.rule is not None)
    return Checked(RuleSet(rules, warnings), diagnostics, tuple(files), _also_read(files, seen))


def _read(library: Library, document: Document, found: list[Diagnostic]) -> Iterator[tuple[str, _Read]]:
    """Yield every rule of a file; problems go to `found`."""
    if document.empty:
        mend = "start with `version: 1` and `rules:`"
        found.append(Diagnostic(f"{PREFIX}013", "error", "the file is empty", document.path, help=mend))
        return
    _, problems = validate(document, FileModel, not_yet=NOT_YET)
    found += problems
    rules = document.get(("rules",))
    if not isinstance(rules, dict):
        return
    if not rules:
        found.append(document.problem(109, "there are no rules here", ("rules",), part="key"))
    for rule_id in rules:
        chain, wrong = library.chain(library.written(document, rule_id))
        if wrong is not None:
            found += [*chain[-1].problems, wrong]
            yield rule_id, _Read(None, chain)
            continue
        rule, problems = assemble(chain)
        found += problems
        yield rule_id, _Read(rule, chain)


def _twice(library: Library, read: _Read, first: _Read) -> Diagnostic:
    at: Where = read.own.at
    line = first.own.document.locate(at, "key").line
    mend = f"the first is at {first.own.document.path}:{line}; give this one another name"
    bundled = library.bundled_name(first.own)
    if bundled:
        mend += f", or let it change that one with `extends: {bundled}`"
    return read.own.document.problem(107, f"there are two rules `{read.own.id}`", at, part="key", help=mend)


def _also_read(files: Sequence[Path], seen: dict[str, _Read]) -> tuple[Path, ...]:
    named = {file.resolve() for file in files}
    more: dict[Path, None] = {}
    for read in seen.values():
        for written in read.chain:
            base = Path(written.document.path)
            if base.resolve() not in named:
                more[base] = None
        for recording in read.rule.recordings.values() if read.rule else ():
            more[Path(recording.path)] = None
    return tuple(more)
