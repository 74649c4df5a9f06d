"""The table of a figure holds what the figure draws, with its names and units."""

import csv
import io

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from physics_lib import diagrams, figures
from physics_lib.figure_data import curves, figure_table, plain_text

X = np.array([1.0, 2.0, 3.0, 4.0])
Y = np.array([2.0, np.nan, -1e-9, 5e12])


@pytest.fixture
def ax():
    return Figure().add_subplot()


def only(ax):
    (found,) = curves(ax)
    return found


def read(figure):
    """Comments and rows of a table."""
    lines = figure_table(figure).splitlines()
    comments = [line for line in lines if line.startswith("#")]
    return comments, list(csv.DictReader(io.StringIO("\n".join(lines[len(comments) :]))))


def test_line_gives_its_points_and_leaves_out_gaps(ax):
    ax.plot(X, Y, label=r"$\alpha_D = 0.1$")
    curve = only(ax)
    assert curve.name == "α_D = 0.1"
    assert curve.x.tolist() == [1.0, 3.0, 4.0]
    assert curve.y.tolist() == [2.0, -1e-9, 5e12]
    assert curve.y_low is curve.x_low is None


def test_error_bars_are_one_curve_with_their_ends(ax):
    ax.errorbar(X, X**2, yerr=0.5, xerr=(X / 10, X / 5), fmt=".", capsize=2, label="points")
    curve = only(ax)
    assert curve.name == "points"
    np.testing.assert_allclose(curve.y_high - curve.y, 0.5)
    np.testing.assert_allclose(curve.y - curve.y_low, 0.5)
    np.testing.assert_allclose(curve.x - curve.x_low, X / 10)
    np.testing.assert_allclose(curve.x_high - curve.x, X / 5)


def test_steps_and_bars_keep_the_edges_of_their_bins(ax):
    edges = np.array([0.0, 1.0, 3.0])
    ax.stairs([4.0, 5.0], edges, label="steps")
    ax.hist([0.5, 2.0, 2.5], edges, label="bars")
    for curve, heights in zip(curves(ax)[::-1], ([4.0, 5.0], [1.0, 2.0]), strict=True):
        assert curve.x_low.tolist() == [0.0, 1.0]
        assert curve.x_high.tolist() == [1.0, 3.0]
        assert curve.x.tolist() == [0.5, 2.0]
        assert curve.y.tolist() == heights


def test_band_has_two_edges_where_it_is_drawn(ax):
    low, high = X, 2 * X
    ax.fill_between(X, high, low, where=[True, True, False, False], label="band")
    ax.fill_between(X, low, 10.0, label="to a constant")
    ax.set_xlim(0, 10)
    part, whole = curves(ax)
    assert part.x.tolist() == [1.0, 2.0]
    assert part.y_low.tolist() == [1.0, 2.0]
    assert part.y_high.tolist() == [2.0, 4.0]
    assert np.isnan(part.y).all()
    assert whole.y_low.tolist() == X.tolist()
    assert set(whole.y_high) == {10.0}


def test_band_in_pieces_is_one_curve(ax):
    ax.fill_between(np.arange(6), 0.0, np.arange(6), where=[1, 1, 0, 1, 1, 1], label="pieces")
    assert only(ax).x.tolist() == [0, 1, 3, 4, 5]


def test_scattered_points_are_read(ax):
    ax.scatter(X, X**2, label="points")
    assert only(ax).y.tolist() == (X**2).tolist()


def test_nothing_is_read_that_is_no_data(ax):
    ax.plot([], [], label="for the legend")
    ax.plot([1, 4], [1, 4])  # a guide to the eye
    ax.axhline(1.0, label="one")
    ax.axvline(2.0, label="two")
    ax.axvspan(0, 1)
    ax.fill_between(X, X, 2 * X)
    ax.annotate("word", (1, 1))
    assert curves(ax) == []
    assert figure_table(ax.figure) is None


@pytest.mark.parametrize("name", ["loop", "production", "detector", "ecal"])
def test_drawings_hold_no_data(name):
    with mpl.rc_context():
        assert figure_table(diagrams.make_figure(name)) is None


