"""Sampler of ℓ N → ℓ N V for one energy or for a distribution of energies.

The bounds of the kernel's cells are learned once, from a fixed lattice of points and a few 10⁵
proposals; the same arguments give the same sampler, bit by bit.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from physics_lib.checks import in_range, one_of
from physics_lib.constants import ELECTRON_MASS, GEV_INVERSE_SQUARED_IN_PB
from physics_lib.events import kernel
from physics_lib.production.form_factor import FORM_FACTORS, Nucleus
from physics_lib.production.radiative import ENERGY_RANGE, MASS_RANGE

Real = NDArray[np.float64]

_LATTICE_POINTS = 8
_FIRST_MARGIN, _MARGIN = 1.5, 1.2
_LEAST_BOUND = 1e-6
_ROUNDS, _PROPOSALS = 3, 100_000
_SLICE_RATIO = 1.25


@dataclass(frozen=True, eq=False)
class Draws:
    """Points of phase space that were drawn.

    Attributes
    ----------
    energy, left, u, t, cosine : ndarray, shape (n,)
        E and w = E − E_V [GeV], U = m² − (p − k)² and t = −q² [GeV²], and the cosine of the
        azimuth between the nucleus and the incoming lepton around p − k.
    weight : ndarray, shape (n,)
        Unweighted: 1, or more where a bound was too low. Weighted: cross section [pb] times
        number of proposals.
    proposals : int
        Points that were tried.
    """

    energy: Real
    left: Real
    u: Real
    t: Real
    cosine: Real
    weight: Real
    proposals: int


@dataclass(frozen=True, eq=False)
class Sampler:
    """A sampler that has learned its bounds; made by `at` and `along`.

    Attributes
    ----------
    source : Source
        Masses, form factor and distribution of energies.
    bounds : ndarray, shape (cells,)
        Largest density in each cell [GeV⁻²].
    stay, other : ndarray, shape (cells,)
        Walker's table of the cells.
    mean_bound : float
        Mean of the bounds over energies and cells [GeV⁻²].
    """

    source: kernel.Source
    bounds: Real
    stay: Real
    other: NDArray[np.int64]
    mean_bound: float

    @classmethod
    def at(
        cls,
        energy: float,
        mass: float,
        nucleus: Nucleus,
        form_factor: str = "full",
        lepton_mass: float = ELECTRON_MASS,
    ) -> "Sampler":
        """Sampler at one lepton energy; arguments and errors as in `along`."""
        edges = np.array([energy, energy], dtype=np.float64)
        return cls.along(edges, np.ones(1), mass, nucleus, form_factor, lepton_mass)

    @classmethod
    def along(
        cls,
        edges: Real,
        path: Real,
        mass: float,
        nucleus: Nucleus,
        form_factor: str = "full",
        lepton_mass: float = ELECTRON_MASS,
    ) -> "Sampler":
        """Sampler for energies that are uniform within bins of given path.

        Parameters
        ----------
        edges : ndarray, shape (bins + 1,)
            Energies [GeV], 0.1 to 1e4.
        path : ndarray, shape (bins,)
            Path in each bin, in any unit; only the ratios count.
        mass : float
            m_V [GeV], 1e-4 to 10.
        nucleus : Nucleus
        form_factor : str
            ``full`` or ``elastic``
        lepton_mass : float
            m [GeV]

        Raises
        ------
        ValueError
            For arguments out of range, or energies too low to radiate the vector.
        """
        in_range("energy", edges, *ENERGY_RANGE, "GeV")
        in_range("mass", mass, *MASS_RANGE, "GeV")
        one_of("form_factor", form_factor, FORM_FACTORS)
        cumulative = np.concatenate(([0.0], np.cumsum(path)))
        cumulative /= cumulative[-1]
        source = kernel.Source(
            (float(mass), float(lepton_mass), nucleus.mass),
            nucleus.form_factor(form_factor),
            np.asarray(edges, dtype=np.float64),
            cumulative,
            _slices(edges, cumulative),
        )
        bounds = np.zeros((source.slices.size - 1) * int(np.prod(kernel.CELLS)))
        kernel.scan(bounds, source, _lattice(_LATTICE_POINTS))
        if not bounds.any():
            raise ValueError(
                f"mass = {float(mass):.17g} GeV: too heavy to be radiated at {edges[-1]:g} GeV"
            )
        return _learned(source, bounds)

    def draw(self, count: int, state: NDArray[np.uint64]) -> Draws:
        """Draw unweighted points.

        Parameters
        ----------
        count : int
        state : ndarray, shape (4,), uint64
            State of the random numbers, which goes on. The first points of a longer run are
            those of a shorter one.
        """
        rows = np.empty((count, 6))
        return _draws(rows, kernel.unweighted(*self._tables, state, rows))

    def draw_weighted(self, count: int, state: NDArray[np.uint64]) -> Draws:
        """Draw `count` proposals and return those inside of the phase space, with weights."""
        rows = np.empty((count, 6))
        kernel.weighted(*self._tables, state, rows)
        rows[:, 5] *= self.mean_bound * GEV_INVERSE_SQUARED_IN_PB
        return _draws(rows[rows[:, 5] > 0.0], count)

    @property
    def _tables(self) -> tuple[Real, Real, NDArray[np.int64], kernel.Source]:
        return self.bounds, self.stay, self.other, self.source


def random_state(seed: np.random.SeedSequence) -> NDArray[np.uint64]:
    """State of the compiled generator."""
    return np.asarray(seed.generate_state(4, np.uint64), dtype=np.uint64)


def _draws(rows: Real, proposals: int) -> Draws:
    """Columns of what the kernel has filled."""
    energy, left, u, t, cosine, weight = np.ascontiguousarray(rows.T)
    return Draws(energy, left, u, t, cosine, weight, int(proposals))


def _slices(edges: Real, cumulative: Real) -> Real:
    """Values of the cumulative path between which the energy changes little."""
    low, high = float(edges[0]), float(edges[-1])
    if low == high:
        return np.array([0.0, 1.0])
    count = int(np.ceil(np.log(high / low) / np.log(_SLICE_RATIO)))
    places = np.interp(np.geomspace(low, high, count + 1), edges, cumulative)
    places[[0, -1]] = 0.0, 1.0
    return np.unique(places)


def _lattice(count: int) -> Real:
    """Points that fill the four-dimensional unit cube evenly (additive recurrence)."""
    # The real solution of x⁵ = x + 1.
    root = 1.1673039782614187
    steps = root ** -np.arange(1.0, 5.0)
    points: Real = (0.5 + np.arange(1, count + 1)[:, None] * steps) % 1.0
    return points


def _learned(source: kernel.Source, bounds: Real) -> Sampler:
    """Raise the bounds where proposals find them too low, and build the table of cells."""
    path = np.repeat(np.diff(source.slices), bounds.size // (source.slices.size - 1))
    bounds = _FIRST_MARGIN * bounds
    bounds = np.maximum(bounds, _LEAST_BOUND * float(path @ bounds / path.sum()))
    state = random_state(np.random.SeedSequence(0))
    for _ in range(_ROUNDS):
        stay, other = kernel.alias_table(path * bounds)
        kernel.learn(bounds, stay, other, source, _MARGIN, _PROPOSALS, state)
    stay, other = kernel.alias_table(path * bounds)
    return Sampler(source, bounds, stay, other, float(path @ bounds / path.sum()))
