"""Media players, paused and resumed over the session bus (MPRIS): those that play, and only what the person left alone."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from cuecoach.audio.others.book import OthersError, Paused

MPRIS_PREFIX: Final = "org.mpris.MediaPlayer2."
MPRIS_PLAYER: Final = "org.mpris.MediaPlayer2.Player"
MPRIS_OBJECT: Final = "/org/mpris/MediaPlayer2"
#: The coach itself, as a player whose button asks for quiet: it is not to pause itself.
OWN_NAME: Final = f"{MPRIS_PREFIX}cuecoach"
#: Speaks for other players, which are here under their own names too.
_DEPUTY: Final = "org.mpris.MediaPlayer2.playerctld"
#: All that is done at once must be done by then, s; a player that hangs is left behind.
_PATIENCE_S: Final = 1.0
#: After a run that broke off, a player starts again only if that was so short ago, s: later it would startle.
RESUME_WITHIN_S: Final = 600.0

_T = TypeVar("_T")


def bus_address() -> str | None:
    """Return where the session bus is: as the environment says, else where systemd puts it."""
    told = os.environ.get("DBUS_SESSION_BUS_ADDRESS")
    if told:
        return told
    folder = os.environ.get("XDG_RUNTIME_DIR")
    usual = Path(folder) / "bus" if folder else None
    return f"unix:path={usual}" if usual and usual.exists() else None


def _may_be_paused(name: str) -> bool:
    """Whether a name on the bus is that of a player of its own, and not the coach's."""
    ours = name == OWN_NAME or name.startswith(f"{OWN_NAME}.")
    return name.startswith(MPRIS_PREFIX) and name != _DEPUTY and not ours


class Players:
    """A connection to the players of this session; made at once, for one thread.

    Raises
    ------
    OthersError
        There is no session bus here, or no `dbus-fast`.
    """

    def __init__(self) -> None:
        try:
            from dbus_fast import Message, MessageType
            from dbus_fast.aio import MessageBus
            from dbus_fast.errors import DBusFastError
        except ImportError:
            raise OthersError(
                "media players cannot be paused without dbus-fast; type `pip install 'cuecoach[others]'`"
            ) from None
        address = bus_address()
        if address is None:
            raise OthersError("media players cannot be paused: there is no session bus; run cuecoach from your desktop")
        self._make, self._types = Message, MessageType
        self._errors = (TimeoutError, EOFError, OSError, DBusFastError)
        self._loop = asyncio.Runner()
        #: Players that have begun to play although we paused them: the person's own doing. By owner.
        self._touched: set[str] = set()

        async def connect() -> Any:
            bus = await MessageBus(bus_address=address).connect()
            bus.add_message_handler(self._hear)
            return bus

        try:
            self._bus = self._run(connect())
            self._id: str = self._run(self._ask("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "GetId"))[0]
            match = f"type='signal',interface='org.freedesktop.DBus.Properties',path='{MPRIS_OBJECT}'"
            self._run(self._ask("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "AddMatch", match))
        except (OthersError, IndexError) as error:
            self.close()
            raise OthersError("media players cannot be paused: the session bus does not answer") from error

    def close(self) -> None:
        """Let the bus go."""
        bus = getattr(self, "_bus", None)
        if bus is not None:
            bus.disconnect()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Do something on the bus, in time.

        Raises
        ------
        OthersError
            It took too long, or the bus is gone.
        """
        try:
            return self._loop.run(asyncio.wait_for(work, _PATIENCE_S))
        except self._errors as error:
            raise OthersError("the session bus does not answer") from error

    async def _ask(self, name: str, path: str, interface: str, member: str, *texts: str) -> list[Any]:
        """Call a method with texts, and return what it answers; nothing when it refuses."""
        message = self._make(
            destination=name,
            path=path,
            interface=interface,
            member=member,
            signature="s" * len(texts),
            body=list(texts),
        )
        reply = await self._bus.call(message)
        return reply.body if reply is not None and reply.message_type is self._types.METHOD_RETURN else []

    def _hear(self, message: Any) -> None:
        if (
            message.member == "PropertiesChanged"
            and message.signature == "sa{sv}as"
            and message.body[0] == MPRIS_PLAYER
        ):
            status = message.body[1].get("PlaybackStatus")
            if status is not None and status.value == "Playing":
                self._touched.add(message.sender)

    async def _property(self, name: str, which: str, interface: str = MPRIS_PLAYER) -> Any:
        answer = await self._ask(name, MPRIS_OBJECT, "org.freedesktop.DBus.Properties", "Get", interface, which)
        return answer[0].value if answer else None

    async def _owner(self, name: str) -> str:
        answer = await self._ask("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "GetNameOwner", name)
        return answer[0] if answer else ""

    # ------------------------------------------------------------ what others call
    def pause(self, write: Callable[[tuple[Paused, ...]], None]) -> tuple[Paused, ...]:
        """Pause all that play; return them.

        Parameters
        ----------
        write
            Puts what is to be undone on disk, before it is done.

        Raises
        ------
        OthersError
            The bus is gone, or nothing can be written.
        """
        playing = self._run(self._playing())
        if playing:
            write(playing)
            self._run(self._tell_all([player.name for player in playing], "Pause"))
            # What they say until here is about before.
            self._touched.clear()
        return playing

    async def _playing(self) -> tuple[Paused, ...]:
        answer = await self._ask("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "ListNames")
        names = [name for name in (answer[0] if answer else []) if _may_be_paused(name)]

        async def look(name: str) -> Paused | None:
            # One that hangs must not keep the others from being paused.
            try:
                async with asyncio.timeout(_PATIENCE_S / 3):
                    if await self._property(name, "PlaybackStatus") != "Playing":
                        return None
                    if not await self._property(name, "CanPause"):
                        return None
                    title = await self._property(name, "Identity", "org.mpris.MediaPlayer2")
                    owner = await self._owner(name)
            except TimeoutError:
                return None
            return Paused(self._id, name, owner, str(title or name.removeprefix(MPRIS_PREFIX)), time.time())

        found = await asyncio.gather(*map(look, names))
        return tuple(player for player in found if player is not None)

    async def _tell_all(self, names: Sequence[str], what: str) -> None:
        async def tell(name: str) -> None:
            message = self._make(destination=name, path=MPRIS_OBJECT, interface=MPRIS_PLAYER, member=what)
            try:
                await asyncio.wait_for(self._bus.call(message), _PATIENCE_S / 2)
            except TimeoutError:
                return  # it hangs; it has the message and may follow it later

        await asyncio.gather(*map(tell, names))

    def resume(self, players: Sequence[Paused]) -> list[str]:
        """Let go on what we paused and nobody has touched; return what they call themselves.

        Raises
        ------
        OthersError
            The bus is gone.
        """

        async def still_ours(player: Paused) -> bool:
            if player.bus != self._id or await self._owner(player.name) != player.owner:
                return False  # started anew since then
            status = await self._property(player.name, "PlaybackStatus")
            return status == "Paused" and player.owner not in self._touched

        async def go_on() -> list[str]:
            ours = [player for player in players if await still_ours(player)]
            await self._tell_all([player.name for player in ours], "Play")
            return [player.title for player in ours]

        return self._run(go_on()) if players else []
