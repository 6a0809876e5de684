"""The bundled stories: what the simulated runner can live through."""

from __future__ import annotations

from difflib import get_close_matches
from itertools import chain
from typing import Final

from cuecoach.errors import UsageError
from cuecoach.sensors.simulator.person import Person, Response
from cuecoach.sensors.simulator.story import Phase, Story

#: Quiet, then tall, before the first step: the pose that pelvic angles are counted from.
_STAND = Phase("stand", 9, 0.0)

#: Somebody who takes cues well: a short story must show the recovery that praise follows.
_WILLING = Person(
    response=Response(probability=0.95, shrink=(0.82, 0.92), delay_s=(3.0, 5.0), settle_s=6.0, relapse_s=420)
)

_DEMO = Story(
    "demo",
    "Under four minutes: fresh, cadence fades, slouch, hips drop, faster with the old form coming back",
    (
        Phase("fresh", 50, 2.8),
        Phase("fade", 55, 2.8, fade=0.06, ramp_s=8),
        Phase("slouch", 40, 2.8, fade=0.03, slouch=6.5, ramp_s=10),
        Phase("hips", 40, 2.8, fade=0.02, slouch=6.5, drop_left=3.2, drop_right=3.0, ramp_s=8),
        Phase("surge", 45, 3.5, fade=0.02, slouch=8.5, drop_left=3.2, drop_right=3.0),
    ),
    _WILLING,
)

_EASY = Story(
    "easy-run",
    "Half an hour as it really goes: ten fresh minutes, then cadence fades, a slouch, more bounce, tired hips",
    (
        _STAND,
        Phase("walk", 60, 1.4),
        Phase("fresh", 600, 2.8, fatigue_per_min=0.01),
        Phase("fade", 330, 2.8, fade=0.05, ramp_s=90, fatigue_per_min=0.02),
        Phase("slouch", 300, 2.8, fade=0.03, slouch=5.0, ramp_s=60, fatigue_per_min=0.02),
        Phase("hill", 90, 2.5, fade=0.03, slouch=4.0, grade=5.0, fatigue_per_min=0.03),
        Phase("hips", 300, 2.8, fade=0.03, slouch=3.0, drop_left=2.8, drop_right=0.6, ramp_s=60, fatigue_per_min=0.02),
        Phase("bounce", 240, 2.8, fade=0.02, slouch=3.0, bounce=0.12, ramp_s=60, fatigue_per_min=0.02),
        Phase("home", 60, 1.4, ramp_s=20, fatigue_per_min=-0.02),
    ),
)

_INTERVALS = Story(
    "intervals",
    "Ten easy minutes, six times one minute fast and one walked; the old form comes back with the speed",
    (
        _STAND,
        Phase("easy", 600, 2.7),
        *chain.from_iterable(
            (
                Phase(
                    f"fast {k}", 60, 3.7, slouch=1.2 * k, drop_left=0.4 * k, drop_right=0.3 * k, fatigue_per_min=0.08
                ),
                Phase(f"rest {k}", 60, 1.4, ramp_s=5, fatigue_per_min=-0.03),
            )
            for k in range(1, 7)
        ),
        Phase("out", 180, 2.6, slouch=2.0, fatigue_per_min=0.01),
    ),
)

_DROPOUT = Story(
    "dropout",
    "Six minutes that try the machine: a walk, two stops, and a sensor that goes for 3 s, then for 40 s",
    (
        Phase("run", 60, 2.8),
        Phase("walk", 30, 1.4),
        Phase("run again", 45, 2.8),
        Phase("blink", 3, 2.8, sensor_lost=True),
        Phase("after the blink", 42, 2.8),
        Phase("stop", 30, 0.0),
        Phase("off again", 40, 2.8),
        Phase("gone", 40, 2.8, slouch=5.0, sensor_lost=True),
        Phase("back", 50, 2.8, slouch=5.0),
        Phase("end", 20, 0.0),
    ),
)

_FRESH = Story(
    "fresh",
    "Twenty minutes of good form: the coach has nothing to say",
    (Phase("fresh", 1200, 2.8),),
)

_TIRED = Story(
    "tired",
    "Forty minutes by somebody who tires early: everything drifts together, and old form returns quickly",
    (
        _STAND,
        Phase("easy", 700, 2.9, fatigue_per_min=0.02),
        Phase("tiring", 1000, 2.8, fade=0.03, slouch=1.5, bounce=0.03, ramp_s=600, fatigue_per_min=0.045),
        Phase("spent", 700, 2.5, fade=0.04, slouch=3.0, drop_left=1.2, drop_right=1.5, bounce=0.05, ramp_s=200),
    ),
    Person(response=Response(probability=0.7, relapse_s=180)),
)

#: Standing as people stand, then straightening up: a guided calibration.
_QUIET = Phase("quiet", 7, 0.0, stoop=3.5)
_TALL = Phase("tall", 6, 0.0)

_CALIBRATED = Story(
    "calibrated",
    "Three minutes that begin with a calibration: standing quietly, standing tall, then a run with a slouch",
    (
        _QUIET,
        _TALL,
        Phase("fresh", 80, 2.8),
        Phase("slouch", 87, 2.8, slouch=6.0, ramp_s=10),
    ),
    _WILLING,
)

_SLIP = Story(
    "slip",
    "Four minutes in which the sensor slips by 7 degrees on the run; then a stop, quiet and tall again, and on",
    (
        _QUIET,
        _TALL,
        Phase("run", 80, 2.8),
        Phase("slipped", 60, 2.8, slip=(4.0, 7.0, 0.0)),
        Phase("quiet again", 15, 0.0, stoop=3.5),
        Phase("tall again", 12, 0.0),
        Phase("run again", 60, 2.8),
    ),
)

#: All bundled stories by name.
STORIES: Final[dict[str, Story]] = {
    s.name: s for s in (_DEMO, _EASY, _INTERVALS, _DROPOUT, _FRESH, _TIRED, _CALIBRATED, _SLIP)
}


def find_story(name: str) -> Story:
    """Return the bundled story called `name`.

    Raises
    ------
    UsageError
        When there is none; the sentence names the nearest or all.
    """
    if name in STORIES:
        return STORIES[name]
    near = get_close_matches(name, STORIES, n=1)
    hint = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(STORIES)}"
    raise UsageError(f"the simulated runner knows no story `{name}`; {hint}")
