from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from cuecoach.bundled import bundled
from cuecoach.config import RunConfig, load_config
from cuecoach.config_json import config_from_json, config_to_json
from cuecoach.errors import StoreError

NAMES = sorted(path.stem for path in bundled("configs").glob("*.yaml"))


def back(config: RunConfig) -> RunConfig:
    return config_from_json(json.loads(json.dumps(config_to_json(config))))


def quantity(unit: str, low: float, high: float) -> st.SearchStrategy[str]:
    return st.floats(low, high).map(lambda x: f"{x:.7f} {unit}")


def some(**keys: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries({}, optional=keys)


words = st.text("abcdefgäö -:", min_size=2, max_size=12)
#: What a person may write, as YAML gives it.
written = some(
    runner=words,
    seed=st.integers(0, 2**32 - 1),
    sensors=some(foot=words, heart=words, cadence_unit=st.sampled_from(["auto", "strides"])),
    sources=st.dictionaries(st.sampled_from(["cadence", "speed"]), st.sampled_from(["foot", "watch"])),
    mount=some(sacrum=st.just("auto")),
    calibrate=st.booleans(),
    cues=st.lists(words, max_size=3),
    cadence=st.one_of(some(**{"raise": quantity("%", 0, 10)}), some(target=quantity("spm", 110, 230))),
    metronome=st.sampled_from(["off", "when needed", "always", "follow"]),
    voice=some(engine=words, name=words, rate=st.integers(80, 400)),
    sound=some(
        device=words | st.integers(0, 9),
        level=quantity("dB", -50, -1),
        delay=st.just("auto") | quantity("ms", 1, 900),
        others=st.sampled_from(["leave", "duck", "pause"]),
    ),
    beat=some(pan=quantity("%", 0, 100), accent=st.sampled_from(["off", "left", "every 4"])),
    music=some(files=st.lists(words, max_size=2)),
    gates=some(warm_up=quantity("min", 0, 90), min_speed=quantity("km/h", 0, 20)),
    caps=some(gap=quantity("s", 0, 900), per_km=st.integers(0, 20)),
    response=some(withhold=quantity("%", 0, 100)),
    hurry=st.floats(1, 20),
)


@given(written)
def test_every_config_comes_back_exactly(data: dict[str, object]) -> None:
    config = RunConfig.model_validate(data)
    again = back(config)
    assert again == config
    assert repr(again) == repr(config)
    assert config_to_json(again) == config_to_json(config)


@pytest.mark.parametrize("name", [None, *NAMES])
def test_every_bundled_config_comes_back_exactly(name: str | None) -> None:
    config = load_config(name)
    assert repr(back(config)) == repr(config)


def test_what_a_plan_made_of_a_config_comes_back_too() -> None:
    config = RunConfig()
    changed = config.model_copy(
        update={
            "focus": "hips",
            "cadence": config.cadence.model_copy(update={"raise_": 7.25}),
            "caps": config.caps.model_copy(update={"per_run": 3}),
        }
    )
    assert back(changed) == changed


def test_what_came_back_can_be_changed_and_asked_like_any_other() -> None:
    again = back(RunConfig())
    assert again.beat.steps == 1
    assert again.mount.axes("sacrum") is None
    assert again.model_copy(update={"focus": "hips"}).focus == "hips"
    with pytest.raises(ValidationError):
        again.focus = "hips"  # pyright: ignore[reportAttributeAccessIssue]


def test_a_setting_of_another_version_is_passed_over_and_a_missing_one_takes_its_default() -> None:
    data = config_to_json(RunConfig())
    gates = data["gates"]
    assert isinstance(gates, dict)
    del data["caps"], gates["settle"]
    assert config_from_json({**data, "sky": "blue", "gates": {**gates, "moon": 1}}) == RunConfig()
    assert config_from_json({}) == RunConfig()


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (None, "the whole"),
        ([], "the whole"),
        ({"gates": {"warm_up": "long"}}, "gates.warm_up"),
        ({"gates": 3}, "gates"),
        ({"metronome": "loud"}, "metronome"),
        ({"runner": 3}, "runner"),
        ({"cues": "posture"}, "cues"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(data: object, where: str) -> None:
    with pytest.raises(StoreError, match=f"`{where}`"):
        config_from_json(data)


def test_what_people_write_is_checked_as_strictly_as_before() -> None:
    config_from_json(config_to_json(RunConfig()))
    for wrong in ({"gates": {"warm_up": 300.0}}, {"sky": "blue"}, {"cadence": {"raise_": 5.0}}):
        with pytest.raises(ValidationError):
            RunConfig.model_validate(wrong)
