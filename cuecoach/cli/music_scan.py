"""``cuecoach music scan``: finds the beats of songs once, and says which cadences they serve."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cuecoach.cli import terminal

if TYPE_CHECKING:
    from cuecoach.audio.music.beat_map import BeatMap
    from cuecoach.audio.music.voice import Song


def scan(
    paths: Annotated[list[Path], typer.Argument(metavar="FILES|FOLDER", help="Songs, or folders of them.")],
) -> None:
    """Find the beats of songs, and say which cadences they serve.

    A song takes a few seconds, once; what was found is kept. The very first song takes up to a minute longer.

    Example:  cuecoach music scan ~/Music/running
    """
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("song")
    table.add_column("tempo", justify="right")
    table.add_column("wanders", justify="right")
    table.add_column("serves")
    fit = 0
    for found in map_songs(paths):
        beat_map = found.beat_map
        why_not = beat_map.unfit()
        fit += why_not is None
        serves = span_words(beat_map) if why_not is None else f"not used: {why_not}"
        tempo = f"{beat_map.tempo_bpm:.0f} bpm" if beat_map.beats else "none"
        table.add_row(beat_map.title, tempo, f"{1000 * beat_map.wander_s:.0f} ms", serves)
    terminal.open_console().print(table)
    if fit == 0:
        raise typer.Exit(1)


def span_words(beat_map: BeatMap) -> str:
    """Say which cadences a song serves."""
    from cuecoach.audio.music.tempo import served

    spans = [f"{low:.0f} to {high:.0f} spm" for low, high in served(beat_map.tempo_bpm)]
    return " and ".join(spans) if spans else "no cadence between 140 and 200 spm"


def map_songs(paths: list[Path]) -> list[Song]:
    """Return the songs among files and folders with their beat maps, telling progress; files that cannot be read are noted.

    Raises
    ------
    SoundError
        No song can be read, or the extra `music` is not installed.
    """
    from cuecoach.audio.music.cache import MapCache
    from cuecoach.audio.music.needs import need
    from cuecoach.audio.music.scanning import find_songs, map_song
    from cuecoach.audio.music.voice import Song
    from cuecoach.errors import SoundError

    songs, cache, found = find_songs(paths), MapCache(), list[Song]()
    need("python_stretch")  # told before the work, not after it
    for number, path in enumerate(songs, start=1):

        def tell(number: int = number, path: Path = path) -> None:
            typer.echo(f"listening to {path.name} ({number} of {len(songs)})", err=True)
            if "librosa" not in sys.modules:
                need("librosa")
                typer.echo("(the first song takes up to a minute longer)", err=True)

        try:
            found.append(Song(str(path), map_song(path, cache, tell)))
        except SoundError as error:
            if len(songs) == 1 or "cuecoach[music]" in str(error):
                raise
            terminal.note(str(error))
    if not found:
        raise SoundError("none of the songs can be read; convert them to FLAC or WAV")
    return found
