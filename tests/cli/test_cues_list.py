"""`cuecoach cues list`, as typed."""

from __future__ import annotations

import json
from pathlib import Path

from cuecoach.errors import UsageError
from tests.cli.cue_commands import CUES, lines, played, run


def test_the_list_has_a_heading_for_each_file_when_there_are_several(cues: Path) -> None:
    assert run("list", str(cues)).stdout.startswith("slow-feet  (cadence, on)")
    both = run("list", str(cues), "bounce").stdout
    assert f"{cues}: 2 rules\n=====" in both
    assert "bounce.yaml: " in both


def test_the_list_can_be_of_one_focus(cues: Path) -> None:
    result = run("list", str(cues), "--focus", "posture")
    assert result.stdout.startswith("run-tall  (posture, off)")
    assert "slow-feet" not in result.stdout
    error = run("list", str(cues), "--focus", "postur").exception
    assert isinstance(error, UsageError)
    assert str(error) == "no rule here has the focus `postur`; did you mean `posture`?"
    assert "there are: cadence, posture" in str(run("list", str(cues), "--focus", "zzz").exception)


def test_the_list_as_json_has_every_setting(cues: Path) -> None:
    first, second = json.loads(run("list", str(cues), "--json").stdout)
    assert first["beat_s"] == 60.0
    assert first["metrics"] == ["cadence"]
    assert (second["priority"], second["enabled"], second["language"]) == ("high", False, "en")
    assert {"if_no_change", "recordings", "repeat", "limit", "until", "only_if", "file", "line"} <= set(first)


def test_the_sheet_shows_what_is_not_usual(cues: Path) -> None:
    text = lines(run("list", str(cues)).stdout)
    assert "first a beat for 60 s" in text
    assert "priority high" in text
    assert "priority normal" not in text


def test_the_sheet_shows_what_follows_when_words_do_not_help(cues: Path) -> None:
    more = "    if_no_change: {say: Tuck tail, drill: [Reach up, Lower arms]}\n"
    cues.write_text(CUES + more, encoding="utf-8")
    text = lines(run("list", str(cues)).stdout)
    assert "then Tuck tail" in text
    assert "drill Reach up – Lower arms" in text
    facts = json.loads(run("list", str(cues), "--json").stdout)[1]
    assert facts["if_no_change"] == {"say": ["Tuck tail"], "drill": ["Reach up", "Lower arms"]}
    assert played(run("play", "run-tall", "--cues", str(cues), "--out", "a.wav"))[1:-1] == [
        "says Run tall",
        "then Tuck tail",
        "drill Reach up",
        "drill Lower arms",
    ]


def test_the_list_in_another_language_shows_what_would_be_said() -> None:
    result = run("list", "posture", "--language", "de", "--json")
    assert result.exit_code == 0, result.exception
    rule = next(rule for rule in json.loads(result.stdout) if rule["id"] == "run-tall")
    assert rule["language"] == "de"
    assert "Run tall" not in rule["say"]


def test_a_language_that_is_none_is_told(cues: Path) -> None:
    for command in (["list", str(cues)], ["play", "--cues", str(cues), "--out", "a.wav"]):
        assert isinstance(run(*command, "--language", "german!").exception, UsageError)
