"""The arbiter: one voice. Of the rules that are due, which may speak now, in what form, and why the others may not."""

from __future__ import annotations

import math
from typing import Final

from cuecoach.coaching.caps import Caps
from cuecoach.coaching.ledger import Ledger
from cuecoach.coaching.pilot import Pilot
from cuecoach.coaching.voice import AFTER_CLICK_S, Voice, Wording
from cuecoach.config import RunConfig
from cuecoach.events import Action, AudioEvent, Battery, Beat, Control, Hush, Note, Say, SensorState
from cuecoach.rules import Reason, RuleEngine, RuleState
from cuecoach.signals import Signals

#: Praise belongs to the cue that earned it: said no later than this after it, s.
PRAISE_WITHIN_S: Final = 120.0

SENSOR_LOST: Final = "Sensor lost"
SENSOR_BACK: Final = "Sensor back"
BATTERY_LOW: Final = "Sensor battery low"
#: Everything the coach may say that no rule says.
NOTICES: Final = (SENSOR_LOST, SENSOR_BACK, BATTERY_LOW)
#: A battery at or below this may not last the run, %.
BATTERY_LOW_PERCENT: Final = 15.0


class Arbiter:
    """Turns due rules into sound, one at a time and rarely.

    Parameters
    ----------
    config
        Focus, caps and metronome mode.
    engine
        The rules; the arbiter tells it what was asked for, heard and dropped.
    """

    def __init__(self, config: RunConfig, engine: RuleEngine) -> None:
        self._focus = config.focus
        self._engine = engine
        self._caps = Caps(config.caps)
        self._ledger = Ledger()
        self._voice = Voice()
        self._wording = Wording()
        #: The runner asked for quiet until then, session time in s.
        self.muted_until = -math.inf
        self._beat_tried: dict[str, int] = {}
        self._lost: set[str] = set()
        self._drained: set[str] = set()
        self._gate: str | None = None
        self.pilot = Pilot(config.metronome)

    # ------------------------------------------------------------ what comes in between ticks
    def audio(self, event: AudioEvent, signals: Signals) -> list[Action]:
        """What became of a phrase: cooldowns count from the moment it is heard."""
        say = self._voice.asked(event.id) if event.kind == "started" else self._voice.answered(event.id)
        if say is None or say.rule not in self._engine.states:
            return []
        if event.kind == "started" and say.kind == "cue":
            self._heard(say.rule, event.t, signals)
        elif event.kind == "dropped" and say.kind == "cue":
            self._engine.dropped(say.rule)
            muted = event.t < self.muted_until
            reason, why = (Reason.MUTED, str(Reason.MUTED)) if muted else (Reason.EXPIRED, "it could not start in time")
            return [self._ledger.record(event.t, say.rule, reason, why, text=say.text)]
        return []

    def control(self, event: Control) -> list[Action]:
        """The runner's own word always works."""
        if event.command == "speak":
            self.muted_until = -math.inf
        else:
            self.muted_until = math.inf if event.for_s is None else event.t + event.for_s
        hush = [Hush(event.t, event.t)] if self._voice.busy(event.t) else []
        self._voice.free_at = min(self._voice.free_at, event.t)
        return [*hush, *self.pilot.silence(event.t, self.muted_until)]

    def sensor(self, event: SensorState) -> list[Action]:
        """Say once that a sensor was lost, and once that it is back."""
        if event.state == "lost" and event.source not in self._lost:
            self._lost.add(event.source)
            return self._notice(event.t, SENSOR_LOST)
        if event.state in ("back", "streaming") and event.source in self._lost:
            self._lost.discard(event.source)
            return self._notice(event.t, SENSOR_BACK)
        return []

    def battery(self, event: Battery) -> list[Action]:
        """Say once a run and sensor that its battery is low."""
        if event.percent > BATTERY_LOW_PERCENT or event.source in self._drained:
            return []
        self._drained.add(event.source)
        told = Note(event.t, event.source, f"the battery of the {event.source} sensor is at {event.percent:.0f} %")
        return [told, *self._notice(event.t, BATTERY_LOW)]

    # ------------------------------------------------------------ every tick
    def decide(self, t: float, signals: Signals, gate: str | None) -> list[Action]:
        """Return what is to be heard from tick `t` on, and every change of a rule's reason."""
        actions: list[Action] = list(self.pilot.advance(t, signals, gate))
        signals.beating, signals.led = self.pilot.beating, self.pilot.leads(signals)
        if gate != self._gate:
            self._gate = gate
            for state in self._engine.states.values():
                if state.reason is Reason.GATED:  # still, and by something else
                    actions += self._note(t, state, state.reason, state.detail, signals, about=gate or "")
        for state in self._engine.changed:
            if state.reason is not Reason.DUE:
                actions += self._note(t, state, state.reason, state.detail, signals, about=gate or "")
        for state in self._engine.cleared:
            actions += self._praise(t, state, gate)
        return actions + self._choose(t, [s for s in self._engine.states.values() if s.due], signals)

    def _choose(self, t: float, due: list[RuleState], signals: Signals) -> list[Action]:
        if not due:
            return []
        actions: list[Action] = []
        allowed: list[RuleState] = []
        for state in due:
            against = self._against(t, state, signals)
            if against is None:
                allowed.append(state)
            else:
                actions += self._note(t, state, against, str(against), signals)
        if not allowed:
            return actions
        allowed.sort(key=lambda s: (-s.rule.priority, -math.inf if s.last_heard is None else s.last_heard, s.rule.id))
        winner, *others = allowed
        for state in others:
            actions += self._note(t, state, Reason.OUTRANKED, f"outranked by {winner.rule.id}", signals)
        return actions + self._answer(t, winner, signals)

    def _against(self, t: float, state: RuleState, signals: Signals) -> Reason | None:
        """Return what keeps a due rule silent, None when it may speak."""
        if t < self.muted_until:
            return Reason.MUTED
        if self._focus not in ("all", state.rule.focus):
            return Reason.NOT_IN_FOCUS
        if self._voice.busy(t) or self.pilot.answers(state.rule.id):
            return Reason.TOO_SOON
        return self._caps.against_correction(t, signals.distance())

    def _answer(self, t: float, state: RuleState, signals: Signals) -> list[Action]:
        """Lay a beat if the rule asks for one and none was tried in this episode; else speak."""
        rule = state.rule
        sound = self._lay_beat(t, state, signals)
        if sound is None and rule.say:
            at = self.pilot.after_click(max(t, self._voice.free_at), AFTER_CLICK_S)
            sound = self._voice.say(t, at, rule.id, self._wording.next(rule.id, rule.say), "cue")
        if sound is None:
            return self._note(t, state, Reason.DUE, "no beat may be laid now, and the rule has no words", signals)
        self._caps.corrected(sound.at, signals.distance())
        self._engine.asked(rule.id, t)
        text = sound.text if isinstance(sound, Say) else f"beat at {sound.spm:g} spm"
        why = f"{rule.when.describe(signals)} for {rule.hold_s:.0f} s"
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
        self._wording.helped(rule.id)
        cued = state.spoken_in_episode > 0 and state.last_heard is not None
        recent = cued and t - (state.last_heard or 0.0) <= PRAISE_WITHIN_S
        silent = gate is not None or t < self.muted_until or self._voice.busy(t)
        if rule.praise is None or not recent or silent or not self._caps.may_praise(t):
            return []
        self._caps.praised(t)
        say = self._voice.say(t, self.pilot.after_click(t, AFTER_CLICK_S), rule.id, rule.praise, "praise")
        return [say]

    def _notice(self, t: float, text: str) -> list[Action]:
        if t < self.muted_until:
            return []
        return [self._voice.say(t, self.pilot.after_click(t, AFTER_CLICK_S), "sensor", text, "notice")]

    def _heard(self, rule: str, t: float, signals: Signals) -> None:
        self._engine.heard(rule, t)
        metric = self._engine.states[rule].rule.metric
        if metric is not None:
            signals.cued(metric)

    def _note(
        self, t: float, state: RuleState, reason: Reason, why: str, signals: Signals, *, about: str = ""
    ) -> list[Action]:
        """Record why a rule is silent, if that is news."""
        rule = state.rule
        if not self._ledger.differs(rule.id, reason, about):
            return []
        return [self._ledger.record(t, rule.id, reason, why, about=about, values=rule.when.values(signals))]
