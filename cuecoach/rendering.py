"""What a run sounded like, as a file: the actions of the coach through the same mixer that plays live."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


def open_bank(config: RunConfig, rules: Iterable[Rule] = ()) -> SpeechBank:
    """Return the bank of words that the config's voice and the recordings of these rules fill.

    Without a voice it gives short sounds. Where two rules have the same text and one of them a recording of it, both are
    heard as the recording: one text has one sound in a run.
    """
    from cuecoach.audio.speech import SpeechBank
    from cuecoach.audio.voices import search_voice

    found = search_voice(config.voice.language, config.voice.rate, config.voice.engine)
    recordings: dict[str, str] = {}
    for rule in rules:
        for text, recording in rule.recordings.items():
            recordings.setdefault(text, recording.path)
    return SpeechBank(found.voice, problem=found.problem, recordings=recordings)


def texts_of(rules: Iterable[Rule], notices: Iterable[str] = NOTICES) -> dict[SayKind, list[str]]:
    """Return everything a coach with these rules may say, by kind: wordings, what follows them, drills, praise, notices."""
    rules = list(rules)
    return {
        "cue": list(dict.fromkeys(text for rule in rules for text in rule.cues)),
        "praise": list(dict.fromkeys(rule.praise for rule in rules if rule.praise)),
        "notice": list(notices),
    }


def words_of(
    rules: Sequence[Rule], config: RunConfig, notices: Iterable[str] = NOTICES
) -> tuple[dict[str, FloatArray32], str | None]:
    """Return the samples of everything these rules may say.

    Parameters
    ----------
    rules
        Whose wordings, drills, recordings and praise.
    config
        Whose voice.
    notices
        What is said that no rule says.

    Returns
    -------
    tuple
        The samples by text, and why some of them are not the words they should be, None when all are.
    """
    kinds = texts_of(rules, notices)
    bank = open_bank(config, rules)
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
        Why some words are not what they should be, None when all are.

    Raises
    ------
    SoundError
        When the file cannot be written; nothing is left of it.
    """
    from cuecoach.audio.files import render_to_file
    from cuecoach.audio.mixer import Mixer

    bank = open_bank(config, run.rules)
    try:
        for say in run.spoken:
            bank.prepare([say.text], kind=say.kind)
    finally:
        bank.close()
    mixer = Mixer(bank.samples, level_db=config.sound.level)
    actions = [action for action in run.actions if isinstance(action, SoundCommand)]
    render_to_file(mixer, path, run.duration_s, actions)
    return bank.problem
