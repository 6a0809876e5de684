"""Files that a command is asked to write: looked at first, written beside, put in place when whole."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from cuecoach.errors import UsageError


def check_target(path: Path, recording: Path, *, example: str) -> None:
    """Refuse at once what could not be written after minutes of measuring, or should not be.

    Raises
    ------
    UsageError
        Its folder is missing, it is a folder, write-protected, or the recording itself.
    """
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder {path.parent} to write {path.name} in; make it first")
    if path.is_dir():
        raise UsageError(f"{path} is a folder; name a file in it, for example {path / example}")
    if path.exists() and recording.exists() and path.samefile(recording):
        raise UsageError(f"{path} is the recording itself; name another file")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise UsageError(f"{path} is write-protected; choose another place, or allow writing there")


@contextmanager
def unwritable(path: Path) -> Generator[None]:
    """Tell in one sentence that a file could not be written.

    Raises
    ------
    UsageError
        For every error of the system within.
    """
    try:
        yield
    except OSError as error:
        raise UsageError(f"{path} could not be written ({error.strerror}); choose another place") from error


def beside(path: Path) -> Path:
    """Return the name under which a file is written until it is whole."""
    return path.with_name(f"{path.name}.part")


def put_in_place(path: Path) -> None:
    """Give the file written beside `path` its name."""
    os.replace(beside(path), path)  # noqa: PTH105 -- replaces on every system, Path.rename does not
