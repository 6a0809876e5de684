"""How outcomes are printed: any text stays on its line, and XML stays XML."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from cuecoach.config import RunConfig
from cuecoach.diagnostics import Diagnostic
from cuecoach.ruletests.compare import Result, Row
from cuecoach.ruletests.expect import Expected
from cuecoach.ruletests.junit import as_junit
from cuecoach.ruletests.model import Given, RuleTest, TestFile
from cuecoach.ruletests.rehearse import Heard
from cuecoach.ruletests.report import FileOutcome, as_github, show_result, summary, untested

TEST = RuleTest("says it", Given(), (), 3600.0, RunConfig(), (), "my.test.yaml", 3)


def failed(name: str, text: str) -> Result:
    expected, heard = Expected(5.0, "tall", "says", text, line=7), Heard(80.25, 80.25, "tall", "says", text)
    return Result(replace(TEST, name=name), (Row(5.0, expected, heard, "late"), Row(9.0, None, heard, "not expected")))


def outcome(*results: Result) -> FileOutcome:
    return FileOutcome(TestFile("my.test.yaml", (), ()), results, tuple(0.5 for _ in results))


@given(st.text(), st.text())
def test_junit_is_xml_whatever_a_test_says(name: str, text: str) -> None:
    problem = Diagnostic("C601", "error", text, "bad.test.yaml", 1)
    root = ElementTree.fromstring(as_junit([outcome(failed(name, text), Result(TEST, ()))], [problem]))
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("3", "1", "1")
    assert root.get("time") == "1.000"


@given(st.text(), st.text())
def test_what_a_test_says_never_breaks_a_line_or_steers_a_terminal(name: str, text: str) -> None:
    shown = show_result(failed(name, text)).split("\n")
    assert len(shown) == 6
    assert all(line.isprintable() for line in shown)


def test_columns_stand_below_each_other() -> None:
    assert show_result(failed("says it", "Run tall")).split("\n") == [
        "  ✗ says it  (my.test.yaml:3)",
        "      expected                    | heard",
        '    ✗ 5 s    tall says "Run tall" | 1:20.25 tall says "Run tall"',
        "                                  |   late",
        '    ✗                             | 1:20.25 tall says "Run tall"',
        "                                  |   not expected",
    ]


def test_the_summary_counts_and_times() -> None:
    good, bad = Result(TEST, ()), failed("x", "y")
    assert summary([outcome(good)], 0.5) == (
        "1 test in 1 file: all passed; 60 min of running in 0.5 s, 7200 times faster than life"
    )
    assert summary([outcome(good, bad), outcome(good)], 0.0) == (
        "3 tests in 2 files: 2 passed, 1 failed; 3.0 h of running in 0.0 s"
    )


def test_annotations_stand_at_the_expected_line_or_at_the_test() -> None:
    lines = as_github([outcome(failed("x", "y"))]).splitlines()
    assert [line.split(",")[1] for line in lines] == ["line=3", "line=7"]


def test_a_rule_that_is_named_by_no_test_is_untested() -> None:
    assert untested([outcome()]) == []
