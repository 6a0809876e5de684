"""What is around everything packed: the version of its form, and a checksum, so that damage is told and never replayed."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from typing import Final, TypeVar

from cuecoach.errors import StoreError

_T = TypeVar("_T")

#: The form written today.
VERSION: Final = 1
#: No batch is so large; bytes from elsewhere might claim to be.
LARGEST_BYTES: Final = 1 << 28
_HEAD: Final = struct.Struct("<BI")
#: All that reading bytes that are not what they should be can run into.
_BROKEN: Final = (
    ValueError,
    TypeError,
    LookupError,
    StopIteration,
    ArithmeticError,
    AttributeError,
    MemoryError,
    RecursionError,
    struct.error,
    zlib.error,
)


def sealed(body: bytes) -> bytes:
    """Return the bytes with version and checksum before them."""
    return _HEAD.pack(VERSION, zlib.crc32(body)) + body


def opened(data: bytes, read: Callable[[bytes], _T], what: str) -> _T:
    """Return what `read` makes of the bytes that were sealed.

    Parameters
    ----------
    data
        What :func:`sealed` gave.
    read
        Takes the bytes inside.
    what
        What they are, for the error: ``events``.

    Raises
    ------
    StoreError
        They are of another version, or damaged.
    """
    if len(data) >= _HEAD.size:
        version, checksum = _HEAD.unpack_from(data)
        if version != VERSION:
            raise StoreError(
                f"the stored {what} are of version {version}, and this cuecoach reads version {VERSION}; "
                "install the cuecoach that wrote them, or a newer one"
            )
        body = data[_HEAD.size :]
        if zlib.crc32(body) == checksum:
            try:
                return read(body)
            except _BROKEN:
                pass
    raise StoreError(f"the stored {what} are damaged; what else is stored can still be read")


def squeeze(text: bytes, dictionary: bytes) -> bytes:
    """Return text deflated; what it shares with the dictionary costs next to nothing."""
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=dictionary)
    return squeezer.compress(text) + squeezer.flush()


def expand(squeezed: bytes, dictionary: bytes) -> bytes:
    """Return the text that was squeezed with this dictionary.

    Raises
    ------
    zlib.error
        It was not, or it would fill the memory.
    """
    expander = zlib.decompressobj(-15, zdict=dictionary)
    text = expander.decompress(squeezed, LARGEST_BYTES)
    if expander.unconsumed_tail:
        raise zlib.error("far more than was ever packed")
    return text
