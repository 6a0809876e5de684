"""What the extra `music` brings: imported where it is used, and asked for in one sentence where it is missing."""

from __future__ import annotations

import importlib
from types import ModuleType

from cuecoach.errors import SoundError


def need(module: str) -> ModuleType:
    """Import a module of the extra `music`.

    Raises
    ------
    SoundError
        It is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError:
        raise SoundError(
            "a song as the beat needs more than is installed; type `pip install 'cuecoach[music]'`"
        ) from None
