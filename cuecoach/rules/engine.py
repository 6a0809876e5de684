"""Moves every rule through its life, tick by tick; who of the due ones speaks is decided elsewhere."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable

from cuecoach.rules.compile import DATA, Answer
from cuecoach.rules.context import Context
from cuecoach.rules.explain import missing_text
from cuecoach.rules.expression import Expression
from cuecoach.rules.rule import Limit, Rule
from cuecoach.rules.state import Phase, Reason, RuleState

#: Missing data freezes a hold for so long; then it starts anew.
FREEZE_S = 2.0
#: A kilometre of an unknown distance counts as so many seconds: 6 min/km, an easy run.
KM_S = 360.0
_HOUR_S = 3600.0
_KM_M = 1000.0

_RESTING, _HOLDING, _ACTIVE = Phase.RESTING, Phase.HOLDING, Phase.ACTIVE
_NOT_MET = Reason.NOT_MET


class RuleEngine:
    """The rules of a run and where each is in its life. No clock, no chance: the same ticks give the same states.

    Call :meth:`tick` on every tick; read :attr:`changed` and :attr:`cleared`, choose among the states that are `due`, and call
    :meth:`asked` for the one handed to the voice. Report what became of its sound with :meth:`heard` and :meth:`dropped`.

    Parameters
    ----------
    rules
        The rules; disabled ones are left out.

    Attributes
    ----------
    states
        Every rule's state by id, in the order of the rules.
    changed
        The states whose reason is another than a tick before.
    cleared
        The states whose episode ended on the last tick because the runner mended it.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.states: dict[str, RuleState] = {}
        self.changed: list[RuleState] = []
        self.cleared: list[RuleState] = []
        self._gate: str | None = None
        self._t = float("-inf")
        self._context: Context | None = None
        self._version: int | None = None
        self._rows: list[tuple[RuleState, Answer, int, bool]] = []
        self._gates: list[Answer] = []
        self._open: list[bool | None] = []
        gate_numbers: dict[str, int] = {}
        for rule in rules:
            if not rule.enabled:
                continue
            places = deque[tuple[float, float | None]](maxlen=rule.limit.count if rule.limit else 0)
            state = self.states[rule.id] = RuleState(rule, self._why, heard_places=places)
            gate = -1
            if rule.only_if is not None:
                # Rules of one file mostly share their gate: it is asked once a tick.
                gate = gate_numbers.setdefault(rule.only_if.text, len(gate_numbers))
                if gate == len(self._gates):
                    self._gates.append(rule.only_if.answer)
            self._rows.append((state, rule.when.answer, gate, rule.moves))
        self._any_moves = any(moves for *_, moves in self._rows)

    # ------------------------------------------------------------ time passes
    def tick(self, t: float, context: Context, gate: str | None = None, spared: Collection[str] = ()) -> None:
        """Bring every rule to time `t` [s].

        Parameters
        ----------
        t
            A tick that does not lie after the last one changes nothing.
        context
            The moment.
        gate
            Why rules may not hold now (``"warm-up"``); None when they may.
        spared
            Ids of the rules that this gate does not concern.
        """
        self.cleared = []
        if not t > self._t:
            self.changed = []
            return
        self._advance(t, context, gate, spared)
        self._t = t
        self.changed = changed = [s for s in self.states.values() if s.reason is not s.reported]
        for state in changed:
            state.reported = state.reason

    def _advance(self, t: float, context: Context, gate: str | None, spared: Collection[str]) -> None:
        gap = t - self._t > FREEZE_S and self._context is not None
        version = context.version
        news = gap or context is not self._context or version != self._version or gate != self._gate
        self._context, self._version, self._gate = context, version, gate
        if gate is not None:
            for state in self.states.values():
                if state.rule.id not in spared:
                    self._rest(state, t)
                    state.reason = Reason.GATED
            if not spared:
                return
        if news or self._any_moves:
            self._open = [ask(context) for ask in self._gates]
            self._open.append(True)  # rules without a gate have number -1
        gates = self._open
        for state, when, number, moves in self._rows:
            phase = state.phase
            if not news and phase is _RESTING and not moves:
                continue  # with nothing new, what rests goes on resting
            if gate is not None and state.rule.id not in spared:
                continue
            if gap and phase is not _RESTING:
                # Nothing was heard of the runner in between, so nothing can have held.
                self._rest(state, t)
                phase = _RESTING
            is_open = gates[number]
            if is_open is True:
                if phase is _ACTIVE:
                    self._active(state, when, t, context)
                    continue
                answer = when(context)
                if answer is False:
                    if phase is _RESTING and state.reason is _NOT_MET:
                        continue  # almost every rule on almost every tick
                    self._rest(state, t)
                    state.reason = _NOT_MET
                elif answer is True:
                    self._hold(state, t, context)
                else:
                    self._unknown(state, state.rule.when, t, context)
            elif is_open is False:
                self._rest(state, t)
                state.reason = Reason.GATED
            else:
                self._unknown(state, state.rule.only_if or state.rule.when, t, context)

    def _hold(self, state: RuleState, t: float, context: Context) -> None:
        if state.phase is _RESTING:
            state.phase, state.since = _HOLDING, t
        elif state.known_at is not None:
            state.since += t - state.known_at
        state.known_at = None
        state.reason = Reason.HOLDING
        if t - state.since >= state.rule.hold_s:
            state.phase, state.since = _ACTIVE, t
            state.episode += 1
            state.spoken_in_episode = 0
            self._want(state, t, context)

    def _active(self, state: RuleState, when: Answer, t: float, context: Context) -> None:
        until = state.rule.until
        if until is None:
            still = when(context)
        else:
            ended = until.answer(context)
            still = None if ended is None else not ended
        if still is True:
            state.known_at = None
            self._want(state, t, context)
        elif still is False:
            self._rest(state, t)
            state.reason = _NOT_MET
            self.cleared.append(state)
        else:
            self._unknown(state, until or state.rule.when, t, context)

    def _unknown(self, state: RuleState, expression: Expression, t: float, context: Context) -> None:
        """Say what is missing. A hold or an episode waits for it a moment, and says nothing meanwhile."""
        state.due = False
        if state.phase is not _RESTING:
            if state.known_at is None:
                state.known_at = self._t
            if t - state.known_at <= FREEZE_S:
                return
            self._rest(state, t)
        stale = expression.blame(context) == DATA
        state.reason = Reason.NO_FRESH_DATA if stale else Reason.BASELINE_NOT_READY

    @staticmethod
    def _rest(state: RuleState, t: float) -> None:
        state.due = False
        if state.phase is not _RESTING:
            state.phase, state.since = _RESTING, t
            state.known_at = None

    def _want(self, state: RuleState, t: float, context: Context) -> None:
        """Decide whether an active rule is due."""
        rule = state.rule
        state.due = False
        if state.pending:
            state.reason = Reason.SPOKEN
        elif state.last_heard is not None and t - state.last_heard < rule.cooldown_s:
            state.reason = Reason.COOLING_DOWN
        elif (not rule.repeat and state.spoken_in_episode) or (
            rule.limit is not None and _used_up(state, rule.limit, t, context)
        ):
            state.reason = Reason.LIMIT_REACHED
        else:
            state.reason = Reason.DUE
            state.due = True

    # ------------------------------------------------------------ what became of a cue
    def asked(self, rule_id: str, t: float) -> None:
        """Note that a cue of the rule was handed to the voice at `t`: it is not due again until heard or dropped."""
        state = self.states[rule_id]
        state.pending, state.due, state.asked_at = True, False, t

    def heard(self, rule_id: str, t: float) -> None:
        """Note that a cue of the rule began to sound at `t`: cooldown and limit count from there."""
        state = self.states[rule_id]
        state.pending, state.due = False, False
        state.last_heard = t
        state.heard_count += 1
        state.spoken_in_episode += 1
        state.heard_places.append((t, self._context.distance() if self._context is not None else None))

    def dropped(self, rule_id: str) -> None:
        """Note that the voice could not say the cue: the rule may be due again."""
        self.states[rule_id].pending = False

    # ------------------------------------------------------------ what others read
    def busy_metrics(self) -> set[str]:
        """The metrics of all rules that hold or are active: what baselines must not learn from now."""
        found: set[str] = set()
        for state, *_ in self._rows:
            if state.phase is not _RESTING:
                found |= state.rule.when.metrics
        return found

    def _why(self, state: RuleState) -> str:
        """Return the reason with its numbers, as of the last tick: ``holding (12 of 30 s): pelvic_tilt 14.2 deg > …``."""
        context, t = self._context, self._t
        rule, reason = state.rule, state.reason
        if context is None:
            return str(reason)
        match reason:
            case Reason.HOLDING:
                upto = t if state.known_at is None else state.known_at
                return f"holding ({upto - state.since:.0f} of {rule.hold_s:.0f} s): {rule.when.describe(context)}"
            case Reason.GATED:
                return f"gated: {self._gate or (rule.only_if.describe(context) if rule.only_if is not None else '')}"
            case Reason.NO_FRESH_DATA:
                # What it would be compared with is often missing too, and follows by itself once data comes.
                fresh = [m for m in _missing(rule, context) if m[0] in ("metric", "state", "distance")]
                return f"{reason}: {missing_text(fresh)}"
            case Reason.BASELINE_NOT_READY:
                return f"{reason}: {missing_text(_missing(rule, context))}"
            case Reason.COOLING_DOWN if state.last_heard is not None:
                return f"cooling down ({max(0.0, t - state.last_heard):.0f} of {rule.cooldown_s:.0f} s)"
            case Reason.LIMIT_REACHED:
                return f"limit reached: {'1 per episode' if not rule.repeat else rule.limit}"
            case Reason.NOT_MET | Reason.DUE:
                return f"{reason}: {_finding(rule, state.phase, context)}"
            case _:
                return str(reason)

    def values(self, rule_id: str) -> dict[str, float | None]:
        """Return the numbers a rule rests on now, in catalogue units, by full name."""
        if self._context is None:
            return {}
        return self.states[rule_id].rule.when.values(self._context)


def _finding(rule: Rule, phase: Phase, context: Context) -> str:
    """Describe what decided; in the band between `when` and `until`, that is `until`."""
    if phase is _ACTIVE and rule.until is not None and rule.when.evaluate(context) is not True:
        return rule.until.describe(context)
    return rule.when.describe(context)


def _missing(rule: Rule, context: Context) -> list[tuple[str, str]]:
    for expression in (rule.only_if, rule.when, rule.until):
        found = expression.missing(context) if expression is not None else []
        if found:
            return found
    return []


def _used_up(state: RuleState, limit: Limit, t: float, context: Context) -> bool:
    if len(state.heard_places) < limit.count:
        return False
    then, place = state.heard_places[0]
    match limit.per:
        case "run":
            return True
        case "hour":
            return t - then < _HOUR_S
        case "km":
            here = context.distance()
            if here is None or place is None:
                return t - then < KM_S
            return here - place < _KM_M
