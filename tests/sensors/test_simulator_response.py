from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cuecoach.events import Beat, BeatOff, Note, Say
from cuecoach.sensors.simulator import Person, Phase, Response, SimulatedRunner, Story
from cuecoach.sensors.simulator.hearing import fault_of

#: Everything is wrong from the start, and nobody tires.
SLUMP = Story(
    "slump",
    "",
    (
        Phase("good", 10, 2.8),
        Phase("bad", 590, 2.8, fade=0.06, slouch=6, drop_left=3, drop_right=3, bounce=0.12, ramp_s=5),
    ),
)
SURE = Person(response=Response(probability=1.0, shrink=(0.8, 0.8), delay_s=(4.0, 4.0)))


def say(at, rule, text="", kind="cue"):
    return Say(at, at, 1, rule, text, 0.8, kind)


def coached(actions, story=SLUMP, until=120.0, **options):
    """Truth of a run in which each action is heard at its own time."""
    runner = SimulatedRunner(story, noise=False, **options)
    for action in sorted(actions, key=lambda a: a.at):
        runner.advance(action.at)
        runner.hear(action)
    runner.advance(until)
    return runner.truth


def mean(truth, series, start, end):
    values = getattr(truth, series)
    return float(np.mean(values[(truth.ic >= start) & (truth.ic < end)]))


@pytest.mark.parametrize(
    ("rule", "series", "excess"),
    [
        ("posture/run-tall", "pelvic_tilt", 6.0),
        ("hips/glute-drive", "pelvic_drop", 3.0),
        ("bounce/glide", "vertical_oscillation", 92 * 0.12),
        ("cadence/quick-steps", "cadence", -166 * 0.06),
    ],
)
def test_a_cue_takes_most_of_its_own_fault_away_after_a_delay(rule, series, excess):
    story = replace(SLUMP, person=SURE)
    told, untold = coached([say(40, rule)], story), coached([], story)
    earlier = [getattr(t, series)[t.ic < 43.9] for t in (told, untold)]
    assert len(earlier[0]) > 100
    assert np.array_equal(*earlier)
    gained = mean(untold, series, 56, 62) - mean(told, series, 56, 62)
    assert gained == pytest.approx(0.8 * excess, rel=0.15)


def test_a_cue_about_one_thing_leaves_the_others():
    story = replace(SLUMP, person=SURE)
    told, untold = coached([say(40, "posture/run-tall")], story), coached([], story)
    assert np.array_equal(told.cadence, untold.cadence)
    assert np.array_equal(told.pelvic_drop, untold.pelvic_drop)


def test_the_share_of_cues_that_help_is_that_of_the_literature_and_none_acts_before_it_is_heard():
    helped = 0
    story = replace(SLUMP, phases=(replace(SLUMP.phases[1], ramp_s=0, duration_s=60),))
    for seed in range(200):
        runner = SimulatedRunner(story, seed=seed, noise=False)
        runner.advance(5)
        runner.hear(say(5, "posture/run-tall"))
        runner.advance(27)
        t = runner.truth
        early = t.pelvic_tilt[t.ic < 8]
        assert np.all(np.abs(early - 10) < 0.01)
        shrunk = 1 - (mean(t, "pelvic_tilt", 25, 27) - 4) / 6
        assert shrunk < 0.02 or 0.4 < shrunk < 0.91
        helped += shrunk > 0.02
        assert t.heard[0].responded == (shrunk > 0.02)
        assert 8 <= t.heard[0].acts_at <= 13
    assert 0.7 <= helped / 200 <= 0.9


def test_the_fault_comes_back_over_minutes_and_sooner_in_a_tired_runner():
    story = replace(SLUMP, person=SURE)
    tired = replace(
        story,
        phases=(replace(story.phases[0], fatigue_per_min=6.0), story.phases[1]),
    )

    def left(s):
        t = coached([say(40, "posture/run-tall")], s, until=200)
        base = coached([], s, until=200)
        rest = [(mean(t, "pelvic_tilt", a, a + 5) - 4) / (mean(base, "pelvic_tilt", a, a + 5) - 4) for a in (55, 190)]
        return rest[1] - rest[0]

    assert 0.15 < left(story) < 0.5
    assert left(tired) > left(story) + 0.1


def test_praise_notices_and_other_actions_change_nothing():
    untold = coached([])
    told = SimulatedRunner(SLUMP, noise=False)
    told.advance(40)
    told.hear(say(40, "posture/run-tall", "Tall. Hold that.", "praise"))
    told.hear(say(40, "sensor", "Sensor lost", "notice"))
    told.hear(Note(40, "sim", "run tall"))
    told.advance(120)
    assert np.array_equal(told.truth.pelvic_tilt, untold.pelvic_tilt)
    assert not told.truth.heard


def test_words_nobody_understands_are_heard_and_change_nothing():
    t = coached([say(40, "weather", "It may rain")])
    assert t.heard[0].fault is None
    assert not t.heard[0].responded
    assert np.array_equal(t.pelvic_tilt, coached([]).pelvic_tilt)


@pytest.mark.parametrize(
    ("rule", "text", "fault"),
    [
        ("posture/run-tall", "Grow toward the sky", "tilt"),
        ("mine/x", "Keep the bowl level", "tilt"),
        ("mine/x", "Keep your belt level", "drop"),
        ("hip_drop_weak_drive", "go", "drop"),
        ("mine/x", "Glide, don't bounce", "bounce"),
        ("mine/x", "Quick light steps", "cadence"),
        ("cadence/low-cadence", "Run tall", "cadence"),
        ("mine/x", "Faster, still tall", "tilt"),
        ("mine/x", "Ease the rhythm", "rush"),
        ("mine/x", "Mind the step", None),
    ],
)
def test_the_meaning_of_a_cue_comes_from_its_rule_then_from_its_words(rule, text, fault):
    assert fault_of(say(0, rule, text)) == fault


