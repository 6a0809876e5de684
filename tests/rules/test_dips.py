"""A hold outlasts a short dip between `until` and `when`, and nothing else that is false."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_engine import TICK, Run, rule

from cuecoach.rules.life import DIP_S, DIPS_SHARE
from cuecoach.rules.rule import Rule
from cuecoach.rules.state import Phase, Reason

OVER, BETWEEN, MENDED = 12.0, 8.0, 6.0
HOLD_S = 20.0
#: With nothing between both lines, nothing is forgiven.
STRICT = "pelvic_tilt <= 10 deg"


def forgiving(**settings: object) -> Rule:
    return rule(**{"hold_s": HOLD_S, "until": "pelvic_tilt < 7 deg", "cooldown_s": 600.0, **settings})  # type: ignore[arg-type]


def first_cue(stream: list[tuple[float, float | None]], **settings: object) -> float | None:
    """Return when the first cue was due [s] after so many seconds of each tilt."""
    run = Run(forgiving(**settings))
    for seconds, tilt in stream:
        run.go(seconds, tilt)
    return run.says[0] if run.says else None


# ---------------------------------------------------------------- point by point
def test_a_short_dip_between_both_lines_only_delays_the_cue() -> None:
    # 9.75 s were true before the dip; from its last true tick to the next true one nothing counts.
    assert first_cue([(10, OVER), (2, BETWEEN), (30, OVER)]) == 12.0 + HOLD_S - 9.75


def test_a_dip_of_three_seconds_is_forgiven_and_the_next_tick_is_not() -> None:
    assert first_cue([(10, OVER), (DIP_S, BETWEEN), (30, OVER)]) == 13.0 + HOLD_S - 9.75
    assert first_cue([(10, OVER), (DIP_S + TICK, BETWEEN), (30, OVER)]) == 13.25 + HOLD_S


def test_all_dips_together_are_at_most_a_fifth_of_the_hold() -> None:
    dips = [(4.0, OVER), (2.0, BETWEEN)]
    assert first_cue([*dips, *dips, (30, OVER)]) == 12.0 + HOLD_S - 2 * 3.75
    # One tick more than 4 s of 20: the whole hold is forgotten.
    assert first_cue([*dips, *dips, (1.0, OVER), (TICK, BETWEEN), (30, OVER)]) == 13.25 + HOLD_S


def test_a_hold_that_starts_over_may_dip_again() -> None:
    spoilt = [(4.0, OVER), (4.0, BETWEEN)]
    assert first_cue([*spoilt, (10, OVER), (2, BETWEEN), (30, OVER)]) == 20.0 + HOLD_S - 9.75


def test_below_the_lower_line_a_single_tick_starts_the_hold_anew() -> None:
    assert first_cue([(10, OVER), (TICK, MENDED), (30, OVER)]) == 10.25 + HOLD_S
    assert first_cue([(10, OVER), (1, BETWEEN), (TICK, MENDED), (30, OVER)]) == 11.25 + HOLD_S


def test_where_nobody_knows_whether_it_is_mended_nothing_is_forgiven() -> None:
    until = "pelvic_tilt < 7 deg and cadence > 160 spm"
    run = Run(forgiving(until=until)).go(10, OVER)
    run.go(TICK, MENDED)  # cadence is missing, so `until` is unknown
    assert run.state.phase is Phase.RESTING


def test_a_rule_with_a_short_hold_forgives_less() -> None:
    assert first_cue([(4, OVER), (1, BETWEEN), (9, OVER)], hold_s=5.0) == 5.0 + 5.0 - 3.75
    assert first_cue([(4, OVER), (1.25, BETWEEN), (9, OVER)], hold_s=5.0) == 5.25 + 5.0


def test_a_dip_with_missing_data_in_it_is_measured_as_one() -> None:
    assert first_cue([(10, OVER), (1, BETWEEN), (0.75, None), (0.25, BETWEEN), (30, OVER)]) == 12.0 + HOLD_S - 9.75
    # Data missing at its end have no 2 s of their own: nothing was true for too long.
    assert first_cue([(10, OVER), (1.5, BETWEEN), (1, None), (30, OVER)]) == 12.5 + HOLD_S
    assert first_cue([(10, OVER), (1.5, None), (2, BETWEEN), (30, OVER)]) == 13.5 + HOLD_S


def test_a_gate_that_closes_forgives_nothing() -> None:
    run = Run(forgiving(only_if="running"))
    for running, seconds in ((True, 10), (False, TICK), (True, 21)):
        run.context.states["running"] = running
        run.go(seconds, OVER)
    assert run.says == [10.25 + HOLD_S]


def test_in_a_dip_the_reason_stays_and_says_so() -> None:
    run = Run(forgiving()).go(10, OVER).go(1, BETWEEN)
    assert run.state.detail == "holding (10 of 20 s, in a short dip): pelvic_tilt 8.0 deg <= 10 deg"
    assert run.reasons == [(0.0, "run-tall", "holding")]
    assert run.engine.busy_metrics() == {"pelvic_tilt"}
    run.go(TICK, OVER)
    assert run.state.detail == "holding (10 of 20 s): pelvic_tilt 12.0 deg > 10 deg"
    run.go(4, BETWEEN)
    assert run.state.reason is Reason.NOT_MET


def test_a_reload_of_the_words_keeps_what_was_forgiven() -> None:
    run = Run(forgiving()).go(4, OVER).go(3, BETWEEN).go(4, OVER)
    run.engine.adopt([forgiving(say=("Grow",))], run.t)
    run.go(1.25, BETWEEN).go(30, OVER)
    assert run.says == [12.25 + HOLD_S], "3 s and 1.25 s are more than a fifth of 20 s"


# ---------------------------------------------------------------- whatever the stream
#: Stretches of (ticks, tilt).
STREAMS = st.lists(
    st.tuples(st.integers(1, 30), st.sampled_from([OVER, OVER, OVER, BETWEEN, BETWEEN, MENDED, None])), max_size=20
)


def told(stream: list[tuple[int, float | None]], **settings: object) -> float | None:
    return first_cue([(ticks * TICK, tilt) for ticks, tilt in stream], **{"hold_s": 5.0, **settings})


@settings(max_examples=40, deadline=None)
@given(STREAMS)
def test_dips_never_make_a_cue_come_sooner_than_without_them(stream: list[tuple[int, float | None]]) -> None:
    dipping = told(stream)
    smooth = told([(ticks, OVER if tilt == BETWEEN else tilt) for ticks, tilt in stream])
    assert dipping is None or (smooth is not None and smooth <= dipping)


@settings(max_examples=40, deadline=None)
@given(STREAMS)
def test_forgiving_never_makes_a_cue_come_later(stream: list[tuple[int, float | None]]) -> None:
    stream = [*stream, (28, OVER)]
    strict, forgiven = told(stream, until=STRICT), told(stream)
    assert strict is not None
    assert forgiven is not None
    assert forgiven <= strict


@settings(max_examples=40, deadline=None)
@given(STREAMS)
def test_a_signal_that_never_dips_is_cued_at_the_same_tick_as_without_forgiving(
    stream: list[tuple[int, float | None]],
) -> None:
    plain = [(ticks, MENDED if tilt == BETWEEN else tilt) for ticks, tilt in stream]
    assert told(plain) == told(plain, until=STRICT)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 70), st.integers(int(DIP_S / TICK) + 1, 40))
def test_a_longer_dip_starts_over_whatever_was_held(before: int, dip: int) -> None:
    stream = [(before * TICK, OVER), (dip * TICK, BETWEEN), (25.0, OVER)]
    assert first_cue(stream) == (before + dip) * TICK + HOLD_S


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 20), st.integers(1, 20)), min_size=1, max_size=8))
def test_what_has_lasted_was_true_for_five_sixths_of_the_time(pairs: list[tuple[int, int]]) -> None:
    run, began = Run(forgiving()), 0.0
    for over, between in pairs:
        run.go(over * TICK, OVER).go(between * TICK, BETWEEN)
        if run.state.phase is Phase.RESTING:
            began = run.t
    run.go(HOLD_S + TICK, OVER)
    # Beyond its own length, a dip costs the tick on which it ends.
    assert run.says[0] - began <= HOLD_S * (1 + DIPS_SHARE) + TICK * len(pairs)


@pytest.mark.parametrize("until", [STRICT, "pelvic_tilt < 7 deg"])
def test_noise_that_only_visits_the_far_side_is_never_cued(until: str) -> None:
    stream = [(2.0, OVER), (1.0, BETWEEN)] * 40
    assert first_cue(stream, until=until) is None
