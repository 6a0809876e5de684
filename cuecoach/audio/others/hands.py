"""Joins agenda, sound server, players and book: what the helper process does at each moment, and how it undoes it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from cuecoach.audio.others.agenda import Agenda
from cuecoach.audio.others.book import Book, Entries, OthersError, Paused, TurnedDown
from cuecoach.audio.others.ducker import Ducker
from cuecoach.audio.others.mend import mend_streams
from cuecoach.audio.others.messages import Heard, Mode, Note, Output, Ready, Report
from cuecoach.audio.others.players import RESUME_WITHIN_S, Players
from cuecoach.audio.others.server import SoundServer

#: From one volume of a ramp to the next, s: steps of half a dB are not heard as steps.
_STEP_S: Final = 0.02
#: How often new streams are looked for while all is down, s.
_LOOK_S: Final = 0.1
#: How often the output is looked at, and a server that is gone looked for, s.
_SLOW_S: Final = 1.0


class Hands:
    """What is done to other programs; `step` when `next_step` says so, `finish` at the end whatever happens.

    Parameters
    ----------
    mode
        What to do while words are heard; `check` only looks what could be done.
    headphones_only
        Whether to tell where the sound goes.
    own
        Tells by its process id whether a stream is ours.
    book
        Where changes are written down, locked for us; None when nothing is to be changed.
    say
        Where reports go.
    """

    def __init__(
        self,
        mode: Mode,
        *,
        headphones_only: bool,
        own: Callable[[int], bool],
        book: Book | None,
        say: Callable[[Report], None],
    ) -> None:
        self._mode, self._say, self._book = mode, say, book
        self._watch_output = headphones_only
        self._own = own
        self._agenda = Agenda()
        self._behind = book.read() if book else Entries()
        self._paused: tuple[Paused, ...] = ()
        self._lowered: tuple[TurnedDown, ...] = ()
        self._retry_at = self._look_at = 0.0
        self._told: set[str] = set()
        self._quiet = False
        self._server: SoundServer | None = None
        self._players: Players | None = None
        lowers = mode in ("duck", "check") or headphones_only or bool(self._behind.streams)
        self._duck_problem = self._reach_server() if lowers else None
        pauses = mode in ("pause", "check") or bool(self._behind.players)
        self._pause_problem = self._reach_players() if pauses else None
        self._ducker = Ducker(self._server, self._write_lowered) if self._server is not None else None

    def _reach_server(self) -> str | None:
        try:
            self._server = SoundServer(self._own)
            _ = self._server.id
        except OthersError as error:
            return str(error)
        return None

    def _reach_players(self) -> str | None:
        try:
            self._players = Players()
        except OthersError as error:
            return str(error)
        return None

    def begin(self) -> bool:
        """Undo what a run before has left, tell what works, and return whether there is anything to go on for."""
        if self._book and self._book.is_open and self._behind == Entries():
            self._note("what a run that broke off has turned down is not known any more; look at your players' volumes")
            self._write()
        self._told |= {problem for problem in (self._duck_problem, self._pause_problem) if problem}
        self._mend()
        self._say(Ready(self._duck_problem, self._pause_problem))
        works = (self._mode == "duck" and self._server) or (self._mode == "pause" and self._players)
        return bool(works) or (self._watch_output and self._server is not None)

    # ------------------------------------------------------------ at each moment
    def take(self, heard: Heard, now: float) -> None:
        """Take a word from the parent about our own words."""
        if heard.kind == "coming":
            self._agenda.add(heard.id, now + heard.in_s, heard.length_s)
        else:
            self._agenda.over(heard.id, now + heard.in_s)

    def next_step(self, now: float) -> float | None:
        """Return in how many seconds `step` is to be called at the latest, None when only a message matters."""
        times: list[float] = []
        if self._ducker is not None and self._ducker.busy:
            times.append(_STEP_S if self._ducker.moving or not self._quiet else _LOOK_S)
        elif self._quiet and self._mode == "duck":
            times.append(_LOOK_S)
        change = self._agenda.next_change(now)
        if change is not None:
            times.append(change - now)
        if self._watch_output:
            times.append(self._look_at - now)
        if self._may_mend():
            times.append(self._retry_at - now)
        return max(min(times), 0.0) if times else None

    def step(self, now: float) -> None:
        """Do what is due."""
        before, self._quiet = self._quiet, self._agenda.wants_quiet(now)
        due = now >= self._retry_at
        if due and self._may_mend():
            # Before anything else goes down: what is down already would be taken for what it was before.
            self._retry_at = now if self._mend() else now + _SLOW_S
        try:
            if self._mode == "duck" and self._ducker is not None and due and not self._behind.streams:
                self._ducker.step(now, down=self._quiet)
            elif self._mode == "pause" and self._players is not None and self._quiet != before:
                self._pause_or_resume(self._players)
        except OthersError as error:
            self._give_up(str(error), now)
        if self._watch_output and now >= self._look_at:
            self._look_at = now + _SLOW_S
            self._look()

    def finish(self) -> None:
        """Bring everything back, the streams in a ramp."""
        self._agenda.clear()
        now = time.monotonic()
        self._retry_at = 0.0
        self.step(now)
        while self._ducker is not None and self._ducker.busy:
            time.sleep(_STEP_S)
            self.step(time.monotonic())
        if self._server is not None:
            self._server.close()
        if self._players is not None:
            self._players.close()

    # ------------------------------------------------------------ parts
    def _pause_or_resume(self, players: Players) -> None:
        if self._quiet:
            self._paused = players.pause(self._write_paused)
        elif self._paused:
            players.resume(self._paused)
            self._write_paused(())

    def _look(self) -> None:
        assert self._server is not None
        try:
            output = self._server.output()
        except OthersError:
            self._say(Output(worn=False, name="no sound server"))
        else:
            self._say(Output(worn=output.is_worn, name=output.name))

    def _give_up(self, why: str, now: float) -> None:
        """Go on without the server or the bus for a while; what is not undone stays in the book."""
        self._note(why)
        self._retry_at = now + _SLOW_S
        streams = {(each.server, each.index): each for each in (*self._behind.streams, *self._lowered)}
        self._behind = Entries(tuple(streams.values()), (*self._behind.players, *self._paused))
        self._lowered = self._paused = ()
        if self._ducker is not None:
            self._ducker.forget()

    def _may_mend(self) -> bool:
        """Return whether something waits to be undone that can be now: no player goes on under words."""
        return bool(self._behind.streams or (self._behind.players and not self._quiet))

    def _mend(self) -> bool:
        """Undo what is in the book from before; return whether nothing is left of it."""
        behind = self._behind
        if behind.streams and self._server is not None:
            try:
                mended = mend_streams(behind.streams, self._server)
            except OthersError as error:
                self._note(str(error))
                return False
            for program in mended:
                self._note(f"`{program}` was still turned down; it is as loud as before again")
            behind = replace(behind, streams=())
        players = behind.players if self._quiet else self._resume_late(behind.players)
        behind = replace(behind, players=players)
        if behind != self._behind:
            self._behind = behind
            try:
                self._write()
            except OthersError as error:
                self._note(str(error))
        return behind == Entries()

    def _resume_late(self, players: tuple[Paused, ...]) -> tuple[Paused, ...]:
        """Let players go on that a run has left paused, and return those that cannot be reached yet."""
        # One that begins long after the run would startle.
        recent = tuple(player for player in players if time.time() - player.since <= RESUME_WITHIN_S)
        if not recent or self._players is None:
            return recent
        try:
            for title in self._players.resume(recent):
                self._note(f"`{title}` was still paused; it goes on")
        except OthersError as error:
            self._note(str(error))
        return ()

    def _write_lowered(self, lowered: tuple[TurnedDown, ...]) -> None:
        self._lowered = lowered
        self._write()

    def _write_paused(self, paused: tuple[Paused, ...]) -> None:
        self._paused = paused
        self._write()

    def _write(self) -> None:
        streams, players = self._behind.streams, self._behind.players
        assert self._book is not None
        self._book.write(Entries((*streams, *self._lowered), (*players, *self._paused)))

    def _note(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self._say(Note(text))
