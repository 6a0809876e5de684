"""The simulated inertial sensor: samples the motion, turned by its mounting, with bias, noise, clipping and 16 bits."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from cuecoach.events import FloatArray, ImuBlock, Place
from cuecoach.sensors.simulator.motion import render, sensor_view
from cuecoach.sensors.simulator.person import Imu
from cuecoach.sensors.simulator.slipping import SensorSlip
from cuecoach.sensors.simulator.stance import GRAVITY
from cuecoach.sensors.simulator.steps import Segment
from cuecoach.sensors.simulator.turning import rotation

#: s of samples in a block, about what a radio packet holds.
_BLOCK_S = 0.1
#: Samples rendered in one go: keeps the working arrays in the processor's cache.
_SLAB = 4000


class ImuSampler:
    """Samples at `k / rate_hz` and hands out blocks of a tenth of a second.

    Parameters
    ----------
    source, place
        As in :class:`~cuecoach.events.ImuBlock`.
    rate_hz
        Samples a second.
    end
        No sample at or after this, s.
    mount
        How the sensor sits on the pelvis: roll, pitch, yaw in deg, applied in the order yaw, pitch, roll.
    sensor
        Noise, bias, range.
    rng
        Where noise comes from; None for a perfect sensor.
    slips
        When and how the sensor turns on the pelvis, in order of time.
    """

    def __init__(
        self,
        source: str,
        place: Place,
        rate_hz: float,
        end: float,
        mount: tuple[float, float, float],
        sensor: Imu,
        rng: np.random.Generator | None,
        slips: Sequence[SensorSlip] = (),
    ) -> None:
        self._source = source
        self._place: Place = place
        self._rate = rate_hz
        self._count = math.ceil(end * rate_hz - 1e-9)
        self._block = max(round(rate_hz * _BLOCK_S), 1)
        self._turn = rotation(mount)
        self._slips = slips
        self._sensor = sensor
        self._rng = rng
        self._bias: Sequence[float] = [0.0] * 3
        if rng is not None:
            self._bias = (sensor.gyr_bias * rng.standard_normal(3)).tolist()
        self._done = 0
        #: Truth of all samples so far, a piece a slab: times; tilt, obliquity, rotation in deg; height in m.
        self.pieces: list[tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]] = []

    def sample(self, until: float, segments: Sequence[Segment], starts: Sequence[float]) -> list[ImuBlock]:
        """Return the blocks whose last sample lies at or before `until`, s.

        Parameters
        ----------
        until
            Segments must be planned beyond this.
        segments, starts
            All segments, and their start times.
        """
        known = min(int(until * self._rate + 1e-9) + 1, self._count)
        ready = known if known == self._count else known - known % self._block
        blocks: list[ImuBlock] = []
        slab = max(_SLAB - _SLAB % self._block, self._block)
        while self._done < ready:
            stop = min(self._done + slab, ready)
            blocks += self._slab(self._done, stop, segments, starts)
            self._done = stop
        return blocks

    def _slab(self, first: int, stop: int, segments: Sequence[Segment], starts: Sequence[float]) -> list[ImuBlock]:
        times = np.arange(first, stop) / self._rate
        from_row = max(bisect_right(starts, float(times[0])) - 2, 0)
        to_row = bisect_right(starts, float(times[-1])) + 1
        motion = render(segments[from_row:to_row], times)
        deg = 180.0 / math.pi
        self.pieces.append((times, deg * motion.tilt, deg * motion.obliquity, deg * motion.rotation, motion.height))
        felt, turned = sensor_view(motion)
        for slip in self._slips:
            if times[-1] > slip.start:
                felt, turned = slip.through(times, felt, turned)
        acc, gyr = _through(self._turn, felt), _through(self._turn, turned)
        if self._rng is not None:
            sensor = self._sensor
            noise = self._rng.standard_normal((stop - first, 6))
            acc = _digital(acc + sensor.acc_noise * noise[:, :3], sensor.acc_range_g * GRAVITY)
            gyr = _digital(gyr + sensor.gyr_noise * noise[:, 3:] + np.array(self._bias), sensor.gyr_range)
        for array in (times, acc, gyr):
            array.flags.writeable = False
        return [
            ImuBlock(
                t=float(times[min(k + self._block, len(times)) - 1]),
                source=self._source,
                place=self._place,
                times=times[k : k + self._block],
                acc=acc[k : k + self._block],
                gyr=gyr[k : k + self._block],
            )
            for k in range(0, len(times), self._block)
        ]


def _digital(values: FloatArray, full_scale: float) -> FloatArray:
    """Round to 16 bits and clip at the range of the part."""
    step = full_scale / 32768
    return np.clip(np.round(values / step), -32768, 32767) * step


def _through(turn: list[list[float]], v: tuple[FloatArray, ...]) -> FloatArray:
    """Return three pelvis components in sensor axes, shape (n, 3).

    Written out, as a matrix product may round differently for different numbers of rows.
    """
    x, y, z = v
    return np.stack([turn[0][j] * x + turn[1][j] * y + turn[2][j] * z for j in range(3)], axis=1)
