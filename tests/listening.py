"""Reading back from a sound file what the timeline of a run says was heard."""

import numpy as np

from cuecoach.offline import Replay
from cuecoach.timeline import lines

#: Zeros before an onset: clicks are at least 250 ms apart and 25 ms long.
QUIET = 4800


def told_clicks(demo: Replay, rate: int) -> list[int]:
    """Samples of all clicks, as the timeline tells them."""
    beats = [line for line in lines(demo.actions) if line["kind"] == "beat"]
    ends = [*(line["t"] for line in beats[1:]), demo.duration_s]
    clicks = []
    for line, end in zip(beats, ends, strict=True):
        if line["outcome"] == "off":
            continue
        interval = 60 / line["values"]["spm"]
        # A change of tempo falls on a click of the old beat; the times in the timeline are rounded to the microsecond.
        count = int(np.ceil((end - line["t"]) / interval - 1e-4))
        clicks += [round((line["t"] + k * interval) * rate) for k in range(count)]
    return clicks


def speech_spans(demo: Replay) -> list[tuple[float, float]]:
    return [(line["t"], line["t"] + 3.0) for line in lines(demo.actions) if line["kind"] == "sound"]


def onsets(samples: np.ndarray) -> np.ndarray:
    """First sound after silence."""
    loud = np.flatnonzero((samples.T != 0).any(axis=0))
    return loud[np.flatnonzero(np.diff(loud, prepend=-QUIET - 1) > QUIET)]
