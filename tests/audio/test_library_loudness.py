"""Every cue of the library, in every language it has, by the voice of this machine: one loudness, no peak too high."""

from __future__ import annotations

import importlib.util
import shutil
import sys

import numpy as np
import pytest

from cuecoach.audio.loudness import SPEECH_LUFS, loudness_lufs, prepare_words
from cuecoach.audio.mixer import Mixer
from cuecoach.audio.spoken import spell
from cuecoach.audio.voices import search_voice
from cuecoach.coaching import NOTICES
from cuecoach.config import bundled
from cuecoach.events import Beat, Say
from cuecoach.rules.load import load_rules
from cuecoach.rules.translation_files import spoken_texts
from cuecoach.rules.translations import notices_in, translated

RATE = 48_000
CEILING = 10 ** (-1 / 20) + 1e-4
pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux")
    or not (importlib.util.find_spec("espeakng_loader") or shutil.which("espeak-ng")),
    reason="no espeak-ng on this machine",
)


LANGUAGES = ("en", "de", "es", "fr", "zh", "ja")


@pytest.mark.live
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cue_is_as_loud_as_the_others(language: str):
    check(language, every=1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_so_is_a_part_of_them(language: str):
    check(language, every=6)


def check(language: str, every: int) -> None:
    rules = translated(load_rules([bundled("cues")]).rules, language).rules
    notices = notices_in(language, rules)
    texts = sorted({text for rule in rules for text in spoken_texts(rule)} | {notices.get(n, n) for n in NOTICES})[
        ::every
    ]
    voice = search_voice(language).voice
    assert voice is not None
    try:
        words = {text: prepare_words(*voice.speak(spell(text, language)), RATE) for text in texts}
    finally:
        voice.close()
    off = {text: loudness_lufs(samples, RATE) - SPEECH_LUFS for text, samples in words.items()}
    worst = max(off, key=lambda text: abs(off[text]))
    print(f"{language}: {len(texts)} phrases, the worst {off[worst]:+.2f} LU, “{worst}”")
    assert abs(off[worst]) <= 1.0
    assert max(np.abs(samples).max() for samples in words.values()) <= CEILING
    loudest = max(words, key=lambda text: float(np.abs(words[text]).max()))
    assert np.abs(mixed(words[loudest])).max() <= CEILING


def mixed(words: np.ndarray) -> np.ndarray:
    """Return words over the fastest beat, as loud as both can be set."""
    mixer = Mixer(lambda _: words, level_db=0.0, beat_level_db=0.0)
    mixer.handle(Beat(0.0, 0.0, 1, "r", 240.0))
    mixer.handle(Say(0.0, 0.1, 2, "r", "words", 1.0))
    return mixer.render(len(words) + RATE // 2)
