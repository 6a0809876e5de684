"""What happened in a run, as lines: for people with the reason beside each cue, for programs as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from cuecoach.events import METRONOME, Action, Beat, BeatOff, Decision, Hush, Level, Note, Response, Say
from cuecoach.units import clock

__all__ = ["Line", "clock", "json_lines", "lines"]

Line: TypeAlias = dict[str, object]


def lines(actions: Iterable[Action]) -> list[Line]:
    """Return one mapping per happening, sorted by the time it is heard or decided.

    Each has `t`, `kind` (decision, sound, beat, sensor, response or note), `rule`, `outcome`, `text`, `why` and `values`.
    The `t` of a sound or beat is when it is heard; that of a decision, when it was taken.
    """
    reasons: dict[tuple[str, float], str] = {}
    out: list[Line] = []
    for action in actions:
        match action:
            case Decision():
                reasons[action.rule, action.t] = action.why
                out.append(
                    _line(action.t, "decision", action.rule, action.outcome, action.text, action.why, action.values)
                )
            case Say():
                kind = "sensor" if action.kind == "notice" else "sound"
                why = reasons.get((action.rule, action.t), "")
                if action.kind == "praise":  # the reason is that the rule is no longer met
                    why = f"it helped: {why.removeprefix('not met: ')}"
                elif action.kind == "cue" and not why:
                    why = "the next step of its drill"
                out.append(
                    _line(action.at, kind, action.rule, action.kind, action.text, why, {"duration": action.duration})
                )
            case Beat():
                otherwise = "the metronome is on" if action.rule == METRONOME else "the tempo is led to the target"
                why = reasons.get((action.rule, action.t)) or reasons.get((METRONOME, action.t), otherwise)
                values = {"spm": action.spm, "until": action.until}
                out.append(_line(action.at, "beat", action.rule, "beat", f"{action.spm:g} spm", why, values))
            case BeatOff():
                out.append(_line(action.at, "beat", "", "off", "", "", {}))
            case Hush():
                out.append(_line(action.at, "sound", "", "hush", "", "the runner asked for quiet", {}))
            case Level():
                pass  # a hand on the volume is no happening of the run
            case Response():
                outcome = "helped" if action.helped else "no help"
                values = {
                    "at": action.at,
                    "before": action.before,
                    "after": action.after,
                    "share": action.share,
                    "by_itself": action.by_itself,
                }
                out.append(_line(action.t, "response", action.rule, outcome, action.text, "", values))
            case Note():
                out.append(_line(action.t, "note", action.source, "", action.text, "", {}))
    return sorted(out, key=lambda line: float(str(line["t"])))


def json_lines(actions: Iterable[Action]) -> Iterator[str]:
    """Yield each happening as one line of JSON."""
    for line in lines(actions):
        yield json.dumps(line, ensure_ascii=False)


def _line(
    t: float, kind: str, rule: str, outcome: str, text: str, why: str, values: Mapping[str, float | None]
) -> Line:
    rounded = {name: None if v is None else round(v, 3) for name, v in values.items()}
    return {
        "t": round(t, 6),
        "kind": kind,
        "rule": rule,
        "outcome": outcome,
        "text": text,
        "why": why,
        "values": rounded,
    }
