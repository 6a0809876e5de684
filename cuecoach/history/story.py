"""A history as people read it: grouped stretches, shares of the time, and what would have to be different."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from cuecoach.events import Say
from cuecoach.history.record import GATED, HOLDING, NO_DATA, NOT_MET, NOT_READY, SPOKEN, History, PartTally, Stretch
from cuecoach.rules import Phase, Rule
from cuecoach.timeline import clock

#: A stretch this long gets a line of its own; what flickers faster is told together, s
_LONG_S = 30.0
#: and in a long run, this share of it.
_LONG_SHARE = 1 / 40
#: Smaller shares are left out of a sum.
_TOLD = 0.005


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the timeline, from `start` to `end`, s.

    `mark` tells what it is: cue, beat, mended, active, holding, silent, or mixed (several short stretches).
    """

    start: float
    end: float
    mark: str
    text: str


def rows(history: History) -> list[Row]:
    """Return the timeline: a line for every sound, every episode and every long stretch; the rest in between is summed up."""
    stretches = history.stretches
    length = stretches[-1].end if stretches else 0.0
    long_s = max(_LONG_S, length * _LONG_SHARE)
    around = _Neighbours(stretches)
    out: list[Row] = []

    def own_line(s: Stretch) -> bool:
        return s.length >= long_s or s.phase is Phase.ACTIVE or bool(s.said) or around.became_due(s) or around.mended(s)

    # Handed to the voice and not heard yet says nothing by itself.
    for alone, group in groupby((s for s in stretches if s.outcome != SPOKEN or s.said), key=own_line):
        members = list(group)
        if alone or len(members) == 1:
            out += [_row(history, s, around) for s in members]
        else:
            out.append(_summed(history, members, around))
    return _episodes(out)


def shares(history: History) -> list[tuple[str, float]]:
    """Return every reason with its share of the run, the largest first."""
    found: dict[str, float] = {}
    for stretch in history.stretches:
        found[stretch.label] = found.get(stretch.label, 0.0) + stretch.length
    whole = max(sum(found.values()), 1e-9)
    return sorted(((label, seconds / whole) for label, seconds in found.items()), key=lambda item: -item[1])


def verdict(history: History) -> list[str]:
    """Return what decided, and what would have to be different, each in one line."""
    out: list[str] = []
    whole = max(sum(s.length for s in history.stretches), 1e-9)
    for outcome, words in ((NO_DATA, "data missing"), (NOT_READY, "not known yet")):
        missing: dict[str, float] = {}
        for stretch in history.stretches:
            if stretch.outcome == outcome:
                missing[stretch.about] = missing.get(stretch.about, 0.0) + stretch.length
        out += [
            f"{words} {100 * s / whole:.0f} % of the time: {name}" for name, s in missing.items() if s / whole >= _TOLD
        ]
    gated = sum(s.length for s in history.stretches if s.outcome == GATED) / whole
    if gated > 0.2:
        out.append(f"gated {100 * gated:.0f} % of the time: it could not even hold then")
    out += [line for tally in history.parts for line in _tally(tally, alone=len(history.parts) == 1)]
    out += _holds(history)
    return out


# ---------------------------------------------------------------- lines of the timeline
class _Neighbours:
    """What came before and after each stretch."""

    def __init__(self, stretches: Sequence[Stretch]) -> None:
        self.after = {id(s): n for s, n in pairwise(stretches)}
        self._before = {id(n): s for s, n in pairwise(stretches)}

    def became_due(self, s: Stretch) -> bool:
        following = self.after.get(id(s))
        return s.outcome == HOLDING and following is not None and following.phase is Phase.ACTIVE

    def mended(self, s: Stretch) -> bool:
        before = self._before.get(id(s))
        return s.outcome == NOT_MET and before is not None and before.phase is Phase.ACTIVE

    def reset(self, s: Stretch) -> str:
        """Return what ended a hold."""
        following = self.after.get(id(s))
        return (
            "" if following is None else f", reset: {following.why.removeprefix('not met: ').removeprefix('gated: ')}"
        )


