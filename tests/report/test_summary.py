"""A run in a few numbers."""

import pytest

from cuecoach.events import Response
from cuecoach.runsummary import near_normal, on_target, summarise
from tests.report.sample import answer, record, said, second, steady


def test_the_means_are_those_of_the_running_only() -> None:
    walk = [second(t, activity="walking", values={"cadence": 110.0, "speed": 1.4}) for t in range(60)]
    run = [second(60.0 + t, values={"cadence": 160.0 + 10 * (t % 2), "speed": 3.0}) for t in range(60)]
    whole = summarise(record([*walk, *run]))
    assert whole["cadence"] == pytest.approx(165.0)
    assert whole["speed"] == pytest.approx(3.0)
    assert whole["running_s"] == 60.0
    assert whole["distance_m"] == pytest.approx(2.8 * 119)


def test_in_band_is_from_three_percent_below_to_four_above_the_target() -> None:
    at = [164.8, 164.9, 176.8, 176.9]  # of 170: 164.9 to 176.8
    seconds = [second(t, values={"cadence": cadence}, target=170.0) for t, cadence in enumerate(at)]
    assert [on_target(s) for s in seconds] == [False, True, True, False]
    assert summarise(record(seconds))["in_band"] == 0.5


def test_with_a_focus_on_hips_in_band_is_about_hips() -> None:
    drops = [5.0, 6.39, 6.5, 3.5]  # usual 5, spread 0.7: 3.6 to 6.4
    seconds = [second(t, values={"cadence": 120.0, "pelvic_drop": drop}) for t, drop in enumerate(drops)]
    assert near_normal(seconds[1], "pelvic_drop")
    assert summarise(record(seconds, focus="hips"))["in_band"] == 0.5
    assert summarise(record(seconds))["in_band"] == 0.0, "with all in focus the target counts"


def test_without_a_target_all_that_is_known_must_be_near_normal() -> None:
    fine = second(0.0, target=None, values={"cadence": 165.0, "pelvic_tilt": 7.0})
    tipped = second(1.0, target=None, values={"cadence": 165.0, "pelvic_tilt": 12.0})
    assert summarise(record([fine, tipped]))["in_band"] == 0.5


def test_cues_praise_and_answers_are_counted_and_withheld_cues_are_not() -> None:
    actions = [
        *said(10, "run-tall", "Run tall"),
        *said(70, "run-tall", "Grow", "praise"),
        *said(80, "", "Sensor lost", "notice"),
        answer(10, "run-tall", "Run tall", "pelvic_tilt", 12, 8, 0.9),
        answer(30, "run-tall", "Run tall", "pelvic_tilt", 12, 12, 0.0),
        Response(99, 60, "run-tall", "", "pelvic_tilt", 12, 8, 1.0, 0.0, helped=True),
    ]
    whole = summarise(record([second(float(t)) for t in range(100)], actions))
    assert {name: whole[name] for name in ("cues", "praise", "judged", "helped")} == {
        "cues": 1.0, "praise": 1.0, "judged": 2.0, "helped": 1.0,
    }  # fmt: skip


def test_the_residual_is_the_mean_distance_from_normal() -> None:
    seconds = [second(t, values={"pelvic_tilt": 8.0 + t}, normal={"pelvic_tilt": 7.0}) for t in range(3)]
    whole = summarise(record(seconds))
    assert whole["pelvic_tilt"] == pytest.approx(9.0)
    assert whole["pelvic_tilt_residual"] == pytest.approx(2.0)
    assert whole["pelvic_drop"] is None


def test_seconds_with_a_beat_are_counted() -> None:
    assert summarise(record([second(t, beat=170.0 if t < 7 else None) for t in range(20)]))["beat_s"] == 7.0


def test_an_empty_run_has_no_numbers_but_counts() -> None:
    whole = summarise(record([]))
    assert whole["cues"] == whole["judged"] == whole["beat_s"] == 0.0
    assert {whole[name] for name in ("distance_m", "running_s", "speed", "cadence", "in_band")} == {None}


def test_where_no_sensor_tells_the_activity_all_seconds_count() -> None:
    assert summarise(record([second(t, activity=None) for t in range(20)]))["running_s"] == 20.0


def test_a_steady_run_knows_every_number() -> None:
    assert None not in summarise(steady(1)).values()
