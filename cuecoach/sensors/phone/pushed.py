"""A phone that pushes: the app Sensor Logger sends its sensors to a server that is open while the run lasts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cuecoach.clock import Clock
from cuecoach.events import Event
from cuecoach.sensors.bluetooth.protocol import Role
from cuecoach.sensors.phone.address import Endpoint
from cuecoach.sensors.phone.extra import needs_aiohttp
from cuecoach.sensors.phone.sensor import PhoneSensor
from cuecoach.sensors.phone.sensor_logger import SensorLogger

#: How often time is looked at, s.
_LOOK_S: Final = 0.25


class PushedPhone(PhoneSensor):
    """Listens on one address of this machine for one phone.

    Attributes
    ----------
    endpoint
        Where it listens.
    token
        The secret path of the URL.
    """

    def __init__(self, role: Role, endpoint: Endpoint, token: str) -> None:
        super().__init__(role, "phone", endpoint.written)
        self.endpoint = endpoint
        self.token = token
        self._port = endpoint.port
        self._logger = SensorLogger()
        self._refused = 0

    @property
    def url(self) -> str:
        """What to type into Sensor Logger as `Push URL`; a port 0 is known only while it streams."""
        return f"http://{self.endpoint.written}:{self._port}/{self.token}"

    @property
    def rejected(self) -> int:
        """Messages and readings that could not be used."""
        return self._logger.rejected + self._refused

    @property
    def duplicates(self) -> int:
        """Messages and samples that came twice."""
        return self._interpreter.duplicates + self._logger.duplicates

    async def stream(self, put: Callable[[Event], None], clock: Clock) -> None:
        """Serve and put events until cancelled.

        Raises
        ------
        SensorError
            aiohttp is missing, or the address cannot be bound.
        """
        with needs_aiohttp():
            from cuecoach.sensors.phone.server import PushServer

        def received(body: bytes) -> str:
            now = clock.now()
            taken = self._logger.take(now, body)
            self._device = self._device or ("Sensor Logger" if taken.messages else "")
            self._arrived(taken, put, now)
            return taken.complaint

        async with PushServer(self.endpoint, self.token, received, clock.now) as server:
            self._port = server.port
            text = f"in Sensor Logger, set `Push URL` to {self.url} and start a recording"
            self._tell(self._life.searching(clock.now(), text), put)
            while True:
                await clock.sleep_until(clock.now() + _LOOK_S)
                self._refused = server.refused
                if server.fault is not None:
                    raise server.fault
                self._tell(self._life.advance(clock.now()), put)
