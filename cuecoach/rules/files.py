"""Which cue files are meant: by path, by folder, or by the name of a bundled one."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

from cuecoach.errors import UsageError


def find_files(names_or_paths: Sequence[str | Path], *, search: Path | None = None) -> list[Path]:
    """Return the cue files that are meant, each once.

    Raises
    ------
    UsageError
        When there is no such file, folder or bundled name.
    """
    found: dict[Path, Path] = {}
    for name in names_or_paths:
        for file in _files_of(name, search):
            found.setdefault(file.resolve(), file)
    return list(found.values())


def _files_of(name: str | Path, search: Path | None) -> list[Path]:
    path = Path(name)
    if path.is_dir():
        files = cue_files(path)
        if not files:
            raise UsageError(f"there are no cue files (`*.yaml`) in the folder `{path}`")
        return files
    if path.is_file():
        return [path]
    bare = len(path.parts) == 1 and not path.suffix
    if bare and search is not None:
        if (search / f"{name}.yaml").is_file():
            return [search / f"{name}.yaml"]
        known = [p.stem for p in cue_files(search)]
        close = difflib.get_close_matches(str(name), known, n=1)
        mend = f"did you mean `{close[0]}`?" if close else f"there are: {', '.join(known)}"
        raise UsageError(f"there is no cue file called `{name}`; {mend}")
    raise UsageError(f"there is no file `{path}`; check the name, or the folder you are in")


def cue_files(folder: Path) -> list[Path]:
    """Return the cue files of a folder, sorted; its test files (``*.test.yaml``) are none."""
    files = [p for p in folder.iterdir() if p.suffix in (".yaml", ".yml") and p.is_file()]
    return sorted(p for p in files if not p.stem.endswith(".test"))
