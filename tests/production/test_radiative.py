"""Radiative production: amplitude from Feynman rules, cross sections, convergence, kinematics."""

import re

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from physics_lib.constants import ALPHA, ATOMIC_MASS_UNIT, ELECTRON_MASS, MUON_MASS
from physics_lib.materials import LEAD, Element
from physics_lib.production import amplitude, radiative
from physics_lib.production import exact as exact_kernel
from physics_lib.production.amplitude import averaged_amplitude
from physics_lib.production.form_factor import Nucleus, form_factor_squared
from physics_lib.production.radiative import sigma, spectrum

NUCLEUS = Nucleus.of(LEAD.composition[0][0])
mp = mpmath.mp


# The squared amplitude. Four-vectors are lists of mpmath numbers, metric (+, −, −, −).


def dot(a, b):
    return a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3]


def add(a, b, sign=1):
    return [x + sign * y for x, y in zip(a, b, strict=True)]


class Point:
    """A point of phase space, built from E, w = E − E_V, U, t and the azimuth around p − k."""

    def __init__(self, energy, left, mass, lepton, nucleus, u, t, phi):
        energy, left, mass, lepton, nucleus, u, t, phi = map(
            mpmath.mpf, (energy, left, mass, lepton, nucleus, u, t, phi)
        )
        p = mpmath.sqrt(energy**2 - lepton**2)
        k = mpmath.sqrt((energy - left) ** 2 - mass**2)
        # (p − k)² = m² − U fixes the angle of emission.
        cos = (2 * energy * (energy - left) - mass**2 - u) / (2 * p * k)
        sin = mpmath.sqrt(1 - cos**2)
        self.p = [energy, 0, 0, p]
        self.k = [energy - left, k * sin, 0, k * cos]
        v = [-k * sin, 0, p - k * cos]
        length = mpmath.sqrt(v[0] ** 2 + v[2] ** 2)
        along = -(u + t * (1 + left / nucleus)) / (2 * length)
        q = mpmath.sqrt(t + t**2 / (4 * nucleus**2))
        across = mpmath.sqrt(q**2 - along**2)
        e_along = [v[0] / length, 0, v[2] / length]
        e_one, e_two = [e_along[2], 0, -e_along[0]], [0, 1, 0]
        space = [
            along * a + across * (mpmath.cos(phi) * b + mpmath.sin(phi) * c)
            for a, b, c in zip(e_along, e_one, e_two, strict=True)
        ]
        self.q = [-t / (2 * nucleus), *space]
        self.before = [nucleus, 0, 0, 0]
        self.after = add(self.before, self.q, -1)
        self.out = add(add(self.p, self.q), self.k, -1)
        self.t, self.mass, self.lepton = -t, mass, lepton

    def closed_form(self):
        """A of Liu, McKeen and Miller, as a function of the invariants (t = q² < 0)."""
        m2, v2, t = self.lepton**2, self.mass**2, self.t
        total = add(self.before, self.after)
        total2 = dot(total, total)
        s = dot(add(self.out, self.k), add(self.out, self.k)) - m2
        u = dot(add(self.p, self.k, -1), add(self.p, self.k, -1)) - m2
        t2 = dot(add(self.out, self.p, -1), add(self.out, self.p, -1))
        start, end = dot(total, self.p), dot(total, self.out)
        bracket = start**2 + end**2 + total2 * (t2 + v2) / 2
        square = (s + u) ** 2 * total2 * t + 4 * (u * start + s * end) ** 2
        return (
            2 * total2 * (s**2 + u**2) / (s * u)
            + 8 * t / (s * u) * bracket
            - 2 * (v2 + 2 * m2) * square / (s * u) ** 2
        )

    def feynman_rules(self):
        """Σ |M|² over spins and polarisations, (−g + kk/m²), with M = ε*_μ ū(p′) Γ^μ u(p).

        Γ^μ = γ^μ (p̸′ + k̸ + m) P̸/s̃ + P̸ (p̸ − k̸ + m) γ^μ/ũ: Feynman rules of a spin-0 nucleus
        without couplings and photon propagator. Returned with k_μ M^μ over the largest |M^μ|.
        """
        one = mpmath.eye(4)
        m2 = self.lepton**2
        middle, early = add(self.out, self.k), add(self.p, self.k, -1)
        late = (slash(middle) + self.lepton * one) / (dot(middle, middle) - m2)
        soon = (slash(early) + self.lepton * one) / (dot(early, early) - m2)
        nucleus = slash(add(self.before, self.after))
        vertices = [g * late * nucleus + nucleus * soon * g for g in GAMMA]
        total, largest, leak = mpmath.mpf(0), mpmath.mpf(0), mpmath.mpf(0)
        for spin in (0, 1):
            start = spinor(self.p, self.lepton, spin)
            for other in (0, 1):
                end = spinor(self.out, self.lepton, other).H * GAMMA[0]
                current = [(end * vertex * start)[0] for vertex in vertices]
                contracted = dot(self.k, current)
                total -= abs(current[0]) ** 2 - sum(abs(c) ** 2 for c in current[1:])
                total += abs(contracted) ** 2 / self.mass**2
                leak = max(leak, abs(contracted))
                largest = max(largest, *(abs(c) for c in current))
        return total, leak / (largest * self.k[0])


