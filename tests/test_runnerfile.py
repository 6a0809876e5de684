"""What is known of a runner lives in one file, which is the old one or the new one and never half of either."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cuecoach import runnerfile
from cuecoach.coaching.knowledge import Knowledge
from cuecoach.errors import UsageError
from cuecoach.signals import Normal, Normals

KNOWN = Knowledge(normals=Normals.fixed({"cadence": Normal(164.0, 1.4)}), told=("disclaimer",))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(runnerfile.VARIABLE, str(tmp_path / "runners"))
    return tmp_path / "runners"


def test_a_runner_without_a_file_is_a_new_one() -> None:
    assert runnerfile.load("anna") == Knowledge()


def test_what_was_saved_is_loaded_and_runners_are_apart() -> None:
    runnerfile.save("anna", KNOWN)
    assert runnerfile.load("anna") == KNOWN
    assert runnerfile.load("berta") == Knowledge()


def test_a_file_of_ones_own_is_a_path(tmp_path: Path) -> None:
    runnerfile.save(tmp_path / "me.json", KNOWN)
    assert runnerfile.load(tmp_path / "me.json") == KNOWN


@pytest.mark.parametrize("name", ["Ännä", "a/b", "../x", "con", "Anna", "anna ", "x" * 60])
def test_any_name_has_a_file_of_its_own_in_the_folder(folder: Path, name: str) -> None:
    path = runnerfile.runner_path(name)
    assert path.parent == folder
    assert path != runnerfile.runner_path("anna")
    runnerfile.save(name, KNOWN)
    assert runnerfile.load(name) == KNOWN


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 99}', '{"version": 1, "normals": {}, "shoes": 2}'])
def test_a_broken_file_is_told_once_and_kept(folder: Path, text: str) -> None:
    folder.mkdir()
    (folder / "anna.json").write_text(text)
    told: list[str] = []
    assert runnerfile.load("anna", told.append) == Knowledge()
    assert runnerfile.load("anna", told.append) == Knowledge()
    assert len(told) == 1
    assert "anna.broken.json" in told[0]
    assert (folder / "anna.broken.json").read_text() == text


def test_a_second_broken_file_does_not_replace_the_first(folder: Path) -> None:
    folder.mkdir()
    for text in ("{1", "{2"):
        (folder / "anna.json").write_text(text)
        runnerfile.load("anna")
    assert {path.read_text() for path in folder.iterdir()} == {"{1", "{2"}


def test_a_save_leaves_nothing_else_behind(folder: Path) -> None:
    for _ in range(3):
        runnerfile.save("anna", KNOWN)
    assert [path.name for path in folder.iterdir()] == ["anna.json"]


def test_where_nothing_can_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        runnerfile.save(tmp_path / "file" / "anna.json", KNOWN)


def test_the_file_is_plain_json(folder: Path) -> None:
    runnerfile.save("anna", KNOWN)
    assert json.loads((folder / "anna.json").read_text())["version"] == 1
