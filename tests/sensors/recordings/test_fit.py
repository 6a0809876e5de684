"""FIT activities: units, cadence convention, pauses, sports, damage."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cuecoach.errors import RecordingError
from cuecoach.events import Reading, SensorState
from cuecoach.sensors.recordings.recording import Recording, open_recording
from tests.sensors.recordings.fit_writer import FitWriter, steady_run


def opened(tmp_path: Path, data: bytes | FitWriter, name: str = "run.fit", **options: object) -> Recording:
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.data())
    return open_recording(path, **options)  # type: ignore[arg-type]


def readings(recording: Recording) -> list[Reading]:
    return [event for event in recording.events() if isinstance(event, Reading)]


def states(recording: Recording) -> list[tuple[float, str]]:
    return [(event.t, event.state) for event in recording.events() if isinstance(event, SensorState)]


def check_sentence(error: RecordingError) -> None:
    assert re.fullmatch(r"`.*run\.fit` [^\n]+", str(error))


def told(recording: Recording) -> str:
    return " ".join(recording.notes)


def test_native_fields_come_in_catalogue_units(tmp_path: Path) -> None:
    values = {
        "cadence": 84,
        "fractional_cadence": 0.5,
        "enhanced_speed": 3.25,
        "step_length": 1150.0,
        "vertical_oscillation": 91.5,
        "vertical_ratio": 7.95,
        "stance_time": 245.0,
        "stance_time_balance": 49.5,
        "heart_rate": 151,
        "power": 260,
    }
    recording = opened(tmp_path, FitWriter().file_id().record(7, **values).session("running", 7, 1))
    (reading,) = readings(recording)
    assert (reading.t, reading.source, reading.place) == (0.0, "fit", None)
    assert reading.values == pytest.approx(
        {
            "cadence": 169.0,
            "speed": 3.25,
            "step_length": 1.15,
            "vertical_oscillation": 91.5,
            "vertical_ratio": 7.95,
            "stance_time": 245.0,
            "stance_time_balance": 49.5,
            "heart_rate": 151.0,
            "power": 260.0,
        }
    )


def test_times_count_from_the_first_record_and_the_length_is_known_at_once(tmp_path: Path) -> None:
    recording = opened(tmp_path, steady_run(30, start=500, every=6))
    assert recording.kind == "metrics"
    assert recording.duration_s == 30.0
    assert [r.t for r in readings(recording)] == [0, 6, 12, 18, 24, 30]


def test_events_can_be_taken_again(tmp_path: Path) -> None:
    recording = opened(tmp_path, steady_run(20))
    first, notes = list(recording.events()), list(recording.notes)
    assert list(recording.events()) == first
    assert recording.notes == notes


def test_place_is_handed_on(tmp_path: Path) -> None:
    assert {r.place for r in readings(opened(tmp_path, steady_run(3), place="foot"))} == {"foot"}


def test_enhanced_speed_wins_over_speed(tmp_path: Path) -> None:
    recording = opened(tmp_path, steady_run(1, enhanced_speed=3.5, speed=3.0))
    assert readings(recording)[0].values["speed"] == 3.5
    only_speed = FitWriter().file_id().record(0, speed=2.75)
    assert readings(opened(tmp_path, only_speed))[0].values["speed"] == 2.75


@pytest.mark.parametrize(
    ("raw", "option", "expected", "word"),
    [
        (85, "auto", 170, "doubled"),
        (112, "auto", 224, "doubled"),
        (168, "auto", 168, "steps a minute"),
        (130, "auto", 130, "steps a minute"),
        (120, "auto", 240, "if these are steps already"),
        (85, "steps", 85, "as asked"),
        (65, "strides", 130, "as asked"),
    ],
)
def test_cadence_convention_is_decided_from_the_median(
    tmp_path: Path, raw: int, option: str, expected: float, word: str
) -> None:
    recording = opened(tmp_path, steady_run(30, cadence=raw), cadence_unit=option)
    assert {r.values["cadence"] for r in readings(recording)} == {expected}
    assert word in told(recording)


def test_walking_breaks_do_not_sway_the_cadence_convention(tmp_path: Path) -> None:
    writer = FitWriter().file_id()
    for t in range(40):  # steps a minute all along: a long walk, then a run
        walking = t < 30
        writer.record(t, cadence=112 if walking else 165, enhanced_speed=1.4 if walking else 3.0)
    assert readings(opened(tmp_path, writer))[-1].values["cadence"] == 165


def test_cadence_of_256ths_is_read(tmp_path: Path) -> None:
    recording = opened(tmp_path, steady_run(2, cadence=None, cadence256=84.25))
    assert readings(recording)[0].values["cadence"] == 168.5


def test_zero_is_unknown_for_cadence_and_a_value_for_speed(tmp_path: Path) -> None:
    recording = opened(tmp_path, steady_run(5).record(6, cadence=0, enhanced_speed=0.0, stance_time=0, heart_rate=0))
    assert readings(recording)[-1].values == {"speed": 0.0}
    assert "left out" not in told(recording)


def test_implausible_values_are_dropped_and_counted(tmp_path: Path) -> None:
    recording = opened(
        tmp_path, steady_run(5, stance_time=250.0).record(6, stance_time=1692.0, vertical_oscillation=4.7)
    )
    assert len(readings(recording)) == 6
    assert "1 value of stance_time outside 100 to 500 ms left out." in recording.notes
    assert "1 value of vertical_oscillation outside 20 to 220 mm left out." in recording.notes


def test_no_cadence_at_all_is_said_and_usable(tmp_path: Path) -> None:
    recording = opened(tmp_path, steady_run(5, cadence=None, heart_rate=140))
    assert readings(recording)[0].values == {"speed": 3.0, "heart_rate": 140.0}
    assert "There is no cadence" in told(recording)


def test_developer_fields_are_known_by_name_and_unit(tmp_path: Path) -> None:
    writer = FitWriter().file_id().sport("running")
    fields = {
        ("Vertical Oscillation", "Centimeters"): 8.5,
        ("Ground Time", "Milliseconds"): 240.0,
        ("Cadence", "RPM"): 84.5,
        ("Power", "Watts"): 251.0,
        ("Form Power", "Watts"): 60.0,
        ("Leg Spring Stiffness", "KN/m"): 10.0,
        ("Speed", "furlongs/fortnight"): 3.0,
    }
    for name, units in fields:
        writer.developer_field(name, units)
    for t in range(3):
        writer.record(t, {name: value for (name, _), value in fields.items()}, heart_rate=150)
    writer.record(3, {"Ground Time": 1692.0, "Cadence": 0.0}, heart_rate=150)
    recording = opened(tmp_path, writer)
    expected = {
        "vertical_oscillation": 85.0,
        "stance_time": 240.0,
        "cadence": 169.0,
        "power": 251.0,
        "heart_rate": 150.0,
    }
    assert readings(recording)[0].values == pytest.approx(expected)
    assert readings(recording)[3].values == {"heart_rate": 150.0}
    assert "1 value of stance_time outside 100 to 500 ms left out." in recording.notes


def test_native_fields_win_over_developer_fields(tmp_path: Path) -> None:
    writer = FitWriter().file_id().developer_field("Power", None).developer_field("Cadence", "spm")
    writer.record(0, {"Power": 300.0, "Cadence": 170.0}, power=250, cadence=84)
    writer.record(1, {"Power": 301.0, "Cadence": 172.0}, power=None, cadence=None)
    first, second = readings(opened(tmp_path, writer))
    assert first.values == {"power": 250.0, "cadence": 168.0}
    assert second.values == {"power": 301.0, "cadence": 172.0}


def test_a_pause_keeps_wall_clock_time_and_mutes_the_sensor(tmp_path: Path) -> None:
    writer = FitWriter().file_id().timer(0, "start")
    for t in [*range(11), 15, *range(40, 51)]:  # 15: a record while the timer stands
        if t == 40:
            writer.timer(10, "stop_all").timer(40, "start")
        writer.record(t, cadence=85, enhanced_speed=3.0)
    recording = opened(tmp_path, writer.timer(50, "stop_all"))
    assert states(recording) == [(10.0, "stale"), (40.0, "back")]
    assert [r.t for r in readings(recording)] == [*range(11), *range(40, 51)]
    order = [(e.t, type(e).__name__) for e in recording.events() if e.t in (10.0, 40.0)]
    assert order == [(10.0, "Reading"), (10.0, "SensorState"), (40.0, "SensorState"), (40.0, "Reading")]
    assert "1 pause, 0:30 in all" in told(recording)
    assert "1 record from while the watch was stopped" in told(recording)


def test_a_last_stop_without_a_start_drops_nothing(tmp_path: Path) -> None:
    writer = steady_run(10).record(12, cadence=80, enhanced_speed=2.5)
    assert len(readings(opened(tmp_path, writer))) == 12
    assert states(opened(tmp_path, writer)) == []


def triathlon() -> FitWriter:
    writer = FitWriter().file_id().sport("cycling")
    for t in range(0, 100, 10):
        writer.record(t, cadence=90, enhanced_speed=9.0)
    writer.session("cycling", 0, 95).sport("running")
    for t in range(100, 131, 10):
        writer.record(t, cadence=85, enhanced_speed=3.0)
    writer.session("running", 100, 35, saved=600).sport("cycling")
    for t in range(200, 221, 10):
        writer.record(t, cadence=91, enhanced_speed=9.0)
    writer.session("cycling", 200, 25).sport("running")
    for t in range(300, 321, 10):
        writer.record(t, cadence=86, enhanced_speed=3.0)
    return writer.session("running", 300, 25)


def test_only_running_sessions_are_coached(tmp_path: Path) -> None:
    recording = opened(tmp_path, triathlon())
    assert [(r.t, r.values["cadence"]) for r in readings(recording)] == [
        *((t, 170.0) for t in (0, 10, 20, 30)),
        *((t, 172.0) for t in (200, 210, 220)),
    ]
    assert states(recording) == [(30.0, "stale"), (200.0, "back")]
    assert "left out: cycling (13 records)" in told(recording)
    assert "Time 0 is 1:40 into the file" in told(recording)


def test_sports_are_told_apart_even_when_the_sessions_are_cut_off(tmp_path: Path) -> None:
    data = triathlon().data()
    recording = opened(tmp_path, data[: data.rindex((1_000_000_320).to_bytes(4, "little")) + 8])
    assert {r.values["cadence"] for r in readings(recording)} == {170.0, 172.0}
    assert "cut off" in told(recording)


@pytest.mark.parametrize("sport", ["walking", "generic", "training"])
def test_without_a_running_session_what_is_on_foot_is_used(tmp_path: Path, sport: str) -> None:
    writer = FitWriter().file_id()
    for t in range(5):
        writer.record(t, cadence=60, enhanced_speed=1.5)
    recording = opened(tmp_path, writer.session(sport, 0, 5))
    assert len(readings(recording)) == 5
    assert f"no running session, only {sport}" in told(recording)


def test_without_any_word_on_the_sport_it_is_used_as_a_run(tmp_path: Path) -> None:
    recording = opened(tmp_path, FitWriter().file_id().record(0, cadence=85))
    assert "The file does not say which sport it is; it is used as a run." in recording.notes


def test_a_treadmill_is_running_under_any_sport(tmp_path: Path) -> None:
    writer = FitWriter().file_id().record(0, cadence=85).session("training", 0, 5, sub_sport="treadmill")
    assert "no running session" not in told(opened(tmp_path, writer))


def test_a_ride_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"has no running, only cycling; give a running activity"):
        opened(tmp_path, FitWriter().file_id().record(0, cadence=90).session("cycling", 0, 5))


def test_other_kinds_of_fit_file_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"of the kind workout, not an activity"):
        opened(tmp_path, FitWriter().file_id("workout"))
    with pytest.raises(RecordingError, match=r"has no records"):
        opened(tmp_path, FitWriter().file_id())
    with pytest.raises(RecordingError, match=r"none of the values"):
        opened(tmp_path, FitWriter().file_id().record(0, position_lat=5))


def test_repeated_and_backward_times_are_joined_dropped_and_counted(tmp_path: Path) -> None:
    writer = FitWriter().file_id()
    writer.record(0, cadence=85).record(0, heart_rate=140).record(2, cadence=86).record(1, cadence=99)
    writer.record(None, cadence=99).record(-900_000_000, cadence=99).record(3, cadence=87)
    recording = opened(tmp_path, writer)
    assert [(r.t, dict(r.values)) for r in readings(recording)] == [
        (0.0, {"cadence": 170.0, "heart_rate": 140.0}),
        (2.0, {"cadence": 172.0}),
        (3.0, {"cadence": 174.0}),
    ]
    assert "3 records without a time" in told(recording)
    assert "1 record with the same time" in told(recording)


def test_a_file_cut_off_anywhere_gives_what_is_there(tmp_path: Path) -> None:
    data = steady_run(60).data()
    whole = len(readings(opened(tmp_path, data)))
    seen: set[int] = set()
    refusals: set[str] = set()
    for size in range(14, len(data), 7):
        try:
            recording = opened(tmp_path, data[:size])
        except RecordingError as error:
            refusals.add(str(error).split("` ")[1])
            continue
        seen.add(len(readings(recording)))
        assert any(note.startswith("The file is cut off at ") for note in recording.notes)
    assert refusals == {"is cut off before its first record; copy or export it again"}
    assert min(seen) == 1
    assert max(seen) == whole


def test_a_file_that_was_never_closed_is_read(tmp_path: Path) -> None:
    recording = opened(tmp_path, steady_run(60).data(size=0))
    assert len(readings(recording)) == 61
    assert "The file is cut off at 1:00" in told(recording)


def test_a_wrong_checksum_is_said(tmp_path: Path) -> None:
    data = bytearray(steady_run(10).data())
    data[-1] ^= 0x55
    recording = opened(tmp_path, bytes(data))
    assert len(readings(recording)) == 11
    assert "checksum does not match" in told(recording)


def test_several_files_in_one_are_read_on(tmp_path: Path) -> None:
    recording = opened(tmp_path, steady_run(10).data() + steady_run(5, start=20).data())
    assert [r.t for r in readings(recording)] == [*range(11), *range(20, 26)]
    assert states(recording) == [(10.0, "stale"), (20.0, "back")]


def test_bytes_behind_the_last_file_are_ignored(tmp_path: Path) -> None:
    assert len(readings(opened(tmp_path, steady_run(10).data() + b"garbage that is no header"))) == 11


def test_a_gzipped_file_is_read_and_a_broken_archive_said(tmp_path: Path) -> None:
    packed = gzip.compress(steady_run(600, heart_rate=140).data())
    assert len(readings(opened(tmp_path, packed, "run.fit.gz"))) == 601
    broken = opened(tmp_path, packed[: len(packed) * 3 // 4], "run.fit.gz")
    assert 10 < len(readings(broken)) < 601
    assert "The file is cut off at " in told(broken)


def test_grade_is_altitude_over_the_last_hundred_metres(tmp_path: Path) -> None:
    writer = FitWriter().file_id()
    for t in range(60):
        climb = 0.05 * max(0.0, 4.0 * t - 120)  # flat for 120 m, then 5 % up
        writer.record(t, cadence=85, distance=4.0 * t, enhanced_altitude=round(200 + climb, 1))
    grades = {r.t: r.values.get("grade") for r in readings(opened(tmp_path, writer))}
    assert grades[24] is None
    assert grades[25] == 0.0
    assert grades[30] == 0.0
    assert grades[59] == pytest.approx(5.0, abs=0.3)


def test_a_corrected_altitude_is_no_hill(tmp_path: Path) -> None:
    writer = FitWriter().file_id()
    for t in range(60):
        writer.record(t, cadence=85, distance=4.0 * t, enhanced_altitude=200 if t < 30 else 286)
    grades = [r.values["grade"] for r in readings(opened(tmp_path, writer)) if "grade" in r.values]
    assert set(grades) == {0.0}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 900), junk=st.binary(min_size=1, max_size=12))
def test_damage_anywhere_never_raises_anything_but_a_recording_error(tmp_path: Path, place: int, junk: bytes) -> None:
    writer = FitWriter().file_id().developer_field("Power", "Watts")
    for t in range(40):
        writer.record(t, {"Power": 200.0}, cadence=85, enhanced_speed=3.0)
    data = bytearray(writer.session("running", 0, 40).data())
    data[place : place + len(junk)] = junk
    try:
        recording = opened(tmp_path, bytes(data))
    except RecordingError as error:
        check_sentence(error)
        return
    times = [event.t for event in recording.events()]
    assert times == sorted(times)
    assert all(t >= 0 for t in times)
