"""Claims on the model: magnetic moments and decays (Secs. I and II)."""

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import quad

from physics_lib.claims.claim import Claim, formula, number, statement, taken_over
from physics_lib.claims.recomputation import Recomputation
from physics_lib.constants import (
    ALPHA,
    ELECTRON_MASS,
    ELEMENTARY_CHARGE,
    MUON_ANOMALY_ERROR,
    MUON_ANOMALY_EXCESS,
    MUON_MASS,
)
from physics_lib.constraints import g_minus_2_band, loop_function
from physics_lib.mixing import mixing
from physics_lib.models import (
    Invisible,
    Vanilla,
    fermion_width,
    neutrino_width,
    scalar_width,
    total_width,
)

Real = NDArray[np.float64]

_ELECTRON_ANOMALY_ERROR = 2.8e-13
"""of a_e, Hanneke et al., PRL 100, 120801 (2008)"""


def anomalies(c: Recomputation) -> list[Claim]:
    """Magnetic moments, Sec. I."""
    low, high = (float(edge) for edge in g_minus_2_band(1e-6))
    upper_mass = float(c.mass[-1])
    mixed = float(np.abs(mixing(0.0))) * high
    electron = ALPHA * mixed**2 / (2.0 * np.pi) * float(loop_function(1e-3 / ELECTRON_MASS))
    size = MUON_ANOMALY_EXCESS / MUON_ANOMALY_ERROR
    return [
        number("g2-significance", "Sec. I", "251 ± 59 in standard deviations", 4.2, size, 0.05),
        number(
            "g2-band-low", "Sec. I", "lower edge of the g-2 band in 1e-4", 3.2, 1e4 * low, 0.05
        ),
        number(
            "g2-band-high", "Sec. I", "upper edge of the g-2 band in 1e-4", 5.5, 1e4 * high, 0.05
        ),
        statement(
            "electron-moment",
            "Sec. I",
            "no appreciable contribution to the electron's moment",
            "not appreciable",
            f"{electron:.1e} at 1 MeV on the g-2 band; a_e is measured to 2.8e-13",
            electron,
            electron < 0.1 * _ELECTRON_ANOMALY_ERROR,
        ),
        statement(
            "second-and-third",
            "Sec. I",
            "couples predominantly to the second and third generation",
            "predominantly",
            f"electron over muon coupling at most {_electron_share(upper_mass):.4f}",
            _electron_share(upper_mass),
            _electron_share(upper_mass) < 0.1,
        ),
        taken_over("mass-range", "Sec. I", "masses considered", "1 to 600 MeV"),
    ]


def _electron_share(highest: float) -> float:
    """Largest ``e |Π(m²)|/g`` up to a mass [GeV]."""
    masses = np.append(np.linspace(0.0, highest, 601), 2.0 * MUON_MASS)
    return float(ELEMENTARY_CHARGE * np.abs(mixing(masses**2)).max())


def decays(c: Recomputation) -> list[Claim]:
    """Widths, Eqs. (7) to (9), each against what does not know of it."""
    # Optical theorem: the muon's part of Im Π is the width in units of e g.
    mass = 0.3
    cut = mass * float(mixing(mass**2).imag) / ELEMENTARY_CHARGE
    muons = float(fermion_width(1.0 / (4.0 * np.pi), mass, MUON_MASS)) / cut
    light = float(neutrino_width(1.0, mass) / fermion_width(1.0, mass, 0.0))
    dark = float(scalar_width(1.0, mass, mass / 3.0)) / _scalar_cut(mass, mass / 3.0)
    visible = _visible_share(c.mass[c.mass < 2.0 * MUON_MASS])
    plain = total_width(Vanilla(c.mass, 1e-3))
    without = total_width(Invisible(c.mass, 1e-3, alpha_d=1e-30))
    same = float(np.max(np.abs(without / plain - 1.0)))
    return [
        formula(
            "width-neutrinos",
            "Eq. (7)",
            "neutrino width: two left-handed species",
            "α m/3",
            "α m/3",
            light,
        ),
        formula(
            "width-muons",
            "Eq. (8)",
            "muon width against the cut of the loop",
            "Eq. (8)",
            "same",
            muons,
        ),
        formula(
            "width-dark",
            "Eq. (9)",
            "dark width against the cut of a scalar loop",
            "Eq. (9)",
            "same",
            dark,
        ),
        statement(
            "invisible-below-muons",
            "Sec. II",
            "only invisible decays below 2m_μ; e⁺e⁻ strongly suppressed",
            "strongly suppressed",
            f"e⁺e⁻ fraction {visible:.1e} at most",
            visible,
            visible < 1e-3,
        ),
        statement(
            "vanilla-limit",
            "Sec. II",
            "vanilla is invisible with g_D = 0",
            "the same",
            "widths equal",
            same,
            same < 1e-12,
        ),
        number("gd-strong", "Sec. V", "g_D for α_D = 0.1", 1.1, np.sqrt(0.4 * np.pi), 0.05),
        number("gd-weak", "Sec. V", "g_D for α_D = 0.02", 0.5, np.sqrt(0.08 * np.pi), 0.05),
    ]


def _scalar_cut(mass: float, scalar_mass: float) -> float:
    """Width for g_D²/4π = 1 from the cut of a scalar loop, (m/4) ∫dx (1 − 2x)² over the cut."""
    half = np.sqrt(0.25 - (scalar_mass / mass) ** 2)
    area = quad(lambda x: (1.0 - 2.0 * x) ** 2, 0.5 - half, 0.5 + half)[0]
    return float(0.25 * mass * area)


def _visible_share(masses: Real) -> float:
    """Largest branching fraction to e⁺e⁻ of the vanilla Z′."""
    model = Vanilla(masses, 1e-3)
    return float(np.max(model.widths(masses)["electrons"] / total_width(model)))
