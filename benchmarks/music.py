"""Music bent onto the footfalls: 60 s of a song that drifts from 160 to 170 bpm, 4 ms of jitter, forced onto 165 to 180 spm.

    .venv/bin/python benchmarks/music.py

Needs the extra `music`. The song is made here, so every beat is known. Beats of the output are found twice: by where each beat
of the song comes to lie (from the pieces that were played), and by ear, as the onset of every kick drum in the rendered sound.
"""

import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile
from figures import machine, show

from cuecoach.audio.beat_track import BeatTrack
from cuecoach.audio.music.beat_map import BeatMap
from cuecoach.audio.music.decoding import InPlace
from cuecoach.audio.music.listening import find_beats
from cuecoach.audio.music.stretching import LEAD, Stretcher
from cuecoach.audio.music.track import MusicTrack
from cuecoach.audio.music.voice import Song
from cuecoach.audio.ramp import ramp
from cuecoach.audio.sounds import SAMPLE_RATE_HZ

RATE = SAMPLE_RATE_HZ
SONG_S = 75.0
RUN_S = 60.0


def song_beats(rng: np.random.Generator) -> np.ndarray:
    """Beat times of the song: 160 bpm at its start, 170 after a minute and on, each off by 4 ms or so."""
    beats = [0.5]
    while beats[-1] < SONG_S - 1.0:
        beats.append(beats[-1] + 60.0 / (160.0 + 10.0 * min(beats[-1] / 60.0, 1.0)))
    return np.array(beats) + rng.normal(0.0, 0.004, len(beats))


