"""Whatever happens in a run: one voice at a time, quiet is quiet, and the same input decides the same."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from cuecoach.events import (
    TICK_S,
    Action,
    AudioEvent,
    Battery,
    Control,
    Decision,
    Event,
    Reading,
    Say,
    SensorState,
    Tick,
)
from cuecoach.rules import Rule
from cuecoach.rules.rule import NoChange, Recording
from tests.coaching.coached import USUAL, Run, rule, slouch

RULES = (
    slouch(cooldown_s=12.0),
    rule(
        "glide",
        "vertical_oscillation > baseline + 8 %",
        say=("Glide", "Low ceiling above you"),
        priority=3,
        praise="Smooth",
        if_no_change=NoChange(drill=("Ten silent steps", "Keep that quiet")),
        recordings={"Ten silent steps": Recording("ten.wav", 4.5)},
    ),
    rule("quick", "cadence < target - 3 %", until="cadence >= target - 1 %", beat_s=20.0, say=("Quick", "Hot coals")),
)

#: A stretch of the run: its length, s, and what is measured in it.
STRETCHES = st.lists(
    st.tuples(
        st.integers(1, 60),
        st.fixed_dictionaries(
            {
                "cadence": st.sampled_from([110.0, 158.0, 160.0, 170.0]),
                "speed": st.sampled_from([1.4, 3.0]),
                "pelvic_tilt": st.sampled_from([4.0, 6.0, 7.5, 9.0, None]),
                "vertical_oscillation": st.sampled_from([90.0, 110.0]),
            }
        ),
    ),
    min_size=2,
    max_size=8,
)
INTERRUPTIONS = st.lists(
    st.tuples(
        st.floats(0, 240),
        st.one_of(
            st.sampled_from([("speak", None), ("quiet", None)]),
            st.tuples(st.just("quiet"), st.floats(0.5, 60)),
            st.sampled_from(
                [("lost", "heart"), ("back", "heart"), ("battery", "heart"), ("stale", "pod"), ("back", "pod")]
            ),
        ),
    ),
    max_size=6,
)


def interruption(t: float, what: tuple[str, object]) -> Event:
    """Return the event of an interruption."""
    word, about = what
    if word in ("quiet", "speak"):
        return Control(t, word, about)  # type: ignore[arg-type]
    if word == "battery":
        return Battery(t, str(about), 9.0)
    return SensorState(t, str(about), word)  # type: ignore[arg-type]


def events_of(stretches: list, interruptions: list) -> list[Event]:
    """Return the readings, one a second, and the interruptions, in order of time."""
    events: list[Event] = []
    t = 0.0
    # Something to begin with, so that rules get somewhere.
    for seconds, values in [(20, {}), (60, {"pelvic_tilt": 9.0, "vertical_oscillation": 110.0}), *stretches]:
        for _ in range(seconds):
            t += 1.0
            told = {name: v for name, v in {**USUAL, **values}.items() if v is not None}
            events.append(Reading(t, "pod", told))
    events += [interruption(at, what) for at, what in interruptions if at <= t]
    return sorted(events, key=lambda event: event.t)


def coached(events: Sequence[Event], block_s: float = 1.0, rules: Sequence[Rule] = RULES) -> list[Action]:
    """Coach through events; readings come in blocks of so many seconds, as early as their block."""
    run = Run(*rules)
    waiting = list(events)
    end = waiting[-1].t
    while run.t < end:
        upto = run.t + TICK_S
        ahead = (upto // block_s + 1) * block_s
        early = [e for e in waiting if isinstance(e, Reading) and e.t < ahead]
        now = [e for e in waiting if not isinstance(e, Reading) and e.t <= upto]
        waiting = [e for e in waiting if e not in early and e not in now]
        run.t = upto
        for event in [*early, *sorted([*now, *run.sound.poll(upto)], key=lambda e: e.t)]:
            run.handle(event)
        run.handle(Tick(upto))
    return run.actions


@settings(max_examples=25, deadline=None)
@given(STRETCHES, INTERRUPTIONS)
def test_no_two_phrases_overlap(stretches, interruptions):
    actions = coached(events_of(stretches, interruptions))
    cut = [e.t for e in events_of(stretches, interruptions) if isinstance(e, Control)]
    says = [a for a in actions if isinstance(a, Say)]
    for one, other in itertools.pairwise(says):
        end = min([one.at + one.duration, *(t for t in cut if one.t <= t)])
        assert other.at >= end


@settings(max_examples=25, deadline=None)
@given(STRETCHES, st.floats(20, 200), st.one_of(st.none(), st.floats(1, 60)))
def test_nothing_is_said_in_the_quiet_and_no_drill_goes_on_after_it(stretches, at, for_s):
    actions = coached(events_of(stretches, [(at, ("quiet", for_s))]))
    until = float("inf") if for_s is None else at + for_s
    assert [a for a in actions if isinstance(a, Say) and at < a.t < until] == []
    steps = {"Lower your arms", "Keep those hips", "Keep that quiet"}
    first = {"Reach up high", "Ten silent steps"}
    after = [a.text for a in actions if isinstance(a, Say) and a.t >= until and a.text in steps | first]
    assert after == [] or after[0] in first


@settings(max_examples=12, deadline=None)
@given(STRETCHES, INTERRUPTIONS, st.sampled_from([0.25, 2.0, 7.0, 60.0, 1e6]))
def test_the_size_of_blocks_does_not_matter(stretches, interruptions, block_s):
    events = events_of(stretches, interruptions)
    assert coached(events, block_s) == coached(events)


@settings(max_examples=20, deadline=None)
@given(STRETCHES, INTERRUPTIONS)
def test_a_rule_that_gave_up_never_speaks_again_and_a_drill_comes_whole_or_was_stopped(stretches, interruptions):
    events = events_of(stretches, interruptions)
    actions = coached(events)
    for name in ("tall", "glide"):
        gave_up = [a.t for a in actions if isinstance(a, Decision) and a.rule == name and a.outcome == "no change"]
        cues = [a for a in actions if isinstance(a, Say) and a.rule == name and a.kind == "cue"]
        assert all(say.t < gave_up[0] for say in cues if gave_up)
    quiet = [e.t for e in events if isinstance(e, Control)]
    begun = [a for a in actions if isinstance(a, Say) and a.text == "Reach up high"]
    end = events[-1].t
    for first in begun:
        steps = [a.text for a in actions if isinstance(a, Say) and first.t <= a.t <= first.t + 15 and a.rule == "tall"]
        stopped = any(first.t <= t <= first.t + 15 for t in quiet) or end < first.t + 15
        assert stopped or steps[:3] == ["Reach up high", "Lower your arms", "Keep those hips"]


@settings(max_examples=12, deadline=None)
@given(
    STRETCHES,
    st.lists(st.tuples(st.floats(0, 200), st.sampled_from(["started", "ended", "dropped"]), st.integers(0, 30))),
)
def test_any_answers_of_the_sound_are_taken(stretches, answers):
    events = [*events_of(stretches, []), *(AudioEvent(t, kind, id_) for t, kind, id_ in answers)]
    assert coached(sorted(events, key=lambda event: event.t))
