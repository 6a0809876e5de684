"""Says what no rule says, with the one voice: unless the runner asked for quiet."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from cuecoach.coaching.guide import Said
from cuecoach.coaching.longest_run import LongestRun, PastRun
from cuecoach.coaching.notices import Notices
from cuecoach.coaching.speaker import Speaker
from cuecoach.events import Action, Battery, Control, Note, SensorState

#: Whose note it is what the runner said.
RUNNER: Final = "runner"
#: Whose note it is that the run is a long one.
DURATION: Final = "duration"


class Announcer:
    """Notices about sensors, the words of a calibration, and those that ask to take it easy.

    Parameters
    ----------
    speaker
        Who says it.
    texts
        What to say in place of each of `NOTICES`, in another language.
    runs
        The runner's runs of the last thirty days.
    """

    def __init__(self, speaker: Speaker, texts: Mapping[str, str] | None = None, runs: Sequence[PastRun] = ()) -> None:
        self._speaker = speaker
        self._notices = Notices(texts)
        #: The runner asked for quiet until then, session time in s.
        self.muted_until = -math.inf
        # A calibration asked for after the quiet is led all the same.
        self._guided = False
        self._longest = LongestRun(runs)
        #: The runner said that it hurts.
        self.hurts = False

    def control(self, event: Control) -> bool:
        """Take in the runner's word; False where it changes nothing that is heard."""
        self._guided = event.command == "calibrate"
        match event.command:
            case "calibrate":
                return False
            case "pain":
                if self.hurts:
                    return False  # it was said, and answered
                self.hurts, self.muted_until = True, math.inf
            case "quiet" if self.hurts:
                pass  # for as long as the run lasts already; words that sound are to end all the same
            case "speak":
                if self.hurts or event.t >= self.muted_until:
                    return False  # it is not quiet: nothing is to be ended
                self.muted_until = -math.inf
            case "quiet":
                self.muted_until = math.inf if event.for_s is None else event.t + event.for_s
        return True

    def answer(self, event: Control) -> list[Action]:
        """Say aloud that the runner's word was understood, where that is what it is about."""
        if event.command != "pain":
            return []
        told = Note(event.t, RUNNER, "it hurts: no word about form and no beat for the rest of the run")
        return [told, *self._say(event.t, self._notices.ease_off(), always=True)]

    def advance(self, t: float) -> list[Action]:
        """Say once that this is the longest run for weeks, when the voice is free and may speak (docs/science.md, SAF-4)."""
        if not self._longest.passed(t) or t < self.muted_until or self._speaker.busy(t):
            return []
        self._longest.told = True
        told = Note(t, DURATION, f"longer than any run of the last 30 days by a tenth, {self._longest.text}")
        return [told, *self._say(t, self._notices.longest_run())]

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
