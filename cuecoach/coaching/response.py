"""Did the cue help? The rule's metric after a cue, set against before it, and against what would end the fault."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cuecoach.metrics import LIMITS, METRICS
from cuecoach.rules import Context, Phase, Rule, RuleState, State, WindowFunction
from cuecoach.rules.describe import show
from cuecoach.units import UNITS

#: The metric before a cue is its median over this long, s (docs/science.md, CUE-2),
BEFORE_S: Final = 20.0
#: and after it from here to there, s after the cue began: time to hear it, to try it, and to settle.
AFTER_FROM_S, AFTER_TO_S = 10.0, 40.0
#: A median rests on no less than this, s, however soon the rule is due again or short its hold.
LEAST_S: Final = 5.0
#: A cue that took away this share of the excess has helped.
HELPED_SHARE: Final = 0.5
#: Where the fault ends is sought in so many steps through the metric's range, and so often halved: far finer than any noise.
_STEPS, _HALVINGS = 400, 24
_LEVELS: Final = ("mean", "median", "min", "max")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a cue did: `helped` is None where that cannot be told; `text` says it for people."""

    helped: bool | None
    text: str


@dataclass(frozen=True, slots=True)
class _Heard:
    t: float
    before: float | None


class Responses:
    """Measures what each rule's last cue did.

    The median from 10 s to 40 s after the cue began (to the moment the rule is due again, when that comes sooner) is compared
    with the median of the 20 s before it (of the rule's `for`, when that is shorter). The cue helped when the metric came
    at least halfway from there to the nearest value that ends the fault, or ended it. A run that is broken off by a walk,
    a slope or missing data tells nothing.
    """

    def __init__(self) -> None:
        self._heard: dict[str, _Heard] = {}
        self._found: dict[str, Finding] = {}

    def heard(self, rule: Rule, t: float, context: Context) -> None:
        """A cue of the rule began at `t`."""
        self._found.pop(rule.id, None)
        self._heard[rule.id] = _Heard(t, _before(rule, context))

    def forget(self, rule_id: str) -> None:
        """The fault is mended: there is nothing more to measure."""
        self._heard.pop(rule_id, None)
        self._found.pop(rule_id, None)

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
        if heard is not None:
            self._found[rule.id] = _judge(t, heard, rule, context)


def _before(rule: Rule, context: Context) -> float | None:
    """Return the metric at its fault; a `for` shorter than the window leaves out the good form before it."""
    metric = rule.metric
    if metric is None:
        return None
    value = context.window("median", metric, max(LEAST_S, min(BEFORE_S, rule.hold_s)))
    if value is not None and _mended(rule, metric, value, context):
        value = context.metric(metric)
    return value


def _judge(t: float, heard: _Heard, rule: Rule, context: Context) -> Finding:
    metric = rule.metric
    if metric is None:
        return Finding(False, "it is not mended")
    length = min(AFTER_TO_S, t - heard.t) - AFTER_FROM_S
    after = context.window("median", metric, max(LEAST_S, length))
    if after is None or heard.before is None:
        return Finding(None, f"what {metric} did is not known")
    goal = _nearest_end(rule, metric, heard.before, context)
    if goal is None or goal == heard.before:
        # No single value of the metric ends the fault (a slope, a count of several): it lasts, that is all there is to see.
        return Finding(False, "it is not mended")
    excess = abs(goal - heard.before)
    moved = (after - heard.before) * (1 if goal > heard.before else -1)
    helped = moved >= HELPED_SHARE * excess or _mended(rule, metric, after, context)
    if moved < 0 and float(_show(metric, -moved).split()[0]) > 0:
        return Finding(helped, f"{metric} went {_show(metric, -moved)} the wrong way")
    return Finding(helped, f"{metric} moved {_show(metric, max(0.0, moved))} of {_show(metric, excess)}")


def _show(metric: str, value: float) -> str:
    unit = METRICS[metric].unit
    return show(value * UNITS[unit].factor, unit)


def _mended(rule: Rule, metric: str, value: float, context: Context) -> bool:
    """Whether the fault would be over at this value of the metric."""
    supposed = _Supposed(context, metric, value)
    if rule.until is not None:
        return rule.until.evaluate(supposed) is True
    return rule.when.evaluate(supposed) is False


def asked_way(rule: Rule, metric: str, context: Context) -> int:
    """Return whether the rule asks for more (1) or less (-1) of the metric now; 0 where no one way ends the fault."""
    value = context.metric(metric)
    goal = None if value is None else _nearest_end(rule, metric, value, context)
    if goal is None or value is None or goal == value:
        return 0
    return 1 if goal > value else -1


def _nearest_end(rule: Rule, metric: str, value: float, context: Context) -> float | None:
    """Return the value nearest to `value`, within the metric's range, at which the fault would be over."""
    if _mended(rule, metric, value, context):
        return value
    low, high = LIMITS[metric]
    step = (high - low) / _STEPS
    for n in range(1, _STEPS + 1):
        for sign in (-1, 1):
            end = value + sign * n * step
            if low <= end <= high and _mended(rule, metric, end, context):
                still = end - sign * step
                for _ in range(_HALVINGS):
                    half = 0.5 * (still + end)
                    still, end = (still, half) if _mended(rule, metric, half, context) else (half, end)
                return end
    return None


class _Supposed:
    """The moment as it would be if one metric had another value; fulfils `Context`."""

    __slots__ = ("_metric", "_real", "_value")

    def __init__(self, real: Context, metric: str, value: float) -> None:
        self._real, self._metric, self._value = real, metric, value

    @property
    def version(self) -> int:
        return self._real.version

    def metric(self, name: str) -> float | None:
        return self._value if name == self._metric else self._real.metric(name)

    def window(self, function: WindowFunction, name: str, window_s: float) -> float | None:
        if name == self._metric and function in _LEVELS:
            return self._value
        return self._real.window(function, name, window_s)

    def last(self, name: str) -> float | None:
        return self._value if name == self._metric else self._real.last(name)

    def baseline(self, name: str) -> float | None:
        return self._real.baseline(name)

    def start(self, name: str) -> float | None:
        return self._real.start(name)

    def noise(self, name: str) -> float | None:
        return self._real.noise(name)

    def target(self, name: str) -> float | None:
        return self._real.target(name)

    def slipped(self, name: str) -> bool:
        return self._real.slipped(name)

    def elapsed(self) -> float:
        return self._real.elapsed()

    def distance(self) -> float | None:
        return self._real.distance()

    def state(self, name: State) -> bool | None:
        return self._real.state(name)
