"""How often each rule spoke in a run, and what kept it silent the rest of the time."""

from __future__ import annotations

from dataclasses import dataclass

from cuecoach.events import Beat, Decision, Say
from cuecoach.history.record import ABOUT, SPOKEN
from cuecoach.offline import Replay


@dataclass(frozen=True, slots=True)
class RuleTally:
    """One rule in one run.

    Attributes
    ----------
    rule
        Its id.
    cues, beats, praise
        How many phrases, beats and words of praise were heard.
    first
        When it was first heard, s; None for a silent rule.
    silent_because, share
        The reason it was silent for most of the time, and the share of the run that this took.
    """

    rule: str
    cues: int
    beats: int
    praise: int
    first: float | None
    silent_because: str
    share: float


def tally(run: Replay) -> list[RuleTally]:
    """Return a tally of every rule that could have spoken in the run, in their order."""
    return [_of(rule.id, run) for rule in run.rules if rule.enabled]


def _of(rule: str, run: Replay) -> RuleTally:
    said = [a for a in run.actions if isinstance(a, Say) and a.rule == rule]
    beats = _beats(rule, run)
    heard = [*(a.at for a in said if a.kind == "cue"), *beats]
    mine = [d for d in run.decisions if d.rule == rule]
    reasons = _reasons(mine, run.duration_s)
    because, seconds = max(reasons.items(), key=lambda item: item[1], default=("never evaluated", 0.0))
    return RuleTally(
        rule,
        sum(d.outcome == SPOKEN for d in mine) - len(beats),  # the steps of a drill are one cue
        len(beats),
        sum(say.kind == "praise" for say in said),
        min(heard, default=None),
        because,
        seconds / max(run.duration_s, 1e-9),
    )


def _beats(rule: str, run: Replay) -> list[float]:
    """Return when each beat of the rule began; a beat that changes its tempo goes on."""
    begun: list[float] = []
    beating = False
    for action in run.beats:
        if isinstance(action, Beat):
            if not beating and action.rule == rule:
                begun.append(action.at)
            beating = True
        else:
            beating = False
    return begun


def _reasons(mine: list[Decision], end: float) -> dict[str, float]:
    found: dict[str, float] = {}
    # A run too short for a single tick has no decisions.
    for decision, until in zip(mine, [*(d.t for d in mine[1:]), end], strict=False):
        if decision.outcome != SPOKEN:
            reason = decision.why if decision.outcome in ABOUT else decision.outcome
            found[reason] = found.get(reason, 0.0) + max(0.0, until - decision.t)
    return found
