"""What cuecoach adds to FIT files, known to the writer and to the reader alike: its application id, messages and fields."""

from __future__ import annotations

from typing import Final

#: Seconds from the Unix epoch to FIT's (1989-12-31 00:00 UTC), FIT protocol description.
FIT_EPOCH: Final = 631_065_600

#: Marks the developer fields of this program; drawn once by chance.
APPLICATION_ID: Final = bytes.fromhex("5d1f0c3a9b7e4e62a1c84f27d06b93e5")
#: The form of what is added; another number when an older program could misread it.
APPLICATION_VERSION: Final = 1

#: Messages of our own, in the range that FIT leaves to makers. A piece of a packed batch of what went into the coach: its
#: field 0 begins with :data:`MORE` or :data:`LAST`, so that it is never all ones, which in FIT means "unknown".
INPUTS_MESSAGE: Final = 0xFF10
#: A phrase that the coach asked for: its number in field 0, when it was to begin in field 1, s since the session began.
PHRASE_MESSAGE: Final = 0xFF11
#: Whether more of the batch follows.
MORE, LAST = 0, 1
#: Bytes of a batch in a piece: a field of FIT holds 255.
PIECE_BYTES: Final = 254

#: Developer fields beside those named as metrics: when, s since the session began.
TIME_FIELD: Final = "session_time"
#: Of a sensor: its name in the run and where it is worn.
SOURCE_FIELD: Final = "sensor_source"
PLACE_FIELD: Final = "sensor_place"
#: Of a cue: its words, the rule, and `cue`, `praise` or `notice`.
CUE_FIELD: Final = "cue"
RULE_FIELD: Final = "cue_rule"
KIND_FIELD: Final = "cue_kind"
#: Of a second: the cadence asked for and the tempo of the beat, spm.
TARGET_FIELD: Final = "cadence_target"
BEAT_FIELD: Final = "beat"
