"""A Bluetooth sensor for the length of a run: found, connected, watched, lost, found again, for ever."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any, Final, TypeVar

from cuecoach.clock import Clock, within
from cuecoach.errors import SensorError
from cuecoach.events import Action, Battery, Event, Gap, SensorState
from cuecoach.sensors.bluetooth.choice import Choice, Claims
from cuecoach.sensors.bluetooth.intake import Intake, Tally
from cuecoach.sensors.bluetooth.protocol import PLACES, Decoder, Driver, OpenLink, Radio, Role, Seen
from cuecoach.sensors.bluetooth.vigil import PROBE_S, Vigil
from cuecoach.sensors.cadence import CadenceUnit
from cuecoach.sensors.cadence_judge import CadenceJudge
from cuecoach.sensors.interpreter import Interpreter
from cuecoach.sensors.life import Life
from cuecoach.sensors.status import SensorStatus

__all__ = ["BluetoothSensor", "Claims"]

T = TypeVar("T")

#: Of the devices seen in this time the strongest is taken, s.
SETTLE_S: Final = 3.0
#: Waits between attempts, s; the last for ever after. Each is made up to a fifth longer or shorter by chance, so that
#: several sensors do not keep step.
BACKOFF_S: Final = (0.5, 1.0, 2.0, 4.0, 8.0)
JITTER: Final = 0.2
#: A connection that streamed for so long was a good one: the next waits begin anew, s.
GOOD_S: Final = 30.0
#: Setting a device up takes no longer, s.
START_S: Final = 20.0
#: Nor does saying goodbye, s.
STOP_S: Final = 2.0
#: Without data for so long a sensor that states values is stale, s; they come about once a second. Raw samples have their own.
STALE_S: Final = 5.0


class BluetoothSensor:
    """One sensor of a run; fulfils `OpenSource`.

    Parameters
    ----------
    role
        What it is to the runner; also its `source` in the events.
    radio
        The machine's Bluetooth, shared by all sensors.
    drivers
        Families that are known.
    device
        Address, or name or its beginning, in any case; None for any device of a family that fills the role unasked.
    claims
        Shared by the sensors of a run, so that no two take one device.
    cadence_unit
        Whether its cadence counts strides or steps; ``auto`` finds out.
    remembered
        Called with the address of what was found: the unit of cadence it had in earlier runs.
    learned
        Called when the device or its unit of cadence has become known.
    seed
        Makes the waits between attempts reproducible.
    """

    def __init__(
        self,
        role: Role,
        radio: Radio,
        drivers: Sequence[Driver],
        *,
        device: str | None = None,
        claims: Claims | None = None,
        cadence_unit: CadenceUnit = "auto",
        remembered: Callable[[str], CadenceUnit | None] = lambda address: None,
        learned: Callable[[SensorStatus], None] = lambda status: None,
        seed: int = 0,
    ) -> None:
        self.source: str = role
        self._role: Role = role
        self._radio = radio
        self._claims = claims or Claims()
        self._choice = Choice(role, drivers, device, self._claims, self._unknown)
        self._cadence_unit: CadenceUnit = cadence_unit
        self._remembered = remembered
        self._learned = learned
        self._random = random.Random(f"{role} {seed}")
        self._life = Life(role, stale_s=STALE_S)
        self._tally = Tally()
        self._connections = 0
        self._battery: float | None = None
        self._seen: Seen | None = None
        self._driver: Driver | None = None
        self._interpreter: Interpreter | None = None
        self._before = (0, 0)  # duplicates and losses of a device under its former address
        self._intake: Intake | None = None
        self._told: tuple[str, str] | None = None
        self._filled = asyncio.Event()
        self._earlier = asyncio.Event()
        self._awake_at = math.inf

    # ------------------------------------------------------------ what the run asks
    async def stream(self, put: Callable[[Event], None], clock: Clock) -> None:
        """Put events as they come, until cancelled; a sensor that cannot be reached is tried again for ever."""
        self._put, self._clock = put, clock
        await _first_of(self._age(), self._live())

    def status(self) -> SensorStatus:
        """How it is doing now."""
        seen, interpreter = self._seen, self._interpreter
        judge = interpreter.judge if interpreter else None
        return SensorStatus(
            self.source,
            self._life.state,
            self._life.text,
            device=seen.name or seen.address if seen else "",
            family=self._driver.family if self._driver else "",
            address=seen.address if seen else "",
            battery=self._battery,
            cadence_unit=f"{judge.unit}, {judge.how}" if judge and judge.unit != "auto" and self._counts() else "",
            values=interpreter.values if interpreter else {},
            packets=self._tally.packets,
            rejected=self._tally.rejected + (interpreter.rejected if interpreter else 0),
            duplicates=self._before[0] + (interpreter.duplicates if interpreter else 0),
            lost=self._before[1] + (interpreter.lost if interpreter else 0) + self._tally.dropped,
            connections=self._connections,
        )

    def hear(self, action: Action) -> None:
        """A real runner has ears of its own."""

    # ------------------------------------------------------------ from the search to the end, again and again
    async def _live(self) -> None:
        attempt = 0
        while True:
            began = self._clock.now()
            try:
                await self._once()
            except SensorError as error:
                self._say(self._life.searching(self._clock.now(), str(error)))
            heard_at = self._intake.heard_at if self._intake else None
            self._intake = None
            attempt = 0 if heard_at is not None and heard_at - began >= GOOD_S else attempt
            wait = BACKOFF_S[min(attempt, len(BACKOFF_S) - 1)] * self._random.uniform(1 - JITTER, 1 + JITTER)
            attempt += 1
            await self._clock.sleep_until(self._clock.now() + wait)

    async def _once(self) -> None:
        """Find a device, connect it, and stay with it until the connection ends."""
        self._say(self._life.searching(self._clock.now()))
        settle_s = 0.0 if self._choice.settled else SETTLE_S
        seen = await self._radio.find(lambda seen: self._choice.wants(seen, self._clock.now()), settle_s=settle_s)
        driver = self._choice.driver(seen)
        if driver is None or not self._claims.take(seen.address, self._role):
            return  # another sensor was quicker
        interpreter = self._meet(seen, driver)
        self._say(self._life.connecting(self._clock.now()))
        intake = self._intake = Intake(self.source, self._clock, self._tally, self._filled.set)
        try:
            async with self._radio.connect(seen, intake.arrived) as link:
                self._connections += 1
                await self._connected(link, driver, intake, interpreter)
        finally:
            if intake.heard_at is None:
                self._choice.failed(seen, self._clock.now())

    async def _connected(self, link: OpenLink, driver: Driver, intake: Intake, interpreter: Interpreter) -> None:
        why = ""
        try:
            decoder = intake.decoder = await self._started(link, driver)
            interpreter.begin(decoder.timing)
            if decoder.timing is not None:
                self._life.stale_s = decoder.timing.silence_s
            vigil = Vigil(self._clock, link, decoder.timing, intake, self._drain, self._rests)
            why = await _first_of(vigil.broken(), vigil.doubted(), vigil.ask_battery(), self._take())
        except asyncio.CancelledError:
            # The run ends: leave the device as it should be left (some drain their battery otherwise), but do not wait.
            with suppress(SensorError, TimeoutError):
                await within(self._clock, STOP_S, driver.stop(link))
            raise
        except SensorError:
            self._gone(intake, why)
            raise
        self._gone(intake, why)

    def _gone(self, intake: Intake, why: str) -> None:
        self._drain()  # what came before the end
        self._say(self._life.broken(self._clock.now(), why, standing=intake.standing))

    async def _started(self, link: OpenLink, driver: Driver) -> Decoder:
        try:
            return await within(self._clock, START_S, driver.start(link, self._role))
        except TimeoutError as error:
            raise SensorError(f"`{link.name}` does not answer while being set up: switch it off and on") from error

    def _meet(self, seen: Seen, driver: Driver) -> Interpreter:
        """Get to know the device; one that is known keeps its clock, its counts and its unit of cadence."""
        new = self._interpreter is None or self._seen is None or seen.address != self._seen.address
        self._seen = seen if seen.name or new or self._seen is None else Seen(seen.address, self._seen.name)
        self._driver = driver
        self._life.stale_s = STALE_S
        self._life.grace_s = PROBE_S + 0.5 if driver.kind == "metrics" else 0.0
        if self._interpreter is None or new:
            if self._interpreter is not None:
                before = self._interpreter
                self._before = (self._before[0] + before.duplicates, self._before[1] + before.lost)
            remembered = self._remembered(seen.address)
            judge = CadenceJudge(self._cadence_unit, remembered=remembered, name=seen.name)
            self._interpreter = Interpreter(self.source, PLACES[self._role], judge)
        return self._interpreter

    # ------------------------------------------------------------ while connected
    async def _take(self) -> str:
        while True:
            await self._filled.wait()
            self._filled.clear()
            self._drain()

    def _drain(self) -> None:
        """Hand on all that has come."""
        intake, interpreter = self._intake, self._interpreter
        if intake is None or interpreter is None:
            return
        since = self._life.heard_at
        taken = intake.take(interpreter)
        if taken.first is not None and taken.last is not None:
            if self._missed(taken.first) and since is not None:
                self._put(Gap(taken.first, self.source, since, taken.first))
            self._say(self._life.heard(taken.last))
            self._choice.heard_at = taken.last
            if self._seen is not None:
                self._choice.settle(self._seen)
        for event in taken.events:
            if isinstance(event, Battery):
                self._battery = event.percent
            self._put(event)
        self._learn()

    def _missed(self, t: float) -> bool:
        """Whether stated values are missing before `t`; a stream of samples tells its own gaps, by its clock."""
        metrics = self._driver is not None and self._driver.kind == "metrics"
        return metrics and self._life.silent and not self._life.resting

    def _learn(self) -> None:
        """Tell what has become known, once."""
        if self._choice.settled and self._seen is not None and self._interpreter is not None:
            known = (self._seen.address, self._interpreter.judge.unit)
            if known != self._told:
                self._told = known
                self._learned(self.status())

    def _rests(self, text: str) -> None:
        self._say(self._life.rests(self._clock.now(), text))

    # ------------------------------------------------------------ its life as events
    async def _age(self) -> None:
        """Tell what the passing of time changes."""
        while True:
            self._drain()  # what has come is not late only because it was not looked at
            self._say(self._life.advance(self._clock.now()))
            self._earlier.clear()
            self._awake_at = self._life.next_due
            if self._awake_at == math.inf:
                await self._earlier.wait()
            else:
                with suppress(TimeoutError):
                    await within(self._clock, self._awake_at - self._clock.now(), self._earlier.wait())

    def _say(self, states: list[SensorState]) -> None:
        for state in states:
            self._put(state)
        if self._life.next_due < self._awake_at:
            self._earlier.set()

    def _unknown(self, name: str) -> None:
        self._say(
            self._life.searching(self._clock.now(), f"`{name}` is near, but it is no {self._role} sensor we know")
        )

    def _counts(self) -> bool:
        """Whether this sensor states a cadence at all."""
        return self._role != "heart" and self._driver is not None and self._driver.kind == "metrics"


async def _first_of(*works: Coroutine[Any, Any, T]) -> T:
    """Await the first of `works` to end and return its result; the others are cancelled and have ended."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return next(task.result() for task in tasks if task in done)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
