"""dσ/dx of radiative production as a table: exact at a few points, interpolated in between.

The logarithm of dσ/dx over its known shape is a polynomial (Chebyshev) in the logarithm of the
energy and in ln E_V/(w − w_min). The shape is that of improved Weizsäcker–Williams times the
powers with which phase space closes; w_min, the least energy that the lepton keeps, is taken
with the recoil of the nucleus, because dσ/dx rises from zero within its distance from m.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.polynomial.chebyshev import chebvander
from numpy.typing import ArrayLike, NDArray

from physics_lib.checks import in_range
from physics_lib.constants import ELECTRON_MASS
from physics_lib.production.amplitude import kinematics
from physics_lib.production.form_factor import Nucleus
from physics_lib.production.radiative import ENERGY_RANGE, MASS_RANGE, spectrum

Real = NDArray[np.float64]

ABOVE_THRESHOLD = 1.15
"""Tables start so many times above the threshold m_V + m."""

_ENERGY_NODES = 22
_SPECTRUM_NODES = 80
# The variable of energy is ln(E − 0.7 threshold): dσ/dx turns fast where phase space opens.
_THRESHOLD_SHARE = 0.7
# Closer to w_min than this share of w_min − m, the power of phase space is all that is left.
_CLOSEST = 1e-4


@njit(cache=True)
def _least_left(energy, masses):  # type: ignore[no-untyped-def]
    """w_min, where lepton and nucleus stay together: 2M (w − m) = U₀(w), by iteration."""
    vector_mass, lepton_mass, nucleus_mass = masses
    left = lepton_mass
    for _ in range(12):
        kin = kinematics(energy, left, vector_mass, lepton_mass, nucleus_mass)
        left = min(lepton_mass + 0.5 * kin.smallest / nucleus_mass, energy - vector_mass)
    return left


@njit(cache=True)
def _limits(energies, masses):  # type: ignore[no-untyped-def]
    """w_min, and where ln E_V/(w − w_min) begins and ends, for each energy: shape (n, 3)."""
    result = np.empty((energies.size, 3))
    for i in range(energies.size):
        energy, least = energies[i], _least_left(energies[i], masses)
        result[i, 0] = least
        result[i, 1] = np.log(masses[0] / (energy - masses[0] - least))
        result[i, 2] = np.log((energy - least) / (_CLOSEST * (least - masses[1])))
    return result


@njit(cache=True)
def _shape(energy, left, least, masses):  # type: ignore[no-untyped-def]
    """Known shape of dσ/dx: IWW, velocity of V, and how phase space closes at w_min."""
    vector_mass, lepton_mass, _ = masses
    y = left / energy
    x = 1.0 - y
    u0 = vector_mass**2 * y / x + lepton_mass**2 * x
    compton = (1.0 + y * y) / y - (vector_mass**2 + 2.0 * lepton_mass**2) * x / (3.0 * u0)
    velocity = np.sqrt((1.0 - vector_mass / (x * energy)) * (1.0 + vector_mass / (x * energy)))
    above = left - least
    closing = np.sqrt(above / left) * above / (left - lepton_mass)
    return y / x * compton / u0 * velocity * closing


@njit(cache=True)
def _shapes(energies, left, limits, masses):  # type: ignore[no-untyped-def]
    """`_shape` for rows of w."""
    result = np.empty_like(left)
    for i in range(left.shape[0]):
        for j in range(left.shape[1]):
            result[i, j] = _shape(energies[i], left[i, j], limits[i, 0], masses)
    return result


@njit(cache=True)
def _evaluate(energies, rows, limits, which, remainder, masses):  # type: ignore[no-untyped-def]
    """dσ/dx at energies[which] and 1 − x; `rows` are the coefficients at each energy."""
    result = np.zeros(remainder.size)
    for i in range(remainder.size):
        n = which[i]
        energy = energies[n]
        left = energy * remainder[i]
        least, start, stop = limits[n, 0], limits[n, 1], limits[n, 2]
        if left <= least or energy - left <= masses[0]:
            continue
        place = np.log((energy - left) / (left - least))
        s = min((2.0 * place - start - stop) / (stop - start), 1.0)
        # Clenshaw's recurrence.
        one, two = 0.0, 0.0
        for k in range(rows.shape[1] - 1, 0, -1):
            one, two = 2.0 * s * one - two + rows[n, k], one
        logarithm = s * one - two + rows[n, 0]
        result[i] = np.exp(logarithm) * _shape(energy, left, least, masses)
    return result


def _nodes(count: int) -> tuple[Real, Real]:
    """Chebyshev nodes, and the matrix from values there to coefficients."""
    nodes: Real = np.cos(np.pi * (np.arange(count) + 0.5) / count)
    matrix = np.asarray(chebvander(nodes, count - 1).T * (2.0 / count), dtype=np.float64)
    matrix[0] /= 2.0
    return nodes, matrix


@dataclass(frozen=True)
class SpectrumTable:
    """dσ/dx of one mass on one nucleus, interpolated; made by `tabulate`.

    Attributes
    ----------
    mass, lepton_mass : float
        m_V and m [GeV].
    nucleus : Nucleus
    energy_range : tuple of float
        Energies [GeV] that are covered.
    coefficients : ndarray, shape (energies, spectrum)
        Of the Chebyshev polynomials.
    """

    mass: float
    lepton_mass: float
    nucleus: Nucleus
    energy_range: tuple[float, float]
    coefficients: Real

    def __call__(self, energy: ArrayLike, remainder: ArrayLike) -> Real:
        """dσ/dx [pb] as a function of E [GeV] and 1 − x, which broadcast.

        Fast where few energies meet many values of x, as in ``table(energies[:, None], y)``.

        Raises
        ------
        ValueError
            For energies outside `energy_range` and 1 − x outside 0 to 1.
        """
        e = in_range("energy", energy, *self.energy_range, "GeV")
        y = in_range("1 - x", remainder, 0.0, 1.0)
        energies, which = np.unique(e, return_inverse=True)
        which, y = np.broadcast_arrays(which.reshape(e.shape), y)
        masses = (self.mass, self.lepton_mass, self.nucleus.mass)
        place = _energy_place(energies, self.energy_range, self.mass + self.lepton_mass)
        rows = chebvander(place, self.coefficients.shape[0] - 1) @ self.coefficients
        limits = _limits(energies, masses)
        flat = _evaluate(energies, rows, limits, which.ravel(), y.ravel(), masses)
        values: Real = flat.reshape(y.shape)
        return values


def _energy_place(energies: Real, energy_range: tuple[float, float], threshold: float) -> Real:
    """−1 … 1 for the energies of the range, even in ln(E − 0.7 threshold)."""
    low, high = np.log(np.array(energy_range) - _THRESHOLD_SHARE * threshold)
    place: Real = np.log(energies - _THRESHOLD_SHARE * threshold)
    place = (2.0 * place - low - high) / (high - low)
    return place


def tabulate(
    mass: float,
    nucleus: Nucleus,
    energy_range: tuple[float, float],
    form_factor: str = "full",
    lepton_mass: float = ELECTRON_MASS,
) -> SpectrumTable:
    """Tabulate the exact dσ/dx of ℓ N → ℓ N V for one mass.

    Parameters
    ----------
    mass : float
        m_V [GeV]
    nucleus : Nucleus
    energy_range : tuple of float
        Lowest and highest E [GeV], from 1.15 (m_V + m) up.
    form_factor : str
        ``full`` or ``elastic``.
    lepton_mass : float
        m [GeV]

    Returns
    -------
    SpectrumTable
        Within 1e-3 of `radiative.spectrum` wherever dσ/dx is above 1e-6 of its largest value at
        that energy, for ranges within 1 to 200 GeV.

    Raises
    ------
    ValueError
        For arguments out of range.
    """
    in_range("mass", mass, *MASS_RANGE, "GeV")
    threshold = mass + lepton_mass
    low, high = in_range("energy_range", energy_range, *ENERGY_RANGE, "GeV")
    in_range("energy_range[0]", low, ABOVE_THRESHOLD * threshold, high, "GeV", open_high=True)
    masses = (mass, lepton_mass, nucleus.mass)
    nodes, to_energy = _nodes(_ENERGY_NODES)
    first, last = np.log(np.array([low, high]) - _THRESHOLD_SHARE * threshold)
    energies = _THRESHOLD_SHARE * threshold + np.exp(
        0.5 * (first + last) + 0.5 * (last - first) * nodes
    )
    nodes, to_spectrum = _nodes(_SPECTRUM_NODES)
    limits = _limits(energies, masses)
    least, start, stop = limits.T[:, :, None]
    place = 0.5 * (start + stop) + 0.5 * (stop - start) * nodes
    left = least + (energies[:, None] - least) / (1.0 + np.exp(place))
    values = spectrum(
        energies[:, None],
        mass,
        left / energies[:, None],
        nucleus,
        form_factor=form_factor,
        lepton_mass=lepton_mass,
    )
    logarithm = np.log(values / _shapes(energies, left, limits, masses))
    coefficients = to_energy @ logarithm @ to_spectrum.T
    return SpectrumTable(mass, lepton_mass, nucleus, (float(low), float(high)), coefficients)
