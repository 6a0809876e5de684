"""The words of the language: what may be named and called, what was probably meant, and examples to copy."""

from __future__ import annotations

import difflib
from typing import Final, Literal, TypeAlias, get_args

from cuecoach.metrics import METRICS, OTHER_NAMES
from cuecoach.rules.context import State, WindowFunction
from cuecoach.rules.terms import Term

Reference: TypeAlias = Literal["baseline", "start", "noise", "target"]

STATES: Final[tuple[str, ...]] = get_args(State)
REFERENCES: Final[tuple[str, ...]] = get_args(Reference)
#: Functions over a window of time.
WINDOWS: Final[tuple[str, ...]] = get_args(WindowFunction)
FUNCTIONS: Final[tuple[str, ...]] = (*WINDOWS, "last", "abs", "count", *REFERENCES)
NAMES: Final[tuple[str, ...]] = (*METRICS, *REFERENCES, "elapsed", "distance", *STATES)

#: The signals keep so much; a shorter window would hold one step or none.
SHORTEST_S, LONGEST_S = 1.0, 1800.0


def meant(name: str, known: tuple[str, ...]) -> str | None:
    """Return the known word that was probably meant, None when it cannot be told."""
    other = OTHER_NAMES.get(name.lower())
    if other in known:
        return other
    if name.lower() in known:
        return name.lower()
    close = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.6)
    return close[0] if close else None


def instead(name: str, known: tuple[str, ...], what: str) -> str:
    """Return what to say about an unknown name: the one that was meant, or where to look."""
    likely = meant(name, known)
    if likely:
        return f"did you mean `{likely}`?"
    return (
        f"functions are: {', '.join(known)}" if what == "function" else "see the list of metrics in the documentation"
    )


def usage(name: str) -> str:
    """Return an example of a function's use."""
    if name == "count":
        return "count(cadence < start(cadence) - 3 %, vertical_oscillation > start(vertical_oscillation) + 8 %) >= 2"
    if name in REFERENCES or name == "last":
        return f"{name}(cadence)"
    if name == "abs":
        return "abs(pelvic_tilt - baseline)"
    return f"{name}(pelvic_tilt, 5 min)" if name == "slope" else f"{name}(cadence, 30 s)"


#: A likely number in each unit, for examples.
_LIKELY: Final = {
    "spm": "170",
    "m/s": "3",
    "mm": "90",
    "ms": "250",
    "bpm": "160",
    "W": "250",
    "m": "1",
    "min": "5",
    "km": "5",
}


def example(term: Term) -> str:
    """Return a likely value to compare a term with."""
    return f"{_LIKELY.get(term.unit, '3')} {term.unit}" if term.unit else "3"
