"""The mix as a file: WAV or FLAC, 16 bits, there when it is whole and not before."""

from __future__ import annotations

import os
import secrets
import struct
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from cuecoach.audio.loudness import to_pcm16
from cuecoach.audio.mixer import Mixer
from cuecoach.audio.sounds import SAMPLE_RATE_HZ, StereoArray32
from cuecoach.errors import SoundError
from cuecoach.events import AudioEvent, SoundCommand

#: Stereo, 16 bits.
_BYTES_PER_FRAME: Final = 4
#: A WAV counts its bytes in 32 bits; what does not fit would be lost.
_MOST_WAV_FRAMES: Final = (2**32 - 64) // _BYTES_PER_FRAME
_HEADER_BYTES: Final = 44
#: Frames rendered at a time; a little longer than a click.
_CHUNK: Final = 2048
#: Frames of silence written at a time.
_SILENCE: Final = np.zeros((65_536, 2), dtype=np.int16)


class _Writer(Protocol):
    """A file being written, 16-bit stereo."""

    def write(self, pcm: NDArray[np.int16]) -> None: ...

    def silence(self, frames: int) -> None: ...

    def close(self) -> None: ...


class _Wav:
    """A WAV that leaves holes where there is silence: on most file systems they take neither time nor room."""

    def __init__(self, path: Path, sample_rate: int) -> None:
        self._rate = sample_rate
        self._file = path.open("wb")
        self._file.write(self._header(0))

    def _header(self, data: int) -> bytes:
        layout = (16, 1, 2, self._rate, self._rate * _BYTES_PER_FRAME, _BYTES_PER_FRAME, 16)
        fmt = b"fmt " + struct.pack("<IHHIIHH", *layout)
        return b"RIFF" + struct.pack("<I", 36 + data) + b"WAVE" + fmt + b"data" + struct.pack("<I", data)

    def write(self, pcm: NDArray[np.int16]) -> None:
        self._file.write(pcm.astype("<i2", copy=False).tobytes())

    def silence(self, frames: int) -> None:
        self._file.seek(frames * _BYTES_PER_FRAME, os.SEEK_CUR)

    def close(self) -> None:
        with self._file as file:
            size = file.tell()
            file.truncate(size)  # A hole at the end is only there once the length is set.
            file.seek(0)
            file.write(self._header(size - _HEADER_BYTES))


class _Flac:
    """A FLAC, through libsndfile."""

    def __init__(self, path: Path, sample_rate: int) -> None:
        import soundfile

        self._file: Any = soundfile.SoundFile(
            path, "w", samplerate=sample_rate, channels=2, format="FLAC", subtype="PCM_16"
        )

    def write(self, pcm: NDArray[np.int16]) -> None:
        self._file.write(pcm)

    def silence(self, frames: int) -> None:
        while frames > 0:
            count = min(frames, len(_SILENCE))
            self._file.write(_SILENCE[:count])
            frames -= count

    def close(self) -> None:
        self._file.close()


_WRITERS: Final[dict[str, Callable[[Path, int], _Writer]]] = {".wav": _Wav, ".flac": _Flac}