def dirac_matrices():
    """γ^μ in the Dirac representation."""
    pauli = ([[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]])
    matrices = [mpmath.diag([1, 1, -1, -1])]
    for sigma_i in pauli:
        gamma = mpmath.zeros(4)
        for i in (0, 1):
            for j in (0, 1):
                gamma[i, 2 + j] = sigma_i[i][j]
                gamma[2 + i, j] = -sigma_i[i][j]
        matrices.append(gamma)
    return matrices


GAMMA = dirac_matrices()


def slash(a):
    return a[0] * GAMMA[0] - a[1] * GAMMA[1] - a[2] * GAMMA[2] - a[3] * GAMMA[3]


def spinor(p, mass, spin):
    """u(p, s) = (p̸ + m) ξ_s/√(E + m)"""
    rest = mpmath.zeros(4, 1)
    rest[spin] = 1
    return (slash(p) + mass * mpmath.eye(4)) * rest / mpmath.sqrt(p[0] + mass)


def kinematics(energy, left, mass, lepton=ELECTRON_MASS, nucleus=NUCLEUS.mass):
    return amplitude.kinematics(energy, left, mass, lepton, nucleus)


def random_point(seed):
    """Physical (E, w, m_V, U, t, φ), all energies and both weak and strong transfers."""
    rng = np.random.default_rng(seed)
    energy = 10.0 ** rng.uniform(0.0, 2.3)
    mass = 10.0 ** rng.uniform(-3.5, np.log10(0.4 * energy) - 0.3)
    logit = rng.uniform(np.log(mass / energy) + 0.3, np.log(energy / ELECTRON_MASS) - 0.5)
    left = energy / (1.0 + np.exp(logit))
    left = min(left, energy - 1.05 * mass)
    kin = kinematics(energy, left, mass)
    u = kin.smallest * (1.0 + 10.0 ** rng.uniform(-3.0, 2.0))
    backward = kin.smallest + 4.0 * kin.momentum * kin.vector_momentum
    u = min(u, 0.8 * backward, NUCLEUS.mass * left)
    smallest, largest = exact_kernel.transfer_limits(u, kin)
    share = rng.uniform(0.02, 0.7)
    t = smallest ** (1.0 - share) * largest**share
    return energy, left, mass, u, t, rng.uniform(0.0, np.pi)


@pytest.mark.parametrize("seed", range(20))
def test_amplitude_from_spinors_and_gauge_invariance(seed):
    """Σ|M|² of the Feynman rules is twice A of Sec. 4, and k_μ M^μ vanishes."""
    energy, left, mass, u, t, phi = random_point(seed)
    with mpmath.workdps(50):
        point = Point(energy, left, mass, ELECTRON_MASS, NUCLEUS.mass, u, t, phi)
        assert abs(dot(point.out, point.out) - point.lepton**2) < mpmath.mpf("1e-40")
        nucleus2 = mpmath.mpf(NUCLEUS.mass) ** 2
        assert abs(dot(point.after, point.after) / nucleus2 - 1) < mpmath.mpf("1e-40")
        squared, leak = point.feynman_rules()
        assert leak < mpmath.mpf("1e-30")
        assert abs(squared / (2 * point.closed_form()) - 1) < mpmath.mpf("1e-20")


