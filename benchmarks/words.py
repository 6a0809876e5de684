"""How well the modelled speaking time fits this machine's voice, over every phrase of the cue library, in every language.

.venv/bin/python benchmarks/words.py
"""

import numpy as np
from figures import machine, show

from cuecoach import load_config
from cuecoach.audio.sounds import SAMPLE_RATE_HZ
from cuecoach.coaching import NOTICES
from cuecoach.config import bundled
from cuecoach.rendering import open_bank
from cuecoach.rules.load import load_rules
from cuecoach.rules.speaking import speaking_time
from cuecoach.rules.translation_files import spoken_texts
from cuecoach.rules.translations import notices_in, translated


def main() -> None:
    print(machine())
    rules, config = load_rules([bundled("cues")]).rules, load_config()
    for language in ("en", *sorted(p.stem for p in (bundled("cues") / "translations").glob("*.yaml"))):
        said = notices_in(language)
        texts = [text for rule in translated(rules, language).rules for text in spoken_texts(rule)]
        texts = list(dict.fromkeys([*texts, *(said.get(text, text) for text in NOTICES)]))
        voice = config.voice.model_copy(update={"language": language})
        bank = open_bank(config.model_copy(update={"voice": voice}))
        if bank.problem:
            print(f"{language}: no voice to measure: {bank.problem}")
            bank.close()
            continue
        spoken = np.array([len(bank.samples(text)) / SAMPLE_RATE_HZ for text in texts])
        bank.close()
        modelled = np.array([speaking_time(text) for text in texts])
        short = spoken - modelled
        show(f"{language}: phrases", len(texts), None, "")
        show(f"{language}: spoken, shortest", spoken.min(), None)
        show(f"{language}: spoken, longest", spoken.max(), None)
        show(f"{language}: model minus voice, mean", float(-short.mean()), None)
        show(f"{language}: voice longer than the model, 95 % of phrases at most", float(np.percentile(short, 95)), 0.2)
        show(f"{language}: voice longer than the model, worst", float(short.max()), None)


if __name__ == "__main__":
    main()
