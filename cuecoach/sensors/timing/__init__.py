"""From the clocks of devices to session time."""

from cuecoach.sensors.timing.clock_map import ClockMap
from cuecoach.sensors.timing.device_clock import DeviceClock
from cuecoach.sensors.timing.imu_stream import ImuStream

__all__ = ["ClockMap", "DeviceClock", "ImuStream"]
