"""`cuecoach voices`: who can speak on this machine, and how that sounds."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cuecoach.cli import terminal
from cuecoach.errors import DeviceError, UsageError

if TYPE_CHECKING:
    from cuecoach.audio.sounds import FloatArray32

app = typer.Typer(
    name="voices", help="Who can speak on this machine, and how that sounds.", invoke_without_command=True
)

#: Before the words, and after them, s.
_LEAD_S = 0.3


@app.callback()
def list_(
    context: typer.Context,
    language: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="Only voices of this language, for example de.", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the voices as one JSON array.")] = False,
) -> None:
    """List the voices of this machine: what a config may name in `voice: {engine, name, model}`.

    Hear one with `cuecoach voices try "Run tall" --name NAME`.

    Exit code 1 when nothing here can speak.

    Example:  cuecoach voices --language de
    """
    if context.invoked_subcommand is not None:
        return
    from cuecoach.audio.voice_choice import language_tag
    from cuecoach.audio.voices import list_voices

    entries, problems = list_voices()
    if language is not None:
        wanted = {language_tag(language).split("-")[0]}
        wanted |= {"cmn"} if "zh" in wanted else set()
        found = [
            entry for entry in entries if any(language_tag(tag).split("-")[0] in wanted for tag in entry.languages)
        ]
        if entries and not found:
            problems.append(f"no installed voice speaks `{language}`; `cuecoach voices` lists all")
        entries = found
    for problem in problems:
        terminal.note(problem)
    if as_json:
        import json

        terminal.expect_json()
        typer.echo(json.dumps([asdict(entry) for entry in entries], ensure_ascii=False))
    elif entries:
        from rich.table import Table

        table = Table(box=None, pad_edge=False)
        for column in ("engine", "name", "languages", "id"):
            table.add_column(column, style="dim" if column == "id" else "")
        for entry in entries:
            table.add_row(entry.engine, entry.name, ", ".join(entry.languages), entry.id)
        terminal.open_console().print(table)
    if not entries:
        raise typer.Exit(1)


@app.command("try")
def try_(
    text: Annotated[str, typer.Argument(help="What to say.")] = "Run tall",
    name: Annotated[str | None, typer.Option(metavar="NAME", help="A system voice, or part of its name.")] = None,
    language: Annotated[str, typer.Option(metavar="CODE", help="What the text is in, for example de.")] = "en",
    rate: Annotated[int, typer.Option(metavar="WPM", help="Words a minute.", min=80, max=400)] = 175,
    engine: Annotated[str, typer.Option(metavar="ENGINE", help="pyttsx3, piper, or a plug-in's.")] = "pyttsx3",
    model: Annotated[
        str | None, typer.Option(metavar="MODEL", help="For piper: the model's file, or its name.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a .wav or .flac instead of playing.")] = None,
    device: Annotated[
        str, typer.Option(metavar="DEVICE", help="Sound device: default, null, a number, or part of its name.")
    ] = "default",
) -> None:
    """Hear a voice, made ready as a run would: trimmed, in one loudness, units and times in words.

    Example:  cuecoach voices try "172 spm" --rate 160
    """
    from cuecoach.audio.sounds import SAMPLE_RATE_HZ

    if not text.strip():
        raise UsageError("there is nothing to say; write for example `cuecoach voices try 'Run tall'`")
    if out is not None:
        from cuecoach.cli.options import check_sound_file

        check_sound_file(out)
    if model is not None and engine == "pyttsx3":
        engine = "piper"
    words, title = _speak(text, language, rate, engine, name, model)
    length = len(words) / SAMPLE_RATE_HZ
    if out is not None:
        _write(words, out)
        typer.echo(f"{out}: {length:.1f} s, {title}")
        return
    typer.echo(f"{title}: {length:.1f} s")
    try:
        _play(words, device)
    except DeviceError as error:
        if device != "default":
            raise
        typer.echo(f"{error}. To write a file instead, add --out voice.wav")


def _speak(
    text: str, language: str, rate: int, engine: str, name: str | None, model: str | None
) -> tuple[FloatArray32, str]:
    """Return the words and the voice's name; whatever is not as asked for is a mistake here."""
    from cuecoach.audio.loudness import prepare_words
    from cuecoach.audio.sounds import SAMPLE_RATE_HZ
    from cuecoach.audio.spoken import spell
    from cuecoach.audio.voices import search_voice

    found = search_voice(language, rate, engine, name, model)
    if found.voice is None:
        raise UsageError(found.problem or "no voice was found")
    try:
        if found.problem and name:
            raise UsageError(found.problem)
        if found.problem:
            terminal.note(found.problem)
        return prepare_words(*found.voice.speak(spell(text, language)), SAMPLE_RATE_HZ), found.title
    finally:
        found.voice.close()


def _write(words: FloatArray32, path: Path) -> None:
    from cuecoach.audio.files import render_to_file
    from cuecoach.audio.mixer import Mixer
    from cuecoach.audio.sounds import SAMPLE_RATE_HZ
    from cuecoach.events import Say

    length = len(words) / SAMPLE_RATE_HZ
    render_to_file(Mixer(lambda _: words), path, length + 2 * _LEAD_S, [Say(0.0, _LEAD_S, 1, "voice", "", length)])


def _play(words: FloatArray32, device: str) -> None:
    import time
    from contextlib import suppress

    from cuecoach.audio.process import SoundProcess
    from cuecoach.audio.sounds import SAMPLE_RATE_HZ
    from cuecoach.events import Say

    with SoundProcess.open(device, words={"": words}) as sound, suppress(KeyboardInterrupt):
        begin = sound.session_time() + _LEAD_S
        length = len(words) / SAMPLE_RATE_HZ
        sound.send(Say(begin, begin, 1, "voice", "", length))
        while sound.session_time() < begin + length + sound.latency_s + _LEAD_S:
            time.sleep(0.02)
            sound.poll()
            if not sound.alive:
                raise DeviceError(f"{sound.problem}; to write a file instead, add --out voice.wav")
