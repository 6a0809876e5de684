"""The grid of clicks: which tempi were heard."""

import pytest

from cuecoach.coaching.pilot_grid import Grid
from cuecoach.events import METRONOME


def led(*tempi: float) -> Grid:
    """A grid that began at t = 10 and changed its tempo every 10 s."""
    grid = Grid(1, 0.0)
    grid.start(10.0, METRONOME, tempi[0], 10.0, "left", None)
    for k, spm in enumerate(tempi[1:], 2):
        grid.retune(10.0 * k, spm, until=None)
    return grid


@pytest.mark.parametrize(
    ("since", "heard"),
    [
        (9.0, None),
        (10.0, (160, 168)),
        (19.0, (160, 168)),
        (21.0, (164, 168)),
        (31.0, (168, 168)),
        (90.0, (168, 168)),
    ],
)
def test_the_tempo_of_then_and_all_later_ones_were_heard_since(since: float, heard: tuple[float, float] | None):
    assert led(160, 164, 168).tempi_since(since) == heard


def test_a_tempo_counts_from_its_first_click():
    grid = led(160)
    changed = grid.retune(20.0, 164, until=None)
    assert grid.tempi_since(changed.at - 0.01) == (160, 164)
    assert grid.tempi_since(changed.at) == (164, 164)


def test_of_a_beat_before_nothing_is_left():
    grid = led(160, 164)
    grid.stop(40.0)
    assert grid.tempi_since(39.0) is None
    grid.start(50.0, METRONOME, 170, 50.0, "left", None)
    assert grid.tempi_since(45.0) is None
    assert grid.tempi_since(50.0) == (170, 170)


def test_however_often_it_changed_the_newest_are_remembered():
    grid = led(*range(140, 190))
    assert grid.tempi_since(10.0 * 50 + 1) == (189, 189)
