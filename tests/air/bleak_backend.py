"""A bleak backend on the bumble stack, without kernel or D-Bus: the adapter that is not there, and its scanner."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Literal, TypeAlias

from bleak.backends.client import BaseBleakClient
from bleak.backends.scanner import BaseBleakScanner
from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason, BleakDBusError
from bumble import hci
from bumble.device import Advertisement, Device

from tests.air.advertisement import advertisement_data
from tests.air.air import VirtualAir
from tests.air.bleak_client import VirtualClient

#: How long the registrations of a client outlive its link: `no` as it should be; `until left`, so that a client whose
#: link broke is called along with its successor until somebody disconnects it; `for ever`, so that nobody can end it.
Sticky: TypeAlias = Literal["no", "until left", "for ever"]

_ADDRESS = "C0:00:00:00:00:01"


class VirtualAdapter:
    """This machine's adapter on the virtual air; `scanner` and `client` are the backends that bleak takes.

    Strict where real systems only fail now and then: a second connect or scan at a time is refused as BlueZ does.

    Parameters
    ----------
    air
        Where the devices are.
    sticky
        Whether registrations outlive their link, as bleak 3.1 on BlueZ has it (hbldh/bleak#2002).
    mtu
        What this machine offers, bytes.
    """

    def __init__(self, air: VirtualAir, *, sticky: Sticky = "no", mtu: int = 247) -> None:
        self.air, self.sticky, self.mtu = air, sticky, mtu
        self.device: Device = air.new_device("adapter", _ADDRESS)
        #: Whether Bluetooth is switched on.
        self.on = True
        #: Connections asked for, and those that came to be.
        self.asked = self.made = 0
        #: Times a connection was begun while a scan was running, which real adapters often refuse.
        self.connects_while_scanning = 0
        #: Devices that were ever heard, and the names they told: systems remember both.
        self.known: dict[str, hci.Address] = {}
        self.names: dict[str, str] = {}
        self.connecting = asyncio.Lock()
        self.scanning: BaseBleakScanner | None = None
        self.registered: dict[tuple[str, int], list[tuple[object, Callable[[bytearray], None]]]] = {}
        adapter = self

        class Scanner(VirtualScanner):
            def __init__(self, *args: Any, **options: Any) -> None:
                super().__init__(adapter, *args, **options)

        class Client(VirtualClient):
            def __init__(self, *args: Any, **options: Any) -> None:
                super().__init__(adapter, *args, **options)

        self.scanner: type[BaseBleakScanner] = Scanner
        self.client: type[BaseBleakClient] = Client

    async def start(self) -> VirtualAdapter:
        """Power on."""
        await self.device.power_on()
        return self

    async def stop(self) -> None:
        """Power off for good."""
        await self.device.power_off()

    async def switch(self, on: bool) -> None:
        """Switch Bluetooth off, which breaks every link, or on."""
        self.on = on
        if not on:
            for connection in list(self.device.connections.values()):
                await connection.disconnect(hci.HCI_REMOTE_DEVICE_TERMINATED_CONNECTION_DUE_TO_POWER_OFF_ERROR)

    def check(self) -> None:
        """Raise what bleak raises when Bluetooth is switched off."""
        if not self.on:
            raise BleakBluetoothNotAvailableError(
                "Bluetooth is turned off", BleakBluetoothNotAvailableReason.POWERED_OFF
            )

    def tell(self, address: str, handle: int, value: bytes) -> None:
        """Hand a notification to everybody who is registered for it, also to those who should no longer be."""
        for _, callback in list(self.registered.get((address, handle), ())):
            callback(bytearray(value))

    def forget(self, owner: object) -> None:
        """End the registrations of `owner`."""
        for listeners in self.registered.values():
            listeners[:] = [one for one in listeners if one[0] is not owner]


class VirtualScanner(BaseBleakScanner):
    """What `BleakScanner` drives."""

    def __init__(
        self,
        adapter: VirtualAdapter,
        detection_callback: Any,
        service_uuids: list[str] | None,
        scanning_mode: str = "active",
        **options: Any,
    ) -> None:
        super().__init__(detection_callback, service_uuids)
        self._adapter, self._active = adapter, scanning_mode == "active"

    async def start(self) -> None:
        """Start scanning; one scan at a time."""
        adapter = self._adapter
        adapter.check()
        if adapter.scanning is not None:
            raise BleakDBusError("org.bluez.Error.InProgress", ["Operation already in progress"])
        adapter.scanning = self
        self.seen_devices = {}
        adapter.device.on(Device.EVENT_ADVERTISEMENT, self._heard)
        await adapter.device.start_scanning(active=self._active, filter_duplicates=False)

    async def stop(self) -> None:
        """Stop scanning, at once when that has been done already."""
        adapter = self._adapter
        if adapter.scanning is not self:
            return
        adapter.scanning = None
        adapter.device.remove_listener(Device.EVENT_ADVERTISEMENT, self._heard)
        await adapter.device.stop_scanning()

    def _heard(self, heard: Advertisement) -> None:
        adapter = self._adapter
        if not adapter.on or adapter.scanning is not self:
            return
        address = heard.address.to_string(with_type_qualifier=False)
        adapter.known[address] = heard.address
        more = adapter.air.scan_response(heard.address) if self._active else b""
        # First what it advertises, then, with the answer to the scan request, all of it: as real systems report it.
        for answer in (b"", more) if more else (b"",):
            found = advertisement_data(heard, answer, adapter.air.rssi(heard.address))
            if self.is_allowed_uuid(found.service_uuids):
                name = found.local_name or adapter.names.get(address)
                if name:
                    adapter.names[address] = name
                device = self.create_or_update_device(address, address, name, heard.address, found)
                self.call_detection_callbacks(device, found)
