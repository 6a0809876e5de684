"""A run as a sound device gets it: PulseAudio with a null sink, its monitor recorded, beside the file of the same run."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile

from cuecoach.audio.files import render_to_file
from cuecoach.audio.loudness import to_pcm16
from cuecoach.audio.mixer import Mixer
from cuecoach.audio.process import SoundProcess
from cuecoach.events import Beat, BeatOff, Say, SoundCommand
from tests.live.null_sink import RATE, NotStartedError, NullSink, missing, null_sink

pytestmark = [
    pytest.mark.live,
    pytest.mark.timeout(90),
    pytest.mark.skipif(missing() is not None, reason=str(missing())),
]

#: Half a second of a hum without a sample that stands out: clicks beside it are found by their peak.
WORDS = (0.2 * np.sin(2 * np.pi * 200.0 * np.arange(RATE // 2) / RATE)).astype(np.float32)
LEVEL_DB = 0.0


@pytest.fixture(scope="module")
def sink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NullSink]:
    try:
        with null_sink(tmp_path_factory.mktemp("pulse")) as server:
            yield server
    except NotStartedError as error:
        pytest.skip(str(error))


def mixer() -> Mixer:
    return Mixer(lambda _: WORDS, level_db=LEVEL_DB, beat_level_db=LEVEL_DB)


def beat(at: float, spm: float, id_: int) -> Beat:
    return Beat(t=0.0, at=at, id=id_, rule="r", spm=spm)


def say(at: float, id_: int) -> Say:
    return Say(t=0.0, at=at, id=id_, rule="r", text="run tall", duration=0.5)


@contextmanager
def four_busy_threads() -> Iterator[None]:
    over = threading.Event()

    def spin() -> None:
        while not over.is_set():
            sum(i * i for i in range(1000))

    threads = [threading.Thread(target=spin, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def play(sink: NullSink, path: Path, script: list[SoundCommand], until: float) -> np.ndarray:
    """Play these commands, all known from the start, on the device; return what its monitor heard, shape (n, 2)."""
    words = {"run tall": WORDS}
    with (
        sink.recorded(path) as recording,
        SoundProcess.open(words=words, level_db=LEVEL_DB, beat_level_db=LEVEL_DB) as sound,
    ):
        for command in script:
            sound.send(command)
        while sound.session_time() < until + 1.0:
            time.sleep(0.05)
        assert sound.alive
        assert sound.underflows == 0
    return recording.samples()


def start_of(heard: np.ndarray, expected: np.ndarray) -> int:
    """Where in a recording the first sample of the session is: the first click is as loud as it will be there."""
    peak = np.abs(expected).max()
    loud = [int(np.flatnonzero(np.abs(x).max(axis=1) > 0.95 * peak)[0]) for x in (heard, expected)]
    return loud[0] - loud[1]


#: The first second of a stream is not for comparing: servers re-block it.
FIRST_CLICK = 1.5
RUN: list[SoundCommand] = [
    beat(FIRST_CLICK, 180.0, 1),
    say(3.1, 2),
    # A faster beat, in phase with the one before: it begins on its twelfth click.
    beat(FIRST_CLICK + 12 * 60 / 180.0, 184.5, 3),
    say(6.2, 4),
    say(6.3, 5),  # waits for the words before it
    BeatOff(t=0.0, at=9.0, id=6),
]
UNTIL = 9.5


@pytest.mark.parametrize("load", ["idle", "four busy threads"])
def test_the_device_gets_what_the_file_has_sample_for_sample(sink, tmp_path: Path, load):
    file = tmp_path / "run.wav"
    render_to_file(mixer(), file, UNTIL, RUN)
    written = soundfile.read(file, dtype="int16")[0]
    twin = mixer()
    for command in RUN:
        twin.handle(command)
    expected = twin.render(round(UNTIL * RATE))
    if load == "idle":
        heard = play(sink, tmp_path / "take.f32", RUN, UNTIL)
    else:
        with four_busy_threads():
            heard = play(sink, tmp_path / "take.f32", RUN, UNTIL)
    begin, first = start_of(heard, expected), round(FIRST_CLICK * RATE)
    assert begin + len(expected) <= len(heard), "the recording is too short"
    heard = heard[begin + first : begin + len(expected)]
    # Clicks, words, the change of tempo and the ducks: the device has every bit of the mix ...
    assert np.array_equal(heard, expected[first:])
    # ... and the file is the same in 16 bits.
    assert np.array_equal(to_pcm16(heard), written[first:])


def peaks_at(heard: np.ndarray, clicks: list[int]) -> np.ndarray:
    """How loud each click is, less the hum: the largest step from one sample to the next at its onset."""
    jump = np.abs(np.diff(heard, axis=0)).max(axis=1)
    return np.array([jump[max(k - 2, 0) : k + 48].max() for k in clicks])


def test_the_beat_steps_back_by_twelve_decibels_under_words_and_comes_back(sink, tmp_path: Path):
    # Clicks at 360 a minute, every 8,000 samples, so that the shape of the duck can be seen.
    script: list[SoundCommand] = [beat(FIRST_CLICK, 360.0, 1), say(3.02, 2)]
    heard = play(sink, tmp_path / "take.f32", script, 7.0)
    twin = mixer()
    for command in script[:1]:
        twin.handle(command)
    alone = twin.render(round(7.0 * RATE))
    begin = start_of(heard, alone)
    times = FIRST_CLICK + np.arange(32) / 6.0
    clicks = [round(t * RATE) for t in times]
    ours, undisturbed = peaks_at(heard[begin:], clicks), peaks_at(alone, clicks)
    depth = 20 * np.log10(ours / undisturbed)
    # At 0.2 of full scale the hum moves by 0.005 a sample, a ducked click by 0.2: the rest is the beat's own gain.
    during = (times > 3.02) & (times < 3.52)
    assert depth[during] == pytest.approx(-12.0, abs=0.5)
    assert depth[times < 2.98] == pytest.approx(0.0, abs=0.05)
    assert depth[(times > 3.52 + 0.30)] == pytest.approx(0.0, abs=0.05)
    rising = depth[(times > 3.53) & (times < 3.80)]
    assert np.all(np.diff(rising) > 0)
    assert np.all((rising > -12.0) & (rising < 0.0))
