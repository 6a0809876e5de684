"""What a run sounded like, as a file: the actions of the coach through the same mixer that plays live."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cuecoach.coaching import NOTICES
from cuecoach.config import RunConfig
from cuecoach.errors import SoundError
from cuecoach.events import SayKind, SoundCommand

if TYPE_CHECKING:
    from cuecoach.audio.music.track import MusicTrack
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

    voice = config.voice
    found = search_voice(voice.language, voice.rate, voice.engine, voice.name, voice.model)
    recordings: dict[str, str] = {}
    for rule in rules:
        for text, recording in rule.recordings.items():
            recordings.setdefault(text, recording.path)
    return SpeechBank(found.voice, problem=found.problem, recordings=recordings, language=voice.language)


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
        Why some words, or the beat, are not what they should be; None when all are.

    Raises
    ------
    SoundError
        When the file cannot be written, of which nothing is left then, or the config's click cannot be made.
    """
    from cuecoach.audio.clickset import make_clicks, style_of
    from cuecoach.audio.files import render_to_file
    from cuecoach.audio.mixer import Mixer

    clicks = make_clicks(style_of(config.beat))
    bank = open_bank(config, run.rules)
    try:
        for say in run.spoken:
            bank.prepare([say.text], kind=say.kind)
    finally:
        bank.close()
    music, no_music = _open_music(config)
    mixer = Mixer(
        bank.samples,
        level_db=config.sound.level,
        beat_level_db=config.beat.level,
        clicks=clicks,
        backing=music,
    )
    actions = [action for action in run.actions if isinstance(action, SoundCommand)]
    try:
        render_to_file(mixer, path, run.duration_s, actions)
    finally:
        if music is not None:
            music.close()
    return "; ".join(problem for problem in (bank.problem, no_music) if problem) or None


def songs_of(config: RunConfig) -> tuple[list[Path], str | None]:
    """Return the songs that a config names, and what is wrong with them, one sentence; None when nothing is."""
    if not config.music.files:
        return [], None
    from cuecoach.audio.music.scanning import find_songs

    try:
        return find_songs(Path(path).expanduser() for path in config.music.files), None
    except SoundError as error:
        return [], str(error)


def _open_music(config: RunConfig) -> tuple[MusicTrack | None, str | None]:
    """Return the songs that carry the beat, or why the clicks do: none were wanted (None), or none can be used."""
    songs, problem = songs_of(config)
    if not songs:
        return None, problem
    from cuecoach.audio.music.opening import open_music

    try:
        return open_music(map(str, songs), live=False), None
    except SoundError as error:
        return None, str(error)
