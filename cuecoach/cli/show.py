"""A run on the terminal: what was heard, when and why, and for silent rules why not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cuecoach.events import Action, Beat, Decision, Response
from cuecoach.timeline import Line, clock, lines

if TYPE_CHECKING:
    from rich.console import Console

    from cuecoach.offline import Replay

#: What stands before each kind of sound, so that a glance down the column tells them apart.
MARKS = {"cue": "◆", "praise": "✓", "beat": "♪", "off": "♪", "notice": "!"}


def heard(actions: Iterable[Action]) -> list[Line]:
    """Return the lines of the timeline that could be heard."""
    return [line for line in lines(actions) if line["kind"] in ("sound", "beat", "sensor")]


def one_line(line: Line) -> tuple[str, str, str]:
    """Return time, sound and reason of a line as a person reads them."""
    outcome, text = str(line["outcome"]), str(line["text"])
    said = {"beat": f"beat {text}", "off": "beat ends"}.get(outcome, f"“{text}”")
    return clock(float(str(line["t"]))), f"{MARKS.get(outcome, '·')} {said}", str(line["why"])


def timeline(console: Console, run: Replay) -> None:
    """Print what was heard, with the reason beside each sound."""
    rows = [one_line(line) for line in heard(run.actions)]
    if not console.is_terminal:
        wide = max((len(said) for _, said, _ in rows), default=0)
        for time, said, why in rows:
            console.print(f"{time:>7}  {said:<{wide}}  {why}".rstrip())
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, show_edge=False, header_style="dim")
    table.add_column("time", justify="right", no_wrap=True)
    table.add_column("heard", overflow="fold")
    table.add_column("why", style="dim", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    if rows:
        console.print(table)


def summary(console: Console, run: Replay) -> None:
    """Print how much was said, and why the silent rules were silent."""
    cues = [say for say in run.spoken if say.kind == "cue"]
    beats, beating = _beats(run)
    praise = sum(say.kind == "praise" for say in run.spoken)
    speaking = sum(say.duration for say in run.spoken)
    long = f" ({clock(beating)})" if beats else ""
    console.print(
        f"\n{_count(len(cues), 'cue')}, {_count(beats, 'beat')}{long}, {_count(praise, 'word')} of praise in "
        f"{clock(run.duration_s)}; {speaking:.0f} s of speech."
    )
    judged = [a for a in run.actions if isinstance(a, Response) and a.text]
    if judged:
        console.print(f"  helped: {sum(r.helped for r in judged)} of {len(judged)} that could be judged", style="dim")
    spoke = {d.rule for d in run.decisions if d.outcome == "spoken"}
    silent: dict[str, list[str]] = {}
    for rule in run.rules:
        if rule.id not in spoke:
            silent.setdefault(_reasons(rule.id, run), []).append(rule.id)
    for reasons, names in silent.items():
        console.print(f"  silent: {', '.join(names)} – {reasons}", style="dim")


def _beats(run: Replay) -> tuple[int, float]:
    """Return how many beats there were, and for how long in all, s."""
    count, seconds = 0, 0.0
    since: float | None = None
    for action in run.beats:
        if isinstance(action, Beat):
            count += since is None
            since = action.at if since is None else since
        elif since is not None:
            seconds, since = seconds + action.at - since, None
    return count, seconds + (run.duration_s - since if since is not None else 0.0)


def _reasons(rule: str, run: Replay) -> str:
    """Return what kept a rule silent, the longest reason first."""
    mine = [d for d in run.decisions if d.rule == rule]
    if not mine:
        return "never evaluated"
    shares: dict[str, float] = {}
    ends = [*(d.t for d in mine[1:]), run.duration_s]
    for decision, end in zip(mine, ends, strict=True):
        reason = _reason(decision)
        shares[reason] = shares.get(reason, 0.0) + end - decision.t
    order = sorted(shares.items(), key=lambda share: -share[1])[:3]
    percent = [(reason, round(100 * s / max(run.duration_s, 1e-9))) for reason, s in order]
    return ", ".join(f"{reason} {share} %" for reason, share in percent if share) or order[0][0]


def _reason(decision: Decision) -> str:
    """Return the outcome; where it is about something, also about what."""
    return decision.why if decision.outcome in ("gated", "no fresh data", "baseline not ready") else decision.outcome


def _count(n: int, word: str) -> str:
    return f"{n} {word}" + ("" if n == 1 else "s")
