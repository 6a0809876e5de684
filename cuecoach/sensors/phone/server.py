"""A small HTTP server for what a phone pushes: one address, one secret path, everything bounded, nothing logged."""

from __future__ import annotations

import asyncio
import errno
import hmac
import logging
from collections.abc import Callable
from types import TracebackType
from typing import Final

from aiohttp import web

from cuecoach.errors import SensorError
from cuecoach.sensors.phone.address import Endpoint, own_addresses

#: A second of four sensors at 500 Hz has some 250 kB.
MOST_BYTES: Final = 512 * 1024
#: Messages a second; also how many may come at once.
MOST_PER_S: Final = 40.0
#: Connections at a time.
MOST_CONNECTIONS: Final = 4
#: A message must be here after so long, s.
_READ_S: Final = 5.0
#: An idle connection is closed after so long, s.
_IDLE_S: Final = 15.0
#: What Sensor Logger shows to the person who holds the phone.
_TELL: Final = 499

#: aiohttp would write parts of a broken request to its log; this one keeps silent.
_SILENT: Final = logging.getLogger("cuecoach.sensors.phone")
_SILENT.disabled = True


class Bucket:
    """Lets `rate` a second through, and as many at once."""

    def __init__(self, rate: float, now: Callable[[], float]) -> None:
        self._rate = rate
        self._now = now
        self._left = rate
        self._at = now()

    def take(self) -> bool:
        """Whether one more may pass."""
        now = self._now()
        self._left = min(self._rate, self._left + self._rate * max(now - self._at, 0.0))
        self._at = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True


class PushServer:
    """Serves ``POST /TOKEN`` while its context is open, and nothing else.

    Parameters
    ----------
    place
        The address to bind, and only this one; port 0 takes any free port.
    token
        The path; compared in constant time.
    received
        Called with each body; returns a sentence for the phone's screen, or nothing.
    now
        Session time, s.
    """

    def __init__(self, place: Endpoint, token: str, received: Callable[[bytes], str], now: Callable[[], float]) -> None:
        self._place = place
        self._path = f"/{token}".encode()
        self._received = received
        self._bucket = Bucket(MOST_PER_S, now)
        self._known: set[web.RequestHandler] = set()  # connections that have shown the token
        self._web: web.Server | None = None
        self._listening: asyncio.Server | None = None
        #: The port that is bound.
        self.port = place.port or 0
        #: Requests turned away: wrong path, too large, too many, too slow.
        self.refused = 0
        #: A fault of `received`; the one who opened the server raises it.
        self.fault: Exception | None = None

    async def __aenter__(self) -> PushServer:
        """Bind and listen.

        Raises
        ------
        SensorError
            The address is not this machine's, or the port is taken; one sentence with the remedy.
        """
        self._web = web.Server(
            self._answer,
            access_log=None,
            logger=_SILENT,
            keepalive_timeout=_IDLE_S,
            lingering_time=0.0,
            auto_decompress=False,  # a few packed bytes must not become many
        )
        loop = asyncio.get_running_loop()
        try:
            self._listening = await loop.create_server(self._connection, str(self._place.host), self.port, backlog=8)
        except OSError as error:
            raise self._not_bound(error) from error
        self.port = int(self._listening.sockets[0].getsockname()[1])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Close every connection."""
        if self._listening is not None:
            self._listening.close()
        if self._web is not None:
            await self._web.shutdown(0.5)

    def _connection(self) -> asyncio.Protocol:
        """Give a new connection its protocol; a phone that is known keeps its place before strangers."""
        server = self._web
        if server is None:
            return _Refusal()
        if len(server.connections) < MOST_CONNECTIONS:
            return server()
        self.refused += 1
        stranger = next((c for c in server.connections if c not in self._known), None)
        if stranger is None:
            return _Refusal()
        stranger.force_close()
        return server()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.raw_path.partition("?")[0].rstrip("/").encode("utf-8", "replace")
        if not hmac.compare_digest(path, self._path) or request.method != "POST":
            return self._refuse(404, "there is nothing here")
        if request.protocol not in self._known and self._web is not None:
            self._known = {*self._known.intersection(self._web.connections), request.protocol}
        if not self._bucket.take():
            return self._refuse(429, "too many messages; choose a longer batch period", close=False)
        if (request.content_length or 0) > MOST_BYTES:
            return self._refuse(413, "the message is too large; choose a shorter batch period")
        try:
            async with asyncio.timeout(_READ_S):
                body = await self._body(request)
        except TimeoutError:
            return self._refuse(408, "the message did not arrive in time")
        if body is None:
            return self._refuse(413, "the message is too large; choose a shorter batch period")
        try:
            complaint = self._received(body)
        except Exception as error:
            self.fault = error
            raise
        return web.Response(status=_TELL, text=complaint) if complaint else web.Response(text="ok")

    async def _body(self, request: web.BaseRequest) -> bytes | None:
        """Read what was sent; None when it is too much."""
        body = bytearray()
        async for chunk in request.content.iter_any():
            body += chunk
            if len(body) > MOST_BYTES:
                return None
        return bytes(body)

    def _refuse(self, status: int, text: str, *, close: bool = True) -> web.Response:
        self.refused += 1
        answer = web.Response(status=status, text=text)
        if close:
            answer.force_close()
        return answer

    def _not_bound(self, error: OSError) -> SensorError:
        host, port = self._place.written, self.port
        if error.errno == errno.EADDRINUSE:
            return SensorError(f"port {port} of {host} is taken; name another one, like `phone:{host}:{port + 1}`")
        if error.errno == errno.EACCES:
            return SensorError(f"port {port} is not allowed here; name one above 1023, like `phone:{host}:8765`")
        return SensorError(f"{host} is no address of this machine; use one of its own: {', '.join(own_addresses())}")


class _Refusal(asyncio.Protocol):
    """Hangs up."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Close at once."""
        transport.close()
