"""Deterministic transport of the electromagnetic cascade: exact T_±(E) without noise.

The spectra live on energies e_1 < … < e_n = E₀ (pivots). A particle that is born between two
pivots is shared between them so that number and energy are kept exactly; bremsstrahlung then needs
no infrared cut, since an emission of energy k moves the lepton to the next lower pivot with
probability k/(distance). Leptons (e⁻ + e⁺) and photons obey df/dt = A f with a triangular A for
each material, and the difference e⁻ − e⁺, which pairs do not feed, an equation of its own.

A homogeneous block needs ∫f dt = −A⁻¹ f₀, a back substitution. In a stack of plates every plate
is the linear map exp(A d), and the path inside it is A⁻¹ (f_out − f_in).
The error of the grid falls with the square of the spacing, but for the collision loss, where it
is of first order (and small in lead, where radiation decides): two grids give the extrapolated
value and its error.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import expm, solve_triangular

from physics_lib.checks import in_range, one_of
from physics_lib.materials import Material, Stack
from physics_lib.shower.processes import (
    bremsstrahlung_k_spectrum,
    collision_loss,
    pair_attenuation,
    pair_spectrum,
)
from physics_lib.shower.track_length import TrackLength

Real = NDArray[np.float64]

BEAMS = ("e-", "e+", "gamma")
ENERGY_RANGE = (0.2, 1e5)
"""Beam energies [GeV] that are accepted (below 100 TeV)."""

_TOP_SPACING = 1e-6
_THRESHOLD_MARGIN = 0.9
_GAUSS_ORDER = 5


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


def _transfer(pivots: Real, rate: Callable[[Real, Real], Real]) -> tuple[Real, Real]:
    """Rates [1/cm] from pivot to pivot for products with spectrum `rate`(source, product).

    A product is shared between its two neighbours, one below the lowest pivot between that and
    zero energy. Element [i, j] of the first result leads from pivot j to i, element [j] of the
    second from j to zero energy.
    """
    nodes, weights = np.polynomial.legendre.leggauss(_GAUSS_ORDER)
    nodes, weights = 0.5 * (nodes + 1.0), 0.5 * weights
    low = np.concatenate(([0.0], pivots[:-1]))
    width = pivots - low
    product = low[:, None] + width[:, None] * nodes
    # Interval i ends at pivot i, so it is open to sources at pivots j ≥ i.
    source, interval = np.tril_indices(len(pivots))
    spectrum = rate(pivots[source][:, None], product[interval]) * weights
    gain, lower = np.zeros((2, len(pivots), len(pivots)))
    gain[interval, source] = (spectrum @ nodes) * width[interval]
    lower[interval, source] = (spectrum @ (1.0 - nodes)) * width[interval]
    gain[:-1] += lower[1:]
    return gain, lower[0]


@dataclass(frozen=True)
class Spectra:
    """Numbers (or track lengths, cm) at the pivots, per particle on target.

    Attributes
    ----------
    leptons, difference, photons : ndarray, shape (n,)
        e⁻ + e⁺, e⁻ − e⁺ and photons.
    """

    leptons: Real
    difference: Real
    photons: Real

    @classmethod
    def primary(cls, beam: str, count: int) -> "Spectra":
        """One particle at the highest of `count` pivots."""
        one = np.zeros(count)
        one[-1] = 1.0
        none = np.zeros(count)
        if beam == "gamma":
            return cls(none, none, one)
        return cls(one, one if beam == "e-" else -one, none)


@dataclass(frozen=True)
class Medium:
    """Transport matrices of one material on given pivots; the lowest pivot absorbs.

    Attributes
    ----------
    pivots : ndarray, shape (n,)
        Energies [GeV].
    leptons, emission, pairs : ndarray, shape (n, n)
        Rates [1/cm] lepton → lepton (losses on the diagonal), lepton → photon, and photon →
        either lepton of the pair.
    attenuation : float
        Pairs per cm of a photon.
    """

    pivots: Real
    leptons: Real
    emission: Real
    pairs: Real
    attenuation: float

    @classmethod
    def of(cls, material: Material, pivots: Real) -> "Medium":
        """Build the matrices from the processes."""

        def photon_rate(energy: Real, photon: Real) -> Real:
            return bremsstrahlung_k_spectrum(energy, photon, material) / photon

        def lepton_rate(energy: Real, left: Real) -> Real:
            return photon_rate(energy, energy - left)

        leptons, to_zero = _transfer(pivots, lepton_rate)
        np.fill_diagonal(leptons, 0.0)
        step = np.arange(len(pivots) - 1)
        leptons[step, step + 1] += collision_loss(pivots[1:], material) / np.diff(pivots)
        np.fill_diagonal(leptons, -(leptons.sum(axis=0) + to_zero))
        emission, _ = _transfer(pivots, photon_rate)
        pairs, _ = _transfer(pivots, lambda photon, left: pair_spectrum(photon, left, material))
        for matrix in (leptons, emission, pairs):
            matrix[:, 0] = 0.0
        return cls(pivots, leptons, emission, pairs, pair_attenuation(material))

    def path(self, change: Spectra) -> Spectra:
        """Track lengths x [cm] above the lowest pivot, the solution of A x = `change`."""
        live = slice(1, None)
        photon_pairs = 2.0 * self.pairs[live, live] / self.attenuation
        emission = self.emission[live, live]
        loss = self.leptons[live, live]
        leptons, difference, photons = np.zeros((3, len(self.pivots)))
        leptons[live] = solve_triangular(
            loss + photon_pairs @ emission,
            change.leptons[live] + photon_pairs @ change.photons[live],
        )
        difference[live] = solve_triangular(loss, change.difference[live])
        photons[live] = (emission @ leptons[live] - change.photons[live]) / self.attenuation
        return Spectra(leptons, difference, photons)

    def plate(self, thickness: float) -> Callable[[Spectra], Spectra]:
        """Return the map of the spectra through a plate of `thickness` [cm]."""
        count = len(self.pivots)
        absorption = -self.attenuation * np.eye(count)
        absorption[0, 0] = 0.0
        coupled = np.block([[self.leptons, 2.0 * self.pairs], [self.emission, absorption]])
        coupled_map = expm(coupled * thickness)
        difference_map = expm(self.leptons * thickness)

        def through(spectra: Spectra) -> Spectra:
            both = coupled_map @ np.concatenate((spectra.leptons, spectra.photons))
            return Spectra(both[:count], difference_map @ spectra.difference, both[count:])

        return through


def stack_paths(stack: Stack, pivots: Real, primary: Spectra) -> dict[str, Spectra]:
    """Track lengths [cm] at the pivots in each material of a stack of plates."""
    media = {material.name: Medium.of(material, pivots) for material, _ in stack.cell}
    plates = [(material.name, media[material.name].plate(d)) for material, d in stack.cell]
    change = {name: np.zeros((3, len(pivots))) for name in media}
    spectra = primary
    for _ in range(stack.repetitions):
        for name, through in plates:
            after = through(spectra)
            change[name] += np.array(
                [
                    after.leptons - spectra.leptons,
                    after.difference - spectra.difference,
                    after.photons - spectra.photons,
                ]
            )
            spectra = after
    return {name: medium.path(Spectra(*change[name])) for name, medium in media.items()}


def block_paths(material: Material, pivots: Real, primary: Spectra) -> dict[str, Spectra]:
    """Track lengths [cm] at the pivots in an infinitely deep block."""
    source = Spectra(-primary.leptons, -primary.difference, -primary.photons)
    return {material.name: Medium.of(material, pivots).path(source)}


def _on_grid(
    beam: str, energy: float, target: Material | Stack, threshold: float, count: int
) -> TrackLength:
    """Solve on `count` pivots; the bins of the result end midway between pivots."""
    pivots = energy_pivots(energy, _THRESHOLD_MARGIN * threshold, count)
    primary = Spectra.primary(beam, count)
    if isinstance(target, Stack):
        paths = stack_paths(target, pivots, primary)
    else:
        paths = block_paths(target, pivots, primary)
    edges = np.concatenate((0.5 * (pivots[1:] + pivots[:-1]), pivots[-1:]))
    total = np.array([paths[name].leptons[1:] for name in paths]) / np.diff(edges)
    difference = np.array([paths[name].difference[1:] for name in paths]) / np.diff(edges)
    minus, plus = 0.5 * (total + difference), 0.5 * (total - difference)
    none = np.zeros_like(minus)
    return TrackLength(beam, energy, tuple(paths), edges, minus, plus, none, none)


def track_length(
    beam: str,
    energy: float,
    target: Material | Stack,
    threshold: float = 0.5,
    edges: ArrayLike | None = None,
    pivots: int = 150,
) -> TrackLength:
    """T_±(E) of the shower that one particle starts in a target.

    Parameters
    ----------
    beam : str
        ``e-``, ``e+`` or ``gamma``
    energy : float
        Beam energy E₀ [GeV], 0.2 to 1e5.
    target : Material or Stack
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
        Extrapolated to vanishing spacing; the errors are those of the finer grid, upper bounds.

    Raises
    ------
    ValueError
        For an unknown beam, energies or pivots out of range.
    """
    one_of("beam", beam, BEAMS)
    in_range("energy", energy, *ENERGY_RANGE, "GeV")
    in_range("threshold", threshold, 0.05, 0.5 * energy, "GeV")
    in_range("pivots", pivots, 20, 2000)
    coarse = _on_grid(beam, energy, target, threshold, pivots)
    fine = _on_grid(beam, energy, target, threshold, 2 * pivots - 1)
    if edges is None:
        edges = np.concatenate(([threshold], fine.edges[fine.edges > threshold]))
    coarse, fine = (grid.rebinned(edges, threshold) for grid in (coarse, fine))
    return TrackLength(
        beam,
        energy,
        fine.materials,
        fine.edges,
        fine.minus + (fine.minus - coarse.minus) / 3.0,
        fine.plus + (fine.plus - coarse.plus) / 3.0,
        np.abs(fine.minus - coarse.minus) / 3.0,
        np.abs(fine.plus - coarse.plus) / 3.0,
    )
