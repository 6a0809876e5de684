"""`cuecoach cues explain` as a person and a script meet it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cuecoach.cli import cues
from cuecoach.cli.cues.explain import explain, read_time
from cuecoach.errors import UsageError

TWO = """\
version: 1
rules:
  slow-feet:
    when: cadence < 160 spm
    for: 10 s
    say: faster feet
  lean:
    enabled: false
    when: trunk_lean > 5 deg
    say: stand tall
"""


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    commands = [c for c in cues.app.registered_commands if c.callback is not explain]
    monkeypatch.setattr(cues.app, "registered_commands", commands)
    cues.app.command()(explain)


def test_the_timeline_the_shares_and_what_decided(cuecoach, files):
    done = cuecoach("cues", "explain", "slow-feet", "run.csv", "mute.yaml")
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[0] == "slow-feet in run.csv, 2:59: 2 cues, 0 beats, 0 words of praise"
    assert lines[1] == "  when cadence < 160 spm, for 10 s"
    assert any("gated: warm-up" in line for line in lines)
    assert any("◆ “faster feet”: cadence 15" in line for line in lines)
    assert lines.index("In all") < lines.index("What decided")
    assert lines[-1].startswith("  -  `when` was true 4")


def test_the_sounds_are_those_of_a_replay(cuecoach, files):
    told = json.loads(cuecoach("cues", "explain", "slow-feet", "run.csv", "mute.yaml", "--json").out)
    replayed = [json.loads(line) for line in cuecoach("replay", "run.csv", "mute.yaml", "--json").out.splitlines()]
    spoken = [line for line in replayed if line["outcome"] == "spoken"]
    assert [(s["start"], s["said"]) for s in told["stretches"] if s["said"]] == [(d["t"], d["text"]) for d in spoken]
    assert told["heard"]["cues"] == len(spoken) == 2
    assert sum(told["shares"].values()) == pytest.approx(1.0, abs=0.001)
    assert "moment" not in told


@pytest.mark.parametrize("time", ["1:54", "114 s", "1.9 min", "0:01:54"])
def test_a_moment_can_be_written_as_people_do(cuecoach, files, time):
    done = cuecoach("cues", "explain", "slow-feet", "run.csv", "mute.yaml", "--at", time)
    lines = done.out.splitlines()
    assert lines[0].startswith("slow-feet at 1:54: holding since 1:4")
    facts = {line.strip().partition("  ")[0]: line for line in lines[2:]}
    assert set(facts) == {"reason", "when", "waits for", "then"}
    assert "more without a break" in facts["waits for"]
    assert "“faster feet”" in facts["then"]


def test_a_moment_as_json_has_its_numbers(cuecoach, files):
    done = cuecoach("cues", "explain", "slow-feet", "run.csv", "mute.yaml", "--at", "1:54", "--json")
    moment = json.loads(done.out)["moment"]
    assert (moment["t"], moment["phase"], moment["why"]["outcome"]) == (114.0, "holding", "holding")
    assert moment["findings"][0]["answer"] is True
    assert moment["values"]["cadence"] < 160


def test_a_rule_that_is_off_is_explained_as_if_it_were_on(cuecoach, files):
    (files / "feet.yaml").write_text(TWO, encoding="utf-8")
    done = cuecoach("cues", "explain", "lean", "run.csv", "mute.yaml")
    assert "`lean` is off in feet.yaml; this is as if it were on" in done.err
    assert "data missing 94 % of the time: trunk_lean" in done.out


def test_other_cue_files_may_be_named(cuecoach, files):
    (files / "other.yaml").write_text(TWO.replace("slow-feet", "light-feet"), encoding="utf-8")
    done = cuecoach("cues", "explain", "light-feet", "run.csv", "mute.yaml", "--cues", "other.yaml")
    assert done.out.startswith("light-feet in run.csv")


def test_what_cannot_be_is_refused_in_one_sentence(refused, files):
    ask = ("cues", "explain", "slow-feet", "run.csv", "mute.yaml")
    assert refused(*ask[:2], "slow-fet", *ask[3:]).endswith("did you mean `slow-feet`?")
    assert refused(*ask[:2], "level-hips", *ask[3:]).endswith("not among these cue files; add `--cues hips`")
    assert refused(*ask, "--at", "12:30") == "the run is over at 2:59; give a time before that, not 12:30"
    assert refused(*ask[:3], "no.fit").startswith("`no.fit` does not exist")
    assert "is not a place of a sensor" in refused(*ask, "--place", "ear")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("12:30", 750), ("1:02:03", 3723), ("750 s", 750), ("12 min", 720), ("75:00", 4500), ("0:00", 0)],
)
def test_times(text, seconds):
    assert read_time(text) == seconds


@pytest.mark.parametrize("text", ["12:75", "1:75:00", "12:3", "soon", "750", "-3 s", "", "1:2:3:4", "3 deg"])
def test_what_is_no_time_is_told_with_one_that_is(text):
    with pytest.raises(UsageError, match=r"write for example"):
        read_time(text)


def test_a_narrow_terminal_folds_and_a_pipe_does_not(cuecoach, files):
    out = cuecoach("cues", "explain", "slow-feet", "run.csv", "mute.yaml").out
    assert max(len(line) for line in out.splitlines()) > 80


def test_help_shows_an_example(cuecoach):
    assert "Example:" in cuecoach("cues", "explain", "--help").out


def test_nothing_is_written(cuecoach, files):
    before = sorted(p.name for p in Path().iterdir())
    cuecoach("cues", "explain", "slow-feet", "run.csv", "mute.yaml")
    assert sorted(p.name for p in Path().iterdir()) == before
