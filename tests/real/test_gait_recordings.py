"""Gait on recordings of real runners with independent truth; skipped where they are absent."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

from cuecoach.events import ActivityChange, Step
from cuecoach.gait import GaitAnalyser
from cuecoach.gait.summary import windows

DATA = Path(__file__).resolve().parents[3] / "shared/data"
G = 9.80665

pytestmark = [pytest.mark.real, pytest.mark.skipif(not DATA.is_dir(), reason="the recordings are not here")]


def rows(path: Path) -> list[dict[str, str]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt") as file:
        return list(csv.DictReader(file))


def columns(table: list[dict[str, str]], *names: str) -> np.ndarray:
    return np.array([[float(r[n] or "nan") for n in names] for r in table])


def measured(place, times, acc, gyr=None) -> tuple[list[Step], list[ActivityChange]]:
    analyser = GaitAnalyser(place)
    steps: list[Step] = []
    activity: list[ActivityChange] = []
    for a in range(0, len(times), 700):
        update = analyser.push(times[a : a + 700], acc[a : a + 700], None if gyr is None else gyr[a : a + 700])
        steps += update.steps
        activity += update.activity
    return steps, activity


def cadence(steps: list[Step], t0: float, t1: float) -> float:
    values = [s.values["cadence"] for s in steps if t0 <= s.ic < t1 and "cadence" in s.values]
    return float(np.median(values)) if values else np.nan


def spent(activity: list[ActivityChange], t0: float, t1: float) -> dict[str, float]:
    (whole,) = windows((), [change for change in activity if change.since < t1], t0, t1, t1 - t0)
    return whole.spent


def sisfall(name: str) -> tuple[list[Step], list[ActivityChange]]:
    with gzip.open(DATA / "sisfall_waist_jog" / f"{name}.txt.gz", "rt") as file:
        raw = np.array([[float(v) for v in line.strip().rstrip(";").split(",")] for line in file if line.strip()])
    times = np.arange(len(raw)) / 200.0
    return measured("hip", times, raw[:, :3] * (32 / 2**13) * G, raw[:, 3:6] * (4000 / 2**16))


def names(pattern: str) -> list[str]:
    return sorted(p.name.split(".")[0] for p in (DATA / "sisfall_waist_jog").glob(pattern))


@pytest.mark.parametrize("name", names("D0[34]*"))
def test_joggers_at_the_waist_have_the_cadence_of_three_estimators(name):
    steps, activity = sisfall(name)
    windows = [r for r in rows(DATA / "sisfall_waist_jog/reference_windows_10s.csv") if r["file"] == name]
    wanted = [(float(r["win_start_s"]), float(r["ref_cadence_spm"])) for r in windows if r["agree"] == "1"]
    error = [abs(cadence(steps, t, t + 10) - spm) for t, spm in wanted if t >= 10]
    assert max(error, default=0.0) < 3.0
    assert spent(activity, 10.0, 90.0)["running"] > 75.0
    assert all(s.tc is None or s.known <= s.tc + 0.25 for s in steps)


@pytest.mark.parametrize("name", names("D0[12]*"))
def test_walkers_at_the_waist_take_no_running_step(name):
    steps, activity = sisfall(name)
    assert steps == []
    assert spent(activity, 0.0, 100.0)["running"] == 0.0


def test_force_plate_contacts_are_found_at_the_sacrum():
    folder = DATA / "alcantara_sacrum_accel_grf"
    truth = rows(folder / "truth_events.csv")
    hit = total = 0
    stance = []
    for path in sorted(folder.glob("trial*.csv.gz")):
        data = columns(rows(path), "t_s", "acc_ap_g", "acc_vertical_g")
        acc = np.stack([data[:, 1], 0 * data[:, 1], data[:, 2]], -1) * G
        steps, _ = measured("sacrum", data[:, 0], acc)
        mine = columns([r for r in truth if int(r["trial"]) == int(path.name[5:7])], "ic_s", "to_s")
        for ic, tc in mine[(mine[:, 0] > 1.5) & (mine[:, 1] < data[-1, 0] - 0.4)]:
            near = [s for s in steps if abs(s.ic - ic) < 0.04]
            total += 1
            hit += len(near) == 1
            stance += [s.values["stance_time"] / 1000 - (tc - ic) for s in near if "stance_time" in s.values]
    assert hit >= 0.99 * total
    assert np.sqrt(np.mean(np.square(stance))) < 0.017


def test_optical_pelvis_angles_bounce_and_side_are_met():
    folder = DATA / "rbds_optical_force"
    data = columns(
        rows(next(folder.glob("*DERIVED*"))), "t_s", *(f"a{k}_mps2" for k in "xyz"), *(f"g{k}_radps" for k in "xyz")
    )
    analyser = GaitAnalyser("sacrum", series=True)
    update = analyser.push(data[:, 0], data[:, 1:4], np.degrees(data[:, 4:]) + 6.0)
    truth = rows(next(folder.glob("*truth_pelvis*")))
    keys = list(truth[0])
    series = update.series
    assert series is not None
    for have, start in ((series.pelvic_tilt, "tilt"), (series.pelvic_obliquity, "obl")):
        pelvis = columns(truth, keys[0], next(k for k in keys if k.startswith(start)))
        t = pelvis[(pelvis[:, 0] > 5) & (pelvis[:, 0] < 29)]
        error = np.interp(t[:, 0], series.times, have) - t[:, 1]
        assert np.std(error) < 0.4
    contacts = rows(next(folder.glob("*truth_steps*")))
    ic, bounce = columns(contacts, "ic_s", "vo_sacrum_mm").T
    bounce_error, right_side = [], []
    for s in update.steps:
        k = int(np.argmin(np.abs(ic - s.ic)))
        if np.isfinite(bounce[k]) and s.ic > 1.5:
            bounce_error.append(s.values["vertical_oscillation"] - bounce[k])
        if s.side:
            right_side.append(s.side[0].upper() == contacts[k]["side"])
    assert np.mean(np.abs(bounce_error)) < 3.0
    assert len(right_side) > 50
    assert np.mean(right_side) > 0.95


@pytest.mark.parametrize(("part", "place"), [("hip", "hip"), ("ankle", "foot")])
def test_ten_minutes_outdoors_keep_their_cadence(part, place):
    folder = DATA / "karas_hip_ankle_outdoor_run"
    data = columns(rows(next(folder.glob("run_*"))), "t_s", *(f"{part}_{k}_g" for k in "xyz"))
    steps, _ = measured(place, data[:, 0] - data[0, 0], data[:, 1:] * G)
    reference = [r for r in rows(folder / "truth_windows_10s.csv") if r["running_reference_ok"] == "1"]
    t0 = np.array([float(r["win_start_s"]) - data[0, 0] for r in reference])
    error = np.array(
        [cadence(steps, t, t + 10) - float(r["ref_cadence_spm_ankle"]) for t, r in zip(t0, reference, strict=True)]
    )
    assert np.isfinite(error).all()
    assert np.mean(np.abs(error)) < 1.0


@pytest.mark.parametrize("name", ["trial01_running", "trial02_running"])
def test_a_saturating_shank_gives_that_legs_contacts(name):
    folder = DATA / "bach_shank_accel_grf"
    table = rows(folder / f"{name}.csv.gz")
    data = columns(table, "t_s", "ax_g", "ay_g", "az_g")
    steps, _ = measured("shank", data[:, 0], data[:, 1:] * G)
    truth = columns([r for r in rows(folder / "truth_events.csv") if r["trial"] == str(int(name[5:7]))], "ic_s", "to_s")
    due = truth[(truth[:, 0] > 1.5) & (truth[:, 1] < data[-1, 0] - 0.4)]
    assert all(sum(abs(s.ic - ic) < 0.04 for s in steps) == 1 for ic, _ in due)


@pytest.mark.parametrize("trial", ["03", "04", "10", "11"])
def test_a_walking_shank_takes_no_running_step(trial):
    data = columns(rows(DATA / f"bach_shank_accel_grf/trial{trial}_walking.csv.gz"), "t_s", "ax_g", "ay_g", "az_g")
    steps, activity = measured("shank", data[:, 0], data[:, 1:] * G)
    assert steps == []
    assert "running" not in {a.activity for a in activity}
