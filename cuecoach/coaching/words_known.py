"""What words did for one runner, across runs: how often each helped, and what happens when nothing is said."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, cast

from cuecoach.errors import UsageError

VERSION: Final = 1
#: Nothing is known before the first cues: so many imagined ones that had no effect of their own,
PRIOR_COUNT: Final = 4
#: whose shares of the fault spread by this much (SD): from 1, mended, down to nothing.
PRIOR_SPREAD: Final = 0.5
#: Words are called the best of a rule once they were judged so often.
TRIED: Final = 3

_NUMBERS: Final = ("count", "helped", "total", "squares")


@dataclass(frozen=True, slots=True)
class Tally:
    """What followed one wording, or silence.

    Attributes
    ----------
    count, helped
        How many were judged, and how many of them took away at least half of what would not have gone by itself.
    total, squares
        Sum, and sum of squares, of the share of the fault that went beyond what noise alone gives back; 1 is all of it.
    """

    count: int = 0
    helped: int = 0
    total: float = 0.0
    squares: float = 0.0

    def plus(self, share: float, *, helped: bool) -> Tally:
        """Return the tally with one more judged."""
        return Tally(
            self.count + 1, self.helped + helped, round(self.total + share, 9), round(self.squares + share * share, 9)
        )

    @property
    def mean(self) -> float:
        """Mean share; 0 when nothing was judged."""
        return self.total / self.count if self.count else 0.0

    @property
    def variance(self) -> float:
        """Variance of one share, shrunk towards the prior's."""
        around = max(0.0, self.squares - self.count * self.mean**2)
        return (PRIOR_COUNT * PRIOR_SPREAD**2 + around) / (PRIOR_COUNT + self.count)


@dataclass(frozen=True, slots=True)
class Effect:
    """What words take away of a fault beyond what goes by itself: a share (1 is all of it), and its standard error."""

    share: float
    error: float
    cues: int
    withheld: int

    def __str__(self) -> str:
        told = f"{100 * self.share:.0f} % ± {100 * self.error:.0f} % of the fault beyond what goes by itself"
        return f"{told} ({self.cues} heard, {self.withheld} withheld)"


@dataclass(frozen=True, slots=True)
class RuleWords:
    """What is known of one rule's words.

    Attributes
    ----------
    words
        By wording, as it was spoken; `BEAT` stands for the beat.
    withheld
        What happened when a cue was due and not spoken.
    chances
        How often chance was asked for this rule, in all runs: no two runs get the same draws.
    anchor
        The one wording a programme has settled on, None before.
    """

    words: Mapping[str, Tally] = field(default_factory=lambda: dict[str, Tally]())
    withheld: Tally = Tally()
    chances: int = 0
    anchor: str | None = None

    @property
    def by_itself(self) -> float:
        """The share of a fault that goes without a cue, beyond what noise gives back; few withheld cues say little."""
        return self.withheld.total / (PRIOR_COUNT + self.withheld.count)

    def effect(self, text: str) -> Effect | None:
        """Return what these words take away, None when they were never judged."""
        tally = self.words.get(text)
        if tally is None or not tally.count:
            return None
        error = tally.variance / tally.count + self.withheld.variance / (PRIOR_COUNT + self.withheld.count)
        return Effect(tally.mean - self.by_itself, math.sqrt(error), tally.count, self.withheld.count)


#: The wording that stands for a rule's beat.
BEAT: Final = "(beat)"


