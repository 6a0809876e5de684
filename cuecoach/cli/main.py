"""The command line: collects the commands, and turns every expected error into one plain sentence and exit code 2."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer
from typer.exceptions import TyperException

from cuecoach.cli import cues
from cuecoach.cli.demo import demo
from cuecoach.cli.doctor import doctor
from cuecoach.cli.measure import measure
from cuecoach.cli.metronome import metronome
from cuecoach.cli.replay import replay
from cuecoach.cli.run import run
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
app.command()(replay)
app.command()(measure)
app.command()(metronome)
app.add_typer(cues.app, name="cues")
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


def main() -> None:
    """Run the command line and exit."""
    sys.exit(invoke(sys.argv[1:]))


def invoke(arguments: list[str]) -> int:
    """Run one command and return its exit code: 0 fine, 1 the answer is "no", 2 wrong use or bad input."""
    try:
        result = app(arguments, prog_name="cuecoach", standalone_mode=False)
    except DocumentError as error:
        _print_problems(error)
        return 2
    except CuecoachError as error:
        return _refuse(str(error))
    except TyperException as error:
        return _refuse(_sentence(error.format_message()), exit_code=error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone (`| head`): leave without a word, and without a second error at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return result if isinstance(result, int) else 0


def _refuse(sentence: str, exit_code: int = 2) -> int:
    if sentence:
        typer.echo(f"error: {sentence}", err=True)
    return exit_code


def _sentence(message: str) -> str:
    """Make the parser's message one line that says where to look."""
    line = " ".join(message.split()).rstrip(".")
    return f"{line}; `cuecoach --help` lists what there is" if line else ""


def _print_problems(error: DocumentError) -> None:
    if not error.diagnostics:
        _refuse(str(error))
        return
    from cuecoach.diagnostics import render

    typer.echo(render(error.diagnostics, "full"), err=True)
