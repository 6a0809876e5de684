"""The arbiter: one voice. Of the rules that are due, which may speak now, in what form, and why the others may not."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from cuecoach.coaching.announcer import Announcer
from cuecoach.coaching.caps import Caps
from cuecoach.coaching.ladder import Ladder
from cuecoach.coaching.ledger import Ledger
from cuecoach.coaching.pilot import Pilot
from cuecoach.coaching.response import asked_way
from cuecoach.coaching.speaker import Speaker
from cuecoach.config import AUTO, RunConfig
from cuecoach.events import Action, AudioEvent, Beat, Control, Hush, Say
from cuecoach.rules import Phase, Reason, RuleEngine, RuleState
from cuecoach.rules.rule import PRIORITIES
from cuecoach.signals import ANGLES, Signals

#: Praise belongs to the cue that earned it: said no later than this after it, s.
PRAISE_WITHIN_S: Final = 120.0


class Arbiter:
    """Turns due rules into sound, one at a time and rarely.

    Parameters
    ----------
    config
        Focus, caps and metronome mode.
    engine
        The rules; the arbiter tells it what was asked for, heard and dropped.
    notices
        What to say in place of each of `NOTICES`, in another language.
    """

    def __init__(self, config: RunConfig, engine: RuleEngine, notices: Mapping[str, str] | None = None) -> None:
        self._focus = config.focus
        self._engine = engine
        self._caps = Caps(config.caps)
        self._ledger = Ledger()
        self._ladder = Ladder()
        self._beat_tried: dict[str, int] = {}
        self._gate: str | None = None
        #: Mended while its drill was still being said: praise comes after the last step.
        self._owed: RuleState | None = None
        delay_s = 0.0 if config.sound.delay == AUTO else float(config.sound.delay)
        self.pilot = Pilot(config.metronome, config.beat.steps, delay_s)
        self._speaker = Speaker(self.pilot, engine, delay_s)
        #: Says what no rule says.
        self.announcer = Announcer(self._speaker, notices)

    @property
    def muted_until(self) -> float:
        """The runner asked for quiet until then, session time in s."""
        return self.announcer.muted_until

    # ------------------------------------------------------------ what comes in between ticks
    def audio(self, event: AudioEvent, signals: Signals) -> list[Action]:
        """What became of a phrase: cooldowns count from the moment it is heard."""
        if event.kind == "dropped":
            return self._dropped(event.t, event.id)
        if event.kind == "ended":
            self._speaker.voice.answered(event.id)
            return []
        say = self._speaker.voice.began(event.id)
        if say is not None and say.kind == "cue" and say.rule in self._engine.states:
            self._expect_answer(event.t, say.rule, signals)
        if say is not None and self._counts(say):
            self._heard(say.rule, event.t, signals)
            self._ladder.heard(self._engine.states[say.rule], event.t, signals)
        return []

    def control(self, event: Control) -> list[Action]:
        """The runner's own word always works."""
        if not self.announcer.control(event):
            return []
        actions: list[Action] = []
        if self._speaker.voice.busy(event.t):
            actions.append(Hush(event.t, event.t))
        self._speaker.voice.free_at = min(self._speaker.voice.free_at, event.t)
        cut = self._speaker.stop_drill()
        if cut is not None:
            actions.append(self._ledger.record(event.t, cut, Reason.MUTED, f"{Reason.MUTED}: its drill was cut short"))
        return [*actions, *self.pilot.silence(event.t, self.muted_until)]

    # ------------------------------------------------------------ every tick
    def decide(self, t: float, signals: Signals, gate: str | None) -> list[Action]:
        """Return what is to be heard from tick `t` on, and every change of a rule's reason."""
        actions: list[Action] = list(self.pilot.advance(t, signals, gate))
        signals.beating, signals.led = self.pilot.beating, self.pilot.leads(signals)
        for sound_id in self._speaker.voice.overdue(t):
            actions += self._dropped(t, sound_id)
        if gate != self._gate:
            self._gate = gate
            for state in self._engine.states.values():
                if state.reason is Reason.GATED:  # still, and by something else
                    actions += self._note(t, state, state.reason, state.detail, signals, about=gate or "")
        for state in self._engine.changed:
            if state.reason is not Reason.DUE:
                actions += self._note(t, state, state.reason, state.detail, signals, about=gate or "")
        actions += self._speaker.go_on(t)
        for state in self._engine.cleared:
            self._ladder.mended(state.rule)
            if self._speaker.drilling == state.rule.id:
                self._owed = state
            else:
                actions += self._praise(t, state, gate)
        self._ladder.advance(t, self._engine.states, signals)
        if self._owed is not None and self._speaker.drilling is None:
            owed, self._owed = self._owed, None
            if owed.rule.id in self._engine.states:  # the files may have changed since
                actions += self._praise(t, owed, gate)
        return actions + self._choose(t, [s for s in self._engine.states.values() if s.due], signals)

    def _choose(self, t: float, due: list[RuleState], signals: Signals) -> list[Action]:
        actions: list[Action] = []
        allowed: list[RuleState] = []
        for state in due:
            against = self._against(t, state, signals)
            if against is None:
                allowed.append(state)
            else:
                # Which limit it is matters: a rule's own may end while one of all rules goes on.
                about = against[1] if against[0] is Reason.LIMIT_REACHED else ""
                actions += self._note(t, state, *against, signals, about=about)
        allowed.sort(key=lambda s: (-s.rule.priority, -math.inf if s.last_heard is None else s.last_heard, s.rule.id))
        while allowed and self._ladder.gives_up(t, allowed[0], signals):
            silent = allowed.pop(0)
            actions += self._note(t, silent, Reason.NO_CHANGE, self._ladder.silent(silent.rule) or "", signals)
        if not allowed:
            return actions
        winner, *others = allowed
        for state in others:
            actions += self._note(t, state, Reason.OUTRANKED, f"outranked by {winner.rule.id}", signals)
        return actions + self._answer(t, winner, signals)

    def _against(self, t: float, state: RuleState, signals: Signals) -> tuple[Reason, str] | None:
        """Return what keeps a due rule silent, None when it may speak."""
        if t < self.muted_until:
            return Reason.MUTED, str(Reason.MUTED)
        # What is urgent waits for no focus and no cap: pain is asked about before any word on form (docs/science.md, SAF-7).
        urgent = state.rule.priority >= PRIORITIES["urgent"]
        if not urgent and self._focus not in ("all", state.rule.focus):
            return Reason.NOT_IN_FOCUS, str(Reason.NOT_IN_FOCUS)
        silent = self._ladder.silent(state.rule)
        if silent is not None:
            return Reason.NO_CHANGE, silent
        if self._speaker.busy(t) or self.pilot.answers(state.rule.id):
            return Reason.TOO_SOON, str(Reason.TOO_SOON)
        return None if urgent else self._caps.against_correction(t, signals.distance())

    def _answer(self, t: float, state: RuleState, signals: Signals) -> list[Action]:
        """Lay a beat if the rule asks for one and none was tried in this episode; else speak."""
        rule = state.rule
        why = _why(state, signals)
        sound: Say | Beat | None = self._lay_beat(t, state, signals)
        if sound is None:
            step = self._ladder.next(state)
            if step is None:
                return self._note(t, state, Reason.DUE, "no beat may be laid now, and the rule has no words", signals)
            why = f"{why}; {step.because}" if step.because else why
            sound = self._speaker.correct(t, rule.id, step.texts)
        self._caps.corrected(sound.at, signals.distance())
        self._engine.asked(rule.id, t)
        text = sound.text if isinstance(sound, Say) else f"beat at {sound.spm:g} spm"
        spoken = self._ledger.record(t, rule.id, Reason.SPOKEN, why, text=text, values=rule.when.values(signals))
        if isinstance(sound, Beat):
            # A beat's first click is the coach's own doing; words are heard when the voice says so.
            self._heard(rule.id, sound.at, signals)
        return [spoken, sound]

    def _lay_beat(self, t: float, state: RuleState, signals: Signals) -> Beat | None:
        rule = state.rule
        tried = self._beat_tried.get(rule.id) == state.episode
        if rule.beat_s is None or tried or not self.pilot.offers_beat:
            return None
        self._beat_tried[rule.id] = state.episode
        beat = self.pilot.lay(t, rule.id, rule.beat_s, signals)
        signals.beating, signals.led = self.pilot.beating, self.pilot.leads(signals)
        return beat

    def _praise(self, t: float, state: RuleState, gate: str | None) -> list[Action]:
        rule = state.rule
        cued = state.spoken_in_episode > 0 and state.last_heard is not None
        recent = cued and t - (state.last_heard or 0.0) <= PRAISE_WITHIN_S
        silent = gate is not None or t < self.muted_until or self._speaker.busy(t) or state.phase is Phase.ACTIVE
        if rule.praise is None or not recent or silent or not self._caps.may_praise(t):
            return []
        self._caps.praised(t)
        return [self._speaker.say(t, rule.id, rule.praise, "praise")]

    def _counts(self, say: Say) -> bool:
        """Whether a phrase is a correction of its own, and not a later step of a drill."""
        return say.kind == "cue" and say.rule in self._engine.states and not self._speaker.is_later_step(say)

    def _dropped(self, t: float, sound_id: int) -> list[Action]:
        say = self._speaker.voice.answered(sound_id)
        if say is None or say.kind != "cue" or say.rule not in self._engine.states:
            return []
        if self._counts(say):
            self._engine.dropped(say.rule)
            self._caps.withdrawn(say.at)
        self._speaker.drill_dropped(say)
        muted = t < self.muted_until
        reason, why = (Reason.MUTED, str(Reason.MUTED)) if muted else (Reason.EXPIRED, "it could not start in time")
        return [self._ledger.record(t, say.rule, reason, why, text=say.text)]

    def _heard(self, rule: str, t: float, signals: Signals) -> None:
        self._engine.heard(rule, t)
        metric = self._engine.states[rule].rule.metric
        if metric is not None:
            signals.cued(metric)

    def _expect_answer(self, t: float, rule_id: str, signals: Signals) -> None:
        """The runner may answer at once, so that a sudden change of the angles is no slip."""
        rule = self._engine.states[rule_id].rule
        for metric in sorted(rule.when.metrics.intersection(ANGLES)):
            signals.asked(metric, t, asked_way(rule, metric, signals))

    def _note(
        self, t: float, state: RuleState, reason: Reason, why: str, signals: Signals, *, about: str = ""
    ) -> list[Action]:
        """Record why a rule is silent, if that is news."""
        rule = state.rule
        if not self._ledger.differs(rule.id, reason, about):
            return []
        return [self._ledger.record(t, rule.id, reason, why, about=about, values=rule.when.values(signals))]


def _why(state: RuleState, signals: Signals) -> str:
    """Return what speaks for a cue: the fault, or, when it has eased since, that it is not mended."""
    rule = state.rule
    if rule.until is not None and rule.when.evaluate(signals) is not True:
        return f"not mended: {rule.until.describe(signals)}"
    return f"{rule.when.describe(signals)} for {rule.hold_s:.0f} s"
