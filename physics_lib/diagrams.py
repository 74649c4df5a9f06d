"""Line drawings of the paper: Feynman diagrams (Figs. 1 and 3) and the NA64-e set-up (Fig. 4).

Every drawing is made of a few primitives on axes whose unit is one centimetre at the size given
in `SIZES`. Fonts and line widths are in points, so a drawing is legible at that size and above;
`make_figure` opens a figure of exactly that size. The background stays transparent and one
colour draws all, so that the same function serves a light and a dark page.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Polygon, Rectangle
from numpy.typing import NDArray

from physics_lib.checks import one_of
from physics_lib.materials import LEAD, SCINTILLATOR

Point = tuple[float, float]

SIZES: Final[dict[str, Point]] = {
    "loop": (9.0, 3.8),
    "production": (18.6, 4.8),
    "detector": (20.0, 4.9),
    "ecal": (17.4, 6.6),
}
"""Width and height of each drawing in centimetres (the three production diagrams together)."""
LAYER_CM: Final = 0.15
"""Thickness of a lead plate, and of a scintillator tile, of the ECAL."""
PRE_SHOWER_X0: Final = 4.0
"""Depth of the ECAL's first section in radiation lengths."""

_LINE_WIDTH: Final = 1.2
_LARGE, _SMALL = 14.0, 10.0  # font sizes of particles and of words


def wavy_path(
    start: Point, end: Point, wavelength: float = 0.36, amplitude: float = 0.11
) -> NDArray[np.float64]:
    """Points of a sine wave between two points, with a whole number of wiggles.

    Parameters
    ----------
    start, end : tuple of float
        End points; the wave passes through both.
    wavelength : float
        Wanted length of one wiggle, stretched so that a whole number fits.
    amplitude : float
        Largest distance from the straight line.

    Returns
    -------
    ndarray, shape (32 n + 1, 2)
        Coordinates along the wave, for n wiggles.
    """
    origin = np.asarray(start, dtype=np.float64)
    along = np.asarray(end, dtype=np.float64) - origin
    length = float(np.hypot(*along))
    if length == 0.0:
        raise ValueError("a wavy line needs two different end points")
    n_wiggles = max(1, round(length / wavelength))
    s = np.linspace(0.0, 1.0, 32 * n_wiggles + 1)[:, None]
    across = np.array([-along[1], along[0]]) * amplitude / length
    path: NDArray[np.float64] = origin + s * along + np.sin(2 * np.pi * n_wiggles * s) * across
    return path


def draw_boson(ax: Axes, start: Point, end: Point, color: str = "black") -> None:
    """Draw a vector boson: a wavy line."""
    x, y = wavy_path(start, end).T
    _line(ax, x, y, color)


def draw_fermion(ax: Axes, start: Point, end: Point, color: str = "black") -> None:
    """Draw a fermion: a straight line with an arrow at its middle, from `start` to `end`."""
    (x0, y0), (x1, y1) = start, end
    _line(ax, (x0, x1), (y0, y1), color)
    _arrow(ax, ((x0 + x1) / 2, (y0 + y1) / 2), (x1 - x0, y1 - y0), color)


def draw_blob(ax: Axes, centre: Point, radius: float, color: str = "black") -> None:
    """Draw a hatched disc: a nucleus, or a vertex induced by a loop."""
    ax.add_patch(Circle(centre, radius, fill=False, edgecolor=color, linewidth=_LINE_WIDTH))
    for offset in np.linspace(-0.8, 0.8, 2 * round(radius / 0.1) + 1) * radius:
        half = np.sqrt(radius**2 - offset**2)
        x, y = np.array([-half, half]) - offset, np.array([-half, half]) + offset
        _line(ax, centre[0] + x / np.sqrt(2), centre[1] + y / np.sqrt(2), color, 0.5)


def _line(ax: Axes, x: Any, y: Any, color: str, scale: float = 1.0, style: Any = "-") -> None:
    width = scale * _LINE_WIDTH
    ax.plot(x, y, color=color, linestyle=style, linewidth=width, solid_capstyle="round")


