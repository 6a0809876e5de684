"""Compares what a coach said in the laboratory with the truth: false cues, faults in time, caps, gated moments; prints it."""

import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from laboratory import ALSO, FAULTS, GOOD, NAIVE, Subject, margin

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from cuecoach.events import Action, Beat, BeatOff, Say
from cuecoach.sensors.simulator import Story, Truth

#: The gates and caps as they are promised: s, m/s of a change, s after it, s of a dropout that counts.
WARM_UP, CHANGE, SETTLE, DROPOUT = 300.0, 0.3, 15.0, 3.0
GAP, PER_KM, PER_RUN = 60.0, 2, 10
#: The script has a new speed at once; the legs have it after a few steps, s.
LEGS = 2.0
#: What is urgent waits for no cap: pain is asked about before any word on form.
URGENT = ("sudden-slow-steps", "sudden-change", "form-collapse")
#: A hip gives way when it truly drops by so much more, deg, than in the minutes before, s; seen within the last minute.
GIVES_WAY, MINUTES = 4.0, 600
#: The coach's metres are a pod's, the judge's are true: so much less than a kilometre is still one.
KILOMETRE = 980.0
#: A cue in time comes within this, s.
IN_TIME = 60.0


def corrections(actions: list[Action]) -> list[tuple[float, str]]:
    """Return when each correction began and its rule; a drill is one, and so is a beat however often its tempo changes."""
    out: list[tuple[float, str]] = []
    said: dict[str, float] = {}
    beats_until = -np.inf
    for a in actions:
        match a:
            case Say(kind="cue"):
                if a.at - said.get(a.rule, -np.inf) > 15.0:
                    out.append((a.at, a.rule))
                said[a.rule] = a.at
            case Beat():
                if a.at >= beats_until:
                    out.append((a.at, a.rule))
                beats_until = np.inf if a.until is None else a.until
            case BeatOff():
                beats_until = a.at
            case _:
                pass
    return out


@dataclass
class Judged:
    """What one coach did with one runner."""

    false: list[str] = field(default_factory=list)
    good_s: float = GOOD[1] - GOOD[0]
    #: Rule, and whether it was cued in time, of each fault that could be judged.
    caught: list[tuple[str, bool]] = field(default_factory=list)
    scripted: int = 0
    cues: int = 0
    km: float = 0.0
    most_per_km: int = 0
    breaches: list[str] = field(default_factory=list)
    gated: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    #: How often pain was asked about for a hip that gave way, and where none did in truth.
    pain: int = 0
    unfounded: list[str] = field(default_factory=list)


def judge(who: Subject, truth: Truth, done: list[tuple[float, str]], *, capped: bool) -> Judged:
    """Compare corrections with the truth; `capped` for a coach whose caps say when it may speak."""
    seconds = np.arange(0.0, who.story.duration_s)
    steps = np.diff(truth.ic, append=truth.ic[-1])
    metres = np.interp(seconds, truth.ic, np.cumsum(truth.speed * np.minimum(steps, 2.0)))
    gates = [gated(who.story, t) for t in seconds]
    found = Judged(scripted=len(who.faults), cues=len(done), km=float(metres[-1]) / 1000)
    found.false = [rule for t, rule in done if GOOD[0] <= t < GOOD[1]]
    at = np.array([np.interp(t, seconds, metres) for t, _ in done])
    for k, (t, rule) in enumerate(done):
        where = f"runner {who.seed} ({who.kind}), {t:.1f} s, {rule}"
        why = gates[int(min(t, len(gates) - 1))]
        if why and not (why == "speed change" and rule.endswith("at-speed")):
            found.gated.append(f"{where}: {why}")
        in_km = int(np.sum(at[k] - at[: k + 1] < KILOMETRE))
        found.most_per_km = max(found.most_per_km, in_km)
        beyond = in_km > PER_KM or k >= PER_RUN or (k > 0 and t - done[k - 1][0] < GAP - 0.5)
        if beyond and rule not in URGENT:
            found.breaches.append(f"{where}: {in_km} in this km, number {k + 1}")
    asked = [t for t, rule in done if rule == "sudden-change"]
    found.pain = len(asked)
    jump = _jump(truth, seconds) if asked else seconds
    found.unfounded = [
        f"runner {who.seed} ({who.kind}), {t:.1f} s: the hip dropped by {most:.1f} deg"
        for t in asked
        if (most := float(np.nanmax(jump[int(t) - 60 : int(t) + 1]))) < GIVES_WAY
    ]
    for rule, start, end in who.faults:
        over = _over(who, truth, rule, seconds) & (seconds >= start) & (seconds < end)
        may = np.array([not why and _free(done, at, t, m, rule, capped=capped)
                        for t, m, why in zip(seconds, metres, gates, strict=True)])  # fmt: skip
        answer = _in_time(seconds, over & may, [t for t, r in done if r in (rule, ALSO.get(rule)) and start <= t < end])
        if answer is not None:
            found.caught.append((rule, answer[1]))
            if not answer[1]:
                found.missed.append(f"runner {who.seed} ({who.kind}): {rule} from {answer[0]:.0f} s")
    return found


