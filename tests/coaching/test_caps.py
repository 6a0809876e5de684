"""How often at most."""

from cuecoach.coaching.caps import Caps
from cuecoach.config import Caps as Settings
from cuecoach.rules import Reason


def caps(**settings: object) -> Caps:
    return Caps(Settings.model_validate(settings))


def against(c: Caps, t: float, distance: float | None) -> Reason | None:
    found = c.against_correction(t, distance)
    return None if found is None else found[0]


def test_what_forbids_a_cue_is_told_with_its_numbers():
    c = caps(gap="60 s", per_km=1, per_run=2)
    c.corrected(100, 0)
    assert c.against_correction(132, 100) == (Reason.TOO_SOON, "too soon after another cue (32 of 60 s)")
    assert c.against_correction(200, 300) == (Reason.LIMIT_REACHED, "limit reached: 1 per km, all rules together")
    c.corrected(500, 1500)
    assert c.against_correction(900, 3000) == (Reason.LIMIT_REACHED, "limit reached: 2 per run, all rules together")


def test_corrections_keep_the_gap():
    c = caps(gap="60 s", per_km=5)
    c.corrected(100, 300)
    assert against(c, 159, 480) == Reason.TOO_SOON
    assert against(c, 160, 480) is None


def test_so_many_in_a_kilometre():
    c = caps(gap="10 s", per_km=2)
    c.corrected(100, 0)
    c.corrected(200, 300)
    assert against(c, 300, 900) == Reason.LIMIT_REACHED
    assert against(c, 400, 1001) is None


def test_a_kilometre_of_unknown_length_takes_six_minutes():
    c = caps(gap="10 s", per_km=1)
    c.corrected(100, None)
    assert against(c, 459, None) == Reason.LIMIT_REACHED
    assert against(c, 460, None) is None


def test_so_many_in_a_run():
    c = caps(gap="0 s", per_km=20, per_run=2)
    c.corrected(0, 0)
    c.corrected(1000, 3000)
    assert against(c, 9000, 30_000) == Reason.LIMIT_REACHED


def test_praise_is_rare():
    c = caps(praise_gap="3 min")
    assert c.may_praise(10)
    c.praised(10)
    assert not c.may_praise(189)
    assert c.may_praise(190)


def test_a_cue_that_was_never_heard_counts_for_the_gap_only():
    c = caps(gap="60 s", per_km=1, per_run=1)
    c.corrected(100, 0)
    c.withdrawn(100)
    assert against(c, 120, 100) == Reason.TOO_SOON
    assert against(c, 160, 200) is None
    c.corrected(160, 200)
    c.withdrawn(100)
    assert against(c, 400, 5000) == Reason.LIMIT_REACHED
