"""The file of remembered sensors, and what a run adds to it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.errors import DocumentError, UsageError
from cuecoach.lineup.memory import Memory
from cuecoach.lineup.remembered import (
    CountsIn,
    Remembered,
    RememberedSensor,
    SensorsFile,
    as_text,
    recall,
    tidy,
    usual_path,
)
from cuecoach.sensors.status import SensorStatus

STRYD = RememberedSensor(address="C0:FF:EE:00:00:01", name="Stryd", family="foot-pod")


@pytest.fixture
def file(tmp_path: Path) -> SensorsFile:
    return SensorsFile(tmp_path / "settings" / "sensors.yaml")


def written(file: SensorsFile, text: str) -> SensorsFile:
    file.path.parent.mkdir(exist_ok=True)
    file.path.write_text(text, encoding="utf-8")
    return file


def test_without_a_file_nothing_is_remembered_and_none_is_made(file):
    assert file.read() == Remembered()
    file.change(lambda now: now)
    assert not file.path.exists()


def test_what_is_remembered_is_read_back(file):
    file.change(lambda now: now.with_device("foot", STRYD))
    file.change(lambda now: now.with_unit(STRYD.address, CountsIn(unit="strides", how="by its numbers")))
    file.change(lambda now: now.with_token("a-token"))
    found = SensorsFile(file.path).read()
    assert found.device("foot") == STRYD
    assert found.role_of("stryd") == found.role_of(STRYD.address.lower()) == "foot"
    assert found.role_of("") is found.role_of("pod") is None
    assert found.counts_in(STRYD.address.lower()) == CountsIn(unit="strides", how="by its numbers")
    assert found.phone.token == "a-token"
    assert file.path.read_text(encoding="utf-8").startswith("# Your sensors")


def test_what_is_forgotten_is_gone(file):
    file.change(lambda now: now.with_device("foot", STRYD).with_unit("A", CountsIn(unit="steps")))
    file.change(lambda now: now.with_device("foot", None).with_unit("a", None))
    assert file.read() == Remembered()


@given(name=st.text(max_size=200), address=st.text(min_size=1, max_size=60), how=st.text(max_size=120))
def test_whatever_a_device_calls_itself_the_file_stays_readable(tmp_path_factory, name, address, how):
    address = tidy(address) or "x"
    remembered = (
        Remembered()
        .with_device("heart", RememberedSensor(address=address, name=tidy(name)))
        .with_unit(address, CountsIn(unit="steps", how=tidy(how)))
    )
    path = tmp_path_factory.mktemp("any") / "sensors.yaml"
    path.write_text(as_text(remembered), encoding="utf-8")
    assert SensorsFile(path).read() == remembered


@pytest.mark.parametrize(
    ("text", "says", "line", "column"),
    [
        ("roles:\n  fot: {address: A}\n", "did you mean `foot`?", 2, 3),
        ("roles:\n  foot: {name: Stryd}\n", "`address` is missing", 2, 3),
        ("roles:\n  foot: Stryd\n", "a block of settings", 2, 9),
        ("cadence:\n  A: {unit: stride}\n", "`strides`", 2, 13),
        ("phone: {token: a/../b}\n", "token", 1, 16),
        ("roles: [\n", "where a value should stand", 2, 1),
    ],
)
def test_a_mistake_is_told_with_its_place_and_the_file_is_left_alone(file, text, says, line, column):
    written(file, text)
    with pytest.raises(DocumentError) as caught:
        file.change(lambda now: now.with_device("foot", STRYD))
    (problem, *_) = caught.value.diagnostics
    assert says in problem.message + (problem.help or "")
    assert (problem.line, problem.column) == (line, column)
    assert file.path.read_text() == text


def test_a_broken_file_is_one_sentence_for_a_run(file):
    remembered, problem = recall(written(file, "rolls: {}\n"))
    assert remembered == Remembered()
    assert "sensors.yaml:1:1" in problem
    assert "\n" not in problem


def test_a_file_that_cannot_be_read_is_one_sentence_for_a_run(tmp_path):
    remembered, problem = recall(SensorsFile(tmp_path))
    assert remembered == Remembered()
    assert "is a folder" in problem


def test_when_writing_fails_the_old_file_stays_whole(file, monkeypatch):
    file.change(lambda now: now.with_device("foot", STRYD))
    before = file.path.read_text()

    def full(fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UsageError, match=r"No space left.*CUECOACH_SENSORS"):
        file.change(lambda now: now.with_device("heart", STRYD))
    assert file.path.read_text() == before
    assert [p.name for p in file.path.parent.iterdir()] == ["sensors.yaml"]


def test_the_environment_may_name_the_file(monkeypatch, tmp_path):
    monkeypatch.setenv("CUECOACH_SENSORS", str(tmp_path / "mine.yaml"))
    assert usual_path() == tmp_path / "mine.yaml"
    monkeypatch.delenv("CUECOACH_SENSORS")
    assert usual_path().name == "sensors.yaml"


# ---------------------------------------------------------------- what a run learns
def decided(unit: str, address: str = STRYD.address) -> SensorStatus:
    return SensorStatus("foot", "streaming", device="Stryd", address=address, cadence_unit=unit)


def test_a_run_saves_what_a_device_counts_and_not_which_role_it_has(file):
    memory = Memory(file)
    memory.learned(decided(""))
    memory.learned(decided("strides, by its numbers"))
    assert memory.unit(STRYD.address) == "strides"
    assert memory.finish() == []
    assert file.read() == Remembered().with_unit(STRYD.address, CountsIn(unit="strides", how="by its numbers"))


def test_a_unit_that_changed_is_saved_and_one_that_was_known_is_not(file):
    file.change(lambda now: now.with_unit("A", CountsIn(unit="strides", how="by its numbers")))
    before = file.path.stat().st_ino
    memory = Memory(file)
    memory.learned(decided("strides, remembered", "A"))
    memory.learned(decided("strides, by its stride length", "A"))
    memory.finish()
    assert file.path.stat().st_ino == before
    memory.learned(decided("steps, by its numbers", "A"))
    memory.finish()
    assert Memory(file).unit("a") == "steps"


def test_what_the_runner_has_set_no_run_changes(file):
    file.change(lambda now: now.with_unit("A", CountsIn(unit="strides", how="set by you")))
    memory = Memory(file)
    memory.learned(decided("steps, by its numbers", "A"))
    assert memory.finish() == []
    assert Memory(file).unit("A") == "strides"


def test_a_unit_set_for_one_run_is_not_kept(file):
    memory = Memory(file)
    memory.learned(decided("steps, set by you"))
    memory.finish()
    assert not file.path.exists()


def test_what_cannot_be_saved_is_told_once_at_the_end(tmp_path):
    (tmp_path / "plain").write_text("")
    memory = Memory(SensorsFile(tmp_path / "plain" / "sensors.yaml"))
    memory.learned(decided("steps, by its numbers", "A"))
    memory.learned(decided("steps, by its numbers", "B"))
    problems = memory.finish()
    assert len(problems) == 1
    assert "is not saved" in problems[0]


def test_a_broken_file_is_not_written_over(file):
    text = written(file, "rolls: {}\n").path.read_text()
    memory = Memory(file)
    memory.learned(decided("steps, by its numbers"))
    assert memory.token(lambda: "fresh-one") == "fresh-one"
    assert memory.finish() == []
    assert memory.problem
    assert file.path.read_text() == text


def test_the_phone_keeps_its_token(file):
    memory = Memory(file)
    assert memory.token(lambda: "first-one") == memory.token(lambda: "second") == "first-one"
    memory.finish()
    assert Memory(file).token(lambda: "third") == "first-one"
