"""The outcome as JUnit XML, which Jenkins, GitLab, Azure and the usual GitHub actions read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from cuecoach.diagnostics import Diagnostic, render
from cuecoach.ruletests.report import FileOutcome, timelines

#: What XML 1.0 does not allow in text (section 2.2).
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_junit(outcomes: Sequence[FileOutcome], problems: Sequence[Diagnostic] = ()) -> str:
    """Return a document with a suite for each file and a case for each test.

    Parameters
    ----------
    outcomes
        What was run.
    problems
        What was wrong with files that could not be run; each such file becomes a suite with one case in error.
    """
    root = ElementTree.Element("testsuites", name="cuecoach cues test")
    for outcome in outcomes:
        results = outcome.results
        suite = _suite(
            root, outcome.file.path, len(results), sum(not r.passed for r in results), 0, sum(outcome.took_s)
        )
        for result, took_s in zip(results, outcome.took_s, strict=True):
            case = _case(suite, outcome.file.path, result.test.name, took_s)
            case.set("line", str(result.test.line))
            if not result.passed:
                differences = [row.why for row in result.rows if row.why]
                message = differences[0] + (f", and {len(differences) - 1} more" if len(differences) > 1 else "")
                failure = ElementTree.SubElement(case, "failure", message=_clean(message), type="timeline")
                failure.text = _clean(timelines(result))
    for path in dict.fromkeys(problem.path for problem in problems):
        own = [problem for problem in problems if problem.path == path]
        suite = _suite(root, path, 1, 0, 1, 0.0)
        error = ElementTree.SubElement(_case(suite, path, "can be read", 0.0), "error", message=_clean(own[0].message))
        error.set("type", own[0].code)
        error.text = _clean(render(own))
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    root.set("time", f"{sum(float(suite.get('time', '0')) for suite in root):.3f}")
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _suite(
    root: ElementTree.Element, path: str, tests: int, failures: int, errors: int, took_s: float
) -> ElementTree.Element:
    numbers = {"tests": str(tests), "failures": str(failures), "errors": str(errors), "skipped": "0"}
    facts = {"name": _clean(path), **numbers, "time": f"{took_s:.3f}"}
    return ElementTree.SubElement(root, "testsuite", facts)


def _case(suite: ElementTree.Element, path: str, name: str, took_s: float) -> ElementTree.Element:
    facts = {"classname": _clean(path), "name": _clean(name), "file": _clean(path), "time": f"{took_s:.3f}"}
    return ElementTree.SubElement(suite, "testcase", facts)


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
