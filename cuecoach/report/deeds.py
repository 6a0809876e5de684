"""What the coach did in a run, one entry a phrase and a beat, with its reason and what followed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from cuecoach.events import METRONOME, Action, Beat, BeatOff, Decision, Response, Say
from cuecoach.metrics import METRICS
from cuecoach.report.columns import Columns
from cuecoach.runrecord import RuleCard, RunRecord

DeedKind: TypeAlias = Literal["cue", "praise", "notice", "beat"]
#: A response belongs to the cue of its rule that began within this, s.
_SAME_S: Final = 5.0
#: The medians a response rests on are over these lengths, s (docs/science.md, CUE-6).
_BEFORE_S, _AFTER_S = 20.0, 30.0


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing the coach did.

    Attributes
    ----------
    at, until
        When it was heard, s; the end of a beat.
    words
        What was said, or how the beat went.
    why
        The reason, empty where none was noted.
    rule
        What is known of the rule; None for the coach's own words.
    metric
        What it is about, None where that is not one metric.
    response
        What followed, None where that could not be told.
    wobble
        By how much the difference of before and after may be chance: half the width of the 95 % interval, catalogue units.
    """

    at: float
    kind: DeedKind
    words: str
    why: str
    rule: RuleCard | None
    metric: str | None
    until: float | None = None
    response: Response | None = None
    wobble: float | None = None


def deeds(record: RunRecord, columns: Columns) -> list[Deed]:
    """Return what the coach did, in the order it was heard."""
    cards = {card.id: card for card in record.rules}
    reasons: dict[tuple[str, float], str] = {}
    answers = [a for a in record.actions if isinstance(a, Response) and a.text]
    done: list[Deed] = []
    for action in record.actions:
        if isinstance(action, Decision):
            reasons[action.rule, action.t] = action.why
        elif isinstance(action, Say):
            card = cards.get(action.rule)
            why = reasons.get((action.rule, action.t), "")
            if action.kind == "praise":
                why = f"it is mended: {why.removeprefix('not met: ')}" if why else "it is mended"
            metric = card.metric if card else None
            deed = Deed(action.at, action.kind, action.text, why, card, metric)
            done.append(_answered(deed, action.rule, answers, columns) if action.kind == "cue" else deed)
    for rule, deed in _beats(record.actions, cards, reasons, record.duration_s):
        done.append(_answered(deed, rule, answers, columns))
    return sorted(done, key=lambda deed: deed.at)


def withheld(record: RunRecord) -> list[Response]:
    """Return what followed where a due cue was withheld, to see what happens without it."""
    return [a for a in record.actions if isinstance(a, Response) and not a.text]


def noise_of_change(metric: str, noise: float) -> float:
    """Return half the width of the 95 % interval of a change from before a cue to after it.

    The metric is smoothed over its window w and wobbles by `noise`, so a mean over T seconds wobbles by noise · √(w / T).
    """
    window_s = METRICS[metric].window_s if metric in METRICS else 10.0
    return 2.0 * noise * math.sqrt(min(1.0, window_s / _BEFORE_S) + min(1.0, window_s / _AFTER_S))


def _answered(deed: Deed, rule: str, answers: Sequence[Response], columns: Columns) -> Deed:
    near = [a for a in answers if a.rule == rule and abs(a.at - deed.at) <= _SAME_S]
    if not near:
        return deed
    answer = min(near, key=lambda a: abs(a.at - deed.at))
    found = [s for s in columns.seconds if abs(s.t - deed.at) <= _SAME_S and answer.metric in s.noise]
    noise = min(found, key=lambda s: abs(s.t - deed.at)).noise[answer.metric] if found else None
    wobble = None if noise is None else noise_of_change(answer.metric, noise)
    return replace(deed, response=answer, metric=answer.metric, wobble=wobble)


def _beats(
    actions: Sequence[Action], cards: dict[str, RuleCard], reasons: dict[tuple[str, float], str], end: float
) -> list[tuple[str, Deed]]:
    """Return each stretch of beat as one deed, however often its tempo changed, and whose beat it was."""
    out: list[tuple[str, Deed]] = []
    tempi: list[float] = []
    for action in sorted((a for a in actions if isinstance(a, Beat | BeatOff)), key=lambda a: a.at):
        rule, last = out[-1] if out else ("", None)
        if last is not None and last.until is not None and action.at > last.until + 0.5:
            tempi = []  # it ended by itself
        if isinstance(action, BeatOff):
            if tempi and last is not None:
                out[-1] = (rule, replace(last, until=min(action.at, end)))
            tempi = []
            continue
        until = end if action.until is None else min(action.until, end)
        tempi.append(action.spm)
        words = _tempo(tempi)
        if len(tempi) > 1 and last is not None:
            out[-1] = (rule, replace(last, until=until, words=words))
            continue
        why = reasons.get((action.rule, action.t)) or reasons.get((METRONOME, action.t), "")
        card = cards.get(action.rule)
        deed = Deed(action.at, "beat", words, why or "the metronome was on", card, "cadence", until)
        out.append((action.rule, deed))
    return out


def _tempo(tempi: Sequence[float]) -> str:
    first, last = f"{tempi[0]:.0f}", f"{tempi[-1]:.0f}"
    return f"beat at {first} spm" if first == last else f"beat from {first} to {last} spm"
