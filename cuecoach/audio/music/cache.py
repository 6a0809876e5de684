"""Beat maps kept on disk: one JSON file a song, named by the song's content, so a renamed song keeps its map."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from cuecoach.audio.music.beat_map import MAP_VERSION, BeatMap
from cuecoach.errors import SoundError
from cuecoach.wholefile import write_whole


def default_folder() -> Path:
    """Return where this system keeps caches of this program's beat maps."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("cuecoach", appauthor=False)) / "music"


class MapCache:
    """Beat maps by song. It may forget, never fail: what cannot be read or written is not there."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or default_folder()

    def path(self, song: Path) -> Path:
        """Return the file of a song's map.

        Raises
        ------
        SoundError
            The song cannot be read.
        """
        try:
            with song.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256")
        except OSError as error:
            reason = "there is no such file" if isinstance(error, FileNotFoundError) else error.strerror or str(error)
            raise SoundError(f"the song `{song}` cannot be read ({reason}); name a sound file") from None
        digest.update(f"\0{MAP_VERSION}".encode())
        return self._folder / f"{digest.hexdigest()[:32]}.json"

    def load(self, song: Path) -> BeatMap | None:
        """Return the map of a song, None when it is not there or not whole."""
        try:
            found = BeatMap.from_json(self.path(song).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            return None
        except SoundError:
            if song.is_file():
                return None
            raise
        return replace(found, title=song.stem)

    def store(self, song: Path, beat_map: BeatMap) -> None:
        """Keep a map. The file appears whole or not at all, also when two programs write it at once."""
        path = self.path(song)
        with suppress(OSError):  # a full or read-only disk costs time at the next start, nothing else
            write_whole(path, beat_map.to_json(), durable=False)
