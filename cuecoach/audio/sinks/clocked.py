"""Sinks without hardware, paced by the clock: nowhere, and a file that gets what a device would."""

from __future__ import annotations

import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from cuecoach.audio.loudness import to_pcm16
from cuecoach.audio.protocol import Failed, SoundSettings
from cuecoach.audio.sinks.output import BLOCK, Fill, OpenFailedError, Output
from cuecoach.audio.sounds import StereoArray32

#: How often samples are asked for, s.
_PERIOD_S = 0.02
#: A WAV counts its bytes in 32 bits; what is longer is left out.
_MOST_BYTES = 2**32 - 64
_HEADER_BYTES = 44


class ClockedOutput:
    """Asks for samples at the speed of the clock, one buffer ahead of it, and hands them to `take`."""

    def __init__(
        self,
        fill: Fill,
        settings: SoundSettings,
        take: Callable[[StereoArray32], None] | None = None,
        end: Callable[[], None] | None = None,
    ) -> None:
        self.latency_s = settings.latency_s
        self.underflows = 0
        self.running = True
        self._take = take
        self._end = end
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(fill, settings.sample_rate), daemon=True)
        self._thread.start()

    def _run(self, fill: Fill, rate: int) -> None:
        begin, done = time.monotonic(), 0
        try:
            while not self._stop.is_set():
                wanted = round((time.monotonic() - begin + self.latency_s) * rate)
                while done < wanted:
                    frames = min(BLOCK, wanted - done)
                    samples = fill(frames, begin + done / rate - time.monotonic())
                    if self._take is not None:
                        self._take(samples)
                    done += frames
                self._stop.wait(_PERIOD_S)
        except OSError:  # the disk is full, or the file is gone
            self.running = False
        finally:
            if self._end is not None:
                self._end()

    def close(self) -> None:
        """End the thread."""
        self._stop.set()
        self._thread.join(1.0)
        self.running = False


class NullSink:
    """No hardware: samples are thrown away."""

    name = "null"
    audible = False

    def open(self, fill: Fill, settings: SoundSettings) -> Output:
        """Start."""
        return ClockedOutput(fill, settings)


class FileSink:
    """Writes a WAV of 16 bits while it plays; readable at any moment, complete up to the last second.

    Parameters
    ----------
    path
        Of the file; replaced when it exists. Sound that goes on after a break is added to it.
    """

    name = "file"
    audible = False

    def __init__(self, path: Path) -> None:
        self._path = path

    def open(self, fill: Fill, settings: SoundSettings) -> Output:
        """Start.

        Raises
        ------
        OpenFailedError
            The file cannot be written.
        """
        try:
            growing = _GrowingWav(self._path, settings.sample_rate, again=settings.again)
        except OSError as error:
            raise OpenFailedError(Failed("sink", f"{self._path} cannot be written: {error.strerror}")) from None
        return ClockedOutput(fill, settings, growing.write, growing.close)


class _GrowingWav:
    """A WAV whose header is kept true about once a second."""

    def __init__(self, path: Path, rate: int, *, again: bool) -> None:
        there = path.stat().st_size if again and path.exists() else 0
        self._file: BinaryIO = path.open("r+b" if there >= _HEADER_BYTES else "wb")
        self._rate = rate
        self._bytes = max(there - _HEADER_BYTES, 0) // 4 * 4
        self._told = 0
        self._write_header()

    def _write_header(self) -> None:
        self._file.seek(0)
        data = self._bytes
        fmt = struct.pack("<IHHIIHH", 16, 1, 2, self._rate, self._rate * 4, 4, 16)
        self._file.write(b"RIFF" + struct.pack("<I", 36 + data) + b"WAVEfmt " + fmt + b"data" + struct.pack("<I", data))
        self._file.seek(_HEADER_BYTES + data)
        self._file.flush()
        self._told = self._bytes

    def write(self, samples: StereoArray32) -> None:
        """Add samples."""
        if self._bytes + 4 * len(samples) > _MOST_BYTES:
            return
        self._file.write(to_pcm16(samples).astype("<i2", copy=False).tobytes())
        self._bytes += 4 * len(samples)
        if self._bytes - self._told >= 4 * self._rate:
            self._write_header()

    def close(self) -> None:
        """Complete the file."""
        self._write_header()
        self._file.close()
