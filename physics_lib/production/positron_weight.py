"""Weight of e⁺e⁻ → V by s: electrons times track length of positrons times efficiency."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from physics_lib.constants import ELECTRON_MASS
from physics_lib.materials import Element
from physics_lib.production import positrons, resonant
from physics_lib.shower.cascade import energy_pivots
from physics_lib.shower.track_length import TrackLength

Real = NDArray[np.float64]
Radiators = Iterable[tuple[str, Element, float]]

_CELLS = 700
# Share of its maximum below which the weight is at its end.
_NEGLIGIBLE = 1e-9


@dataclass(frozen=True, eq=False)
class PositronWeight:
    """What multiplies σ in the integral over s of a resonance.

    Attributes
    ----------
    grid : tuple of ndarray
        Increasing s [GeV²], the cusp of Π among them, and the weight there [cm⁻² GeV⁻²], for
        integrals by straight lines. Lines overestimate an integral where the weight is convex: on
        average by h²/12 times the second derivative, which is taken off.
    fine : tuple of ndarray
        The same on a grid to interpolate in, nothing taken off.
    logarithm : CubicSpline
        ln of the weight as a smooth function of s, NaN where the weight is at its end.
    """

    grid: tuple[Real, Real]
    fine: tuple[Real, Real]
    logarithm: CubicSpline

    @classmethod
    def of(
        cls,
        radiators: Radiators,
        lengths: TrackLength,
        efficiency: Callable[[Real], Real],
        lowest: float,
        bound: bool,
    ) -> "PositronWeight":
        """Tabulate the weight.

        Parameters
        ----------
        radiators : iterable of tuple
            Material, element and nuclei per cm³ times particles on target [cm⁻³].
        lengths : TrackLength
            With a row for each material.
        efficiency : callable
            η(E_F)
        lowest : float
            Energy [GeV] where η begins.
        bound : bool
            Electrons that move in their atoms, else electrons at rest.
        """
        known = tuple(radiators)

        def sampled(cells: int) -> tuple[Real, Real]:
            return _sampled(known, lengths, efficiency, lowest, bound, cells)

        # Motion makes the weight smooth.
        fine = sampled(_CELLS * (1 if bound else 4))
        logarithm = _logarithm(*fine)
        s, weight = fine if bound else sampled(_CELLS)
        slope, bend = (np.nan_to_num(logarithm(s, order)) for order in (1, 2))
        step = np.gradient(s)
        lowered = weight * (1.0 - np.clip(step**2 / 12.0 * (slope**2 + bend), -0.1, 0.1))
        return cls((s, lowered), fine, logarithm)

    def at(self, s: Real) -> Real:
        """Weight [cm⁻² GeV⁻²] at any s [GeV²], straight lines where the spline does not reach."""
        logarithm = self.logarithm(s)
        outside = np.isnan(logarithm)
        smooth = np.exp(np.where(outside, 0.0, logarithm))
        return np.where(outside, np.interp(s, *self.fine, left=0.0, right=0.0), smooth)


def _sampled(
    radiators: tuple[tuple[str, Element, float], ...],
    lengths: TrackLength,
    efficiency: Callable[[Real], Real],
    lowest: float,
    bound: bool,
    cells: int,
) -> tuple[Real, Real]:
    """Values of s [GeV²], the cusp of Π among them, and electrons times T_+ η dE/ds there."""
    energies = positrons.with_cusp(energy_pivots(float(lengths.edges[-1]), lowest, cells))
    seen = efficiency(energies) / (2.0 * ELECTRON_MASS)
    places = positrons.reach_of_bound_electrons(energies) if bound else energies
    weight = np.zeros_like(places)
    for material, element, atoms in radiators:
        electrons = atoms * element.atomic_number
        path = electrons * lengths.density(energies, material)[1] * seen
        weight += positrons.smeared(path, energies, places, element) if bound else path
    return resonant.invariant_mass_squared(places), weight


def _logarithm(s: Real, weight: Real) -> CubicSpline:
    """Spline of ln weight where it is not at its end: its drop to zero would make it swing."""
    floor = _NEGLIGIBLE * weight.max()
    seen = np.flatnonzero(weight > floor)[[0, -1]]
    part = slice(seen[0], seen[1] + 1)
    return CubicSpline(s[part], np.log(np.maximum(weight[part], floor)), extrapolate=False)
