r"""Relic density of dark particles that annihilate through the Z′: the check of Eq. (5).

Near an s-channel vector every cross section follows from the two partial widths. With
β = √(1 − 4m_χ²/s) and g_χ internal states of χ,

.. math::
    \sigma(\chi\bar\chi \to f) = \frac{48\pi}{g_\chi^2 \beta^2}
        \frac{\Gamma_{\chi\chi}(\sqrt s)\, \Gamma_f(\sqrt s)}
             {(s - m_{Z'}^2)^2 + m_{Z'}^2 \Gamma_{Z'}^2},

where Γ(√s) is the width of a Z′ of mass √s (Eqs. 7–9). For the paper's scalar and the
neutrinos this is (4π/3) α_D α_Z′ s β / [(s − m²)² + m²Γ²]: β³ of Eq. (9) over β², so
σv ∝ v² (p-wave).

The neutrinos keep χ warm, so x = m_χ/T_ν is the clock. With neutrinos decoupled before the
e± vanish, T_ν = T_γ [h_em(T_γ)/h_em(∞)]^{1/3}, both entropies scale as T_ν³, and a ∝ 1/T_ν holds
exactly; muons and hadrons in the plasma (T ≳ 20 MeV) and the heat that χ gives to the
neutrinos are left out.
"""

from dataclasses import dataclass
from functools import cache, cached_property
from math import exp, log, pi, sqrt
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.integrate import odeint
from scipy.interpolate import CubicSpline
from scipy.special import expit, kve

from physics_lib.checks import in_range, one_of
from physics_lib.constants import BOLTZMANN, ELECTRON_MASS, HBAR_C, MUON_MASS
from physics_lib.models import fermion_width, neutrino_width, scalar_width

Real = NDArray[np.float64]

# Particle Data Group 2022, table 2.1 (astrophysical constants).
PLANCK_MASS: Final = 1.220890e19
"""1/√G_N [GeV]"""
CRITICAL_DENSITY: Final = 1.053672e-5
"""ρ_crit/h² [GeV/cm³]"""
NEUTRINO_TEMPERATURE: Final[float] = 2.7255 * BOLTZMANN * (4.0 / 11.0) ** (1.0 / 3.0)
"""T_ν today [GeV], from the T_γ of the cosmic microwave background"""
OBSERVED_DENSITY: Final = 0.12
"""Ω_DM h² (Planck 2018: 0.1200 ± 0.0012)"""

_EM_ENTROPY_HOT = 5.5
_ENTROPY = 2.0 * pi**2 / 45.0 * (_EM_ENTROPY_HOT + 5.25)  # s/T_ν³, at any time
_STATES = {"scalar": 1, "dirac": 2}
_GUESS = {"scalar": 60.0, "dirac": 2.0}
# ln of annihilations per expansion time up to which χ is taken to be in equilibrium.
_LOG_EQUILIBRIUM = log(1e5)
_LOG_G, _ATTEMPTS = (log(1e-12), log(10.0)), 40
_ODE = {"rtol": 1e-8, "atol": 1e-9, "mxstep": 20_000}
_X_START, _X_END = 1.0, 1e4
_X_GRID = np.clip(np.geomspace(_X_START, _X_END, 161), _X_START, _X_END)
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(10)


@cache
def _plasma_table() -> tuple[Real, Real]:
    """Tabulate ln T_ν [GeV] and energy degrees of freedom 30 ρ/(π² T_ν⁴) of γ, e± and 3 ν."""
    temperature = np.geomspace(1e-12, 30.0, 700)
    node, weight = np.polynomial.legendre.leggauss(160)
    momentum, weight = 40.0 * (node + 1.0), 40.0 * weight
    energy = np.sqrt(momentum**2 + (ELECTRON_MASS / temperature[:, None]) ** 2)
    occupied = weight * momentum**2 * expit(-energy) * 4.0 / (2.0 * pi**2)
    density = np.sum(occupied * energy, axis=1)
    pressure = np.sum(occupied * momentum**2 / energy, axis=1) / 3.0
    em_entropy = 2.0 + (density + pressure) * 45.0 / (2.0 * pi**2)
    em_energy = 2.0 + density * 30.0 / pi**2
    ratio = np.cbrt(em_entropy / _EM_ENTROPY_HOT)
    return np.log(temperature * ratio), em_energy / ratio**4 + 5.25


