"""What a cadence counts, as an option of commands."""

from enum import StrEnum


class CadenceUnit(StrEnum):
    """What a cadence counts: `strides` of one foot or `steps` of both; `auto` decides from the values."""

    auto = "auto"
    strides = "strides"
    steps = "steps"
