"""Cue files that change during a run: what is whole and right counts, everything else leaves the rules as they were."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import count, pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cuecoach.clock import Clock
from cuecoach.coach import Coach
from cuecoach.config import bundled
from cuecoach.errors import UsageError
from cuecoach.events import Action, AudioEvent, BeatOff, Decision, Event, Note, Reload, Say, Tick
from cuecoach.feed import RecordedFeed
from cuecoach.live import FedSensor, Inbox, coach_live
from cuecoach.modelled import ModelledSound
from cuecoach.offline import coach_through
from cuecoach.reloading import CueWatcher, Loaded
from cuecoach.rules import Rule, load_cues
from cuecoach.sensors.simulator import STORIES, SimulatedRunner
from tests.bundled import config_of, rules_of
from tests.virtual_clock import VirtualClock

_moments = count(1)


def cues(say: str = "Quick feet", rule: str = "slow-feet") -> str:
    return f"version: 1\nrules:\n  {rule}:\n    when: cadence < 160 spm\n    say: {say}\n"


BAD = cues().replace("160 spm", "160")


def save(path: Path, text: str) -> None:
    """Write a file at a moment of its own: two saves never look alike, however fast the test."""
    path.write_text(text, encoding="utf-8")
    touch(path)


def touch(path: Path) -> None:
    moment = next(_moments) * 10**9
    os.utime(path, ns=(moment, moment))


class Watched:
    """A watcher on a clock whose hands the test turns: `at` is what happens to the files when, s."""

    def __init__(self, watcher: CueWatcher) -> None:
        self._watcher = watcher
        self.news: list[Reload | Note] = []

    async def through(self, seconds: float, at: dict[float, Callable[[], object]]) -> list[str]:
        """Return what was put: notes as they are, reloads as their words."""
        clock = VirtualClock()

        async def script() -> None:
            for t, do in sorted(at.items()):
                await clock.sleep_until(t)
                do()
            await clock.sleep_until(seconds)

        watching = asyncio.ensure_future(self._watcher.watch(self.news.append, clock))
        await clock.run(script())
        watching.cancel()
        with pytest.raises(asyncio.CancelledError):
            await watching
        return [news.text if isinstance(news, Note) else words(news.rules) for news in self.news]


def words(rules: Iterable[Rule]) -> str:
    return ", ".join(rule.say[0] for rule in rules)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "feet.yaml"
    save(path, cues())
    return path


# ---------------------------------------------------------------- one file
async def test_a_saved_change_counts_within_three_seconds(file: Path) -> None:
    watched = Watched(CueWatcher([file]))
    assert await watched.through(20, {5.5: lambda: save(file, cues("Light feet"))}) == ["Light feet"]
    (reload,) = watched.news
    assert isinstance(reload, Reload)
    assert 5.5 < reload.t <= 8.5
    assert reload.sources == {str(file): cues("Light feet")}


async def test_what_changes_between_making_the_watcher_and_loading_the_rules_is_not_missed(file: Path) -> None:
    watcher = CueWatcher([file])
    save(file, cues("Light feet"))
    assert await Watched(watcher).through(5, {}) == ["Light feet"]


async def test_a_file_that_is_only_touched_or_changed_back_is_no_news(file: Path) -> None:
    at = {2.5: lambda: touch(file), 6.5: lambda: save(file, cues("Light")), 7.5: lambda: save(file, cues())}
    assert await Watched(CueWatcher([file])).through(20, at) == []


async def test_a_file_in_the_middle_of_being_written_is_left_alone(file: Path) -> None:
    long = cues("Light feet") + "".join(cues("More", f"rule-{n}").split("rules:\n")[1] for n in range(9))
    cuts = range(len(cues("Light feet")), len(long), 40)  # also at places where what is there is a whole file
    at = {2.5 + n: lambda cut=cut: save(file, long[:cut]) for n, cut in enumerate(cuts)}
    at[2.5 + len(cuts)] = lambda: save(file, long)
    watched = Watched(CueWatcher([file]))
    await watched.through(40, at)
    assert [news.sources[str(file)] for news in watched.news if isinstance(news, Reload)] == [long]
    assert not any(isinstance(news, Note) for news in watched.news)


async def test_a_mistake_is_told_once_with_its_line_and_again_only_when_the_text_is_another(file: Path) -> None:
    at = {
        2.5: lambda: save(file, BAD),
        6.5: lambda: touch(file),
        10.5: lambda: save(file, BAD + "# hm\n"),
        14.5: lambda: save(file, cues("Light feet")),
    }
    first, second, third = await Watched(CueWatcher([file])).through(20, at)
    assert first.startswith(f"cue files not reloaded: {file}:4:21: C204 ")
    assert first.endswith("; the rules from before stay")
    assert second == first
    assert third == "Light feet"


async def test_a_mistake_that_is_taken_back_is_answered(file: Path) -> None:
    at = {2.5: lambda: save(file, BAD), 6.5: lambda: save(file, cues())}
    told = await Watched(CueWatcher([file])).through(20, at)
    assert [text.partition(":")[0] for text in told] == ["cue files not reloaded", "Quick feet"]


async def test_a_file_that_vanishes_keeps_its_rules_and_is_told_once(file: Path) -> None:
    at = {2.5: file.unlink, 12.5: lambda: save(file, cues("Light feet"))}
    gone, back = await Watched(CueWatcher([file])).through(20, at)
    assert gone == f"cue files not reloaded: `{file}` is gone; the rules from before stay"
    assert back == "Light feet"


async def test_an_editor_that_puts_a_new_file_in_place_of_the_old_one_is_followed(file: Path) -> None:
    def put_in_place() -> None:
        new = file.with_suffix(".tmp")
        save(new, cues("Light feet"))
        os.utime(new, ns=(file.stat().st_mtime_ns, file.stat().st_mtime_ns))
        new.replace(file)

    assert await Watched(CueWatcher([file])).through(9, {2.5: put_in_place}) == ["Light feet"]


def test_what_was_written_while_it_was_loaded_is_looked_at_again(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watcher = CueWatcher([file])
    real = watcher._load

    def slowly() -> object:
        rules = real()
        save(file, cues("Later still"))
        monkeypatch.setattr(watcher, "_load", real)
        return rules

    monkeypatch.setattr(watcher, "_load", slowly)
    save(file, cues("Light feet"))
    taken = [watcher.take() for _ in range(4) if watcher.changed()]
    assert [words(news.rules) for news in taken if isinstance(news, Loaded)] == ["Later still"]


def test_a_file_that_cannot_be_read_keeps_its_rules(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watcher = CueWatcher([file])
    real = Path.open

    def refuse(path: Path, *rest: object) -> object:
        if path == file:
            raise PermissionError(13, "Permission denied")
        return real(path, *rest)  # type: ignore[call-overload]

    touch(file)
    monkeypatch.setattr(Path, "open", refuse)
    told = [watcher.take() for _ in range(4) if watcher.changed()]
    assert [text for text in told if text] == [
        f"cue files not reloaded: `{file}` cannot be read: Permission denied; the rules from before stay"
    ]


def test_a_name_that_is_not_there_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no file"):
        CueWatcher([tmp_path / "none.yaml"])


# ---------------------------------------------------------------- folders, bundled files, translations
async def test_a_folder_is_followed_file_by_file(tmp_path: Path) -> None:
    save(tmp_path / "one.yaml", cues("One", "one"))
    at = {
        2.5: lambda: save(tmp_path / "two.yaml", cues("Two", "two")),
        6.5: (tmp_path / "one.yaml").unlink,
        10.5: (tmp_path / "two.yaml").unlink,
        14.5: lambda: save(tmp_path / "two.yaml", cues("Again", "two")),
    }
    both, fewer, none, back = await Watched(CueWatcher([tmp_path])).through(20, at)
    assert (both, fewer, back) == ("One, Two", "Two", "Again")
    assert none.startswith("cue files not reloaded: there are no cue files")


async def test_a_change_inside_a_file_of_a_folder_is_seen(tmp_path: Path) -> None:
    save(tmp_path / "one.yaml", cues("One"))
    watched = Watched(CueWatcher([tmp_path]))
    assert await watched.through(9, {2.5: lambda: save(tmp_path / "one.yaml", cues("Two"))}) == ["Two"]


async def test_a_folder_that_vanishes_keeps_its_rules(tmp_path: Path) -> None:
    folder = tmp_path / "cues"
    folder.mkdir()
    save(folder / "one.yaml", cues("One"))
    (told,) = await Watched(CueWatcher([folder])).through(9, {2.5: lambda: shutil.rmtree(folder)})
    assert told == f"cue files not reloaded: `{folder}` is gone; the rules from before stay"


async def test_bundled_names_are_watched_where_they_lie(tmp_path: Path) -> None:
    save(tmp_path / "feet.yaml", cues("One"))
    watched = Watched(CueWatcher(["feet"], search=tmp_path))
    assert await watched.through(9, {2.5: lambda: save(tmp_path / "feet.yaml", cues("Two"))}) == ["Two"]


async def test_a_translation_beside_the_file_is_watched_as_well(file: Path) -> None:
    folder = file.parent / "translations"
    folder.mkdir()

    def translate(text: str) -> None:
        save(folder / "de.yaml", f"version: 1\nlanguage: de\ntexts:\n  Quick feet: {text}\n")

    at = {2.5: lambda: translate("Flinke Füße"), 6.5: lambda: translate("Schnelle Füße")}
    watched = Watched(CueWatcher([file], language="de"))
    assert await watched.through(12, at) == ["Flinke Füße", "Schnelle Füße"]


# ---------------------------------------------------------------- whatever happens to the file
TEXTS = [cues(), cues("Light feet"), cues("Tall"), BAD, BAD + "#\n", cues()[:40], "", None]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(TEXTS), st.integers(1, 3)), max_size=12))
def test_only_what_was_whole_and_right_for_two_looks_ever_counts(
    tmp_path: Path, happenings: list[tuple[str | None, int]]
) -> None:
    file = tmp_path / "feet.yaml"
    save(file, cues())
    good = {text: load_words(tmp_path, text) for text in TEXTS if text}
    watcher, in_use, seen, refused = CueWatcher([file]), cues(), cues(), None
    for text, looks in happenings:
        if text is None:
            file.unlink(missing_ok=True)
        else:
            save(file, text)
        for _ in range(looks):
            news = watcher.take() if watcher.changed() else None
            settled, seen = text == seen, text
            expected: str | None = None
            if settled and text and good[text] and (text != in_use or refused is not None):
                in_use, refused, expected = text, None, good[text]
            elif settled and not (text and good[text]) and (text is None, text) != refused:
                refused, expected = (text is None, text), "told"
            got = words(news.rules) if isinstance(news, Loaded) else "told" if news else None
            assert got == expected


def load_words(folder: Path, text: str) -> str | None:
    path = folder / "checked.txt.yaml"
    path.write_text(text, encoding="utf-8")
    try:
        return words(load_cues([path]))
    except Exception:
        return None
    finally:
        path.unlink()


# ---------------------------------------------------------------- a whole run
class Kept(Inbox):
    """A queue that keeps what the coach took from it, as a record of the run does."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[Event] = []

    async def get(self) -> Event:
        event = await super().get()
        self.taken.append(event)
        return event


