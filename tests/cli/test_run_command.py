"""`cuecoach run`, seconds of it on the real clock."""

from __future__ import annotations

import pytest
import soundfile

pytestmark = pytest.mark.live


def test_a_run_ends_by_itself_and_says_how_it_went(cuecoach, files):
    done = cuecoach("run", "mute.yaml", "--sensor", "sim", "--audio", "off", "--for", "1 s")
    assert done.code == 0
    assert "0 cues, 0 beats, 0 words of praise in 0:01" in done.out
    assert "silent: slow-feet – gated" in done.out
    assert "\x1b" not in done.out


def test_what_was_heard_is_written_at_the_end(cuecoach, files):
    done = cuecoach("run", "mute.yaml", "--sensor", "sim:demo,imu", "--audio", "heard.flac", "--for", "500 ms")
    assert done.code == 0
    assert done.out.endswith("Sound: heard.flac\n")
    assert soundfile.info(files / "heard.flac").duration == 0.5


def test_a_recording_plays_at_the_speed_of_life_and_ends(cuecoach, files):
    (files / "short.csv").write_text("t,cadence,speed\n0,150,3\n1,150,3\n")
    done = cuecoach("replay", "short.csv", "mute.yaml", "--realtime", "--audio", "heard.wav")
    assert done.code == 0
    assert "in 0:01;" in done.out
    assert soundfile.info(files / "heard.wav").duration == pytest.approx(1.0, abs=0.3)


def test_a_recording_that_breaks_on_the_way_is_told(cuecoach, files):
    (files / "back.csv").write_text("t,acc_x,acc_y,acc_z\n" + "".join(f"{t / 100},0,0,9.81\n" for t in [*range(60), 3]))
    done = cuecoach("replay", "back.csv", "mute.yaml", "--realtime")
    assert done.code == 2
    assert "time runs backwards" in done.err
    assert done.err.count("error: ") == 1
