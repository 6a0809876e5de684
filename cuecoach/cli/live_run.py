"""A live run from the first note to the summary: the coach, its sound and its panel."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cuecoach.errors import CuecoachError, DeviceError

if TYPE_CHECKING:
    import asyncio

    from cuecoach.cli.after_run import LiveRun
    from cuecoach.cli.keeping import Keeping
    from cuecoach.coaching.knowledge import Knowledge
    from cuecoach.config import RunConfig
    from cuecoach.live import LiveSensor
    from cuecoach.reloading import CueWatcher
    from cuecoach.rules import Rule


def run_live(
    config: RunConfig,
    rules: Sequence[Rule],
    sensors: Sequence[LiveSensor],
    *,
    until: float | None,
    record: Path | None = None,
    calibrate: bool = False,
    device_asked_for: bool = False,
    loop: asyncio.Runner | None = None,
    watcher: CueWatcher | None = None,
    knowledge: Knowledge | None = None,
    keeping: Keeping | None = None,
) -> LiveRun:
    """Coach live with a panel, the space bar for quiet, `p` for pain and `c` for a calibration, then say how it went.

    Parameters
    ----------
    config, rules, sensors
        What to coach.
    until
        Session time at which the run ends, s; None until Ctrl-C or until the sensors are over.
    record
        Where to write what was heard.
    calibrate
        Whether the run begins with a guided calibration.
    device_asked_for
        Whether it is a mistake of the person when the sound device is not there.
    loop
        Where to run, when the sensors have been used before; one of its own by default.
    watcher
        Who watches the cue files, made before they were loaded; None to leave the rules as they are.
    knowledge
        What is known of the runner.
    keeping
        How the run is kept; None to keep nothing of it.

    Returns
    -------
    LiveRun
        What was done, and what was known of the runner before and after.

    Raises
    ------
    DeviceError
        The sound device that was asked for is not there.
    RecordingError
        What the sensors read turns out to be unusable further in.
    """
    from cuecoach.audio.known_delays import resolved
    from cuecoach.audio.others.helper import OtherSound
    from cuecoach.audio.protocol import NULL_DEVICE
    from cuecoach.cli import keys, show, terminal
    from cuecoach.cli.after_run import LiveRun
    from cuecoach.cli.coaching_loop import coach_on, into
    from cuecoach.cli.keeping import KeptRun
    from cuecoach.cli.panel import Panel
    from cuecoach.cli.prompted_sound import PromptedSound
    from cuecoach.cli.rehearsal import Rehearsal
    from cuecoach.cli.sensor_words import aftermath
    from cuecoach.cli.words_ahead import WordsAhead, settle
    from cuecoach.coach import Coach
    from cuecoach.coaching import NOTICES, Knowledge
    from cuecoach.livesound import LiveSound
    from cuecoach.offline import Replay
    from cuecoach.rendering import render, songs_of
    from cuecoach.rules.translations import notices_in

    console = terminal.open_console()
    notices = notices_in(config.voice.language, rules)
    audible, early = resolved(config.sound)
    config = config.model_copy(update={"sound": audible})  # a number, so that a replay decides the same
    heard = config.sound.device != NULL_DEVICE  # nothing has to make room for silence
    others = OtherSound.open(
        config.sound.others if heard else "leave", headphones_only=heard and config.sound.headphones_only
    )
    before = knowledge or Knowledge()
    coach = Coach(config, rules, knowledge=before, notices=notices)
    said = [notices.get(text, text) for text in NOTICES]
    words = WordsAhead.of(coach.rules, config, said, notices_first=calibrate)
    late = settle(words)
    songs, no_songs = songs_of(config)
    voice_problem = words.problem
    try:
        playing = LiveSound(config.sound, {}, config.beat, songs=songs, others=others)
    except CuecoachError:
        words.close()
        others.close()
        raise
    sound = PromptedSound(playing, words, terminal.note, told=voice_problem)
    done = Replay(rules=coach.rules)
    kept: KeptRun | None = None
    where = ""
    try:
        if sound.problem and device_asked_for:
            raise DeviceError(sound.problem)
        for problem in (early, late, no_songs, voice_problem, sound.problem):
            if problem:
                terminal.note(problem)
        kept = KeptRun(keeping, coach, config, rules, notices, before, sensors, sound.session_time())
        with Panel(console, coach, sensors, keys=keys.available()) as panel:
            watching = watcher and Rehearsal(watcher, sound, config, coach.rules, told=voice_problem)
            finished = coach_on(
                coach,
                sensors,
                sound,
                until,
                loop,
                watching,
                observers=(into(done), panel.update),
                news=kept.news,
                recorder=kept.recorder,
                calibrate=calibrate,
                buttons=heard,
            )
            done.rules = coach.rules  # the cue files may have been changed on the way
    finally:
        sound.close()
        if kept is not None:
            where = kept.close(done.duration_s)
    if not finished:
        console.print("Stopped.")
    if console.is_terminal:  # elsewhere, each line was printed when it was heard
        show.timeline(console, done)
    show.summary(console, done)
    for line in (aftermath(sensor.status()) for sensor in sensors):
        if line:
            console.print(line)
    if record is not None:
        render(done, record, config)
        console.print(f"Sound: {record}")
    if where:
        console.print(where, soft_wrap=True)  # what is to be pasted stays in one line
    return LiveRun(before, coach.learned(), coach.config, done, coach.signals.distance())
