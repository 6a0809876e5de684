"""The eight faded sessions of a focus, and what every other kind of run under a plan asks for (docs/science.md, PRG-1 to 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

#: What a run under a plan is for.
#: `session` and `booster` teach; `probe` asks what was kept; `upkeep` comes after the eighth; `easy` is silent.
RunKind: TypeAlias = Literal["session", "booster", "probe", "upkeep", "easy"]
#: How the words are chosen: try the wordings in turn, begin with the best one, or say nothing but that one.
Words: TypeAlias = Literal["explore", "anchor first", "anchor only"]

#: Session clock of an anchor that stands alone, s: at the start, and after a retention probe's silence.
AT_START_S: Final = 0.0
#: The silence of a retention probe, and the running after its one anchor, s (PRG-2).
SILENT_S: Final = 600.0
RECALL_S: Final = 300.0
#: Who runs well only when reminded hears the anchor so long into every run, s (PRG-2).
REMINDER_S: Final = 180.0


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one run under a plan asks for.

    Attributes
    ----------
    kind
        What the run is for.
    number
        Which session, 1 to 8; 0 for other kinds.
    minutes
        How long it lasts, of running after the warm-up.
    window
        Share of it in which cues and beats may sound, 0 to 1.
    raise_percent
        What is asked of cadence when that is the focus, % above the runner's own; None: as the config says.
    words
        How words are chosen; None: as without a plan.
    withhold
        Share of due cues that stay unsaid, to see what happens anyway; None: as the config says.
    beat
        Whether beats may be laid, and for how many seconds on and off; None for none at all, off 0 for no such pattern.
    strides, precue
        How many short surges belong to it, and whether the anchor is said as each begins.
    anchor_at
        Session clock at which the anchor is said once by itself, s; None for never.
    per_km, per_run
        How many corrections at most (CUE-5).
    content
        What the runner is told that it is about.
    """

    kind: RunKind
    number: int = 0
    minutes: float = 0.0
    window: float = 1.0
    raise_percent: float | None = None
    words: Words | None = None
    withhold: float | None = None
    beat: tuple[float, float] | None = (0.0, 0.0)
    strides: int = 0
    precue: bool = False
    anchor_at: float | None = None
    per_km: int = 2
    per_run: int = 10
    content: str = ""

    @property
    def seconds(self) -> float:
        """Its length on the session clock, s."""
        return 60.0 * self.minutes


#: Minutes add up to 195, within the 177-196 of the trials that lasted best (Davis 2020); the shares are a design choice.
SESSIONS: Final = (
    Lesson("session", 1, 15, 1.0, 5.0, "explore", 0.2, content="different words are tried"),
    Lesson("session", 2, 18, 1.0, 5.0, "explore", 0.2, content="different words are tried, some cues are left out"),
    Lesson(
        "session",
        3,
        21,
        1.0,
        7.5,
        "anchor first",
        strides=2,
        precue=True,
        content="the words that help you most come first; run 2 strides of 15 to 20 seconds",
    ),
    Lesson(
        "session",
        4,
        24,
        1.0,
        7.5,
        "anchor first",
        beat=(120.0, 60.0),
        strides=4,
        precue=True,
        content="a beat sounds for two minutes at most, then rests for one; run 4 strides of 15 to 20 seconds",
    ),
    Lesson(
        "session",
        5,
        27,
        0.65,
        7.5,
        "anchor first",
        per_km=1,
        per_run=5,
        content="the coach is silent now and then; ask yourself afterwards how it felt, then read how it was",
    ),
    Lesson(
        "session",
        6,
        30,
        0.45,
        7.5,
        "anchor first",
        strides=4,
        per_km=1,
        per_run=5,
        content="the coach is silent more than half of the time; run 4 strides without a word before them",
    ),
    Lesson(
        "session",
        7,
        30,
        0.25,
        7.5,
        "anchor only",
        beat=None,
        per_km=1,
        per_run=2,
        content="your own words only, twice at most, and no beat",
    ),
    Lesson(
        "session",
        8,
        30,
        0.10,
        7.5,
        "anchor only",
        beat=None,
        anchor_at=AT_START_S,
        per_km=1,
        per_run=2,
        content="your own words once at the start, then nearly silent",
    ),
)

BOOSTER: Final = Lesson(
    "booster", 6, 30, 0.45, 7.5, "anchor first", per_km=1, per_run=5, content="a booster, as session 6 was"
)
PROBE: Final = Lesson(
    "probe",
    0,
    (SILENT_S + RECALL_S) / 60,
    0.0,
    7.5,
    "anchor only",
    beat=None,
    anchor_at=SILENT_S,
    per_run=0,
    content="ten silent minutes, then your own words once and five minutes more",
)
UPKEEP: Final = Lesson(
    "upkeep", words="anchor first", raise_percent=7.5, per_km=1, content="at most one cue a kilometre"
)
REMINDED: Final = Lesson(
    "upkeep",
    words="anchor first",
    raise_percent=7.5,
    per_km=1,
    anchor_at=REMINDER_S,
    content="your own words once after three minutes, and at most one cue a kilometre",
)
EASY: Final = Lesson("easy", window=0.0, beat=None, per_run=0, content="easy and silent")

LAST: Final = len(SESSIONS)
#: Probes fall due so many days after the last session (PRG-2).
PROBE_DAYS: Final = (7, 30)
#: Sessions are run on every second day at most: three or four a week.
REST_DAYS: Final = 2
#: A new focus comes no sooner than this after the one before was begun (PRG-3).
FOCUS_DAYS: Final = 14
