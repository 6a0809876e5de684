"""The program as a process: exit codes, signals, pipes whose reader goes, terminals without our signs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-c", "from cuecoach.cli.main import main; main()"]

pytestmark = pytest.mark.live
posix = pytest.mark.skipif(os.name != "posix", reason="signals and pipes of POSIX")


def run(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=30,
        check=False,
    )


@pytest.fixture
def started(files: Path):
    """Start a command in the folder of the files; it does not outlive the test."""
    processes: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = subprocess.Popen(
            [*COMMAND, *arguments], cwd=files, text=True, encoding="utf-8", start_new_session=True, **pipes
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.wait(timeout=15)
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()


def alive(group: int) -> bool:
    """Whether a process of the group is left, ended ones whose parent has not looked apart."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, its_group = stat.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(its_group) == group and state != "Z":
            return True
    return False


@posix
def test_a_run_that_is_stopped_says_how_it_went_and_leaves_nothing(started, files: Path):
    (files / "feet.yaml").write_text(
        "version: 1\nrules:\n  a:\n    when: cadence > 99 spm\n    for: 1 s\n    say: hello\n"
    )
    (files / "mute.yaml").write_text("cues: [feet.yaml]\nvoice: {engine: off}\ngates: {warm_up: 0 s, settle: 0 s}\n")
    stops = {"int.wav": signal.SIGINT, "term.wav": signal.SIGTERM}
    runs = {name: started("run", "mute.yaml", "--sensor", "sim:demo", "--audio", name) for name in stops}
    for name, process in runs.items():
        assert process.stdout is not None
        assert "“hello”" in process.stdout.readline()
        process.send_signal(stops[name])
        out, err = process.communicate(timeout=15)
        assert process.returncode == 0, err
        assert out.startswith("Stopped.\n\n1 cue, 0 beats, 0 words of praise in 0:0")
        assert "Traceback" not in err
        assert not alive(process.pid)
    assert sorted(p.name for p in files.iterdir()) == ["feet.yaml", "int.wav", "mute.yaml", "run.csv", "term.wav"]


@posix
def test_the_metronome_stops_on_ctrl_c(started):
    process = started("metronome", "--device", "null")
    assert process.stderr is not None
    assert process.stderr.readline() == "170 spm; Ctrl-C ends it\n"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=15)
    assert (process.returncode, out, err) == (0, "", "")
    assert not alive(process.pid)


@posix
def test_a_reader_that_goes_is_no_error(started):
    process = started("replay", "run.csv", "--json")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == ""
    assert process.wait(timeout=15) == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_told(files: Path):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([*COMMAND, "cues", "list"], cwd=files, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("error: the output could not be written")
    assert done.stderr.count("\n") == 1


def test_a_terminal_without_our_signs_gets_plain_ones(files: Path):
    done = run("replay", "run.csv", "mute.yaml", cwd=files, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert '* "faster feet"' in done.stdout


def test_json_is_utf_8_whatever_the_terminal_speaks(files: Path):
    text = (files / "feet.yaml").read_text(encoding="utf-8").replace("faster feet", "plus léger")
    (files / "feet.yaml").write_text(text, encoding="utf-8")
    done = run("replay", "run.csv", "mute.yaml", "--json", cwd=files, PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert '"plus léger"' in done.stdout


def test_the_exit_code_is_that_of_the_answer(files: Path):
    (files / "feet.yaml").write_text("rules:\n", encoding="utf-8")
    assert run("cues", "check", "feet.yaml", cwd=files).returncode == 1
    assert run("cues", "check", "nosuch.yaml", cwd=files).returncode == 2


def test_help_loads_nothing_heavy():
    asked = "import sys, cuecoach.cli.main; print(sorted({'numpy', 'scipy', 'pydantic', 'sqlite3'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
