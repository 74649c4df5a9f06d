"""Electromagnetic processes of the shower, per cm of path in a `Material`, above about 0.1 GeV.

Bremsstrahlung and pair production have screening, Coulomb correction and radiator electrons
(Tsai 1974, Rev. Mod. Phys. 46, 815, Eqs. 3.38–3.45) and the LPM suppression (`lpm`).
Knock-on electrons (Møller, Bhabha), annihilation in flight and Compton scattering are on free
electrons; collision loss below the cut of the knock-ons is continuous.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from physics_lib.constants import ALPHA, ELECTRON_MASS, ELECTRON_RADIUS
from physics_lib.materials import DensityEffect, Element, Material
from physics_lib.shower.lpm import characteristic_energy, migdal
from physics_lib.shower.quick import compiled

Real = NDArray[np.float64]

_SCREENING_UNIT = ALPHA * ELECTRON_RADIUS**2


def _screening(element: Element, momentum: Real) -> tuple[Real, Real, Real, Real]:
    """φ₁ − (4/3) ln Z, ψ₁ − (8/3) ln Z, φ₁ − φ₂, ψ₁ − ψ₂ (Tsai 1974, Eqs. 3.38–3.41).

    `momentum` is m_e times the smallest momentum transfer over m_e², for instance
    m_e k/(E (E − k)). Below Z = 5, where the Thomas–Fermi atom is no guide, screening is complete.
    """
    z = element.atomic_number
    if z < 5:
        one = np.ones_like(momentum)
        nucleus = 4.0 * element.radiation_logarithm * one
        electrons = 4.0 * element.electron_radiation_logarithm * one
        return nucleus, electrons, 2.0 / 3.0 * one, 2.0 / 3.0 * one
    gamma = 100.0 * momentum * z ** (-1.0 / 3.0)
    epsilon = 100.0 * momentum * z ** (-2.0 / 3.0)
    phi = (
        4.0 * np.log(184.15)
        - 2.0 * np.log1p((0.55846 * gamma) ** 2)
        - 4.0 * (1.0 - 0.6 * np.exp(-0.9 * gamma) - 0.4 * np.exp(-1.5 * gamma))
        - 4.0 / 3.0 * np.log(z)
    )
    psi = (
        4.0 * np.log(1194.0)
        - 2.0 * np.log1p((3.621 * epsilon) ** 2)
        - 4.0 * (1.0 - 0.7 * np.exp(-8.0 * epsilon) - 0.3 * np.exp(-29.2 * epsilon))
        - 8.0 / 3.0 * np.log(z)
    )
    phi_difference = 2.0 / 3.0 / (1.0 + 6.5 * gamma + 6.0 * gamma**2)
    psi_difference = 2.0 / 3.0 / (1.0 + 40.0 * epsilon + 400.0 * epsilon**2)
    return phi, psi, phi_difference, psi_difference


def _strengths(material: Material, momentum: Real) -> tuple[Real, Real]:
    """The two coefficients [1/cm] of the radiation formulas, summed over the elements."""
    main, small = np.zeros((2, *momentum.shape))
    for element, n in material.atoms_per_cm3:
        z = element.atomic_number
        phi, psi, phi_difference, psi_difference = _screening(element, momentum)
        nucleus = np.maximum(phi - 4.0 * element.coulomb_correction, 0.0)
        main += n * (z**2 * nucleus + z * np.maximum(psi, 0.0))
        small += n * (z**2 * phi_difference + z * psi_difference)
    return _SCREENING_UNIT * main, _SCREENING_UNIT * small


def bremsstrahlung_k_spectrum(energy: ArrayLike, photon: ArrayLike, material: Material) -> Real:
    """Number of photons per cm and per ln k, k dN/dk dt (Tsai 1974, Eq. 3.83, with screening).

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
    e, k = np.broadcast_arrays(np.asarray(energy, float), np.asarray(photon, float))
    y, left = k / e, np.maximum(e - k, 1e-9)
    main, small = _strengths(material, ELECTRON_MASS * k / (e * left))
    s_prime = np.sqrt(characteristic_energy(material) * k / (8.0 * e * left))
    xi, g, phi = migdal(s_prime, material.radiating_charge)
    shape = 4.0 / 3.0 * xi * (0.25 * y * y * g + (1.0 - y + 0.5 * y * y) * phi)
    result: Real = np.maximum(main * shape + 2.0 / 3.0 * small * (1.0 - y), 0.0)
    return result


