"""The ledger: why each rule spoke or was silent, written down whenever the reason changes."""

from __future__ import annotations

from collections.abc import Mapping

from cuecoach.events import Decision
from cuecoach.rules import Context, Reason, RuleState


class Ledger:
    """Remembers the last reason of each rule, so that only changes are recorded."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[Reason, str]] = {}

    def differs(self, rule: str, reason: Reason, about: str = "") -> bool:
        """Whether this reason would be news; `about` tells one gate from another."""
        return self._last.get(rule) != (reason, about)

    def record(
        self,
        t: float,
        rule: str,
        reason: Reason,
        why: str,
        *,
        about: str = "",
        text: str = "",
        values: Mapping[str, float | None] | None = None,
    ) -> Decision:
        """Write down the reason and return it as a decision."""
        self._last[rule] = (reason, about)
        return Decision(t, rule, str(reason), why, text, values or {})


def speaks_for(state: RuleState, context: Context) -> str:
    """Return what speaks for a cue: the fault, or, when it has eased since, that it is not mended."""
    rule = state.rule
    if rule.until is not None and rule.when.evaluate(context) is not True:
        return f"not mended: {rule.until.describe(context)}"
    return f"{rule.when.describe(context)} for {rule.hold_s:.0f} s"
