"""Where the bundled cue files and configs are found, in a checkout as in an installed wheel."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Final, Literal

from cuecoach.errors import UsageError

#: Where the bundled folders lie in an installed copy, and beside the package in a checkout.
_BUNDLED: Final = "_bundled"


def bundled(folder: Literal["cues", "configs"]) -> Path:
    """Return the folder of bundled cue files or configs, in a checkout as in an installed wheel.

    Raises
    ------
    UsageError
        When this copy of the program came without them.
    """
    package = Path(str(resources.files("cuecoach")))
    for place in (package.parent / folder, package / _BUNDLED / folder):
        # A checkout is known by the project file beside the package: another `cues` folder there is none of ours.
        if place.is_dir() and (place.parent.name == _BUNDLED or (package.parent / "pyproject.toml").is_file()):
            return place
    raise UsageError(f"the bundled {folder} are missing from this copy of cuecoach; install it again")


def find_bundled(folder: Literal["cues", "configs"], name: str | Path) -> Path:
    """Return a path as it is, or the bundled file of that bare name (``easy-run`` → ``configs/easy-run.yaml``).

    Raises
    ------
    UsageError
        When it is neither.
    """
    path = Path(name)
    if path.suffix in (".yaml", ".yml") or len(path.parts) > 1 or path.exists():
        if path.is_dir():
            raise UsageError(f"`{path}` is a folder; name a file in it")
        if not path.is_file():
            raise UsageError(f"there is no file `{path}`; check the name, or give a bundled one such as `easy-run`")
        return path
    library = bundled(folder)
    found = library / f"{name}.yaml"
    if found.is_file():
        return found
    known = ", ".join(sorted(p.stem for p in library.glob("*.yaml") if not p.name.endswith(".test.yaml")))
    raise UsageError(f"there is no bundled {folder.rstrip('s')} called `{name}`; there are: {known}")
