"""Whatever is typed wrong: one plain sentence that says how to mend it, exit code 2, nothing written."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("runn", "did you mean `run`"),
        ("cues lst", "see `cuecoach cues --help`"),
        ("run --fro 5s", "did you mean --for?"),
        ("replay", "missing argument `recording`; see `cuecoach replay --help`"),
        ("demo --seed -1", "`--seed`"),
        ("cues check --format xml", "`concise`"),
        ("replay run.csv --cadence-unit feet", "`strides`"),
        ("run --sensor foot=off", "--sensor foot"),
        ("run --sensor fot=Stryd", "did you mean `foot`?"),
        ("run --sensor ble", "sim:demo"),
        ("run --sensor sim:marathon", "easy-run"),
        ("run --sensor sim,emg", "sim:demo,imu"),
        ("run nosuch --sensor sim", "easy-run"),
        ("run --sensor sim --cues nosuch", "posture"),
        ("run --sensor sim --metronome never", "when needed"),
        ("run --sensor sim --for 20", "write for example `20 s`"),
        ("run --sensor sim --for 0s", "--for '5 min'"),
        ("run --sensor sim --audio heard.mp3", ".wav or .flac"),
        ("run --sensor sim --audio nodir/heard.wav", "does not exist"),
        ("run mute.yaml --sensor sim --audio no-such-device", "no sound"),
        ("demo --out demo.ogg", ".wav or .flac"),
        ("demo --out nodir/demo.wav", "does not exist"),
        ("replay run.csv --audio .", "is not a sound file"),
        ("replay run.csv --place knee", "sacrum"),
        ("replay run.csv --realtime --json", "leave out --realtime"),
        ("measure run.csv --series", "--json --series"),
        ("measure run.csv --csv nodir/steps.csv", "make it first"),
        ("measure run.csv --csv run.csv", "is the recording itself"),
        ("measure run.csv", "cuecoach replay run.csv"),
        ("metronome 900", "40 to 260"),
        ("metronome --device no-such-device", "no sound"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(refused, files, typed, told):
    assert told in refused(*typed.split())


GOOD = b"t,cadence,speed\n" + b"".join(b"%d,170,3\n" % t for t in range(60))


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("empty.csv", b"", "is empty"),
        ("empty.fit", b"", "is empty"),
        ("binary.csv", bytes(range(256)) * 4, "neither a FIT file nor text"),
        ("binary.fit", bytes(range(256)) * 4, "not a FIT file"),
        ("cut.fit", b"\x0e\x10\x43\x08\xff\xff\x00\x00.FIT\x00\x00", "cut off before its first record"),
        ("sheet.csv", b"PK\x03\x04" + bytes(99), "spreadsheet"),
        ("head.csv", b"t,acc_x,acc_y,acc_z\n", "no usable row"),
        ("short.csv", b"t,acc_x,acc_y\n0,1,2\n", "`acc_z` is missing"),
        ("back.csv", GOOD + b"5,170,3\n", "line 62: time runs backwards"),
        ("nan.csv", b"t,acc_x,acc_y,acc_z\n" + b"0,nan,1,2\n" * 9, "`nan`"),
        ("cut.csv.gz", gzip.compress(GOOD, mtime=0)[:12], "gzip"),
        ("folder.csv", None, "is a folder"),
    ],
)
@pytest.mark.parametrize("command", ["replay", "measure"])
def test_a_bad_recording_is_told_in_one_sentence(refused, tmp_path: Path, command, name, content, told):
    path = tmp_path / name
    path.mkdir() if content is None else path.write_bytes(content)
    if command == "measure" and name == "back.csv":
        told = "finished metrics"
    assert told in refused(command, name)


def test_a_missing_recording_and_one_without_rights(refused, tmp_path: Path, monkeypatch):
    assert "does not exist" in refused("replay", "missing.csv")
    (tmp_path / "shut.csv").write_bytes(GOOD)

    really_open = Path.open

    def shut(path, *arguments, **options):
        if path.name == "shut.csv":
            raise PermissionError(13, "Permission denied", str(path))
        return really_open(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", shut)
    assert "permissions" in refused("replay", "shut.csv")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("cadance: {raise: 5 %}\n", "did you mean `cadence`?"),
        ("gates: {warm_up: 5}\n", "write for example `5 s`"),
        ("metronome: maybe\n", "when needed"),
        ("cues: [\n", "where a value should stand"),
    ],
)
def test_a_mistake_in_a_config_is_shown_at_its_place(cuecoach, files: Path, text, told):
    (files / "bad.yaml").write_text(text, encoding="utf-8")
    done = cuecoach("replay", "run.csv", "bad.yaml")
    assert (done.code, done.out) == (2, "")
    assert "--> bad.yaml:" in done.err
    assert told in done.err


def test_a_mistake_in_a_cue_file_is_shown_at_its_place(cuecoach, files: Path):
    (files / "bad.yaml").write_text(
        "version: 1\nrules:\n  a:\n    when: cadnce < 160 spm\n    say: a\n", encoding="utf-8"
    )
    done = cuecoach("replay", "run.csv", "--cues", "bad.yaml")
    assert (done.code, done.out) == (2, "")
    assert "bad.yaml:4:11" in done.err


def test_nothing_typed_gives_the_help(cuecoach):
    done = cuecoach()
    assert done.code == 2
    assert "Commands:\n" in done.err


def test_a_write_protected_sound_file_is_left_alone(refused, files: Path, monkeypatch):
    kept = files / "kept.wav"
    kept.write_bytes(b"mine")
    monkeypatch.setattr("os.access", lambda path, mode: mode != os.W_OK)
    assert "write-protected" in refused("replay", "run.csv", "--audio", "kept.wav")
    assert kept.read_bytes() == b"mine"


@pytest.mark.parametrize(
    "command",
    [
        "demo",
        "run",
        "replay",
        "measure",
        "metronome",
        "calibrate-audio",
        "sensors",
        "music scan",
        "music play",
        "voices try",
        "cues check",
        "cues list",
        "doctor",
    ],
)
def test_help_shows_an_example(cuecoach, command):
    done = cuecoach(*command.split(), "--help")
    assert done.code == 0
    assert f"Example:  cuecoach {command}" in done.out
    assert "list[str]" not in done.out.split("Options:")[-1]
