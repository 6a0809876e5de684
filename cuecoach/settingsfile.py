"""Small YAML files that hold what a person has settled once, kept in the folder of settings and edited by hand if wished."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from cuecoach.errors import DocumentError, UsageError
from cuecoach.wholefile import write_whole
from cuecoach.yamldoc import load_document, validate

Model = TypeVar("Model", bound=BaseModel)


def settings_path(name: str, variable: str) -> Path:
    """Return the path of a settings file: what the environment variable says, else `name` in the user's folder."""
    named = os.environ.get(variable)
    if named:
        return Path(named)
    from platformdirs import user_config_dir

    return Path(user_config_dir("cuecoach", appauthor=False)) / name


def read_settings(path: Path, model: type[Model]) -> Model:
    """Return what the file says; the model's defaults when there is no file yet.

    Raises
    ------
    DocumentError
        The file has mistakes, each with its line and column.
    UsageError
        The file cannot be read.
    """
    try:
        if not path.exists():
            return model()
    except OSError as error:
        raise UsageError(f"`{path}` cannot be read: {error.strerror}") from None
    found, problems = validate(load_document(path), model)
    if found is None:
        raise DocumentError(f"{path} has {len(problems)} problem(s)", problems)
    return found


def write_settings(path: Path, text: str, variable: str) -> None:
    """Put a whole new file in the place of the old one; `variable` is told as the way out.

    Raises
    ------
    UsageError
        It cannot be written; the old one is as it was.
    """
    try:
        write_whole(path.resolve(), text)  # who keeps settings behind a link keeps the link
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UsageError(f"`{path}` cannot be written ({reason}); let `{variable}` name a file that can") from None
