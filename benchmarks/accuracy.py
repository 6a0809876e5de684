"""How near the measured gait comes to the truth: on a simulated runner, and on recordings with the script that scores them.

    .venv/bin/python benchmarks/accuracy.py [FOLDER] [--only alcantara,rbds] [--all]

FOLDER (or the variable CUECOACH_ACCURACY) holds recordings with independent truth and `score_gait.py`, which scores the command
`cuecoach measure` on them. Both tables are the Markdown of docs/metrics.md. Half a minute, and some more for the recordings.
"""

import argparse
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from figures import machine
from numpy.typing import NDArray
from scoring import SCRIPT, find_script, recorded

from cuecoach.events import ImuBlock, Step
from cuecoach.gait import GaitAnalyser, PelvisSeries
from cuecoach.sensors.simulator import Imu, Person, Phase, SimulatedRunner, Story, Truth

Array = NDArray[np.float64]

VARIABLE = "CUECOACH_ACCURACY"
#: Contacts before and after these are not counted, s: the analyser is causal. Angles count once they have settled.
WARM_UP_S, TAIL_S, SETTLED_S = 2.5, 0.5, 6.0
#: Two contacts nearer than this are the same one, s.
SAME_S = 0.08


@dataclass(frozen=True)
class Sensor:
    """A simulated sensor at the sacrum: its rate, how it sits (roll, pitch, yaw, deg), its faults, what went before."""

    name: str
    rate_hz: float = 100.0
    mount: tuple[float, float, float] = (0.0, 0.0, 0.0)
    bias: tuple[float, float, float] = (0.4, -0.3, 0.3)
    range_g: float = 16.0
    standing: bool = False


SENSORS = (
    Sensor("50 Hz", 50.0),
    Sensor("100 Hz"),
    Sensor("200 Hz", 200.0),
    Sensor("500 Hz", 500.0),
    Sensor("turned 25°", mount=(14.0, -15.0, 14.0)),
    Sensor("upside down", mount=(175.0, 12.0, 160.0)),
    Sensor("gyro 9 deg/s off", bias=(6.0, -5.0, 4.5)),
    Sensor("clipped, 2 g", range_g=2.0),
    Sensor("stood tall", standing=True),
)
STANDING = (Phase("quiet", 7.0, 0.0, stoop=3.5), Phase("tall", 6.0, 0.0))
PHASES = (
    Phase("easy", 25.0, 2.8),
    Phase("slouch", 25.0, 2.8, slouch=5.0, drop_left=2.0, bounce=0.1, ramp_s=5.0),
    Phase("faster", 25.0, 3.6),
)


@dataclass(frozen=True)
class Run:
    """What happened and what was measured."""

    truth: Truth
    steps: list[Step]
    series: PelvisSeries


def run(sensor: Sensor, seed: int) -> Run:
    """Let the runner run with that sensor."""
    person = Person(imu=Imu(gyr_bias=0.0, acc_range_g=sensor.range_g))
    runner = SimulatedRunner(
        Story("accuracy", "three ways to run", (*STANDING, *PHASES) if sensor.standing else PHASES, person),
        seed=seed,
        output="imu",
        rate_hz=sensor.rate_hz,
        mount=sensor.mount,
    )
    analyser = GaitAnalyser("sacrum", series=True)
    steps: list[Step] = []
    parts: list[PelvisSeries] = []
    for event in runner.advance(runner.duration_s):
        if isinstance(event, ImuBlock) and event.gyr is not None:
            update = analyser.push(event.times, event.acc, event.gyr + np.array(sensor.bias))
            steps += update.steps
            if update.series is not None:
                parts.append(update.series)
    names = ("times", "pelvic_tilt", "pelvic_obliquity", "pelvic_rotation")
    series = PelvisSeries(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
    return Run(runner.truth, steps, series)


@dataclass
class Errors:
    """Errors of several runs of one sensor, in the units of the rows."""

    true: int = 0
    found: int = 0
    extra: int = 0
    given: int = 0
    right: int = 0
    lists: dict[str, list[float]] = field(default_factory=dict[str, list[float]])

    def put(self, name: str, error: float) -> None:
        """Keep one error."""
        self.lists.setdefault(name, []).append(error)

    def __getitem__(self, name: str) -> Array:
        return np.array(self.lists.get(name, [np.nan]))

    def add(self, one: Run) -> None:
        """Add the errors of a run."""
        truth, steps, end = one.truth, one.steps, float(one.truth.times[-1])
        ic = np.array([step.ic for step in steps])
        begin = next(t for t, a in zip(truth.ic, truth.activity, strict=True) if a == "running")
        counted = np.flatnonzero((truth.ic > begin + WARM_UP_S) & (truth.tc < end - TAIL_S))
        self.true += len(counted)
        pairs = [(int(i), int(np.argmin(np.abs(ic - truth.ic[i])))) for i in counted]
        pairs = [(i, j) for i, j in pairs if abs(ic[j] - truth.ic[i]) <= SAME_S]
        self.found += len(pairs)
        inside = ic[(ic > begin + WARM_UP_S) & (ic < truth.ic[counted[-1]])]
        self.extra += sum(float(np.min(np.abs(truth.ic - t))) > SAME_S for t in inside)
        for i, j in pairs:
            self._step(truth, i, steps[j])
        for name, known, true in (
            ("tilt", one.series.pelvic_tilt, truth.tilt),
            ("obliquity", one.series.pelvic_obliquity, truth.obliquity),
        ):
            seen = np.isfinite(known) & (one.series.times > begin + SETTLED_S) & (one.series.times < end - TAIL_S)
            error = known[seen] - np.interp(one.series.times[seen], truth.times, true)
            # the zero of an angle is the runner's own
            self.put(name, float(np.std(error)))
            self.put(f"zero of {name}", float(np.mean(error)))

    def _step(self, truth: Truth, i: int, step: Step) -> None:
        self.put("ic", 1000 * (step.ic - truth.ic[i]))
        if step.tc is not None:
            self.put("tc", 1000 * (step.tc - truth.tc[i]))
            self.put("told", 1000 * (step.known - step.tc))
        if step.side is not None:
            self.given += 1
            self.right += step.side == truth.side[i]
        # cadence is that of the four steps before
        before = np.diff(truth.ic[max(0, i - 4) : i + 1])
        side = truth.side[i]
        for name, true in (
            ("cadence", 60.0 / float(np.mean(before))),
            ("stance_time", truth.stance_time[i]),
            ("vertical_oscillation", truth.vertical_oscillation[i]),
            (f"pelvic_drop_{side}", truth.pelvic_drop[i]),
        ):
            if name in step.values:
                self.put("pelvic_drop" if name.startswith("pelvic_drop") else name, step.values[name] - float(true))


def rms(x: Array) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(x**2)))


