"""Tamed YAML: what it reads, what it refuses, and that it always knows the place."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuecoach.errors import UsageError
from cuecoach.yamldoc import MAX_BYTES, load_document, parse_document


def codes(text: str) -> list[str]:
    return [d.code for d in parse_document(text).problems]


@pytest.mark.parametrize(
    "word", ["on", "off", "yes", "no", "1:30", "0777x", "1_000", "0o17", "2024-01-01", ".inf", ".nan", "1e999"]
)
def test_words_that_older_yaml_would_change_stay_text(word: str) -> None:
    assert parse_document(f"a: {word}").data == {"a": word}


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("5", 5),
        ("-3", -3),
        ("0.5", 0.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("", None),
    ],
)
def test_numbers_and_truth_are_read(word: str, value: object) -> None:
    assert parse_document(f"a: {word}").data == {"a": value}


def test_quoted_words_stay_text() -> None:
    assert parse_document("""a: '5'\nb: "true" """).data == {"a": "5", "b": "true"}


def test_an_empty_file_is_no_settings() -> None:
    for text in ("", "# only a comment\n", "---\n", "\ufeff"):
        document = parse_document(text)
        assert document.data == {}
        assert document.empty


def test_keys_and_values_know_their_place() -> None:
    document = parse_document("rules:\n  run-tall:\n    say: [Run tall, Grow tall]\n")
    at = ("rules", "run-tall", "say")
    key, value = document.locate(at, "key"), document.locate((*at, 1))
    assert (key.line, key.column, key.end_column) == (3, 5, 8)
    assert (value.line, value.column, value.end_column) == (3, 21, 30)
    assert document.locate((*at, 7)) == document.locate(at, "key")


def test_a_block_is_marked_by_its_key() -> None:
    document = parse_document("rules:\n  run-tall:\n    for: 3\n")
    assert document.locate(("rules", "run-tall")) == document.locate(("rules", "run-tall"), "key")


def test_columns_inside_text_are_known_where_they_can_be() -> None:
    document = parse_document("a: plain\nb: 'quoted'\nc: 'it''s'\nd: >\n  folded\n  more\n")
    assert document.locate(("a",)).text_column == 4
    assert document.locate(("b",)).text_column == 5
    assert document.locate(("c",)).text_column is None
    assert document.locate(("d",)).folded


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: 1\na: 2", "K009"),
        ("a: &x 1", "K010"),
        ("a: [1, *x]", "K010"),
        ("<<: *x\n", "K010"),
        ("a: !!python/object/apply:os.system [ls]", "K011"),
        ("%YAML 1.1\n---\na: 1", "K011"),
        ("a: 1\n---\nb: 1", "K012"),
        ("a:\n\tb: 1", "K004"),
        ('a: "open\n', "K006"),
        ("a: 'open\nb: 1\n", "K006"),
        ('a: "Run tall\nb: "30 s"\n', "K006"),
        ("a: b: c", "K007"),
        ("a: x\n   b: c", "K008"),
        ("a:\n  b: 1\n c: 2", "K008"),
        ("a 1\nb: 2", "K005"),
        ("a: 1\nb 2\n", "K005"),
        ("a: [1, 2\nb: 3", "K005"),
        ("a: @x", "K005"),
        ('a: "x" y', "K005"),
        ('a: "\\q"', "K005"),
        ('a: "\\ud800"', "K002"),
        ("- a\n- b", "K014"),
        ("just words", "K014"),
        ("? [a, b]\n: c", "K016"),
        ("a: \x00", "K002"),
    ],
)
def test_slips_are_told_by_their_code(text: str, code: str) -> None:
    assert code in codes(text)


def test_several_slips_are_told_in_one_run() -> None:
    assert codes("a: &x 1\nb: *x\nb: 2\nc: !t 3") == ["K010", "K010", "K009", "K011"]


def test_the_second_of_two_keys_is_marked_and_the_first_kept() -> None:
    document = parse_document("a: 1\na: 2\n")
    (problem,) = document.problems
    assert (problem.line, problem.column) == (2, 1)
    assert problem.help == "the first is on line 1; delete one of them"
    assert document.data == {"a": 1}


@pytest.mark.parametrize(
    "text",
    [
        "[" * MAX_BYTES,
        "a: " + "{" * (MAX_BYTES - 4),
        "- " * (MAX_BYTES // 2),
        "rules:\n" + "".join(f"  r{n}: {{when: running}}\n" for n in range(9_000)),
        "a: &a [x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n",
        "\x00\x01\x02" * 1000,
        "a: '" + "\n" * 200_000,
    ],
)
def test_hostile_files_are_refused_quickly(text: str) -> None:
    before = time.process_time()
    assert codes(text[:MAX_BYTES])
    assert time.process_time() - before < 1.0


def test_files_that_cannot_be_read_say_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no file"):
        load_document(tmp_path / "none.yaml")
    with pytest.raises(UsageError, match="is a folder"):
        load_document(tmp_path)


def test_files_that_are_not_text_or_too_large_get_a_code(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_bytes(b"a: 1\nb: \xff\xfe\n")
    (problem,) = load_document(file).problems
    assert problem.code == "K002"
    assert "line 2" in problem.message
    file.write_bytes(b"#" * (MAX_BYTES + 1))
    assert [d.code for d in load_document(file, prefix="C").problems] == ["C003"]


def test_a_byte_order_mark_shifts_no_column(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert load_document(file).locate(("a",)).column == 4


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("ab:-[]{}'\"#&*!|>%@?, \n\t0\\ué\x07"), max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    document = parse_document(text)
    assert isinstance(document.data, dict) or document.problems
    for problem in document.problems:
        assert problem.line is None or 1 <= problem.line <= len(document.lines)


@settings(deadline=None)
@given(st.text(max_size=80))
def test_no_unicode_breaks_the_reader(text: str) -> None:
    document = parse_document(text)
    assert isinstance(document.data, dict) or document.problems
