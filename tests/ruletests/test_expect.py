"""The grammar of what is expected."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.rules import Reason
from cuecoach.ruletests.expect import Expected, read_line, read_time
from cuecoach.ruletests.reading import LineError

words = st.text("abcdefgh .,'?!", min_size=1, max_size=30).map(lambda s: " ".join(s.split())).filter(bool)
ids = st.from_regex(r"[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,5}){0,2}", fullmatch=True)
heard = st.one_of(
    st.builds(Expected, st.just(50.0), ids, st.sampled_from(["says", "praises"]), st.none() | words),
    st.builds(
        Expected,
        st.just(50.0),
        ids,
        st.just("beats"),
        st.none(),
        st.none() | st.integers(100, 240).map(float),
        st.none() | st.integers(1, 600).map(float),
    ),
    st.builds(Expected, st.just(50.0), ids, st.just("is"), st.sampled_from([str(r) for r in Reason])),
)


@given(heard)
def test_what_is_shown_is_read_back(line: Expected) -> None:
    assert read_line(50.0, str(line)) == line


def test_a_time_or_never() -> None:
    assert read_time("1:20") == 80
    assert read_time("never") is None
    with pytest.raises(LineError, match="write"):
        read_time("sometimes")


@pytest.mark.parametrize("text", ["low beats 60 s", "low beats for 60 s", "low beats for 1 min", "low beats 1:00"])
def test_the_length_of_a_beat_may_be_written_in_several_ways(text: str) -> None:
    assert read_line(5.0, text) == Expected(5.0, "low", "beats", None, None, 60.0)


def test_quotes_may_be_single_double_or_none() -> None:
    for text in ("tall says 'Run tall'", 'tall says "Run tall"', "tall says Run tall"):
        assert read_line(5.0, text).text == "Run tall"


@pytest.mark.parametrize(
    ("t", "text", "message"),
    [
        (5.0, "", "nothing is expected here"),
        (5.0, "tall", "what does `tall` do then?"),
        (5.0, "tall say x", "did you mean `says`"),
        (5.0, "tall wobbles", "is not what a rule does"),
        (5.0, 'tall is "no fresh dat"', 'did you mean "no fresh data"'),
        (5.0, "tall is", "is not why a rule speaks or is silent"),
        (5.0, "tall beats loudly", "is no way to beat"),
        (5.0, "tall beats at 170", "needs a unit; write `170 spm`"),
        (5.0, "tall beats for 60", "has no unit"),
        (5.0, "tall beats 60", "has no unit"),
        (5.0, "tall beats at 170 spm 60 s", "unknown unit `spm 60 s`"),
        (None, "tall says x", "only a rule's name"),
    ],
)
def test_a_line_that_means_nothing_says_what_to_write(t: float | None, text: str, message: str) -> None:
    with pytest.raises(LineError, match=message.replace("?", r"\?")):
        read_line(t, text)
