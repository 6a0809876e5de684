"""A recording through the analyser, once and in bounded memory: whoever wants something is given it as it becomes known."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from cuecoach.errors import RecordingError, UsageError
from cuecoach.events import Alignment, ImuBlock, Place, Slip, Step
from cuecoach.gait import GaitAnalyser, GaitUpdate
from cuecoach.gait.constants import GAP_S
from cuecoach.gait.leftright import LeftRight
from cuecoach.gait.summary import Window, Windows
from cuecoach.mounts import SensorAxes
from cuecoach.sensors.recordings.recording import open_recording

if TYPE_CHECKING:
    from collections.abc import Callable

#: Places on a leg: such a sensor knows one foot and no pelvis.
LEGS: Final = ("foot", "shank")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is measured, and what was told about it.

    Attributes
    ----------
    path, place
        The recording, and where the sensor was worn when the caller knows better than the file.
    mount
        How the sensor sat, None to find out.
    speed
        Of the treadmill, m/s.
    series
        Whether the continuous angles are wanted.
    """

    path: Path
    place: Place | None = None
    mount: SensorAxes | None = None
    speed: float | None = None
    series: bool = False


@dataclass(slots=True)
class Measured:
    """What is known of a recording as a whole.

    Attributes
    ----------
    place, sampling_rate_hz
        Where the sensor was worn, and the rate of its samples.
    whole
        The whole recording as one window, s since its first sample.
    speed
        Of the treadmill, m/s, if it was told.
    sides
        The left and the right foot.
    gyroscope
        Whether there were angular rates.
    alignments, slips
        How the sensor was decided to sit, and when it moved.
    notes
        Sentences about what was assumed or left out.
    """

    place: Place
    whole: Window
    speed: float | None = None
    sampling_rate_hz: float | None = None
    gyroscope: bool = False
    sides: LeftRight = field(default_factory=LeftRight)
    alignments: list[Alignment] = field(default_factory=lambda: list[Alignment]())
    slips: list[Slip] = field(default_factory=lambda: list[Slip]())
    notes: list[str] = field(default_factory=lambda: list[str]())

    @property
    def duration_s(self) -> float:
        """From the first to the last sample, s."""
        return self.whole.t_end - self.whole.t_start


@dataclass(frozen=True, slots=True, eq=False)
class News:
    """What a block of samples made known.

    Attributes
    ----------
    update
        The analyser's answer; its steps also hold what follows from a speed that was told.
    windows
        Those that are complete now.
    gaps
        Where samples are missing for more than a second, s.
    """

    update: GaitUpdate
    windows: Sequence[Window]
    gaps: Sequence[tuple[float, float]] = ()


class Sink(Protocol):
    """Somebody who wants what the samples tell."""

    def add(self, news: News) -> None:
        """Take what a block made known."""
        ...

    def finish(self, done: Measured) -> None:
        """Write or show it; nothing more comes."""
        ...


def measure_recording(wanted: Wanted, sinks: Sequence[Sink]) -> Measured:
    """Measure a recording from its first sample to its last.

    Raises
    ------
    RecordingError
        It cannot be read, or holds no raw samples.
    UsageError
        What was told does not go with the place of the sensor.
    """
    opened = open_recording(wanted.path, place=wanted.place)
    if opened.kind != "imu":
        name = wanted.path.name
        raise RecordingError(
            f"{name} holds finished metrics, not raw samples; look at it with `cuecoach replay {name}`"
        )
    if wanted.mount is not None and opened.place in LEGS:
        raise UsageError(f"`--mount` is for a sensor on the trunk; leave it out for one on the {opened.place}")
    blocks = (event for event in opened.events() if isinstance(event, ImuBlock) and len(event.times))
    first = next(blocks, None)
    if first is None:
        raise RecordingError(f"{wanted.path.name} holds no samples; record again, or give another file")
    run = _Run(wanted, first, sinks)
    with _progress() as tell:
        run.take(first)
        for block in blocks:
            run.take(block)
            tell(float(block.times[-1]))
    done = run.finish()
    done.notes += opened.notes
    if wanted.mount is not None and not done.gyroscope:
        done.notes.append("Without a gyroscope there are no angles, so `--mount` changes nothing.")
    return done


class _Run:
    """One recording on its way through."""

    def __init__(self, wanted: Wanted, first: ImuBlock, sinks: Sequence[Sink]) -> None:
        t = float(first.times[0])
        self._analyser = GaitAnalyser(first.place, series=wanted.series, mount=wanted.mount)
        self._windows = Windows(t)
        self._last_t = t
        self._sinks = sinks
        self._done = Measured(first.place, Window(t, t), wanted.speed)

    def take(self, block: ImuBlock) -> None:
        """Measure a block and pass on what it made known."""
        done = self._done
        update = self._analyser.push(block.times, block.acc, block.gyr)
        if done.speed is not None:
            update = replace(update, steps=tuple(_with_speed(step, done.speed) for step in update.steps))
        done.gyroscope = done.gyroscope or block.gyr is not None
        done.alignments += update.alignments
        done.slips += update.slips
        for step in update.steps:
            done.sides.add(step)
        times = np.concatenate(([self._last_t], block.times))
        at = np.flatnonzero(np.diff(times) > GAP_S)
        gaps = list(zip(times[at].tolist(), times[at + 1].tolist(), strict=True))
        self._last_t = float(times[-1])
        self._pass_on(News(update, self._windows.push(update.steps, update.activity, self._last_t, gaps), gaps))

    def finish(self) -> Measured:
        """Close the last windows."""
        nothing = GaitUpdate((), (), None)
        self._pass_on(News(nothing, self._windows.finish(self._last_t)))
        self._done.whole.t_end = self._last_t
        self._done.sampling_rate_hz = self._analyser.sampling_rate_hz
        return self._done

    def _pass_on(self, news: News) -> None:
        for window in news.windows:
            self._done.whole.merge(window)
        for sink in self._sinks:
            sink.add(news)


def _with_speed(step: Step, speed: float) -> Step:
    """Return the step with what the speed of the ground, m/s, and its own values tell together."""
    from cuecoach.signals.derived import follow

    told = follow(speed, step.values.get("cadence"), step.values.get("vertical_oscillation"))
    return replace(step, values={**step.values, **told})


@contextmanager
def _progress() -> Generator[Callable[[float], None]]:
    """Show on a terminal how far the measuring is; into a pipe, nothing."""
    import sys

    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    from cuecoach.timeline import clock

    with Console(stderr=True).status("measuring", spinner="line") as status:
        yield lambda t: status.update(f"measuring: {clock(t)}")
