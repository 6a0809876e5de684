"""TCX, CSV, Parquet and JSON lines hold the run that went in; and a file is written whole, or not at all."""

from __future__ import annotations

import builtins
import csv
import io
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from cuecoach import fitapp, wholefile
from cuecoach.errors import StoreError, UsageError
from cuecoach.events import Decision, Reading, Response, Say
from cuecoach.metrics import METRICS
from cuecoach.runrecord import RunRecord, Second, WornSensor
from cuecoach.sensors.recordings.recording import open_recording
from cuecoach.store.export import fit_profile, formats
from cuecoach.store.export.csv_file import cues_csv, seconds_csv
from cuecoach.store.export.formats import FORMATS, check_target, export
from cuecoach.store.export.json_lines import json_lines
from cuecoach.store.export.parquet import parquet_bytes
from cuecoach.store.export.table import cues_table
from cuecoach.store.export.tcx import tcx_bytes
from tests.store.exported import STARTED, made, pod_run

TCX = "{http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2}"
EXTENSION = "{http://www.garmin.com/xmlschemas/ActivityExtension/v2}"
#: The order that the schemas ask for.
ORDER = {
    "Activity": ["Id", "Lap", "Notes", "Training", "Creator", "Extensions"],
    "Lap": [
        "TotalTimeSeconds",
        "DistanceMeters",
        "MaximumSpeed",
        "Calories",
        "AverageHeartRateBpm",
        "MaximumHeartRateBpm",
        "Intensity",
        "Cadence",
        "TriggerMethod",
        "Track",
        "Notes",
        "Extensions",
    ],
    "Trackpoint": [
        "Time",
        "Position",
        "AltitudeMeters",
        "DistanceMeters",
        "HeartRateBpm",
        "Cadence",
        "SensorState",
        "Extensions",
    ],
    "TPX": ["Speed", "RunCadence", "Watts"],
    "LX": ["AvgSpeed", "MaxBikeCadence", "AvgRunCadence", "MaxRunCadence", "Steps", "AvgWatts", "MaxWatts"],
    "Creator": ["Name", "UnitId", "ProductID", "Version"],
}
REQUIRED = {
    "Activity": {"Id", "Lap"},
    "Lap": {"TotalTimeSeconds", "DistanceMeters", "Calories", "Intensity", "TriggerMethod"},
    "Trackpoint": {"Time"},
}


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def local(element: ET.Element) -> str:
    return element.tag.partition("}")[2]


# ------------------------------------------------------------ TCX
@pytest.mark.parametrize("record", [pod_run().record, made(), RunRecord(0, "a", STARTED, 0)])
def test_tcx_has_the_elements_of_the_schema_in_its_order(record: RunRecord) -> None:
    root = ET.fromstring(tcx_bytes(record))
    assert root.tag == f"{TCX}TrainingCenterDatabase"
    for element in root.iter():
        children = [local(child) for child in element]
        order = ORDER.get(local(element))
        if order is not None:
            assert children == sorted(children, key=order.index)
            assert len(set(children)) == len(children)
            assert REQUIRED.get(local(element), set()) <= set(children)
        elif len(element) == 0:
            assert element.text


def test_tcx_has_strides_speed_and_power_of_each_second() -> None:
    root = ET.fromstring(tcx_bytes(made()))
    points = list(root.iter(f"{TCX}Trackpoint"))
    assert [p.findtext(f"{TCX}Time") for p in points][:2] == ["2026-05-01T07:30:13Z", "2026-05-01T07:30:14Z"]
    tpx = points[0].find(f".//{EXTENSION}TPX")
    assert tpx is not None
    assert [c.text for c in tpx] == ["3.125", "86", "260"]
    assert points[0].findtext(f"{TCX}HeartRateBpm/{TCX}Value") == "151"
    assert points[4].findtext(f"{TCX}DistanceMeters") == "15.62"
    assert root.findtext(f".//{TCX}Notes") == "0:02 Lauf groß, „leicht“"
    assert root.find(f".//{TCX}Position") is None


