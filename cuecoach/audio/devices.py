"""Where the sound process sends its samples: a device through PortAudio, or nowhere at the right speed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Final, Protocol

from cuecoach.audio.protocol import NULL_DEVICE, Failed, SoundSettings
from cuecoach.audio.sounds import StereoArray32
from cuecoach.errors import DeviceError

#: Frames a callback: 11 ms at 48 kHz, short beside the buffer, long enough to cost little.
_BLOCK: Final = 512
#: How often the null device asks for samples, s.
_NULL_PERIOD_S: Final = 0.02


class Output(Protocol):
    """A running output."""

    #: What the device granted, s.
    latency_s: float
    #: How often it had to wait for samples.
    underflows: int

    def close(self) -> None:
        """Stop asking for samples."""
        ...


class OpenFailedError(DeviceError):
    """Carries the message that the parent makes its sentence from."""

    def __init__(self, failed: Failed) -> None:
        super().__init__(failed.detail)
        self.failed = failed


class NullOutput:
    """No hardware: samples are asked for at the speed of the clock and thrown away."""

    def __init__(self, fill: Callable[[int], StereoArray32], settings: SoundSettings) -> None:
        self.latency_s = settings.latency_s
        self.underflows = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(fill, settings.sample_rate), daemon=True)
        self._thread.start()

    def _run(self, fill: Callable[[int], StereoArray32], rate: int) -> None:
        begin, done = time.monotonic(), 0
        while True:
            wanted = round((time.monotonic() - begin + self.latency_s) * rate)
            while done < wanted:
                done += len(fill(min(_BLOCK, wanted - done)))
            if self._stop.wait(_NULL_PERIOD_S):
                return

    def close(self) -> None:
        """End the thread."""
        self._stop.set()
        self._thread.join(1.0)


class PortAudioOutput:
    """A sound device through sounddevice; its callback only takes what the mixer has ready."""

    def __init__(self, fill: Callable[[int], StereoArray32], settings: SoundSettings) -> None:
        try:
            import sounddevice
        except (OSError, ImportError) as error:  # OSError is how it says that PortAudio is not installed
            raise OpenFailedError(Failed("library", str(error))) from None
        self.underflows = 0

        def callback(out: Any, frames: int, timing: object, status: Any) -> None:
            del timing
            if status.output_underflow:
                self.underflows += 1
            out[:] = fill(frames)

        wanted = settings.device
        device = None if wanted == "default" else int(wanted) if wanted.isdigit() else wanted
        try:
            sounddevice.query_devices(device, "output")
        except (ValueError, sounddevice.PortAudioError):
            outputs = [d["name"] for d in sounddevice.query_devices() if d["max_output_channels"] > 0]
            raise OpenFailedError(Failed("device", ", ".join(outputs[:5]))) from None
        try:
            self._stream: Any = sounddevice.OutputStream(
                samplerate=settings.sample_rate,
                blocksize=_BLOCK,
                device=device,
                channels=2,
                dtype="float32",
                latency=settings.latency_s,
                callback=callback,
            )
            self._stream.start()
        except (ValueError, sounddevice.PortAudioError) as error:
            raise OpenFailedError(Failed("refused", str(error.args[0] if error.args else error))) from None
        self.latency_s = float(self._stream.latency)

    def close(self) -> None:
        """Stop at once."""
        self._stream.abort()
        self._stream.close()


def open_output(fill: Callable[[int], StereoArray32], settings: SoundSettings) -> Output:
    """Start an output that calls `fill` from a thread of its own.

    Raises
    ------
    OpenFailedError
        No PortAudio, no such device, or the device refused.
    """
    return (NullOutput if settings.device == NULL_DEVICE else PortAudioOutput)(fill, settings)
