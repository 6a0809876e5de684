"""What is known of a runner goes to JSON and back without loss, and nothing else is taken for it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.coach import Coach
from cuecoach.coaching.knowledge import Knowledge
from cuecoach.coaching.longest_run import PastRun
from cuecoach.config import RunConfig
from cuecoach.errors import CuecoachError
from cuecoach.events import Reading, Tick
from cuecoach.signals.normals import KEPT, VOTES, Known, Normals, RunNormal
from cuecoach.signals.slopes import Pairs
from tests.coaching.coached import Run

numbers = st.floats(-500, 500)
pairs = st.builds(Pairs, st.integers(2, 600), *[numbers] * 7)
runs = st.builds(
    RunNormal, numbers, st.floats(0, 50), st.integers(1, 3600), numbers, st.floats(0, 8), pairs | st.none()
)
known = st.builds(Known, st.lists(runs, min_size=1, max_size=KEPT).map(tuple), st.integers(1, 900), st.floats(0, 9000))
keys = st.sampled_from(["cadence", "speed", "pelvic_tilt@sacrum/imu", "vertical_oscillation@watch"])
ups = st.lists(st.tuples(numbers, numbers, numbers), max_size=VOTES).map(tuple)
everything = st.builds(
    Knowledge,
    normals=st.builds(
        Normals, st.dictionaries(keys, known), st.dictionaries(st.sampled_from(["sacrum", "torso"]), ups)
    ),
    told=st.lists(st.text(max_size=20)).map(tuple),
    calf=st.none() | st.integers(0, 10),
    runs=st.lists(st.builds(PastRun, st.dates(), st.floats(0, 1e5), st.none() | st.floats(0, 1e6)), max_size=4).map(
        tuple
    ),
)


@given(everything)
def test_it_survives_json(knowledge: Knowledge) -> None:
    assert Knowledge.from_json(json.loads(json.dumps(knowledge.to_json()))) == knowledge


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"version": 2}, "version 2"),
        ({"shoes": 1}, "unknown key `shoes`"),
        ({"normals": 3}, "`normals` must be a block"),
        ({"normals": {"known": {}}}, "lacks the key `poses`"),
        ({"normals": {"known": {"speeed": {}}, "poses": {}}}, "unknown metric `speeed`"),
        ({"normals": {"known": {"speed": {"runs": 1, "minutes": "x", "recent": []}}, "poses": {}}}, "must be a number"),
        ({"normals": {"known": {}, "poses": {"torso": [[1, 2]]}}}, "three numbers"),
        ({"told": [1]}, "list of texts"),
        ({"calf": 11}, "`calf` must be a number from 0 to 10"),
        ({"calf": -1}, "`calf` must be a whole number"),
        ({"runs": {}}, "`runs` must be a list"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(change: dict[str, object], said: str) -> None:
    with pytest.raises(CuecoachError, match=said):
        Knowledge.from_json({**Knowledge().to_json(), **change})


def test_a_file_of_a_program_that_knew_less_can_be_read() -> None:
    older = Knowledge(told=("disclaimer",)).to_json()
    del older["calf"], older["runs"]
    assert Knowledge.from_json(older) == Knowledge(told=("disclaimer",))


def test_what_one_run_taught_is_known_when_the_next_begins() -> None:
    quick = {"learn_from": "0 s", "ready_after": "20 s"}
    first = Run(normals={}, baseline=quick).go(60)
    learnt = Knowledge.from_json(json.loads(json.dumps(first.coach.learned().to_json())))
    next_run = Coach(RunConfig(), [], knowledge=learnt)
    next_run.handle(Reading(1.0, "pod", {"cadence": 150.0, "speed": 3.0}))
    next_run.handle(Tick(1.0))
    assert first.coach.signals.baseline("cadence") == 160.0
    assert next_run.signals.baseline("cadence") == 160.0


def test_a_run_of_which_nothing_was_heard_leaves_all_as_it_was() -> None:
    known = Knowledge(told=("disclaimer",))
    assert Coach(RunConfig(), [], knowledge=known).learned() == known
