"""A real run goes in; the cues that should have been spoken come out, as a timeline and as sound."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from cuecoach.cli.main import invoke
from cuecoach.offline import replay
from tests.listening import onsets, speech_spans, told_clicks

RUN = Path(__file__).resolve().parents[3] / "shared/data/fit_runs/activity-small-fenix2-run.fit"

pytestmark = [pytest.mark.real, pytest.mark.skipif(not RUN.exists(), reason="the recordings are not here")]


def test_a_recorded_run_gives_decisions_and_a_sound_file_that_agree(tmp_path, capsys):
    path = tmp_path / "run.wav"
    assert invoke(["replay", str(RUN), "--audio", str(path), "--json"]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["kind"] for line in told} >= {"decision", "sound", "beat"}
    assert [line["t"] for line in told] == sorted(line["t"] for line in told)

    run = replay(RUN)
    samples, rate = soundfile.read(path, dtype="float32")
    assert len(samples) == round(run.duration_s * rate)
    listened = 15 * 60 * rate  # a third of it: listening takes longer than coaching
    heard = onsets(samples[:listened])
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


def test_the_same_recording_twice_is_the_same_to_the_byte(capsys):
    outputs = []
    for _ in range(2):
        assert invoke(["replay", str(RUN), "--json"]) == 0
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1]
