"""Checks a document against a pydantic model and says each problem in plain words, at the place where it is written."""

from __future__ import annotations

import difflib
import types
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from cuecoach.diagnostics import Diagnostic, sort
from cuecoach.yamldoc.document import Data, Document, Path

Model = TypeVar("Model", bound=BaseModel)

#: What a setting should have been, by pydantic's name for the failure.
_KINDS: Mapping[str, str] = {
    "string": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "list": "a list, like [one, two]",
    "tuple": "a list, like [one, two]",
    "dict": "a block of settings, one `name: value` a line",
    "mapping": "a block of settings, one `name: value` a line",
    "model": "a block of settings, one `name: value` a line",
    "dataclass": "a block of settings, one `name: value` a line",
    "none": "empty",
}


class Fault(ValueError):  # noqa: N818 - raised inside validators, never seen by a caller
    """What a model's validator raises when it can say more than one sentence.

    Parameters
    ----------
    message
        One plain sentence.
    help
        What to type instead.
    number
        Its code, where 105 (not possible here) says too little.
    """

    def __init__(self, message: str, help: str | None = None, *, number: int = 105) -> None:  # noqa: A002 - as in a diagnostic
        super().__init__(message)
        self.help = help
        self.number = number


def closest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that was probably meant, or None."""
    found = difflib.get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def validate(
    document: Document, model: type[Model], *, at: Path = (), not_yet: Mapping[str, str] | None = None
) -> tuple[Model | None, list[Diagnostic]]:
    """Check a document, or one block of it, against a model.

    Parameters
    ----------
    document
        From :func:`load_document`.
    model
        A pydantic model with ``extra="forbid"``.
    at
        The block to check; the whole document by default.
    not_yet
        Settings of a later version, each with the sentence that says so.

    Returns
    -------
    model, diagnostics
        The model is None when there is an error. With `at` empty the document's own problems are among the diagnostics.
    """
    problems = list(document.problems) if not at else []
    if document.data is None:
        return None, problems
    try:
        result = model.model_validate(document.get(at))
    except ValidationError as error:
        found = (_diagnose(document, model, at, e, not_yet or {}) for e in error.errors(include_url=False))
        problems += _one_each(d for d in found if d is not None)
        return None, sort(problems)
    return (None if any(p.is_error for p in problems) else result), sort(problems)


def _one_each(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    # A setting that may be one of several kinds fails once for each of them; one answer is enough.
    kept: dict[tuple[int | None, int, str], Diagnostic] = {}
    for d in found:
        name = d.message if d.code.endswith(("101", "102", "103")) else ""
        kept.setdefault((d.line, d.column, name), d)
    return list(kept.values())


def _diagnose(
    document: Document, model: type[BaseModel], at: Path, error: ErrorDetails, not_yet: Mapping[str, str]
) -> Diagnostic | None:
    kind = error["type"]
    path = _real_path(document, at, error["loc"], keep_last=kind == "missing")
    if any(path[:n] in document.poisoned for n in range(len(path) + 1)):
        return None
    name = str(path[-1]) if path else ""
    if kind == "missing":
        return document.problem(101, f"`{name}` is missing", path[:-1], part="key", help=_example(model, at, path))
    if kind == "extra_forbidden":
        if name in not_yet:
            return document.problem(103, not_yet[name], path, part="key")
        fields = _fields(model, path[len(at) : -1])
        meant = closest(name, fields)
        help_text = f"did you mean `{meant}`?" if meant else f"known here: {', '.join(fields)}"
        return document.problem(102, f"unknown setting `{name}`", path, part="key", help=help_text)
    label = _label(path)
    value = document.get(path)
    if value is None:
        return _empty(document, path, label, kind)
    if kind == "value_error":
        cause = error.get("ctx", {}).get("error")
        message, _, rest = str(cause).partition("; ")
        help_text = cause.help if isinstance(cause, Fault) else rest or None
        number = cause.number if isinstance(cause, Fault) else 105
        return document.problem(number, message if not label else f"`{label}`: {message}", path, help=help_text)
    if kind in ("literal_error", "enum"):
        allowed = str(error.get("ctx", {}).get("expected", "")).replace("'", "").replace(" or ", ", ").split(", ")
        meant = closest(str(value), allowed)
        help_text = f"did you mean `{meant}`?" if meant else f"write one of: {', '.join(allowed)}"
        return document.problem(105, f"`{label}` cannot be `{_show(value)}`", path, help=help_text)
    return _wrong_kind(document, path, label, value, error)


def _empty(document: Document, path: Path, label: str, kind: str) -> Diagnostic:
    wanted = _KINDS.get(kind.split("_")[0], "")
    line = document.lines[document.locate(path, "key").line - 1]
    _, sign, comment = line.partition(" #")
    mend = f"it should be {wanted}" if wanted else "give it a value, or delete the line"
    if sign:
        mend = f'what follows `#` is a comment; to have it as text write "#{comment.strip()}"'
    return document.problem(104, f"`{label}` is empty", path, part="key", help=mend)


def _wrong_kind(document: Document, path: Path, label: str, value: Data, error: ErrorDetails) -> Diagnostic:
    kind = error["type"]
    wanted = _KINDS.get(kind.split("_")[0])
    if wanted and kind.endswith(("_type", "_parsing", "_from_float", "_attributes_type")):
        help_text = (
            f'put quotes around it: "{_show(value)}"'
            if wanted == "text" and not isinstance(value, list | dict)
            else None
        )
        if kind.startswith("bool"):
            help_text = f"write `{_truth(value)}`"
        message = f"`{label}` should be {wanted}" if label else f"this should be {wanted}"
        return document.problem(104, message, path, help=help_text)
    context = error.get("ctx", {})
    bounds = {
        "greater_than_equal": ("at least", "ge"),
        "greater_than": ("more than", "gt"),
        "less_than_equal": ("at most", "le"),
        "less_than": ("less than", "lt"),
    }
    if kind in bounds:
        words, key = bounds[kind]
        return document.problem(105, f"`{label}` should be {words} {context.get(key, 0):g}", path)
    if kind.endswith(("too_short", "too_long")):
        limit = context.get("min_length", context.get("max_length"))
        words = "at least" if kind.endswith("short") else "at most"
        unit = "characters" if kind.startswith("string") else "entries"
        return document.problem(105, f"`{label}` should have {words} {limit} {unit}", path)
    message = error["msg"][:1].lower() + error["msg"][1:]
    return document.problem(105, f"`{label}`: {message}" if label else message, path)


def _real_path(document: Document, at: Path, loc: tuple[int | str, ...], *, keep_last: bool) -> Path:
    """Drop what pydantic adds to a place that is not in the document: names of union branches and validators."""
    path, here = at, document.get(at)
    for n, part in enumerate(loc):
        last = n == len(loc) - 1
        inside = (
            part in here
            if isinstance(here, dict)
            else isinstance(here, list) and isinstance(part, int) and part < len(here)
        )
        if not inside and not (last and keep_last):
            continue
        path = (*path, part)
        here = document.get(path)
    return path


def _label(path: Path) -> str:
    names = [p for p in path if isinstance(p, str)]
    return names[-1] if names else ""


def _truth(value: Data) -> str:
    word = str(value).lower()
    return (
        "true" if word in ("on", "yes", "y", "1") else "false" if word in ("off", "no", "n", "0") else "true` or `false"
    )


def _show(value: Data) -> str:
    text = "true" if value is True else "false" if value is False else str(value)
    return text if len(text) <= 40 else text[:39] + "…"


def _example(model: type[BaseModel], at: Path, path: Path) -> str | None:
    owner = _model_at(model, path[len(at) : -1])
    for name, info in owner.model_fields.items() if owner else ():
        if (info.alias or name) == path[-1] and info.examples:
            return f"write for example `{path[-1]}: {info.examples[0]}`"
    return None


def _fields(model: type[BaseModel], path: Path) -> list[str]:
    owner = _model_at(model, path)
    return [info.alias or name for name, info in owner.model_fields.items()] if owner else []


def _model_at(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """Return the model that describes the block at `path` below `model`."""
    here: Any = model
    for part in path:
        owner = _model_in(here)
        if owner is not None:
            fields = {info.alias or name: info.annotation for name, info in owner.model_fields.items()}
            here = fields.get(str(part))
        else:
            arguments = get_args(here)
            here = arguments[-1] if arguments else None
    return _model_in(here)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the model an annotation means: itself, or the one in ``Model | None``, ``Annotated[Model, …]`` or a choice."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (types.UnionType, Union, None) or hasattr(annotation, "__metadata__"):
        for argument in get_args(annotation):
            found = _model_in(argument)
            if found is not None:
                return found
    return None
