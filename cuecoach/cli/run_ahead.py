"""What `cuecoach run` finds out before a run begins: where sound goes, and whether Bluetooth works."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cuecoach.errors import RadioError

if TYPE_CHECKING:
    import asyncio

    from cuecoach.lineup import Lineup
    from cuecoach.sensors.bluetooth.protocol import Radio

#: Names that end so are meant as files, not as devices, also those that cannot be written.
_SOUND_FILES = (".wav", ".wave", ".flac", ".mp3", ".ogg", ".oga", ".opus", ".m4a", ".aac", ".aif", ".aiff", ".wma")


def where_sound_goes(audio: str | None) -> tuple[Path | None, str | None]:
    """Return the file to record to and the device to play on, where given.

    Raises
    ------
    UsageError
        The file is of a kind that cannot be written.
    """
    if audio is None:
        return None, None
    from cuecoach.cli.options import check_sound_file

    path = Path(audio)
    if path.suffix.lower() in _SOUND_FILES or len(path.parts) > 1:
        check_sound_file(path)
        return path, None
    return None, "null" if audio == "off" else audio


def check_radio_of(lined_up: Lineup, radio: Radio, loop: asyncio.Runner) -> None:
    """Make sure that Bluetooth works where it is needed; where other sensors remain, its lack is only told.

    Raises
    ------
    RadioError
        It does not work, and no other sensor is there.
    """
    if not lined_up.bluetooth:
        return
    from cuecoach.cli import terminal
    from cuecoach.sensors.bluetooth.radio import check_radio

    try:
        loop.run(check_radio(radio))
    except RadioError as error:
        if lined_up.only_bluetooth:
            raise
        terminal.note(f"no {' or '.join(lined_up.bluetooth)} sensor yet: {error}")
