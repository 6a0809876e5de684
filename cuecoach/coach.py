"""The heart: events go in through `Coach.handle`, what is to be heard comes out. It knows no clock and does no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final, Self

from cuecoach import saving
from cuecoach.coaching import Arbiter, Gates, Guide, hurried
from cuecoach.coaching.gates import spared_by
from cuecoach.coaching.knowledge import Knowledge
from cuecoach.coaching.programme_config import planned
from cuecoach.coaching.safety import is_sore, unraised
from cuecoach.coaching.trusted import claims_of_rule, distrust
from cuecoach.coaching.zero_words import aligned_text, moved_text, odd_pose_text
from cuecoach.config import RunConfig
from cuecoach.events import (
    Action,
    AudioEvent,
    Battery,
    Control,
    Event,
    Gap,
    ImuBlock,
    Note,
    Reading,
    Reload,
    SensorState,
    Tick,
)
from cuecoach.gait import GaitAnalyser
from cuecoach.rules import Reason, Rule, RuleEngine
from cuecoach.rules.changes import find_changes
from cuecoach.signals import ANGLES, Moved, Signals

#: Whose note it is that the cue files were changed.
CUE_FILES: Final = "cues"
#: Whose note it is what became of a calibration that no sensor took part in.
CALIBRATION: Final = "calibration"


class Coach:
    """Coaches one run.

    Parameters
    ----------
    config
        How the run is set up.
    rules
        The compiled rules, of `load_cues`.
    knowledge
        What earlier runs showed of this runner; without it the run's own fresh minutes tell what is normal.
    notices
        What to say in place of the coach's own words about sensors, in another language.

    Examples
    --------
    >>> from cuecoach import Coach, load_config, load_cues
    >>> from cuecoach.events import Tick
    >>> coach = Coach(load_config(), load_cues(["posture"]))
    >>> [action.outcome for action in coach.handle(Tick(0.0))]
    ['gated']
    """

    def __init__(
        self,
        config: RunConfig,
        rules: Sequence[Rule],
        *,
        knowledge: Knowledge | None = None,
        notices: Mapping[str, str] | None = None,
    ) -> None:
        self._knowledge = knowledge or Knowledge()
        # A plan that knows its day sets up the run; one at rest changes nothing.
        learnt = {key.partition("@")[0] for key in self._knowledge.normals.known}
        config, self._programme = planned(config, self._knowledge.plan, learnt)
        if is_sore(self._knowledge.calf):
            config = unraised(config)
        self.config = config
        self._gait: dict[str, GaitAnalyser] = {}
        self._guide = Guide()
        self._gates = Gates(config.gates, race=config.race)
        self._engine = RuleEngine(())
        known = self._knowledge
        self._arbiter = Arbiter(config, self._engine, notices, words=known.words, plan=self._programme, runs=known.runs)
        self.signals = Signals(config, (), self._knowledge.normals)
        self._reloads: list[Reload] = []
        self._use(rules, 0.0)

    def _use(self, rules: Iterable[Rule], t: float) -> None:
        """Coach by these rules from `t` on."""
        self.rules = tuple(hurried(rule, self.config.hurry) for rule in rules)
        self._engine.adopt(self.rules, t)
        self.signals.learn_also(name for rule in self.rules for name in rule.metrics)
        self._rests_on_angles = any(rule.enabled and rule.metrics.intersection(ANGLES) for rule in self.rules)
        self._spared = spared_by(self.rules, race=self.config.race)
        self._claims = {rule.id: claims_of_rule(rule) for rule in self.rules}
        if self._programme is not None:
            self._programme.use(self.rules)

    @property
    def gate(self) -> str | None:
        """Why nothing may be spoken now, None when the coach is free to."""
        return self._gates.closed

    @property
    def quiet_until(self) -> float:
        """Until when the runner asked for quiet, session time in s; in the past when not."""
        return self._arbiter.muted_until

    @property
    def beat(self) -> float | None:
        """The tempo of the beat that sounds, spm; None in silence."""
        beat = self._arbiter.pilot.beat
        return None if beat is None else beat.spm

    def learned(self) -> Knowledge:
        """Return what is known of the runner after what was heard so far."""
        programme, plan = self._programme, self._knowledge.plan
        if programme is not None:
            plan = programme.learned()
        return replace(self._knowledge, normals=self.signals.learned(), words=self._arbiter.words, plan=plan)

    def save(self) -> bytes:
        """Return the whole state between two events, so that :meth:`load` gives a coach that goes on the same."""
        return saving.save(self)

    @classmethod
    def load(cls, data: bytes) -> Self:
        """Return the coach that was saved.

        Raises
        ------
        UsageError
            When the data is of another version, damaged, or holds anything else than a coach.
        """
        return saving.load(data, cls)

    def handle(self, event: Event) -> list[Action]:
        """Take in one event and return what follows from it; only ticks make cues due."""
        match event:
            case Tick():
                return self._tick(event.t)
            case ImuBlock():
                self._feel(event)
                return []
            case Reading():
                self.signals.reading(event)
                return []
            case AudioEvent():
                return self._arbiter.audio(event, self.signals)
            case SensorState():
                self.signals.sensor(event)
                if event.state in ("lost", "ended"):
                    self._guide.gone(event.source)
                return self._arbiter.announcer.sensor(event)
            case Battery():
                return self._arbiter.announcer.battery(event)
            case Control():
                if event.command == "calibrate":
                    self._guide.ask(event.t)
                return self._arbiter.control(event)
            case Reload():
                self._reloads.append(event)
                return []
            case Gap():  # for the record: what is missing is muted by its absence
                return []

    def _feel(self, block: ImuBlock) -> None:
        analyser = self._gait.get(block.source)
        if analyser is None:
            analyser = GaitAnalyser(block.place, mount=self.config.mount.axes(block.place))
            self._gait[block.source] = analyser
        calibrate_at = self._guide.begin(block.t, block.source, block.place)
        if calibrate_at is not None:
            analyser.calibrate(calibrate_at)
        update = analyser.push(block.times, block.acc, block.gyr)
        self.signals.gait(block, update.steps, update.activity, update.alignments, update.slips)
        self._guide.hear(block.source, update.calibration)

    def _adopt(self, t: float) -> list[Action]:
        """Take over cue files that changed before tick `t`.

        Strictly before it: so it does not matter whether the reload waited in front of the tick or behind it, and a replay
        of the same events decides the same.
        """
        actions: list[Action] = []
        while self._reloads and self._reloads[0].t < t:
            before = self.rules
            self._use(self._reloads.pop(0).rules, t)
            actions.append(Note(t, CUE_FILES, f"cue files reloaded: {find_changes(before, self.rules)}"))
            still = {rule.id for rule in self.rules if rule.enabled and rule.beat_s is not None}
            for rule in before:
                if rule.id not in still and self._arbiter.pilot.answers(rule.id):
                    actions += self._arbiter.pilot.silence(t, t)  # nobody asks for this beat any more
        return actions

    def _tick(self, t: float) -> list[Action]:
        reloaded = self._adopt(t)
        self.signals.advance(t, self._busy)
        sensed = self._zeros(t) + self._calibration(t)
        gate = self._gates.advance(t, self.signals, calibrating=self._guide.under_way)
        if self._programme is not None:
            self._programme.advance(t, self.signals, gate)
        self._engine.tick(t, self.signals, gate, self._spared.get(gate or "", ()))
        self._doubt()
        return reloaded + sensed + self._arbiter.decide(t, self.signals, gate)

    def _busy(self) -> set[str]:
        """The metrics that are not to be learnt from now: rules are at work on them, or a plan is."""
        busy = self._engine.busy_metrics()
        return busy if self._programme is None else busy | self._programme.frozen

    def _doubt(self) -> None:
        """Keep back what is due and asks more of its sensor than that can tell."""
        for state in self._engine.states.values():
            if state.due and (why := distrust(self._claims[state.rule.id], self.signals)) is not None:
                state.due = False
                state.override(Reason.GATED, f"{Reason.GATED}: {why}")

    def _zeros(self, t: float) -> list[Action]:
        """Tell what angles are measured from now, and that a sensor moved."""
        actions: list[Action] = []
        for news in self.signals.news:
            if isinstance(news, Moved):
                actions.append(Note(t, news.source, moved_text(news.source, news.slip, news.doubt)))
                if news.doubt is None and self._rests_on_angles:
                    actions += self._arbiter.announcer.moved(t, news.source)
            else:
                told = self.config.mount.axes(self._gait[news.source].place) is not None
                actions.append(Note(t, news.source, aligned_text(news.source, news.alignment, told=told)))
                self._arbiter.announcer.aligned(news.source)
        for source, off in self.signals.odd_poses:
            actions.append(Note(t, source, odd_pose_text(source, off)))
        return actions

    def _calibration(self, t: float) -> list[Action]:
        actions: list[Action] = []
        for guided in self._guide.advance(t):
            if guided.text:
                text = f"{guided.source}: {guided.text}" if guided.source else guided.text
                actions.append(Note(t, guided.source or CALIBRATION, text))
            if guided.say is not None:
                actions += self._arbiter.announcer.guide(t, guided.say)
        return actions