def expansion_rate(neutrino_temperature: ArrayLike) -> Real:
    """Return H [GeV] at the neutrino temperature T_ν [GeV], 1e-11 to 10; any shape.

    Raises ValueError outside that range. Radiation only: γ, e±, three neutrinos.
    """
    temperature = in_range("neutrino_temperature", neutrino_temperature, 1e-11, 10.0, "GeV")
    log_temperature, degrees = _plasma_table()
    density = pi**2 / 30.0 * np.interp(np.log(temperature), log_temperature, degrees)
    result: Real = np.sqrt(8.0 * pi / 3.0 * density) * temperature**2 / PLANCK_MASS
    return result


@dataclass(frozen=True)
class FreezeOut:
    """Dark particles χ, χ* of one mass and their thermal history.

    Parameters
    ----------
    mass : float
        m_Z′ [GeV], 1e-3 to 1.
    alpha_d : float
        α_D, 1e-6 to 1.
    mass_ratio : float
        m_Z′/m_χ, above 2 (2.001) up to 100.
    dark_matter : {"scalar", "dirac"}
        The paper's complex scalar (Eq. 9), or a Dirac fermion with a vector coupling.

    Raises
    ------
    ValueError
        If an argument is out of range.
    """

    mass: float
    alpha_d: float
    mass_ratio: float
    dark_matter: str = "scalar"

    def __post_init__(self) -> None:
        in_range("mass", self.mass, 1e-3, 1.0, "GeV")
        in_range("alpha_d", self.alpha_d, 1e-6, 1.0)
        in_range("mass_ratio", self.mass_ratio, 2.001, 100.0)
        one_of("dark_matter", self.dark_matter, tuple(_STATES))

    @property
    def dark_mass(self) -> float:
        """m_χ [GeV]."""
        return self.mass / self.mass_ratio

    def dark_width(self, energy: ArrayLike) -> Real:
        """Γ(χχ) [GeV] of a Z′ of mass `energy` [GeV]; Eq. (9) for the scalar."""
        width = scalar_width if self.dark_matter == "scalar" else fermion_width
        return width(self.alpha_d, energy, self.dark_mass)

    def visible_width(self, energy: ArrayLike, g: float) -> Real:
        """Γ(νν) + Γ(μμ) [GeV] of a Z′ of mass `energy` [GeV] (Eqs. 7 and 8)."""
        alpha = g**2 / (4.0 * pi)
        return neutrino_width(alpha, energy) + fermion_width(alpha, energy, MUON_MASS)

    def total_width(self, g: float) -> float:
        """Γ_Z′ [GeV] on the mass shell."""
        return float(self.dark_width(self.mass) + self.visible_width(self.mass, g))

    def cross_section(self, s: ArrayLike, g: float) -> Real:
        """Annihilation cross section of χχ* [GeV⁻²], spin-averaged, at s > 4 m_χ² [GeV²].

        Raises ValueError for s at or below the threshold, or g outside [1e-12, 10].
        """
        in_range("g", g, 1e-12, 10.0)
        values = in_range("s", s, 4.0 * self.dark_mass**2, 1e6, "GeV²", open_low=True)
        root_s = np.sqrt(values)
        beta2 = 1.0 - 4.0 * self.dark_mass**2 / values
        widths = self.dark_width(root_s) * self.visible_width(root_s, g)
        pole = (values - self.mass**2) ** 2 + (self.mass * self.total_width(g)) ** 2
        states = _STATES[self.dark_matter]
        return np.asarray(48.0 * pi / states**2 * widths / (beta2 * pole))

    @cached_property
    def _quadrature(self) -> tuple[Real, Real]:
        """Nodes s − 4m_χ² [GeV²] and weights: panels that halve towards each special point.

        The resonance is at least as wide as its decay to χ makes it, whatever g is.
        """
        threshold = 4.0 * self.dark_mass**2
        reach = self.dark_mass**2 * (2.0 + 60.0 / _X_START) ** 2
        width = self.mass * float(self.dark_width(self.mass))
        edges = [np.array([0.0, reach])]
        points = (
            (0.0, 1e-7 * threshold),
            (self.mass**2 - threshold, 0.5 * width),
            (4.0 * MUON_MASS**2 - threshold, 1e-3 * MUON_MASS**2),
        )
        for point, scale in points:
            steps = scale * 2.0 ** np.arange(0.0, np.log2(reach / scale))
            edges.append(np.concatenate((point - steps, [point], point + steps)))
        every = np.unique(np.concatenate(edges))
        every = every[(every >= 0.0) & (every <= reach)]
        half = 0.5 * np.diff(every)[:, None]
        nodes = every[:-1, None] + half * (1.0 + _NODES)
        return nodes.ravel(), (half * _WEIGHTS).ravel()

    def _thermal_weights(self, x: Real) -> Real:
        """Matrix that turns σ at the nodes into ⟨σv⟩ at `x`, shape (len(x), nodes)."""
        excess, weight = self._quadrature
        root = np.sqrt(excess + 4.0 * self.dark_mass**2) / self.dark_mass
        above = excess / self.dark_mass**2 / (root + 2.0)
        column = x[:, None]
        boltzmann = kve(1, column * root) * np.exp(-column * above)
        norm = column / (8.0 * self.dark_mass**4 * kve(2, column) ** 2)
        result: Real = norm * boltzmann * (weight * excess * root)
        return result

    @cached_property
    def _history(self) -> Real:
        """`_thermal_weights` on the grid of x of the freeze-out."""
        return self._thermal_weights(_X_GRID)

    def _cross_sections(self, g: float) -> Real:
        """σ [GeV⁻²] at the nodes."""
        return self.cross_section(self._quadrature[0] + 4.0 * self.dark_mass**2, g)

    def thermal_average(self, x: ArrayLike, g: float) -> Real:
        """⟨σv⟩ [GeV⁻²] at x = m_χ/T, 1 to 1e4 (Gondolo and Gelmini, NPB 360, 145, Eq. 3.8).

        Raises ValueError for x outside that range, or g outside [1e-12, 10].
        """
        in_range("g", g, 1e-12, 10.0)
        inverse = in_range("x", x, _X_START, _X_END)
        result = self._thermal_weights(inverse.ravel()) @ self._cross_sections(g)
        return result.reshape(inverse.shape)

    def _log_equilibrium(self) -> Real:
        """Logarithm of n_eq/s for χ alone on the grid of x."""
        states = _STATES[self.dark_matter] / (2.0 * pi**2 * _ENTROPY)
        result: Real = np.log(states * _X_GRID**2 * kve(2, _X_GRID)) - _X_GRID
        return result

    def density(self, g: float) -> float:
        """Ω h² of χ and χ* together for the coupling `g`, from the Boltzmann equation.

        Raises ValueError for g outside [1e-12, 10].
        """
        temperature = self.dark_mass / _X_GRID
        in_range("g", g, 1e-12, 10.0)
        average = self._history @ self._cross_sections(g)
        rate = _ENTROPY * temperature**3 * average / expansion_rate(temperature)
        start, log_grid = self._log_equilibrium(), np.log(_X_GRID)
        history = CubicSpline(log_grid, np.stack((np.log(rate), start), axis=1))

        def terms(log_y: float, log_x: float) -> tuple[float, float]:
            known, target = history(log_x).tolist()
            return exp(known + 2.0 * target - log_y), exp(known + log_y)

        def slope(log_y: Real, log_x: float) -> float:
            source, sink = terms(log_y[0], log_x)
            return source - sink

        def jacobian(log_y: Real, log_x: float) -> list[list[float]]:
            return [[-sum(terms(log_y[0], log_x))]]

        # While χ annihilates much faster than the universe expands, it is in equilibrium.
        first = int(np.argmax(np.log(rate) + start < _LOG_EQUILIBRIUM))
        span = log_grid[[first, -1]]
        solution, report = odeint(
            slope, start[first], span, Dfun=jacobian, full_output=True, **_ODE
        )
        if report["message"] != "Integration successful.":
            raise ValueError(f"g = {g:g}: the Boltzmann equation has no solution here")
        per_entropy = 2.0 * self.dark_mass * exp(solution[-1, 0])
        entropy_today = _ENTROPY * (NEUTRINO_TEMPERATURE / HBAR_C) ** 3
        return per_entropy * entropy_today / CRITICAL_DENSITY

    def coupling(self, density: float = OBSERVED_DENSITY) -> float:
        """Return g that leaves Ω h² = `density` (1e-3 to 10); secant in ln g against ln Ω h².

        Raises ValueError for a density out of range, or if no g in [1e-12, 10] leaves it.
        """
        in_range("density", density, 1e-3, 10.0)
        scale = sqrt(3e-15 * _GUESS[self.dark_matter] / (4.0 * pi * self.alpha_d))
        log_g = log(scale * self.dark_mass / 1e-3 * self.mass_ratio**2)
        slope, previous, miss = -2.0, 0.0, 0.0
        for attempt in range(_ATTEMPTS):
            if not _LOG_G[0] < log_g < _LOG_G[1]:
                break
            miss, before = log(self.density(exp(log_g)) / density), miss
            if abs(miss) < 1e-6:
                return exp(log_g)
            if attempt:
                slope = min((miss - before) / (log_g - previous), -0.2)
            previous, log_g = log_g, log_g - miss / slope
        raise ValueError(f"density = {density:g}: no g in [1e-12, 10] leaves it at {self}")
