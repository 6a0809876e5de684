"""Watching over one connection: is it there, is it alive, how full is the battery."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from cuecoach.clock import Clock, within
from cuecoach.errors import SensorError
from cuecoach.sensors.bluetooth.intake import Intake
from cuecoach.sensors.bluetooth.protocol import OpenLink
from cuecoach.sensors.bluetooth.uuids import BATTERY_LEVEL, HEART_RATE_MEASUREMENT, RSC_FEATURE, RSC_MEASUREMENT, sig
from cuecoach.sensors.life import RESTING
from cuecoach.sensors.message import SampleTiming

#: After so long without data the link itself is doubted: it can be dead and still call itself connected, s.
DOUBT_S: Final = 5.0
#: A device that is asked answers by then, s.
PROBE_S: Final = 3.0
#: One that is silent but answers is asked again after so long, s.
PROBE_AGAIN_S: Final = 15.0
#: How often the battery is read, s.
BATTERY_S: Final = 600.0

#: What is read to ask whether a device is alive, the first that it has: battery, manufacturer, model, firmware, RSC feature,
#: body sensor location, device name (Bluetooth SIG, Assigned Numbers).
READABLE: Final = (BATTERY_LEVEL, sig(0x2A29), sig(0x2A24), sig(0x2A26), RSC_FEATURE, sig(0x2A38), sig(0x2A00))

NO_HEART_BEAT: Final = "no heart beat: wet the strap and wear it tight"


class Vigil:
    """What is waited for while a device is connected; each wait returns why the connection is over.

    Parameters
    ----------
    clock
        All waits are on it.
    link, timing, intake
        The connection, how its samples come (None: it states values), and what has come over it.
    drain
        Hands on what waits in the intake.
    rests
        Called with a few words when the device answers although it is silent.
    """

    def __init__(
        self,
        clock: Clock,
        link: OpenLink,
        timing: SampleTiming | None,
        intake: Intake,
        drain: Callable[[], None],
        rests: Callable[[str], None],
    ) -> None:
        self._clock = clock
        self._link = link
        self._timing = timing
        self._doubt_s = DOUBT_S if timing is None else max(DOUBT_S, 2 * timing.silence_s)
        self._intake = intake
        self._drain = drain
        self._rests = rests
        self._opened = clock.now()

    async def broken(self) -> str:
        """Wait for the end of the connection."""
        await self._link.broken()
        return "the connection broke"

    async def doubted(self) -> str:
        """Wait until the connection is to be given up: the device is silent, and does not answer either."""
        while True:
            heard = self._heard_at
            if self._clock.now() < heard + self._doubt_s:
                await self._clock.sleep_until(heard + self._doubt_s)
                self._drain()
                continue
            if self._timing is not None:  # these never rest
                return f"no data for {self._doubt_s:g} s"
            if self._intake.rejected_at is not None and self._intake.rejected_at > heard:
                return "it sends nothing that can be used"
            answered = await self._answers()
            self._drain()
            if self._heard_at > heard:
                continue
            if not answered:
                return "it does not answer"
            self._rests(NO_HEART_BEAT if self._is_strap else RESTING)
            await self._clock.sleep_until(self._clock.now() + PROBE_AGAIN_S)

    async def ask_battery(self) -> str:
        """Read the battery now and then, if there is one; never ends. A device that refuses has none to tell of."""
        if self._link.has(BATTERY_LEVEL):
            with suppress(SensorError, TimeoutError):
                await within(self._clock, PROBE_S, self._link.subscribe(BATTERY_LEVEL))
            while True:
                with suppress(SensorError, TimeoutError):
                    payload = await within(self._clock, PROBE_S, self._link.read(BATTERY_LEVEL))
                    self._intake.arrived(BATTERY_LEVEL, payload)
                await self._clock.sleep_until(self._clock.now() + BATTERY_S)
        await asyncio.Event().wait()
        return ""

    @property
    def _heard_at(self) -> float:
        return self._opened if self._intake.heard_at is None else self._intake.heard_at

    @property
    def _is_strap(self) -> bool:
        return self._link.has(HEART_RATE_MEASUREMENT) and not self._link.has(RSC_MEASUREMENT)

    async def _answers(self) -> bool:
        """Whether the device answers when it is asked for something it can always say."""
        uuid = next((uuid for uuid in READABLE if self._link.has(uuid)), None)
        if uuid is None:
            return False
        try:
            payload = await within(self._clock, PROBE_S, self._link.read(uuid))
        except (SensorError, TimeoutError):
            return False
        if uuid == BATTERY_LEVEL:
            self._intake.arrived(uuid, payload)
        return True
