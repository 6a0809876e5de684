"""A sound device through miniaudio (extra ``miniaudio``): pip alone brings it, no system package is needed."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Generator
from typing import Any, Final

import numpy as np

from cuecoach.audio.protocol import Failed, SoundSettings
from cuecoach.audio.sinks.output import Fill, OpenFailedError, Output
from cuecoach.audio.sounds import StereoArray32

#: It asks for a buffer at a time, and sound servers play it this part of a buffer later; measured on PulseAudio, ±20 ms.
_AHEAD: Final = 0.65
#: The moment at which a call comes earliest is looked for over this many calls.
_CALLS: Final = 64
#: A pause between two calls longer than this many buffers means that the device ran dry.
_DRY: Final = 2.5
#: Sound servers pause at the start, s.
_STARTING_S: Final = 2.0


class MiniaudioSink:
    """The system's sound devices, by another library; it converts rate and channels itself where a device asks for that."""

    name = "miniaudio"
    audible = True

    def open(self, fill: Fill, settings: SoundSettings) -> Output:
        """Start a device."""
        try:
            import miniaudio
        except (OSError, ImportError) as error:
            raise OpenFailedError(Failed("library", str(error))) from None
        real = [backend for backend in miniaudio.Backend if backend is not miniaudio.Backend.NULL]
        try:
            return MiniaudioOutput(miniaudio, fill, settings, _find(miniaudio, settings.device, real), real)
        except miniaudio.MiniaudioError as error:
            text = str(error.args[0] if error.args else error)
            # It has one word for "there is none" and for "it would not".
            nothing = "init" in text and settings.device == "default"
            raise OpenFailedError(Failed("device" if nothing else "refused", "" if nothing else text)) from None


def _find(miniaudio: Any, wanted: str, backends: list[Any]) -> Any:
    """Return the device that is meant; None for the system's default."""
    if wanted == "default":
        return None
    known = miniaudio.Devices(backends).get_playbacks()
    if wanted.isdigit():
        if int(wanted) < len(known):
            return known[int(wanted)]["id"]
    else:
        for device in known:
            if wanted.lower() in device["name"].lower():
                return device["id"]
    raise OpenFailedError(Failed("device", ", ".join(device["name"] for device in known[:5])))


class MiniaudioOutput:
    """A running device. It does not say when its samples are heard, so that is told from how it asks."""

    def __init__(
        self, miniaudio: Any, fill: Fill, settings: SoundSettings, device_id: Any, backends: list[Any]
    ) -> None:
        self.latency_s = settings.latency_s
        self.underflows = 0
        self.running = True
        self._rate = settings.sample_rate
        self._device: Any = miniaudio.PlaybackDevice(
            output_format=miniaudio.SampleFormat.FLOAT32,
            nchannels=2,
            sample_rate=settings.sample_rate,
            buffersize_msec=round(1000.0 * settings.latency_s),
            callback_periods=2,
            device_id=device_id,
            backends=backends,
            app_name="cuecoach",
        )

        def stopped() -> None:
            self.running = False

        self._device.stop_callback = stopped
        samples = self._samples(fill)
        next(samples)
        try:
            self._device.start(samples)
        except miniaudio.MiniaudioError:
            self._device.close()
            raise

    def _samples(self, fill: Fill) -> Generator[StereoArray32, int, None]:
        asked, begin, last = 0, 0.0, 0.0
        leads: deque[float] = deque(maxlen=_CALLS)
        frames = yield np.zeros((0, 2), dtype=np.float32)
        begin = last = time.monotonic()
        while True:
            now = time.monotonic()
            if now - last > _DRY * self.latency_s:
                self.underflows += now - begin > _STARTING_S
                leads.clear()
            last = now
            lead = asked / self._rate - (now - begin)
            leads.append(lead)
            # A call that comes late leaves less of the buffer.
            ahead_s = _AHEAD * self.latency_s - (max(leads) - lead)
            asked += frames
            frames = yield np.ascontiguousarray(fill(frames, max(ahead_s, 0.0)))

    def close(self) -> None:
        """Stop at once."""
        self._device.stop_callback = None
        self._device.close()
        self.running = False