def bremsstrahlung_spectrum(energy: ArrayLike, photon: ArrayLike, material: Material) -> Real:
    """Number of photons per cm and per GeV, dN/(dk dt); arguments as in the function above."""
    result: Real = bremsstrahlung_k_spectrum(energy, photon, material) / np.asarray(photon)
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
    k, e = np.broadcast_arrays(np.asarray(photon, float), np.asarray(lepton, float))
    product = np.maximum(e / k * (1.0 - e / k), 1e-9)
    main, small = _strengths(material, ELECTRON_MASS / (k * product))
    s_prime = np.sqrt(characteristic_energy(material) / (8.0 * k * product))
    xi, g, phi = migdal(s_prime, material.radiating_charge)
    shape = xi / 3.0 * (g + 2.0 * (1.0 - 2.0 * product) * phi)
    result: Real = np.maximum(main * shape - 2.0 / 3.0 * small * product, 0.0) / k
    return result


def pair_attenuation(photon: ArrayLike, material: Material) -> Real:
    """Pairs per cm of a photon of energy k [GeV], the integral of `pair_spectrum` [1/cm]."""
    k = np.asarray(photon, dtype=np.float64)[..., None]
    # The spectrum is symmetric, and smooth in ln x towards x = m_e/k.
    low = np.log(ELECTRON_MASS / k)
    logarithm = low + (np.log(0.5) - low) * _NODES
    x = np.exp(logarithm)
    half = np.sum(_WEIGHTS * (np.log(0.5) - low) * x * k * pair_spectrum(k, x * k, material), -1)
    result: Real = 2.0 * half
    return result


_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)
_NODES, _WEIGHTS = 0.5 * (_NODES + 1.0), 0.5 * _WEIGHTS


def moller_spectrum(energy: ArrayLike, transfer: ArrayLike, material: Material) -> Real:
    """Knock-ons of an electron per cm and per GeV of kinetic energy given (Møller 1932).

    Parameters
    ----------
    energy, transfer : array_like
        Total energy E of the electron and kinetic energy T of the slower one of the two electrons
        that leave [GeV], broadcast together; zero above half of the kinetic energy.
    material : Material
    """
    gamma = np.asarray(energy, dtype=np.float64) / ELECTRON_MASS
    kinetic = (gamma - 1.0) * ELECTRON_MASS
    share = np.asarray(transfer, dtype=np.float64) / kinetic
    inside = share <= 0.5
    x = np.where(inside, share, 0.5)
    mixed = (2.0 * gamma - 1.0) / gamma**2
    shape = ((gamma - 1.0) / gamma) ** 2
    shape = shape + (1.0 / x - mixed) / x + (1.0 / (1.0 - x) - mixed) / (1.0 - x)
    beta2 = 1.0 - 1.0 / gamma**2
    scale = _electron_scale(material) * ELECTRON_MASS / (beta2 * kinetic**2)
    return np.where(inside, scale * shape, 0.0)


def bhabha_spectrum(energy: ArrayLike, transfer: ArrayLike, material: Material) -> Real:
    """Knock-ons of a positron per cm and per GeV of kinetic energy given (Bhabha 1936).

    Parameters and result as in `moller_spectrum`; the transfer reaches the full kinetic energy.
    """
    gamma = np.asarray(energy, dtype=np.float64) / ELECTRON_MASS
    kinetic = (gamma - 1.0) * ELECTRON_MASS
    share = np.asarray(transfer, dtype=np.float64) / kinetic
    inside = share <= 1.0
    x = np.where(inside, share, 1.0)
    y = 1.0 / (gamma + 1.0)
    b1, b2 = 2.0 - y * y, (1.0 - 2.0 * y) * (3.0 + y * y)
    b4 = (1.0 - 2.0 * y) ** 3
    b3 = (1.0 - 2.0 * y) ** 2 + b4
    beta2 = 1.0 - 1.0 / gamma**2
    shape = 1.0 / (beta2 * x * x) - b1 / x + b2 - b3 * x + b4 * x * x
    return np.where(inside, _electron_scale(material) * ELECTRON_MASS / kinetic**2 * shape, 0.0)


def _electron_scale(material: Material) -> float:
    """2π r_e² n_e [1/cm]."""
    return 2.0 * np.pi * ELECTRON_RADIUS**2 * material.electrons_per_cm3


@compiled
def annihilation_edge(energy: float) -> float:
    """Least share of a photon of e⁺e⁻ → γγ, ½ (1 − √((γ−1)/(γ+1))), free of cancellation."""
    gamma = energy / ELECTRON_MASS
    edge: float = 1.0 / ((gamma + 1.0) * (1.0 + np.sqrt((gamma - 1.0) / (gamma + 1.0))))
    return edge


