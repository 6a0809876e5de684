"""`cuecoach runs`: what is kept of your runs."""

import typer

from cuecoach.cli.runs.delete import delete
from cuecoach.cli.runs.export import export
from cuecoach.cli.runs.import_ import import_
from cuecoach.cli.runs.list import list_
from cuecoach.cli.runs.report import report
from cuecoach.cli.runs.show import show

app = typer.Typer(name="runs", no_args_is_help=True, help="Your runs: list, look at, report, export, import, delete.")
app.command("list")(list_)
app.command()(show)
app.command()(report)
app.command()(export)
app.command("import")(import_)
app.command()(delete)