@dataclass(frozen=True, slots=True)
class WordsKnown:
    """What words did for a runner, by rule."""

    rules: Mapping[str, RuleWords] = field(default_factory=lambda: dict[str, RuleWords]())

    def of(self, rule: str) -> RuleWords:
        """Return what is known of a rule's words; nothing, when it never spoke."""
        return self.rules.get(rule, RuleWords())

    def judged(self, rule: str, text: str, share: float, *, helped: bool) -> WordsKnown:
        """Return what is known after words were judged; `share` is beyond what noise alone gives back."""
        known = self.of(rule)
        tally = known.words.get(text, Tally()).plus(share, helped=helped)
        return self._with(rule, replace(known, words={**known.words, text: tally}))

    def judged_withheld(self, rule: str, share: float, *, helped: bool) -> WordsKnown:
        """Return what is known after a withheld cue was judged like a spoken one."""
        known = self.of(rule)
        return self._with(rule, replace(known, withheld=known.withheld.plus(share, helped=helped)))

    def drew(self, rule: str) -> WordsKnown:
        """Return the same after chance was asked once more for the rule."""
        known = self.of(rule)
        return self._with(rule, replace(known, chances=known.chances + 1))

    def settled(self, rule: str, text: str) -> WordsKnown:
        """Return the same with these words settled on for the rule."""
        return self._with(rule, replace(self.of(rule), anchor=text))

    def best(self, rule: str, texts: Iterable[str]) -> str | None:
        """Return which of these words helped most often, the earlier of equals; None while none was tried enough.

        What is compared is the mean of each posterior, so that words that helped 3 of 3 times do not beat 19 of 20.
        """
        words = self.of(rule).words
        tried = [text for text in texts if words.get(text, Tally()).count >= TRIED]
        return max(tried, key=lambda text: (1 + words[text].helped) / (2 + words[text].count), default=None)

    def _with(self, rule: str, known: RuleWords) -> WordsKnown:
        return WordsKnown({**self.rules, rule: known})

    # ------------------------------------------------------------ kept between runs
    def to_json(self) -> dict[str, object]:
        """Return it as JSON can hold it."""
        rules = {
            name: {
                "chances": known.chances,
                "withheld": _tally_json(known.withheld),
                "anchor": known.anchor,
                "words": {text: _tally_json(tally) for text, tally in known.words.items()},
            }
            for name, known in self.rules.items()
        }
        return {"version": VERSION, "rules": rules}

    @classmethod
    def from_json(cls, data: object) -> WordsKnown:
        """Read what `to_json` returned.

        Raises
        ------
        UsageError
            When it is something else, or of another version.
        """
        top = _mapping(data, "words", ("version", "rules"))
        if top["version"] != VERSION:
            raise UsageError(f"words: version `{top['version']}` is not known here, only {VERSION}")
        rules = {name: _rule(item, f"words of `{name}`") for name, item in _mapping(top["rules"], "words").items()}
        return cls(rules)


def _tally_json(tally: Tally) -> dict[str, float]:
    return {name: getattr(tally, name) for name in _NUMBERS}


def _rule(data: object, where: str) -> RuleWords:
    item = _mapping(data, where, ("chances", "withheld", "anchor", "words"))
    words = {text: _tally(t, f"{where}: `{text}`") for text, t in _mapping(item["words"], where).items()}
    anchor = item["anchor"]
    if anchor is not None and not isinstance(anchor, str):
        raise UsageError(f"{where}: `{anchor}` should be words")
    return RuleWords(words, _tally(item["withheld"], f"{where}: withheld"), _count(item["chances"], where), anchor)


def _tally(data: object, where: str) -> Tally:
    item = _mapping(data, where, _NUMBERS)
    total, squares = (_number(item[name], where) for name in ("total", "squares"))
    tally = Tally(_count(item["count"], where), _count(item["helped"], where), total, squares)
    if tally.helped > tally.count or squares < 0:
        raise UsageError(f"{where}: the numbers contradict each other")
    return tally


def _mapping(data: object, where: str, keys: tuple[str, ...] | None = None) -> dict[str, object]:
    if not isinstance(data, dict):
        raise UsageError(f"{where}: there should be names with values")
    found = cast("dict[str, object]", data)
    if keys is not None and set(found) != set(keys):
        odd = ", ".join(f"`{name}`" for name in sorted(set(found) ^ set(keys)))
        raise UsageError(f"{where}: {odd} unknown or missing")
    return found


def _count(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise UsageError(f"{where}: `{value}` should be a whole number, 0 or more")
    return value


def _number(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise UsageError(f"{where}: `{value}` should be a number")
    return float(value)
