"""A whole run over the virtual radio: a runner tires, a pod tells, the coach decides, the cue is in the sound."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
import soundfile

from cuecoach.coach import Coach
from cuecoach.config import load_config
from cuecoach.events import Action, Beat, Decision, ImuBlock, Say
from cuecoach.gait import GaitAnalyser
from cuecoach.live import coach_live
from cuecoach.modelled import ModelledSound
from cuecoach.offline import Replay
from cuecoach.rendering import render
from cuecoach.rules import load_cues
from cuecoach.sensors.bluetooth.drivers.foot_pod import FootPod as FootPodDriver
from cuecoach.sensors.bluetooth.drivers.polar import PolarVerity as PolarVerityDriver
from cuecoach.sensors.bluetooth.supervisor import BluetoothSensor
from cuecoach.sensors.simulator import Phase, SimulatedRunner, Story
from tests.air.fast_clock import FastClock
from tests.air.metric_pods import FootPod
from tests.air.polar import PolarVerity
from tests.air.watch import HastyRadio, Watch, running, until
from tests.listening import onsets, speech_spans, told_clicks

pytestmark = pytest.mark.live

DRIVERS = [FootPodDriver(), PolarVerityDriver()]
#: Session seconds in a second of real time, for a pod and for raw samples.
FACTOR, RAW_FACTOR = 25.0, 10.0
#: Cadence falls by 7 % after the fresh minutes, which last as long as the demonstration's config wants.
TIRES = Story("tires", "", (Phase("fresh", 46.0, 2.8), Phase("fade", 60.0, 2.8, fade=0.07, ramp_s=4.0)))
END_S = 76.0


async def run_with_a_pod(adapter, pod: FootPod) -> Replay:
    """Coach the run live and return what was decided."""
    config = load_config("demo")
    coach = Coach(config, load_cues(config.cues))
    sensor = BluetoothSensor("foot", HastyRadio(adapter), DRIVERS)
    runner = SimulatedRunner(TIRES, seed=4, place="foot")
    decided: list[Action] = []

    def heard(t: float, actions: list[Action]) -> None:
        decided.extend(actions)
        for action in actions:
            runner.hear(action)

    clock = FastClock(FACTOR)
    async with running(clock, runner, pod):
        ran = await coach_live(coach, [sensor], ModelledSound(), clock=clock, until=END_S, observe=heard)
    assert (ran.dropped, sensor.status().rejected) == (0, 0)
    return Replay(decided, ran.duration_s, rules=coach.rules)


async def test_a_runner_with_a_foot_pod_gets_a_beat_when_cadence_fades_and_it_is_in_the_sound(
    air, adapter, switch_on, tmp_path
):
    run = await run_with_a_pod(adapter, await switch_on(FootPod(air)))
    (beat,) = [action for action in run.actions if isinstance(action, Beat)][:1]
    reason = next(d for d in run.actions if isinstance(d, Decision) and d.rule == beat.rule and d.t == beat.t)
    assert 46.0 < beat.t < END_S
    assert "cadence" in reason.why
    # The runner's own cadence when fresh, never twice or half of it.
    fresh = SimulatedRunner(TIRES, seed=4, place="foot", noise=False)
    own = fresh.advance(40.0)[-1].values["cadence"]
    led = [action.spm for action in run.actions if isinstance(action, Beat)]
    assert all(0.92 * own < spm < 1.03 * own for spm in led)
    assert led == sorted(led)  # from where the runner is towards where they were

    path = tmp_path / "run.wav"
    render(run, path, load_config("demo"))
    samples, rate = soundfile.read(path, dtype="float32")
    spans = speech_spans(run)
    told = [n for n in told_clicks(run, rate) if not any(a - 0.05 <= n / rate <= b for a, b in spans)]
    heard = [int(n) for n in onsets(samples) if not any(a - 0.05 <= n / rate <= b for a, b in spans)]
    assert len(told) > 10
    assert heard == told
    # Not a word before the beat: it is tried first.
    assert all(say.at > beat.at for say in run.actions if isinstance(say, Say) and say.kind == "cue")


async def test_a_sensor_that_is_lost_on_the_run_is_told_once_and_so_is_its_return(air, adapter, switch_on):
    pod = await switch_on(FootPod(air))
    clock = FastClock(FACTOR)
    sensor = BluetoothSensor("foot", HastyRadio(adapter), DRIVERS)
    runner = SimulatedRunner(Story("steady", "", (Phase("run", 600.0, 3.0),)), seed=1, place="foot")
    config = load_config("demo")
    said: list[str] = []

    def heard(t: float, actions: list[Action]) -> None:
        said.extend(action.text for action in actions if isinstance(action, Say))

    async def go_away_and_come_back() -> None:
        # One after the other, however slow this machine is just now.
        await until(lambda: sensor.status().state == "streaming")
        await clock.sleep_until(clock.now() + 8.0)
        air.take_away(pod.device)
        await until(lambda: said)
        await clock.sleep_until(clock.now() + 8.0)
        air.bring_back(pod.device)
        await until(lambda: len(said) > 1)
        await clock.sleep_until(clock.now() + 12.0)

    coach = Coach(config, load_cues(config.cues))
    async with running(clock, runner, pod):
        coaching = asyncio.create_task(coach_live(coach, [sensor], ModelledSound(), clock=clock, observe=heard))
        await go_away_and_come_back()
        coaching.cancel()
        await asyncio.gather(coaching, return_exceptions=True)
    assert said == ["Sensor lost", "Sensor back"]


async def test_the_gait_that_comes_over_the_radio_is_the_gait_of_the_runner(air, adapter, switch_on):
    rate_hz = 52.0
    device = await switch_on(PolarVerity(air))
    air.interval_s = 0.03 / RAW_FACTOR
    clock = FastClock(RAW_FACTOR)
    runner = SimulatedRunner(TIRES, seed=6, output="imu", rate_hz=rate_hz)
    sensor = BluetoothSensor("sacrum", HastyRadio(adapter), DRIVERS)
    async with Watch(clock, sensor) as watch, running(clock, runner, device):
        await until(lambda: sum(len(block.times) for block in watch.of(ImuBlock)) >= 10 * rate_hz)
    analyser = GaitAnalyser("sacrum")
    steps = [step for block in watch.of(ImuBlock) for step in analyser.push(block.times, block.acc, block.gyr).steps]
    contacts = np.array([step.ic for step in steps])
    truth = runner.truth
    assert len(steps) >= 15
    lateness = np.array([contact - truth.ic[np.argmin(np.abs(truth.ic - contact))] for contact in contacts])
    cadence = np.median([step.values["cadence"] for step in steps if "cadence" in step.values])
    during = (truth.ic >= contacts[0]) & (truth.ic <= contacts[-1])
    assert cadence == pytest.approx(np.median(truth.cadence[during]), rel=0.015)
    # One step for every step, evenly late.
    assert abs(len(steps) - during.sum()) <= 1
    assert np.std(lateness) < 0.05
