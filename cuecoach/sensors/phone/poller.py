"""An HTTP client for a phone: one short question at a time, replies of bounded size, private networks only."""

from __future__ import annotations

from types import TracebackType
from typing import Final

import aiohttp
from yarl import URL

from cuecoach.errors import SensorError, UsageError
from cuecoach.sensors.phone.address import Endpoint, is_near
from cuecoach.sensors.phone.extra import TooMuchError

#: A reply may have this many bytes: a minute and a half of both sensors at 100 Hz.
MOST_BYTES: Final = 1024 * 1024
#: A reply must be here after so long, s.
_REPLY_S: Final = 3.0


class Poller:
    """Asks one phone while its context is open.

    Parameters
    ----------
    place
        A private address, with a port.

    Raises
    ------
    UsageError
        The address is a public one.
    """

    def __init__(self, place: Endpoint) -> None:
        if not is_near(place.host):
            raise UsageError(f"{place.written} is not on a private network; use the address that phyphox shows")
        self._base = f"http://{place.written}:{place.port}"
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Poller:
        """Open; nothing is sent yet."""
        self._session = aiohttp.ClientSession(
            # The server in phyphox has been seen to stumble over connections that are kept alive.
            connector=aiohttp.TCPConnector(limit=1, force_close=True),
            timeout=aiohttp.ClientTimeout(total=_REPLY_S),
            headers={"Accept-Encoding": "identity"},
            auto_decompress=False,
            trust_env=False,  # a proxy has no business between two devices of one room
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Close."""
        if self._session is not None:
            await self._session.close()

    async def get(self, query: str) -> tuple[int, bytes]:
        """Ask, and return status and body.

        Parameters
        ----------
        query
            Path and query, percent-encoded.

        Raises
        ------
        TooMuchError
            The reply is too long.
        SensorError
            The phone cannot be reached, or broke off.
        """
        if self._session is None:
            raise SensorError(f"{self._base} is not open")
        try:
            url = URL(self._base + query, encoded=True)
            async with self._session.get(url, allow_redirects=False) as reply:
                body = bytearray()
                async for chunk in reply.content.iter_any():
                    body += chunk
                    if len(body) > MOST_BYTES:
                        raise TooMuchError(f"{self._base} sends more than can be read")
                return reply.status, bytes(body)
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            raise SensorError(
                f"no answer from {self._base}; open the experiment in phyphox, allow remote access, and compare the address"
            ) from error
