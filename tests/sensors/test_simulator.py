from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuecoach.errors import UsageError
from cuecoach.events import Beat, BeatOff, Event, ImuBlock, Reading, Say, SensorState
from cuecoach.metrics import METRICS, plausible
from cuecoach.sensors.simulator import STORIES, Phase, SimulatedRunner, Story, find_story

SHORT = Story(
    "short",
    "everything in half a minute",
    (
        Phase("stand", 3, 0.0),
        Phase("walk", 5, 1.4),
        Phase("run", 10, 2.8, slouch=5, ramp_s=3),
        Phase("blink", 4.03, 2.8, sensor_lost=True),
        Phase("on", 6, 3.0, fade=0.05),
        Phase("stop", 4.5, 0.0),
    ),
)
ACTIONS = (
    (6.0, Say(6.0, 6.1, 1, "posture/run-tall", "Run tall", 0.8)),
    (9.5, Beat(9.5, 9.8, 2, "cadence/low", 170.0)),
    (14.25, Beat(14.25, 14.5, 3, "cadence/low", 174.0, until=18.0)),
    (20.0, BeatOff(20.0, 20.0, 3)),
)


def plain(events: list[Event]) -> list[object]:
    """Events as things that compare by value, to the bit."""
    out: list[object] = []
    for e in events:
        if isinstance(e, ImuBlock):
            assert e.gyr is not None
            out.append((e.t, e.source, e.place, e.times.tobytes(), e.acc.tobytes(), e.gyr.tobytes()))
        elif isinstance(e, Reading):
            out.append((e.t, e.source, e.place, tuple(e.values.items())))
        else:
            out.append(e)
    return out


def run(runner: SimulatedRunner, cuts: list[float]) -> list[object]:
    """Advance over `cuts`, with the actions heard at their own times."""
    events: list[Event] = []
    waiting = list(ACTIONS)
    for t in sorted({*cuts, *(a for a, _ in ACTIONS), runner.duration_s}):
        events += runner.advance(t)
        while waiting and waiting[0][0] <= t:
            runner.hear(waiting.pop(0)[1])
    return plain(events)


@pytest.mark.parametrize("output", ["metrics", "imu"])
@given(cuts=st.lists(st.floats(0, 35, allow_nan=False), max_size=60))
@settings(max_examples=15, deadline=None)
def test_the_steps_of_time_do_not_matter(output, cuts):
    whole = run(SimulatedRunner(SHORT, output=output), [])
    assert run(SimulatedRunner(SHORT, output=output), cuts) == whole


@pytest.mark.parametrize("rate_hz", [50, 128, 333, 500])
def test_one_sample_at_a_time_gives_the_same_at_any_rate(rate_hz):
    whole = run(SimulatedRunner(SHORT, output="imu", rate_hz=rate_hz), [])
    fine = run(SimulatedRunner(SHORT, output="imu", rate_hz=rate_hz), list(np.arange(0, 33, 0.011)))
    assert fine == whole


@pytest.mark.parametrize("output", ["metrics", "imu"])
def test_a_seed_tells_the_same_story_and_another_seed_another(output):
    once, again, other = (run(SimulatedRunner(SHORT, seed=s, output=output), []) for s in (3, 3, 4))
    assert once == again
    assert once != other


@pytest.mark.parametrize("output", ["metrics", "imu"])
def test_nothing_comes_early_twice_or_out_of_order(output):
    runner = SimulatedRunner(SHORT, output=output)
    before = -1.0
    for until in np.arange(0, 34, 0.4):
        events = runner.advance(float(until))
        assert all(before < e.t <= until for e in events)
        assert [e.t for e in events] == sorted(e.t for e in events)
        assert not runner.advance(float(until))
        before = float(until)


def test_what_is_heard_never_changes_what_was_sensed_before_it_acts():
    # The engine speaks at t; the runner's body must not have known.
    heard, deaf = SimulatedRunner(STORIES["demo"], output="imu"), SimulatedRunner(STORIES["demo"], output="imu")
    assert plain(heard.advance(120)) == plain(deaf.advance(120))
    heard.hear(Say(120, 120, 1, "posture/run-tall", "Run tall", 0.8))
    heard.hear(Beat(120, 120.2, 2, "cadence", 166))
    assert plain(heard.advance(121.9)) == plain(deaf.advance(121.9))
    assert plain(heard.advance(135)) != plain(deaf.advance(135))


