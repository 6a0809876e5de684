"""`cuecoach doctor`: what works on this machine, and what to type to mend the rest."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass
from typing import Annotated

import typer

from cuecoach.cli import terminal

#: A radio that has not answered by then will not, s.
BLUETOOTH_PATIENCE_S = 6.0


@dataclass(frozen=True, slots=True)
class Check:
    """One part of the machine: fine, or what to do about it. Only an essential part that fails makes the answer "no"."""

    part: str
    fine: bool
    detail: str
    essential: bool = False


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print the checks as one JSON array.")] = False,
) -> None:
    """Say what works here, and how to mend the rest.

    Python, cue library, voice, sound device, other programs' sound, Bluetooth, plug-ins, your runs: fine, or what to type.
    What a run that broke off has left turned down or paused is as before again.

    Exit code 1 when something essential is broken. No voice, device or radio still leaves replay, demo and cue files working.

    Example:  cuecoach doctor
    """
    checks = [_python(), _library(), _voice(), _sound(), _others(), _bluetooth(), *_plugins(), _store()]
    if as_json:
        import json

        terminal.expect_json()
        typer.echo(json.dumps([asdict(check) for check in checks], ensure_ascii=False))
    else:
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, show_header=False)
        for check in checks:
            mark, style = (
                ("fine", "green") if check.fine else ("broken", "red") if check.essential else ("missing", "yellow")
            )
            table.add_row(check.part, Text(mark, style), check.detail)
        terminal.open_console().print(table)
    if any(check.essential and not check.fine for check in checks):
        raise typer.Exit(1)


def _python() -> Check:
    return Check("Python", True, f"{'.'.join(map(str, sys.version_info[:3]))} at {sys.executable}", essential=True)


def _library() -> Check:
    from cuecoach.config import bundled
    from cuecoach.errors import CuecoachError

    try:
        cues = sum(not path.name.endswith(".test.yaml") for path in bundled("cues").glob("*.yaml"))
        configs = len(list(bundled("configs").glob("*.yaml")))
    except CuecoachError as error:
        return Check("Cue library", False, str(error), essential=True)
    return Check("Cue library", True, f"{cues} cue files, {configs} configs", essential=True)


def _voice() -> Check:
    from cuecoach.audio.voices import search_voice

    found = search_voice()
    if found.voice is None:
        return Check("Voice", False, found.problem or "no voice was found")
    found.voice.close()
    return Check("Voice", True, found.voice.id)


def _sound() -> Check:
    from cuecoach.audio.process import SoundProcess
    from cuecoach.errors import DeviceError

    try:
        with SoundProcess.open() as sound:
            return Check("Sound device", True, f"opens, {1000 * sound.latency_s:.0f} ms of buffer")
    except DeviceError as error:
        return Check("Sound device", False, str(error))


def _others() -> Check:
    from cuecoach.audio.others.possible import look_what_works

    found, part = look_what_works(), "Other programs' sound"
    if found.taken:
        return Check(part, True, "a cuecoach that runs now sees to it")
    works = {"can be turned down": found.duck_problem, "media players can be paused": found.pause_problem}
    said = [what for what, problem in works.items() if problem is None]
    # One sentence where both fail alike.
    said += dict.fromkeys(problem for problem in works.values() if problem is not None)
    return Check(part, found.duck_problem is None or found.pause_problem is None, "; ".join((*said, *found.notes)))


def _bluetooth() -> Check:
    import asyncio

    from cuecoach import lineup
    from cuecoach.errors import RadioError
    from cuecoach.sensors.bluetooth.radio import check_radio

    async def listen() -> None:
        async with asyncio.timeout(BLUETOOTH_PATIENCE_S):
            await check_radio(lineup.open_radio())

    try:
        asyncio.run(listen())
    except RadioError as error:
        return Check("Bluetooth", False, str(error))
    except TimeoutError:
        return Check("Bluetooth", False, f"the radio does not answer within {BLUETOOTH_PATIENCE_S:g} s; start it again")
    return Check("Bluetooth", True, "the radio answers")


def _plugins() -> list[Check]:
    """Return one check of all plug-ins, and one for each that is broken."""
    from cuecoach.sensors.plugins import load_plugins

    found = load_plugins()
    families = [part.family for part in (*found.drivers, *found.sources)]
    fine = [Check("Plug-ins", True, ", ".join(families))] if families else []
    return fine + [Check("Plug-ins", False, problem) for problem in found.problems]


def _store() -> Check:
    import tempfile

    from cuecoach.errors import CuecoachError
    from cuecoach.store import Store, store_path

    path = store_path()
    try:
        if path.exists():
            with Store.open() as store:
                runs = len(store.heads())
            kept = f"{runs} {'run' if runs == 1 else 'runs'} in {path}, {path.stat().st_size / 1e6:.1f} MB"
        else:
            kept = f"no run yet; they will be in {path}"
        # The folder is made with the first run; until then its nearest parent must be writable.
        with tempfile.TemporaryFile(dir=next(p for p in path.parents if p.is_dir())):
            return Check("Runs", True, kept)
    except CuecoachError as error:
        return Check("Runs", False, f"{error}; runs go on, but are not kept")
    except OSError as error:
        return Check(
            "Runs", False, f"{path} cannot be written ({error.strerror}); allow it, or name another with CUECOACH_STORE"
        )
