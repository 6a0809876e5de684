"""What a beat sounds like: a click for each foot and its accent, made from a description that fits in a config."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from cuecoach.audio.beat_track import Click
from cuecoach.audio.clicks import DEFAULT_PAN, DEFAULT_SOUND, SOUNDS, make_tone, place
from cuecoach.audio.clickset_own import OwnClick
from cuecoach.audio.sounds import SAMPLE_RATE_HZ, FloatArray32, StereoArray32
from cuecoach.errors import SoundError
from cuecoach.events import Side

if TYPE_CHECKING:
    from cuecoach.config import BeatSound

_FEET: Final[tuple[Side, Side]] = ("left", "right")


@dataclass(frozen=True, slots=True)
class ClickStyle:
    """How a beat is to sound, in words that travel between processes.

    Attributes
    ----------
    sound
        One of `cuecoach.audio.clicks.SOUNDS`, or a sound file.
    pan
        How far each foot's click lies to its side, %.
    accent
        Which clicks stand out: `off`, those of the `left` or the `right` foot, or `every 4`, counted in clicks.
    """

    sound: str = DEFAULT_SOUND
    pan: float = DEFAULT_PAN
    accent: str = "off"


@dataclass(frozen=True, slots=True, eq=False)
class ClickSet:
    """The samples of a beat, ready to mix.

    Attributes
    ----------
    plain, accented
        By foot, each shape (n, 2), peak 0.88.
    accent_side, accent_every
        The foot whose clicks stand out, and every how many-th click does; None and 0 for none.
    """

    plain: Mapping[Side, StereoArray32]
    accented: Mapping[Side, StereoArray32]
    accent_side: Side | None = None
    accent_every: int = 0

    @property
    def length(self) -> int:
        """Samples of the longest click."""
        return max(len(samples) for samples in (*self.plain.values(), *self.accented.values()))

    def pick(self, click: Click) -> tuple[StereoArray32, bool]:
        """Return the samples of a click, and whether it is an accented one, to be played louder."""
        every = self.accent_every
        if click.side == self.accent_side or (every and click.number % every == 0):
            return self.accented[click.side], True
        return self.plain[click.side], False


def style_of(beat: BeatSound) -> ClickStyle:
    """Return how a config wants the beat to sound."""
    return ClickStyle(beat.sound, beat.pan, beat.accent)


def make_clicks(style: ClickStyle | None = None, sample_rate: int = SAMPLE_RATE_HZ) -> ClickSet:
    """Make the clicks of a beat.

    Parameters
    ----------
    style
        How they are to sound; a knock 40 % to the sides without accents unless given.
    sample_rate
        Of the mixer, Hz.

    Raises
    ------
    SoundError
        No such sound or file, a pan outside 0 to 100 %, or an accent that cannot be read.
    """
    style = style or ClickStyle()
    if not 0.0 <= style.pan <= 100.0:
        raise SoundError(
            f"a pan of {style.pan:g} % cannot be; use 0 % (both ears alike) to 100 % (each foot in its ear)"
        )
    accent_side, accent_every = read_accent(style.accent)
    tone = _tones(style.sound, sample_rate)

    def feet(*, accented: bool) -> dict[Side, StereoArray32]:
        return {side: place(tone(side, accented=accented), side, style.pan) for side in _FEET}

    plain = feet(accented=False)
    wanted = accent_side is not None or accent_every > 0
    return ClickSet(plain, feet(accented=True) if wanted else plain, accent_side, accent_every)


def read_accent(text: str) -> tuple[Side | None, int]:
    """Return the foot that an accent is on, and every how many-th click it is on; (None, 0) for `off`.

    Raises
    ------
    SoundError
        It cannot be read.
    """
    if text == "off":
        return None, 0
    for side in _FEET:
        if text == side:
            return side, 0
    every = re.fullmatch(r"every ([2-9]|1\d|2[0-4])", text)
    if every is None:
        raise SoundError(f"`{text}` is not an accent; use off, left, right, or for example 'every 4'")
    return None, int(every[1])


def _tones(sound: str, sample_rate: int) -> Callable[..., FloatArray32]:
    if sound in SOUNDS:
        return partial(_made, sound, sample_rate)
    if not PurePath(sound).suffix and len(PurePath(sound).parts) < 2:
        raise SoundError(f"no click sounds like `{sound}`; there are: {', '.join(SOUNDS)}, or a file such as own.wav")
    return partial(_own, OwnClick(sound), sample_rate)


def _made(sound: str, sample_rate: int, side: Side, *, accented: bool) -> FloatArray32:
    return make_tone(side, sample_rate, sound, accented=accented)


def _own(own: OwnClick, sample_rate: int, side: Side, *, accented: bool) -> FloatArray32:
    return own.tone(side, sample_rate, accented=accented)
