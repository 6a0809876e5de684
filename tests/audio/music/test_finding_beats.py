"""From sound to beats: refinement, what is refused, loudness, and one song through the real tracker."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from cuecoach.audio.music import scanning
from cuecoach.audio.music.beat_map import LEAST_CONFIDENCE
from cuecoach.audio.music.cache import MapCache
from cuecoach.audio.music.listening import complete, find_beats, refine, rises
from cuecoach.audio.music.needs import need
from cuecoach.audio.music.opening import fitting, open_music
from cuecoach.audio.music.scanning import find_songs, listen, map_song
from cuecoach.audio.music.voice import Song
from cuecoach.errors import SoundError
from tests.audio.music.songs import RATE, a_map, beats_at, drums

needs_librosa = pytest.mark.skipif(importlib.util.find_spec("librosa") is None, reason="needs the extra `music`")


def test_rough_beats_are_moved_to_where_the_drum_sets_in():
    true = beats_at(165.0, 9.0)
    sound = drums(true, 9.0)[::2, 0]
    rough = true + 0.012 + np.random.default_rng(1).uniform(-0.012, 0.012, len(true))
    fine, confidence = refine(rough, rises(sound, RATE // 2))
    assert confidence == 1.0
    assert np.median(np.abs(fine - true)) < 0.003
    assert np.abs(fine - true).max() < 0.006


def test_in_noise_too_little_is_struck_to_be_a_beat():
    noise = np.random.default_rng(1).normal(0.0, 0.1, 9 * RATE // 2).astype(np.float32)
    _, confidence = refine(beats_at(165.0, 9.0), rises(noise, RATE // 2))
    assert confidence < LEAST_CONFIDENCE


def test_a_beat_that_was_passed_over_is_put_in():
    beats = beats_at(120.0, 20.0)
    assert complete(np.delete(beats, [5, 6, 20])) == pytest.approx(beats)


def test_silence_has_no_beat():
    if importlib.util.find_spec("librosa") is None:
        pytest.skip("needs the extra `music`")
    beats, confidence = find_beats(np.zeros(RATE, dtype=np.float32))
    assert len(beats) == 0
    assert confidence == 0.0


@needs_librosa
@pytest.mark.timeout(300)
def test_a_song_is_listened_to_once(tmp_path: Path):
    true = beats_at(165.0, 12.0)
    path, cache, listened = tmp_path / "song.flac", MapCache(tmp_path / "maps"), []
    soundfile.write(path, drums(true, 12.0), RATE)
    found = map_song(path, cache, lambda: listened.append(path))
    assert map_song(path, cache, lambda: listened.append(path)) == found
    assert listened == [path]
    assert found.unfit() is None
    assert found.tempo_bpm == pytest.approx(165.0, abs=0.5)
    near = [np.min(np.abs(true - beat)) for beat in found.beats]
    assert np.median(near) < 0.004
    track = open_music([str(path)], live=False, cache=cache)
    assert track.playing is None
    track.close()


def test_both_channels_count_and_pauses_do_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(scanning, "find_beats", lambda mono: (np.zeros(0), 0.0))
    tone = 0.5 * np.sin(2 * np.pi * 997.0 * np.arange(6 * RATE) / RATE)
    both = np.stack((tone, tone), axis=1)
    soundfile.write(tmp_path / "a.wav", np.concatenate((both, np.zeros_like(both))), RATE, subtype="FLOAT")
    found = listen(tmp_path / "a.wav")
    assert found.lufs == pytest.approx(-3.01 - 6.02 + 3.01, abs=0.3)
    assert found.peak == pytest.approx(0.5, abs=1e-3)
    assert found.duration_s == 12.0
    assert found.unfit() is not None


def test_songs_are_found_in_folders_and_named_files_come_as_they_are(tmp_path: Path):
    (tmp_path / "in").mkdir()
    for name in ("b.mp3", "a.flac", "in/c.ogg", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    assert [p.name for p in find_songs([tmp_path, tmp_path / "a.flac"])] == ["a.flac", "b.mp3", "c.ogg"]
    with pytest.raises(SoundError, match="there is no song in the folder"):
        find_songs([_empty(tmp_path)])
    with pytest.raises(SoundError, match="there is no file"):
        find_songs([tmp_path / "gone.mp3"])


def _empty(folder: Path) -> Path:
    path = folder / "empty"
    path.mkdir()
    return path


@pytest.mark.parametrize("module", ["librosa", "python_stretch"])
def test_without_the_extra_it_says_what_to_type(monkeypatch: pytest.MonkeyPatch, module: str):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(SoundError, match=r"type `pip install 'cuecoach\[music\]'`$"):
        need(module)


def test_a_tempo_that_no_song_serves_is_refused_with_what_they_serve():
    songs = [Song("a", a_map(150.0, 30.0)), Song("b", a_map(95.0, 30.0))]
    assert [song.path for song in fitting(songs, 155.0)] == ["a"]
    with pytest.raises(SoundError, match="no song fits 169 spm; the songs serve 140 to 162 spm, 175 to 200 spm"):
        fitting(songs, 169.0)
    with pytest.raises(SoundError, match="has no clear beat"):
        fitting([Song("c", a_map(150.0, 30.0, confidence=0.2))], 150.0)


def test_songs_never_listened_to_and_other_rates_are_refused(tmp_path: Path):
    (tmp_path / "a.wav").write_bytes(b"x")
    with pytest.raises(SoundError, match="cuecoach music scan"):
        open_music([str(tmp_path / "a.wav")], live=False, cache=MapCache(tmp_path))
    with pytest.raises(SoundError, match="48000 Hz"):
        open_music([], live=True, cache=MapCache(tmp_path), sample_rate=44_100)
