"""The families of Bluetooth devices: one driver each, what is specific before what is general."""

from __future__ import annotations

from typing import Final

from cuecoach.sensors.bluetooth.drivers.foot_pod import FootPod
from cuecoach.sensors.bluetooth.drivers.heart_rate import HeartRateStrap
from cuecoach.sensors.bluetooth.drivers.movella_dot import MovellaDot
from cuecoach.sensors.bluetooth.drivers.movesense import Movesense
from cuecoach.sensors.bluetooth.drivers.open_imu import OpenImu
from cuecoach.sensors.bluetooth.drivers.polar import PolarH10, PolarVerity
from cuecoach.sensors.bluetooth.drivers.running_power import RunningPower
from cuecoach.sensors.bluetooth.drivers.thingy import Thingy52
from cuecoach.sensors.bluetooth.drivers.witmotion import WitMotion
from cuecoach.sensors.bluetooth.protocol import Driver

#: The first that recognises a device has it: an H10 is a heart-rate strap too, and a pod with power states speed besides.
DRIVERS: Final[tuple[Driver, ...]] = (
    PolarVerity(),
    PolarH10(),
    Movesense(),
    MovellaDot(),
    WitMotion(),
    Thingy52(),
    OpenImu(),
    FootPod(),
    HeartRateStrap(),
    RunningPower(),
)
