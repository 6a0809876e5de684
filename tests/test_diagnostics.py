"""How a problem is printed, in the four formats."""

from __future__ import annotations

import json

from cuecoach.diagnostics import Diagnostic, has_errors, one_line, render, summary

TYPO = Diagnostic(
    "C102",
    "error",
    "unknown setting `coolddown`",
    "my-cues.yaml",
    9,
    5,
    14,
    "did you mean `cooldown`?",
    "    coolddown: 90 s",
)
WARNING = Diagnostic("C501", "warning", "6 words are many for a runner", "my-cues.yaml", 3, 1, 2)


def test_full_shows_line_caret_and_help() -> None:
    assert render([TYPO]) == (
        "error[C102]: unknown setting `coolddown`\n"
        "  --> my-cues.yaml:9:5\n"
        "   |\n"
        " 9 |     coolddown: 90 s\n"
        "   |     ^^^^^^^^^\n"
        "   = help: did you mean `cooldown`?"
    )


def test_concise_is_one_line() -> None:
    text = render([TYPO], "concise")
    assert text == "my-cues.yaml:9:5: C102 unknown setting `coolddown` (did you mean `cooldown`?)"


def test_json_has_every_field() -> None:
    (found,) = json.loads(render([TYPO], "json"))
    assert found["code"] == "C102"
    assert (found["line"], found["column"], found["end_column"]) == (9, 5, 14)
    assert found["help"] == "did you mean `cooldown`?"


def test_no_problem_is_an_empty_json_array() -> None:
    assert json.loads(render([], "json")) == []


def test_github_escapes_what_its_commands_give_a_meaning() -> None:
    odd = Diagnostic("C105", "error", "50 % of\nit", "a,b:c.yaml", 2, 3, 4)
    assert render([odd], "github") == (
        "::error file=a%2Cb%3Ac.yaml,line=2,col=3,endColumn=4,title=C105::50 %25 of%0Ait"
    )


def test_problems_are_sorted_by_place_and_shown_once() -> None:
    text = render([TYPO, WARNING, TYPO], "concise").splitlines()
    assert [line.split()[1] for line in text] == ["C501", "C102"]


def test_summary_counts_by_kind() -> None:
    assert summary([TYPO, WARNING, WARNING], 1) == "1 error, 1 warning in 1 file"
    assert summary([], 5) == "5 files checked, all fine"


def test_warnings_are_no_errors() -> None:
    assert not has_errors([WARNING])
    assert has_errors([WARNING, TYPO])


def test_one_line_names_the_first_error_and_counts_the_others() -> None:
    assert one_line([WARNING, TYPO]).startswith("my-cues.yaml:9:5: C102")
    assert one_line([WARNING, TYPO]).endswith("and 1 more problem")


def test_the_caret_stands_under_the_word_after_wide_letters_and_tabs() -> None:
    line = "\t背筋: x"
    text = render([Diagnostic("C102", "error", "m", "f", 1, 2, 4, None, line)]).splitlines()
    assert text[3] == " 1 |  背筋: x"
    assert text[4] == "   |  ^^^^"


def test_long_lines_are_cut_around_the_marked_place() -> None:
    line = "a" * 300 + "WRONG" + "b" * 300
    text = render([Diagnostic("C201", "error", "m", "f", 1, 301, 306, None, line)]).splitlines()
    start = text[4].index("^")
    assert text[3][start : start + 5] == "WRONG"
    assert text[4].count("^") == 5
    assert len(text[3]) < 120


def test_control_characters_of_a_file_never_reach_the_terminal() -> None:
    evil = Diagnostic("C102", "error", "\x1b[2Jgone", "f\x1b.yaml", 1, 1, 2, "\x07", "\x1b[31mred")
    assert "\x1b" not in render([evil]) + render([evil], "concise")
    assert "\x07" not in render([evil])
