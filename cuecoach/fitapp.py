"""What cuecoach adds to FIT files, known to the writer and to the reader alike: its application id, messages and fields."""

from __future__ import annotations

from typing import Final

#: Seconds from the Unix epoch to FIT's (1989-12-31 00:00 UTC), FIT protocol description.
FIT_EPOCH: Final = 631_065_600

#: Marks the developer fields of this program; drawn once by chance.
APPLICATION_ID: Final = bytes.fromhex("5d1f0c3a9b7e4e62a1c84f27d06b93e5")
#: The form of what is added; another number when an older program could misread it.
APPLICATION_VERSION: Final = 1

#: Messages of our own, in the range that FIT leaves to makers: a reading as a sensor gave it, and a state of a sensor.
READING_MESSAGE: Final = 0xFF10
STATE_MESSAGE: Final = 0xFF11

#: Developer fields beside those named as metrics: when, s since the session began; which sensor, counted from 1.
TIME_FIELD: Final = "session_time"
SENSOR_FIELD: Final = "sensor"
#: Of a sensor: its name in the run and where it is worn.
SOURCE_FIELD: Final = "sensor_source"
PLACE_FIELD: Final = "sensor_place"
#: Of a state of a sensor.
STATE_FIELD: Final = "sensor_state"
STATE_TEXT_FIELD: Final = "sensor_state_text"
#: Of a cue: its words, the rule, and `cue`, `praise` or `notice`.
CUE_FIELD: Final = "cue"
RULE_FIELD: Final = "cue_rule"
KIND_FIELD: Final = "cue_kind"
#: Of a second: the cadence asked for and the tempo of the beat, spm.
TARGET_FIELD: Final = "cadence_target"
BEAT_FIELD: Final = "beat"
