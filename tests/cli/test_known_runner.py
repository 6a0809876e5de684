"""Commands that look at what is known of a runner: what words did, and coaching with it; nothing is ever written back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cuecoach.coaching.knowledge import Knowledge
from cuecoach.coaching.words_known import BEAT, WordsKnown
from cuecoach.runnerfile import save

TWO_WORDS = "version: 1\nrules:\n  slow-feet:\n    when: cadence < 160 spm\n    for: 10 s\n    say: [one, two]\n"


def words() -> WordsKnown:
    """Return what is known after `two` helped nearly always and `one` hardly ever."""
    known = WordsKnown()
    for n in range(9):
        known = known.judged("slow-feet", "two", 0.8 if n else 0.0, helped=n > 0)
        known = known.judged("slow-feet", "one", 0.1, helped=n > 7)
    known = known.judged("slow-feet", BEAT, -0.4, helped=False)
    known = known.judged_withheld("slow-feet", 0.2, helped=False).settled("slow-feet", "two")
    return known.judged("my-own", "hey", 1.0, helped=True)


@pytest.fixture
def anna(files: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What is known of anna, by name and as a file of its own; the rule has two wordings."""
    monkeypatch.setenv("CUECOACH_RUNNERS", str(files / "runners"))
    (files / "feet.yaml").write_text(TWO_WORDS, encoding="utf-8")
    save("anna", Knowledge(words=words()))
    save(files / "copy.json", Knowledge(words=words()))
    return files / "runners" / "anna.json"


def test_the_list_tells_how_often_each_wording_helped_and_what_it_takes_away(cuecoach, anna):
    done = cuecoach("cues", "list", "feet.yaml", "--runner", "anna")
    assert done.code == 0
    two, beat, one, withheld, elsewhere = done.out.splitlines()
    assert two.startswith("slow-feet: “two”, your anchor phrase, helped 8 of 9 (takes away about 67 % ± ")
    assert two.endswith(" % of the fault beyond what goes by itself)")
    assert one.startswith("slow-feet: “one” helped 1 of 9 (takes away about 6 % ± ")
    assert beat.startswith("slow-feet: its beat helped 0 of 1 (adds about 44 % ± ")
    assert withheld == "slow-feet: left unsaid 1 time, mended by itself 0 times"
    assert elsewhere == "known, and not in these cue files: my-own"


def test_a_rule_that_never_spoke_is_named_as_not_known(cuecoach, anna):
    assert "nothing known yet: run-tall" in cuecoach("cues", "list", "posture", "--runner", "anna").out


def test_the_list_as_json_has_the_numbers_beside_each_rule(cuecoach, anna):
    (rule,) = json.loads(cuecoach("cues", "list", "feet.yaml", "--runner", "copy.json", "--json").out)
    known = rule["known"]
    assert known["anchor"] == "two"
    assert [(w["text"], w["cues"], w["helped"]) for w in known["words"]] == [("two", 9, 8), (BEAT, 1, 0), ("one", 9, 1)]
    assert known["words"][0]["share"] == pytest.approx(0.8 * 8 / 9 - 0.04, abs=0.001)
    assert 0.0 < known["words"][0]["standard_error"] < 0.5
    assert known["withheld"] == {"cues": 1, "mended": 0, "share": 0.04}
    (plain,) = json.loads(cuecoach("cues", "list", "feet.yaml", "--json").out)
    assert "known" not in plain


def test_a_runner_of_whom_nothing_is_kept_is_answered_with_those_there_are(refused, anna):
    told = refused("cues", "list", "feet.yaml", "--runner", "ana")
    assert told.startswith("nothing is known of the runner `ana` (")
    assert told.endswith("; there are: anna")
    assert refused("replay", "run.csv", "mute.yaml", "--runner", "none.json").startswith("nothing is known of")


@pytest.mark.parametrize("runner", ["anna", "copy.json"])
def test_a_replay_with_a_runner_uses_the_words_that_helped_and_writes_nothing(cuecoach, anna, files, runner):
    def said(*more: str) -> list[str]:
        out = cuecoach("replay", "run.csv", "mute.yaml", "--json", *more).out
        lines = [json.loads(line) for line in out.splitlines()]
        return [line["text"] for line in lines if line["kind"] == "sound"]

    before = {path: path.read_bytes() for path in (anna, files / "copy.json")}
    assert said()[0] == "one"
    assert said("--runner", runner)[0] == "two"
    assert said("--runner", runner) == said("--runner", runner)
    assert {path: path.read_bytes() for path in before} == before
    assert sorted(path.name for path in anna.parent.iterdir()) == ["anna.json"]


def test_explain_with_a_runner_says_why_just_these_words(cuecoach, anna):
    run = ("cues", "explain", "slow-feet", "run.csv", "mute.yaml", "--runner", "anna")
    told = json.loads(cuecoach(*run, "--json").out)
    spoken = next(s for s in told["stretches"] if s["said"])
    assert spoken["said"] == "two"
    done = cuecoach(*run, "--at", f"{spoken['start'] + 5} s")
    line = next(line for line in done.out.splitlines() if line.startswith("  words "))
    assert line.endswith("chosen: helped 8 of 9 times")


def test_the_summary_says_how_many_cues_helped(cuecoach, anna):
    done = cuecoach("replay", "run.csv", "mute.yaml")
    assert "  helped: 0 of 1 that could be judged" in done.out.splitlines()


# ---------------------------------------------------------------- what a sensor can tell
ASKS = """\
version: 1
rules:
  low: {when: vertical_oscillation > 100 mm, say: Low}
  lower: {when: vertical_oscillation > baseline + 10 mm, say: Lower}
  soft: {when: braking > 0.3 m/s, say: Soft}
  quick: {when: stance_time > 260 ms, say: Quick}
  idle: {when: braking > 0.2 m/s, enabled: false, say: Idle}
"""


def test_a_rule_that_asks_more_of_a_sensor_than_it_can_tell_gets_one_line(cuecoach, files):
    (files / "asks.yaml").write_text(ASKS, encoding="utf-8")
    (files / "watch.yaml").write_text("sources: {vertical_oscillation: watch}\n", encoding="utf-8")

    def told(config: str) -> dict[str, str]:
        done = cuecoach("cues", "check", "asks.yaml", "--config", config)
        assert done.code == 0
        notes = [line for line in done.err.splitlines() if line.startswith("note: asks.yaml:")]
        return {line.split("`")[1]: line.split("` ", 1)[1] for line in notes}

    usual = told("easy-run")
    assert list(usual) == ["low", "soft", "quick"]
    assert usual["low"] == (
        "holds vertical_oscillation against a plain number: it speaks with raw samples at 95 Hz or more only, "
        "not with a pod or watch; compare with `baseline` for all"
    )
    assert usual["soft"] == (
        "stays silent: this sensor's braking can only be compared with itself; compare it with `baseline`"
    )
    assert usual["quick"].startswith("stays silent: stance_time is only logged, never cued by itself")
    assert told("watch.yaml")["low"].startswith("stays silent: this sensor's vertical_oscillation can only")


def test_the_bundled_rules_ask_nothing_that_their_sensors_cannot_tell(cuecoach, files):
    for config in ("easy-run", "cadence", "treadmill"):
        assert "note:" not in cuecoach("cues", "check", "--config", config).err
