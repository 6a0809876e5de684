"""`cuecoach cues play`: hear every cue before the run."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cuecoach.cli import terminal
from cuecoach.cli.cues.wording import read_rules
from cuecoach.errors import DeviceError, UsageError

if TYPE_CHECKING:
    from cuecoach.cli.cues.programme import Programme
    from cuecoach.config import RunConfig
    from cuecoach.rules.rule import Rule

#: What could be the name of a rule, and not words to be said.
_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


def play(
    what: Annotated[
        list[str] | None,
        typer.Argument(metavar="RULE|FILE|TEXT", help="Rules, cue files, or words of yours; everything if left out."),
    ] = None,
    cues: Annotated[
        list[str] | None,
        typer.Option(metavar="CUES", help="Cue file or bundled name, in place of all bundled ones; may be repeated."),
    ] = None,
    language: Annotated[
        str | None, typer.Option(metavar="CODE", help="Hear it in this language, for example de.", show_default=False)
    ] = None,
    voice: Annotated[
        str | None, typer.Option(metavar="NAME", help="A system voice, or part of its name; see `cuecoach voices`.")
    ] = None,
    rate: Annotated[int, typer.Option(metavar="WPM", help="Words a minute.", min=80, max=400)] = 175,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a .wav or .flac instead of playing.")] = None,
    device: Annotated[
        str, typer.Option(metavar="DEVICE", help="Sound device: default, null, a number, or part of its name.")
    ] = "default",
) -> None:
    """Hear every cue before the run: its beat, its wordings, what follows when they do not help, its praise.

    Each line is printed when it is heard; Ctrl-C ends it.

    Example:  cuecoach cues play run-tall
    """
    from cuecoach.cli.cues.programme import compose
    from cuecoach.cli.options import check_sound_file
    from cuecoach.config import RunConfig, Voice
    from cuecoach.rendering import words_of

    rules = choose(what or [], read_rules(cues, language))
    if out is not None:
        check_sound_file(out)
    spoken = language or (rules[0].language if rules else "en")
    config = RunConfig(voice=Voice(language=spoken, name=voice, rate=rate))

    def programme() -> Programme:
        words, problem = words_of(rules, config, ())
        if problem:
            terminal.note(problem)
        return compose(rules, words)

    if out is None:
        _play(programme, config, device)
        return
    from cuecoach.audio.files import render_to_file
    from cuecoach.audio.mixer import Mixer

    made = programme()
    for _, line in made.lines:
        typer.echo(line)
    render_to_file(Mixer(made.samples, level_db=config.sound.level), out, made.duration_s, made.actions)
    typer.echo(f"{out}: {made.duration_s:.0f} s")


# ---------------------------------------------------------------- what is meant
def choose(what: Sequence[str], rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Return the rules to play: named by themselves or by their file; other words become a rule of their own.

    Raises
    ------
    UsageError
        Something that looks like the name of a rule and is none.
    """
    if not what:
        return tuple(rules)
    chosen: dict[tuple[str, tuple[str, ...]], Rule] = {}
    for word in what:
        named = [rule for rule in rules if rule.id == word] or [r for r in rules if Path(r.path).stem == word]
        for rule in named or [_own_words(word, rules)]:
            chosen[rule.id, rule.say] = rule
    return tuple(chosen.values())


def _own_words(text: str, rules: Sequence[Rule]) -> Rule:
    from cuecoach.rules import compile_expression
    from cuecoach.rules.rule import Rule

    if not text.strip():
        raise UsageError("there is nothing to say; write for example `cuecoach cues play 'Run tall'`")
    if _ID.fullmatch(text):
        known = dict.fromkeys([*(rule.id for rule in rules), *(Path(rule.path).stem for rule in rules)])
        close = difflib.get_close_matches(text, known, n=1, cutoff=0.6)
        if close or "-" in text:
            said = text.replace("-", " ").capitalize()
            mend = f"did you mean `{close[0]}`?" if close else f"`cuecoach cues list` shows all, `{said}` would be said"
            raise UsageError(f"there is no rule `{text}`; {mend}")
    return Rule(id="your words", when=compile_expression("running"), say=(" ".join(text.split()),))


# ---------------------------------------------------------------- live
def _play(programme: Callable[[], Programme], config: RunConfig, device: str) -> None:
    import time
    from contextlib import suppress

    from cuecoach.audio.process import SoundProcess
    from cuecoach.livesound import chosen

    try:
        sound = SoundProcess.open(device, **chosen(config.sound))
    except DeviceError as error:
        if device != "default":
            raise
        # Not a mistake of the person: said once, with the way that works everywhere.
        typer.echo(f"{error}. To write a file instead, add --out cues.wav")
        return
    with sound, suppress(KeyboardInterrupt):
        made = programme().later(sound.session_time())
        for text, samples in made.words.items():
            sound.add_words(text, samples)
        for action in made.actions:
            sound.send(action)
        lines = list(made.lines)
        end = made.duration_s + sound.latency_s
        while sound.session_time() < end:
            time.sleep(0.02)
            sound.poll()
            if not sound.alive:
                raise DeviceError(f"{sound.problem}; to write a file instead, add --out cues.wav")
            while lines and lines[0][0] + sound.latency_s <= sound.session_time():
                typer.echo(lines.pop(0)[1])
