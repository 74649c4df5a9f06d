"""Compiled sampling of ℓ N → ℓ N V: phase space, cells of known bound, azimuth.

A point of phase space is a lepton energy and three numbers between 0 and 1, for ln x/(1−x), for
the angle (U₀/U)^⅓ and for ln t. The unit cube is cut into cells; in each the density is below a
bound, so that choosing a cell by its bound and keeping a point with probability density/bound
gives unweighted events. The azimuth follows from the amplitude before its average.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from physics_lib.constants import ALPHA
from physics_lib.events.azimuth import draw_azimuth
from physics_lib.production.amplitude import averaged_amplitude, azimuth_of, kinematics
from physics_lib.production.exact import final_state_peak, transfer_limits
from physics_lib.production.form_factor import FormFactor, form_factor_squared
from physics_lib.shower.quick import uniform

Real = NDArray[np.float64]

CELLS = (32, 12, 32)
"""Cells along ln x/(1−x), angle and ln t."""
_PEAK_CELLS = 8
"""Cells of ln t that follow the final-state peak."""
PEAK_SHARE = _PEAK_CELLS / CELLS[2]
"""Share of the points that crowd around the final-state peak, where there is one."""

# Outside of these the integrand is negligible. The cross section has limits of its own (`exact`):
# below, 1e-2 over the larger of a² and a′², which is above 1e-4/a² for every nucleus.
_SCREENED_FRACTION = 1e-4
# Above, 50 GeV² or, if more, a thousand times the least t at angle zero; there, at each angle.
_LARGEST_TRANSFER = 50.0
_LARGEST_RATIO = 1e3


class Source(NamedTuple):
    """What the leptons and the nucleus are, and how the energies are distributed.

    Attributes
    ----------
    masses : tuple of float
        m_V, m, M [GeV]
    form : FormFactor
    edges : ndarray, shape (bins + 1,)
        Edges of energy bins [GeV]; two equal ones for a single energy.
    cumulative : ndarray, shape (bins + 1,)
        Path up to each edge: energies are uniform within a bin.
    slices : ndarray, shape (slices + 1,)
        Values of `cumulative` between which cells are common.
    """

    masses: tuple[float, float, float]
    form: FormFactor
    edges: Real
    cumulative: Real
    slices: Real


@njit(cache=True, error_model="numpy")
def _transfer(v, u, kin, form):  # type: ignore[no-untyped-def]
    """t at v between 0 and 1, and dt/dv; zero where the phase space is empty.

    Points are even in ln t, but v < PEAK_SHARE crowds around the final-state peak. The density
    is the sum of both ways.
    """
    smallest, largest = transfer_limits(u, kin)
    low = np.log(max(smallest, _SCREENED_FRACTION / form.elastic_screening))
    least = transfer_limits(kin.smallest, kin)[0]
    high = np.log(min(largest, max(_LARGEST_TRANSFER, _LARGEST_RATIO * least)))
    if high <= low:
        return 1.0, 0.0
    centre, width = final_state_peak(u, kin)
    length = high - low
    if not (width < 1.0 and low < centre < high):
        t = np.exp(low + v * length)
        return t, t * length
    start = np.arcsinh((low - centre) / width)
    span = np.arcsinh((high - centre) / width) - start
    if v < PEAK_SHARE:
        place = centre + width * np.sinh(start + v / PEAK_SHARE * span)
    else:
        place = low + (v - PEAK_SHARE) / (1.0 - PEAK_SHARE) * length
    distance = np.sqrt(width * width + (place - centre) ** 2)
    density = (1.0 - PEAK_SHARE) / length + PEAK_SHARE / (span * distance)
    t = np.exp(place)
    return t, t / density


@njit(cache=True, error_model="numpy")
def point(energy, cube, masses, form):  # type: ignore[no-untyped-def]
    """w, U, t at a point of the unit cube, and its density dσ/d³v [GeV⁻²].

    Parameters
    ----------
    energy : float
        E of the lepton [GeV].
    cube : tuple of float
        Three numbers between 0 and 1.
    masses : tuple of float
        m_V, m, M [GeV]
    form : FormFactor
    """
    vector_mass, lepton_mass, nucleus_mass = masses
    room = energy - lepton_mass - vector_mass
    if room <= 0.0:
        return lepton_mass, 1.0, 1.0, 0.0
    start = np.log(vector_mass / (energy - vector_mass))
    stop = np.log((energy - lepton_mass) / lepton_mass)
    logit = start + cube[0] * (stop - start)
    share = 1.0 / (1.0 + np.exp(logit))
    left = energy * share
    if left <= lepton_mass or energy - left <= vector_mass:
        return left, 1.0, 1.0, 0.0
    kin = kinematics(energy, left, vector_mass, lepton_mass, nucleus_mass)
    backward = kin.smallest + 4.0 * kin.momentum * kin.vector_momentum
    widest = min(backward, 2.0 * nucleus_mass * (left - lepton_mass))
    if widest <= kin.smallest:
        return left, 1.0, 1.0, 0.0
    narrow = (kin.smallest / widest) ** (1.0 / 3.0)
    r = narrow + cube[1] * (1.0 - narrow)
    u = kin.smallest / r**3
    t, step = _transfer(cube[2], u, kin, form)
    if step <= 0.0:
        return left, u, t, 0.0
    gap = np.sqrt(kin.momentum_gap**2 + u - kin.smallest)
    jacobian = (stop - start) * share * (1.0 - share) * (1.0 - narrow) * 3.0 * u / r * step
    value = form_factor_squared(t, form) / (t * t) * averaged_amplitude(t, u, kin)
    scale = ALPHA**3 * energy / (16.0 * (kin.momentum * nucleus_mass) ** 2 * gap)
    return left, u, t, max(scale * jacobian * value, 0.0)


@njit(cache=True, error_model="numpy")
def _energy_at(path, source):  # type: ignore[no-untyped-def]
    """Energy at a value of the cumulative path."""
    i = np.searchsorted(source.cumulative, path, side="right") - 1
    i = min(max(i, 0), source.edges.size - 2)
    low, high = source.cumulative[i], source.cumulative[i + 1]
    f = min(max((path - low) / (high - low), 0.0), 1.0)
    return source.edges[i] + f * (source.edges[i + 1] - source.edges[i])


@njit(cache=True, error_model="numpy")
def _trial(cell, shares, source):  # type: ignore[no-untyped-def]
    """Energy, w, U, t and density at a place inside of a cell, four shares of its sides."""
    nx, nr, nt = CELLS
    row, k = divmod(cell, nt)
    row, j = divmod(row, nr)
    layer, i = divmod(row, nx)
    low, high = source.slices[layer], source.slices[layer + 1]
    energy = _energy_at(low + shares[0] * (high - low), source)
    cube = ((i + shares[1]) / nx, (j + shares[2]) / nr, (k + shares[3]) / nt)
    left, u, t, density = point(energy, cube, source.masses, source.form)
    return energy, left, u, t, density


@njit(cache=True, error_model="numpy")
def scan(bounds, source, points):  # type: ignore[no-untyped-def]
    """Raise the bounds to the largest density at `points` in each cell, in place."""
    for cell in range(bounds.size):
        for n in range(points.shape[0]):
            shares = (points[n, 0], points[n, 1], points[n, 2], points[n, 3])
            bounds[cell] = max(bounds[cell], _trial(cell, shares, source)[4])


@njit(cache=True, error_model="numpy")
def alias_table(weights):  # type: ignore[no-untyped-def]
    """Walker's table: an even choice, then stay with probability `stay` or go to `other`."""
    count = weights.size
    stay = weights * (count / weights.sum())
    other = np.arange(count)
    small, large = np.empty(count, np.int64), np.empty(count, np.int64)
    smalls = larges = 0
    for i in range(count):
        if stay[i] < 1.0:
            small[smalls] = i
            smalls += 1
        else:
            large[larges] = i
            larges += 1
    while smalls > 0 and larges > 0:
        smalls -= 1
        i, j = small[smalls], large[larges - 1]
        other[i] = j
        stay[j] -= 1.0 - stay[i]
        if stay[j] < 1.0:
            larges -= 1
            small[smalls] = j
            smalls += 1
    for i in range(larges):
        stay[large[i]] = 1.0
    for i in range(smalls):
        stay[small[i]] = 1.0
    return stay, other


