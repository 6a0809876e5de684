"""What is near: devices by their advertisements, and their batteries by a short connection each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from cuecoach.clock import Clock, within
from cuecoach.errors import RadioError, SensorError
from cuecoach.lineup.remembered import Remembered, tidy
from cuecoach.lineup.wishes import ROLES
from cuecoach.sensors.bluetooth.codecs import battery
from cuecoach.sensors.bluetooth.protocol import Driver, Radio, Role, Seen
from cuecoach.sensors.bluetooth.uuids import BATTERY_LEVEL

#: Devices with a weaker signal are somebody else's, or too far for a quick connection, dBm.
NEAR_DBM: Final = -80
#: Reading one battery takes no longer, s.
BATTERY_S: Final = 5.0
#: How often what is shown is renewed, s.
REFRESH_S: Final = 0.5


class ScanningRadio(Radio, Protocol):
    """A radio that also hands out every advertisement."""

    def seen(self, seconds: float | None = None) -> AsyncGenerator[Seen, None]:
        """Yield every advertisement for so many seconds."""
        ...


@dataclass(slots=True)
class Found:
    """One device of a scan.

    Attributes
    ----------
    seen
        Its advertisements together.
    driver
        The family it belongs to, None for a device that is not known.
    roles, able
        What it may fill unasked, and when asked.
    mine
        The role it is remembered for.
    battery
        Percent, where it was read.
    """

    seen: Seen
    driver: Driver | None = None
    roles: tuple[Role, ...] = ()
    able: tuple[Role, ...] = ()
    mine: Role | None = None
    battery: float | None = None

    @property
    def name(self) -> str:
        """Its name as it can be shown."""
        return tidy(self.seen.name)

    @property
    def near(self) -> bool:
        """Whether it is known and close enough to be connected for a moment."""
        return self.driver is not None and self.seen.rssi is not None and self.seen.rssi > NEAR_DBM


class Scan:
    """What has been seen so far."""

    def __init__(self, drivers: Sequence[Driver], remembered: Remembered) -> None:
        self._drivers = drivers
        self._mine: dict[str, Role] = {device.address.casefold(): role for role, device in remembered.devices().items()}
        self._found: dict[str, Found] = {}

    def add(self, seen: Seen) -> None:
        """Take one advertisement; name and services may come in different ones."""
        before = self._found.get(seen.address)
        if before is not None:
            old = before.seen
            seen = replace(
                seen,
                name=seen.name or old.name,
                services=seen.services | old.services,
                rssi=old.rssi if seen.rssi is None else seen.rssi,
                manufacturer={**old.manufacturer, **seen.manufacturer},
            )
        known = [driver for driver in self._drivers if driver.recognises(seen)]
        self._found[seen.address] = Found(
            seen,
            known[0] if known else None,
            tuple(role for role in ROLES if any(role in driver.roles for driver in known)),
            tuple(role for role in ROLES if any(role in driver.able for driver in known)),
            self._mine.get(seen.address.casefold()),
            before.battery if before is not None else None,
        )

    def found(self) -> list[Found]:
        """Return the devices, known ones first, the nearest first."""
        return sorted(
            self._found.values(),
            key=lambda f: (f.driver is None, -999 if f.seen.rssi is None else -f.seen.rssi, f.seen.address),
        )


async def scan(radio: ScanningRadio, into: Scan, seconds: float, show: Callable[[], None] = lambda: None) -> None:
    """Add what advertises in the next `seconds`.

    Raises
    ------
    RadioError
        Bluetooth cannot be used.
    """
    loop = asyncio.get_running_loop()
    shown = loop.time()
    async for seen in radio.seen(seconds):
        into.add(seen)
        if loop.time() >= shown + REFRESH_S:
            shown = loop.time()
            show()


async def read_batteries(
    radio: Radio, devices: Sequence[Found], clock: Clock, show: Callable[[], None] = lambda: None
) -> None:
    """Connect the near ones for a moment, one after another, and note their charge; who does not answer has none."""

    async def charge(seen: Seen) -> float | None:
        async with radio.connect(seen, lambda channel, payload: None) as link:
            return battery.decode(await link.read(BATTERY_LEVEL)) if link.has(BATTERY_LEVEL) else None

    for device in devices:
        if not device.near:
            continue
        try:
            device.battery = await within(clock, BATTERY_S, charge(device.seen))
        except RadioError:
            return
        except (SensorError, TimeoutError):
            device.battery = None  # in use by another program, or gone: the table shows a dash
        show()
