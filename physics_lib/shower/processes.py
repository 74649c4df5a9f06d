"""Electromagnetic processes of the shower: bremsstrahlung, pair production, collision loss.

Bremsstrahlung and pair production in the complete-screening limit with Coulomb correction and
radiator electrons (Tsai 1974, Rev. Mod. Phys. 46, 815, Eqs. 3.83 and 3.84). Everything is per
cm of path in a `Material`.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from physics_lib.constants import ELECTRON_MASS, ELECTRON_RADIUS
from physics_lib.materials import DensityEffect, Material

Real = NDArray[np.float64]


def bremsstrahlung_k_spectrum(energy: ArrayLike, photon: ArrayLike, material: Material) -> Real:
    """Number of photons per cm and per ln k, k dN/dk dt (Tsai 1974, Eq. 3.83).

    Parameters
    ----------
    energy, photon : array_like
        Lepton energy E and photon energy k ≤ E [GeV], broadcast together.
    material : Material

    Returns
    -------
    ndarray
        k dN/(dk dt) [1/cm], finite as k → 0.
    """
    main, small = material.screening_strengths
    y = np.asarray(photon, dtype=np.float64) / np.asarray(energy, dtype=np.float64)
    result: Real = main * (4.0 / 3.0 * (1.0 - y) + y * y) + small * (1.0 - y)
    return result


def pair_spectrum(photon: ArrayLike, lepton: ArrayLike, material: Material) -> Real:
    """Number of pairs per cm and per GeV of one lepton's energy (Tsai 1974, Eq. 3.84).

    Parameters
    ----------
    photon, lepton : array_like
        Photon energy k and energy E ≤ k of one of the two leptons [GeV], broadcast together.
    material : Material

    Returns
    -------
    ndarray
        dN/(dE dt) [1/(GeV cm)], symmetric under E → k − E.
    """
    main, small = material.screening_strengths
    k = np.asarray(photon, dtype=np.float64)
    x = np.asarray(lepton, dtype=np.float64) / k
    symmetric = x * (1.0 - x)
    result: Real = (main * (1.0 - 4.0 / 3.0 * symmetric) - small * symmetric) / k
    return result


def pair_attenuation(material: Material) -> float:
    """Pairs per cm, the integral of `pair_spectrum`, at every energy [1/cm]."""
    main, small = material.screening_strengths
    return 7.0 / 9.0 * main - small / 6.0


def density_correction(beta_gamma: ArrayLike, parameters: DensityEffect) -> Real:
    """Density-effect correction δ(βγ) for βγ above 10^x0 (Sternheimer; PDG 2022, Eq. 34.7)."""
    x = np.log10(np.asarray(beta_gamma, dtype=np.float64))
    tail = parameters.a * np.maximum(parameters.x1 - x, 0.0) ** parameters.k
    conductor = parameters.delta0 * 10.0 ** (2.0 * (x - parameters.x0))
    delta = 2.0 * np.log(10.0) * x - parameters.minus_c + tail
    return np.where(x < parameters.x0, conductor, delta)


def collision_loss(energy: ArrayLike, material: Material) -> Real:
    """Mean collision loss −dE/dx of an electron [GeV/cm] (Bethe with Møller; PDG 2022, 34.24).

    Parameters
    ----------
    energy : array_like
        Total energy E [GeV], above the electron mass.
    material : Material

    Returns
    -------
    ndarray
        −dE/dx [GeV/cm], all energy transfers up to half of the kinetic energy included.
    """
    gamma = np.asarray(energy, dtype=np.float64) / ELECTRON_MASS
    beta2 = 1.0 - 1.0 / gamma**2
    transfer = ELECTRON_MASS**2 * beta2 * gamma**2 * (gamma - 1.0) / 2.0
    logarithm = np.log(transfer / material.density_effect.excitation_energy**2)
    spin = (
        1.0
        - beta2
        - (2.0 * gamma - 1.0) / gamma**2 * np.log(2.0)
        + ((gamma - 1.0) / gamma) ** 2 / 8.0
    )
    delta = density_correction(np.sqrt(gamma**2 - 1.0), material.density_effect)
    scale = 2.0 * np.pi * ELECTRON_RADIUS**2 * ELECTRON_MASS * material.electrons_per_cm3
    result: Real = scale / beta2 * (logarithm + spin - delta)
    return result