def _row(history: History, s: Stretch, around: _Neighbours) -> Row:
    if s.said:
        beat = s.said.startswith("beat at ")
        return Row(s.start, s.start, "beat" if beat else "cue", f"{s.said if beat else f'“{s.said}”'}: {s.why}")
    if s.outcome == HOLDING:
        found, whole = s.why.partition(": ")[2], f"{history.rule.hold_s:.0f} s"
        due = around.became_due(s)
        text = f"holding for {whole}, then due: {found}" if due else f"holding, {int(s.held_s)} of {whole}: {found}"
        return Row(s.start, s.end, "holding", text + ("" if due else around.reset(s)))
    if s.outcome != NOT_MET:
        # How far a cooldown was is told by the times of the line.
        text = s.why if ": " in s.why else s.why.partition(" (")[0]
        return Row(s.start, s.end, "active" if s.phase is Phase.ACTIVE else "silent", text)
    if around.mended(s):
        praise = next((p for p in history.run.spoken if _praises(p, history.rule, s)), None)
        told = f"mended, and praised (“{praise.text}”)" if praise is not None else "mended"
        return Row(s.start, s.end, "mended", f"{told}: {s.why.removeprefix('not met: ')}")
    later = s.nearest_t is not None and s.nearest_t > s.start
    text = f"not met; nearest at {clock(s.nearest_t or 0.0)}: {s.nearest}" if later else s.why
    return Row(s.start, s.end, "silent", text)


def _episodes(lines: list[Row]) -> list[Row]:
    """Tell in one line what kept an active rule silent, one reason after the other."""
    out: list[Row] = []
    for line in lines:
        if out and out[-1].mark == line.mark == "active":
            before = out.pop()
            line = Row(before.start, line.end, "active", f"{before.text}; from {clock(line.start)} {line.text}")
        out.append(line)
    return out


def _praises(say: Say, rule: Rule, s: Stretch) -> bool:
    return say.kind == "praise" and say.rule == rule.id and s.start <= say.t < s.end


def _summed(history: History, members: Sequence[Stretch], around: _Neighbours) -> Row:
    found: dict[str, float] = {}
    for s in members:
        found[s.label] = found.get(s.label, 0.0) + s.length
    whole = max(sum(found.values()), 1e-9)
    order = sorted(((seconds / whole, label) for label, seconds in found.items()), reverse=True)
    text = ", ".join(f"{label} {100 * share:.0f} %" for share, label in order if share >= _TOLD)
    holds = [s for s in members if s.outcome == HOLDING]
    if holds:
        best = max(holds, key=lambda s: s.held_s)
        many = f"{len(holds)} holds, the longest" if len(holds) > 1 else "the hold"
        lasted = f"{int(best.held_s)} of {history.rule.hold_s:.0f} s"
        text += f"; {many} {lasted} at {clock(best.start)}{around.reset(best)}"
    return Row(members[0].start, members[-1].end, "mixed", text)


# ---------------------------------------------------------------- what would have to be different
def _tally(tally: PartTally, *, alone: bool) -> list[str]:
    known = tally.yes_s + tally.no_s
    if not known:
        return []
    name = "`when`" if alone else f"`{tally.part.text}`"
    share = 100 * tally.yes_s / known
    often = "never true" if not tally.yes_s else "always true" if not tally.no_s else f"true {share:.0f} % of the time"
    line = f"{name} was {often}" + ("" if alone and not tally.unknown_s else " while it was known and asked")
    if tally.best is None:
        return [line]
    size, at = tally.part.show(tally.best), f"at {clock(tally.best_t)}"
    how = f"furthest beyond, by {size}, {at}" if tally.best > 0 else f"nearest, {size} short, {at}"
    return [f"{line}; {how}: {tally.best_found}"]


def _holds(history: History) -> list[str]:
    around = _Neighbours(history.stretches)
    failed = [s for s in history.holds if not around.became_due(s)]
    if not failed:
        return []
    best = max(failed, key=lambda s: s.held_s)
    many = f"{len(failed)} holds broke off" if len(failed) > 1 else "1 hold broke off"
    whole = history.rule.hold_s
    line = f"{many}, the longest after {int(best.held_s)} of {whole:.0f} s at {clock(best.start)}{around.reset(best)}"
    if len(failed) == len(history.holds) and best.held_s >= 1:
        line += f"; with `for: {int(best.held_s)} s` or less it would have become due"
    return [line]
