"""Which cue files a command means, read and checked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from cuecoach.rules.load import Checked

#: The argument of every command about cue files.
Paths = Annotated[
    list[str] | None,
    typer.Argument(help="Cue files, folders, or bundled names like `posture`; all bundled files if left out."),
]


def check_files(paths: list[str] | None) -> Checked:
    """Read the files that are meant; everything that is wrong with them is in the answer."""
    from cuecoach.rules.load import check_rules

    if not paths:
        from cuecoach.config import bundled

        return check_rules([_shorter(bundled("cues"))])
    if all(Path(path).exists() for path in paths):
        return check_rules(paths)
    from cuecoach.config import bundled

    return check_rules(paths, search=bundled("cues"))


def _shorter(path: Path) -> Path:
    """Return the path as one would type it from here, where that is shorter."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
