"""The fast number parser agrees with `float`, or declines."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuecoach.sensors.recordings.csv_numbers import parse_decimals

DIGITS = "0123456789"
PLAIN = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "-"]),
    st.text(DIGITS, min_size=1, max_size=7) | st.text(DIGITS, min_size=9, max_size=9),
    st.just("") | st.text(DIGITS, max_size=6).map(".{}".format),
) | st.text(DIGITS, min_size=1, max_size=15).map("-.{}".format)


@settings(deadline=None)
@given(st.lists(st.tuples(PLAIN, PLAIN, PLAIN), min_size=1, max_size=20))
def test_plain_decimals_are_read_as_float_reads_them(rows: list[tuple[str, str, str]]) -> None:
    found = parse_decimals("".join(",".join(row) + "\n" for row in rows).encode(), 3)
    expected = np.array([[float(cell) for cell in row] for row in rows])
    assert found is not None
    assert np.array_equal(found, expected)
    assert np.array_equal(np.signbit(found), np.signbit(expected))


@settings(deadline=None)
@given(st.text(st.sampled_from('0123456789.,-+e \n\r"nainf'), max_size=60), st.integers(1, 4))
def test_anything_else_is_declined_or_right(text: str, columns: int) -> None:
    found = parse_decimals(text.encode(), columns)
    if found is None:
        return
    lines = text.removesuffix("\n").split("\n")
    assert np.array_equal(found, [[float(cell) for cell in line.split(",")] for line in lines])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1,2",
        "1,2,3\n",
        "1\n2\n",
        "1,\n",
        ",1\n",
        "1,-\n",
        "1,.\n",
        "1.2.3,4\n",
        "1 ,2\n",
        "1e3,2\n",
        "nan,2\n",
        "--1,2\n",
        "1,2\r\n",
    ],
)
def test_unclear_text_is_declined(text: str) -> None:
    assert parse_decimals(text.encode(), 2) is None


def test_more_digits_than_are_exact_are_declined() -> None:
    assert parse_decimals(b"0.12345678901234567\n", 1) is None
    assert parse_decimals(b"9999999999999999\n", 1) is None
    assert parse_decimals(b"9007199254740992\n", 1) == 2.0**53
