"""Where the file of stored runs is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

#: The environment variable that names another file.
VARIABLE: Final = "CUECOACH_STORE"


def store_path(given: Path | None = None) -> Path:
    """Return the file that is meant: the one `given`, else the one the environment names, else the user's own."""
    if given is not None:
        return given.expanduser()
    if named := os.environ.get(VARIABLE):
        return Path(named).expanduser()
    import platformdirs

    return Path(platformdirs.user_data_dir("cuecoach", appauthor=False)) / "runs.db"
