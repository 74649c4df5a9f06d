r"""Radiative production ℓ N → ℓ N V: exact tree level, Weizsäcker–Williams, improved WW.

Exact tree level (ETL) for a spin-0 nucleus (Liu and Miller 2017, arXiv:1705.01633;
Gninenko et al. 2018, arXiv:1712.05706), V on its mass shell, coupling ε = 1 in units of e:

.. math::
    \frac{d\sigma}{dx} = \frac{\alpha^3 E}{2 p^2} \int \frac{dU}{|\vec p - \vec k|}
        \int dt\, \frac{G_2(t)}{t^2} \frac{\langle A \rangle_\varphi}{8 M^2},
    \qquad U = m^2 - (p - k)^2 .

The variables are chosen so that nothing cancels: U for the angle, w = E − E_V for the energy
(x → 1 needs w, not x), t = −q² > 0 in its logarithm. The azimuth is integrated analytically.
"""

from functools import cache

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from physics_lib.checks import in_range, one_of
from physics_lib.constants import ELECTRON_MASS, GEV_INVERSE_SQUARED_IN_PB
from physics_lib.production.exact import exact_spectrum, gauss_rules
from physics_lib.production.form_factor import FORM_FACTORS, Nucleus
from physics_lib.production.weizsacker_williams import equivalent_photon_spectrum

Real = NDArray[np.float64]

METHODS = ("etl", "ww", "iww")
"""Exact tree level, Weizsäcker–Williams, improved Weizsäcker–Williams."""
ENERGY_RANGE = (0.1, 1e4)
"""Lepton energies [GeV] that are accepted."""
MASS_RANGE = (1e-4, 10.0)
"""Masses of the vector [GeV] that are accepted."""

_ANGLE_RULE = np.array(np.polynomial.legendre.leggauss(12))
_TRANSFER_RULES = gauss_rules(48)
# For σ: 40 leave 1.6e-4 at 0.1 MeV and 100 GeV.
_SIGMA_NODES = 48
_FLUX_RULE = np.array(np.polynomial.legendre.leggauss(14))


@njit(cache=True, error_model="numpy")
def _exact_spectra(energy, left, vector_mass, fixed, form, angles, transfers):  # type: ignore[no-untyped-def]
    """dσ/dx [GeV⁻²] for flat arrays; `fixed` holds the lepton's and the nucleus' mass."""
    result = np.empty_like(energy)
    for i in range(energy.size):
        masses = (vector_mass[i], fixed[0], fixed[1])
        result[i] = exact_spectrum(energy[i], left[i], masses, form, angles, transfers)
    return result


@njit(cache=True, error_model="numpy")
def _equivalent_spectra(energy, left, vector_mass, lepton_mass, form, improved, rule):  # type: ignore[no-untyped-def]
    """dσ/dx [GeV⁻²] in WW or IWW for flat arrays."""
    result = np.empty_like(energy)
    for i in range(energy.size):
        masses = (vector_mass[i], lepton_mass, np.inf)
        result[i] = equivalent_photon_spectrum(energy[i], left[i], masses, form, improved, rule)
    return result


