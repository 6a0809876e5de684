"""What a run sounded like, as a file: the actions of the coach through the same mixer that plays live."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cuecoach.coaching import NOTICES
from cuecoach.config import RunConfig
from cuecoach.events import SayKind, SoundCommand

if TYPE_CHECKING:
    from cuecoach.audio.sounds import FloatArray32
    from cuecoach.audio.speech import SpeechBank
    from cuecoach.offline import Replay
    from cuecoach.rules import Rule


def open_bank(config: RunConfig) -> SpeechBank:
    """Return the bank of spoken words that the config's voice fills; without a voice it gives short sounds."""
    from cuecoach.audio.speech import SpeechBank
    from cuecoach.audio.voices import search_voice

    found = search_voice(config.voice.language, config.voice.rate, config.voice.engine)
    return SpeechBank(found.voice, problem=found.problem)


def words_of(rules: Sequence[Rule], config: RunConfig) -> tuple[dict[str, FloatArray32], str | None]:
    """Return the samples of everything these rules may say, and why they are only short sounds, if they are."""
    kinds: dict[SayKind, list[str]] = {
        "cue": [text for rule in rules for text in rule.say],
        "praise": [rule.praise for rule in rules if rule.praise],
        "notice": list(NOTICES),
    }
    bank = open_bank(config)
    try:
        for kind, texts in kinds.items():
            bank.prepare(texts, kind=kind)
        return {text: bank.samples(text) for texts in kinds.values() for text in texts}, bank.problem
    finally:
        bank.close()


def render(run: Replay, path: Path, config: RunConfig) -> str | None:
    """Write the sound of a run to a WAV or FLAC file of the run's length.

    Returns
    -------
    str or None
        Why the words are only short sounds, None when they are words.

    Raises
    ------
    SoundError
        When the file cannot be written; nothing is left of it.
    """
    from cuecoach.audio.files import render_to_file
    from cuecoach.audio.mixer import Mixer

    bank = open_bank(config)
    try:
        for say in run.spoken:
            bank.prepare([say.text], kind=say.kind)
    finally:
        bank.close()
    mixer = Mixer(bank.samples, level_db=config.sound.level)
    actions = [action for action in run.actions if isinstance(action, SoundCommand)]
    render_to_file(mixer, path, run.duration_s, actions)
    return bank.problem
