"""The paper's plots, drawn from results of the library: Figs. 2, 5, 6, 7 and 8.

Each function draws on axes that it is given and computes nothing that is worth testing.
"""

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

import numpy as np
from cycler import cycler
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from numpy.typing import NDArray

from physics_lib.data import PublishedLimit, TrackLengthReference
from physics_lib.figure_data import figure_table
from physics_lib.shower.track_length import TrackLength

Real = NDArray[np.float64]
Complex = NDArray[np.complex128]

BLUE: Final = "#0072B2"
ORANGE: Final = "#D55E00"
GREEN: Final = "#009E73"
PURPLE: Final = "#AA3377"
GREY: Final = "#6E6E6E"
BLACK: Final = "#1A1A1A"
"""Colours that stay apart for colour-blind readers (Okabe and Ito 2008)."""

_STYLE: Final[dict[str, Any]] = {
    "figure.figsize": (7.0, 4.3),
    "figure.constrained_layout.use": True,
    "savefig.transparent": False,
    "svg.hashsalt": "na64e-book",
    "svg.fonttype": "path",
    "font.size": 11.0,
    "mathtext.fontset": "cm",
    "axes.labelsize": 12.5,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.prop_cycle": cycler(color=[BLUE, ORANGE, GREEN, PURPLE, GREY]),
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.6,
    "xtick.direction": "in",
    "ytick.direction": "in",
    "xtick.top": True,
    "ytick.right": True,
    "legend.frameon": False,
    "legend.fontsize": 10.0,
    "lines.linewidth": 1.8,
}


def use_style() -> None:
    """Set the book's plot style; inside Jupyter also how a notebook keeps a figure.

    That is as a drawing that is the same every run, and as the table of what is drawn.
    """
    style.use(dict(_STYLE))
    if "ipykernel" in sys.modules:
        inline = import_module("matplotlib_inline.backend_inline")
        inline.set_matplotlib_formats("svg", metadata={"Date": None})
        _keep_tables(import_module("IPython").get_ipython())


def _keep_tables(shell: Any) -> None:
    """Let a notebook store the table of a figure beside the drawing."""
    tables = import_module("IPython.core.formatters").BaseFormatter(
        format_type="text/csv", print_method="_repr_csv_", parent=shell.display_formatter
    )
    tables.for_type(Figure, figure_table)
    shell.display_formatter.formatters["text/csv"] = tables


def draw_mixing(ax: Axes, q2: Real, mixing: Complex, cusps: Mapping[str, float]) -> None:
    """Fig. 2: real and imaginary part of Π(q²) in units of e g/2π².

    Parameters
    ----------
    q2, mixing : ndarray, shape (n,)
        q² [GeV²] and 2π² Π/(e g).
    cusps : mapping
        Labels and positions [GeV²] of the thresholds.
    """
    ax.plot(q2, mixing.real, label=r"$\mathrm{Re}\,\Pi$")
    ax.plot(q2, mixing.imag, "--", label=r"$\mathrm{Im}\,\Pi$")
    ax.plot(q2, np.abs(mixing), ":", color=GREY, label=r"$|\Pi|$")
    ax.axhline(0.0, color=BLACK, linewidth=0.8)
    for label, place in cusps.items():
        ax.axvline(place, color=GREY, linewidth=0.8)
        ax.annotate(
            label,
            (place, 0.98),
            (4, 0),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            verticalalignment="top",
            color=GREY,
        )
    ax.set(xlabel=r"$q^2$ [GeV$^2$]", ylabel=r"$\Pi(q^2)$ for $g_{Z'} = 2\pi^2/e$")
    ax.legend()


