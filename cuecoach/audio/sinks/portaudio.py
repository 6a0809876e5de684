"""A sound device through PortAudio (sounddevice); its callback only takes what the mixer has ready."""

from __future__ import annotations

from typing import Any, Final

from cuecoach.audio.protocol import Failed, SoundSettings
from cuecoach.audio.sinks.output import BLOCK, Fill, OpenFailedError, Output
from cuecoach.audio.sinks.resampling import Resampler

#: What PortAudio calls its refusals.
_INVALID_CHANNELS: Final = -9998
_INVALID_RATE: Final = -9997
_INVALID_DEVICE: Final = -9996
_UNAVAILABLE: Final = -9985
#: Rates to try where the mixer's is refused and the device names none of its own, Hz.
_OTHER_RATES: Final = (44_100, 96_000, 32_000, 16_000, 8_000)
#: A device that claims its sound is heard later than this does not know, s.
_MOST_AHEAD_S: Final = 3.0


class PortAudioSink:
    """The system's sound devices."""

    name = "sounddevice"
    audible = True

    def __init__(self) -> None:
        self._begun = False

    def open(self, fill: Fill, settings: SoundSettings) -> Output:
        """Start a device at the mixer's rate, or at its own where it refuses that; a mono device gets the mean of both ears."""
        try:
            import sounddevice
        except (OSError, ImportError) as error:  # OSError is how it says that PortAudio is not installed
            raise OpenFailedError(Failed("library", str(error))) from None
        if self._begun:
            # PortAudio knows only the devices that were there when it began.
            look_again(sounddevice)
        self._begun = True
        device, info = _find(sounddevice, settings.device)
        channels = min(2, int(info["max_output_channels"]))
        own = round(float(info.get("default_samplerate") or 0))
        rates = [
            settings.sample_rate,
            *dict.fromkeys(r for r in (own, *_OTHER_RATES) if r not in (0, settings.sample_rate)),
        ]
        while True:
            try:
                return PortAudioOutput(sounddevice, fill, settings, device, rates[0], channels)
            except (ValueError, sounddevice.PortAudioError) as error:
                code = error.args[1] if len(error.args) > 1 else None
                if code == _INVALID_RATE and len(rates) > 1:
                    del rates[0]
                elif code == _INVALID_CHANNELS and channels == 2:
                    channels = 1
                else:
                    raise OpenFailedError(_refusal(error, code)) from None


def look_again(sounddevice: Any) -> None:
    """Let PortAudio find out which devices there are now; not while one of its streams is open."""
    sounddevice._terminate()
    sounddevice._initialize()


def _find(sounddevice: Any, wanted: str) -> tuple[int | str | None, Any]:
    """Return what PortAudio calls the device that is meant, and what it knows about it."""
    device = None if wanted == "default" else int(wanted) if wanted.isdigit() else wanted
    try:
        return device, sounddevice.query_devices(device, "output")
    except (ValueError, sounddevice.PortAudioError):
        outputs = [d["name"] for d in sounddevice.query_devices() if d["max_output_channels"] > 0]
        raise OpenFailedError(Failed("device", ", ".join(outputs[:5]))) from None


def _refusal(error: Exception, code: object) -> Failed:
    text = str(error.args[0] if error.args else error)
    if code == _UNAVAILABLE:
        return Failed("busy", text)
    return Failed("lost" if code == _INVALID_DEVICE else "refused", text)


class PortAudioOutput:
    """A running stream."""

    def __init__(
        self, sounddevice: Any, fill: Fill, settings: SoundSettings, device: int | str | None, rate: int, channels: int
    ) -> None:
        self.underflows = 0
        self.running = True
        self.latency_s = settings.latency_s
        give = fill if rate == settings.sample_rate else Resampler(fill, settings.sample_rate, rate)

        def callback(out: Any, frames: int, timing: Any, status: Any) -> None:
            if status.output_underflow:
                self.underflows += 1
            ahead_s = float(timing.outputBufferDacTime - timing.currentTime)
            if not 0.0 < ahead_s < _MOST_AHEAD_S:
                ahead_s = self.latency_s
            samples = give(frames, ahead_s)
            out[:] = samples if channels == 2 else samples.mean(axis=1, keepdims=True)

        def finished() -> None:
            self.running = False

        self._stream: Any = sounddevice.OutputStream(
            samplerate=rate,
            blocksize=BLOCK,
            device=device,
            channels=channels,
            dtype="float32",
            latency=settings.latency_s,
            callback=callback,
            finished_callback=finished,
        )
        try:
            self.latency_s = float(self._stream.latency)
            self._stream.start()
        except sounddevice.PortAudioError:
            self._stream.close()
            raise

    def close(self) -> None:
        """Stop at once."""
        self._stream.abort()
        self._stream.close()
        self.running = False
