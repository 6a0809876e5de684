"""From a config and the coach's commands to the file: whatever is mixed stays below the ceiling, in any pieces."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from cuecoach import rendering
from cuecoach.audio import files
from cuecoach.audio.clicks import SOUNDS
from cuecoach.audio.limiter import CEILING_DB
from cuecoach.audio.sounds import SAMPLE_RATE_HZ as RATE
from cuecoach.coach import Coach
from cuecoach.config import RunConfig, load_config
from cuecoach.events import Beat, BeatOff, Hush, Level, Say
from cuecoach.offline import Replay, coach_through
from cuecoach.sensors.simulator import STORIES, SimulatedRunner

END_S = 4.0
#: The ceiling in 16 bits; rounding may add half a step.
CEILING = 10 ** (CEILING_DB / 20) * 32767 + 0.5
#: The loudest there could be: full scale, as long as the text says, in hundredths of a second.
LOUD = {str(n): np.random.default_rng(n).choice([-1.0, 1.0], n * 480).astype(np.float32) for n in (1, 30, 150)}


class LoudBank:
    """Words at full scale, in place of a voice."""

    problem = None

    def prepare(self, texts, *, kind="cue") -> None: ...

    def samples(self, text: str) -> np.ndarray:
        return LOUD[text]

    def close(self) -> None: ...


@pytest.fixture(autouse=True, scope="module")
def loud_words():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rendering, "open_bank", lambda config, rules=(): LoudBank())
        yield


def written(text: str) -> RunConfig:
    """A config by way of its file, as a user has it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "my.yaml"
        path.write_text(text, encoding="utf-8")
        return load_config(path)