class Editing:
    """A watcher, and the person who edits the files."""

    def __init__(self, watcher: CueWatcher, at: dict[float, Callable[[], object]]) -> None:
        self._watcher, self._at = watcher, at

    async def watch(self, put: Callable[[Reload | Note], None], clock: Clock) -> None:
        async def edit() -> None:
            for t, do in sorted(self._at.items()):
                await clock.sleep_until(t)
                do()

        await asyncio.gather(edit(), self._watcher.watch(put, clock))


async def test_a_live_run_with_reloads_decides_the_same_when_its_events_are_replayed(tmp_path: Path) -> None:
    config = config_of("demo")
    files = [Path(shutil.copy(bundled("cues") / f"{name}.yaml", tmp_path)) for name in config.cues]
    posture, cadence = tmp_path / "posture.yaml", tmp_path / "cadence.yaml"
    calm = cadence.read_text(encoding="utf-8")
    at = {
        40.3: lambda: save(posture, posture.read_text(encoding="utf-8").replace("Run tall", "Grow tall")),
        70.3: lambda: save(cadence, BAD),
        95.3: lambda: save(cadence, cues("Quick feet", "other-feet")),
        150.3: lambda: save(cadence, calm),
    }
    sensed = RecordedFeed(iter(SimulatedRunner(STORIES["demo"], seed=3).advance(1e9)))
    watcher, clock, inbox, live = CueWatcher(files), VirtualClock(), Kept(), list[Action]()
    await clock.run(
        coach_live(
            Coach(config, load_cues(files)),
            [FedSensor(sensed, "sim")],
            ModelledSound(),
            clock=clock,
            inbox=inbox,
            observe=lambda t, actions: live.extend(actions),
            watcher=Editing(watcher, at),
        )
    )
    told = [a for a in live if isinstance(a, Note)]
    assert [note.text.partition(":")[0] for note in told] == ["cue files reloaded", "cue files not reloaded"] + [
        "cue files reloaded"
    ] * 2
    assert "other-feet new" in told[2].text
    assert "low-cadence gone" in told[2].text
    assert "Grow tall" in {a.text for a in live if isinstance(a, Say)}

    for name, text in ((name, bundled("cues") / f"{name}.yaml") for name in config.cues):
        shutil.copy(text, tmp_path / f"{name}.yaml")
    again = [event for event in inbox.taken if not isinstance(event, Tick | AudioEvent)]
    replayed = coach_through(Coach(config, load_cues(files)), RecordedFeed(iter(again)))
    decided = [a for a in live if a not in told or a.text.startswith("cue files reloaded")]
    end = min(decided[-1].t, replayed.duration_s)
    assert [a for a in replayed.actions if a.t < end] == [a for a in decided if a.t < end]


