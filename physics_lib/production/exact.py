"""The exact tree-level amplitude of ℓ N → ℓ N V and its integrals over angle and transfer.

Scalar functions, compiled; `radiative` says what they compute and puts arrays through them.
Names of the variables: E, p the incoming lepton, k the momentum of V, w = E − E_V,
U = m² − (p − k)² for the angle, t = −q² > 0 for the momentum taken by the nucleus.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from physics_lib.constants import ALPHA
from physics_lib.production.form_factor import form_factor_squared

# Panels of ln t, and how far the panel around the final-state peak reaches.
_PANEL_LENGTH = 7.0
_PEAK_REACH = 1.0
# Below t = 1e-4/a² the screened photon flux contributes less than 1e-8.
_SCREENED_FRACTION = 1e-4
# Above 50 GeV² both form factors are below 1e-7 of their value at rest.
_LARGEST_TRANSFER = 50.0


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


@njit(cache=True)
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


@njit(cache=True)
def _square_average(constant, slope, ratio):  # type: ignore[no-untyped-def]
    """Azimuthal mean of (constant + slope cos φ)²/(a + b cos φ)², times a² − b².

    `ratio` is b/(a + √(a² − b²)).
    """
    q = ratio * ratio
    square = 0.5 * (1.0 + 4.0 * q - q * q) * slope * slope
    return (constant * constant * (1.0 + q) - 4.0 * ratio * constant * slope + square) / (1.0 - q)


@njit(cache=True)
def averaged_amplitude(t, u, kin):  # type: ignore[no-untyped-def]
    """⟨A⟩_φ: the squared amplitude summed over polarisations, averaged over the azimuth.

    With s̃ = (p′+k)² − m² = a + b cos φ and ũ = −U, the amplitude is
    2P²(s̃/ũ + ũ/s̃) − (8t/s̃ũ)[…] + 2(m_V² + 2m²)[t P² (s̃+ũ)² − 4 (ũ P·p + s̃ P·p′)²]/(s̃ũ)²;
    the two squares in the last term are linear in cos φ and are built without cancellation.

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
    a = u + sum_constant
    root = np.sqrt((a - b) * (a + b))
    ratio = b / (a + root)

    proper2 = 4.0 * mass * mass + t
    before = 2.0 * mass * kin.energy - 0.5 * t
    after = 2.0 * mass * w - 0.5 * (u + t)
    bracket = before**2 + after**2 + 0.5 * proper2 * (2.0 * kin.vector_mass**2 - t + u)
    transverse = (8.0 * t / u) * (bracket / root - before - 0.5 * proper2 + 0.25 * a)
    charge = -2.0 * proper2 * (a / u + u / root)

    slope = b * (after + 0.5 * u)
    current = -2.0 * mass * (u * lag + t * w * (tilt + lag / mass)) - 0.5 * t * sum_constant
    sums = _square_average(sum_constant, b, ratio)
    currents = _square_average(current, slope, ratio)
    weight = 2.0 * (kin.vector_mass**2 + 2.0 * kin.lepton_mass**2)
    longitudinal = (proper2 * t * sums - 4.0 * currents) / ((root * u) ** 2)
    return charge + transverse + weight * longitudinal


@njit(cache=True)
def transfer_limits(u, kin):  # type: ignore[no-untyped-def]
    """Smallest and largest t at given U; the recoiling lepton and nucleus share the rest."""
    w, mass = kin.left, kin.nucleus_mass
    turn2 = u - kin.smallest
    v2 = kin.momentum_gap**2 + turn2
    spare = max((w - 0.5 * u / mass) ** 2 - kin.lepton_mass**2, 0.0)
    invariant = 1.0 + 2.0 * w / mass + (kin.lepton_mass**2 - u) / mass**2
    middle = 2.0 * v2 - u * (1.0 + w / mass)
    largest = (middle + 2.0 * np.sqrt(v2 * spare)) / invariant
    return u * u / (invariant * largest), largest