def annihilation_spectrum(energy: ArrayLike, photon: ArrayLike, material: Material) -> Real:
    """Annihilations e⁺e⁻ → γγ per cm and per GeV of one photon's energy (Heitler).

    Symmetric in the two photons, whose energies add up to E + m_e.

    Parameters
    ----------
    energy, photon : array_like
        Total energy E of the positron and energy k of a photon [GeV], broadcast together.
    material : Material
    """
    gamma = np.asarray(energy, dtype=np.float64) / ELECTRON_MASS
    total = (gamma + 1.0) * ELECTRON_MASS
    share = np.asarray(photon, dtype=np.float64) / total
    edge = annihilation_edge.py_func(np.asarray(energy, dtype=np.float64))
    inside = (share > edge) & (share < 1.0 - edge)
    x = np.where(inside, share, 0.5)

    def one(x: Real) -> Real:
        flat = 1.0 + 2.0 * gamma / (gamma + 1.0) ** 2 - x
        return (flat - 1.0 / ((gamma + 1.0) ** 2 * x)) / x

    scale = 0.25 * _electron_scale(material) / ((gamma - 1.0) * total)
    return np.where(inside, scale * (one(x) + one(1.0 - x)), 0.0)


def annihilation_rate(energy: ArrayLike, material: Material) -> Real:
    """Annihilations in flight per cm of a positron of total energy E [GeV] (Heitler)."""
    gamma = np.asarray(energy, dtype=np.float64) / ELECTRON_MASS
    root = np.sqrt(gamma * gamma - 1.0)
    bracket = (gamma * gamma + 4.0 * gamma + 1.0) / (gamma * gamma - 1.0) * np.log(gamma + root)
    result: Real = (
        0.5 * _electron_scale(material) / (gamma + 1.0) * (bracket - (gamma + 3.0) / root)
    )
    return result


def compton_spectrum(photon: ArrayLike, scattered: ArrayLike, material: Material) -> Real:
    """Scattered photons per cm and per GeV of their energy (Klein and Nishina 1929).

    Parameters
    ----------
    photon, scattered : array_like
        Energies k before and k′ after [GeV], broadcast together.
    material : Material
    """
    k = np.asarray(photon, dtype=np.float64)
    x = np.asarray(scattered, dtype=np.float64) / k
    backward = 1.0 / (1.0 + 2.0 * k / ELECTRON_MASS)
    inside = (x >= backward) & (x <= 1.0)
    x = np.where(inside, x, 1.0)
    versine = ELECTRON_MASS / k * (1.0 / x - 1.0)
    shape = x + 1.0 / x - versine * (2.0 - versine)
    scale = 0.5 * _electron_scale(material) * ELECTRON_MASS / k**2
    return np.where(inside, scale * shape, 0.0)


def density_correction(beta_gamma: ArrayLike, parameters: DensityEffect) -> Real:
    """Density-effect correction δ(βγ) (Sternheimer; PDG 2022, Eq. 34.7)."""
    x = np.log10(np.asarray(beta_gamma, dtype=np.float64))
    tail = parameters.a * np.maximum(parameters.x1 - x, 0.0) ** parameters.k
    conductor = parameters.delta0 * 10.0 ** (2.0 * (x - parameters.x0))
    delta = 2.0 * np.log(10.0) * x - parameters.minus_c + tail
    return np.where(x < parameters.x0, conductor, delta)


def collision_loss(
    energy: ArrayLike, material: Material, cut: float = np.inf, charge: int = -1
) -> Real:
    """Mean collision loss −dE/dx [GeV/cm] by transfers below a cut (Berger and Seltzer 1964).

    Parameters
    ----------
    energy : array_like
        Total energy E [GeV], above the electron mass.
    material : Material
    cut : float
        Largest kinetic energy [GeV] given to an electron; by default all that is possible.
    charge : int
        −1 for electrons (Møller), +1 for positrons (Bhabha).
    """
    gamma = np.asarray(energy, dtype=np.float64) / ELECTRON_MASS
    tau, beta2 = gamma - 1.0, 1.0 - 1.0 / gamma**2
    if charge < 0:
        up = np.minimum(cut / ELECTRON_MASS, 0.5 * tau)
        shape = (
            -1.0
            - beta2
            + np.log((tau - up) * up)
            + tau / (tau - up)
            + (0.5 * up * up + (2.0 * tau + 1.0) * np.log1p(-up / tau)) / gamma**2
        )
    else:
        up = np.minimum(cut / ELECTRON_MASS, tau)
        y = 1.0 / (gamma + 1.0)
        cubic = up**2 / 2.0 - tau * up**3 / 3.0 + up**4 / 4.0
        shape = np.log(tau * up) - beta2 / tau * (
            tau + 2.0 * up - 1.5 * up**2 * y - (up - up**3 / 3.0) * y**2 - cubic * y**3
        )
    excitation = material.density_effect.excitation_energy / ELECTRON_MASS
    logarithm = np.log(2.0 * (tau + 2.0) / excitation**2)
    delta = density_correction(np.sqrt(gamma**2 - 1.0), material.density_effect)
    scale = _electron_scale(material) * ELECTRON_MASS / beta2
    result: Real = scale * (logarithm + shape - delta)
    return result