def test_only_what_is_inside_the_axes_is_read(ax):
    ax.plot(X, X**2, label="line")
    ax.set_xlim(3.5, 1.5)  # turned round
    assert only(ax).x.tolist() == [2.0, 3.0]


def test_every_curve_has_a_name_of_its_own(ax):
    ax.plot(X, X, label="one")
    ax.plot(X, 2 * X, label="one")
    ax.plot(X, 3 * X)
    ax.plot(X, 4 * X, label="_not in the legend")
    names = [curve.name for curve in curves(ax)]
    assert names == ["one", "one (2)", "curve 3", "not in the legend"]
    assert [text.get_text() for text in ax.legend().get_texts()] == ["one", "one"]


def test_numbers_behind_names_are_not_taken_twice(ax):
    for factor, label in enumerate(["a (2)", "a", "a", "curve 5", None]):
        ax.plot(X, factor * X, label=label)
    found = curves(ax)
    assert [curve.name for curve in found] == ["a (2)", "a", "a (3)", "curve 5", "curve 5 (2)"]
    assert [curve.y[0] for curve in found] == [0.0, 1.0, 2.0, 3.0, 4.0]


def test_panels_say_what_their_axes_are():
    figure = Figure()
    top, bottom = figure.subplots(2, 1, sharex=True)
    top.plot(X, X, label="a, b")
    top.set(ylabel=r"$\sigma$ [pb]", title="above")
    bottom.plot(X, X**2, label="ratio")
    bottom.set(xlabel="$E$ [GeV]")
    twin = bottom.twinx()
    twin.plot(X, X**3, label="cube")
    twin.set_ylabel("other")
    comments, rows = read(figure)
    assert comments == [
        "# panel 1 (above): x = E [GeV], y = σ [pb]",
        "# panel 2: x = E [GeV], y = y",
        "# panel 3: x = E [GeV], y = other",
    ]
    assert [(row["panel"], row["curve"]) for row in rows[::4]] == [
        ("1", "a, b"),
        ("2", "ratio"),
        ("3", "cube"),
    ]


def test_unit_of_the_data_may_differ_from_that_of_the_ticks():
    ax = Figure().add_subplot()
    figures.draw_limit_axes(ax, "")
    ax.plot([0.01, 0.1, 0.5], [1e-4, 1e-3, 1e-2], label="limit")
    comments, rows = read(ax.figure)
    assert "MeV" in ax.get_xlabel()
    assert comments == ["# panel 1: x = m_Z' [GeV], y = g_Z'"]
    assert rows[0]["x"] == "0.01"


def test_columns_without_a_number_are_left_out(ax):
    ax.plot(X, X, label="line")
    assert list(read(ax.figure)[1][0]) == ["panel", "curve", "x", "y"]
    ax.errorbar(X, X, 0.1, label="points")
    _, rows = read(ax.figure)
    assert list(rows[0]) == ["panel", "curve", "x", "y", "y_low", "y_high"]
    assert [row["y_low"] for row in rows if row["curve"] == "line"] == [""] * 4


@given(st.lists(st.floats(1e-300, 1e300), min_size=3, max_size=20))
def test_numbers_survive_to_seven_digits(values):
    ax = Figure().add_subplot()
    ax.plot(np.arange(len(values)), values, label="curve")
    ax.set_xlim(-1, len(values))
    _, rows = read(ax.figure)
    np.testing.assert_allclose([float(row["y"]) for row in rows], values, rtol=5.1e-7)


@pytest.mark.parametrize(
    ("label", "text"),
    [
        (r"$m_{Z'}$ [MeV]", "m_Z' [MeV]"),
        (r"$\mathrm{Re}\,\Pi$", "Re Π"),
        (r"$T_\pm(E)$ [cm/GeV per electron]", "T_±(E) [cm/GeV per electron]"),
        (r"$\Gamma/m_{Z'}$", "Γ/m_Z'"),
        (r"$m_\chi = 3$, $\rm eV$", "m_χ = 3, eV"),
        (r"$10^{13}$ electrons", "10^13 electrons"),
        (r"$\eta^{\rm down}$", "η^down"),
        (r"C:\no mathtext", r"C:\no mathtext"),
    ],
)
def test_labels_are_plain_text(label, text):
    assert plain_text(label) == text
