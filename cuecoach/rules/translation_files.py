"""Translation files: ``translations/<language>.yaml`` beside the cue files, read and checked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from cuecoach.diagnostics import Diagnostic, has_errors, one_line, sort
from cuecoach.errors import DocumentError, UsageError
from cuecoach.rules.rule import Rule
from cuecoach.rules.speaking import speaking_time
from cuecoach.yamldoc import Document, Fault, load_document, validate
from cuecoach.yamldoc.validate import closest

#: Where translations lie, beside the cue files they are for.
FOLDER: Final = "translations"
#: A runner takes in so many words at once; other languages need one more than English for the same picture.
MAX_WORDS: Final = 6
#: And so many seconds of speech.
MAX_SPEECH_S: Final = 3.0

OTHER_LANGUAGE: Final = 610
LONG: Final = 611
NOT_SAID: Final = 612
SAME_WORDS: Final = 613
#: What a translation file can be answered with, besides what is wrong with any document.
CODES: Final[dict[int, str]] = {
    OTHER_LANGUAGE: "a translation file is not named after the language it is written in",
    LONG: "a translation is long",
    NOT_SAID: "a translation of words that no rule says",
    SAME_WORDS: "two wordings of a rule have the same translation",
}


_TAG = re.compile(r"([A-Za-z]{2,3})((?:[-_][A-Za-z0-9]{2,8})*)")


def language_tag(language: str) -> str:
    """Return a language tag in its usual form: ``de_at`` is ``de-AT``.

    Raises
    ------
    UsageError
        When it is none.
    """
    found = _TAG.fullmatch(language.strip())
    if found is None:
        raise UsageError(f"`{language}` is not the code of a language; write for example `de` or `pt-BR`")
    parts = [part.upper() if len(part) == 2 else part.title() for part in re.split("[-_]", found[2])[1:]]
    return "-".join([found[1].lower(), *parts])


def same_language(one: str, other: str) -> bool:
    """Tell whether two tags mean the same language, whatever the region: ``de`` and ``de-AT``."""
    return language_tag(one).partition("-")[0] == language_tag(other).partition("-")[0]


def spoken_texts(rule: Rule) -> list[str]:
    """Return what a voice says for a rule; a recording's words are what it is."""
    texts = (*rule.cues, *([rule.praise] if rule.praise else []))
    return [text for text in dict.fromkeys(texts) if text not in rule.recordings]


def word_count(text: str) -> int:
    """Return the number of words; 1 for Chinese and Japanese, whose blanks separate no words."""
    if any("\u3000" <= c <= "\u9fff" for c in text):
        return 1
    return sum(any(c.isalnum() for c in word) for word in text.split())


def tidy(text: str) -> str:
    """Return the text as it is looked up: with single blanks."""
    return " ".join(text.split())


def _said(text: str) -> str:
    words = tidy(text)
    if not words:
        raise Fault("there are no words here", "write what is said, or delete the line")
    return words


_Words: TypeAlias = Annotated[str, AfterValidator(_said), Field(max_length=120)]


class TranslationModel(BaseModel):
    """A translation file."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    version: Literal[1] = Field(examples=["1"])
    language: str = Field(examples=["de"])
    #: What the coach says by itself, of sensors.
    notices: dict[str, _Words] = Field(default_factory=lambda: dict[str, str]())
    #: What rules say.
    texts: dict[str, _Words] = Field(default_factory=lambda: dict[str, str]())


def load_translation(file: Path) -> TranslationModel:
    """Read a translation file.

    Raises
    ------
    DocumentError
        With all that is wrong in it.
    UsageError
        When it cannot be read.
    """
    _, table, problems = _parse(file)
    if table is None or has_errors(problems):
        raise DocumentError(one_line(problems), problems)
    return table


def _parse(file: Path) -> tuple[Document, TranslationModel | None, list[Diagnostic]]:
    document = load_document(file, prefix="C")
    if document.empty:
        mend = f"start with `version: 1`, `language: {file.stem}` and `texts:`"
        return document, None, [Diagnostic("C013", "error", "the file is empty", document.path, help=mend)]
    table, problems = validate(document, TranslationModel)
    if table is None:
        return document, None, problems
    table = table.model_copy(update={"texts": {tidy(text): words for text, words in table.texts.items()}})
    try:
        usual = language_tag(table.language)
    except UsageError as error:
        message, _, mend = str(error).partition("; ")
        return document, table, [*problems, document.problem(OTHER_LANGUAGE, message, ("language",), help=mend)]
    if usual != file.stem:
        message = f"`{file.name}` is written in `{table.language}`"
        mend = f"call the file `{usual}.yaml`, or write `language: {file.stem}`"
        if usual.lower() == file.stem.lower():
            message, mend = f"`{file.name}` is not looked for", f"call the file `{usual}.yaml`"
        problems.append(document.problem(OTHER_LANGUAGE, message, ("language",), help=mend))
    return document, table, problems


def check_translation(file: Path, rules: Sequence[Rule] = ()) -> list[Diagnostic]:
    """Return all that is to be said about a translation file, sorted.

    Parameters
    ----------
    file
        ``translations/de.yaml``.
    rules
        The rules it is for, as written; without any, what no rule says cannot be told.

    Raises
    ------
    UsageError
        When the file cannot be read.
    """
    document, table, found = _parse(file)
    if table is not None:
        found += _lint(document, table, rules)
    return sort(found)


def _lint(document: Document, table: TranslationModel, rules: Sequence[Rule]) -> Iterator[Diagnostic]:
    written = document.get(("texts",))
    places = {tidy(text): ("texts", text) for text in (written if isinstance(written, dict) else {})}
    known = {tidy(text) for rule in rules for text in spoken_texts(rule)}
    for text, words in table.texts.items():
        count, seconds = word_count(words), speaking_time(words)
        if count > MAX_WORDS or seconds > MAX_SPEECH_S:
            message = (
                f"this takes about {seconds:.1f} s to say" if seconds > MAX_SPEECH_S else f"{count} words are many"
            )
            mend = f"{MAX_WORDS} words and {MAX_SPEECH_S:.0f} s at most are easily taken in"
            yield document.problem(LONG, message, places[text], help=mend, severity="warning")
        if rules and text not in known:
            meant = closest(text, known)
            near = next((k for k in known if k.lower() == text.lower()), meant)
            mend = f"did you mean `{near}`?" if near else "delete the line, or mend the words"
            message = f"no rule says `{text}`"
            yield document.problem(NOT_SAID, message, places[text], part="key", help=mend, severity="warning")
    told: set[str] = set()
    for rule in rules:
        first: dict[str, str] = {}
        for text in spoken_texts(rule):
            words = table.texts.get(tidy(text))
            if words is not None and first.setdefault(words, text) != text and text not in told:
                told.add(text)
                message = f"`{rule.id}` says this for `{first[words]}` as well"
                mend = "another wording helps where the first did not"
                yield document.problem(SAME_WORDS, message, places[tidy(text)], help=mend, severity="warning")
