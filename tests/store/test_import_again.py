"""An exported FIT file is coached again: with the readings of a pod just the same, a raw sensor from its seconds."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuecoach import fitapp
from cuecoach.config import load_config
from cuecoach.errors import RecordingError
from cuecoach.events import Reading, SensorState
from cuecoach.metrics import METRICS
from cuecoach.offline import replay
from cuecoach.runrecord import RunRecord, WornSensor
from cuecoach.sensors.recordings.fit import FitRecording, begun, open_fit
from cuecoach.sensors.recordings.recording import open_recording
from cuecoach.sensors.simulator import STORIES, SimulatedRunner
from cuecoach.store.export.fit import fit_bytes
from tests.store.exported import STARTED, lived, made, pod_run, words


def opened(tmp_path: Path, record: RunRecord, readings: list[Reading | SensorState], **options: object) -> FitRecording:
    path = tmp_path / "run.fit"
    path.write_bytes(fit_bytes(record, readings))
    return open_fit(path, **options)  # type: ignore[arg-type]


def test_the_run_of_a_pod_is_coached_again_just_the_same(tmp_path: Path) -> None:
    run, path = pod_run(), tmp_path / "run.fit"
    path.write_bytes(fit_bytes(run.record, run.readings))
    again = replay(path, load_config("demo"))
    assert len(words(run.actions)) >= 4
    assert words(again.actions) == words(run.actions)
    assert again.actions == run.actions


def test_two_sensors_at_several_readings_a_second_with_a_dropout_are_coached_just_the_same(tmp_path: Path) -> None:
    config = load_config("demo")
    strap = [Reading(0.13 + 0.97 * i, "strap", {"heart_rate": 131.0 + i % 9}, "torso") for i in range(300)]
    run = lived(SimulatedRunner(STORIES["dropout"], seed=4, rate_hz=2), config, *strap)
    assert {e.state for e in run.readings if isinstance(e, SensorState)} >= {"lost", "back"}
    recording = opened(tmp_path, run.record, run.readings)
    assert list(recording.events()) == sorted(run.readings, key=lambda event: event.t)
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
    from cuecoach.sensors.recordings.fit_file import read_fit

    readings = sorted((Reading(t, source, values, "foot") for t, source, values in told), key=lambda r: r.t)
    data = fit_bytes(RunRecord(0, "ann", STARTED, 1e5, sensors=(WornSensor("pod", "foot"),)), readings)
    assert read_fit(data).own.in_order() == readings


def test_time_counts_from_the_start_of_the_run_not_from_its_first_reading(tmp_path: Path) -> None:
    recording = opened(
        tmp_path, made(), [Reading(2.125, "pod", {"cadence": 170.0}), Reading(4.5, "pod", {"speed": 3.0})]
    )
    assert [(e.t, e.values) for e in recording.events() if isinstance(e, Reading) and e.source == "pod"][:1] == [
        (2.125, {"cadence": 170.0})
    ]
    assert recording.started == STARTED.replace(microsecond=0)


def test_only_what_no_pod_said_and_no_coach_makes_is_taken_from_the_seconds(tmp_path: Path) -> None:
    said = [Reading(float(t), "pod", {"cadence": 171.0, "speed": 3.125}, "foot") for t in range(1, 6)]
    record = made(sensors=(WornSensor("pod", "foot"), WornSensor("imu", "sacrum")))
    more = [e for e in opened(tmp_path, record, said).events() if isinstance(e, Reading) and e.source == "imu"]
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
    said = [Reading(1.0, "pod", {"cadence": 171.0}, "foot")]
    assert {e.place for e in opened(tmp_path, made(), said, place="hip").events() if isinstance(e, Reading)} == {"hip"}


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
    data = fit_bytes(run.record, run.readings)
    path.write_bytes(data[: len(data) // 2])
    recording = open_recording(path)
    assert "cut off" in " ".join(recording.notes)
    got = list(recording.events())
    assert got == run.readings[: len(got)]
    assert len(got) > 50


@settings(max_examples=60)
@given(st.data())
def test_damage_is_told_and_never_a_crash(data: st.DataObject) -> None:
    from cuecoach.sensors.recordings.fit_again import own_stream
    from cuecoach.sensors.recordings.fit_file import read_fit

    whole = bytearray(fit_bytes(made(), [Reading(0.5 * i, "pod", {"cadence": 170.0}, "foot") for i in range(9)]))
    for at in data.draw(st.lists(st.integers(14, len(whole) - 1), min_size=1, max_size=8)):
        whole[at] = data.draw(st.integers(0, 255))
    content = read_fit(bytes(whole))
    stream, _ = own_stream(content.records, content.own, content.created or 0.0, None)
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
