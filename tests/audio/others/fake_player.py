"""A media player on the session bus that plays nothing: ``python fake_player.py NAME FILE`` writes each status to FILE."""

# No `from __future__ import annotations` here: the bus reads the types of methods from what is written behind `->`.
import asyncio
import sys
from pathlib import Path

from dbus_fast import PropertyAccess
from dbus_fast.aio import MessageBus
from dbus_fast.service import ServiceInterface, dbus_property, method


class Root(ServiceInterface):
    def __init__(self, title: str) -> None:
        super().__init__("org.mpris.MediaPlayer2")
        self._title = title

    @dbus_property(access=PropertyAccess.READ)
    def Identity(self) -> "s":  # noqa: F821
        return self._title


class Player(ServiceInterface):
    def __init__(self, file: Path) -> None:
        super().__init__("org.mpris.MediaPlayer2.Player")
        self._file, self._status = file, "Stopped"

    def become(self, status: str) -> None:
        if status != self._status:
            self._status = status
            with self._file.open("a") as target:
                print(status, file=target)
            self.emit_properties_changed({"PlaybackStatus": status})

    @dbus_property(access=PropertyAccess.READ)
    def PlaybackStatus(self) -> "s":  # noqa: F821
        return self._status

    @dbus_property(access=PropertyAccess.READ)
    def CanPause(self) -> "b":  # noqa: F821
        return True

    @method()
    def Pause(self):
        self.become("Paused")

    @method()
    def Play(self):
        self.become("Playing")

    @method()
    def Stop(self):
        self.become("Stopped")


async def serve(name: str, file: Path) -> None:
    bus = await MessageBus().connect()
    player = Player(file)
    bus.export("/org/mpris/MediaPlayer2", Root(name))
    bus.export("/org/mpris/MediaPlayer2", player)
    await bus.request_name(f"org.mpris.MediaPlayer2.{name}")
    player.become("Playing")
    await bus.wait_for_disconnect()


asyncio.run(serve(sys.argv[1], Path(sys.argv[2])))