def mean_abs(x: Array) -> float:
    """Mean of the absolute values."""
    return float(np.mean(np.abs(x)))


ROWS: Mapping[str, Callable[[Errors], str]] = {
    "contacts found, %": lambda e: f"{100 * e.found / e.true:.1f}",
    "contacts too many, %": lambda e: f"{100 * e.extra / e.true:.1f}",
    "initial contact, ms": lambda e: f"{np.mean(e['ic']):+.0f} ± {np.std(e['ic']):.0f}",
    "terminal contact, ms": lambda e: f"{np.mean(e['tc']):+.0f} ± {np.std(e['tc']):.0f}",
    "cadence, mean error, spm": lambda e: f"{mean_abs(e['cadence']):.2f}",
    "stance time, RMS error, ms": lambda e: f"{rms(e['stance_time']):.0f}",
    "bounce, mean error, mm": lambda e: f"{mean_abs(e['vertical_oscillation']):.1f}",
    "tilt, RMS error, deg": lambda e: f"{np.mean(e['tilt']):.2f}",
    "tilt, its zero off, deg": lambda e: f"{np.mean(e['zero of tilt']):+.1f}",
    "obliquity, RMS error, deg": lambda e: f"{np.mean(e['obliquity']):.2f}",
    "drop of a step, mean error, deg": lambda e: f"{mean_abs(e['pelvic_drop']):.2f}",
    "told after lift-off: median, most, ms": lambda e: f"{np.median(e['told']):.0f}, {np.max(e['told']):.0f}",
    "foot told, % of steps": lambda e: f"{100 * e.given / max(1, e.found):.0f}",
    "foot right, % of those": lambda e: f"{100 * e.right / max(1, e.given):.1f}",
}


def simulated(seeds: Sequence[int] = (1, 2, 3)) -> None:
    """Print the table of the simulated runner."""
    columns: list[Errors] = []
    for sensor in SENSORS:
        errors = Errors()
        for seed in seeds:
            errors.add(run(sensor, seed))
        columns.append(errors)
    ran_s = sum(phase.duration_s for phase in PHASES)
    print(f"\n### Simulated runner: {len(seeds)} × {ran_s:g} s for each sensor; times as bias ± SD\n")
    print("| figure | " + " | ".join(sensor.name for sensor in SENSORS) + " |")
    print("|---|" + "---|" * len(SENSORS))
    for name, show in ROWS.items():
        print(f"| {name} | " + " | ".join(show(column) for column in columns) + " |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=os.environ.get(VARIABLE), help="recordings and script")
    parser.add_argument("--only", help="which recordings, as the script calls them")
    parser.add_argument("--all", action="store_true", help="every figure of the script")
    given = parser.parse_args()
    script = None if given.folder is None else find_script(Path(given.folder))
    if given.folder is not None and script is None:
        raise SystemExit(f"there is no `{SCRIPT}` in `{given.folder}`; name the folder that holds it")
    print(machine())
    simulated()
    if script is None:
        print(f"\nno recordings: name a folder that holds them and `{SCRIPT}`, or set {VARIABLE}")
    else:
        recorded(script, given.only, everything=given.all)


if __name__ == "__main__":
    main()
