"""What the words of rules did for one runner across runs: a line for each wording, or all of it as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cuecoach.coaching.words_known import BEAT, RuleWords, WordsKnown

if TYPE_CHECKING:
    from cuecoach.rules.rule import Rule


def lines(rules: Sequence[Rule], known: WordsKnown) -> list[str]:
    """Return a line for each wording that was judged, the best first, and one for the rules of which nothing is known."""
    told = [line for rule in rules for line in _lines(rule.id, known.of(rule.id))]
    names = [rule.id for rule in rules]
    unknown = [name for name in names if not _tried(known.of(name))]
    elsewhere = [name for name in known.rules if name not in names and _tried(known.of(name))]
    if unknown:
        told.append(f"nothing known yet: {', '.join(unknown)}")
    if elsewhere:
        told.append(f"known, and not in these cue files: {', '.join(elsewhere)}")
    return told


def facts(known: RuleWords) -> dict[str, object]:
    """Return what is known of one rule's words; shares are of the fault, 1 is all of it."""
    words: list[dict[str, object]] = []
    for text in _tried(known):
        tally, effect = known.words[text], known.effect(text)
        share, error = (None, None) if effect is None else (round(effect.share, 4), round(effect.error, 4))
        words.append(
            {"text": text, "cues": tally.count, "helped": tally.helped, "share": share, "standard_error": error}
        )
    withheld = {"cues": known.withheld.count, "mended": known.withheld.helped, "share": round(known.by_itself, 4)}
    return {"anchor": known.anchor, "words": words, "withheld": withheld}


def _tried(known: RuleWords) -> list[str]:
    """Return the wordings that were judged, that which helped most often first."""
    judged = [text for text, tally in known.words.items() if tally.count]
    return sorted(judged, key=lambda text: -(1 + known.words[text].helped) / (2 + known.words[text].count))


def _lines(rule: str, known: RuleWords) -> list[str]:
    out: list[str] = []
    for text in _tried(known):
        tally, effect = known.words[text], known.effect(text)
        assert effect is not None
        what = "its beat" if text == BEAT else f"“{text}”"
        anchor = ", your anchor phrase," if text == known.anchor else ""
        share, error = 100 * effect.share, f"± {100 * effect.error:.0f} %"
        does = f"takes away about {share:.0f} %" if round(share) >= 0 else f"adds about {-share:.0f} %"
        by = "of the fault beyond what goes by itself" if round(share) >= 0 else "to what goes by itself"
        out.append(f"{rule}: {what}{anchor} helped {tally.helped} of {tally.count} ({does} {error} {by})")
    if out and known.withheld.count:
        unsaid, mended = _times(known.withheld.count), _times(known.withheld.helped)
        out.append(f"{rule}: left unsaid {unsaid}, mended by itself {mended}")
    return out


def _times(count: int) -> str:
    return f"{count} time{'' if count == 1 else 's'}"
