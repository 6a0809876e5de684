"""How well the modelled speaking time fits this machine's voice, over every phrase of the cue library.

.venv/bin/python benchmarks/words.py
"""

import numpy as np
from figures import machine, show

from cuecoach import load_config, load_cues
from cuecoach.audio.sounds import SAMPLE_RATE_HZ
from cuecoach.coaching.voice import speaking_time
from cuecoach.rendering import words_of


def main() -> None:
    print(machine())
    words, problem = words_of(load_cues(["posture", "cadence", "hips", "bounce"]), load_config())
    if problem:
        print(f"no voice to measure: {problem}")
        return
    letters = np.array([len(text) for text in words])
    spoken = np.array([len(samples) / SAMPLE_RATE_HZ for samples in words.values()])
    modelled = np.array([speaking_time(text) for text in words])
    slope, start = np.polyfit(letters, spoken, 1)
    show("phrases", len(words), None, "")
    show("spoken, shortest", spoken.min(), None)
    show("spoken, longest", spoken.max(), None)
    show("best line: start", start, None)
    show("best line: per letter", slope, None)
    show("model minus voice, mean", float(np.mean(modelled - spoken)), None)
    show("model minus voice, largest shortfall", float(np.max(spoken - modelled)), None)


if __name__ == "__main__":
    main()
