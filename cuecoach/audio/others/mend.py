"""Undoing what a run that broke off has left: streams that are down, programs that would begin quietly, players on pause."""

from __future__ import annotations

from collections.abc import Sequence

from cuecoach.audio.others.book import TurnedDown
from cuecoach.audio.others.ducker import Mixing
from cuecoach.audio.others.server import Stream
from cuecoach.audio.others.shape import lowered, on_the_way, same


def mend_streams(entries: Sequence[TurnedDown], server: Mixing) -> list[str]:
    """Bring back what still is where a ramp of ours left it; what was set by hand since then stays.

    Parameters
    ----------
    entries
        What was turned down.
    server
        The sound server of now, which need not be the one of then.

    Returns
    -------
    list[str]
        The programs that are as before again.

    Raises
    ------
    ServerGoneError
        No server; try again later.
    """
    mended: list[str] = []
    streams = server.streams() if entries else []
    for entry in entries:
        found = [stream for stream in streams if _is_of(entry, stream, server.id)]
        set_back = [
            server.set_volumes(each.index, entry.volumes) for each in found if on_the_way(each.volumes, entry.volumes)
        ]
        # A program that has ended since, or has another stream now, would start its next one as quietly as it ended.
        saved = server.remembered().get(entry.key) if entry.key else None
        if saved is not None and on_the_way(saved, entry.volumes):
            server.remember(entry.key, entry.volumes)
            set_back.append(True)
        if any(set_back) and entry.program not in mended:
            mended.append(entry.program)
    return mended


def _is_of(entry: TurnedDown, stream: Stream, server: str) -> bool:
    """Return whether it is the stream that was turned down, or a later one of that program."""
    if entry.server == server and entry.index == stream.index:
        return entry.pid == stream.pid and entry.program == stream.program
    if stream.program == entry.program:
        return stream.key == entry.key
    # Programs of one kind may share what the server remembers: this one began where the other was left.
    return bool(entry.key) and stream.key == entry.key and same(stream.volumes, lowered(entry.volumes, 1.0))
