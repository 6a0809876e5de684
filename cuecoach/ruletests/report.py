"""How the outcome of tests is printed: ✓ and ✗, both timelines side by side, JSON, and annotations for GitHub."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from cuecoach.diagnostics import Diagnostic, clean, render
from cuecoach.ruletests.compare import Result, Row
from cuecoach.ruletests.lengths import show_length
from cuecoach.ruletests.model import TestFile

#: A column of a timeline is no wider than this.
_COLUMN = 52


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """A test file, what became of its tests, and how long that took, s, one for each."""

    file: TestFile
    results: tuple[Result, ...]
    took_s: tuple[float, ...]


def show_result(result: Result) -> str:
    """Return a line for a test that passed, and the timelines of one that failed."""
    if result.passed:
        return clean(f"  ✓ {result.test.name}")
    head = clean(f"  ✗ {result.test.name}  ({result.test.path}:{result.test.line})")
    return f"{head}\n{timelines(result)}"


def timelines(result: Result) -> str:
    """Return what was expected beside what was heard, and under each difference its reason."""
    cells = [("expected", "heard", "")]
    cells += [(_expected(row), _heard(row), row.why) for row in result.rows]
    if len(cells) == 1:
        cells.append(("silence", "silence", ""))
    wide = min(max(len(left) for left, _, _ in cells), _COLUMN)
    lines: list[str] = []
    for n, (left, right, why) in enumerate(cells):
        sign = " " if not why else "✗"
        lines.append(f"    {sign} {left:<{wide}} | {right}".rstrip() if n else f"      {left:<{wide}} | {right}")
        if why:
            lines.append(f"      {'':<{wide}} |   {why}")
    return "\n".join(clean(line) for line in lines)


def _expected(row: Row) -> str:
    if row.expected is None:
        return ""
    return str(row.expected) if row.expected.t is None else f"{show_length(row.expected.t):<6} {row.expected}"


def _heard(row: Row) -> str:
    if row.heard is not None:
        return f"{show_length(row.heard.t):<6} {row.heard}"
    if row.expected is not None and not row.expected.heard:
        return "" if row.why else "so it is"
    return ""


def summary(outcomes: Sequence[FileOutcome], took_s: float) -> str:
    """Return the closing line: how many passed, how much running that was, and how long it took."""
    results = [result for outcome in outcomes for result in outcome.results]
    failed = sum(not result.passed for result in results)
    simulated = sum(result.test.length_s for result in results)
    tests = "1 test" if len(results) == 1 else f"{len(results)} tests"
    files = "1 file" if len(outcomes) == 1 else f"{len(outcomes)} files"
    verdict = "all passed" if not failed else f"{len(results) - failed} passed, {failed} failed"
    speed = f", {simulated / took_s:.0f} times faster than life" if took_s > 0 and simulated else ""
    return f"{tests} in {files}: {verdict}; {_long(simulated)} of running in {took_s:.1f} s{speed}"


def _long(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def untested(outcomes: Sequence[FileOutcome]) -> list[str]:
    """Return the ids of the rules that are on in these files and that no test names."""
    named = {rule for outcome in outcomes for rule in outcome.file.tested}
    on = [rule.id for outcome in outcomes for rule in outcome.file.rules if rule.enabled]
    return [rule_id for rule_id in dict.fromkeys(on) if rule_id not in named]


# ---------------------------------------------------------------- for programs
def as_json(outcomes: Sequence[FileOutcome], problems: Sequence[Diagnostic], without: Sequence[str]) -> str:
    """Return all that happened as one JSON object."""
    tests = [_facts(result) for outcome in outcomes for result in outcome.results]
    broken = json.loads(render(problems, "json"))
    whole = {"tests": tests, "rules_without_test": list(without), "problems": broken}
    return json.dumps(whole, indent=2, ensure_ascii=False)


def _facts(result: Result) -> dict[str, object]:
    test = result.test
    return {
        "file": test.path,
        "line": test.line,
        "name": test.name,
        "passed": result.passed,
        "length_s": test.length_s,
        "timeline": [_row_facts(row) for row in result.rows],
    }


def _row_facts(row: Row) -> dict[str, object]:
    return {
        "expected_at_s": row.expected.t if row.expected else None,
        "expected": str(row.expected) if row.expected else None,
        "heard_at_s": row.heard.t if row.heard else None,
        "heard": str(row.heard) if row.heard else None,
        "why_they_differ": row.why or None,
    }


def as_github(outcomes: Sequence[FileOutcome]) -> str:
    """Return the workflow commands that mark each difference at its line in a pull request."""
    found: list[Diagnostic] = []
    for outcome in outcomes:
        for result in outcome.results:
            for row in result.rows:
                if row.why:
                    line = row.expected.line if row.expected is not None else 0
                    what = str(row.expected or row.heard)
                    text = f"{result.test.name}: {what}: {row.why}"
                    found.append(Diagnostic("rule test", "error", text, result.test.path, line or result.test.line))
    return render(found, "github")
