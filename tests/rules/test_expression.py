"""What expressions mean: units, references, windows, percent, unknown values, and how they explain themselves."""

from __future__ import annotations

import pytest
from fake_context import FakeContext

from cuecoach.rules.expression import compile_expression
from cuecoach.rules.lexer import ExpressionError
from cuecoach.rules.words import plain


def ask(text: str, **known: object) -> bool | None:
    return compile_expression(text).evaluate(FakeContext(**known))  # type: ignore[arg-type]


def fault(text: str) -> tuple[int, str, str | None]:
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text)
    first = caught.value.problems[0]
    return first.number, text[first.start : first.end], first.help


def test_a_metric_is_compared_in_base_units() -> None:
    assert ask("speed > 10 km/h", metrics={"speed": 2.8}) is True
    assert ask("speed > 10.1 km/h", metrics={"speed": 2.8}) is False
    assert ask("stance_time < 0.25 s", metrics={"stance_time": 240.0}) is True
    assert ask("vertical_oscillation >= 9 cm", metrics={"vertical_oscillation": 90.0}) is True


def test_bare_references_mean_the_one_metric_of_the_comparison() -> None:
    context = FakeContext(
        metrics={"cadence": 160.0, "pelvic_tilt": 9.0}, targets={"cadence": 170.0}, baselines={"pelvic_tilt": 8.0}
    )
    expression = compile_expression("cadence < target and pelvic_tilt > baseline")
    assert expression.evaluate(context) is True
    assert expression.metrics == {"cadence", "pelvic_tilt"}
    assert expression.main_metric == "cadence"


def test_a_reference_can_name_its_metric() -> None:
    assert ask("baseline(cadence) > 165 spm", baselines={"cadence": 170.0}) is True
    assert ask("target(cadence) > baseline + 3 spm", baselines={"cadence": 165.0}, targets={"cadence": 170.0}) is True


def test_percent_scales() -> None:
    low = {"metrics": {"cadence": 164.8}, "targets": {"cadence": 170.0}}
    assert ask("cadence < target - 3 %", **low) is True
    assert ask("cadence < 97 % * target", **low) is True
    assert ask("cadence / target < 97 %", **low) is True
    assert ask("cadence < target - 4 %", **low) is False
    assert ask("grade > 2 %", metrics={"grade": 3.0}) is True


def test_windows_are_asked_for_by_function_and_length() -> None:
    windows = {("mean", "cadence", 30.0): 168.0, ("max", "pelvic_tilt", 120.0): 12.0}
    assert ask("mean(cadence, 30 s) < 170 spm", windows=windows) is True
    assert ask("max(pelvic_tilt, 2 min) > 11 deg", windows=windows) is True
    assert ask("median(cadence, 30 s) < 170 spm", windows=windows) is None
    assert ask("last(cadence) < 170 spm", newest={"cadence": 169.0}) is True


def test_a_slope_is_a_change_per_time() -> None:
    windows = {("slope", "pelvic_tilt", 300.0): 0.01}  # deg/s, as the context gives it
    assert ask("slope(pelvic_tilt, 5 min) > 0.5 deg/min", windows=windows) is True
    assert ask("slope(pelvic_tilt, 5 min) > 0.7 deg/min", windows=windows) is False
    assert ask("slope(pelvic_tilt, 5 min) > 0.009 deg/s", windows=windows) is True


def test_max_of_values_and_max_over_time_are_told_apart() -> None:
    assert ask("max(stance_time, 250 ms) > 260 ms", metrics={"stance_time": 240.0}) is False
    assert ask("max(stance_time, 30 s) > 260 ms", windows={("max", "stance_time", 30.0): 270.0}) is True


def test_chains_states_and_time() -> None:
    assert ask("160 spm < cadence < 170 spm", metrics={"cadence": 165.0}) is True
    assert ask("160 spm < cadence < 170 spm", metrics={"cadence": 175.0}) is False
    assert ask("running and not surging and elapsed > 5 min", states={"running": True, "surging": False}) is True
    assert ask("distance > 1 km", distance_m=900.0) is False
    assert ask("distance / elapsed > 3 m/s", distance_m=3000.0, elapsed_s=600.0) is True


def test_arithmetic_binds_as_at_school() -> None:
    assert ask("cadence == 2 * 3 spm + 4 spm - 6 spm / 2", metrics={"cadence": 7.0}) is True
    assert ask("pelvic_tilt < -(2 deg + 1 deg)", metrics={"pelvic_tilt": -4.0}) is True
    assert ask("abs(pelvic_tilt - start) >= 2 deg", metrics={"pelvic_tilt": 5.0}, starts={"pelvic_tilt": 7.0}) is True


