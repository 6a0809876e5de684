"""`cuecoach runs export`: a run as a file for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cuecoach.cli.arguments import StoreFile
from cuecoach.cli.runs.opening import WhichRun, open_store


def export(
    run: WhichRun,
    file: Annotated[
        Path,
        typer.Argument(help="Its ending says the format: .fit, .tcx, .csv, .parquet or .jsonl.", show_default=False),
    ],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    samples: Annotated[
        bool,
        typer.Option(
            "--samples/--no-samples",
            help="FIT: with raw samples (3.4 MB an hour) a replay is the run itself; without, cues come at other times.",
        ),
    ] = True,
    store: StoreFile = None,
) -> None:
    """Write a run as a file for other programs: FIT, TCX, CSV, Parquet or JSON lines.

    Example:  cuecoach runs export last run.fit
    """
    from cuecoach.rules.rule_json import rules_from_json
    from cuecoach.store.export import check_target
    from cuecoach.store.export import export as write
    from cuecoach.stored import record_of

    check_target(file, force=force)  # what costs nothing to refuse comes first
    with open_store(store) as kept:
        number = kept.find(run).number
        inputs = kept.inputs(number, rules_from_json)
        written = write(record_of(kept, number), file, inputs=inputs, samples=samples, force=force)
    for path in written:
        typer.echo(f"Export: {path}")