def _arrow(ax: Axes, centre: Point, direction: Point, color: str) -> None:
    shape = np.array([(0.17, 0.0), (-0.13, 0.11), (-0.07, 0.0), (-0.13, -0.11)])
    c, s = np.array(direction) / np.hypot(*direction)
    corners = shape @ np.array([(c, s), (-s, c)]) + np.array(centre)
    ax.add_patch(Polygon(corners, facecolor=color, edgecolor="none", zorder=3))


def _dot(ax: Axes, centre: Point, color: str, radius: float = 0.07) -> None:
    ax.add_patch(Circle(centre, radius, facecolor=color, edgecolor="none", zorder=3))


def _text(ax: Axes, at: Point, text: str, color: str, size: float = _SMALL, **how: Any) -> None:
    style = {"ha": "center", "va": "center", "family": "cmr10", "math_fontfamily": "cm"}
    ax.text(*at, text, color=color, fontsize=size, **(style | how))


def _box(ax: Axes, corner: Point, width: float, height: float, color: str, tint: float) -> None:
    ax.add_patch(Rectangle(corner, width, height, color=color, linewidth=0, alpha=tint))
    edge = Rectangle(corner, width, height, fill=False, edgecolor=color, lw=0.8 * _LINE_WIDTH)
    ax.add_patch(edge)


def _canvas(ax: Axes, width: float, height: float) -> None:
    ax.set(xlim=(0.0, width), ylim=(0.0, height), aspect="equal")
    ax.set_axis_off()


def draw_loop_diagram(ax: Axes, color: str = "black") -> None:
    """Draw Fig. 1: the loop of muons and taus that mixes the Z' and the photon."""
    _canvas(ax, *SIZES["loop"])
    x, y, radius = 4.5, 1.9, 1.0
    draw_boson(ax, (0.95, y), (x - radius, y), color)
    draw_boson(ax, (x + radius, y), (8.05, y), color)
    phi = np.linspace(0.0, 2.0 * np.pi, 201)
    _line(ax, x + radius * np.cos(phi), y + radius * np.sin(phi), color)
    for side in (1.0, -1.0):
        _dot(ax, (x + side * radius, y), color)
        _arrow(ax, (x, y + side * radius), (side, 0.0), color)
        _text(ax, (x, y + 1.4 * side * radius), r"$\mu,\,\tau$", color, _LARGE)
    for at, text in (
        ((0.5, y), "$Z'$"), ((8.45, y), r"$\gamma$"),
        ((x - 1.35, y + 0.45), "$g_{Z'}$"), ((x + 1.25, y + 0.4), "$e$"),
    ):  # fmt: skip
        _text(ax, at, text, color, _LARGE)


class _Diagram(NamedTuple):
    title: str
    fermions: tuple[tuple[Point, Point], ...]
    bosons: tuple[tuple[Point, Point], ...]
    blobs: tuple[tuple[Point, float], ...]
    labels: tuple[tuple[Point, str], ...]