def test_division_by_zero_is_unknown() -> None:
    assert ask("cadence / baseline > 1", metrics={"cadence": 170.0}, baselines={"cadence": 0.0}) is None


def test_min_and_max_skip_the_unknown_until_nothing_is_left() -> None:
    text = "pelvic_tilt > min(baseline, start) + max(3 deg, 2 * noise)"
    tilt = {"pelvic_tilt": 12.0}
    assert ask(text, metrics=tilt, starts={"pelvic_tilt": 8.0}) is True
    assert ask(text, metrics=tilt, baselines={"pelvic_tilt": 8.0}, starts={"pelvic_tilt": 10.0}) is True
    assert ask(text, metrics=tilt, baselines={"pelvic_tilt": 8.0}, noises={"pelvic_tilt": 2.5}) is False
    assert ask(text, metrics=tilt) is None
    assert ask("max(pelvic_tilt, start, baseline) > 3 deg", starts=tilt) is True


T, F, U = True, False, None


@pytest.mark.parametrize(
    ("a", "b", "both", "either"),
    [
        (T, T, T, T), (T, F, F, T), (T, U, U, T),
        (F, T, F, T), (F, F, F, F), (F, U, F, U),
        (U, T, U, T), (U, F, F, U), (U, U, U, U),
    ],
)  # fmt: skip
def test_three_valued_logic(a: bool | None, b: bool | None, both: bool | None, either: bool | None) -> None:
    states = {"running": a, "surging": b, "walking": T}
    assert ask("running and surging", states=states) is both
    assert ask("running or surging", states=states) is either
    assert ask("walking and running and surging", states=states) is both
    assert ask("not running", states=states) is (None if a is None else not a)


def test_missing_names_what_made_it_unknown_and_nothing_else() -> None:
    context = FakeContext(metrics={"cadence": 160.0})
    assert compile_expression("cadence < target").missing(context) == [("target", "cadence")]
    assert compile_expression("pelvic_tilt > start").missing(context) == [
        ("metric", "pelvic_tilt"),
        ("start", "pelvic_tilt"),
    ]
    assert compile_expression("running and mean(cadence, 30 s) > 3 spm").missing(context) == [
        ("state", "running"),
        ("metric", "cadence"),
    ]
    assert compile_expression("cadence > 170 spm and running").missing(context) == []
    assert compile_expression("max(cadence, target) > 3 spm").missing(context) == []
    assert compile_expression("distance > 1 km").missing(context) == [("distance", "distance")]


def test_values_are_in_catalogue_units_under_full_names() -> None:
    context = FakeContext(metrics={"stance_time": 240.0}, windows={("mean", "speed", 30.0): 3.0})
    expression = compile_expression("stance_time < baseline and mean(speed, 30 s) > 9 km/h and elapsed > 5 min")
    assert expression.values(context) == {
        "stance_time": 240.0,
        "baseline(stance_time)": None,
        "mean(speed, 30 s)": 3.0,
        "elapsed": 600.0,
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "pelvic_tilt > min(baseline, start) + max(3 deg, 2 * noise)",
            "pelvic_tilt 14.2 deg > 11.0 deg (start 8.0 deg + 3 deg)",
        ),
        ("pelvic_tilt < start + 1.5 deg", "pelvic_tilt 14.2 deg >= 9.5 deg (start 8.0 deg + 1.5 deg)"),
        ("cadence < target - 3 %", "cadence 160.0 spm < 163.0 spm (target 168.0 spm - 3 %)"),
        ("150 spm < cadence < 170 spm", "150 spm < cadence 160.0 spm < 170 spm"),
        ("150 spm < cadence < 155 spm", "cadence 160.0 spm >= 155 spm"),
        ("running and elapsed > 15 min", "elapsed 10.0 min <= 15 min"),
        ("not running or cadence < 100 spm", "running and cadence 160.0 spm >= 100 spm"),
        ("cadence > baseline", "cadence 160.0 spm > baseline unknown"),
        ("surging or cadence < 170 spm", "cadence 160.0 spm < 170 spm"),
        ("speed > 10 km/h", "speed 3.00 m/s > 10 km/h"),
    ],
)  # fmt: skip
def test_findings_are_short_and_true(text: str, words: str) -> None:
    context = FakeContext(
        metrics={"pelvic_tilt": 14.2, "cadence": 160.0, "speed": 3.0},
        starts={"pelvic_tilt": 8.0},
        noises={"pelvic_tilt": 1.0},
        targets={"cadence": 168.0},
        states={"running": True},
    )
    assert compile_expression(text).describe(context) == words


