"""A rule's beat from its first click to the end of the silence after it: follow, lead, hold, rescue, gap."""

from __future__ import annotations

import math
from typing import Final, Literal, TypeAlias

from cuecoach.coaching.pilot_grid import LARGEST_STEP, Grid, towards
from cuecoach.coaching.pilot_sense import Sense
from cuecoach.events import METRONOME, Beat, BeatOff, Decision

State: TypeAlias = Literal["follow", "lead", "hold", "rescue", "gap", "over"]
#: What the pilot does at a tick: sounds, and the reasons for them.
Doing: TypeAlias = Beat | BeatOff | Decision

#: The runner's own tempo is kept at least and at most this long, s; a short beat keeps it for half its length.
FOLLOW_S: Final = (30.0, 60.0)
#: and glides back to the feet within this time, s, when a click is so far off them, s, or its tempo is; not sooner again.
RELOCK_EVERY_S: Final = 10.0
RELOCK_OFF_S: Final = 0.03
RELOCK_SHARE: Final = 0.005
#: On the way to the target the tempo rises by this share, so often, s.
LEAD_STEP: Final = 0.01
LEAD_EVERY_S: Final = 20.0
#: Without step times there is no lock to keep: steps of up to `LARGEST_STEP`, so often, s.
STEP_EVERY_S: Final = 10.0
#: On the way the click comes so long before the step, ms; it moves there by no more than this at a change of tempo, s.
AHEAD_MS: Final = 30.0
MOST_SHIFT_S: Final = 0.02
#: A tempo that has arrived is held: it goes along only when the target has moved by this share (its noise is 0.9 %),
TOLERANCE: Final = 0.015
#: and has arrived when it is as near as this.
ARRIVED: Final = 0.002
#: The target is held at least this long before the beat ends, s.
HOLD_S: Final = 20.0
#: Off the beat for so long is lost, s.
LOST_S: Final = 15.0
#: After a loss the runner's own tempo is kept for so long, s: twenty steps. With less than twice that left, it is not tried.
RESCUE_S: Final = 10.0
#: A silence is as long as the beat before it, within these, s.
GAP_S: Final = (60.0, 120.0)
#: In band without the beat (docs/science.md, CAD-4), shares of the target.
BAND: Final = (-0.03, 0.04)


