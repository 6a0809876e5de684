"""Small recordings, a silent config, and the command line called in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from cuecoach.audio import voices
from cuecoach.cli.main import invoke
from tests.cli.cue_commands import CUES as TWO_RULES

CUES = "version: 1\nrules:\n  slow-feet:\n    when: cadence < 160 spm\n    for: 10 s\n    say: faster feet\n"


class Done(NamedTuple):
    """What a command gave."""

    code: int
    out: str
    err: str


@pytest.fixture
def cuecoach(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Call a command in an empty folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    # No test reads, or writes, what the person at this machine has remembered.
    monkeypatch.setenv("CUECOACH_RUNNERS", str(tmp_path / "runners"))
    monkeypatch.setenv("CUECOACH_STORE", str(tmp_path / "kept" / "runs.db"))
    monkeypatch.setenv("CUECOACH_SENSORS", str(tmp_path / "sensors.yaml"))
    monkeypatch.setenv("CUECOACH_HEADPHONES", str(tmp_path / "settings" / "headphones.yaml"))

    def call(*arguments: object) -> Done:
        code = invoke([str(a) for a in arguments])
        return Done(code, *capsys.readouterr())

    return call


@pytest.fixture
def refused(cuecoach: Callable[..., Done]):
    """Call a command that must be refused with one plain sentence; return the sentence."""

    def call(*arguments: object) -> str:
        before = {p.name for p in Path().iterdir()}
        done = cuecoach(*arguments)
        assert (done.code, done.out) == (2, "")
        assert done.err.startswith("error: ")
        assert done.err.count("\n") == 1
        assert {p.name for p in Path().iterdir()} == before
        return done.err.removeprefix("error: ").rstrip()

    return call


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Write a run whose cadence fades below 160, a cue file for it, and a config without voice, sound or warm-up."""
    rows = [f"{t},{170 - t / 10:g},3.0" for t in range(180)]
    (tmp_path / "run.csv").write_text("t,cadence,speed\n" + "\n".join(rows) + "\n", encoding="utf-8")
    (tmp_path / "feet.yaml").write_text(CUES, encoding="utf-8")
    (tmp_path / "mute.yaml").write_text(
        "cues: [feet.yaml]\nvoice: {engine: off}\nmetronome: off\ngates: {warm_up: 10 s}\n", encoding="utf-8"
    )
    return tmp_path


@pytest.fixture
def cues(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cue file, in an empty folder, on a machine without a voice."""
    monkeypatch.chdir(tmp_path)
    nobody = voices.VoiceSearch(None, "no voice is installed; type `pip install 'cuecoach[voice]'`")
    monkeypatch.setattr(voices, "search_voice", lambda *_: nobody)
    path = tmp_path / "my.yaml"
    path.write_text(TWO_RULES, encoding="utf-8")
    return path
