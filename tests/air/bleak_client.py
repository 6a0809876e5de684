"""The client of the bleak backend: connects, finds out what a device has, reads, writes and subscribes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakDBusError, BleakDeviceNotFoundError, BleakError, BleakGATTProtocolError
from bleak.uuids import normalize_uuid_str
from bumble import att, core, hci
from bumble.device import Connection, Peer
from bumble.gatt import Characteristic

if TYPE_CHECKING:
    from tests.air.bleak_backend import VirtualAdapter

T = TypeVar("T")


class VirtualClient(BaseBleakClient):
    """What `BleakClient` drives."""

    def __init__(
        self,
        adapter: VirtualAdapter,
        address_or_ble_device: Any,
        *,
        disconnected_callback: Callable[[], None] | None = None,
        timeout: float = 30.0,
        **options: Any,
    ) -> None:
        super().__init__(address_or_ble_device, disconnected_callback=disconnected_callback, timeout=timeout, **options)
        self._adapter = adapter
        self._target: hci.Address | None = getattr(address_or_ble_device, "details", None)
        self._name: str | None = getattr(address_or_ble_device, "name", None)
        self._link: Connection | None = None
        self._peer: Peer | None = None

    @property
    def name(self) -> str:
        """The name as scanned, else the address."""
        return self._name or self.address.replace(":", "-")

    @property
    def mtu_size(self) -> int:
        """The MTU that was agreed on, bytes."""
        return self._connected().att_mtu

    @property
    def is_connected(self) -> bool:
        """Whether the link holds, as far as anybody knows."""
        return self._link is not None

    async def connect(self, pair: bool = False, **options: Any) -> None:
        """Connect and find out what the device has; one connection at a time."""
        adapter = self._adapter
        adapter.check()
        adapter.asked += 1
        if self._link is not None:
            raise BleakError("Client is already connected")
        target = self._target or adapter.known.get(self.address)
        if target is None:
            raise BleakDeviceNotFoundError(self.address, f"Device with address {self.address} was not found.")
        if adapter.connecting.locked():
            raise BleakDBusError("org.bluez.Error.InProgress", ["Operation already in progress"])
        adapter.connects_while_scanning += adapter.scanning is not None
        async with adapter.connecting:
            try:
                link = await adapter.device.connect_le(target, timeout=self._timeout)
            except (core.TimeoutError, TimeoutError) as error:
                raise TimeoutError from error
            except core.ConnectionError as error:
                raise BleakError(f"failed to connect: {error}") from error
        self._link, self._peer = link, Peer(link)
        link.on(Connection.EVENT_DISCONNECTION, self._broke)
        try:
            self.services = await self._request(self._discover(self._peer))
        except BaseException:
            await self.disconnect()
            raise
        adapter.made += 1

    async def disconnect(self) -> None:
        """Disconnect, and end what was registered."""
        if self._adapter.sticky != "for ever":
            self._adapter.forget(self)
        if self._link is not None:
            await self._link.disconnect(hci.HCI_REMOTE_USER_TERMINATED_CONNECTION_ERROR)

    def _broke(self, reason: int) -> None:
        if self._adapter.sticky == "no":
            self._adapter.forget(self)
        self._link = self._peer = self.services = None
        if self._disconnected_callback:
            self._disconnected_callback()

    async def _discover(self, peer: Peer) -> BleakGATTServiceCollection:
        found = BleakGATTServiceCollection()
        await peer.request_mtu(self._adapter.mtu)
        await peer.discover_services()
        for its in peer.services:
            service = BleakGATTService(its, its.handle, _uuid(its.uuid))
            found.add_service(service)
            for each in await its.discover_characteristics():
                properties: Any = [
                    str(p.name).lower().replace("_", "-") for p in Characteristic.Properties if each.properties & p
                ]
                payload = lambda: self._link.att_mtu - 3 if self._link else 20  # noqa: E731
                characteristic = BleakGATTCharacteristic(
                    each, each.handle, _uuid(each.uuid), properties, payload, service
                )
                found.add_characteristic(characteristic)
                if each.properties & (Characteristic.Properties.NOTIFY | Characteristic.Properties.INDICATE):
                    for one in await each.discover_descriptors():
                        found.add_descriptor(BleakGATTDescriptor(one, one.handle, _uuid(one.type), characteristic))
        return found

    # ------------------------------------------------------------ GATT
    async def read_gatt_char(self, characteristic: BleakGATTCharacteristic, **options: Any) -> bytearray:
        """Read a characteristic."""
        return bytearray(await self._request(self._peer_now().read_value(characteristic.obj)))

    async def read_gatt_descriptor(self, descriptor: BleakGATTDescriptor, **options: Any) -> bytearray:
        """Read a descriptor."""
        return bytearray(await self._request(self._peer_now().read_value(descriptor.obj)))

    async def write_gatt_char(self, characteristic: BleakGATTCharacteristic, data: Any, response: bool) -> None:
        """Write a characteristic."""
        await self._request(self._peer_now().write_value(characteristic.obj, bytes(data), with_response=response))

    async def write_gatt_descriptor(self, descriptor: BleakGATTDescriptor, data: Any) -> None:
        """Write a descriptor."""
        await self._request(self._peer_now().write_value(descriptor.obj, bytes(data), with_response=True))

    async def start_notify(self, characteristic: BleakGATTCharacteristic, callback: Any, **options: Any) -> None:
        """Call `callback` with every notification or indication from now on."""
        if not {"notify", "indicate"} & set(characteristic.properties):
            raise BleakDBusError("org.bluez.Error.NotSupported", ["Operation is not supported"])
        adapter, address, handle = self._adapter, self.address, characteristic.handle
        adapter.registered.setdefault((address, handle), []).append((self, callback))

        def tell(value: bytes) -> None:
            adapter.tell(address, handle, value)

        await self._request(self._peer_now().subscribe(characteristic.obj, tell))

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        """End the notifications of a characteristic."""
        listeners = self._adapter.registered.get((self.address, characteristic.handle), [])
        listeners[:] = [one for one in listeners if one[0] is not self]
        self._connected()
        await self._request(characteristic.obj.unsubscribe(force=True))

    async def pair(self, *args: Any, **options: Any) -> None:
        """Pair."""
        await self._connected().pair()

    async def unpair(self) -> None:
        """Not on this backend."""
        raise NotImplementedError

    # ------------------------------------------------------------
    def _connected(self) -> Connection:
        if self._link is None:
            raise BleakError("Not connected")
        return self._link

    def _peer_now(self) -> Peer:
        self._connected()
        assert self._peer is not None
        return self._peer

    async def _request(self, work: Coroutine[Any, Any, T]) -> T:
        """Await an ATT request; bumble cancels it when the link breaks, which must not pass for a cancelled task."""
        try:
            return await work
        except att.ATT_Error as error:
            raise BleakGATTProtocolError(int(error.error_code)) from error
        except core.TimeoutError as error:
            raise BleakError("GATT request timed out") from error
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if self._link is None and not (task and task.cancelling()):
                raise BleakError("disconnected") from error
            raise


def _uuid(uuid: core.UUID) -> str:
    return normalize_uuid_str(uuid.to_hex_str("-"))
