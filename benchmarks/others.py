"""How other programs' sound steps back and returns, on a PulseAudio of our own with somebody who plays. Linux only.

    .venv/bin/python benchmarks/others.py

Bars: 14 dB down within 1 dB, ramps of 0.5 s within 0.1 s, and the volume of before after every kill.
"""

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from figures import machine, show

sys.path.insert(0, str(Path(__file__).parent.parent))
from cuecoach.audio.others.helper import OtherSound
from cuecoach.events import AudioEvent, Say
from tests.audio.others.rig import HAVE_SOUND, Rig, is_whole, measure, wait_for

DUCKS, KILLS = 5, 20
BEFORE = [60_000, 50_000]
RUN = """
import time
from cuecoach.audio.others.helper import OtherSound
from cuecoach.events import Say
others = OtherSound.open("duck")
print(others.pid, flush=True)
others.send(Say(t=0.0, at=0.0, id=1, rule="r", text="x", duration=30.0))
time.sleep(60)
"""


def duck(rig: Rig) -> None:
    take = rig.home / "take.f32"
    begin = time.monotonic()
    with OtherSound.open("duck") as others:
        show("from start to at work", time.monotonic() - begin, 4.0)
        shapes, n = [], 0
        while len(shapes) < DUCKS and n < 4 * DUCKS:
            n += 1
            with rig.recording(take):
                time.sleep(1.5)
                others.send(Say(t=0.0, at=0.5, id=n, rule="r", text="x", duration=1.0))
                time.sleep(1.5)
                others.hear(AudioEvent(1.5, "ended", n), 1.5)
                time.sleep(2.5)
            if is_whole(take, 5.0):
                shapes.append(measure(take))
        show(f"takes that the server dropped parts of, of {n}", float(n - len(shapes)), None, "")
        if not shapes:
            print("the machine is too busy to measure ramps")
            return
        returned = rig.volume() == BEFORE
        begin = time.monotonic()
    show("from the end of the run to the helper's end, nothing down", time.monotonic() - begin, 1.0)
    show("depth, off by at most", max(abs(shape.depth_db + 14.0) for shape in shapes), 1.0, "dB")
    show("ramp down, median", statistics.median(shape.down_s for shape in shapes), 0.6)
    show("ramp up, median", statistics.median(shape.up_s for shape in shapes), 0.6)
    show("ramps, off 0.5 s by at most", max(abs(r - 0.5) for s in shapes for r in (s.down_s, s.up_s)), 0.1)
    show("level after, off by at most", max(abs(shape.returned_db) for shape in shapes), 0.5, "dB")
    show("volumes that are not those of before", float(not returned), 0.0, "")


def kill(rig: Rig, *, both: bool) -> None:
    rng, wrong, down, spent = np.random.default_rng(1), 0, 0, []
    for moment in rng.uniform(0.0, 0.8, KILLS):
        with rig.player():
            rig.pactl("set-sink-input-volume", rig.index(), *map(str, BEFORE))
            run = subprocess.Popen([sys.executable, "-c", RUN], stdout=subprocess.PIPE, text=True)
            assert run.stdout is not None
            helper = int(run.stdout.readline())
            time.sleep(moment)
            if both:
                os.kill(helper, signal.SIGKILL)
            run.kill()
            run.wait()
            run.stdout.close()
            down += rig.volume() != BEFORE
            begin = time.monotonic()
            if both:
                OtherSound.open("leave").close()
            else:
                wait_for(lambda helper=helper: not Path(f"/proc/{helper}").exists())
            spent.append(time.monotonic() - begin)
            wrong += rig.volume() != BEFORE or rig.book.exists()
    who = "run and helper" if both else "the run"
    show(f"kill -9 of {who}: {KILLS} times, down when it happened", float(down), None, "")
    show(f"kill -9 of {who}: not as before afterwards", float(wrong), 0.0, "")
    show(f"kill -9 of {who}: until it is as before, at most", max(spent), 4.0)


def main() -> None:
    print(machine())
    if not HAVE_SOUND:
        print("needs PulseAudio and pulsectl")
        return
    with tempfile.TemporaryDirectory() as folder:
        rig = Rig(Path(folder))
        os.environ.update(rig.env)
        with rig.server():
            with rig.player():
                time.sleep(1.0)  # a null sink blocks anew when a stream begins
                rig.pactl("set-sink-input-volume", rig.index(), *map(str, BEFORE))
                duck(rig)
            for both in (False, True):
                kill(rig, both=both)


if __name__ == "__main__":
    main()
