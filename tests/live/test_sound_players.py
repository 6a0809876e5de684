"""Media players on a session bus of our own: paused for words, and on again, whoever dies and whoever touches them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from cuecoach.audio.others.helper import OtherSound
from cuecoach.events import AudioEvent, Say
from tests.audio.others.rig import HAVE_BUS, wait_for

pytestmark = [
    pytest.mark.live,
    pytest.mark.timeout(60),
    pytest.mark.skipif(not HAVE_BUS, reason="needs dbus-daemon and dbus-fast"),
]
FAKE = Path(__file__).parent.parent / "audio" / "others" / "fake_player.py"

CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>"""


@dataclass(frozen=True)
class FakePlayer:
    """A player, and what it has been."""

    name: str
    file: Path
    process: subprocess.Popen[bytes]

    @property
    def life(self) -> list[str]:
        return self.file.read_text().split() if self.file.exists() else []

    def becomes(self, *life: str) -> bool:
        return wait_for(lambda: self.life == list(life))

    def touch(self, what: str) -> None:
        """Do what the person would: press a button of the player."""
        script = f"""
import asyncio
from dbus_fast import Message
from dbus_fast.aio import MessageBus
async def press():
    bus = await MessageBus().connect()
    await bus.call(Message(destination="org.mpris.MediaPlayer2.{self.name}", path="/org/mpris/MediaPlayer2",
                           interface="org.mpris.MediaPlayer2.Player", member="{what}"))
asyncio.run(press())
"""
        subprocess.run([sys.executable, "-c", script], check=True, timeout=20)


@dataclass(frozen=True)
class Bus:
    """A session bus, and players on it."""

    home: Path

    @property
    def book(self) -> Path:
        return self.home / "state" / "cuecoach" / "others.json"

    @contextmanager
    def player(self, name: str) -> Generator[FakePlayer]:
        process = subprocess.Popen([sys.executable, str(FAKE), name, str(self.home / name)])
        player = FakePlayer(name, self.home / name, process)
        try:
            assert player.becomes("Playing")
            yield player
        finally:
            process.kill()
            process.wait(10)


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Bus]:
    (tmp_path / "bus.conf").write_text(CONFIG.format(path=tmp_path / "bus"))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/bus")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/none")
    process = subprocess.Popen(["dbus-daemon", f"--config-file={tmp_path}/bus.conf", "--nofork", "--nopidfile"])
    try:
        if not wait_for((tmp_path / "bus").exists):
            pytest.skip("dbus-daemon does not start here")
        yield Bus(tmp_path)
    finally:
        process.kill()
        process.wait(10)


def words(id_: int = 1) -> Say:
    return Say(t=0.0, at=0.0, id=id_, rule="r", text="run tall", duration=30.0)


def over(id_: int = 1) -> AudioEvent:
    return AudioEvent(0.0, "ended", id_)


def test_those_that_play_are_paused_for_words_and_go_on_after(bus: Bus):
    with bus.player("Radio") as radio, bus.player("Film") as film:
        film.touch("Pause")
        with OtherSound.open("pause") as others:
            assert others.take_notes() == []
            others.send(words())
            assert radio.becomes("Playing", "Paused")
            assert bus.book.exists()
            others.hear(over(), 0.0)
            assert radio.becomes("Playing", "Paused", "Playing")
            assert wait_for(lambda: not bus.book.exists())
        assert film.life == ["Playing", "Paused"]


def test_the_end_of_a_run_in_the_middle_of_words_lets_them_go_on(bus: Bus):
    with bus.player("Radio") as radio:
        with OtherSound.open("pause") as others:
            others.send(words())
            assert radio.becomes("Playing", "Paused")
        assert radio.becomes("Playing", "Paused", "Playing")
        assert not bus.book.exists()


@pytest.mark.parametrize("pressed", [["Stop"], ["Play", "Pause"]])
def test_what_the_person_does_to_a_player_meanwhile_stays(bus: Bus, pressed):
    with bus.player("Radio") as radio, OtherSound.open("pause") as others:
        others.send(words())
        assert radio.becomes("Playing", "Paused")
        for button in pressed:
            radio.touch(button)
        after = radio.life
        others.hear(over(), 0.0)
        assert wait_for(lambda: not bus.book.exists())
        assert radio.life == after


def test_a_player_that_hangs_holds_up_neither_words_nor_the_others(bus: Bus):
    with bus.player("Stuck") as stuck, bus.player("Radio") as radio, OtherSound.open("pause") as others:
        stuck.process.send_signal(signal.SIGSTOP)
        others.send(words())
        assert radio.becomes("Playing", "Paused")
        others.hear(over(), 0.0)
        assert radio.becomes("Playing", "Paused", "Playing")
        stuck.process.send_signal(signal.SIGCONT)


@pytest.mark.parametrize("minutes", [0, 30])
def test_after_run_and_helper_were_killed_the_next_start_lets_them_go_on_unless_long_after(bus: Bus, minutes):
    run = """
import time
from cuecoach.audio.others.helper import OtherSound
from cuecoach.events import Say
others = OtherSound.open("pause")
others.send(Say(t=0.0, at=0.0, id=1, rule="r", text="x", duration=30.0))
print(others.pid, flush=True)
time.sleep(60)
"""
    with bus.player("Radio") as radio:
        process = subprocess.Popen([sys.executable, "-c", run], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        with process.stdout:
            helper = int(process.stdout.readline())
        assert radio.becomes("Playing", "Paused")
        os.kill(helper, signal.SIGKILL)
        process.kill()
        process.wait(10)
        book = json.loads(bus.book.read_text())
        book["players"][0]["since"] -= 60 * minutes
        bus.book.write_text(json.dumps(book))
        with OtherSound.open("leave") as others:
            notes = others.take_notes()
        if minutes:
            assert notes == []
            assert radio.life == ["Playing", "Paused"]
        else:
            assert notes == ["`Radio` was still paused; it goes on"]
            assert radio.becomes("Playing", "Paused", "Playing")
        assert not bus.book.exists()


def test_without_a_session_bus_there_is_one_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with OtherSound.open("pause") as others:
        assert len(others.take_notes()) == 1
        others.send(words())
        assert others.take_notes() == []
