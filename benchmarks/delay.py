"""How well taps along with clicks tell the delay of headphones: simulated people, delays from 0 to 350 ms.

    .venv/bin/python benchmarks/delay.py

People tap 30 ± 15 ms ahead of what they hear, single taps are spread by 25 ms; some taps are missing or wild. `Repeated` is how
far two goes of the same person may lie from their mean, `true` how far from the true delay; 95 % of 1000 goes lie below.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from figures import machine, show

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from cuecoach.audio.delay import INTERVAL_S, TAPPING, Along, NotTogetherError, delay_of, measure
from tests.audio.tapper import Tapper

GOES = 1000
#: From go to go, of independent taps.
REPEATED_MS = 10.0
HABITS: dict[str, dict[str, float]] = {
    "independent taps": {},
    "one in ten missing, one in twenty wild": {"missing": 0.1, "wild": 0.05},
    "taps hang together (half corrected)": {"correcting": 0.5},
}


def goes(
    habits: dict[str, float], wanted: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Go many times.

    Returns
    -------
    tuple
        Errors in ms: against the same person's mean, shape (n,); against the truth beside what was claimed, shape (n, 2);
        the same with a reference; and how many rounds were refused, percent.
    """
    wrongly = 0
    repeated: list[float] = []
    true: list[tuple[float, float]] = []
    compared: list[tuple[float, float]] = []
    for _ in range(GOES):
        person, delay = Tapper.somebody(rng, **habits), float(rng.uniform(0.0, 0.35))
        try:
            found, reference = _go(person, delay, wanted, rng), _go(person, 0.0, wanted, rng)
        except NotTogetherError:
            wrongly += 1
            continue
        repeated.append(found.offset_s - delay - person.asynchrony_s)
        alone, beside = delay_of(found, TAPPING), delay_of(found, TAPPING, reference)
        true.append((alone.delay_s - delay, alone.error_s))
        compared.append((beside.delay_s - delay, beside.error_s))
    return 1e3 * np.array(repeated), 1e3 * np.array(true), 1e3 * np.array(compared), 100.0 * wrongly / GOES


def _go(person: Tapper, delay: float, wanted: int, rng: np.random.Generator) -> Along:
    # More clicks than taps are wanted, as some are missed.
    clicks = 1.5 + INTERVAL_S * np.arange(4, 4 + round(wanted / (1.0 - person.missing)))
    return measure(list(person.taps(clicks, delay, rng)), 1.5)


def refused(draw: Callable[[np.random.Generator], np.ndarray], rng: np.random.Generator) -> float:
    """Share of useless rounds that are refused, percent."""
    count = 0
    for _ in range(500):
        try:
            measure(list(draw(rng)), 1.5)
        except NotTogetherError:
            count += 1
    return 100.0 * count / 500


def main() -> None:
    """Print every figure beside its bar."""
    print(machine())
    for wanted in (16, 30, 60):
        for name, habits in HABITS.items():
            rng = np.random.default_rng(wanted)
            repeated, true, compared, wrongly = goes(habits, wanted, rng)
            bar = REPEATED_MS if wanted >= 30 and "correcting" not in habits else None
            print(f"{wanted} taps, {name}")
            show("  repeated, 95 %", float(np.percentile(np.abs(repeated), 95)), bar, "ms")
            show("  true, 95 %", float(np.percentile(np.abs(true[:, 0]), 95)), None, "ms")
            show("  true, 95 %, with a reference", float(np.percentile(np.abs(compared[:, 0]), 95)), None, "ms")
            for words, errors in (("alone", true), ("with a reference", compared)):
                show(
                    f"  true error over the error that is told, rms, {words}",
                    float(np.sqrt(np.mean((errors[:, 0] / errors[:, 1]) ** 2))),
                    None,
                    "",
                )
            show("  refused, of two rounds", wrongly, 1.0 if wanted >= 30 else None, "%")
    rng = np.random.default_rng(1)
    clicks = 1.5 + INTERVAL_S * np.arange(30)
    chance = refused(lambda r: np.sort(r.uniform(clicks[0], clicks[-1], 30)), rng)
    show("taps at random that are let pass", 100 - chance, 1.0, "%")
    other = refused(lambda r: 1.5 + np.cumsum(r.normal(0.7, 0.02, 30)), rng)
    show("taps at a tempo of their own that are let pass", 100 - other, 1.0, "%")
    double = refused(lambda r: np.sort(np.concatenate([clicks, clicks + INTERVAL_S / 2]) + r.normal(0, 0.025, 60)), rng)
    show("two taps a click that are let pass", 100 - double, 1.0, "%")
    person, rng = Tapper(), np.random.default_rng(2)
    taps = list(person.taps(clicks, 0.2, rng))
    begin = time.perf_counter()
    for _ in range(100):
        measure(taps, 1.5)
    show("cost of one estimate", 10.0 * (time.perf_counter() - begin), 5.0, "ms")


if __name__ == "__main__":
    main()