async def test_the_watcher_keeps_no_run_alive_and_ends_with_it(file: Path) -> None:
    clock, feed = VirtualClock(), RecordedFeed(iter([]))
    ran = await clock.run(
        coach_live(
            Coach(config_of("demo"), load_cues([file])),
            [FedSensor(feed, "none")],
            ModelledSound(),
            clock=clock,
            watcher=CueWatcher([file]),
        )
    )
    assert ran.duration_s < 1
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_fault_of_ours_in_the_watcher_is_not_swallowed(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watcher, clock = CueWatcher([file]), VirtualClock()
    monkeypatch.setattr(watcher, "changed", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        await clock.run(
            coach_live(
                Coach(config_of("demo"), load_cues([file])),
                [],
                ModelledSound(),
                clock=clock,
                until=5,
                watcher=watcher,
            )
        )


# ---------------------------------------------------------------- the coach
def coached(rules: Iterable[Rule], at: float = 100.3) -> tuple[list[Action], Coach]:
    """Coach the demo and change to other rules at a moment of it."""
    config = config_of("demo")
    coach = Coach(config, rules_of(*config.cues))
    events = [*SimulatedRunner(STORIES["demo"], seed=1).advance(1e9), Reload(at, tuple(rules))]
    return coach_through(coach, RecordedFeed(iter(sorted(events, key=lambda e: e.t)))).actions, coach


def plain() -> list[Action]:
    config = config_of("demo")
    feed = RecordedFeed(iter(SimulatedRunner(STORIES["demo"], seed=1).advance(1e9)))
    return coach_through(Coach(config, rules_of(*config.cues)), feed).actions


@settings(max_examples=6, deadline=None)
@given(st.floats(0, 200))
def test_the_same_rules_again_change_no_decision(at: float) -> None:
    actions, _ = coached(rules_of(*config_of("demo").cues), at)
    assert [a for a in actions if not isinstance(a, Note)] == plain()
    assert [a.text for a in actions if isinstance(a, Note)] == ["cue files reloaded: no rule is different"]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 200), st.integers(0, 2**20)), max_size=8))
