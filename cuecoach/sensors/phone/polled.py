"""A phone that is asked: the app phyphox answers on its remote interface, ten times a second."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Final, Protocol

from cuecoach.clock import Clock
from cuecoach.errors import SensorError
from cuecoach.events import Event
from cuecoach.sensors.bluetooth.protocol import Role
from cuecoach.sensors.phone.address import Endpoint
from cuecoach.sensors.phone.extra import TooMuchError, needs_aiohttp
from cuecoach.sensors.phone.phyphox import Phyphox
from cuecoach.sensors.phone.sensor import PhoneSensor

#: Between two questions, s.
_EVERY_S: Final = 0.1
#: After a failure: the first wait, and the longest, s.
_FIRST_S: Final = 0.5
_LONGEST_S: Final = 8.0
#: While it waits, time is looked at this often, s.
_LOOK_S: Final = 0.25


class Asks(Protocol):
    """What puts a question to the phone."""

    async def get(self, query: str) -> tuple[int, bytes]:
        """Return status and body; raise `SensorError` when there is no answer, or one too long to read."""
        ...


class PolledPhone(PhoneSensor):
    """Asks one phone for what is new.

    Parameters
    ----------
    role, endpoint
        What it is to the runner, and where phyphox answers.
    asks
        Opens the way to the phone; HTTP unless given.
    """

    def __init__(
        self, role: Role, endpoint: Endpoint, asks: Callable[[], AbstractAsyncContextManager[Asks]] | None = None
    ) -> None:
        super().__init__(role, "phyphox", f"{endpoint.written}:{endpoint.port}")
        self.endpoint = endpoint
        self._asks = asks
        self._phyphox = Phyphox()

    @property
    def rejected(self) -> int:
        """Replies and samples that could not be used."""
        return self._phyphox.rejected

    @property
    def duplicates(self) -> int:
        """Samples that came twice."""
        return self._interpreter.duplicates + self._phyphox.duplicates

    async def stream(self, put: Callable[[Event], None], clock: Clock) -> None:
        """Ask and put events until cancelled; a phone that does not answer is asked again, for ever.

        Raises
        ------
        SensorError
            aiohttp is missing.
        """
        url = f"http://{self._address}"
        text = f"looking for phyphox at {url}; open the experiment there and allow remote access"
        self._tell(self._life.searching(clock.now(), text), put)
        wait = _FIRST_S
        async with self._open() as phone:
            while True:
                asked = clock.now()
                try:
                    status, body = await phone.get(self._phyphox.query())
                except SensorError as error:
                    self._failed(error, clock.now(), put)
                    await self._rest(clock, clock.now() + wait, put)
                    wait = min(2 * wait, _LONGEST_S)
                    continue
                wait = _FIRST_S
                now = clock.now()
                self._device = "phyphox"
                self._arrived(self._phyphox.take(status, body), put, now)
                await self._rest(clock, asked + _EVERY_S, put)

    def _failed(self, error: SensorError, now: float, put: Callable[[Event], None]) -> None:
        if isinstance(error, TooMuchError):
            self._phyphox.skip()
        self._tell(self._life.advance(now), put)
        if self._life.silent:  # one missed answer is no news; what is worth telling is why it stays silent
            self._tell(self._life.searching(now, str(error)), put)

    def _open(self) -> AbstractAsyncContextManager[Asks]:
        if self._asks is not None:
            return self._asks()
        with needs_aiohttp():
            from cuecoach.sensors.phone.poller import Poller
        return Poller(self.endpoint)

    async def _rest(self, clock: Clock, until: float, put: Callable[[Event], None]) -> None:
        """Sleep, and meanwhile tell when silence has become a state."""
        while True:
            await clock.sleep_until(min(until, clock.now() + _LOOK_S))
            self._tell(self._life.advance(clock.now()), put)
            if clock.now() >= until:
                return
