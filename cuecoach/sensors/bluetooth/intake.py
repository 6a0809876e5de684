"""What comes over one connection: a bounded queue behind the radio's callbacks, and what its payloads mean."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from cuecoach.clock import Clock
from cuecoach.events import Event, Gap
from cuecoach.sensors.bluetooth.codecs import battery
from cuecoach.sensors.bluetooth.protocol import Decoder
from cuecoach.sensors.bluetooth.uuids import BATTERY_LEVEL
from cuecoach.sensors.interpreter import Interpreter
from cuecoach.sensors.message import Level, Message, Samples, Stated

#: So many notifications may wait to be decoded; the oldest give way. At 100 a second that is more than 2 s.
WAITING: Final = 256
#: A pod that states less is not running, m/s.
STANDING_BELOW: Final = 0.3


@dataclass(slots=True)
class Tally:
    """Counts over all connections of a sensor: notifications, those that could not be used, those dropped unseen."""

    packets: int = 0
    rejected: int = 0
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """What was waiting: events in order, and when the first and the last payload with data had come (None: none had)."""

    events: list[Event] = field(default_factory=lambda: list[Event]())
    first: float | None = None
    last: float | None = None


class Intake:
    """The payloads of one connection.

    Parameters
    ----------
    source
        As in the events.
    clock
        Stamps arrivals.
    tally
        Where they are counted.
    filled
        Called when something waits.

    Attributes
    ----------
    decoder
        What decodes the payloads; those that come before it is set wait.
    heard_at
        When data had last come, session time in s; None before. Payloads that are only rejected are no data.
    rejected_at
        When the newest payload that could not be used had come, session time in s; None before.
    standing
        Whether the device's newest word is that the runner stands.
    """

    def __init__(self, source: str, clock: Clock, tally: Tally, filled: Callable[[], None]) -> None:
        self.decoder: Decoder | None = None
        self.heard_at: float | None = None
        self.rejected_at: float | None = None
        self.standing = False
        self._source = source
        self._clock = clock
        self._tally = tally
        self._filled = filled
        self._waiting: deque[tuple[float, str, bytes]] = deque()
        self._rejected = 0
        self._dropped = 0
        self._dropped_from = 0.0

    def arrived(self, channel: str, payload: bytes) -> None:
        """Take a notification; from the radio's callback, so quick."""
        if len(self._waiting) == WAITING:
            at, _, _ = self._waiting.popleft()
            self._dropped_from = self._dropped_from if self._dropped else at
            self._dropped += 1
        self._waiting.append((self._clock.now(), channel, payload))
        self._tally.packets += 1
        self._filled()

    def take(self, interpreter: Interpreter) -> Taken:
        """Decode all that waits and return what it means."""
        if self.decoder is None or not self._waiting:
            return Taken()
        events: list[Event] = []
        first: float | None = None
        if self._dropped:
            # How many samples that were nobody knows without decoding them; the stream's own clock may tell.
            until = self._waiting[0][0]
            events.append(Gap(self._clock.now(), self._source, self._dropped_from, until))
            self._tally.dropped += self._dropped
            self._dropped = 0
        while self._waiting:
            t, channel, payload = self._waiting.popleft()
            for message in self._decode(self.decoder, channel, payload):
                if self._is_data(message):
                    first = t if first is None else first
                    self.heard_at = t
                    self._listen(message)
                events += interpreter.take(t, message)
            if self.decoder.rejected > self._rejected:
                self._tally.rejected += self.decoder.rejected - self._rejected
                self._rejected = self.decoder.rejected
                self.rejected_at = t
        return Taken(events, first, None if first is None else self.heard_at)

    def _is_data(self, message: Message) -> bool:
        """Whether the sensor has done what it is there for: a heart rate does not stand in for samples."""
        if self.decoder is not None and self.decoder.timing is not None:
            return isinstance(message, Samples)
        return not isinstance(message, Level)

    def _decode(self, decoder: Decoder, channel: str, payload: bytes) -> list[Message]:
        if channel != BATTERY_LEVEL:
            return list(decoder.feed(channel, payload))
        percent = battery.decode(payload)
        self._tally.rejected += percent is None
        return [] if percent is None else [Level(percent)]

    def _listen(self, message: Message) -> None:
        if isinstance(message, Stated):
            speed = message.values.get("speed")
            if speed is not None:
                self.standing = speed < STANDING_BELOW
            elif message.cadence_raw is not None:
                self.standing = message.cadence_raw == 0