def sound_of(actions, config: RunConfig, *, chunk: int = 2048) -> np.ndarray:
    """The file of these actions, shape (n, 2), 16 bits, rendered in pieces of `chunk` samples."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "_CHUNK", chunk)
        path = Path(folder) / "run.wav"
        assert rendering.render(Replay(actions=list(actions), duration_s=END_S), path, config) is None
        return soundfile.read(path, dtype="int16")[0]


times = st.floats(0.0, END_S)
decibels = st.none() | st.floats(-60.0, 0.0)
says = st.builds(
    Say, t=times, at=times, id=st.integers(0, 10**6), rule=st.just("r"), text=st.sampled_from(sorted(LOUD)),
    duration=st.just(1.0),
)  # fmt: skip
beats = st.builds(
    Beat, t=times, at=times, id=st.just(1), rule=st.just("r"), spm=st.floats(40.0, 400.0), until=st.none() | times,
    first_side=st.sampled_from(["left", "right"]), every=st.sampled_from([1, 2, 4]),
)  # fmt: skip
levels = st.builds(Level, t=times, at=times, words_db=decibels, beat_db=decibels)
offs = st.builds(BeatOff, t=times, at=times, id=st.just(1))
hushes = times.map(lambda t: Hush(t=t, at=t))
scripts = st.lists(says | beats | levels | offs | hushes, max_size=8).map(lambda xs: sorted(xs, key=lambda x: x.t))
configs = st.builds(
    "sound: {{level: {} dB}}\nbeat: {{sound: {}, level: {} dB, pan: {} %, accent: {}}}\n".format,
    st.integers(-30, 0),
    st.sampled_from(sorted(SOUNDS)),
    st.integers(-30, 0),
    st.integers(0, 100),
    st.sampled_from(["off", "left", "right", "every 4"]),
)


@settings(deadline=None, max_examples=25)
@given(scripts, configs)
def test_no_sample_of_any_file_is_over_the_ceiling(script, config):
    samples = sound_of(script, written(config))
    assert len(samples) == round(END_S * RATE)
    assert np.abs(samples.astype(int)).max() <= CEILING


@settings(deadline=None, max_examples=15)
@given(scripts, configs, st.integers(64, 20_000))
def test_a_file_does_not_depend_on_the_pieces_it_was_made_in(script, config, chunk):
    config = written(config)
    assert np.array_equal(sound_of(script, config), sound_of(script, config, chunk=chunk))


@pytest.mark.parametrize("name", SOUNDS)
@pytest.mark.parametrize("every", [1, 2, 4])
def test_every_click_of_a_config_begins_on_its_sample_in_the_file(name, every):
    beat = Beat(t=0.0, at=0.1, id=1, rule="r", spm=171.0, every=every)
    samples = np.abs(sound_of([beat], written(f"beat: {{sound: {name}, level: 0 dB}}\nsound: {{level: 0 dB}}\n")))
    steps = np.arange(0, int((END_S - 0.1) * 171 / 60) + 1, every)
    loud = np.flatnonzero(samples.max(axis=1) > 0)
    # Between two clicks there is silence of a tenth of a second and more.
    heard = loud[np.flatnonzero(np.diff(loud, prepend=-RATE) > 4800)]
    assert heard.tolist() == np.rint((0.1 + steps * 60 / 171) * RATE).astype(int).tolist()


def test_pan_and_accent_of_a_config_are_heard_in_the_file():
    beat = [Beat(t=0.0, at=0.0, id=1, rule="r", spm=150.0)]

    def ears(text: str) -> np.ndarray:
        """Peak of each click in either ear, shape (clicks, 2)."""
        samples = np.abs(sound_of(beat, written(f"sound: {{level: -6 dB}}\nbeat: {{{text}}}\n")).astype(int))
        step = round(0.4 * RATE)
        return np.array([samples[k * step : (k + 1) * step].max(axis=0) for k in range(10)])

    wide = ears("pan: 100 %")
    assert np.all(wide[::2, 1] == 0)
    assert np.all(wide[1::2, 0] == 0)
    middle = ears("pan: 0 %")
    assert np.array_equal(middle[:, 0], middle[:, 1])
    left = ears("accent: left").max(axis=1)
    assert left[::2].min() > 1.2 * left[1::2].max()
    fourth = ears("accent: every 4").max(axis=1)
    assert np.flatnonzero(fourth > 1.2 * np.median(fourth)).tolist() == [0, 4, 8]


def test_the_level_of_a_config_is_that_of_the_file_to_a_tenth_of_a_decibel():
    beat = [Beat(t=0.0, at=0.0, id=1, rule="r", spm=150.0)]

    def peak_db(text: str) -> float:
        return 20 * np.log10(np.abs(sound_of(beat, written(text)).astype(int)).max() / 32767)

    loud = peak_db("sound: {level: 0 dB}\nbeat: {level: 0 dB}\n")
    assert peak_db("sound: {level: -20 dB}\nbeat: {level: 0 dB}\n") == pytest.approx(loud - 20, abs=0.1)
    assert peak_db("sound: {level: -20 dB}\nbeat: {level: -10 dB}\n") == pytest.approx(loud - 30, abs=0.1)


@pytest.mark.parametrize(("every", "steps"), [("step", 1), ("stride", 2), ("second stride", 4)])
def test_the_footfalls_of_a_config_click_in_the_file_of_a_whole_run(every, steps, tmp_path: Path):
    config = written(
        "cues: [posture]\ncadence: {target: 170 spm}\nmetronome: always\nsound: {level: 0 dB}\n"
        f"beat: {{every: {every}, level: 0 dB, pan: 0 %}}\ngates: {{warm_up: 0 s}}\n"
    )
    run = coach_through(Coach(config, ()), SimulatedRunner(STORIES["demo"], seed=1), until=75.0)
    beats = [action for action in run.actions if isinstance(action, Beat)]
    assert {beat.every for beat in beats} == {steps}
    assert rendering.render(run, tmp_path / "run.wav", config) is None
    samples = np.abs(soundfile.read(tmp_path / "run.wav", dtype="int16")[0]).max(axis=1)
    loud = np.flatnonzero(samples > 0)
    heard = loud[np.flatnonzero(np.diff(loud, prepend=-RATE) > 4800)] / RATE
    last = beats[-1]
    # From the last change of tempo on, the first click and every one after it lie on that beat's own grid.
    after = heard[heard > last.at - 0.001]
    assert len(after) > 3
    assert after == pytest.approx(last.at + np.arange(len(after)) * steps * 60 / last.spm, abs=1.0 / RATE)
