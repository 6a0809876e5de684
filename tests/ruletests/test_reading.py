"""The grammar of what is given: values over time, their units, and where a mistake stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.errors import UsageError
from cuecoach.ruletests.lengths import read_length, show_length
from cuecoach.ruletests.reading import LineError, read_facts, read_numbers
from cuecoach.ruletests.script import Piece, Script

quarters = st.integers(1, 40_000).map(lambda n: n / 4)
numbers = st.integers(-450, 450).map(lambda n: n / 10)
pieces = st.one_of(
    st.builds(Piece, numbers, st.none(), quarters),
    st.builds(Piece, numbers, numbers, quarters),
    st.builds(Piece, st.none(), st.none(), quarters),
)


def written(piece: Piece[float]) -> str:
    if piece.end is not None:
        return f"from {piece.begin} to {piece.end} deg over {piece.length_s} s"
    value = "missing" if piece.begin is None else f"{piece.begin} deg"
    return value if piece.length_s is None else f"{value} for {piece.length_s} s"


@given(st.lists(pieces, min_size=1, max_size=6))
def test_what_is_written_is_read_back(parts: list[Piece[float]]) -> None:
    script = read_numbers(", ".join(map(written, parts)), "deg")
    assert script == Script(tuple(parts))


@given(st.lists(pieces, min_size=1, max_size=6), st.floats(0, 50_000))
def test_a_value_never_leaves_the_range_of_its_pieces(parts: list[Piece[float]], t: float) -> None:
    values = [v for p in parts for v in (p.begin, p.end) if v is not None]
    found = Script(tuple(parts)).at(t)
    assert found is None or min(values) <= found <= max(values)


@given(quarters)
def test_a_time_that_is_shown_is_read_back(seconds: float) -> None:
    assert read_length(show_length(seconds)) == seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("50 s", 50),
        ("2 min", 120),
        ("1 min 30 s", 90),
        ("1:20", 80),
        ("0:05.25", 5.25),
        ("1:02:03", 3723),
        ("90:00", 5400),
    ],
)
def test_times_may_be_written_in_several_ways(text: str, seconds: float) -> None:
    assert read_length(text) == seconds


@pytest.mark.parametrize("text", ["soon", "1:75", "1:75:00", "-3 s", "3", "3 deg", ""])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        read_length(text)


def test_a_script_begins_before_and_ends_after_itself() -> None:
    script = read_numbers("10 deg for 20 s, from 10 to 15 deg over 10 s", "deg")
    assert [script.at(t) for t in (-5, 0, 19.75, 20, 25, 30, 900)] == [10, 10, 10, 10, 12.5, 15, 15]
    assert script.length_s == 30


def test_the_last_piece_holds_to_the_end() -> None:
    assert read_numbers("10 deg for 2 s, missing", "deg").at(100) is None
    assert read_numbers("missing for 2 s, 3 deg for 1 s", "deg").at(100) == 3


def test_any_unit_of_the_same_kind_will_do() -> None:
    assert read_numbers("3 km/h", "m/s").at(0) == pytest.approx(3 / 3.6)
    assert read_numbers("9 cm", "mm").at(0) == 90
    assert read_numbers("from 4 km to 5000 m over 1 min", "m").at(30) == 4500


def test_states_change_over_time() -> None:
    script = read_facts("true for 20 s, missing for 1 s, false")
    assert [script.at(t) for t in (0, 20, 21, 99)] == [True, None, False, False]


@pytest.mark.parametrize(
    ("text", "marked", "words"),
    [
        ("10 deg for 20 s, 15", "15", "needs a unit; write `15 deg`"),
        ("10 deg for 20 s, 15 degrees", "degrees", "unknown unit `degrees`; did you mean `deg`?"),
        ("10 deg for 20 s, 15 spm", "15 spm", "is a cadence, not an angle"),
        ("10 deg, 15 deg", "10 deg", "how long is it"),
        ("10 deg for soon", "soon", "not a number with a unit"),
        ("10 deg for 0 s", "0 s", "lasts no time"),
        ("10 deg for 5 s,", " ", "nothing between two commas"),
        ("", " ", "nothing is given"),
        ("a lot", "a lot", "is not a value"),
        ("from 10 deg", "from 10 deg", "is not a change"),
        ("from 10 to 15 over 3 s", "15", "needs a unit"),
        ("from 10 to 95 deg over 3 s", "95 deg", "not plausible"),
    ],
)
def test_a_mistake_is_marked_where_it_stands(text: str, marked: str, words: str) -> None:
    with pytest.raises(LineError) as error:
        read_numbers(text, "deg", (-45.0, 45.0))
    problem = error.value.problem
    assert text[problem.start : problem.end] == marked.strip(" ") or marked == " "
    assert words in str(error.value)


def test_a_state_is_true_false_or_missing() -> None:
    with pytest.raises(LineError, match="`yes` is neither true nor false"):
        read_facts("yes for 3 s, false")
