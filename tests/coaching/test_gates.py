"""When the coach must be silent."""

from cuecoach.coaching.gates import Gates
from cuecoach.config import RunConfig
from cuecoach.events import TICK_S, Reading
from cuecoach.signals import Signals


class Run:
    """A run of one pod, ticked through the gates."""

    def __init__(self) -> None:
        self.config = RunConfig()
        self.signals = Signals(self.config, [])
        self.gates = Gates(self.config.gates)

    def go(self, seconds: float, **values: float) -> str | None:
        begin = self.signals.now
        for k in range(1, round(seconds / TICK_S) + 1):
            t = begin + k * TICK_S
            if t % 1 == 0 and values:
                self.signals.reading(Reading(t, "pod", values))
            self.signals.advance(t)
            self.gates.advance(t, self.signals)
        return self.gates.closed


def test_warm_up_walking_standing_and_silence_of_the_sensor_close_the_gate():
    run = Run()
    assert run.go(299, cadence=165, speed=2.8) == "warm-up"
    assert run.go(2, cadence=165, speed=2.8) is None
    assert run.go(15, cadence=112, speed=1.4) == "walking"
    assert run.go(15, speed=0.0) == "standing"
    assert run.go(30, cadence=165, speed=2.8) is None
    assert run.go(7) == "no sensor says you are running"


def test_slow_steep_and_changing_speed_close_the_gate():
    run = Run()
    assert run.go(310, cadence=165, speed=2.8, grade=0) is None
    assert run.go(12, cadence=165, speed=3.6, grade=0) == "speed just changed"
    assert run.go(30, cadence=165, speed=3.6, grade=0) is None
    assert run.go(30, cadence=165, speed=3.6, grade=5) == "steep"
    assert run.go(40, cadence=150, speed=1.95, grade=0) == "slower than the set minimum"