class FileSink:
    """Writes stereo samples to a file beside the target and puts it in place when complete.

    Use it as a context manager: leaving it in peace completes the file, an exception removes what was written.

    Parameters
    ----------
    path
        Ends in .wav or .flac; an existing file is replaced.
    sample_rate
        In Hz.

    Raises
    ------
    SoundError
        Another suffix, a folder that is not there, or no right to write.
    """

    def __init__(self, path: str | Path, sample_rate: int = SAMPLE_RATE_HZ) -> None:
        self.path = Path(path)
        self.frames = 0
        suffix = self.path.suffix.lower()
        if suffix not in _WRITERS:
            raise SoundError(
                f"`{self.path.name}` is not a sound file this program writes; end its name in .wav or .flac"
            )
        if self.path.is_dir():
            raise SoundError(f"{self.path} is a folder; name a file in it, for example {self.path / 'run.wav'}")
        if not self.path.parent.is_dir():
            raise SoundError(f"the folder {self.path.parent} does not exist; make it first, or name another place")
        self._most = _MOST_WAV_FRAMES if suffix == ".wav" else None
        self._temporary = self.path.with_name(f".{self.path.stem}-{os.getpid()}-{secrets.token_hex(4)}.part")
        self._file: _Writer | None = None
        try:
            # Asked first of the system, whose reasons are plainer than the library's.
            self._temporary.open("xb").close()
        except OSError as error:
            raise self._failed(error) from None
        try:
            self._file = _WRITERS[suffix](self._temporary, sample_rate)
        except (OSError, RuntimeError) as error:
            self.discard()
            raise self._failed(error) from None

    def _failed(self, error: Exception) -> SoundError:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return SoundError(f"cannot write {self.path}: {reason}; choose another place")

    def _check_room(self, frames: int) -> None:
        if self._most is not None and self.frames + frames > self._most:
            raise SoundError(f"{self.path.name} would be larger than a WAV can be; end its name in .flac instead")

    def _add(self, frames: int, put: Callable[[_Writer], None]) -> None:
        if self._file is None:
            raise SoundError(f"{self.path} is closed already")
        self._check_room(frames)
        try:
            put(self._file)
        except (OSError, RuntimeError) as error:
            raise self._failed(error) from None
        self.frames += frames

    def write(self, block: StereoArray32) -> None:
        """Append samples, shape (n, 2), ±1."""
        pcm = to_pcm16(block)
        self._add(len(pcm), lambda file: file.write(pcm))

    def write_silence(self, frames: int) -> None:
        """Append silence, at next to no cost."""
        self._add(frames, lambda file: file.silence(frames))

    def render(self, mixer: Mixer, until_t: float) -> None:
        """Append what the mixer gives from where it is up to session time `until_t`; nothing when it is there already."""
        end = mixer.sample_of(until_t)
        self._check_room(end - mixer.position)
        while (left := end - mixer.position) > 0:
            silent = min(mixer.silent_for(), left)
            if silent > 0:
                mixer.skip(silent)
                self.write_silence(silent)
            else:
                self.write(mixer.render(min(_CHUNK, left)))

    def close(self) -> None:
        """Complete the file and put it in place.

        Raises
        ------
        SoundError
            The disk is full, or the place is gone.
        """
        if self._file is None:
            return
        try:
            self._file.close()
            self._temporary.replace(self.path)
        except (OSError, RuntimeError) as error:
            self.discard()
            raise self._failed(error) from None
        finally:
            self._file = None

    def discard(self) -> None:
        """Remove what was written; the target is as before."""
        with suppress(OSError, RuntimeError):
            if self._file is not None:
                self._file.close()
        self._file = None
        with suppress(OSError):
            self._temporary.unlink()

    def __enter__(self) -> FileSink:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.close()
        else:
            self.discard()


def render_to_file(
    mixer: Mixer, path: str | Path, duration_s: float, actions: Iterable[SoundCommand] = ()
) -> list[AudioEvent]:
    """Write `duration_s` seconds of a mix to a WAV or FLAC file.

    Parameters
    ----------
    mixer
        Where it stands is the beginning of the file.
    path
        Ends in .wav or .flac.
    duration_s
        Length of the file, s.
    actions
        Commands with times; each is handed over when the mix has come to its `t`, as it would be live.

    Returns
    -------
    list of AudioEvent
        What became of the words.

    Raises
    ------
    SoundError
        The file cannot be written; nothing is left of it.
    """
    end_t = mixer.time + duration_s
    with FileSink(path, mixer.sample_rate) as sink:
        for action in actions:
            sink.render(mixer, min(action.t, end_t))
            mixer.handle(action)
        sink.render(mixer, end_t)
    return mixer.take_events()
