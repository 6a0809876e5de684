"""A real run of 47 minutes, and what is made of it once for all tests of a process."""

from functools import cache
from pathlib import Path

import pytest

from cuecoach.offline import Replay, replay

RUN = Path(__file__).resolve().parents[3] / "shared/data/fit_runs/activity-small-fenix2-run.fit"

#: For `pytestmark` of what needs it.
MARKS = [pytest.mark.real, pytest.mark.skipif(not RUN.exists(), reason="the recordings are not here")]


@cache
def replayed() -> Replay:
    """The run as it is coached by default; not to be changed."""
    return replay(RUN)
