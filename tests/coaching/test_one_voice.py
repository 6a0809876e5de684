"""A real voice may take longer than modelled, and recordings have their own length: what happens to the cues then."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from cuecoach.audio.mixer import Mixer
from cuecoach.events import Action, AudioEvent, Beat, Say, SensorState, SoundCommand
from cuecoach.rules.rule import NoChange, Recording
from tests.coaching.coached import Run, rule, slouch

RATE = 8_000


class MixedSound:
    """The real mixer as the sound of a test; some texts take longer than they should."""

    def __init__(self, **seconds: float) -> None:
        self._seconds = seconds
        self._mixer = Mixer(self._words, sample_rate=RATE)

    def _words(self, text: str) -> np.ndarray:
        return np.full(round(self._seconds.get(text.split()[0].lower(), 0.5) * RATE), 0.1, dtype=np.float32)

    def send(self, action: Action) -> None:
        if isinstance(action, SoundCommand):
            self._mixer.handle(action)

    def poll(self, now: float) -> list[AudioEvent]:
        self._mixer.render(max(0, self._mixer.sample_of(now) - self._mixer.position))
        return self._mixer.take_events()

    def close(self) -> None:
        pass


def test_a_cue_that_cannot_start_within_four_seconds_is_dropped_and_asked_for_again():
    run = Run(slouch(if_no_change=None, praise=None)).go(20)
    run.sound = MixedSound(sensor=9.0)  # modelled as one second
    run.go_until(lambda run: "holding" in run.outcomes("tall"), pelvic_tilt=9.0)
    run.handle(SensorState(run.t, "heart", "lost"))
    run.go(20, pelvic_tilt=9.0)
    expired = next(d for d in run.decisions("tall") if d.outcome == "expired")
    first = next(say for say in run.says if say.rule == "tall")
    assert expired.t == pytest.approx(first.at + 4.0, abs=0.3)
    assert expired.text == first.text
    # The cooldown counts from what was heard, so the dropped cue has none; the gap between cues is kept.
    second = [say for say in run.says if say.rule == "tall"][1]
    assert second.t - first.at == pytest.approx(10.0, abs=0.5)
    assert run.coach._engine.states["tall"].heard_count == 1


def test_a_cue_that_waits_less_is_heard_and_its_cooldown_counts_from_there():
    run = Run(slouch(if_no_change=None, praise=None)).go(20)
    run.sound = MixedSound(sensor=4.0)
    run.go_until(lambda run: "holding" in run.outcomes("tall"), pelvic_tilt=9.0)
    run.handle(SensorState(run.t, "heart", "lost"))
    told = run.t
    run.go(10, pelvic_tilt=9.0)
    assert "expired" not in run.outcomes("tall")
    assert run.coach._engine.states["tall"].last_heard == pytest.approx(told + 4.15, abs=0.3)


def test_beside_a_beat_words_wait_for_the_next_click_and_no_longer():
    run = Run(slouch(if_no_change=None, praise=None), metronome="always").go(20).go(10, pelvic_tilt=9.0)
    say = next(say for say in run.says if say.rule == "tall")
    beat = [a for a in run.actions if isinstance(a, Beat) and a.at <= say.at][-1]
    clicks = (say.at - beat.at) * beat.spm / 60
    assert (clicks - round(clicks)) * 60 / beat.spm == pytest.approx(0.06, abs=1e-3)
    assert say.at - say.t < 1.0


def test_a_recording_keeps_the_voice_busy_for_its_real_length():
    long = slouch(recordings={"One": Recording("one.wav", 4.8)}, praise=None)
    urgent = rule("glide", "vertical_oscillation > baseline + 8 %", say=("Glide",), priority=3)
    run = Run(long, urgent, caps={"gap": "0 s", "per_km": 20, "per_run": 100}).go(20)
    run.go_until(lambda run: run.said == ["One"], pelvic_tilt=9.0).go(15, pelvic_tilt=9.0, vertical_oscillation=110.0)
    one, glide = run.says[:2]
    assert one.duration == 4.8
    assert glide.at >= one.at + 4.8


def test_a_text_is_as_long_for_every_rule_as_its_recording():
    first = slouch(recordings={"One": Recording("one.wav", 3.3)}, praise=None)
    run = Run(rule("glide", "vertical_oscillation > baseline + 8 %"), first).go(20).go(15, vertical_oscillation=110.0)
    assert run.says[0].rule == "glide"
    assert run.says[0].duration == 3.3


def test_a_long_recording_among_the_steps_of_a_drill_is_heard_out():
    more = NoChange(drill=("A", "B", "C"))
    tall = slouch(cooldown_s=45.0, if_no_change=more, recordings={"A": Recording("a.wav", 4.9)})
    run = Run(tall).go(20).go(200, pelvic_tilt=9.0)
    steps = [say for say in run.says if say.text in more.drill]
    assert [say.text for say in steps] == list(more.drill)
    assert steps[1].at >= steps[0].at + 4.9
    assert all(b.at >= a.at + a.duration for a, b in itertools.pairwise(steps))


def test_a_rule_that_is_taken_away_takes_its_drill_with_it():
    run = Run(replace(slouch(), cooldown_s=45.0)).go(20)
    run.go_until(lambda run: run.said[-1:] == ["Reach up high"], pelvic_tilt=9.0).go(1, pelvic_tilt=9.0)
    run.coach._engine.adopt((), run.t)
    run.go(15, pelvic_tilt=9.0)
    assert run.said[-1] == "Reach up high"
    assert [say for say in run.says if isinstance(say, Say) and say.text == "Lower your arms"] == []


def test_a_fault_that_has_eased_and_is_not_mended_is_told_as_such():
    run = Run(slouch(if_no_change=None, praise=None)).go(20).go(10, pelvic_tilt=9.0).go(40, pelvic_tilt=6.0)
    whys = [d.why for d in run.decisions("tall") if d.outcome == "spoken"]
    assert whys[0] == "pelvic_tilt 9.0 deg > 7.0 deg (baseline 4.0 deg + 3 deg) for 2 s"
    assert whys[1].partition("; ")[0] == "not mended: pelvic_tilt 6.0 deg >= 5.0 deg (baseline 4.0 deg + 1 deg)"