RULE = np.polynomial.legendre.leggauss(140)


def azimuth_average(energy, left, mass, u, t, lepton=ELECTRON_MASS):
    """⟨A⟩_φ of the closed form in 40 digits, by quadrature with nodes crowding at the peak."""
    with mpmath.workdps(40):
        ends = []
        for phi in (0, mpmath.pi):
            point = Point(energy, left, mass, lepton, NUCLEUS.mass, u, t, phi)
            late = add(point.out, point.k)
            ends.append(dot(late, late) - point.lepton**2)
        # s̃ = a + b cos φ: its zeros lie at this distance from the peak of 1/s̃.
        width = min(2 * mpmath.sqrt(min(ends) / abs(ends[1] - ends[0])), mpmath.mpf(1))
        reach = mpmath.asinh(mpmath.pi / width)
        total = mpmath.mpf(0)
        for node, weight in zip(*RULE, strict=True):
            xi = reach * (1 + mpmath.mpf(node)) / 2
            phi = width * mpmath.sinh(xi)
            phi = mpmath.pi - phi if ends[1] < ends[0] else phi
            point = Point(energy, left, mass, lepton, NUCLEUS.mass, u, t, phi)
            total += weight * width * mpmath.cosh(xi) * point.closed_form()
        return total * reach / (2 * mpmath.pi)


HARD_POINTS = [
    # E, 1 − x, m_V, U/U₀ − 1
    (100.0, 1e-6, 1e-3, 0.3),
    (100.0, 1e-5, 1e-3, 1e-6),
    (100.0, 1e-3, 1e-3, 1e-6),
    (100.0, 0.1, 1e-3, 10.0),
    (100.0, 0.9, 1e-3, 0.3),
    (100.0, 1e-3, 0.3, 0.3),
    (100.0, 0.1, 0.3, 1e-6),
    (100.0, 0.5, 0.3, 10.0),
    (1.0, 0.5, 1e-4, 0.3),
    (1.0, 0.1, 0.3, 0.3),
]


def transfers(u, kin):
    """Near t_min, halfway, and on and beside the peak where V follows the outgoing lepton."""
    smallest, largest = exact_kernel.transfer_limits(u, kin)
    centre, width = exact_kernel.final_state_peak(u, kin)
    values = [smallest * (1.0 + 1e-6), 1.5 * smallest, np.sqrt(smallest * largest), 0.9 * largest]
    if np.isfinite(width):
        values += [np.exp(centre), np.exp(centre) * (1.0 + width)]
    return [t for t in values if smallest < t < largest]


@pytest.mark.parametrize(("energy", "remainder", "mass", "excess"), HARD_POINTS)
def test_averaged_amplitude_holds_nine_digits(energy, remainder, mass, excess):
    left = max(energy * remainder, 2.0 * ELECTRON_MASS)
    kin = kinematics(energy, left, mass)
    u = min(kin.smallest * (1.0 + excess), 1.9 * NUCLEUS.mass * (left - ELECTRON_MASS))
    points = transfers(u, kin)
    assert len(points) >= 3
    for t in points:
        exact = azimuth_average(energy, left, mass, u, t)
        # The distance from t_min itself is known to 1e-16/1e-6 only.
        assert averaged_amplitude(t, u, kin) == pytest.approx(float(exact), rel=1e-9)


@pytest.mark.parametrize("seed", range(100, 110))
def test_averaged_amplitude_at_random_points(seed):
    energy, left, mass, u, t, _ = random_point(seed)
    exact = azimuth_average(energy, left, mass, u, t)
    mine = averaged_amplitude(t, u, kinematics(energy, left, mass))
    assert mine == pytest.approx(float(exact), rel=1e-11)