def gated(story: Story, t: float) -> str:
    """Return why nobody should hear a correction at `t`, by the script; empty when they may."""
    if t < WARM_UP:
        return "warm-up"
    speed = story.at(t - LEGS).speed
    if speed < 2.0:
        return "walking"
    if any(end - start > DROPOUT and start + DROPOUT <= t < end + SETTLE for start, end in story.losses()):
        return "dropout"
    changed = abs(speed - story.at(t - SETTLE).speed) > CHANGE
    return "speed change" if changed else ""


def _over(who: Subject, truth: Truth, rule: str, seconds: np.ndarray) -> np.ndarray:
    """Return at which seconds the true form is worse than the runner's own by more than the rule's margin."""
    _, metric, window = FAULTS[rule]
    values = getattr(truth, metric)
    sides = np.array(truth.side)
    groups = [sides == "left", sides == "right"] if metric == "pelvic_drop" else [np.ones(len(values), bool)]
    smooth = np.max([_medians(truth.ic[g], values[g], seconds, window) for g in groups], axis=0)
    usual = float(np.nanmedian(smooth[(seconds >= GOOD[0]) & (seconds < GOOD[1])]))
    size = margin(rule, who.story.person)
    if rule == "low-cadence":
        return smooth < usual * (1 - size)
    if rule == "bounce":
        return smooth > usual * (1 + size)
    return (smooth > usual + size) & ((rule != "level-hips") | (smooth > 5.0))


def _jump(truth: Truth, seconds: np.ndarray) -> np.ndarray:
    """Return at each second how much further the true hips drop than in the ten minutes before, deg."""
    sides = np.array(truth.side)
    groups = [sides == side for side in ("left", "right")]
    drop = np.max([_medians(truth.ic[g], truth.pelvic_drop[g], seconds, 20) for g in groups], axis=0)
    before = [np.nanmedian(drop[max(0, n - MINUTES) : n + 1]) if n >= IN_TIME else np.nan for n in range(len(drop))]
    return drop - np.array(before)


def _medians(times: np.ndarray, values: np.ndarray, seconds: np.ndarray, window: float) -> np.ndarray:
    firsts, lasts = np.searchsorted(times, seconds - window), np.searchsorted(times, seconds)
    return np.array([np.median(values[a:b]) if b > a else np.nan for a, b in zip(firsts, lasts, strict=True)])


def _free(done: list[tuple[float, str]], at: np.ndarray, t: float, metres: float, rule: str, *, capped: bool) -> bool:
    """Whether the caps, as promised, leave room for a cue of the rule at `t`."""
    before = [k for k, (said, _) in enumerate(done) if said < t]
    if before and t - done[before[-1]][0] < GAP:
        return False
    if not capped:
        return True
    near = [done[k][1] for k in before if metres - at[k] < 1000.0 / 0.98]
    return len(near) < PER_KM and rule not in near and len(before) < PER_RUN


