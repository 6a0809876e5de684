"""Files that are the old one or the new one, whatever happens in between: written beside, then put in place."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path


def write_whole(path: Path, data: str | bytes, *, durable: bool = True) -> None:
    """Put a whole new file in the place of the old one, or leave the old one alone; folders are made.

    Parameters
    ----------
    data
        Text is written as UTF-8.
    durable
        Whether to return only when it is on disk; what can be made again need not be.

    Raises
    ------
    OSError
        It could not be written; nothing is left beside the old file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            unfinished = Path(file.name)
            file.write(data.encode() if isinstance(data, str) else data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError:
        if unfinished is not None:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
        raise
