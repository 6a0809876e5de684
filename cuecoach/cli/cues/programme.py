"""What `cuecoach cues play` plays, in order and with its times: the beat, the words, the drill and the praise of each rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal, TypeAlias

from cuecoach.audio.sounds import SAMPLE_RATE_HZ, FloatArray32
from cuecoach.events import Beat, Say, SayKind
from cuecoach.rules.rule import NoChange, Rule
from cuecoach.timeline import clock

#: Before the first sound, s.
LEAD_S: Final = 0.5
#: A beat is shown by so many clicks, four of each foot, at a tempo in the middle of what people run at.
CLICKS: Final = 8
TEMPO_SPM: Final = 170.0
#: Silence between two sounds of a rule, and between two rules, s.
PAUSE_S: Final = 0.8
REST_S: Final = 1.2
#: The steps of a drill begin about so far apart, s: time to do each.
STEP_S: Final = 3.0

Part: TypeAlias = Literal["beat", "says", "then", "drill", "praise"]


@dataclass(frozen=True, slots=True, eq=False)
class Programme:
    """Sounds with their times, and the lines that tell of them.

    Attributes
    ----------
    actions
        What the mixer is told, in order.
    lines
        When each line is due, s, and the line.
    words
        The samples of every text that is said.
    duration_s
        Length, s.
    """

    actions: tuple[Say | Beat, ...]
    lines: tuple[tuple[float, str], ...]
    words: Mapping[str, FloatArray32]
    duration_s: float

    def samples(self, text: str) -> FloatArray32:
        """Return the samples of a text, shape (n,)."""
        return self.words[text]

    def later(self, by_s: float) -> Programme:
        """Return the same programme, begun `by_s` seconds later."""
        actions = tuple(_later(action, by_s) for action in self.actions)
        lines = tuple((at + by_s, line) for at, line in self.lines)
        return replace(self, actions=actions, lines=lines, duration_s=self.duration_s + by_s)


def _later(action: Say | Beat, by_s: float) -> Say | Beat:
    if isinstance(action, Beat) and action.until is not None:
        return replace(action, at=action.at + by_s, until=action.until + by_s)
    return replace(action, at=action.at + by_s)


def compose(rules: Sequence[Rule], words: Mapping[str, FloatArray32]) -> Programme:
    """Put everything these rules can be heard with one after the other.

    Parameters
    ----------
    rules
        In this order.
    words
        The samples of their texts, at 48 kHz.
    """
    actions: list[Say | Beat] = []
    lines: list[tuple[float, str]] = []
    t = LEAD_S
    for rule in rules:
        lines.append((t, rule.id if rule.enabled else f"{rule.id}  (off)"))
        for part, text in _parts(rule):
            recorded = rule.recordings.get(text)
            shown = f"{text}  ({Path(recorded.path).name})" if recorded else text
            lines.append((t, f"  {clock(t):>5}  {part:<7} {shown}"))
            number = len(actions) + 1
            if part == "beat":
                step = 60.0 / TEMPO_SPM
                actions.append(Beat(0.0, t, number, rule.id, TEMPO_SPM, t + (CLICKS - 0.5) * step))
                t += CLICKS * step + PAUSE_S
                continue
            length = len(words[text]) / SAMPLE_RATE_HZ
            kind: SayKind = "praise" if part == "praise" else "cue"
            actions.append(Say(0.0, t, number, rule.id, text, length, kind))
            t += max(length + PAUSE_S, STEP_S if part == "drill" else 0.0)
        t += REST_S - PAUSE_S
    return Programme(tuple(actions), tuple(lines), words, t)


def _parts(rule: Rule) -> Iterator[tuple[Part, str]]:
    if rule.beat_s is not None:
        yield "beat", f"{TEMPO_SPM:g} spm, {CLICKS} clicks; in a run {rule.beat_s:g} s at your tempo"
    follows = rule.if_no_change or NoChange()
    for text in rule.say:
        yield "says", text
    for text in follows.say:
        yield "then", text
    for text in follows.drill:
        yield "drill", text
    if rule.praise:
        yield "praise", rule.praise