def test_no_edits_whatever_break_the_run_its_gaps_or_its_one_voice(edits: list[tuple[float, int]]) -> None:
    config = config_of("demo")
    rules = rules_of(*config.cues)

    def edited(seed: int) -> tuple[Rule, ...]:
        """Leave some rules out, take words away from some, and let some wait for less."""
        kept = [rule for n, rule in enumerate(rules) if not seed >> n & 1]
        return tuple(
            replace(rule, say=rule.say[:1], if_no_change=None, hold_s=rule.hold_s / 2, beat_s=None)
            if seed >> (n + 8) & 1
            else rule
            for n, rule in enumerate(kept)
        )

    events: list[Event] = [Reload(at, edited(seed)) for at, seed in edits]
    events = sorted([*SimulatedRunner(STORIES["demo"], seed=1).advance(1e9), *events], key=lambda e: e.t)
    run = coach_through(Coach(config, rules), RecordedFeed(iter(events)))
    assert sum(isinstance(a, Note) for a in run.actions) == len(edits)
    phrases = [(say.at, say.at + say.duration) for say in run.spoken]
    assert all(end <= start for (_, end), (start, _) in pairwise(phrases))
    spoken = [d.t for d in run.decisions if d.outcome == "spoken"]
    assert all(b - a >= config.caps.gap - 1 for a, b in pairwise(spoken))


def test_a_beat_that_no_rule_asks_for_any_more_ends() -> None:
    beat = next(a for a in plain() if type(a).__name__ == "Beat")
    others = [rule for rule in rules_of(*config_of("demo").cues) if rule.id != beat.rule]
    actions, _ = coached(others, beat.t + 2.1)
    assert next(a.t for a in actions if isinstance(a, BeatOff)) == beat.t + 2.25
    assert not [a for a in actions if getattr(a, "rule", "") == beat.rule and a.t > beat.t + 2.25]


def test_a_reload_counts_from_the_first_tick_after_it_in_whatever_order_they_come() -> None:
    def first_note(*events: Event) -> list[Note]:
        config = config_of("demo")
        coach = Coach(config, rules_of(*config.cues))
        return [a for e in events for a in coach.handle(e) if isinstance(a, Note)]

    reload = Reload(10.0, ())
    for events in ((reload, Tick(10.0), Tick(10.25)), (Tick(10.0), reload, Tick(10.25))):
        (note,) = first_note(Tick(9.75), *events)
        assert note.t == 10.25


def test_metrics_that_only_new_rules_ask_for_are_learnt_from_then_on(file: Path) -> None:
    file.write_text(cues().replace("cadence < 160 spm", "impact > 9 g"), encoding="utf-8")
    actions, coach = coached(load_cues([file]), at=0.1)
    assert coach.signals.baseline("cadence") is not None
    assert [rule.id for rule in coach.rules] == ["slow-feet"]
    assert {a.outcome for a in actions if isinstance(a, Decision) and a.rule == "slow-feet"} == {
        "gated",
        "no fresh data",
    }
