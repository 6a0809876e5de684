"""A run as TCX (Garmin Training Center, version 2) with the activity extension for speed, strides a minute and power."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime
from xml.etree import ElementTree as ET

from cuecoach.runrecord import RunRecord, Second
from cuecoach.store.export.figures import (
    distance_of,
    heard_cues,
    mean_of,
    mean_speed,
    most_of,
    utc_of,
)
from cuecoach.units import clock

_TCX = "http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"
_EXTENSION = "http://www.garmin.com/xmlschemas/ActivityExtension/v2"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
#: The schema's largest cadence and heart rate.
_MOST_CADENCE, _MOST_HEART_RATE = 254, 255


def tcx_bytes(record: RunRecord) -> bytes:
    """Return the run as TCX; cues are listed in its notes."""
    root = ET.Element("TrainingCenterDatabase", {"xmlns": _TCX, "xmlns:xsi": _XSI})
    activity = _add(_add(root, "Activities"), "Activity", Sport="Running")
    _add(activity, "Id", _stamp(utc_of(record, 0)))
    _lap(activity, record)
    notes = "\n".join(_clean(f"{clock(cue.at)} {cue.say.text}") for cue in heard_cues(record.actions))
    if notes:
        _add(activity, "Notes", notes)
    creator = _add(activity, "Creator", **{"xsi:type": "Device_t"})
    _add(creator, "Name", "cuecoach")
    _add(creator, "UnitId", "0")
    _add(creator, "ProductID", "0")
    number = _add(creator, "Version")
    _add(number, "VersionMajor", "1")
    _add(number, "VersionMinor", "0")
    ET.indent(root, " ")
    return ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _lap(activity: ET.Element, record: RunRecord) -> None:
    lap = _add(activity, "Lap", StartTime=_stamp(utc_of(record, 0)))
    _add(lap, "TotalTimeSeconds", f"{record.duration_s:.3f}")
    _add(lap, "DistanceMeters", f"{distance_of(record) or 0.0:.2f}")
    _number(lap, "MaximumSpeed", most_of(record, "speed"), 3)
    # The schema wants calories; this program does not guess them.
    _add(lap, "Calories", "0")
    _heart_rate(lap, "AverageHeartRateBpm", mean_of(record, "heart_rate"))
    _heart_rate(lap, "MaximumHeartRateBpm", most_of(record, "heart_rate"))
    _add(lap, "Intensity", "Active")
    _add(lap, "TriggerMethod", "Manual")
    if record.seconds:
        points = _add(lap, "Track")
        for second in record.seconds:
            _point(points, record, second)
    totals = [
        ("AvgSpeed", _text(mean_speed(record), 3)),
        ("AvgRunCadence", _strides(mean_of(record, "cadence"))),
        ("MaxRunCadence", _strides(most_of(record, "cadence"))),
        ("AvgWatts", _text(mean_of(record, "power"), 0)),
        ("MaxWatts", _text(most_of(record, "power"), 0)),
    ]
    _extension(lap, "LX", totals)


def _point(points: ET.Element, record: RunRecord, second: Second) -> None:
    point = _add(points, "Trackpoint")
    _add(point, "Time", _stamp(utc_of(record, second.t)))
    _number(point, "DistanceMeters", second.distance, 2)
    _heart_rate(point, "HeartRateBpm", second.values.get("heart_rate"))
    values = [
        ("Speed", _text(second.values.get("speed"), 3)),
        ("RunCadence", _strides(second.values.get("cadence"))),
        ("Watts", _text(second.values.get("power"), 0)),
    ]
    _extension(point, "TPX", values)


def _add(parent: ET.Element, tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, tag, attributes)
    element.text = text
    return element


def _number(parent: ET.Element, tag: str, value: float | None, digits: int) -> None:
    text = _text(value, digits)
    if text is not None:
        _add(parent, tag, text)


def _heart_rate(parent: ET.Element, tag: str, value: float | None) -> None:
    if value is not None and 1 <= round(value) <= _MOST_HEART_RATE:
        _add(_add(parent, tag), "Value", str(round(value)))


def _extension(parent: ET.Element, name: str, values: Iterable[tuple[str, str | None]]) -> None:
    """Add the extension with what is known; none when nothing is."""
    known = [(tag, text) for tag, text in values if text is not None]
    if known:
        extension = _add(_add(parent, "Extensions"), name, xmlns=_EXTENSION)
        for tag, text in known:
            _add(extension, tag, text)


def _strides(cadence: float | None) -> str | None:
    """Return steps a minute as whole strides a minute, as TCX has them."""
    if cadence is None or not math.isfinite(cadence) or cadence < 0:
        return None
    strides = round(cadence / 2.0)
    return str(strides) if strides <= _MOST_CADENCE else None


def _text(value: float | None, digits: int) -> str | None:
    return None if value is None or not math.isfinite(value) else f"{value:.{digits}f}"


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _clean(text: str) -> str:
    """Leave out the control characters that XML cannot hold."""
    return "".join(letter for letter in text if letter >= " ")
