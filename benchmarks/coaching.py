"""The coach in the laboratory: 200 simulated runners with known truth, and a naive coach on the same runners beside it.

    .venv/bin/python benchmarks/coaching.py                    # --runners N for fewer

Responders, slow ones, non-responders, tired, noisy, pods that do not say whether they count strides or steps, and a few raw
sensors on the sacrum, half of which slip. Each runs 24 minutes: stiff in the warm-up, well to minute 13, then two faults of 1.4
to 2.2 times a rule's margin, with a walk, a dropout and a surge between. The naive coach has one fixed threshold for everybody
and a minute between its words, as usual apps do.

With the plan's 5 % more cadence: the same runners with and without the beat. Last, a few runners through the eight sessions;
how much of what they did stays until the next day is not to be known from a simulation, so both ends of it are shown.
"""

import argparse
import multiprocessing
import time
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from figures import machine
from judging import Judged, corrections, judge, rate, row, table
from laboratory import NaiveCoach, someone, subject
from pilot import synced

from cuecoach.coach import Coach
from cuecoach.coaching.knowledge import Knowledge
from cuecoach.coaching.programme import begin, report
from cuecoach.coaching.programme_focus import start
from cuecoach.coaching.sync import SYNCED
from cuecoach.config import RunConfig
from cuecoach.events import METRONOME
from cuecoach.offline import coach_through, drive
from cuecoach.rules import load_cues
from cuecoach.sensors.simulator import Phase, SimulatedRunner, Story

RUNNERS = 200
#: One runner in so many is also coached towards more cadence, with the beat and without; so many of them by a raw sensor.
PLANNED = 5
RAW = 6
#: Nobody runs more sessions than this of a plan here.
MOST_RUNS = 9
#: The plans shown: focus, and the share of a run's gain that stays until the next.
PLANS = (("cadence", 0.9), ("cadence", 0.0), ("posture", 0.9), ("posture", 0.0))
#: Nothing is asked of cadence but the runner's own: only then is usual form good form.
PLAIN = RunConfig.model_validate({"cadence": {"raise": "0 %"}})
RULES = load_cues(PLAIN.cues)


@dataclass(frozen=True)
class Stepped:
    """One runner asked for more cadence: gained with the beat and without, and what the pilot said."""

    follows: bool
    with_beat: float
    without: float
    outcomes: tuple[str, ...]


@dataclass(frozen=True)
class Planned:
    """One runner's way through a plan."""

    focus: str
    stays: float
    runs: tuple[str, ...]
    session: int
    anchor: tuple[int, str] | None


def coached(seed: int, runners: int) -> tuple[str, Judged, Judged | None]:
    """Coach one runner by the library and, where the sensor gives metrics, by the naive coach."""
    who = subject(seed, runners)
    body = who.body()
    done = corrections(coach_through(Coach(PLAIN, RULES), body).actions)
    ours = judge(who, body.truth, done, capped=True)
    if who.raw:
        return who.kind, replace(ours, false=[*ours.false, *_after_slip(who.kind, done)]), None
    body = who.body()
    heard = [a for _, actions in drive(NaiveCoach(), body) for a in actions]  # pyright: ignore[reportArgumentType]
    return who.kind, ours, judge(who, body.truth, corrections(heard), capped=False)


def _after_slip(kind: str, done: list[tuple[float, str]]) -> list[str]:
    """Return what was said of a slouch that only a slipped sensor saw."""
    return [f"{rule} after a slip" for t, rule in done if kind == "slipping" and t >= 780.0]


def stepped(seed: int, runners: int) -> Stepped:
    """Coach one runner to 5 % more cadence, with the beat and without."""
    kind = subject(seed, runners).kind
    person = someone(seed, "responder" if kind in ("tired", "slipping", "wrong unit") else kind)
    gains: list[float] = []
    outcomes: tuple[str, ...] = ()
    for mode in ("when needed", "off"):
        body = SimulatedRunner(Story("plan", "", (Phase("run", 900, person.gait.speed),), person), seed=seed)
        run = coach_through(Coach(RunConfig.model_validate({"metronome": mode}), RULES), body)
        truth = body.truth
        own, last = (truth.cadence[(truth.ic > a) & (truth.ic < b)] for a, b in ((120, 300), (600, 900)))
        gains.append(100 * float(np.median(last) / np.median(own) - 1))
        outcomes = outcomes or tuple(d.outcome for d in run.decisions if d.rule == METRONOME)
    return Stepped(person.response.follows_beat, gains[0], gains[1], outcomes)


def in_step(seed: int, runners: int) -> tuple[bool, float | None]:
    """Coach one runner with a raw sensor to 5 % more cadence: can they follow a beat, and R of their true footfalls in hold."""
    kind = subject(seed, runners).kind
    person = someone(seed, "responder" if kind in ("tired", "slipping", "wrong unit") else kind)
    body = SimulatedRunner(Story("step", "", (Phase("run", 600, person.gait.speed),), person), seed=seed, output="imu")
    run = coach_through(Coach(RunConfig(), RULES), body)
    held = [r for state, r in synced(run, body.truth.ic) if state == "hold"]
    return person.response.follows_beat, float(np.median(held)) if held else None


