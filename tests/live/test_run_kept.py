"""A run whose process is killed: the next command finds it, closes it and says so once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cuecoach.store import Store

pytestmark = pytest.mark.live

COMMAND = [sys.executable, "-c", "from cuecoach.cli.main import main; main()"]
PATIENCE_S = 60.0


@pytest.mark.skipif(os.name == "nt", reason="there, a process that is gone is told by its silence of a minute")
def test_a_killed_run_is_cut_short_and_still_all_there(tmp_path: Path):
    path = tmp_path / "runs.db"
    places = {
        "CUECOACH_STORE": str(path),
        "CUECOACH_RUNNERS": str(tmp_path / "runners"),
        "CUECOACH_SENSORS": str(tmp_path / "sensors.yaml"),
        "CUECOACH_HEADPHONES": str(tmp_path / "headphones.yaml"),
    }
    environment = {**os.environ, **places}
    run = subprocess.Popen(
        [*COMMAND, "run", "demo", "--sensor", "sim:demo", "--audio", "off"],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_for(path, 2.0)
    finally:
        run.kill()
        run.wait(timeout=15)

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=PATIENCE_S,
            check=False,
        )

    first, again = call("runs", "list", "--json"), call("runs", "list", "--json")
    assert (first.returncode, again.returncode) == (0, 0)
    (head,) = map(json.loads, first.stdout.splitlines())
    assert head["state"] == "interrupted"
    assert head["duration_s"] >= 2.0
    assert head["summary"]["cues"] == 0.0
    assert "was cut short after 0:0" in first.stderr
    assert first.stderr.count("note: ") == 1
    assert (again.stdout, again.stderr) == (first.stdout, "")


def wait_for(path: Path, stored_s: float) -> None:
    """Wait until so much of a run is in the file."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if path.exists() and path.stat().st_size:
            with Store.open(path) as store:
                heads = store.heads()
            if heads and heads[0].duration_s >= stored_s:
                return
        time.sleep(0.1)
    raise AssertionError("the run was never stored")
