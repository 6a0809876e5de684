"""The page of a run: true numbers, whole HTML, nothing asked of the network, and plain words for what is unknown."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuecoach.events import Beat, BeatOff, Note, Response
from cuecoach.report import report_html, report_text
from cuecoach.runrecord import RunRecord, Second
from tests.report.sample import STARTED, USUAL, answer, earlier, record, said, second, steady

_VOID = {"meta", "link", "br", "img"}


class Balance(HTMLParser):
    """Reads a page, and fails where an element is closed that is not open; keeps text, ids and attributes."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def page(run: RunRecord, *history: object) -> Balance:
    read = Balance(report_html(run, *history))  # type: ignore[arg-type]
    assert len(set(read.ids)) == len(read.ids)
    referred = [v for _, name, value in read.attributes if name.startswith("aria-") and name != "aria-label"
                and name != "aria-hidden" for v in value.split()]  # fmt: skip
    assert set(referred) <= set(read.ids)
    return read


def cued(**others: object) -> RunRecord:
    actions = [
        *said(100, "run-tall", "Run tall", why="pelvic_tilt 12.1 deg > 10.5 deg (baseline 7.5 deg + 3 deg) for 30 s"),
        answer(100, "run-tall", "Run tall", "pelvic_tilt", 12.1, 8.9, 0.8),
        *said(160, "run-tall", "Tall. Hold that.", "praise"),
        *said(200, "tired-form", "Reset: tall and quick"),
        Beat(300, 300.2, 1, "low-cadence", 165.0, 360.0),
        Beat(310, 310.2, 2, "low-cadence", 170.0, 360.0),
        BeatOff(350, 350.2, 2),
        Note(400, "sim", "the sensor was gone for 4 s"),
    ]
    return record([second(float(t)) for t in range(900)], actions, **others)


def test_the_head_holds_the_numbers_of_the_record() -> None:
    read = page(cued())
    for told in ("Tuesday 24 November 2026, 07:30", "anna", "2.52 km", "15:00 min", "10.1 km/h", "168 spm", "Run 12"):
        assert told in read.text
    assert re.search(r"5:5\d /km", read.text)


def test_a_cue_is_told_with_its_reason_its_change_and_how_sure_that_is() -> None:
    read = page(cued())
    assert "1:40 “Run tall” pelvic tilt 12.1° > 10.5° (baseline 7.5° + 3°) for 30 s" in read.text
    # wobble: 2 × 1.0 × √(10/20 + 10/30) = 1.8
    assert "12.1 → 8.9° (−3.2° ± 1.8)" in read.text
    assert "+65 % of the fault (80 % went, 15 % by itself)" in read.text


def test_a_change_within_the_wobble_is_called_chance() -> None:
    actions = [*said(50, "run-tall", "Run tall"), answer(50, "run-tall", "Run tall", "pelvic_tilt", 11.0, 10.0, 0.6)]
    assert "may be chance" in page(record([second(float(t)) for t in range(200)], actions)).text


def test_a_beat_is_one_line_with_its_tempi_and_its_length() -> None:
    read = page(cued())
    assert "beat from 165 to 170 spm, for 0:50 min" in read.text


def test_marks_are_buttons_that_name_themselves_and_point_to_their_reason() -> None:
    read = page(cued())
    named = [value for tag, name, value in read.attributes if (tag, name) == ("button", "aria-label")]
    assert "1:40 “Run tall”" in named
    assert "3:20 “Reset: tall and quick”" in named, "a cue of several metrics stands on the first chart"
    assert len([1 for tag, name, _ in read.attributes if (tag, name) == ("button", "aria-describedby")]) == len(named)


def test_every_chart_says_what_it_shows() -> None:
    read = page(cued())
    assert read.tags.count("svg") == read.tags.count("title") - 1 == read.tags.count("desc") == 8
    roles = [value for tag, name, value in read.attributes if (tag, name) == ("svg", "role")]
    assert set(roles) == {"img"}
    assert "On average 168 spm while running" in read.text


def test_tables_have_captions_and_headed_rows() -> None:
    read = page(cued())
    assert read.tags.count("table") == read.tags.count("caption") >= 4
    assert {value for tag, name, value in read.attributes if (tag, name) == ("th", "scope")} == {"col", "row"}


def test_nothing_is_asked_of_anyone() -> None:
    html = report_html(cued(), earlier(3))
    assert "default-src &#x27;none&#x27;" in html
    assert not re.search(r"https?:|url\(|@import|<script|<link|<img|<iframe|\ssrc=|\shref=|\son\w+=", html)


def test_text_from_elsewhere_stays_text() -> None:
    evil = "<script>alert('x')</script> & \"q\""
    actions = [*said(100, "run-tall", evil, why=evil), Note(3, "sim", evil)]
    run = record([replace(second(float(t)), gate=evil if t < 90 else None) for t in range(300)], actions)
    run = replace(run, title=evil, runner=evil, focus=evil, sensors=(replace(run.sensors[0], source=evil, about=evil),))
    read = page(run)
    assert "script" not in read.tags
    assert read.text.count("alert('x')") >= 6


