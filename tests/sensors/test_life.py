"""The states of a sensor, told as events: each once, none untrue."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.coaching import Arbiter
from cuecoach.config import RunConfig
from cuecoach.events import Say, SensorState
from cuecoach.rules import RuleEngine
from cuecoach.sensors.life import ASLEEP, AWAY_S, HINT_S, NOT_FOUND, RESTING, Life


def states(told: list[SensorState]) -> list[str]:
    return [event.state for event in told]


def streaming(**options) -> Life:
    """A life whose last data came at 10 s."""
    life = Life("foot", **{"stale_s": 1.0, **options})
    life.searching(0)
    life.connecting(1)
    life.heard(10)
    return life


def test_the_way_to_the_first_data_is_told_step_by_step():
    life = Life("foot", stale_s=1.0)
    told = [*life.searching(0), *life.connecting(1), *life.heard(2)]
    assert [(e.t, e.source, e.state) for e in told] == [
        (0, "foot", "searching"),
        (1, "foot", "connecting"),
        (2, "foot", "streaming"),
    ]


def test_what_has_been_told_is_not_told_again_unless_the_words_are_news():
    life = Life("foot", stale_s=1.0)
    assert states(life.searching(0)) == ["searching"]
    assert life.searching(1) == []
    assert [e.text for e in life.searching(2, "it refuses")] == ["it refuses"]
    assert life.searching(3, "it refuses") == []
    life.heard(4)
    assert life.heard(4.5) == []


def test_a_long_search_gives_one_hint_and_never_a_loss():
    life = Life("foot", stale_s=1.0)
    life.searching(5)
    assert life.next_due == 5 + HINT_S
    assert [(e.state, e.text) for e in life.advance(5 + HINT_S)] == [("searching", NOT_FOUND)]
    assert life.next_due == math.inf
    assert life.advance(1e6) == []


def test_silence_is_stale_then_lost_once():
    life = streaming()
    assert life.next_due == 11
    assert life.advance(10.9) == []
    assert states(life.advance(11)) == ["stale"]
    assert life.next_due == 15
    assert states(life.advance(15)) == ["lost"]
    assert life.next_due == math.inf
    assert life.advance(1000) == []


def test_a_late_look_tells_both_in_order():
    assert states(streaming().advance(100)) == ["stale", "lost"]


def test_data_after_a_stale_spell_stream_and_after_a_loss_are_back():
    life = streaming()
    life.advance(11)
    assert states(life.heard(12)) == ["streaming"]
    life.advance(17)
    assert states(life.heard(20)) == ["back"]
    assert life.heard(20.5) == []
    assert life.state == "streaming"


def test_a_broken_link_mutes_at_once_and_loses_five_seconds_after_the_last_data():
    life = streaming()
    assert [(e.t, e.state) for e in life.broken(10.2, "the connection broke")] == [(10.2, "stale")]
    assert states(life.searching(10.7)) == ["searching"]
    assert states(life.connecting(12)) == ["connecting"]
    assert life.next_due == 15
    assert states(life.advance(15)) == ["lost"]


def test_attempts_while_lost_are_no_news_but_what_hinders_them_is_and_the_return_is_told():
    life = streaming()
    life.broken(10.2)
    life.advance(15)
    assert [*life.searching(16), *life.connecting(17), *life.broken(18), *life.searching(19)] == []
    assert [(e.state, e.text) for e in life.searching(20, "Bluetooth is off")] == [("searching", "Bluetooth is off")]
    assert life.searching(21, "Bluetooth is off") == []
    assert life.advance(1000) == []
    assert states(life.heard(1001)) == ["back"]


def test_while_the_link_holds_the_loss_waits_for_the_answer_to_a_question():
    life = streaming(stale_s=5.0, grace_s=3.5)
    assert states(life.advance(15)) == ["stale"]
    assert life.next_due == 18.5
    assert states(life.broken(17, "it does not answer")) == ["stale"]
    assert states(life.advance(17)) == ["lost"]


def test_a_sensor_that_answers_while_silent_rests_and_is_never_lost():
    life = streaming(stale_s=5.0, grace_s=3.5)
    life.advance(15)
    assert [(e.state, e.text) for e in life.rests(15.5)] == [("stale", RESTING)]
    assert life.rests(30) == []
    assert life.advance(1e6) == []
    assert states(life.heard(1e6)) == ["streaming"]


def test_a_sensor_that_breaks_while_resting_or_after_saying_so_sleeps_and_gets_a_word_after_a_minute():
    resting = streaming(stale_s=5.0)
    resting.rests(15)
    resting.broken(40)
    standing = streaming()
    assert [(e.state, e.text) for e in standing.broken(40, standing=True)] == [("stale", RESTING)]
    for life in (resting, standing):
        assert life.searching(41) == []
        assert life.next_due == 40 + AWAY_S
        assert [(e.state, e.text) for e in life.advance(40 + AWAY_S)] == [("stale", ASLEEP)]
        assert life.next_due == math.inf
        assert states(life.heard(500)) == ["streaming"]


def test_before_the_first_data_there_is_nothing_to_lose():
    life = Life("foot", stale_s=1.0)
    life.searching(0)
    life.connecting(1)
    assert states(life.rests(8)) == ["connecting"]
    assert states(life.broken(9, "the connection broke")) == ["searching"]


def test_a_search_in_the_middle_of_a_stream_mutes_first():
    assert states(streaming().searching(10.5)) == ["stale", "searching"]


acts = st.lists(
    st.tuples(
        st.sampled_from(["searching", "connecting", "heard", "broken", "asleep", "rests", "advance"]),
        st.floats(0.01, 12, allow_nan=False),
        st.sampled_from(["", "", "a word"]),
    ),
    max_size=60,
)


@given(acts, st.sampled_from([1.0, 5.0]), st.sampled_from([0.0, 3.5]))
def test_whatever_happens_the_story_is_true_and_the_runner_hears_each_loss_and_return_once(story, stale_s, grace_s):
    life = Life("foot", stale_s=stale_s, grace_s=grace_s)
    arbiter = Arbiter(RunConfig(), RuleEngine(()))
    t, last, muted, lost, said, told_lost = 0.0, None, True, False, [], 0
    for act, wait, text in story:
        t += wait
        aged = life.advance(t)
        if act == "asleep":
            told = life.broken(t, text, standing=True)
        else:
            told = getattr(life, act)(t, text) if act != "advance" else []
        told = [*told, *life.advance(t)]  # a link that breaks late may have made the loss due
        for event in [*aged, *told]:
            if event.state in ("streaming", "back"):
                assert act == "heard"
                assert (event.state == "back") == lost
                muted = lost = False
            if event.state == "stale":
                muted = True
            if event.state == "lost":
                assert last is not None
                assert not lost
                assert t >= last + 5.0
                assert muted
                lost, told_lost = True, told_lost + 1
            said += [a.text for a in arbiter.announcer.sensor(event) if isinstance(a, Say)]
        if act == "heard":
            assert not muted
            last = t
        assert life.next_due > t
    assert said[::2] == ["Sensor lost"] * told_lost
    assert set(said[1::2]) <= {"Sensor back"}


@pytest.mark.parametrize("act", ["searching", "connecting", "broken", "rests"])
def test_after_any_of_these_a_silent_sensor_is_muted(act):
    life = streaming()
    told = getattr(life, act)(10.5)
    assert told[0].state == "stale"
    assert life.silent
