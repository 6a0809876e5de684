"""IMU CSV files: units, streaming, and one plain sentence for what is wrong."""

from __future__ import annotations

import gzip
import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cuecoach.errors import RecordingError, UsageError
from cuecoach.events import ImuBlock
from cuecoach.sensors.recordings.csv_text import read_head
from cuecoach.sensors.recordings.imu_csv import open_imu_csv
from cuecoach.sensors.recordings.recording import Recording, open_recording

SIX = "t,acc_x,acc_y,acc_z,gyr_x,gyr_y,gyr_z"


def written(tmp_path: Path, text: str | bytes, name: str = "run.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def table(
    n: int = 200, *, rate: float = 100.0, start: float = 0.0, head: str = SIX, comments: str = "# place: hip\n"
) -> str:
    columns = head.count(",")
    rng = np.random.default_rng(5)
    values = rng.normal(0, 3, (n, columns))
    values[:, 2] += 9.81
    rows = [f"{start + i / rate:.4f}," + ",".join(f"{v:.5f}" for v in values[i]) for i in range(n)]
    return comments + head + "\n" + "\n".join(rows) + "\n"


def samples(recording: Recording) -> np.ndarray:
    """Return t, acc and gyr of all blocks, shape (n, 4 or 7)."""
    blocks = [event for event in recording.events() if isinstance(event, ImuBlock)]
    parts = [np.column_stack([b.times, b.acc] + ([b.gyr] if b.gyr is not None else [])) for b in blocks]
    return np.concatenate(parts)


def read(path: Path, **options: object) -> np.ndarray:
    return samples(open_recording(path, **options))  # type: ignore[arg-type]


def refusal(path: Path) -> str:
    with pytest.raises(RecordingError) as caught:
        for _ in open_recording(path).events():
            pass
    assert "\n" not in str(caught.value)
    assert path.name in str(caught.value)
    return str(caught.value)


def test_samples_are_the_numbers_of_the_file_from_time_zero(tmp_path: Path) -> None:
    text = table(300, start=1_600_000_000.0)
    recording = open_recording(written(tmp_path, text))
    expected = np.loadtxt(text.splitlines()[2:], delimiter=",")
    expected[:, 0] -= expected[0, 0]
    assert np.array_equal(samples(recording), expected)
    assert (recording.kind, recording.place) == ("imu", "hip")
    assert recording.duration_s == expected[-1, 0]
    assert recording.notes == []


def test_blocks_carry_place_source_and_arrive_with_their_last_sample(tmp_path: Path) -> None:
    blocks = list(open_recording(written(tmp_path, table(250)), block_s=1.0).events())
    assert [len(b.times) for b in blocks if isinstance(b, ImuBlock)] == [100, 100, 50]
    for block in blocks:
        assert isinstance(block, ImuBlock)
        assert (block.place, block.source, block.t) == ("hip", "imu", block.times[-1])
        assert block.acc.flags.c_contiguous
        assert block.gyr is not None
        assert block.gyr.flags.c_contiguous


def test_without_gyroscope_there_is_none(tmp_path: Path) -> None:
    (block,) = open_recording(written(tmp_path, table(head="t,acc_x,acc_y,acc_z"))).events()
    assert isinstance(block, ImuBlock)
    assert block.gyr is None
    assert block.acc.shape == (200, 3)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(block_s=st.floats(0.001, 20.0), chunk_bytes=st.integers(1, 4000), messy=st.booleans())
def test_neither_block_nor_chunk_size_changes_the_samples(
    tmp_path: Path, block_s: float, chunk_bytes: int, messy: bool
) -> None:
    text = table(120)
    if messy:
        text = (
            text.replace("0.5000,", "0.5000,nan;").replace("0.7000,", "7.0e-1,").replace("0.9000,", "\n# hm\n0.9000,")
        )
    path = written(tmp_path, text)
    recording = open_imu_csv(path, read_head(path), block_s=block_s, chunk_bytes=chunk_bytes)
    assert np.array_equal(samples(recording), read(path))
    notes = list(recording.notes)
    list(recording.events())
    assert recording.notes == notes
    assert len(notes) == int(messy)


def test_columns_may_come_in_any_order_beside_others(tmp_path: Path) -> None:
    text = "gyr_z,note,t,acc_z,acc_y,acc_x,gyr_x,gyr_y\n6,a,0,3,2,1,4,5\n66,b,1,33,22,11,44,55\n"
    recording = open_recording(written(tmp_path, text), place="foot")
    assert samples(recording).tolist() == [[0, 1, 2, 3, 4, 5, 6], [1, 11, 22, 33, 44, 55, 66]]
    assert "Ignored columns: `note`." in recording.notes


