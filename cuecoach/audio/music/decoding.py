"""Songs as samples at the mixer's rate: decoded second by second, in place for a file, ahead on a thread for the ear."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Final, Protocol

import numpy as np

from cuecoach.audio.sounds import SAMPLE_RATE_HZ, StereoArray32
from cuecoach.errors import SoundError

#: Endings of the files that libsndfile may read.
SUFFIXES: Final = frozenset({".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff"})
#: Frames of a block: one second, so that every rate gives whole numbers on both sides.
BLOCK: Final = SAMPLE_RATE_HZ
#: Seconds kept decoded ahead of the ear.
AHEAD: Final = 8
#: How often the thread looks whether more is wanted, s.
_PERIOD_S: Final = 0.05
#: Files with other rates are not sound for people, Hz.
_RATES: Final = range(4_000, 384_001)


def decode(path: Path) -> Generator[StereoArray32]:
    """Yield a song at 48 kHz in blocks of one second, shape (48000, 2), the last one shorter.

    Raises
    ------
    SoundError
        The file is missing, is no sound, or is damaged from some place on.
    """
    import soundfile

    try:
        with soundfile.SoundFile(str(path)) as file:
            rate = int(file.samplerate)
            if rate not in _RATES:
                raise SoundError(f"the song `{path}` has an odd sampling rate, {rate} Hz; save it with 48000 Hz")

            def read(frames: int) -> StereoArray32:
                found = np.asarray(file.read(frames, dtype="float32", always_2d=True), dtype=np.float32)
                stereo = np.repeat(found, 2, axis=1) if found.shape[1] == 1 else found[:, :2]
                return np.nan_to_num(stereo, posinf=0.0, neginf=0.0)

            yield from _resampled(read, rate)
    except (soundfile.LibsndfileError, OSError) as error:
        known = (
            "there is no such file" if not path.is_file() else str(getattr(error, "error_string", error)).rstrip(".")
        )
        raise SoundError(f"the song `{path}` cannot be read ({known}); convert it to FLAC or WAV") from None


def _resampled(read: Callable[[int], StereoArray32], rate: int) -> Generator[StereoArray32]:
    """Bring a stream to 48 kHz; each block is filtered with what lies around it, so no seam is left."""
    common = math.gcd(rate, BLOCK)
    up, down = BLOCK // common, rate // common
    # The polyphase filter reaches ten samples of the slower rate; whole multiples of `down` keep the grid.
    context = down * math.ceil(12 * max(up, down) / up / down)
    window = np.concatenate((np.zeros((context, 2), dtype=np.float32), read(context)))
    while True:
        more = read(rate)
        window = np.concatenate((window, more))
        over = len(more) < rate
        frames = len(window) - context if over else rate
        if over:
            window = np.concatenate((window, np.zeros((context, 2), dtype=np.float32)))
        if up == down:
            out = window[context : context + frames]
        else:
            from scipy.signal import resample_poly

            resampled = np.asarray(resample_poly(window, up, down, axis=0), dtype=np.float32)
            skip = context * up // down
            out = resampled[skip : skip + math.ceil(frames * up / down)]
        for first in range(0, len(out), BLOCK):
            yield out[first : first + BLOCK]
        if over:
            return
        window = window[rate:]


class Source(Protocol):
    """A song that is read forwards."""

    @property
    def broken(self) -> bool:
        """Whether the file could not be read to its end."""
        ...

    def take(self, first: int, end: int) -> StereoArray32 | None:
        """Return the samples [first, end), zeros outside the song; None when they are not there yet.

        What lies more than a second before `first` may be forgotten.
        """
        ...

    def close(self) -> None:
        """Let the file go."""
        ...


class _Blocks:
    """Decoded blocks by number, filled by whoever calls `pull`."""

    def __init__(self, path: Path) -> None:
        self._stream = decode(path)
        self._blocks: dict[int, StereoArray32] = {}
        self._next = 0
        self._wanted = 0
        self.over = False
        self.broken = False

    def pull(self) -> None:
        """Decode one more block, and forget those that are behind."""
        try:
            self._blocks[self._next] = next(self._stream)
            self._next += 1
        except StopIteration:
            self.over = True
        except SoundError:
            # Found readable when its beats were looked for; now the song ends here, and the track goes to the next one.
            self.over = self.broken = True
        for behind in [b for b in self._blocks if b < self._wanted - 1]:
            del self._blocks[behind]

    def close(self) -> None:
        """Let the file go."""
        self._stream.close()
        self.over = True

    def ahead(self) -> int:
        """Return how many blocks lie ahead of what was asked for last."""
        return self._next - self._wanted

    def gather(self, first: int, end: int) -> StereoArray32 | None:
        """Return samples if all are there."""
        a, b = max(first, 0) // BLOCK, max(end - 1, 0) // BLOCK
        self._wanted = a
        if b >= self._next and not self.over:
            return None
        out = np.zeros((end - first, 2), dtype=np.float32)
        for number in range(a, b + 1):
            block = self._blocks.get(number)
            if block is None:
                if number < self._next:
                    return None
                continue
            begin = number * BLOCK
            low, high = max(first, begin), min(end, begin + len(block))
            if low < high:
                out[low - first : high - first] = block[low - begin : high - begin]
        return out


class InPlace:
    """A source that decodes when it is asked: for files, where nobody waits."""

    def __init__(self, path: Path) -> None:
        self._blocks = _Blocks(path)

    @property
    def broken(self) -> bool:
        """Whether the file could not be read to its end."""
        return self._blocks.broken

    def take(self, first: int, end: int) -> StereoArray32 | None:
        """Return the samples [first, end)."""
        while (found := self._blocks.gather(first, end)) is None and not self._blocks.over:
            self._blocks.pull()
        return found

    def close(self) -> None:
        """Let the file go."""
        self._blocks.close()


class Ahead:
    """A source that a thread of its own keeps filled some seconds ahead: whoever asks never waits for a disk or a decoder."""

    def __init__(self, path: Path) -> None:
        self._blocks = _Blocks(path)
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._fill, name="cuecoach-song", daemon=True)
        self._thread.start()

    def _fill(self) -> None:
        blocks = self._blocks
        while not self._closed.is_set() and not blocks.over:
            if blocks.ahead() < AHEAD:
                blocks.pull()
            else:
                self._closed.wait(_PERIOD_S)
        blocks.close()

    @property
    def broken(self) -> bool:
        """Whether the file could not be read to its end."""
        return self._blocks.broken

    def take(self, first: int, end: int) -> StereoArray32 | None:
        """Return the samples [first, end), None when the thread has not come so far."""
        return self._blocks.gather(first, end)

    def close(self) -> None:
        """End the thread; it may still finish its block."""
        self._closed.set()
