"""The metronome pilot: when a beat starts, at which tempo, in which phase, and how it is led to the target."""

from __future__ import annotations

import math
from typing import Final, Literal, TypeAlias

from cuecoach.coaching.gates import SETTLING
from cuecoach.events import METRONOME, Beat, BeatOff, Side
from cuecoach.metrics import METRICS
from cuecoach.signals import Signals

Mode: TypeAlias = Literal["off", "when needed", "always", "follow"]

#: A tempo is raised or lowered by at most this share at a time: runners entrain within 1-3 %, notice 4 % (Van Dyck 2015).
LARGEST_STEP: Final = 0.025
#: and not sooner than this after the last change, s.
STEP_EVERY_S: Final = 10.0
#: A tempo that has arrived is held: it is led again only when the target has moved by this share (its noise is 0.9 %),
TOLERANCE: Final = 0.015
#: and has arrived when it is as near as this.
ARRIVED: Final = 0.002
#: The first click comes no sooner than this after the decision, so that no output buffer swallows it, s; what headphones add
#: comes on top.
LEAD_IN_S: Final = 0.3
#: A beat that is always there waits for so much running, s: the cadence is the median of as much.
STEADY_S: Final = METRICS["cadence"].window_s
#: A footfall older than this predicts nothing, s.
PHASE_AGE_S: Final = 1.5


class Pilot:
    """Lays a beat under the runner's feet.

    Parameters
    ----------
    mode
        When there is a beat.
    every
        Steps from click to click.
    delay_s
        How late the headphones are heard, s: what is to be heard at its moment is decided so much earlier.
    """

    def __init__(self, mode: Mode, every: int = 1, delay_s: float = 0.0) -> None:
        self._mode: Mode = mode
        self._every = every
        self._lead_s = LEAD_IN_S + delay_s
        self._next_id = 1
        self._changed = -math.inf
        self._ends: float | None = None
        self._quiet_until = -math.inf
        self._rule = ""
        self._leading = False
        self._running_since: float | None = None
        #: The beat being heard, None in silence.
        self.beat: Beat | None = None

    @property
    def beating(self) -> bool:
        """Whether a beat is being heard."""
        return self.beat is not None

    def leads(self, signals: Signals) -> bool:
        """Whether the beat pulls the runner anywhere: one that follows, or has no target yet, does not."""
        return self.beat is not None and self._mode != "follow" and signals.target("cadence") is not None

    @property
    def offers_beat(self) -> bool:
        """Whether a rule may ask for a beat: the metronome is allowed and not in use already."""
        return self._mode == "when needed" and self.beat is None

    def answers(self, rule: str) -> bool:
        """Whether the beat being heard is the answer to this rule: it gets its time before words are tried."""
        return self.beat is not None and self.beat.rule == rule

    def lay(self, t: float, rule: str, for_s: float, signals: Signals) -> Beat | None:
        """Start a beat that leads to the cadence target and ends after `for_s`; None when there is no target."""
        target = signals.target("cadence")
        if target is None:
            return None
        own = signals.metric("cadence") or target
        self._ends = t + for_s
        return self._start(t, rule, _towards(own, target), signals)

    def advance(self, t: float, signals: Signals, gate: str | None) -> list[Beat | BeatOff]:
        """Move the beat on to tick `t`: end it, lead it, or keep an `always` or `follow` beat with the runner.

        A rule's beat ends with any gate but a change of speed, which its tempo follows; a beat that was asked for is there
        whenever the runner runs.
        """
        if self.beat is None and self._mode in ("off", "when needed"):
            return []  # a rule must ask
        if self._ends is not None:
            closed = gate not in (None, SETTLING) or t >= self._ends
        else:
            closed = not self._running_steadily(t, signals) or t < self._quiet_until
        if self.beat is not None and closed:
            return [self._stop(t)]
        wanted = self._wanted(signals)
        if closed or wanted is None:
            return []
        if self.beat is None:
            return [self._start(t, METRONOME, wanted, signals)]
        off = abs(wanted / self.beat.spm - 1)
        self._leading = off > (ARRIVED if self._leading else TOLERANCE)
        if self._leading and t - self._changed >= STEP_EVERY_S:
            return [self._retune(t, _towards(self.beat.spm, wanted))]
        return []

    def _running_steadily(self, t: float, signals: Signals) -> bool:
        """Whether the runner has run for as long as the smoothed cadence looks back: the walk before is not the tempo."""
        if signals.activity != "running":
            self._running_since = None
        elif self._running_since is None:
            self._running_since = t
        return self._running_since is not None and t - self._running_since >= STEADY_S

    def silence(self, t: float, until: float) -> list[BeatOff]:
        """Stop at once, and stay silent until `until`: the runner asked for quiet."""
        self._quiet_until = until
        return [self._stop(t)] if self.beat is not None else []

    def after_click(self, t: float, offset_s: float) -> float:
        """Return the first moment at or after `t` that lies `offset_s` after a click; `t` itself without a beat."""
        if self.beat is None:
            return t
        k, interval = self._click_after(t - offset_s)
        return self.beat.at + k * interval + offset_s

    def _wanted(self, signals: Signals) -> float | None:
        if self._mode == "off":
            return None
        own, target = signals.metric("cadence"), signals.target("cadence")
        # Before the baseline is known there is no target yet; the runner's own tempo is the best guess of it.
        return own if self._mode == "follow" or target is None else target

    def _start(self, t: float, rule: str, spm: float, signals: Signals) -> Beat:
        at, side = _first_footfall(t + self._lead_s, signals, self._lead_s)
        self._rule, self._leading = rule, True
        return self._put(Beat(t, round(at, 6), self._next_id, rule, round(spm, 1), self._ends, side, self._every))

    def _retune(self, t: float, spm: float) -> Beat:
        """Change tempo at a click of the running beat, so the phase does not jump."""
        beat = self.beat
        assert beat is not None
        k, interval = self._click_after(t + self._lead_s)
        side = beat.first_side if k * beat.every % 2 == 0 else _other(beat.first_side)
        at = round(beat.at + k * interval, 6)
        return self._put(Beat(t, at, self._next_id, self._rule, round(spm, 1), self._ends, side, beat.every))

    def _put(self, beat: Beat) -> Beat:
        self.beat, self._changed = beat, beat.t
        self._next_id += 1
        return beat

    def _stop(self, t: float) -> BeatOff:
        beat = self.beat
        assert beat is not None
        self.beat = self._ends = None
        return BeatOff(t, t, beat.id)

    def _click_after(self, t: float) -> tuple[int, float]:
        beat = self.beat
        assert beat is not None
        interval = 60.0 * beat.every / beat.spm
        return max(0, math.ceil((t - beat.at) / interval - 1e-9)), interval


def _towards(own: float, target: float) -> float:
    """Return the target, or as far towards it as one step may go."""
    return min(max(target, own * (1 - LARGEST_STEP)), own * (1 + LARGEST_STEP))


def _first_footfall(earliest: float, signals: Signals, lead_s: float) -> tuple[float, Side]:
    """Predict a contact at or after `earliest` from the last step; without step times, `earliest` itself."""
    step, cadence = signals.last_step(), signals.metric("cadence")
    if step is None or cadence is None or earliest - step.ic > PHASE_AGE_S + lead_s:
        return earliest, "left"
    interval = 60.0 / cadence
    k = math.ceil((earliest - step.ic) / interval)
    side = step.side or "left"
    return step.ic + k * interval, side if k % 2 == 0 else _other(side)


def _other(side: Side) -> Side:
    return "right" if side == "left" else "left"
