"""The play and pause button of a headset, as quiet: on the session bus the coach is a player that plays while it may speak.

The interface is MPRIS 2.2 (specifications.freedesktop.org/mpris-spec). Without a bus, or without `dbus-fast`, nothing happens.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, Literal, TypeAlias

from cuecoach.audio.others.players import MPRIS_OBJECT, MPRIS_PLAYER, OWN_NAME, bus_address

#: What a button asks for: quiet, an end of it, or whichever of both it is not now.
Press: TypeAlias = Literal["quiet", "speak", "toggle"]

#: What the methods of a player mean here; all others are taken and do nothing.
PRESSES: Final[dict[str, Press]] = {"Pause": "quiet", "Stop": "quiet", "Play": "speak", "PlayPause": "toggle"}
#: The bus answers within this time or is left alone, s.
_PATIENCE_S: Final = 2.0
_PROPERTIES: Final = "org.freedesktop.DBus.Properties"
_ROOT: Final[dict[str, tuple[str, Any]]] = {
    "Identity": ("s", "cuecoach"),
    "CanQuit": ("b", False),
    "CanRaise": ("b", False),
    "HasTrackList": ("b", False),
    "SupportedUriSchemes": ("as", []),
    "SupportedMimeTypes": ("as", []),
}
_PLAYER: Final[dict[str, tuple[str, Any]]] = {
    "Rate": ("d", 1.0),
    "MinimumRate": ("d", 1.0),
    "MaximumRate": ("d", 1.0),
    "Volume": ("d", 1.0),
    "Position": ("x", 0),
    "CanGoNext": ("b", False),
    "CanGoPrevious": ("b", False),
    "CanPlay": ("b", True),
    "CanPause": ("b", True),
    "CanSeek": ("b", False),
    "CanControl": ("b", True),
}


class Buttons:
    """The coach as a player on the session bus; make one with `headset_buttons`.

    Parameters
    ----------
    press
        Called in the event loop with what a button asks for.
    """

    def __init__(self, press: Callable[[Press], None]) -> None:
        self._press = press
        self._bus: Any = None
        self._quiet = False

    async def serve(self) -> None:
        """Be there until cancelled, as far as there is a bus to be on."""
        address = bus_address() if sys.platform.startswith("linux") else None
        if address is None:
            return
        try:
            from dbus_fast import NameFlag, RequestNameReply
            from dbus_fast.aio import MessageBus
            from dbus_fast.errors import DBusFastError
        except ImportError:
            return
        # A comfort, and no part of a run: whatever is wrong with the bus, the run goes on without buttons.
        with suppress(TimeoutError, EOFError, OSError, DBusFastError):
            bus = MessageBus(bus_address=address)
            try:
                async with asyncio.timeout(_PATIENCE_S):
                    await bus.connect()
                    bus.add_message_handler(self._answer)
                    if await bus.request_name(OWN_NAME, NameFlag.DO_NOT_QUEUE) != RequestNameReply.PRIMARY_OWNER:
                        # Another run is on: the specification has a name for that too.
                        await bus.request_name(f"{OWN_NAME}.instance{os.getpid()}")
                self._bus = bus
                self._tell()
                await bus.wait_for_disconnect()
            finally:
                self._bus = None
                bus.disconnect()

    def show(self, *, quiet: bool) -> None:
        """Let the desktop see whether the coach may speak, so that the next press asks for the other."""
        if quiet != self._quiet:
            self._quiet = quiet
            self._tell()

    # ------------------------------------------------------------ what the bus asks and hears
    @property
    def _status(self) -> tuple[str, Any]:
        return "s", "Paused" if self._quiet else "Playing"

    def _properties(self, interface: str) -> dict[str, Any]:
        from dbus_fast import Variant

        found = {"org.mpris.MediaPlayer2": _ROOT, MPRIS_PLAYER: _PLAYER}.get(interface, {})
        values = {name: Variant(*value) for name, value in found.items()}
        if interface == MPRIS_PLAYER:
            about = {"mpris:trackid": Variant("o", "/cuecoach/run"), "xesam:title": Variant("s", "coaching")}
            values |= {"PlaybackStatus": Variant(*self._status), "Metadata": Variant("a{sv}", about)}
        return values

    def _answer(self, message: Any) -> Any:
        """Answer a call of a method; None leaves what is not ours to the library."""
        from dbus_fast import Message, MessageType

        if message.message_type is not MessageType.METHOD_CALL or message.path != MPRIS_OBJECT:
            return None
        if message.interface == MPRIS_PLAYER:
            if (meant := PRESSES.get(message.member)) is not None:
                self._press(meant)
            return Message.new_method_return(message)
        if message.interface != _PROPERTIES or message.member not in ("Get", "GetAll", "Set"):
            return None
        if message.member == "Set":  # volume and rate stay as they are
            return Message.new_method_return(message)
        values = self._properties(message.body[0])
        if message.member == "GetAll":
            return Message.new_method_return(message, "a{sv}", [values])
        value = values.get(message.body[1])
        if value is None:
            return Message.new_error(
                message, "org.freedesktop.DBus.Error.UnknownProperty", "there is none of that name"
            )
        return Message.new_method_return(message, "v", [value])

    def _tell(self) -> None:
        if self._bus is None:
            return
        from dbus_fast import Message, Variant

        changed = {"PlaybackStatus": Variant(*self._status)}
        body = [MPRIS_PLAYER, changed, []]
        with suppress(EOFError, OSError):
            self._bus.send(Message.new_signal(MPRIS_OBJECT, _PROPERTIES, "PropertiesChanged", "sa{sv}as", body))


@asynccontextmanager
async def headset_buttons(press: Callable[[Press], None], *, wanted: bool = True) -> AsyncGenerator[Buttons]:
    """Hear the buttons of headset and keyboard until the end of the block; nothing here blocks or fails.

    Parameters
    ----------
    press
        Called in the event loop with what a button asks for.
    wanted
        False for a run that nobody hears: then there is no player.
    """
    buttons = Buttons(press)
    serving = asyncio.create_task(buttons.serve()) if wanted else None
    try:
        yield buttons
    finally:
        if serving is not None:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
