"""How often at most."""

from cuecoach.coaching.caps import Caps
from cuecoach.config import Caps as Settings
from cuecoach.rules import Reason


def caps(**settings: object) -> Caps:
    return Caps(Settings.model_validate(settings))


def test_corrections_keep_the_gap():
    c = caps(gap="60 s", per_km=5)
    c.corrected(100, 300)
    assert c.against_correction(159, 480) == Reason.TOO_SOON
    assert c.against_correction(160, 480) is None


def test_so_many_in_a_kilometre():
    c = caps(gap="10 s", per_km=2)
    c.corrected(100, 0)
    c.corrected(200, 300)
    assert c.against_correction(300, 900) == Reason.LIMIT_REACHED
    assert c.against_correction(400, 1001) is None


def test_a_kilometre_of_unknown_length_takes_six_minutes():
    c = caps(gap="10 s", per_km=1)
    c.corrected(100, None)
    assert c.against_correction(459, None) == Reason.LIMIT_REACHED
    assert c.against_correction(460, None) is None


def test_so_many_in_a_run():
    c = caps(gap="0 s", per_km=20, per_run=2)
    c.corrected(0, 0)
    c.corrected(1000, 3000)
    assert c.against_correction(9000, 30_000) == Reason.LIMIT_REACHED


def test_praise_is_rare():
    c = caps(praise_gap="3 min")
    assert c.may_praise(10)
    c.praised(10)
    assert not c.may_praise(189)
    assert c.may_praise(190)
