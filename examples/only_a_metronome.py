"""Only a metronome: a beat that rises from 160 to 170 in small steps, as a sound file."""

import tempfile
from pathlib import Path

from cuecoach.audio.files import render_to_file
from cuecoach.audio.mixer import Mixer, no_words
from cuecoach.audio.ramp import ramp

beats = ramp(160, 170, over_s=60)
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "metronome.wav"
    render_to_file(Mixer(no_words), path, 90, beats)
    print(f"{path.stat().st_size / 1e6:.1f} MB of beat: " + " → ".join(f"{beat.spm:g}" for beat in beats))
