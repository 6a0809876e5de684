"""A device's stamps as one steady count of seconds: wraps are undone, a reboot begins a new count."""

from __future__ import annotations

#: A stamp may be older than the one before by so much: a packet that came twice. Farther back, the device has rebooted, s.
BACK_S = 2.0
#: A sample cannot lie in the future. One that seems to, by more than this, belongs to another count, s.
AHEAD_S = 5.0
#: No sensor or network holds samples back for longer than this: they belong to another count, s.
BEHIND_S = 30.0
#: The same for the first stamp of a new connection, before which the device may well have been switched off, s.
DOUBT_S = 1.0


class DeviceClock:
    """Unwraps the stamps of one device.

    What a stamp means is judged by the host's clock: of all numbers of wraps the one is taken that fits the time passed
    there. A stamp that fits with none is that of a clock that was set anew.

    Parameters
    ----------
    wrap_s
        The device's clock restarts at 0 after so many seconds; None when it never does.
    rate_error
        By how much it may run fast or slow, as a share.
    """

    def __init__(self, wrap_s: float | None, rate_error: float) -> None:
        self._wrap_s = wrap_s
        self._rate_error = rate_error
        self._zero: float | None = None
        self._last = 0.0
        self._heard = 0.0
        self._offset = (
            0.0  # session time less device time of the least delayed stamp, forgotten at the rate of the drift
        )
        #: Counts so far; one more at each reboot.
        self.epoch = 0
        self._doubted = False

    def doubt(self) -> None:
        """Look closely at the next stamp: there was a time without connection."""
        self._doubted = True

    def unwrap(self, stamp: float, arrived: float) -> float:
        """Return seconds of the device since the first stamp of this epoch.

        Parameters
        ----------
        stamp
            The device's clock, s; finite.
        arrived
            Session time at which it came, s; not decreasing.
        """
        if self._zero is not None:
            step = self._step(stamp, arrived)
            if step is not None:
                device = self._last + step
                self._offset = min(self._slack(arrived), arrived - device)
                self._last, self._heard = max(self._last, device), arrived
                return device
        self._begin(stamp, arrived)
        return 0.0

    def _begin(self, stamp: float, arrived: float) -> None:
        self.epoch += 1
        self._zero, self._last, self._heard, self._offset = stamp, 0.0, arrived, arrived

    def _slack(self, arrived: float) -> float:
        """The offset as it may be by now."""
        return self._offset + self._rate_error * (arrived - self._heard)

    def _step(self, stamp: float, arrived: float) -> float | None:
        """Device seconds since the newest stamp; None when this one is of another epoch."""
        assert self._zero is not None
        # The raw difference, brought near what the host's clock says. Whole wraps cancel in exact arithmetic only, so no
        # running sum is kept of stamps: the newest is `zero + last`, less its wraps.
        step = stamp - self._zero - self._last
        expected = arrived - self._offset - self._last
        if self._wrap_s is not None:
            step += self._wrap_s * round((expected - step) / self._wrap_s)
        late = expected - step
        drift = self._rate_error * (arrived - self._heard)
        ahead, behind = (DOUBT_S, DOUBT_S) if self._doubted else (AHEAD_S, BEHIND_S)
        self._doubted = False
        fits = step >= -BACK_S and -ahead - drift <= late <= behind + drift
        return step if fits else None  # not finite: fits nowhere
