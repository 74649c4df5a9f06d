"""The relic-density calculation against limits that are known without it."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import kve

from physics_lib import relic
from physics_lib.constants import ELECTRON_MASS, HBAR_C, MUON_MASS
from physics_lib.constraints import equivalent_f, relic_coupling
from physics_lib.relic import NEUTRINO_TEMPERATURE, PLANCK_MASS, FreezeOut, expansion_rate


@pytest.fixture(scope="module")
def scalar():
    return FreezeOut(0.1, 0.1, 3.0)


def test_scalar_cross_section_is_the_squared_amplitude(scalar):
    """Trace of the left-handed neutrino current contracted with (p₁ − p₂), by hand."""
    g, s = 1e-3, 0.02
    beta = np.sqrt(1 - 4 * scalar.dark_mass**2 / s)
    pole = (s - 0.01) ** 2 + (0.1 * scalar.total_width(g)) ** 2
    amplitude2 = 4 * np.pi * 0.1 * g**2 * s**2 * beta**2 / pole  # times sin²θ, each flavour
    angles = 8 * np.pi / 3
    by_hand = 2 * amplitude2 * angles / (64 * np.pi**2 * s * beta)
    assert scalar.cross_section(s, g) == pytest.approx(by_hand, rel=1e-12)


def test_dirac_cross_section_at_rest():
    """σv = g_D² g² m_χ²/(π (m² − 4m_χ²)²) for two neutrinos."""
    dirac = FreezeOut(0.1, 1e-6, 5.0, "dirac")
    s = 4 * dirac.dark_mass**2 * (1 + 1e-8)
    velocity = 2 * np.sqrt(1 - 4 * dirac.dark_mass**2 / s)
    known = 4e-6 * np.pi * 1e-6 * dirac.dark_mass**2 / np.pi
    known /= (0.01 - 4 * dirac.dark_mass**2) ** 2
    assert dirac.cross_section(s, 1e-3) * velocity == pytest.approx(known, rel=1e-6)


@pytest.mark.parametrize("dark_matter", ["scalar", "dirac"])
def test_narrow_resonance_has_the_breit_wigner_area(dark_matter):
    """∫ σ β² ds = 48π² Γ_χχ Γ_f/(g_χ² m Γ)."""
    freeze = FreezeOut(0.1, 1e-6, 3.0, dark_matter)
    width, g = freeze.total_width(1e-5), 1e-5
    ends = 0.01 + 0.1 * width * np.array([-3e4, -300, -30, -3, 0, 3, 30, 300, 3e4])

    def integrand(s):
        return float(freeze.cross_section(s, g) * (1 - 4 * freeze.dark_mass**2 / s))

    area = sum(quad(integrand, *pair)[0] for pair in pairwise(ends))
    partial = float(freeze.dark_width(0.1) * freeze.visible_width(0.1, g))
    states = 1 if dark_matter == "scalar" else 4
    assert area == pytest.approx(48 * np.pi**2 * partial / (states * 0.1 * width), rel=1e-3)


def test_muons_open_at_their_threshold():
    heavy = FreezeOut(0.6, 0.1, 3.0)
    edge = heavy.visible_width(np.array([2 * MUON_MASS, 2 * MUON_MASS + 1e-3]), 1e-3)
    assert edge[0] == pytest.approx(1e-6 / (12 * np.pi) * 2 * MUON_MASS)
    assert edge[1] > 1.1 * edge[0]


def test_thermal_average_of_slow_particles_is_p_wave():
    """⟨v²⟩ = 6/x: g_D² g² m_χ²/(6π (m² − 4m_χ²)²) · 6/x, with corrections of order 1/x."""
    freeze, x = FreezeOut(0.1, 0.1, 10.0), 5000.0
    known = 0.4 * np.pi * 1e-6 * 0.01**2 / np.pi / x / (0.01 - 4e-4) ** 2
    assert freeze.thermal_average(x, 1e-3) == pytest.approx(known, rel=2e-3)


@pytest.mark.parametrize(("alpha_d", "x"), [(0.1, 1.0), (0.02, 12.0), (1e-4, 30.0)])
def test_thermal_average_equals_an_adaptive_integral(alpha_d, x):
    freeze, g = FreezeOut(0.1, alpha_d, 3.0), 1e-4
    dark, width = freeze.dark_mass, freeze.total_width(g)

    def integrand(energy):
        s = energy**2
        boltzmann = kve(1, energy * x / dark) * np.exp(-(energy / dark - 2) * x)
        return float(freeze.cross_section(s, g) * (s - 4 * dark**2) * s * 2 * boltzmann)

    cuts = {2 * dark + step * dark / x for step in (1e-9, 0.1, 1, 5, 20, 60)}
    cuts |= {0.1 + step * width for step in (-100, -10, -1, 0, 1, 10, 100)}
    cuts |= {2 * MUON_MASS}
    ends = sorted(cut for cut in cuts if 2 * dark < cut <= dark * (2 + 60 / x))
    pairs = pairwise(ends)
    total = sum(quad(integrand, *pair, epsabs=0, epsrel=1e-9, limit=200)[0] for pair in pairs)
    known = total * x / (8 * dark**5 * kve(2, x) ** 2)
    assert freeze.thermal_average(x, g) == pytest.approx(known, rel=1e-6)


def test_expansion_rate_limits():
    """10.75 degrees of freedom hot; 2 (11/4)^{4/3} + 5.25 in units of T_ν once e± are gone."""
    for temperature, degrees in ((0.1, 10.75), (1e-6, 2 * (11 / 4) ** (4 / 3) + 5.25)):
        known = np.sqrt(8 * np.pi**3 / 90 * degrees) * temperature**2 / PLANCK_MASS
        assert expansion_rate(temperature) == pytest.approx(known, rel=2e-5)
    between = expansion_rate(ELECTRON_MASS / 3) / (ELECTRON_MASS / 3) ** 2
    assert expansion_rate(0.1) / 0.01 < between < expansion_rate(1e-6) / 1e-12


def test_entropy_today_is_the_measured_one():
    entropy = 2 * np.pi**2 / 45 * 10.75 * (NEUTRINO_TEMPERATURE / HBAR_C) ** 3
    assert entropy == pytest.approx(2891.2, rel=1e-3)


def test_density_agrees_with_sudden_freeze_out():
    """Contact limit: Y∞ = ∫ of the rate after x_f, x_f from n_eq ⟨σv⟩ = H (20 % method)."""
    freeze, g = FreezeOut(0.3, 0.1, 30.0), 6e-3
    x = np.geomspace(8.0, 40.0, 4000)
    average, rate = freeze.thermal_average(x, g), expansion_rate(freeze.dark_mass / x)
    equilibrium = freeze.dark_mass**3 * kve(2, x) * np.exp(-x) / (2 * np.pi**2 * x)
    start = x[np.argmax(equilibrium * average < rate * x)]
    entropy = 2 * np.pi**2 / 45 * 10.75
    slowness = float(entropy * np.interp(start, x, average * (freeze.dark_mass / x) ** 3 / rate))
    yield_left = 2.0 / slowness  # rate ∝ 1/x² per ln x
    today = entropy * (NEUTRINO_TEMPERATURE / HBAR_C) ** 3
    estimate = 2 * freeze.dark_mass * yield_left * today / 1.053672e-5
    assert freeze.density(g) == pytest.approx(estimate, rel=0.2)


def test_density_falls_as_the_coupling_grows(scalar):
    weak, strong = scalar.density(1e-4), scalar.density(2e-4)
    assert 3.0 < weak / strong < 4.0


@pytest.mark.parametrize(
    ("dark_matter", "mass", "alpha_d", "known"),
    [
        ("scalar", 0.01, 0.1, 44.02),
        ("scalar", 0.1, 0.1, 61.31),
        ("scalar", 0.1, 0.02, 60.53),
        ("dirac", 0.1, 0.1, 2.190),
    ],
)
def test_factor_of_equation_5(dark_matter, mass, alpha_d, known):
    """Values confirmed to 2e-4 by an independent integration in the photon temperature."""
    g = relic_coupling(mass, alpha_d, 3.0, dark_matter)
    assert equivalent_f(mass, g, alpha_d, 3.0) == pytest.approx(known, rel=1e-3)


def test_relic_coupling_leaves_the_density_asked_for(scalar):
    assert scalar.density(scalar.coupling(0.05)) == pytest.approx(0.05, rel=1e-5)


def test_near_the_resonance_a_much_smaller_coupling_suffices():
    assert relic_coupling(0.1, 0.1, 2.05) < 0.02 * relic_coupling(0.1, 0.1, 3.0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((2.0, 0.1, 3.0), "mass = 2 GeV"),
        ((0.1, 0.0, 3.0), "alpha_d = 0"),
        ((0.1, 0.1, 2.0), "mass_ratio = 2"),
        ((0.1, 0.1, 3.0, "majorana"), "dark_matter = 'majorana'"),
    ],
)
def test_bad_parameters_are_named(arguments, words):
    with pytest.raises(ValueError, match=words):
        FreezeOut(*arguments)


@pytest.mark.parametrize(
    "call",
    [
        lambda freeze: freeze.density(0.0),
        lambda freeze: freeze.density(float("nan")),
        lambda freeze: freeze.coupling(-1.0),
        lambda freeze: freeze.thermal_average(0.5, 1e-3),
        lambda freeze: freeze.cross_section(1e-4, 1e-3),
        lambda _: expansion_rate(100.0),
    ],
)
def test_values_out_of_range_are_refused(scalar, call):
    with pytest.raises(ValueError, match="allowed"):
        call(scalar)


def test_no_coupling_is_said_so():
    with pytest.raises(ValueError, match="no g in"):
        FreezeOut(1.0, 1e-6, 100.0).coupling(1e-3)


def test_a_solver_that_fails_is_not_believed(scalar, monkeypatch):
    report = {"message": "Excess work done on this call."}
    monkeypatch.setattr(relic, "odeint", lambda *_, **__: (np.zeros((2, 1)), report))
    with pytest.raises(ValueError, match=r"^g = 0\.001: the Boltzmann equation has no solution"):
        scalar.density(1e-3)


def test_a_search_that_does_not_end_is_given_up(scalar, monkeypatch):
    monkeypatch.setattr(relic, "_ATTEMPTS", 1)
    with pytest.raises(ValueError, match=r"^density = 0\.12: no g in \[1e-12, 10\] leaves it"):
        scalar.coupling()
