"""Which metrics a config's sensors give, so that a rule on any other is told before the run."""

from __future__ import annotations

import pytest

from cuecoach.config import RunConfig, Sensors, load_config
from cuecoach.coverage import GIVES, ExpectedTrust, metrics_given
from cuecoach.events import ImuBlock, Place
from cuecoach.gait import GaitAnalyser
from cuecoach.lineup.wishes import ROLES
from cuecoach.metrics import METRICS
from cuecoach.sensors.simulator import STORIES, SimulatedRunner


def given(**sensors: str) -> frozenset[str]:
    return metrics_given(RunConfig(sensors=Sensors(**dict.fromkeys(ROLES, "off") | sensors)))


def test_every_role_has_its_metrics_and_every_metric_is_one() -> None:
    assert set(GIVES) == set(ROLES)
    assert all(metrics <= set(METRICS) for metrics in GIVES.values())


def test_a_role_that_is_off_gives_nothing_and_any_other_gives_its_metrics() -> None:
    assert given() == frozenset()
    assert given(foot="auto") == GIVES["foot"]
    assert given(foot="Stryd", heart="C0:FF:EE:00:00:01") == GIVES["foot"] | GIVES["heart"]
    assert given(heart="auto") == GIVES["heart"]
    assert given(sacrum="phone:192.168.1.5") == GIVES["sacrum"]


def test_what_follows_from_two_sensors_is_given_by_both_together() -> None:
    assert "vertical_ratio" not in given(foot="auto") | given(sacrum="auto")
    assert "vertical_ratio" in given(foot="auto", sacrum="auto")


def test_a_simulated_runner_leaves_nothing_to_warn_of() -> None:
    assert given(foot="sim:demo") == frozenset(METRICS)


def test_what_only_stands_for_something_is_called_a_proxy() -> None:
    assert all(METRICS[name].help.endswith("a proxy") for name in ("braking", "impact"))


def test_by_default_the_lean_of_the_trunk_and_the_heart_are_not_measured() -> None:
    assert {"trunk_lean", "heart_rate"}.isdisjoint(metrics_given(load_config()))
    assert {"cadence", "pelvic_tilt", "pelvic_drop", "vertical_oscillation"} <= metrics_given(load_config())


@pytest.mark.parametrize(("role", "place"), [("sacrum", "sacrum"), ("torso", "torso")])
def test_the_table_of_a_body_sensor_is_what_the_gait_room_finds(role: str, place: Place) -> None:
    analyser, found = GaitAnalyser(place), set[str]()
    for event in SimulatedRunner(STORIES["demo"], seed=1, output="imu").advance(40.0):
        if isinstance(event, ImuBlock):
            for step in analyser.push(event.times, event.acc, event.gyr).steps:
                found |= set(step.values)
    assert found == GIVES[role]


# ---------------------------------------------------------------- how exactly
def trusted(name: str, sources: dict[str, str] | None = None, **sensors: str) -> str:
    settings = {"sensors": dict.fromkeys(ROLES, "off") | sensors, "sources": sources or {}}
    return ExpectedTrust(RunConfig.model_validate(settings)).trust(name)


def test_a_raw_sensor_on_the_trunk_is_exact_at_best_and_a_proxy_never() -> None:
    assert trusted("vertical_oscillation", sacrum="auto") == "A"
    assert trusted("vertical_oscillation", torso="phone:192.168.1.5") == "A"
    assert trusted("braking", sacrum="auto") == "B"
    assert trusted("stance_time", sacrum="auto") == "C"
    assert trusted("cadence", foot="auto") == "A"


def test_a_watch_or_pod_that_goes_first_is_compared_with_itself_only() -> None:
    assert trusted("vertical_oscillation", {"vertical_oscillation": "watch"}, sacrum="auto") == "B"
    assert trusted("vertical_oscillation", {"vertical_oscillation": "foot"}, sacrum="auto") == "B"
    assert trusted("vertical_oscillation", {"vertical_oscillation": "torso"}, sacrum="auto") == "A"


def test_what_is_derived_is_as_exact_as_what_it_scales() -> None:
    assert trusted("vertical_ratio", foot="auto", sacrum="auto") == "A"
    first = {"vertical_oscillation": "watch"}
    assert trusted("vertical_ratio", first, foot="auto", sacrum="auto") == "B"
    assert trusted("pelvic_tilt", foot="sim:tired") == "A"
