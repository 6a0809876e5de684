"""Other programs' sound on a real sound server and a real session bus of our own: down, back, and back after every death."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest

from cuecoach.audio.others.book import OthersError
from cuecoach.audio.others.helper import OtherSound
from cuecoach.events import AudioEvent, Beat, Hush, Say
from tests.audio.others.rig import HAVE_SOUND, RATE, Rig, is_whole, measure, wait_for

pytestmark = [
    pytest.mark.live,
    pytest.mark.timeout(120),
    pytest.mark.skipif(not HAVE_SOUND, reason="needs PulseAudio and pulsectl"),
]

#: Coaches for ever, as `cuecoach run` does: words that begin at once, end after 0.3 s, and come again after 2 s.
RUN = """
import sys, time
from cuecoach.audio.others.helper import OtherSound
from cuecoach.events import AudioEvent, Say
others, n = OtherSound.open("duck"), 0
print(others.pid, flush=True)
try:
    while True:
        n += 1
        others.send(Say(t=0.0, at=0.1, id=n, rule="r", text="x", duration=0.3))
        time.sleep(0.4)
        others.hear(AudioEvent(0.4, "ended", n), 0.4)
        time.sleep(1.6)
finally:
    others.close()
"""


def words(id_: int = 1, *, at: float = 0.0, duration: float = 30.0) -> Say:
    return Say(t=0.0, at=at, id=id_, rule="r", text="run tall", duration=duration)


@pytest.fixture
def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rig:
    tmp_path.chmod(0o700)
    rig = Rig(tmp_path)
    for name, value in rig.env.items():
        monkeypatch.setenv(name, value)
    return rig


@pytest.fixture
def server(rig: Rig) -> Generator[Rig]:
    with rig.server():
        yield rig


def set_volume(rig: Rig, left: int, right: int, name: str = "Radio") -> None:
    rig.pactl("set-sink-input-volume", rig.index(name), str(left), str(right))
    assert rig.volume(name) == [left, right]


def lowered(volume: list[int]) -> list[int]:
    return [round(each * 10 ** (-14 / 60)) for each in volume]


def start_run() -> tuple[subprocess.Popen[str], int]:
    run = subprocess.Popen([sys.executable, "-c", RUN], stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert run.stdout is not None
    with run.stdout:
        return run, int(run.stdout.readline())


# ---------------------------------------------------------------- down and back
def test_music_goes_down_by_14_db_in_half_a_second_and_comes_back(server: Rig, tmp_path: Path):
    with server.player():
        set_volume(server, 60_000, 50_000)
        with OtherSound.open("duck") as others:
            assert others.take_notes() == []
            for n in range(6):
                with server.recording(tmp_path / "take.f32"):
                    time.sleep(1.5)
                    others.send(words(n, duration=1.0, at=0.5))
                    time.sleep(1.5)
                    others.hear(AudioEvent(1.5, "ended", n), 1.5)
                    time.sleep(2.5)
                assert server.volume() == [60_000, 50_000]
                assert not server.book.exists()
                if is_whole(tmp_path / "take.f32", 5.0):
                    break
            else:
                pytest.skip("the machine is too busy: the sound server drops parts of what is played")
    shape = measure(tmp_path / "take.f32")
    assert shape.depth_db == pytest.approx(-14.0, abs=1.0)
    # Loosely: a busy machine stretches a ramp. The benchmark measures it.
    assert 0.35 <= shape.down_s <= 1.0
    assert 0.35 <= shape.up_s <= 1.0
    assert shape.returned_db == pytest.approx(0.0, abs=0.5)


def test_calls_screen_readers_and_our_own_sound_stay_as_they_are(server: Rig, tmp_path: Path):
    server.pactl("load-module", "module-null-source", "source_name=microphone")
    # A child of this process, as the sound process is one of the run.
    noise = tmp_path / "zeros.f32"
    np.zeros((30 * RATE, 2), dtype=np.float32).tofile(noise)
    own = subprocess.Popen(["pacat", "--raw", "--format=float32le", f"--rate={RATE}", "--client-name=Own", str(noise)])
    listening = subprocess.Popen(
        ["parec", "--client-name=Meeting", "--device=microphone", "--raw"], stdout=subprocess.DEVNULL
    )
    try:
        with (
            server.player("Radio"),
            server.player("Phone", role="phone"),
            server.player("Reader", role="a11y"),
            server.player("Meeting"),
            OtherSound.open("duck") as others,
        ):
            assert wait_for(lambda: "Own" in server.volumes())
            before = server.volumes()
            others.send(words())
            assert wait_for(lambda: server.volume("Radio") == lowered(before["Radio"]))
            assert {**server.volumes(), "Radio": before["Radio"]} == before
    finally:
        for process in (own, listening):
            process.terminate()
            process.wait(10)


def test_a_beat_turns_nothing_down_and_dropped_words_let_go(server: Rig):
    with server.player(), OtherSound.open("duck") as others:
        before = server.volume()
        others.send(Beat(t=0.0, at=0.0, id=1, rule="r", spm=170.0))
        others.send(Hush(t=0.0, at=0.0))
        time.sleep(0.5)
        assert server.volume() == before
        others.send(words())
        assert wait_for(lambda: server.volume() != before)
        others.hear(AudioEvent(0.0, "dropped", 1), 0.0)
        assert wait_for(lambda: server.volume() == before)


def test_what_the_person_sets_while_words_are_heard_stays(server: Rig):
    with server.player(), server.player("Film", role="video"):
        before = server.volume()
        with OtherSound.open("duck") as others:
            others.send(words())
            assert wait_for(lambda: server.volume() == lowered(before or []))
            set_volume(server, 55_000, 55_000)
            time.sleep(0.3)
        assert server.volume() == [55_000, 55_000]
        assert server.volume("Film") == [65_536, 65_536]


# ---------------------------------------------------------------- every death
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_run_that_ends_in_whatever_way_leaves_music_as_loud_as_before(server: Rig, number):
    rng = np.random.default_rng(number)
    with server.player():
        set_volume(server, 60_000, 50_000)
        for moment in rng.uniform(0.0, 1.9, 3):
            run, helper = start_run()
            time.sleep(moment)
            os.killpg(run.pid, number)  # as the terminal does; the helper is apart
            run.wait(20)
            assert wait_for(lambda helper=helper: not Path(f"/proc/{helper}").exists())
            assert server.volume() == [60_000, 50_000]
            assert not server.book.exists()


def test_when_run_and_helper_are_killed_the_next_start_brings_music_back(server: Rig):
    rng, left_down = np.random.default_rng(6), 0
    with server.player():
        set_volume(server, 60_000, 50_000)
        for moment in rng.uniform(0.0, 1.9, 8):
            run, helper = start_run()
            time.sleep(moment)
            os.kill(helper, signal.SIGKILL)
            os.kill(run.pid, signal.SIGKILL)
            run.wait(20)
            left_down += server.volume() != [60_000, 50_000]
            with OtherSound.open("leave") as others:
                others.take_notes()
            assert server.volume() == [60_000, 50_000]
            assert not server.book.exists()
    assert left_down >= 3, "the moments were chosen badly"


def test_a_helper_that_is_killed_is_started_again_and_undoes_what_it_did(server: Rig):
    with server.player(), OtherSound.open("duck") as others:
        before = server.volume() or []
        others.send(words())
        assert wait_for(lambda: server.volume() == lowered(before))
        first = others.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        notes: list[str] = []

        def as_before() -> bool:
            notes.extend(others.take_notes())
            return server.volume() == before and bool(notes)

        assert wait_for(as_before)
        assert notes == ["`Radio` was still turned down; it is as loud as before again"]
        others.send(words(2))
        assert wait_for(lambda: server.volume() == lowered(before))


def test_a_program_that_ended_meanwhile_begins_as_loud_as_before_and_the_doctor_says_so(server: Rig):
    with server.player():
        set_volume(server, 60_000, 50_000)
        run, helper = start_run()
        assert wait_for(lambda: server.volume() == lowered([60_000, 50_000]))
        os.kill(helper, signal.SIGKILL)
        os.kill(run.pid, signal.SIGKILL)
        run.wait(20)
    with server.player():
        assert server.volume() == lowered([60_000, 50_000])  # the server remembers it so
    asked = [sys.executable, "-c", "from cuecoach.cli.main import main; main()", "doctor", "--json"]
    answer = subprocess.run(asked, check=False, capture_output=True, text=True, timeout=60).stdout
    checks = {check["part"]: check for check in json.loads(answer)}
    assert "`Radio` was still turned down" in checks["Other programs' sound"]["detail"]
    assert checks["Other programs' sound"]["fine"]
    with server.player():
        assert server.volume() == [60_000, 50_000]


def test_two_runs_do_not_turn_the_same_program_down_twice(server: Rig):
    with server.player(), OtherSound.open("duck") as first, OtherSound.open("duck") as second:
        before = server.volume() or []
        assert "another cuecoach" in second.take_notes()[0]
        for others in (first, second):
            others.send(words())
        assert wait_for(lambda: server.volume() == lowered(before))
        time.sleep(0.5)
        assert server.volume() == lowered(before)


# ---------------------------------------------------------------- servers that are not there
def test_without_a_server_there_is_one_note_and_all_goes_on(rig: Rig):
    with OtherSound.open("duck") as others:
        assert len(others.take_notes()) == 1
        others.send(words())
        others.hear(AudioEvent(0.0, "ended", 1), 0.0)
        time.sleep(0.3)
        assert others.take_notes() == []
    with pytest.raises(OthersError, match="headphones_only"):
        OtherSound.open("leave", headphones_only=True)


def test_a_server_that_dies_and_comes_back_is_used_again(rig: Rig):
    with rig.server() as process, rig.player():
        others = OtherSound.open("duck")
        others.send(words())
        assert wait_for(lambda: rig.volume() != [65_536, 65_536])
        process.kill()
        process.wait(10)
    with others:
        assert wait_for(lambda: any("no PulseAudio" in note for note in others.take_notes()))
        with rig.server(), rig.player():
            others.send(words(2))
            assert wait_for(lambda: rig.volume() == lowered([65_536, 65_536]))
            others.close()
            assert rig.volume() == [65_536, 65_536]
            assert not rig.book.exists()


def test_a_server_that_hangs_holds_up_nobody(rig: Rig):
    with rig.server() as process, rig.player():
        before = rig.volume() or []
        others = OtherSound.open("duck")
        others.send(words())
        assert wait_for(lambda: rig.volume() == lowered(before))
        process.send_signal(signal.SIGSTOP)
        try:
            begin = time.monotonic()
            for n in range(2000):
                others.send(words(n))
                others.take_notes()
            assert time.monotonic() - begin < 2.0
            others.close()
            assert time.monotonic() - begin < 10.0
            assert rig.book.exists()
        finally:
            process.send_signal(signal.SIGCONT)
        OtherSound.open("leave").close()
        assert rig.volume() == before


# ---------------------------------------------------------------- headphones only
def test_sound_is_allowed_only_while_it_goes_to_headphones(server: Rig):
    with OtherSound.open("leave", headphones_only=True) as others:
        assert not others.may_play()
        (note,) = others.take_notes()
        assert note.startswith("silent: `headphones_only` is set, and the sound would come from")
        server.pactl("set-default-sink", "worn")
        assert wait_for(others.may_play)
        assert len(others.take_notes()) == 1
        server.pactl("set-default-sink", "rig")
        assert wait_for(lambda: not others.may_play())
        assert len(others.take_notes()) == 1
