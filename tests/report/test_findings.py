"""What a run comes down to: kept, next, drift, and what cues did."""

import math

from cuecoach.events import Action
from cuecoach.report.columns import columns
from cuecoach.report.findings import Findings, find, kept_text, next_text, overall, verdict
from cuecoach.report.standing import drift
from cuecoach.runrecord import RunRecord, Second
from tests.report.sample import USUAL, answer, record, said, second, steady


def look(run: RunRecord) -> Findings:
    return find(run, columns(run))


def shifted(minutes: int, name: str, by: float, since: float = 0.0) -> list[Second]:
    """A run in which one metric is off from a share of it on."""
    out: list[Second] = []
    for t in range(60 * minutes):
        s = second(float(t))
        off = by if t >= since * 60 * minutes else 0.0
        out.append(second(float(t), values={**s.values, name: s.values[name] + off}))
    return out


def test_kept_is_what_was_longest_in_band() -> None:
    run = record(shifted(5, "pelvic_tilt", 2.5))
    found = look(run)
    assert found.kept is not None
    assert found.kept.metric != "pelvic_tilt"
    assert found.kept.near == 1.0
    assert "100 % of the running" in kept_text(found)


def test_next_is_what_was_longest_on_the_faulty_side() -> None:
    found = look(record(shifted(5, "pelvic_tilt", 4.0)))
    assert found.next is not None
    assert found.next.focus == "posture"
    assert next_text(found).startswith("Pelvic tilt: further forward than usual for ")
    assert next_text(found).endswith("without a correction.")


def test_better_than_usual_is_no_fault() -> None:
    found = look(record(shifted(5, "pelvic_drop", -3.0)))
    stood = found.standing("pelvic_drop")
    assert stood is not None
    assert stood.near < 0.5
    assert stood.faulty == 0.0
    assert found.next is None


def test_a_steady_run_has_nothing_to_work_on() -> None:
    found = look(steady(5))
    assert found.next is None
    assert next_text(found) == "Nothing stood out: the same again is fine."
    assert "the coach had nothing to correct" in verdict(found)


def test_what_was_cued_is_next_where_nothing_was_out_for_long() -> None:
    found = look(record([second(float(t)) for t in range(300)], said(30, "run-tall", "Run tall")))
    assert found.next is not None
    assert found.next.metric == "pelvic_tilt"


def test_contact_time_is_never_judged() -> None:
    found = look(record(shifted(5, "stance_time", 60.0)))
    assert found.standing("stance_time") is None


def test_a_drift_is_found_with_its_size() -> None:
    run = record(shifted(15, "pelvic_tilt", 3.0, since=0.5))
    found = drift(columns(run), "pelvic_tilt")
    assert found.change is not None
    assert abs(found.change - 3.0) < 0.3
    assert found.clear


def test_no_drift_is_called_none() -> None:
    assert not drift(columns(steady(15)), "pelvic_tilt").clear


def test_a_slower_end_is_no_fatigue() -> None:
    """Cadence falls with speed, and so does the normal."""
    seconds = [
        second(float(t), values={"cadence": 168.0 - 0.01 * t + math.sin(t)}, normal={"cadence": 165.0 - 0.01 * t})
        for t in range(900)
    ]
    found = drift(columns(record(seconds)), "cadence")
    assert found.change is not None
    assert abs(found.change) < 0.2


def test_cadence_under_a_beat_tells_no_fatigue() -> None:
    seconds = [second(float(t), beat=176.0 if t > 400 else None) for t in range(900)]
    assert drift(columns(record(seconds)), "cadence").change is None
    assert drift(columns(record(seconds)), "pelvic_tilt").change is not None


def test_too_short_a_run_has_no_drift() -> None:
    assert drift(columns(steady(8)), "pelvic_tilt").change is None


def test_what_cues_did_needs_three_of_them() -> None:
    def cues(number: int, *shares: float) -> str:
        actions: list[Action] = []
        for k in range(number):
            at = 60.0 + 100 * k
            share = shares[k % len(shares)]
            actions += [
                *said(at, "run-tall", "Run tall"),
                answer(at, "run-tall", "Run tall", "pelvic_tilt", 12, 9, share),
            ]
        return overall(look(record([second(float(t)) for t in range(900)], actions)))

    assert cues(2, 0.9) == ""
    assert cues(4, 0.9, 0.7).startswith("Over 4 cues +65 % ± 18 % of the fault went")
    assert cues(4, 0.9, -0.8).endswith("may be chance.")


def test_the_first_seconds_after_a_walk_are_not_drawn() -> None:
    walk = [second(float(t), activity="walking", values={"cadence": 110.0}) for t in range(30)]
    run = [second(30.0 + t, values={"cadence": 120.0 if t < 9 else 168.0}) for t in range(60)]
    cadence = columns(record([*walk, *run])).values("cadence")
    assert cadence[~(cadence != cadence)].min() == 168.0


def test_the_samples_are_what_they_say() -> None:
    assert set(second(0.0).values) == set(USUAL)