def test_the_same_run_gives_the_same_page() -> None:
    assert report_html(cued(), earlier(4)) == report_html(cued(), earlier(4))


def test_an_empty_run_says_so() -> None:
    read = page(record([]))
    assert "Nothing is known of this run." in read.text
    assert "svg" not in read.tags
    assert "Nothing: no correction, no praise, no beat." in read.text


def test_a_walk_is_no_run() -> None:
    walk = record([second(float(t), activity="walking", gate="walking") for t in range(300)])
    read = page(walk)
    assert "No running was seen." in read.text
    assert "walking 1 5:00 min" in read.text


def test_half_a_minute_is_too_little_to_judge() -> None:
    read = page(steady(0.5))
    assert "Not known: too little running with a known band." in read.text
    assert "Unknown: it takes three minutes of running" in read.text


def test_only_cadence_leaves_the_rest_unknown() -> None:
    read = page(record([second(float(t), ["cadence"]) for t in range(300)]))
    assert read.tags.count("svg") == 1
    assert "Unknown in this run: pelvic tilt, hip drop, bounce." in read.text
    assert "Distance unknown" in read.text
    assert "no sensor of this run told the feet apart" in read.text


def test_without_a_normal_nothing_is_judged() -> None:
    bare = [second(float(t), normal={}, noise={}, target=None) for t in range(300)]
    read = page(record(bare))
    assert "Too little is known of what is usual for you" in read.text
    assert "what is usual for you is not known yet" in read.text


def test_a_metric_the_catalogue_does_not_know_does_no_harm() -> None:
    strange = Response(150, 100, "run-tall", "Run tall", "toe_in", 3.0, 2.0, 0.5, 0.0, helped=True)
    run = record([second(float(t)) for t in range(300)], [*said(100, "run-tall", "Run tall"), strange])
    assert "3.0 → 2.0 (−1.0)" in page(run).text


@pytest.mark.parametrize(
    ("state", "kind", "told"),
    [
        ("interrupted", "live", "The program ended before it could close this run."),
        ("recording", "live", "This run is still going on."),
        ("closed", "simulated", "A simulated runner, no person."),
        ("closed", "imported", "Taken from a file of another program."),
    ],
)
def test_what_kind_of_run_it_is_is_told(state: str, kind: str, told: str) -> None:
    assert told in page(steady(1, state=state, kind=kind)).text


def test_three_hours_fit_in_a_small_page() -> None:
    run = record([second(float(t), ["cadence", "pelvic_tilt", "pelvic_drop"]) for t in range(10_800)])
    html = report_html(run)
    assert len(html.encode()) < 300_000
    assert "3:00:00" in Balance(html).text


def test_earlier_runs_are_drawn_beside_this_one_and_later_ones_are_not() -> None:
    history = earlier(4)
    later = (STARTED.replace(year=2027), history[0][1])
    read = page(steady(2), [later, *history])
    assert "The numbers of 5 runs" in read.text
    assert "16 Nov 2026" in read.text
    assert "2027" not in read.text


def test_a_first_run_has_no_trends() -> None:
    assert "Over your runs" not in page(steady(2), []).text


def test_pauses_of_the_coach_are_named_and_added_up() -> None:
    gates = ["warm-up"] * 100 + ["turning"] * 10 + [None] * 50 + ["turning"] * 20 + [None] * 20
    read = page(record([second(float(t), gate=gate) for t, gate in enumerate(gates)]))
    assert "warm-up 1 1:40 min" in read.text
    assert "turning 2 0:30 min" in read.text


_known = st.dictionaries(st.sampled_from(sorted(USUAL)), st.floats(0.5, 250), max_size=4)
_seconds = st.builds(
    Second,
    t=st.just(0.0),
    values=_known,
    normal=_known,
    noise=_known,
    target=st.none() | st.floats(100, 240),
    activity=st.sampled_from(["running", "running", "walking", "still", None]),
    gate=st.sampled_from([None, "warm-up", "turning"]),
    distance=st.none() | st.floats(0, 1e4),
    beat=st.none() | st.floats(100, 240),
)


@given(st.lists(st.tuples(_seconds, st.integers(1, 90)), max_size=6), st.integers(1, 40))
@settings(max_examples=15)
def test_any_run_makes_a_whole_page(stretches: list[tuple[Second, int]], step: int) -> None:
    """Whatever is unknown, and wherever seconds are missing."""
    seconds: list[Second] = []
    for kind, length in stretches:
        begin = seconds[-1].t + step if seconds else 0.0
        seconds += [replace(kind, t=begin + k) for k in range(length)]
    run = record(seconds, said(20, "run-tall", "Run tall"))
    assert not re.search(r"\bnan\b|\binf\b", report_html(run))
    assert page(run).text
    assert report_text(run)
