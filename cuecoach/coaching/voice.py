"""The one voice: who is speaking until when, as modelled from the words.

The model counts, not the installed voice: so a run decides the same with any voice or none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from cuecoach.events import Say, SayKind
from cuecoach.rules.speaking import speaking_time

__all__ = ["AFTER_CLICK_S", "PATIENCE_S", "PAUSE_S", "Voice", "speaking_time"]

#: Silence left between two phrases, s.
PAUSE_S: Final = 0.3
#: Beside a beat, speech begins just after a click, so the click does not mask the first syllable, s.
AFTER_CLICK_S: Final = 0.06
#: Words that could not start within 4 s are dropped by the sound. It may be late with saying so, or be gone: so long after
#: their time, words that nothing was heard of count as dropped, s.
PATIENCE_S: Final = 6.0


@dataclass(slots=True)
class Voice:
    """The voice's diary: what it was asked to say and when it is free again."""

    free_at: float = 0.0
    _next_id: int = 1
    _asked: dict[int, Say] = field(default_factory=lambda: dict[int, Say]())
    _waiting: dict[int, Say] = field(default_factory=lambda: dict[int, Say]())

    def busy(self, t: float) -> bool:
        """Whether a phrase asked for before is still being spoken at `t`."""
        return t < self.free_at

    def say(self, t: float, at: float, rule: str, text: str, kind: SayKind, duration: float | None = None) -> Say:
        """Book the voice for `text` from `at` on; a recording brings its own duration, s."""
        duration = speaking_time(text) if duration is None else duration
        say = Say(t, round(max(at, self.free_at), 6), self._next_id, rule, text, duration, kind)
        self._next_id += 1
        self._asked[say.id] = self._waiting[say.id] = say
        self.free_at = say.at + duration + PAUSE_S
        return say

    def began(self, sound_id: int) -> Say | None:
        """Return the phrase that started to sound, None for one already given up."""
        self._waiting.pop(sound_id, None)
        return self._asked.get(sound_id)

    def answered(self, sound_id: int) -> Say | None:
        """Return the phrase and forget it: it was heard out, or dropped."""
        self._waiting.pop(sound_id, None)
        return self._asked.pop(sound_id, None)

    def overdue(self, t: float) -> list[int]:
        """Return the phrases that should have started long ago and of which nothing was heard."""
        return [say.id for say in self._waiting.values() if t - say.at > PATIENCE_S]
