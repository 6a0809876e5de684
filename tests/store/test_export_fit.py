"""A FIT export: two decoders that know nothing of this program read the run that went in."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from statistics import fmean
from typing import Any

import fitdecode
import pytest
from garmin_fit_sdk import Decoder, Stream
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.events import Hush, Reading, Say
from cuecoach.fitapp import LAST, MORE
from cuecoach.runrecord import RunRecord, Second, WornSensor
from cuecoach.store.export.figures import heard_cues
from cuecoach.store.export.fit import fit_bytes
from cuecoach.store.export.fit_bytes import BASE_TYPES, Field, FitFile, checksum, cut_text, encode
from cuecoach.store.export.fit_inputs import write_batch
from tests.sensors.recordings.fit_writer import crc16
from tests.store.exported import STARTED, made, pod_run

#: Metric -> field of `record`, factor from its unit to the catalogue's, and half a step of it there.
NATIVE = {
    "speed": ("enhanced_speed", 1.0, 0.0005),
    "heart_rate": ("heart_rate", 1.0, 0.5),
    "stance_time": ("stance_time", 1.0, 0.05),
    "vertical_oscillation": ("vertical_oscillation", 1.0, 0.05),
    "vertical_ratio": ("vertical_ratio", 1.0, 0.005),
    "step_length": ("step_length", 0.001, 0.00005),
}


class Messages:
    """What a decoder found: messages by name, each a mapping from field to value."""

    def __init__(self, found: dict[str, list[dict[str, Any]]]) -> None:
        self.found = found

    def __getitem__(self, name: str) -> list[dict[str, Any]]:
        return self.found.get(name, [])

    def one(self, name: str) -> dict[str, Any]:
        (only,) = self[name]
        return only

    def column(self, field: str) -> list[Any]:
        return [record.get(field) for record in self["record"]]


def by_fitdecode(data: bytes) -> Messages:
    found: dict[str, list[dict[str, Any]]] = {}
    strict = {"check_crc": fitdecode.CrcCheck.RAISE, "error_handling": fitdecode.ErrorHandling.RAISE}
    with fitdecode.FitReader(data, **strict) as reader:
        for frame in reader:
            if isinstance(frame, fitdecode.FitDataMessage):
                found.setdefault(frame.name, []).append({f.name: f.value for f in frame.fields})
    return Messages(found)


def by_vendor(data: bytes) -> Messages:
    assert Decoder(Stream.from_byte_array(bytearray(data))).check_integrity()
    messages, problems = Decoder(Stream.from_byte_array(bytearray(data))).read()
    assert problems == []
    names = {m["field_definition_number"]: m["field_name"] for m in messages.get("field_description_mesgs", [])}
    found: dict[str, list[dict[str, Any]]] = {}
    for kind, each in messages.items():
        for message in each:
            # (This decoder shows an unknown float as NaN, where it leaves out other unknown values.)
            told = message.pop("developer_fields", {}).items()
            own = {names[n]: None if v != v else v for n, v in told}
            found.setdefault(kind.removesuffix("_mesgs"), []).append({**message, **own})
    return Messages(found)


@pytest.fixture(scope="module", params=[by_fitdecode, by_vendor])
def decoded(request: pytest.FixtureRequest) -> Messages:
    run = pod_run()
    return request.param(fit_bytes(run.record, run.inputs))


def test_every_second_is_a_record_with_the_values_it_had(decoded: Messages) -> None:
    record = pod_run().record
    assert len(decoded["record"]) == len(record.seconds)
    for metric, (field, factor, half) in NATIVE.items():
        expected = [second.values.get(metric) for second in record.seconds]
        found = decoded.column(field)
        assert [v is None for v in found] == [v is None for v in expected], metric
        for value, wanted in zip(found, expected, strict=True):
            if wanted is not None:
                assert value * factor == pytest.approx(wanted, abs=half * 1.001), metric
    strides = [
        None if whole is None else whole + rest
        for whole, rest in zip(decoded.column("cadence"), decoded.column("fractional_cadence"), strict=True)
    ]
    wanted = [second.values.get("cadence") for second in record.seconds]
    assert [None if s is None else 2 * s for s in strides] == [
        None if w is None else pytest.approx(w, abs=1 / 128 * 1.001) for w in wanted
    ]
    assert decoded["record"][3]["timestamp"] == datetime(2026, 5, 1, 7, 30, 15, tzinfo=UTC)
    assert decoded["record"][-1]["distance"] == pytest.approx(record.seconds[-1].distance, abs=0.005)


def test_what_the_profile_has_no_field_for_comes_as_developer_fields_exactly(decoded: Messages) -> None:
    seconds = pod_run().record.seconds
    for metric in ("pelvic_tilt", "pelvic_drop", "pelvic_drop_left"):
        assert decoded.column(metric) == [second.values.get(metric) for second in seconds]
    assert decoded.column("cadence_target") == [second.target for second in seconds]
    units = {m["field_name"]: m.get("units") for m in decoded["field_description"]}
    assert units["pelvic_tilt"] == "deg"
    assert units["cadence_target"] == "spm"


def test_cues_are_markers_at_their_time_and_words_of_their_second(decoded: Messages) -> None:
    cues = heard_cues(pod_run().actions)
    assert len(cues) >= 4
    markers = [event for event in decoded["event"] if event["event"] == "user_marker"]
    assert [(m["cue"], m["cue_rule"], m["cue_kind"], m["session_time"]) for m in markers] == [
        (c.say.text, c.say.rule, c.say.kind, c.at) for c in cues
    ]
    said = [(i, text) for i, text in enumerate(decoded.column("cue")) if text]
    assert said == [(math.floor(c.at), c.say.text) for c in cues]


def test_totals_are_those_of_the_records(decoded: Messages) -> None:
    record = pod_run().record
    for message in ("lap", "session"):
        total = decoded.one(message)
        assert total["sport"] == "running"
        assert total["total_elapsed_time"] == total["total_timer_time"] == record.duration_s
        assert total["total_distance"] == pytest.approx(record.seconds[-1].distance, abs=0.005)
        assert total["enhanced_avg_speed"] == pytest.approx(total["total_distance"] / record.duration_s, abs=0.001)
        for name in ("stance_time", "vertical_oscillation", "vertical_ratio", "step_length"):
            known = [v for v in decoded.column(name) if v is not None]
            assert total[f"avg_{name}"] == pytest.approx(fmean(known), abs=0.1)
        assert total["max_heart_rate"] == max(v for v in decoded.column("heart_rate") if v is not None)
        cadence = fmean(v for s in record.seconds if (v := s.values.get("cadence")) is not None)
        mean = total.get("avg_running_cadence", total.get("avg_cadence")) + total["avg_fractional_cadence"]
        assert 2 * mean == pytest.approx(cadence, abs=0.01)


def test_the_file_says_what_it_is(decoded: Messages) -> None:
    head = decoded.one("file_id")
    assert (head["type"], head["manufacturer"], head["product_name"]) == ("activity", "development", "cuecoach")
    assert head["time_created"] == STARTED.replace(microsecond=0)
    assert [(e["event"], e["event_type"]) for e in decoded["event"] if e["event"] == "timer"] == [
        ("timer", "start"),
        ("timer", "stop_all"),
    ]
    sensor = decoded["device_info"][1]
    assert (sensor["device_index"], sensor["descriptor"], sensor["sensor_place"]) == (1, "sim", "sacrum")
    assert decoded.one("activity")["num_sessions"] == 1


def test_the_vendors_decoder_expands_total_strides() -> None:
    # 171 steps a minute over 5 s: 7.125 strides.
    session = by_vendor(fit_bytes(made())).one("session")
    assert session["total_cycles"] == 7
    assert "total_calories" not in session


@pytest.mark.parametrize("read", [by_fitdecode, by_vendor])
def test_what_is_unknown_or_has_no_room_is_left_out(read: Any) -> None:
    seconds = (
        Second(0, {"heart_rate": 140.0, "power": 300.0, "pelvic_tilt": 3.0}),
        Second(1, {"heart_rate": 255.0, "power": math.nan, "speed": 3.0}),
        Second(2),
    )
    records = read(fit_bytes(_with(seconds)))
    assert records.column("heart_rate") == [140, None, None]
    assert records.column("power") == [300, None, None]
    assert records.column("enhanced_speed") == [None, 3.0, None]
    assert records.column("pelvic_tilt") == [3.0, None, None]
    assert all("distance" not in record or record["distance"] is None for record in records["record"])


def _with(seconds: tuple[Second, ...], **more: Any) -> RunRecord:
    return RunRecord(0, "ann", STARTED, 3.0, seconds=seconds, **more)


@pytest.mark.parametrize("read", [by_fitdecode, by_vendor])
def test_a_run_of_nothing_is_still_a_file(read: Any) -> None:
    found = read(fit_bytes(RunRecord(0, "ann", STARTED, 0.0)))
    assert found["record"] == []
    assert found.one("session")["total_elapsed_time"] == 0


@pytest.mark.parametrize("read", [by_fitdecode, by_vendor])
def test_words_of_one_second_are_joined_and_long_ones_cut_between_letters(read: Any) -> None:
    long = "ü" * 200
    says = (Say(1, 1.0, 1, "a", "Eins", 0.5), Say(1.5, 1.5, 2, "b", "Zwei", 0.5), Say(3, 3.25, 3, "c", long, 9))
    found = read(fit_bytes(made(actions=says)))
    assert found.column("cue") == ["Eins / Zwei", None, "ü" * 127, None, None]
    assert found.column("cue_rule") == ["a / b", None, "c", None, None]


def test_a_phrase_that_a_hush_came_before_was_never_heard() -> None:
    says = (Say(1, 1.0, 1, "a", "One", 0.5), Say(1.5, 3.5, 2, "b", "Two", 0.5), Say(4, 4.5, 3, "c", "Three", 0.5))
    assert [c.say.text for c in heard_cues((*says[:2], Hush(2, 2.0), says[2]))] == ["One", "Three"]


@pytest.mark.parametrize("read", [by_fitdecode, by_vendor])
def test_what_went_into_the_coach_does_not_show_as_records(read: Any) -> None:
    readings = [Reading(0.25 * i, "pod", {"cadence": 170.0 + i}, "foot") for i in range(20)]
    found = read(fit_bytes(made(sensors=(WornSensor("pod", "foot"), WornSensor("strap", None))), readings))
    assert len(found["record"]) == 5
    assert [d.get("sensor_place") for d in found["device_info"][1:]] == ["foot", None]


@pytest.mark.parametrize("read", [by_fitdecode, by_vendor])
@given(st.one_of(st.binary(min_size=1, max_size=600), st.integers(1, 600).map(lambda n: b"\xff" * n)))
def test_any_bytes_of_a_batch_come_through_any_decoder(read: Any, data: bytes) -> None:
    file = FitFile()
    write_batch(file, 1_000_000_000, data)
    (found,) = [messages for kind, messages in read(file.data()).found.items() if kind not in ("file_id",)]
    pieces = [bytes(next(value for key, value in row.items() if key in (0, "unknown_0"))) for row in found]
    assert b"".join(piece[1:] for piece in pieces) == data
    assert [piece[0] for piece in pieces] == [*[MORE] * (len(pieces) - 1), LAST]
    assert all(len(piece) <= 255 for piece in pieces)


def test_more_layouts_than_there_are_local_numbers() -> None:
    file = FitFile()
    for turn in range(2):
        for n in range(20):
            file.add(0xFF20, [(Field(0, "uint32"), 1000 * turn + n), (Field(1 + n, "uint8"), n)])
    rows = [list(row.values()) for row in by_fitdecode(file.data())["unknown_65312"]]
    assert rows == [[1000 * turn + n, n] for turn in range(2) for n in range(20)]


@given(
    st.sampled_from([k for k in BASE_TYPES if k not in ("string", "byte")]),
    st.one_of(st.none(), st.floats(allow_nan=True), st.integers(-(2**33), 2**33)),
)
def test_any_number_is_itself_or_unknown(kind: Any, value: float | None) -> None:
    file = FitFile()
    file.add(0xFF20, [(Field(1, kind), value)])
    (found,) = by_fitdecode(file.data())["unknown_65312"][0].values()
    if found is not None:
        assert value is not None
        assert found == (value if kind == "float64" else round(value))
    elif kind == "float64":
        assert value is None or not math.isfinite(value)
    else:
        base = BASE_TYPES[kind]
        fits = value is not None and math.isfinite(value) and abs(value) < min(base.invalid, 100)
        assert not (fits and value >= 0)


@given(st.text(), st.integers(1, 40))
def test_text_is_cut_between_letters_and_always_ends(text: str, size: int) -> None:
    data = encode(Field(0, "string", size=size), text)
    assert len(data) == size
    assert data.endswith(b"\0")
    assert text.encode().startswith(cut_text(text, size - 1))
    assert text.startswith(cut_text(text, size - 1).decode())


@given(st.binary(max_size=300))
def test_the_checksum_is_that_of_the_protocol(data: bytes) -> None:
    assert checksum(data) == crc16(data)


def test_the_same_run_gives_the_same_bytes() -> None:
    run = pod_run()
    assert fit_bytes(run.record, run.inputs) == fit_bytes(run.record, iter(run.inputs))
