"""Which of the devices in the air a sensor takes, and that no two sensors of a run take the same one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from cuecoach.sensors.bluetooth.protocol import Driver, Role, Seen

#: A device that has streamed and stayed away for so long may have come back under another address: its name will do, s.
RENAMED_S: Final = 60.0
#: A device that could not be used so many times in a row is somebody else's, perhaps: others come first for a while.
PATIENCE: Final = 3
#: That while, s.
SHUNNED_S: Final = 10.0


class Claims:
    """Which sensor of this run has which device, by address."""

    def __init__(self) -> None:
        self._holders: dict[str, str] = {}

    def free(self, address: str, source: str) -> bool:
        """Whether `source` may take the device at `address`."""
        return self._holders.get(address.lower(), source) == source

    def take(self, address: str, source: str) -> bool:
        """Take it for `source`; False when another sensor has it."""
        return self._holders.setdefault(address.lower(), source) == source

    def release(self, address: str, source: str) -> None:
        """Give it up, if `source` has it."""
        if self._holders.get(address.lower()) == source:
            del self._holders[address.lower()]


class Choice:
    """What one sensor looks for, and what it has settled on.

    Parameters
    ----------
    role
        What the device is to be to the runner; also the name under which it is claimed.
    drivers
        Families that are known, the first that recognises a device is the one.
    device
        Address, or name or its beginning, in any case; None for any device of a family that fills the role unasked.
    claims
        What the other sensors of the run have.
    unknown
        Called with the name of a device that was asked for, but is of no family that can fill the role.
    """

    def __init__(
        self,
        role: Role,
        drivers: Sequence[Driver],
        device: str | None,
        claims: Claims,
        unknown: Callable[[str], None] = lambda name: None,
    ) -> None:
        self._role: Role = role
        self._drivers = tuple(drivers)
        self._device = device.strip().casefold() if device else None
        self._claims = claims
        self._unknown = unknown
        self._settled: Seen | None = None
        self._failures: dict[str, int] = {}
        self._shunned: dict[str, float] = {}
        #: When the device was last there, session time in s; kept by whoever hears it.
        self.heard_at = 0.0

    @property
    def settled(self) -> bool:
        """Whether a device has streamed: from then on it is that one."""
        return self._settled is not None

    def wants(self, seen: Seen, now: float) -> bool:
        """Whether the sensor may take this device."""
        if not self._claims.free(seen.address, self._role) or now < self._shunned.get(seen.address, now):
            return False
        if self._settled is not None:
            # Not just any of its kind: at the start of a race there are dozens.
            if seen.address != self._settled.address:
                away = now - self.heard_at > RENAMED_S
                return away and bool(seen.name) and seen.name == self._settled.name and self.driver(seen) is not None
        elif not self._named(seen):
            return False
        if self.driver(seen) is not None:
            return True
        if self._device is not None and seen.name:
            self._unknown(seen.name)
        return False

    def driver(self, seen: Seen) -> Driver | None:
        """Return whoever knows how to talk to this device in this role."""
        if self._settled is not None and seen.address == self._settled.address:
            # Its advertisement may be shorter now than when it was found.
            seen = Seen(seen.address, seen.name or self._settled.name, seen.services | self._settled.services)
        fit = [driver for driver in self._drivers if self._role in driver.roles and driver.recognises(seen)]
        if not fit and self._device is not None:
            fit = [driver for driver in self._drivers if self._role in driver.able and driver.recognises(seen)]
        return fit[0] if fit else None

    def settle(self, seen: Seen) -> None:
        """Stay with this device: it streams."""
        if self._settled is None or seen.address != self._settled.address:
            if self._settled is not None:
                self._claims.release(self._settled.address, self._role)
            self._settled = seen
        self._failures.clear()

    def failed(self, seen: Seen, now: float) -> None:
        """Take in that the device could not be used; one that never streamed is let go of."""
        if self._settled is not None and seen.address == self._settled.address:
            return
        self._claims.release(seen.address, self._role)
        failures = self._failures[seen.address] = self._failures.get(seen.address, 0) + 1
        if self._device is None and failures >= PATIENCE:
            self._shunned[seen.address] = now + SHUNNED_S
            self._failures[seen.address] = 0

    def _named(self, seen: Seen) -> bool:
        if self._device is None:
            return True
        return seen.address.casefold() == self._device or seen.name.casefold().startswith(self._device)
