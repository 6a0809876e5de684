"""Which of the installed voices speaks: by its name, or by the language."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import Final, Protocol

#: What some systems call a language: espeak-ng knows Mandarin as `cmn` and Norwegian as `nb`.
_OTHER_NAMES: Final = {"zh": "cmn", "no": "nb"}


class VoiceInfo(Protocol):
    """What pyttsx3 tells of a voice."""

    id: str
    name: str | None
    languages: list[str | bytes | None]


def language_tag(language: str | bytes | None) -> str:
    """Return a tag as it is compared: ``en_GB`` is ``en-gb``; drivers may put a byte of rank before it."""
    text = language.decode("utf-8", "ignore") if isinstance(language, bytes) else language or ""
    return text.strip("\x00\x01\x02\x03\x04\x05\x06\x07\x08\t ").lower().replace("_", "-")


def choose_voice(voices: Iterable[VoiceInfo], language: str, preferred: str | None = None) -> VoiceInfo | None:
    """Return the voice for a language, None when no voice speaks it.

    Parameters
    ----------
    voices
        What is installed.
    language
        A language tag: `en`, `en-GB`, `de`. An exact match goes first, then another region of the same language; only then
        another name of it.
    preferred
        Id of the system's own choice; it wins among equals.
    """
    voices = list(voices)
    wanted = language_tag(language)
    best = _best(voices, wanted, preferred)
    other = _OTHER_NAMES.get(wanted.split("-")[0])
    return best if best is not None or other is None else _best(voices, other, preferred)


def _best(voices: Sequence[VoiceInfo], wanted: str, preferred: str | None) -> VoiceInfo | None:
    ranked = [(rank, order) for order, v in enumerate(voices) if (rank := _rank(v, wanted, preferred)) is not None]
    return voices[min(ranked)[1]] if ranked else None


def _rank(voice: VoiceInfo, wanted: str, preferred: str | None) -> int | None:
    tags = [language_tag(tag) for tag in voice.languages]
    if wanted in tags:
        return 0
    if any(tag.split("-")[0] == wanted.split("-")[0] for tag in tags):
        return 1 if voice.id == preferred else 2
    return None


def named_voice(
    voices: Iterable[VoiceInfo], name: str, language: str, preferred: str | None = None
) -> VoiceInfo | None:
    """Return the voice of a name or of a part of it, None when there is none.

    The whole name goes before its beginning, that before any part; among equals, the one that speaks the language. A voice
    that speaks another language is chosen all the same: it was asked for by name.
    """
    wanted = _plain(name)
    matching: list[list[VoiceInfo]] = [[], [], []]
    for voice in voices:
        names = [_plain(voice.name or ""), _plain(voice.id)]
        if wanted in names:
            matching[0].append(voice)
        elif any(each.startswith(wanted) for each in names):
            matching[1].append(voice)
        elif any(wanted in each for each in names):
            matching[2].append(voice)
    found = next((group for group in matching if group), None)
    return None if found is None else choose_voice(found, language, preferred) or found[0]


def nearest_names(voices: Iterable[VoiceInfo], name: str, count: int = 3) -> list[str]:
    """Return the names that are most like one that does not exist, the nearest first."""
    by_plain: dict[str, str] = {}
    for voice in voices:
        title = voice.name or voice.id
        # A part of a long name may be what was meant: `Samanta` for `Microsoft Samantha Desktop`.
        for part in (title, *re.split(r"[\s()\-_/.,]+", title)):
            if len(part) > 2:
                by_plain.setdefault(_plain(part), title)
    close = difflib.get_close_matches(_plain(name), by_plain, n=3 * count, cutoff=0.6)
    return list(dict.fromkeys(by_plain[each] for each in close))[:count]


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
