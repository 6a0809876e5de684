from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.errors import StoreError
from cuecoach.events import Action, Beat, BeatOff, Decision, Hush, Level, Note, Response, Say
from cuecoach.store.action_json import KINDS, action_from_json, action_to_json, canonical

t = st.floats(0, 1e6)
number = st.floats(allow_nan=False)
maybe = st.none() | number
text = st.text(max_size=12)
count = st.integers(0, 10**6)
side = st.sampled_from(["left", "right"])

actions: st.SearchStrategy[Action] = st.one_of(
    st.builds(Say, t, t, count, text, text, t, st.sampled_from(["cue", "praise", "notice"])),
    st.builds(Hush, t, t),
    st.builds(Beat, t, t, count, text, t, maybe, side, st.integers(1, 4)),
    st.builds(BeatOff, t, t, count),
    st.builds(Level, t, t, maybe, maybe),
    st.builds(Decision, t, text, text, text, text, st.dictionaries(text, maybe, max_size=4)),
    st.builds(Response, t, t, text, text, text, maybe, maybe, number, number, st.booleans()),
    st.builds(Note, t, text, text),
)


@given(actions)
def test_every_action_comes_back_through_the_text_to_the_last_bit(action: Action) -> None:
    again = action_from_json(json.loads(canonical(action)))
    assert again == action
    assert canonical(again) == canonical(action)


@given(actions)
def test_the_kind_comes_first_and_nothing_is_left_out(action: Action) -> None:
    data = action_to_json(action)
    assert next(iter(data)) == "kind"
    assert len(data) == 1 + len(type(action).__slots__)
    assert action_from_json(data) == action


def test_equal_decisions_have_one_text_whatever_the_order_and_type_of_their_numbers() -> None:
    one = Decision(12, "r", "due", "why", values={"a": 1, "b": None})
    other = Decision(12.0, "r", "due", "why", values={"b": None, "a": np.float64(1.0)})
    assert one == other
    assert canonical(one) == canonical(other)


def test_numbers_that_differ_in_the_last_bit_have_different_texts() -> None:
    assert canonical(Hush(0.1 + 0.2, 1.0)) != canonical(Hush(0.3, 1.0))


def test_a_phrase_in_full() -> None:
    assert canonical(Say(1.25, 1.5, 3, "posture", "Mach dich groß", 0.8, "praise")) == (
        '{"kind":"say","t":1.25,"at":1.5,"id":3,"rule":"posture","text":"Mach dich groß","duration":0.8,"say_kind":"praise"}'
    )


def test_every_kind_has_a_word_of_its_own() -> None:
    assert len(set(KINDS.values())) == len(KINDS) == 8


def test_keys_of_a_later_version_are_passed_over_and_missing_ones_take_their_defaults() -> None:
    assert action_from_json({"kind": "level", "t": 1.0, "at": 2.0, "shade": "red"}) == Level(1.0, 2.0)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (None, "no block of keys"),
        ([1], "no block of keys"),
        ({}, "unknown kind `None`"),
        ({"kind": "dance", "t": 1.0}, "unknown kind `dance`"),
        ({"kind": ["say"]}, "unknown kind"),
        ({"kind": "hush", "t": 1.0}, "lacks `at`"),
        ({"kind": "hush", "t": 1.0, "at": "soon"}, "`at` of a stored hush"),
        ({"kind": "hush", "t": True, "at": 1.0}, "`t` of a stored hush"),
        ({"kind": "beat off", "t": 1.0, "at": 1.0, "id": 1.5}, "`id`"),
        ({"kind": "beat", "t": 1, "at": 1, "id": 1, "rule": "r", "spm": 170, "first_side": "up"}, "`first_side`"),
        ({"kind": "note", "t": 1.0, "source": 3, "text": ""}, "`source`"),
        ({"kind": "decision", "t": 1, "rule": "", "outcome": "", "why": "", "values": {"a": "b"}}, "`values`"),
        ({"kind": "decision", "t": 1, "rule": "", "outcome": "", "why": "", "values": []}, "`values`"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_sentence(data: object, said: str) -> None:
    with pytest.raises(StoreError) as told:
        action_from_json(data)
    assert said in str(told.value)
