"""From a file, or text in memory, to a document; what is no text at all is told here."""

from __future__ import annotations

import pathlib
import re

from cuecoach.diagnostics import Diagnostic, sort
from cuecoach.errors import UsageError
from cuecoach.yamldoc.compose import Composer
from cuecoach.yamldoc.document import MAX_BYTES, Document, Place

# YAML's own line breaks, and the characters it allows (YAML 1.2.2, 5.1 and 5.4).
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_NOT_PRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def load_document(path: pathlib.Path | str, *, prefix: str = "K") -> Document:
    """Read a file.

    Parameters
    ----------
    path
        The file.
    prefix
        First letter of the codes of its problems.

    Returns
    -------
    Document
        Its `problems` say what is wrong with it; `data` is None when nothing could be made of it.

    Raises
    ------
    UsageError
        When the file cannot be read at all.
    """
    file = pathlib.Path(path)
    try:
        with file.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise UsageError(f"there is no file `{path}`; check the name, or the folder you are in") from None
    except IsADirectoryError:
        raise UsageError(f"`{path}` is a folder, not a file") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UsageError(f"`{path}` cannot be read: {reason}") from None
    broken = Document(str(path), prefix, [])
    if len(raw) > MAX_BYTES:
        broken.problems.append(_whole(broken, 3, f"the file is larger than {MAX_BYTES // 1024} kB", "split it in two"))
        return broken
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        message = f"the file is not UTF-8 text (line {line} has other bytes)"
        broken.problems.append(_whole(broken, 2, message, "save it as UTF-8 in your editor"))
        return broken
    return parse_document(text, path=str(path), prefix=prefix)


def parse_document(text: str, *, path: str = "<text>", prefix: str = "K") -> Document:
    """Read text that is already in memory; see :func:`load_document`."""
    text = text.removeprefix("\ufeff")
    document = Document(path, prefix, _BREAK.split(text))
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        document.problems.append(
            _whole(document, 3, f"the text is larger than {MAX_BYTES // 1024} kB", "split it in two")
        )
        return document
    odd = _NOT_PRINTABLE.search(text)
    if odd:
        before = _BREAK.split(text[: odd.start()])
        place = Place(len(before), len(before[-1]) + 1, len(before[-1]) + 2)
        message = f"a character that is not text (U+{ord(odd[0]):04X})"
        document.problems.append(document.problem(2, message, place, help="delete it; is this the right file?"))
        return document
    Composer(document).compose(text)
    document.problems[:] = sort(document.problems)
    return document


def _whole(document: Document, number: int, message: str, mend: str) -> Diagnostic:
    return Diagnostic(f"{document.prefix}{number:03d}", "error", message, document.path, help=mend)
