"""Did the cue help? The rule's metric after a cue, set against before it, and against what would end the fault."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from cuecoach.coaching.supposing import mended, nearest_end
from cuecoach.coaching.words_learnt import HELPED_SHARE, WordsLearnt
from cuecoach.events import Response
from cuecoach.metrics import METRICS
from cuecoach.rules import Context, Phase, Rule, RuleState
from cuecoach.rules.describe import show
from cuecoach.units import UNITS

#: The metric before a cue is its median over this long, s (docs/science.md, CUE-6),
BEFORE_S: Final = 20.0
#: and after it from here to there, s after the cue began: time to hear it, to try it, and to settle.
AFTER_FROM_S, AFTER_TO_S = 10.0, 40.0
#: A median rests on no less than this, s, however soon the rule is due again or short its hold. What is mended sooner than
#: this after a cue was on its way before it.
LEAST_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Finding:
    """What a cue did: `helped` is None where that cannot be told; `text` says it for people.

    `share` is how much of the fault went, 1 being all of it and less than 0 the wrong way; None where that is not known.
    """

    helped: bool | None
    text: str
    share: float | None = None


@dataclass(frozen=True, slots=True)
class _Heard:
    t: float
    metric: str | None
    before: float | None
    #: The wording, None for a cue that was withheld.
    text: str | None
    #: The share of the fault that is only noise, and goes by itself.
    by_noise: float
    #: Whether the ladder asks what it did, and whether it tells something about the words.
    counts: bool
    tells: bool


class Responses:
    """Measures what each rule's last cue did.

    The median from 10 s to 40 s after the cue began (to the moment the rule is due again, when that comes sooner) is compared
    with the median of the 20 s before it (of the rule's `for`, when that is shorter). The cue helped when the metric came
    at least halfway from there to the nearest value that ends the fault, or ended it. A run that is broken off by a walk,
    a slope or missing data tells nothing.

    Parameters
    ----------
    learnt
        Takes in what is found of each wording.
    """

    def __init__(self, learnt: WordsLearnt) -> None:
        self._learnt = learnt
        self._heard: dict[str, _Heard] = {}
        self._found: dict[str, Finding] = {}
        self._news: list[Response] = []

    def news(self) -> list[Response]:
        """Return what was judged since this was asked last, in order: one for each cue that told something."""
        news, self._news = self._news, []
        return news

    def heard(self, rule: Rule, t: float, context: Context, text: str | None, *, counts: bool = True) -> None:
        """A cue of the rule began at `t`, in these words; None for a cue that was withheld."""
        self._found.pop(rule.id, None)
        before = _before(rule, context)
        self._heard[rule.id] = _Heard(
            t, rule.metric, before, text, _by_noise(rule, before, context), counts, tells=True
        )

    def muddle(self, rule: Rule) -> None:
        """A cue of this rule was heard: what follows tells nothing about the words of others on its metric."""
        for rule_id, heard in self._heard.items():
            if rule_id != rule.id and heard.metric == rule.metric:
                self._heard[rule_id] = replace(heard, tells=False)

    def mended(self, rule: Rule, t: float, context: Context) -> None:
        """The fault is mended at `t`: there is nothing more to measure."""
        heard = self._heard.pop(rule.id, None)
        self._found.pop(rule.id, None)
        if heard is not None and heard.tells and t - heard.t >= LEAST_S:
            self._tell(t, rule, heard, _after(t, heard, context), 1.0)

    def advance(self, t: float, states: dict[str, RuleState], context: Context) -> None:
        """Judge the cues whose time is over, and give up those whose rule was sent to rest."""
        for rule_id, heard in list(self._heard.items()):
            state = states.get(rule_id)
            if state is None or state.phase is Phase.RESTING:
                del self._heard[rule_id]
            elif t - heard.t >= AFTER_TO_S:
                self._close(t, state.rule, context)

    def due_again(self, t: float, rule: Rule, context: Context) -> Finding | None:
        """Return what the last cue did, judged now at the latest; None when nothing was heard, or it was broken off."""
        self._close(t, rule, context)
        return self._found.pop(rule.id, None)

    def _close(self, t: float, rule: Rule, context: Context) -> None:
        heard = self._heard.pop(rule.id, None)
        if heard is None:
            return
        found = _judge(t, heard, rule, context)
        if heard.counts:
            self._found[rule.id] = found
        if heard.tells and found.share is not None:
            self._tell(t, rule, heard, _after(t, heard, context), found.share)

    def _tell(self, t: float, rule: Rule, heard: _Heard, after: float | None, share: float) -> None:
        """Let the words learn from a cue that was judged, and keep it as news."""
        by_itself, helped = self._learnt.judged(rule.id, heard.text, share, heard.by_noise)
        if heard.metric is not None:  # else nothing was measured
            numbers = heard.before, after, share + 0.0, by_itself  # never -0.0
            self._news.append(Response(t, heard.t, rule.id, heard.text or "", heard.metric, *numbers, helped))


def _before(rule: Rule, context: Context) -> float | None:
    """Return the metric at its fault; a `for` shorter than the window leaves out the good form before it."""
    metric = rule.metric
    if metric is None:
        return None
    value = context.window("median", metric, max(LEAST_S, min(BEFORE_S, rule.hold_s)))
    if value is not None and mended(rule, metric, value, context):
        value = context.metric(metric)
    return value


def _by_noise(rule: Rule, before: float | None, context: Context) -> float:
    """Return the share of the fault that goes by itself because it was only noise: regression towards the mean.

    A value that lies d from the usual and wobbles by n (SD) lies in truth nearer to it, by n²/d of its distance at best guess
    (James and Stein's); less than one wobble away, it is all noise.
    """
    metric = rule.metric
    if metric is None or before is None:
        return 0.0
    usual, noise = context.baseline(metric), context.noise(metric)
    goal = nearest_end(rule, metric, before, context)
    if usual is None or noise is None or goal is None or goal == before or usual == before:
        return 0.0
    back = (usual - before) * min(1.0, (noise / (usual - before)) ** 2)
    return min(1.0, max(-1.0, back / (goal - before)))


def _after(t: float, heard: _Heard, context: Context) -> float | None:
    """Return the metric after a cue, from when it can have been tried to now."""
    length = min(AFTER_TO_S, t - heard.t) - AFTER_FROM_S
    return None if heard.metric is None else context.window("median", heard.metric, max(LEAST_S, length))


def _judge(t: float, heard: _Heard, rule: Rule, context: Context) -> Finding:
    metric = rule.metric
    if metric is None:
        return Finding(False, "it is not mended")
    after = _after(t, heard, context)
    if after is None or heard.before is None:
        return Finding(None, f"what {metric} did is not known")
    goal = nearest_end(rule, metric, heard.before, context)
    if goal is None or goal == heard.before:
        # No single value of the metric ends the fault (a slope, a count of several): it lasts, that is all there is to see.
        return Finding(False, "it is not mended", 0.0)
    excess = abs(goal - heard.before)
    moved = (after - heard.before) * (1 if goal > heard.before else -1)
    ended = mended(rule, metric, after, context)
    helped = moved >= HELPED_SHARE * excess or ended
    share = 1.0 if ended else min(1.0, max(-1.0, moved / excess))
    if moved < 0 and float(_show(metric, -moved).split()[0]) > 0:
        return Finding(helped, f"{metric} went {_show(metric, -moved)} the wrong way", share)
    return Finding(helped, f"{metric} moved {_show(metric, max(0.0, moved))} of {_show(metric, excess)}", share)


def _show(metric: str, value: float) -> str:
    unit = METRICS[metric].unit
    return show(value * UNITS[unit].factor, unit)