# fmt: off
_PRODUCTION: Final = (
    _Diagram(
        "(a) radiative",
        (((0.95, 3.85), (2.3, 3.1)), ((2.3, 3.1), (3.5, 3.1)), ((3.874, 3.002), (5.2, 2.25))),
        (((3.874, 3.198), (5.2, 3.95)), ((2.3, 3.1), (2.3, 1.7))),
        (((3.7, 3.1), 0.2), ((2.3, 1.35), 0.35)),
        (((0.6, 3.95), r"$e^{\!\pm}$"), ((5.65, 2.05), r"$e^{\!\pm}$"), ((5.6, 4.05), "$Z'$"),
         ((2.75, 2.4), r"$\gamma$"), ((0.6, 1.35), "$N$"), ((5.55, 1.35), "$N$"),
         ((3.4, 3.65), r"$e\,\Pi(q^2)$")),
    ),
    _Diagram(
        "(b) non-resonant annihilation",
        (((0.95, 4.0), (3.1, 3.55)), ((3.1, 3.55), (3.1, 1.95)), ((2.904, 1.709), (0.95, 1.3))),
        (((3.1, 3.55), (5.2, 4.0)), ((3.296, 1.709), (5.2, 1.3))),
        (((3.1, 1.75), 0.2),),
        (((0.6, 4.05), r"$e^{\!-}$"), ((0.6, 1.3), r"$e^{\!+}$"), ((5.5, 4.05), r"$\gamma$"),
         ((5.6, 1.25), "$Z'$"), ((3.95, 2.1), r"$e\,\Pi(q^2)$")),
    ),
    _Diagram(
        "(c) resonant annihilation",
        (((0.95, 3.85), (2.009, 2.791)), ((2.009, 2.509), (0.95, 1.45)),
         ((3.9, 2.65), (5.1, 3.85)), ((5.1, 1.45), (3.9, 2.65))),
        (((2.35, 2.65), (3.9, 2.65)),),
        (((2.15, 2.65), 0.2),),
        (((0.6, 4.0), r"$e^{\!-}$"), ((0.6, 1.3), r"$e^{\!+}$"), ((3.15, 3.1), "$Z'$"),
         ((5.6, 4.05), r"$\chi,\,\nu$"), ((5.6, 1.25), r"$\bar{\chi},\,\bar{\nu}$"),
         ((1.05, 2.65), r"$e\,\Pi(s)$")),
    ),
)
# fmt: on


def draw_production_diagrams(
    axes: Sequence[Axes] | NDArray[np.object_], color: str = "black"
) -> None:
    """Draw Fig. 3: (a) radiative, (b) non-resonant and (c) resonant production of a Z'.

    The small hatched disc is the effective vertex e Pi(q^2), the loop of Fig. 1.

    Parameters
    ----------
    axes : sequence or array of Axes
        Three axes, one for each diagram in this order.
    color : str
        Colour of lines and text.

    Raises
    ------
    ValueError
        If there are not exactly three axes.
    """
    flat: list[Axes] = list(np.ravel(np.asarray(axes, dtype=object)))
    if len(flat) != 3:
        raise ValueError(f"the production diagrams need three axes, not {len(flat)}")
    for ax, diagram in zip(flat, _PRODUCTION, strict=True):
        _canvas(ax, SIZES["production"][0] / 3, SIZES["production"][1])
        _text(ax, (3.1, 0.3), diagram.title, color, 11)
        for start, end in diagram.fermions:
            draw_fermion(ax, start, end, color)
        for start, end in diagram.bosons:
            draw_boson(ax, start, end, color)
        for centre, radius in diagram.blobs:
            draw_blob(ax, centre, radius, color)
        for at, text in diagram.labels:
            _text(ax, at, text, color, 11 if "Pi" in text else _LARGE)
    for x in ((0.95, 1.95), (2.65, 5.2)):  # the nucleus
        for y in (1.3, 1.4):
            _line(flat[0], x, (y, y), color)
    _dot(flat[2], (3.9, 2.65), color)


