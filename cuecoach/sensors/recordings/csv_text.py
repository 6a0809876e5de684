"""Comma-separated sensor text on disk: its head (comments and column names) and its lines, in pieces, plain or gzipped."""

from __future__ import annotations

import difflib
import gzip
import math
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast, get_args

from cuecoach.diagnostics import clean
from cuecoach.errors import RecordingError
from cuecoach.events import Place

PLACES: Final[tuple[str, ...]] = get_args(Place)

#: Bytes read at once. Large enough that numpy's per-call cost vanishes, small enough to stay in a processor's cache.
CHUNK_BYTES = 1 << 18
#: Comments and column names must fit here; a longer beginning, or line, is not a table of numbers.
HEAD_BYTES = 1 << 16
#: A jump of `t` beyond this is a broken clock, not a pause, s.
MAX_GAP_S = 86_400.0
#: Share of rows that may be unusable before the whole file is refused.
MAX_BAD_SHARE = 0.2

_GZIP_MAGIC = b"\x1f\x8b"
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_COMMENT = re.compile(r"#\s*(\w[\w -]*?)\s*:\s*(.*)")


@dataclass(frozen=True, slots=True)
class CsvHead:
    """What stands before the numbers.

    Attributes
    ----------
    comments
        `# key: value` lines, key in lower case.
    columns
        Column names, without spaces and quotes around them.
    line
        The line of the column names, counted from 1.
    size
        Bytes up to and with that line, unpacked.
    """

    comments: Mapping[str, str]
    columns: tuple[str, ...]
    line: int
    size: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """Whole lines of text, each ended by a line feed; `line` is the number of the first."""

    line: int
    text: bytes

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield line number and text of every line that holds a row."""
        for line, raw in enumerate(self.text.split(b"\n"), self.line):
            text = raw.decode("utf-8", "replace").strip()
            if text and not text.startswith("#"):
                yield line, text


class ByteSource:
    """A file's bytes, unpacked when it is gzipped; a damaged archive ends early and says so.

    Attributes
    ----------
    cut_off
        Whether the gzip stream broke before its end; complete once everything was read.
    """

    def __init__(self, path: Path) -> None:
        self.cut_off = False
        try:
            self._file: BinaryIO = path.open("rb")
            packed = self._file.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
            self._file.seek(0)
        except OSError as error:
            raise RecordingError(unreadable(path, error)) from error
        self._path = path
        self._stream = cast("BinaryIO", gzip.GzipFile(fileobj=self._file)) if packed else self._file
        self.packed = packed

    def __enter__(self) -> ByteSource:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()  # a GzipFile leaves the file under it open
        self._file.close()

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes; fewer only at the end."""
        parts: list[bytes] = []
        while size > 0 and not self.cut_off:
            try:
                # read1, not read: what was unpacked before the damage must not be lost with the exception.
                part = self._stream.read1(size)  # pyright: ignore[reportAttributeAccessIssue]
            except (EOFError, zlib.error, gzip.BadGzipFile):
                self.cut_off = True
                break
            except OSError as error:
                raise RecordingError(unreadable(self._path, error)) from error
            if not part:
                break
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


def unreadable(path: Path, error: OSError) -> str:
    """Return the sentence for a file that the system does not give."""
    return f"`{path}` cannot be read: {error.strerror or error}; check the file and its permissions"


def read_head(path: Path) -> CsvHead:
    """Read comments and column names.

    Parameters
    ----------
    path
        A text file, possibly gzipped.

    Raises
    ------
    RecordingError
        It is empty, not text, has no line of column names, or does not separate them by commas.
    """
    with ByteSource(path) as source:
        start = source.read(HEAD_BYTES)
    if not start.strip():
        raise RecordingError(f"`{path}` is empty; a recording needs a line of column names and rows of numbers")
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise RecordingError(f"`{path}` is UTF-16 text; save it as UTF-8")
    if b"\0" in start:
        raise RecordingError(f"`{path}` is neither a FIT file nor text; give a .fit, .csv or .csv.gz file")
    if b"\n" not in start and b"\r" in start:
        raise RecordingError(f"`{path}` ends its lines with carriage returns only; save it with ordinary line ends")
    comments: dict[str, str] = {}
    size = 0
    for line, raw in enumerate(start.splitlines(keepends=True), 1):
        size += len(raw)
        text = raw.decode("utf-8-sig" if line == 1 else "utf-8", "replace").strip()
        if text.startswith("#"):
            found = _COMMENT.match(text)
            if found:
                comments[found[1].lower()] = found[2].strip()
        elif text:
            if not raw.endswith(b"\n") and size == HEAD_BYTES:
                break
            return CsvHead(comments, _columns(path, line, text), line, size)
    raise RecordingError(
        f"`{path}` has no line of column names; the first line of a table is for example `t,acc_x,acc_y,acc_z`"
    )


