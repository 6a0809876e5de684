"""What really happened on a simulated run, to measure others against."""

from __future__ import annotations

from dataclasses import dataclass

from cuecoach.events import Activity, FloatArray, Side
from cuecoach.sensors.simulator.hearing import Heard
from cuecoach.sensors.simulator.slipping import SensorSlip


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """True series so far. Catalogue units; angles against the standing-tall pose, signs as in the catalogue.

    Attributes
    ----------
    ic, tc
        Initial and terminal contact of each step, shape (n,), s. A walking foot leaves after the next one has landed.
    side, activity
        Foot on the ground, and whether it ran or walked; n each.
    cadence
        60 over the time to the next contact, shape (n,), spm.
    stance_time, vertical_oscillation
        Shape (n,), ms, mm; the second is peak to peak at the sacrum (of a last step before
        walking to 5 mm only).
    pelvic_tilt
        Mean the step swings about, shape (n,), deg.
    pelvic_drop
        Drop of the swing-side hip in the step, shape (n,), deg.
    speed
        Shape (n,), m/s.
    times
        Sample times of the inertial output, shape (m,), s, also where the sensor was lost; empty for metrics output.
    tilt, obliquity, rotation
        Angles of the pelvis at `times`, shape (m,), deg; rotation is against the direction of running. A slip of the
        sensor does not change them.
    height
        Height of the sacrum at `times` above that at initial contact while running, shape (m,), m.
    heard
        What became of each spoken cue.
    slips
        Where the sensor had begun to turn on the pelvis.
    """

    ic: FloatArray
    tc: FloatArray
    side: tuple[Side, ...]
    activity: tuple[Activity, ...]
    cadence: FloatArray
    stance_time: FloatArray
    vertical_oscillation: FloatArray
    pelvic_tilt: FloatArray
    pelvic_drop: FloatArray
    speed: FloatArray
    times: FloatArray
    tilt: FloatArray
    obliquity: FloatArray
    rotation: FloatArray
    height: FloatArray
    heard: tuple[Heard, ...] = ()
    slips: tuple[SensorSlip, ...] = ()

    @property
    def vo(self) -> FloatArray:
        """Short name of `vertical_oscillation`."""
        return self.vertical_oscillation
