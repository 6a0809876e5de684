"""A metronome's tempo over time: fixed, or from one tempo to another in steps too small to stumble over."""

from __future__ import annotations

import math
from typing import Final

from cuecoach.audio.beat_track import step_side, step_time
from cuecoach.errors import UsageError
from cuecoach.events import Beat

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
    spm: float,
    to_spm: float | None = None,
    over_s: float = 60.0,
    *,
    at: float = 0.0,
    every: int = 1,
    rule: str = "metronome",
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
    every
        Steps from click to click.
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
    first = Beat(t=at, at=at, id=1, rule=rule, spm=spm, every=every)
    if to_spm is None or to_spm == spm:
        return [first]
    check_tempo(to_spm)
    if not over_s > 0.0:
        raise UsageError("a change of tempo takes time; write for example --over '60 s'")
    beats = [first]
    tempos = _tempos(spm, to_spm)
    for i, tempo in enumerate(tempos, start=1):
        beat = beats[-1]
        due = at + over_s * i / len(tempos)
        k = max(every, _click_from(beat, due))
        beats.append(_taking_over(beat, k, tempo, t=at, id_=i + 1))
    return beats


def lead(beat: Beat, to_spm: float, earliest: float, *, t: float, first_id: int) -> list[Beat]:
    """Return the beats that bring a beat to another tempo at once: a step of at most 2.5 % from each click to the next.

    Parameters
    ----------
    beat
        What plays.
    to_spm
        Tempo to arrive at, steps/min.
    earliest
        Session time of the first change at the earliest, s; it falls on a click.
    t
        Session time of the decision, s.
    first_id
        Number of the first beat.
    """
    beats: list[Beat] = []
    k = _click_from(beat, earliest)
    # One at least, also where nothing is to change: it takes the place of what was planned before.
    for i, tempo in enumerate(_tempos(beat.spm, to_spm) or [to_spm]):
        beats.append(
            _taking_over(beats[-1] if beats else beat, beat.every if beats else k, tempo, t=t, id_=first_id + i)
        )
    return beats


def _tempos(spm: float, to_spm: float) -> list[float]:
    """Return the tempos on the way, the last included: equal in ratio, each at most 2.5 % from the one before."""
    # The margin keeps an exact 2.5 % at one step.
    steps = math.ceil(abs(math.log(to_spm / spm)) / math.log1p(LARGEST_STEP) - 1e-9)
    return [to_spm if i == steps else spm * (to_spm / spm) ** (i / steps) for i in range(1, steps + 1)]


def _click_from(beat: Beat, t: float) -> int:
    """Return the step of a beat's first click at or after `t`."""
    return beat.every * max(0, math.ceil((t - beat.at) * beat.spm / 60.0 / beat.every - 1e-9))


def _taking_over(beat: Beat, k: int, spm: float, *, t: float, id_: int) -> Beat:
    """Return the beat that goes on from step `k` of another at its own tempo."""
    return Beat(t, step_time(beat, k), id_, beat.rule, spm, beat.until, step_side(beat, k), beat.every)
