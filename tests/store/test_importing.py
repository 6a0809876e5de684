"""A folder of FIT files becomes history: in order of date, each run once, and what is of no use is told and passed over."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cuecoach.coaching.knowledge import Knowledge
from cuecoach.config import RunConfig
from cuecoach.errors import RecordingError
from cuecoach.importing import Learned, fit_files, learn_from, run_key
from tests.sensors.recordings.fit_writer import START, FitWriter, steady_run

#: Enough for a normal within seconds of running, so that tests need no long runs.
QUICK = RunConfig.model_validate(
    {"baseline": {"learn_from": "10 s", "ready_after": "20 s", "start_from": "10 s", "start_to": "20 s"}}
)


def run(day: int, cadence: float, *, seconds: int = 60) -> bytes:
    return steady_run(seconds, start=86_400 * day, cadence=cadence, stance_time=250.0, heart_rate=150).data()


def learned(folder: Path, knowledge: Knowledge | None = None, seen: set[str] | None = None) -> list[Learned]:
    return list(learn_from(fit_files(folder), knowledge or Knowledge(), QUICK, seen))


def cadences(knowledge: Knowledge) -> list[float]:
    return [run.residual for run in knowledge.normals.known["cadence"].recent]


def test_runs_are_learnt_the_oldest_first_whatever_their_names(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "c.fit").write_bytes(run(1, 80))
    (tmp_path / "a" / "b.FIT").write_bytes(run(3, 84))
    (tmp_path / "a.fit").write_bytes(run(2, 82))
    done = learned(tmp_path)
    assert [(x.path.name, x.number, x.files) for x in done] == [("c.fit", 1, 3), ("a.fit", 2, 3), ("b.FIT", 3, 3)]
    assert cadences(done[-1].knowledge) == [160, 164, 168]
    assert {"cadence", "speed", "stance_time"} <= set(done[0].metrics)
    assert done[0].running_min == pytest.approx(1.0, abs=0.1)
    assert done[0].started == datetime.fromtimestamp(START + 86_400 + 631_065_600, UTC)
    assert all(x.why_not == "" for x in done)


def test_values_of_a_watch_are_kept_for_a_watch(tmp_path: Path) -> None:
    (tmp_path / "a.fit").write_bytes(run(1, 80))
    assert "stance_time@watch" in learned(tmp_path)[-1].knowledge.normals.known


def test_the_same_run_counts_once(tmp_path: Path) -> None:
    (tmp_path / "a.fit").write_bytes(run(1, 80))
    (tmp_path / "again.fit").write_bytes(run(1, 80))
    seen: set[str] = set()
    first, second = learned(tmp_path, seen=seen)
    assert "counted already" in second.why_not
    assert second.knowledge is first.knowledge
    assert len(seen) == 1
    later = learned(tmp_path, first.knowledge, seen)
    assert [x.metrics for x in later] == [(), ()]
    assert later[-1].knowledge is first.knowledge


def test_a_run_that_the_caller_knows_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "a.fit").write_bytes(run(1, 80))
    started = datetime.fromtimestamp(START + 86_400 + 631_065_600, UTC)
    (only,) = learned(tmp_path, seen={run_key(started, 60.0)})
    assert "counted already" in only.why_not


def test_what_cannot_be_used_is_told_and_the_rest_learnt(tmp_path: Path) -> None:
    (tmp_path / "a.fit").write_bytes(run(1, 80))
    (tmp_path / "bike.fit").write_bytes(
        FitWriter().file_id().sport("cycling").record(0, enhanced_speed=8.0).session("cycling", 0, 1).data()
    )
    (tmp_path / "broken.fit").write_bytes(b"\x00" * 60)
    (tmp_path / "cut.fit").write_bytes(run(4, 84)[:40])
    (tmp_path / "empty.fit").write_bytes(b"")
    (tmp_path / "short.fit").write_bytes(run(5, 82, seconds=12))
    done = {x.path.stem: x for x in learned(tmp_path)}
    assert len(done) == 6
    assert done["a"].metrics
    assert "no running, only cycling" in done["bike"].why_not
    assert "not a FIT file" in done["broken"].why_not
    assert "too little steady running" in done["short"].why_not
    for name in ("bike", "broken", "cut", "empty", "short"):
        assert f"{name}.fit`" in done[name].why_not
        assert "\n" not in done[name].why_not
    last = max(done.values(), key=lambda x: x.number)
    assert cadences(last.knowledge) == [160]


def test_a_file_that_is_gone_when_its_turn_comes_is_passed_over(tmp_path: Path) -> None:
    for day in (1, 2):
        (tmp_path / f"{day}.fit").write_bytes(run(day, 80))
    steps = learn_from(fit_files(tmp_path), Knowledge(), QUICK)
    assert next(steps).metrics
    (tmp_path / "2.fit").unlink()
    assert next(steps).why_not


def test_plan_words_and_what_was_told_stay_as_they_were(tmp_path: Path) -> None:
    (tmp_path / "a.fit").write_bytes(run(1, 80))
    before = Knowledge(told=("disclaimer",))
    after = learned(tmp_path, before)[-1].knowledge
    assert (after.plan, after.words, after.told) == (before.plan, before.words, before.told)
    assert Knowledge.from_json(after.to_json()) == after


def test_a_folder_without_fit_files_says_so(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(RecordingError, match="holds no FIT file"):
        fit_files(tmp_path)
    assert fit_files(tmp_path / "notes.txt") == [tmp_path / "notes.txt"]
