"""The words of a live run, made beside it by a thread: the run does not wait for a voice."""

from __future__ import annotations

import queue
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from cuecoach.events import SayKind
from cuecoach.rendering import open_bank

if TYPE_CHECKING:
    from cuecoach.audio.sounds import FloatArray32
    from cuecoach.audio.speech import SpeechBank
    from cuecoach.config import RunConfig
    from cuecoach.rules import Rule

#: A run begins so long after its words were begun, ready or not, s: mostly all of them are by then.
GRACE_S: Final = 1.0
#: Nothing is shown of what is done sooner, s.
_UNSEEN_S: Final = 0.25


def likeliest(
    rules: Iterable[Rule], notices: Iterable[str], *, notices_first: bool = False
) -> list[tuple[str, SayKind]]:
    """Return everything that may be said, each text once, in the order in which it is likely to be needed.

    First what each rule says first, the more urgent rules before the others; then notices, praise, what follows when first
    words do not help, and last the rules that are off.
    """
    rules = list(rules)
    on = sorted((rule for rule in rules if rule.enabled), key=lambda rule: -rule.priority)
    first: list[tuple[str, SayKind]] = [(rule.say[0], "cue") for rule in on if rule.say]
    told: list[tuple[str, SayKind]] = [(text, "notice") for text in notices]
    order: list[tuple[str, SayKind]] = [*told, *first] if notices_first else [*first, *told]
    for group in (on, rules):
        for rule in group:
            if rule.praise:
                order.append((rule.praise, "praise"))
            order.extend((text, "cue") for text in rule.cues)
    kinds: dict[str, SayKind] = {}
    for text, kind in order:
        kinds.setdefault(text, kind)
    return list(kinds.items())


class WordsAhead:
    """Makes words in a thread of its own: what an earlier run has kept, then the likeliest, in between what is due.

    Parameters
    ----------
    order
        Every text, and what it is, the likeliest first.
    open_
        Opens the bank that makes them; called in the thread.
    """

    def __init__(self, order: Sequence[tuple[str, SayKind]], open_: Callable[[], SpeechBank]) -> None:
        self._order = order
        self._open = open_
        self._hurried: deque[str] = deque()
        self._made: queue.SimpleQueue[tuple[str, FloatArray32]] = queue.SimpleQueue()
        self._ending = threading.Event()
        self._finished = threading.Event()
        self._fault: BaseException | None = None
        #: How many texts there are, and how many of them are ready.
        self.total, self.ready = len(order), 0
        #: Why some words are not what they should be, one sentence; may still come while words are made.
        self.problem: str | None = None
        self._thread = threading.Thread(target=self._run, name="cuecoach-words", daemon=True)
        self._thread.start()

    @classmethod
    def of(
        cls, rules: Sequence[Rule], config: RunConfig, notices: Iterable[str], *, notices_first: bool = False
    ) -> WordsAhead:
        """Begin with the words of these rules in the config's voice.

        Raises
        ------
        UsageError
            The config names an engine that does not exist.
        """
        from cuecoach.audio.voices import check_engine

        check_engine(config.voice.engine)
        order = likeliest(rules, notices, notices_first=notices_first)
        return cls(order, lambda: open_bank(config, rules))

    def _run(self) -> None:
        try:
            self._make(self._open())
        except Exception as error:  # told in the run's own thread
            self._fault = error
        finally:
            self._finished.set()

    def _make(self, bank: SpeechBank) -> None:
        try:
            waiting: dict[str, None] = {}
            for text, kind in self._order:
                bank.note_kind(text, kind)
                words = bank.kept(text)
                if words is None:
                    waiting[text] = None
                else:
                    self._tell(text, words)
            self.problem = bank.problem
            while waiting and not self._ending.is_set():
                text = self._next(waiting)
                del waiting[text]
                self._tell(text, bank.samples(text))
                self.problem = bank.problem
        finally:
            bank.close()

    def _next(self, waiting: Mapping[str, None]) -> str:
        while self._hurried:
            text = self._hurried.popleft()
            if text in waiting:
                return text
        return next(iter(waiting))

    def _tell(self, text: str, words: FloatArray32) -> None:
        self._made.put((text, words))
        self.ready += 1

    @property
    def finished(self) -> bool:
        """Whether no more words will come."""
        return self._finished.is_set()

    def wait(self, patience_s: float) -> bool:
        """Wait until all words are made, at most so long; return whether they are."""
        return self._finished.wait(patience_s)

    def hurry(self, text: str) -> None:
        """Make this text next."""
        self._hurried.append(text)

    def take(self) -> dict[str, FloatArray32]:
        """Return the words that were made since the last call, by their text."""
        taken: dict[str, FloatArray32] = {}
        while not self._made.empty():
            text, words = self._made.get()
            taken[text] = words
        if self._fault is not None:
            raise self._fault
        return taken

    def close(self) -> None:
        """Make no more; what is being made is waited for, but not for long."""
        self._ending.set()
        self._thread.join(1.0)


def settle(words: WordsAhead, patience_s: float = GRACE_S) -> str | None:
    """Give the words a moment before the run, with one line of progress on a terminal; return what is missing then."""
    begun, shown = time.monotonic(), 0
    on_terminal = sys.stderr.isatty()
    while not words.wait(0.05):
        passed = time.monotonic() - begun
        if on_terminal and passed > _UNSEEN_S:
            line = f"making the words: {words.ready} of {words.total}"
            print("\r" + line.ljust(shown), end="", file=sys.stderr, flush=True)
            shown = len(line)
        if passed > patience_s:
            break
    if shown:
        print("\r" + " " * shown + "\r", end="", file=sys.stderr, flush=True)
    if words.finished:
        return None
    left = words.total - words.ready
    return f"{left} of {words.total} phrases are still being made; until then a short sound stands for them"