def spectrum(
    energy: ArrayLike,
    mass: ArrayLike,
    remainder: ArrayLike,
    nucleus: Nucleus,
    method: str = "etl",
    form_factor: str = "full",
    lepton_mass: float = ELECTRON_MASS,
) -> Real:
    """dσ/dx of ℓ N → ℓ N V per nucleus for ε = 1, as a function of 1 − x.

    Parameters
    ----------
    energy, mass, remainder : array_like
        E [GeV] (0.1 to 1e4), m_V [GeV] (1e-4 to 10) and 1 − x = 1 − E_V/E (0 to 1), broadcast.
        The cross section is steepest at x → 1, where 1 − x keeps the digits that x loses.
    nucleus : Nucleus
    method : str
        ``etl`` (exact tree level), ``ww`` or ``iww``.
    form_factor : str
        ``full`` (elastic + inelastic) or ``elastic``.
    lepton_mass : float
        m [GeV]

    Returns
    -------
    ndarray
        dσ/dx [pb], zero outside the kinematic limits; relative error below 5e-5.

    Raises
    ------
    ValueError
        For arguments out of range.
    """
    one_of("method", method, METHODS)
    one_of("form_factor", form_factor, FORM_FACTORS)
    arrays = np.broadcast_arrays(
        in_range("energy", energy, *ENERGY_RANGE, "GeV"),
        in_range("mass", mass, *MASS_RANGE, "GeV"),
        in_range("1 - x", remainder, 0.0, 1.0),
    )
    e, m, y = (np.ascontiguousarray(array).ravel() for array in arrays)
    form = nucleus.form_factor(form_factor)
    if method == "etl":
        fixed = (lepton_mass, nucleus.mass)
        result = _exact_spectra(e, e * y, m, fixed, form, _ANGLE_RULE, _TRANSFER_RULES)
    else:
        improved = method == "iww"
        result = _equivalent_spectra(e, e * y, m, lepton_mass, form, improved, _FLUX_RULE)
    values: Real = GEV_INVERSE_SQUARED_IN_PB * result.reshape(arrays[0].shape)
    return values


@cache
def _gauss(count: int) -> tuple[Real, Real]:
    """Nodes and weights of Gauss and Legendre, which take longer than many a spectrum."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return nodes, weights


def energy_rule(
    energy: ArrayLike, mass: ArrayLike, x_min: ArrayLike, lepton_mass: float, count: int
) -> tuple[Real, Real]:
    """Gauss rule for ∫dx from `x_min` up, even in ln x/(1−x): nodes of 1 − x and weights.

    Parameters
    ----------
    energy, mass : array_like, shape (...)
        E and m_V [GeV].
    x_min : array_like
        Lower limit of x; the kinematic limit where that is higher.
    lepton_mass : float
        m [GeV]
    count : int
        Number of nodes.

    Returns
    -------
    remainder, weight : ndarray, shape (..., count)
        Weights are zero where the phase space is empty.
    """
    nodes, weights = _gauss(count)
    e, m = np.broadcast_arrays(np.asarray(energy, dtype=float), np.asarray(mass, dtype=float))
    x_low = np.maximum(x_min, m / e)
    y_low = lepton_mass / e
    open_space = x_low + y_low < 1.0
    x_low, y_low = (np.where(open_space, low, 0.5) for low in (x_low, y_low))
    start = np.log(x_low / (1.0 - x_low))
    stop = np.log((1.0 - y_low) / y_low)
    logit = (start + stop)[..., None] / 2.0 + (stop - start)[..., None] / 2.0 * nodes
    remainder = 1.0 / (1.0 + np.exp(logit))
    weight = (stop - start)[..., None] / 2.0 * weights * remainder * (1.0 - remainder)
    return remainder, weight


def sigma(
    energy: ArrayLike,
    mass: ArrayLike,
    nucleus: Nucleus,
    x_min: float = 0.0,
    method: str = "etl",
    form_factor: str = "full",
    lepton_mass: float = ELECTRON_MASS,
) -> Real:
    """Total cross section of ℓ N → ℓ N V above `x_min`, per nucleus, for ε = 1 [pb].

    Parameters and errors as in `spectrum`; `energy` and `mass` broadcast. Relative error below
    1e-4.
    """
    in_range("x_min", x_min, 0.0, 1.0)
    e, m = np.broadcast_arrays(
        in_range("energy", energy, *ENERGY_RANGE, "GeV"),
        in_range("mass", mass, *MASS_RANGE, "GeV"),
    )
    remainder, weight = energy_rule(e, m, x_min, lepton_mass, _SIGMA_NODES)
    values = spectrum(
        e[..., None], m[..., None], remainder, nucleus, method, form_factor, lepton_mass
    )
    total: Real = np.sum(weight * values, axis=-1)
    return total
