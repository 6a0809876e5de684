"""`cuecoach cues`: everything about cue files."""

import typer

from cuecoach.cli.cues.check import check
from cuecoach.cli.cues.explain import explain
from cuecoach.cli.cues.list import list_
from cuecoach.cli.cues.play import play
from cuecoach.cli.cues.schema import schema
from cuecoach.cli.cues.test import test

app = typer.Typer(name="cues", no_args_is_help=True, help="Everything about cue files: when to speak, and what.")
app.command()(check)
app.command()(test)
app.command()(explain)
app.command("list")(list_)
app.command()(play)
app.command()(schema)
