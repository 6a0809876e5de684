"""Warnings about what is allowed and probably not meant: given where they help, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuecoach.metrics import METRICS
from cuecoach.rules.expression import compile_expression
from cuecoach.rules.lints import lint_for_sensors
from cuecoach.rules.load import check_rules, load_rules
from cuecoach.rules.margins import small_margins, wrong_side
from cuecoach.rules.reach import never


def small(text: str) -> list[str]:
    return [f"{p.message}; {p.help}" for p in small_margins(compile_expression(text))]


@pytest.mark.parametrize(
    "text",
    [
        "pelvic_tilt > start + 3 deg",
        "pelvic_tilt > min(baseline, start) + max(1 deg, 2 * noise)",
        "pelvic_tilt > start - 1 deg",
        "cadence < target - 3 %",
        "cadence < target - 4 spm",
        "vertical_oscillation > baseline + 8 %",
        "mean(cadence, 1 min) < target - 1 %",
        "cadence < 160 spm",
        "cadence > baseline(speed) * 1 spm / 1 m/s + 1 spm",
        "step_length < baseline",
        "not pelvic_tilt > start + 1 deg",
    ],
)
def test_a_margin_that_is_wide_enough_or_cannot_be_judged_is_not_mentioned(text: str) -> None:
    assert small(text) == []


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("pelvic_tilt > start + 1 deg", "write 2 deg or more"),
        ("start + 1 deg < pelvic_tilt", "write 2 deg or more"),
        ("pelvic_tilt - start > 1 deg", "write 2 deg or more"),
        ("abs(pelvic_tilt - min(baseline, start)) > 1 deg", "write 2 deg or more"),
        ("running and cadence < target - 1 %", "write 1.8 % or more"),
        ("count(cadence < target - 1 %, running) >= 1", "write 1.8 % or more"),
        ("cadence < target - 2 spm", "write 3.1 spm or more"),
        ("cadence < target", "there is no margin"),
        ("pelvic_tilt > start + 10 %", "write it in deg"),
        ("vertical_oscillation > baseline + 3 mm", "write 4.9 mm or more"),
    ],
)
def test_a_margin_within_the_wobble_is_told_with_a_number(text: str, part: str) -> None:
    (said,) = small(text)
    assert part in said


@pytest.mark.parametrize(
    ("when", "until", "wrong"),
    [
        ("pelvic_tilt > start + 3 deg", "pelvic_tilt < start + 1.5 deg", False),
        ("pelvic_tilt > start + 3 deg", "pelvic_tilt <= start + 3 deg", False),
        ("pelvic_tilt > start + 3 deg", "pelvic_tilt < start + 4 deg", True),
        ("pelvic_tilt > start + 3 deg", "pelvic_tilt > start + 1 deg", True),
        ("pelvic_tilt > start + 3 deg", "start + 1 deg > pelvic_tilt", False),
        ("pelvic_tilt > start + 3 deg", "pelvic_tilt < baseline + 4 deg", False),
        ("pelvic_tilt > start + max(3 deg, 2 * noise)", "pelvic_tilt < start + 4 deg", False),
        ("pelvic_tilt > start + min(3 deg, 2 * noise)", "pelvic_tilt < start + 4 deg", True),
        ("cadence < target - 3 %", "cadence >= target - 1.5 %", False),
        ("cadence < target - 3 %", "cadence > target - 5 %", True),
        ("cadence < target - 3 %", "cadence > target - 5 spm", False),
        ("cadence < 160 spm", "cadence > 150 spm", True),
        ("cadence < 160 spm", "mean(cadence, 30 s) > 150 spm", False),
        ("running and cadence < 160 spm", "cadence > 150 spm", True),
        ("cadence < 160 spm or surging", "cadence > 150 spm", False),
    ],
)
def test_until_belongs_on_the_side_where_it_is_mended(when: str, until: str, wrong: bool) -> None:
    assert (wrong_side(compile_expression(when), compile_expression(until)) is not None) is wrong


@pytest.mark.parametrize(
    ("text", "hold_s", "why"),
    [
        ("cadence > 170 spm", 0, None),
        ("cadence > 300 spm", 0, "40 to 260 spm"),
        ("cadence > 300 spm or running", 0, None),
        ("not cadence <= 300 spm", 0, "40 to 260 spm"),
        ("stance_time < 0.05 s", 0, "100 to 500 ms"),
        ("mean(cadence, 30 s) < 20 spm", 0, "40 to 260 spm"),
        ("sd(cadence, 30 s) < 20 spm", 0, None),
        ("slope(cadence, 1 min) < -300 spm/min", 0, None),
        ("cadence - baseline > 300 spm", 0, None),
        ("180 spm < cadence < 170 spm", 0, "at once"),
        ("cadence < 170 spm and not cadence < 170 spm", 0, "at once"),
        ("running and not running", 0, "not true at once"),
        ("walking and still", 0, "never true at once"),
        ("still or surging", 0, None),
        ("3 deg > 4 deg", 0, "never true"),
        ("elapsed < 20 s", 30, "longer"),
        ("elapsed < 20 s", 10, None),
        ("elapsed > 1 h", 600, None),
        ("distance < 0 km", 0, "below 0"),
        ("count(running, surging) > 2", 0, "no count"),
        ("not count(running, surging) >= 0", 0, "no count"),
    ],
)
def test_what_can_never_be_is_told_and_nothing_else(text: str, hold_s: float, why: str | None) -> None:
    found = never(compile_expression(text).question, hold_s=hold_s)
    assert (found is None) if why is None else (found is not None and why in found)


@settings(deadline=None)
@given(
    st.floats(40, 260),
    st.lists(st.tuples(st.sampled_from(["<", "<=", ">", ">="]), st.integers(30, 270)), min_size=1, max_size=3),
    st.sampled_from(["and", "or"]),
)
def test_a_value_that_makes_it_true_is_never_called_impossible(
    value: float, bounds: list[tuple[str, int]], word: str
) -> None:
    expression = compile_expression(f" {word} ".join(f"cadence {sign} {n} spm" for sign, n in bounds))
    low, high = METRICS["cadence"].low, METRICS["cadence"].high
    assert low <= value <= high
    from fake_context import FakeContext

    if expression.evaluate(FakeContext(metrics={"cadence": value})):
        assert never(expression.question) is None


def test_a_metric_without_a_sensor_is_told_at_its_place(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(
        "version: 1\nrules:\n  a:\n    when: cadence < 160 spm and pelvic_tilt > start(pelvic_tilt) + 3 deg\n    say: Up\n"
        "  b:\n    when: cadence < 160 spm\n    say: Up\n  c:\n    extends: a\n    for: 30 s\n"
        "  d:\n    extends: a\n    enabled: false\n",
        encoding="utf-8",
    )
    rules = load_rules([file]).rules
    first, second = lint_for_sensors(rules, {"cadence"})
    assert (first.code, first.line, first.column, first.end_column) == ("C513", 4, 33, 44)
    assert (second.line, second.column) == (9, 3)
    file.unlink()
    assert [d.line for d in lint_for_sensors(rules, {"cadence"})] == [3, 9]
    assert lint_for_sensors(rules, list(METRICS)) == []


@pytest.mark.parametrize(
    ("say", "code"),
    [("请放松你的肩膀抬头挺胸向前看吧", "C501"), ("抬头挺胸", None), ("背筋を伸ばして", None), ("Kopf hoch", None)],
)
def test_characters_count_where_words_are_not_set_apart(tmp_path: Path, say: str, code: str | None) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(f"version: 1\nrules:\n  a:\n    when: running\n    say: {say}\n", encoding="utf-8")
    assert [d.code for d in check_rules([file]).diagnostics] == ([code] if code else [])
