"""What a plan has to say to those who decide what sounds: the arbiter and the pilot."""

from __future__ import annotations

from typing import Protocol

from cuecoach.coaching.programme_table import Words


class SessionRules(Protocol):
    """What the plan has to say to those who decide what sounds. All of it holds as of the last tick."""

    @property
    def closed(self) -> str | None:
        """Why no correction may sound now, None when one may."""
        ...

    @property
    def beat_closed(self) -> str | None:
        """Why no beat may sound now, None when one may."""
        ...

    @property
    def focus(self) -> str | None:
        """What the plan is for, None without one: the anchor is one of its words, whatever else may speak."""
        ...

    @property
    def words(self) -> Words | None:
        """How words are chosen, None as without a plan."""
        ...

    @property
    def anchor_due(self) -> str | None:
        """Why the anchor is to be said now, None when it is not."""
        ...

    def anchor_said(self, t: float) -> None:
        """The anchor was handed to the voice at `t`, s."""
        ...

    def helped(self, until: float) -> None:
        """A correction sounds until then, s: what is measured before, and a while after, is not the runner's own."""
        ...


class NoPlan:
    """A run without a plan: nothing is asked, nothing forbidden."""

    closed: str | None = None
    beat_closed: str | None = None
    words: Words | None = None
    focus: str | None = None
    anchor_due: str | None = None

    def anchor_said(self, t: float) -> None:
        """Nobody asked for it."""

    def helped(self, until: float) -> None:
        """Nobody measures."""
