"""Field and message numbers of the public FIT profile, as far as an export uses them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cuecoach.store.export.fit_bytes import Field

FILE_ID: Final = 0
SESSION: Final = 18
LAP: Final = 19
RECORD: Final = 20
EVENT: Final = 21
DEVICE_INFO: Final = 23
ACTIVITY: Final = 34
FILE_CREATOR: Final = 49
FIELD_DESCRIPTION: Final = 206
DEVELOPER_DATA_ID: Final = 207

#: Values of enumerations: file type, manufacturer of those without a number, sport, events, laps.
ACTIVITY_FILE: Final = 4
DEVELOPMENT: Final = 255
RUNNING: Final = 1
EVENT_TIMER, EVENT_SESSION, EVENT_LAP, EVENT_ACTIVITY, EVENT_MARKER = 0, 8, 9, 26, 32
START, STOP, MARKER, STOP_ALL = 0, 1, 3, 4
SESSION_END: Final = 7
#: Where a sensor is worn, as far as the profile has a word for it.
WAIST_MID_BACK: Final = 36

TIMESTAMP: Final = Field(253, "uint32")
MESSAGE_INDEX: Final = Field(254, "uint16")
DISTANCE: Final = Field(5, "uint32", 100)
#: Strides a minute, whole and the rest.
CADENCE: Final = Field(4, "uint8")
FRACTIONAL_CADENCE: Final = Field(53, "uint8", 128)

#: Metric -> field of `record`. The scale goes from the catalogue's unit; step length is in m here and in 0.1 mm there.
RECORD_FIELDS: Final[Mapping[str, Field]] = {
    "speed": Field(73, "uint32", 1000),
    "step_length": Field(85, "uint16", 10_000),
    "stance_time": Field(41, "uint16", 10),
    "stance_time_balance": Field(84, "uint16", 100),
    "vertical_oscillation": Field(39, "uint16", 10),
    "vertical_ratio": Field(83, "uint16", 100),
    "heart_rate": Field(3, "uint8"),
    "power": Field(7, "uint16"),
    "grade": Field(9, "sint16", 100),
}

#: Means and largest values: metric -> field in `session` and in `lap`.
MEANS: Final[Mapping[str, tuple[Field, Field]]] = {
    "heart_rate": (Field(16, "uint8"), Field(15, "uint8")),
    "power": (Field(20, "uint16"), Field(19, "uint16")),
    "vertical_oscillation": (Field(89, "uint16", 10), Field(77, "uint16", 10)),
    "stance_time": (Field(91, "uint16", 10), Field(79, "uint16", 10)),
    "vertical_ratio": (Field(132, "uint16", 100), Field(118, "uint16", 100)),
    "stance_time_balance": (Field(133, "uint16", 100), Field(119, "uint16", 100)),
    "step_length": (Field(134, "uint16", 10_000), Field(120, "uint16", 10_000)),
    "grade": (Field(52, "sint16", 100), Field(45, "sint16", 100)),
}
LARGEST: Final[Mapping[str, tuple[Field, Field]]] = {
    "heart_rate": (Field(17, "uint8"), Field(16, "uint8")),
    "power": (Field(21, "uint16"), Field(20, "uint16")),
    "speed": (Field(125, "uint32", 1000), Field(111, "uint32", 1000)),
}
MEAN_SPEED: Final = (Field(124, "uint32", 1000), Field(110, "uint32", 1000))
#: Strides a minute, whole and the rest, of `session` and of `lap`.
MEAN_CADENCE: Final = ((Field(18, "uint8"), Field(92, "uint8", 128)), (Field(17, "uint8"), Field(80, "uint8", 128)))
MOST_CADENCE: Final = ((Field(19, "uint8"), Field(93, "uint8", 128)), (Field(18, "uint8"), Field(81, "uint8", 128)))
#: Total strides of `session` and of `lap`.
STRIDES: Final = (Field(10, "uint32"), Field(10, "uint32"))
