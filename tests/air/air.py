"""The virtual air: connection events, missed events, range, links that die, and how strong each device is heard."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from typing import Any, Final

from bumble import hci, ll
from bumble.controller import Connection, Controller
from bumble.core import PhysicalTransport
from bumble.device import Device, DeviceConfiguration
from bumble.hci import Address
from bumble.host import Host
from bumble.link import LocalLink
from bumble.transport.common import AsyncPipeSink

#: How often a device makes itself heard, ms; the fastest that is allowed.
ADVERTISING_INTERVAL_MS: Final = 20
#: How strong a device is heard unless said otherwise, dBm.
USUAL_RSSI_DBM: Final = -60
#: While nothing gets through, it is tried again so often where there is no connection interval, s.
_RETRY_S: Final = 0.005


class VirtualController(Controller):
    """A controller of bumble 0.0.236 with a mend.

    It acknowledges a cancelled connection request without ever completing it, so a connect that timed out would hang.
    Bluetooth Core, Vol 4 Part E 7.8.13, asks for a Connection Complete event with status 0x02.
    """

    def on_hci_le_create_connection_cancel_command(
        self, command: hci.HCI_LE_Create_Connection_Cancel_Command
    ) -> hci.HCI_StatusReturnParameters:
        """Complete the pending connection as not made."""
        pending = self.pending_le_connection
        if pending is None:
            return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.COMMAND_DISALLOWED_ERROR)
        self.pending_le_connection = None
        never_made = hci.HCI_LE_Connection_Complete_Event(
            status=hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR,
            connection_handle=0,
            role=hci.Role.CENTRAL,
            peer_address_type=pending.peer_address.address_type,
            peer_address=pending.peer_address,
            connection_interval=0,
            peripheral_latency=0,
            supervision_timeout=0,
            central_clock_accuracy=0,
        )
        asyncio.get_running_loop().call_soon(self.send_hci_packet, never_made)
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)


class VirtualAir(LocalLink):
    """Radio between controllers, as crude as the tests need.

    Data crosses only at connection events, so packets produced between two events arrive together. A missed event means
    delay, never loss: the link layer repeats. Out of range nothing crosses, and after the supervision timeout the link
    is dead at both ends; who is back before that finds what had been waiting.

    Parameters
    ----------
    interval_s
        Connection interval, s; 0 for a link without delay.
    missed
        Share of connection events that are missed.
    supervision_s
        Supervision timeout, s; BlueZ asks for 0.42.
    seed
        Of the missed events.
    """

    def __init__(self, interval_s: float = 0.0, missed: float = 0.0, supervision_s: float = 0.1, seed: int = 0) -> None:
        super().__init__()
        self.interval_s, self.missed, self.supervision_s = interval_s, missed, supervision_s
        self._chance = random.Random(seed)
        self._devices: dict[Device, Controller] = {}
        self._waiting: dict[tuple[Controller, str], deque[bytes]] = {}
        self._away: dict[Controller, list[asyncio.TimerHandle]] = {}
        self._deaf: set[Controller] = set()
        self._rssi: dict[str, int] = {}
        self._scan_responses: dict[str, bytes] = {}

    # ------------------------------------------------------------ devices
    def new_device(self, name: str, address: str) -> Device:
        """Return a device with a controller on this air, not yet powered."""
        controller = VirtualController(name, link=self)
        config = DeviceConfiguration(
            name=name,
            address=Address(address),
            advertising_interval_min=ADVERTISING_INTERVAL_MS,
            advertising_interval_max=ADVERTISING_INTERVAL_MS,
        )
        device = Device(config=config, host=Host(controller, AsyncPipeSink(controller)))
        self._devices[device] = controller
        return device

    def set_rssi(self, device: Device, dbm: int) -> None:
        """Let `device` be heard at `dbm` from now on."""
        self._rssi[str(device.random_address)] = dbm

    def rssi(self, address: Address) -> int:
        """How strong the device with this address is heard, dBm."""
        return self._rssi.get(str(address), USUAL_RSSI_DBM)

    def set_scan_response(self, device: Device, data: bytes) -> None:
        """Let `device` answer active scans with more than it advertises."""
        self._scan_responses[str(device.random_address)] = data

    def scan_response(self, address: Address) -> bytes:
        """What the device with this address answers to a scan request."""
        return self._scan_responses.get(str(address), b"")

    # ------------------------------------------------------------ range
    def take_away(self, device: Device) -> None:
        """Carry `device` out of range; its links die after the supervision timeout unless it is back by then."""
        controller = self._devices[device]
        if controller in self._away:
            return
        loop = asyncio.get_running_loop()
        self._away[controller] = [
            loop.call_later(self.supervision_s, self._time_out, controller, connection)
            for connection in controller.le_connections.values()
        ]

    def bring_back(self, device: Device) -> None:
        """Carry `device` back into range."""
        for timer in self._away.pop(self._devices[device], ()):
            timer.cancel()

    def turn_deaf(self, device: Device, deaf: bool = True) -> None:
        """Let `device` advertise but not hear who connects: the connection is made and dies at once, reason 0x3E."""
        (self._deaf.add if deaf else self._deaf.discard)(self._devices[device])

    def _time_out(self, controller: Controller, connection: Connection) -> None:
        for other in self.controllers:
            for theirs in list(other.le_connections.values()):
                if theirs.peer_address == connection.self_address:
                    _break(other, theirs, hci.HCI_CONNECTION_TIMEOUT_ERROR)
        _break(controller, connection, hci.HCI_CONNECTION_TIMEOUT_ERROR)

    # ------------------------------------------------------------ what bumble sends
    def send_advertising_pdu(self, sender_controller: Controller, packet: ll.AdvertisingPdu) -> None:
        """Let an advertisement or a connection request be heard by all who are in range."""
        if sender_controller in self._away:
            return
        loop = asyncio.get_running_loop()
        wanted = packet.advertiser_address if isinstance(packet, ll.ConnectInd) else None
        for other in self.controllers:
            if other is sender_controller or other in self._away:
                continue
            if wanted is not None and other in self._deaf and other.random_address == wanted:
                loop.call_later(0.01, self._never_established, sender_controller, wanted)
                continue
            loop.call_soon(other.on_ll_advertising_pdu, packet)

    def _never_established(self, central: Controller, address: Address) -> None:
        connection = central.le_connections.get(address)
        if connection is not None:
            _break(central, connection, hci.HCI_CONNECTION_FAILED_TO_BE_ESTABLISHED_ERROR)

    def send_ll_control_pdu(self, sender_address: Address, receiver_address: Address, packet: ll.ControlPdu) -> None:
        """Deliver a control packet (the end of a link, for one) at once, if both are in range."""
        ends = [self.find_le_controller(address) for address in (sender_address, receiver_address)]
        if all(end is not None and end not in self._away for end in ends):
            super().send_ll_control_pdu(sender_address, receiver_address, packet)

    def send_acl_data(
        self, sender_controller: Controller, destination_address: Address, transport: PhysicalTransport, data: bytes
    ) -> None:
        """Queue data for the next connection event."""
        waiting = self._waiting.setdefault((sender_controller, str(destination_address)), deque())
        waiting.append(data)
        if len(waiting) == 1:  # one timer for each direction: timers with equal deadlines are in no order
            self._await_event(sender_controller, destination_address, waiting)

    def _await_event(self, sender: Controller, destination: Address, waiting: deque[bytes], late: bool = False) -> None:
        loop = asyncio.get_running_loop()
        interval = self.interval_s
        if not interval:
            if late:
                loop.call_later(_RETRY_S, self._event, sender, destination, waiting)
            else:
                loop.call_soon(self._event, sender, destination, waiting)
            return
        at = (int(loop.time() / interval) + 1) * interval
        while self.missed and self._chance.random() < self.missed:
            at += interval
        loop.call_at(at, self._event, sender, destination, waiting)

    def _event(self, sender: Controller, destination: Address, waiting: deque[bytes]) -> None:
        """Let what waits cross, forget it when the link is gone, or wait for better times."""
        link = sender.le_connections.get(destination)
        receiver: Any = self.find_le_controller(destination)
        if link is None or receiver is None or link.self_address not in receiver.le_connections:
            waiting.clear()
            return
        if sender in self._away or receiver in self._away:
            self._await_event(sender, destination, waiting, late=True)
            return
        while waiting:
            receiver.on_link_acl_data(link.self_address, PhysicalTransport.LE, waiting.popleft())


def _break(controller: Controller, connection: Connection, reason: int) -> None:
    """Tell the host that a connection is gone, if it still was there."""
    if controller.le_connections.get(connection.peer_address) is connection:
        controller.on_le_disconnected(connection, reason)
