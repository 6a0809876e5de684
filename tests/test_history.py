"""The history of a rule: every moment has its reason, holds say what reset them, and watching changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuecoach.coach import Coach
from cuecoach.config import Caps, Gates, RunConfig
from cuecoach.errors import UsageError
from cuecoach.events import Reading
from cuecoach.feed import RecordedFeed
from cuecoach.history import History, parts_of, rows, shares, tally, trace, verdict
from cuecoach.offline import coach_through
from cuecoach.rules import Limit, Phase, Rule, compile_expression
from cuecoach.sensors.simulator import STORIES, SimulatedRunner
from tests.bundled import config_of, rules_of

CONFIG = RunConfig(gates=Gates(warm_up="10 s"), metronome="off", caps=Caps(gap="15 s"))


def rule(name: str = "slow-feet", when: str = "cadence < 160 spm", **more: object) -> Rule:
    usual: dict[str, object] = {"hold_s": 10.0, "cooldown_s": 30.0, "say": ("faster feet",)}
    return Rule(name, compile_expression(when), **usual | more)


def feed(cadence: Callable[[int], float | None], seconds: int = 180) -> RecordedFeed:
    def events() -> Iterator[Reading]:
        for t in range(seconds):
            value = cadence(t)
            yield Reading(float(t), "pod", {"speed": 3.0} | ({} if value is None else {"cadence": value}))

    return RecordedFeed(events())


def fading(t: int) -> float:
    return 170.0 - t / 10


def followed(cadence: Callable[[int], float | None], *rules: Rule, at: float | None = None) -> History:
    return trace(feed(cadence), CONFIG, rules or (rule(),), (rules or (rule(),))[0].id, at=at)


def text(history: History) -> str:
    return "\n".join(row.text for row in rows(history))


# ---------------------------------------------------------------- the record
def test_a_slip_is_a_reason_of_its_own_and_says_what_it_waits_for() -> None:
    config = config_of("demo")
    runner = SimulatedRunner(STORIES["slip"], seed=4, output="imu")
    history = trace(
        lambda coach: coach_through(coach, runner, until=165.0), config, rules_of(*config.cues), "run-tall", at=120.0
    )
    slipped = [s for s in history.stretches if s.outcome == "sensor slipped"]
    assert sum(s.length for s in slipped) > 50
    assert history.moment is not None
    assert history.moment.why.sentence == "sensor slipped: no pelvic_tilt until the next calibration"
    assert history.moment.waits_for == "a calibration of the sensor that moved: stand still, then tall"
    assert any("sensor slipped: no pelvic_tilt" in row.text for row in rows(history))
    assert dict(shares(history))["sensor slipped"] > 0.2


def test_watching_a_rule_changes_nothing_of_the_run() -> None:
    config = config_of("demo")
    rules = rules_of(*config.cues)
    for name in ("run-tall", "low-cadence"):
        watched = trace(SimulatedRunner(STORIES["demo"], seed=2), config, rules, name).run
        alone = coach_through(Coach(config, rules), SimulatedRunner(STORIES["demo"], seed=2))
        assert watched.actions == alone.actions


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 40), st.sampled_from([None, 60.0, 150.0, 159.0, 161.0, 175.0])), max_size=8))
def test_every_moment_of_a_run_has_exactly_one_reason(pieces: list[tuple[int, float | None]]) -> None:
    values = [value for seconds, value in pieces for _ in range(seconds)] or [170.0]
    history = trace(feed(values.__getitem__, len(values)), CONFIG, (rule(),), "slow-feet")
    assert history.stretches[0].start == 0.0
    assert history.stretches[-1].end == history.run.duration_s
    assert all(a.end == b.start for a, b in pairwise(history.stretches))
    assert sum(share for _, share in shares(history)) == pytest.approx(1.0 if len(values) > 1 else 0.0)
    assert [s.said for s in history.spoken] == [d.text for d in history.run.decisions if d.outcome == "spoken"]
    lines = rows(history)
    assert all(a.end <= b.start + 0.25 for a, b in pairwise(lines))  # what was handed to the voice takes a tick
    assert all(verdict(history))


def test_the_timeline_tells_the_whole_life_of_a_rule() -> None:
    history = followed(lambda t: 150.0 if 60 <= t < 130 else 170.0, rule(praise="Nice."))
    marks = [row.mark for row in rows(history)]
    assert marks == ["silent", "silent", "holding", "cue", "active", "cue", "active", "mended"]
    told = text(history)
    assert "gated: warm-up" in told
    assert "holding for 10 s, then due: cadence 150.0 spm < 160 spm" in told
    assert "“faster feet”: cadence 150.0 spm < 160 spm for 10 s" in told
    assert "mended, and praised (“Nice.”): cadence 160.0 spm >= 160 spm" in told


def test_a_hold_that_broke_off_says_how_far_it_was_and_what_reset_it() -> None:
    history = followed(lambda t: 150.0 if 60 <= t < 68 else 170.0)
    hold = history.holds[0]
    assert 6.5 <= hold.held_s < 10.0
    # The median of ten seconds passes the middle on its way back.
    held = f"holding, {int(hold.held_s)} of 10 s: cadence 150.0 spm < 160 spm"
    assert f"{held}, reset: cadence 160.0 spm >= 160 spm" in text(history)
    (told,) = [line for line in verdict(history) if "broke off" in line]
    assert told.endswith(f"with `for: {int(hold.held_s)} s` or less it would have become due")


def test_what_flickers_is_told_in_one_line() -> None:
    history = followed(lambda t: 150.0 if t % 16 < 8 else 170.0)
    mixed = [row for row in rows(history) if row.mark == "mixed"]
    assert len(mixed) == 1
    assert "holds, the longest" in mixed[0].text
    assert len(history.holds) > 5


def test_what_keeps_an_active_rule_silent_is_one_line() -> None:
    limited = rule(limit=Limit(1, "run"))
    history = followed(lambda t: 150.0 if t >= 60 else 170.0, limited)
    last = rows(history)[-1]
    assert (last.mark, last.end) == ("active", history.run.duration_s)
    assert last.text.startswith("cooling down; from 1:4")
    assert last.text.endswith("limit reached: 1 per run")


def test_a_due_rule_that_a_cap_silences_is_not_said_to_be_due() -> None:
    config = CONFIG.model_copy(update={"caps": Caps(gap="15 s", per_run=1)})
    limited = rule(limit=Limit(1, "hour"), cooldown_s=5.0)
    history = trace(feed(lambda t: 150.0 if t >= 60 else 170.0), config, (limited, rule("other")), "slow-feet")
    assert {s.outcome for s in history.stretches if s.phase is Phase.ACTIVE} <= {
        *("cooling down", "limit reached", "outranked", "spoken", "too soon after another cue")
    }


def test_a_hold_that_a_gate_ends_names_the_gate() -> None:
    history = followed(lambda t: 150.0 if t < 66 else 60.0, rule(hold_s=100.0))
    assert "reset: walking" in text(history)


def test_a_rule_that_was_never_met_says_how_near_it_came() -> None:
    history = followed(lambda t: 162.5 if 90 <= t < 120 else 170.0)
    (told,) = verdict(history)
    assert told.startswith("`when` was never true; nearest, 2.5 spm short, at 1:3")
    assert "not met; nearest at 1:3" in text(history)


def test_a_walk_break_does_not_count_as_near() -> None:
    history = followed(lambda t: 60.0 if 90 <= t < 120 else 170.0)
    assert history.parts[0].yes_s < 10.0  # the seconds until the walk is known
    assert any(label == "gated: walking" for label, _ in shares(history))


def test_missing_data_is_named_with_its_share_of_the_time() -> None:
    history = trace(feed(lambda t: 170.0), CONFIG, (rule(when="pelvic_tilt > 8 deg"),), "slow-feet")
    assert verdict(history)[0] == "data missing 94 % of the time: pelvic_tilt"


def test_each_part_of_when_is_told_by_itself() -> None:
    history = followed(fading, rule(when="cadence < 160 spm and speed > 4 m/s"))
    assert [part.part.text for part in history.parts] == ["cadence < 160 spm", "speed > 4 m/s"]
    lines = verdict(history)
    assert any(line.startswith("`speed > 4 m/s` was never true") and "1.00 m/s short" in line for line in lines)
    assert any(line.startswith("`cadence < 160 spm` was true") for line in lines)


@pytest.mark.parametrize(
    ("when", "margin"),
    [
        ("cadence < 160 spm", 10.0),
        ("cadence > 160 spm", -10.0),
        ("140 spm < cadence <= 151 spm", 1.0),
        ("cadence == 150 spm", 0.0),
        ("cadence != 155 spm", 5.0),
        ("pelvic_tilt > 3 deg", None),
        ("running", None),
    ],
)
def test_a_margin_is_positive_where_the_answer_is_yes(when: str, margin: float | None) -> None:
    coach = Coach(CONFIG, (rule(when=when),))
    coach_through(coach, feed(lambda t: 150.0, 20))
    (part,) = parts_of(compile_expression(when))
    assert part.margin(coach.signals) == (None if margin is None else pytest.approx(margin))


# ---------------------------------------------------------------- one moment
def test_a_moment_in_a_hold_says_what_is_left_of_it() -> None:
    moment = followed(lambda t: 150.0 if t >= 60 else 170.0, at=72.6).moment
    assert moment is not None
    assert (moment.t, moment.phase, moment.why.outcome) == (72.5, Phase.HOLDING, "holding")
    assert moment.phase_since is not None
    left = 10.0 - (72.5 - moment.phase_since)
    assert moment.waits_for in (f"{int(left)} s more without a break", f"{int(left) + 1} s more without a break")
    (finding,) = moment.findings
    assert (finding.setting, finding.answer, finding.shown_margin) == ("when", True, "10.0 spm")
    assert moment.values == {"cadence": 150.0}


def test_a_moment_in_the_warm_up_waits_for_its_end() -> None:
    moment = followed(fading, at=5.0).moment
    assert moment is not None
    assert (moment.gate, moment.waits_for) == ("warm-up", "the end of the warm-up at 0:10")


def test_a_moment_after_a_cue_waits_for_the_cooldown() -> None:
    history = followed(lambda t: 150.0 if t >= 60 else 170.0, at=90.0)
    moment = history.moment
    assert moment is not None
    assert moment.why.outcome == "cooling down"
    assert moment.waits_for.startswith("the end of its cooldown at 1:4")
    assert moment.last_said == ("slow-feet", "faster feet", history.spoken[0].start)


def test_a_moment_too_soon_after_another_rule_says_which_and_until_when() -> None:
    other = rule("first", hold_s=5.0, cooldown_s=100.0, say=("one",))
    history = followed(lambda t: 150.0 if t >= 60 else 170.0, rule(), other, at=80.0)
    moment = history.moment
    assert moment is not None
    assert moment.why.outcome == "too soon after another cue"
    assert moment.waits_for.startswith("the end of the gap of 15 s after first's “one”, at 1:2")
    assert [found.rule for found in moment.others] == ["first"]


def test_a_moment_in_which_another_rule_was_more_urgent_names_it() -> None:
    other = rule("urgent", priority=3, say=("now",))
    coach_time = followed(lambda t: 150.0 if t >= 60 else 170.0, other, rule()).spoken[0].start
    moment = followed(lambda t: 150.0 if t >= 60 else 170.0, rule(), other, at=coach_time).moment
    assert moment is not None
    assert (moment.why.outcome, moment.waits_for) == ("outranked", "its turn: urgent was spoken")
    assert [(found.rule, found.outcome, found.why) for found in moment.others] == [("urgent", "spoken", "now")]


def test_a_moment_of_a_rule_that_is_not_met_says_how_much_is_short() -> None:
    moment = followed(lambda t: 170.0, at=60.0).moment
    assert moment is not None
    assert moment.waits_for == "`cadence < 160 spm` (10.0 spm short of it)"


def test_an_unknown_rule_is_answered_with_the_one_that_was_meant() -> None:
    with pytest.raises(UsageError, match=r"there is no rule `slow-fet` .*; did you mean `slow-feet`\?"):
        trace(feed(fading), CONFIG, (rule(),), "slow-fet")
    with pytest.raises(UsageError, match=r"there are: slow-feet"):
        trace(feed(fading), CONFIG, (rule(),), "xyz")
    with pytest.raises(UsageError, match=r"the rule `slow-feet` is off"):
        trace(feed(fading), CONFIG, (rule(enabled=False),), "slow-feet")


def test_a_moment_after_the_end_of_the_run_is_refused() -> None:
    with pytest.raises(UsageError, match=r"the run is over at 2:59; give a time before that, not 12:30"):
        followed(fading, at=750.0)


# ---------------------------------------------------------------- all rules
def test_the_tally_counts_what_was_heard_and_says_why_the_rest_was_silent() -> None:
    run = followed(
        lambda t: 150.0 if 60 <= t < 130 else 170.0, rule(praise="Nice."), rule("fast", "cadence > 200 spm")
    ).run
    slow, fast = tally(run)
    assert (slow.cues, slow.beats, slow.praise) == (2, 0, 1)
    assert slow.first == run.spoken[0].at
    assert (fast.cues, fast.first, fast.silent_because) == (0, None, "not met")
    assert fast.share == pytest.approx(1 - 10 / 179, abs=0.01)


def test_a_beat_that_changes_its_tempo_is_one_beat() -> None:
    config = config_of("demo")
    run = coach_through(Coach(config, rules_of(*config.cues)), SimulatedRunner(STORIES["demo"], seed=1))
    found = {t.rule: t for t in tally(run)}
    spoken = sum(d.outcome == "spoken" for d in run.decisions)
    assert sum(t.cues + t.beats for t in found.values()) == spoken
    assert found["low-cadence"].beats == sum(
        d.outcome == "spoken" and d.text.startswith("beat") for d in run.decisions if d.rule == "low-cadence"
    )