def draw_track_lengths(
    ax: Axes, ratio_ax: Axes, lengths: TrackLength, reference: TrackLengthReference
) -> None:
    """Fig. 5 with GEANT4's points, and the ratio of the two below.

    Parameters
    ----------
    ax, ratio_ax : Axes
    lengths : TrackLength
        In the bins of the reference.
    reference : TrackLengthReference
    """
    centre = 0.5 * (reference.energy_low_GeV + reference.energy_high_GeV)
    rows = (
        ("minus", "lead", BLUE, "-", r"$T_-$ lead"),
        ("minus", "scintillator", ORANGE, "--", r"$T_-$ scintillator"),
        ("plus", "lead", GREEN, "-", r"$T_+$ lead"),
        ("plus", "scintillator", PURPLE, "--", r"$T_+$ scintillator"),
    )
    for sign, material, colour, dashes, label in rows:
        ours = getattr(lengths, sign)[lengths.row(material)]
        theirs = getattr(reference, sign)[material]
        error = getattr(reference, f"{sign}_error")[material]
        seen = theirs > 0.0
        ax.stairs(
            np.where(ours > 0.0, ours, np.nan),
            lengths.edges,
            color=colour,
            linestyle=dashes,
            linewidth=1.6,
            label=label,
        )
        points = centre[seen][::4], theirs[seen][::4]
        ax.plot(*points, ".", color=colour, markersize=4, label=f"_{label}, GEANT4")
        sure = seen & (error < 0.05 * theirs)
        ratio_ax.errorbar(
            centre[sure],
            ours[sure] / theirs[sure],
            ours[sure] * error[sure] / theirs[sure] ** 2,
            fmt=".",
            color=colour,
            markersize=3,
            elinewidth=0.6,
            label=label,
        )
    ax.plot([], [], ".", color=BLACK, label="GEANT4")
    ax.set(yscale="log", ylabel=r"$T_\pm(E)$ [cm/GeV per electron]", ylim=(1e-7, 60.0))
    ax.legend(ncol=2)
    ratio_ax.axhline(1.0, color=BLACK, linewidth=0.8)
    ratio_ax.set(xlabel=r"$E$ [GeV]", ylabel="ours / GEANT4", ylim=(0.85, 1.15))


def draw_limit_axes(ax: Axes, title: str) -> None:
    """Set up one panel of Fig. 7: logarithmic axes from 1 to 600 MeV."""
    ax.set(
        xscale="log",
        yscale="log",
        xlim=(1e-3, 0.6),
        ylim=(1e-6, 0.3),
        xlabel=r"$m_{Z'}$ [MeV]",
        ylabel=r"$g_{Z'}$",
        title=title,
    )
    ax.xaxis.set_major_formatter(FuncFormatter(lambda mass, _: f"{1e3 * mass:g}"))
    ax.xaxis.label.set_label(r"$m_{Z'}$ [GeV]")  # the unit of the data, for their table


def draw_band(ax: Axes, mass: Real, low: Real, high: Real) -> None:
    """Shade the g − 2 band between two couplings."""
    text = r"$(g-2)_\mu \pm 2\sigma$"
    ax.fill_between(mass, low, high, color=GREEN, alpha=0.3, linewidth=0.0, label=f"_{text}")
    ax.annotate(
        text,
        (1.2e-3, float(np.sqrt(low[0] * high[0]))),
        color="#00553E",
        verticalalignment="center",
        fontsize=9,
    )


def label_curve(
    ax: Axes, x: Real, y: Real, text: str, place: float, colour: str, above: bool = True
) -> None:
    """Write `text` along a curve of a log-log plot, at the abscissa `place`.

    Parameters
    ----------
    ax : Axes
        With its final limits and size.
    x, y : ndarray, shape (n,)
        The curve.
    text, colour : str
    place : float
    above : bool
        On which side of the curve.
    """
    near = np.array([0.93, 1.0, 1.07]) * place
    height = np.exp(np.interp(np.log(near), np.log(x), np.log(y)))
    points = ax.transData.transform(np.column_stack((near, height)))
    angle = np.degrees(np.arctan2(*(points[2] - points[0])[::-1]))
    ax.annotate(
        text,
        (place, height[1]),
        (0, 3 if above else -3),
        textcoords="offset points",
        rotation=angle,
        rotation_mode="anchor",
        horizontalalignment="center",
        verticalalignment="bottom" if above else "top",
        color=colour,
        fontsize=9,
    )


def draw_published(
    ax: Axes,
    curves: Mapping[str, PublishedLimit],
    below: tuple[str, ...] = (),
    places: Mapping[str, float] | None = None,
) -> None:
    """Draw and name limits of other experiments, and shade what at least one of them excludes.

    Parameters
    ----------
    ax : Axes
    curves : mapping
        Labels and curves.
    below : tuple of str
        Labels to be written below their curve.
    places : mapping, optional
        Masses [GeV] of labels that are not to stand in the middle.
    """
    low, high = ax.get_xlim()
    mass = np.geomspace(low, high, 2000)
    lowest = np.full(mass.shape, np.inf)
    for label, curve in curves.items():
        points = curve.mass_GeV, curve.upper_limit
        logs = (np.log(points[0]), np.log(points[1]))
        value = np.exp(np.interp(np.log(mass), *logs, left=np.inf, right=np.inf))
        lowest = np.minimum(lowest, value)
        ax.plot(*points, color=GREY, linewidth=1.0, label=f"_{label}")
        middle = float(np.sqrt(points[0][0] * points[0][-1]))
        place = (places or {}).get(label, middle)
        label_curve(ax, *points, label, place, GREY, above=label not in below)
    excluded = np.isfinite(lowest)
    ax.fill_between(mass, lowest, 1.0, where=excluded, color=GREY, alpha=0.2, lw=0)
