"""Cue files edited during `cuecoach run`, seconds of it on the real clock; and new words made ready beside the run."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cuecoach import reloading
from cuecoach.cli import rehearsal
from cuecoach.cli.panel import Panel
from cuecoach.cli.rehearsal import Rehearsal, in_thread
from cuecoach.config import RunConfig
from cuecoach.events import Action
from cuecoach.rules import Rule, compile_expression
from cuecoach.rules.rule import Recording

RUN = ("run", "mute.yaml", "--sensor", "sim:demo", "--audio", "off", "--for", "2 s")
#: Said once, at the start.
MUTE = "note: the voice is switched off; cues are printed and marked by a short sound\n"


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Do something at the third tick of a run, in which the files are looked at ten times as often as in life."""
    monkeypatch.setattr(reloading, "EVERY_S", 0.1)
    update, todo = Panel.update, list[Callable[[], object]]()

    def act(panel: Panel, t: float, actions: list[Action]) -> None:
        update(panel, t, actions)
        if t >= 0.5 and todo:
            todo.pop()()

    monkeypatch.setattr(Panel, "update", act)
    return todo.append


def edit(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


@pytest.mark.live
def test_a_cue_file_saved_during_the_run_counts_and_that_is_said(cuecoach, files, later):
    later(lambda: edit(files / "feet.yaml", "slow-feet", "lazy-feet"))
    done = cuecoach(*RUN)
    assert done.code == 0
    assert done.err == MUTE + "note: cue files reloaded: lazy-feet new, slow-feet gone\n"
    assert "silent: lazy-feet" in done.out


@pytest.mark.live
def test_a_mistake_saved_during_the_run_is_told_and_the_run_goes_on(cuecoach, files, later):
    later(lambda: edit(files / "feet.yaml", "160 spm", "160"))
    done = cuecoach(*RUN)
    assert done.code == 0
    assert done.err.startswith(MUTE + "note: cue files not reloaded: feet.yaml:4:21: C204 ")
    assert done.err.count("\n") == 2
    assert "silent: slow-feet" in done.out


@pytest.mark.live
def test_with_no_reload_the_files_are_left_alone(cuecoach, files, later):
    later(lambda: edit(files / "feet.yaml", "slow-feet", "lazy-feet"))
    done = cuecoach(*RUN, "--no-reload")
    assert (done.code, done.err) == (0, MUTE)
    assert "silent: slow-feet" in done.out


@pytest.mark.live
def test_a_recording_at_the_speed_of_life_is_coached_by_what_is_saved_meanwhile(cuecoach, files, later):
    rows = "".join(f"{t / 4},170,3.0\n" for t in range(9))
    (files / "short.csv").write_text(f"t,cadence,speed\n{rows}", encoding="utf-8")
    later(lambda: edit(files / "feet.yaml", "slow-feet", "lazy-feet"))
    done = cuecoach("replay", "short.csv", "mute.yaml", "--realtime")
    assert done.code == 0
    assert "note: cue files reloaded: lazy-feet new, slow-feet gone\n" in done.err


# ---------------------------------------------------------------- new words
class Ear:
    """A sound that learns words."""

    def __init__(self) -> None:
        self.words: dict[str, object] = {}

    def add_words(self, words: dict[str, object]) -> None:
        self.words.update(words)


RULE = Rule("run-tall", compile_expression("pelvic_tilt > 10 deg"), say=("Run tall",), praise="Tall.")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which rules the voice was asked for, each once; the voice says it is hoarse."""
    rules: list[str] = []

    def words_of(new, config, notices):
        rules.extend(rule.id for rule in new)
        return {text: np.zeros(1, np.float32) for rule in new for text in rule.cues}, "the voice is hoarse"

    monkeypatch.setattr(rehearsal, "words_of", words_of)
    return rules


async def test_only_rules_with_new_words_are_rehearsed_each_once(asked):
    sound = Ear()
    rehearse = Rehearsal(None, sound, RunConfig(), [RULE]).rehearse  # type: ignore[arg-type]
    other = replace(RULE, id="other", say=("Grow", "Run tall"))
    assert await rehearse([RULE, replace(RULE, cooldown_s=1.0)]) is None
    assert asked == []
    assert await rehearse([RULE, other]) == "the voice is hoarse"
    assert asked == ["other"]
    assert list(sound.words) == ["Grow", "Run tall"]
    assert await rehearse([other]) is None
    assert await rehearse([replace(RULE, recordings={"Run tall": Recording("tall.wav", 1.0)})]) is None  # told before
    assert asked == ["other", "run-tall"]


async def test_slow_work_does_not_hold_up_the_loop():
    release = threading.Event()
    working = asyncio.ensure_future(in_thread(lambda: release.wait(5)))
    await asyncio.sleep(0.01)
    assert not working.done()
    release.set()
    assert await working is True


async def test_a_fault_in_slow_work_comes_out_where_it_is_waited_for():
    with pytest.raises(ZeroDivisionError):
        await in_thread(lambda: 1 / 0)


def test_the_end_of_a_run_does_not_wait_for_slow_work():
    release, began = threading.Event(), time.monotonic()

    async def run() -> None:
        working = asyncio.ensure_future(in_thread(lambda: release.wait(5)))
        await asyncio.sleep(0.01)
        working.cancel()

    asyncio.run(run())
    assert time.monotonic() - began < 2
    release.set()
