"""Other rules in the middle of a run: what did not change goes on, and no silence that was promised gets shorter."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from fake_context import FakeContext
from hypothesis import given, settings
from hypothesis import strategies as st
from test_engine import TICK, Run, rule
from test_engine_properties import STREAMS

from cuecoach.rules.changes import find_changes
from cuecoach.rules.engine import RuleEngine
from cuecoach.rules.expression import compile_expression
from cuecoach.rules.rule import Limit, Rule
from cuecoach.rules.state import Phase, Reason


# ---------------------------------------------------------------- point by point
def test_a_rule_with_other_words_goes_on_in_its_hold_and_its_episode() -> None:
    run = Run(rule(until="pelvic_tilt < 7 deg")).go(3, 12.0)
    run.engine.adopt([rule(until="pelvic_tilt < 7 deg", say=("Grow",), cooldown_s=10.0)], run.t)
    run.go(3, 12.0)
    assert run.says == [5.0]
    assert run.state.rule.say == ("Grow",)
    run.engine.adopt([rule(until="pelvic_tilt < 7 deg", cooldown_s=10.0)], run.t)
    run.go(10, 8.0)  # in the band between both thresholds, so only an episode that went on speaks here
    assert run.says == [5.0, 15.0]


@pytest.mark.parametrize(
    "other",
    [
        {"when": "pelvic_tilt > 9 deg"},
        {"hold_s": 4.0},
        {"until": "pelvic_tilt < 6 deg"},
        {"only_if": "not walking"},
    ],
)
def test_a_rule_that_asks_for_something_else_starts_resting(other: dict[str, object]) -> None:
    run = Run(rule())
    run.context.states["walking"] = False
    run.go(4, 12.0)
    changed = rule(**other)  # type: ignore[arg-type]
    run.engine.adopt([changed], run.t)
    assert (run.state.phase, run.state.reason) == (Phase.RESTING, Reason.NOT_MET)
    run.go(changed.hold_s + TICK, 12.0)
    assert run.says == [4.0 + changed.hold_s]


def test_a_changed_rule_still_cools_down_from_what_was_heard() -> None:
    run = Run(rule()).go(6, 12.0)
    run.engine.adopt([rule(hold_s=0.0, limit=Limit(5, "run"))], run.t)
    run.go(30, 12.0)
    assert run.says == [5.0, 25.0]
    assert run.state.heard_count == 2


@pytest.mark.parametrize("counts", [(1, 3), (3, 1, 3), (None, 3)])
def test_every_cue_heard_counts_for_whatever_limit_comes(counts: tuple[int | None, ...]) -> None:
    sets = [rule(limit=Limit(n, "run") if n else None) for n in counts]
    run = Run(sets[0]).go(6, 12.0)
    for other in sets[1:]:
        run.engine.adopt([other], run.t)
    run.go(200, 12.0)
    assert run.says == [5.0, 25.0, 45.0]


def test_a_rule_that_comes_back_finds_its_cooldown_and_its_limit_again() -> None:
    both, other = rule(cooldown_s=60.0, limit=Limit(2, "run")), rule("other", "cadence < 160 spm")
    run = Run(both, other).go(6, 12.0)
    run.engine.adopt([other], run.t)
    assert list(run.engine.states) == ["other"]
    run.go(10, 12.0)
    run.engine.adopt([both, other], run.t)
    assert list(run.engine.states) == ["run-tall", "other"]
    run.go(200, 12.0)
    assert run.says == [5.0, 65.0]


def test_a_rule_that_is_switched_off_is_gone() -> None:
    run = Run(rule()).go(6, 12.0)
    run.engine.adopt([rule(enabled=False)], run.t)
    assert run.engine.states == {}
    assert run.engine.busy_metrics() == set()


def test_a_cue_heard_after_its_rule_was_taken_out_counts_when_the_rule_is_back() -> None:
    run = Run(rule(), speak=False).go(6, 12.0)
    run.engine.asked("run-tall", run.t)
    run.engine.adopt([], run.t)
    run.go(1, 12.0)
    assert not run.engine.states["run-tall"].due
    run.engine.heard("run-tall", run.t)
    heard = run.t
    run.go(1, 12.0)
    assert run.engine.states == {}
    run.engine.adopt([rule(hold_s=0.0)], run.t)
    run.speak = True
    run.go(25, 12.0)
    assert run.says == [heard + 20.0]


def test_a_cue_dropped_after_its_rule_was_taken_out_does_not_silence_the_rule_for_ever() -> None:
    run = Run(rule(), speak=False).go(6, 12.0)
    run.engine.asked("run-tall", run.t)
    run.engine.adopt([], run.t)
    run.engine.adopt([rule(hold_s=0.0)], run.t)  # back before the voice has answered
    run.go(1, 12.0)
    assert run.state.reason is Reason.SPOKEN
    run.engine.dropped("run-tall")
    run.go(TICK, 12.0)
    assert run.state.due


def test_a_new_rule_begins_with_an_unbroken_hold_of_its_own() -> None:
    run = Run(rule("other", "cadence < 160 spm")).go(10, 12.0)
    run.engine.adopt([rule("other", "cadence < 160 spm"), rule()], run.t)
    run.go(6, 12.0)
    assert run.says == [15.0]


def test_a_new_rule_is_asked_even_when_nothing_is_new_about_the_runner() -> None:
    class Still(FakeContext):
        version = 1

    context, engine = Still(metrics={"pelvic_tilt": 12.0}, states={"running": True}), RuleEngine([rule("other")])
    engine.tick(0.0, context)
    engine.adopt([rule("other"), rule(only_if="running")], 0.0)
    engine.tick(0.25, context)
    assert engine.states["run-tall"].reason is Reason.HOLDING


def test_the_note_names_what_differs_and_a_moved_line_is_no_difference() -> None:
    one, two, three = rule("one"), rule("two"), rule("three")
    before, after = [one, two], [replace(one, say=("Else",)), replace(three, line=9)]
    assert str(find_changes(before, after)) == "one changed, three new, two gone"
    assert str(find_changes([one], [replace(one, line=7, path="other.yaml")])) == "no rule is different"
    many = [rule(f"rule-{n}") for n in range(9)]
    assert str(find_changes([], many)).endswith("rule-4 new, 4 more")
    assert str(find_changes([], many[:6])).endswith("rule-5 new")


# ---------------------------------------------------------------- whatever the edits
WHEN, GATE = compile_expression("pelvic_tilt > 10 deg"), compile_expression("running")
KEPT = Rule("kept", WHEN, hold_s=3.0, cooldown_s=8.0, only_if=GATE, until=compile_expression("pelvic_tilt < 7 deg"))
EDITED = replace(KEPT, id="edited", limit=Limit(3, "run"))
NO_RULE = replace(EDITED, enabled=False)
#: What an edit may make of the rule; the first few leave its life alone.
HARMLESS = [EDITED, replace(EDITED, say=("Else",)), replace(EDITED, line=40), replace(EDITED, about="?")]
EDITS = [
    *HARMLESS,
    NO_RULE,
    replace(EDITED, hold_s=1.0),
    replace(EDITED, when=compile_expression("pelvic_tilt > 7 deg")),
    replace(EDITED, only_if=None),
    replace(EDITED, limit=Limit(1, "run")),
    replace(EDITED, limit=Limit(2, "hour")),
    replace(EDITED, limit=None),
    replace(EDITED, cooldown_s=2.0),
    replace(EDITED, cooldown_s=20.0),
]


@dataclass
class Told:
    """What an engine showed at a tick: for each rule whether due, its phase, its reason in words, and whether that was news."""

    t: float
    rules: dict[str, tuple[bool, Phase, str, bool]]
    now: Rule
    asked: list[str]
    heard: list[str]


def live(
    stream: list[tuple[int, float | None, bool | None]], edits: list[tuple[int, Rule]], *, delay: int
) -> list[Told]:
    """Run the stream, with an edit before each of some ticks; a due cue is heard `delay` ticks after it was asked for."""
    engine, context, out, now = RuleEngine([KEPT, EDITED]), FakeContext(), list[Told](), EDITED
    waiting: list[tuple[int, str]] = []
    n = 0
    for ticks, tilt, running in stream:
        context.metrics["pelvic_tilt"], context.states["running"] = tilt, running
        for _ in range(ticks):
            t = n * TICK
            for at, edit in edits:
                if at == n:
                    now = edit
                    engine.adopt([KEPT, edit], t)
            told = Told(t, {}, now, [], [name for at, name in waiting if at == n])
            for name in told.heard:
                engine.heard(name, t)
            engine.tick(t, context)
            news = engine.changed
            told.rules = {k: (s.due, s.phase, s.detail, s in news) for k, s in engine.states.items()}
            for name, state in engine.states.items():
                if state.due:
                    engine.asked(name, t)
                    waiting.append((n + delay, name))
                    told.asked.append(name)
            out.append(told)
            n += 1
    return out


AT = st.integers(0, 300)


@settings(max_examples=80, deadline=None)
@given(STREAMS, st.lists(st.tuples(AT, st.sampled_from(EDITS)), max_size=12), st.integers(1, 8))
def test_a_rule_that_no_edit_touches_lives_exactly_as_without_them(
    stream: list[tuple[int, float | None, bool | None]], edits: list[tuple[int, Rule]], delay: int
) -> None:
    with_edits, without = live(stream, edits, delay=delay), live(stream, [], delay=delay)
    assert [m.rules["kept"] for m in with_edits] == [m.rules["kept"] for m in without]


@settings(max_examples=80, deadline=None)
@given(STREAMS, st.lists(st.tuples(AT, st.sampled_from(HARMLESS)), max_size=12), st.integers(1, 8))
def test_edits_that_leave_the_life_of_a_rule_alone_change_nothing_at_all(
    stream: list[tuple[int, float | None, bool | None]], edits: list[tuple[int, Rule]], delay: int
) -> None:
    with_edits, without = live(stream, edits, delay=delay), live(stream, [], delay=delay)
    assert [(m.rules, m.asked, m.heard) for m in with_edits] == [(m.rules, m.asked, m.heard) for m in without]


@settings(max_examples=150, deadline=None)
@given(STREAMS, st.lists(st.tuples(AT, st.sampled_from(EDITS)), max_size=12), st.integers(1, 8))
def test_no_edit_makes_a_cooldown_or_a_limit_shorter(
    stream: list[tuple[int, float | None, bool | None]], edits: list[tuple[int, Rule]], delay: int
) -> None:
    heard: list[float] = []
    asked = 0
    for moment in live(stream, edits, delay=delay):
        heard += [moment.t for name in moment.heard if name == "edited"]
        if "edited" not in moment.asked:
            continue
        assert moment.now is not NO_RULE
        assert asked == len(heard), "one cue at a time"
        asked += 1
        assert not heard or moment.t - heard[-1] >= moment.now.cooldown_s
        if moment.now.limit is not None:
            assert len(heard) < moment.now.limit.count
