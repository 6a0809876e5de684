"""A calibration that the runner asks for: said in any gate, led by the sensors on the trunk, and over in any case."""

from __future__ import annotations

import pytest

from cuecoach.events import Control, Note, SensorState
from tests.coaching.coached import slouch
from tests.coaching.trunk import aligned, stages, worn

__all__ = ["worn"]

WHOLE = ["Stand still", "Now stand tall", "Good. Off you go"]


def test_it_is_asked_of_the_sensor_and_led_word_by_word(worn):
    run = worn().go(5)
    run.calibrate()
    run.room().plan += stages(6, "still", "tall", "done")
    run.go(2)
    assert run.room().asked == [5.0]
    assert run.said == ["Stand still"]
    assert run.go(20).said == WHOLE
    assert [say.kind for say in run.says] == ["notice"] * 3


def test_it_begins_with_the_first_sensor_on_the_trunk(worn):
    run = worn(worn={})
    run.calibrate()
    run.go(30)
    run.worn = {"foot": "foot"}
    run.go(30)
    assert run.said == []
    run.worn = {"foot": "foot", "chest": "torso"}
    run.go(1)
    assert run.room("chest").asked == [0.0]
    assert run.room("foot").asked == []


def test_after_five_minutes_without_one_it_is_called_off(worn):
    run = worn(worn={})
    run.calibrate()
    run.go(301)
    assert run.notes == ["no sensor on the trunk came within five minutes: ask for the calibration again"]
    run.worn = {"sacrum": "sacrum"}
    assert run.go(5).room().asked == []


def test_two_sensors_are_led_as_one(worn):
    run = worn(worn={"sacrum": "sacrum", "chest": "torso"}).go(5)
    run.calibrate()
    run.room("sacrum").plan += stages(6, "still", "tall", "done")
    run.room("chest").plan += stages(8, "still", "tall", "done")
    run.go(11)
    assert run.said == WHOLE[:2]
    run.go(1)  # one is done, the other not yet
    assert run.said == WHOLE[:2]
    assert run.go(8).said == WHOLE


def test_it_worked_when_it_did_for_one_of_them(worn):
    run = worn(worn={"sacrum": "sacrum", "chest": "torso"}).go(5)
    run.calibrate()
    run.room("sacrum").plan += stages(6, "still", "tall", "done")
    run.room("chest").plan += stages(6, "failed")
    assert run.go(30).said == WHOLE
    assert run.notes == ["chest: not calibrated; its angles are from where they were before"]


def test_a_sensor_that_joins_when_the_runner_stands_tall_is_left_out(worn):
    run = worn().go(5)
    run.calibrate()
    run.room().plan += stages(6, "still", "tall", "done")
    run.go(8)
    run.worn = {"sacrum": "sacrum", "chest": "torso"}
    assert run.go(30).room("chest").asked == []


@pytest.mark.parametrize("stage", [(), ("still",), ("still", "tall")])
def test_a_failure_is_said(worn, stage):
    run = worn().go(5)
    run.calibrate()
    run.room().plan += stages(6, *stage, "failed")
    assert run.go(30).said == [*WHOLE[: len(stage)], "Calibration did not work"]


def test_a_sensor_that_goes_on_the_way_ends_it(worn):
    run = worn().go(5)
    run.calibrate()
    run.room().plan += stages(6, "still")
    run.go(5)
    run.handle(SensorState(run.t, "sacrum", "lost"))
    run.worn = {}
    assert run.go(5).said[1:] == ["Sensor lost", "Calibration did not work"]
    assert run.coach.gate != "calibrating"


def test_one_that_falls_silent_ends_it_too(worn):
    run = worn().go(5)
    run.calibrate()
    run.room().plan += stages(6, "still")
    run.go(5)
    run.worn = {}
    run.go(60)
    assert run.coach.gate == "calibrating"
    assert run.go(20).said == ["Stand still", "Calibration did not work"]
    assert run.notes == ["sacrum: not calibrated, for nothing came from it"]


def test_no_cue_comes_in_between(worn):
    run = worn(slouch()).go(30)
    run.calibrate()
    run.room().plan += stages(30.5, "still", "tall", "done")
    run.go(12, pelvic_tilt=12.0)
    assert run.said == WHOLE
    assert run.outcomes("tall")[-2] == "gated"
    assert run.decisions("tall")[-2].why == "gated: calibrating"
    assert run.go(10, pelvic_tilt=12.0).said[3:] == ["One"]


def test_a_quiet_asked_for_before_does_not_silence_what_the_runner_asks_for_now(worn):
    run = worn().go(5)
    run.handle(Control(run.t, "quiet"))
    run.calibrate()
    run.room().plan += stages(6, "still", "tall", "done")
    assert run.go(20).said == WHOLE


def test_a_quiet_asked_for_on_the_way_does(worn):
    run = worn().go(5)
    run.calibrate()
    run.room().plan += stages(6, "still", "tall", "done")
    run.go(2)
    run.handle(Control(run.t, "quiet"))
    assert run.go(20).said == WHOLE[:1]


def test_asking_again_begins_anew(worn):
    run = worn().go(5)
    run.calibrate()
    run.room().plan += stages(6, "still")
    run.go(5)
    run.calibrate()
    run.room().plan += stages(11, "still", "tall", "done")
    assert run.go(20).said == ["Stand still", *WHOLE]
    assert run.room().asked == [5.0, 10.0]


def test_another_language_is_spoken_where_there_is_one(worn):
    run = worn().go(5)
    run.coach._arbiter.announcer._notices._texts = {"Stand still": "Steh still"}
    run.calibrate()
    run.room().plan += stages(6, "still")
    assert run.go(3).said == ["Steh still"]


# ---------------------------------------------------------------- how a sensor sits
def test_the_mounting_of_the_config_goes_to_the_sensor_of_its_role(worn):
    mount = {"sacrum": "z backward, -y up"}
    run = worn(worn={"a": "hip", "b": "torso", "c": "foot"}, mount=mount).go(1)
    told = run.room("a").mount
    assert told is not None
    assert told.up == (0.0, -1.0, 0.0)
    assert run.room("b").mount is run.room("c").mount is None


@pytest.mark.parametrize(
    ("alignment", "mount", "words"),
    [
        (aligned(20.0), {}, "angles are from standing tall (0:12–0:20); forward was found from the motion"),
        (
            aligned(20.0, reference="running"),
            {},
            "angles are from the first strides of running (0:12–0:20); forward was found from the motion",
        ),
        (
            aligned(20.0, reference="standing", forward="mount"),
            {"sacrum": "x forward, z up"},
            "angles are from quiet standing (0:12–0:20); forward is as `mount` says",
        ),
        (
            aligned(20.0),
            {"sacrum": "x forward, z up"},
            "angles are from standing tall (0:12–0:20); `mount` does not fit how it hangs, "
            "so forward was found from the motion",
        ),
    ],
)
def test_what_angles_are_from_is_told_once_it_is_decided(worn, alignment, mount, words):
    run = worn(mount=mount).go(5)
    run.room().plan.append(alignment)
    run.go(14)
    assert run.notes == []
    run.go(2)
    assert run.notes == [f"sacrum: {words}"]
    assert [a.t for a in run.actions if isinstance(a, Note)] == [20.0]
