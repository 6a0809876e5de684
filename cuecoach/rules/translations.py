"""Translations: what rules say in another language, from ``translations/<language>.yaml`` beside the cue files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from cuecoach.config import bundled
from cuecoach.rules.rule import NoChange, Rule
from cuecoach.rules.translation_files import (
    FOLDER,
    TranslationModel,
    language_tag,
    load_translation,
    same_language,
    spoken_texts,
    tidy,
)


@dataclass(frozen=True, slots=True)
class Missing:
    """A text that has no translation, and the rule that says it."""

    rule: str
    text: str
    path: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Translated:
    """Rules in another language, and the texts that stayed as they are written."""

    rules: tuple[Rule, ...]
    missing: tuple[Missing, ...] = ()
    language: str = "en"

    @property
    def note(self) -> str | None:
        """One sentence about what is missing, None when nothing is."""
        texts = list(dict.fromkeys(m.text for m in self.missing))
        if not texts:
            return None
        named = ", ".join(f"“{text}”" for text in texts[:3]) + (" …" if len(texts) > 3 else "")
        one = len(texts) == 1
        count, them = ("1 text has", "it") if one else (f"{len(texts)} texts have", "them")
        mend = f"add {them} to `{FOLDER}/{self.language}.yaml` beside the cue file"
        return f"{count} no translation for `{self.language}` and {'is' if one else 'are'} said as written: {named}; {mend}"


def translated(rules: Sequence[Rule], language: str, *, search: Path | None = None) -> Translated:
    """Put what rules say into another language.

    Parameters
    ----------
    rules
        As they are written. A rule in that language already stays as it is, and so does the text of a recording.
    language
        A language tag. What its region does not have (``de-AT``) is looked for in the language itself (``de``).
    search
        The folder of the bundled cue files, whose translations serve every rule; found when None.

    Returns
    -------
    Translated
        A text is looked for beside the rule's own file, beside the other rules' files, then among the bundled ones. One that
        is not found stays as written and is named; a rule of which nothing is found keeps its language.

    Raises
    ------
    DocumentError
        When a translation file has mistakes.
    UsageError
        When the language is none, or a file cannot be read.
    """
    tag = language_tag(language)
    shelf = _Shelf(tag, rules, search)
    done: list[Rule] = []
    missing: list[Missing] = []
    for rule in rules:
        if same_language(rule.language, tag):
            done.append(rule)
            continue
        own = Path(rule.path).parent if rule.path else None
        found = {text: words for text in spoken_texts(rule) if (words := shelf.find(text, own)) is not None}
        missing += [Missing(rule.id, text, rule.path, rule.line) for text in spoken_texts(rule) if text not in found]
        done.append(_with(rule, found, tag) if found else rule)
    return Translated(tuple(done), tuple(missing), tag)


def missing_texts(rules: Sequence[Rule], language: str, *, search: Path | None = None) -> tuple[Missing, ...]:
    """Return the texts that would be said as written in a run in that language; see :func:`translated`."""
    return translated(rules, language, search=search).missing


def notices_in(language: str, rules: Sequence[Rule] = (), *, search: Path | None = None) -> dict[str, str]:
    """Return the coach's own notices in a language, by their English text; those not in it are English.

    Parameters
    ----------
    language
        A language tag.
    rules
        A translation beside the file of one of these goes before the bundled one.
    search
        As for :func:`translated`, which also says what is raised.
    """
    tag = language_tag(language)
    return {} if same_language(tag, "en") else _Shelf(tag, rules, search).notices()


def _with(rule: Rule, words: Mapping[str, str], language: str) -> Rule:
    def each(texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(words.get(text, text) for text in texts)

    more = rule.if_no_change
    return replace(
        rule,
        say=each(rule.say),
        if_no_change=None if more is None else NoChange(each(more.say), each(more.drill)),
        praise=None if rule.praise is None else words.get(rule.praise, rule.praise),
        language=language,
    )


@dataclass(slots=True)
class _Shelf:
    """The translations that may serve some rules, each file read once and only when it is asked for."""

    tag: str
    rules: Sequence[Rule]
    search: Path | None
    _read: dict[Path, TranslationModel | None] = field(default_factory=lambda: dict[Path, TranslationModel | None]())

    def find(self, text: str, own: Path | None) -> str | None:
        key = tidy(text)
        return next((t.texts[key] for t in self._tables(own) if key in t.texts), None)

    def notices(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for table in self._tables(None):
            found = {**table.notices, **found}
        return found

    def _tables(self, own: Path | None) -> Iterator[TranslationModel]:
        beside = [Path(rule.path).parent for rule in self.rules if rule.path]
        folders: list[Path] = [*([own] if own else []), *beside, self.search or bundled("cues")]
        for folder in dict.fromkeys(folders):
            for name in dict.fromkeys((self.tag, self.tag.partition("-")[0])):
                file = folder / FOLDER / f"{name}.yaml"
                if file not in self._read:
                    self._read[file] = load_translation(file) if file.is_file() else None
                table = self._read[file]
                if table is not None:
                    yield table
