"""The machine's Bluetooth adapter, through bleak: one scan for all who search, one connection at a time being made."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from bleak import BleakClient
from bleak.exc import BleakError

from cuecoach.errors import RadioError
from cuecoach.sensors.bluetooth.link import BleakLink
from cuecoach.sensors.bluetooth.protocol import Radio, Seen
from cuecoach.sensors.bluetooth.scanner import SharedScanner
from cuecoach.sensors.bluetooth.trouble import link_trouble, radio_trouble, this_platform

#: A connection is there by then or given up, s.
CONNECT_S: Final = 15.0
#: Some systems do not count reading the device's services (or pairing it) in that time; these get so much more, s.
SET_UP_S: Final = 15.0
#: Disconnecting takes no longer, s; whatever is left of it is the system's.
DISCONNECT_S: Final = 5.0
#: A radio that is well has begun to scan by then, even if nothing is near, s.
CHECK_S: Final = 2.0
#: So many advertisements may wait for a reader of `seen`; the oldest give way.
_SEEN_WAITING: Final = 1024


def pairs_on_windows(seen: Seen) -> bool:
    """Whether a device must be paired on Windows: Polar's raw data are refused or end the connection until it is."""
    return this_platform() == "win32" and seen.name.lower().startswith("polar ")


class BleakRadio:
    """Bluetooth by bleak; fulfils `Radio`.

    Parameters
    ----------
    backend_scanner, backend_client
        Other implementations of bleak's scanner and client, for tests.
    pairs
        Which devices are paired when they are connected.
    """

    def __init__(
        self,
        backend_scanner: Any = None,
        backend_client: Any = None,
        *,
        pairs: Callable[[Seen], bool] = pairs_on_windows,
    ) -> None:
        self._scanner = SharedScanner(backend_scanner)
        self._backend_client = backend_client
        self._pairs = pairs
        #: An adapter has one connection in the making; a second one is refused or ends the first.
        self._connecting = asyncio.Lock()

    async def find(self, wanted: Callable[[Seen], bool], *, settle_s: float = 0.0) -> Seen:
        """Scan until a device is `wanted`; of those seen within `settle_s` after the first, return the strongest.

        Raises
        ------
        RadioError
            There is no radio to search with.
        """
        found: dict[str, Seen] = {}
        first = asyncio.Event()

        def saw(seen: Seen) -> None:
            if wanted(seen):
                found[seen.address] = seen
                first.set()

        async with self._scanner.listening(saw) as listener:
            await _unless(listener.failed, first.wait())
            if settle_s > 0:
                await _unless(listener.failed, asyncio.sleep(settle_s))
        return max(found.values(), key=lambda seen: -200 if seen.rssi is None else seen.rssi)

    async def seen(self, seconds: float | None = None) -> AsyncGenerator[Seen, None]:
        """Yield every advertisement for so many seconds (None: until the reader leaves); sensors may stream meanwhile.

        Raises
        ------
        RadioError
            There is no radio to search with.
        """
        news: asyncio.Queue[Seen] = asyncio.Queue(_SEEN_WAITING)

        def saw(seen: Seen) -> None:
            if news.full():
                news.get_nowait()
            news.put_nowait(seen)

        loop = asyncio.get_running_loop()
        end = None if seconds is None else loop.time() + seconds
        async with self._scanner.listening(saw) as listener:
            while True:
                try:
                    async with asyncio.timeout_at(end):
                        seen = await _unless(listener.failed, news.get())
                except TimeoutError:
                    return
                yield seen

    @asynccontextmanager
    async def connect(self, seen: Seen, arrived: Callable[[str, bytes], None]) -> AsyncGenerator[BleakLink, None]:
        """Connect, one device at a time and with the scan stopped; leaving the context disconnects.

        Raises
        ------
        SensorError
            It cannot be reached, or not within 15 s; a `RadioError` when it is the radio that fails.
        """
        link = BleakLink(seen, arrived)
        client = self._client(seen, link)
        try:
            async with self._connecting, self._scanner.paused(), asyncio.timeout(CONNECT_S + SET_UP_S):
                await client.connect()
        except BaseException as error:
            link.closed()
            await _goodbye(client)  # it may be connected: cancelled, or dropped before all its services were read
            if not isinstance(error, Exception):
                raise
            raise link_trouble(error, link.name, "be connected") from error  # whatever the system raises
        link.opened(client)
        try:
            yield link
        finally:
            link.closed()
            await _goodbye(client)

    def _client(self, seen: Seen, link: BleakLink) -> BleakClient:
        """Return a fresh client, one for every connection."""
        try:
            return BleakClient(
                # The device as the scan gave it: an address would start another scan.
                seen.address if seen.handle is None else seen.handle,
                link.lost,
                timeout=CONNECT_S,
                pair=self._pairs(seen),
                # Windows remembers services that a device with new firmware does not have any more.
                winrt={"use_cached_services": False},
                backend=self._backend_client,
            )
        except (ImportError, BleakError) as error:
            raise radio_trouble(error) from error


async def _goodbye(client: BleakClient) -> None:
    """Disconnect. One that fails changes nothing: bleak has let go of the client, and the device times out by itself."""
    with suppress(Exception):
        async with asyncio.timeout(DISCONNECT_S):
            await client.disconnect()


async def check_radio(radio: Radio) -> None:
    """Return when Bluetooth can be used.

    Raises
    ------
    RadioError
        It cannot; one sentence that says what to do.
    """
    with suppress(TimeoutError):  # scanning, and nothing is near: well
        async with asyncio.timeout(CHECK_S):
            await radio.find(lambda seen: True)


async def _unless(failed: asyncio.Future[None], work: Any) -> Any:
    """Await `work`; should the scan fail first, raise its error."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait((task, failed), return_when=asyncio.FIRST_COMPLETED)
        if failed.done() and not task.done():
            failed.result()
            raise RadioError("the scan ended unexpectedly: start again")
        return task.result()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
