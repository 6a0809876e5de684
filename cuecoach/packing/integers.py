"""Columns of whole numbers as few bytes and back: what flows smoothly costs only as many bits as its noise has.

Each column is replaced by its differences of the order that leaves least (polynomial prediction, as in Shorten and FLAC),
folded to positive numbers, and Rice-coded (Rice & Plaunt, 1971): the low `k` bits as they are, the rest as a count of zeros.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Integers: TypeAlias = NDArray[np.int64]

#: The highest order of differences. Runs at 100 and 200 Hz want the second or third.
_ORDERS: Final = 3
#: Most low bits of a number.
_LOW: Final = 16
#: A number whose rest is so large is written out beside the others: a column's first, a jump after a gap.
_OUT: Final = 20
#: Numbers may be this large: their third difference still fits.
LARGEST: Final = 2**50


def pack_columns(columns: Integers) -> bytes:
    """Return columns, shape (columns, n), as bytes; the numbers are below :data:`LARGEST`."""
    count, n = columns.shape
    head = bytearray(varint(count) + varint(n))
    if not columns.size:
        return bytes(head)
    order, rest = _differences(columns)
    folded = (rest << 1) ^ (rest >> 63)
    k = _low_bits(folded)
    high = folded >> k[:, None]
    out = np.flatnonzero(high.ravel() >= _OUT)
    high.ravel()[out] = _OUT
    head += (order * _LOW + k).astype(np.uint8).tobytes()
    ends = np.cumsum(high.ravel() + 1)
    unary = np.zeros(int(ends[-1]), np.uint8)
    unary[ends - 1] = 1
    high_bytes = np.packbits(unary).tobytes()
    head += varint(len(high_bytes)) + high_bytes
    bits = np.unpackbits(folded.astype(">u2").view(np.uint8).reshape(count, n, 2), axis=2)
    head += np.packbits(bits[_mask(k, n)]).tobytes()
    for number in folded.ravel()[out].tolist():
        head += varint(number)
    return bytes(head)


def unpack_columns(data: bytes, at: int = 0) -> tuple[Integers, int]:
    """Return the columns packed at a place in `data`, and the place after them.

    Raises
    ------
    ValueError, IndexError
        The bytes are not what :func:`pack_columns` gave.
    """
    count, at = read_varint(data, at)
    n, at = read_varint(data, at)
    size = count * n
    if size == 0:
        return np.zeros((count, n), np.int64), at
    if size > 8 * len(data):
        raise ValueError("more numbers than bits")
    codes = np.frombuffer(data, np.uint8, count, at)
    order, k = np.divmod(codes.astype(np.int64), _LOW)
    length, at = read_varint(data, at + count)
    ones = np.flatnonzero(np.unpackbits(np.frombuffer(data, np.uint8, length, at)))
    at += length
    if len(ones) != size:
        raise ValueError("a number is missing")
    high = np.diff(ones, prepend=-1) - 1
    wide = int(k.sum()) * n
    length = (wide + 7) // 8
    bits = np.zeros((count, n, _LOW), np.uint8)
    bits[_mask(k, n)] = np.unpackbits(np.frombuffer(data, np.uint8, length, at), count=wide)
    at += length
    low = np.packbits(bits, axis=2).view(">u2").reshape(count, n).astype(np.int64)
    folded = (high.reshape(count, n) << k[:, None]) | low
    flat = folded.ravel()
    for index in np.flatnonzero(high >= _OUT).tolist():
        flat[index], at = read_varint(data, at)
    rest = (folded >> 1) ^ -(folded & 1)
    for step in range(_ORDERS, 0, -1):
        of_this = order >= step
        if of_this.any():
            rest[of_this, step - 1 :] = np.cumsum(rest[of_this, step - 1 :], axis=1)
    return rest, at


def _differences(columns: Integers) -> tuple[Integers, Integers]:
    """Return which order of differences is least for each column, and these; number i has at most order i."""
    each = [columns]
    for step in range(1, _ORDERS + 1):
        before, now = each[-1], each[-1].copy()
        now[:, step:] = before[:, step:] - before[:, step - 1 : -1]
        each.append(now)
    every = np.stack(each)
    # By their lengths in bits, so that one jump does not decide.
    order = np.frexp(every[:, :, _ORDERS:])[1].sum(axis=2).argmin(axis=0)
    return order, every[order, np.arange(len(columns))]


def _low_bits(folded: Integers) -> Integers:
    """Return for each column how many low bits to write as they are, so that all is shortest."""
    # The first numbers stand for themselves and say nothing of the noise.
    usual = folded[:, _ORDERS:] if folded.shape[1] > 2 * _ORDERS else folded
    guess = np.frexp(usual)[1].mean(axis=1).astype(np.int64)
    tried = np.clip(guess + np.array([[-2], [-1], [0]]), 0, _LOW - 1)
    cost = np.minimum(usual >> tried[:, :, None], 2 * _OUT).sum(axis=2) + tried * usual.shape[1]
    return np.take_along_axis(tried, cost.argmin(axis=0)[None], axis=0)[0]


def _mask(k: Integers, n: int) -> NDArray[np.bool_]:
    """Return which of the 16 low bits are written, shape (columns, n, 16)."""
    written = np.arange(_LOW) >= _LOW - k[:, None]
    return np.broadcast_to(written[:, None, :], (len(k), n, _LOW))


# ---------------------------------------------------------------- few and single numbers
def pack_few(numbers: Sequence[int]) -> bytes:
    """Return some whole numbers as bytes, one each for the smallest; much faster than columns where there are few."""
    return varint(len(numbers)) + b"".join(varint(2 * n if n >= 0 else -2 * n - 1) for n in numbers)


def unpack_few(data: bytes, at: int) -> tuple[list[int], int]:
    """Return the numbers packed at a place in `data`, and the place after them.

    Raises
    ------
    ValueError, IndexError
        The bytes are not what :func:`pack_few` gave.
    """
    count, at = read_varint(data, at)
    numbers: list[int] = []
    for _ in range(count):
        folded, at = read_varint(data, at)
        numbers.append(-(folded >> 1) - 1 if folded & 1 else folded >> 1)
    return numbers, at


def varint(number: int) -> bytes:
    """Return a number that is not negative, seven bits a byte, the lowest first."""
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """Return the number at a place, and the place after it.

    Raises
    ------
    IndexError, ValueError
        The bytes end before it does, or it is too large.
    """
    number = shift = 0
    while True:
        byte = data[at]
        at += 1
        number |= (byte & 127) << shift
        if byte < 128:
            break
        shift += 7
        if shift > 62:
            raise ValueError("a number is too large")
    if number >= 1 << 62:
        raise ValueError("a number is too large")
    return number, at
