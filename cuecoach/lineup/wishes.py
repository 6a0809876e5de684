"""How a runner names a sensor: ``[ROLE=]WHAT``, on the command line and in configs. Reading only; nothing is opened."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

from cuecoach.errors import UsageError
from cuecoach.sensors.bluetooth.protocol import Role
from cuecoach.yamldoc.validate import closest

ROLES: Final[tuple[Role, ...]] = get_args(Role)
SIMULATED: Final = "sim"
#: Shown wherever a wish cannot be understood.
EXAMPLES: Final = "`foot=Stryd`, `heart`, `sim:demo` or `sim:demo,imu`"

#: ``sim`` a simulated runner, ``source`` another kind of sensor, ``device`` a Bluetooth device by name or address.
WishKind: TypeAlias = Literal["auto", "off", "sim", "source", "device"]

# A Bluetooth address as Linux and Windows write it, or the identifier that macOS gives a device.
_ADDRESS = re.compile(r"(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wish:
    """One sensor that is asked for.

    Attributes
    ----------
    text
        As it was written.
    kind, what
        What kind of sensor, and which: a device's name or address, a story, or what follows the colon.
    role
        What it is to be, None when that was not said.
    family
        The word before the colon, for a `source`.
    """

    text: str
    kind: WishKind
    what: str = ""
    role: Role | None = None
    family: str = ""


def is_address(text: str) -> bool:
    """Whether this is a device's address, as some system writes it."""
    return _ADDRESS.fullmatch(text) is not None


def known_role(text: str) -> Role | None:
    """Return the role of that name, None when there is none."""
    for role in ROLES:
        if text == role:
            return role
    return None


def read_role(text: str) -> Role:
    """Return a role.

    Raises
    ------
    UsageError
        There is none of that name; with the one that was probably meant.
    """
    role = known_role(text)
    if role is not None:
        return role
    meant = closest(text, ROLES)
    mend = f"did you mean `{meant}`?" if meant else f"use one of {', '.join(ROLES)}"
    raise UsageError(f"`{text}` is not a role of a sensor; {mend}")


def read_wish(text: str, families: Collection[str], *, role: Role | None = None) -> Wish:
    """Read one wish.

    Parameters
    ----------
    text
        As written: ``[ROLE=]WHAT``; with `role` given, only ``WHAT``.
    families
        Words that other kinds of sensors have before their colon.
    role
        The role, where it is already known (the keys of a config).

    Raises
    ------
    UsageError
        It cannot be understood; one sentence, with what was probably meant.
    """
    what = text.strip()
    before, sign, after = what.partition("=")
    if role is None and sign:
        role, what = read_role(before.strip()), after.strip()
    elif role is None and (alone := known_role(what)) is not None:
        role, what = alone, "auto"
    if not what:
        raise UsageError(f"`{text}` names no sensor; write for example {EXAMPLES}")
    if what == "auto":
        return Wish(text, "auto", role=role)
    if what == "off":
        return Wish(text, "off", role=role)
    family = re.split("[:,]", what, maxsplit=1)[0]
    if family == SIMULATED:
        return Wish(text, "sim", what, role)
    if family in families:
        return Wish(text, "source", what[len(family) + 1 :], role, family)
    if ":" in what and not is_address(what):
        meant = closest(family, (*families, SIMULATED))
        if meant or role is None:
            mend = f"did you mean `{meant}`?" if meant else f"write for example {EXAMPLES}"
            raise UsageError(f"`{family}` is not a kind of sensor; {mend}")
    return Wish(text, "device", what, role)


def not_understood(wish: Wish, families: Iterable[str]) -> UsageError:
    """Return what to say of a lone word that is neither a role, nor remembered, nor the name of a known device."""
    meant = closest(wish.what, (*ROLES, *families, SIMULATED))
    mend = f"did you mean `{meant}`?" if meant else f"write for example {EXAMPLES}"
    return UsageError(f"`{wish.text}` does not say what the sensor is for; {mend}")
