"""Whatever is mixed, in whatever pieces it is rendered: same samples, same events, never over the ceiling, never two voices."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cuecoach.audio.clickset import ClickStyle, make_clicks
from cuecoach.audio.limiter import CEILING_DB
from cuecoach.audio.mixer import Mixer
from cuecoach.audio.speech_track import PATIENCE_S
from cuecoach.events import Beat, BeatOff, Hush, Level, Say

#: A low rate keeps the search fast; nothing in the mixer knows the rate but by name.
RATE = 4_000


def words(text: str) -> np.ndarray:
    n = int(text)
    return np.random.default_rng(n).uniform(-1.0, 1.0, n).astype(np.float32)


times = st.floats(0.0, 8.0, allow_nan=False)
says = st.builds(
    Say, t=times, at=times, id=st.integers(0, 10**6), rule=st.just("r"), text=st.integers(0, 3 * RATE).map(str),
    duration=st.just(1.0),
)  # fmt: skip
beats = st.builds(
    Beat, t=times, at=times, id=st.just(1), rule=st.just("r"), spm=st.floats(40.0, 400.0),
    until=st.none() | times, first_side=st.sampled_from(["left", "right"]), every=st.sampled_from([1, 2, 4]),
)  # fmt: skip
offs = st.builds(BeatOff, t=times, at=times, id=st.just(1))
hushes = st.builds(Hush, t=times, at=times)
decibels = st.none() | st.floats(-60.0, 0.0)
levels = st.builds(Level, t=times, at=times, words_db=decibels, beat_db=decibels)
#: The longest clicks, with accents by number and by foot.
CLICKS = {accent: make_clicks(ClickStyle("shaker", 60.0, accent), RATE) for accent in ("off", "right", "every 3")}
accents = st.sampled_from(sorted(CLICKS))
scripts = st.lists(says | beats | offs | hushes | levels, max_size=8).map(lambda xs: sorted(xs, key=lambda x: x.t))
END = 10 * RATE


def run(script, cuts: list[int], *, level_db: float, skip_silence: bool = False, accent: str = "off"):
    """Render to the end, handing over each command at the sample of its `t`, cut at those and at `cuts`."""
    m = Mixer(words, sample_rate=RATE, level_db=level_db, beat_level_db=0.0, clicks=CLICKS[accent])
    handed = [(min(round(a.t * RATE), END), a) for a in script]
    blocks, events = [], []
    for stop in sorted({*cuts, *(s for s, _ in handed), END}):
        while m.position < stop:
            n = stop - m.position
            quiet = min(m.silent_for(), n) if skip_silence else 0
            if quiet:
                m.skip(quiet)
                blocks.append(np.zeros((quiet, 2), dtype=np.float32))
            else:
                blocks.append(m.render(min(n, 64) if skip_silence else n))
        events += m.take_events()
        for at, action in handed:
            if at == stop:
                m.handle(action)
    return np.concatenate(blocks), events


@settings(deadline=None, max_examples=60)
@given(scripts, st.lists(st.integers(1, END - 1), max_size=30), st.sampled_from([0.0, -3.0, -12.0]), accents)
def test_any_split_gives_the_same_samples_and_events(script, cuts, level_db, accent):
    whole, events = run(script, [], level_db=level_db, accent=accent)
    parts, events_of_parts = run(script, cuts, level_db=level_db, accent=accent)
    assert np.array_equal(whole, parts)
    assert events == events_of_parts


@settings(deadline=None, max_examples=40)
@given(scripts)
@example([Say(0.0, 0.0, k, "r", text, 1.0) for k, text in enumerate("00110")])  # words without a sample wait for nobody
def test_skipping_what_is_called_silent_changes_nothing(script):
    whole, events = run(script, [], level_db=0.0)
    skipped, events_of_skipped = run(script, [], level_db=0.0, skip_silence=True)
    assert np.array_equal(whole, skipped)
    assert events == events_of_skipped


@settings(deadline=None, max_examples=40)
@given(scripts, accents)
def test_nothing_is_over_the_ceiling_and_no_voice_over_another(script, accent):
    out, events = run(script, [], level_db=0.0, accent=accent)
    assert np.abs(out).max(initial=0.0) <= 10 ** (CEILING_DB / 20)
    speaking = False
    for event in events:
        if event.kind != "dropped":
            assert speaking == (event.kind == "ended")
            speaking = event.kind == "started"
    assert [e.t for e in events] == sorted(e.t for e in events)


@settings(deadline=None, max_examples=40)
@given(st.lists(says, max_size=8, unique_by=lambda s: s.id))
def test_every_word_starts_in_time_or_is_dropped(script):
    script.sort(key=lambda s: s.t)
    _, events = run(script, [], level_db=0.0)
    by_id = {s.id: s for s in script}
    for event in events:
        if event.kind == "started":
            at = round(by_id[event.id].at * RATE)
            assert at <= round(event.t * RATE) <= at + PATIENCE_S * RATE
    told = [e.id for e in events if e.kind in ("started", "dropped")]
    assert len(told) == len(set(told))
    # Whoever was not told of by the end could still be in time.
    assert all(by_id[i].at + PATIENCE_S >= END / RATE for i in set(by_id) - set(told))


@settings(deadline=None, max_examples=40)
@given(beats, accents, st.floats(-40.0, 0.0), levels)
def test_the_peaks_of_clicks_are_bounded_by_their_level(beat, accent, level_db, level):
    out, _ = run([beat, level], [], level_db=level_db, accent=accent)
    loudest = max(level_db, -60.0 if level.beat_db is None else level.beat_db)
    allowed = min(10 ** (loudest / 20) * (1.0 if accent == "off" else 10 ** (3 / 20)), 1.0)
    # A shaker lasts 40 ms, less than the 150 ms between clicks at 400 spm: no two overlap.
    assert np.abs(out).max(initial=0.0) <= 0.88 * allowed * (1 + 1e-5)
