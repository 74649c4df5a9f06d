"""Deterministic transport of the electromagnetic cascade: exact T_±(E) without noise.

The spectra live on energies e_0 < e_1 < … < E₀ (pivots), of which the lowest absorbs. Every
process splits an energy E into two products, a and E − a; each product is shared between its two
neighbouring pivots such that number and energy are kept exactly. Bremsstrahlung then needs no
infrared cut: an emission of energy k moves the lepton to the next lower pivot with probability
k/(distance). Electrons, positrons and photons obey df/dt = A f, with a matrix A for each material
in which energy only falls.

A homogeneous block needs ∫f dt = −A⁻¹ f₀. In a stack of plates every plate is the linear map
exp(A d), and the path inside it is A⁻¹ (f_out − f_in).
The error of the grid falls with the square of the spacing: two grids give the extrapolated value
and its error.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import expm

from physics_lib.checks import in_range, one_of
from physics_lib.constants import ELECTRON_MASS
from physics_lib.materials import Material, Stack
from physics_lib.shower import processes
from physics_lib.shower.track_length import TrackLength

Real = NDArray[np.float64]
Rate = Callable[[Real, Real], Real]
Spectrum = Callable[[Real, Real, Material], Real]

BEAMS = ("e-", "e+", "gamma")
"""Primary particles."""
ENERGY_RANGE = (0.2, 1e5)
"""Beam energies [GeV] that are accepted (below 100 TeV)."""

_TOP_SPACING = 1e-4
_THRESHOLD_MARGIN = 0.5
_GAUSS_ORDER = 4
# Fraction of the beam energy above which the primaries are a peak.
_PEAK_EDGE = 0.98


def energy_pivots(energy_max: float, energy_min: float, count: int) -> Real:
    """Pivots between two energies: logarithmic below, and ever denser towards the beam energy.

    Parameters
    ----------
    energy_max, energy_min : float
        Highest and lowest pivot [GeV].
    count : int
        Number of pivots.

    Returns
    -------
    ndarray, shape (count,)
        Increasing energies [GeV].
    """
    spacing = _TOP_SPACING * energy_max
    low = np.log(energy_min / (energy_max - energy_min + spacing))
    high = np.log(energy_max / spacing)
    ratio = np.exp(np.linspace(low, high, count))
    pivots = ratio * (energy_max + spacing) / (1.0 + ratio)
    pivots[[0, -1]] = energy_min, energy_max
    return pivots


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class Medium:
    """The transport matrix of one material; the lowest pivot absorbs.

    Attributes
    ----------
    pivots : ndarray, shape (n,)
        Energies [GeV].
    matrix : ndarray, shape (3 n, 3 n)
        Rates [1/cm] between electrons, positrons and photons at the pivots, losses on the
        diagonal.
    """

    pivots: Real
    matrix: Real

    @classmethod
    def of(cls, material: Material, splittings: Splittings, pivots: Real) -> "Medium":
        """Build the matrix from the processes."""
        count, cut = len(pivots), float(pivots[0])
        minus, plus, photon = (slice(i * count, (i + 1) * count) for i in range(3))
        matrix = np.zeros((3 * count, 3 * count))

        def add(transfer: Transfer, parent: slice, first: slice, second: slice) -> None:
            matrix[first, parent] += transfer.first
            matrix[second, parent] += transfer.second
            matrix[parent, parent] -= np.diag(transfer.total)

        def project(spectrum: Spectrum, least: float = 0.0) -> Transfer:
            """Transfer of a process whose product has at least the energy `least`."""

            def rate(energy: Real, product: Real) -> Real:
                return np.where(product > least, spectrum(energy, product, material), 0.0)

            return splittings.transfer(rate)

        radiation = project(processes.bremsstrahlung_spectrum)
        add(radiation, minus, photon, minus)
        add(radiation, plus, photon, plus)
        add(project(processes.pair_spectrum), photon, minus, plus)
        add(project(processes.compton_spectrum), photon, photon, minus)
        add(project(processes.moller_spectrum, cut), minus, minus, minus)
        add(project(processes.bhabha_spectrum, cut), plus, minus, plus)
        add(project(processes.annihilation_spectrum), plus, photon, photon)
        for block, charge in ((minus, -1), (plus, 1)):
            loss = processes.collision_loss(pivots, material, cut, charge)
            _add_continuous_loss(matrix[block, block], pivots, loss)
        matrix[:, [0, count, 2 * count]] = 0.0
        return cls(pivots, matrix)

    def path(self, change: Real) -> Real:
        """Track lengths x [cm] above the lowest pivot, the solution of A x = `change`."""
        live = np.delete(np.arange(len(change)), [0, len(self.pivots), 2 * len(self.pivots)])
        lengths = np.zeros_like(change)
        lengths[live] = np.linalg.solve(self.matrix[np.ix_(live, live)], change[live])
        return lengths


def _add_continuous_loss(rates: Real, pivots: Real, loss: Real) -> None:
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


def _primary(beam: str, count: int) -> Real:
    """One particle of the beam at the highest pivot."""
    spectra = np.zeros(3 * count)
    spectra[(BEAMS.index(beam) + 1) * count - 1] = 1.0
    return spectra


def block_paths(block: Material, pivots: Real, primary: Real) -> tuple[dict[str, Real], Real]:
    """Track lengths [cm] at the pivots in an infinitely deep block, and its deposit [GeV]."""
    medium = Medium.of(block, Splittings(pivots), pivots)
    energy = np.tile(pivots, 3) @ primary
    return {block.name: medium.path(-primary)}, np.array([energy])


def stack_paths(stack: Stack, pivots: Real, primary: Real) -> tuple[dict[str, Real], Real]:
    """Track lengths [cm] at the pivots by material of a stack, and the deposit by plate [GeV]."""
    splittings = Splittings(pivots)
    media = {plate.name: Medium.of(plate, splittings, pivots) for plate, _ in stack.cell}
    plates = [(plate.name, expm(media[plate.name].matrix * d)) for plate, d in stack.cell]
    energy = np.tile(pivots, 3)
    energy[[0, len(pivots), 2 * len(pivots)]] = 0.0
    change = {name: np.zeros_like(primary) for name in media}
    deposit, spectra = [], primary
    for _ in range(stack.repetitions):
        for name, plate in plates:
            after = plate @ spectra
            change[name] += after - spectra
            deposit.append(energy @ (spectra - after))
            spectra = after
    paths = {name: medium.path(change[name]) for name, medium in media.items()}
    return paths, np.array(deposit)


def _on_grid(
    beam: str, energy: float, target: Material | Stack, threshold: float, count: int
) -> TrackLength:
    """Solve on `count` pivots; the bins of the result end midway between pivots."""
    pivots = energy_pivots(energy, _THRESHOLD_MARGIN * threshold, count)
    primary = _primary(beam, count)
    if isinstance(target, Stack):
        paths, deposit = stack_paths(target, pivots, primary)
    else:
        paths, deposit = block_paths(target, pivots, primary)
    edges = np.concatenate((0.5 * (pivots[1:] + pivots[:-1]), pivots[-1:]))
    lengths = np.array([path.reshape(3, count)[:, 1:] for path in paths.values()])
    minus, plus, gamma = np.moveaxis(lengths / np.diff(edges), 1, 0)
    none = np.zeros_like(minus)
    names = tuple(paths)
    return TrackLength(beam, energy, names, edges, minus, plus, gamma, none, none, deposit)


def track_length(
    beam: str,
    energy: float,
    target: Material | Stack,
    threshold: float = 0.5,
    edges: ArrayLike | None = None,
    pivots: int = 100,
) -> TrackLength:
    """T_±(E) of the shower that one particle starts in a target.

    Parameters
    ----------
    beam : str
        ``e-``, ``e+`` or ``gamma``
    energy : float
        Beam energy E₀ [GeV], 0.2 to 1e5.
    target : Material or Stack
        A stack of plates, or a block without end.
    threshold : float
        Lowest energy [GeV] of the particles that are followed.
    edges : array_like, optional
        Edges [GeV] of the bins of the result; by default those of the solver, which are graded.
        Below the threshold the track length is counted as zero.
    pivots : int
        Pivots of the coarser of the two grids.

    Returns
    -------
    TrackLength
        Extrapolated to vanishing spacing; the errors are those of the finer grid.

    Raises
    ------
    ValueError
        For an unknown beam, energies or pivots out of range.
    """
    one_of("beam", beam, BEAMS)
    in_range("energy", energy, *ENERGY_RANGE, "GeV", open_high=True)
    in_range("threshold", threshold, 0.05, 0.5 * energy, "GeV")
    in_range("pivots", pivots, 20, 2000)
    coarse = _on_grid(beam, energy, target, threshold, pivots)
    fine = _on_grid(beam, energy, target, threshold, 2 * pivots - 1)
    if edges is None:
        edges = np.concatenate(([threshold], fine.edges[fine.edges > threshold]))
    return fine.rebinned(edges, threshold).extrapolated(coarse.rebinned(edges, threshold))
