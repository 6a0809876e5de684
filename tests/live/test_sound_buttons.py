"""The button of a headset asks for quiet over a session bus of our own, and a run goes on whatever becomes of the bus."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
from collections.abc import Awaitable, Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from cuecoach.audio.others.buttons import Press, headset_buttons
from cuecoach.audio.others.players import OWN_NAME, Players
from tests.audio.others.rig import HAVE_BUS, wait_for

pytestmark = [
    pytest.mark.live,
    pytest.mark.timeout(60),
    pytest.mark.skipif(not HAVE_BUS, reason="needs dbus-daemon and dbus-fast"),
]
CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>"""
PLAYER = "org.mpris.MediaPlayer2.Player"
PROPERTIES = "org.freedesktop.DBus.Properties"


def listens(path: Path) -> bool:
    """Whether the bus takes connections: its file is there a moment before."""
    with socket.socket(socket.AF_UNIX) as trying:
        return trying.connect_ex(str(path)) == 0


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[subprocess.Popen[bytes]]:
    (tmp_path / "bus.conf").write_text(CONFIG.format(path=tmp_path / "bus"))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/bus")
    process = subprocess.Popen(["dbus-daemon", f"--config-file={tmp_path}/bus.conf", "--nofork", "--nopidfile"])
    try:
        if not wait_for(lambda: listens(tmp_path / "bus")):
            pytest.skip("dbus-daemon does not start here")
        yield process
    finally:
        process.kill()
        process.wait(10)


class Desktop:
    """What presses the buttons: another program on the bus."""

    def __init__(self, bus: Any) -> None:
        self._bus = bus
        #: What players have said of themselves.
        self.heard: list[str] = []
        bus.add_message_handler(self._hear)

    @classmethod
    async def connect(cls) -> Desktop:
        from dbus_fast.aio import MessageBus

        desktop = cls(await MessageBus().connect())
        match = f"type='signal',interface='{PROPERTIES}'"
        await desktop.call("org.freedesktop.DBus", "org.freedesktop.DBus", "AddMatch", match, path="/")
        return desktop

    def _hear(self, message: Any) -> None:
        if message.member == "PropertiesChanged":
            self.heard.append(message.body[1]["PlaybackStatus"].value)

    async def call(
        self, name: str, interface: str, member: str, *texts: str, path: str = "/org/mpris/MediaPlayer2"
    ) -> list[Any]:
        from dbus_fast import Message

        asked = Message(
            destination=name,
            path=path,
            interface=interface,
            member=member,
            signature="s" * len(texts),
            body=list(texts),
        )
        reply = await asyncio.wait_for(self._bus.call(asked), 5)
        return [reply.message_type.name, *reply.body]

    async def names(self) -> list[str]:
        listed = await self.call("org.freedesktop.DBus", "org.freedesktop.DBus", "ListNames", path="/")
        return [name for name in listed[1] if name.startswith(OWN_NAME)]

    async def player(self, count: int = 1) -> None:
        """Wait for so many players of ours."""
        await until(lambda: self.names(), lambda names: len(names) == count)

    def close(self) -> None:
        self._bus.disconnect()


async def until(ask: Callable[[], Awaitable[Any]], done: Callable[[Any], bool]) -> None:
    async with asyncio.timeout(8):
        while not done(await ask()):
            await asyncio.sleep(0.02)


async def test_each_button_asks_for_what_it_is_for(bus):
    presses: list[Press] = []
    async with headset_buttons(presses.append):
        desktop = await Desktop.connect()
        await desktop.player()
        for button in ("PlayPause", "Pause", "Play", "Stop", "Next"):
            assert await desktop.call(OWN_NAME, PLAYER, button) == ["METHOD_RETURN"]
        desktop.close()
    assert presses == ["toggle", "quiet", "speak", "quiet"]


async def test_the_desktop_sees_a_player_that_plays_while_the_coach_may_speak(bus):
    async with headset_buttons(lambda press: None) as buttons:
        desktop = await Desktop.connect()
        await desktop.player()

        async def status() -> str:
            _, value = await desktop.call(OWN_NAME, PROPERTIES, "Get", PLAYER, "PlaybackStatus")
            return value.value

        assert await status() == "Playing"
        buttons.show(quiet=True)
        buttons.show(quiet=True)
        await until(status, lambda found: found == "Paused")
        buttons.show(quiet=False)
        await until(status, lambda found: found == "Playing")
        assert desktop.heard[-2:] == ["Paused", "Playing"]
        _, everything = await desktop.call(OWN_NAME, PROPERTIES, "GetAll", PLAYER)
        assert everything["CanPause"].value
        assert everything["Metadata"].value["xesam:title"].value == "coaching"
        _, title = await desktop.call(OWN_NAME, PROPERTIES, "Get", "org.mpris.MediaPlayer2", "Identity")
        assert title.value == "cuecoach"
        assert (await desktop.call(OWN_NAME, PROPERTIES, "Get", PLAYER, "Shoes"))[0] == "ERROR"
        desktop.close()


async def test_a_second_run_is_a_player_of_its_own(bus):
    async with headset_buttons(lambda press: None), headset_buttons(lambda press: None):
        desktop = await Desktop.connect()
        await desktop.player(2)
        assert set(await desktop.names()) == {OWN_NAME, f"{OWN_NAME}.instance{os.getpid()}"}
        desktop.close()


async def test_the_player_is_gone_with_the_run(bus):
    desktop = await Desktop.connect()
    async with headset_buttons(lambda press: None):
        await desktop.player()
    await desktop.player(0)
    desktop.close()


async def test_a_coach_that_pauses_players_for_its_words_does_not_pause_itself(bus):
    async with headset_buttons(lambda press: None):
        desktop = await Desktop.connect()
        await desktop.player()
        desktop.close()

        def pause() -> object:
            players = Players()
            try:
                return players.pause(lambda paused: None)
            finally:
                players.close()

        assert await asyncio.to_thread(pause) == ()


async def test_a_bus_that_goes_in_the_middle_is_no_end(bus):
    async with headset_buttons(lambda press: None) as buttons:
        desktop = await Desktop.connect()
        await desktop.player()
        bus.kill()
        bus.wait(10)
        await asyncio.sleep(0.1)
        buttons.show(quiet=True)
        desktop.close()


@pytest.mark.parametrize("address", ["unix:path=/nowhere/bus", "nonsense", "tcp:host=127.0.0.1"])
async def test_without_a_bus_there_is_no_button_and_no_fault(monkeypatch: pytest.MonkeyPatch, address: str):
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    async with headset_buttons(lambda press: None) as buttons:
        await asyncio.sleep(0.1)
        buttons.show(quiet=True)


async def test_a_run_that_nobody_hears_has_no_button(bus):
    async with headset_buttons(lambda press: None, wanted=False):
        await asyncio.sleep(0.2)
        desktop = await Desktop.connect()
        assert await desktop.names() == []
        desktop.close()
