"""The life of a rule, point by point."""

from __future__ import annotations

import pytest
from fake_context import FakeContext

from cuecoach.rules.engine import RuleEngine
from cuecoach.rules.expression import compile_expression
from cuecoach.rules.rule import Limit, Rule
from cuecoach.rules.state import Phase, Reason, RuleState

TICK = 0.25


def rule(name: str = "run-tall", when: str = "pelvic_tilt > 10 deg", **settings: object) -> Rule:
    for key in ("until", "only_if"):
        if key in settings:
            settings[key] = compile_expression(str(settings[key]))
    defaults: dict[str, object] = {"hold_s": 5.0, "cooldown_s": 20.0, "say": ("Run tall",)}
    return Rule(name, compile_expression(when), **{**defaults, **settings})  # type: ignore[arg-type]


class Run:
    """Drives one rule through time; `says` is when a cue was due and at once heard."""

    def __init__(self, *rules: Rule, speak: bool = True) -> None:
        self.context = FakeContext(metrics={"pelvic_tilt": 5.0})
        self.engine = RuleEngine(rules)
        self.t = 0.0
        self.speak = speak
        self.says: list[float] = []
        self.reasons: list[tuple[float, str, str]] = []

    def go(self, seconds: float, tilt: float | None = None, *, gate: str | None = None) -> Run:
        self.context.metrics["pelvic_tilt"] = tilt
        for _ in range(round(seconds / TICK)):
            self.engine.tick(self.t, self.context, gate)
            self.reasons += [(self.t, s.rule.id, s.reason.value) for s in self.engine.changed]
            for state in self.engine.states.values():
                if state.due and self.speak:
                    self.engine.asked(state.rule.id, self.t)
                    self.engine.heard(state.rule.id, self.t)
                    self.says.append(self.t)
            self.t += TICK
        return self

    @property
    def state(self) -> RuleState:
        return next(iter(self.engine.states.values()))


def test_good_form_is_silent() -> None:
    run = Run(rule()).go(60, 8.0)
    assert run.says == []
    assert run.reasons == [(0.0, "run-tall", "not met")]


def test_it_speaks_after_an_unbroken_hold_and_again_after_the_cooldown_from_what_was_heard() -> None:
    run = Run(rule()).go(10, 8.0).go(60, 12.0)
    assert run.says == [15.0, 35.0, 55.0]


def test_true_from_the_start_counts() -> None:
    assert Run(rule()).go(10, 12.0).says == [5.0]


def test_without_a_hold_it_is_due_at_once() -> None:
    assert Run(rule(hold_s=0.0)).go(1, 12.0).says == [0.0]


def test_without_until_one_false_tick_starts_the_hold_anew() -> None:
    run = Run(rule()).go(4.75, 12.0).go(TICK, 8.0).go(6, 12.0)
    assert run.says == [10.0]


def test_missing_data_freezes_the_hold_for_two_seconds() -> None:
    run = Run(rule()).go(3, 12.0).go(1.5, None).go(6, 12.0)
    # 2.75 s were known before the gap; what lies between the two known ticks does not count.
    assert run.says == [3.0 + 1.5 + 5.0 - 2.75]


def test_longer_missing_data_resets_the_hold() -> None:
    run = Run(rule()).go(3, 12.0).go(3, None).go(6, 12.0)
    assert run.says == [11.0]
    assert ("no fresh data") in [reason for _, _, reason in run.reasons]


def test_missing_data_ends_an_episode_without_claiming_that_it_was_mended() -> None:
    run = Run(rule()).go(6, 12.0)
    assert run.state.phase is Phase.ACTIVE
    run.go(3, None)
    assert run.state.phase is Phase.RESTING
    assert run.engine.cleared == []
    assert "no fresh data: pelvic_tilt" in run.state.detail


def test_nothing_is_due_while_data_is_missing() -> None:
    run = Run(rule(), speak=False).go(6, 12.0)
    assert run.state.due
    run.go(TICK, None)
    assert not run.state.due


def test_a_gap_in_the_ticks_breaks_the_hold() -> None:
    run = Run(rule()).go(3, 12.0)
    run.t += 60
    run.go(4, 12.0)
    assert run.says == []
    run.go(2, 12.0)
    assert len(run.says) == 1


