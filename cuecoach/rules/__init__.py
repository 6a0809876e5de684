"""The cue-file language: reading rule files, their expressions, and the engine that moves rules through their life."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cuecoach.rules.context import Context, State, WindowFunction
from cuecoach.rules.engine import RuleEngine
from cuecoach.rules.expression import Expression, compile_expression
from cuecoach.rules.lexer import ExpressionError
from cuecoach.rules.rule import Limit, Rule, RuleSet
from cuecoach.rules.state import Phase, Reason, RuleState

if TYPE_CHECKING:
    from cuecoach.rules.translations import Translated

__all__ = [
    "Context",
    "Expression",
    "ExpressionError",
    "Limit",
    "Phase",
    "Reason",
    "Rule",
    "RuleEngine",
    "RuleSet",
    "RuleState",
    "State",
    "WindowFunction",
    "compile_expression",
    "load_cues",
    "load_translated",
]


def load_cues(names_or_paths: Sequence[str | Path], language: str | None = None) -> tuple[Rule, ...]:
    """Load cue files and return the rules that may speak.

    Parameters
    ----------
    names_or_paths
        Names of bundled files (``posture``), files, or folders of cue files.
    language
        A language tag to speak in, ``de``; as the files are written when None. What has no translation stays as it is.

    Raises
    ------
    DocumentError
        With all that is wrong in all files.
    UsageError
        When a file is missing or cannot be read, or there is no such language.

    Examples
    --------
    >>> from cuecoach.rules import load_cues
    >>> [rule.id for rule in load_cues(["bounce"])]
    ['bounce']
    >>> load_cues(["posture"], "de")[0].say[0]
    'Mach dich groß'
    """
    # Reading files needs YAML and pydantic; running rules does not.
    from cuecoach.config import bundled
    from cuecoach.rules.load import load_rules

    if language is not None:
        return load_translated(names_or_paths, language).rules
    return load_rules(names_or_paths, search=bundled("cues")).enabled


def load_translated(names_or_paths: Sequence[str | Path], language: str) -> Translated:
    """Load cue files as :func:`load_cues` does, and also say which texts have no translation."""
    from cuecoach.config import bundled
    from cuecoach.rules.translations import translated

    return translated(load_cues(names_or_paths), language, search=bundled("cues"))
