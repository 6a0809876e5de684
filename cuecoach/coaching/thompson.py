"""Chance that is the same each time: drawn from the run's seed, the rule, and how often it was asked, and nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np

from cuecoach.coaching.words_known import Tally


def chance(seed: int, purpose: str, rule: str, count: int) -> np.random.Generator:
    """Return a generator for one decision.

    Parameters
    ----------
    seed
        Of the run.
    purpose, rule
        What the decision is about.
    count
        How often chance was asked for this rule before.
    """
    digest = hashlib.sha256(f"{seed}\n{purpose}\n{rule}\n{count}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:16], "big"))


def draw_beta(generator: np.random.Generator, helped: int, failed: int) -> float:
    """Draw how often words help, from what is known after so many tries: Beta(1 + helped, 1 + failed).

    The k-th smallest of n uniform numbers is Beta(k, n + 1 - k): this stays the same with every numpy, whose own way of
    drawing from a Beta may change.
    """
    uniform = np.sort(generator.random(helped + failed + 1))
    return float(uniform[helped])


def choose(texts: Sequence[str], words: Mapping[str, Tally], generator: np.random.Generator) -> str:
    """Return the wording to try by Thompson sampling: mostly the one that helped most, sometimes one that is little known.

    Every wording begins with the same prior, Beta(1, 1).

    Parameters
    ----------
    texts
        To choose from, at least one; the earlier of equals wins.
    words
        What each did so far.
    generator
        Of this one decision.
    """
    drawn = [_draw(words.get(text, Tally()), generator) for text in texts]
    return texts[int(np.argmax(drawn))]


def _draw(tally: Tally, generator: np.random.Generator) -> float:
    return draw_beta(generator, tally.helped, tally.count - tally.helped)


def told(tally: Tally | None) -> str:
    """Say what speaks for a chosen wording."""
    if tally is None or not tally.count:
        return "chosen: not tried yet"
    return f"chosen: helped {tally.helped} of {tally.count} time{'s' if tally.count != 1 else ''}"
