"""The tree-level amplitude of ℓ N → ℓ N V, at an azimuth and averaged over it.

Scalar functions, compiled. Names of the variables: E, p the incoming lepton, k the momentum of V,
w = E − E_V, U = m² − (p − k)² for the angle, t = −q² > 0 for the momentum taken by the nucleus,
φ turns the nucleus around V⃗ = p − k. With s̃ = (p′+k)² − m² = a + b cos φ and ũ = −U, the amplitude
is 2P²(s̃/ũ + ũ/s̃) − (8t/s̃ũ)[…] + 2(m_V² + 2m²)[t P² (s̃+ũ)² − 4 (ũ P·p + s̃ P·p′)²]/(s̃ũ)²; the
two squares in the last term are linear in cos φ and are built without cancellation.
"""

from typing import NamedTuple

import numpy as np
from numba import njit


class Kinematics(NamedTuple):
    """Energies and momenta that do not depend on the angle [GeV].

    Attributes
    ----------
    energy, momentum : float
        E, p of the incoming lepton.
    vector_momentum : float
        k of the emitted vector.
    left : float
        w = E − E_V
    momentum_gap : float
        p − k
    smallest : float
        U at emission angle zero [GeV²].
    lepton_mass, vector_mass, nucleus_mass : float
        m, m_V, M
    """

    energy: float
    momentum: float
    vector_momentum: float
    left: float
    momentum_gap: float
    smallest: float
    lepton_mass: float
    vector_mass: float
    nucleus_mass: float


@njit(cache=True, error_model="numpy")
def kinematics(energy, left, vector_mass, lepton_mass, nucleus_mass):  # type: ignore[no-untyped-def]
    """Kinematics of emission at E_V = E − w, every difference free of cancellation."""
    vector_energy = energy - left
    p = np.sqrt((energy - lepton_mass) * (energy + lepton_mass))
    k = np.sqrt((vector_energy - vector_mass) * (vector_energy + vector_mass))
    gap = (left * (energy + vector_energy) + vector_mass**2 - lepton_mass**2) / (p + k)
    smallest = (
        vector_mass**2 * (energy * left + lepton_mass**2 + p * gap) + 2.0 * (lepton_mass * k) ** 2
    ) / (energy * vector_energy + p * k)
    return Kinematics(energy, p, k, left, gap, smallest, lepton_mass, vector_mass, nucleus_mass)


class Azimuth(NamedTuple):
    """The amplitude at fixed t and U as a function of the azimuth.

    s̃ = a + b cos φ; the squares of the last term are (sum_constant + b cos φ)² and
    (current + slope cos φ)².
    """

    a: float
    b: float
    sum_constant: float
    current: float
    slope: float
    before: float
    bracket: float
    proper2: float
    weight: float
    t: float
    u: float


@njit(cache=True, error_model="numpy", inline="always")
def azimuth_of(t, u, kin):  # type: ignore[no-untyped-def]
    """Coefficients of the amplitude in cos φ.

    Parameters
    ----------
    t, u : float
        −q² and U = m² − (p − k)² [GeV²], inside the physical region.
    kin : Kinematics
    """
    p, k, w, mass = kin.momentum, kin.vector_momentum, kin.left, kin.nucleus_mass
    turn = 0.5 * (u - kin.smallest) / (p * k)
    v2 = kin.momentum_gap**2 + 2.0 * p * k * turn
    vector_energy = kin.energy - w
    # 1 − p∥/V and E − w p∥/V, with p∥ along V = p − k.
    tilt = k * (p * turn - kin.momentum_gap) / v2
    splitting = (kin.vector_mass * p) ** 2 - (kin.lepton_mass * k) ** 2
    lag = (
        kin.momentum_gap * splitting / (vector_energy * p + kin.energy * k)
        + p * k * (kin.energy + vector_energy) * turn
    ) / v2
    along = 0.5 * (u + t * (1.0 + w / mass)) / np.sqrt(v2)
    across2 = max(t * (1.0 + 0.25 * t / mass**2) - along * along, 0.0)
    sine2 = max(turn * (2.0 - turn), 0.0)
    b = 2.0 * p * k * np.sqrt(sine2 * across2 / v2)
    sum_constant = -(u + t) * tilt - t * lag / mass
    proper2 = 4.0 * mass * mass + t
    before = 2.0 * mass * kin.energy - 0.5 * t
    after = 2.0 * mass * w - 0.5 * (u + t)
    bracket = before**2 + after**2 + 0.5 * proper2 * (2.0 * kin.vector_mass**2 - t + u)
    current = -2.0 * mass * (u * lag + t * w * (tilt + lag / mass)) - 0.5 * t * sum_constant
    slope = b * (after + 0.5 * u)
    weight = 2.0 * (kin.vector_mass**2 + 2.0 * kin.lepton_mass**2)
    return Azimuth(
        u + sum_constant, b, sum_constant, current, slope, before, bracket, proper2, weight, t, u
    )


@njit(cache=True, error_model="numpy")
def amplitude(cosine, form):  # type: ignore[no-untyped-def]
    """A at an azimuth: the squared amplitude summed over polarisations."""
    s, t, u = form.a + form.b * cosine, form.t, form.u
    charge = -2.0 * form.proper2 * (s / u + u / s)
    linear = form.before + 0.5 * form.proper2 - 0.25 * s
    transverse = (8.0 * t / u) * (form.bracket / s - linear)
    total = form.sum_constant + form.b * cosine
    current = form.current + form.slope * cosine
    square = form.proper2 * t * total * total - 4.0 * current * current
    return charge + transverse + form.weight * square / (s * u) ** 2


@njit(cache=True, error_model="numpy", inline="always")
def _square_average(constant, slope, ratio):  # type: ignore[no-untyped-def]
    """Azimuthal mean of (constant + slope cos φ)²/(a + b cos φ)², times a² − b².

    `ratio` is b/(a + √(a² − b²)).
    """
    q = ratio * ratio
    square = 0.5 * (1.0 + 4.0 * q - q * q) * slope * slope
    return (constant * constant * (1.0 + q) - 4.0 * ratio * constant * slope + square) / (1.0 - q)


@njit(cache=True, error_model="numpy", inline="always")
def averaged_amplitude(t, u, kin):  # type: ignore[no-untyped-def]
    """⟨A⟩_φ: the squared amplitude summed over polarisations, averaged over the azimuth.

    Parameters as for `azimuth_of`.
    """
    form = azimuth_of(t, u, kin)
    a, b, proper2 = form.a, form.b, form.proper2
    root = np.sqrt((a - b) * (a + b))
    ratio = b / (a + root)
    linear = form.before + 0.5 * proper2 - 0.25 * a
    transverse = (8.0 * t / u) * (form.bracket / root - linear)
    charge = -2.0 * proper2 * (a / u + u / root)
    sums = _square_average(form.sum_constant, b, ratio)
    currents = _square_average(form.current, form.slope, ratio)
    longitudinal = (proper2 * t * sums - 4.0 * currents) / ((root * u) ** 2)
    return charge + transverse + form.weight * longitudinal