@pytest.mark.parametrize("seed", range(200, 203))
def test_average_of_the_feynman_rules(seed):
    """No closed form at all: trapezoid over the azimuth of Σ|M|²/2, and the compiled average."""
    energy, left, mass, u, t, _ = random_point(seed)
    with mpmath.workdps(40):

        def average(count):
            total = mpmath.mpf(0)
            for i in range(count):
                phi = mpmath.pi * (2 * i + 1) / (2 * count)
                point = Point(energy, left, mass, ELECTRON_MASS, NUCLEUS.mass, u, t, phi)
                total += point.feynman_rules()[0] / 2
            return total / count

        coarse, fine = average(24), average(48)
        assert abs(coarse / fine - 1) < 1e-6
    mine = averaged_amplitude(t, u, kinematics(energy, left, mass))
    assert mine == pytest.approx(float(fine), rel=1e-8)


def test_muons_have_the_same_amplitude_with_their_mass():
    energy, left, mass = 160.0, 40.0, 0.05
    kin = kinematics(energy, left, mass, MUON_MASS)
    u = 2.0 * kin.smallest
    for t in transfers(u, kin):
        exact = azimuth_average(energy, left, mass, u, t, MUON_MASS)
        assert averaged_amplitude(t, u, kin) == pytest.approx(float(exact), rel=1e-9)


# Reference values: exact tree level, a matrix element equal to MadGraph5's to 1e-7, computed
# independently of this library; grid error below 1e-4.

# E, m_V, elastic and full, the same for x > 0.5
TOTALS = """
100 0.001 2.135678e13 2.164657e13 1.591970e13 1.613630e13
100 0.003 5.289737e12 5.361298e12 4.547518e12 4.608951e12
100 0.03  1.240876e11 1.257492e11 1.166611e11 1.182092e11
100 0.3   7.191824e8  7.309793e8  6.955222e8  7.067116e8
20  0.001 2.129898e13 2.158770e13 1.586866e13 1.608432e13
20  0.003 5.232997e12 5.303516e12 4.497275e12 4.557791e12
20  0.03  9.772594e10 9.900531e10 9.196033e10 9.314816e10
20  0.3   2.874445e8  2.935465e8  2.790287e8  2.847549e8
"""

# E = 100 GeV: m_V, x, elastic and full exact tree level, elastic WW and IWW
SPECTRA = """
0.003 0.1   6.232752e11 6.322561e11 4.07220e11 4.10383e11
0.003 0.3   1.765839e12 1.789822e12 1.27019e12 1.27355e12
0.003 0.5   2.983188e12 3.023225e12 2.34082e12 2.34476e12
0.003 0.7   4.898905e12 4.964571e12 4.20886e12 4.21458e12
0.003 0.8   6.859950e12 6.952073e12 6.23102e12 6.23920e12
0.003 0.9   1.178695e13 1.194596e13 1.15900e13 1.16059e13
0.003 0.95  1.923712e13 1.949790e13 2.02081e13 2.02396e13
0.003 0.98  3.197785e13 3.241371e13 3.58866e13 3.59651e13
0.003 0.99  4.121190e13 4.177506e13 4.77898e13 4.79468e13
0.003 0.995 4.808444e13 4.874206e13 5.69069e13 5.72205e13
0.3   0.1   9.047791e6  9.387335e6  9.04269e6  3.65033e7
0.3   0.3   5.421328e7  5.563059e7  5.42118e7  1.13827e8
0.3   0.5   1.255747e8  1.284832e8  1.25653e8  2.12242e8
0.3   0.7   2.621148e8  2.676927e8  2.62690e8  3.93357e8
0.3   0.8   4.174168e8  4.259143e8  4.19131e8  6.01556e8
0.3   0.9   8.655177e8  8.820840e8  8.73674e8  1.21159e9
0.3   0.95  1.742005e9  1.773513e9  1.77468e9  2.42527e9
0.3   0.98  4.294768e9  4.366934e9  4.47293e9  6.06363e9
0.3   0.99  8.373169e9  8.506398e9  8.96804e9  1.21265e10
0.3   0.995 1.608276e10 1.632574e10 1.79548e10 2.42494e10
"""


def rows(table):
    return [tuple(map(float, line.split())) for line in table.split("\n") if line]


