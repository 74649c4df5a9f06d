r"""Landau–Pomeranchuk–Migdal suppression of soft photons and symmetric pairs.

Migdal's functions (Phys. Rev. 103, 1811 (1956)) have closed forms in the digamma function ψ:

.. math::
    \phi(s) = 6s - 6\pi s^2 - 24 s^2\, \mathrm{Im}\,\psi(1 + (1-i)s), \qquad
    G(s) = 48 s^2 \left[\pi/4 + \mathrm{Im}\,\psi(1/2 + (1-i)s)\right].

The variable s depends on the process through ξ(s), for which Stanev et al. 1982 (Phys. Rev. D 25,
1291) give the fit that is used here.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import digamma

from physics_lib.constants import ALPHA, ELECTRON_MASS, HBAR_C
from physics_lib.materials import Material

Real = NDArray[np.float64]

# Both functions run smoothly from 0 to 1 in ln s: between these points a straight line is within
# 2e-6 of them. The digamma function of a complex argument is slow.
_LOG_S = np.linspace(np.log(1e-5), np.log(1e3), 4001)
# Above this s the differences from one are taken from the leading term of the expansion in 1/s⁴.
_LARGE = 20.0


def phi(s: ArrayLike) -> Real:
    """Migdal's φ(s): 6s for s → 0, 1 − 1/(84 s⁴) for s → ∞."""
    values = np.asarray(s, dtype=np.float64)
    small = np.minimum(values, _LARGE)
    exact = 6.0 * small * (1.0 - np.pi * small - 4.0 * small * _im_digamma(1.0, small))
    return np.where(values < _LARGE, exact, 1.0 - 1.0 / (84.0 * np.maximum(values, 1.0) ** 4))


def g(s: ArrayLike) -> Real:
    """Migdal's G(s): 12π s² for s → 0, 1 − 29/(1260 s⁴) for s → ∞."""
    values = np.asarray(s, dtype=np.float64)
    small = np.minimum(values, _LARGE)
    exact = 48.0 * small * small * (0.25 * np.pi + _im_digamma(0.5, small))
    tail = 1.0 - 29.0 / (1260.0 * np.maximum(values, 1.0) ** 4)
    return np.where(values < _LARGE, exact, tail)


def _im_digamma(real: float, s: Real) -> Real:
    """Im ψ(real + (1 − i) s)."""
    result: Real = digamma(real + (1.0 - 1.0j) * s).imag
    return result


_TABLES = (g(np.exp(_LOG_S)), phi(np.exp(_LOG_S)))


def characteristic_energy(material: Material) -> float:
    """E_LPM = α m_e² X₀/(4πħc) [GeV]: 7.7 TeV per cm of radiation length."""
    x0 = material.radiation_length
    return ALPHA * ELECTRON_MASS**2 * x0 / (4.0 * np.pi * HBAR_C)


def migdal(s_prime: ArrayLike, atomic_number: float) -> tuple[Real, Real, Real]:
    """ξ, G(s) and φ(s) with s = s′/√ξ(s′).

    Parameters
    ----------
    s_prime : array_like
        ``s′ = √(E_LPM k/(8 E |E − k|))``, for bremsstrahlung and pairs alike.
    atomic_number : float
        Z of the element that dominates the radiation.
    """
    sp = np.asarray(s_prime, dtype=np.float64)
    s1 = np.sqrt(2.0) * (atomic_number ** (1.0 / 3.0) / 184.15) ** 2
    h = np.log(np.clip(sp, s1, 1.0)) / np.log(s1)
    between = 1.0 + h - 0.08 * (1.0 - h) * (1.0 - (1.0 - h) ** 2) / np.log(s1)
    xi = np.where(sp <= s1, 2.0, np.where(sp >= 1.0, 1.0, between))
    log_s = np.log(np.maximum(sp, 1e-300) / np.sqrt(xi))
    g_of_s, phi_of_s = (np.interp(log_s, _LOG_S, table) for table in _TABLES)
    # The fit of ξ overshoots by a per cent where the suppression ends: there ξφ is one.
    ended = (log_s > np.log(0.57)) | (xi * phi_of_s > 1.0)
    return np.where(ended, 1.0 / phi_of_s, xi), g_of_s, phi_of_s
