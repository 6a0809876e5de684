"""What is allowed in a cue file and probably not meant: warnings, each with what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cuecoach.diagnostics import Diagnostic
from cuecoach.rules.rule import Rule
from cuecoach.yamldoc import Document, Path

#: A runner takes in so many words at once (docs/science.md, CUE-1).
MAX_WORDS = 5
#: And so many seconds of speech.
MAX_SPEECH_S = 3.0
#: A hold below this chases single steps: false cues rise fifteenfold from 20 s to 5 s (docs/science.md, TRG-1).
MIN_HOLD_S = 5.0
#: Speech at 175 words a minute; English text has about 6 characters a word with its space.
_CHARACTERS_PER_S = 175 * 6 / 60

#: Measured and logged, never to be coached: contact time says nothing about economy (r = -0.02 over 51 studies, Van Hooren
#: 2024, doi 10.1007/s40279-024-01997-3), and telling runners to change it only moves the load.
_LOG_ONLY = frozenset({"stance_time", "flight_time", "duty_factor"})


def speech_s(text: str) -> float:
    """Estimate how long the words take to say, in seconds, at the usual rate of 175 words a minute."""
    return len(text) / _CHARACTERS_PER_S


def lint(document: Document, rule: Rule) -> Iterator[Diagnostic]:
    """Return the warnings about one rule of a document."""
    at: Path = ("rules", rule.id)
    yield from _texts(document, rule, at)
    if rule.hold_s < MIN_HOLD_S:
        message = f"a hold of {rule.hold_s:g} s reacts to single steps"
        yield document.problem(503, message, (*at, "for"), help="10 s or more is steadier", severity="warning")
    longest = max((speech_s(text) for text in rule.say), default=0.0)
    if rule.say and rule.cooldown_s < longest:
        message = "the cooldown is shorter than the cue itself"
        yield document.problem(504, message, (*at, "cooldown"), help="write for example `60 s`", severity="warning")
    if rule.metric in _LOG_ONLY:
        message = f"`{rule.metric}` is for the log, not for coaching"
        mend = "no study shows that changing it on purpose helps; cue cadence or posture instead"
        yield document.problem(507, message, (*at, "when"), help=mend, severity="warning")


def _texts(document: Document, rule: Rule, at: Path) -> Iterator[Diagnostic]:
    places: list[tuple[Path, str]] = []
    if isinstance(document.get((*at, "say")), list):
        places += [((*at, "say", n), text) for n, text in enumerate(rule.say)]
    else:
        places += [((*at, "say"), text) for text in rule.say]
    if rule.praise:
        places.append(((*at, "praise"), rule.praise))
    for path, text in places:
        words = len(text.split())
        if words > MAX_WORDS:
            message = f"{words} words are many for a runner"
            yield document.problem(
                501, message, path, help=f"{MAX_WORDS} at most are easily taken in", severity="warning"
            )
        elif speech_s(text) > MAX_SPEECH_S:
            message = f"this takes about {speech_s(text):.1f} s to say"
            yield document.problem(501, message, path, help=f"stay below {MAX_SPEECH_S:.0f} s", severity="warning")
        lost = _cut_off(document, path)
        if lost:
            message = f"`{lost}` is a comment and is not said"
            mend = "put quotes around all of it, or two spaces before the `#` of a comment"
            yield document.problem(502, message, path, help=mend, severity="warning")


def _cut_off(document: Document, path: Path) -> str | None:
    """Return what an unquoted text lost at `` #``. Two spaces before the sign, one after, are the habit of a real comment."""
    place = document.locate(path)
    if place.text_column != place.column:
        return None
    rest = document.lines[place.line - 1][place.end_column - 1 :]
    found = re.match(r"[ \t]+(#.*)", rest)
    if found is None or re.match(r"(?:  +|\t+)# ", rest):
        return None
    return found[1].strip()