@pytest.mark.parametrize("name", STORIES)
def test_every_story_reports_plausible_values_of_the_catalogue(name):
    events = SimulatedRunner(STORIES[name]).advance(1e9)
    readings = [e for e in events if isinstance(e, Reading)]
    assert readings
    for r in readings:
        assert all(n in METRICS and plausible(n, v) for n, v in r.values.items()), r


@pytest.mark.parametrize("name", STORIES)
def test_the_imu_of_every_story_is_finite_and_evenly_sampled(name):
    story = STORIES[name]
    blocks = [
        e for e in SimulatedRunner(story, output="imu").advance(min(story.duration_s, 400)) if isinstance(e, ImuBlock)
    ]
    times = np.concatenate([b.times for b in blocks])
    assert np.all(np.isfinite(np.concatenate([b.acc for b in blocks])))
    gaps = np.diff(times)
    assert np.sum(gaps > 0.0101) == sum(1 for start, _ in story.losses() if start < 400)


def test_a_short_loss_is_silence_and_a_long_one_is_told():
    story = STORIES["dropout"]
    events = SimulatedRunner(story).advance(1e9)
    states = [(e.t, e.state) for e in events if isinstance(e, SensorState)]
    gone, back = story.start("gone"), story.start("back")
    assert states == [
        (0.0, "streaming"),
        (gone + 5, "stale"),
        (gone + 10, "lost"),
        (back, "back"),
        (story.duration_s, "ended"),
    ]
    times = [e.t for e in events if isinstance(e, Reading)]
    blink, after = story.start("blink"), story.start("after the blink")
    assert not any(gone <= t < back or blink <= t < after for t in times)
    assert min(t for t in times if t >= back) <= back + 1


def test_raw_samples_count_as_stale_after_a_second():
    story = STORIES["dropout"]
    states = [e for e in SimulatedRunner(story, output="imu").advance(1e9) if isinstance(e, SensorState)]
    blink = story.start("blink")
    assert [(e.t, e.state) for e in states[1:3]] == [(blink + 1, "stale"), (blink + 3, "back")]


def test_no_sample_of_a_loss_arrives():
    blocks = [e for e in SimulatedRunner(SHORT, output="imu").advance(1e9) if isinstance(e, ImuBlock)]
    times = np.concatenate([b.times for b in blocks])
    ((start, end),) = SHORT.losses()
    assert not np.any((times >= start) & (times < end))
    assert times[times >= end][0] < end + 0.01


def test_the_runner_starts_once_only_and_ends_when_the_story_does():
    runner = SimulatedRunner(SHORT)
    events = runner.advance(1e9)
    assert isinstance(events[-1], SensorState)
    assert events[-1].state == "ended"
    assert runner.advance(2e9) == []


def test_a_standing_runner_reports_no_cadence_rather_than_zero():
    events = SimulatedRunner(STORIES["dropout"]).advance(1e9)
    stop = STORIES["dropout"].start("stop")
    standing = [e for e in events if isinstance(e, Reading) and stop + 8 < e.t < stop + 28]
    assert standing
    for r in standing:
        assert r.values["speed"] == 0
        assert "cadence" not in r.values
        assert "stance_time" not in r.values


def test_a_foot_pod_sees_no_pelvis():
    reading = SimulatedRunner(STORIES["fresh"], place="foot").advance(10)[-1]
    assert isinstance(reading, Reading)
    assert reading.place == "foot"
    assert "cadence" in reading.values
    assert not any(n.startswith("pelvic") for n in reading.values)


def test_walking_is_slow_and_has_a_walking_cadence():
    truth = _truth(STORIES["dropout"])
    walk = STORIES["dropout"].start("walk")
    steady = (truth.ic > walk + 5) & (truth.ic < walk + 29)
    assert {a for a, there in zip(truth.activity, steady, strict=True) if there} == {"walking"}
    assert np.all((truth.cadence[steady] > 100) & (truth.cadence[steady] < 120))
    assert np.all(truth.speed[steady] < 2)


def test_nobody_steps_while_standing():
    truth = _truth(STORIES["dropout"])
    stop = STORIES["dropout"].start("stop")
    assert not np.any((truth.ic > stop + 6) & (truth.ic < stop + 29.5))


