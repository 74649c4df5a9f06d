"""Integrals of the exact tree-level amplitude of ℓ N → ℓ N V over angle and transfer.

Scalar functions, compiled; `radiative` says what they compute and puts arrays through them.
Names of the variables as in `amplitude`.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from physics_lib.constants import ALPHA
from physics_lib.production.amplitude import averaged_amplitude, kinematics
from physics_lib.production.form_factor import form_factor_squared

Real = NDArray[np.float64]

# The same form factor, compiled without checks of division so that loops use vector units.
_form_factor = njit(error_model="numpy", inline="always")(form_factor_squared.py_func)

# Below t = 1e-2 over the larger of a² and a′², screening leaves less than 2e-6 of the integral.
_SCREENED_FRACTION = 1e-2
# Above 50 GeV² both form factors are below 1e-7 of their value at rest; where t_min itself is
# large, a thousand times t_min is far enough: 2e-6.
_LARGEST_TRANSFER = 50.0
_LARGEST_RATIO = 1e3
# Nodes of t: at least so many, and so many more per unit of length; in ln t, and around a peak.
_PLAIN_NODES = (8.0, 1.0)
_PEAK_NODES = (4.0, 0.8)
# Peaks wider than this are none.
_WIDEST_PEAK = 50.0
# U₀/U is this power of the variable of the angle: the logarithm at large angles is then smooth.
_ANGLE_POWER = 3.5


@njit(cache=True, error_model="numpy")
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


@njit(cache=True, error_model="numpy")
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


def gauss_rules(largest: int, fineness: int = 1) -> Real:
    """Gauss–Legendre rules on −1 … 1, the k-th with k · `fineness` nodes, zeros behind them.

    Parameters
    ----------
    largest : int
        The last k.
    fineness : int
        More than 1 to check the convergence of what is integrated.

    Returns
    -------
    ndarray, shape (largest + 1, 2, largest · fineness)
        Nodes and weights; nothing for k = 0.
    """
    rules = np.zeros((largest + 1, 2, largest * fineness))
    for k in range(1, largest + 1):
        rules[k, :, : k * fineness] = np.polynomial.legendre.leggauss(k * fineness)
    return rules


@njit(cache=True, error_model="numpy")
def _rule(length, nodes, rules):  # type: ignore[no-untyped-def]
    """Which of the rules fits an interval of this length, and its number of nodes."""
    k = min(int(np.ceil(nodes[0] + nodes[1] * length)), rules.shape[0] - 1)
    return k, k * (rules.shape[2] // (rules.shape[0] - 1))


@njit(cache=True, error_model="numpy")
def _plain_nodes(low, high, rules, t, weight):  # type: ignore[no-untyped-def]
    """Fill in nodes t and weights for ∫ d ln t from the start; returns their number."""
    start = np.log(low)
    half = 0.5 * (np.log(high) - start)
    k, count = _rule(2.0 * half, _PLAIN_NODES, rules)
    for i in range(count):
        t[i] = np.exp(start + half * (1.0 + rules[k, 0, i]))
        weight[i] = half * rules[k, 1, i]
    return count


@njit(cache=True, error_model="numpy")
def _peak_nodes(low, high, middle, width, rules, t, weight, first):  # type: ignore[no-untyped-def]
    """Fill in nodes t and weights for ∫ d ln t on one side of a peak from `first` on.

    Returns where the nodes end.
    a² − b² is a quadratic in t and, over t², the same one in 1/t with its values mirrored at
    `middle`. So 1/√(a² − b²) is flat in z where t/middle or, below, middle/t is
    (1 + width sinh z)/√(1 + width²), and z is logarithmic far from the peak.
    """
    above = low >= middle
    near, far = (low / middle, high / middle) if above else (middle / high, middle / low)
    scale = np.sqrt(1.0 + width * width)
    start = np.arcsinh((near * scale - 1.0) / width)
    half = 0.5 * (np.arcsinh((far * scale - 1.0) / width) - start)
    k, count = _rule(2.0 * half, _PEAK_NODES, rules)
    for i in range(count):
        up = np.exp(start + half * (1.0 + rules[k, 0, i]))
        down = 1.0 / up
        ratio = 1.0 + 0.5 * width * (up - down)
        t[first + i] = middle * ratio / scale if above else middle * scale / ratio
        weight[first + i] = half * rules[k, 1, i] * 0.5 * width * (up + down) / ratio
    return first + count


@njit(cache=True, error_model="numpy")
def _weighted_sum(t, weight, count, u, kin, form):  # type: ignore[no-untyped-def]
    """Σ weight G₂(t)/t ⟨A⟩; the loop without branches or sums is one for vector units."""
    for i in range(count):
        weight[i] *= _form_factor(t[i], form) / t[i] * averaged_amplitude(t[i], u, kin)
    total = 0.0
    for i in range(count):
        total += weight[i]
    return total


@njit(cache=True, error_model="numpy")
def transfer_integral(u, kin, form, rules, t, weight):  # type: ignore[no-untyped-def]
    """∫dt G₂(t)/t² ⟨A⟩/(8 M²) at given U [GeV⁻²]; `t` and `weight` are room for the nodes."""
    smallest, largest = transfer_limits(u, kin)
    screening = form.elastic_screening
    if form.inelastic_weight > 0.0:
        screening = max(screening, form.inelastic_screening)
    low = max(smallest, _SCREENED_FRACTION / screening)
    high = min(largest, max(_LARGEST_TRANSFER, _LARGEST_RATIO * smallest))
    if high <= low:
        return 0.0
    centre, width = final_state_peak(u, kin)
    if width > _WIDEST_PEAK:
        count = _plain_nodes(low, high, rules, t, weight)
    else:
        middle = np.exp(centre) * np.sqrt(1.0 + width * width)
        turn, count = min(max(middle, low), high), 0
        if low < turn:
            count = _peak_nodes(low, turn, middle, width, rules, t, weight, 0)
        if turn < high:
            count = _peak_nodes(turn, high, middle, width, rules, t, weight, count)
    total = _weighted_sum(t, weight, count, u, kin, form)
    return total / (8.0 * kin.nucleus_mass**2)


@njit(cache=True, error_model="numpy")
def exact_spectrum(energy, left, masses, form, angles, transfers):  # type: ignore[no-untyped-def]
    """dσ/dx [GeV⁻²] at E_V = E − `left`; U₀ is U at angle zero.

    Parameters
    ----------
    energy, left : float
        E and E − E_V [GeV].
    masses : tuple of float
        m_V, m, M [GeV]
    form : FormFactor
    angles : ndarray, shape (2, n)
        Gauss–Legendre rule.
    transfers : ndarray
        From `gauss_rules`.
    """
    vector_mass, lepton_mass, nucleus_mass = masses
    if left <= lepton_mass or energy - left <= vector_mass:
        return 0.0
    kin = kinematics(energy, left, vector_mass, lepton_mass, nucleus_mass)
    backward = kin.smallest + 4.0 * kin.momentum * kin.vector_momentum
    widest = min(backward, 2.0 * nucleus_mass * (left - lepton_mass))
    if widest <= kin.smallest:
        return 0.0
    room = np.empty((2, 2 * transfers.shape[2]))
    # U₀/U from its least value to 1, a power that is slow where the phase space closes.
    least, total = kin.smallest / widest, 0.0
    for i in range(angles.shape[1]):
        r = 0.5 * (1.0 + angles[0, i])
        fraction = least + (1.0 - least) * r**_ANGLE_POWER
        u = kin.smallest / fraction
        gap = np.sqrt(kin.momentum_gap**2 + u - kin.smallest)
        inner = transfer_integral(u, kin, form, transfers, room[0], room[1])
        total += angles[1, i] * r ** (_ANGLE_POWER - 1.0) * u / (fraction * gap) * inner
    total *= 0.5 * _ANGLE_POWER * (1.0 - least)
    return ALPHA**3 * energy / (2.0 * kin.momentum**2) * total
