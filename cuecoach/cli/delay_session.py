"""A round of clicks that someone taps or steps along with: the sound, the keyboard or a sensor, and the line on the screen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

from cuecoach.audio.delay_round import Round
from cuecoach.cli import keys, terminal
from cuecoach.clock import Clock
from cuecoach.errors import DeviceError, SensorError, UsageError
from cuecoach.events import Event, ImuBlock, Reading, SensorState, SoundCommand

if TYPE_CHECKING:
    from cuecoach.audio.delay import Along
    from cuecoach.gait import GaitAnalyser
    from cuecoach.live import LiveSensor

#: How often it is looked at what has come of the sound, s.
_LOOK_S: Final = 0.05
#: On the trunk both feet are felt; this one is asked for.
_FOOT: Final = "left"
#: After so many numbers and not one raw sample, there will be none.
_NUMBERS: Final = 8


class Playing(Protocol):
    """What a round needs of the sound process."""

    problem: str | None

    @property
    def alive(self) -> bool:
        """Whether it plays."""
        ...

    def send(self, action: SoundCommand, /) -> None:
        """Pass a command on."""
        ...

    def poll(self) -> Sequence[object]:
        """Hear what it has to say."""
        ...


async def play_round(round_: Round, sound: Playing, clock: Clock, show: Callable[[], None]) -> Along:
    """Play a round to its end; whoever feeds it does so meanwhile.

    Raises
    ------
    NotTogetherError
        It came to nothing.
    DeviceError
        The device went away.
    """
    shown = -1
    sound.send(round_.beat)
    try:
        while not round_.over:
            await clock.sleep_until(clock.now() + _LOOK_S)
            sound.poll()
            if not sound.alive:
                raise DeviceError(f"{sound.problem or 'the sound ended'}; nothing was changed")
            round_.advance(clock.now())
            if round_.count != shown:
                shown = round_.count
                show()
    finally:
        sound.send(round_.end(clock.now()))
    if round_.along is None:
        assert round_.problem is not None
        raise round_.problem
    return round_.along


async def tapped(round_: Round, sound: Playing, clock: Clock, show: Callable[[], None]) -> Along:
    """Play a round that is tapped along with on the space bar; errors as of `play_round`."""

    def handle(key: str) -> None:
        if key == keys.QUIET:
            round_.take(clock.now())

    with keys.pressed(handle):
        return await play_round(round_, sound, clock, show)


async def stepped(round_: Round, sound: Playing, clock: Clock, show: Callable[[], None], sensor: LiveSensor) -> Along:
    """Play a round that is stepped along with; errors as of `play_round`.

    Raises
    ------
    SensorError
        The sensor is gone, or sends numbers only.
    """
    feet = Feet(round_)
    sensor.hear(round_.beat)  # a simulated runner follows what it hears
    streaming = asyncio.create_task(sensor.stream(feet.put, clock))
    playing = asyncio.create_task(play_round(round_, sound, clock, show))
    tasks: list[asyncio.Task[Any]] = [streaming, playing, asyncio.create_task(feet.failed.wait())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if feet.problem:
            raise SensorError(feet.problem)
        if streaming.done() and not playing.done():
            streaming.result()
            raise SensorError(f"the {sensor.source} sensor ended before enough steps had come")
        return await playing
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Worn:
    """The one sensor whose steps count, as the command line names it.

    Raises
    ------
    UsageError
        The name cannot be understood.
    """

    def __init__(self, wish: str) -> None:
        from cuecoach import lineup
        from cuecoach.config import RunConfig
        from cuecoach.lineup.memory import Memory
        from cuecoach.lineup.remembered import SensorsFile
        from cuecoach.sensors.plugins import load_plugins

        self._memory = Memory(SensorsFile())
        self._radio = lineup.open_radio()
        self._lined_up = lineup.line_up(
            RunConfig(), [wish], memory=self._memory, radio=self._radio, plugins=load_plugins()
        )
        if len(self._lined_up.sensors) != 1:
            raise UsageError(f"`{wish}` is not one sensor; write for example `--steps foot`")
        #: Ready to stream.
        self.sensor: LiveSensor = self._lined_up.sensors[0]

    async def check(self) -> None:
        """Make sure that Bluetooth works, where it is needed; raises `RadioError`."""
        from cuecoach.sensors.bluetooth.radio import check_radio

        if self._lined_up.bluetooth:
            await check_radio(self._radio)

    def finish(self) -> None:
        """Wait until what was learnt about it is written down."""
        for problem in self._memory.finish():
            terminal.note(problem)


class Feet:
    """Finds the steps in what a sensor sends: those of its own foot, or of the left one when it is worn on the trunk."""

    def __init__(self, round_: Round) -> None:
        self._round = round_
        self._gait: GaitAnalyser | None = None
        self._numbers = 0
        #: Why there will be no steps, one sentence; `failed` is set then.
        self.problem = ""
        self.failed = asyncio.Event()

    def put(self, event: Event) -> None:
        """Take an event of the sensor."""
        if isinstance(event, ImuBlock):
            self._feel(event)
        elif isinstance(event, Reading) and self._gait is None:
            self._numbers += 1
            if self._numbers >= _NUMBERS:
                self._fail(
                    f"the {event.source} sensor sends no raw samples, so its steps cannot be timed; leave out --steps"
                )
        elif isinstance(event, SensorState) and event.state == "ended":
            self._fail(f"the {event.source} sensor ended before enough steps had come")

    def _fail(self, problem: str) -> None:
        self.problem = self.problem or problem
        self.failed.set()

    def _feel(self, block: ImuBlock) -> None:
        if self._gait is None:
            from cuecoach.gait import GaitAnalyser

            self._gait = GaitAnalyser(block.place)
        own = block.place in ("foot", "shank")
        for step in self._gait.push(block.times, block.acc, block.gyr).steps:
            if own or step.side == _FOOT:
                self._round.take(step.ic)