def draw_detector(ax: Axes, color: str = "black") -> None:
    """Draw Fig. 4: the NA64-e detector in invisible mode, in its bending plane, not to scale.

    The beam enters at an angle that two dipoles take away; the synchrotron photons it emits there
    keep to the older direction and reach the SRD beside the beam.
    """
    _canvas(ax, *SIZES["detector"])
    y, slope, bend, straight = 2.35, 0.24, 3.6, 6.5  # beam axis, first slope, ends of the arc

    def beam(x: float) -> float:
        """Height of the beam: a line, a parabola in the dipoles, the axis."""
        inside = min(max(straight - x, 0.0), straight - bend)
        return y + slope * (inside**2 / (2.0 * (straight - bend)) + max(bend - x, 0.0))

    # Beam line: counters (dark), trackers (light), dipoles, vacuum vessel, SRD.
    for x, width, half, tint in (
        (1.75, 0.13, 0.35, 0.6), (2.3, 0.09, 0.45, 0.1), (2.6, 0.09, 0.45, 0.1),
        (2.9, 0.09, 0.45, 0.1), (10.75, 0.13, 0.4, 0.6), (11.2, 0.09, 0.5, 0.1),
        (11.5, 0.09, 0.5, 0.1), (11.8, 0.09, 0.5, 0.1), (14.75, 0.13, 0.85, 0.6),
        (15.7, 0.95, 1.1, 0.1), (16.8, 0.95, 1.1, 0.1), (17.9, 0.95, 1.1, 0.1),
    ):  # fmt: skip
        _box(ax, (x - width / 2, beam(x) - half), width, 2 * half, color, tint)
    for x in (4.25, 5.85):  # the field points at the reader: it bends electrons to their left
        _box(ax, (x - 0.65, y - 0.8), 1.3, 1.85, color, 0.1)
        ax.add_patch(Circle((x, y - 0.5), 0.14, fill=False, edgecolor=color))
        _dot(ax, (x, y - 0.5), color, 0.04)
    _box(ax, (6.85, y - 1.5), 2.7, 2.4, color, 0.03)
    _box(ax, (9.8, y - 1.5), 0.5, 1.2, color, 0.1)
    fall = slope * (straight - 4.0) / (straight - bend)
    wave = wavy_path((4.0, beam(4.0)), (9.8, beam(4.0) - 5.8 * fall), 0.24, -0.06)
    _line(ax, wave[:, 0], wave[:, 1], color, 0.7)

    # A shower starts in the ECAL, from which the Z' leaves unseen.
    _box(ax, (12.6, y - 0.85), 0.35, 1.7, color, 0.3)
    _box(ax, (12.95, y - 0.85), 1.3, 1.7, color, 0.1)
    path = np.linspace(0.25, 12.75, 400)
    _line(ax, path, [beam(float(x)) for x in path], color)
    _arrow(ax, (0.9, beam(0.9)), (1.0, -slope), color)
    _arrow(ax, (10.5, y), (1.0, 0.0), color)
    tips = [(12.75, y, -0.32)]
    for length in (0.3, 0.3, 0.27, 0.24):
        grown = [(x + length, h + length * rise, rise) for x, h, rise in tips]
        for (x0, y0, _), (x1, y1, _) in zip(tips, grown, strict=True):
            _line(ax, (x0, x1), (y0, y1), color, 0.6)
        tips = [(x, h, rise + turn * length) for x, h, rise in grown for turn in (-0.85, 0.85)]
    end = (19.1, y + 0.75)
    _line(ax, (12.75, end[0]), (y, end[1]), color, 1.0, (0, (4, 2.5)))
    _arrow(ax, end, (end[0] - 12.75, end[1] - y), color)
    _line(ax, (12.775, 12.775), (y - 0.9, y - 1.18), color, 0.6)

    for at, words in (
        ((0.85, beam(0.9) + 0.7), "$e^{\\!-}$\n100 GeV"), ((1.75, beam(1.75) - 0.65), "SC"),
        ((2.6, beam(2.6) + 0.8), "trackers"), ((5.05, y + 1.6), "two dipole magnets\n7 T m"),
        ((8.2, y + 1.15), "vacuum vessel"), ((8.1, y - 1.22), r"synchrotron $\gamma$"),
        ((10.05, y - 1.75), "SRD"), ((10.75, y - 0.65), "SC"),
        ((11.3, y + 1.2), "trackers\nMM, ST, GEM"), ((13.45, y + 1.1), "ECAL"),
        ((12.775, y - 1.4), "pre-shower"), ((14.75, y - 1.4), "VETO"),
        ((16.8, y + 1.38), "HCAL"), ((19.55, y + 0.8), "$Z'$"),
    ):  # fmt: skip
        _text(ax, at, words, color, linespacing=1.3)


