"""Moves every rule through its life, tick by tick; who of the due ones speaks is decided elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from cuecoach.rules.asking import Ask, Asking
from cuecoach.rules.changes import same_life
from cuecoach.rules.context import Context
from cuecoach.rules.expression import Expression
from cuecoach.rules.life import FREEZE_S, fall_short, forgives, go_on, hold, miss
from cuecoach.rules.rule import Rule
from cuecoach.rules.state import Phase, Reason, RuleState
from cuecoach.rules.why import why

_RESTING, _HOLDING, _ACTIVE = Phase.RESTING, Phase.HOLDING, Phase.ACTIVE
_NOT_MET = Reason.NOT_MET


@dataclass(slots=True)
class _Row:
    """A rule at work: its state, what it asks of the moment, and the number of its gate, -1 for none."""

    state: RuleState
    gate: int
    moves: bool
    when: Ask
    until: Ask | None

    def still(self) -> bool | None:
        """Whether the fault of an active rule is there."""
        if self.until is None:
            return self.when()
        ended = self.until()
        return None if ended is None else not ended


class RuleEngine:
    """The rules of a run and where each is in its life. No clock, no chance: the same ticks give the same states.

    Call :meth:`tick` on every tick; read :attr:`changed` and :attr:`cleared`, choose among the states that are `due`, and call
    :meth:`asked` for the one handed to the voice. Report what became of its sound with :meth:`heard` and :meth:`dropped`.
    Between ticks, :meth:`adopt` puts other rules in place of these.

    Parameters
    ----------
    rules
        The rules; disabled ones are left out.

    Attributes
    ----------
    states
        Every rule's state by id, in the order of the rules; last, rules that are gone while their cue is with the voice.
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
        #: This gate holds back every rule, and did so at the last tick.
        self._shut = False
        self._t = float("-inf")
        self._context: Context | None = None
        self._asking: Asking | None = None
        self._version: int | None = None
        self._rows: list[_Row] = []
        #: Those that may change with nothing new, but for what came to rest meanwhile.
        self._awake: list[_Row] = []
        #: The gates by their text: rules of one file mostly share theirs, so it is asked once a tick.
        self._gates: dict[str, Expression] = {}
        self._gate_asks: list[Ask] = []
        self._open: list[bool | None] = []
        #: Rules that were taken out, by id: one that comes back finds its cooldown and its limit again.
        self._gone: dict[str, RuleState] = {}
        self._leaving: list[RuleState] = []
        self.adopt(rules, 0.0)

    def adopt(self, rules: Iterable[Rule], t: float) -> None:
        """Put these rules in place of those before, between ticks, at `t` [s].

        A rule whose `when`, `for`, `until` and `only_if` are as before goes on as if nothing had happened. Another, and one
        that comes back, starts resting and keeps what was heard of it, so no reload makes a cooldown or a limit shorter.
        """
        known = {**self._gone, **self.states}
        running = {row.state.rule.id for row in self._rows}
        self.states, self._rows, self._gates, self._leaving = {}, [], {}, []
        self.changed, self.cleared = [], []
        for rule in rules:
            if not rule.enabled:
                continue
            state = known.pop(rule.id, None) or RuleState(rule, self._why)
            if rule.id not in running or not same_life(state.rule, rule):
                state.rest(t)
                state.reason = _NOT_MET
            state.rule = rule
            self.states[rule.id] = state
            gate = -1
            if rule.only_if is not None:
                self._gates.setdefault(rule.only_if.text, rule.only_if)
                gate = list(self._gates).index(rule.only_if.text)
            self._rows.append(_Row(state, gate, rule.moves, _unasked, None))
        self._any_moves = any(row.moves for row in self._rows)
        self._gone = known
        for state in known.values():
            state.rest(t)
            if state.pending:  # its cue may still be heard, and that counts
                state.reason = state.reported = Reason.SPOKEN
                self.states[state.rule.id] = state
                self._leaving.append(state)
        self._asking = None
        self._version = None  # the gates are others: ask them again
        self._shut = False

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
        self._see_off()
        self._advance(t, context, gate, spared)
        self._t = t
        self.changed = changed = [s for s in self.states.values() if s.reason is not s.reported]
        for state in changed:
            state.reported = state.reason

    def _advance(self, t: float, context: Context, gate: str | None, spared: Collection[str]) -> None:
        if self._shut and gate == self._gate and not spared and context is self._context:
            return  # every rule rests, and for the same reason
        gap = t - self._t > FREEZE_S and self._context is not None
        version = context.version
        news = gap or context is not self._context or version != self._version or gate != self._gate
        self._context, self._version, self._gate = context, version, gate
        asking = self._asking
        if asking is None or not asking.binds(context):
            asking = self._asking = self._bind(context)
        asking.forget()
        if gate is not None:
            for row in self._rows:
                state = row.state
                if state.rule.id not in spared:
                    state.rest(t)
                    state.reason = Reason.GATED
        self._shut = gate is not None and not spared
        if self._shut:
            return
        if news or self._any_moves:
            self._open = [ask() for ask in self._gate_asks]
            self._open.append(True)  # rules without a gate have number -1
        gates = self._open
        # With nothing new, what rests goes on resting.
        for row in self._rows if news else [row for row in self._awake if row.moves or row.state.phase is not _RESTING]:
            state = row.state
            phase = state.phase
            if gate is not None and state.rule.id not in spared:
                continue
            if gap and phase is not _RESTING:
                # Nothing was heard of the runner in between, so nothing can have held.
                state.rest(t)
                phase = _RESTING
            is_open = gates[row.gate]
            if is_open is True:
                if phase is _ACTIVE:
                    if go_on(state, row.still(), t, self._t, context):
                        self.cleared.append(state)
                    continue
                answer = row.when()
                if answer is False:
                    if phase is _RESTING and state.reason is _NOT_MET:
                        continue  # almost every rule on almost every tick
                    between = phase is _HOLDING and row.until is not None and row.until() is False
                    if not (between and forgives(state, t, self._t)):
                        fall_short(state, t)
                elif answer is True:
                    hold(state, t, context)
                else:
                    miss(state, state.rule.when, t, self._t, context)
            elif is_open is False:
                state.rest(t)
                state.reason = Reason.GATED
            else:
                miss(state, state.rule.only_if or state.rule.when, t, self._t, context)
        if news:
            self._awake = [row for row in self._rows if row.moves or row.state.phase is not _RESTING]

    def _bind(self, context: Context) -> Asking:
        """Let the rules ask this context."""
        asking = Asking(context)
        self._gate_asks = [asking.bind(expression) for expression in self._gates.values()]
        for row in self._rows:
            rule = row.state.rule
            row.when = asking.bind(rule.when)
            row.until = None if rule.until is None else asking.bind(rule.until)
        return asking

    def _see_off(self) -> None:
        """Let go of the rules that were taken out while their cue was with the voice, once it has answered."""
        for state in [state for state in self._leaving if not state.pending]:
            self._leaving.remove(state)
            del self.states[state.rule.id]

    # ------------------------------------------------------------ what became of a cue
    def asked(self, rule_id: str, t: float) -> None:
        """Note that a cue of the rule was handed to the voice at `t`: it is not due again until heard or dropped."""
        state = self.states[rule_id]
        state.pending, state.due, state.asked_at = True, False, t

    def heard(self, rule_id: str, t: float) -> None:
        """Note that a cue of the rule began to sound at `t`: cooldown and limit count from there."""
        self.states[rule_id].heard(t, self._context.distance() if self._context is not None else None)

    def dropped(self, rule_id: str) -> None:
        """Note that the voice could not say the cue: the rule may be due again."""
        self.states[rule_id].pending = False

    # ------------------------------------------------------------ what others read
    def busy_metrics(self) -> set[str]:
        """The metrics of all rules that hold or are active: what baselines must not learn from now."""
        found: set[str] = set()
        for row in self._rows:
            if row.state.phase is not _RESTING:
                found |= row.state.rule.when.metrics
        return found

    def _why(self, state: RuleState) -> str:
        """Return the reason with its numbers, as of the last tick."""
        return str(state.reason) if self._context is None else why(state, self._t, self._context, self._gate)

    def values(self, rule_id: str) -> dict[str, float | None]:
        """Return the numbers a rule rests on now, in catalogue units, by full name."""
        if self._context is None:
            return {}
        return self.states[rule_id].rule.when.values(self._context)


def _unasked() -> bool | None:
    """Nothing is known before a context is there."""
    return None
