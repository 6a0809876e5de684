"""What went into the coach, as messages of a FIT file: packed batches, cut into pieces that a field can hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from cuecoach.events import Action, Event, ImuBlock, Place, Reading, Reload, Say, SensorState, Tick
from cuecoach.fitapp import INPUTS_MESSAGE, LAST, MORE, PHRASE_MESSAGE, PIECE_BYTES
from cuecoach.packing import pack_events
from cuecoach.store.export.fit_bytes import Field, FitFile, Value
from cuecoach.store.export.fit_profile import TIMESTAMP

#: Length of a batch, s: what a damaged byte costs. Of a pod, shorter ones would take more room.
BATCH_S: Final = 60.0

_NUMBER: Final = Field(0, "uint32")
_AT: Final = Field(1, "float64")


@dataclass(frozen=True, slots=True)
class PackedInputs:
    """What went into the coach.

    Attributes
    ----------
    batches
        When each begins, s, and its bytes.
    sensors
        Who said something, and where worn, in order of their first word.
    """

    batches: Sequence[tuple[float, bytes]]
    sensors: Sequence[tuple[str, Place | None]]


def pack_inputs(events: Iterable[Event]) -> PackedInputs:
    """Pack the inputs of a run, in their order; changed cue files are left out, as those are chosen when it is replayed."""
    placed: dict[tuple[str, Place | None], None] = {}
    named: dict[str, None] = {}
    batches: list[tuple[float, bytes]] = []
    batch: list[Event] = []
    for event in events:
        match event:
            case Reload():
                continue
            case Reading() | ImuBlock():
                placed[event.source, event.place] = None
            case SensorState():
                named[event.source] = None
            case _:
                pass
        batch.append(event)
        if isinstance(event, Tick) and event.t - batch[0].t >= BATCH_S:
            batches.append((batch[0].t, pack_events(batch)))
            batch = []
    if batch:
        batches.append((batch[0].t, pack_events(batch)))
    elsewhere: list[tuple[str, Place | None]] = [(name, None) for name in named if all(name != n for n, _ in placed)]
    return PackedInputs(batches, [*placed, *elsewhere])


def write_batch(file: FitFile, timestamp: int, data: bytes) -> None:
    """Write a batch as messages of one piece each; the last one is as long as it must be."""
    for piece in _pieces(data):
        row: list[tuple[Field, Value]] = [(TIMESTAMP, timestamp), (Field(0, "byte", size=len(piece)), piece)]
        file.add(INPUTS_MESSAGE, row)


def write_phrases(file: FitFile, actions: Iterable[Action]) -> None:
    """Write which phrases were asked for and when, so that what was heard of them can be told from other ones."""
    for action in actions:
        if isinstance(action, Say):
            file.add(PHRASE_MESSAGE, [(_NUMBER, action.id), (_AT, action.at)])


def _pieces(data: bytes) -> Iterator[bytes]:
    for at in range(0, len(data), PIECE_BYTES):
        last = at + PIECE_BYTES >= len(data)
        yield bytes((LAST if last else MORE,)) + data[at : at + PIECE_BYTES]
