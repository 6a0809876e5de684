"""A recording beside the cue file is played in place of the voice; anything else is refused where it is written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from cuecoach.rules.load import Checked, check_rules


def sound(file: Path, seconds: float = 1.0) -> None:
    file.parent.mkdir(exist_ok=True)
    soundfile.write(file, np.zeros(int(8000 * seconds), dtype=np.float32), 8000)


def check(folder: Path, text: str) -> Checked:
    file = folder / "mine.yaml"
    file.write_text("version: 1\nrules:\n  a:\n    when: running\n" + text, encoding="utf-8")
    return check_rules([file])


def codes(checked: Checked) -> list[str]:
    return [d.code for d in checked.diagnostics]


def test_a_recording_in_place_of_words_shows_its_name(tmp_path: Path) -> None:
    sound(tmp_path / "run-tall.wav", 1.5)
    checked = check(tmp_path, "    play: run-tall.wav\n")
    (rule,) = checked.rules.rules
    assert rule.say == ("run tall",)
    assert rule.recordings["run tall"].path == str(tmp_path / "run-tall.wav")
    assert rule.recordings["run tall"].duration_s == pytest.approx(1.5)
    assert checked.also_read == (tmp_path / "run-tall.wav",)


def test_a_recording_beside_words_is_the_sound_of_the_first(tmp_path: Path) -> None:
    sound(tmp_path / "x.flac")
    (rule,) = check(tmp_path, "    play: x.flac\n    say: [Run tall, Grow tall]\n").rules.rules
    assert (rule.say, set(rule.recordings)) == (("Run tall", "Grow tall"), {"Run tall"})


def test_a_recording_is_one_wording_among_others(tmp_path: Path) -> None:
    sound(tmp_path / "sounds" / "x.ogg")
    (rule,) = check(tmp_path, "    say: [Grow tall, {play: sounds/x.ogg, text: Run tall}]\n").rules.rules
    assert (rule.say, set(rule.recordings)) == (("Grow tall", "Run tall"), {"Run tall"})


def test_a_recording_stays_beside_the_file_of_the_rule_that_is_extended(tmp_path: Path) -> None:
    library = tmp_path / "library"
    sound(library / "x.wav")
    sound(tmp_path / "mine.wav")
    base = "version: 1\nrules:\n  a:\n    when: running\n    say: Run tall\n    play: x.wav\n"
    (library / "posture.yaml").write_text(base, encoding="utf-8")
    mine = tmp_path / "mine.yaml"
    mine.write_text(
        "version: 1\nrules:\n  b: {extends: posture/a, for: 10 s}\n  c: {extends: posture/a, play: mine.wav}\n"
        "  d: {extends: posture/a, say: Grow tall}\n",
        encoding="utf-8",
    )
    b, c, d = check_rules([mine], search=library).rules.rules
    assert b.recordings["Run tall"].path == str(library / "x.wav")
    assert c.recordings["Run tall"].path == str(tmp_path / "mine.wav")
    assert (d.say, dict(d.recordings)) == (("Grow tall",), {})


@pytest.mark.parametrize(
    "name",
    [
        *(
            "../x.wav",
            "/etc/x.wav",
            "~/x.wav",
            "C:/x.wav",
            "..\\x.wav",
            "a/../../x.wav",
            "x.mp3",
            "gone.wav",
            "folder.wav",
        ),
        *("long.wav", "short.wav", "text.wav", "link.wav", "loop.wav", "n" * 300 + ".wav", "''"),
    ],
)
def test_what_cannot_be_played_is_refused_where_it_is_written(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "cues"
    sound(tmp_path / "x.wav")
    sound(folder / "long.wav", 5.5)
    sound(folder / "short.wav", 0.1)
    (folder / "folder.wav").mkdir()
    (folder / "text.wav").write_text("no sound", encoding="utf-8")
    (folder / "link.wav").symlink_to(tmp_path / "x.wav")
    (folder / "loop.wav").symlink_to(folder / "loop.wav")
    (problem,) = check(folder, f"    play: {name}\n").diagnostics
    assert (problem.code, problem.line, problem.column) == ("C113", 5, 11)
    assert problem.help


def test_two_recordings_are_not_shown_by_the_same_words(tmp_path: Path) -> None:
    sound(tmp_path / "x.wav")
    sound(tmp_path / "y.wav")
    assert codes(check(tmp_path, "    say: [{play: x.wav, text: Up}, {play: y.wav, text: Up}]\n")) == ["C105"]
    assert codes(check(tmp_path, "    say: {play: x.wav, text: Up}\n    play: y.wav\n")) == ["C105"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("    say: [{paly: x.wav}]\n", ["C101", "C102"]),
        ("    say: [5]\n", ["C104"]),
        ("    say: [{play: 5}]\n", ["C104"]),
    ],
)
def test_a_slip_in_a_wording_is_answered_once(tmp_path: Path, text: str, code: list[str]) -> None:
    assert codes(check(tmp_path, text)) == code


def test_a_long_recording_is_warned_about_by_its_length_not_its_words(tmp_path: Path) -> None:
    sound(tmp_path / "a-b-c-d-e-f-g.wav", 2.0)
    assert codes(check(tmp_path, "    play: a-b-c-d-e-f-g.wav\n")) == []
    sound(tmp_path / "long.wav", 4.0)
    assert codes(check(tmp_path, "    play: long.wav\n")) == ["C501"]
