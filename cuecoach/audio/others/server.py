"""The sound server (PulseAudio, or PipeWire in its place) as far as we need it: who plays, how loud, and where to."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cuecoach.audio.others.book import OthersError
from cuecoach.audio.others.headphones import Output
from cuecoach.audio.others.shape import Volumes

#: A server on this machine answers in milliseconds, s.
_CONNECT_S: Final = 1.5
#: Who plays for these reasons is left alone: calls, a screen reader's voice, the short sounds of the desktop.
_LEFT_ALONE: Final = frozenset({"phone", "a11y", "event"})
#: Volumes above this cannot be set again from here, so they are not touched; 1.0 is 100 %.
_LOUDEST: Final = 1.5


@dataclass(frozen=True, slots=True)
class Stream:
    """Something that plays: who, how loud, and whether it may be turned down."""

    index: int
    pid: int
    program: str
    key: str
    volumes: Volumes
    may_be_lowered: bool


class ServerGoneError(OthersError):
    """The sound server does not answer, or has gone."""


class SoundServer:
    """A connection that is made when first needed, and again after a loss. For one thread.

    Parameters
    ----------
    own
        Tells by its process id whether a stream is ours.

    Raises
    ------
    OthersError
        There is no `pulsectl` here.
    ServerGoneError
        From every call: no server.
    """

    def __init__(self, own: Callable[[int], bool]) -> None:
        try:
            import pulsectl
        except (ImportError, OSError):  # OSError: the package is here and the C library is not
            raise OthersError(
                "other programs' sound cannot be reached without pulsectl and libpulse; type `pip install 'cuecoach[others]'`"
            ) from None
        from pulsectl import _pulsectl  # pyright: ignore[reportPrivateUsage]

        self._pulsectl: Any = pulsectl
        # The last one is how libpulse refuses a call on a broken connection; the package has no public name for it.
        self._errors = (pulsectl.PulseError, pulsectl.PulseDisconnected, _pulsectl.pa.CallError)
        self._own = own
        self._pulse: Any = None
        self._id = ""

    def close(self) -> None:
        """Let the connection go."""
        if self._pulse is not None:
            self._pulse.close()
            self._pulse = None

    @contextmanager
    def _connected(self) -> Generator[Any]:
        try:
            if self._pulse is None:
                pulse = self._pulsectl.Pulse("cuecoach", connect=False)
                try:
                    pulse.connect(autospawn=False, wait=False, timeout=_CONNECT_S)
                    self._id = f"{pulse.server_info().cookie:08x}"
                except BaseException:
                    pulse.close()
                    raise
                self._pulse = pulse
            yield self._pulse
        except self._errors as error:
            if self._pulse is not None and self._pulse.connected:
                raise OthersError("other programs' sound is left alone: the sound server refuses") from error
            self.close()
            raise ServerGoneError(
                "other programs' sound cannot be reached: no PulseAudio or PipeWire server answers; start your sound service"
            ) from error

    @property
    def id(self) -> str:
        """What tells this run of the server from another, which numbers its streams anew."""
        with self._connected():
            return self._id

    def streams(self) -> list[Stream]:
        """Return all that plays, in no order that matters."""
        with self._connected() as pulse:
            playing = pulse.sink_input_list()
            talking = self._talking(pulse) if playing else (frozenset[int](), frozenset[str]())
        return [self._stream(each, *talking) for each in playing]

    def _stream(self, each: Any, pids: frozenset[int], programs: frozenset[str]) -> Stream:
        said: Mapping[str, str] = each.proplist
        pid, program = _pid(said), _program(said)
        volumes = tuple(each.volume.values)
        left_alone = (
            each.corked
            or said.get("media.role", "").lower() in _LEFT_ALONE
            or pid in pids
            or program in programs
            or max(volumes, default=_LOUDEST) >= _LOUDEST
            or self._own(pid)
        )
        key = said.get("module-stream-restore.id", "")
        return Stream(each.index, pid, program or each.name, key, volumes, not left_alone)

    @staticmethod
    def _talking(pulse: Any) -> tuple[frozenset[int], frozenset[str]]:
        """Return process ids and names of the programs that listen to a microphone: they may be in a call."""
        running = [each for each in pulse.source_output_list() if not each.corked]
        if running:
            # Meters and recorders listen to the monitor of what is played; that is no call.
            monitors = {each.index for each in pulse.source_list() if each.monitor_of_sink_name}
            running = [each for each in running if each.source not in monitors]
        pids = frozenset(_pid(each.proplist) for each in running) - {0}
        return pids, frozenset(_program(each.proplist) for each in running) - {""}

    def set_volumes(self, index: int, volumes: Volumes) -> bool:
        """Set how loud a stream is; return False when it has ended or does not let itself be changed."""
        with self._connected() as pulse:
            try:
                pulse.sink_input_volume_set(index, self._pulsectl.PulseVolumeInfo(list(volumes)))
            except self._pulsectl.PulseOperationFailed:
                if not pulse.connected:
                    raise
                return False
            return True

    def remembered(self) -> dict[str, Volumes]:
        """Return how loud the server will make each program's next stream, by its key; empty when it does not remember."""
        with self._connected() as pulse:
            return {name: tuple(each.volume.values) for name, each in self._memory(pulse).items() if each.volume.values}

    def remember(self, key: str, volumes: Volumes) -> None:
        """Let the server make a program's next stream so loud."""
        with self._connected() as pulse:
            entry = self._memory(pulse).get(key)
            if entry is not None:
                entry.volume.values = list(volumes)
                pulse.stream_restore_write(entry, mode="replace", apply_immediately=False)

    def _memory(self, pulse: Any) -> dict[str, Any]:
        try:
            return {each.name: each for each in pulse.stream_restore_list()}
        except self._errors:
            if not pulse.connected:
                raise
            return {}  # a server without that memory

    def output(self) -> Output:
        """Return where our sound goes: the sink of our own stream while we play, else the default sink."""
        with self._connected() as pulse:
            ours = next((each.sink for each in pulse.sink_input_list() if self._own(_pid(each.proplist))), None)
            try:
                sink = pulse.sink_default_get() if ours is None else pulse.sink_info(ours)
            except self._pulsectl.PulseIndexError:
                return Output("no output")  # there is none, or it went away just now
        port = sink.port_active
        return Output(
            sink.description,
            port=port.name if port else "",
            plugged=not port or port.available_state != "no",
            form_factor=sink.proplist.get("device.form_factor", ""),
            bus=sink.proplist.get("device.bus", ""),
        )


def _pid(said: Mapping[str, str]) -> int:
    text = said.get("application.process.id", "")
    return int(text) if text.isdecimal() else 0


def _program(said: Mapping[str, str]) -> str:
    return said.get("application.name", "")


def descends_from(ancestor: int) -> Callable[[int], bool]:
    """Return who tells whether a process is `ancestor` or was started by it, directly or not. Linux only."""

    def own(pid: int) -> bool:
        for _ in range(64):  # no chain of parents is so long; one that changes under our eyes might have no end
            if pid == ancestor:
                return True
            if pid <= 1:
                return False
            try:
                stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
            except OSError:
                return False
            pid = int(stat.rpartition(")")[2].split()[1])
        return False

    return own
