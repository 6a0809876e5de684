"""What may go wrong around a phone: aiohttp, which comes with an extra, is missing; a reply is too long."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from cuecoach.errors import SensorError


@contextmanager
def needs_aiohttp() -> Generator[None, None, None]:
    """Turn a missing aiohttp into one sentence.

    Raises
    ------
    SensorError
        It is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name not in ("aiohttp", "yarl"):
            raise
        raise SensorError("a phone as sensor needs aiohttp; install it with `pip install cuecoach[phone]`") from error


class TooMuchError(SensorError):
    """A reply was longer than is read."""
