"""Cue files that change during a run: watched beside it, and their new words made ready in a thread of their own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import TypeVar

from cuecoach.cli.prompted_sound import PromptedSound
from cuecoach.clock import Clock
from cuecoach.config import RunConfig
from cuecoach.events import Note, Reload
from cuecoach.livesound import LiveSound
from cuecoach.reloading import CueWatcher
from cuecoach.rendering import words_of
from cuecoach.rules import Rule
from cuecoach.rules.rule import Recording

T = TypeVar("T")


class Rehearsal:
    """A watcher of cue files that teaches the sound new words; until they are known, a short sound stands for them.

    Parameters
    ----------
    watcher
        Finds the changes.
    sound
        Learns the words.
    config
        Whose voice.
    rules
        What the sound knows already.
    told
        Why words are only short sounds, where that was said before.
    """

    def __init__(
        self,
        watcher: CueWatcher,
        sound: LiveSound | PromptedSound,
        config: RunConfig,
        rules: Iterable[Rule],
        told: str | None = None,
    ) -> None:
        self._watcher = watcher
        self._sound = sound
        self._config = config
        self._told = told
        self._known = {known for rule in rules for known in _texts(rule)}

    async def watch(self, put: Callable[[Reload | Note], None], clock: Clock) -> None:
        """Put what became of the files, until cancelled."""
        await self._watcher.watch(put, clock, aside=in_thread, rehearse=self.rehearse)

    async def rehearse(self, rules: Sequence[Rule]) -> str | None:
        """Make the words of new rules ready; return why they are only short sounds, unless that was told before."""
        new = [rule for rule in rules if not self._known.issuperset(_texts(rule))]
        if not new:
            return None
        words, problem = await in_thread(lambda: words_of(new, self._config, notices=()))
        self._sound.add_words(words)
        self._known.update(known for rule in new for known in _texts(rule))
        told, self._told = self._told, problem or self._told
        return problem if problem != told else None


def _texts(rule: Rule) -> set[tuple[str, Recording | None]]:
    """Return what a rule may say, and whether that is a recording."""
    texts = (*rule.cues, *((rule.praise,) if rule.praise else ()))
    return {(text, rule.recordings.get(text)) for text in texts}


async def in_thread(work: Callable[[], T]) -> T:
    """Do slow work beside the event loop, in a thread that no end of a run waits for."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if done.done():  # cancelled: nobody waits any more
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)  # pyright: ignore[reportArgumentType]

    def run() -> None:
        result, fault = None, None
        try:
            result = work()
        except Exception as error:
            fault = error
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(settle, result, fault)

    threading.Thread(target=run, name="cuecoach-aside", daemon=True).start()
    return await done
