"""The moment as a test has it: the signals of a run, with scripted values in place of what sensors would say."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from typing import Final

from cuecoach.config import RunConfig
from cuecoach.events import TICK_S, Activity
from cuecoach.ruletests.model import Given
from cuecoach.signals import Signals
from cuecoach.signals.log import Log, Statistic

#: Way is covered so fast where a test gives where it begins and no speed, m/s: a kilometre in six minutes.
EASY_SPEED: Final = 1000.0 / 360.0


class ScriptedSignals(Signals):
    """Answers what rules, gates, pilot and arbiter ask of :class:`~cuecoach.signals.Signals` from what a test gives.

    A value given is the smoothed metric; windows look back over it, and before the test it was as it begins. What a test
    does not give is unknown, but: the runner runs, neither surges nor climbs, and noise and target come as in a run.

    Parameters
    ----------
    config
        The run's set-up.
    given
        What the test gives.
    begins_s
        Session time of the test's first tick, s.
    """

    def __init__(self, config: RunConfig, given: Given, begins_s: float) -> None:
        super().__init__(config, ())
        self._given = given
        self._begins_s = begins_s
        self._moving = {name: script for name, script in given.numbers.items() if not script.constant}
        self._values = {name: script.at(0.0) for name, script in given.numbers.items()}
        self._facts = {name: script.at(0.0) for name, script in given.facts.items()}
        #: How far back each metric was asked for, s, and what it said since.
        self._histories: dict[str, tuple[float, Log]] = {}
        self._windows: dict[tuple[Statistic, str, float], float | None] = {}
        self._beat_given = "beating" in given.facts
        self.now = begins_s
        self._distance = given.distance_from
        self._look()

    # ------------------------------------------------------------ time passes
    def advance(self, t: float, busy: Callable[[], Collection[str]] = tuple) -> None:
        """Move on to tick `t`; nothing is learnt, for a test gives what would be."""
        passed, self.now = t - self.now, t
        here = t - self._begins_s
        # A look back over what never moves finds the same at any time.
        news = any(name in self._moving for name in self._histories)
        for name, script in self._moving.items():
            value = script.at(here)
            if value != self._values[name]:
                self._values[name], news = value, True
        for name, script in self._given.facts.items():
            fact = script.at(here)
            if fact is not self._facts[name]:
                self._facts[name], news = fact, True
        for name, (_, log) in self._histories.items():
            value = self._values[name]
            if value is not None:
                log.add(t, {name: value})
                log.advance(t)
        if news:
            self._windows.clear()
        self._look()
        self._go(passed)
        states = (self.activity, self.beating)
        if news or states != self._states:
            self._states = states
            self.version += 1

    def _look(self) -> None:
        """Tell what the runner does from the states that are given."""
        facts = self._facts
        activity: Activity | None = "running"
        if facts.get("still"):
            activity = "still"
        elif facts.get("walking"):
            activity = "walking"
        elif "running" in facts and not facts["running"]:
            activity = None if facts["running"] is None else "still"
        self.activity = activity
        self.speed = self._values.get("speed")

    def _go(self, passed: float) -> None:
        if "distance" in self._values:
            self._distance = self._values["distance"]
            return
        speed = self.speed
        if speed is None and self._given.distance_from is not None:
            speed = EASY_SPEED if self.activity == "running" else 0.0
        if speed is not None:
            self._distance = (self._distance or 0.0) + speed * passed

    @property
    def surging(self) -> bool | None:
        """Whether the test says so; no, unless it does."""
        return self._facts.get("surging", False)

    # ------------------------------------------------------------ what rules may ask
    def metric(self, name: str) -> float | None:
        """Return the value given, None while it is missing."""
        return self._values.get(name)

    def last(self, name: str) -> float | None:
        """Return the value given: a test knows no other."""
        return self._values.get(name)

    def window(self, function: Statistic, name: str, window_s: float) -> float | None:
        """Return a statistic of the values given over the last `window_s`, None while the metric is missing."""
        if self._values.get(name) is None:
            return None
        question = (function, name, window_s)
        if question not in self._windows:
            self._windows[question] = self._history(name, window_s).statistic(function, name, window_s)
        return self._windows[question]

    def _history(self, name: str, window_s: float) -> Log:
        length, log = self._histories.get(name, (0.0, None))
        if log is None or length < window_s:
            log = self._remember(name, window_s)
        return log

    def _remember(self, name: str, window_s: float) -> Log:
        """Return the values of the last `window_s`, as far back as the run goes."""
        script, log = self._given.numbers[name], Log()
        for n in range(min(math.ceil(window_s / TICK_S), round(self.now / TICK_S)), -1, -1):
            t = self.now - n * TICK_S
            value = script.at(max(t - self._begins_s, 0.0))
            if value is not None:
                log.add(t, {name: value})
        log.advance(self.now)
        self._histories[name] = (window_s, log)
        return log

    def baseline(self, name: str) -> float | None:
        """Return the value given, else None: not ready."""
        return self._values.get(f"baseline({name})")

    def start(self, name: str) -> float | None:
        """Return the value given, else None: not ready."""
        return self._values.get(f"start({name})")

    def noise(self, name: str) -> float | None:
        """Return the value given, else what a run begins with."""
        key = f"noise({name})"
        return self._values[key] if key in self._values else super().noise(name)

    def target(self, name: str) -> float | None:
        """Return the value given, else what the plan of the config makes of the baseline given."""
        key = f"target({name})"
        return self._values[key] if key in self._values else super().target(name)

    def state(self, name: str) -> bool | None:
        """Return whether the state holds: as given, else as in a run; a climb needs a `grade`."""
        if name in ("surging", "climbing") or (name == "beating" and self._beat_given):
            if name in self._facts:
                return self._facts[name]
            return bool(super().state(name))
        return super().state(name)
