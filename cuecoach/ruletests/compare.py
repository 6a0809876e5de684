"""Lays what was expected beside what was heard, and gives the reason for every difference."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cuecoach.events import TICK_S
from cuecoach.ruletests.blame import near, not_as_expected, silent_praise, silent_since
from cuecoach.ruletests.expect import Expected
from cuecoach.ruletests.lengths import show_length
from cuecoach.ruletests.model import RuleTest
from cuecoach.ruletests.rehearse import Heard, Performance, rehearse

#: Tempos are compared to this, spm: they are rounded to a tenth.
SPM_TOLERANCE = 0.5


@dataclass(frozen=True, slots=True)
class Row:
    """One line of both timelines: what was expected, what was heard, and why they differ; no `why` when they agree."""

    t: float
    expected: Expected | None = None
    heard: Heard | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """A test that was run.

    Attributes
    ----------
    test
        Which.
    rows
        Both timelines side by side, in order of time.
    """

    test: RuleTest
    rows: tuple[Row, ...]

    @property
    def passed(self) -> bool:
        """Whether all was as expected."""
        return not any(row.why for row in self.rows)


def run_test(test: RuleTest) -> Result:
    """Run a test and compare; one that fails is run a second time, to be asked why."""
    done = rehearse(test)
    pairs, missing, unexpected = _pair([e for e in test.expected if e.heard], done.heard)
    reasons = [e for e in test.expected if e.verb == "is"]
    asked: dict[int, set[str]] = {}
    differing = [e for e, h in pairs if not _same(e, h)]
    for line in (*differing, *missing, *(e for e in reasons if not _held(e, done))):
        asked.setdefault(_tick(line), set()).add(line.rule)
    if asked:
        done.answers = rehearse(test, asked).answers
    rows = [Row(e.t or 0.0, e, h, "" if _same(e, h) else _differs(e, h, done)) for e, h in pairs]
    rows += [Row(e.t or 0.0, e, None, _silent(test, e, done)) for e in missing]
    forbidden = {e.rule: e for e in test.expected if e.verb == "never"}
    for heard in unexpected:
        never = forbidden.pop(heard.rule, None)
        rows.append(Row(heard.t, never, heard, f"not expected: {heard.why}" if heard.why else "not expected"))
    rows += [_reason(e, done) for e in reasons]
    spoke = {h.rule: h for h in done.heard}
    for rule, line in forbidden.items():
        contradiction = f"another line expects `{rule}` at {show_length(spoke[rule].t)}" if rule in spoke else ""
        rows.append(Row(test.length_s, line, None, contradiction))
    return Result(test, tuple(sorted(rows, key=lambda row: row.t)))


def run_tests(tests: Iterable[RuleTest], done: Callable[[Result], object] = lambda _: None) -> list[Result]:
    """Run tests one after the other and tell `done` of each."""
    results: list[Result] = []
    for test in tests:
        results.append(run_test(test))
        done(results[-1])
    return results


# ---------------------------------------------------------------- what belongs together
def _pair(
    expected: list[Expected], heard: list[Heard]
) -> tuple[list[tuple[Expected, Heard]], list[Expected], list[Heard]]:
    """Put each expected line beside what was heard of it: first what agrees, then the same moment, then the same deed."""
    pairs: list[tuple[Expected, Heard]] = []
    open_lines, free = list(expected), list(heard)
    for fits in (_same, _same_moment, _same_deed):
        for line in list(open_lines):
            found = [h for h in free if fits(line, h)]
            if found:
                nearest = min(found, key=lambda h: abs(h.t - (line.t or 0.0)))
                pairs.append((line, nearest))
                open_lines.remove(line)
                free.remove(nearest)
    return pairs, open_lines, free


def _on_time(line: Expected, heard: Heard) -> bool:
    return line.t is not None and heard.t - TICK_S - 1e-6 <= line.t <= heard.until + TICK_S + 1e-6


def _same(line: Expected, heard: Heard) -> bool:
    if line.rule != heard.rule or line.verb != heard.verb or not _on_time(line, heard):
        return False
    if line.verb != "beats":
        return line.text is None or line.text == heard.text
    return not _beat_differs(line, heard)


def _same_moment(line: Expected, heard: Heard) -> bool:
    return line.rule == heard.rule and _on_time(line, heard)


def _same_deed(line: Expected, heard: Heard) -> bool:
    words = line.text is None or line.text == heard.text
    return line.rule == heard.rule and line.verb == heard.verb and words


def _beat_differs(line: Expected, heard: Heard) -> str:
    """Return in what a beat is another than expected; a tempo may be the one it begins or the one it arrives with."""
    if line.spm is not None and all(abs(line.spm - spm) > SPM_TOLERANCE for spm in (heard.tempos[0], heard.tempos[-1])):
        return f"the beat goes from {heard.tempos[0]:g} to {heard.tempos[-1]:g} spm"
    if line.length_s is not None:
        if heard.length_s is None:
            return "the beat still sounds when the test ends"
        if abs(line.length_s - heard.length_s) > TICK_S + 1e-6:
            return f"the beat lasts {show_length(heard.length_s)}"
    return ""


def _tick(line: Expected) -> int:
    return round((line.t or 0.0) / TICK_S)


# ---------------------------------------------------------------- why they differ
def _differs(line: Expected, heard: Heard, done: Performance) -> str:
    if not _on_time(line, heard):
        late = heard.t - (line.t or 0.0)
        if late < 0:
            return f"{show_length(-late)} early: {heard.why or 'see above'}"
        why = done.answers.get((_tick(line), line.rule), "")
        return f"{show_length(late)} late: at {show_length(line.t or 0.0)} {near(why, line, done)}"
    if line.verb != heard.verb:
        return f"it {heard.verb} and does not {line.verb.removesuffix('s')}" + (f": {heard.why}" if heard.why else "")
    if line.verb == "beats":
        return _beat_differs(line, heard)
    return f"other words: {heard.why}" if ";" in heard.why else "other words"


def _silent(test: RuleTest, line: Expected, done: Performance) -> str:
    why = done.answers.get((_tick(line), line.rule), "")
    if line.verb == "praises":
        return silent_praise(test, line, done, why)
    return f"silent: {near(why, line, done)}{silent_since(line, done)}"


def _held(line: Expected, done: Performance) -> bool:
    """Whether the reason expected was the rule's within a tick of the time."""
    return any(not not_as_expected(line, d) for d in done.reasons_around(line.rule, line.t or 0.0))


def _reason(line: Expected, done: Performance) -> Row:
    if _held(line, done):
        return Row(line.t or 0.0, line)
    why = done.answers.get((_tick(line), line.rule), "")
    return Row(line.t or 0.0, line, None, f"at {show_length(line.t or 0.0)} it is {near(why, line, done)}")
