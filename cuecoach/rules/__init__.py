"""The cue-file language: reading rule files, their expressions, and the engine that moves rules through their life."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cuecoach.rules.context import Context, State, WindowFunction
from cuecoach.rules.engine import RuleEngine
from cuecoach.rules.expression import Expression, compile_expression
from cuecoach.rules.lexer import ExpressionError
from cuecoach.rules.rule import Limit, Rule, RuleSet
from cuecoach.rules.state import Phase, Reason, RuleState

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
]


def load_cues(names_or_paths: Sequence[str | Path]) -> tuple[Rule, ...]:
    """Load cue files and return the rules that may speak.

    Parameters
    ----------
    names_or_paths
        Names of bundled files (``posture``), files, or folders of cue files.

    Raises
    ------
    DocumentError
        With all that is wrong in all files.
    UsageError
        When a file is missing or cannot be read.

    Examples
    --------
    >>> from cuecoach.rules import load_cues
    >>> [rule.id for rule in load_cues(["bounce"])]
    ['bounce']
    """
    # Reading files needs YAML and pydantic; running rules does not.
    from cuecoach.config import bundled
    from cuecoach.rules.load import load_rules

    return load_rules(names_or_paths, search=bundled("cues")).enabled