@njit(cache=True)
def final_state_peak(u, kin):  # type: ignore[no-untyped-def]
    """Position ln t* and relative width of the peak where V flies along the outgoing lepton.

    There a² − b², a quadratic in t, is smallest.
    """
    p, k, w, mass = kin.momentum, kin.vector_momentum, kin.left, kin.nucleus_mass
    turn = 0.5 * (u - kin.smallest) / (p * k)
    v2 = kin.momentum_gap**2 + 2.0 * p * k * turn
    along_p = (kin.momentum_gap * p + p * k * turn) / v2
    a0 = u * along_p
    a1 = along_p * (1.0 + w / mass) - 1.0 - kin.energy / mass
    c = 4.0 * (p * k) ** 2 * turn * (2.0 - turn) / v2
    quadratic = a1 * a1 - 0.25 * c * (1.0 / mass**2 - (1.0 + w / mass) ** 2 / v2)
    linear = 2.0 * a0 * a1 - c * (1.0 - 0.5 * u * (1.0 + w / mass) / v2)
    constant = a0 * a0 + 0.25 * c * u * u / v2
    if quadratic <= 0.0 or linear >= 0.0:
        return 0.0, np.inf
    peak = -0.5 * linear / quadratic
    width2 = max(constant / (quadratic * peak * peak) - 1.0, 1e-16)
    return np.log(peak), np.sqrt(width2)


@njit(cache=True)
def _panel(low, high, centre, width, u, kin, form, rule):  # type: ignore[no-untyped-def]
    """∫ d ln t G₂(t)/t ⟨A⟩ between two ln t, nodes crowding around `centre` within `width`."""
    start, stop = np.arcsinh((low - centre) / width), np.arcsinh((high - centre) / width)
    half, total = 0.5 * (stop - start), 0.0
    for i in range(rule.shape[1]):
        z = start + half * (1.0 + rule[0, i])
        t = np.exp(centre + width * np.sinh(z))
        value = form_factor_squared(t, form) / t * averaged_amplitude(t, u, kin)
        total += rule[1, i] * value * np.cosh(z)
    return half * width * total


@njit(cache=True)
def _transfer_integral(u, kin, form, rule):  # type: ignore[no-untyped-def]
    """∫dt G₂(t)/t² ⟨A⟩/(8 M²) at given U [GeV⁻²], in panels of ln t."""
    smallest, largest = transfer_limits(u, kin)
    low = np.log(max(smallest, _SCREENED_FRACTION / form.elastic_screening))
    high = np.log(min(largest, _LARGEST_TRANSFER))
    if high <= low:
        return 0.0
    centre, width = final_state_peak(u, kin)
    total = 0.0
    if width < 1.0 and low < centre + _PEAK_REACH and centre - _PEAK_REACH < high:
        left, right = max(low, centre - _PEAK_REACH), min(high, centre + _PEAK_REACH)
        total += _panel(left, right, centre, width, u, kin, form, rule)
    else:
        left = right = low
    for start, stop in ((low, left), (right, high)):
        count = int(np.ceil((stop - start) / _PANEL_LENGTH))
        step = (stop - start) / max(count, 1)
        for i in range(count):
            middle = start + (i + 0.5) * step
            total += _panel(
                start + i * step, start + (i + 1) * step, middle, 1e3 * step, u, kin, form, rule
            )
    return total / (8.0 * kin.nucleus_mass**2)


@njit(cache=True)
def exact_spectrum(energy, left, masses, form, angles, transfers):  # type: ignore[no-untyped-def]
    """dσ/dx [GeV⁻²] at E_V = E − `left`; U₀ is U at angle zero."""
    vector_mass, lepton_mass, nucleus_mass = masses
    if left <= lepton_mass or energy - left <= vector_mass:
        return 0.0
    kin = kinematics(energy, left, vector_mass, lepton_mass, nucleus_mass)
    backward = kin.smallest + 4.0 * kin.momentum * kin.vector_momentum
    widest = min(backward, 2.0 * nucleus_mass * (left - lepton_mass))
    if widest <= kin.smallest:
        return 0.0
    # U₀/U = r³ makes the logarithm at large angles smooth.
    low, total = (kin.smallest / widest) ** (1.0 / 3.0), 0.0
    half = 0.5 * (1.0 - low)
    for i in range(angles.shape[1]):
        r = low + half * (1.0 + angles[0, i])
        u = kin.smallest / r**3
        gap = np.sqrt(kin.momentum_gap**2 + u - kin.smallest)
        inner = _transfer_integral(u, kin, form, transfers)
        total += angles[1, i] * 3.0 * kin.smallest / r**4 / gap * inner
    total *= half
    return ALPHA**3 * energy / (2.0 * kin.momentum**2) * total
