"""What a live run leaves in the store, and what is told of it; half a second each on the real clock."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from cuecoach.store import Store

pytestmark = pytest.mark.live

RUN = ("run", "demo", "--sensor", "sim:demo", "--audio", "off", "--for", "500 ms")


def typed(out: str, what: str) -> list[str]:
    """Return the command that is offered after a run, as a shell takes it apart."""
    line = next(line for line in out.splitlines() if line.strip().startswith(f"cuecoach {what} "))
    return shlex.split(line.rpartition("  ")[0])[1:]


def test_a_run_is_kept_and_what_to_type_next_works(cuecoach):
    done = cuecoach(*RUN)
    assert (done.code, done.err) == (0, "")
    assert "Kept as run 1:\n" in done.out
    assert cuecoach(*typed(done.out, "runs report")).out == "Report: run-1.html\n"
    assert "in 0:00" in cuecoach(*typed(done.out, "replay")).out
    (facts,) = map(json.loads, cuecoach("runs", "list", "--json").out.splitlines())
    assert (facts["kind"], facts["state"], facts["runner"]) == ("simulated", "closed", "default")


def test_so_it_does_with_another_file_whatever_its_name(cuecoach):
    name = "my runs/anna's & bob's.db"
    done = cuecoach(*RUN, "--store", name)
    command = typed(done.out, "runs report")
    assert command == ["runs", "report", "1", "--store", name]
    assert cuecoach(*command).code == 0
    assert not Path("kept").exists()


def test_nothing_is_kept_where_that_is_asked_for(cuecoach):
    done = cuecoach(*RUN, "--no-store")
    assert (done.code, done.err) == (0, "")
    assert "Kept" not in done.out
    assert list(Path().iterdir()) == []


def test_both_at_once_contradict_each_other(refused):
    sentence = "--store and --no-store contradict each other; give one of them"
    assert refused(*RUN, "--no-store", "--store", "x.db") == sentence


@pytest.mark.parametrize("trouble", ["folder", "file for a folder", "no store", "newer"])
def test_a_store_that_cannot_be_written_is_told_once_and_the_run_goes_on(cuecoach, trouble):
    path = Path("x.db")
    match trouble:
        case "folder":
            path.mkdir()
        case "file for a folder":
            path.write_text("")
            path = path / "x.db"
        case "no store":
            path.write_text("something else altogether, and no database")
        case _:
            from tests.cli.runs_kept import change, put

            change(put(path.absolute()), "PRAGMA user_version = 99")
    done = cuecoach(*RUN, "--store", path)
    assert done.code == 0
    assert "0 cues, 0 beats, 0 words of praise in 0:00" in done.out
    assert "Kept" not in done.out
    notes = done.err.splitlines()
    assert notes[-1].startswith("note: This run was not stored: ")
    assert len(notes) <= 2  # as it happens, if there was time, and what came of it
    assert all("goes on but is not being stored" in note for note in notes[:-1])
    assert "Traceback" not in done.err


def test_two_runs_at_once_share_the_file(cuecoach, tmp_path):
    from tests.cli.runs_kept import STARTED, kept

    path = tmp_path / "kept" / "runs.db"
    path.parent.mkdir()
    with Store.open(path, create=True):  # another program has it open
        assert cuecoach(*RUN).code == 0
        assert kept(path, 1, started=STARTED, until=5.0) == 2
    with Store.open(path) as store:
        assert [head.state for head in store.heads()] == ["closed", "closed"]