def test_units_are_converted(tmp_path: Path) -> None:
    text = f"# place: sacrum\n# unit_acc: g\n# unit_gyr: rad/s\n{SIX}\n0,0,0,1,0,0,1\n0.01,0,0,1,0,0,-1\n"
    found = read(written(tmp_path, text))
    assert found[:, 3] == pytest.approx([9.80665, 9.80665])
    assert found[:, 6] == pytest.approx([math.degrees(1), -math.degrees(1)])


def test_place_is_taken_from_the_caller_the_file_or_assumed(tmp_path: Path) -> None:
    unsaid = open_recording(written(tmp_path, table(comments="")))
    assert unsaid.place == "sacrum"
    assert "sacrum is assumed" in " ".join(unsaid.notes)
    asked = open_recording(written(tmp_path, table()), place="foot")
    assert asked.place == "foot"
    assert "foot is used, as asked" in " ".join(asked.notes)
    assert open_recording(written(tmp_path, table(comments="")), place="foot").notes == []


def test_line_ends_bom_quotes_and_blank_lines_do_not_matter(tmp_path: Path) -> None:
    text = table(50)
    plain = read(written(tmp_path, text))
    assert np.array_equal(read(written(tmp_path, text.replace("\n", "\r\n"), "crlf.csv")), plain)
    assert np.array_equal(read(written(tmp_path, text.removesuffix("\n"), "open.csv")), plain)
    assert np.array_equal(read(written(tmp_path, b"\xef\xbb\xbf" + text.encode(), "bom.csv")), plain)
    assert np.array_equal(read(written(tmp_path, text.replace("\n", "\n\n"), "blank.csv")), plain)
    quoted = re.sub(r"([\w.-]+)(?=[,\n])", r'"\1"', text.split("\n", 1)[1])
    assert np.array_equal(read(written(tmp_path, "# place: hip\n" + quoted, "quoted.csv")), plain)


def test_unusable_rows_are_left_out_and_counted(tmp_path: Path) -> None:
    lines = table(100).splitlines()
    lines[10] = lines[10].replace(",", ",nan,", 1).rsplit(",", 1)[0]
    lines[20] = re.sub(r",[^,]*$", ",", lines[20])
    lines[30] = re.sub(r",[^,]*$", ",inf", lines[30])
    lines[40] = lines[40].rsplit(",", 1)[0]
    lines[50] = re.sub(r",[^,]*$", ",sensor lost", lines[50])
    lines[60] = re.sub(r",[^,]*$", ",1e300", lines[60])
    recording = open_recording(written(tmp_path, "\n".join(lines)))
    assert len(samples(recording)) == 94
    assert recording.notes == ["6 rows were left out (line 11: acc_x is `nan`, not a number)."]


def test_more_than_a_fifth_unusable_is_refused(tmp_path: Path) -> None:
    lines = table(100).splitlines()
    for i in range(5, 30):
        lines[i] = lines[i].rsplit(",", 1)[0] + ","
    assert "25 of 100 rows are unusable (line 6: gyr_z is empty)" in refusal(written(tmp_path, "\n".join(lines)))


def test_a_repeated_time_is_left_out_and_counted(tmp_path: Path) -> None:
    lines = table(20).splitlines()
    lines.insert(10, lines[10])
    recording = open_recording(written(tmp_path, "\n".join(lines)))
    assert np.all(np.diff(samples(recording)[:, 0]) > 0)
    assert recording.notes == ["1 row repeated the time before and was left out."]


@pytest.mark.parametrize("clean", [True, False])
def test_time_running_backwards_names_the_line_and_both_times(tmp_path: Path, clean: bool) -> None:
    lines = table(5000).splitlines()
    if not clean:
        lines[300] = "# a comment"
    lines[3210] = "1.5" + lines[3210][lines[3210].index(",") :]
    told = refusal(written(tmp_path, "\n".join(lines)))
    assert "line 3211: time runs backwards, from 32.07 to 1.5 s; sort the rows by `t` or cut the file there" in told


def test_a_jump_of_days_is_refused(tmp_path: Path) -> None:
    told = refusal(written(tmp_path, table(10) + "99999999,1,2,3,4,5,6\n"))
    assert "line 13: time jumps from 0.09 to 99999999 s" in told


@pytest.mark.parametrize("step", [10, 10_000])
def test_time_in_milliseconds_is_told(tmp_path: Path, step: int) -> None:
    text = "t,acc_x,acc_y,acc_z\n" + "".join(f"{i * step},0,0,9.81\n" for i in range(50))
    assert f"`t` grows by {step} from row to row; it must be in seconds" in refusal(written(tmp_path, text))


