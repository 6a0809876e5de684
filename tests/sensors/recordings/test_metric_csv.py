"""Metric CSV files: canonical columns, plausible values, helpful refusals."""

from __future__ import annotations

from pathlib import Path

import pytest

from cuecoach.errors import RecordingError
from cuecoach.events import Reading
from cuecoach.sensors.recordings.recording import Recording, open_recording


def opened(tmp_path: Path, text: str, **options: object) -> Recording:
    path = tmp_path / "run.csv"
    path.write_text(text, encoding="utf-8")
    return open_recording(path, **options)  # type: ignore[arg-type]


def readings(recording: Recording) -> list[Reading]:
    return [event for event in recording.events() if isinstance(event, Reading)]


def refusal(tmp_path: Path, text: str) -> str:
    with pytest.raises(RecordingError) as caught:
        list(opened(tmp_path, text).events())
    return str(caught.value)


def test_rows_become_readings_from_time_zero(tmp_path: Path) -> None:
    recording = opened(tmp_path, "# place: foot\nt,cadence,speed\n100,170,3\n101,171,3.1\n103.5,172,\n")
    assert recording.duration_s == 3.5
    assert readings(recording) == [
        Reading(0.0, "csv", {"cadence": 170.0, "speed": 3.0}, "foot"),
        Reading(1.0, "csv", {"cadence": 171.0, "speed": 3.1}, "foot"),
        Reading(3.5, "csv", {"cadence": 172.0}, "foot"),
    ]
    assert readings(recording) == readings(recording)
    assert (recording.kind, recording.place, recording.notes) == ("metrics", "foot", [])


def test_empty_and_unknown_cells_are_absent_and_empty_rows_silent(tmp_path: Path) -> None:
    recording = opened(tmp_path, "t,cadence,pelvic_tilt\n0,170,-3.5\n1,,\n2,NaN,null\n3,,4\n")
    assert [(r.t, dict(r.values)) for r in readings(recording)] == [
        (0.0, {"cadence": 170.0, "pelvic_tilt": -3.5}),
        (3.0, {"pelvic_tilt": 4.0}),
    ]
    assert recording.notes == []


def test_implausible_values_and_words_are_left_out_and_counted(tmp_path: Path) -> None:
    recording = opened(tmp_path, "t,cadence,stance_time\n0,0,250\n1,900,1692\n2,fast,240\n")
    assert [dict(r.values) for r in readings(recording)] == [{"stance_time": 250.0}, {"stance_time": 240.0}]
    assert recording.notes == [
        "3 values of cadence were left out: no number, or outside 40 to 260 spm.",
        "1 value of stance_time was left out: no number, or outside 100 to 500 ms.",
    ]


def test_unknown_columns_are_told_with_the_name_meant(tmp_path: Path) -> None:
    recording = opened(tmp_path, "t,cadence,gct,cadance,colour\n0,170,250,1,red\n")
    assert len(readings(recording)) == 1
    assert recording.notes == [
        "The column `gct` is ignored; did you mean `stance_time`?",
        "The column `cadance` is ignored; did you mean `cadence`?",
        "The column `colour` is ignored.",
    ]


def test_cadence_is_doubled_only_when_asked(tmp_path: Path) -> None:
    text = "t,cadence,speed\n" + "".join(f"{i},85,3\n" for i in range(20))
    plain = opened(tmp_path, text)
    assert readings(plain)[0].values["cadence"] == 85
    assert "looks like strides" in plain.notes[0]
    doubled = opened(tmp_path, text, cadence_unit="strides")
    assert readings(doubled)[0].values["cadence"] == 170
    assert doubled.notes == ["Cadence was taken as strides a minute and doubled, as asked."]


def test_a_walk_does_not_look_like_strides(tmp_path: Path) -> None:
    recording = opened(tmp_path, "t,cadence,speed\n" + "".join(f"{i},105,1.3\n" for i in range(20)))
    list(recording.events())
    assert recording.notes == []


def test_several_rows_of_one_moment_are_fine(tmp_path: Path) -> None:
    recording = opened(tmp_path, "t,cadence,speed\n0,170,\n0,,3\n1,171,\n")
    assert [r.t for r in readings(recording)] == [0.0, 0.0, 1.0]


def test_rows_without_a_time_are_left_out(tmp_path: Path) -> None:
    recording = opened(tmp_path, "t,cadence\n" + "".join(f"{i},170\n" for i in range(9)) + ",170\n")
    assert len(readings(recording)) == 9
    assert recording.notes == ["1 row was left out (line 11: t is empty)."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("t,cadence\n0,170\n2,171\n1,172\n", "line 4: time runs backwards, from 2 to 1 s; sort the rows by `t`"),
        ("t,cadence\n0,170\n1000,171\n2000,172\n", "line 3: time grows by 1000; `t` must be in seconds"),
        ("t,cadence\n0,170\n1,171\n9e9,172\n", "line 4: time jumps from 1 to 9000000000 s"),
        ("time,cadence\n0,170\n", "line 1: column `t` is missing; rename `time` to `t`"),
        ("cadence,speed\n170,3\n", "column `t` is missing; name the column of time in seconds `t`"),
        ("t,gct\n0,250\n", "no column is a known metric; did you mean `stance_time` for `gct`?"),
        ("t,colour\n0,250\n", "no column is a known metric; name columns for example `cadence`"),
        ("name,colour\na,b\n", "these are no columns of a recording"),
        ("t,cadence\n0,1\n1,2\n", "has no value that can be used"),
        ("t,cadence\n", "has no usable row"),
        ("t,cadence\n10:00,170\n10:01,171\n", "line 2: t is `10:00`, not a number"),
        ("t,cadence\n0,5,170\n1,5,171\n", "line 2: decimals are written with commas"),
        ("t,cadence\n0,170,x\n1,171,y\n", "line 2: 3 cells where 2 columns are named"),
        ("t;cadence\n0;170\n", "separated by semicolons"),
    ],
)
def test_what_is_wrong_is_said_with_how_to_mend_it(tmp_path: Path, text: str, expected: str) -> None:
    told = refusal(tmp_path, text)
    assert expected in told
    assert "\n" not in told