# ---------------------------------------------------------------- the beat
FADED = 166 * 0.94


@pytest.mark.parametrize("mismatch", [-0.03, 0.015, 0.03, 0.045])
def test_steps_go_to_a_beat_that_is_near_within_fifteen_seconds(mismatch):
    beat = Beat(40, 40, 1, "cadence", FADED * (1 + mismatch))
    t = coached([beat])
    assert mean(t, "cadence", 41, 41.9) == pytest.approx(FADED, rel=1e-3)
    # In tempo by then, give or take what it takes to meet the clicks; and in step soon after.
    assert mean(t, "cadence", 50, 55) == pytest.approx(beat.spm, rel=0.016)
    assert mean(t, "cadence", 70, 90) == pytest.approx(beat.spm, rel=0.003)


def test_a_beat_too_far_off_is_ignored():
    t = coached([Beat(40, 40, 1, "cadence", FADED * 1.15)])
    assert mean(t, "cadence", 60, 100) == pytest.approx(FADED, rel=1e-3)


def test_a_beat_at_the_edge_is_followed_in_part():
    def gain(mismatch):
        t = coached([Beat(40, 40, 1, "cadence", FADED * (1 + mismatch))], until=200)
        return [(mean(t, "cadence", a, a + 5) / FADED - 1) / mismatch for a in (47, 190)]

    near, far, farther = gain(0.04), gain(0.06), gain(0.08)
    assert near[0] > 0.9 > far[0] > farther[0] + 0.1
    # Six percent is learned in time; eight never is.
    assert far[1] > 0.9
    assert 0.05 < farther[1] < 0.4


def test_a_cadence_once_found_mostly_stays_and_drifts_back():
    actions = [Beat(40, 40, 1, "cadence", FADED * 1.03), BeatOff(90, 90, 1)]
    t = coached(actions, until=600)
    gained = [(mean(t, "cadence", a, a + 5) / FADED - 1) / 0.03 for a in (85, 105, 590)]
    assert gained[0] == pytest.approx(1, abs=0.1)
    assert 0.6 < gained[1] < 0.95
    assert gained[2] < 0.45


def test_a_beat_ends_at_its_until():
    with_until = coached([Beat(40, 40, 1, "cadence", FADED * 1.03, until=70)], until=110)
    with_off = coached([Beat(40, 40, 1, "cadence", FADED * 1.03), BeatOff(70, 70, 1)], until=110)
    assert np.array_equal(with_until.ic, with_off.ic)


def test_a_new_beat_replaces_the_old_one():
    t = coached([Beat(40, 40, 1, "c", FADED * 1.02), Beat(60, 60, 2, "c", FADED * 1.04)])
    assert mean(t, "cadence", 75, 80) == pytest.approx(FADED * 1.04, rel=0.004)


def test_footfalls_lock_to_the_clicks_a_little_early():
    spm = FADED * 1.02
    t = coached([Beat(40, 40.1, 1, "cadence", spm)], until=160)
    period = 60 / spm
    late = (t.ic[t.ic > 100] - 40.1 + period / 2) % period - period / 2
    assert np.std(late) < 0.01
    assert -0.06 < np.mean(late) < 0


def test_a_locked_runner_still_scatters_about_the_click():
    runner = SimulatedRunner(SLUMP, seed=5)
    runner.advance(40)
    runner.hear(Beat(40, 40.1, 1, "cadence", FADED * 1.02))
    runner.advance(160)
    ic = runner.truth.ic
    phase = 2 * np.pi * (ic[ic > 80] - 40.1) * FADED * 1.02 / 60
    assert 0.6 < abs(np.mean(np.exp(1j * phase))) < 0.999


def test_quicker_steps_take_bounce_stance_and_hip_drop_down():
    t, base = coached([Beat(40, 40, 1, "cadence", FADED * 1.04)]), coached([])
    for series in ("vertical_oscillation", "stance_time", "pelvic_drop"):
        assert mean(t, series, 60, 80) < 0.99 * mean(base, series, 60, 80)


def test_quick_steps_are_possible_without_a_fault_and_eased_again():
    story = Story("fresh", "", (Phase("good", 300, 2.8),), SURE)
    t = coached([say(40, "mine", "Quick light steps"), say(80, "mine", "Ease the rhythm")], story)
    assert mean(t, "cadence", 60, 80) == pytest.approx(166 * 1.024, rel=0.005)
    assert mean(t, "cadence", 105, 120) < 166 * 1.01


# ---------------------------------------------------------------- speed
def test_speeding_up_brings_part_of_the_old_form_back():
    phases = (
        *SLUMP.phases[:1],
        replace(SLUMP.phases[1], duration_s=60),
        replace(SLUMP.phases[1], name="fast", speed=3.5),
    )
    t = coached([say(40, "posture/run-tall")], Story("surge", "", phases, SURE))
    before, after = mean(t, "pelvic_tilt", 60, 69), mean(t, "pelvic_tilt", 75, 80)
    assert before < 6
    assert before + 1 < after < 9


def test_cadence_rises_by_its_slope_with_speed():
    story = Story("two", "", (Phase("slow", 60, 2.5), Phase("fast", 60, 3.5)))
    t = coached([], story)
    assert mean(t, "cadence", 80, 120) - mean(t, "cadence", 20, 60) == pytest.approx(7, abs=0.2)