def _in_time(seconds: np.ndarray, open_: np.ndarray, cues: list[float]) -> tuple[float, bool] | None:
    """Return from when a cue was owed and whether it came in time; None when it was never owed for long enough."""
    begun: float | None = None
    for t, is_open in zip(seconds, open_, strict=True):
        if not is_open:
            begun = None
            continue
        begun = float(t) if begun is None else begun
        if any(said <= begun + IN_TIME for said in cues):
            return begun, True
        if t - begun >= IN_TIME:
            return begun, False
    return None


def row(name: str, ours: str, naive: str = "", bar: str = "", *, missed: bool = False) -> None:
    """Print a line of the table."""
    print(f"{name:62s} {ours:>12s} {naive:>12s}   {bar}{'   MISSED' if missed else ''}", flush=True)


def rate(parts: int, whole: int) -> str:
    """Return a share in percent, with how many it is a share of."""
    return f"{100 * parts / whole:.1f} %" if whole else "none"


def table(results: list[tuple[str, Judged, Judged | None]], rules: tuple[str, ...]) -> None:
    """Print what both coaches did with the runners."""
    ours = [mine for _, mine, other in results if other is not None]
    naive = [other for _, _, other in results if other is not None]
    hours = sum(j.good_s for j in ours) / 3600
    row(f"{len(ours)} runners with a pod, {hours:.1f} h of good form", "cuecoach", "naive")
    falsely = [Counter(rule for j in group for rule in j.false) for group in (ours, naive)]
    for rule in rules:
        mine, other = (f[rule] / hours for f in falsely)
        text = f"{other:.2f}" if rule in NAIVE else ""
        row(f"false cues an hour: {rule}", f"{mine:.2f}", text, "under 0.5", missed=mine >= 0.5)
    kinds = sorted({kind for kind, _, other in results if other is not None})
    for name, pick in [("all", lambda k, r: True), *((r, lambda k, q, r=r: q == r) for r in FAULTS),
                       *((kind, lambda k, r, kind=kind: k == kind) for kind in kinds)]:  # fmt: skip
        told = [
            [hit for kind, *both in results if both[1] is not None for rule, hit in both[n].caught if pick(kind, rule)]
            for n in (0, 1)
        ]
        mine, other = (rate(sum(hits), len(hits)) for hits in told)
        bad = bool(told[0]) and sum(told[0]) < 0.95 * len(told[0])
        row(
            f"true faults cued in 60 s: {name} ({len(told[0])}, {len(told[1])})",
            mine,
            other,
            "at least 95 %",
            missed=bad,
        )
    scripted = sum(j.scripted for j in ours)
    row("scripted faults that were owed a cue", *(rate(sum(len(j.caught) for j in g), scripted) for g in (ours, naive)))
    row("cues per km", *(f"{sum(j.cues for j in g) / sum(j.km for j in g):.2f}" for g in (ours, naive)))
    row("most cues in one km", *(f"{max(j.most_per_km for j in g)}" for g in (ours, naive)), "at most 2")
    broken = [sum(len(j.breaches) for j in g) for g in (ours, naive)]
    row("cues beyond the caps", *(f"{n}" for n in broken), "0", missed=broken[0] > 0)
    pain = sum(j.pain for j in ours)
    wrongly = sum(len(j.unfounded) for j in ours)
    row(f"pain asked about for a hip that gave way ({pain}): it had not", f"{wrongly}", "", "0", missed=wrongly > 0)
    hit = [rate(sum(len(j.gated) for j in g), sum(j.cues for j in g)) for g in (ours, naive)]
    row("cues in a gated moment", *hit, "0 %", missed=any(j.gated for j in ours))
    for kind in ("responder", "slipping"):
        group = [mine for k, mine, other in results if other is None and k == kind]
        hits = [hit for j in group for _, hit in j.caught]
        said = Counter(rule for j in group for rule in j.false)
        told = ", ".join(f"{n} {rule}" for rule, n in said.items()) or "none"
        row(f"raw sensor, {kind} ({len(group)}): false cues", told, "", "0", missed=bool(said))
        if hits:
            row(f"raw sensor, {kind}: true faults cued in 60 s ({len(hits)})", rate(sum(hits), len(hits)))
    for what in ("missed", "breaches", "gated", "unfounded"):
        for line in [line for _, mine, _ in results for line in getattr(mine, what)][:12]:
            print(f"  {what}: {line}")