def make_song(beats: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Kick on every beat, snare on every other, hi-hats between, a chord every fourth beat; shape (n, 2)."""
    out = np.zeros((round(SONG_S * RATE), 2))

    def add(at: float, sound: np.ndarray, left: float = 1.0, right: float = 1.0) -> None:
        first = round(at * RATE)
        n = min(len(sound), len(out) - first)
        out[first : first + n] += sound[:n, np.newaxis] * (left, right)

    t = np.arange(round(0.18 * RATE)) / RATE
    kick = (
        0.7
        * np.sin(2 * np.pi * (55 * t + 1.6 * (1 - np.exp(-t / 0.025))))
        * np.exp(-t / 0.06)
        * np.minimum(t / 0.001, 1)
    )
    noise = rng.normal(0.0, 1.0, len(t))
    snare = 0.15 * noise * np.exp(-t / 0.035)
    hat = 0.05 * np.diff(noise, prepend=0.0) * np.exp(-t / 0.01)
    roots = (220.0, 174.6, 261.6, 196.0)
    for i, beat in enumerate(beats):
        add(beat, kick)
        if i % 2:
            add(beat, snare)
        if i + 1 < len(beats):
            add(0.5 * (beat + beats[i + 1]), hat, 0.6, 1.0)
        if i % 4 == 0 and i + 4 < len(beats):
            u = np.arange(round((beats[i + 4] - beat) * RATE)) / RATE
            root = roots[(i // 4) % 4]
            chord = sum(np.sin(2 * np.pi * root * f * u) for f in (1.0, 1.26, 1.5)) * np.minimum(u / 0.05, 1.0)
            add(beat, 0.06 * chord * np.minimum((u[-1] - u) / 0.05 + 1e-9, 1.0), 1.0, 0.8)
    return (out / np.abs(out).max() * 0.8).astype(np.float32)


class Ledger(Stretcher):
    """A stretcher that notes which stretch of the song went where."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[tuple[float, float, int]] = []

    def bend(self, samples, at, speed, frames):
        self.pieces.append((at, speed, frames))
        return super().bend(samples, at, speed, frames)


def kick_onsets(sound: np.ndarray, near: np.ndarray) -> np.ndarray:
    """When the kick drum sets in near each of the times: where its deep band rises through half of its next peak."""
    from scipy.signal import butter, sosfiltfilt

    deep = sosfiltfilt(butter(2, (35.0, 160.0), "bandpass", fs=RATE, output="sos"), sound.mean(axis=1))
    window = np.hanning(round(0.012 * RATE))
    envelope = np.sqrt(np.convolve(deep**2, window / window.sum(), "same"))
    found = []
    for t in near:
        first = max(round((t - 0.06) * RATE), 0)
        part = envelope[first : round((t + 0.09) * RATE)]
        if len(part) < 10:
            found.append(np.nan)
            continue
        top = int(np.argmax(part))
        low = int(np.argmin(part[: top + 1]))
        half = 0.5 * (part[low] + part[top])
        found.append((first + low + int(np.argmax(part[low : top + 1] >= half))) / RATE)
    return np.array(found)


def force(path: Path, beat_map: BeatMap, true_beats: np.ndarray, name: str) -> None:
    """Play the song onto the ramp and print how far its true beats lie from the clicks."""
    clicks = BeatTrack(RATE, 0.0)
    for beat in ramp(165.0, 180.0, 55.0, at=0.25):
        clicks.play(beat, 0)
    bender = Ledger()
    track = MusicTrack([Song(str(path), beat_map)], lambda song: InPlace(Path(song.path)), bender)
    block, blocks, costs = 512, [], []
    for first in range(0, round(RUN_S * RATE), block):
        begin = time.thread_time()
        blocks.append(track.render(first, first + block, clicks))
        costs.append(time.thread_time() - begin)
    sound = np.concatenate(blocks)
    onsets = np.array([onset for onset, _ in clicks.onsets(0, len(sound))]) / RATE

    # By the ledger: the first piece begins LEAD before the first beat that was played.
    begin = next(onset for onset in (onsets * RATE).round().astype(int) if onset >= LEAD) - LEAD
    places, out = [], begin
    for at, speed, frames in bender.pieces:
        body = frames - 720
        inside = (true_beats * RATE >= at) & (true_beats * RATE < at + body * speed)
        places += list((out + (true_beats[inside] * RATE - at) / speed) / RATE)
        out += body
    known = np.array([p for p in places if 1.0 < p < RUN_S - 1.0])
    error = np.array([np.min(np.abs(onsets - p)) for p in known])
    show(f"{name}: beat error, known positions, median", 1000 * float(np.median(error)), 5, "ms")
    show(f"{name}: beat error, known positions, p95", 1000 * float(np.percentile(error, 95)), 15, "ms")

    # By ear: the same onset finder on the song itself gives its own delay, which is taken off.
    song, _ = soundfile.read(path, dtype="float32")
    delay = np.nanmedian(kick_onsets(song, true_beats[4:-4]) - true_beats[4:-4])
    heard = kick_onsets(sound, known) - delay
    error = np.array([np.min(np.abs(onsets - p)) for p in heard[np.isfinite(heard)]])
    show(f"{name}: beat error, by ear, median", 1000 * float(np.median(error)), 5, "ms")
    show(f"{name}: beat error, by ear, p95", 1000 * float(np.percentile(error, 95)), 15, "ms")
    carried = sum(track_carries(onsets, known))
    print(
        f"  {len(known)} beats heard, {carried} of {np.sum((onsets > 1) & (onsets < RUN_S - 1))} clicks within 15 ms of one"
    )
    speeds = np.array([speed for _, speed, _ in bender.pieces])
    print(
        f"  speed {speeds.min():.3f} to {speeds.max():.3f}, largest change a step {100 * np.abs(np.diff(speeds)).max():.1f} %"
    )
    show(f"{name}: real-time factor (processor time)", sum(costs) / RUN_S, 0.1, "×")
    show(f"{name}: one block of 10.7 ms, p99", 1000 * float(np.percentile(costs, 99)), None, "ms")
    show(f"{name}: one block of 10.7 ms, longest", 1000 * max(costs), None, "ms")


def track_carries(onsets: np.ndarray, beats: np.ndarray) -> list[bool]:
    """For each click away from the edges, whether a beat lies within 15 ms."""
    return [bool(np.min(np.abs(beats - t)) <= 0.015) for t in onsets if 1.0 < t < RUN_S - 1.0]


def in_tune() -> None:
    """A tone of 440 Hz at 0.95 of its speed: how far from 440 Hz it comes out."""
    t = np.arange(20 * RATE) / RATE
    tone = np.repeat((0.5 * np.sin(2 * np.pi * 440.0 * t)).astype(np.float32)[:, np.newaxis], 2, axis=1)
    beats = np.arange(0.5, 19.5, 60.0 / 170.0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tone.wav"
        soundfile.write(path, tone, RATE)
        beat_map = BeatMap.of("tone", 20.0, beats, confidence=1.0, lufs=-9.0, peak=0.5)
        clicks = BeatTrack(RATE, 0.0)
        clicks.play(ramp(161.5, at=0.25)[0], 0)
        track = MusicTrack([Song(str(path), beat_map)], lambda song: InPlace(Path(song.path)), Stretcher())
        sound = track.render(0, 12 * RATE, clicks)[2 * RATE : 12 * RATE, 0]
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2
    hz = np.fft.rfftfreq(len(sound), 1 / RATE)
    show("pitch of 440 Hz at 0.95 speed, off by", abs(float(hz[spectrum.argmax()]) - 440.0), 1.0, "Hz")


def main() -> None:
    print(machine())
    rng = np.random.default_rng(1)
    beats = song_beats(rng)
    song = make_song(beats, rng)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "song.flac"
        soundfile.write(path, song, RATE)
        facts = {"lufs": -16.0, "peak": 0.8}
        true_map = BeatMap.of("song", SONG_S, beats, confidence=1.0, **facts)
        force(path, true_map, beats, "true map")
        mono = song.mean(axis=1)
        begin = time.perf_counter()
        found, confidence = find_beats(mono)
        show("beats found, first call (compiles)", time.perf_counter() - begin, None)
        begin = time.perf_counter()
        find_beats(mono)
        show("beats found, second call", time.perf_counter() - begin, None)
        off = np.array([found[np.argmin(np.abs(found - b))] - b for b in beats if found[0] - 0.1 < b < found[-1] + 0.1])
        print(
            f"  {len(found)} of {len(beats)} beats, confidence {confidence:.2f}, tempo {60 / np.median(np.diff(found)):.1f} bpm"
        )
        show("beats found, error, median", 1000 * float(np.median(np.abs(off))), None, "ms")
        show("beats found, error, p95", 1000 * float(np.percentile(np.abs(off), 95)), None, "ms")
        show("beats found, constant part", 1000 * float(np.median(off)), None, "ms")
        found_map = BeatMap.of("song", SONG_S, found, confidence=confidence, **facts)
        print(f"  beats wander by {1000 * found_map.wander_s:.1f} ms; {found_map.unfit() or 'fit to run to'}")
        force(path, found_map, beats, "found map")
    in_tune()


if __name__ == "__main__":
    main()
