"""What is allowed in a cue file and probably not meant: warnings, each with what to do."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator

from cuecoach.diagnostics import Diagnostic
from cuecoach.errors import UsageError
from cuecoach.rules.lexer import Problem
from cuecoach.rules.margins import small_margins, wrong_side
from cuecoach.rules.reach import never
from cuecoach.rules.rule import Rule
from cuecoach.rules.speaking import speaking_time
from cuecoach.yamldoc import Document, Path, Place, load_document

#: A runner takes in so many words at once (docs/science.md, CUE-1).
MAX_WORDS = 5
#: And so many seconds of speech.
MAX_SPEECH_S = 3.0
#: Where words are not set apart, so many characters are about five words.
MAX_CHARACTERS = 12
#: A hold below this chases single steps: false cues rise fifteenfold from 20 s to 5 s (docs/science.md, TRG-1).
MIN_HOLD_S = 5.0

#: Measured and logged, never to be coached: contact time says nothing about economy (r = -0.02 over 51 studies, Van Hooren
#: 2024, doi 10.1007/s40279-024-01997-3), and telling runners to change it only moves the load.
_LOG_ONLY = frozenset({"stance_time", "flight_time", "duty_factor"})
_QUESTIONS = ("when", "until", "only_if")


def lint(document: Document, rule: Rule) -> Iterator[Diagnostic]:
    """Return the warnings about one rule of a document; what it takes from another rule is judged where that is written."""
    at: Path = ("rules", rule.id)
    raw = document.get(at)
    own = frozenset(raw) if isinstance(raw, dict) else frozenset[str]()
    whole = "extends" not in own
    yield from _texts(document, rule, at, own)
    if rule.hold_s < MIN_HOLD_S and (whole or "for" in own):
        message = f"a hold of {rule.hold_s:g} s reacts to single steps"
        yield document.problem(503, message, (*at, "for"), help="10 s or more is steadier", severity="warning")
    longest = max((_seconds(rule, text) for text in rule.say), default=0.0)
    if rule.say and rule.cooldown_s < longest and (whole or own & {"say", "play", "cooldown"}):
        message = "the cooldown is shorter than the cue itself"
        yield document.problem(504, message, (*at, "cooldown"), help="write for example `60 s`", severity="warning")
    if rule.metric in _LOG_ONLY and (whole or "when" in own):
        message = f"`{rule.metric}` is for the log, not for coaching"
        mend = "no study shows that changing it on purpose helps; cue cadence or posture instead"
        yield document.problem(507, message, (*at, "when"), help=mend, severity="warning")
    if rule.beat_s is not None and rule.metric != "cadence" and (whole or own & {"beat", "when"}):
        message = "a beat leads the cadence, and `when` is not about it"
        mend = "leave `beat` out, or write a `when` such as `cadence < target - 3 %`"
        yield document.problem(511, message, (*at, "beat"), part="key", help=mend, severity="warning")
    if rule.if_no_change is not None and not rule.say and (whole or own & {"if_no_change", "say"}):
        message = "there are no words before `if_no_change`"
        mend = "it follows words that did not help; write the first ones under `say`"
        yield document.problem(512, message, (*at, "if_no_change"), part="key", help=mend, severity="warning")
    yield from _logic(document, rule, at, own)


def lint_for_sensors(rules: Iterable[Rule], metrics: Collection[str]) -> list[Diagnostic]:
    """Say which metrics no sensor gives.

    Parameters
    ----------
    rules
        The rules that are to run; those that are off are left out.
    metrics
        Every metric that the configured sensors give, derived ones included.

    Returns
    -------
    list of Diagnostic
        One warning for each metric of each rule, at the rule's own place.
    """
    documents: dict[str, Document | None] = {}
    found: list[Diagnostic] = []
    for rule in rules:
        if rule.enabled:
            for metric in sorted(rule.metrics - frozenset(metrics)):
                if rule.path not in documents:
                    documents[rule.path] = _again(rule.path)
                found.append(_unmeasured(documents[rule.path], rule, metric))
    return found


def _again(path: str) -> Document | None:
    try:
        return load_document(path, prefix="C")
    except UsageError:
        return None  # The file is gone since; the rule still knows its line.


def _unmeasured(document: Document | None, rule: Rule, metric: str) -> Diagnostic:
    message = f"no sensor of this config measures `{metric}`, so `{rule.id}` stays silent"
    mend = "add a sensor that does, or write `enabled: false`"
    if document is None:
        return Diagnostic("C513", "warning", message, rule.path, rule.line, help=mend)
    place = document.locate(("rules", rule.id), "key")
    for name in _QUESTIONS:
        path: Path = ("rules", rule.id, name)
        word = re.search(rf"\b{metric}\b", str(document.get(path)))
        text = document.locate(path)
        if word and path in document.values and text.text_column is not None:
            place = Place(text.line, text.text_column + word.start(), text.text_column + word.end())
            break
    return document.problem(513, message, place, help=mend, severity="warning")


# ---------------------------------------------------------------- questions
def _logic(document: Document, rule: Rule, at: Path, own: Collection[str]) -> Iterator[Diagnostic]:
    if "when" in own:
        yield from (_marked(document, (*at, "when"), p) for p in small_margins(rule.when))
    if rule.until is not None and ("when" in own or "until" in own):
        found = wrong_side(rule.when, rule.until)
        if found:
            yield _marked(document, (*at, "until"), found)
    if "when" in own or "only_if" in own or "for" in own:
        gate = () if rule.only_if is None else (rule.only_if.question,)
        why = never(rule.when.question, hold_s=rule.hold_s) or never(rule.when.question, *gate, hold_s=rule.hold_s)
        if why:
            message = f"this rule can never speak: {why}"
            yield document.problem(510, message, (*at, "when"), help="change `when` or `only_if`", severity="warning")


def _marked(document: Document, path: Path, problem: Problem) -> Diagnostic:
    place = document.locate(path)
    if path in document.values and place.text_column is not None:
        column = place.text_column
        place = Place(place.line, column + problem.start, column + max(problem.end, problem.start + 1))
    return document.problem(problem.number, problem.message, place, help=problem.help, severity="warning")


# ---------------------------------------------------------------- texts
def _texts(document: Document, rule: Rule, at: Path, own: Collection[str]) -> Iterator[Diagnostic]:
    places: list[tuple[Path, str]] = []
    if "say" in own:
        places += _listed(document, (*at, "say"), rule.say)
    elif "play" in own and rule.say:
        places.append(((*at, "play"), rule.say[0]))
    if "if_no_change" in own and rule.if_no_change is not None:
        places += _listed(document, (*at, "if_no_change", "say"), rule.if_no_change.say)
        places += _listed(document, (*at, "if_no_change", "drill"), rule.if_no_change.drill)
    if "praise" in own and rule.praise:
        places.append(((*at, "praise"), rule.praise))
    for path, text in places:
        found = _long(rule, text)
        if found:
            yield document.problem(501, found[0], path, help=found[1], severity="warning")
        lost = _cut_off(document, path)
        if lost:
            message = f"`{lost}` is a comment and is not said"
            whole = f"{document.get(path)} {lost}"
            mend = f'write `"{whole}"`, or two spaces before the `#` of a comment'
            if '"' in whole or "\\" in whole:
                mend = "put quotes around all of it, or two spaces before the `#` of a comment"
            yield document.problem(502, message, path, help=mend, severity="warning")


def _listed(document: Document, at: Path, texts: tuple[str, ...]) -> list[tuple[Path, str]]:
    listed = isinstance(document.get(at), list)
    return [((*at, n) if listed else at, text) for n, text in enumerate(texts)]


def _seconds(rule: Rule, text: str) -> float:
    recording = rule.recordings.get(text)
    return speaking_time(text) if recording is None else recording.duration_s


def _long(rule: Rule, text: str) -> tuple[str, str] | None:
    """Return what is to be said about a long text and the help; None when it is short enough."""
    words, wide = len(text.split()), sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    if text not in rule.recordings:
        if wide > MAX_CHARACTERS:
            return f"{wide} characters are many for a runner", f"{MAX_CHARACTERS} at most are easily taken in"
        if words > MAX_WORDS:
            return f"{words} words are many for a runner", f"{MAX_WORDS} at most are easily taken in"
    seconds = _seconds(rule, text)
    if seconds > MAX_SPEECH_S:
        return f"this takes about {seconds:.1f} s to say", f"stay below {MAX_SPEECH_S:.0f} s"
    return None


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
