"""`cuecoach music`: songs of your own as the beat."""

import typer

from cuecoach.cli.music_play import play
from cuecoach.cli.music_scan import scan

app = typer.Typer(
    name="music", no_args_is_help=True, help="Songs of your own as the beat: their tempo follows your steps."
)
app.command()(scan)
app.command()(play)
