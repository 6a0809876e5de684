"""A real run goes in; the cues that should have been spoken come out, as a timeline and as sound."""

import json

import numpy as np
import soundfile

from cuecoach.cli.main import invoke
from tests.listening import onsets, speech_spans, told_clicks
from tests.real.fenix import MARKS, RUN, replayed

pytestmark = MARKS


def test_a_recorded_run_gives_decisions_and_a_sound_file_that_agree_and_twice_the_same(tmp_path, capsys):
    path = tmp_path / "run.wav"
    assert invoke(["replay", str(RUN), "--audio", str(path), "--json"]) == 0
    out = capsys.readouterr().out
    told = [json.loads(line) for line in out.splitlines()]
    assert {line["kind"] for line in told} >= {"decision", "sound", "beat"}
    assert [line["t"] for line in told] == sorted(line["t"] for line in told)

    run = replayed()
    rate = soundfile.info(path).samplerate
    assert soundfile.info(path).frames == round(run.duration_s * rate)
    listened = 15 * 60 * rate  # a third of it: listening takes longer than coaching
    heard = onsets(soundfile.read(path, frames=listened, dtype="float32")[0])
    spans = speech_spans(run)

    def clear(n: int) -> bool:
        return not any(start - 0.05 <= n / rate <= end for start, end in spans)

    clicks = [n for n in told_clicks(run, rate) if clear(n) and n < listened]
    assert len(clicks) > 150
    assert [int(n) for n in heard if clear(int(n))] == clicks
    starts = heard / rate
    for line in told:
        if line["kind"] == "sound" and line["t"] < 15 * 60:
            assert np.abs(starts - line["t"]).min() <= 0.001

    # Sound or not, the same recording again is the same to the byte.
    assert invoke(["replay", str(RUN), "--json"]) == 0
    assert capsys.readouterr().out == out
