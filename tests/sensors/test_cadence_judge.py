"""Strides or steps, told while the runner runs: no value that reaches a rule is ever doubled or halved."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.sensors.cadence import CadenceUnit, unit_by_name, unit_by_numbers, unit_by_stride_length
from cuecoach.sensors.cadence_judge import CadenceJudge
from cuecoach.sensors.message import Stated


@dataclass(frozen=True)
class Leg:
    """So many seconds at one speed, m/s, and cadence, steps a minute."""

    seconds: int
    speed: float
    spm: float

    @property
    def running(self) -> bool:
        return self.spm >= 135


WALK = Leg(90, 1.5, 112)
EASY = Leg(60, 2.8, 166)
#: A warm-up walk, a minute of running, then four times faster and walking again.
SESSION = (WALK, EASY, *(Leg(40, 4.6, 184), Leg(45, 1.4, 106)) * 4, EASY)


@dataclass(frozen=True)
class Device:
    """How a device states what its wearer does, about once a second."""

    unit: Literal["strides", "steps"]
    name: str = ""
    length: Literal["stride", "step"] | None = None
    flag: Literal["true", "never sent", "always running"] = "true"
    smooth_s: float = 3.0
    noise: float = 0.0
    drops: float = 0.0
    speed_error: float = 1.0
    states_speed: bool = True

    def says(self, legs: Sequence[Leg], seed: int = 0) -> Iterator[tuple[float, Leg, float, Stated]]:
        """Yield time, what the runner does, what the device believes the cadence is, and its message."""
        draw = random.Random(seed)
        t = 0.0
        speed, spm = legs[0].speed, legs[0].spm
        for leg in legs:
            for _ in range(leg.seconds):
                t += 1.0
                share = 1.0 - math.exp(-1.0 / self.smooth_s) if self.smooth_s else 1.0
                speed += share * (leg.speed - speed)
                spm += share * (leg.spm - spm)
                believed = spm * (1 + draw.uniform(-self.noise, self.noise))
                stated_speed = speed * self.speed_error * (1 + draw.uniform(-self.noise, self.noise))
                raw = round(believed / 2 if self.unit == "strides" else believed)
                step = 60 * stated_speed / believed
                running = {"true": speed > 2.0 or leg.running, "never sent": None, "always running": True}[self.flag]
                yield (
                    t,
                    leg,
                    believed,
                    Stated(
                        {"speed": stated_speed} if self.states_speed and draw.random() >= self.drops else {},
                        raw if draw.random() >= self.drops else None,
                        None if self.length is None else (2 * step if self.length == "stride" else step),
                        running,
                    ),
                )


def follow(
    judge: CadenceJudge, device: Device, legs: Sequence[Leg], seed: int = 0, since: float = 0.0
) -> dict[str, float]:
    """Let the judge see a run; check every value that comes out; return how long things took."""
    ran, decided, first, emitted, running_values = 0.0, math.inf, math.inf, 0, 0
    for t, leg, believed, stated in device.says(legs, seed):
        ran += leg.running
        spm = judge.judge(since + t, stated)
        if judge.unit != "auto":
            decided = min(decided, ran)
        if spm is not None:
            assert spm == pytest.approx(believed, rel=0.25), (t, leg, stated, judge.unit, judge.how)
            emitted += 1
            running_values += leg.running
            first = min(first, ran if leg.running else math.inf)
    return {"decided": decided, "first": first, "emitted": emitted, "running": running_values, "ran": ran}


#: What is known of devices in the field; who found it out is in the comments.
DEVICES = (
    Device("strides", "Polar Stride"),  # OpenTracks, README_TESTED_SENSORS
    Device("strides", "Foot pod", length="stride", flag="never sent"),  # the specification to the letter
    Device("steps", "TICKR X 1A2B"),  # OpenTracks: "in violation to the standard"
    Device("strides", "Zwift RunPod", length="stride"),  # qdomyos-zwift #1099
    Device("strides", "Forerunner 245", flag="always running"),  # qdomyos-zwift #566: 180 on the watch, 90 on the air
    Device("strides", "BLE bridge", flag="never sent", smooth_s=10.0),  # CSC_BLE_Bridge #17: from ANT+, over 10 s
    Device("strides", "Stryd", length="stride"),  # qdomyos-zwift strydrunpowersensor
    Device("strides", "Stryd", length="step"),
    Device("steps", "RUNN 0123", flag="never sent"),  # TrackMyIndoorWorkout #325, qdomyos-zwift #1261
    Device("steps", "Technogym Run", flag="never sent"),  # TrackMyIndoorWorkout #465: 160 to 180 sent
    Device("steps", "My pod", length="stride"),  # what several web demos take for granted
    Device("steps", "My pod", length="step", flag="always running"),
)


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("device", DEVICES, ids=lambda d: f"{d.name} {d.unit} {d.length} {d.flag}")
def test_every_known_device_is_judged_within_15_s_of_running_and_never_doubled_or_halved(
    device: Device, named: bool
) -> None:
    judge = CadenceJudge(name=device.name if named else "")
    seen = follow(judge, device, SESSION)
    assert judge.unit == device.unit
    assert seen["decided"] <= 15
    assert seen["first"] <= 15
    # Once decided, running speaks: all but the first 15 s, and the seconds in which a run begins.
    assert seen["running"] >= 0.9 * (seen["ran"] - 15) - 5 * 5


@pytest.mark.parametrize("device", DEVICES, ids=lambda d: f"{d.name} {d.unit} {d.length} {d.flag}")
@pytest.mark.parametrize("wrong", [False, True])
def test_a_memory_speaks_at_once_and_a_wrong_one_never(device: Device, wrong: bool) -> None:
    other: dict[str, CadenceUnit] = {"strides": "steps", "steps": "strides"}
    judge = CadenceJudge(remembered=other[device.unit] if wrong else device.unit)
    assert judge.how == "remembered"
    seen = follow(judge, device, SESSION)
    assert judge.unit == device.unit
    assert (judge.how == "remembered") is not wrong
    if not wrong:
        assert seen["first"] <= 8  # a smoothed start


def test_power_and_heart_rate_in_between_change_nothing() -> None:
    judge = CadenceJudge()
    for t in range(16):
        spm = judge.judge(float(t), Stated({"speed": 3.0}, 85.0, running=True))
        assert judge.judge(t + 0.5, Stated({"power": 250.0})) is None
        assert judge.judge(t + 0.9, Stated({"heart_rate": 151.0})) is None
    assert spm == 170.0


def test_nothing_is_decided_while_walking() -> None:
    for unit in ("strides", "steps"):
        for leg in (Leg(600, 1.5, 110), Leg(600, 1.9, 124), Leg(600, 1.0, 96)):
            for length in (None, "stride", "step"):
                judge = CadenceJudge()
                seen = follow(judge, Device(unit, length=length), [leg])
                assert (judge.unit, seen["emitted"]) == ("auto", 0)


def test_a_device_that_always_says_running_is_not_judged_by_a_walk() -> None:
    for unit in ("strides", "steps"):
        judge = CadenceJudge()
        follow(judge, Device(unit, flag="always running"), [Leg(600, 1.5, 112)])
        assert judge.unit == "auto"


def test_a_speed_that_is_a_fifth_too_high_makes_no_run_of_a_walk() -> None:
    judge = CadenceJudge()
    follow(judge, Device("steps", flag="never sent", speed_error=1.25), [Leg(600, 1.75, 120)])
    assert judge.unit == "auto"


def test_a_decided_unit_gives_the_cadence_of_a_walk() -> None:
    judge = CadenceJudge()
    follow(judge, Device("strides"), [EASY])
    walked = [judge.judge(100.0 + t, Stated({"speed": 1.5}, 56.0, running=False)) for t in range(5)]
    assert walked == [112.0] * 5


@pytest.mark.parametrize(
    ("leg", "unit"),
    [
        (Leg(40, 5.5, 200), "strides"),  # a fast runner at 100 strides
        (Leg(40, 2.1, 140), "strides"),  # a slow jogger at 70
        (Leg(40, 1.8, 150), "strides"),  # slower than many walk
        (Leg(40, 1.8, 150), "steps"),
        (Leg(40, 2.3, 210), "strides"),
        (Leg(40, 6.5, 220), "steps"),
    ],
)
@pytest.mark.parametrize("flag", ["true", "never sent"])
def test_slow_and_fast_runners_are_told_alike(
    leg: Leg, unit: Literal["strides", "steps"], flag: Literal["true", "never sent"]
) -> None:
    judge = CadenceJudge()
    seen = follow(judge, Device(unit, flag=flag), [leg])
    assert (judge.unit, judge.how) == (unit, "by its numbers")
    assert seen["running"] >= 20


def test_intervals_shorter_than_the_time_to_decide_stay_silent_and_longer_ones_do_not() -> None:
    short, long = (CadenceJudge() for _ in range(2))
    device = Device("strides", smooth_s=0.0)
    assert follow(short, device, (Leg(8, 4.5, 180), Leg(30, 1.4, 106)) * 20)["emitted"] == 0
    assert follow(long, device, (Leg(12, 4.5, 180), Leg(30, 1.4, 106)) * 20)["emitted"] > 100
    assert (short.unit, long.unit) == ("auto", "strides")


def test_the_stride_length_decides_where_the_numbers_cannot() -> None:
    # 122 a minute at 3 m/s: strides of a sprinter, or steps of a giant. Half a stride length each: steps.
    judge = CadenceJudge()
    for t in range(20):
        judge.judge(float(t), Stated({"speed": 3.0}, 122.0, 2.95, True))
    assert (judge.unit, judge.how) == ("steps", "by its stride length")
    # The same kind on both sides tells nothing.
    judge = CadenceJudge()
    for t in range(60):
        assert judge.judge(float(t), Stated({"speed": 3.0}, 122.0, 1.475, True)) is None
    assert (judge.unit, judge.how) == ("auto", "")


def test_how_it_was_decided_is_told() -> None:
    for device, how in (
        (Device("steps", length="stride"), "by its stride length"),
        (Device("strides", length="step"), "by its stride length"),
        (Device("strides", length="stride"), "by its numbers"),
        (Device("steps"), "by its numbers"),
    ):
        judge = CadenceJudge()
        follow(judge, device, [EASY])
        assert (judge.unit, judge.how) == (device.unit, how)
    assert CadenceJudge(name="TICKR X 99").how == "by its name"
    assert CadenceJudge("strides", name="TICKR X 99").how == "set by you"
    assert CadenceJudge(remembered="strides", name="TICKR X 99").how == "remembered"
    assert CadenceJudge(remembered="auto").unit == "auto"


def test_numbers_beat_a_name() -> None:
    judge = CadenceJudge(name="TICKR X")
    follow(judge, Device("strides"), SESSION)
    assert (judge.unit, judge.how) == ("strides", "by its numbers")


@pytest.mark.parametrize("before", ["strides", "steps"])
@pytest.mark.parametrize("pause", [(), (Leg(60, 1.4, 110),)])
def test_a_device_that_changes_its_unit_is_silent_until_judged_again(
    before: Literal["strides", "steps"], pause: tuple[Leg, ...]
) -> None:
    judge = CadenceJudge()
    device = Device(before, smooth_s=0.0)
    follow(judge, device, [WALK, EASY, *pause])
    after = replace(device, unit="steps" if before == "strides" else "strides")
    silent = 0
    for t, _, believed, stated in after.says([EASY]):
        spm = judge.judge(1000.0 + t, stated)
        if spm is None:
            silent += 1
        else:
            assert spm == pytest.approx(believed, rel=0.02)
    assert judge.unit == after.unit
    assert 8 <= silent <= 15


@pytest.mark.parametrize("unit", ["strides", "steps"])
def test_one_value_off_by_two_does_not_pass(unit: Literal["strides", "steps"]) -> None:
    judge = CadenceJudge()
    device = Device(unit)
    for count, (t, leg, believed, stated) in enumerate(device.says(SESSION)):
        raw = stated.cadence_raw
        assert raw is not None
        wrong = count % 7 == 3
        spm = judge.judge(t, replace(stated, cadence_raw=raw * (2.0 if count % 2 else 0.5)) if wrong else stated)
        if wrong:
            assert spm is None, (t, leg, raw)
        elif spm is not None:
            assert spm == pytest.approx(believed, rel=0.02)
    assert judge.unit == unit


def test_what_the_runner_sets_rules_but_nobody_takes_300_steps() -> None:
    judge = CadenceJudge("strides")
    assert judge.judge(0.0, Stated({"speed": 3.0}, 85.0, running=True)) == 170.0
    assert judge.judge(1.0, Stated({}, 55.0)) == 110.0
    assert judge.judge(2.0, Stated({"speed": 3.0}, 170.0, running=True)) is None
    assert judge.judge(3.0, Stated({}, 12.0)) is None
    for t in range(60):
        judge.judge(4.0 + t, Stated({"speed": 3.0}, 170.0, running=True))
    assert (judge.unit, judge.how) == ("strides", "set by you")


def test_a_pod_without_a_word_of_running_is_judged_only_where_numbers_can_be_nothing_else() -> None:
    doubtful, clear = CadenceJudge(), CadenceJudge()
    for t in range(120):
        assert doubtful.judge(float(t), Stated({}, 60.0 + t % 56)) is None
        value = clear.judge(float(t), Stated({}, 165.0))
        assert value == (165.0 if t >= 10 else None)
    assert (doubtful.unit, clear.unit) == ("auto", "steps")
    # Then a walk is a walk, and running is heard again after it.
    assert [clear.judge(120.0 + t, Stated({}, 112.0)) for t in range(3)] == [112.0] * 3
    assert clear.judge(123.0, Stated({}, 168.0)) == 168.0
    # Half the cadence it ran at: it may count strides by now.
    assert clear.judge(124.0, Stated({}, 84.0)) is None


@pytest.mark.parametrize("raw", [math.nan, math.inf, -math.inf, -85.0, 0.0, 1e300, 0.01])
def test_absurd_numbers_never_pass_and_never_decide(raw: float) -> None:
    for unit in ("auto", "strides", "steps"):
        judge = CadenceJudge(unit)
        for t in range(30):
            assert judge.judge(float(t), Stated({"speed": 3.0}, raw, math.nan, True)) is None
            assert judge.judge(float(t), Stated({"speed": math.nan}, raw, math.inf, None)) is None


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("TICKR X 12AB", "steps"),
        ("tickr x", "steps"),
        ("TICKR 12AB", None),
        ("RUNN 0041", "steps"),
        ("NPE RUNN", "steps"),
        ("Runner's pod", None),
        ("Technogym Run", "steps"),
        ("MyRun 1234", "steps"),
        ("Horizon Treadmill 7", "steps"),
        ("Zwift RunPod", None),
        ("Stryd", None),
        ("", None),
    ],
)
def test_names_of_devices_that_send_steps(name: str, unit: str | None) -> None:
    assert unit_by_name(name) == unit


def test_the_numbers_alone() -> None:
    assert [unit_by_numbers(raw, 3.6) for raw in (55, 62, 63, 85, 115, 116, 129, 130, 180)] == [
        *(None, None, "strides", "strides", "strides", None, None, "steps", "steps")
    ]
    assert unit_by_numbers(100.0, 2.05) is None  # 200 a minute at a walker's speed, or a walk in steps
    assert unit_by_numbers(112.0, 2.5) is None  # 224 a minute in an easy run, or the steps of a start
    assert unit_by_numbers(110.0, None) is None
    assert unit_by_stride_length(170.0, 3.0, 2.1) == "steps"
    assert unit_by_stride_length(85.0, 3.0, 1.05) == "strides"
    assert unit_by_stride_length(85.0, 3.0, 2.1) is None
    assert unit_by_stride_length(85.0, 3.0, 0.0) is None


running_legs = st.builds(Leg, st.integers(5, 60), st.floats(2.1, 6.0), st.floats(145, 210))
walking_legs = st.builds(Leg, st.integers(5, 60), st.floats(0.9, 1.8), st.floats(95, 125))
standing = st.builds(Leg, st.integers(2, 20), st.just(0.0), st.just(1.0))
runs = st.lists(st.one_of(running_legs, walking_legs, standing), min_size=1, max_size=8).map(tuple)
devices = st.builds(
    Device,
    unit=st.sampled_from(["strides", "steps"]),
    name=st.sampled_from(["", "TICKR X"]),
    length=st.sampled_from([None, "stride", "step"]),
    flag=st.sampled_from(["true", "never sent"]),
    smooth_s=st.sampled_from([0.0, 2.0, 5.0]),
    noise=st.sampled_from([0.0, 0.02, 0.05]),
    drops=st.sampled_from([0.0, 0.1, 0.4]),
    states_speed=st.booleans(),
)


@given(devices, runs, st.sampled_from([None, "right"]), st.integers(0, 2**16))
def test_no_value_is_far_from_the_truth_whoever_runs(
    device: Device, legs: tuple[Leg, ...], memory: str | None, seed: int
) -> None:
    judge = CadenceJudge(name=device.name, remembered=device.unit if memory else None)
    follow(judge, device, legs, seed)


@given(devices, runs, runs, st.booleans(), st.integers(0, 2**16))
def test_no_value_is_far_from_the_truth_whatever_was_believed_before(
    device: Device, before: tuple[Leg, ...], legs: tuple[Leg, ...], remembered: bool, seed: int
) -> None:
    """A wrong memory, or a device that changes its unit at any moment; with a speed, and a cadence of the moment."""
    device = replace(device, states_speed=True, smooth_s=0.0)
    wrong = replace(device, unit="strides" if device.unit == "steps" else "steps")
    judge = CadenceJudge(name=device.name, remembered=wrong.unit if remembered else None)
    if not remembered:
        follow(judge, wrong, before, seed)
    follow(judge, device, legs, seed + 1, since=sum(leg.seconds for leg in before))


@given(devices, running_legs, st.integers(0, 2**16))
def test_whoever_runs_on_is_heard(device: Device, leg: Leg, seed: int) -> None:
    # 210 steps a minute at 2.1 m/s, or a device without any speed, may rightly stay in doubt.
    device = replace(device, states_speed=True, drops=0.1)
    leg = replace(leg, seconds=60, speed=max(leg.speed, leg.spm / 80))
    judge = CadenceJudge(name=device.name)
    seen = follow(judge, device, [leg], seed)
    assert judge.unit == device.unit
    assert seen["decided"] <= 25
    assert seen["running"] >= 20


@given(
    st.lists(
        st.tuples(
            st.floats(0, 1e6),
            st.floats() | st.none(),
            st.floats() | st.none(),
            st.floats() | st.none(),
            st.booleans() | st.none(),
        ),
        max_size=60,
    ),
    st.sampled_from(["auto", "strides", "steps"]),
)
def test_any_numbers_give_a_plausible_cadence_or_none(
    messages: list[tuple[float, float | None, float | None, float | None, bool | None]], unit: CadenceUnit
) -> None:
    judge = CadenceJudge(unit)
    for t, speed, raw, length, running in messages:
        spm = judge.judge(t, Stated({} if speed is None else {"speed": speed}, raw, length, running))
        assert spm is None or 40 <= spm <= 260
