"""Blocks of raw samples as bytes and back, to the last bit; small when they lie on the store's grid."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from cuecoach.events import FloatArray, ImuBlock, Place
from cuecoach.packing.envelope import LARGEST_BYTES
from cuecoach.packing.grid import ACC_STEPS, GYR_STEPS, TIME_STEPS
from cuecoach.packing.integers import (
    LARGEST,
    Integers,
    pack_columns,
    pack_few,
    read_varint,
    unpack_columns,
    unpack_few,
    varint,
)

_STEPS: Final = np.array([TIME_STEPS, *[ACC_STEPS] * 3, *[GYR_STEPS] * 3])
#: Of bytes that are mostly noise; more effort gives nothing.
_LEVEL: Final = 3


class Group(NamedTuple):
    """What blocks that are packed together have in common; `whole`: every number lies on the grid."""

    source: str
    place: Place
    gyr: bool
    whole: bool

    @property
    def width(self) -> int:
        """Numbers in a sample, its time among them."""
        return 7 if self.gyr else 4


def pack_blocks(blocks: Sequence[ImuBlock]) -> tuple[list[Group], list[int], bytes]:
    """Return the groups of blocks, the place of each block's group among them, and the blocks as bytes."""
    alike: dict[Group, list[ImuBlock]] = {}
    for block in blocks:
        alike.setdefault(Group(block.source, block.place, block.gyr is not None, True), []).append(block)
    strays = {
        id(block)
        for members in alike.values()
        if _columns(members) is None
        for block in members
        if _columns([block]) is None
    }
    groups: dict[Group, list[ImuBlock]] = {}
    places: list[int] = []
    for block in blocks:
        group = Group(block.source, block.place, block.gyr is not None, id(block) not in strays)
        groups.setdefault(group, []).append(block)
        places.append(list(groups).index(group))
    packed = [_pack_whole(members) if group.whole else _pack_raw(members) for group, members in groups.items()]
    return list(groups), places, b"".join(packed)


def unpack_blocks(groups: Sequence[Group], data: bytes, at: int) -> tuple[list[Iterator[ImuBlock]], int]:
    """Return the blocks of each group in their order, and the place after the bytes.

    Raises
    ------
    ValueError, IndexError, zlib.error
        The bytes are not what :func:`pack_blocks` gave.
    """
    out: list[Iterator[ImuBlock]] = []
    for group in groups:
        ns, at = unpack_few(data, at)
        blocks, at = (_unpack_whole if group.whole else _unpack_raw)(group, ns, data, at)
        out.append(iter(blocks))
    return out, at


# ---------------------------------------------------------------- on the grid
def _columns(blocks: Sequence[ImuBlock]) -> Integers | None:
    """Return the samples of blocks that are alike, shape (4 or 7, n), in steps; None when one is not on the grid."""
    parts = [np.concatenate([b.times for b in blocks])[None], np.concatenate([b.acc for b in blocks]).T]
    if blocks[0].gyr is not None:
        parts.append(np.concatenate([b.gyr for b in blocks if b.gyr is not None]).T)
    floats = np.concatenate(parts)
    moments = np.array([block.t for block in blocks])
    if not all(len(block.times) for block in blocks):
        return None
    return None if _steps(moments[None]) is None else _steps(floats)


def _steps(floats: FloatArray) -> Integers | None:
    """Return each row in whole steps, None when that would lose a bit."""
    steps = _STEPS[: len(floats), None]
    scaled = floats * steps
    # False for NaN too.
    if not np.abs(scaled).max() < LARGEST:
        return None
    whole = scaled.astype(np.int64)
    # Byte by byte, as -0.0 is no step.
    return whole if (whole / steps).tobytes() == floats.tobytes() else None


def _pack_whole(blocks: Sequence[ImuBlock]) -> bytes:
    columns = _columns(blocks)
    assert columns is not None
    ns = np.array([len(block.times) for block in blocks])
    came = np.array([round(block.t * TIME_STEPS) for block in blocks]) - columns[0, np.cumsum(ns) - 1]
    return pack_few(ns.tolist()) + pack_few(came.tolist()) + pack_columns(columns)


def _unpack_whole(group: Group, lengths: list[int], data: bytes, at: int) -> tuple[list[ImuBlock], int]:
    ns = np.array(lengths, np.int64)
    came, at = unpack_few(data, at)
    columns, at = unpack_columns(data, at)
    ends = np.cumsum(ns)
    if ns.min() < 1 or columns.shape != (group.width, ends[-1]):
        raise ValueError("blocks that do not fit their samples")
    moments = (columns[0, ends - 1] + np.array(came, np.int64)) / TIME_STEPS
    floats = columns / _STEPS[: group.width, None]
    # Row after row in memory, as they were when the coach heard them.
    times, acc, gyr = floats[0], np.ascontiguousarray(floats[1:4].T), np.ascontiguousarray(floats[4:].T)
    cuts = zip((ends - ns).tolist(), ends.tolist(), moments.tolist(), strict=True)
    return [
        ImuBlock(t, group.source, group.place, times[a:b], acc[a:b], gyr[a:b] if group.gyr else None)
        for a, b, t in cuts
    ], at


# ---------------------------------------------------------------- off it
def _pack_raw(blocks: Sequence[ImuBlock]) -> bytes:
    parts = [np.array([block.t for block in blocks])]
    for block in blocks:
        parts += [part.ravel() for part in (block.times, block.acc, block.gyr) if part is not None]
    # All first bytes, all second ones …: those of neighbours are alike.
    planes = np.concatenate(parts).astype("<f8").view(np.uint8).reshape(-1, 8).T
    squeezed = zlib.compress(planes.tobytes(), _LEVEL)
    return pack_few([len(block.times) for block in blocks]) + varint(len(squeezed)) + squeezed


def _unpack_raw(group: Group, ns: list[int], data: bytes, at: int) -> tuple[list[ImuBlock], int]:
    size, at = read_varint(data, at)
    expander = zlib.decompressobj()
    planes = np.frombuffer(expander.decompress(data[at : at + size], LARGEST_BYTES), np.uint8).reshape(8, -1)
    if not expander.eof:
        raise ValueError("samples that are cut off, or far too many")
    floats = np.ascontiguousarray(planes.T).view("<f8").ravel().astype(np.float64)
    if min(ns) < 0 or len(floats) != len(ns) + group.width * sum(ns):
        raise ValueError("blocks that do not fit their samples")
    blocks: list[ImuBlock] = []
    place = len(ns)
    for t, n in zip(floats.tolist(), ns, strict=False):
        times, acc, gyr = np.split(floats[place : place + group.width * n], (n, 4 * n))
        place += group.width * n
        turned = gyr.reshape(n, 3) if group.gyr else None
        blocks.append(ImuBlock(t, group.source, group.place, times, acc.reshape(n, 3), turned))
    return blocks, at + size
