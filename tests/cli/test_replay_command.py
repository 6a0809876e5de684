"""`cuecoach replay` as a person and a script meet it."""

from __future__ import annotations

import gzip
import json

import soundfile


def test_the_timeline_has_the_reason_beside_the_cue(cuecoach, files):
    done = cuecoach("replay", "run.csv", "mute.yaml")
    assert done.code == 0
    line = next(line for line in done.out.splitlines() if "◆" in line)
    assert line.lstrip().startswith("1:5")  # below 160 from 1:40 on, smoothed over some seconds, for 10 s
    assert "“faster feet”  cadence " in line
    assert "< 160 spm for 10 s" in line
    assert "2 cues, 0 beats" in done.out


def test_json_lines_are_the_contract(cuecoach, files):
    done = cuecoach("replay", "run.csv", "mute.yaml", "--json")
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert all(list(line) == ["t", "kind", "rule", "outcome", "text", "why", "values"] for line in lines)
    assert {line["kind"] for line in lines} <= {"decision", "sound", "beat", "sensor", "response", "note"}
    times = [line["t"] for line in lines]
    assert times == sorted(times)
    spoken = [line for line in lines if line["kind"] == "sound"]
    assert {line["text"] for line in spoken} == {"faster feet"}
    assert done == cuecoach("replay", "run.csv", "mute.yaml", "--json")


def test_the_sound_is_as_long_as_the_run_and_replaces_an_old_file(cuecoach, files):
    (files / "heard.wav").write_bytes(b"old")
    done = cuecoach("replay", "run.csv", "mute.yaml", "--audio", "heard.wav")
    assert done.code == 0
    assert soundfile.info(files / "heard.wav").duration == 179.0
    assert done.out.endswith("Sound: heard.wav\n")
    assert sorted(p.name for p in files.iterdir()) == ["feet.yaml", "heard.wav", "mute.yaml", "run.csv"]


def test_a_cut_off_archive_is_used_as_far_as_it_goes(cuecoach, files):
    packed = gzip.compress((files / "run.csv").read_bytes())
    (files / "run.csv.gz").write_bytes(packed[: len(packed) * 3 // 4])
    done = cuecoach("replay", "run.csv.gz", "mute.yaml")
    assert done.code == 0
    assert "cut off at" in done.err


def test_cadence_in_strides_is_doubled_when_asked(cuecoach, files):
    (files / "strides.csv").write_text("t,cadence,speed\n" + "".join(f"{t},79,3\n" for t in range(180)))
    taken = cuecoach("replay", "strides.csv", "mute.yaml")
    assert "`--cadence-unit strides`" in taken.err
    doubled = cuecoach("replay", "strides.csv", "mute.yaml", "--cadence-unit", "strides")
    assert "cadence 158.0 spm < 160 spm" in doubled.out
    assert "as asked" in doubled.err


def test_rules_that_were_silent_for_the_same_reason_share_a_line(cuecoach, files):
    rules = (files / "feet.yaml").read_text() + "  fast-feet:\n    when: cadence > 200 spm\n    say: slower\n"
    (files / "feet.yaml").write_text(rules + "  faster-feet:\n    when: cadence > 210 spm\n    say: slow\n")
    done = cuecoach("replay", "run.csv", "mute.yaml")
    silent = [line for line in done.out.splitlines() if line.startswith("  silent: ")]
    assert len(silent) == 1
    assert silent[0].startswith("  silent: fast-feet, faster-feet – not met ")


def test_a_narrow_window_folds_and_a_pipe_does_not(cuecoach, files, monkeypatch):
    assert max(len(line) for line in cuecoach("replay", "run.csv").out.splitlines()) > 80
    monkeypatch.setenv("COLUMNS", "60")
    assert max(len(line) for line in cuecoach("replay", "run.csv").out.splitlines()) <= 60
