"""Processes between pivots, for the cascade: rates of splittings, and of a continuous loss.

Every process splits an energy E into two products, a and E − a; each product is shared between its
two neighbouring pivots such that number and energy are kept exactly.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from physics_lib.constants import ELECTRON_MASS

Real = NDArray[np.float64]
Rate = Callable[[Real, Real], Real]

_GAUSS_ORDER = 4
# Fraction of the beam energy above which the primaries are a peak.
_PEAK_EDGE = 0.98


@dataclass(frozen=True, eq=False)
class Transfer:
    """Rates [1/cm] of one process between pivots.

    Attributes
    ----------
    first, second : ndarray, shape (n, n)
        Element [i, j] leads from pivot j to i: for the one product and for what is left. What
        falls to zero energy is left out.
    total : ndarray, shape (n,)
        Sum over all nodes, finite also where the integral is not.
    """

    first: Real
    second: Real
    total: Real


class Splittings:
    """All ways to split the energy of a pivot in two, as nodes of a quadrature.

    Between nodes lie all energies at which either product passes a pivot, so that the shares are
    smooth between them. In each interval the nodes are Gaussian in the root of the energy.

    Parameters
    ----------
    pivots : ndarray, shape (n,)
        Energies [GeV].
    """

    def __init__(self, pivots: Real) -> None:
        nodes, weights = np.polynomial.legendre.leggauss(_GAUSS_ORDER)
        nodes, weights = 0.5 * (nodes + 1.0), 0.5 * weights
        self.count = len(pivots)
        # Compton scattering and annihilation have a photon spectrum dk/k down to m_e/2.
        soft = np.geomspace(0.5 * ELECTRON_MASS, pivots[0], 4)[:-1]
        below = np.minimum(np.concatenate((soft, pivots)), pivots[:, None])
        half = 0.5 * pivots[:, None]
        marks = np.concatenate((below, pivots[:, None] - below, half, 0.0 * half), axis=1)
        root = np.sqrt(np.sort(marks, axis=1))
        low, width = root[:, :-1], np.diff(root, axis=1)
        row, interval = np.nonzero(width > 0.0)
        u = low[row, interval][:, None] + width[row, interval][:, None] * nodes
        self.first = (u * u).ravel()
        self.weight = (2.0 * u * width[row, interval][:, None] * weights).ravel()
        self.row = np.repeat(row, _GAUSS_ORDER)
        self.energy = pivots[self.row]
        self._grid = np.concatenate(([0.0], pivots))
        self._shares = [self._share(a) for a in (self.first, self.energy - self.first)]

    def _share(self, product: Real) -> tuple[NDArray[np.int64], Real]:
        """Flat index of the upper neighbour of each product, and the share that it gets."""
        upper = np.searchsorted(self._grid, product)
        upper = np.clip(upper, 1, self.count)
        low, high = self._grid[upper - 1], self._grid[upper]
        return upper * self.count + self.row, (product - low) / (high - low)

    def transfer(self, rate: Rate) -> Transfer:
        """Project a process, with spectrum `rate` [1/(GeV cm)], on the pivots."""
        events = rate(self.energy, self.first) * self.weight
        first, second = (self._gain(events, *share) for share in self._shares)
        return Transfer(first, second, _sums(self.row, events, self.count))

    def _gain(self, events: Real, index: NDArray[np.int64], share: Real) -> Real:
        """Sum the shares of all products, arranged by where they arrive and whence they come."""
        size = (self.count + 1) * self.count
        gain = _sums(index, events * share, size)
        gain += _sums(index - self.count, events * (1.0 - share), size)
        return gain.reshape(self.count + 1, self.count)[1:]


def _sums(index: NDArray[np.int64], values: Real, size: int) -> Real:
    """Sum `values` by their index."""
    return np.asarray(np.bincount(index, weights=values, minlength=size), dtype=np.float64)


def add_continuous_loss(rates: Real, pivots: Real, loss: Real) -> None:
    """Add a continuous loss [GeV/cm] to the rates between the pivots, in place.

    −(dE/dx) d/dE with three pivots, to second order in their distance. The rate to the third one
    is negative, but small beside that of bremsstrahlung. Next to the beam energy, where the
    primaries are a peak and pivots are dense, two pivots keep the spectrum positive.
    """
    gap = np.diff(pivots)
    source = np.arange(1, len(pivots))
    near, far = 1.0 / gap, np.zeros_like(gap)
    smooth = np.flatnonzero(pivots[2:] < _PEAK_EDGE * pivots[-1]) + 1
    near[smooth] += 1.0 / gap[smooth - 1]
    far[smooth] = -gap[smooth] / (gap[smooth - 1] * (gap[smooth] + gap[smooth - 1]))
    np.add.at(rates, (source - 1, source), near * loss[1:])
    np.add.at(rates, (np.maximum(source - 2, 0), source), far * loss[1:])
    rates[source, source] -= (near + far) * loss[1:]
