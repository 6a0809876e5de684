"""Which of a rule's wordings comes next: by the order of the file, by what helped this runner, or the settled one."""

from __future__ import annotations

from typing import Final

from cuecoach.coaching.programme_rules import SessionRules
from cuecoach.coaching.thompson import choose, told
from cuecoach.coaching.words_learnt import WordsLearnt
from cuecoach.rules import Rule

#: Why the settled words are said.
ANCHOR: Final = "your anchor phrase"


class Wording:
    """Words that helped are kept, words that did not make way for others.

    Which others, the order of the file says as long as nothing is known of the runner. Once earlier runs showed what helps, or
    while a programme explores, they are chosen by how often each helped (Thompson sampling).

    Parameters
    ----------
    learnt
        What words did.
    plan
        Whether the programme explores, or has settled.
    """

    def __init__(self, learnt: WordsLearnt, plan: SessionRules) -> None:
        self._learnt = learnt
        self._plan = plan
        self._index: dict[str, int] = {}
        self._open: set[str] = set()
        self._last: dict[str, str] = {}
        #: Said in vain since the last that helped.
        self._vain: dict[str, list[str]] = {}
        #: What helped in this episode, and is not over yet.
        self._kept: dict[str, str] = {}

    def next(self, rule: Rule) -> tuple[str, str]:
        """Return the words to say now, and why these when they are not simply the next; before `helped`, others each time."""
        text, because = self._next(rule)
        self._open.add(rule.id)
        self._last[rule.id] = text
        return text, because

    def _next(self, rule: Rule) -> tuple[str, str]:
        if self._plan.words in ("anchor first", "anchor only"):
            anchor = self._learnt.anchor(rule)
            # Where no wording was tried enough to settle on it, the first of the file stands for it.
            return (rule.say[0], "the first words stand for your anchor") if anchor is None else (anchor, ANCHOR)
        if self._plan.words != "explore" and rule.id not in self._learnt.from_before:
            if rule.id in self._open:
                self._index[rule.id] = self._index.get(rule.id, 0) + 1
            return rule.say[self._index.get(rule.id, 0) % len(rule.say)], ""
        words = self._learnt.known.of(rule.id).words
        kept = self._kept.get(rule.id)
        if kept in rule.say and rule.id not in self._open:
            return kept, told(words.get(kept))
        vain = self._vain.setdefault(rule.id, [])
        last = self._last.get(rule.id)
        if rule.id in self._open and last is not None:
            vain.append(last)
        # Each is tried once before any is said again in vain.
        texts = [text for text in rule.say if text not in vain]
        if not texts:
            vain.clear()
            texts = [text for text in rule.say if text != last] or list(rule.say)
        if rule.say == (texts[0],):
            return texts[0], ""
        text = choose(texts, words, self._learnt.chance("words", rule.id))
        return text, told(words.get(text))

    def last(self, rule: str) -> str | None:
        """Return the words that came last, None at first."""
        return self._last.get(rule)

    def helped(self, rule: str) -> None:
        """The last words helped: keep them while the episode lasts, and in the order of the file beyond it."""
        self._open.discard(rule)
        self._vain.pop(rule, None)
        last = self._last.get(rule)
        if last is not None:
            self._kept[rule] = last

    def ended(self, rule: str) -> None:
        """The episode is over: next time what is known of all words chooses again."""
        self._kept.pop(rule, None)