def test_tcx_leaves_out_what_it_cannot_hold() -> None:
    odd = (Second(0, {"cadence": math.nan, "heart_rate": 0.0, "speed": math.inf}), Second(1, {"heart_rate": 999.0}))
    say = Say(0, 0, 1, "a", "bell \x07 <&>", 1)
    data = tcx_bytes(RunRecord(0, "ann", STARTED, 2.0, seconds=odd, actions=(say,)))
    root = ET.fromstring(data)
    assert [local(e) for p in root.iter(f"{TCX}Trackpoint") for e in p] == ["Time", "Time"]
    assert root.findtext(f".//{TCX}Notes") == "0:00 bell  <&>"


# ------------------------------------------------------------ tables
def test_csv_has_a_row_a_second_and_the_cue_in_its_row() -> None:
    found = rows(seconds_csv(made()))
    assert len(found) == 5
    assert found[1]["t"] == "2"
    assert found[1]["time"] == "2026-05-01T07:30:14.500+00:00"
    assert (found[1]["cadence"], found[1]["pelvic_tilt"], found[1]["cadence_target"]) == ("171", "4.25", "174")
    assert [row["cue"] for row in found] == ["", "Lauf groß, „leicht“", "", "", ""]
    assert found[1]["cue_rule"] == "run-tall"


def test_csv_leaves_unknown_cells_empty_and_has_columns_of_known_metrics_only() -> None:
    record = made(seconds=2, actions=())
    record = RunRecord(
        0, "a", STARTED, 2, seconds=(*record.seconds, Second(3, {"grade": math.nan}, normal={"grade": 1.0}))
    )
    found = rows(seconds_csv(record))
    assert set(found[0]) & set(METRICS) == {"cadence", "speed", "heart_rate", "power", "pelvic_tilt", "grade"}
    assert found[0]["grade_normal"] == ""
    assert (found[2]["grade"], found[2]["grade_normal"], found[2]["cadence"]) == ("", "1", "")


def test_a_csv_of_seconds_is_a_recording_that_can_be_replayed(tmp_path: Path) -> None:
    record = pod_run().record
    path = tmp_path / "run.csv"
    path.write_bytes(seconds_csv(record))
    recording = open_recording(path)
    got = [event for event in recording.events() if isinstance(event, Reading)]
    known = [second for second in record.seconds if second.values]
    assert len(got) == len(known)
    assert got[100].values == pytest.approx(dict(known[100].values), abs=1e-6)


def test_the_table_of_cues_tells_why_and_what_followed() -> None:
    run = made(
        actions=(
            Decision(2.25, "run-tall", "spoken", "tilt 8 deg above 7"),
            Say(2.25, 2.4, 1, "run-tall", "Run tall", 0.8),
            Response(4.0, 2.45, "run-tall", "Run tall", "pelvic_tilt", 8.0, 4.0, 1.0, 0.2, helped=True),
            Say(4.5, 4.5, 2, "run-tall", "Good", 0.8, "praise"),
        )
    )
    first, second = rows(cues_csv(run))
    assert first["why"] == "tilt 8 deg above 7"
    assert (first["metric"], first["before"], first["after"], first["helped"]) == ("pelvic_tilt", "8", "4", "yes")
    assert (second["kind"], second["metric"], second["helped"]) == ("praise", "", "")


def test_parquet_has_the_columns_of_the_csv_with_types() -> None:
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = parquet.read_table(arrow.BufferReader(parquet_bytes(pod_run().record)))
    texts = rows(seconds_csv(pod_run().record))
    assert table.column_names == list(texts[0])
    assert table.num_rows == len(texts)
    assert str(table.schema.field("pelvic_tilt").type) == "double"
    assert table.column("pelvic_tilt").to_pylist() == [s.values.get("pelvic_tilt") for s in pod_run().record.seconds]
    cues = json.loads(table.schema.metadata[b"cuecoach.cues"])
    assert [cue["text"] for cue in cues] == [row["text"] for row in rows(cues_csv(pod_run().record))]
    assert json.loads(table.schema.metadata[b"cuecoach.run"])["number"] == 7


