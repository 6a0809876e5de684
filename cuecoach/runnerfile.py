"""What is known of each runner, kept between runs: one JSON file a runner, written whole or not at all."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Final

from cuecoach.coaching.knowledge import Knowledge
from cuecoach.errors import CuecoachError, UsageError
from cuecoach.wholefile import write_whole

#: Names the folder in place of the usual one.
VARIABLE: Final = "CUECOACH_RUNNERS"
#: What a name may hold to be a file's name as it is; short, and no name that a system keeps for itself.
_PLAIN: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_RESERVED: Final = re.compile(r"con|prn|aux|nul|com\d|lpt\d")


def runners_folder() -> Path:
    """Return the folder of the runners' files; it need not be there yet."""
    told = os.environ.get(VARIABLE)
    if told:
        return Path(told)
    import platformdirs

    return Path(platformdirs.user_data_dir("cuecoach", appauthor=False)) / "runners"


def runner_path(runner: str | Path) -> Path:
    """Return the file of a runner: of a name, in the folder of all; a `Path` is the file itself."""
    if isinstance(runner, Path):
        return runner
    if _PLAIN.fullmatch(runner) and not _RESERVED.fullmatch(runner):
        return runners_folder() / f"{runner}.json"
    # Names of one's own choice: readable as far as that goes, and never two in one file.
    readable = re.sub(r"[^a-z0-9]+", "-", runner.lower()).strip("-")[:24]
    return runners_folder() / f"{readable or 'runner'}-{sha256(runner.encode()).hexdigest()[:8]}.json"


def load(runner: str | Path, tell: Callable[[str], None] | None = None) -> Knowledge:
    """Read what is known of a runner; nothing, for one without a file.

    Parameters
    ----------
    runner
        A name, or the path of a file.
    tell
        Takes one sentence when the file is broken. The file is kept aside then, so that it is told once.

    Raises
    ------
    UsageError
        When the file cannot be read at all, or cannot be put aside.
    """
    path = runner_path(runner)
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return Knowledge()
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}); allow it, or move the file away") from error
    try:
        return Knowledge.from_json(json.loads(text))
    except (ValueError, RecursionError, CuecoachError) as error:
        why = str(error) if isinstance(error, CuecoachError) else "it is no JSON"
    aside = _free(path)
    try:
        path.rename(aside)
    except OSError as error:
        raise UsageError(f"{path} is broken ({why}) and cannot be moved away ({error.strerror}); move it") from error
    if tell is not None:
        tell(f"{path} is broken ({why}); it is kept as {aside.name}, and what is known of you begins anew")
    return Knowledge()


def save(runner: str | Path, knowledge: Knowledge) -> None:
    """Write what is known of a runner: the file is the old one or the new one, whatever happens in between.

    Raises
    ------
    UsageError
        When the folder or the file cannot be written.
    """
    path = runner_path(runner)
    text = json.dumps(knowledge.to_json(), indent=1, allow_nan=False) + "\n"
    try:
        write_whole(path, text)
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> UsageError:
    return UsageError(
        f"{path} cannot be written ({error.strerror}); make room, or name another folder with `{VARIABLE}`"
    )


def _free(path: Path) -> Path:
    """Return a name beside `path` that is not taken, so that no broken file replaces another."""
    number = 1
    while True:
        aside = path.with_name(f"{path.stem}.broken{'' if number == 1 else f'-{number}'}{path.suffix}")
        if not aside.exists():
            return aside
        number += 1
