"""Reads cue files: every problem of every file in one run, then frozen rules."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cuecoach.diagnostics import Diagnostic, has_errors, one_line, sort
from cuecoach.errors import DocumentError, UsageError
from cuecoach.rules.expression import Expression, compile_expression
from cuecoach.rules.lexer import ExpressionError, Problem
from cuecoach.rules.lints import lint
from cuecoach.rules.model import NOT_YET, FileModel, RuleModel
from cuecoach.rules.rule import PRIORITIES, Rule, RuleSet
from cuecoach.yamldoc import Document, Place, load_document, validate
from cuecoach.yamldoc import Path as Where

#: First letter of the codes of cue files.
PREFIX: Final = "C"
#: So many rules fit in a tick (1 ms).
MAX_RULES: Final = 500

_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_MAX_ID = 40
_EXPRESSIONS = ("when", "until", "only_if")


@dataclass(frozen=True, slots=True)
class Checked:
    """What was read: the rules that are right, everything that was found, and the files."""

    rules: RuleSet
    diagnostics: tuple[Diagnostic, ...]
    files: tuple[Path, ...]

    @property
    def has_errors(self) -> bool:
        """Whether the files cannot be used as they are."""
        return has_errors(self.diagnostics)


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
    rules: dict[str, Rule] = {}
    found: list[Diagnostic] = []
    seen: dict[str, Document] = {}
    for file in files:
        document = load_document(file, prefix=PREFIX)
        for rule_id, rule, problems in _read(document, found):
            found += problems
            if rule_id in seen:
                first = seen[rule_id]
                line = first.locate(("rules", rule_id), "key").line
                mend = f"the first is at {first.path}:{line}; give this one another name"
                at: Where = ("rules", rule_id)
                found.append(document.problem(107, f"there are two rules `{rule_id}`", at, part="key", help=mend))
                continue
            seen[rule_id] = document
            if len(seen) == MAX_RULES + 1:
                message = f"more than {MAX_RULES} rules"
                found.append(
                    document.problem(108, message, ("rules", rule_id), part="key", help="leave some files out")
                )
            if rule is not None:
                rules[rule_id] = rule
    diagnostics = tuple(sort(found))
    warnings = tuple(d for d in diagnostics if not d.is_error)
    return Checked(RuleSet(tuple(rules.values()), warnings), diagnostics, tuple(files))


# ---------------------------------------------------------------- which files
def find_files(names_or_paths: Sequence[str | Path], *, search: Path | None = None) -> list[Path]:
    """Return the cue files that are meant, each once.

    Raises
    ------
    UsageError
        When there is no such file, folder or bundled name.
    """
    found: dict[Path, Path] = {}
    for name in names_or_paths:
        for file in _files_of(name, search):
            found.setdefault(file.resolve(), file)
    return list(found.values())


def _files_of(name: str | Path, search: Path | None) -> list[Path]:
    path = Path(name)
    if path.is_dir():
        files = cue_files(path)
        if not files:
            raise UsageError(f"there are no cue files (`*.yaml`) in the folder `{path}`")
        return files
    if path.is_file():
        return [path]
    bare = len(path.parts) == 1 and not path.suffix
    if bare and search is not None:
        if (search / f"{name}.yaml").is_file():
            return [search / f"{name}.yaml"]
        known = [p.stem for p in cue_files(search)]
        close = difflib.get_close_matches(str(name), known, n=1)
        mend = f"did you mean `{close[0]}`?" if close else f"there are: {', '.join(known)}"
        raise UsageError(f"there is no cue file called `{name}`; {mend}")
    raise UsageError(f"there is no file `{path}`; check the name, or the folder you are in")


def cue_files(folder: Path) -> list[Path]:
    """Return the cue files of a folder, sorted; its test files (``*.test.yaml``) are none."""
    files = [p for p in folder.iterdir() if p.suffix in (".yaml", ".yml") and p.is_file()]
    return sorted(p for p in files if not p.stem.endswith(".test"))


# ---------------------------------------------------------------- one file
def _read(document: Document, found: list[Diagnostic]) -> Iterator[tuple[str, Rule | None, list[Diagnostic]]]:
    """Yield every rule of a file with its problems; problems of the file itself go to `found`."""
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
        rule, problems = _rule(document, rule_id)
        yield rule_id, rule, problems


def _rule(document: Document, rule_id: str) -> tuple[Rule | None, list[Diagnostic]]:
    at: Where = ("rules", rule_id)
    if at in document.poisoned:
        return None, []
    model, found = validate(document, RuleModel, at=at, not_yet=NOT_YET)
    raw = document.get(at)
    settings = raw if isinstance(raw, dict) else {}
    if len(rule_id) > _MAX_ID or not _ID.fullmatch(rule_id):
        mend = f"use small letters, digits and `-`, at most {_MAX_ID}: `run-tall`"
        found.append(document.problem(106, f"`{rule_id}` cannot be the name of a rule", at, part="key", help=mend))
    if isinstance(raw, dict) and not any(key in raw for key in ("say", "beat", *NOT_YET)):
        mend = "write for example `say: Run tall`"
        found.append(document.problem(109, f"`{rule_id}` has nothing to say", at, part="key", help=mend))
    expressions: dict[str, Expression] = {}
    for name in _EXPRESSIONS:
        text = settings.get(name)
        if isinstance(text, str) and (*at, name) not in document.poisoned:
            expression, problems = _expression(document, (*at, name), text)
            found += problems
            if expression is not None:
                expressions[name] = expression
    if model is None or has_errors(found) or "when" not in expressions:
        return None, found
    rule = _build(document, rule_id, model, expressions)
    return rule, [*found, *lint(document, rule)]


def _expression(document: Document, at: Where, text: str) -> tuple[Expression | None, list[Diagnostic]]:
    place = document.locate(at)
    if place.folded:
        mend = "write it on one line, even a long one; a folded line has no columns to point at"
        return None, [document.problem(210, f"`{at[-1]}` runs over several lines", place, help=mend)]
    try:
        expression = compile_expression(text)
    except ExpressionError as error:
        return None, [_diagnostic(document, place, p) for p in error.problems]
    return expression, [_diagnostic(document, place, p) for p in expression.warnings]


def _diagnostic(document: Document, place: Place, problem: Problem) -> Diagnostic:
    if place.text_column is not None:
        column = place.text_column
        place = Place(place.line, column + problem.start, column + max(problem.end, problem.start + 1))
    severity = "warning" if problem.warning else "error"
    return document.problem(problem.number, problem.message, place, help=problem.help, severity=severity)


def _build(document: Document, rule_id: str, model: RuleModel, expressions: Mapping[str, Expression]) -> Rule:
    return Rule(
        id=rule_id,
        when=expressions["when"],
        about=model.about,
        focus=model.focus,
        hold_s=model.hold_s,
        until=expressions.get("until"),
        only_if=expressions.get("only_if"),
        cooldown_s=model.cooldown,
        limit=model.limit,
        priority=PRIORITIES[model.priority],
        say=tuple(" ".join(text.split()) for text in model.say),
        beat_s=model.beat,
        praise=model.praise,
        repeat=model.repeat,
        evidence=model.evidence,
        because=model.because,
        enabled=model.enabled,
        path=document.path,
        line=document.locate(("rules", rule_id), "key").line,
    )