@pytest.mark.parametrize(("energy", "mass", *"abcd"), rows(TOTALS))
def test_total_cross_section(energy, mass, a, b, c, d):
    for form_factor, x_min, value in (
        ("elastic", 0.0, a),
        ("full", 0.0, b),
        ("elastic", 0.5, c),
        ("full", 0.5, d),
    ):
        mine = sigma(energy, mass, NUCLEUS, x_min, form_factor=form_factor)
        assert mine == pytest.approx(value, rel=3e-4)


@pytest.mark.parametrize(("mass", "x", "elastic", "full", "ww", "iww"), rows(SPECTRA))
def test_differential_cross_section(mass, x, elastic, full, ww, iww):
    def mine(*how):
        return spectrum(100.0, mass, 1.0 - x, NUCLEUS, *how)

    assert mine("etl", "elastic") == pytest.approx(elastic, rel=3e-4)
    assert mine("etl", "full") == pytest.approx(full, rel=3e-4)
    assert mine("ww", "elastic") == pytest.approx(ww, rel=1e-4)
    assert mine("iww", "elastic") == pytest.approx(iww, rel=1e-4)


CARBON = Nucleus.of(Element("C", 6, 12.011))


def fine_spectrum(energy, mass, remainder, nucleus=NUCLEUS, lepton_mass=ELECTRON_MASS):
    """dσ/dx [pb] by rules with three times the nodes and wider limits of t."""
    kernel = radiative._exact_spectra
    angles = np.array(np.polynomial.legendre.leggauss(36))
    transfers = exact_kernel.gauss_rules(radiative._TRANSFER_RULES.shape[0] - 1, 3)
    fixed = (lepton_mass, nucleus.mass)
    form = nucleus.form_factor()
    values = kernel(energy, energy * remainder, mass, fixed, form, angles, transfers)
    return radiative.GEV_INVERSE_SQUARED_IN_PB * values


def domain(seed, count, lepton_mass):
    """E 1 to 200 GeV, m 0.1 MeV to 1 GeV, 1 − x down to 1e-7; half of it near the limits of x."""
    rng = np.random.default_rng(seed)
    energy = 10.0 ** rng.uniform(0.0, np.log10(200.0), count)
    mass = 10.0 ** rng.uniform(-4.0, np.log10(np.minimum(1.0, 0.95 * (energy - lepton_mass))))
    place, closeness = rng.uniform(0.0, 1.0, count), 10.0 ** rng.uniform(-5.0, 0.0, count)
    side = rng.integers(0, 4, count)
    place = np.where(side == 0, closeness, np.where(side == 1, 1.0 - closeness, place))
    start = np.log(mass / (energy - mass))
    stop = np.log((energy - lepton_mass) / lepton_mass)
    remainder = 1.0 / (1.0 + np.exp(start + place * (stop - start)))
    return energy, mass, np.maximum(remainder, 1e-7)


@pytest.mark.parametrize(
    ("nucleus", "lepton_mass"),
    [(NUCLEUS, ELECTRON_MASS), (CARBON, ELECTRON_MASS), (NUCLEUS, MUON_MASS)],
)
def test_quadrature_has_converged_everywhere(nucleus, lepton_mass):
    energy, mass, remainder = domain(11, 3000, lepton_mass)
    fine = fine_spectrum(energy, mass, remainder, nucleus, lepton_mass)
    mine = spectrum(energy, mass, remainder, nucleus, lepton_mass=lepton_mass)
    assert np.array_equal(mine > 0.0, fine > 0.0)
    live = fine > 0.0
    assert np.count_nonzero(live) > 2500
    assert np.max(np.abs(mine[live] / fine[live] - 1.0)) < 5e-5


def panels(low, high, centre):
    """Nodes and weights in many panels that halve towards the middle of a peak."""
    halving = 0.5 ** np.arange(24.0)
    inner = centre + np.concatenate([-halving, [0.0], halving])
    inside = inner[(low < inner) & (inner < high)]
    edges = np.union1d(np.linspace(low, high, int(2.0 * (high - low)) + 2), inside)
    nodes, weights = np.polynomial.legendre.leggauss(8)
    half = 0.5 * np.diff(edges)[:, None]
    return (edges[:-1, None] + half * (1.0 + nodes)).ravel(), (half * weights).ravel()