@pytest.mark.parametrize(
    ("text", "number", "marked", "mend"),
    [
        ("pelvic_tilt > 3", 204, "3", "write `3 deg`"),
        ("cadence < 170", 204, "170", "write `170 spm`"),
        ("elapsed > 5", 204, "5", "write `5 min`"),
        ("slope(pelvic_tilt, 5 min) > 2", 204, "2", "write `2 deg/min`"),
        ("slope(pelvic_tilt, 5 min) > 2 deg", 205, "2 deg", "write a number in `deg/min`"),
        ("cadence > 3 deg", 205, "3 deg", "write a number in `spm`"),
        ("cadence + speed > 3 spm", 205, "speed", None),
        ("5 % + cadence < 3 spm", 205, "5 %", "write `cadence + 5 %` to scale it"),
        ("cadence / 0 > 3 spm", 205, "0", None),
        ("tilt > 3 deg", 202, "tilt", "did you mean `pelvic_tilt`?"),
        ("Cadence > 170 spm", 202, "Cadence", "did you mean `cadence`?"),
        ("gct > 3 ms", 202, "gct", "did you mean `stance_time`?"),
        ("median(cadnce, 30 s) > 3 spm", 202, "cadnce", "did you mean `cadence`?"),
        ("avg(cadence, 30 s) > 3 spm", 202, "avg", None),
        ("pelvic_tilt > 3 °", 203, "°", "did you mean `deg`?"),
        ("speed > 10 KM/H", 203, "KM/H", "did you mean `km/h`?"),
        ("running > 3", 206, "running", "write `running` or `not running`"),
        ("cadence and running", 206, "cadence", "compare it, for example `cadence < 170 spm`"),
        ("(cadence < 3 spm) + 1 > 2", 206, "(cadence < 3 spm)", None),
        ("baseline > 170 spm", 207, "baseline", "write for example `baseline(cadence)`"),
        ("cadence > 3 spm and target < 2 spm", 207, "target", "write for example `target(cadence)`"),
        ("mean(cadence) > 3 spm", 208, "mean(cadence)", "write for example `mean(cadence, 30 s)`"),
        ("mean(cadence, 30) > 3 spm", 208, "30", "write for example `mean(cadence, 30 s)`"),
        ("mean(cadence, 2 h) > 3 spm", 208, "2 h", "write for example `mean(cadence, 30 s)`"),
        ("cadence(30 s) > 3 spm", 208, "cadence(30 s)", "write `cadence`, or `mean(cadence, 30 s)`"),
        ("last(running) > 3 spm", 208, "running", "write for example `last(cadence)`"),
        ("cadence = 3 spm", 201, "=", "write `==`"),
        ("cadence ≥ 3 spm", 201, "≥", "write `>=`"),
        ("cadence > 1,5 spm", 201, ",", "write a point: `1.5`"),
        ("(cadence < 3 spm", 201, "(", "add `)`"),
        ("cadence < 3 spm)", 201, ")", "delete it, or add `(` before"),
        ("cadence < 2 cadence", 201, "cadence", "write `2 * cadence`"),
        ("cadence < ", 201, "<", None),
        ("", 201, "", "write for example `cadence < target - 3 %`"),
        ("cadence[0] < 3 spm", 201, "[", "write `(`"),
        ("a.b < 3 spm", 201, ".", "write for example `1.5 deg`"),
        ("cadence < 1234567890123456 spm", 201, "1234567890123456", None),
        ("running and " * 50 + "running", 209, "running and " * 50 + "running", "make two rules of it"),
        ("not " * 40 + "running", 209, "not", "make two rules of it"),
    ],
)
def test_mistakes_are_marked_with_what_to_write(text: str, number: int, marked: str, mend: str | None) -> None:
    found = fault(text)
    assert found[:2] == (number, marked)
    if mend is not None:
        assert found[2] == mend


def test_all_mistakes_of_an_expression_are_told_at_once() -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_expression("pelvic_tlt > 3 deg and cadence < 170 and speed > 3 kmh")
    assert [p.number for p in caught.value.problems] == [202, 204, 203]


def test_code_has_no_way_in() -> None:
    for text in (
        "__import__('os')",
        "().__class__",
        "lambda: 1",
        "[x for x in y]",
        "cadence if running else 3",
        "exec(cadence)",
    ):
        with pytest.raises(ExpressionError):
            compile_expression(text)


