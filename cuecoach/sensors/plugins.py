"""Sensors that other packages bring: found by entry point, checked, and kept from stopping a run.

A package names its objects in the entry-point group ``cuecoach.sensors``. What has `recognises` is a family of Bluetooth
devices (`Driver`), what has `open` is another kind of sensor (`Source`); a class is called without arguments first.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Final, get_args

from cuecoach.sensors.bluetooth.protocol import Driver, Role
from cuecoach.sensors.guards import GuardedDriver, GuardedSource, what_happened
from cuecoach.sensors.source import Source

#: Where packages name what they bring.
GROUP: Final = "cuecoach.sensors"
ROLES: Final[tuple[Role, ...]] = get_args(Role)
#: Words that mean something else where a sensor is named.
_TAKEN: Final = frozenset(("auto", "off", "sim", "phone", "phyphox", *ROLES))
_FAMILY = re.compile(r"[a-z][a-z0-9-]{0,39}")
_DRIVER_PARTS = ("family", "title", "kind", "roles", "able", "recognises", "start", "stop")
_SOURCE_PARTS = ("family", "title", "usage", "able", "open")


class _UnfitError(Exception):
    """What is wrong with a plug-in, as the end of a sentence that begins with its name."""


@dataclass(frozen=True, slots=True)
class Plugins:
    """What other packages bring.

    Attributes
    ----------
    drivers, sources
        Usable ones; whatever they raise later becomes a `SensorError`.
    problems
        One sentence each for those that cannot be used. Grows when one fails later.
    """

    drivers: Sequence[Driver] = ()
    sources: Sequence[Source] = ()
    problems: list[str] = field(default_factory=lambda: list[str]())


def load_plugins(known: Iterable[Driver] | None = None) -> Plugins:
    """Load every installed plug-in; one that is broken is reported and left out, never fatal.

    Parameters
    ----------
    known
        Families that plug-ins may not take the names of; by default this package's own.
    """
    if known is None:
        from cuecoach.sensors.bluetooth.drivers import DRIVERS

        known = DRIVERS
    taken = {*_TAKEN, *(driver.family for driver in known)}
    drivers: list[Driver] = []
    sources: list[Source] = []
    problems: list[str] = []
    for entry in sorted(entry_points(group=GROUP), key=lambda e: (e.name, e.value)):
        name = _name(entry)
        try:
            found = _load(entry)
            family = _checked(found, taken)
        except _UnfitError as error:
            problems.append(f"the plug-in {name} {error}; it is left out")
            continue
        taken.add(family)
        if hasattr(found, "recognises"):
            drivers.append(GuardedDriver(found, name, problems.append))
        else:
            sources.append(GuardedSource(found, name, problems.append))
    return Plugins(tuple(drivers), tuple(sources), problems)


def _name(entry: EntryPoint) -> str:
    return f"`{entry.name}`" + (f" of `{entry.dist.name}`" if entry.dist is not None else "")


def _load(entry: EntryPoint) -> Any:
    try:
        found = entry.load()
    except (Exception, SystemExit) as error:  # whatever foreign code does while it is imported
        raise _UnfitError(f"cannot be imported ({what_happened(error)})") from error
    if not isinstance(found, type):
        return found
    try:
        return found()
    except (Exception, SystemExit) as error:
        raise _UnfitError(f"cannot be made without arguments ({what_happened(error)})") from error


def _checked(found: Any, taken: Collection[str]) -> str:
    """Return the family's name, or raise what is wrong."""
    try:
        return _fit(found, taken)
    except _UnfitError:
        raise
    except Exception as error:  # attributes may be computed, and fail
        raise _UnfitError(f"failed when it was looked at ({what_happened(error)})") from error


def _fit(found: Any, taken: Collection[str]) -> str:
    is_driver = hasattr(found, "recognises")
    if not is_driver and not hasattr(found, "open"):
        raise _UnfitError("has neither `recognises`, as a family of devices, nor `open`, as another kind of sensor")
    missing = [part for part in (_DRIVER_PARTS if is_driver else _SOURCE_PARTS) if not hasattr(found, part)]
    if missing:
        raise _UnfitError(f"lacks {', '.join(f'`{part}`' for part in missing)}")
    family = found.family
    if not isinstance(family, str) or not _FAMILY.fullmatch(family):
        raise _UnfitError(f"has no usable `family` ({family!r}); a short word in small letters is needed")
    if family in taken:
        raise _UnfitError(f"calls its family `{family}`, and that name is taken")
    for part in ("title",) if is_driver else ("title", "usage"):
        if not isinstance(getattr(found, part), str):
            raise _UnfitError(f"has a `{part}` that is no text")
    if is_driver and found.kind not in ("metrics", "samples"):
        raise _UnfitError(f"has the `kind` {found.kind!r}; it must be `metrics` or `samples`")
    able = _roles(found, "able")
    if is_driver and not set(_roles(found, "roles")) <= set(able):
        raise _UnfitError("has `roles` that are not in its `able`")
    if not able:
        raise _UnfitError("has an empty `able`, so no role can ask for it")
    return family


def _roles(found: Any, part: str) -> tuple[Role, ...]:
    roles = tuple(getattr(found, part))
    unknown = [role for role in roles if role not in ROLES]
    if unknown:
        raise _UnfitError(f"has the role {unknown[0]!r} in `{part}`; there are {', '.join(ROLES)}")
    return roles
