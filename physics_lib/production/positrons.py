"""Annihilation of a shower's positrons: their track length folded with e⁺e⁻ → V and e⁺e⁻ → γV."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from physics_lib.constants import ELECTRON_MASS, MUON_MASS
from physics_lib.materials import Element
from physics_lib.models import Model
from physics_lib.production import nonresonant, resonant
from physics_lib.production.bound_electrons import MomentumProfile
from physics_lib.production.propagator import damping, propagator_weights

Real = NDArray[np.float64]
Function = Callable[[Real], Real]

SOFT_PHOTON = 0.5
"""Photon energy [GeV] below which e⁺e⁻ → γV counts as a resonant event."""

_ENERGY_NODES = 200
# Points of the grid that are nearer to the resonance, relatively, are taken for it.
_CLOSE = 1e-9
# Of the beam energy: where the grading of the nodes towards it stops.
_EDGE = 1e-4


def reach_of_bound_electrons(energies: Real) -> Real:
    """Energies E′ = s/2m_e − m_e [GeV] that electrons in motion reach from those of the positrons.

    Parameters
    ----------
    energies : ndarray
        Increasing positron energies [GeV].

    Returns
    -------
    ndarray
        Increasing, the given ones among them: from a fiftieth of the lowest to twice the highest.
    """
    low, high = energies[[0, -1]]
    below = np.geomspace(0.02 * low, low, 120)
    above = np.geomspace(2.0 * high - low, 2.0 * high, 20)
    return np.unique(np.concatenate((below, energies, 2.0 * high - energies, above)))


def smeared(weight: Real, energies: Real, reach: Real, element: Element) -> Real:
    """`weight` at `energies`, averaged at `reach` over the motion of an element's electrons."""
    result: Real = MomentumProfile.of(element).smearing(energies, reach) @ weight
    return result


def with_cusp(energies: Real) -> Real:
    """Energies with the one among them at which Π has its cusp, √s = 2m_μ."""
    cusp = resonant.resonant_energy(2.0 * MUON_MASS)
    inside = energies[0] < cusp < energies[-1]
    return np.union1d(energies, cusp) if inside else energies


def resonant_events(
    model: Model, s: Real, weight: Real, at_mass: Real, running_width: bool
) -> Real:
    """Integral of the resonant cross section over a grid of s, however narrow the resonance is.

    The numerator of the cross section times `weight` is linear between the points of the grid
    and the resonance; the propagator is integrated exactly.

    Parameters
    ----------
    model : Model
        With mass and coupling of the same shape (...).
    s : ndarray, shape (n,)
        Increasing s [GeV²].
    weight : ndarray, shape (n,)
        Positrons' path times electrons per s [cm⁻² GeV⁻²].
    at_mass : ndarray, shape (...)
        The same at s = m², where that is between the first and the last point.
    running_width : bool
        √s Γ(√s) in the propagator instead of m Γ(m).

    Returns
    -------
    ndarray, shape (...)
        ∫ds weight σ, times GeV² cm².
    """
    mass = np.asarray(model.mass, dtype=np.float64)[..., None]
    column = model.at(mass, np.asarray(model.coupling, dtype=np.float64)[..., None])
    mass2 = mass**2
    smooth = weight * resonant.numerator(column, s)

    def integral(edges: Real, values: Real, gamma: Real) -> Real:
        at_low, at_high = propagator_weights(edges, mass2, gamma)
        return at_low * values[..., :-1] + at_high * values[..., 1:]

    # D is constant in each interval: that of its middle.
    cells = integral(s, smooth, damping(column, 0.5 * (s[1:] + s[:-1]), running_width))
    place = np.clip(np.searchsorted(s, mass2) - 1, 0, len(s) - 2)
    low, high = s[place], s[place + 1]
    inside = (mass2 > low * (1.0 + _CLOSE)) & (mass2 < high * (1.0 - _CLOSE))
    # The interval that holds the resonance is cut in two there.
    middle = np.where(inside, mass2, 0.5 * (low + high))
    peak = np.asarray(at_mass)[..., None] * resonant.numerator(column, mass2)
    ends = [np.take_along_axis(smooth, place + i, axis=-1) for i in (0, 1)]
    values = np.concatenate([ends[0], peak, ends[1]], axis=-1)
    halves = integral(
        np.concatenate([low, middle, high], axis=-1), values, damping(column, mass2, running_width)
    )
    split = np.sum(halves, axis=-1, keepdims=True)
    np.put_along_axis(
        cells, place, np.where(inside, split, np.take_along_axis(cells, place, axis=-1)), axis=-1
    )
    result: Real = np.sum(cells, axis=-1)
    return result


def nonresonant_events(
    mass: float,
    path: Function,
    efficiency: Function,
    lowest: float,
    highest: float,
) -> float:
    """∫dE T_+(E) ∫dω dσ/dω η(E_V) of e⁺e⁻ → γV per electron for a coupling of one [cm pb].

    Positrons less than `SOFT_PHOTON` above the resonance are left to the resonant process. The
    photon stays in the calorimeter, so that V alone is missing.

    Parameters
    ----------
    mass : float
        m_V [GeV]
    path, efficiency : callable
        T_+(E) [cm/GeV] and η(E_V).
    lowest, highest : float
        Energies [GeV] where η begins and where T_+ ends.
    """
    resonance = float(resonant.resonant_energy(mass))
    least = max(resonance + SOFT_PHOTON, lowest)
    if least >= highest:
        return 0.0
    nodes, weights = np.polynomial.legendre.leggauss(_ENERGY_NODES)
    edge = _EDGE * highest
    # Even in ln (E − E_res)/(E₀ − E): σ grows towards the one, T_+ changes towards the other.
    start = np.log((least - resonance) / (highest - least + edge))
    stop = np.log((highest - resonance) / edge)
    ratio = np.exp(0.5 * (start + stop) + 0.5 * (stop - start) * nodes)
    energy = (resonance + ratio * (highest + edge)) / (1.0 + ratio)
    span = (energy - resonance) * (highest + edge - energy) / (highest + edge - resonance)
    omega, weight = nonresonant.energy_rule(energy, mass, lowest)
    carried = np.minimum(energy[:, None] + ELECTRON_MASS - omega, highest)
    shape = weight * nonresonant.spectrum(energy[:, None], omega, mass) * efficiency(carried)
    per_path = path(energy) * np.sum(shape, axis=-1)
    return float(np.sum(0.5 * (stop - start) * weights * span * per_path))
