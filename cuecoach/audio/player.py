"""The life of a device in the sound process: opened, given a longer buffer when it stutters, followed when it moves."""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from cuecoach.audio.engine import Engine
from cuecoach.audio.protocol import DEFAULT_SINK, FromSound, SoundSettings, Told, Underflows, Widened
from cuecoach.audio.sinks.choosing import INSTEAD, find_sink, open_output
from cuecoach.audio.sinks.default_watch import DefaultWatch
from cuecoach.audio.sinks.output import Output
from cuecoach.audio.sinks.wireless import is_wireless
from cuecoach.audio.sound_server import default_sink

#: Longer buffers for a device that stutters, s; a longer one than the last would make words late.
WIDER_S: Final = (0.2, 0.4)
#: So many stutters within this, s, ask for one.
_STUTTERS: Final = 2
_WITHIN_S: Final = 10.0
#: Underflows closer together than this are one stutter, s.
_ONE_STUTTER_S: Final = 0.2
#: Just after it was opened a device may stutter for reasons of its own, s.
_GRACE_S: Final = 1.5
#: A device that asks for nothing this long is gone, s.
_LOST_AFTER_S: Final = 3.0
#: A sound server that is gone may hold up the closing of a stream for ever, s.
_CLOSING_S: Final = 1.0
#: How often it is looked whether the sound goes through the air by now, s.
_WIRELESS_EVERY_S: Final = 10.0


class Player:
    """Owns the output and lets it ask the engine; driven from one thread by `look`.

    Parameters
    ----------
    engine
        Gives the samples.
    settings
        Which device, and how.
    tell
        Takes messages for the parent; called from the thread that calls `open` and `look`.
    """

    def __init__(self, engine: Engine, settings: SoundSettings, tell: Callable[[FromSound], None]) -> None:
        self._engine = engine
        self._settings = settings
        self._tell = tell
        self._output: Output | None = None
        self._underflows = 0
        self._counted = 0
        self._stutters: deque[float] = deque()
        self._opened_at = 0.0
        self._over = threading.Event()
        self._watch: DefaultWatch | None = None
        self._followed = False

    @property
    def latency_s(self) -> float:
        """What the device granted, s."""
        return self._settings.latency_s if self._output is None else self._output.latency_s

    def open(self, now: float) -> None:
        """Open the device.

        Raises
        ------
        OpenFailedError
            Nothing there, or it refused.
        """
        sink = find_sink(self._settings)
        awake = sink.audible and self._settings.keep_awake != "off"
        if awake and self._settings.keep_awake == "auto":
            awake = is_wireless(self._settings.device)
        self._engine.begin_stream(delay_s=self._settings.delay_s if sink.audible else 0.0, awake=awake)
        self._output, followed = open_output(self._engine.fill, self._settings)
        if followed.sink != self._settings.sink:
            self._tell(Told(INSTEAD))
        self._settings = followed
        # What is opened from now on goes on after a break.
        self._settings = replace(self._settings, again=True)
        self._opened_at, self._counted = now, 0
        if self._followed:
            return
        self._followed = True
        if sink.audible and self._settings.keep_awake == "auto" and sys.platform.startswith("linux"):
            threading.Thread(target=self._follow_wireless, daemon=True).start()
        if sys.platform == "darwin" and (followed.sink, followed.device) == (DEFAULT_SINK, "default"):
            self._watch = DefaultWatch()

    def look(self, now: float) -> bool:
        """See to the device; return False when it is gone.

        Raises
        ------
        OpenFailedError
            It was to be opened anew, and that failed.
        """
        output = self._output
        if output is None or not output.running or now - self._engine.last_fill > _LOST_AFTER_S:
            return False
        if output.underflows != self._counted:
            self._underflows += output.underflows - self._counted
            self._counted = output.underflows
            self._tell(Underflows(self._underflows))
            if now - self._opened_at > _GRACE_S:
                self._stutter(now)
        if self._watch is not None and self._watch.moved():
            self._open_anew(now)
        return True

    def close(self) -> None:
        """Let the device go; ends the process when that hangs."""
        self._over.set()
        if self._watch is not None:
            self._watch.close()
        self.let_go()

    def _stutter(self, now: float) -> None:
        if not self._stutters or now - self._stutters[-1] > _ONE_STUTTER_S:
            self._stutters.append(now)
        while now - self._stutters[0] > _WITHIN_S:
            self._stutters.popleft()
        wider = next((s for s in WIDER_S if s > self._settings.latency_s), None)
        if len(self._stutters) < _STUTTERS or wider is None:
            return
        self._stutters.clear()
        self._settings = replace(self._settings, latency_s=wider)
        self._tell(Widened(wider))
        self._open_anew(now)

    def _open_anew(self, now: float) -> None:
        self.let_go()
        self.open(now)

    def let_go(self) -> None:
        """Close the output; when that hangs, the parent notices the end of this process and starts another."""
        output, self._output = self._output, None
        if output is None:
            return
        watchdog = threading.Timer(_CLOSING_S, os._exit, args=(0,))
        watchdog.daemon = True
        watchdog.start()
        output.close()
        watchdog.cancel()

    def _follow_wireless(self) -> None:
        """Begin or end the noise when the sound server's default moves to headphones without a wire, or away."""
        known = default_sink()
        while not self._over.wait(_WIRELESS_EVERY_S):
            now = default_sink()
            if now != known:
                known = now
                self._engine.keep_awake(on=is_wireless(self._settings.device))
