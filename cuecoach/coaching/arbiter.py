"""The arbiter: one voice. Of the rules that are due, which may speak now, in what form, and why the others may not."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from cuecoach.coaching.announcer import Announcer
from cuecoach.coaching.beats import Beats
from cuecoach.coaching.caps import Caps
from cuecoach.coaching.ladder import Ladder
from cuecoach.coaching.ledger import Ledger, speaks_for
from cuecoach.coaching.longest_run import PastRun
from cuecoach.coaching.pilot import Pilot
from cuecoach.coaching.praise import Praise
from cuecoach.coaching.programme_rules import NoPlan, SessionRules
from cuecoach.coaching.reminder import Reminder
from cuecoach.coaching.silence import Silence
from cuecoach.coaching.speaker import Speaker
from cuecoach.coaching.supposing import asked_way
from cuecoach.coaching.withheld import Withheld
from cuecoach.coaching.words_known import WordsKnown
from cuecoach.coaching.words_learnt import WordsLearnt
from cuecoach.config import AUTO, RunConfig
from cuecoach.events import Action, AudioEvent, Beat, Control, Decision, Hush, Say
from cuecoach.rules import Reason, RuleEngine, RuleState
from cuecoach.rules.rule import PRIORITIES
from cuecoach.signals import ANGLES, Signals


class Arbiter:
    """Turns due rules into sound, one at a time and rarely.

    Parameters
    ----------
    config
        Focus, caps, metronome mode, share of withheld cues, and the seed of chance.
    engine
        The rules; the arbiter tells it what was asked for, heard and dropped.
    notices
        What to say in place of each of `NOTICES`, in another language.
    words
        What words did for this runner in earlier runs.
    plan
        What a programme asks of this run; None without one.
    runs
        The runner's runs of the last thirty days.
    """

    def __init__(
        self,
        config: RunConfig,
        engine: RuleEngine,
        notices: Mapping[str, str] | None = None,
        *,
        words: WordsKnown | None = None,
        plan: SessionRules | None = None,
        runs: Sequence[PastRun] = (),
    ) -> None:
        self._engine = engine
        self._plan: SessionRules = plan or NoPlan()
        self._caps = Caps(config.caps)
        self._ledger = Ledger()
        self._learnt = WordsLearnt(words, config.seed)
        self._ladder = Ladder(self._learnt, self._plan)
        self._withheld = Withheld(self._learnt, config.response.withhold / 100.0)
        self._gate: str | None = None
        delay_s = 0.0 if config.sound.delay == AUTO else float(config.sound.delay)
        self.pilot = Pilot(config.metronome, config.beat.steps, delay_s)
        self._speaker = Speaker(self.pilot, engine, delay_s)
        self._beats = Beats(self.pilot, self._plan)
        self._praise = Praise(self._speaker, self._caps)
        about = (self._plan, self._caps, self._ladder, self._withheld, self._speaker, self.pilot)
        self._silence = Silence(config.focus, *about)
        self._reminder = Reminder(self._plan, self._learnt, self._speaker, self._ledger)
        #: Says what no rule says.
        self.announcer = Announcer(self._speaker, notices, runs)

    @property
    def words(self) -> WordsKnown:
        """What is known of the runner's words now."""
        return self._learnt.known

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
            state = self._engine.states[say.rule]
            self._ladder.heard(state, event.t, signals, say.text)
            self._withheld.muddle(state.rule)
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
        actions += self.pilot.silence(event.t, self.muted_until)
        return [*actions, *self.announcer.answer(event)]

    # ------------------------------------------------------------ every tick
    def decide(self, t: float, signals: Signals, gate: str | None) -> list[Action]:
        """Return what is to be heard from tick `t` on, every change of a rule's reason, and what cues did, once judged."""
        actions: list[Action] = [*self.pilot.advance(t, signals, gate), *self._beats.end(t)]
        self._beats.tell(signals)
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
        actions += self.announcer.advance(t)
        silent = gate is not None or t < self.muted_until
        for state in self._engine.cleared:
            self._ladder.mended(state.rule, t, signals)
            self._withheld.mended(state.rule, t, signals)
            actions += self._praise.mended(t, state, silent=silent)
        self._ladder.advance(t, self._engine.states, signals)
        self._withheld.advance(t, self._engine.states, signals)
        actions += self._praise.owed(t, self._engine.states, silent=silent)
        if t >= self.muted_until:
            actions += self._reminder.advance(t, self._engine.states.values(), signals, gate)
        actions += self._choose(t, [s for s in self._engine.states.values() if s.due], signals)
        return [*actions, *self._ladder.news(), *self._withheld.news()]

    def _choose(self, t: float, due: list[RuleState], signals: Signals) -> list[Action]:
        actions: list[Action] = []
        allowed: list[RuleState] = []
        for state in due:
            against = self._silence.against(t, state, signals, self.muted_until)
            if against is None:
                allowed.append(state)
            else:
                # Which limit it is matters: a rule's own may end while one of all rules goes on.
                about = against[1] if against[0] is Reason.LIMIT_REACHED else ""
                actions += self._note(t, state, *against, signals, about=about)
        allowed.sort(key=lambda s: (-s.rule.priority, -math.inf if s.last_heard is None else s.last_heard, s.rule.id))
        while allowed and (unsaid := self._unsaid(t, allowed[0], signals)):
            actions += unsaid
            del allowed[0]
        if not allowed:
            return actions
        winner, *others = allowed
        if self._speaker.busy(t):  # by the word about the sensor, just now
            for state in allowed:
                actions += self._note(t, state, Reason.TOO_SOON, str(Reason.TOO_SOON), signals)
            return actions
        for state in others:
            actions += self._note(t, state, Reason.OUTRANKED, f"outranked by {winner.rule.id}", signals)
        return actions + self._answer(t, winner, signals)

    def _unsaid(self, t: float, state: RuleState, signals: Signals) -> list[Action]:
        """Return what is done in place of a cue that may be spoken: its rule gives up, or it is withheld; empty for neither."""
        rule = state.rule
        if self._ladder.gives_up(t, state, signals):
            given_up = self._record(t, state, Reason.NO_CHANGE, self._ladder.silent(rule) or "", signals)
            # A clip that sits loose makes all words fail: ask to look at it, where angles come from a sensor.
            worn = rule.metric in ANGLES and bool(signals.origin(rule.metric))
            return [given_up, *(self.announcer.check(t) if worn else [])]
        if rule.priority < PRIORITIES["urgent"] and self._withheld.draws(t, rule, signals):
            return [self._record(t, state, Reason.WITHHELD, self._withheld.waits(t, rule.id) or "", signals)]
        return []

    def _answer(self, t: float, state: RuleState, signals: Signals) -> list[Action]:
        """Lay a beat if the rule asks for one and none was tried in this episode; else speak."""
        rule = state.rule
        why = speaks_for(state, signals)
        sound: Say | Beat | None = self._beats.lay(t, state, signals)
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
            self._ladder.beaten(rule, sound.at, signals)
            self._withheld.muddle(rule)
        else:
            self._plan.helped(sound.at + sound.duration)
        return [spoken, sound]

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
        if not self._ledger.differs(state.rule.id, reason, about):
            return []
        return [self._record(t, state, reason, why, signals, about=about)]

    def _record(
        self, t: float, state: RuleState, reason: Reason, why: str, signals: Signals, *, about: str = ""
    ) -> Decision:
        rule = state.rule
        return self._ledger.record(t, rule.id, reason, why, about=about, values=rule.when.values(signals))
