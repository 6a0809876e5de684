"""What one message of a phone came to: samples, a new beginning, or a word for the person who holds the phone."""

from __future__ import annotations

from dataclasses import dataclass

from cuecoach.sensors.message import Message, SampleTiming

#: Phones give whatever rate they like; samples leave for the coach at this one.
RATE_HZ = 100.0

#: The phone's own clock, good to some 50 ppm, now and then corrected over the network.
TIMING = SampleTiming(rate_hz=RATE_HZ)


@dataclass(frozen=True, slots=True)
class Taken:
    """The outcome of one message.

    Attributes
    ----------
    messages
        What it made known, in order of time.
    fresh
        A new recording has begun with it: the phone's clock may have started anew.
    complaint
        One sentence for the person with the phone, empty when there is nothing to mend.
    """

    messages: tuple[Message, ...] = ()
    fresh: bool = False
    complaint: str = ""
