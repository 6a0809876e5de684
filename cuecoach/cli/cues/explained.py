"""How the history of a rule is shown: a timeline, what decided, one moment; or all of it as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from cuecoach.history import History, Moment, rows, shares, tally, verdict
from cuecoach.timeline import clock

if TYPE_CHECKING:
    from rich.console import Console

#: What stands before a line of the timeline, so that a glance finds the sounds.
_MARKS = {"cue": "◆", "beat": "♪", "mended": "✓"}
_ANSWERS = {True: "yes", False: "no", None: "unknown"}
#: Shares below this are left to the JSON.
_TOLD = 0.005


def print_history(console: Console, history: History, name: str) -> None:
    """Print the timeline of a rule, its reasons as shares of the time, and what would have to be different."""
    rule, run = history.rule, history.run
    mine = next(t for t in tally(run) if t.rule == rule.id)
    heard = f"{_count(mine.cues, 'cue')}, {_count(mine.beats, 'beat')}, {_count(mine.praise, 'word')} of praise"
    console.print(f"{rule.id} in {name}, {clock(run.duration_s)}: {heard}")
    settings = [f"when {rule.when.text}", f"for {rule.hold_s:.3g} s"]
    settings += [f"until {rule.until.text}"] if rule.until else []
    settings += [f"only if {rule.only_if.text}"] if rule.only_if else []
    console.print(f"  {', '.join(settings)}\n", style="dim")
    lines = [
        (clock(r.start) if r.start == r.end else f"{clock(r.start)}–{clock(r.end)}", _MARKS.get(r.mark, " "), r.text)
        for r in rows(history)
    ]
    _table(console, [(when, f"{mark} {text}") for when, mark, text in lines], right=True)
    console.print("\nIn all")
    _table(console, [(f"{100 * share:.0f} %", label) for label, share in shares(history) if share >= _TOLD], right=True)
    told = verdict(history)
    if told:
        console.print("\nWhat decided")
        _table(console, [("-", line) for line in told])


def print_moment(console: Console, history: History) -> None:
    """Print the moment that was asked about."""
    moment = history.moment
    assert moment is not None
    since = "" if moment.phase_since is None else f" since {clock(moment.phase_since)}"
    console.print(f"{history.rule.id} at {clock(moment.t)}: {moment.phase.value}{since}\n")
    lines = [("reason", f"{moment.why.sentence}, since {clock(moment.why.since)}")]
    lines += [("gate", f"the coach is silent: {moment.gate}")] if moment.gate else []
    for finding in moment.findings:
        by = ""
        if finding.margin is not None:
            by = f"; {finding.shown_margin} {'beyond' if finding.margin > 0 else 'short of it'}"
        lines.append((finding.setting.replace("_", " "), f"{_ANSWERS[finding.answer]}: {finding.found}{by}"))
    lines += [("waits for", moment.waits_for)] if moment.waits_for else []
    lines += [("beat", moment.beat)] if moment.beat else []
    if moment.last_said is not None:
        rule, text, at = moment.last_said
        lines.append(("last cue", f"{clock(at)} {rule}: {_spoken(text)}"))
    chosen = moment.chosen
    if chosen is not None and chosen.because:
        lines.append(("words", f"{_spoken(chosen.text)} at {clock(chosen.t)}: {chosen.because}"))
    lines += [("effect", moment.response)] if moment.response else []
    lines += [("also", f"{other.rule}: {_other(other.outcome, other.why)}") for other in moment.others]
    following = _following(history, moment)
    lines += [("then", following)] if following else []
    _table(console, lines)


def facts(history: History) -> dict[str, object]:
    """Return the history as JSON can hold it: times in s, margins in base units."""
    out: dict[str, object] = {
        "rule": history.rule.id,
        "duration_s": history.run.duration_s,
        "heard": asdict(next(t for t in tally(history.run) if t.rule == history.rule.id)),
        "shares": {label: round(share, 4) for label, share in shares(history)},
        "verdict": verdict(history),
        "parts": [
            {"text": p.part.text, "yes_s": p.yes_s, "no_s": p.no_s, "unknown_s": p.unknown_s}
            | {"best_margin": p.best, "best_t": None if p.best is None else p.best_t, "best_found": p.best_found}
            for p in history.parts
        ],
        "stretches": [
            {"start": s.start, "end": s.end, "phase": s.phase.value, "outcome": s.outcome, "about": s.about}
            | {"why": s.why, "said": s.said, "held_s": s.held_s}
            for s in history.stretches
        ],
    }
    if history.moment is not None:
        out["moment"] = asdict(history.moment) | {"phase": history.moment.phase.value}
    return out


def _following(history: History, moment: Moment) -> str:
    """Return what came next, and when."""
    later = history.stretches[history.at(moment.t) + 1 :]
    if not later:
        return f"nothing else until the end at {clock(history.run.duration_s)}"
    told = f"{clock(later[0].start)} {_spoken(later[0].said) if later[0].said else later[0].why}"
    heard = next((s for s in later[1:] if s.said), None)
    return told + (f"; next heard at {clock(heard.start)}" if heard is not None and not later[0].said else "")


def _spoken(text: str) -> str:
    return text if text.startswith("beat at ") else f"“{text}”"


def _other(outcome: str, why: str) -> str:
    return why if why.startswith(outcome) else f"{outcome}: {why}"


def _count(n: int, word: str) -> str:
    return f"{n} {word}" + ("" if n == 1 else "s")


def _table(console: Console, lines: list[tuple[str, str]], *, right: bool = False) -> None:
    """Print two columns; in a terminal, long texts fold within theirs."""
    wide = max((len(first) for first, _ in lines), default=0)
    if not console.is_terminal:
        for first, second in lines:
            console.print(f"  {first:>{wide}}  {second}" if right else f"  {first:<{wide}}  {second}")
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, show_edge=False, show_header=False)
    table.add_column(justify="right" if right else "left", no_wrap=True, min_width=wide + 2)
    table.add_column(overflow="fold")
    for first, second in lines:
        table.add_row(Text(f"  {first}"), Text(second))
    console.print(table)
