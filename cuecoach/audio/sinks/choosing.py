"""Which sink is meant by a name: the bundled ones, and those of other packages, of which a broken one harms nobody."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from cuecoach.audio.protocol import DEFAULT_SINK, NULL_DEVICE, Failed, SoundSettings
from cuecoach.audio.sinks.clocked import FileSink, NullSink
from cuecoach.audio.sinks.mini import MiniaudioSink
from cuecoach.audio.sinks.output import Fill, OpenFailedError, Output, Sink
from cuecoach.audio.sinks.portaudio import PortAudioSink

#: Where packages name the sinks they bring.
GROUP: Final = "cuecoach.sinks"
_FILE: Final = "file:"
_BUNDLED: Final[dict[str, Sink]] = {sink.name: sink for sink in (PortAudioSink(), MiniaudioSink(), NullSink())}

#: Told once when the default way to the device is not there and another is.
INSTEAD: Final = "PortAudio is not installed, so the sound goes through miniaudio"


def find_sink(settings: SoundSettings) -> Sink:
    """Return the sink that is meant.

    Raises
    ------
    OpenFailedError
        There is none of that name, or the plug-in that brings it cannot be used.
    """
    name = settings.sink
    if settings.device == NULL_DEVICE:
        return _BUNDLED["null"]
    if name.startswith(_FILE):
        path = name.removeprefix(_FILE)
        if not path:
            raise OpenFailedError(Failed("sink", "`file:` needs a path, for example `file:heard.wav`"))
        return FileSink(Path(path))
    if name in _BUNDLED:
        return _BUNDLED[name]
    brought = {entry.name: entry for entry in entry_points(group=GROUP)}
    if name not in brought:
        known = ", ".join(f"`{known}`" for known in (*_BUNDLED, f"{_FILE}PATH", *sorted(brought)))
        raise OpenFailedError(Failed("sink", f"no sink is called `{name}`; there are {known}"))
    return _Guarded(name, _load(brought[name], name))


def _load(entry: Any, name: str) -> Any:
    """Return what a plug-in names; a class is called without arguments."""
    try:
        found = entry.load()
        return found() if isinstance(found, type) else found
    except (Exception, SystemExit) as error:  # whatever foreign code does while it is imported
        raise OpenFailedError(Failed("sink", f"the sink `{name}` cannot be used ({_words(error)})")) from error


def _words(error: BaseException) -> str:
    text = " ".join(str(error).split())[:160].rstrip(".")
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


class _Guarded:
    """A plug-in's sink: whatever it raises when it is opened is one sentence."""

    def __init__(self, name: str, sink: Any) -> None:
        self.name = name
        self._sink = sink
        self.audible = bool(getattr(sink, "audible", True))

    def open(self, fill: Fill, settings: SoundSettings) -> Output:
        try:
            output = self._sink.open(fill, settings)
        except OpenFailedError:
            raise
        except (Exception, SystemExit) as error:
            raise OpenFailedError(Failed("sink", f"the sink `{self.name}` failed ({_words(error)})")) from error
        lacking = [part for part in ("latency_s", "underflows", "running", "close") if not hasattr(output, part)]
        if lacking:
            parts = ", ".join(f"`{part}`" for part in lacking)
            raise OpenFailedError(Failed("sink", f"the sink `{self.name}` opened something without {parts}"))
        return output


def open_output(fill: Fill, settings: SoundSettings) -> tuple[Output, SoundSettings]:
    """Start the output that is meant; return it, and the settings as they were followed.

    Without PortAudio the default becomes miniaudio where that is installed.

    Raises
    ------
    OpenFailedError
        Nothing there, or it refused.
    """
    sink = find_sink(settings)
    try:
        return sink.open(fill, settings), settings
    except OpenFailedError as error:
        if error.failed.reason != "library" or settings.sink != DEFAULT_SINK or find_spec("miniaudio") is None:
            raise
        missing = error
    settings = replace(settings, sink="miniaudio")
    try:
        return find_sink(settings).open(fill, settings), settings
    except OpenFailedError as error:
        raise (missing if error.failed.reason == "library" else error) from None
