"""The numbers that a figure draws, as a table.

Read from the figure itself, so that they are what is drawn. Inside Jupyter every figure is stored
with its table (`physics_lib.figures.use_style`); the book links it below the figure.

Lines, points, points with errors, steps, bars and filled bands are understood, if they are drawn
in the coordinates of the data: lines across the whole plot are not. A curve is called by its
label; a label that begins with an underscore names a curve that the legend leaves out. Without a
label a band is a shade and a line of two points a guide to the eye: they are left out. Axes that
are switched off hold a drawing, not data.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, count
from typing import Any, Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection, PolyCollection
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.figure import Figure
from matplotlib.patches import StepPatch
from numpy.typing import NDArray

Real = NDArray[np.float64]

_UNNAMED: Final = re.compile(r"_(child|container)\d+|_nolegend_|")
_COMMAND: Final = re.compile(r"\\(?:([A-Za-z]+)(?: (?=\w))?|(.))")
_SYMBOLS: Final = {
    "bar": "¯",
    "lambda": "λ",
    "ll": "≪",
    "pm": "±",
    "simeq": "≃",
    "times": "×",
    "to": "→",
    "varepsilon": "ε",
}
_RANGES: Final = ("x_low", "x_high", "y_low", "y_high")


@dataclass(frozen=True)
class Curve:
    """One curve of a plot.

    Attributes
    ----------
    name : str
        Its label; empty if it has none.
    x, y : ndarray, shape (n,)
        Points in the units of the axes; of a step or bar `x` is the middle, of a filled band `y`
        is NaN.
    x_low, x_high, y_low, y_high : ndarray, shape (n,), optional
        Edges of a step or bar, ends of error bars, edges of a band.
    """

    name: str
    x: Real
    y: Real
    x_low: Real | None = None
    x_high: Real | None = None
    y_low: Real | None = None
    y_high: Real | None = None

    def within(self, low: float, high: float) -> "Curve":
        """Keep the points that can be seen: finite, and between two abscissae."""
        heights = self.y if self.y_low is None or self.y_high is None else self.y_low + self.y_high
        seen = np.isfinite(self.x) & np.isfinite(heights) & (self.x >= low) & (self.x <= high)
        columns = {name: getattr(self, name) for name in ("x", "y", *_RANGES)}
        return replace(self, **{name: v[seen] for name, v in columns.items() if v is not None})


def plain_text(label: str) -> str:
    r"""Write a label without the marks of mathtext: ``$\alpha_D$`` becomes ``α_D``."""

    def symbol(match: re.Match[str]) -> str:
        name = match[1]
        if name is None:
            return " " if match[2] in ",;: " else match[2]
        size = "CAPITAL" if name[0].isupper() else "SMALL"
        try:
            return unicodedata.lookup(f"GREEK {size} LETTER {name.upper()}")
        except KeyError:
            return _SYMBOLS.get(name, "")

    text = _COMMAND.sub(symbol, label) if "$" in label else label
    return " ".join(re.sub(r"[${}]", "", text).split())


def _name(artist: Any) -> str:
    label = str(artist.get_label())
    return "" if _UNNAMED.fullmatch(label) else plain_text(label.removeprefix("_"))


def _on_data(ax: Axes, artist: Artist) -> bool:
    """Whether both coordinates are data, as they are not for a line across the whole plot."""
    return all(artist.get_transform().contains_branch_seperately(ax.transData))


def _numbers(values: Any) -> Real:
    return np.ma.filled(np.ma.asarray(values, dtype=np.float64), np.nan)


def _error_bars(bars: ErrorbarContainer) -> Curve:
    line, _, segments = bars.lines
    ranges: dict[str, Any] = {}
    found = iter(segments)
    for axis, present in enumerate((bars.has_xerr, bars.has_yerr)):
        if present:
            ends = np.array(next(found).get_segments())[:, :, axis]
            ranges |= dict(zip(_RANGES[2 * axis : 2 * axis + 2], ends.T, strict=True))
    x, y = (_numbers(values) for values in line.get_data())
    return Curve(_name(bars), x, y, **ranges)


def _bars(bars: BarContainer) -> Curve:
    left, width, height = np.array(
        [(bar.get_x(), bar.get_width(), bar.get_height()) for bar in bars.patches]
    ).T
    return Curve(_name(bars), left + width / 2, height, left, left + width)


def _steps(steps: StepPatch) -> Curve:
    values, edges, _ = steps.get_data()
    low, high = _numbers(edges[:-1]), _numbers(edges[1:])
    return Curve(_name(steps), (low + high) / 2, _numbers(values), low, high)


def _band(band: PolyCollection) -> Curve:
    """Read the two edges of what `fill_between` fills, from the corners of its polygons.

    Each runs along one edge and back along the other, with one more corner at each turn, and
    one that closes it.
    """
    points, others = [np.empty((0, 2))], [np.empty((0, 2))]
    for path in band.get_paths():
        corners = np.asarray(path.vertices)
        n = (len(corners) - 3) // 2
        points.append(corners[1 : n + 1])
        others.append(corners[n + 2 : 2 * n + 2][::-1])
    one, other = np.concatenate(points), np.concatenate(others)
    low, high = np.minimum(one[:, 1], other[:, 1]), np.maximum(one[:, 1], other[:, 1])
    return Curve(_name(band), one[:, 0], np.full(len(one), np.nan), y_low=low, y_high=high)


def _drawn(ax: Axes) -> Iterator[Curve]:
    """All curves of one plot."""
    part_of: set[Any] = set()
    for container in ax.containers:
        if isinstance(container, ErrorbarContainer) and container.lines[0] is not None:
            part_of |= {container.lines[0], *container.lines[1]}
            yield _error_bars(container)
        elif isinstance(container, BarContainer) and container.patches:
            yield _bars(container)
    for line in ax.get_lines():
        named_or_long = _name(line) != "" or _numbers(line.get_xdata()).size > 2
        if line not in part_of and named_or_long and _on_data(ax, line):
            yield Curve(_name(line), *(_numbers(v) for v in line.get_data(orig=False)))
    for patch in ax.patches:
        if isinstance(patch, StepPatch):
            yield _steps(patch)
    for collection in ax.collections:
        if isinstance(collection, PolyCollection) and _name(collection):
            yield _band(collection)
        elif isinstance(collection, PathCollection):
            yield Curve(_name(collection), *_numbers(collection.get_offsets()).T)


def curves(ax: Axes) -> list[Curve]:
    """What a plot draws of data, within its limits.

    Parameters
    ----------
    ax : Axes
        Switched off, it is a drawing and holds no data.

    Returns
    -------
    list of Curve
        Each with at least one point and a name of its own: where a label is missing its number in
        the plot, where it is there twice a number behind it.
    """
    if not ax.axison:
        return []
    low, high = sorted(ax.get_xlim())
    found: dict[str, Curve] = {}
    for curve in (one.within(low, high) for one in _drawn(ax)):
        if curve.x.size:
            name = curve.name or f"curve {len(found) + 1}"
            again = (f"{name} ({number})" for number in count(2))
            unique = next(one for one in chain([name], again) if one not in found)
            found[unique] = replace(curve, name=unique)
    return list(found.values())


def _axis_words(ax: Axes, axis: str) -> str:
    """Quantity and unit of an axis, its own or that of a plot which shares it.

    Where the ticks are written in another unit than the data, the artist's label of the axis'
    text says which unit the data have.
    """
    shared = getattr(ax, f"get_shared_{axis}_axes")().get_siblings(ax)
    for one in (ax, *sorted(shared, key=ax.figure.axes.index)):
        text = getattr(one, f"{axis}axis").label
        if text.get_text():
            return plain_text(text.get_label() or text.get_text())
    return axis


def _rows(panel: int, curve: Curve, columns: Iterable[str]) -> Iterator[list[str]]:
    values = [getattr(curve, column) for column in columns]
    for i in range(curve.x.size):
        numbers = ["" if v is None or np.isnan(v[i]) else f"{v[i]:.7g}" for v in values]
        yield [str(panel), curve.name, *numbers]


def figure_table(figure: Figure) -> str | None:
    """Write the curves of a figure as CSV.

    Parameters
    ----------
    figure : Figure

    Returns
    -------
    str or None
        A line ``# panel 1: x = …, y = …`` for each plot, a header and one row for each point:
        ``panel, curve, x, y``, and ``x_low, x_high, y_low, y_high`` if there are any. Numbers have
        seven digits. None if the figure is a drawing.
    """
    plots = [(ax, found) for ax in figure.axes if (found := curves(ax))]
    if not plots:
        return None
    every = [curve for _, found in plots for curve in found]
    columns = ["x", "y", *(c for c in _RANGES if any(getattr(o, c) is not None for o in every))]
    text = io.StringIO()
    for panel, (ax, _) in enumerate(plots, start=1):
        title = plain_text(ax.get_title())
        words = f"x = {_axis_words(ax, 'x')}, y = {_axis_words(ax, 'y')}"
        text.write(f"# panel {panel}{f' ({title})' if title else ''}: {words}\n")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["panel", "curve", *columns])
    for panel, (_, found) in enumerate(plots, start=1):
        for curve in found:
            table.writerows(_rows(panel, curve, columns))
    return text.getvalue()
