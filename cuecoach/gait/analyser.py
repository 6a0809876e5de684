"""The way in: raw samples of one sensor in blocks of any size, running steps and activity out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cuecoach.events import ActivityChange, Alignment, CalibrationStage, FloatArray, Place, Slip, Step
from cuecoach.gait.constants import GRID_S
from cuecoach.gait.sampling import GridBlock, Resampler
from cuecoach.gait.segment import Learned, Segment

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
    """

    def __init__(self, place: Place, *, series: bool = False) -> None:
        self.place: Place = place
        self._series = series
        self._resampler = Resampler()
        self._learned = Learned()
        self._segment: Segment | None = None

    @property
    def sampling_rate_hz(self) -> float | None:
        """Rate of the raw samples, None before the second."""
        return self._resampler.sampling_rate_hz

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
        steps: list[Step] = []
        activity: list[ActivityChange] = []
        parts: list[tuple[FloatArray, FloatArray]] = []
        for a in range(0, len(times), _PART):
            b = a + _PART
            for block in self._resampler.push(times[a:b], acc[a:b], None if gyr is None else gyr[a:b]):
                self._work(block, steps, activity, parts)
        return GaitUpdate(tuple(steps), tuple(activity), _joined(parts) if self._series else None)

    def _work(
        self,
        block: GridBlock,
        steps: list[Step],
        activity: list[ActivityChange],
        parts: list[tuple[FloatArray, FloatArray]],
    ) -> None:
        if block.restart or self._segment is None:
            self._segment = Segment(
                self.place, block.t0, self._learned, oriented=block.gyr is not None, series=self._series
            )
        new_steps, new_activity, angles = self._segment.push(block)
        steps += new_steps
        activity += new_activity
        if self._series:
            n = len(block.ready)
            if angles is None:
                angles = np.full((3, n), np.nan)
            times: FloatArray = block.t0 + np.arange(block.first + 0.5, block.first + n) * GRID_S
            parts.append((times, angles))


def _joined(parts: list[tuple[FloatArray, FloatArray]]) -> PelvisSeries:
    if not parts:
        none = np.empty(0)
        return PelvisSeries(none, none, none, none)
    tilt, obliquity, rotation = np.concatenate([p[1] for p in parts], axis=1)
    return PelvisSeries(np.concatenate([p[0] for p in parts]), tilt, obliquity, rotation)
