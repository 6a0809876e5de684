"""A coach in the ear for runners: silent while form is good, three words or a beat when it is not.

What a notebook needs: `Coach`, `load_cues`, `load_config`, `replay`, `coach_through` and the error `CuecoachError`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cuecoach.coach import Coach
    from cuecoach.config import RunConfig, load_config
    from cuecoach.errors import CuecoachError
    from cuecoach.offline import Replay, coach_through, replay
    from cuecoach.rules import load_cues

__all__ = [
    "Coach",
    "CuecoachError",
    "Replay",
    "RunConfig",
    "coach_through",
    "load_config",
    "load_cues",
    "replay",
]

#: Where each name lives; imported when first asked for, so that `import cuecoach` costs next to nothing.
_HOMES = {
    "Coach": "coach",
    "CuecoachError": "errors",
    "Replay": "offline",
    "RunConfig": "config",
    "coach_through": "offline",
    "load_config": "config",
    "load_cues": "rules",
    "replay": "offline",
}


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(f"cuecoach.{_HOMES[name]}"), name)
    raise AttributeError(f"module `cuecoach` has no `{name}`")
