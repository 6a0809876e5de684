"""Around foreign code: what a plug-in raises becomes a `SensorError`, a counted rejection, or a problem that is told once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal

from cuecoach.clock import Clock
from cuecoach.errors import CuecoachError, SensorError
from cuecoach.events import Action, Event
from cuecoach.sensors.bluetooth.protocol import Decoder, Driver, Link, Role, Seen
from cuecoach.sensors.message import Level, Message, Samples, SampleTiming, Stated
from cuecoach.sensors.source import OpenSource, Source
from cuecoach.sensors.status import SensorStatus


def what_happened(error: BaseException) -> str:
    """Return an exception as a few words on one line."""
    text = " ".join(str(error).split())[:160].rstrip(".")
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


class GuardedDriver:
    """A plug-in's family of devices.

    Parameters
    ----------
    driver
        The plug-in's own.
    name
        As people should read it.
    tell
        Called once when it fails where nobody waits for an answer.
    """

    def __init__(self, driver: Driver, name: str, tell: Callable[[str], None]) -> None:
        self.family: str = driver.family
        self.title: str = driver.title
        self.kind: Literal["metrics", "samples"] = driver.kind
        self.roles: tuple[Role, ...] = tuple(driver.roles)
        self.able: tuple[Role, ...] = tuple(driver.able)
        self._driver = driver
        self._name = name
        self._tell = tell
        self._failed = False

    def recognises(self, seen: Seen) -> bool:
        """Ask the plug-in, until it fails for the first time."""
        if self._failed:
            return False
        try:
            return bool(self._driver.recognises(seen))
        except Exception as error:  # foreign code may raise anything
            self._failed = True
            self._tell(f"the plug-in {self._name} failed ({what_happened(error)}); its devices are left out")
            return False

    async def start(self, link: Link, role: Role) -> Decoder:
        """Set a device up."""
        try:
            return _GuardedDecoder(await self._driver.start(link, role))
        except SensorError:
            raise
        except Exception as error:  # foreign code may raise anything
            raise SensorError(_sentence(self._name, error)) from error

    async def stop(self, link: Link) -> None:
        """Leave a device."""
        try:
            await self._driver.stop(link)
        except SensorError:
            raise
        except Exception as error:  # foreign code may raise anything
            raise SensorError(_sentence(self._name, error)) from error


class _GuardedDecoder:
    """A plug-in's decoder: a payload that it fails on counts as one that could not be used."""

    def __init__(self, decoder: Decoder) -> None:
        self.timing: SampleTiming | None = decoder.timing
        self.rejected = 0
        self._decoder = decoder
        self._failed = 0

    def feed(self, channel: str, payload: bytes) -> Sequence[Message]:
        usable: list[Message] = []
        try:
            messages = self._decoder.feed(channel, payload)
            usable += [m for m in messages if isinstance(m, Stated | Samples | Level)]  # pyright: ignore[reportUnnecessaryIsInstance]
            self._failed += len(usable) < len(messages)
            self.rejected = self._decoder.rejected + self._failed
        except Exception:  # foreign code may raise anything; the count shows it
            self._failed += 1
            self.rejected += 1
        return usable


class GuardedSource:
    """A plug-in's kind of sensor; parameters as in :class:`GuardedDriver`."""

    def __init__(self, source: Source, name: str, tell: Callable[[str], None]) -> None:
        self.family: str = source.family
        self.title: str = source.title
        self.usage: str = source.usage
        self.able: tuple[Role, ...] = tuple(source.able)
        self._source = source
        self._name = name
        self._tell = tell

    def open(self, argument: str, role: Role) -> OpenSource:
        """Return the sensor that `argument` names."""
        try:
            return _GuardedSensor(self._source.open(argument, role), self._name, self._tell)
        except CuecoachError:
            raise
        except Exception as error:  # foreign code may raise anything
            raise SensorError(_sentence(self._name, error)) from error


class _GuardedSensor:
    """A plug-in's sensor: when it fails, it is lost, and the run goes on."""

    def __init__(self, sensor: OpenSource, name: str, tell: Callable[[str], None]) -> None:
        self.source: str = str(sensor.source)
        self._sensor = sensor
        self._name = name
        self._tell = tell
        self._deaf = False
        self._why = ""

    async def stream(self, put: Callable[[Event], None], clock: Clock) -> None:
        def put_checked(event: Event) -> None:
            if not isinstance(event, Event):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise TypeError(f"{type(event).__name__} is no event")
            put(event)

        try:
            await self._sensor.stream(put_checked, clock)
        except SensorError as error:
            self._why = str(error)
            raise
        except Exception as error:  # foreign code may raise anything
            self._why = _sentence(self._name, error)
            raise SensorError(self._why) from error

    def status(self) -> SensorStatus:
        try:
            status = self._sensor.status()
            return replace(status, state="lost", text=self._why) if self._why else replace(status)
        except Exception as error:  # foreign code may raise anything, or return anything
            return SensorStatus(self.source, "lost", self._why or _sentence(self._name, error))

    def hear(self, action: Action) -> None:
        if self._deaf:
            return
        try:
            self._sensor.hear(action)
        except Exception as error:  # foreign code may raise anything
            self._deaf = True
            self._tell(f"the plug-in {self._name} failed ({what_happened(error)}); it hears nothing any more")


def _sentence(name: str, error: Exception) -> str:
    return f"the plug-in {name} failed ({what_happened(error)}); update it, or leave it out"
