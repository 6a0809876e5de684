"""How long a phrase takes to say, as modelled from its text: the same on every machine, with any voice or none."""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import Final

#: Speaking time of a phrase: so much to begin, and so much per character, s. Fitted to espeak-ng at 175 words a minute over
#: the cue library in English, German, Spanish, French, Chinese and Japanese (benchmarks/words.py): mostly a little more than
#: the voice takes, at worst 0.2 s less (Chinese 0.3 s), which the pause between phrases covers.
START_S: Final = 0.25
PER_LETTER_S: Final = 0.058
#: Scripts whose characters hold more than a letter: first and last code point, and what one of them takes, s. Arabic leaves
#: vowels out, Thai and Lao write no spaces, a kana or a Hangul block is a syllable, a Chinese character a long one.
_SCRIPTS: Final = (
    (0x0600, 0x06FF, 0.08),  # Arabic, Persian
    (0x0E00, 0x0EFF, 0.095),  # Thai, Lao
    (0x3001, 0x3002, 0.25),  # their comma and full stop: a rest
    (0x3041, 0x30FF, 0.115),  # Hiragana, Katakana
    (0x3400, 0x9FFF, 0.26),  # Chinese characters
    (0xAC00, 0xD7A3, 0.145),  # Hangul
    (0xFF01, 0xFF1F, 0.25),  # full-width stops, a rest as well
    (0x20000, 0x3FFFF, 0.26),  # rare Chinese characters
)


def speaking_time(text: str) -> float:
    """Return the modelled duration of a phrase, s, at the usual rate of 175 words a minute."""
    if text.isascii():
        return START_S + PER_LETTER_S * len(text)
    kinds = Counter(_per_character(c) for c in unicodedata.normalize("NFC", text))
    letters = kinds.pop(PER_LETTER_S, 0)
    return START_S + PER_LETTER_S * letters + sum(each * count for each, count in sorted(kinds.items()))


def _per_character(character: str) -> float:
    code = ord(character)
    return next((each for first, last, each in _SCRIPTS if first <= code <= last), PER_LETTER_S)
