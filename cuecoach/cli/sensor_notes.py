"""What `cuecoach sensors` writes down: which device fills a role, which no longer does, and what a device counts."""

from __future__ import annotations

from collections.abc import Sequence

from cuecoach.cli.sensor_scan import Found
from cuecoach.errors import SensorError, UsageError
from cuecoach.lineup.remembered import SET_BY_YOU, CountsIn, RememberedSensor, SensorsFile, tidy
from cuecoach.lineup.wishes import is_address, known_role, read_role
from cuecoach.sensors.bluetooth.protocol import Driver, Role


def read_wanted(text: str) -> tuple[Role, str]:
    """Return role and name or address of ``ROLE=NAME``.

    Raises
    ------
    UsageError
        It is written otherwise, or means no Bluetooth device.
    """
    role, sign, what = text.partition("=")
    what = what.strip()
    if not sign or not what:
        raise UsageError(f"`{text}` does not say which device is what; write for example `--remember foot=Stryd`")
    wanted = read_role(role.strip())
    if what in ("auto", "off") or (":" in what and not is_address(what)):
        raise UsageError(f"`{what}` is not a Bluetooth device to remember; write it in a config, under `sensors`")
    return wanted, what


def pick(
    devices: Sequence[Found], role: Role, what: str, drivers: Sequence[Driver], seconds: float, *, wake: str
) -> RememberedSensor:
    """Return the device of a scan that is called so, or has this address.

    Raises
    ------
    SensorError
        None was found, several were, or it is of no kind that is known.
    UsageError
        It cannot fill the role.
    """
    wanted = what.casefold()
    called = {device.seen.address: tidy(device.seen.name).casefold() for device in devices}
    tries = (
        [d for d in devices if d.seen.address.casefold() == wanted],
        [d for d in devices if called[d.seen.address] == wanted],
        [d for d in devices if called[d.seen.address].startswith(wanted)],
    )
    matching = next((found for found in tries if found), [])
    if not matching:
        raise SensorError(f"`{what}` was not found in {seconds:g} s; {wake}")
    able = [d for d in matching if role in d.able]
    if not able:
        one = matching[0]
        if one.driver is None:
            raise SensorError(f"`{what}` is near, but of no kind that is known; `cuecoach sensors --all` lists it")
        roles = " or ".join(one.able)
        raise UsageError(f"`{what}` cannot be the {role} sensor; a {one.driver.title} can be {roles}")
    if len(able) > 1:
        addresses = ", ".join(d.seen.address for d in able)
        raise SensorError(f"{len(able)} devices are called `{what}`; give the address of yours: {addresses}")
    seen = able[0].seen
    family = next((d.family for d in drivers if role in d.able and d.recognises(seen)), "")
    return RememberedSensor(address=seen.address, name=tidy(seen.name), family=family)


def forget_device(file: SensorsFile, text: str) -> str:
    """Forget the device of a role; return what to say."""
    role = read_role(text.strip())
    before = file.read().device(role)
    if before is None:
        return f"{role}: nothing was remembered"
    file.change(lambda now: now.with_device(role, None))
    return f"{role}: {before.name or before.address} is forgotten"


def set_unit(file: SensorsFile, text: str) -> str:
    """Set by ``ROLE=UNIT`` or ``ADDRESS=UNIT`` what a device counts; return what to say.

    Raises
    ------
    UsageError
        It is written otherwise, or nothing is remembered of that name.
    """
    whose, sign, unit = (part.strip() for part in text.rpartition("="))
    if not sign or unit not in ("strides", "steps", "auto"):
        raise UsageError(f"`{text}` sets no unit; write for example `--unit foot=strides`, or steps, or auto")
    remembered = file.read()
    role = known_role(whose) or remembered.role_of(whose)
    device = remembered.device(role) if role is not None else None
    if device is None and not is_address(whose) and remembered.counts_in(whose) is None:
        raise UsageError(
            f"nothing is remembered of `{whose}`; first `cuecoach sensors --remember {role or 'foot'}=NAME`"
        )
    address = device.address if device is not None else whose
    if unit == "auto":
        file.change(lambda now: now.with_unit(address, None))
        return f"{address}: what it counts is found out while you run"
    known = CountsIn(unit="strides" if unit == "strides" else "steps", how=SET_BY_YOU)
    file.change(lambda now: now.with_unit(address, known))
    return f"{address}: counts {unit}"