def test_a_rule_that_joins_behind_a_shut_gate_is_gated_too_and_all_begin_when_it_opens() -> None:
    run = Run(rule()).go(5, 12.0, gate="warm-up")
    run.engine.adopt([rule(), rule("other", hold_s=2.0)], run.t)
    run.go(5, 12.0, gate="warm-up")
    assert [(name, reason) for _, name, reason in run.reasons] == [("run-tall", "gated"), ("other", "gated")]
    run.go(TICK, 12.0)
    assert {state.phase for state in run.engine.states.values()} == {Phase.HOLDING}


def test_another_gate_shuts_what_the_one_before_it_spared() -> None:
    run = Run(rule(), speak=False)
    run.context.metrics["pelvic_tilt"] = 12.0
    for n in range(4):
        run.engine.tick(n * TICK, run.context, "speed just changed", spared=("run-tall",))
    assert run.state.phase is Phase.HOLDING
    run.engine.tick(4 * TICK, run.context, "speed just changed")
    assert run.state.phase is Phase.RESTING
    run.engine.tick(5 * TICK, run.context, "speed just changed", spared=("run-tall",))
    assert run.state.phase is Phase.HOLDING


def test_time_that_does_not_go_on_changes_nothing() -> None:
    run = Run(rule(hold_s=0.0), speak=False).go(1, 8.0)
    run.context.metrics["pelvic_tilt"] = 12.0
    run.engine.tick(0.5, run.context)
    assert run.state.phase is Phase.RESTING
    assert run.engine.changed == []


def test_until_is_read_only_when_active() -> None:
    run = Run(rule(until="pelvic_tilt < 7 deg")).go(10, 8.0)
    assert run.state.phase is Phase.RESTING
    run.go(6, 12.0).go(10, 8.0)
    assert run.state.phase is Phase.ACTIVE, "between the two thresholds it stays active"
    run.go(TICK, 6.0)
    assert run.state.phase is Phase.RESTING
    assert run.engine.cleared == [run.state]
    run.go(TICK, 6.0)
    assert run.engine.cleared == []


def test_in_the_band_it_speaks_again_and_explains_itself_by_until() -> None:
    run = Run(rule(until="pelvic_tilt < 7 deg")).go(6, 12.0).go(30, 8.0)
    assert run.says == [5.0, 25.0]
    run.engine.dropped("run-tall")
    run.state.last_heard = None
    run.speak = False
    run.go(TICK, 8.0)
    assert run.state.detail == "due: pelvic_tilt 8.0 deg >= 7 deg"


def test_without_until_it_ends_when_no_longer_true() -> None:
    run = Run(rule()).go(6, 12.0).go(TICK, 8.0)
    assert run.state.phase is Phase.RESTING
    assert run.engine.cleared == [run.state]


def test_the_cooldown_outlives_the_episode() -> None:
    run = Run(rule(cooldown_s=60.0)).go(6, 12.0).go(5, 8.0).go(60, 12.0)
    assert run.says == [5.0, 65.0]


def test_outside_its_gate_a_rule_rests_and_its_hold_starts_anew() -> None:
    run = Run(rule(only_if="running"))
    run.context.states["running"] = True
    run.go(4, 12.0)
    run.context.states["running"] = False
    run.go(1, 12.0)
    assert run.state.reason is Reason.GATED
    assert run.state.detail == "gated: not running"
    run.context.states["running"] = True
    run.go(6, 12.0)
    assert run.says == [10.0]


def test_an_unknown_gate_is_missing_data() -> None:
    run = Run(rule(only_if="running")).go(10, 12.0)
    assert run.says == []
    assert run.state.reason is Reason.NO_FRESH_DATA
    assert run.state.detail == "no fresh data: running"


def test_a_gate_for_all_rests_every_rule_and_says_why() -> None:
    run = Run(rule()).go(4, 12.0).go(1, 12.0, gate="warm-up")
    assert run.state.detail == "gated: warm-up"
    run.go(6, 12.0)
    assert run.says == [10.0]


def test_a_baseline_that_is_not_ready_is_named() -> None:
    run = Run(rule(when="pelvic_tilt > baseline + 3 deg")).go(10, 12.0)
    assert run.state.reason is Reason.BASELINE_NOT_READY
    assert run.state.detail == "baseline not ready: baseline of pelvic_tilt"
    run.go(TICK, None)
    assert run.state.reason is Reason.NO_FRESH_DATA
    assert run.state.detail == "no fresh data: pelvic_tilt"


