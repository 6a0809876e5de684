"""Reads test files: every problem of a file in one run, then tests that are ready to run."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from cuecoach.config import RunConfig, bundled
from cuecoach.diagnostics import Diagnostic, has_errors, sort
from cuecoach.errors import DocumentError, UsageError
from cuecoach.events import METRONOME, TICK_S
from cuecoach.rules.lexer import Problem
from cuecoach.rules.load import load_rules
from cuecoach.rules.rule import Rule
from cuecoach.rules.translations import translated
from cuecoach.ruletests.expect import SILENCE, Expected, read_line, read_time
from cuecoach.ruletests.given import at_place, read_given
from cuecoach.ruletests.lengths import show_length
from cuecoach.ruletests.model import LONGEST_S, FileModel, RuleTest, TestFile, TestModel
from cuecoach.ruletests.reading import LineError
from cuecoach.yamldoc import Document, load_document, validate
from cuecoach.yamldoc import Path as Where
from cuecoach.yamldoc.validate import closest

#: Test files answer with the same letter as the cue files beside them.
PREFIX: Final = "C"
#: What is called silence goes on so long after the last thing expected, s.
AFTER_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class CheckedTests:
    """What was read of one file: its tests when they can be run, and everything that was found."""

    file: TestFile | None
    diagnostics: tuple[Diagnostic, ...]


def read_tests(path: str | Path) -> CheckedTests:
    """Read a test file and the cue files it names.

    Parameters
    ----------
    path
        A ``*.test.yaml``. Cue files it names are looked for beside it, then among the bundled ones.

    Raises
    ------
    UsageError
        When the file is missing or cannot be read.
    """
    document = load_document(path, prefix=PREFIX)
    if document.empty:
        mend = "start with `rules:` and `tests:`"
        return CheckedTests(None, (Diagnostic(f"{PREFIX}013", "error", "the file is empty", document.path, help=mend),))
    model, found = validate(document, FileModel)
    rules = _rules(document, model, Path(path), found) if model is not None else ()
    tests: list[RuleTest] = []
    names: dict[str, int] = {}
    blocks = document.get(("tests",))
    for n in range(len(blocks)) if isinstance(blocks, list) else ():
        test = _test(document, ("tests", n), rules, found)
        if test is None:
            continue
        tests.append(test)
        if names.setdefault(test.name, test.line) != test.line:
            mend = f"the first is on line {names[test.name]}; give this one another name"
            message = f"there are two tests `{test.name}`"
            found.append(document.problem(606, message, ("tests", n, "name"), help=mend))
    diagnostics = tuple(sort(found))
    usable = model is not None and not has_errors(diagnostics)
    return CheckedTests(TestFile(document.path, tuple(tests), rules) if usable else None, diagnostics)


def _rules(document: Document, model: FileModel, path: Path, found: list[Diagnostic]) -> tuple[Rule, ...]:
    """Load the cue files the tests are about; what is wrong with them is found there, not here."""
    names: list[str | Path] = []
    for n, name in enumerate(model.rules):
        beside = path.parent / name
        if beside.is_file():
            names.append(beside)
        elif len(Path(name).parts) == 1 and (bundled("cues") / f"{Path(name).stem}.yaml").is_file():
            names.append(bundled("cues") / f"{Path(name).stem}.yaml")
        else:
            known = [p.name for p in path.parent.glob("*.yaml") if not p.name.endswith(".test.yaml")]
            meant = closest(name, known)
            mend = (
                f"did you mean `{meant}`?" if meant else "name a file beside this one, or a bundled one like `posture`"
            )
            written = document.get(("rules",))
            at: Where = ("rules", n) if isinstance(written, list) else ("rules",)
            found.append(document.problem(604, f"there is no cue file `{name}`", at, help=mend))
    try:
        if not names:
            return ()
        rules = load_rules(names).rules
        if model.language is None:
            return rules
        return tuple(translated(rules, model.language, search=bundled("cues")).rules)
    except DocumentError as error:
        found += [d for d in error.diagnostics if d.is_error]
    except UsageError as error:
        message, _, mend = str(error).partition("; ")
        at = ("language",) if model.language is not None else ("rules",)
        found.append(document.problem(604, message, at, help=mend or None))
    return ()


# ---------------------------------------------------------------- one test
def _test(document: Document, at: Where, rules: tuple[Rule, ...], found: list[Diagnostic]) -> RuleTest | None:
    if at in document.poisoned:
        return None
    model, problems = validate(document, TestModel, at=at)
    before = len(found)
    found += problems
    given = read_given(document, (*at, "given"), found)
    expected = _expectations(document, (*at, "expect"), rules, found)
    config = RunConfig()
    if isinstance(document.get((*at, "config")), dict):
        read, problems = validate(document, RunConfig, at=(*at, "config"))
        found += problems
        config = read or config
    if model is None or any(d.is_error for d in found[before:]):
        return None
    last = max((line.t for line in expected if line.t is not None), default=-math.inf)
    length = model.length_s or max(given.length_s, last + AFTER_S if math.isfinite(last) else 0.0)
    problem = _wrong_length(document, at, model.length_s, length, last)
    if problem is not None:
        found.append(problem)
        return None
    named = {line.rule for line in expected}
    # A rule that is off in its file is tested as if it were on, but only where the test asks for it.
    playing = tuple(replace(r, enabled=True) if r.id in named else r for r in rules if r.enabled or r.id in named)
    line = document.locate((*at, "name"), "key").line
    return RuleTest(model.name, given, expected, length, config, playing, document.path, line)


def _wrong_length(
    document: Document, at: Where, written: float | None, length: float, last: float
) -> Diagnostic | None:
    if length <= 0:
        message = "how long is this test? nothing in it has a length"
        return document.problem(607, message, (*at, "name"), help="write for example `for: 2 min`")
    if last > length + TICK_S:
        message = f"the test ends after {show_length(length)}, before the last thing that is expected"
        return document.problem(607, message, (*at, "for"), help=f"write `for: {show_length(last + AFTER_S)}`")
    if length > LONGEST_S:
        where = (*at, "name") if written is None else (*at, "for")
        message = f"the test is longer than {LONGEST_S / 3600:g} h"
        return document.problem(607, message, where, help="split it in two, and let the second begin with `elapsed`")
    return None


def _expectations(
    document: Document, at: Where, rules: tuple[Rule, ...], found: list[Diagnostic]
) -> tuple[Expected, ...]:
    lines = document.get(at)
    if at in document.poisoned or lines is None or lines == SILENCE:
        return ()
    if not isinstance(lines, list):
        mend = 'write `silence`, or a list with lines like `- 50 s: run-tall says "Run tall"`'
        found.append(document.problem(602, "`expect` should be a list of lines, or `silence`", at, help=mend))
        return ()
    expected: list[Expected] = []
    known = [rule.id for rule in rules]
    for n, line in enumerate(lines):
        here = (*at, n)
        if here in document.poisoned:
            continue
        entry = next(iter(line.items())) if isinstance(line, dict) and len(line) == 1 else None
        if entry is None or not isinstance(entry[1], str):
            mend = 'write for example `- 50 s: run-tall says "Run tall"`'
            found.append(document.problem(602, "this is not one thing that is expected", here, help=mend))
            continue
        one = _line(document, (*here, entry[0]), entry[0], entry[1], found)
        if one is None:
            continue
        if rules and one.rule not in known and one.rule != METRONOME:
            meant = closest(one.rule, known)
            mend = f"did you mean `{meant}`?" if meant else f"there are: {', '.join(known)}"
            problem = Problem(603, f"there is no rule `{one.rule}`", 0, len(one.rule), mend)
            found.append(at_place(document, (*here, entry[0]), problem))
            continue
        expected.append(one)
    return tuple(expected)


def _line(document: Document, at: Where, when: str, what: str, found: list[Diagnostic]) -> Expected | None:
    try:
        t = read_time(when)
    except LineError as error:
        found.append(at_place(document, at, error.problem, key=True))
        return None
    try:
        return read_line(t, what, document.locate(at, "key").line)
    except LineError as error:
        found.append(at_place(document, at, error.problem))
        return None