def test_feet_alternate():
    truth = _truth(STORIES["fresh"], until=60)
    assert all(a != b for a, b in zip(truth.side, truth.side[1:], strict=False))


@cache
@cache
def _truth(story, until=1e9, **options):
    runner = SimulatedRunner(story, **options)
    runner.advance(until)
    return runner.truth


def _mean(truth, values, start, end):
    return float(np.mean(values[(truth.ic >= start) & (truth.ic < end)]))


def test_the_demo_shows_its_faults_when_nobody_coaches():
    story = STORIES["demo"]
    t = _truth(story, noise=False)
    fresh = (20, 50)
    assert _mean(t, t.cadence, *fresh) == pytest.approx(166, abs=0.2)
    assert _mean(t, t.pelvic_tilt, *fresh) == pytest.approx(4, abs=0.1)
    assert _mean(t, t.cadence, 60, 105) / 166 == pytest.approx(0.94, abs=0.005)
    assert _mean(t, t.pelvic_tilt, 116, 145) == pytest.approx(10.5, abs=0.2)
    assert _mean(t, t.pelvic_drop, 155, 185) > _mean(t, t.pelvic_drop, *fresh) + 2.5
    assert _mean(t, t.speed, 190, 225) == pytest.approx(3.5, abs=0.01)


@pytest.mark.parametrize(
    ("story", "phase", "series", "low", "high"),
    [
        ("easy-run", "fade", "cadence", 0.92, 0.96),
        ("easy-run", "slouch", "pelvic_tilt", 2.0, 2.6),
        ("easy-run", "bounce", "vertical_oscillation", 1.1, 1.22),
        ("intervals", "fast 6", "cadence", 1.02, 1.05),
        ("tired", "spent", "stance_time", 1.08, 1.2),
        ("tired", "spent", "pelvic_tilt", 2.0, 3.5),
    ],
)
def test_the_phases_of_a_story_show_in_the_truth(story, phase, series, low, high):
    t = _truth(STORIES[story], noise=False)
    steady = STORIES[story].start("fresh" if story == "easy-run" else "easy") + 60
    start = STORIES[story].start(phase)
    length = STORIES[story].at(start).duration_s
    values = getattr(t, series)
    fresh = _mean(t, values, steady, steady + 60)
    assert low < _mean(t, values, start + 0.7 * length, start + length) / fresh < high


def test_a_fresh_runner_stays_fresh():
    t = _truth(STORIES["fresh"])
    assert _mean(t, t.cadence, 1000, 1200) == pytest.approx(_mean(t, t.cadence, 60, 300), rel=0.015)
    assert _mean(t, t.pelvic_tilt, 1000, 1200) == pytest.approx(_mean(t, t.pelvic_tilt, 60, 300), abs=1)


def test_both_outputs_tell_of_the_same_run():
    a, b = _truth(SHORT), _truth(SHORT, output="imu")
    assert np.array_equal(a.ic, b.ic)
    assert np.array_equal(a.vo, b.vo)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"output": "video"}, "gives no `video`"),
        ({"output": "imu", "rate_hz": 20}, "50 to 500 Hz, not at 20 Hz"),
        ({"rate_hz": 0}, "0.2 to 10 Hz"),
        ({"rate_hz": float("nan")}, "not at nan"),
        ({"output": "imu", "place": "foot"}, "no raw samples from the foot"),
        ({"seed": -1}, "below 0"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(options, words):
    with pytest.raises(UsageError, match=words):
        SimulatedRunner(SHORT, **options)


def test_stories_are_found_by_name_and_nearly():
    assert find_story("demo") is STORIES["demo"]
    with pytest.raises(UsageError, match="did you mean `intervals`"):
        find_story("interval")
    with pytest.raises(UsageError, match="there are demo, easy-run"):
        find_story("xyz")


def test_impossible_phases_are_refused():
    with pytest.raises(UsageError, match="lasts 0 s"):
        Phase("p", 0, 2.8)
    with pytest.raises(UsageError, match="does 0 to 7"):
        Phase("p", 10, 28)
    with pytest.raises(UsageError, match="no phase"):
        Story("s", "", ())
    with pytest.raises(UsageError, match="it has fresh"):
        STORIES["fresh"].start("slouch")
