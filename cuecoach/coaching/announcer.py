"""Says what no rule says, with the one voice: unless the runner asked for quiet."""

from __future__ import annotations

import math
from collections.abc import Mapping

from cuecoach.coaching.guide import Said
from cuecoach.coaching.notices import Notices
from cuecoach.coaching.speaker import Speaker
from cuecoach.events import Action, Battery, Control, Note, SensorState


class Announcer:
    """Notices about sensors, and the words of a calibration.

    Parameters
    ----------
    speaker
        Who says it.
    texts
        What to say in place of each of `NOTICES`, in another language.
    """

    def __init__(self, speaker: Speaker, texts: Mapping[str, str] | None = None) -> None:
        self._speaker = speaker
        self._notices = Notices(texts)
        #: The runner asked for quiet until then, session time in s.
        self.muted_until = -math.inf
        # A calibration asked for after the quiet is led all the same.
        self._guided = False

    def control(self, event: Control) -> bool:
        """Take in the runner's word; False where it changes nothing that is heard."""
        self._guided = event.command == "calibrate"
        match event.command:
            case "calibrate":
                return False
            case "speak":
                if event.t >= self.muted_until:
                    return False  # it is not quiet: nothing is to be ended
                self.muted_until = -math.inf
            case "quiet":
                self.muted_until = math.inf if event.for_s is None else event.t + event.for_s
        return True

    def sensor(self, event: SensorState) -> list[Action]:
        """Say once that a sensor was lost, and once that it is back."""
        return self._say(event.t, self._notices.sensor(event))

    def battery(self, event: Battery) -> list[Action]:
        """Say once a run and sensor that its battery is low."""
        text = self._notices.battery(event)
        if text is None:
            return []
        told = Note(event.t, event.source, f"the battery of the {event.source} sensor is at {event.percent:.0f} %")
        return [told, *self._say(event.t, text)]

    def guide(self, t: float, stage: Said) -> list[Action]:
        """Lead through a calibration that the runner asked for."""
        return self._say(t, self._notices.guidance(stage), always=self._guided)

    def moved(self, t: float, source: str) -> list[Action]:
        """Say once that a sensor moved on the body."""
        return self._say(t, self._notices.moved(source))

    def check(self, t: float) -> list[Action]:
        """Ask once a run to look at the sensor: nothing that was said helped."""
        return self._say(t, self._notices.check())

    def aligned(self, source: str) -> None:
        """A sensor was aligned anew: that it moved before is over."""
        self._notices.aligned(source)

    def _say(self, t: float, text: str | None, *, always: bool = False) -> list[Action]:
        if text is None or (t < self.muted_until and not always):
            return []
        return [self._speaker.say(t, "sensor", text, "notice")]