def test_without_pyarrow_parquet_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    whole = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return whole(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(StoreError, match=r"cuecoach\[parquet\]"):
        export(made(), tmp_path / "run.parquet")
    assert list(tmp_path.iterdir()) == []


def test_json_lines_hold_every_second_and_action_in_order_of_time() -> None:
    run = pod_run()
    head, *lines = [json.loads(line) for line in json_lines(run.record).decode().splitlines()]
    assert (head["line"], head["number"], head["sensors"][0]["place"]) == ("run", 7, "sacrum")
    assert [line["t"] for line in lines] == sorted(line["t"] for line in lines)
    seconds = [line for line in lines if line["line"] == "second"]
    assert [s["values"] for s in seconds] == [dict(s.values) for s in run.record.seconds]
    assert len(lines) - len(seconds) == len(run.actions)
    assert [x["text"] for x in lines if x["line"] == "say"] == [a.text for a in run.actions if isinstance(a, Say)]


def test_json_lines_write_no_number_that_json_has_not() -> None:
    odd = (Second(0, {"speed": math.nan, "cadence": math.inf}),)
    line = json.loads(json_lines(RunRecord(0, "a", STARTED, 1, seconds=odd)).decode().splitlines()[1])
    assert line["values"] == {"speed": None, "cadence": None}


# ------------------------------------------------------------ files
@pytest.mark.parametrize("suffix", list(FORMATS))
def test_every_format_writes_its_files_and_no_other(tmp_path: Path, suffix: str) -> None:
    if suffix == ".parquet":
        pytest.importorskip("pyarrow")
    written = export(made(), tmp_path / f"new/run{suffix.upper() if suffix == '.fit' else suffix}")
    assert sorted(written) == sorted((tmp_path / "new").iterdir())
    assert all(path.stat().st_size > 50 for path in written)


def test_what_went_into_the_coach_goes_into_the_fit_file(tmp_path: Path) -> None:
    said = [Reading(1.0, "pod", {"cadence": 170.0}, "foot")]
    (path,) = export(made(sensors=(WornSensor("pod", "foot"),)), tmp_path / "run.fit", inputs=said)
    assert said[0] in list(open_recording(path).events())


@pytest.mark.parametrize("there", ["run.csv", "run.cues.csv"])
def test_a_file_that_is_there_is_replaced_only_by_force(tmp_path: Path, there: str) -> None:
    (tmp_path / there).write_text("mine")
    with pytest.raises(UsageError, match=f"{there}` is there already.*--force"):
        export(made(), tmp_path / "run.csv")
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [(there, "mine")]
    export(made(), tmp_path / "run.csv", force=True)
    assert (tmp_path / there).read_text() != "mine"


@pytest.mark.parametrize("name", ["run", "run.gpx", ".fit"])
def test_an_unknown_ending_names_the_known_ones(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=r"use one of \.fit, \.tcx, \.csv, \.parquet, \.jsonl"):
        export(made(), tmp_path / name)


def test_what_would_be_refused_can_be_asked_before(tmp_path: Path) -> None:
    check_target(tmp_path / "run.csv")
    (tmp_path / "run.cues.csv").write_text("mine")
    with pytest.raises(UsageError, match="is there already"):
        check_target(tmp_path / "run.csv")
    check_target(tmp_path / "run.csv", force=True)
    with pytest.raises(UsageError, match="use one of"):
        check_target(tmp_path / "run.doc", force=True)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "run.fit").mkdir()
    with pytest.raises(UsageError, match="is a folder"):
        export(made(), tmp_path / "run.fit", force=True)


def test_of_two_files_none_is_left_when_the_second_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, data: str | bytes) -> None:
        if path.name == "run.csv":
            raise OSError(28, "No space left on device")
        wholefile.write_whole(path, data)

    monkeypatch.setattr(formats, "write_whole", full)
    with pytest.raises(StoreError, match=r"run\.csv` could not be written \(No space left on device\)"):
        export(made(), tmp_path / "run.csv")
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file" / "run.fit", tmp_path / f"{'x' * 300}.fit"):
        with pytest.raises(StoreError, match="could not be written"):
            export(made(), path)


def test_the_formats_are_described() -> None:
    described: Mapping[str, formats.Format] = FORMATS
    assert all(suffix == f.suffix and f.suffix in f.files and len(f.title) > 10 for suffix, f in described.items())


def test_the_page_names_every_format_and_field() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "export.md").read_text()
    known = {value for name, value in vars(fitapp).items() if name.endswith("_FIELD")}
    assert [suffix for suffix in FORMATS if f"| `{suffix}` |" not in page] == []
    assert [name for name in known if f"`{name}`" not in page] == []
    assert [name for name in fit_profile.RECORD_FIELDS if f"`{METRICS[name].fit_field or name}`" not in page] == []
    assert [name for name in cues_table(made()) if f"`{name}`" not in page] == []
