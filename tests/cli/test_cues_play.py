"""`cuecoach cues play` and `cues list`, as typed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from cuecoach.audio.process import SoundProcess
from cuecoach.audio.sounds import SAMPLE_RATE_HZ
from cuecoach.cli.cues.play import choose
from cuecoach.cli.cues.programme import CLICKS, LEAD_S, STEP_S, TEMPO_SPM, compose
from cuecoach.errors import CuecoachError, DeviceError, DocumentError, UsageError
from cuecoach.events import Beat, Say
from cuecoach.rules import Rule, compile_expression
from cuecoach.rules.rule import NoChange, Recording
from tests.cli.cue_commands import CUES, lines, played, run


# ---------------------------------------------------------------- what is played
def test_a_file_has_everything_of_a_rule_in_order(cues: Path) -> None:
    result = run("play", "slow-feet", "--cues", str(cues), "--out", "all.wav")
    assert result.exit_code == 0, result.output
    beat = f"beat {TEMPO_SPM:g} spm, {CLICKS} clicks; in a run 60 s at your tempo"
    assert played(result)[:-1] == ["slow-feet", beat, "says Faster feet", "says Light feet", "praise Better."]
    assert result.stdout.splitlines()[-1].startswith("all.wav: ")
    assert "no voice is installed" in result.stderr
    samples, rate = soundfile.read("all.wav")
    assert rate == SAMPLE_RATE_HZ
    loud = np.abs(samples).max(axis=1) > 0.01
    assert not loud[: round(0.9 * LEAD_S * rate)].any()
    assert loud.any()


def test_a_beat_has_its_clicks_and_no_more(cues: Path) -> None:
    run("play", "slow-feet", "--cues", str(cues), "--out", "all.wav")
    samples, rate = soundfile.read("all.wav")
    step = 60.0 / TEMPO_SPM
    strength = np.abs(samples).max(axis=1)
    starts = [round((LEAD_S + k * step) * rate) for k in range(CLICKS + 1)]
    heard = [strength[s : s + round(0.03 * rate)].max() > 0.02 for s in starts]
    assert heard == [True] * CLICKS + [False]


def test_without_names_every_rule_is_played_those_that_are_off_too(cues: Path) -> None:
    told = played(run("play", "--cues", str(cues), "--out", "all.wav"))
    assert [word for word in told if word.startswith(("slow-feet", "run-tall"))] == ["slow-feet", "run-tall (off)"]


def test_a_file_may_be_named_in_place_of_its_rules(cues: Path) -> None:
    assert played(run("play", "my", "--cues", str(cues), "--out", "a.wav")) == [
        *played(run("play", "--cues", str(cues), "--out", "a.wav"))
    ]


def test_words_of_ones_own_are_said(cues: Path) -> None:
    told = played(run("play", "Hello you", "relax", "--cues", str(cues), "--out", "a.flac"))
    assert told[:4] == ["your words", "says Hello you", "your words", "says relax"]
    assert soundfile.info("a.flac").frames > SAMPLE_RATE_HZ


def test_what_is_named_twice_is_played_once() -> None:
    rule = Rule("run-tall", compile_expression("running"), say=("Run tall",), path="cues/posture.yaml")
    assert choose(["run-tall", "posture", "run-tall"], [rule]) == (rule,)


def test_what_follows_when_words_do_not_help_and_the_drill_are_played_step_by_step() -> None:
    more = NoChange(("Tuck tail",), ("Reach up", "Lower arms"))
    rule = Rule("r", compile_expression("running"), say=("Run tall",), if_no_change=more, praise="Tall.")
    rule = replace(rule, recordings={"Run tall": Recording("sounds/tall.wav", 1.0)})
    words = dict.fromkeys([*rule.cues, "Tall."], np.ones(SAMPLE_RATE_HZ // 2, np.float32))
    programme = compose([rule], words)
    said = [(a.text, a.kind) for a in programme.actions if isinstance(a, Say)]
    assert said == [
        ("Run tall", "cue"),
        ("Tuck tail", "cue"),
        ("Reach up", "cue"),
        ("Lower arms", "cue"),
        ("Tall.", "praise"),
    ]
    at = {a.text: a.at for a in programme.actions if isinstance(a, Say)}
    assert at["Lower arms"] - at["Reach up"] == pytest.approx(STEP_S)
    assert [line.split()[1] for _, line in programme.lines[1:]] == ["says", "then", "drill", "drill", "praise"]
    assert "Run tall  (tall.wav)" in programme.lines[1][1]


def test_a_programme_begun_later_is_the_same_programme() -> None:
    rule = Rule("r", compile_expression("running"), say=("Hi",), beat_s=60.0)
    programme = compose([rule], {"Hi": np.ones(4800, np.float32)})
    late = programme.later(2.0)
    assert late.duration_s == programme.duration_s + 2.0
    assert [a.at for a in late.actions] == [a.at + 2.0 for a in programme.actions]
    beat = late.actions[0]
    assert isinstance(beat, Beat)
    assert beat.until is not None
    assert beat.until - beat.at == pytest.approx((CLICKS - 0.5) * 60 / TEMPO_SPM)


def test_a_recording_is_heard_as_it_is(cues: Path) -> None:
    tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000)
    soundfile.write(cues.parent / "tall.wav", tone, 16_000)
    cues.write_text(CUES.replace("say: Run tall", "play: tall.wav"), encoding="utf-8")
    result = run("play", "run-tall", "--cues", str(cues), "--out", "a.wav")
    assert result.exit_code == 0, result.exception
    assert lines(result.stdout)[1] == "0:00 says tall (tall.wav)"
    samples, rate = soundfile.read("a.wav")
    heard = samples[round((LEAD_S + 0.25) * rate) : round((LEAD_S + 0.75) * rate), 0]
    assert np.argmax(np.abs(np.fft.rfft(heard))) == 220  # bins are 2 Hz wide
    text = run("list", str(cues)).stdout
    assert "tall (tall.wav, 1.0 s)" in text


# ---------------------------------------------------------------- what cannot be played
@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("slow-fet", "there is no rule `slow-fet`; did you mean `slow-feet`?"),
        ("runtall", "did you mean `run-tall`?"),
        ("wave-arms", "there is no rule `wave-arms`; `cuecoach cues list` shows all, `Wave arms` would be said"),
        (" ", "there is nothing to say"),
    ],
)
def test_a_name_that_is_none_is_answered_with_the_one_that_was_meant(cues: Path, word: str, says: str) -> None:
    error = run("play", word, "--cues", str(cues), "--out", "a.wav").exception
    assert isinstance(error, UsageError)
    assert says in str(error)
    assert not Path("a.wav").exists()


def test_a_broken_cue_file_is_told_with_its_problems(cues: Path) -> None:
    cues.write_text(CUES + "    coolddown: 1 s\n", encoding="utf-8")
    assert isinstance(run("play", "--cues", str(cues), "--out", "a.wav").exception, DocumentError)


def test_a_file_that_cannot_be_written_is_told_before_anything_is_made(cues: Path) -> None:
    error = run("play", "--cues", str(cues), "--out", "a.mp3").exception
    assert isinstance(error, CuecoachError)
    assert ".wav or .flac" in str(error)


def test_without_a_device_one_sentence_says_the_way_out(cues: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_device(*_: object, **__: object) -> SoundProcess:
        raise DeviceError("there is no sound device on this machine")

    monkeypatch.setattr(SoundProcess, "open", no_device)
    result = run("play", "--cues", str(cues))
    assert result.exit_code == 0
    assert result.stdout == ("there is no sound device on this machine. To write a file instead, add --out cues.wav\n")
    assert isinstance(run("play", "--cues", str(cues), "--device", "Headset").exception, DeviceError)


# ---------------------------------------------------------------- live
COMMAND = [
    sys.executable,
    "-c",
    "import typer; from cuecoach.cli.cues.play import play; a = typer.Typer(); a.command()(play); a()",
]


@pytest.mark.live
def test_each_line_is_told_when_it_is_heard(cues: Path) -> None:
    result = subprocess.run(
        [*COMMAND, "run-tall", "--cues", str(cues), "--device", "null"],
        capture_output=True,
        text=True,
        timeout=40,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert [line.split()[-1] for line in result.stdout.splitlines()] == ["(off)", "tall"]


@pytest.mark.live
@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_ctrl_c_ends_it(cues: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, "--cues", str(cues), "--device", "null"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "slow-feet\n"
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        _, problems = process.communicate(timeout=15)
        assert time.monotonic() - began < 5.0
    assert process.returncode == 0
    assert "Traceback" not in problems