@pytest.mark.parametrize(
    ("energy", "mass", "remainder"),
    [(100.0, 1e-3, 0.5), (80.0, 1e-4, 0.6), (20.0, 0.1, 1e-3), (60.0, 0.98, 0.9835)],
)
def test_spectrum_is_the_integral_over_all_of_phase_space(energy, mass, remainder):
    """No cuts in t, other maps and a hundred times the points."""
    kin = kinematics(energy, energy * remainder, mass)
    form, m = NUCLEUS.form_factor(), NUCLEUS.mass
    backward = kin.smallest + 4.0 * kin.momentum * kin.vector_momentum
    widest = min(backward, 2.0 * m * (kin.left - ELECTRON_MASS))
    # From ln(U − U₀) so low that at most e⁻¹⁰ = 5e-5 is left out.
    top = np.log(widest - kin.smallest)
    log_excess, over_angles = panels(min(np.log(kin.smallest), top) - 10.0, top, np.inf)
    total = 0.0
    for excess, step in zip(np.exp(log_excess), over_angles, strict=True):
        u = kin.smallest + excess
        smallest, largest = exact_kernel.transfer_limits(u, kin)
        if largest <= smallest:
            continue
        centre, _ = exact_kernel.final_state_peak(u, kin)
        log_t, over_t = panels(np.log(smallest), np.log(largest), centre)
        for t, weight in zip(np.exp(log_t), over_t, strict=True):
            flux = form_factor_squared(t, form) / t * averaged_amplitude(t, u, kin)
            total += step * weight * excess * flux / np.sqrt(kin.momentum_gap**2 + excess)
    total *= ALPHA**3 * energy / (2.0 * kin.momentum**2) / (8.0 * m**2)
    mine = spectrum(energy, mass, remainder, NUCLEUS)
    assert mine == pytest.approx(total * radiative.GEV_INVERSE_SQUARED_IN_PB, rel=2e-4)


@pytest.mark.parametrize("form_factor", ["full", "elastic"])
@pytest.mark.parametrize(
    ("energy", "mass", "x_min"), [(100.0, 1e-3, 0.0), (100.0, 0.3, 0.5), (3.0, 0.05, 0.0)]
)
def test_sigma_is_the_integral_of_the_spectrum(energy, mass, x_min, form_factor):
    """Against adaptive quadrature in ln x/(1 − x)."""

    def integrand(logit):
        y = 1.0 / (1.0 + np.exp(logit))
        return y * (1.0 - y) * spectrum(energy, mass, y, NUCLEUS, form_factor=form_factor)

    x_low = max(x_min, mass / energy)
    low, high = np.log(x_low / (1.0 - x_low)), np.log(energy / ELECTRON_MASS)
    adaptive, _ = quad(integrand, low, high, epsrel=1e-6, limit=200)
    mine = sigma(energy, mass, NUCLEUS, x_min, form_factor=form_factor)
    assert mine == pytest.approx(adaptive, rel=1e-4)


def test_heavy_nuclei_radiate_with_the_square_of_their_charge():
    """At t_min ≫ 1/a² nothing is screened: Z² and, for protons one by one, Z."""
    light = Nucleus(41, NUCLEUS.atomic_mass)
    remainder = np.array([0.01, 0.1, 0.5])
    coherent, half = (spectrum(2.0, 0.3, remainder, n, "etl", "elastic") for n in (NUCLEUS, light))
    assert coherent / half == pytest.approx(4.0, rel=1e-4)
    single = spectrum(2.0, 0.3, remainder, NUCLEUS) - coherent
    assert single / (spectrum(2.0, 0.3, remainder, light) - half) == pytest.approx(2.0, rel=1e-3)


def test_screening_makes_light_vectors_rarer_than_the_square_of_the_charge():
    light = Nucleus(41, NUCLEUS.atomic_mass)
    ratio = sigma(100.0, 1e-3, NUCLEUS, form_factor="elastic") / sigma(
        100.0, 1e-3, light, form_factor="elastic"
    )
    assert 3.5 < ratio < 4.0


