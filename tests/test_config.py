"""How a run is set up."""

from pathlib import Path

import pytest

from cuecoach.config import RunConfig, bundled, find_bundled, load_config
from cuecoach.errors import DocumentError, UsageError
from cuecoach.mounts import parse_mount
from cuecoach.rules import load_cues


def written(folder: Path, text: str) -> Path:
    path = folder / "my.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_empty_config_is_the_defaults(tmp_path):
    assert load_config(written(tmp_path, "")) == RunConfig() == load_config(None)


@pytest.mark.parametrize("path", sorted(bundled("configs").glob("*.yaml")), ids=lambda p: p.stem)
def test_every_bundled_config_loads_with_its_cues_and_asks_for_nothing_in_vain(path):
    config = load_config(path.stem)
    assert load_cues(config.cues)


def test_quantities_are_read_in_base_units(tmp_path):
    config = load_config(written(tmp_path, "gates: {warm_up: 90 s, min_speed: 9 km/h}\ncadence: {target: 172 spm}\n"))
    assert config.gates.warm_up == 90
    assert config.gates.min_speed == pytest.approx(2.5)
    assert (config.cadence.target, config.cadence.raise_) == (172, None)


@pytest.mark.parametrize("asked", [0.0, 5.0, 7.5, 10.0])
def test_a_raise_of_up_to_ten_percent_is_the_runners_choice(tmp_path, asked):
    assert load_config(written(tmp_path, f"cadence: {{raise: {asked:g} %}}")).cadence.raise_ == asked


def test_a_raise_of_more_is_refused_and_the_most_is_told(tmp_path):
    with pytest.raises(DocumentError) as caught:
        load_config(written(tmp_path, "cadence: {raise: 10.5 %}"))
    (problem,) = caught.value.diagnostics
    assert "out of range" in problem.message
    assert "it may be 0 to 10 %" in (problem.help or "")


@pytest.mark.parametrize(
    ("text", "says", "line"),
    [
        ("gates: {warm_up: 5}", "has no unit", 1),
        ("focus: all\ngate: {warm_up: 5 min}", "unknown setting `gate`", 2),
        ("metronome: sometimes", "metronome", 1),
        ("cadence: {raise: 5 %, target: 172 spm}", "not both", 1),
        ("sound: {level: 3 dB}", "out of range", 1),
        ("cadence: {raise: 15 %}", "out of range", 1),
        ("gates:\n  max_grade: 3 deg", "angle", 2),
        ("sensors:\n  foot: auto\n  wrist: auto", "unknown setting `wrist`", 3),
        ("sensors: {cadence_unit: stride}", "strides", 1),
        ('sensors: {foot: ""}', "at least 1", 1),
    ],
)
def test_each_mistake_is_told_with_its_place(tmp_path, text, says, line):
    with pytest.raises(DocumentError) as caught:
        load_config(written(tmp_path, text))
    (problem,) = caught.value.diagnostics
    assert says in problem.message + (problem.help or "")
    assert problem.line == line


@pytest.mark.parametrize(
    ("text", "says", "line"),
    [
        ("mount: {sacrum: x sideways}", "`x sideways` is no mounting", 1),
        ("mount:\n  torso: x forward", "leaves the sensor free to turn", 2),
        ("runner: me\nmount:\n  sacrum: x forward, x up", "twice", 3),
        ("mount: {hip: auto}", "unknown setting `hip`", 1),
        ("mount: auto", "a block of settings", 1),
        ("calibrate: always", "true or false", 1),
    ],
)
def test_a_mounting_that_cannot_be_is_told_with_its_place(tmp_path, text, says, line):
    with pytest.raises(DocumentError) as caught:
        load_config(written(tmp_path, text))
    (problem,) = caught.value.diagnostics
    assert says in problem.message + (problem.help or "")
    assert problem.line == line


def test_a_mounting_is_that_of_the_places_of_its_role(tmp_path):
    config = load_config(written(tmp_path, "mount: {sacrum: 'z backward, -y up'}\ncalibrate: true\n"))
    assert config.mount.axes("sacrum") == config.mount.axes("hip") == parse_mount("z backward, -y up")
    assert config.mount.axes("torso") is config.mount.axes("foot") is None
    assert config.calibrate


def test_all_mistakes_are_told_at_once(tmp_path):
    with pytest.raises(DocumentError) as caught:
        load_config(written(tmp_path, "focsu: all\ngates: {warm_up: 5}\nhurry: 100\n"))
    assert [p.line for p in caught.value.diagnostics] == [1, 2, 3]


def test_a_missing_config_names_those_there_are():
    with pytest.raises(UsageError, match="easy-run"):
        find_bundled("configs", "esay-run")
    with pytest.raises(UsageError, match=r"nowhere\.yaml"):
        load_config("nowhere.yaml")


def test_sensors_are_followed_whatever_they_are(tmp_path):
    text = 'sensors: {foot: Stryd, sacrum: "phone:192.168.1.5", torso: "sim:demo", cadence_unit: steps}\n'
    config = load_config(written(tmp_path, text))
    assert config.sensors.heart == "off"
    assert (config.sensors.sacrum, config.sensors.cadence_unit) == ("phone:192.168.1.5", "steps")
