"""A stored live run, replayed, decides the same, byte for byte, whatever the sensors and the runner did to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cuecoach.coach import Coach
from cuecoach.events import Action, Decision
from cuecoach.history import trace
from cuecoach.store import Store
from cuecoach.store.action_json import canonical
from cuecoach.stored import as_it_was, open_run, otherwise, record_of
from tests.storing import STARTED, recorded


def text_of(actions: list[Action]) -> bytes:
    return "\n".join(canonical(action) for action in actions).encode()


@pytest.mark.parametrize("seed", range(50))
async def test_a_stored_live_run_replayed_decides_the_same(tmp_path: Path, seed: int):
    path = tmp_path / "runs.db"
    # Long enough for cues, edits, quiet and losses; raw samples cost the most and have a beat from 67 s on.
    number, done = await recorded(path, seed, until=90.0 if seed % 2 else 150.0)
    with Store.open(path) as store:
        run = open_run(store, str(number))
        kept, again = run.actions(), as_it_was(run.coach(), run.events())
    assert len(done) > 20
    assert text_of(kept) == text_of(done)
    assert text_of(again.actions) == text_of(done)


async def test_what_was_learnt_of_the_runner_is_the_same_too(tmp_path: Path):
    path = tmp_path / "runs.db"
    number, _ = await recorded(path, 4)
    with Store.open(path) as store:
        run = open_run(store, str(number))
        coach = run.coach()
        as_it_was(coach, run.events())
        assert coach.learned().to_json() == store.knowledge_after(number)


async def test_other_rules_hear_the_same_run(tmp_path: Path):
    path = tmp_path / "runs.db"
    number, _ = await recorded(path, 2)
    with Store.open(path) as store:
        run = open_run(store, str(number))
        silent = otherwise(Coach(run.config, (), knowledge=run.knowledge), run.events())
        own = otherwise(run.coach(), run.events())
    assert {say.kind for say in silent.spoken} <= {"notice"}
    assert any(say.kind == "cue" for say in own.spoken)
    assert silent.duration_s == own.duration_s


async def test_a_stored_run_is_explained_as_it_was(tmp_path: Path):
    path = tmp_path / "runs.db"
    number, done = await recorded(path, 8)
    spoken = [action for action in done if isinstance(action, Decision) and action.outcome == "spoken"]
    assert spoken
    with Store.open(path) as store:
        run = open_run(store, str(number))
        for rule in {decision.rule for decision in spoken}:
            history = trace(
                lambda coach: as_it_was(coach, run.events()),
                run.config,
                run.rules,
                rule,
                knowledge=run.knowledge,
                notices=run.notices,
            )
            told = [(stretch.start, stretch.said) for stretch in history.stretches if stretch.said]
            assert told == [(decision.t, decision.text) for decision in spoken if decision.rule == rule]


async def test_the_seconds_of_a_run_tell_how_things_stood(tmp_path: Path):
    path = tmp_path / "runs.db"
    number, _ = await recorded(path, 6)
    with Store.open(path) as store:
        record = record_of(store, number)
    assert [second.t for second in record.seconds] == [float(t) for t in range(len(record.seconds))]
    last = record.seconds[-1]
    assert record.duration_s - last.t < 1.0
    assert 140 < last.values["cadence"] < 200
    assert record.started == STARTED
    assert {card.id for card in record.rules} >= {"run-tall"}
