"""Text of plain decimal numbers to float64, exactly and several times faster than a general parser.

Recordings are millions of numbers such as ``-12.34567``. A number of at most 16 digits is an integer divided by a power of ten,
both exact in float64 below 2**53, so one IEEE division gives the same value as ``float(text)``. The digits are turned into
that integer eight at a time inside 64-bit words ("SIMD within a register"; the three multiplications are those of
D. Lemire, "Quickly parsing eight digits", 2018), over all numbers of a chunk at once.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cuecoach.events import FloatArray

_Words: TypeAlias = NDArray[np.uint64]
_Ints: TypeAlias = NDArray[np.int64]

_COMMA, _NEWLINE, _DOT, _MINUS = b",\n.-"

#: Digits that fit one word.
_WORD = 8
#: Integers up to here are exact in float64.
_EXACT = 2**53
#: XOR with this turns the characters 0-9 into the bytes 0-9.
_ASCII_ZEROS = np.uint64(0x3030303030303030)
#: A byte above 9 sets its top bit when this is added (or has it already).
_ABOVE_NINE = np.uint64(0x7676767676767676)
_TOP_BITS = np.uint64(0x8080808080808080)
#: Keeps the last n of eight characters; a little-endian word holds the last character in its highest byte.
_KEEP_LAST: Final[_Words] = np.array(
    [(2**64 - 1) ^ (2 ** (8 * (_WORD - n)) - 1) for n in range(_WORD + 1)], dtype=np.uint64
)
_POWERS: Final[_Words] = np.array([10**n for n in range(2 * _WORD + 1)], dtype=np.uint64)
_FLOAT_POWERS: Final[FloatArray] = _POWERS.astype(np.float64)
#: Stands before the text, so that the words of the first number can be read whole.
_PADDING = b"0" * (2 * _WORD)


def parse_decimals(text: bytes, columns: int) -> FloatArray | None:
    """Read lines of comma-separated plain decimals.

    Parameters
    ----------
    text
        Whole lines, each ended by a line feed, without carriage returns.
    columns
        Numbers on each line.

    Returns
    -------
    FloatArray or None
        Shape (lines, columns), every value equal to ``float`` of its text. None when anything is not a plain decimal (empty
        cell, exponent, ``nan``, space, another count of cells, more digits than are exact): a slower parser must look at it.
    """
    if not text.endswith(b"\n"):
        return None
    padded = np.frombuffer(_PADDING + text, dtype=np.uint8)
    # Entry i holds the eight characters before character i of `text`, whatever their alignment.
    words: _Words = np.ndarray((len(text) + 1,), dtype="<u8", buffer=padded.data, offset=_WORD, strides=(1,))
    chars = padded[len(_PADDING) :]

    marks = np.flatnonzero((chars == _COMMA) | (chars == _NEWLINE) | (chars == _DOT))
    is_dot = chars[marks] == _DOT
    at_end = np.flatnonzero(~is_dot)
    ends = marks[at_end]
    if len(ends) % columns or not _is_table(chars[ends], columns):
        return None
    has_dot = np.concatenate(([False], is_dot))[at_end]  # the mark just before this end
    if np.count_nonzero(has_dot) != np.count_nonzero(is_dot):
        return None  # two dots in one number
    dots = np.where(has_dot, marks[at_end - 1], ends)
    starts = np.concatenate(([0], ends[:-1] + 1))
    negative = chars[starts] == _MINUS
    whole_digits = dots - starts - negative
    fraction_digits = ends - dots - has_dot
    digits = whole_digits + fraction_digits
    if whole_digits.min() < 0 or digits.min() < 1 or digits.max() > 2 * _WORD:
        return None

    whole = _integers(words, dots, whole_digits)
    fraction = _integers(words, ends, fraction_digits)
    if whole is None or fraction is None:
        return None
    whole *= _POWERS[fraction_digits]
    whole += fraction
    if whole.max() > _EXACT:
        return None
    values = whole.astype(np.float64)
    values /= _FLOAT_POWERS[fraction_digits]
    np.negative(values, out=values, where=negative)
    return values.reshape(-1, columns)


def _is_table(end_marks: NDArray[np.uint8], columns: int) -> bool:
    newline = (end_marks == _NEWLINE).reshape(-1, columns)
    return bool(newline[:, -1].all()) and not newline[:, :-1].any()


def _integers(words: _Words, ends: _Ints, lengths: _Ints) -> _Words | None:
    """Return the integers whose `lengths` (at most 16) digits end before `ends`; None if a character is no digit."""
    low = _word_integers(words, ends, np.minimum(lengths, _WORD))
    if low is None or lengths.max() <= _WORD:
        return low
    high = _word_integers(words, np.maximum(ends - _WORD, 0), np.maximum(lengths - _WORD, 0))
    if high is None:
        return None
    return high * _POWERS[_WORD] + low


def _word_integers(words: _Words, ends: _Ints, lengths: _Ints) -> _Words | None:
    value = words[ends]
    value ^= _ASCII_ZEROS
    value &= _KEEP_LAST[lengths]
    if (((value + _ABOVE_NINE) | value) & _TOP_BITS).any():
        return None
    for factor, shift, mask in _COMBINE:
        value *= factor
        value >>= shift
        value &= mask
    return value


#: Digits to pairs, pairs to fours, fours to eight: multiply by 10**n * 2**shift + 1, take the upper half of each part.
_COMBINE: Final = tuple(
    (np.uint64(factor), np.uint64(shift), np.uint64(mask))
    for factor, shift, mask in (
        (10 * (1 << 8) + 1, 8, 0x00FF00FF00FF00FF),
        (100 * (1 << 16) + 1, 16, 0x0000FFFF0000FFFF),
        (10_000 * (1 << 32) + 1, 32, 0xFFFFFFFF),
    )
)
