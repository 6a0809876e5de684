"""Every format a run can be exported to, by the ending of the file's name, and the one way to write them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeAlias

from cuecoach.errors import StoreError, UsageError
from cuecoach.events import Event, ImuBlock
from cuecoach.runrecord import RunRecord
from cuecoach.wholefile import write_whole

#: What went into the coach in a run, in its order.
Inputs: TypeAlias = Iterable[Event]
#: Gives each file of an export as bytes, by its ending.
Encoder: TypeAlias = Callable[[RunRecord, Inputs], Mapping[str, bytes]]


@dataclass(frozen=True, slots=True)
class Format:
    """A format: the ending of its file's name, what it is for in words, the endings of its files, and how it is made."""

    suffix: str
    title: str
    files: tuple[str, ...]
    encode: Encoder


# Each part is imported when its format is asked for: the list of formats alone must cost nothing.
def _fit(record: RunRecord, inputs: Inputs) -> Mapping[str, bytes]:
    from cuecoach.store.export.fit import fit_bytes

    return {".fit": fit_bytes(record, inputs)}


def _tcx(record: RunRecord, inputs: Inputs) -> Mapping[str, bytes]:
    from cuecoach.store.export.tcx import tcx_bytes

    return {".tcx": tcx_bytes(record)}


def _csv(record: RunRecord, inputs: Inputs) -> Mapping[str, bytes]:
    from cuecoach.store.export.csv_file import cues_csv, seconds_csv

    return {".cues.csv": cues_csv(record), ".csv": seconds_csv(record)}


def _parquet(record: RunRecord, inputs: Inputs) -> Mapping[str, bytes]:
    from cuecoach.store.export.parquet import parquet_bytes

    return {".parquet": parquet_bytes(record)}


def _jsonl(record: RunRecord, inputs: Inputs) -> Mapping[str, bytes]:
    from cuecoach.store.export.json_lines import json_lines

    return {".jsonl": json_lines(record)}


def _by_suffix(*formats: Format) -> Mapping[str, Format]:
    return MappingProxyType({each.suffix: each for each in formats})


#: Ending -> format.
FORMATS: Final = _by_suffix(
    Format(".fit", "a FIT activity, for watches, training sites and `cuecoach replay`", (".fit",), _fit),
    Format(".tcx", "TCX, for programs that do not read FIT", (".tcx",), _tcx),
    Format(".csv", "a table for spreadsheets, and one of the cues", (".cues.csv", ".csv"), _csv),
    Format(".parquet", "a table for data analysis (needs pyarrow)", (".parquet",), _parquet),
    Format(".jsonl", "every second and decision as lines of JSON", (".jsonl",), _jsonl),
)


def export(
    record: RunRecord,
    path: Path,
    *,
    inputs: Inputs = (),
    samples: bool = True,
    force: bool = False,
) -> tuple[Path, ...]:
    """Write a run to a file, in the format that the ending of its name says: whole, or not at all.

    Parameters
    ----------
    record
        The run.
    path
        Where to; a `.csv` gets a `.cues.csv` beside it.
    inputs
        What went into the coach, in its order: a FIT file then coaches the same when it is replayed.
    samples
        Whether raw samples among them go into a FIT file; without, it is smaller, and replayed from its smoothed seconds.
    force
        Whether a file that is there already is replaced.

    Returns
    -------
    tuple of Path
        The files written, the one asked for last.

    Raises
    ------
    UsageError
        There is no such format, or the file is there already.
    StoreError
        It could not be written, or something the format needs is not installed.
    """
    found, new = _targets(path, force=force)
    kept = inputs if samples else (event for event in inputs if not isinstance(event, ImuBlock))
    encoded = found.encode(record, kept)
    files = {ending: _beside(path, ending, found) for ending in found.files}
    try:
        for ending, target in files.items():
            write_whole(target, encoded[ending])
    except OSError as error:
        for target in new:  # of two files, none is left alone
            with suppress(OSError):
                target.unlink(missing_ok=True)
        raise _unwritable(path, error) from error
    return tuple(files.values())


def check_target(path: Path, *, force: bool = False) -> None:
    """Refuse what :func:`export` would refuse, before anything costly is done.

    Raises
    ------
    UsageError
        There is no such format, or the file is there already.
    StoreError
        The folder cannot be looked into.
    """
    _targets(path, force=force)


def _targets(path: Path, *, force: bool) -> tuple[Format, list[Path]]:
    """Return the format, and which of its files are not there yet."""
    found = FORMATS.get(path.suffix.lower())
    if found is None:
        raise UsageError(
            f"`{path.name}` has no ending of a format that can be exported; use one of {', '.join(FORMATS)}"
        )
    try:
        files = [_beside(path, ending, found) for ending in found.files]
        return found, [target for target in files if _is_new(target, force=force)]
    except OSError as error:
        raise _unwritable(path, error) from error


def _is_new(target: Path, *, force: bool) -> bool:
    """Whether nothing is there yet; refuse to write over what must not be replaced."""
    if target.is_dir():
        raise UsageError(f"`{target}` is a folder; give the name of a file in it")
    there = target.exists()
    if there and not force:
        raise UsageError(f"`{target}` is there already; give another name, or `--force` to replace it")
    return not there


def _unwritable(path: Path, error: OSError) -> StoreError:
    reason = error.strerror or type(error).__name__
    return StoreError(f"`{path}` could not be written ({reason}); choose another folder or free some space")


def _beside(path: Path, ending: str, found: Format) -> Path:
    return path if ending == found.suffix else path.with_suffix(ending)