@njit(cache=True, error_model="numpy")
def _propose(stay, other, source, state):  # type: ignore[no-untyped-def]
    """Cell by its bound, and a point in it."""
    cell = min(int(uniform(state) * stay.size), stay.size - 1)
    if uniform(state) >= stay[cell]:
        cell = other[cell]
    shares = (uniform(state), uniform(state), uniform(state), uniform(state))
    return cell, _trial(cell, shares, source)


@njit(cache=True, error_model="numpy")
def learn(bounds, stay, other, source, margin, count, state):  # type: ignore[no-untyped-def]
    """Raise the bounds that `count` proposals find too low, times `margin`, in place."""
    for _ in range(count):
        cell, found = _propose(stay, other, source, state)
        if found[4] > bounds[cell]:
            bounds[cell] = margin * found[4]


@njit(cache=True, error_model="numpy")
def unweighted(bounds, stay, other, source, state, rows):  # type: ignore[no-untyped-def]
    """Fill rows of (E, w, U, t, cos φ, weight); the weight exceeds 1 where a bound is too low.

    Returns the number of proposals.
    """
    trials = 0
    for n in range(rows.shape[0]):
        while True:
            trials += 1
            cell, (energy, left, u, t, density) = _propose(stay, other, source, state)
            if uniform(state) * bounds[cell] < density:
                break
        kin = kinematics(energy, left, *source.masses)
        cosine = draw_azimuth(azimuth_of(t, u, kin), state)
        weight = max(1.0, density / bounds[cell])
        rows[n] = np.array((energy, left, u, t, cosine, weight))
    return trials


@njit(cache=True, error_model="numpy")
def weighted(bounds, stay, other, source, state, rows):  # type: ignore[no-untyped-def]
    """Fill rows of (E, w, U, t, cos φ, weight) with every proposal, weight density/bound."""
    for n in range(rows.shape[0]):
        cell, (energy, left, u, t, density) = _propose(stay, other, source, state)
        cosine = 0.0
        if density > 0.0:
            kin = kinematics(energy, left, *source.masses)
            cosine = draw_azimuth(azimuth_of(t, u, kin), state)
        rows[n] = np.array((energy, left, u, t, cosine, density / bounds[cell]))
