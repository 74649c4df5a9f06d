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

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import expm

from physics_lib.checks import in_range, one_of, whole
from physics_lib.materials import Material, Stack, target_of
from physics_lib.shower import processes
from physics_lib.shower.track_length import TrackLength
from physics_lib.shower.transport import Splittings, Transfer, add_continuous_loss

Real = NDArray[np.float64]
Spectrum = Callable[[Real, Real, Material], Real]

BEAMS = ("e-", "e+", "gamma")
"""Primary particles."""
ENERGY_RANGE = (0.2, 1e5)
"""Beam energies [GeV] that are accepted (below 100 TeV)."""

_TOP_SPACING = 1e-4
_THRESHOLD_MARGIN = 0.5


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


def shower_pivots(energy: float, threshold: float, count: int) -> Real:
    """Pivots for a shower that is followed down to a threshold, the lowest one below it."""
    return energy_pivots(energy, _THRESHOLD_MARGIN * threshold, count)


@dataclass(frozen=True, eq=False)
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
            add_continuous_loss(matrix[block, block], pivots, loss)
        matrix[:, [0, count, 2 * count]] = 0.0
        return cls(pivots, matrix)

    def path(self, change: Real) -> Real:
        """Track lengths x [cm] above the lowest pivot, the solution of A x = `change`."""
        live = np.delete(np.arange(len(change)), [0, len(self.pivots), 2 * len(self.pivots)])
        lengths = np.zeros_like(change)
        lengths[live] = np.linalg.solve(self.matrix[np.ix_(live, live)], change[live])
        return lengths


def beam_particle(beam: str, count: int) -> Real:
    """One particle of the beam at the highest pivot."""
    spectra = np.zeros(3 * count)
    spectra[(BEAMS.index(beam) + 1) * count - 1] = 1.0
    return spectra


@dataclass(frozen=True, eq=False)
class Plates:
    """The plates of a stack as linear maps of the spectra.

    Attributes
    ----------
    media : dict of str to Medium
        By name of the material.
    maps : tuple of (str, ndarray)
        Material and map exp(A d) of each plate of a cell.
    repetitions : int
        Number of cells.
    """

    media: dict[str, Medium]
    maps: tuple[tuple[str, Real], ...]
    repetitions: int

    @classmethod
    def of(cls, stack: Stack, pivots: Real) -> "Plates":
        """Build the maps from the processes."""
        splittings = Splittings(pivots)
        media = {plate.name: Medium.of(plate, splittings, pivots) for plate, _ in stack.cell}
        maps = tuple((plate.name, expm(media[plate.name].matrix * d)) for plate, d in stack.cell)
        return cls(media, maps, stack.repetitions)

    def cross(self, spectra: Real) -> Iterator[tuple[str, Real, Real]]:
        """Material of each plate in order of depth, spectra in front of it and behind it."""
        for _ in range(self.repetitions):
            for name, plate in self.maps:
                after = plate @ spectra
                yield name, spectra, after
                spectra = after


def block_paths(block: Material, pivots: Real, primary: Real) -> tuple[dict[str, Real], Real]:
    """Track lengths [cm] at the pivots in an infinitely deep block, and its deposit [GeV]."""
    medium = Medium.of(block, Splittings(pivots), pivots)
    energy = np.tile(pivots, 3) @ primary
    return {block.name: medium.path(-primary)}, np.array([energy])


def stack_paths(stack: Stack, pivots: Real, primary: Real) -> tuple[dict[str, Real], Real]:
    """Track lengths [cm] at the pivots by material of a stack, and the deposit by plate [GeV]."""
    plates = Plates.of(stack, pivots)
    energy = np.tile(pivots, 3)
    energy[[0, len(pivots), 2 * len(pivots)]] = 0.0
    change = {name: np.zeros_like(primary) for name in plates.media}
    deposit = []
    for name, before, after in plates.cross(primary):
        change[name] += after - before
        deposit.append(energy @ (before - after))
    paths = {name: medium.path(change[name]) for name, medium in plates.media.items()}
    return paths, np.array(deposit)


def bin_edges(pivots: Real) -> Real:
    """Edges of the bins around all pivots but the lowest: midway, and the highest pivot."""
    return np.concatenate((0.5 * (pivots[1:] + pivots[:-1]), pivots[-1:]))


def _on_grid(
    beam: str, energy: float, target: Material | Stack, threshold: float, count: int
) -> TrackLength:
    """Solve on `count` pivots; the bins of the result end midway between pivots."""
    pivots = shower_pivots(energy, threshold, count)
    primary = beam_particle(beam, count)
    if isinstance(target, Stack):
        paths, deposit = stack_paths(target, pivots, primary)
    else:
        paths, deposit = block_paths(target, pivots, primary)
    edges = bin_edges(pivots)
    lengths = np.array([path.reshape(3, count)[:, 1:] for path in paths.values()])
    minus, plus, gamma = np.moveaxis(lengths / np.diff(edges), 1, 0)
    none = np.zeros_like(minus)
    names = tuple(paths)
    return TrackLength(beam, energy, names, edges, minus, plus, gamma, none, none, deposit)


def checked_pivots(beam: str, energy: float, threshold: float, pivots: int) -> int:
    """Number of pivots as an int; ValueError for it, beam or energies [GeV] out of range."""
    one_of("beam", beam, BEAMS)
    in_range("energy", energy, *ENERGY_RANGE, "GeV", open_high=True)
    in_range("threshold", threshold, 0.05, 0.5 * energy, "GeV")
    return whole("pivots", pivots, 20, 2000)


def track_length(
    beam: str,
    energy: float,
    target: Material | Stack | str,
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
    target : Material, Stack or str
        A stack of plates, a block without end, or a text as for `materials.target_of`.
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
    pivots = checked_pivots(beam, energy, threshold, pivots)
    target = target_of(target) if isinstance(target, str) else target
    coarse = _on_grid(beam, energy, target, threshold, pivots)
    fine = _on_grid(beam, energy, target, threshold, 2 * pivots - 1)
    if edges is None:
        edges = np.concatenate(([threshold], fine.edges[fine.edges > threshold]))
    return fine.rebinned(edges, threshold).extrapolated(coarse.rebinned(edges, threshold))
