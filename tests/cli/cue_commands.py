"""`cues list` and `cues play` as typed, on two rules of their own and a machine without a voice."""

from __future__ import annotations

import typer
from typer.testing import CliRunner

from cuecoach.cli.cues.list import list_
from cuecoach.cli.cues.play import play

app = typer.Typer(pretty_exceptions_enable=False)
app.command("play")(play)
app.command("list")(list_)

CUES = """\
version: 1
rules:
  slow-feet:
    when: cadence < 160 spm
    focus: cadence
    beat: 60 s
    say: [Faster feet, Light feet]
    praise: Better.
  run-tall:
    when: pelvic_tilt > start + 3 deg
    focus: posture
    enabled: false
    priority: high
    say: Run tall
"""


def run(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


def lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


def played(result: object) -> list[str]:
    """What was told to be played: rules, and their parts without the times."""
    told = [line.split() for line in getattr(result, "stdout", "").splitlines()]
    return [" ".join(words[1:] if words[0][0].isdigit() else words) for words in told]