@given(
    energy=st.floats(0.1, 1e3),
    mass=st.floats(1e-4, 10.0),
    remainder=st.floats(0.0, 1.0),
    method=st.sampled_from(radiative.METHODS),
    lepton=st.sampled_from([ELECTRON_MASS, MUON_MASS]),
)
@settings(max_examples=200)
def test_nothing_outside_of_phase_space_and_nothing_negative_inside(
    energy, mass, remainder, method, lepton
):
    value = spectrum(energy, mass, remainder, NUCLEUS, method, lepton_mass=lepton)
    assert np.isfinite(value)
    if energy * remainder <= lepton or energy * (1.0 - remainder) <= mass:
        assert value == 0.0
    elif method == "etl":
        assert value >= 0.0


def test_the_spectrum_falls_to_zero_at_its_ends():
    mass, energy = 0.3, 10.0
    top = ELECTRON_MASS / energy
    near, far = spectrum(energy, mass, top * np.array([1.0 + 1e-8, 2.0]), NUCLEUS)
    assert near < 1e-2 * far
    bottom = 1.0 - mass / energy
    near, far = spectrum(energy, mass, [bottom - 1e-8, bottom - 0.05], NUCLEUS)
    assert near < 1e-2 * far
    assert np.all(spectrum(energy, mass, [0.5 * top, top, 1.0], NUCLEUS) == 0.0)


def test_no_cross_section_below_the_threshold():
    assert sigma(0.2, 0.5, NUCLEUS) == 0.0
    assert sigma(1.0, 0.5, NUCLEUS) > 0.0
    # A muon at rest has more than this.
    assert sigma(0.1, 0.01, NUCLEUS, lepton_mass=MUON_MASS) == 0.0


def test_muons_radiate_less_than_electrons():
    energy, mass = 160.0, np.array([0.01, 0.1, 0.5])
    muons = sigma(energy, mass, NUCLEUS, lepton_mass=MUON_MASS)
    assert np.all(muons > 0.0)
    assert np.all(muons < sigma(energy, mass, NUCLEUS))


@pytest.mark.parametrize(
    ("lepton_mass", "energy"), [(ELECTRON_MASS, 100.0), (ELECTRON_MASS, 2.0), (MUON_MASS, 160.0)]
)
def test_total_cross_section_is_smooth_across_the_masses_of_the_leptons(lepton_mass, energy):
    """No scale of the quadrature shows: ln σ follows its neighbours in ln m_V."""
    mass = np.exp(np.arange(np.log(1e-4), np.log(0.4), 0.02))
    assert mass[0] < ELECTRON_MASS < 2.0 * ELECTRON_MASS < MUON_MASS < 2.0 * MUON_MASS < mass[-1]
    logarithm = np.log(sigma(energy, mass, NUCLEUS, lepton_mass=lepton_mass))
    assert np.all(np.diff(logarithm) < 0.0)
    assert np.max(np.abs(np.diff(logarithm, 4))) < 5e-5


def test_light_nuclei_are_treated_too():
    carbon = Nucleus.of(Element("C", 6, 12.011))
    assert carbon.mass == pytest.approx(12.011 * ATOMIC_MASS_UNIT)
    assert 0.0 < sigma(100.0, 0.1, carbon) < 0.02 * sigma(100.0, 0.1, NUCLEUS)


@pytest.mark.parametrize(
    ("energy", "mass", "x_min", "lepton_mass"),
    [(1.0, 0.3, 0.0, MUON_MASS), (1.0, 0.3, 0.5, MUON_MASS), (100.0, 0.1, 0.0, ELECTRON_MASS)],
)
def test_the_rule_covers_what_kinematics_allow(energy, mass, x_min, lepton_mass):
    """x from m_V/E or the cut up to 1 − m/E: ∫dx and ∫x dx."""
    remainder, weight = radiative.energy_rule(energy, mass, x_min, lepton_mass, 100)
    low, high = max(x_min, mass / energy), 1.0 - lepton_mass / energy
    assert np.sum(weight) == pytest.approx(high - low, rel=1e-12)
    assert np.sum(weight * (1.0 - remainder)) == pytest.approx((high**2 - low**2) / 2, rel=1e-12)
    assert np.all((remainder > 1.0 - high) & (remainder < 1.0 - low))


