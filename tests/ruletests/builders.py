"""Small rule files and tests of them, written to a folder and run."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

from cuecoach.ruletests import Result, read_tests, run_test

RULES = """\
version: 1
rules:
  run-tall:
    focus: posture
    when: pelvic_tilt > baseline + 3 deg
    for: 30 s
    until: pelvic_tilt < baseline + 1.5 deg
    cooldown: 90 s
    say: [Run tall, Grow]
    praise: Tall. Hold that.
  low-cadence:
    focus: cadence
    when: cadence < target - 3 %
    for: 20 s
    cooldown: 60 s
    beat: 60 s
    say: Quick steps
"""
#: Given: a slouch from second 20 on.
SLOUCH = "given:\n  pelvic_tilt: 10 deg for 20 s, 15 deg for 60 s\n  baseline(pelvic_tilt): 10 deg\n"


def write(folder: Path, *bodies: str, rules: str = RULES, head: str = "rules: my.yaml\n") -> Path:
    """Write `my.yaml` and `my.test.yaml` with a test for each body; return the latter."""
    (folder / "my.yaml").write_text(rules, encoding="utf-8")
    tests = "".join(f"  - name: test {n}\n{indent(body, '    ')}" for n, body in enumerate(bodies, start=1))
    path = folder / "my.test.yaml"
    path.write_text(f"{head}tests:\n{tests}", encoding="utf-8")
    return path


def outcome(folder: Path, body: str, rules: str = RULES) -> Result:
    """Run one test."""
    checked = read_tests(write(folder, body, rules=rules))
    assert checked.file is not None, checked.diagnostics
    return run_test(checked.file.tests[0])


def reasons(result: Result) -> list[str]:
    """Return why both timelines differ, line by line."""
    return [row.why for row in result.rows if row.why]
