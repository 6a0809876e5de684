"""Arbiter, caps, wording, safety gates and the metronome pilot: what is said of what is due."""

from cuecoach.coaching.arbiter import Arbiter
from cuecoach.coaching.gates import MEANT_FOR, Gates
from cuecoach.coaching.guide import Guide
from cuecoach.coaching.hurry import hurried
from cuecoach.coaching.knowledge import Knowledge
from cuecoach.coaching.notices import NOTICES

__all__ = ["MEANT_FOR", "NOTICES", "Arbiter", "Gates", "Guide", "Knowledge", "hurried"]
