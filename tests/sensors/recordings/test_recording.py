"""Opening a recording by its content, whatever its name and bytes."""

from __future__ import annotations

import gzip
import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cuecoach.errors import RecordingError
from cuecoach.sensors.recordings.recording import open_recording
from tests.sensors.recordings.fit_writer import steady_run

IMU = "# place: foot\nt,acc_x,acc_y,acc_z\n" + "".join(f"{i / 100},0.1,0.2,9.8\n" for i in range(30))
SUFFIXES = [".fit", ".csv", ".csv.gz", ".fit.gz", ".txt", ""]


def refusal(path: Path) -> str:
    with pytest.raises(RecordingError) as caught:
        for _ in open_recording(path).events():
            pass
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_content_decides_not_the_name(tmp_path: Path, suffix: str) -> None:
    for data, kind in ((steady_run(5).data(), "metrics"), (IMU.encode(), "imu"), (b"t,cadence\n0,170\n", "metrics")):
        for packed in (data, gzip.compress(data, mtime=0)):
            path = tmp_path / f"run{suffix}"
            path.write_bytes(packed)
            recording = open_recording(path)
            assert recording.kind == kind
            assert list(recording.events())


def test_a_fit_file_named_csv_says_so(tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    path.write_bytes(steady_run(5).data())
    assert "named .csv but is a FIT file" in open_recording(path).notes[0]


def test_what_is_not_there_or_no_file_is_said(tmp_path: Path) -> None:
    assert "does not exist; check the name" in refusal(tmp_path / "none.fit")
    assert "is a folder; give a file in it" in refusal(tmp_path)
    assert "does not exist" in refusal(tmp_path / ("x" * 300)) or "cannot be read" in refusal(tmp_path / ("x" * 300))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    assert "is not an ordinary file" in refusal(tmp_path / "pipe.csv")


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (b"", "a.fit", "is empty"),
        (b"\x1f\x8b\x08", "a.csv.gz", "is a gzip archive that holds nothing readable"),
        (gzip.compress(b"", mtime=0), "a.csv.gz", "holds nothing readable"),
        (b"PK\x03\x04abc", "a.fit", "is a zip archive or a spreadsheet; unpack it"),
        (b'<?xml version="1.0"?><gpx creator="x">', "a.gpx", "is a GPX file, which lacks most running metrics"),
        (b"<?xml?><TrainingCenterDatabase>", "a.tcx", "is a TCX file"),
        (b"<!DOCTYPE html><html>", "a.fit", "is a web page or XML; export the original FIT file"),
        (b'{"t": 1}', "a.json", "is JSON"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a.png", "is neither a FIT file nor text"),
        (b"\x0e\x20\x00\x00\x80", "a.fit", "is not a FIT file, or is cut off in its header"),
        ("t,cadence\n0,170\n".encode("utf-16"), "a.csv", "is UTF-16 text; save it as UTF-8"),
        (b"t,cadence\r0,170\r", "a.csv", "carriage returns only"),
        (b"hello\nworld\n", "a.txt", "line 1: these are no columns of a recording"),
        (b"t,acc_x,acc_y,acc_z\n0,1,2,3\n" + b"7" * 200_000, "a.csv", "line 3 is longer than any row"),
        (b"t,acc_x,acc_y,acc_z\n0,1,2,3\n\0\0\0\0", "a.csv", "neither a FIT file nor text"),
        (b"x" * 100_000, "a.csv", "has no line of column names"),
    ],
)  # fmt: skip
def test_what_is_no_recording_is_refused_by_what_it_is(tmp_path: Path, data: bytes, name: str, expected: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    told = refusal(path)
    assert expected in told
    assert name in told


def test_control_characters_of_a_file_do_not_reach_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"# place: \x1b[31mred\nt,acc_x,acc_y,acc_z\n0,1,2,3\n")
    assert "\x1b" not in refusal(path)


HEADS = st.sampled_from(
    [
        b"",
        b"t,acc_x,acc_y,acc_z\n",
        b"t,cadence,speed\n",
        b"# place: foot\n",
        b"\x0e\x20\0\0\xff\0\0\0.FIT",
        b"\x1f\x8b",
    ]
)
TEXT = st.text(st.sampled_from('0123456789.,-e\n\r\t ";#:naif'), max_size=200).map(str.encode)


def check_sentence(error: RecordingError) -> None:
    assert re.fullmatch(r"`.*run[.a-z]*`[:,]? [^\n]+", str(error))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(head=HEADS, body=st.binary(max_size=200) | TEXT, suffix=st.sampled_from(SUFFIXES), packed=st.booleans())
@example(head=b"", body=b"t,acc_x,acc_y,acc_z\n-1e308,1,2,3\n1e308,1e308,2,3\n", suffix=".csv", packed=False)
@example(head=b"# unit_acc: g\n", body=b"t,acc_x,acc_y,acc_z\n0,1.7e308,2,3\n", suffix=".csv", packed=False)
@example(head=b"", body=b"t,cadence\n-1e308,170\n1e308,170\n1e999,170\n", suffix=".csv", packed=False)
def test_any_bytes_under_any_name_give_a_recording_or_one_sentence(
    tmp_path: Path, head: bytes, body: bytes, suffix: str, packed: bool
) -> None:
    path = tmp_path / f"run{suffix}"
    path.write_bytes(gzip.compress(head + body) if packed else head + body)
    try:
        times = [event.t for event in open_recording(path).events()]
    except RecordingError as error:
        check_sentence(error)
    else:
        assert times == sorted(times)
