"""The heart: the same input gives the same decisions, however it is cut; and it is silent when it should be."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import TypeAlias

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuecoach.coach import Coach
from cuecoach.config import RunConfig
from cuecoach.events import AudioEvent, Decision, Event, ImuBlock, Reading, Say, SensorState, Tick
from cuecoach.feed import RecordedFeed
from cuecoach.offline import Replay, coach_through
from cuecoach.sensors.simulator import STORIES, SimulatedRunner
from cuecoach.signals import Signals
from cuecoach.timeline import json_lines
from tests.bundled import config_of, rules_of

#: Times, acceleration and angular rate.
Samples: TypeAlias = tuple[np.ndarray, np.ndarray, np.ndarray]


def demo_coach(**changes: object) -> Coach:
    config = config_of("demo").model_copy(update=changes)
    return Coach(config, rules_of(*config.cues))


def recorded(story: str, output: str = "metrics", seed: int = 4) -> list[Event]:
    runner = SimulatedRunner(STORIES[story], seed=seed, output=output)
    return runner.advance(runner.duration_s)


def raw(story: str, until: float) -> Samples:
    """Raw samples of a story, long enough for what it is about: each is coached block by block, some one sample at a time."""
    blocks = [
        e for e in SimulatedRunner(STORIES[story], seed=4, output="imu").advance(until) if isinstance(e, ImuBlock)
    ]
    return tuple(np.concatenate([getattr(b, name) for b in blocks]) for name in ("times", "acc", "gyr"))


def text(run: Replay) -> str:
    return "\n".join(json_lines(run.actions))


@pytest.fixture(scope="module")
def imu_run() -> Samples:
    return raw("demo", until=172.0)  # a beat that leads and ends, two spoken corrections


def cut(samples: Samples, sizes: Iterator[int]) -> Iterator[ImuBlock]:
    times, acc, gyr = samples
    at = 0
    while at < len(times):
        n = next(sizes)
        part = slice(at, at + n)
        yield ImuBlock(float(times[part][-1]), "imu", "sacrum", times[part], acc[part], gyr[part])
        at += n


def always(n: int) -> Iterator[int]:
    while True:
        yield n


@pytest.fixture(scope="module")
def imu_reference(imu_run) -> str:
    return text(coach_through(demo_coach(), RecordedFeed(cut(imu_run, always(100)))))


def test_a_raw_sensor_is_coached(imu_reference):
    outcomes = [json.loads(line) for line in imu_reference.splitlines()]
    assert {"cadence", "spoken"} <= {o["outcome"] for o in outcomes} | {k for o in outcomes for k in o["values"]}
    assert {o["rule"] for o in outcomes if o["outcome"] == "spoken"} == {"low-cadence", "run-tall", "level-hips"}


@pytest.mark.parametrize("size", [1, 8, 1000, 10**6])
def test_the_size_of_blocks_does_not_matter(imu_run, imu_reference, size):
    assert text(coach_through(demo_coach(), RecordedFeed(cut(imu_run, always(size))))) == imu_reference


@settings(max_examples=5, deadline=None)
@given(st.lists(st.integers(1, 400), min_size=3, max_size=10).filter(lambda sizes: sum(sizes) > 20 * len(sizes)))
def test_nor_do_blocks_of_any_sizes(imu_run, imu_reference, sizes):
    endless = (sizes[k % len(sizes)] for k in range(10**9))
    assert text(coach_through(demo_coach(), RecordedFeed(cut(imu_run, endless)))) == imu_reference


@pytest.fixture(scope="module")
def slipping() -> tuple[Samples, str]:
    samples = raw("slip", until=150.0)
    return samples, text(coach_through(demo_coach(), RecordedFeed(cut(samples, always(100)))))


def test_a_slip_is_told_and_silences_what_rests_on_it(slipping):
    lines = [json.loads(line) for line in slipping[1].splitlines()]
    (moved,) = [line["t"] for line in lines if line["text"] == "Sensor moved"]
    assert 93 < moved < 104  # 10 s at most after it did
    assert {line["outcome"] for line in lines if line["rule"] == "run-tall" and line["t"] == moved} == {
        "sensor slipped"
    }
    assert not [line for line in lines if line["rule"] == "run-tall" and line["outcome"] == "spoken"]


@pytest.mark.parametrize("size", [1, 10**6])
def test_nor_does_the_size_of_blocks_matter_to_zeros_and_slips(slipping, size):
    samples, reference = slipping
    assert text(coach_through(demo_coach(), RecordedFeed(cut(samples, always(size))))) == reference


def test_the_same_run_twice_is_the_same_to_the_byte():
    runs = [coach_through(demo_coach(), SimulatedRunner(STORIES["demo"], seed=9)) for _ in range(2)]
    assert text(runs[0]) == text(runs[1])


class AlwaysNews(Signals):
    """Signals that never say that nothing is new."""

    @property
    def version(self) -> int:
        self._asked = getattr(self, "_asked", 0) + 1
        return self._asked

    @version.setter
    def version(self, value: int) -> None:
        pass


@pytest.mark.parametrize("story", ["demo", "dropout", "intervals"])
def test_leaving_out_ticks_without_news_changes_no_decision(story):
    lazy, eager = demo_coach(), demo_coach()
    eager.signals.__class__ = AlwaysNews
    runs = [coach_through(coach, SimulatedRunner(STORIES[story], seed=3)) for coach in (lazy, eager)]
    assert text(runs[0]) == text(runs[1])


def test_good_form_is_met_with_silence():
    for seed in range(4):
        config = config_of("easy-run").model_copy(update={"cadence": config_of("demo").cadence})
        coach = Coach(config, rules_of(*config.cues))
        run = coach_through(coach, SimulatedRunner(STORIES["fresh"], seed=seed))
        assert [say.text for say in run.spoken] == []
        assert run.beats == []


def test_the_demo_tells_its_whole_story():
    run = coach_through(demo_coach(), SimulatedRunner(STORIES["demo"], seed=1))
    spoken = [d.rule for d in run.decisions if d.outcome == "spoken"]
    assert spoken == ["low-cadence", "run-tall", "level-hips", "tall-at-speed"]
    assert any(say.kind == "praise" for say in run.spoken)


def test_no_cue_rests_on_data_that_stopped():
    events = [e for e in recorded("demo") if not isinstance(e, Reading) or e.t < 118]
    run = coach_through(demo_coach(), RecordedFeed(iter([*events, Reading(200, "other", {"heart_rate": 150})])))
    assert all(say.at < 124 for say in run.spoken if say.kind == "cue")
    assert "gated: no sensor says you are running" in {d.why for d in run.decisions if d.t > 122}


def test_walking_is_never_coached():
    walking = [replace(e, values={"cadence": 115, "speed": 1.5, "pelvic_tilt": 25}) for e in recorded("demo")
               if isinstance(e, Reading)]  # fmt: skip
    assert coach_through(demo_coach(), RecordedFeed(iter(walking))).spoken == []


def test_a_lost_sensor_is_told_once_and_told_when_back():
    coach = demo_coach()
    said = []
    for event in [SensorState(10, "pod", "lost"), SensorState(12, "pod", "lost"), SensorState(30, "pod", "back")]:
        said += [a.text for a in coach.handle(event) if isinstance(a, Say)]
    assert said == ["Sensor lost", "Sensor back"]


def test_another_focus_is_logged_and_not_spoken():
    run = coach_through(demo_coach(focus="cadence"), SimulatedRunner(STORIES["demo"], seed=1))
    assert {say.rule for say in run.spoken} <= {"low-cadence", "high-cadence"}
    assert ("run-tall", "not in focus") in {(d.rule, d.outcome) for d in run.decisions}


def test_without_a_metronome_low_cadence_is_answered_in_words():
    run = coach_through(demo_coach(metronome="off"), SimulatedRunner(STORIES["demo"], seed=1))
    assert run.beats == []
    assert "Quick light steps" in {say.text for say in run.spoken}


def test_corrections_keep_the_gap_and_never_overlap():
    for seed in range(6):
        coach = demo_coach()
        run = coach_through(coach, SimulatedRunner(STORIES["demo"], seed=seed))
        cues = [say.at for say in run.spoken if say.kind == "cue"]
        assert all(b - a >= coach.config.caps.gap - 1 for a, b in itertools.pairwise(cues))
        ends = [(say.at, say.at + say.duration) for say in run.spoken]
        assert all(end <= start for (_, end), (start, _) in itertools.pairwise(ends))


def test_a_phrase_that_was_dropped_is_recorded_and_may_be_due_again():
    coach = demo_coach()
    decided = (a for e in recorded("demo", seed=4) for a in [*coach.handle(e), *coach.handle(Tick(e.t))])
    asked = next(a for a in decided if isinstance(a, Say))
    answer = coach.handle(AudioEvent(asked.at + 4, "dropped", asked.id))
    assert [(d.outcome, d.text) for d in answer if isinstance(d, Decision)] == [("expired", asked.text)]


def test_defaults_make_a_coach():
    coach = Coach(RunConfig(), rules_of("posture", "cadence"))
    assert {d.outcome for d in coach.handle(Tick(0.0))} == {"gated"}