def test_acceleration_that_looks_like_g_is_told(tmp_path: Path) -> None:
    text = "t,acc_x,acc_y,acc_z\n" + "".join(f"{i / 100},0,0,1\n" for i in range(50))
    recording = open_recording(written(tmp_path, text))
    list(recording.events())
    assert "write `# unit_acc: g` above the column names" in " ".join(recording.notes)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("t,acc_x,acc_y\n0,1,2\n", "line 1: column `acc_z` is missing; the columns must be `t,acc_x,acc_y,acc_z`"),
        ("time,acc_x,acc_y,acc_z\n0,1,2,3\n", "column `t` is missing; rename `time` to `t`"),
        ("t,ax,ay,az\n0,1,2,3\n", "rename `ax` to `acc_x`; rename `ay` to `acc_y`; rename `az` to `acc_z`"),
        ("T,Acc_X,Acc_Y,Acc_Z\n0,1,2,3\n", "rename `T` to `t`; rename `Acc_X` to `acc_x`"),
        ("t,acc_x,acc_y,acc_z,gyr_x,gyro_y,gyr_z\n0,1,2,3,4,5,6\n", "column `gyr_y` is missing; rename `gyro_y` to `gyr_y`"),
        ("t,acc_x,acc_y,acc_z,acc_z\n0,1,2,3,4\n", "line 1: column `acc_z` is there twice"),
        ("# place: sakrum\nt,acc_x,acc_y,acc_z\n0,1,2,3\n", "`sakrum` is not known; did you mean `sacrum`?"),
        ("# unit_acc: m/s^2\nt,acc_x,acc_y,acc_z\n0,1,2,3\n", "unit_acc `m/s^2` is not known; did you mean `m/s2`?"),
        ("# unit_gyr: dps\nt,acc_x,acc_y,acc_z\n0,1,2,3\n", "unit_gyr `dps` is not known; did you mean `deg/s`?"),
        ("# unit_acc: feet\nt,acc_x,acc_y,acc_z\n0,1,2,3\n", "unit_acc `feet` is not known; use m/s2 or g"),
        ("t;acc_x;acc_y;acc_z\n0,0;1,5;2,5;3,5\n", "separated by semicolons; save the table with commas"),
        ("t\tacc_x\tacc_y\tacc_z\n0\t1\t2\t3\n", "separated by tabs"),
        ("t,acc_x,acc_y,acc_z\n0,00,1,5,2,5,3,5\n0,01,1,5,2,5,3,5\n", "line 2: decimals are written with commas"),
        ("0,1,2,3\n0.01,1,2,3\n", "line 1: there are numbers where the column names should be"),
        ("t,acc_x,acc_y,acc_z\n", "has no usable row; it ends after the column names"),
        ("t,acc_x,acc_y,acc_z\n2024-01-01T10:00:00,1,2,3\n", "line 2: t is `2024-01-01T10:00:00`, not a number"),
        ("# only\n# comments\n", "has no line of column names"),
        ("", "is empty"),
        ("  \n\n", "is empty"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_how_to_mend_it(tmp_path: Path, text: str, expected: str) -> None:
    assert expected in refusal(written(tmp_path, text))


def test_a_misspelt_comment_key_is_told(tmp_path: Path) -> None:
    recording = open_recording(written(tmp_path, table(comments="# place: hip\n# units_acc: g\n")))
    assert recording.notes == ["The comment `# units_acc` has no effect; did you mean `# unit_acc`?"]


def test_gzip_is_unpacked_and_a_broken_archive_used_as_far_as_it_goes(tmp_path: Path) -> None:
    text = table(5000)
    packed = gzip.compress(text.encode())
    whole = read(written(tmp_path, text))
    assert np.array_equal(read(written(tmp_path, packed, "run.csv.gz")), whole)
    broken = open_recording(written(tmp_path, packed[: len(packed) // 2], "half.csv.gz"))
    found = samples(broken)
    assert 1000 < len(found) < 4000
    assert np.array_equal(found, whole[: len(found)])
    assert broken.notes[-1].startswith("The file is cut off at 0:2")
    flipped = packed[:-8] + b"\0\0\0\0" + packed[-4:]
    assert np.array_equal(read(written(tmp_path, flipped, "crc.csv.gz")), whole)


def test_blocks_too_short_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"blocks of 0 s"):
        open_recording(written(tmp_path, table(10)), block_s=0.0)


def test_blocks_of_one_sample_and_of_everything(tmp_path: Path) -> None:
    path = written(tmp_path, table(50))
    assert len(list(open_recording(path, block_s=0.001).events())) == 50
    assert len(list(open_recording(path, block_s=math.inf).events())) == 1


def test_a_gap_is_no_error(tmp_path: Path) -> None:
    lines = table(100).splitlines()
    found = read(written(tmp_path, "\n".join(lines[:30] + lines[80:])), block_s=0.1)
    assert len(found) == 28 + 22
