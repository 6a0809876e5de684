"""What a test expects, a line each: ``50 s: run-tall says "Run tall"``, ``never: run-tall``, ``9 s: run-tall is "holding"``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, cast, get_args

from cuecoach.errors import UsageError
from cuecoach.rules import Reason
from cuecoach.ruletests.lengths import read_length
from cuecoach.ruletests.reading import mistake, read_number
from cuecoach.yamldoc.validate import closest

#: `says`, `praises` and `beats` are heard; `is` tells why the rule was silent; `never` that it was.
Verb: TypeAlias = Literal["says", "praises", "beats", "is", "never"]

NEVER: Final = "never"
SILENCE: Final = "silence"
_VERBS: Final[tuple[str, ...]] = get_args(Verb)[:4]
_LINE = re.compile(r"(\S+)(?:\s+(\S+)(?:\s+(.+))?)?", re.DOTALL)
_BEAT = re.compile(r"(?:at\s+(?P<spm>.+?))?(?:(?:^|\s+)for\s+(?P<length>.+))?|(?P<bare>[0-9].*)")
_LIKE: Final = {"says": 'run-tall says "Run tall"', "praises": 'run-tall praises "Well done"'}
_BEATS_LIKE: Final = "low-cadence beats at 170 spm for 60 s"


@dataclass(frozen=True, slots=True)
class Expected:
    """One line of `expect`.

    Attributes
    ----------
    t
        Test time, s; None for `never`.
    rule, verb
        Whose, and what.
    text
        The words, or for `is` the reason; None where any will do.
    spm, length_s
        Of a beat; None where any will do.
    line
        Where it is written.
    """

    t: float | None
    rule: str
    verb: Verb
    text: str | None = None
    spm: float | None = None
    length_s: float | None = None
    line: int = 0

    @property
    def heard(self) -> bool:
        """Whether it is about something to be heard."""
        return self.verb in ("says", "praises", "beats")

    def __str__(self) -> str:
        if self.verb == NEVER:
            return f"never {self.rule}"
        text = f' "{self.text}"' if self.text is not None else ""
        spm = f" at {self.spm:g} spm" if self.spm is not None else ""
        length = f" for {self.length_s:g} s" if self.length_s is not None else ""
        return f"{self.rule} {self.verb}{text}{spm}{length}"


def read_time(text: str) -> float | None:
    """Read what stands before the colon: a time in s, or None for ``never``.

    Raises
    ------
    LineError
        When it is neither.
    """
    if text.strip() == NEVER:
        return None
    try:
        return read_length(text)
    except UsageError as error:
        message, _, mend = str(error).partition("; ")
        raise mistake(602, message, text, 0, mend or "write a time, or `never`") from None


def read_line(t: float | None, text: str, line: int = 0) -> Expected:
    """Read what stands behind the colon.

    Parameters
    ----------
    t
        From :func:`read_time`.
    text
        ``run-tall says "Run tall"``, ``run-tall praises "Tall."``, ``low-cadence beats at 170 spm for 60 s``,
        ``run-tall is "no fresh data"``; behind `never` the name of a rule alone.
    line
        Where it is written.

    Raises
    ------
    LineError
        When it cannot be read.
    """
    found = _LINE.fullmatch(text.strip())
    if found is None:
        raise mistake(602, "nothing is expected here", text, 0, f"write for example `{_LIKE['says']}`")
    rule, verb, rest = found[1], found[2], (found[3] or "").strip()
    if t is None:
        if verb is not None:
            raise mistake(602, "behind `never` stands only a rule's name", text, 0, f"write `never: {rule}`")
        return Expected(None, rule, "never", line=line)
    if verb is None:
        raise mistake(602, f"what does `{rule}` do then?", text, 0, f"write for example `{rule} says`")
    if verb not in _VERBS:
        meant = closest(verb, _VERBS)
        mend = f"did you mean `{meant}`?" if meant else f"write one of: {', '.join(_VERBS)}"
        raise mistake(602, f"`{verb}` is not what a rule does", verb, found.start(2), mend)
    at = found.start(3) if found[3] else 0
    if verb == "beats":
        return _beat(t, rule, rest, at, line)
    words = " ".join(_unquoted(rest).split()) or None
    if verb == "is":
        _known_reason(words, rest or verb, at if rest else found.start(2))
    return Expected(t, rule, cast("Verb", verb), words, line=line)


def _beat(t: float, rule: str, rest: str, at: int, line: int) -> Expected:
    found = _BEAT.fullmatch(rest)
    if found is None:
        raise mistake(602, f"`{rest}` is no way to beat", rest, at, f"write for example `{_BEATS_LIKE}`")
    spm = length = None
    if found["spm"]:
        spm = read_number(found["spm"], "spm", at + found.start("spm"))
    part = "bare" if found["bare"] else "length"
    if found[part]:
        try:
            length = read_length(found[part])
        except UsageError as error:
            message, _, mend = str(error).partition("; ")
            raise mistake(602, message, found[part], at + found.start(part), mend or None) from None
    return Expected(t, rule, "beats", None, spm, length, line)


def _known_reason(words: str | None, written: str, at: int) -> None:
    known = [str(reason) for reason in Reason]
    if words is not None and any(words.startswith(reason) for reason in known):
        return
    meant = closest(words or "", known)
    mend = (
        f'did you mean "{meant}"?'
        if meant
        else "write for example `not met`, `holding`, `cooling down`, `gated` or `no fresh data`"
    )
    raise mistake(602, f"`{words or ''}` is not why a rule speaks or is silent", written, at, mend)


def _unquoted(text: str) -> str:
    if len(text) >= 2 and text[0] in "\"'" and text[-1] == text[0]:
        return text[1:-1]
    return text
