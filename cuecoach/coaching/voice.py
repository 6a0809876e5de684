"""The one voice: who is speaking until when, as modelled from the words, and which wording comes next.

The model counts, not the installed voice: so a run decides the same with any voice or none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from cuecoach.events import Say, SayKind

#: Speaking time of a phrase: so much to begin, and so much per letter, s. A little more than espeak-ng takes at 175 words a
#: minute over the cue library: 0.18 s on average, 0.19 s less at worst, which the pause covers (benchmarks/words.py).
START_S: Final = 0.25
PER_LETTER_S: Final = 0.058
#: Silence left between two phrases, s.
PAUSE_S: Final = 0.3
#: Beside a beat, speech begins just after a click, so the click does not mask the first syllable, s.
AFTER_CLICK_S: Final = 0.06


def speaking_time(text: str) -> float:
    """Return the modelled duration of a phrase, s."""
    return START_S + PER_LETTER_S * len(text)


@dataclass(slots=True)
class Voice:
    """The voice's diary: what it was asked to say and when it is free again."""

    free_at: float = 0.0
    _next_id: int = 1
    _asked: dict[int, Say] = field(default_factory=lambda: dict[int, Say]())

    def busy(self, t: float) -> bool:
        """Whether a phrase asked for before is still being spoken at `t`."""
        return t < self.free_at

    def say(self, t: float, at: float, rule: str, text: str, kind: SayKind) -> Say:
        """Book the voice for `text` from `at` on."""
        duration = speaking_time(text)
        say = Say(t, round(max(at, self.free_at), 6), self._next_id, rule, text, duration, kind)
        self._next_id += 1
        self._asked[say.id] = say
        self.free_at = say.at + duration + PAUSE_S
        return say

    def asked(self, sound_id: int) -> Say | None:
        """Return the phrase of that id while it has not been answered for."""
        return self._asked.get(sound_id)

    def answered(self, sound_id: int) -> Say | None:
        """Return the phrase and forget it: it was heard out, or dropped."""
        return self._asked.pop(sound_id, None)


class Wording:
    """Which of a rule's wordings comes next: one that helped is kept, one that did not makes way for the next."""

    def __init__(self) -> None:
        self._index: dict[str, int] = {}
        self._open: set[str] = set()

    def next(self, rule: str, texts: tuple[str, ...]) -> str:
        """Return the words to say now; called again before `helped`, the words after them."""
        if rule in self._open:
            self._index[rule] = self._index.get(rule, 0) + 1
        self._open.add(rule)
        return texts[self._index.get(rule, 0) % len(texts)]

    def helped(self, rule: str) -> None:
        """The fault cleared: keep these words."""
        self._open.discard(rule)
