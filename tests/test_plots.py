"""The paper's plots show the numbers that they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from physics_lib import figures
from physics_lib.data import read_curve, read_track_length_reference
from physics_lib.materials import NA64_ECAL
from physics_lib.mixing import mixing
from physics_lib.shower.cascade import track_length


@pytest.fixture
def ax():
    before = dict(plt.rcParams)
    figures.use_style()
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)
    plt.rcParams.update(before)


def curve(ax, label):
    """Return what is drawn under a label."""
    (line,) = [line for line in ax.get_lines() if line.get_label() == label]
    return line.get_xdata(), line.get_ydata()


def test_mixing_has_real_and_imaginary_part_and_a_line_at_each_threshold(ax):
    q2 = np.linspace(-0.1, 0.2, 31)
    values = mixing(q2)
    figures.draw_mixing(ax, q2, values, {"muons": 0.0447, "taus": 12.6})
    for label, expected in (
        (r"$\mathrm{Re}\,\Pi$", values.real),
        (r"$\mathrm{Im}\,\Pi$", values.imag),
        (r"$|\Pi|$", np.abs(values)),
    ):
        assert np.array_equal(curve(ax, label)[0], q2)
        assert np.array_equal(curve(ax, label)[1], expected)
    vertical = {line.get_xdata()[0] for line in ax.get_lines() if len(line.get_xdata()) == 2}
    assert {0.0447, 12.6} <= vertical
    assert {text.get_text() for text in ax.texts} == {"muons", "taus"}


def test_track_lengths_are_drawn_with_those_of_geant4_and_their_ratio(ax):
    reference = read_track_length_reference()
    edges = np.append(reference.energy_low_GeV, reference.energy_high_GeV[-1])
    ours = track_length("e-", 100.0, NA64_ECAL, 0.5, edges, pivots=40)
    ratio_ax = ax.figure.add_axes((0.1, 0.1, 0.2, 0.2))
    figures.draw_track_lengths(ax, ratio_ax, ours, reference)
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert sorted(labels) == sorted(
        ["$T_-$ lead", "$T_-$ scintillator", "$T_+$ lead", "$T_+$ scintillator", "GEANT4"]
    )
    assert len(ratio_ax.containers) == 4
    line = ratio_ax.containers[0][0]
    place = np.searchsorted(edges, line.get_xdata(), side="right") - 1
    theirs = reference.minus["lead"][place]
    assert line.get_ydata() == pytest.approx(ours.minus[ours.row("lead")][place] / theirs)
    # Only where GEANT4's errors are below 5 %.
    assert np.all(reference.minus_error["lead"][place] < 0.05 * theirs)


def test_axes_of_limits_are_in_mev(ax):
    figures.draw_limit_axes(ax, "a title")
    assert (ax.get_xscale(), ax.get_yscale(), ax.get_title()) == ("log", "log", "a title")
    assert ax.xaxis.get_major_formatter()(0.1, 0) == "100"


def test_the_band_lies_between_its_edges(ax):
    mass, low, high = np.array([1e-3, 0.1]), np.array([3e-4, 4e-4]), np.array([5e-4, 6e-4])
    figures.draw_band(ax, mass, low, high)
    (band,) = ax.collections
    corners = band.get_paths()[0].vertices
    assert {tuple(row) for row in corners} >= {
        (1e-3, 3e-4),
        (0.1, 4e-4),
        (1e-3, 5e-4),
        (0.1, 6e-4),
    }


@pytest.mark.parametrize(("power", "angle"), [(1.0, 45.0), (0.0, 0.0), (-1.0, -45.0)])
def test_words_lie_along_their_curve(ax, power, angle):
    # Two decades each way on a square.
    ax.figure.set_layout_engine("none")
    ax.figure.set_size_inches(5.0, 5.0)
    ax.set_position((0.0, 0.0, 1.0, 1.0))
    ax.set(xscale="log", yscale="log", xlim=(1.0, 100.0), ylim=(1e-1, 10.0))
    x = np.geomspace(1.0, 100.0, 9)
    for above in (True, False):
        figures.label_curve(ax, x, (x / 10.0) ** power, "words", 10.0, "black", above)
        text = ax.texts[-1]
        assert text.xy == pytest.approx((10.0, 1.0))
        assert text.get_rotation() % 360.0 == pytest.approx(angle % 360.0, abs=0.5)
        assert text.get_verticalalignment() == ("bottom" if above else "top")


def test_other_experiments_are_drawn_named_and_shaded_down_to_the_strongest(ax):
    curves = {"CCFR": read_curve("ccfr_trident"), "BaBar": read_curve("babar_4mu")}
    figures.draw_limit_axes(ax, "")
    figures.draw_published(ax, curves, below=("BaBar",))
    for label, published in curves.items():
        x, y = curve(ax, f"_{label}")
        assert np.array_equal(x, published.mass_GeV)
        assert np.array_equal(y, published.upper_limit)
    assert {text.get_text() for text in ax.texts} == set(curves)
    (shade,) = ax.collections
    corners = np.concatenate([path.vertices for path in shade.get_paths()])
    inside = corners[corners[:, 1] < 1.0]
    for published in curves.values():
        low, high = published.valid_range_GeV
        here = inside[(inside[:, 0] > low) & (inside[:, 0] < high)]
        assert np.all(here[:, 1] <= published.at(here[:, 0]) * (1.0 + 1e-9))
