"""One scan shared by everyone who searches: started when the first waits, stopped when nobody does or someone connects."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

from bleak import BleakScanner
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from cuecoach.errors import RadioError
from cuecoach.sensors.bluetooth.protocol import Seen
from cuecoach.sensors.bluetooth.trouble import radio_trouble

#: A scan is begun afresh after so long: an adapter that was unplugged ends a scan of BlueZ without a word, s.
FRESH_S: Final = 60.0
#: Starting or stopping a scan takes no longer, s; else the service hangs.
ANSWER_S: Final = 10.0
#: BlueZ's word for "not received lately", dBm.
_NO_SIGNAL: Final = -127


class Listener:
    """One who waits for advertisements: gets each, and the error that ends the scan."""

    def __init__(self, saw: Callable[[Seen], None]) -> None:
        self.saw = saw
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def fail(self, error: RadioError) -> None:
        """End the wait with an error."""
        if not self.failed.done():
            self.failed.set_exception(error)

    def close(self) -> None:
        """Wait no more; an error that came too late is of no interest."""
        if not self.failed.cancel() and not self.failed.cancelled():
            self.failed.exception()


class SharedScanner:
    """The adapter's one scan.

    Two scans of one program are refused by BlueZ (``InProgress``), and scanning while connecting is suspended or freezes.

    Parameters
    ----------
    backend
        Another implementation of bleak's scanner, for tests.
    """

    def __init__(self, backend: Any = None) -> None:
        self._backend = backend
        self._listeners: set[Listener] = set()
        self._pauses = 0
        self._lock = asyncio.Lock()
        self._scanner: BleakScanner | None = None
        self._renewal: asyncio.TimerHandle | None = None
        self._renewing: asyncio.Task[None] | None = None

    @property
    def scanning(self) -> bool:
        """Whether a scan is running now."""
        return self._scanner is not None

    @asynccontextmanager
    async def listening(self, saw: Callable[[Seen], None]) -> AsyncGenerator[Listener, None]:
        """Hand every advertisement to `saw`, from the event loop, until the context is left."""
        listener = Listener(saw)
        self._listeners.add(listener)
        try:
            await self._adjust()
            yield listener
        finally:
            self._listeners.discard(listener)
            listener.close()
            await self._adjust()

    @asynccontextmanager
    async def paused(self) -> AsyncGenerator[None, None]:
        """Keep the scan stopped inside the context."""
        self._pauses += 1
        try:
            await self._adjust()
            yield
        finally:
            self._pauses -= 1
            await self._adjust()

    async def _adjust(self) -> None:
        """Start or stop the scan as it is wanted now; a failure to start ends every wait."""
        async with self._lock:
            wanted = bool(self._listeners) and not self._pauses
            try:
                if wanted and self._scanner is None:
                    await self._start()
                elif not wanted and self._scanner is not None:
                    await self._stop()
            except Exception as error:  # each system raises its own; every one becomes a sentence
                self._fail(radio_trouble(error))

    async def _start(self) -> None:
        # Without a filter: some pods tell their service only in the scan response, or only their name.
        # Known before it has started: whoever is cancelled meanwhile stops it on the way out.
        self._scanner = scanner = BleakScanner(self._advertised, backend=self._backend)
        try:
            async with asyncio.timeout(ANSWER_S):
                await scanner.start()
        except Exception:
            self._scanner = None
            raise
        self._renewal = asyncio.get_running_loop().call_later(FRESH_S, self._renew)

    async def _stop(self) -> None:
        scanner, self._scanner = self._scanner, None
        if self._renewal is not None:
            self._renewal.cancel()
        if scanner is not None:
            async with asyncio.timeout(ANSWER_S):
                await scanner.stop()

    def _renew(self) -> None:
        async def again() -> None:
            async with self.paused():
                pass

        self._renewing = asyncio.ensure_future(again())

    def _fail(self, error: RadioError) -> None:
        for listener in self._listeners:
            listener.fail(error)

    def _advertised(self, device: BLEDevice, advertisement: AdvertisementData) -> None:
        seen = Seen(
            address=device.address,
            name=advertisement.local_name or device.name or "",
            services=frozenset(uuid.lower() for uuid in advertisement.service_uuids),
            rssi=advertisement.rssi if advertisement.rssi > _NO_SIGNAL else None,
            manufacturer=advertisement.manufacturer_data,
            handle=device,
        )
        for listener in tuple(self._listeners):
            listener.saw(seen)
