"""Polar PMD frames as a sensor packs them: the other half of the codec, written from the format alone."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import pairwise

Counts = Sequence[Sequence[int]]


def header(kind: int, stamp_s: float, frame_type: int) -> bytes:
    return struct.pack("<BQB", kind, round(stamp_s * 1e9), frame_type)


def raw_frame(kind: int, stamp_s: float, samples: Counts, width: int = 2) -> bytes:
    body = b"".join(value.to_bytes(width, "little", signed=True) for sample in samples for value in sample)
    return header(kind, stamp_s, width - 1) + body


def delta_frame(
    kind: int, stamp_s: float, samples: Counts, *, subtype: int = 1, width: int = 2, block: int = 8
) -> bytes:
    """Compress: a reference sample, then blocks of at most `block` samples, each with as many bits as it needs."""
    body = b"".join(value.to_bytes(width, "little", signed=True) for value in samples[0])
    deltas = [[b - a for a, b in zip(*pair, strict=True)] for pair in pairwise(samples)]
    for begin in range(0, len(deltas), block):
        chunk = deltas[begin : begin + block]
        bits = max(_bits(value) for row in chunk for value in row)
        body += bytes((bits, len(chunk))) + pack([value for row in chunk for value in row], bits)
    return header(kind, stamp_s, 0x80 | subtype) + body


def pack(values: Sequence[int], bits: int) -> bytes:
    """Pack two's complement numbers of `bits` bits one after the other, least significant bit first."""
    word = 0
    for place, value in enumerate(values):
        word |= (value & ((1 << bits) - 1)) << (place * bits)
    return word.to_bytes((bits * len(values) + 7) // 8, "little")


def _bits(value: int) -> int:
    return 0 if value == 0 else (value if value > 0 else ~value).bit_length() + 1
