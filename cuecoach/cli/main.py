"""The command line: collects the commands, and turns every expected error into one plain sentence and exit code 2."""

from __future__ import annotations

import errno
import os
import re
import sys
from typing import Annotated

import typer
from typer.exceptions import TyperException

from cuecoach.cli import cues, music, plan, runs, terminal, voices
from cuecoach.cli.calibrate_audio import calibrate_audio
from cuecoach.cli.demo import demo
from cuecoach.cli.doctor import doctor
from cuecoach.cli.measure import measure
from cuecoach.cli.metronome import metronome
from cuecoach.cli.replay import replay
from cuecoach.cli.run import run
from cuecoach.cli.sensors import sensors
from cuecoach.errors import CuecoachError, DocumentError

app = typer.Typer(
    name="cuecoach",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(demo)
app.command()(run)
app.command()(sensors)
app.command()(replay)
app.command()(measure)
app.command()(metronome)
app.command()(calibrate_audio)
app.add_typer(cues.app, name="cues")
app.add_typer(music.app, name="music")
app.add_typer(plan.app, name="plan")
app.add_typer(runs.app, name="runs")
app.add_typer(voices.app, name="voices")
app.command()(doctor)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"cuecoach {version('cuecoach')}")
        raise typer.Exit


@app.callback()
def root(
    _version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """A coach in the ear for runners: silent while form is good, three words or a beat when it is not.

    Hear it first:  cuecoach demo

    A training aid, not a medical device. Stop if it hurts.
    """


#: Errors of the system that are about where output goes, not about the program.
_OUTPUT_LOST = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def main() -> None:
    """Run the command line and exit."""
    terminal.prepare()
    sys.exit(invoke(sys.argv[1:]))


def invoke(arguments: list[str]) -> int:
    """Run one command and return its exit code: 0 fine, 1 the answer is "no", 2 wrong use or bad input."""
    try:
        result = app(arguments, prog_name="cuecoach", standalone_mode=False)
    except DocumentError as error:
        _print_problems(error)
        return 2
    except CuecoachError as error:
        return _refuse(str(error), error.exit_code)
    except TyperException as error:
        return _misused(error)
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except OSError as error:
        if error.errno not in _OUTPUT_LOST:
            raise
        return _refuse(f"the output could not be written ({error.strerror}); make room, or send it elsewhere")
    except SystemExit as error:
        # So typer and rich end when whoever read our output has gone (`| head`): that is no mistake. Completion ends so too.
        return 0 if "_CUECOACH_COMPLETE" not in os.environ else int(error.code or 0)
    return result if isinstance(result, int) else 0


def _refuse(sentence: str, exit_code: int = 2) -> int:
    if sentence:
        typer.echo(f"error: {sentence}", err=True)
    return exit_code


def _misused(error: TyperException) -> int:
    """Tell in one line what was typed wrong, and where to read what is right."""
    if type(error).__name__ == "NoArgsIsHelpError":  # its message is the help itself
        typer.echo(error.format_message(), err=True)
        return error.exit_code
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "cuecoach"
    return _refuse(f"{_sentence(error.format_message())}; see `{command} --help`", error.exit_code)


def _sentence(message: str) -> str:
    """Return the parser's message in our form: one line, no full stop, names in backticks."""
    line = " ".join(message.split()).rstrip(".")
    line = re.sub(r"'([^']*)'", r"`\1`", line).replace("Value error, ", "")
    line = re.sub(r"\. Did you mean (.*)\?$", r"; did you mean \1?", line)
    line = re.sub(r" \(Possible options: (.*)\)$", r"; did you mean \1?", line)
    return line[:1].lower() + line[1:]


def _print_problems(error: DocumentError) -> None:
    if not error.diagnostics:
        _refuse(str(error))
        return
    from cuecoach.diagnostics import render

    typer.echo(render(error.diagnostics, "full"), err=True)
