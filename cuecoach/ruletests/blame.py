"""Why a rule was silent when a test expected it: what the engine says, and the word or beat that stood in the way."""

from __future__ import annotations

from cuecoach.events import Decision
from cuecoach.rules import Reason
from cuecoach.ruletests.expect import Expected
from cuecoach.ruletests.lengths import show_length
from cuecoach.ruletests.model import RuleTest
from cuecoach.ruletests.rehearse import Performance


def near(why: str, line: Expected, done: Performance) -> str:
    """Return the reason, and of one that is about another cue also which cue that was."""
    if not why.startswith((str(Reason.TOO_SOON), str(Reason.LIMIT_REACHED))):
        return why
    before = [h for h in done.heard if h.verb != "praises" and h.t <= (line.t or 0.0)]
    return f"{why} ({before[-1].rule} {before[-1].verb} at {show_length(before[-1].t)})" if before else why


def silent_since(line: Expected, done: Performance) -> str:
    """Return since when it has been silent for that reason, where that is not from the start."""
    now = done.last_decision(line.rule, line.t or 0.0)
    return f" (since {show_length(now.t)})" if now is not None and now.t > 0 else ""


def silent_praise(test: RuleTest, line: Expected, done: Performance, why: str) -> str:
    """Return why no praise came at that time."""
    rule = next((r for r in test.rules if r.id == line.rule), None)
    t = line.t or 0.0
    if rule is not None and rule.praise is None:
        return "silent: the rule has no `praise`"
    cues = [h for h in done.heard if h.rule == line.rule and h.verb != "praises" and h.t <= t]
    if not cues:
        return f"silent: nothing was corrected before, so there is nothing to praise; {why}"
    praised = [h for h in done.heard if h.verb == "praises" and h.t <= t]
    now = done.last_decision(line.rule, t)
    mended = now is not None and now.outcome == str(Reason.NOT_MET) and now.t >= cues[-1].t
    if not mended:
        return f"silent: it is not mended then; {why}"
    if praised and praised[-1].t >= cues[-1].t:
        return f"silent: praised at {show_length(praised[-1].t)} already; {why}"
    last = f"the last cue was at {show_length(cues[-1].t)}, the last praise "
    last += f"at {show_length(praised[-1].t)}" if praised else "never"
    mended_at = "" if now is None else f"mended at {show_length(now.t)}; "
    return (
        f"silent: {mended_at}{last}, and praise comes soon after a cue, with `praise_gap` between, when nothing speaks"
    )


def not_as_expected(line: Expected, decision: Decision) -> bool:
    """Whether what was written down is another reason than the one expected."""
    wanted = _plain(line.text or "")
    return _plain(decision.outcome) != wanted and not _plain(decision.why).startswith(wanted)


def _plain(text: str) -> str:
    """Return a reason without its colons: in YAML a colon would need quotes around the whole line."""
    return text.replace(":", "")
