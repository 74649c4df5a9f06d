"""Radiation by the leptons of a shower: dσ/dE_F folded with their track length, and by mass."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.polynomial.chebyshev import chebvander
from numpy.typing import NDArray

from physics_lib.constants import ELECTRON_MASS
from physics_lib.production import radiative
from physics_lib.production.form_factor import Nucleus

Real = NDArray[np.float64]

_ENERGY_NODES = 10
_KNOTS_PER_DECADE = 12
_STENCIL = 6


def radiated_energies(
    energies: Real,
    path: Real,
    mass: float,
    nucleus: Nucleus,
    least: float,
    method: str = "etl",
    form_factor: str = "full",
    lepton_mass: float = ELECTRON_MASS,
    count: int = 48,
) -> tuple[Real, Real]:
    """Energies E_F that radiation on one nucleus carries away, with their weights.

    dσ/dx varies slowly with E: at fixed places between the limits of x it is interpolated from
    a few Chebyshev nodes in ln E, whereas the track length is taken as it is. Energies that are
    too low to make the mediator have no rows: no polynomial would follow σ across its threshold.

    Parameters
    ----------
    energies, path : ndarray, shape (n,)
        Increasing energies E [GeV] and the paths at them [cm], above `least`.
    mass : float
        m_V [GeV]
    nucleus : Nucleus
    least : float
        Lowest E_F of interest [GeV].
    method, form_factor, lepton_mass
        As in `radiative.spectrum`.
    count : int
        Nodes of E_F.

    Returns
    -------
    missing_energy, weight : ndarray, shape (n_open, count)
        Of the `n_open` energies above m_V plus the lepton's mass: E_F [GeV] and path times cross
        section [cm pb]. Summed with η(E_F) they give ∫dE dE_F T dσ/dE_F η for a coupling of one.
    """
    is_open = energies > mass + lepton_mass
    if not np.any(is_open):
        return np.empty((0, count)), np.empty((0, count))
    energies, path = energies[is_open], path[is_open]
    low, high = np.log(energies[[0, -1]])
    nodes = np.cos(np.pi * (np.arange(_ENERGY_NODES) + 0.5) / _ENERGY_NODES)
    sample = np.exp(0.5 * (low + high) + 0.5 * (high - low) * nodes)
    # Below `least` nothing counts: all nodes go to the rest of the spectrum.
    rule = (lepton_mass, count)
    remainder, weight = radiative.energy_rule(sample, mass, least / sample, *rule)
    sampled = weight * radiative.spectrum(
        sample[:, None], mass, remainder, nucleus, method, form_factor, lepton_mass
    )
    # A single energy is where all nodes are.
    span = high - low if len(energies) > 1 else 1.0
    position = (2.0 * np.log(energies) - low - high) / span
    interpolate = chebvander(position, _ENERGY_NODES - 1) @ np.linalg.inv(
        chebvander(nodes, _ENERGY_NODES - 1)
    )
    remainder, _ = radiative.energy_rule(energies, mass, least / energies, *rule)
    return energies[:, None] * (1.0 - remainder), path[:, None] * (interpolate @ sampled)


@dataclass(frozen=True, eq=False)
class YieldByMass:
    """A yield as a function of the mass, its logarithm interpolated between fixed knots.

    There are 12 knots per decade of the mass m. Where a knot that is needed exceeds half of the
    heaviest mass h, they are those of m/(1 − m/h) instead: the yield drops like a power of it.
    Good to 1e-4 with beams of 100 GeV; to 1e-3 with beams of some GeV, near 1 GeV, where the
    inelastic form factor takes over from the elastic one.

    Parameters
    ----------
    at_mass : callable
        The yield at one mass [GeV], zero from `heaviest` on.
    heaviest : float
        h [GeV]
    """

    at_mass: Callable[[float], float]
    heaviest: float
    _known: dict[tuple[float, int], float] = field(default_factory=dict)

    def __call__(self, masses: Real) -> Real:
        """Yield at masses [GeV] of any shape; zero where it is, and never NaN."""
        top = np.floor(np.log10(masses) * _KNOTS_PER_DECADE) + _STENCIL // 2
        light = 10.0 ** (top / _KNOTS_PER_DECADE) <= 0.5 * self.heaviest
        if np.all(light):
            return self._interpolated(masses, np.inf)
        result = np.zeros_like(masses)
        result[light] = self._interpolated(masses[light], np.inf)
        heavy = ~light & (masses / self.heaviest < 1.0)
        result[heavy] = self._interpolated(masses[heavy], self.heaviest)
        return result

    def _interpolated(self, masses: Real, end: float) -> Real:
        """Yield between the knots of m/(1 − m/end)."""
        place = np.log10(masses / (1.0 - masses / end)) * _KNOTS_PER_DECADE
        first = np.floor(place).astype(int) - _STENCIL // 2 + 1
        stencil = first[..., None] + np.arange(_STENCIL)
        knots = np.unique(stencil)
        at_knots = np.array([self._at_knot(int(knot), end) for knot in knots])
        needed = at_knots[np.searchsorted(knots, stencil)]
        is_open = np.all(needed > 0.0, axis=-1)
        values = np.log(np.where(is_open[..., None], needed, 1.0))
        result: Real = np.asarray(np.exp(np.sum(_lagrange(place - first) * values, axis=-1)))
        # Recoil of the nucleus closes the phase space a little below `heaviest`.
        result[~is_open] = [self.at_mass(float(mass)) for mass in masses[~is_open]]
        return result

    def _at_knot(self, knot: int, end: float) -> float:
        """The yield at a knot, computed once."""
        if (end, knot) not in self._known:
            stretched = 10.0 ** (knot / _KNOTS_PER_DECADE)
            self._known[end, knot] = self.at_mass(stretched / (1.0 + stretched / end))
        return self._known[end, knot]


def _lagrange(place: Real) -> Real:
    """Lagrange weights of the knots 0 … _STENCIL − 1 at `place`; shape (..., _STENCIL)."""
    knots = np.arange(_STENCIL)
    factors = []
    for knot in knots:
        others = knots[knots != knot]
        factors.append(np.prod((place[..., None] - others) / (knot - others), axis=-1))
    return np.stack(factors, axis=-1)
