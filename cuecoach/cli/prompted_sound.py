"""The sound of a live run while its words are still being made: what is due and missing is made at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from cuecoach.audio.sounds import FloatArray32
from cuecoach.cli.words_ahead import WordsAhead
from cuecoach.events import TICK_S, Action, AudioEvent, Hush, Say
from cuecoach.livesound import LiveSound

#: Words that are due and not made yet are waited for this long; later they would be about a moment that is gone, s.
WAIT_S: Final = 0.3


class PromptedSound:
    """A live sound that learns its words while it plays.

    Words that are due and not there are made at once and waited for, `WAIT_S` at most; then a short sound stands for them.

    Parameters
    ----------
    sound
        Who plays.
    words
        Who makes the words.
    tell
        Called with what is wrong with them, once; `told` was said before.
    """

    def __init__(
        self, sound: LiveSound, words: WordsAhead, tell: Callable[[str], None], told: str | None = None
    ) -> None:
        self._sound = sound
        self._words = words
        self._tell = tell
        self._told = told
        self._known: set[str] = set()
        self._held: list[Say] = []

    @property
    def problem(self) -> str | None:
        """Why nothing is heard, one sentence; None while sound plays."""
        return self._sound.problem

    @property
    def latency_s(self) -> float:
        """How long before a sound is heard it is on its way already, s."""
        return self._sound.latency_s

    def session_time(self) -> float:
        """Return the time on the clock that places the samples, s."""
        return self._sound.session_time()

    def add_words(self, words: Mapping[str, FloatArray32]) -> None:
        """Give the samples of more texts; returns at once."""
        self._known.update(words)
        self._sound.add_words(words)

    def send(self, action: Action) -> None:
        """Hand over what is to be heard; returns at once."""
        if isinstance(action, Say) and not self._is_ready(action.text):
            self._words.hurry(action.text)
            self._held.append(action)
            return
        if isinstance(action, Hush):  # it ends what is held as well
            self._release(self._held)
        self._sound.send(action)

    def poll(self, now: float) -> list[AudioEvent]:
        """Return what has become of the sounds since the last call."""
        self._learn()
        # Looked at once a tick: what cannot wait for the next one goes as it is.
        next_look, latency = now + TICK_S, self._sound.latency_s
        due = [
            say for say in self._held if self._is_ready(say.text) or next_look > max(say.t, say.at - latency) + WAIT_S
        ]
        self._release(due)
        return self._sound.poll(now)

    def take_news(self) -> list[str]:
        """Return what the runner should know since the last call: the sound went, came back, or got a longer buffer."""
        return self._sound.take_news()

    def close(self) -> None:
        """Stop the sound, and make no more words."""
        try:
            self._words.close()
            self._learn()
        finally:
            self._sound.close()

    def _is_ready(self, text: str) -> bool:
        if text not in self._known:
            self._learn()
        return text in self._known or self._words.finished

    def _learn(self) -> None:
        new = self._words.take()
        if new:
            self.add_words(new)
        problem = self._words.problem
        if problem and self._words.finished and problem != self._told:
            self._told = problem
            self._tell(problem)

    def _release(self, due: Sequence[Say]) -> None:
        self._held = [say for say in self._held if say not in due]
        for say in due:
            self._sound.send(say)
