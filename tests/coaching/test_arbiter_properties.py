"""Whatever happens in a run: no cap is broken, no cue falls into a closed moment, and chance is the same chance."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from cuecoach.coaching.arbiter import Arbiter
from cuecoach.coaching.programme_rules import NoPlan
from cuecoach.coaching.words_known import WordsKnown
from cuecoach.events import TICK_S, Action, Beat, Control, Decision, Event, Reading, Say, Tick
from cuecoach.rules.rule import PRIORITIES
from tests.coaching.coached import Run
from tests.coaching.test_one_voice_properties import INTERRUPTIONS, RULES, STRETCHES, events_of

GAP_S, PER_KM, PER_RUN = 15.0, 2, 5
PLANS = st.builds(
    dict,
    words=st.sampled_from([None, "explore", "anchor first", "anchor only"]),
    focus=st.sampled_from([None, "tall", "glide"]),
)
SHARES = st.sampled_from(["0 %", "30 %", "100 %"])


@dataclass
class Told:
    """A run, and at each of its ticks what was closed."""

    run: Run
    gates: dict[float, str | None] = field(default_factory=dict)

    @property
    def cues(self) -> list[Say | Beat]:
        """The sounds by which a rule corrected: the first step of a drill stands for all, the first tempo for the beat."""
        found: list[Say | Beat] = []
        for decision, sound in itertools.pairwise(self.run.actions):
            spoken = isinstance(decision, Decision) and decision.outcome == "spoken"
            if spoken and isinstance(sound, Say | Beat):
                found.append(sound)
        return found


def coached(
    events: Sequence[Event],
    *,
    withhold: str = "0 %",
    plan: dict[str, object] | None = None,
    words: WordsKnown | None = None,
    block_s: float = 1.0,
    closed: tuple[float, float] = (0.0, 0.0),
    seed: int = 0,
) -> Told:
    """Coach through events; readings come in blocks of so many seconds, as early as their block."""
    caps = {"gap": f"{GAP_S} s", "per_km": PER_KM, "per_run": PER_RUN, "praise_gap": "10 s"}
    run = Run(*RULES, caps=caps, response={"withhold": withhold}, seed=seed)
    asked = NoPlan()
    for name, value in (plan or {}).items():
        setattr(asked, name, value)
    run.coach._arbiter = Arbiter(run.coach.config, run.coach._engine, words=words, plan=asked)
    told = Told(run)
    waiting = list(events)
    while waiting or run.t < events[-1].t:
        upto = run.t + TICK_S
        ahead = (upto // block_s + 1) * block_s
        early: list[Event] = []
        now: list[Event] = []
        later: list[Event] = []
        for event in waiting:
            if isinstance(event, Reading):
                (early if event.t < ahead else later).append(event)
            else:
                (now if event.t <= upto else later).append(event)
        waiting = later
        run.t = upto
        asked.closed = asked.beat_closed = "alone" if closed[0] <= upto < closed[1] else None
        for event in [*early, *sorted([*now, *run.sound.poll(upto)], key=lambda e: e.t)]:
            run.handle(event)
        run.handle(Tick(upto))
        told.gates[upto] = run.coach.gate
    return told


def is_urgent(rule: str) -> bool:
    return any(each.id == rule and each.priority >= PRIORITIES["urgent"] for each in RULES)


@settings(max_examples=25, deadline=None)
@given(STRETCHES, INTERRUPTIONS, PLANS, SHARES, st.integers(0, 5))
def test_no_cap_is_ever_broken(stretches, interruptions, plan, withhold, seed):
    cues = coached(events_of(stretches, interruptions), plan=plan, withhold=withhold, seed=seed).cues
    form = [cue for cue in cues if not is_urgent(cue.rule)]
    # What is urgent waits for no cap, and takes room under them.
    for before, after in itertools.pairwise(cues):
        assert is_urgent(after.rule) or after.at - before.at >= GAP_S - TICK_S
    assert len(form) <= PER_RUN


@settings(max_examples=25, deadline=None)
@given(STRETCHES, INTERRUPTIONS, PLANS, SHARES)
def test_no_cue_is_decided_in_a_gated_moment_or_over_another_voice(stretches, interruptions, plan, withhold):
    events = events_of(stretches, interruptions)
    told = coached(events, plan=plan, withhold=withhold)
    assert all(told.gates[cue.t] is None for cue in told.cues)
    hushed = [e.t for e in events if isinstance(e, Control)]
    says = [a for a in told.run.actions if isinstance(a, Say)]
    for one, other in itertools.pairwise(says):
        assert other.at >= min([one.at + one.duration, *(t for t in hushed if one.t <= t)])


@settings(max_examples=20, deadline=None)
@given(STRETCHES, st.floats(0, 150), st.floats(10, 100), SHARES)
def test_outside_of_the_window_only_what_is_urgent_corrects(stretches, since, length, withhold):
    told = coached(events_of(stretches, []), withhold=withhold, closed=(since, since + length))
    inside = [cue for cue in told.cues if since <= cue.t < since + length]
    assert all(is_urgent(cue.rule) for cue in inside)


@settings(max_examples=12, deadline=None)
@given(STRETCHES, INTERRUPTIONS, PLANS, SHARES, st.sampled_from([0.25, 7.0, 60.0, 1e6]))
def test_chance_does_not_depend_on_the_size_of_blocks(stretches, interruptions, plan, withhold, block_s):
    events = events_of(stretches, interruptions)
    one = coached(events, plan=plan, withhold=withhold)
    other = coached(events, plan=plan, withhold=withhold, block_s=block_s)
    assert one.run.actions == other.run.actions
    assert one.run.coach._arbiter.words == other.run.coach._arbiter.words


@settings(max_examples=12, deadline=None)
@given(STRETCHES, PLANS, SHARES)
def test_what_is_learnt_counts_every_cue_once_at_most_and_is_kept_as_it_is(stretches, plan, withhold):
    told = coached(events_of(stretches, []), plan=plan, withhold=withhold)
    known = told.run.coach._arbiter.words
    judged = sum(tally.count for rule in known.rules.values() for tally in rule.words.values())
    held_back = sum(rule.withheld.count for rule in known.rules.values())
    actions: list[Action] = told.run.actions
    starts = [a for a in actions if isinstance(a, Decision) and a.why.startswith("withheld (0 of")]
    assert judged <= len(told.cues)
    assert held_back <= len(starts)
    assert WordsKnown.from_json(known.to_json()) == known


def test_chance_may_decide_otherwise_with_another_seed():
    events = events_of([(60, {"pelvic_tilt": 9.0, "vertical_oscillation": 90.0})], [])
    said = {
        tuple(cue.text for cue in coached(events, plan={"words": "explore"}, seed=seed).cues if isinstance(cue, Say))
        for seed in range(10)
    }
    assert len(said) > 1
