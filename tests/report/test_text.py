"""The report in the terminal, and as pictures."""

from pathlib import Path

import pytest

from cuecoach.errors import UsageError
from cuecoach.report import pictures, report_text, write_figures
from tests.report.sample import answer, record, said, second, steady


def test_a_run_is_told_in_some_lines() -> None:
    actions = [
        *said(100, "run-tall", "Run tall", why="pelvic_tilt 12.1 deg > 10.5 deg for 30 s"),
        answer(100, "run-tall", "Run tall", "pelvic_tilt", 12.1, 8.9, 0.8),
    ]
    lines = report_text(record([second(float(t)) for t in range(900)], actions))
    assert 15 <= len(lines) <= 30
    text = "\n".join(lines)
    assert lines[0] == "Run 12, Tuesday 24 November 2026, 07:30, anna"
    assert "1:40  “Run tall”: pelvic tilt 12.1° > 10.5° for 30 s" in text
    assert "Corrections:        1  (1 of 1 judged helped)" in text


def test_many_cues_are_counted() -> None:
    actions = [action for k in range(20) for action in said(30.0 + 20 * k, "run-tall", f"Run tall {k}")]
    lines = report_text(record([second(float(t)) for t in range(500)], actions))
    assert len(lines) <= 32
    assert any(line.strip() == "and 12 more" for line in lines)


def test_an_empty_run_is_told_as_unknown() -> None:
    text = "\n".join(report_text(record([], state="interrupted")))
    assert "Nothing is known of this run." in text
    assert "could close this run" in text
    assert "Distance:           unknown" in text


def test_each_known_chart_becomes_a_file(tmp_path: Path) -> None:
    run = record([second(float(t), ["cadence"]) for t in range(120)], said(60, "low-cadence", "Quicker"))
    files = write_figures(run, tmp_path / "new", "svg")
    assert [file.name for file in files] == ["cadence.svg"]
    first = files[0].read_text()
    assert "Cadence, steps a minute" in first
    assert [file.read_text() for file in write_figures(run, tmp_path / "new", "svg")] == [first]


def test_a_run_without_data_has_no_pictures(tmp_path: Path) -> None:
    assert write_figures(record([]), tmp_path) == []


def test_what_cannot_be_drawn_is_said_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="`gif` is no kind of picture"):
        write_figures(steady(1), tmp_path, "gif")
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        write_figures(record([second(0.0, ["cadence"])]), tmp_path / "file", "svg")
    monkeypatch.setattr(pictures, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match=r"pip install 'cuecoach\[report\]'"):
        write_figures(steady(1), tmp_path)


@pytest.mark.parametrize(
    ("state", "kind", "told"),
    [
        ("interrupted", "live", "The program ended before it could close this run."),
        ("recording", "live", "This run is still going on."),
        ("closed", "simulated", "A simulated runner, no person."),
    ],
)
def test_what_a_run_is_not_is_said_before_anything_else(state: str, kind: str, told: str) -> None:
    assert report_text(steady(2, state=state, kind=kind))[1].startswith(told)
