"""Which test files are meant: a test file, the one beside a cue file, a folder's, or the bundled ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cuecoach.config import bundled
from cuecoach.errors import UsageError
from cuecoach.rules.load import cue_files, find_files

#: How the name of a test file ends.
ENDINGS: Final = (".test.yaml", ".test.yml")


@dataclass(frozen=True, slots=True)
class Found:
    """The test files that are meant, and the cue files that have none beside them."""

    tests: tuple[Path, ...]
    untested: tuple[Path, ...]


def find_tests(names: Sequence[str] | None) -> Found:
    """Return the test files that are meant, each once.

    Parameters
    ----------
    names
        Test files, cue files, folders or names of bundled cue files; all bundled ones if there are none.

    Raises
    ------
    UsageError
        When there is no such file, or a cue file that was named has no tests.
    """
    tests: dict[Path, Path] = {}
    untested: dict[Path, Path] = {}
    for name in names or [str(_shorter(bundled("cues")))]:
        path = Path(name)
        if path.is_dir():
            own = sorted(p for p in path.iterdir() if p.name.endswith(ENDINGS) and p.is_file())
            for cue_file in cue_files(path):
                if beside(cue_file) is None:
                    untested[cue_file.resolve()] = cue_file
            if not own:
                raise UsageError(f"there are no tests (`*.test.yaml`) in the folder `{path}`")
        elif path.name.endswith(ENDINGS):
            if not path.is_file():
                raise UsageError(f"there is no file `{path}`; check the name, or the folder you are in")
            own = [path]
        else:
            own = [_beside_each(p) for p in find_files([name], search=bundled("cues"))]
        for file in own:
            tests.setdefault(file.resolve(), file)
    return Found(tuple(tests.values()), tuple(untested.values()))


def beside(cue_file: Path) -> Path | None:
    """Return the test file of a cue file, None when it has none."""
    return next((p for ending in ENDINGS if (p := cue_file.with_name(cue_file.stem + ending)).is_file()), None)


def _beside_each(cue_file: Path) -> Path:
    found = beside(cue_file)
    if found is None:
        wanted = f"{cue_file.stem}{ENDINGS[0]}"
        raise UsageError(f"`{cue_file}` has no tests; write some in `{wanted}` beside it")
    return _shorter(found)


def _shorter(path: Path) -> Path:
    """Return the path as one would type it from here, where that is shorter."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