DRIFT = (
    "count(cadence < start(cadence) - 3 %, vertical_oscillation > start + 8 %, "
    "pelvic_tilt > start(pelvic_tilt) + 3 deg) >= 2"
)


def test_two_of_three_is_enough_and_says_which() -> None:
    expression = compile_expression(DRIFT)
    context = FakeContext(
        metrics={"cadence": 160.0, "vertical_oscillation": 90.0, "pelvic_tilt": 12.0},
        starts={"cadence": 170.0, "vertical_oscillation": 90.0, "pelvic_tilt": 8.0},
    )
    assert expression.evaluate(context) is True
    assert expression.describe(context) == (
        "2 of 3 (cadence 160.0 spm < 164.9 spm (start(cadence) 170.0 spm - 3 %), "
        "pelvic_tilt 12.0 deg > 11.0 deg (start(pelvic_tilt) 8.0 deg + 3 deg))"
    )
    context.metrics["cadence"] = 170.0
    assert expression.evaluate(context) is False


def test_a_count_goes_on_without_a_sensor_that_cannot_change_it() -> None:
    expression = compile_expression(DRIFT)
    context = FakeContext(
        metrics={"cadence": 160.0, "pelvic_tilt": 12.0}, starts={"cadence": 170.0, "pelvic_tilt": 8.0}
    )
    assert expression.evaluate(context) is True
    context.metrics["pelvic_tilt"] = 8.0
    assert expression.evaluate(context) is None
    assert ("metric", "vertical_oscillation") in expression.missing(context)


def test_a_count_is_said_in_plain_words() -> None:
    tree = compile_expression("count(running, climbing, beating) >= 2").tree
    assert tree is not None
    assert plain(tree) == "at least 2 of (running; climbing; beating)"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("count(running, climbing)", 206),
        ("count(running) >= 1", 208),
        (f"count({', '.join(['running'] * 9)}) >= 1", 208),
        ("count(running, climbing) >= 1 s", 205),
        ("count(running, climbing) > cadence", 208),
        ("2 * count(running, climbing) > 2", 208),
        ("count(running, cadence) > 1", 206),
    ],
)
def test_a_count_stands_beside_a_plain_number_only(text: str, number: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text)
    assert [p.number for p in caught.value.problems] == [number]


@pytest.mark.parametrize(
    ("text", "metric", "value"),
    [
        ("pelvic_tilt > 3 deg", "pelvic_tilt", 4.0),
        ("stance_time > 0.2 s", "stance_time", 250.0),
        ("stance_time > 200 ms", "stance_time", 250.0),
        ("stance_time < 1 min", "stance_time", 250.0),
        ("cadence > 160 spm", "cadence", 170.0),
        ("grade > 3 %", "grade", 4.0),
        ("speed > 2.5 m/s", "speed", 2.6),
        ("speed > 9 km/h", "speed", 2.6),
        ("step_length > 1 m", "step_length", 1.1),
        ("step_length < 1 km", "step_length", 1.1),
        ("vertical_oscillation > 80 mm", "vertical_oscillation", 90.0),
        ("vertical_oscillation > 0.08 m", "vertical_oscillation", 90.0),
        ("impact > 2 g", "impact", 3.0),
        ("power > 200 W", "power", 250.0),
        ("heart_rate > 150 bpm", "heart_rate", 160.0),
    ],
)
def test_every_unit_compares_in_its_own_measure(text: str, metric: str, value: float) -> None:
    expression = compile_expression(text)
    assert expression.evaluate(FakeContext(metrics={metric: value})) is True
    assert expression.evaluate(FakeContext()) is None


@pytest.mark.parametrize("function", ["mean", "median", "min", "max", "sd"])
def test_every_window_asks_for_its_own_statistic(function: str) -> None:
    expression = compile_expression(f"{function}(cadence, 30 s) + 5 % > 170 spm")
    asked = {(function, "cadence", 30.0): 165.0}
    assert expression.evaluate(FakeContext(windows=asked)) is True
    assert expression.evaluate(FakeContext(metrics={"cadence": 165.0})) is None


def test_values_that_would_look_the_same_are_told_apart_by_one_decimal_more() -> None:
    context = FakeContext(metrics={"pelvic_tilt": 7.38}, baselines={"pelvic_tilt": 4.41})
    found = compile_expression("pelvic_tilt > baseline + 3 deg").describe(context)
    assert found == "pelvic_tilt 7.38 deg <= 7.41 deg (baseline 4.4 deg + 3 deg)"
