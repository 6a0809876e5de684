"""Two coachings of one run side by side."""

from cuecoach.comparing import NEAR_S, Cue, compare, cues_of
from cuecoach.events import Action, Beat, Decision, Say
from cuecoach.offline import Replay
from cuecoach.rules import compile_expression
from cuecoach.rules.rule import Rule

TALL = Rule("run-tall", compile_expression("pelvic_tilt > 5 deg"), say=("Run tall",))
BEAT = Rule("raise-cadence", compile_expression("cadence < 160 spm"), beat_s=60.0)


def cue(t: float, rule: str = "run-tall", text: str = "Run tall") -> list[Action]:
    return [
        Decision(t, rule, "spoken", "pelvic_tilt 9 deg > 5 deg", text),
        Say(t, t + 0.3, 1, rule, text, 0.8),
    ]


def run(*actions: list[Action], rules=(TALL,)) -> Replay:
    return Replay([a for some in actions for a in some], 600.0, rules=rules)


def test_cues_are_words_and_beats_that_rules_asked_for_and_no_praise():
    beat: list[Action] = [
        Decision(50.0, "raise-cadence", "spoken", "slow", "beat at 165 spm"),
        Beat(50.0, 51.0, 2, "raise-cadence", 165.0),
        Beat(60.0, 61.0, 3, "raise-cadence", 166.0),
    ]
    praise: list[Action] = [Say(30.0, 30.0, 4, "run-tall", "Tall.", 0.5, "praise")]
    found = cues_of(run(cue(10.0), praise, beat))
    assert found == [
        Cue(10.3, "run-tall", "Run tall", "pelvic_tilt 9 deg > 5 deg"),
        Cue(51.0, "raise-cadence", "beat at 165 spm", "slow"),
    ]


def test_a_cue_a_little_later_is_the_same_cue():
    same = compare(run(cue(100.0)), run(cue(100.0 + NEAR_S)), ("a", "b"))
    assert not same.changes
    assert "nothing changes" in same.lines()[0]
    other = compare(run(cue(100.0)), run(cue(100.0 + NEAR_S + 1)), ("a", "b"))
    assert [change.added for change in other.changes] == [False, True]
    assert other.totals == (1, 1)


def test_a_cue_that_is_gone_says_what_its_rule_did_instead():
    holding: list[Action] = [Decision(90.0, "run-tall", "holding", "holding (10 of 30 s)")]
    found = compare(run(cue(100.0)), run(holding), ("old.yaml", "new.yaml"))
    assert found.lines()[0] == "old.yaml: 1 cue → new.yaml: 0 cues."
    assert "1:40" in found.lines()[-1]
    assert found.lines()[-1].endswith("now holding (10 of 30 s)")
    assert found.to_json()["changes"] == [
        {"t": 100.3, "rule": "run-tall", "text": "Run tall", "change": "removed", "why": "now holding (10 of 30 s)"}
    ]


def test_a_rule_that_is_not_there_is_said_to_be_missing():
    found = compare(run(cue(100.0)), run(rules=(BEAT,)), ("a", "b"))
    assert found.changes[0].why == "the rule is not there"
    assert found.counts == {"run-tall": (1, 0)}


def test_each_cue_has_one_partner_only():
    found = compare(run(cue(100.0), cue(105.0)), run(cue(103.0)), ("a", "b"))
    assert found.totals == (2, 1)
    assert len(found.changes) == 1
