"""Runs the script that scores recordings, and words its figures for people."""

import re
import subprocess
import sys
from pathlib import Path

SCRIPT = "score_gait.py"
#: The script's groups, and what they are to people.
GROUPS = {
    "sacrum": "Sacrum, acceleration only, beside a force treadmill: 1 runner, 19 trials (Alcantara 2022)",
    "pelvis": "Sacrum, six axes worked out from optical markers, beside a force treadmill: 1 runner (Fukuchi 2017)",
    "rotated": "The same, the sensor turned by up to 25°",
    "any_mount": "The same, the sensor in any position",
    "biased": "The same, turned by up to 25°, the gyroscope 9 deg/s off",
    "waist": "Belt buckle, six axes: 11 joggers, and walkers (SisFall, Sucerquia 2017)",
    "outdoor_hip": "Hip, acceleration only: ten minutes outdoors (Karas, adeptdata)",
    "outdoor_foot": "Shoe, acceleration only: the same ten minutes",
    "shank": "Shank, acceleration only, beside a force treadmill: running and walking (Bach 2022)",
}
#: What the script's figures are to people, and their unit.
FIGURES = {
    "contacts": ("contacts of the force plate", ""),
    "found_pct": ("contacts found", "%"),
    "extra_pct": ("contacts too many", "%"),
    "ic_bias_ms": ("initial contact, bias", "ms"),
    "ic_sd_ms": ("initial contact, SD", "ms"),
    "tc_bias_ms": ("terminal contact, bias", "ms"),
    "tc_sd_ms": ("terminal contact, SD", "ms"),
    "stance_given_pct": ("steps with a stance time", "%"),
    "stance_rmse_ms": ("stance time, RMS error of a step", "ms"),
    "stance_within_sd_ms": ("stance time, scatter within a recording", "ms"),
    "stance_trial_mean_abs_ms": ("stance time, mean error of a recording's mean", "ms"),
    "cadence_mae_spm": ("cadence from the contacts, mean error", "spm"),
    "reported_mae_spm": ("cadence as reported, mean error", "spm"),
    "within_3spm_pct": ("windows with cadence within 3 spm", "%"),
    "half_or_double": ("windows with half or double cadence", ""),
    "windows": ("windows of 10 s", ""),
    "missing_pct": ("windows without cadence", "%"),
    "cadence_missing": ("trials without cadence", ""),
    "contacts_off_pct": ("number of contacts, error", "%"),
    "vo_given_pct": ("steps with a bounce", "%"),
    "vo_bias_mm": ("bounce against sacral markers, bias", "mm"),
    "vo_mae_mm": ("bounce against sacral markers, mean error", "mm"),
    "tilt_rmse_deg": ("tilt, RMS error", "deg"),
    "obliquity_rmse_deg": ("obliquity, RMS error", "deg"),
    "rotation_range_mae_deg": ("rotation range, mean error", "deg"),
    "side_labelled_pct": ("steps with a side", "%"),
    "side_correct_pct": ("of those with the right side", "%"),
    "causal_pct": ("unchanged 250 ms after terminal contact", "%"),
    "walking_windows": ("windows of walking", ""),
    "walking_as_running": ("windows of walking taken for running", ""),
    "walking_as_running_pct": ("time of walking taken for running", "%"),
    "running_missed_pct": ("windows of running not seen as running", "%"),
}
#: Groups that repeat another; of them only what has a bar is shown, of the others also these.
REPEATS = {"rotated", "any_mount", "biased"}
SHOWN = {"contacts", "ic_bias_ms", "ic_sd_ms", "tc_bias_ms", "tc_sd_ms", "stance_rmse_ms", "vo_bias_mm", "windows"}
_LINE = re.compile(
    r"(?P<name>\w+\.\w+) +(?P<value>-?[\w.]+)(?: +(?P<op>abs<=|<=|>=) (?P<bar>[\d.]+))?(?P<short> +SHORT)?"
)
_AT = {"<=": "at most", ">=": "at least", "abs<=": "at most ±"}


def find_script(folder: Path) -> Path | None:
    """Return the script, which lies in the folder or in its `tools`."""
    return next((path for path in (folder / SCRIPT, folder / "tools" / SCRIPT) if path.is_file()), None)


def recorded(script: Path, only: str | None, *, everything: bool) -> None:
    """Print the tables of the recordings."""
    command = Path(sys.executable).with_name("cuecoach")
    call = [sys.executable, str(script), "--cmd", f"{command} measure", *(["--only", only] if only else [])]
    done = subprocess.run(call, stdout=subprocess.PIPE, text=True, check=False)
    missed = 0
    group = ""
    for found in map(_LINE.match, done.stdout.splitlines()):
        if found is None:
            continue
        name, _, figure = found["name"].partition(".")
        if not (everything or found["op"] or (figure in SHOWN and name not in REPEATS)):
            continue
        if name != group:
            group = name
            print(f"\n### {GROUPS.get(name, name)}\n\n| figure | ours | bar |\n|---|---|---|")
        words, unit = FIGURES.get(figure, (figure, ""))
        bar = "–" if found["op"] is None else f"{_AT[found['op']]} {float(found['bar']):g}".replace("± ", "±")
        value = float(found["value"])
        shown = f"{value:.0f}" if value == round(value) else f"{value:.2f}"
        missed += found["short"] is not None
        print(f"| {words}{', ' + unit if unit else ''} | {shown}{' **missed**' if found['short'] else ''} | {bar} |")
    if not group:
        raise SystemExit(f"`{script}` gave no figures; it ended with exit code {done.returncode}")
    print(f"\n{'all bars hold' if not missed else f'{missed} bars do not hold'}")
