"""Keep a run, coach it again by other rules, and write its page: nothing is lost, and everything is explained.

python examples/stored_run.py [PAGE.html]
"""

import sys
import tempfile
from datetime import datetime
from pathlib import Path

from cuecoach import Coach, load_config, load_cues
from cuecoach.coaching.knowledge import Knowledge
from cuecoach.comparing import compare
from cuecoach.events import Tick
from cuecoach.modelled import ModelledSound
from cuecoach.recorder import Recorder, setup_of
from cuecoach.report import report_html
from cuecoach.rules.rule_json import rules_to_json
from cuecoach.sensors.simulator import STORIES, SimulatedRunner
from cuecoach.store import Keeper, NewRun, Store
from cuecoach.stored import as_it_was, open_run, otherwise, record_of

config = load_config("demo")
rules = load_cues(config.cues)
runner, coach, sound = SimulatedRunner(STORIES["demo"]), Coach(config, rules), ModelledSound()

with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "runs.db"
    run = NewRun("me", "simulated", datetime.now().astimezone(), "", "all", setup_of(config, rules, Knowledge(), {}))
    keeper = Keeper.open(file, run, rules_to_json)
    recorder = Recorder(coach, keeper)
    ticks = int(runner.duration_s * 4)
    for t in (number / 4 for number in range(ticks)):
        for event in (*runner.advance(t), *sound.poll(t), Tick(t)):
            heard = recorder.keep(event)
            actions = coach.handle(heard)
            recorder.did(heard, actions)
            for action in actions:
                sound.send(action)
                runner.hear(action)
    keeper.close(duration_s=ticks / 4, summary={}, knowledge=None)

    with Store.open(file) as store:
        kept = open_run(store, "last")
        again = as_it_was(kept.coach(), kept.events())
        print("the same decisions:", again.actions == kept.actions())
        less = otherwise(Coach(config, load_cues(["posture"])), kept.events())
        for line in compare(again, less, ("all rules", "posture alone")).lines():
            print(line)
        if len(sys.argv) > 1:
            Path(sys.argv[1]).write_text(report_html(record_of(store, kept.head.number)), encoding="utf-8")
            print("page:", sys.argv[1])
