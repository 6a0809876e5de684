"""`cuecoach cues schema`: what an editor needs to complete, explain and mark while you type."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cuecoach.errors import UsageError


class Kind(StrEnum):
    """Which files a schema is for."""

    cues = "cues"
    tests = "tests"
    config = "config"


def schema(
    kind: Annotated[Kind, typer.Argument(help="Which files it is for.")] = Kind.cues,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it there instead of printing it.", show_default=False)
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only tell whether the file is up to date: the bundled one, or --out.")
    ] = False,
) -> None:
    """Print the JSON Schema of cue files, their tests or configs, for editors.

    A file whose first line is `# yaml-language-server: $schema=cues.schema.json`, with that file beside it, is completed,
    explained and checked by every editor that has a YAML language server (VS Code with its YAML extension, Neovim, Zed …).

    Example:  cuecoach cues schema --out cues.schema.json
    """
    from cuecoach.cli import terminal

    text = schema_text(kind)
    if check:
        _check(kind, out, text)
    elif out is None:
        terminal.expect_json()
        typer.echo(text, nl=False)
    else:
        try:
            out.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise UsageError(f"`{out}` cannot be written ({_reason(error)}); name another place with --out") from None
        typer.echo(f"{out}: first line of a file beside it: # yaml-language-server: $schema={out.name}")


def schema_text(kind: Kind) -> str:
    """Return a schema as the text of its file."""
    from cuecoach.yamldoc.schema import to_json

    if kind is Kind.config:
        from cuecoach.configschema import config_schema

        return to_json(config_schema())
    if kind is Kind.tests:
        from cuecoach.ruletests.schema import rehearsal_schema

        return to_json(rehearsal_schema())
    from cuecoach.rules.schema import cue_schema

    return to_json(cue_schema())


def shipped_copy(kind: Kind) -> Path:
    """Return where the bundled copy lies, as one would type it from here."""
    from cuecoach import configschema
    from cuecoach.config import bundled
    from cuecoach.rules import schema as cueschema
    from cuecoach.ruletests import schema as testschema

    names = {Kind.cues: cueschema.FILE_NAME, Kind.tests: testschema.FILE_NAME, Kind.config: configschema.FILE_NAME}
    file = (bundled("configs" if kind is Kind.config else "cues") / names[kind]).resolve()
    here = Path.cwd()
    return file.relative_to(here) if file.is_relative_to(here) else file


def _check(kind: Kind, file: Path | None, text: str) -> None:
    file = file or shipped_copy(kind)
    try:
        there = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        there = None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"`{file}` cannot be read ({_reason(error)}); name another file with --out") from None
    if there == text:
        typer.echo(f"{file} is up to date")
        return
    state = "is not there" if there is None else "is out of date"
    typer.echo(f"{file} {state}; type `cuecoach cues schema {kind.value} --out {file}`", err=True)
    raise typer.Exit(1)


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or "it is not text"
