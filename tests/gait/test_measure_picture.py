"""The picture of `cuecoach measure --plot`: what is on it, and that the data lie in it."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from cuecoach.cli.measure import measure
from cuecoach.cli.measure.measuring import Measured
from cuecoach.cli.measure.trace import Trace
from cuecoach.cli.measure.zoom import ZOOM_S, Zoom, steady_stretch
from cuecoach.errors import UsageError
from cuecoach.events import Alignment, Slip, Step
from cuecoach.gait.summary import Window

pytest.importorskip("matplotlib")

from cuecoach.cli.measure.panels import limits, stride_means, thin
from cuecoach.cli.measure.picture import draw

app = typer.Typer()
app.command()(measure)
_AXES = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


def steps(seconds: float, *, angles: bool = True, sides: bool = True):
    out = []
    for k in range(int(seconds / 0.35)):
        side = ("left", "right")[k % 2] if sides else None
        values = {"cadence": 171.0, "stance_time": 240.0 + 10 * (k % 2), "vertical_oscillation": 90.0 + k % 5}
        if angles:
            values |= {"pelvic_tilt": 4.0, "pelvic_tilt_range": 6.0, "pelvic_obliquity": 1.0}
            values |= {"pelvic_obliquity_range": 8.0, f"pelvic_drop_{side}": 4.0 + k % 2}
        out.append(Step(known=0.35 * k + 0.5, ic=0.35 * k, tc=0.35 * k + 0.25, side=side, values=values))
    return out


def picture(seconds=120.0, place="sacrum", zoom=None, slips=(), **told):
    trace = Trace()
    trace.add(steps(seconds, **told))
    done = Measured(place, Window(0.0, seconds), sampling_rate_hz=100.0)
    if told.get("angles", True):
        done.alignments.append(Alignment(9.0, "standing tall", 3.0, 8.0, "motion", _AXES, (0.0, 0.0, 0.0)))
    done.slips.extend(slips)
    return draw("run.csv", done, trace, [(0.0, "walking"), (20.0, "running")], zoom)


def headings(figure) -> list[str]:
    return [ax.get_title(loc="left") for ax in figure.axes]


def words(figure) -> str:
    from matplotlib.text import Text

    return " ".join(t.get_text() for t in figure.findobj(Text))


def test_each_panel_says_what_it_shows_and_in_which_unit():
    got = headings(picture())
    for start in ("Cadence, spm", "Stance time, ms", "Vertical oscillation, mm", "Pelvic tilt, deg (+ forward"):
        assert sum(title.startswith(start) for title in got) == 1
    assert len(got) == 7
    told = words(picture())
    assert all(part in told for part in ("run.csv", "sacrum", "100 Hz", "2:00", "running", "walking"))


def test_what_a_sensor_cannot_give_takes_no_room():
    whole, less = picture(), picture(angles=False)
    assert not any("elvic" in title for title in headings(less))
    assert less.get_figheight() < whole.get_figheight()
    assert "zero" not in words(less)


def test_the_data_lie_in_the_axes():
    for ax in picture().axes[1:]:
        for line in ax.get_lines():
            x, y = (np.asarray(v, dtype=float) for v in (line.get_xdata(), line.get_ydata()))
            fine = np.isfinite(x) & np.isfinite(y)
            assert fine.any()
            assert (x[fine] >= 0.0).all()
            assert (x[fine] <= 120.0).all()
            low, high = ax.get_ylim()
            assert ((y[fine] >= low) & (y[fine] <= high)).mean() > 0.95


def test_left_and_right_have_lines_of_their_own_and_differ_without_colour():
    (stance,) = [ax for ax in picture().axes if ax.get_title(loc="left").startswith("Stance")]
    lines = {line.get_label(): line for line in stance.get_lines() if line.get_label() in ("left", "right")}
    assert np.nanmedian(lines["left"].get_ydata()) == pytest.approx(240.0)
    assert np.nanmedian(lines["right"].get_ydata()) == pytest.approx(250.0)
    assert lines["left"].get_linestyle() != lines["right"].get_linestyle()


def test_the_zero_and_a_slip_are_marked():
    told = words(picture(slips=[Slip(known=70.0, at=62.0, pelvic_tilt=6.0, pelvic_obliquity=0.0)]))
    assert "zero: standing tall" in told
    assert "sensor slipped" in told


def test_the_zoom_shows_the_contacts_on_the_signal():
    t = np.arange(60.0, 64.0, 0.01)
    figure = picture(zoom=Zoom(t, np.sin(t), upright=True))
    ax = figure.axes[-1]
    assert ax.get_title(loc="left") == "Vertical acceleration in the middle of the run, from 1:00 on, g"
    first = [line for line in ax.get_lines() if line.get_marker() == "^"]
    last = [line for line in ax.get_lines() if line.get_marker() == "v"]
    assert 10 <= len(first) <= 12
    assert len(first) - len(last) in (0, 1)
    assert len({line.get_color() for line in first}) == 2
    assert "▲ first contact" in words(figure)


def test_a_long_run_is_thinned():
    figure = picture(seconds=4 * 3600.0)
    for ax in figure.axes[1:]:
        assert all(len(line.get_xdata()) <= 301 for line in ax.get_lines())


def test_the_same_run_gives_the_same_picture(tmp_path, make_run):
    motion = make_run(seconds=12.0)
    path = tmp_path / "run.csv"
    rows = np.column_stack([motion.times, motion.acc, motion.gyr])
    np.savetxt(path, rows, delimiter=",", fmt="%.5f", header="t,acc_x,acc_y,acc_z,gyr_x,gyr_y,gyr_z", comments="")
    drawn = []
    for name in ("a.svg", "b.svg", "c.png"):
        done = CliRunner().invoke(app, [str(path), "--plot", str(tmp_path / name)])
        assert done.exit_code == 0, done.output
        drawn.append((tmp_path / name).read_bytes())
    assert drawn[0] == drawn[1]
    assert b">Cadence, spm<" in drawn[0]  # text stays text
    assert drawn[2].startswith(b"\x89PNG")
    assert not list(tmp_path.glob("*.part"))


def test_the_png_is_not_empty(tmp_path):
    from matplotlib.image import imread

    picture().savefig(tmp_path / "run.png", dpi=40)
    pixels = imread(tmp_path / "run.png")[..., :3]
    assert 0.02 < (pixels.min(axis=2) < 0.9).mean() < 0.5


def test_a_recording_without_running_is_drawn_too():
    figure = draw("walk.csv", Measured("sacrum", Window(0.0, 0.0)), Trace(), [], None)
    assert "no steps to measure" in words(figure)


def test_without_matplotlib_one_sentence_says_what_to_install_before_anything_is_read(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setattr("cuecoach.cli.measure.picture_file.find_spec", lambda _: None)
    error = CliRunner().invoke(app, [str(tmp_path / "missing.csv"), "--plot", str(tmp_path / "a.png")]).exception
    assert isinstance(error, UsageError)
    assert "pip install 'cuecoach[report]'" in str(error)


# ---------------------------------------------------------------- parts
def test_a_line_breaks_where_there_are_no_steps():
    t = np.concatenate([np.arange(0.0, 30.0, 0.35), np.arange(60.0, 90.0, 0.35)])
    line = thin(t, np.full(len(t), 170.0), (0.0, 90.0), 2.5)
    pause = (line.times > 33.0) & (line.times < 57.0)
    assert np.isnan(line.median[pause]).all()
    assert np.nanmax(line.median) == np.nanmin(line.median) == 170.0


def test_legs_that_differ_make_no_zigzag():
    t = np.arange(0.0, 10.0, 0.35)
    values = np.where(np.arange(len(t)) % 2, 300.0, 260.0)
    values[7] = np.nan
    got = stride_means(t, values)
    assert got[1:7] == pytest.approx(280.0)
    assert np.isnan(got[7])
    assert got[9:] == pytest.approx(280.0)


def test_an_outlier_does_not_flatten_the_rest():
    low, high = limits(np.concatenate([np.full(500, 170.0), [300.0, np.nan]]), 12.0)
    assert (low, high) == (164.0, 176.0)


def test_the_zoom_is_in_the_middle_and_not_over_a_pause():
    ic = np.concatenate([np.arange(0.0, 50.0, 0.35), np.arange(52.0, 100.0, 0.35)])
    begin, end = steady_stretch(ic) or (0.0, 0.0)
    assert end - begin == pytest.approx(ZOOM_S)
    assert 40.0 < begin < 60.0
    assert end < 50.4 or begin > 51.5
    assert steady_stretch(ic[:2]) is None
    assert steady_stretch(np.array([0.0, 10.0, 40.0, 41.0])) is None
