"""The way in: raw samples of one sensor in blocks of any size, running steps and activity out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from cuecoach.events import ActivityChange, Alignment, CalibrationStage, FloatArray, Place, Slip, Step
from cuecoach.gait.alignment import Worn
from cuecoach.gait.calibration import GuidedCalibration
from cuecoach.gait.constants import CHUNK, GRID_S
from cuecoach.gait.sampling import GridBlock, Resampler
from cuecoach.gait.segment import Segment, Work
from cuecoach.mounts import SensorAxes

#: Larger blocks are worked on in parts of this many raw samples, so that memory does not grow with the block.
_PART = 4096


@dataclass(frozen=True, slots=True, eq=False)
class PelvisSeries:
    """Continuous angles of the pelvis, 100 Hz, deg, NaN while unknown; `times` in s. All of shape (n,)."""

    times: FloatArray
    pelvic_tilt: FloatArray
    pelvic_obliquity: FloatArray
    pelvic_rotation: FloatArray


@dataclass(frozen=True, slots=True)
class GaitUpdate:
    """What a block of samples made known.

    Attributes
    ----------
    steps
        Running steps in order of `known`; they never change later.
    activity
        Changes of running, walking and still.
    series
        Angles of the pelvis, when asked for.
    alignments
        How the sensor was decided to sit, each time that was decided.
    slips
        When the sensor moved on the body.
    calibration
        What a guided calibration came to.
    """

    steps: tuple[Step, ...]
    activity: tuple[ActivityChange, ...]
    series: PelvisSeries | None
    alignments: tuple[Alignment, ...] = ()
    slips: tuple[Slip, ...] = ()
    calibration: tuple[CalibrationStage, ...] = ()


class GaitAnalyser:
    """Gait of one inertial sensor, causal: each step is out within 250 ms of its terminal contact.

    Results are the same to the bit for any cut of the samples into blocks. Rates of 50-500 Hz, gaps, NaN, clipping and any
    mounting are fine. After a gap of more than a second steps and orientation start afresh; the mounting, the reference pose
    and the bias of the gyroscope stay.

    Parameters
    ----------
    place
        Where the sensor is worn. On a foot or shank, steps are those of that leg; their `cadence` counts both feet.
    series
        Whether updates carry the continuous angles of the pelvis.
    mount
        How the sensor was told to sit; without it that is found from the motion. A mounting whose up is far from the vertical
        of running is not believed.
    """

    def __init__(self, place: Place, *, series: bool = False, mount: SensorAxes | None = None) -> None:
        self.place: Place = place
        self._series = series
        self._resampler = Resampler()
        self._worn = Worn(told=mount)
        self._segment: Segment | None = None

    @property
    def sampling_rate_hz(self) -> float | None:
        """Rate of the raw samples, None before the second."""
        return self._resampler.sampling_rate_hz

    def calibrate(self, at: float) -> None:
        """Begin a guided calibration with the first sample at or after session time `at`, s; one under way is given up.

        A sensor without gyroscope, or on a foot or shank, answers `failed` with that sample.
        """
        self._worn.guided = GuidedCalibration(at)

    def push(self, times: FloatArray, acc: FloatArray, gyr: FloatArray | None) -> GaitUpdate:
        """Take samples, give what they made known.

        Parameters
        ----------
        times
            Shape (n,), s, increasing; samples that are not later than one before, or hold a NaN, are left out.
        acc
            Acceleration with gravity, sensor frame, shape (n, 3), m/s².
        gyr
            Angular rate, shape (n, 3), deg/s, or None: then there are no pelvic angles.

        Raises
        ------
        RecordingError
            When the shapes do not fit each other.
        """
        update = _Gathered()
        for a in range(0, len(times), _PART):
            b = a + _PART
            for block in self._resampler.push(times[a:b], acc[a:b], None if gyr is None else gyr[a:b]):
                for part in _chunks(block) if self._worn.changing else (block,):
                    self._work(part, update)
        return update.done(series=self._series)

    def _work(self, block: GridBlock, update: _Gathered) -> None:
        if block.restart or self._segment is None:
            self._segment = Segment(
                self.place, block.t0, self._worn, oriented=block.gyr is not None, series=self._series
            )
        work = self._segment.push(block)
        update.work.append(work)
        if self._series:
            n = len(block.ready)
            angles = np.full((3, n), np.nan) if work.angles is None else work.angles
            times: FloatArray = block.t0 + np.arange(block.first + 0.5, block.first + n) * GRID_S
            update.parts.append((times, angles))


class _Gathered:
    """What the blocks of one push came to."""

    def __init__(self) -> None:
        self.work: list[Work] = []
        self.parts: list[tuple[FloatArray, FloatArray]] = []

    def done(self, *, series: bool) -> GaitUpdate:
        work = self.work
        return GaitUpdate(
            steps=tuple([step for w in work for step in w.steps]),
            activity=tuple([change for w in work for change in w.activity]),
            series=_joined(self.parts) if series else None,
            alignments=tuple([alignment for w in work for alignment in w.alignments]),
            slips=tuple([slip for w in work for slip in w.slips]),
            calibration=tuple([stage for w in work for stage in w.calibration]),
        )


def _chunks(block: GridBlock) -> Iterator[GridBlock]:
    """The chunks of a block, one by one."""
    for i in range(0, len(block.ready), CHUNK):
        j, first = i + CHUNK, block.first + i
        yield replace(
            block,
            restart=block.restart and i == 0,
            first=first,
            acc=block.acc[:, i:j],
            gyr=None if block.gyr is None else block.gyr[:, i:j],
            ready=block.ready[i:j],
            holes=[k for k in block.holes if first <= k < first + CHUNK],
        )


def _joined(parts: list[tuple[FloatArray, FloatArray]]) -> PelvisSeries:
    if not parts:
        none = np.empty(0)
        return PelvisSeries(none, none, none, none)
    tilt, obliquity, rotation = np.concatenate([p[1] for p in parts], axis=1)
    return PelvisSeries(np.concatenate([p[0] for p in parts]), tilt, obliquity, rotation)