class Lesson:
    """Leads one runner once to the cadence target, at most as fast as the legs come along.

    With step times the beat begins on the feet at the runner's own tempo. Without them there is nothing to lock to: it leads
    at once, a cadence near its tempo stands for being with it, and it has reached the target only when the cadence has.
    """

    def __init__(self, rule: str, for_s: float, grid: Grid, sense: Sense) -> None:
        self.rule = rule
        self.state: State = "over"
        #: How often the steps lost the beat.
        self.losses = 0
        #: Whether the steps were with the beat when it ended.
        self.followed = False
        self._for_s = for_s
        self._grid = grid
        self._sense = sense
        self._phased = False
        self._began = self._since = sense.t
        self._lead_since: float | None = None
        self._lost_since: float | None = None
        self._stepped = -math.inf
        self._gap_until = math.inf
        #: The beat's tempo against the target: 1 when it has arrived.
        self._share = 1.0

    @property
    def follow_s(self) -> tuple[float, float]:
        """How long the runner's own tempo is kept, s: at least, at most."""
        return min(FOLLOW_S[0], 0.5 * self._for_s), min(FOLLOW_S[1], self._for_s)

    def begin(self) -> Beat | None:
        """Begin to beat; None when there is no target."""
        t, target, landing = self._sense.t, self._sense.target, self._sense.landing()
        if target is None:
            return None
        own = self._sense.own or target
        self._phased = landing is not None
        if landing is None:
            self.state, self._lead_since, self._stepped = "lead", t, t
            own = towards(own, target)
            at, side = t + self._grid.lead_s, "left"
        else:
            self.state, (at, side) = "follow", landing
        self._share = own / target
        beat = self._grid.start(t, self.rule, own, at, side, self._until)
        self._sense.sync.restart(beat)
        return beat

    def advance(self) -> list[Doing]:
        """Move on to the tick that was sensed last."""
        match self.state:
            case "follow":
                return self._follow()
            case "lead" | "hold":
                return self._lead_or_hold()
            case "rescue":
                return self._rescue()
            case "gap":
                return self._gap()
            case "over":
                return []

    # ------------------------------------------------------------ the states
    def _follow(self) -> list[Doing]:
        t, sync = self._sense.t, self._sense.sync
        since, (least, most) = t - self._since, self.follow_s
        if since >= most or (since >= least and self._sense.with_beat() is not False):
            return self._begin_to_lead()
        if t - self._grid.changed < RELOCK_EVERY_S or sync.drift is None:
            return []
        astray = abs(self._sense.off_s()) > RELOCK_OFF_S or abs(sync.drift) > RELOCK_SHARE
        return [self._relock()] if astray else []

    def _begin_to_lead(self, most: float = LEAD_STEP) -> list[Doing]:
        t, target = self._sense.t, self._sense.target
        beat, self._lost_since = self._grid.beat, None
        if target is None or beat is None:
            return self._end() if t >= self._until else []
        if self._lead_since is None:
            self._lead_since = t
        own = self._sense.own or beat.spm
        self._share = own / target
        if abs(self._share - 1.0) <= ARRIVED:
            return [self._enter("hold", f"{target:.0f} spm is the target: held"), self._retune(target)]
        why = f"{self._sense.tell()}: led from {own:.0f} towards {target:.0f} spm"
        return [self._enter("lead", why), *self._step(most)]

    def _lead_or_hold(self) -> list[Doing]:
        t, sense = self._sense.t, self._sense
        if self._is_lost() and (self._ends() if self.losses else self._latest) - t >= 2.0 * RESCUE_S:
            return self._lose()
        if t >= self._ends():
            return self._end()
        if sense.target is None:
            return []
        arrived = abs(self._share - 1.0) <= ARRIVED
        every = LEAD_EVERY_S if self._phased else STEP_EVERY_S
        # Who has just lost the beat is not pulled further.
        ready = t - self._stepped >= every and sense.with_beat() is not False
        if self.state == "lead" and not arrived and ready:
            return self._step(LEAD_STEP if self._phased else LARGEST_STEP)
        # The beat may have arrived without the runner: without step times only the cadence can tell.
        there = t - self._stepped >= RESCUE_S if self._phased else sense.with_beat() is True
        if self.state == "lead" and arrived and there:
            return [self._enter("hold", f"{sense.target:.0f} spm reached: held, {sense.tell()}")]
        return self._go_along()

    def _rescue(self) -> list[Doing]:
        if self._sense.t >= self._ends():
            return self._end()
        return self._begin_to_lead(LARGEST_STEP) if self._sense.t - self._since >= RESCUE_S else []

    def _gap(self) -> list[Doing]:
        t, cadence, target = self._sense.t, self._sense.cadence, self._sense.target
        if t < self._gap_until:
            return []
        self.state = "over"
        if cadence is None or target is None:
            return []
        within = "" if BAND[0] <= cadence / target - 1.0 <= BAND[1] else "not "
        return [Decision(t, METRONOME, "gap over", f"{cadence:.0f} spm without the beat: {within}in the band")]

    # ------------------------------------------------------------ tempo and phase
    def _step(self, most: float) -> list[Doing]:
        """Take one step of tempo towards the target, and with known steps bring the click a little before the foot."""
        sync, target = self._sense.sync, self._sense.target
        assert target is not None
        self._share, self._stepped = towards(self._share, 1.0, most), self._sense.t
        sooner_s, phase = 0.0, sync.phase_ms
        if self._phased and phase is not None and self._sense.with_beat():
            sooner_s = min(max((AHEAD_MS - phase) / 1000.0, 0.0), MOST_SHIFT_S)
        return [self._retune(target * self._share, sooner_s)]

    def _go_along(self) -> list[Doing]:
        """Take the tempo along when the target has moved with the runner's speed."""
        beat, target = self._grid.beat, self._sense.target
        if beat is None or target is None:
            return []
        wanted = target * self._share
        if abs(wanted / beat.spm - 1.0) <= TOLERANCE or self._sense.t - self._grid.changed < STEP_EVERY_S:
            return []
        return [self._retune(towards(beat.spm, wanted))]

    def _retune(self, spm: float, sooner_s: float = 0.0) -> Beat:
        beat = self._grid.retune(self._sense.t, spm, sooner_s=sooner_s, until=self._until)
        self._sense.sync.retune(beat)
        return beat

    def _relock(self) -> Beat:
        """Go back to the feet: their tempo, and a little quicker or slower until the clicks have glided onto them."""
        sense = self._sense
        own = (sense.own or sense.cadence or sense.target or 0.0) / (1.0 + sense.off_s() / RELOCK_EVERY_S)
        beat = self._grid.retune(sense.t, own, until=self._until, landing=sense.landing())
        sense.sync.retune(beat)
        return beat

    # ------------------------------------------------------------ losing and ending
    def _is_lost(self) -> bool:
        t = self._sense.t
        if self._sense.with_beat() is not False:
            self._lost_since = None
        elif self._lost_since is None:
            self._lost_since = t
        return self._lost_since is not None and t - self._lost_since >= LOST_S

    def _lose(self) -> list[Doing]:
        self.losses += 1
        why = f"off the beat for {LOST_S:.0f} s ({self._sense.tell()})"
        if self.losses > 1:
            return self._end(why)
        return [self._enter("rescue", f"{why}: back to your own tempo, and up again"), self._relock()]

    def _end(self, lost: str = "") -> list[Doing]:
        """End the beat; the silence after it is for the runner to keep the tempo alone."""
        t, now_with = self._sense.t, self._sense.with_beat()
        self.followed = not lost and now_with is True
        if not lost and now_with is False:
            self.losses += 1
        gap = min(max(t - self._began, GAP_S[0]), GAP_S[1])
        self._gap_until = t + gap
        how = {True: "with the beat", False: "off the beat", None: "not surely with the beat"}[now_with]
        told = self._enter("gap", f"{lost or f'{how} at its end ({self._sense.tell()})'}: silent for {gap:.0f} s")
        self._sense.sync.restart(None)
        return [told, self._grid.stop(t)]

    @property
    def _until(self) -> float:
        """When the beat ends as it was last laid, s: without step times later only once there was a rescue."""
        return self._latest if self._phased or self.losses else self._began + self._for_s

    @property
    def _latest(self) -> float:
        """When the beat ends at the latest, s."""
        if not self._phased:
            return self._began + 2.0 * self._for_s
        start = self._began + self.follow_s[1] if self._lead_since is None else self._lead_since
        return start + 2.0 * self._for_s

    def _ends(self) -> float:
        """When the beat ends as things stand, s: sooner for a runner who has held the target for a while."""
        if self.state != "hold" or not self._phased or self._lead_since is None:
            return self._until
        held = self._since + min(HOLD_S, 0.5 * self._for_s)
        return min(max(self._lead_since + self._for_s, held), self._until)

    def _enter(self, state: State, why: str) -> Decision:
        self.state, self._since = state, self._sense.t
        return Decision(self._since, METRONOME, state, why)
