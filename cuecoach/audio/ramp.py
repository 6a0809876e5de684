"""A metronome's tempo over time: fixed, or from one tempo to another in steps too small to stumble over."""

from __future__ import annotations

import math
from typing import Final

from cuecoach.audio.beat_track import click_time
from cuecoach.errors import UsageError
from cuecoach.events import Beat, Side

#: Tempo changes within this are followed without being noticed; the just noticeable difference is about 4 % (Van Dyck et al.,
#: Sports Med. Open 1:15, 2015).
LARGEST_STEP: Final = 0.025
#: Tempos a person steps at, walking to sprinting, spm.
SLOWEST_SPM, FASTEST_SPM = 40.0, 260.0


def check_tempo(spm: float) -> float:
    """Return `spm` if a person can step to it; raise UsageError otherwise."""
    if not SLOWEST_SPM <= spm <= FASTEST_SPM:
        raise UsageError(f"{spm:g} spm is not a tempo to run to; use {SLOWEST_SPM:g} to {FASTEST_SPM:g} spm")
    return spm


def ramp(
    spm: float, to_spm: float | None = None, over_s: float = 60.0, *, at: float = 0.0, rule: str = "metronome"
) -> list[Beat]:
    """Return the beats of a metronome.

    Parameters
    ----------
    spm
        Tempo of the first click, steps/min.
    to_spm
        Tempo to arrive at; None to stay.
    over_s
        Time from the first click until the last tempo is reached, s; a click at least is given to each step.
    at
        Session time of the first click, s.
    rule
        Name carried by the beats.

    Returns
    -------
    list of Beat
        Equal steps in ratio, each at most 2.5 %. Each beat begins on the click the one before would have made next, on the
        other foot, so no interval is cut or stretched and the feet keep alternating.

    Raises
    ------
    UsageError
        A tempo outside 40 to 260 spm, or no time to ramp in.
    """
    check_tempo(spm)
    if to_spm is None or to_spm == spm:
        return [Beat(t=at, at=at, id=1, rule=rule, spm=spm)]
    check_tempo(to_spm)
    if not over_s > 0.0:
        raise UsageError("a change of tempo takes time; write for example --over '60 s'")
    # The margin keeps an exact 2.5 % at one step.
    steps = max(1, math.ceil(abs(math.log(to_spm / spm)) / math.log1p(LARGEST_STEP) - 1e-9))
    feet: tuple[Side, Side] = ("left", "right")
    beats: list[Beat] = []
    begin, clicks = at, 0
    for i in range(steps + 1):
        tempo = to_spm if i == steps else spm * (to_spm / spm) ** (i / steps)
        beat = Beat(t=at, at=begin, id=i + 1, rule=rule, spm=tempo, first_side=feet[clicks % 2])
        beats.append(beat)
        due = at + over_s * (i + 1) / steps
        k = max(1, math.ceil((due - begin) * tempo / 60.0 - 1e-9))
        begin, clicks = click_time(beat, k), clicks + k
    return beats
