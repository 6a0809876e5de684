"""What is known of a runner's words across runs: counted, told apart from what goes by itself, and kept."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.coaching.thompson import chance, choose, draw_beta, told
from cuecoach.coaching.words_known import RuleWords, Tally, WordsKnown
from cuecoach.coaching.words_learnt import WordsLearnt
from cuecoach.errors import UsageError
from tests.coaching.coached import rule

TEXTS = ("One", "Two", "Three")
STEPS = st.lists(
    st.tuples(st.sampled_from(["a", "b"]), st.sampled_from([None, *TEXTS]), st.floats(-1, 1), st.booleans()),
    max_size=30,
)


def known_of(steps: list[tuple[str, str | None, float, bool]]) -> WordsKnown:
    """Return what is known after these."""
    known = WordsKnown()
    for name, text, share, helped in steps:
        known = known.drew(name)
        if text is None:
            known = known.judged_withheld(name, share, helped=helped)
        else:
            known = known.judged(name, text, share, helped=helped).settled(name, text)
    return known


@given(STEPS)
def test_what_is_kept_is_read_again(steps):
    known = known_of(steps)
    assert WordsKnown.from_json(json.loads(json.dumps(known.to_json()))) == known


@pytest.mark.parametrize(
    ("change", "told_as"),
    [
        (lambda data: data.update(version=2), "version"),
        (lambda data: data.update(more=1), "`more`"),
        (lambda data: data.pop("rules"), "`rules`"),
        (lambda data: data["rules"]["a"].update(chances=-1), "`-1`"),
        (lambda data: data["rules"]["a"].update(anchor=3), "`3`"),
        (lambda data: data["rules"]["a"]["words"]["One"].update(helped=7), "contradict"),
        (lambda data: data["rules"]["a"]["words"]["One"].update(total="x"), "`x`"),
        (lambda data: data["rules"]["a"].update(words=[]), "names with values"),
    ],
)
def test_what_was_tampered_with_is_refused_in_one_sentence(change, told_as):
    data = known_of([("a", "One", 0.5, True)]).to_json()
    change(data)
    with pytest.raises(UsageError) as refused:
        WordsKnown.from_json(data)
    assert told_as in str(refused.value)
    assert "\n" not in str(refused.value)


def test_words_that_helped_most_often_are_the_best_once_they_were_tried_enough():
    known = WordsKnown()
    for text, wins, losses in (("One", 1, 3), ("Two", 3, 1), ("Three", 2, 0)):
        for helped in [True] * wins + [False] * losses:
            known = known.judged("a", text, 0.0, helped=helped)
    assert known.best("a", TEXTS) == "Two"
    assert WordsKnown().best("a", TEXTS) is None


def test_of_equals_the_earlier_in_the_file_is_the_best():
    known = WordsKnown()
    for text in ("Two", "One") * 3:
        known = known.judged("a", text, 1.0, helped=True)
    assert known.best("a", TEXTS) == "One"


def test_the_effect_of_words_is_what_they_did_beyond_silence():
    rng = np.random.default_rng(7)
    found = []
    for _ in range(60):
        known = WordsKnown()
        for _ in range(40):
            known = known.judged("a", "One", float(rng.normal(0.7, 0.3)), helped=True)
        for _ in range(40):
            known = known.judged_withheld("a", float(rng.normal(0.3, 0.3)), helped=False)
        effect = known.of("a").effect("One")
        assert effect is not None
        found.append((effect.share, effect.error))
    shares, errors = np.array(found).T
    # 0.4 in truth; the four imagined withheld cues take away a tenth of what goes by itself.
    assert abs(shares.mean() - 0.43) < 0.02
    assert np.mean(np.abs(shares - 0.4) < 2 * errors) >= 0.9


def test_few_withheld_cues_say_little_and_nothing_is_said_of_words_never_heard():
    once = RuleWords({"One": Tally(1, 1, 1.0, 1.0)}, Tally(1, 1, 1.0, 1.0))
    assert once.by_itself == pytest.approx(0.2)
    assert once.effect("Two") is None
    effect = once.effect("One")
    assert effect is not None
    assert effect.share == pytest.approx(0.8)
    assert effect.error > 0.4
    assert str(effect).endswith("(1 heard, 1 withheld)")


def test_a_cue_is_no_help_where_the_same_goes_by_itself():
    learnt = WordsLearnt()
    for _ in range(60):
        learnt.judged("a", None, 0.6, 0.0)
    learnt.judged("a", "One", 0.6, 0.0)
    learnt.judged("a", "Two", 0.9, 0.0)
    words = learnt.known.of("a").words
    assert (words["One"].helped, words["Two"].helped) == (0, 1)


def test_what_was_only_noise_is_no_merit_of_words():
    learnt = WordsLearnt()
    learnt.judged("a", "One", 0.5, 0.2)
    learnt.judged("a", "Two", 0.5, 0.0)
    words = learnt.known.of("a").words
    assert (words["One"].helped, words["One"].total) == (0, pytest.approx(0.3))
    assert words["Two"].helped == 1


def test_the_anchor_is_settled_on_once_and_kept_while_the_rule_has_it():
    learnt = WordsLearnt(known_of([("a", "Two", 1.0, True)] * 3))
    words = rule("a", "pelvic_tilt > 8 deg", say=TEXTS)
    assert learnt.anchor(words) == "Two"
    for _ in range(9):
        learnt.judged("a", "Two", 0.0, 0.0)
        learnt.judged("a", "One", 1.0, 0.0)
    assert learnt.anchor(words) == "Two"
    assert WordsLearnt(learnt.known).anchor(rule("a", "pelvic_tilt > 8 deg", say=("One",))) == "One"
    assert WordsLearnt().anchor(words) is None


# ---------------------------------------------------------------- chance
@given(st.integers(0, 2**32 - 1), st.text(max_size=20), st.integers(0, 1000))
def test_the_same_question_gets_the_same_chance_and_another_one_another(seed, name, count):
    first = chance(seed, "words", name, count).random(4).tolist()
    assert chance(seed, "words", name, count).random(4).tolist() == first
    for other in (
        chance(seed + 1, "words", name, count),
        chance(seed, "withhold", name, count),
        chance(seed, "words", name + "x", count),
        chance(seed, "words", name, count + 1),
    ):
        assert other.random(4).tolist() != first


@pytest.mark.parametrize(("helped", "failed"), [(0, 0), (3, 1), (0, 5), (20, 4)])
def test_draws_follow_the_posterior(helped, failed):
    a, b = 1 + helped, 1 + failed
    drawn = np.array([draw_beta(chance(1, "t", "r", n), helped, failed) for n in range(4000)])
    assert abs(drawn.mean() - a / (a + b)) < 0.02
    assert abs(drawn.std() - np.sqrt(a * b / ((a + b) ** 2 * (a + b + 1)))) < 0.01


def test_the_words_that_help_are_found_and_mostly_chosen():
    truth = {"One": 0.2, "Two": 0.75, "Three": 0.35}
    late = []
    for runner in range(100):
        known, rng = WordsKnown(), np.random.default_rng(runner)
        for n in range(60):
            text = choose(TEXTS, known.of("a").words, chance(runner, "words", "a", n))
            known = known.judged("a", text, 0.0, helped=bool(rng.random() < truth[text]))
            if n >= 40:
                late.append(text)
    assert late.count("Two") / len(late) > 0.8
    assert set(late) == set(TEXTS)


def test_why_words_were_chosen_is_said_plainly():
    assert told(Tally(4, 3)) == "chosen: helped 3 of 4 times"
    assert told(Tally(1, 0)) == "chosen: helped 0 of 1 time"
    assert told(None) == "chosen: not tried yet"
