"""Words that are made beside a run: the likeliest first, what is due before them, and nothing waits."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from cuecoach.cli.prompted_sound import WAIT_S, PromptedSound
from cuecoach.cli.words_ahead import WordsAhead, likeliest, settle
from cuecoach.config import RunConfig
from cuecoach.errors import UsageError
from cuecoach.events import Beat, Hush, Say
from cuecoach.rules import Rule, compile_expression
from cuecoach.rules.rule import NoChange

RUNNING = compile_expression("running")


class Bank:
    """A bank whose voice says a text when it is let."""

    def __init__(self, kept: tuple[str, ...] = (), problem: str | None = None) -> None:
        self.may = threading.Semaphore(0)
        self.begun = threading.Event()
        self.made: list[str] = []
        self.old, self.problem, self.closed = kept, problem, False

    def note_kind(self, text: str, kind: str) -> None:
        pass

    def kept(self, text: str) -> np.ndarray | None:
        return np.zeros(1, np.float32) if text in self.old else None

    def samples(self, text: str) -> np.ndarray:
        self.begun.set()
        assert self.may.acquire(timeout=10)
        self.begun.clear()
        self.made.append(text)
        if text == "bug":
            raise ZeroDivisionError
        if text == "cough":
            self.problem = "the voice could not say “cough”"
        return np.ones(1, np.float32)

    def close(self) -> None:
        self.closed = True


class Sound:
    """Notes what it is given."""

    def __init__(self) -> None:
        self.sent: list[object] = []
        self.words: set[str] = set()
        self.closed, self.problem, self.latency_s = False, None, 0.1

    def session_time(self) -> float:
        return 0.0

    def add_words(self, words) -> None:
        self.words.update(words)

    def send(self, action) -> None:
        self.sent.append((action, action.text in self.words) if isinstance(action, Say) else action)

    def poll(self, now: float) -> list:
        return []

    def close(self) -> None:
        self.closed = True


def say(text: str, t: float = 1.0, id_: int = 1) -> Say:
    return Say(t, t, id_, "rule", text, 1.0)


def ahead(bank: Bank, *texts: str) -> WordsAhead:
    return WordsAhead([(text, "cue") for text in texts], lambda: bank)


def finish(words: WordsAhead, bank: Bank) -> None:
    bank.may.release(100)
    assert words.wait(10)


# ---------------------------------------------------------------- in which order
def test_first_words_go_first_the_urgent_ones_before_and_rules_that_are_off_last():
    calm = Rule("calm", RUNNING, say=("A", "B"), if_no_change=NoChange(("C",), ("D",)), praise="P", priority=1)
    urgent = Rule("urgent", RUNNING, say=("U",), priority=3)
    off = Rule("off", RUNNING, say=("X",), praise="Y", priority=3, enabled=False)
    order = likeliest([off, calm, urgent], ["N"])
    assert [text for text, _ in order] == ["U", "A", "N", "P", "B", "C", "D", "Y", "X"]
    assert dict(order)["P"] == "praise"
    assert dict(order)["N"] == "notice"
    assert likeliest([calm], ["N"], notices_first=True)[0] == ("N", "notice")
    assert likeliest([Rule("beat", RUNNING)], []) == []


def test_kept_words_come_before_any_is_made_and_what_is_due_is_made_next():
    bank = Bank(kept=("old",))
    words = ahead(bank, "first", "second", "third", "old")
    assert bank.begun.wait(10)
    assert set(words.take()) == {"old"}
    assert not words.finished
    words.hurry("third")
    words.hurry("unknown")
    finish(words, bank)
    assert bank.made == ["first", "third", "second"]
    assert set(words.take()) == {"first", "second", "third"}
    assert (words.ready, words.total, bank.closed) == (4, 4, True)


def test_an_end_comes_after_the_phrase_that_is_being_made():
    bank = Bank()
    words = ahead(bank, "first", "second")
    assert bank.begun.wait(10)
    closing = threading.Thread(target=words.close)
    closing.start()
    assert words._ending.wait(10)
    bank.may.release(2)
    closing.join()
    assert bank.made == ["first"]
    assert bank.closed


def test_a_fault_of_ours_is_not_lost_in_the_thread():
    bank = Bank()
    words = ahead(bank, "bug")
    finish(words, bank)
    with pytest.raises(ZeroDivisionError):
        words.take()
    assert bank.closed


def test_an_engine_that_does_not_exist_is_refused_at_once():
    with pytest.raises(UsageError, match="did you mean `piper`"):
        WordsAhead.of((), RunConfig.model_validate({"voice": {"engine": "pipr"}}), ())


# ---------------------------------------------------------------- beside the sound
@pytest.fixture
def told() -> list[str]:
    return []


def prompted(bank: Bank, told: list[str], *texts: str) -> tuple[PromptedSound, Sound, WordsAhead]:
    sound, words = Sound(), ahead(bank, *texts)
    return PromptedSound(sound, words, told.append), sound, words


def test_words_that_are_made_in_time_are_heard_as_words(told):
    bank = Bank()
    live, sound, words = prompted(bank, told, "Run tall", "Light feet")
    beat = Beat(1.0, 1.0, 9, "m", 170.0)
    live.send(say("Light feet"))
    live.send(beat)
    assert sound.sent == [beat]  # only the words wait
    finish(words, bank)
    assert sorted(bank.made) == ["Light feet", "Run tall"]
    live.poll(1.25)
    assert sound.sent == [beat, (say("Light feet"), True)]
    live.send(say("Run tall", 2.0))
    assert sound.sent[-1] == (say("Run tall", 2.0), True)


def test_words_that_are_not_made_in_time_are_a_short_sound(told):
    bank = Bank()
    live, sound, words = prompted(bank, told, "Run tall")
    live.send(say("Run tall"))
    live.poll(1.0 + WAIT_S - 0.26)
    assert sound.sent == []
    live.poll(1.25)
    assert sound.sent == [(say("Run tall"), False)]
    finish(words, bank)


def test_words_that_are_due_later_are_waited_for_until_then(told):
    bank = Bank()
    live, sound, words = prompted(bank, told, "Run tall")
    later = Say(1.0, 3.0, 1, "rule", "Run tall", 1.0)
    live.send(later)
    live.poll(2.75)
    assert sound.sent == []
    finish(words, bank)
    live.poll(3.0)
    assert sound.sent == [(later, True)]


def test_quiet_ends_words_that_wait_as_well(told):
    bank = Bank()
    live, sound, words = prompted(bank, told, "Run tall")
    live.send(say("Run tall"))
    live.send(Hush(1.1, 1.1))
    assert sound.sent == [(say("Run tall"), False), Hush(1.1, 1.1)]
    finish(words, bank)


def test_words_that_nobody_makes_do_not_wait(told):
    bank = Bank()
    live, sound, words = prompted(bank, told)
    assert words.wait(10)
    live.send(say("from a changed file"))
    assert sound.sent == [(say("from a changed file"), False)]
    live.add_words({"from a changed file": np.ones(1, np.float32)})
    live.send(say("from a changed file"))
    assert sound.sent[-1][1]


def test_what_is_wrong_with_the_words_is_told_once(told):
    bank = Bank()
    live, sound, words = prompted(bank, told, "cough")
    finish(words, bank)
    live.poll(1.0)
    live.poll(1.25)
    live.close()
    assert told == ["the voice could not say “cough”"]
    assert sound.closed


# ---------------------------------------------------------------- before the run
def test_a_moment_is_given_to_the_words_and_no_more(told):
    bank = Bank(kept=("old",))
    words = ahead(bank, "old", "new", "newer")
    late = settle(words, patience_s=0.0)
    assert late == "2 of 3 phrases are still being made; until then a short sound stands for them"
    finish(words, bank)
    assert settle(words) is None
