"""The runner's own sensors, remembered between runs in one small YAML file that people may edit too."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from cuecoach.errors import CuecoachError, DocumentError
from cuecoach.sensors.bluetooth.protocol import Role
from cuecoach.settingsfile import read_settings, settings_path, write_settings

KnownUnit: TypeAlias = Literal["strides", "steps"]

#: Names the file in place of the usual one.
VARIABLE: Final = "CUECOACH_SENSORS"
#: How a unit is known that the runner has set: nothing that is learnt replaces it.
SET_BY_YOU: Final = "set by you"
#: Longer names are cut; a Bluetooth name has 248 bytes at most, and nobody reads so far.
_NAME_LENGTH: Final = 80

_HEADER: Final = """\
# Your sensors, as `cuecoach sensors --remember` and your runs left them. You may edit this file; comments are not kept.
# roles: which device is your foot, sacrum, torso or heart sensor.  cadence: what a device counts, strides or steps.
# phone: the last part of the address that the app on your phone sends to.
"""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RememberedSensor(_Section):
    """One device of the runner's."""

    address: str = Field(min_length=1, max_length=_NAME_LENGTH, examples=['"C0:FF:EE:00:00:01"'])
    name: str = Field(default="", max_length=_NAME_LENGTH)
    family: str = Field(default="", max_length=_NAME_LENGTH)


class Roles(_Section):
    """Which device fills which role."""

    foot: RememberedSensor | None = None
    sacrum: RememberedSensor | None = None
    torso: RememberedSensor | None = None
    heart: RememberedSensor | None = None


class CountsIn(_Section):
    """What a device's cadence counts, and how that became known."""

    unit: KnownUnit = Field(examples=["strides"])
    how: str = Field(default="", max_length=_NAME_LENGTH)


class Phone(_Section):
    """What the phone must know to be heard."""

    token: str | None = Field(default=None, min_length=4, max_length=_NAME_LENGTH, pattern=r"^[A-Za-z0-9_-]+$")


class Remembered(_Section):
    """Everything remembered; an empty file remembers nothing."""

    roles: Roles = Roles()
    cadence: Mapping[str, CountsIn] = Field(default_factory=lambda: dict[str, CountsIn]())
    phone: Phone = Phone()

    def device(self, role: Role) -> RememberedSensor | None:
        """Return the device of a role, None when none is remembered."""
        found: RememberedSensor | None = getattr(self.roles, role)
        return found

    def devices(self) -> dict[Role, RememberedSensor]:
        """Return the remembered devices by role."""
        roles: tuple[Role, ...] = ("foot", "sacrum", "torso", "heart")
        return {role: device for role in roles if (device := self.device(role)) is not None}

    def role_of(self, name_or_address: str) -> Role | None:
        """Return the role of a remembered device, by its name or address, however it is spelt."""
        wanted = name_or_address.casefold()
        for role, device in self.devices().items():
            if wanted in (device.address.casefold(), device.name.casefold()):
                return role
        return None

    def counts_in(self, address: str) -> CountsIn | None:
        """Return what is known of a device's cadence."""
        wanted = address.casefold()
        return next((known for key, known in self.cadence.items() if key.casefold() == wanted), None)

    def with_device(self, role: Role, device: RememberedSensor | None) -> Remembered:
        """Return the same with another device for a role, or none."""
        return self.model_copy(update={"roles": self.roles.model_copy(update={role: device})})

    def with_unit(self, address: str, known: CountsIn | None) -> Remembered:
        """Return the same with another unit of cadence for a device, or none."""
        kept = {key: value for key, value in self.cadence.items() if key.casefold() != address.casefold()}
        return self.model_copy(update={"cadence": kept if known is None else {**kept, address: known}})

    def with_token(self, token: str) -> Remembered:
        """Return the same with another token for the phone."""
        return self.model_copy(update={"phone": Phone(token=token)})


class SensorsFile:
    """The file of remembered sensors.

    Parameters
    ----------
    path
        Where it is; by default what ``CUECOACH_SENSORS`` names, or ``sensors.yaml`` in the user's folder of settings.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = usual_path() if path is None else path

    def read(self) -> Remembered:
        """Return what is remembered; nothing when there is no file yet.

        Raises
        ------
        DocumentError
            The file has mistakes, each with its line and column.
        UsageError
            The file cannot be read.
        """
        return read_settings(self.path, Remembered)

    def change(self, how: Callable[[Remembered], Remembered]) -> Remembered:
        """Read, change, and write if that made a difference; a file with mistakes is left as it is.

        Raises
        ------
        DocumentError
            The file has mistakes.
        UsageError
            The file cannot be read or written.
        """
        before = self.read()
        after = how(before)
        if after != before:
            write_settings(self.path, as_text(after), VARIABLE)
        return after


def usual_path() -> Path:
    """Return where the file of remembered sensors is."""
    return settings_path("sensors.yaml", VARIABLE)


def recall(file: SensorsFile) -> tuple[Remembered, str]:
    """Return what is remembered, and what is wrong with the file: that must never stop a run.

    Returns
    -------
    remembered, problem
        `problem` is one sentence, empty when all is well.
    """
    try:
        return file.read(), ""
    except DocumentError as error:
        from cuecoach.diagnostics import one_line

        return Remembered(), f"nothing is remembered of your sensors: {one_line(error.diagnostics)}"
    except CuecoachError as error:
        return Remembered(), f"nothing is remembered of your sensors: {error}"


def printable(text: str) -> str:
    """Return text on one line without signs that steer a terminal; devices may call themselves anything."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def tidy(name: str) -> str:
    """Return a device's name as it can be shown and written: printable, on one line, not endless."""
    return printable(name)[:_NAME_LENGTH].rstrip()


def as_text(remembered: Remembered) -> str:
    """Return the file's text."""
    lines = [_HEADER.rstrip("\n")]
    if devices := remembered.devices():
        lines.append("roles:")
        lines += [f"  {role}: {_block(device)}" for role, device in devices.items()]
    if remembered.cadence:
        lines.append("cadence:")
        lines += [f"  {_quoted(address)}: {_block(known)}" for address, known in remembered.cadence.items()]
    if remembered.phone.token is not None:
        lines.append(f"phone: {_block(remembered.phone)}")
    return "\n".join(lines) + "\n"


def _block(section: BaseModel) -> str:
    return "{" + ", ".join(f"{key}: {_quoted(value)}" for key, value in section if value) + "}"


def _quoted(text: str) -> str:
    # What JSON says in double quotes YAML says so too, once nothing unprintable is left (YAML 1.2.2, 1.3).
    return json.dumps(tidy(text), ensure_ascii=False)
