"""Whether sound reaches one pair of ears only, judged from what a sound server says about its output."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

#: What such a port is called in ALSA's profiles, in PipeWire's, and by Bluetooth.
_PORT_WORDS: Final = ("headphone", "headset", "hands-free", "handsfree", "earpiece")
_WORN: Final = frozenset({"headphone", "headset", "hands-free"})


@dataclass(frozen=True, slots=True)
class Output:
    """An output of a sound server.

    Attributes
    ----------
    name
        As people know it.
    port
        Name of its active port, empty when it has none.
    plugged
        Whether something may be plugged in there; only False when the server knows that nothing is.
    form_factor, bus
        The server's own words, empty when it does not say: ``headset``, ``internal``, ``speaker`` …; ``bluetooth``, ``usb`` …
    """

    name: str
    port: str = ""
    plugged: bool = True
    form_factor: str = ""
    bus: str = ""

    @property
    def is_worn(self) -> bool:
        """Whether these are headphones. What says nothing of the kind is taken for a loudspeaker."""
        if any(word in self.port.lower() for word in _PORT_WORDS):
            return self.plugged
        if self.form_factor:
            return self.form_factor.lower() in _WORN
        # Earphones that do not say what they are; loudspeakers and cars do, as Bluetooth asks them to.
        return self.bus.lower() == "bluetooth"
