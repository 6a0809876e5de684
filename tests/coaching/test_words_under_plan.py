"""Which words are said, and which cues are left out, when something is known of the runner or a plan asks for it."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace

import pytest

from cuecoach.coaching.arbiter import Arbiter
from cuecoach.coaching.programme_rules import NoPlan
from cuecoach.coaching.words_known import BEAT, WordsKnown
from cuecoach.events import Control
from cuecoach.rules import Rule
from tests.coaching.coached import Run, rule, slouch

SLOUCH = slouch(cooldown_s=45.0, praise=None)


def a_run(*rules: Rule, words: WordsKnown | None = None, plan: NoPlan | None = None, **config: object) -> Run:
    """Return a run of a runner of whom this is known, under this plan."""
    run = Run(*rules, **config)
    coach = run.coach
    coach._arbiter = Arbiter(coach.config, coach._engine, words=words, plan=plan)
    return run


def planned(**settings: object) -> NoPlan:
    plan = NoPlan()
    for name, value in settings.items():
        setattr(plan, name, value)
    return plan


def words_of(run: Run) -> WordsKnown:
    return run.coach._arbiter.words


def whys(run: Run, name: str = "tall", outcome: str = "spoken") -> list[str]:
    return [d.why for d in run.decisions(name) if d.outcome == outcome]


def tried(helped: dict[str, tuple[int, int]], name: str = "tall") -> WordsKnown:
    """Return what is known after each text helped so many of so many times."""
    known = WordsKnown()
    for text, (wins, count) in helped.items():
        for n in range(count):
            known = known.judged(name, text, float(n < wins), helped=n < wins)
    return known


# ---------------------------------------------------------------- what is learnt in a run
def test_what_mended_in_time_counts_as_help_and_what_lasts_does_not():
    run = a_run(SLOUCH).go(20).go(12, pelvic_tilt=9.0).go(40)
    words = words_of(run).of("tall").words
    assert (words["One"].count, words["One"].helped) == (1, 1)
    run = a_run(SLOUCH).go(20).go(100, pelvic_tilt=9.0)
    words = words_of(run).of("tall").words
    assert (words["One"].count, words["One"].helped, words["Two"].helped) == (1, 0, 0)


def test_what_was_mended_before_the_words_could_do_it_tells_nothing():
    quick = slouch(cooldown_s=45.0, praise=None, until="last(pelvic_tilt) < baseline + 1 deg")
    run = a_run(quick).go(20).go_until(lambda run: bool(run.said), pelvic_tilt=9.0).go(60)
    assert words_of(run).of("tall").words == {}


def test_a_fault_far_out_is_partly_noise():
    # 5 above the usual with a spread of 1: a fifth of a degree goes by itself, of the 4 to go.
    run = a_run(SLOUCH).go(20).go(70, pelvic_tilt=9.0)
    assert words_of(run).of("tall").words["One"].total == pytest.approx(-0.05)


def test_two_rules_on_one_metric_do_not_take_the_credit_of_each_other():
    other = slouch(cooldown_s=45.0, praise=None, say=("Other",))
    run = a_run(SLOUCH, replace(other, id="taller")).go(20).go(25, pelvic_tilt=9.0).go(60)
    known = words_of(run)
    assert len(run.said) >= 2
    assert sum(tally.count for name in ("tall", "taller") for tally in known.of(name).words.values()) == 1


def test_a_beat_is_measured_too_and_is_no_failure_of_words():
    slow = rule("quick", "cadence < target - 3 %", until="cadence >= target - 1 %", beat_s=20.0, say=("Quick",))
    run = a_run(slow).go(20).go(60, cadence=158.0)
    assert words_of(run).of("quick").words[BEAT].helped == 0
    run = a_run(slow).go(20, cadence=170.0).go(12, cadence=158.0).go(60, cadence=170.0)
    assert words_of(run).of("quick").words[BEAT].helped == 1


# ---------------------------------------------------------------- withheld cues
def test_without_a_share_chance_is_never_asked():
    run = a_run(SLOUCH).go(20).go(200, pelvic_tilt=9.0)
    assert words_of(run).of("tall").chances == 0


def test_a_withheld_cue_is_recorded_and_what_happens_then_is_measured():
    run = a_run(SLOUCH, response={"withhold": "100 %"}).go(20).go(80, pelvic_tilt=9.0)
    assert run.said == []
    assert whys(run, outcome="withheld")[0] == "withheld (0 of 45 s), to see what happens without a cue"
    known = words_of(run).of("tall")
    assert (known.withheld.count, known.withheld.helped) == (1, 0)
    run = a_run(SLOUCH, response={"withhold": "100 %"}).go(20).go(12, pelvic_tilt=9.0).go(40)
    assert words_of(run).of("tall").withheld.helped == 1


def test_the_next_chance_comes_no_sooner_than_after_a_cue():
    run = a_run(SLOUCH, response={"withhold": "100 %"}).go(20).go(200, pelvic_tilt=9.0)
    times = [d.t for d in run.decisions("tall") if d.why.startswith("withheld (0 of")]
    assert len(times) >= 3
    assert all(b - a == pytest.approx(45.0, abs=0.26) for a, b in itertools.pairwise(times))


def test_a_withheld_cue_makes_way_for_another_rule_and_counts_in_no_cap():
    other = rule("glide", "elapsed > 22 s", say=("Glide",), priority=0)
    caps = {"gap": "0 s", "per_km": 20, "per_run": 2}
    run = a_run(replace(SLOUCH, priority=2), other, response={"withhold": "100 %"}, caps=caps).go(20)
    run.go(100, pelvic_tilt=9.0)
    assert run.outcomes("tall").count("withheld") >= 1
    assert [a for a in run.said if a == "Glide"] == []  # every due cue is withheld, of any rule
    run = a_run(replace(SLOUCH, priority=2), other, caps=caps).go(20).go(100, pelvic_tilt=9.0)
    assert len(run.said) == 2


def test_what_is_urgent_is_never_withheld():
    pain = rule("pain", "pelvic_tilt > 8 deg", priority=3, say=("Any pain?",))
    assert a_run(pain, response={"withhold": "100 %"}).go(20).go(10, pelvic_tilt=12.0).said == ["Any pain?"]


def test_about_as_many_are_withheld_as_were_asked_for():
    spoken = withheld = 0
    for seed in range(25):
        glide = slouch(cooldown_s=12.0, praise=None, if_no_change=None, priority=0)
        run = a_run(glide, response={"withhold": "20 %"}, seed=seed).go(20)
        for _ in range(6):
            run.go(14, pelvic_tilt=9.0).go(45)
        spoken += len(whys(run))
        withheld += sum(why.startswith("withheld (0 of") for why in whys(run, outcome="withheld"))
    assert spoken + withheld >= 100
    assert 0.1 < withheld / (spoken + withheld) < 0.3


# ---------------------------------------------------------------- which words
def test_the_words_that_helped_before_come_first_and_why_is_told():
    words = tried({"One": (0, 12), "Two": (0, 12), "Three": (11, 12)})
    first = Counter(a_run(SLOUCH, words=words, seed=seed).go(20).go(10, pelvic_tilt=9.0).said[0] for seed in range(12))
    assert first.most_common(1)[0][0] == "Three"
    run = a_run(SLOUCH, words=tried({"Three": (40, 40)}), seed=3).go(20).go(10, pelvic_tilt=9.0)
    assert whys(run)[0].partition("; ")[2] in ("chosen: helped 40 of 40 times", "chosen: not tried yet")


def test_nothing_known_and_no_plan_leave_the_order_of_the_file():
    for words in (None, WordsKnown(), tried({"One": (3, 3)}, name="another")):
        run = a_run(SLOUCH, words=words, seed=5).go(20).go(110, pelvic_tilt=9.0)
        assert run.said[:2] == ["One", "Two"]
        assert "chosen" not in whys(run)[0]


def test_a_plan_that_explores_tries_every_wording():
    first = {
        a_run(SLOUCH, plan=planned(words="explore"), seed=seed).go(20).go(10, pelvic_tilt=9.0).said[0]
        for seed in range(20)
    }
    assert first == {"One", "Two", "Three"}


def test_words_that_failed_make_way_for_words_not_said_in_this_stretch():
    for seed in range(6):
        plain = slouch(cooldown_s=45.0, if_no_change=None)
        run = a_run(plain, plan=planned(words="explore"), seed=seed).go(20).go(300, pelvic_tilt=9.0)
        assert sorted(run.said[:3]) == ["One", "Three", "Two"]


def test_words_that_took_away_half_are_kept_within_the_stretch():
    plain = slouch(cooldown_s=20.0, if_no_change=None, until="pelvic_tilt < baseline + 1 deg")
    for seed in range(4):
        run = (
            a_run(plain, plan=planned(words="explore"), seed=seed).go(20).go(6, pelvic_tilt=9.0).go(60, pelvic_tilt=6.5)
        )
        assert len(run.said) >= 2
        assert run.said[0] == run.said[1]


def test_another_run_of_the_same_seed_draws_anew_for_its_runner_has_a_history():
    plan = planned(words="explore")
    first = a_run(SLOUCH, plan=plan).go(20).go(12, pelvic_tilt=9.0).go(40)
    assert words_of(first).of("tall").chances == 1
    second = a_run(SLOUCH, plan=plan, words=words_of(first)).go(20).go(12, pelvic_tilt=9.0).go(40)
    assert words_of(second).of("tall").chances == 2


def test_under_a_plan_that_has_settled_only_the_anchor_is_said_and_later_other_words():
    words = tried({"One": (0, 4), "Three": (4, 4)})
    run = a_run(SLOUCH, words=words, plan=planned(words="anchor first")).go(20).go(200, pelvic_tilt=9.0)
    assert run.said[:3] == ["Three", "Three", "Tuck tail"]
    assert whys(run)[0].endswith("; your anchor phrase")
    assert words_of(run).of("tall").anchor == "Three"


def test_late_in_a_plan_nothing_but_the_anchor_is_said_three_times_in_vain_at_most():
    words = tried({"Two": (4, 4)})
    run = a_run(SLOUCH, words=words, plan=planned(words="anchor only")).go(20).go(400, pelvic_tilt=9.0)
    assert run.said == ["Two", "Two", "Two", "Check the sensor"]


def test_without_words_tried_enough_the_first_of_the_file_stands_for_the_anchor():
    run = a_run(SLOUCH, plan=planned(words="anchor only")).go(20).go(20, pelvic_tilt=9.0)
    assert run.said == ["One"]
    assert words_of(run).of("tall").anchor is None


# ---------------------------------------------------------------- the window, and the anchor by itself
def test_outside_of_the_window_nothing_is_said_but_what_is_urgent():
    pain = rule("pain", "pelvic_tilt > 8 deg", priority=3, say=("Any pain?",))
    plan = planned(closed="the plan lets you run alone")
    run = a_run(SLOUCH, pain, plan=plan).go(20).go(10, pelvic_tilt=9.0)
    assert run.said == ["Any pain?"]
    assert whys(run, outcome="faded") == ["faded: the plan lets you run alone"]
    plan.closed = None
    assert run.go(20, pelvic_tilt=9.0).said[:2] == ["Any pain?", "One"]


def test_a_beat_ends_when_the_plan_lets_none_sound_and_words_take_its_place():
    slow = rule("quick", "cadence < target - 3 %", until="cadence >= target - 1 %", beat_s=60.0, say=("Quick",))
    plan = planned()
    run = a_run(slow, plan=plan).go(20).go(10, cadence=158.0)
    assert run.coach._arbiter.pilot.beating
    plan.beat_closed = "the beat rests"
    run.go(0.5, cadence=158.0)
    assert not run.coach._arbiter.pilot.beating
    assert run.go(60, cadence=158.0).said[0] == "Quick"


class AsksOnce(NoPlan):
    """A plan that asks for its anchor until it was said."""

    focus: str | None = "tall"
    anchor_due: str | None = "the plan asks for it once now"

    def anchor_said(self, t: float) -> None:
        self.anchor_due = None


def test_the_anchor_is_said_by_itself_once_and_counts_for_nothing():
    plan = AsksOnce()
    run = a_run(SLOUCH, words=tried({"Two": (4, 4)}), plan=plan, caps={"gap": "0 s", "per_km": 1, "per_run": 1}).go(30)
    assert run.said == ["Two"]
    assert whys(run, outcome="reminded") == ["the plan asks for it once now"]
    assert run.coach._engine.states["tall"].heard_count == 0
    assert len(run.go(20, pelvic_tilt=9.0).said) == 2


def test_the_anchor_waits_for_the_quiet_to_end_and_for_the_runner_to_run():
    plan = AsksOnce()
    run = a_run(SLOUCH, words=tried({"Two": (4, 4)}), plan=plan)
    run.handle(Control(0.0, "quiet", 14.0))
    assert run.go(8).said == []
    assert run.go(8, cadence=110.0, speed=1.4).said == []
    assert run.go(20).said == ["Two"]


def test_before_anything_is_settled_the_first_words_of_the_focus_stand_for_the_anchor():
    other = rule("glide", "elapsed > 999 s", say=("Glide",))
    assert a_run(other, SLOUCH, plan=AsksOnce()).go(30).said == ["One"]
    assert a_run(other, plan=AsksOnce()).go(30).said == []
