"""Let nbval compare numbers with a tolerance, and neither pictures nor widgets.

The table stored with a figure is compared in place of its picture.
"""

from __future__ import annotations

import csv
import itertools
import math
import re
import tempfile
from pathlib import Path

import pytest

NUMBER = re.compile(r"(?<![\w.])[-+]?(?>\d+\.?\d*|\.\d+)(?>e[-+]?\d+)?", re.IGNORECASE)
REL_TOL = 1e-6
PICTURES = ("image/svg+xml", "image/png", "image/jpeg")
TABLE_HEADER = re.compile(r"^panel,curve,x,y.*$", re.MULTILINE)
WIDGET = "application/vnd.jupyter.widget-view+json"


class Tolerant(str):
    """Text that equals another when only its numbers differ, and by little."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, str):
            return NotImplemented
        if NUMBER.sub("#", self) != NUMBER.sub("#", other):
            return False
        pairs = zip(NUMBER.findall(self), NUMBER.findall(other), strict=True)
        return all(math.isclose(float(a), float(b), rel_tol=REL_TOL) for a, b in pairs)

    def __ne__(self, other: object) -> bool:
        return not self == other


class DrawnTable(str):
    """The table of a figure, equal to another that draws the same.

    A number may differ by 1e-6 of itself, or by 1e-9 of the largest of its column and curve:
    what is zero but for rounding is another number on another processor.
    """

    __slots__ = ()
    __hash__ = str.__hash__

    def columns(self) -> tuple[str, dict[tuple[str, ...], list[list[float]]]]:
        """Comments and header, and the columns of each curve by its panel and name."""
        header = TABLE_HEADER.search(self)
        if header is None:
            raise ValueError("the table of a figure has no header")
        curves: dict[tuple[str, ...], list[list[float]]] = {}
        for panel, name, *numbers in csv.reader(self[header.end() + 1 :].splitlines()):
            values = [float(number) if number else math.nan for number in numbers]
            curves.setdefault((panel, name), []).append(values)
        by_column = {key: list(zip(*rows, strict=True)) for key, rows in curves.items()}
        return self[: header.end()], by_column

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DrawnTable):
            return NotImplemented
        (head, ours), (other_head, theirs) = self.columns(), other.columns()
        if head != other_head or list(ours) != list(theirs):
            return False
        return all(
            len(a) == len(b) and same_numbers(a, b)
            for key in ours
            for a, b in zip(ours[key], theirs[key], strict=True)
        )

    def __ne__(self, other: object) -> bool:
        return not self == other


def same_numbers(ours: tuple[float, ...], theirs: tuple[float, ...]) -> bool:
    """Compare two columns, in which a number may be missing."""
    size = max((abs(value) for value in ours if not math.isnan(value)), default=0.0)
    return all(
        (math.isnan(a) and math.isnan(b))
        or math.isclose(a, b, rel_tol=1.01 * REL_TOL, abs_tol=1e-9 * size)
        for a, b in zip(ours, theirs, strict=True)
    )


def pytest_configure(config: pytest.Config) -> None:
    """Change how nbval starts kernels and compares outputs.

    Fixtures would not do: nbval's cells are test items that request none.
    """
    if not config.pluginmanager.hasplugin("nbval"):
        return
    import nbval.kernel
    from jupyter_client import KernelManager
    from nbval.plugin import IPyNbCell

    folder = tempfile.TemporaryDirectory(prefix="kernels-")
    config.add_cleanup(folder.cleanup)
    number = itertools.count()

    def kernel_manager(**options):
        # Socket files: of two workers that choose TCP ports at the same time,
        # one may take the other's.
        sockets = str(Path(folder.name) / f"kernel-{next(number)}")
        return KernelManager(transport="ipc", ip=sockets, **options)

    sanitize, compare = IPyNbCell.sanitize, IPyNbCell.compare_outputs

    def tolerant_sanitize(self, text):
        result = sanitize(self, text)
        if not isinstance(result, str):
            return result
        return DrawnTable(result) if TABLE_HEADER.search(result) else Tolerant(result)

    def compare_without_pictures(self, test, ref, skip_compare=None):
        skip = (*(skip_compare or self.parent.skip_compare), *PICTURES)
        shown = [output for output in test if WIDGET not in output.get("data", {})]
        return compare(self, shown, ref, skip)

    nbval.kernel.KernelManager = kernel_manager
    IPyNbCell.sanitize = tolerant_sanitize
    IPyNbCell.compare_outputs = compare_without_pictures
