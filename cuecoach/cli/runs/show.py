"""`cuecoach runs show`: one run on the terminal."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from cuecoach.cli import terminal
from cuecoach.cli.arguments import StoreFile
from cuecoach.cli.runs.opening import WhichRun, open_store


def show(
    run: WhichRun = "last",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print everything that was decided and heard, as JSON lines.")
    ] = False,
    store: StoreFile = None,
) -> None:
    """Show a run: how it went, what was said, and what that changed.

    Example:  cuecoach runs show last
    """
    from cuecoach.cli.runs import words
    from cuecoach.cli.runs.list import facts
    from cuecoach.report.text import report_text
    from cuecoach.stored import record_of
    from cuecoach.timeline import json_lines

    with open_store(store) as kept:
        head = kept.find(run)
        record = record_of(kept, head.number)
    if as_json:
        terminal.expect_json()
        typer.echo(json.dumps(facts(head), ensure_ascii=False))
        for line in json_lines(record.actions):
            typer.echo(line)
        return
    console = terminal.open_console()
    for line in report_text(record):
        console.print(words.hanging(line, console.width), soft_wrap=True)