def test_the_rule_has_no_weight_where_the_phase_space_is_closed():
    # The sum of the masses is just above the energy; one of them alone is.
    for energy, mass, lepton_mass in ((1.0, 0.9, 0.1001), (0.1, 0.9, 0.01), (0.1, 0.01, 0.2)):
        remainder, weight = radiative.energy_rule(energy, mass, 0.0, lepton_mass, 8)
        assert np.all(np.isfinite(remainder))
        assert np.all(weight == 0.0)


def test_the_rule_takes_lists_and_computes_in_double_precision():
    expected = radiative.energy_rule(np.array([64.0, 8.0]), 0.25, 0.0, ELECTRON_MASS, 8)
    for energy in ([64.0, 8.0], np.array([64.0, 8.0], dtype=np.float32)):
        for mass in (0.25, [0.25, 0.25], np.float32(0.25)):
            for ours, one in zip(
                radiative.energy_rule(energy, mass, 0.0, ELECTRON_MASS, 8), expected, strict=True
            ):
                assert np.array_equal(ours, one)


def test_without_a_cut_all_of_the_spectrum_counts():
    assert sigma(100.0, 1e-3, NUCLEUS) == sigma(100.0, 1e-3, NUCLEUS, x_min=0.0)
    assert sigma(100.0, 1e-3, NUCLEUS) > sigma(100.0, 1e-3, NUCLEUS, x_min=0.01)


@pytest.mark.parametrize("method", radiative.METHODS)
def test_arguments_are_left_as_they_are(method):
    energy, mass, remainder = np.array([50.0, 100.0]), np.array([0.1, 0.2]), np.array([0.1, 0.2])
    spectrum(energy, mass, remainder, NUCLEUS, method=method)
    for array, first in ((energy, 50.0), (mass, 0.1), (remainder, 0.1)):
        assert np.array_equal(array, [first, 2.0 * first])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((2e4, 0.1, 0.5), "energy = 20000 GeV: allowed [0.1, 10000] GeV"),
        ((100.0, 20.0, 0.5), "mass = 20 GeV: allowed [0.0001, 10] GeV"),
        ((100.0, 0.1, 1.5), "1 - x = 1.5: allowed [0, 1]"),
    ],
)
def test_refusals_say_what_is_allowed(arguments, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        spectrum(*arguments, NUCLEUS)
    if not message.startswith("1 - x"):
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            sigma(*arguments[:2], NUCLEUS)
    with pytest.raises(ValueError, match=r"^x_min = 1\.5: allowed \[0, 1\]$"):
        sigma(100.0, 0.1, NUCLEUS, 1.5)


def test_arguments_broadcast():
    table = sigma(np.array([[20.0], [100.0]]), np.array([0.01, 0.1, 0.3]), NUCLEUS)
    assert table.shape == (2, 3)
    assert table[1, 2] == pytest.approx(float(sigma(100.0, 0.3, NUCLEUS)), rel=1e-13)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ((np.nan, 0.1, 0.5, NUCLEUS), "energy"),
        ((0.01, 0.1, 0.5, NUCLEUS), "energy"),
        ((1e5, 0.1, 0.5, NUCLEUS), "energy"),
        ((100.0, 0.0, 0.5, NUCLEUS), "mass"),
        ((100.0, np.inf, 0.5, NUCLEUS), "mass"),
        ((100.0, 0.1, -0.1, NUCLEUS), "1 - x"),
        ((100.0, 0.1, 1.1, NUCLEUS), "1 - x"),
        ((100.0, 0.1, 0.5, NUCLEUS, "exact"), "method"),
        ((100.0, 0.1, 0.5, NUCLEUS, "etl", "none"), "form_factor"),
    ],
)
def test_bad_arguments_are_refused_by_name(arguments, name):
    with pytest.raises(ValueError, match=f"^{name} = "):
        spectrum(*arguments)
    if name != "1 - x":
        with pytest.raises(ValueError, match=f"^{name} = "):
            sigma(*arguments[:2], NUCLEUS, 0.0, *arguments[4:])


def test_a_bad_lower_limit_is_refused():
    for bad in (-0.1, 1.1, np.nan):
        with pytest.raises(ValueError, match="^x_min = "):
            sigma(100.0, 0.1, NUCLEUS, bad)
