"""Let nbval compare numbers with a tolerance, and pictures not at all."""

from __future__ import annotations

import itertools
import math
import re
import tempfile
from pathlib import Path

import pytest

NUMBER = re.compile(r"(?<![\w.])[-+]?(?>\d+\.?\d*|\.\d+)(?>e[-+]?\d+)?", re.IGNORECASE)
REL_TOL = 1e-6
PICTURES = ("image/svg+xml", "image/png", "image/jpeg")


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
        return Tolerant(result) if isinstance(result, str) else result

    def compare_without_pictures(self, test, ref, skip_compare=None):
        skip = (*(skip_compare or self.parent.skip_compare), *PICTURES)
        return compare(self, test, ref, skip)

    nbval.kernel.KernelManager = kernel_manager
    IPyNbCell.sanitize = tolerant_sanitize
    IPyNbCell.compare_outputs = compare_without_pictures