def planned(number: int, _: int) -> Planned:
    """Take one runner through a plan of eight sessions, of which a share of the gain stays each time."""
    focus, stays = PLANS[number]
    natural, day = someone(number, "responder"), date(2026, 3, 2)
    silent = RunConfig.model_validate({"caps": {"per_run": 0}, "metronome": "off"})
    coach = Coach(silent, RULES)
    first = Story("own", "", (Phase("run", 1200, natural.gait.speed),), natural)
    coach_through(coach, SimulatedRunner(first, seed=number))
    plan, rules = start(None, focus, day), [rule.id for rule in RULES if rule.focus == focus]
    known = replace(coach.learned(), plan=plan)
    kept, runs, anchor = 0.0, [], None
    while len(runs) < MOST_RUNS and not plan.done:
        # What stays is in the legs from the first step: a quicker own cadence, a smaller slouch.
        gait = replace(natural.gait, cadence=natural.gait.cadence * (1 + (kept if focus == "cadence" else 0.0)))
        # An angle without a standing pose is learnt anew in each run: who slouches from the start has no slouch to be seen.
        slouch = 5.5 * (1 - kept) if focus == "posture" else 0.0
        length = 320.0 + 60.0 * (15, 18, 21, 24, 27, 30, 30, 30)[plan.session - 1]
        phases = (Phase("own", 620, gait.speed), Phase("on", length - 620, gait.speed, slouch=slouch, ramp_s=30))
        body = SimulatedRunner(Story("session", "", phases, replace(natural, gait=gait)), seed=100 * number + len(runs))
        coach = Coach(RunConfig(), RULES, knowledge=Knowledge(known.normals, known.words, begin(plan, day), known.told))
        coach_through(coach, body)
        kept = stays * _learnt(focus, body, natural.gait.cadence, natural.gait.pelvic_tilt)
        before, known = plan.session, coach.learned()
        assert known.plan is not None
        share = known.plan.results[-1].share if known.plan.results else None
        plan = report(known.plan, 0, 0)
        runs.append(f"{before}:{'-' if share is None else f'{100 * share:.0f}%'}")
        found = next((text for rule in rules if (text := known.words.of(rule).anchor)), None)
        anchor = anchor or (None if found is None else (before, found))
        day += timedelta(2)
    return Planned(focus, stays, tuple(runs), plan.session, anchor)


def _learnt(focus: str, body: SimulatedRunner, cadence: float, tilt: float) -> float:
    """Return how far form is from where the runner began, at the end of the run: share of cadence, or of the slouch."""
    truth = body.truth
    late = truth.ic > truth.ic[-1] - 300
    if focus == "cadence":
        return max(0.0, float(np.median(truth.cadence[late])) / cadence - 1)
    return float(np.clip(1 - (np.median(truth.pelvic_tilt[late]) - tilt) / 5.5, 0, 1))


def steps(found: list[Stepped]) -> None:
    """Print what the beat did."""
    for who, group in (("can", [f for f in found if f.follows]), ("cannot", [f for f in found if not f.follows])):
        if not group:
            continue
        name = f"+5 % asked, {who} follow a beat ({len(group)})"
        for how, gains in (("with the beat", [f.with_beat for f in group]), ("without", [f.without for f in group])):
            row(f"{name}: cadence gained {how}, median", f"{np.median(gains):.1f} %")
        for outcome in ("hold", "rescue", "left alone"):
            row(f"{name}: pilot came to `{outcome}`", rate(sum(outcome in f.outcomes for f in group), len(group)))


def sync(found: list[tuple[bool, float | None]]) -> None:
    """Print whose true footfalls keep to the beat."""
    for who, group in (("can", [r for can, r in found if can]), ("cannot", [r for can, r in found if not can])):
        if group:
            kept = [r for r in group if r is not None]
            row(f"raw sensor, {who} follow ({len(group)}): in sync in hold (R at least {SYNCED})",
                rate(sum(r >= SYNCED for r in kept), len(group)))  # fmt: skip


def plans(found: list[Planned]) -> None:
    """Print how the plans went: each run as its session and the share of time in band."""
    for p in found:
        came = "done" if p.session > 8 else f"at session {p.session}"
        print(f"plan for {p.focus}, {100 * p.stays:.0f} % stays: {came} after {len(p.runs)} runs ({' '.join(p.runs)})")
        print(f"  anchor: {'none yet' if p.anchor is None else f'`{p.anchor[1]}` from session {p.anchor[0]}'}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runners", type=int, default=RUNNERS)
    number = max(4, parser.parse_args().runners)
    print(machine())
    begun = time.perf_counter()
    with multiprocessing.Pool(2) as pool:
        # The longest first, so that neither process waits for the other at the end.
        going = pool.starmap_async(planned, [(n, number) for n in range(len(PLANS))], 1)
        beats = pool.starmap_async(stepped, [(n, number) for n in range(max(6, number // PLANNED))], 1)
        footfalls = pool.starmap_async(in_step, [(n, number) for n in range(RAW)], 1)
        table(
            pool.starmap(coached, [(n, number) for n in reversed(range(number))], 1),
            tuple(r.id for r in RULES if r.enabled),
        )
        steps(beats.get())
        sync(footfalls.get())
        plans(going.get())
    print(f"{time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