def test_repeat_false_speaks_once_an_episode() -> None:
    run = Run(rule(repeat=False)).go(60, 12.0)
    assert run.says == [5.0]
    assert run.state.reason is Reason.LIMIT_REACHED
    run.go(5, 8.0).go(10, 12.0)
    assert run.says == [5.0, 70.0]


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (Limit(2, "run"), [5.0, 25.0]),
        (Limit(2, "hour"), [5.0, 25.0, 3605.0, 3625.0]),
        (Limit(1, "km"), [5.0, 365.0]),  # distance unknown: a kilometre counts as six minutes
    ],
)
def test_limits(limit: Limit, expected: list[float]) -> None:
    seconds = 3700 if limit.per == "hour" else 400
    run = Run(rule(limit=limit)).go(seconds, 12.0)
    assert run.says == expected
    assert run.state.reason in (Reason.LIMIT_REACHED, Reason.COOLING_DOWN)


def test_a_limit_per_km_counts_metres_when_they_are_known() -> None:
    run = Run(rule(limit=Limit(1, "km")))
    run.context.distance_m = 0.0
    for _ in range(150):
        run.go(4, 12.0)
        run.context.distance_m += 10.0  # 2.5 m/s
    assert run.says == [5.0, 404.0]  # heard at 10 m, again at 1010 m


def test_a_cue_in_hand_is_not_due_again_until_heard_or_dropped() -> None:
    run = Run(rule(), speak=False).go(6, 12.0)
    run.engine.asked("run-tall", run.t)
    run.go(10, 12.0)
    assert not run.state.due
    assert run.state.reason is Reason.SPOKEN
    run.engine.dropped("run-tall")
    run.go(TICK, 12.0)
    assert run.state.due
    run.engine.asked("run-tall", run.t)
    run.engine.heard("run-tall", run.t + 1.0)
    run.go(TICK, 12.0)
    assert run.state.reason is Reason.COOLING_DOWN
    assert run.state.detail == "cooling down (0 of 20 s)"
    assert (run.state.heard_count, run.state.spoken_in_episode, run.state.episode) == (1, 1, 1)


def test_every_change_of_reason_is_told_once_and_only_then() -> None:
    run = Run(rule()).go(2, 8.0).go(8, 12.0).go(2, 8.0)
    assert run.reasons == [
        (0.0, "run-tall", "not met"),
        (2.0, "run-tall", "holding"),
        (7.0, "run-tall", "due"),
        (7.25, "run-tall", "cooling down"),
        (10.0, "run-tall", "not met"),
    ]


def test_details_carry_the_numbers() -> None:
    run = Run(rule(), speak=False).go(3, 12.0)
    assert run.state.detail == "holding (3 of 5 s): pelvic_tilt 12.0 deg > 10 deg"
    run.go(3, 12.0)
    assert run.state.detail == "due: pelvic_tilt 12.0 deg > 10 deg"
    run.go(TICK, 8.0)
    assert run.state.detail == "not met: pelvic_tilt 8.0 deg <= 10 deg"
    assert run.engine.values("run-tall") == {"pelvic_tilt": 8.0}


def test_a_reason_can_be_overridden_until_the_next_tick() -> None:
    run = Run(rule(), speak=False).go(6, 12.0)
    run.state.override(Reason.OUTRANKED, "outranked by low-cadence")
    assert run.state.detail == "outranked by low-cadence"
    run.go(TICK, 12.0)
    assert run.state.reason is Reason.DUE
    assert run.engine.changed == []


def test_metrics_of_holding_and_active_rules_are_kept_from_the_baseline() -> None:
    run = Run(rule(), rule("slow", "cadence < 160 spm"))
    run.go(1, 8.0)
    assert run.engine.busy_metrics() == set()
    run.go(1, 12.0)
    assert run.engine.busy_metrics() == {"pelvic_tilt"}
    run.go(10, 12.0)
    assert run.engine.busy_metrics() == {"pelvic_tilt"}


def test_disabled_rules_are_not_there() -> None:
    assert RuleEngine([rule(enabled=False)]).states == {}


def test_before_the_first_tick_nothing_is_known() -> None:
    engine = RuleEngine([rule()])
    assert engine.states["run-tall"].detail == "not met"
    assert engine.values("run-tall") == {}
    assert engine.changed == []
