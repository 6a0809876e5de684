"""How long the page of an hour's run takes, how large it is, and the same for its pictures and its summary.

.venv/bin/python benchmarks/report.py
"""

import math
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from figures import machine, median_of, show

from cuecoach.events import Action, Decision, Response, Say
from cuecoach.report import report_html, report_text, write_figures
from cuecoach.runrecord import RuleCard, RunRecord, Second, WornSensor
from cuecoach.runsummary import summarise

#: Value, normal and noise of what a raw sensor and a pod tell together.
METRICS = {
    "cadence": (166.0, 164.0, 1.5),
    "speed": (2.8, 2.8, 0.08),
    "pelvic_tilt": (8.1, 7.5, 1.0),
    "pelvic_drop": (5.3, 5.0, 0.7),
    "pelvic_drop_left": (5.3, 5.0, 0.7),
    "pelvic_drop_right": (4.4, 4.5, 0.7),
    "vertical_oscillation": (92.0, 91.0, 2.5),
    "stance_time": (250.0, 248.0, 5.0),
    "stance_time_balance": (50.4, 50.2, 0.36),
    "heart_rate": (150.0, 150.0, 3.0),
}


def made(length: int, cues: int) -> RunRecord:
    """A run of `length` seconds with so many cues, each judged."""
    seconds: list[Second] = []
    for t in range(length):
        wobble = math.sin(t * 0.7) + math.sin(t * 0.11) + math.sin(t * 2.3)
        values = {name: value + 0.6 * wobble * noise for name, (value, _, noise) in METRICS.items()}
        normal = {name: usual + 0.3 * math.sin(t / 50) * noise for name, (_, usual, noise) in METRICS.items()}
        noise = {name: each[2] for name, each in METRICS.items()}
        gate = "warm-up" if t < 300 else "turning" if t % 400 < 8 else None
        beat = 170.0 if t % 600 < 60 and t > 600 else None
        seconds.append(Second(float(t), values, normal, noise, 172.0, "running", gate, 2.8 * t, beat))
    actions: list[Action] = []
    for k in range(cues):
        at = 310.0 + k * (length - 400) / max(cues, 1)
        why = "pelvic_tilt 12.1 deg > 10.5 deg (baseline 7.5 deg + 3 deg) for 30 s"
        actions.append(Decision(at, "run-tall", "spoken", why))
        actions.append(Say(at, at, k, "run-tall", "Run tall", 0.7))
        actions.append(Response(at + 40, at, "run-tall", "Run tall", "pelvic_tilt", 12.1, 9.0, 0.7, 0.1, helped=True))
    rules = (RuleCard("run-tall", "Pelvis tips forward", "posture", "pelvic_tilt", "pelvic_tilt > baseline + 3 deg"),)
    started = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
    worn = (WornSensor("sacrum", "sacrum", "a sensor"),)
    return RunRecord(1, "anna", started, length, sensors=worn, rules=rules, seconds=seconds, actions=actions)


def main() -> None:
    print(machine())
    for name, run, bar in (("1 h, 40 cues", made(3600, 40), 3.0), ("3 h, 40 cues", made(10_800, 40), None)):
        show(f"page of {name}", median_of(lambda run=run: report_html(run), 5), bar)
        show("  its size", len(report_html(run).encode()) / 1000, 600 if bar else None, "kB")
        show("  the same as text", median_of(lambda run=run: report_text(run), 5), None)
        show("  the summary alone", median_of(lambda run=run: summarise(run), 5), None)
    with tempfile.TemporaryDirectory() as folder:
        run = made(3600, 40)
        show("  all its pictures, png", median_of(lambda: write_figures(run, Path(folder), "png")), None)


if __name__ == "__main__":
    main()