def data_chunks(path: Path, head: CsvHead, source: ByteSource, chunk_bytes: int = CHUNK_BYTES) -> Iterator[Chunk]:
    """Yield the rows of a table as whole lines, with bounded memory.

    Parameters
    ----------
    path, head
        The file, for error texts, and its head.
    source
        The opened file, at its start.
    chunk_bytes
        How much to read at once; the lines do not depend on it.

    Raises
    ------
    RecordingError
        A line is longer than any row of numbers.
    """
    source.read(head.size)
    line = head.line + 1
    rest = b""
    while block := source.read(chunk_bytes):
        if b"\0" in block:
            raise RecordingError(f"`{path}` holds bytes that are not text after line {line}; export it again")
        block = block.replace(b"\r", b"")
        cut = block.rfind(b"\n") + 1
        if cut:
            text = rest + block[:cut]
            yield Chunk(line, text)
            line += text.count(b"\n")
            rest = block[cut:]
        else:
            rest += block
        if len(rest) > HEAD_BYTES:
            raise RecordingError(f"`{path}`, line {line} is longer than any row of numbers; is this a table?")
    # A damaged archive ends inside a number that may look whole.
    if rest and not source.cut_off:
        yield Chunk(line, rest + b"\n")


def last_time(path: Path, column: int) -> float | None:
    """Return the number in `column` of the last whole line of an unpacked file; None if that is not cheap or not a number."""
    with ByteSource(path) as source:
        if source.packed:
            return None
    try:
        with path.open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - HEAD_BYTES))
            lines = file.read().decode("utf-8", "replace").split("\n")[1:]
    except OSError as error:
        raise RecordingError(unreadable(path, error)) from error
    last = next((line for line in reversed(lines) if line.strip()), "")
    cells = last.split(",")
    return to_number(cells[column]) if column < len(cells) else None


def to_number(cell: str) -> float | None:
    """Return the number written in a cell, None for anything else (also for `nan` and `inf`)."""
    text = cell.strip().strip('"')
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    return number if math.isfinite(number) else None


def shown(text: str, limit: int = 40) -> str:
    """Return a piece of the file in backticks, short and safe to print."""
    text = clean(text)
    return f"`{text if len(text) <= limit else text[: limit - 1] + '…'}`"


def suggestion(word: str, names: Iterable[str], aliases: Mapping[str, str]) -> str | None:
    """Return the name that was probably meant by `word`, or None."""
    plain = re.sub(r"[\s.-]+", "_", word.strip().lower())
    plain = re.sub(r"_*[\[(].*", "", plain)  # "speed (m/s)"
    known = list(names)
    if plain in known:
        return plain
    if plain in aliases:
        return aliases[plain]
    close = difflib.get_close_matches(plain, [*known, *aliases], n=1, cutoff=0.75)
    return aliases.get(close[0], close[0]) if close else None


def check_place(path: Path, text: str) -> Place:
    """Return `text` as a place.

    Raises
    ------
    RecordingError
        It is none; the error lists them.
    """
    if text not in PLACES:
        close = difflib.get_close_matches(text.lower(), PLACES, n=1)
        hint = f"did you mean `{close[0]}`? " if close else ""
        raise RecordingError(f"`{path}`: place {shown(text)} is not known; {hint}use one of {', '.join(PLACES)}")
    return cast("Place", text)


def count(n: int, one: str, many: str | None = None) -> str:
    """Return ``1 row`` or ``2 rows``."""
    return f"{n:,} {one if n == 1 else many or one + 's'}".replace(",", " ")


def clock(seconds: float) -> str:
    """Return a time for people: ``41:20``, ``1:02:03``."""
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _columns(path: Path, line: int, text: str) -> tuple[str, ...]:
    for mark, name in ((";", "semicolons"), ("\t", "tabs")):
        if text.count(mark) > text.count(","):
            raise RecordingError(
                f"`{path}`, line {line}: the columns are separated by {name}; save the table with commas between columns and "
                "points in decimals"
            )
    columns = tuple(cell.strip().strip('"').strip() for cell in text.split(","))
    if all(_NUMBER.fullmatch(name) for name in columns):
        raise RecordingError(
            f"`{path}`, line {line}: there are numbers where the column names should be; put for example "
            "`t,acc_x,acc_y,acc_z` above them"
        )
    twice = next((name for name in columns if name and columns.count(name) > 1), None)
    if twice is not None:
        raise RecordingError(f"`{path}`, line {line}: column {shown(twice)} is there twice; rename or remove one")
    return columns
