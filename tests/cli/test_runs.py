"""`cuecoach runs` list, show, report, export, delete: what each promises, and every mistake in one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cuecoach.cli.main import app
from cuecoach.sensors.recordings.fit import begun
from cuecoach.store import Store
from tests.cli.runs_kept import MARKER, change, put
from tests.storing import STARTED


@pytest.fixture
def store(cuecoach, tmp_path: Path) -> Path:
    return put(tmp_path / "kept" / "runs.db")


def numbers(path: Path) -> list[int]:
    with Store.open(path) as store:
        return sorted(head.number for head in store.heads())


# ---------------------------------------------------------------- list
def test_runs_are_listed_newest_first(cuecoach, store):
    done = cuecoach("runs", "list")
    assert (done.code, done.err) == (0, "")
    head, *rows = (line.split() for line in done.out.splitlines())
    assert head == ["run", "started", "length", "distance", "spm", "cues", "helped", "runner"]
    assert [row[0] for row in rows] == ["2", "3", "1"]
    assert rows[2] == ["1", "2026-05-03", "08:30", "3:50", "0.68", "km", "166", "3", "4", "anna", "simulated"]


def test_of_one_runner_and_only_so_many(cuecoach, store):
    assert [json.loads(line)["number"] for line in cuecoach("runs", "list", "--json").out.splitlines()] == [2, 3, 1]
    some = cuecoach("runs", "list", "--runner", "anna", "--limit", "1", "--json").out.splitlines()
    (only,) = map(json.loads, some)
    assert (only["number"], only["runner"], only["kind"], only["state"]) == (2, "anna", "simulated", "closed")
    assert only["summary"]["cues"] > 0


@pytest.mark.parametrize("width", [100, 80, 72, 60, 50])
def test_a_narrow_terminal_cuts_names_and_leaves_out_figures_but_no_part_of_one(cuecoach, store, monkeypatch, width):
    change(store, "UPDATE runs SET runner = 'Wilhelmina of the very long name', title = 'long-name-of-a-file.fit'")
    monkeypatch.setenv("COLUMNS", str(width))
    lines = cuecoach("runs", "list").out.splitlines()
    assert len(lines) == 4
    assert max(map(len, lines)) <= width
    assert all("2026-05-0" in line and "08:30" in line and "Wilh" in line for line in lines[1:])
    for word, figure in (("distance", "0.68 km"), ("spm", " 166")):
        assert (word in lines[0]) == (figure in lines[3])


def test_where_nothing_is_kept_yet_the_list_is_empty_and_says_how_to_fill_it(cuecoach):
    done = cuecoach("runs", "list")
    assert (done.code, done.out) == (0, "")
    assert done.err.startswith("note: no run is kept yet; `cuecoach run` keeps them")
    assert not Path("kept").exists()
    assert cuecoach("runs", "list", "--json") == (0, "", "")


def test_a_runner_without_runs_is_named(cuecoach, store):
    assert "no run of bob is kept yet" in cuecoach("runs", "list", "--runner", "bob").err


# ---------------------------------------------------------------- show
def test_a_run_is_shown_as_text(cuecoach, store):
    done = cuecoach("runs", "show", "1")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Run 1, Sunday 3 May 2026, 08:30, anna\n")
    assert "“Run tall”: pelvic tilt 9.5° > 7.8°" in done.out


def test_the_last_is_shown_unless_another_is_named_and_may_be_a_runners(cuecoach, store):
    assert cuecoach("runs", "show").out.startswith("Run 2,")
    assert cuecoach("runs", "show", f"last:{MARKER}").out.startswith("Run 3,")


def test_lines_are_folded_under_the_beginning_of_their_text(cuecoach, store, monkeypatch):
    whole = cuecoach("runs", "show", "1").out
    monkeypatch.setenv("COLUMNS", "60")
    folded = cuecoach("runs", "show", "1").out
    assert max(map(len, folded.splitlines())) <= 60
    assert folded.split() == whole.split()
    lines = folded.splitlines()
    after = lines[next(n for n, line in enumerate(lines) if line.startswith("Next focus: ")) + 1]
    assert (after[:20].strip(), after[20:21].strip()) == ("", after[20])
    cue = next(n for n, line in enumerate(lines) if "“Keep your belt level”" in line)
    assert lines[cue + 1].startswith(" " * 10)


def test_a_run_as_json_is_its_facts_and_everything_decided(cuecoach, store):
    first, *lines = map(json.loads, cuecoach("runs", "show", "1", "--json").out.splitlines())
    assert first["number"] == 1
    assert {line["kind"] for line in lines} >= {"decision", "sound"}
    assert any(line.get("text") == "Run tall" and line["outcome"] == "spoken" for line in lines if "outcome" in line)


# ---------------------------------------------------------------- report
def test_a_report_is_one_page_here(cuecoach, store):
    done = cuecoach("runs", "report", "1")
    assert done == (0, "Report: run-1.html\n", "")
    assert Path("run-1.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_folder_is_no_page(store, refused):
    assert refused("runs", "report", "1", "--out", "kept").startswith("kept cannot be written (")


def test_a_page_may_be_made_anew_but_nothing_else_is_written_over(cuecoach, store):
    assert cuecoach("runs", "report", "1", "--out", "a/anna.html").code == 0
    assert cuecoach("runs", "report", "2", "--out", "a/anna.html").code == 0
    Path("a/notes.txt").write_text("mine")
    done = cuecoach("runs", "report", "1", "--out", "a/notes.txt")
    assert done == (
        2,
        "",
        f"error: `{Path('a/notes.txt')}` is there already and no page; name another file with --out\n",
    )
    assert Path("a/notes.txt").read_text() == "mine"


def test_pictures_go_into_a_folder(cuecoach, store, monkeypatch):
    def write_figures(record, folder: Path, kind: str) -> list[Path]:
        assert (record.number, kind) == (1, "svg")
        return [folder / "cadence.svg"]

    monkeypatch.setattr("cuecoach.report.pictures.write_figures", write_figures)
    done = cuecoach("runs", "report", "1", "--figures", "pictures", "--format", "svg")
    assert done == (0, f"Report: run-1.html\nFigure: {Path('pictures/cadence.svg')}\n", "")


def test_earlier_runs_of_the_same_runner_stand_beside(cuecoach, store):
    cuecoach("runs", "report", "1", "--out", "1.html")
    cuecoach("runs", "report", "2", "--out", "2.html")
    assert [("Over your runs" in Path(f"{n}.html").read_text(encoding="utf-8")) for n in (1, 2)] == [False, True]


def test_a_page_can_be_opened(cuecoach, store, monkeypatch):
    shown: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda address: shown.append(address) or len(shown) == 1)
    assert cuecoach("runs", "report", "--open").code == 0
    assert shown == [Path("run-2.html").resolve().as_uri()]
    done = cuecoach("runs", "report", "--open")
    assert (done.code, done.err) == (2, "error: no browser could be opened; open run-2.html yourself\n")


# ---------------------------------------------------------------- export
@pytest.mark.parametrize("name", ["run.fit", "run.tcx", "run.csv", "run.jsonl", "RUN.FIT"])
def test_a_run_is_exported_in_the_format_its_name_says(cuecoach, store, name):
    done = cuecoach("runs", "export", "1", name)
    assert (done.code, done.err) == (0, "")
    told = [line.removeprefix("Export: ") for line in done.out.splitlines()]
    assert told[-1] == name
    assert sorted(told) == sorted(path.name for path in Path().iterdir() if path.is_file())
    assert all(Path(path).stat().st_size for path in told)


def test_a_fit_file_is_of_the_day_of_the_run(cuecoach, store):
    cuecoach("runs", "export", "1", "run.fit")
    assert begun(Path("run.fit")) == STARTED


def test_a_file_that_is_there_is_replaced_only_by_force(cuecoach, store, refused):
    Path("run.fit").write_text("mine")
    assert refused("runs", "export", "1", "run.fit").startswith("`run.fit` is there already")
    assert Path("run.fit").read_text() == "mine"
    assert cuecoach("runs", "export", "1", "run.fit", "--force").code == 0
    assert begun(Path("run.fit")) == STARTED


# ---------------------------------------------------------------- delete
def test_a_deleted_run_is_nowhere_in_the_file(cuecoach, store):
    assert MARKER.encode() in store.read_bytes()
    done = cuecoach("runs", "delete", "3", "3", "--yes")
    assert (done.code, done.out) == (0, "1 run deleted\n")
    assert done.err == f"run 3, 2026-05-04 08:30, {MARKER}, 0:20, 0.05 km, simulated\n"
    assert numbers(store) == [1, 2]
    assert [path.name for path in store.parent.iterdir() if MARKER.encode() in path.read_bytes()] == []


def test_all_of_them_and_what_was_known(cuecoach, store):
    runners = Path("runners")
    runners.mkdir()
    for name in ("anna.json", "old.broken.json"):
        (runners / name).write_text("{}")
    assert cuecoach("runs", "delete", "--all", "--yes").out == "3 runs deleted\n"
    assert len(list(runners.iterdir())) == 2
    put(store)
    done = cuecoach("runs", "delete", "--all", "--forget", "--yes")
    assert done.out == "3 runs deleted, and what was known\n"
    assert "known of a runner: anna.json\n" in done.err
    assert (numbers(store), list(runners.iterdir())) == ([], [])


def test_what_is_known_is_forgotten_where_no_run_was_ever_kept(cuecoach):
    Path("runners").mkdir()
    Path("runners/anna.json").write_text("{}")
    done = cuecoach("runs", "delete", "--all", "--forget", "--yes")
    assert (done.code, done.out) == (0, "0 runs deleted, and what was known\n")
    assert not Path("runners/anna.json").exists()


def test_where_there_is_nothing_nothing_is_asked(cuecoach, store):
    cuecoach("runs", "delete", "--all", "--yes")
    assert cuecoach("runs", "delete", "--all") == (0, "there is nothing to delete\n", "")


@pytest.mark.parametrize(("answer", "left"), [("y\n", [1, 2]), ("n\n", [1, 2, 3]), ("\n", [1, 2, 3])])
def test_in_a_terminal_it_is_asked(cuecoach, store, monkeypatch, answer, left):
    import io
    import sys

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    done = cuecoach("runs", "delete", "3")
    assert "Delete 1 run for good?" in done.err
    assert done.code == (1 if 3 in left else 0)
    assert numbers(store) == left


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "name the runs to delete"),
        (("1", "--all"), "name the runs to delete"),
        (("1", "--forget", "--yes"), "--forget goes with --all"),
        (("1", "99", "--yes"), "there is no run 99; the newest is 2"),
        (("1",), "deleting is for good; add --yes where nobody can be asked"),
    ],
)
def test_a_mistake_deletes_nothing(cuecoach, store, arguments, sentence):
    done = cuecoach("runs", "delete", *arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.splitlines()[-1].startswith(f"error: {sentence}")
    assert numbers(store) == [1, 2, 3]


# ---------------------------------------------------------------- mistakes
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("show", "99"), "there is no run 99; the newest is 2, `cuecoach runs list` shows what there is"),
        (("show", "abc"), "`abc` names no run; write its number, `last`, or `last:NAME` for a runner's last"),
        (("show", "last:bob"), f"no run of `bob` is stored; there are runs of `anna`, `{MARKER}`"),
        (("report", "0"), "there is no run 0; the newest is 2, `cuecoach runs list` shows what there is"),
        (("report", "1", "--format", "gif"), "`gif` is no kind of picture; use one of png, svg, pdf"),
        (("report", "1", "--format", "svg"), "--format is for pictures; name a folder for them with --figures"),
        (
            ("report", "1", "--figures", "kept/runs.db"),
            f"`{Path('kept/runs.db')}` is a file; name a folder for the pictures",
        ),
        (("export", "99", "run.fit"), "there is no run 99; the newest is 2, `cuecoach runs list` shows what there is"),
        (
            ("export", "1", "run.gpx"),
            "`run.gpx` has no ending of a format that can be exported; use one of .fit, .tcx, .csv, .parquet, .jsonl",
        ),
    ],
)
def test_a_mistake_is_one_sentence_and_writes_nothing(store, refused, arguments, sentence):
    assert refused("runs", *arguments) == sentence


COMMANDS = [
    ("list", "--store", "x"),
    ("show", "1", "--store", "x"),
    ("report", "1", "--store", "x"),
    ("export", "1", "run.fit", "--store", "x"),
    ("delete", "1", "--yes", "--store", "x"),
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda a: a[0])
def test_a_file_that_is_none_of_runs_is_left_as_it_is(refused, arguments):
    Path("x").write_text("something else altogether, and no database")
    assert refused("runs", *arguments).startswith("x is no file of stored runs, or it is damaged")
    assert Path("x").read_text() == "something else altogether, and no database"


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda a: a[0])
def test_a_folder_is_no_file_of_runs(refused, arguments):
    Path("x").mkdir()
    assert refused("runs", *arguments).startswith("x is a folder, not a file of stored runs")


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda a: a[0])
def test_where_no_file_is_none_is_made(refused, arguments):
    assert refused("runs", *arguments).startswith("no run is kept yet: there is no x;")


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda a: a[0])
def test_a_file_of_a_newer_version_is_left_as_it_is(store, refused, arguments):
    change(store, "PRAGMA user_version = 99")
    before = store.read_bytes()
    sentence = "it was written by a newer cuecoach; it is left as it is, update cuecoach to use it"
    assert refused("runs", *arguments[:-2]) == f"{store} cannot be used: {sentence}"
    assert store.read_bytes() == before


# ---------------------------------------------------------------- the shell
@pytest.mark.parametrize("command", ["show", "report", "export", "delete"])
def test_the_shell_completes_numbers(store, command):
    assert [name for name, _ in completed(command)] == ["last", "2", "3", "1"]
    assert completed(command, "3") == [("3", f"2026-05-04 08:30 {MARKER}")]


def test_the_shell_hears_nothing_where_there_is_no_store(cuecoach, capsys):
    assert completed("show") == []
    assert capsys.readouterr() == ("", "")


def test_completing_closes_no_run_and_tells_nothing(store, capsys):
    change(store, "UPDATE runs SET state = 'recording', last_sign = 0 WHERE number = 3")
    completed("show")
    assert capsys.readouterr() == ("", "")
    with Store.open(store) as kept:
        assert kept.find("3").state == "recording"


def completed(command: str, begun: str = "") -> list[tuple[str, str]]:
    """Return what a shell would offer for the run."""
    import typer

    group = typer.main.get_command(app).commands["runs"]  # type: ignore[attr-defined]
    found = group.commands[command]
    context = found.make_context(command, [], resilient_parsing=True)
    argument = next(each for each in found.params if each.name in ("run", "runs"))
    return [(item.value, item.help) for item in argument.shell_complete(context, begun)]
