"""`cuecoach replay` of a run of the store: the very decisions it had, other rules, comparisons, and files of the same name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cuecoach.store import Store
from cuecoach.timeline import json_lines
from tests.cli.runs_kept import put

STRICT = "version: 1\nrules:\n  tall:\n    when: pelvic_tilt > baseline + 2 deg\n    for: 5 s\n    say: Grow\n"
NEVER = "version: 1\nrules:\n  run-tall:\n    when: pelvic_tilt > 90 deg\n    say: Run tall\n"


@pytest.fixture
def store(cuecoach, tmp_path: Path) -> Path:
    (tmp_path / "strict.yaml").write_text(STRICT)
    (tmp_path / "never.yaml").write_text(NEVER)
    return put(tmp_path / "kept" / "runs.db")


def cues(text: str) -> list[tuple[float, str]]:
    lines = map(json.loads, text.splitlines())
    return [(line["t"], line["text"]) for line in lines if line["kind"] == "decision" and line["outcome"] == "spoken"]


def test_by_its_own_rules_it_decides_what_it_decided(cuecoach, store):
    done = cuecoach("replay", "1", "--json")
    with Store.open(store) as kept:
        assert done == (0, "\n".join(json_lines(kept.actions(1))) + "\n", "")
    assert len(cues(done.out)) >= 4


def test_last_is_the_newest_and_may_be_a_runners(cuecoach, store):
    assert cuecoach("replay", "last", "--json").out == cuecoach("replay", "2", "--json").out
    assert cuecoach("replay", "last:anna", "--json").out == cuecoach("replay", "2", "--json").out


def test_it_is_told_as_a_timeline(cuecoach, store):
    done = cuecoach("replay", "1")
    assert (done.code, done.err) == (0, "")
    assert "2:07  ◆ “Run tall”" in done.out
    assert "3 cues, 1 beat (0:59)" in done.out


def test_other_rules_and_other_configs_speak_of_the_same_run(cuecoach, store):
    assert {text for _, text in cues(cuecoach("replay", "1", "--cues", "strict.yaml", "--json").out)} == {"Grow"}
    done = cuecoach("replay", "1", "treadmill")
    assert "gated: warm-up 100 %" in done.out  # five minutes of it, and the run has four


def test_replaying_changes_no_run_and_teaches_nothing(cuecoach, store):
    before = store.read_bytes()
    cuecoach("replay", "1", "--cues", "strict.yaml")
    assert store.read_bytes() == before
    assert not Path("runners").exists()


# ---------------------------------------------------------------- comparisons
def test_what_changes_by_other_rules_is_told(cuecoach, store):
    done = cuecoach("replay", "1", "--cues", "never.yaml", "--compare", "own")
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == "own: 4 cues → never.yaml: 0 cues."
    assert "  run-tall       1 → 0" in lines
    assert any(line.startswith("-    2:07  run-tall       “Run tall”              now not met") for line in lines)
    assert any(line.endswith("  level-hips     “Keep your belt level”  the rule is not there") for line in lines)


def test_in_a_narrow_terminal_it_is_folded_under_the_rule(cuecoach, store, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    done = cuecoach("replay", "1", "--compare", "never.yaml")
    lines = done.out.splitlines()
    assert max(map(len, lines)) <= 60
    first = next(n for n, line in enumerate(lines) if line.startswith("+    2:07  run-tall"))
    assert lines[first + 1].startswith(" " * 11)


def test_a_run_that_nobody_coached_says_so(cuecoach, store):
    cuecoach("runs", "export", "1", "run.fit")
    cuecoach("runs", "import", "run.fit", "--runner", "bob")
    done = cuecoach("replay", "last:bob")
    assert (done.code, done.err) == (
        0,
        "note: run 4 has no rules of its own; name a config or cue files, such as `cuecoach replay 4 easy-run`\n",
    )
    assert cuecoach("replay", "4", "demo").err == ""


def test_against_itself_nothing_changes(cuecoach, store):
    assert cuecoach("replay", "1", "--compare", "own").out == "own: 4 cues → own: 4 cues; nothing changes.\n"


def test_a_comparison_as_json_and_with_several(cuecoach, store):
    done = cuecoach("replay", "1", "--cues", "strict.yaml", "--compare", "own", "--compare", "never.yaml", "--json")
    own, never = json.loads(done.out)
    assert (own["before"], own["after"]["name"]) == ({"name": "own", "cues": 4}, "strict.yaml")
    assert never["before"] == {"name": "never.yaml", "cues": 0}
    assert {change["change"] for change in never["changes"]} == {"added"}
    assert never["after"]["cues"] == len(never["changes"])
    assert set(own["changes"][0]) == {"t", "rule", "text", "change", "why"}


# ---------------------------------------------------------------- files
def test_a_file_named_like_a_run_comes_first_and_that_is_told(cuecoach, store):
    Path("1").write_bytes(
        Path("run.csv").write_text("t,cadence,speed\n0,170,3\n9,170,3\n") and Path("run.csv").read_bytes()
    )
    done = cuecoach("replay", "1")
    assert "note: `1` is taken as the file of that name in this folder, not as a run of the store\n" in done.err
    assert "3:50" not in done.out


def test_a_folder_named_like_a_run_is_in_no_ones_way(cuecoach, store):
    Path("1").mkdir()
    done = cuecoach("replay", "1")
    assert (done.code, done.err) == (0, "")
    assert "in 3:50" in done.out


def test_an_exported_run_of_a_pod_gives_the_same_cues(cuecoach, store):
    cuecoach("runs", "export", "1", "run.fit")
    done = cuecoach("replay", "run.fit", "demo", "--json")
    assert done.code == 0, done.err
    assert cues(done.out) == cues(cuecoach("replay", "1", "--json").out)


# ---------------------------------------------------------------- mistakes
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("99",), "there is no run 99; the newest is 2, `cuecoach runs list` shows what there is"),
        (("last:bob",), "no run of `bob` is stored; there are runs of `anna`, `marker-of-bea`"),
        (("bob",), "`bob` does not exist; check the name and the folder"),
        (
            ("1", "nowhere"),
            "there is no bundled config called `nowhere`; there are: cadence, demo, easy-run, treadmill",
        ),
        (("1", "--runner", "anna"), "--runner is for recordings; a run of the store knows that itself"),
        (("1", "--place", "foot"), "--place is for recordings; a run of the store knows that itself"),
        (("1", "--realtime", "--json"), "--json is for a replay at full speed; leave out --realtime"),
        (("1", "--compare", "own", "--realtime"), "--compare tells what changes; leave out --realtime and --audio"),
        (
            ("1", "--compare", "own", "--audio", "a.wav"),
            "--compare tells what changes; leave out --realtime and --audio",
        ),
    ],
)
def test_a_mistake_is_one_sentence_and_writes_nothing(store, refused, arguments, sentence):
    assert refused("replay", *arguments) == sentence


def test_where_no_run_is_kept_it_is_said_how_to_keep_one(cuecoach, refused):
    assert refused("replay", "last").startswith("no run is kept yet: there is no ")
