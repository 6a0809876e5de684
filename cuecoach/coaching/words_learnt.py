"""What is being learnt of the runner's words as the run goes on, and the chance that helps to learn it."""

from __future__ import annotations

from typing import Final

import numpy as np

from cuecoach.coaching.thompson import chance
from cuecoach.coaching.words_known import WordsKnown
from cuecoach.rules import Rule

#: A cue helped when it took away this share of what would not have gone by itself.
HELPED_SHARE: Final = 0.5
#: Never more than this share is taken to go by itself: something is left to see of a cue.
_MOST_BY_ITSELF: Final = 0.9


class WordsLearnt:
    """Keeps what words did, from earlier runs on.

    Parameters
    ----------
    known
        What earlier runs showed; None when nothing is known.
    seed
        Of the run's chance.
    """

    def __init__(self, known: WordsKnown | None = None, seed: int = 0) -> None:
        self._seed = seed
        #: What is known now.
        self.known = known or WordsKnown()
        #: The rules some words of which were judged in earlier runs.
        self.from_before = frozenset(name for name, rule in self.known.rules.items() if rule.words)

    def judged(self, rule: str, text: str | None, share: float, by_noise: float) -> tuple[float, bool]:
        """Take in what followed words, or a withheld cue (None).

        Parameters
        ----------
        share
            How much of the fault went; 1 is all of it.
        by_noise
            How much of it was to be expected because a value far out is partly noise.

        Returns
        -------
        by_itself, helped
            The share that was to be expected without any cue, as known before this one, and whether at least half of the
            rest went.
        """
        by_itself = min(_MOST_BY_ITSELF, max(0.0, by_noise + self.known.of(rule).by_itself))
        helped = share - by_itself >= HELPED_SHARE * (1 - by_itself)
        beyond = share - by_noise
        if text is None:
            self.known = self.known.judged_withheld(rule, beyond, helped=helped)
        else:
            self.known = self.known.judged(rule, text, beyond, helped=helped)
        return by_itself, helped

    def chance(self, purpose: str, rule: str) -> np.random.Generator:
        """Return the chance for the rule's next decision."""
        generator = chance(self._seed, purpose, rule, self.known.of(rule).chances)
        self.known = self.known.drew(rule)
        return generator

    def anchor(self, rule: Rule) -> str | None:
        """Return the words that are settled on for a rule, its best from now on; None while none was tried enough."""
        anchor = self.known.of(rule.id).anchor
        if anchor not in rule.say:
            anchor = self.known.best(rule.id, rule.say)
            if anchor is not None:
                self.known = self.known.settled(rule.id, anchor)
        return anchor
