"""`cuecoach cues`: everything about cue files."""

import typer

from cuecoach.cli.cues.check import check
from cuecoach.cli.cues.list import list_

app = typer.Typer(name="cues", no_args_is_help=True, help="Everything about cue files: when to speak, and what.")
app.command()(check)
app.command("list")(list_)
