"""An exported FIT file is coached again: with all that went into the coach just the same, without samples from its seconds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuecoach import fitapp
from cuecoach.cli.runs.export import export as command
from cuecoach.config import load_config
from cuecoach.errors import RecordingError
from cuecoach.events import (
    AudioEvent,
    Battery,
    Control,
    Event,
    Gap,
    ImuBlock,
    Reading,
    Reload,
    SensorState,
    Tick,
)
from cuecoach.metrics import METRICS
from cuecoach.offline import replay
from cuecoach.packing import pack_events
from cuecoach.packing.grid import on_grid
from cuecoach.runrecord import RunRecord, WornSensor
from cuecoach.sensors.recordings.fit import FitRecording, begun, open_fit
from cuecoach.sensors.recordings.fit_again import own_run
from cuecoach.sensors.recordings.fit_file import read_fit
from cuecoach.sensors.recordings.fit_inputs import Pieces
from cuecoach.sensors.recordings.recording import open_recording
from cuecoach.sensors.simulator import STORIES, SimulatedRunner
from cuecoach.store import Store
from cuecoach.store.action_json import canonical
from cuecoach.store.export import export
from cuecoach.store.export.fit import fit_bytes
from cuecoach.stored import open_run, record_of
from tests.store.exported import STARTED, lived, made, pod_run, words
from tests.storing import recorded


def opened(tmp_path: Path, record: RunRecord, inputs: Sequence[Event], **options: object) -> FitRecording:
    path = tmp_path / "run.fit"
    path.write_bytes(fit_bytes(record, inputs))
    return open_fit(path, **options)  # type: ignore[arg-type]


def said(events: Iterable[Event]) -> list[Reading | SensorState | ImuBlock]:
    """Return what sensors said, in order of time."""
    return sorted((e for e in events if isinstance(e, Reading | SensorState | ImuBlock)), key=lambda event: event.t)


def test_the_run_of_a_pod_is_coached_again_just_the_same(tmp_path: Path) -> None:
    run, path = pod_run(), tmp_path / "run.fit"
    path.write_bytes(fit_bytes(run.record, run.inputs))
    again = replay(path, load_config("demo"))
    assert len(words(run.actions)) >= 4
    assert words(again.actions) == words(run.actions)
    assert again.actions == run.actions


@pytest.mark.parametrize(("seed", "until"), [(0, 220.0), (1, 95.0)], ids=["pod", "raw"])
async def test_a_stored_run_on_a_bad_day_is_coached_again_just_the_same_from_its_file(
    tmp_path: Path, seed: int, until: float
) -> None:
    # Late and lost sounds, quiet asked for, losses and dropouts; with them a replay is the run.
    number, done = await recorded(tmp_path / "runs.db", seed, until=until, edited=False)
    with Store.open(tmp_path / "runs.db") as store:
        run = open_run(store, str(number))
        inputs = list(run.events())
        (path,) = export(record_of(store, number), tmp_path / "run.fit", inputs=inputs)
    again = replay(path, run.config, knowledge=run.knowledge)
    kinds = {type(event) for event in inputs}
    assert {AudioEvent, Control, Gap} <= kinds
    assert any(say[3] == "cue" for say in words(done))
    assert words(again.actions) == words(done)
    assert [canonical(action) for action in again.actions] == [canonical(action) for action in done]
    assert open_recording(path).kind == ("metrics" if seed == 0 else "imu")


def test_samples_come_back_to_the_last_bit(tmp_path: Path) -> None:
    sent = SimulatedRunner(STORIES["demo"], seed=3, output="imu").advance(2.0)
    blocks = [on_grid(event) for event in sent if isinstance(event, ImuBlock)]
    got = list(opened(tmp_path, made(), blocks).events())
    assert len(got) == len(blocks)
    for block, other in zip(blocks, got, strict=True):
        assert isinstance(block, ImuBlock)
        assert isinstance(other, ImuBlock)
        assert (other.t, other.source, other.place) == (block.t, block.source, block.place)
        assert block.gyr is not None
        assert other.gyr is not None
        for one, two in ((block.times, other.times), (block.acc, other.acc), (block.gyr, other.gyr)):
            assert one.tobytes() == two.tobytes()


def test_without_samples_the_file_is_small_and_its_seconds_stand_in(tmp_path: Path) -> None:
    inputs: list[Event] = list(SimulatedRunner(STORIES["demo"], seed=3, output="imu").advance(5.0))
    inputs.append(Control(5.0, "quiet", 9.0))
    record = made(sensors=(WornSensor("sim", "sacrum"),))
    (whole,) = export(record, tmp_path / "whole.fit", inputs=inputs)
    (small,) = export(record, tmp_path / "small.fit", inputs=inputs, samples=False)
    assert small.stat().st_size < whole.stat().st_size - 2000
    recording = open_recording(small)
    assert "smoothed" in " ".join(recording.notes)
    assert (recording.kind, recording.lived) == ("metrics", None)
    assert [(e.t, e.source, e.place) for e in recording.events() if isinstance(e, Reading)] == [
        (float(t), "sim", "sacrum") for t in range(1, 6)
    ]


async def test_the_command_leaves_samples_out_when_asked(tmp_path: Path) -> None:
    await recorded(tmp_path / "runs.db", 1, until=12.0, edited=False)
    for name, samples in (("whole.fit", True), ("small.fit", False)):
        command("1", tmp_path / name, samples=samples, store=tmp_path / "runs.db")
    assert [open_recording(tmp_path / name).kind for name in ("whole.fit", "small.fit")] == ["imu", "metrics"]


def test_changed_cue_files_stay_out_of_the_file(tmp_path: Path) -> None:
    inputs = [Reading(1.0, "pod", {"cadence": 170.0}), Reload(1.5, ()), Tick(2.0)]
    lived = opened(tmp_path, RunRecord(0, "ann", STARTED, 2.0), inputs).lived
    assert lived is not None
    assert lived.inputs == [inputs[0], inputs[2]]


def test_keys_are_there_for_a_replay_in_real_time_too(tmp_path: Path) -> None:
    inputs = [Reading(1.0, "pod", {"cadence": 170.0}), AudioEvent(1.1, "started", 1), Control(1.5, "quiet"), Tick(2.0)]
    lived = opened(tmp_path, RunRecord(0, "ann", STARTED, 2.0), inputs).lived
    assert lived is not None
    assert list(lived.fed()) == [inputs[0], inputs[2]]


def test_two_sensors_at_several_readings_a_second_with_a_dropout_are_coached_just_the_same(tmp_path: Path) -> None:
    config = load_config("demo")
    strap = [Reading(0.13 + 0.97 * i, "strap", {"heart_rate": 131.0 + i % 9}, "torso") for i in range(300)]
    run = lived(SimulatedRunner(STORIES["dropout"], seed=4, rate_hz=2), config, *strap)
    assert {e.state for e in run.inputs if isinstance(e, SensorState)} >= {"lost", "back"}
    recording = opened(tmp_path, run.record, run.inputs)
    assert list(recording.events()) == said(run.inputs)
    assert replay(recording.path, config).actions == run.actions


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.floats(0, 1e5),
            st.sampled_from(["pod", "band ß"]),
            st.dictionaries(st.sampled_from(sorted(METRICS)), st.floats(allow_nan=False, allow_infinity=False)),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_any_reading_comes_back_exactly(told: list[tuple[float, str, dict[str, float]]]) -> None:
    readings = [Reading(t, source, values, "foot") for t, source, values in told]
    data = fit_bytes(RunRecord(0, "ann", STARTED, 1e5, sensors=(WornSensor("pod", "foot"),)), readings)
    assert read_fit(data).own.events == readings


def test_time_counts_from_the_start_of_the_run_not_from_its_first_reading(tmp_path: Path) -> None:
    recording = opened(
        tmp_path, made(), [Reading(2.125, "pod", {"cadence": 170.0}), Reading(4.5, "pod", {"speed": 3.0})]
    )
    assert [(e.t, e.values) for e in recording.events() if isinstance(e, Reading) and e.source == "pod"][:1] == [
        (2.125, {"cadence": 170.0})
    ]
    assert recording.started == STARTED.replace(microsecond=0)


def test_only_what_no_pod_said_and_no_coach_makes_is_taken_from_the_seconds(tmp_path: Path) -> None:
    told = [Reading(float(t), "pod", {"cadence": 171.0, "speed": 3.125}, "foot") for t in range(1, 6)]
    record = made(sensors=(WornSensor("pod", "foot"), WornSensor("imu", "sacrum")))
    more = [e for e in opened(tmp_path, record, told).events() if isinstance(e, Reading) and e.source == "imu"]
    assert [e.place for e in more] == ["sacrum"] * 5
    assert set(more[0].values) == {"pelvic_tilt", "heart_rate", "power"}
    assert more[0].values["pelvic_tilt"] == 4.25


def test_the_seconds_alone_come_with_their_place_and_in_steps_a_minute(tmp_path: Path) -> None:
    record = made(sensors=(WornSensor("imu", "sacrum"),))
    recording = opened(tmp_path, record, [])
    assert "smoothed" in " ".join(recording.notes)
    first = next(e for e in recording.events() if isinstance(e, Reading))
    assert (first.t, first.source, first.place) == (1.0, "imu", "sacrum")
    assert first.values == pytest.approx(
        {"cadence": 171.0, "speed": 3.125, "heart_rate": 151.0, "power": 260.0, "pelvic_tilt": 4.25}
    )


def test_the_caller_may_know_the_place_better(tmp_path: Path) -> None:
    told = [Reading(1.0, "pod", {"cadence": 171.0}, "foot"), Tick(1.0)]
    recording = opened(tmp_path, RunRecord(0, "ann", STARTED, 2.0), told, place="hip")
    assert recording.lived is not None
    for events in (recording.events(), recording.lived.inputs):
        assert {e.place for e in events if isinstance(e, Reading)} == {"hip"}


def test_developer_fields_of_another_app_with_our_names_are_not_believed(tmp_path: Path) -> None:
    data = bytearray(fit_bytes(made(), [Reading(1.0, "pod", {"cadence": 99.0}, "foot")]))
    at = data.index(fitapp.APPLICATION_ID)
    data[at] ^= 0xFF
    path = tmp_path / "run.fit"
    path.write_bytes(data)
    readings = [e for e in open_fit(path).events() if isinstance(e, Reading)]
    assert {e.source for e in readings} == {"fit"}
    assert all("pelvic_tilt" not in e.values and e.values["cadence"] == 171.0 for e in readings)


def test_a_file_of_a_newer_form_is_read_like_anybodys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "run.fit"
    monkeypatch.setattr(fitapp, "APPLICATION_VERSION", 2)
    path.write_bytes(fit_bytes(made(), [Reading(1.0, "pod", {"cadence": 99.0}, "foot")]))
    monkeypatch.undo()
    assert {e.source for e in open_fit(path).events()} == {"fit"}


def test_a_file_cut_off_is_used_up_to_there(tmp_path: Path) -> None:
    run, path = pod_run(), tmp_path / "run.fit"
    data = fit_bytes(run.record, run.inputs)
    path.write_bytes(data[: len(data) // 2])
    recording = open_recording(path)
    assert "cut off" in " ".join(recording.notes)
    got = list(recording.events())
    assert got == said(run.inputs)[: len(got)]
    assert len(got) > 50


def test_a_damaged_stretch_is_told_and_left_out(tmp_path: Path) -> None:
    told = [Reading(t / 2, "pod", {"cadence": 170.0}, "foot") for t in range(600)]
    inputs = [event for reading in told for event in (reading, Tick(reading.t))]
    data = bytearray(fit_bytes(RunRecord(0, "ann", STARTED, 300.0), inputs))
    # Somewhere in the pieces: they are nearly all of this file.
    data[len(data) // 2] ^= 0x10
    path = tmp_path / "run.fit"
    path.write_bytes(data)
    recording = open_fit(path)
    assert "damaged and left out" in " ".join(recording.notes)
    assert recording.lived is None  # a minute of it is missing
    assert 300 < len(list(recording.events())) < 600


ODD: list[Any] = [
    Reading(math.nan, "pod", {"cadence": 170.0}),
    Reading(-1.0, "pod", {"cadence": 170.0}),
    Reading(1.0, 7, {"cadence": 170.0}),  # type: ignore[arg-type]
    Reading(1.0, "pod", {"cadence": 170.0}, "moon"),  # type: ignore[arg-type]
    Reading(1.0, "pod", [1.0]),  # type: ignore[arg-type]
    SensorState(1.0, "pod", "asleep"),  # type: ignore[arg-type]
    Battery(1.0, "pod", "full"),  # type: ignore[arg-type]
    Gap(1.0, "pod", "then", 1.0),  # type: ignore[arg-type]
    AudioEvent(1.0, "started", "first"),  # type: ignore[arg-type]
    Control(1.0, "explode"),  # type: ignore[arg-type]
    Control(1.0, "quiet", "long"),  # type: ignore[arg-type]
    Reading(1.0, "pod", {}, ["foot"]),  # type: ignore[arg-type]
    Control(10**400, "quiet"),
    ImuBlock(1.0, "imu", "sacrum", np.array([0.5, 0.25]), np.zeros((2, 3))),
    ImuBlock(1.0, "imu", "sacrum", np.array([0.5, 1.5]), np.zeros((2, 3))),
    ImuBlock(1.0, "imu", "sacrum", np.array([0.5, 0.75]), np.full((2, 3), np.inf)),
]


@pytest.mark.parametrize("odd", ODD)
def test_an_event_that_makes_no_sense_is_left_out(odd: Any) -> None:
    fine = Reading(2.0, "pod", {"cadence": 170.0})
    assert Pieces().take(bytes((fitapp.LAST,)) + pack_events([odd, fine])) == [fine]


def test_every_word_that_an_event_may_have_is_let_through() -> None:
    lives = ("searching", "connecting", "streaming", "stale", "lost", "back", "ended")
    events: list[Event] = [SensorState(1.0, "pod", life) for life in lives]
    events += [Control(1.0, command) for command in ("quiet", "speak", "calibrate", "pain")]
    events += [AudioEvent(1.0, kind, 3) for kind in ("started", "ended", "dropped")]
    events += [
        Battery(2.0, "pod", 40),
        Gap(2.0, "pod", 1.0, 1.5, 7),
        Gap(2.0, "pod", 1.0, 1.5),
        Control(2.0, "quiet", 30.0),
    ]
    assert read_fit(fit_bytes(made(), events)).own.events == events


def test_metrics_that_nobody_knows_are_left_out_of_a_reading() -> None:
    odd = Reading(1.0, "pod", {"cadence": 170.0, "aura": 3.0, "speed": "fast"})  # type: ignore[dict-item]
    assert read_fit(fit_bytes(made(), [odd])).own.events == [Reading(1.0, "pod", {"cadence": 170.0})]


@settings(max_examples=60)
@given(st.data())
def test_damage_is_told_and_never_a_crash(data: st.DataObject) -> None:
    whole = bytearray(fit_bytes(made(), [Reading(0.5 * i, "pod", {"cadence": 170.0}, "foot") for i in range(9)]))
    for at in data.draw(st.lists(st.integers(14, len(whole) - 1), min_size=1, max_size=8)):
        whole[at] = data.draw(st.integers(0, 255))
    content = read_fit(bytes(whole))
    stream = own_run(content.records, content.own, content.created or 0.0, None).stream
    assert all(math.isfinite(event.t) for event in stream)
    assert [e.t for e in stream] == sorted(e.t for e in stream)


def test_when_a_file_was_begun_is_known_without_reading_it_whole(tmp_path: Path) -> None:
    path = tmp_path / "run.fit"
    data = fit_bytes(made())
    path.write_bytes(data[:200])
    assert begun(path) == datetime(2026, 5, 1, 7, 30, 12, tzinfo=UTC)
    path.write_bytes(b"\x0e\x20\x00\x00\x00\x00\x00\x00.FIT" + b"\0" * 20)
    assert begun(path) is None
    path.write_bytes(b"no FIT file at all")
    with pytest.raises(RecordingError, match="is not a FIT file"):
        begun(path)