def draw_ecal_stack(ax: Axes, n_layers: int = 150, color: str = "black") -> None:
    """Draw the ECAL's stack of lead plates and scintillator tiles, to scale along the beam.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    n_layers : int
        Number of pairs of a plate and a tile.
    color : str
        Colour of lines and text.

    Raises
    ------
    ValueError
        If the stack is not deeper than its pre-shower.
    """
    per_layer = [LAYER_CM / material.radiation_length for material in (LEAD, SCINTILLATOR)]
    depth = n_layers * sum(per_layer)
    if depth <= PRE_SHOWER_X0:
        raise ValueError(f"{n_layers} layers are {depth:.2f} X0: no deeper than the pre-shower")
    _canvas(ax, *SIZES["ecal"])
    left, width, bottom, height = 1.2, 15.2, 1.25, 1.8
    step, split = width / n_layers, left + width * PRE_SHOWER_X0 / depth
    plates = [Rectangle((left + i * step, bottom), step / 2, height) for i in range(n_layers)]
    ax.add_collection(PatchCollection(plates, facecolor=color, edgecolor="none", alpha=0.7))
    _box(ax, (left, bottom), split - left, height, color, 0.25)
    _box(ax, (left, bottom), width, height, color, 0.0)
    draw_fermion(ax, (0.2, bottom + height / 2), (left, bottom + height / 2), color)
    _text(ax, (0.65, bottom + height / 2 + 0.4), r"$e^{\!-}$", color, _LARGE)

    def bracket(start: float, end: float, y: float, tip: float, words: str) -> None:
        x = (start + 0.04, start + 0.04, end - 0.04, end - 0.04)
        _line(ax, x, (y, y + tip, y + tip, y), color, 0.6)
        at = ((start + end) / 2, y + (2.0 if tip > 0.0 else 8.6) * tip)
        _text(ax, at, words, color, va="bottom", linespacing=1.4)

    bracket(left, split, bottom - 0.1, -0.12, f"pre-shower\n${PRE_SHOWER_X0:g}\\,X_0$")
    rest = f"main section\n${depth - PRE_SHOWER_X0:.1f}\\,X_0$"
    bracket(split, left + width, bottom - 0.1, -0.12, rest)

    # The first three pairs, magnified.
    tile, base, tall = 1.4, 4.1, 1.6
    for i in range(6):
        x, words, tint = left + i * tile, ("lead", "scint.")[i % 2], (0.35, 0.0)[i % 2]
        _box(ax, (x, base), tile, tall, color, tint)
        _text(ax, (x + tile / 2, base + tall / 2), words, color)
        if i < 2:
            bracket(x, x + tile, base + tall + 0.1, 0.12, f"{10 * LAYER_CM:g} mm")
    for x, target in ((left, left), (left + 6 * tile, left + 3 * step)):
        _line(ax, (x, target), (base, bottom + height), color, 0.7, (0, (1, 2)))
    words = f"{n_layers} pairs of a lead plate\nand a scintillator tile:"
    _text(ax, (13.3, base + 1.05), words, color, 11, linespacing=1.5)
    _text(ax, (13.3, base + 0.2), f"${depth:.1f}\\,X_0$", color, 11)


def make_figure(name: str, color: str = "black") -> Figure:
    """Return a new transparent figure of the designed size with one of the drawings.

    Parameters
    ----------
    name : {"loop", "production", "detector", "ecal"}
        Which drawing.
    color : str
        Colour of lines and text.
    """
    width, height = SIZES[one_of("name", name, tuple(SIZES))]
    figure = Figure(figsize=(width / 2.54, height / 2.54), facecolor="none")
    figure.set_layout_engine("none")
    panels = 3 if name == "production" else 1
    axes = [figure.add_axes((i / panels, 0.0, 1.0 / panels, 1.0)) for i in range(panels)]
    if name == "loop":
        draw_loop_diagram(axes[0], color)
    elif name == "production":
        draw_production_diagrams(axes, color)
    elif name == "detector":
        draw_detector(axes[0], color)
    else:
        draw_ecal_stack(axes[0], color=color)
    return figure
