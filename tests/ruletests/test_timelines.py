"""Tests that pass, and the reason for each kind of difference of those that fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from cuecoach.ruletests import read_tests, run_test
from tests.ruletests.builders import RULES, SLOUCH, outcome, reasons, write


def expect(*lines: str) -> str:
    return SLOUCH + "expect:\n" + "".join(f"  - {line}\n" for line in lines)


@pytest.mark.parametrize("at", ["49.75 s", "50 s", "50.25 s"])
def test_the_whole_timeline_as_expected_passes_within_a_tick(tmp_path: Path, at: str) -> None:
    result = outcome(tmp_path, expect(f'{at}: run-tall says "Run tall"'))
    assert result.passed, reasons(result)


def test_the_same_test_gives_the_same_result(tmp_path: Path) -> None:
    body = expect("9 s: run-tall says", "60 s: low-cadence beats")
    assert outcome(tmp_path, body).rows == outcome(tmp_path, body).rows


def test_a_late_cue_says_why_it_was_silent_at_that_time(tmp_path: Path) -> None:
    assert reasons(outcome(tmp_path, expect('40 s: run-tall says "Run tall"'))) == [
        "10 s late: at 40 s holding (20 of 30 s): pelvic_tilt 15.0 deg > 13.0 deg (baseline 10.0 deg + 3 deg)"
    ]


def test_an_early_cue_says_on_what_it_rests(tmp_path: Path) -> None:
    assert reasons(outcome(tmp_path, expect("60 s: run-tall says"))) == [
        "10 s early: pelvic_tilt 15.0 deg > 13.0 deg (baseline 10.0 deg + 3 deg) for 30 s"
    ]


def test_other_words_and_other_deeds_are_told(tmp_path: Path) -> None:
    assert reasons(outcome(tmp_path, expect('50 s: run-tall says "Run tal"'))) == ["other words"]
    (why,) = reasons(outcome(tmp_path, expect("50 s: run-tall praises")))
    assert why.startswith("it says and does not praise: pelvic_tilt 15.0 deg")


def test_what_is_not_expected_is_told_with_its_reason(tmp_path: Path) -> None:
    (why,) = reasons(outcome(tmp_path, SLOUCH + "expect: silence\n"))
    assert why == "not expected: pelvic_tilt 15.0 deg > 13.0 deg (baseline 10.0 deg + 3 deg) for 30 s"
    (why,) = reasons(outcome(tmp_path, expect("never: run-tall")))
    assert why.startswith("not expected: pelvic_tilt")


def test_never_beside_another_line_that_expects_it_contradicts_itself(tmp_path: Path) -> None:
    assert reasons(outcome(tmp_path, expect("50 s: run-tall says", "never: run-tall"))) == [
        "another line expects `run-tall` at 50 s"
    ]


def test_silence_is_explained_by_the_engine(tmp_path: Path) -> None:
    (cooling,) = reasons(outcome(tmp_path, expect("50 s: run-tall says", "70 s: run-tall says")))
    assert cooling == "silent: cooling down (20 of 90 s) (since 50.25 s)"
    (missing,) = reasons(outcome(tmp_path, expect("50 s: run-tall says", "70 s: low-cadence says")))
    assert missing == "silent: no fresh data: cadence"


def test_silence_after_another_cue_names_that_cue(tmp_path: Path) -> None:
    body = SLOUCH + "  cadence: 150 spm\n  target: 170 spm\nconfig: {metronome: 'off'}\nexpect:\n"
    body += "  - 20 s: low-cadence says\n  - 50 s: run-tall says\n"
    body += "  - 1:20: run-tall says\n"
    result = outcome(tmp_path, body.replace("15 deg for 60 s", "15 deg for 70 s"))
    assert any("too soon after another cue (low-cadence says at 20 s)" in why for why in reasons(result))


def test_praise_that_does_not_come_says_why(tmp_path: Path) -> None:
    (early,) = reasons(outcome(tmp_path, expect("30 s: run-tall praises", "50 s: run-tall says")))
    assert early.startswith("silent: nothing was corrected before")
    (active,) = reasons(outcome(tmp_path, expect("50 s: run-tall says", "60 s: run-tall praises")))
    assert active.startswith("silent: it is not mended then; cooling down")
    mute = RULES.replace("    praise: Tall. Hold that.\n", "")
    (none,) = reasons(outcome(tmp_path, expect("50 s: run-tall says", "60 s: run-tall praises"), rules=mute))
    assert none == "silent: the rule has no `praise`"


def test_mended_form_is_praised_and_the_reason_is_told_when_nobody_expected_it(tmp_path: Path) -> None:
    body = SLOUCH.replace("60 s", "60 s, 10 deg for 20 s") + "expect:\n  - 50 s: run-tall says\n"
    (why,) = reasons(outcome(tmp_path, body))
    assert why.startswith("not expected: mended: pelvic_tilt 10.0 deg")
    assert outcome(tmp_path, body + '  - 1:20: run-tall praises "Tall. Hold that."\n').passed


def test_reasons_may_be_expected_and_are_told_when_they_differ(tmp_path: Path) -> None:
    lines = [
        '10 s: run-tall is "not met"',
        '30 s: run-tall is "holding"',
        "50 s: run-tall says",
        '60 s: run-tall is "cooling down"',
        '60 s: low-cadence is "no fresh data cadence"',
    ]
    assert outcome(tmp_path, expect(*lines)).passed
    (why,) = reasons(outcome(tmp_path, expect("50 s: run-tall says", '30 s: run-tall is "not met"')))
    assert why.startswith("at 30 s it is holding (10 of 30 s): pelvic_tilt")


BEAT = "given:\n  cadence: 160 spm for 30 s, 170 spm\n  target: 170 spm\nfor: 70 s\nexpect:\n  - 20 s: low-cadence beats {}\n"


@pytest.mark.parametrize("how", ["", "at 170 spm", "at 164 spm", "60 s", "at 170 spm for 60 s"])
def test_a_beat_is_known_by_its_tempo_and_length(tmp_path: Path, how: str) -> None:
    result = outcome(tmp_path, BEAT.format(how).replace("for: 70 s", "for: 80 s"))
    assert result.passed, reasons(result)


def test_another_beat_than_expected_is_told(tmp_path: Path) -> None:
    assert reasons(outcome(tmp_path, BEAT.format("at 180 spm"))) == ["the beat goes from 164 to 170 spm"]
    long = BEAT.replace("for: 70 s", "for: 80 s")
    assert reasons(outcome(tmp_path, long.format("for 30 s"))) == ["the beat lasts 1:00"]
    assert reasons(outcome(tmp_path, long.replace("80 s", "78 s").format("for 90 s"))) == [
        "the beat still sounds when the test ends"
    ]


def test_words_beside_a_beat_wait_for_the_next_click(tmp_path: Path) -> None:
    body = SLOUCH + "  cadence: 160 spm\n  target: 160 spm\nconfig: {metronome: always}\nexpect:\n"
    result = outcome(tmp_path, body + "  - 10 s: metronome beats at 160 spm\n  - 50 s: run-tall says\n")
    assert result.passed, reasons(result)


def test_a_rule_that_is_off_plays_only_where_a_test_names_it(tmp_path: Path) -> None:
    rules = RULES.replace("    focus: posture\n", "    focus: posture\n    enabled: false\n")
    silent, named = SLOUCH + "for: 2 min\nexpect: silence\n", expect("50 s: run-tall says")
    checked = read_tests(write(tmp_path, silent, named, rules=rules))
    assert checked.file is not None
    assert [run_test(test).passed for test in checked.file.tests] == [True, True]
