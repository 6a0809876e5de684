"""The moment as a test gives it: what is assumed where nothing is given, windows, gates, distance."""

from __future__ import annotations

from pathlib import Path

import pytest

from cuecoach.config import RunConfig
from cuecoach.ruletests.model import Given
from cuecoach.ruletests.moment import ScriptedSignals
from cuecoach.ruletests.reading import read_facts, read_numbers
from tests.ruletests.builders import outcome, reasons

RULE = "version: 1\nrules:\n  tall:\n    when: {}\n    for: 0 s\n    say: Tall\n"


def signals(begins: float = 1200.0, **numbers: str) -> ScriptedSignals:
    units = {"pelvic_tilt": "deg", "cadence": "spm", "speed": "m/s", "distance": "m"}
    return ScriptedSignals(RunConfig(), Given({n: read_numbers(t, units[n]) for n, t in numbers.items()}), begins)


def test_windows_look_back_over_the_values_given_and_what_was_before() -> None:
    moment = signals(pelvic_tilt="10 deg for 10 s, 16 deg")
    assert moment.window("mean", "pelvic_tilt", 30) == 10
    for n in range(1, 101):
        moment.advance(1200 + n / 4)
    # 25 s in: 15.25 s of the last 30 were at 16 deg.
    assert moment.window("mean", "pelvic_tilt", 30) == pytest.approx(10 + 6 * 61 / 120)
    assert moment.window("max", "pelvic_tilt", 30) == 16
    assert moment.window("sd", "cadence", 30) is None


def test_a_window_does_not_depend_on_when_it_is_first_asked_for() -> None:
    asked, fresh = (signals(pelvic_tilt="from 10 to 20 deg over 60 s, missing for 5 s, 12 deg") for _ in range(2))
    for n in range(1, 300):
        asked.advance(1200 + n / 4)
        asked.window("slope", "pelvic_tilt", 40)
        fresh.advance(1200 + n / 4)
    assert asked.window("slope", "pelvic_tilt", 40) == fresh.window("slope", "pelvic_tilt", 40)


def test_a_run_that_has_just_begun_has_no_before() -> None:
    moment = signals(0.0, pelvic_tilt="10 deg for 1 s, 16 deg")
    assert moment.window("sd", "pelvic_tilt", 30) is None


def test_distance_is_given_adds_up_or_is_unknown() -> None:
    plain, quick = signals(pelvic_tilt="10 deg"), signals(speed="3 m/s")
    told = signals(distance="from 1 to 2 km over 100 s")
    on = ScriptedSignals(RunConfig(), Given(distance_from=3000.0), 1200.0)
    for n in range(1, 401):
        for moment in (plain, quick, told, on):
            moment.advance(1200 + n / 4)
    assert plain.distance() is None
    assert [m.distance() for m in (quick, told, on)] == [pytest.approx(x) for x in (300, 2000, 3000 + 1000 / 3.6)]


def test_states_are_as_given_or_as_in_a_plain_run() -> None:
    moment = ScriptedSignals(RunConfig(), Given(facts={"walking": read_facts("true for 5 s, false")}), 1200.0)
    assert [moment.state(s) for s in ("running", "walking", "surging", "climbing")] == [False, True, False, False]
    moment.advance(1206.0)
    assert [moment.state(s) for s in ("running", "walking", "still", "beating")] == [True, False, False, False]
    gone = ScriptedSignals(RunConfig(), Given(facts={"running": read_facts("missing")}), 1200.0)
    assert gone.state("running") is None


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("walking: true", "gated walking"),
        ("still: true", "gated standing"),
        ("running: false", "gated standing"),
        ("running: missing", "gated no sensor says you are running"),
        ("elapsed: from 1 min", "gated warm-up"),
        ("speed: 1.5 m/s", "gated slower than the set minimum"),
        ("grade: 8 %", "gated steep"),
        ("speed: 2.5 m/s for 5 s, 3.5 m/s", "gated speed just changed"),
        ("pelvic_tilt: missing", "no fresh data pelvic_tilt"),
    ],
)
def test_the_real_gates_close(tmp_path: Path, given: str, reason: str) -> None:
    tilt = "" if given.startswith("pelvic_tilt") else "  pelvic_tilt: 0 deg for 6 s, 12 deg\n"
    body = f'given:\n{tilt}  {given}\nfor: 12 s\nexpect:\n  - 7 s: tall is "{reason}"\n'
    result = outcome(tmp_path, body, rules=RULE.format("pelvic_tilt > 10 deg"))
    assert result.passed, reasons(result)


def test_target_and_noise_come_as_in_a_run_unless_given(tmp_path: Path) -> None:
    rules = RULE.format("cadence < target - 3 %")
    body = "given:\n  cadence: 168 spm\n  baseline(cadence): 166 spm\n{}for: 10 s\nexpect:\n  - 0 s: tall says\n"
    assert outcome(tmp_path, body.format(""), rules=rules).passed  # 5 % more are asked: 174.3
    assert not outcome(tmp_path, body.format("  target: 170 spm\n"), rules=rules).passed
    assert not outcome(tmp_path, body.format("config: {cadence: {target: 170 spm}}\n"), rules=rules).passed
    noisy = "given:\n  pelvic_tilt: 12 deg\n{}for: 10 s\nexpect:\n  - 0 s: tall says\n"
    wobble = RULE.format("pelvic_tilt > 8 deg + 2 * noise")
    assert outcome(tmp_path, noisy.format(""), rules=wobble).passed  # the catalogue's 1 deg
    assert not outcome(tmp_path, noisy.format("  noise(pelvic_tilt): 3 deg\n"), rules=wobble).passed


def test_a_surge_is_given_and_names_its_rule(tmp_path: Path) -> None:
    rules = RULE.format("surging and pelvic_tilt > 10 deg")
    body = "given:\n  pelvic_tilt: 12 deg\n  surging: false for 5 s, true\nfor: 10 s\nexpect:\n  - 5 s: tall says\n"
    assert outcome(tmp_path, body, rules=rules).passed
