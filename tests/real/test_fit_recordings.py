"""Public FIT activities against the counts and means of two independent decoders."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from statistics import fmean

import pytest

from cuecoach.errors import RecordingError
from cuecoach.events import Reading, SensorState
from cuecoach.sensors.recordings.fit_file import read_fit
from cuecoach.sensors.recordings.recording import open_recording

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "fit_runs"
NAMES = sorted(path.name for path in DATA.glob("*.fit")) if DATA.is_dir() else []

pytestmark = [pytest.mark.real, pytest.mark.skipif(not NAMES, reason="the recordings are not here")]

DECODED = (
    "cadence",
    "fractional_cadence",
    "vertical_oscillation",
    "stance_time",
    "stance_time_balance",
    "vertical_ratio",
    "step_length",
    "power",
    "enhanced_speed",
    "heart_rate",
)


@pytest.fixture(scope="module")
def expected() -> dict[str, dict[str, dict[str, dict[str, float]]]]:
    return json.loads((DATA / "expected_decode.json").read_text())


@pytest.mark.parametrize("name", NAMES)
def test_every_field_agrees_with_two_other_decoders(name: str, expected: dict[str, dict]) -> None:
    content = read_fit((DATA / name).read_bytes())
    assert (content.cut_off, content.damaged, content.file_type) == (False, "", "activity")
    assert len(content.records) == expected[name]["records_fitdecode"]
    found: dict[str, list[float]] = defaultdict(list)
    for record in content.records:
        for field, value in record.values.items():
            found[field].append(value)
    for field in DECODED:
        truth = expected[name]["fields"].get(field)
        if truth is None:
            assert not found[field]
            continue
        assert len(found[field]) == truth["n"]
        assert fmean(found[field]) == pytest.approx(truth["mean"], abs=6e-4)
        assert (min(found[field]), max(found[field])) == pytest.approx((truth["min"], truth["max"]))


def values(name: str) -> dict[str, list[float]]:
    found: dict[str, list[float]] = defaultdict(list)
    for event in open_recording(DATA / name).events():
        if isinstance(event, Reading):
            for metric, value in event.values.items():
                found[metric].append(value)
    return found


@pytest.mark.parametrize("name", [name for name in NAMES if "header" not in name])
def test_readings_keep_every_plausible_value(name: str, expected: dict[str, dict]) -> None:
    found = values(name)
    fields = expected[name]["fields"]
    assert len(found["speed"]) == fields["enhanced_speed"]["n"]
    assert fmean(found["speed"]) == pytest.approx(fields["enhanced_speed"]["mean"], abs=6e-4)
    assert len(found["heart_rate"]) == fields["heart_rate"]["n"]
    # Zeros are not cadence: they count in the reference's mean, not in ours.
    strides = fields["cadence"]["mean"] + fields.get("fractional_cadence", {"mean": 0.0})["mean"]
    assert sum(found["cadence"]) / fields["cadence"]["n"] / 2 == pytest.approx(strides, rel=0.005)


@pytest.mark.parametrize(
    ("name", "strides"),
    [("activity-small-fenix2-run.fit", 81), ("sample_mulitple_header.fit", 83), ("developer-types-sample.fit", 74)],
)
def test_the_mean_cadence_is_that_of_the_watch_itself(name: str, strides: int) -> None:
    assert fmean(values(name)["cadence"]) / 2 == pytest.approx(strides, abs=1.0)


def test_only_the_run_of_a_triathlon_is_coached() -> None:
    recording = open_recording(DATA / "sample_mulitple_header.fit")
    events = list(recording.events())
    assert not [event for event in events if isinstance(event, SensorState)]
    assert recording.duration_s == pytest.approx(2850.7, abs=1.0)
    assert len(events) == 518
    assert fmean(values("sample_mulitple_header.fit")["stance_time"]) == pytest.approx(252.0, abs=0.5)
    told = " ".join(recording.notes)
    assert "cycling (854 records)" in told
    assert "1:50:40 into the file" in told


def test_a_walk_is_used_and_said_to_be_one() -> None:
    assert "only walking" in " ".join(open_recording(DATA / "garmin-fenix-5-walk.fit").notes)


@pytest.mark.parametrize("name", NAMES)
def test_half_a_file_gives_the_first_half(name: str, tmp_path: Path) -> None:
    if "header" in name:
        pytest.skip("its first half is a swim and a ride")
    data = (DATA / name).read_bytes()
    path = tmp_path / name
    path.write_bytes(data[: len(data) // 2])
    part, whole = open_recording(path), open_recording(DATA / name)
    events = list(part.events())
    assert 0 < len(events) < len(list(whole.events()))
    assert [event.t for event in events] == [event.t for event in whole.events()][: len(events)]
    assert any(note.startswith("The file is cut off at ") for note in part.notes)


def test_half_a_triathlon_has_no_run_to_coach(tmp_path: Path) -> None:
    data = (DATA / "sample_mulitple_header.fit").read_bytes()
    path = tmp_path / "half.fit"
    path.write_bytes(data[: len(data) // 4])
    with pytest.raises(RecordingError, match=r"has no running"):
        open_recording(path)
