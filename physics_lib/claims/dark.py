"""Claims on the invisible scenario: relic density, size of its coupling, width (Secs. I and V)."""

import numpy as np
from numpy.typing import NDArray

from physics_lib.claims.claim import Claim, assumption, statement, unverifiable
from physics_lib.claims.recomputation import Recomputation
from physics_lib.constants import MUON_MASS
from physics_lib.constraints import equivalent_f, relic_coupling
from physics_lib.data import read_curve
from physics_lib.models import Invisible, total_width
from physics_lib.production import resonant

Real = NDArray[np.float64]

# Full width at half maximum of a Gaussian, over σ.
_FWHM = float(np.sqrt(8.0 * np.log(2.0)))


def thermal(c: Recomputation) -> list[Claim]:
    """Dark matter, Eq. (5), and the size of its coupling."""
    masses = np.array([1e-3, 0.01, 0.21])
    strong = relic_coupling(masses, 0.1, 3.0)
    weak = relic_coupling(masses[1:2], 0.02, 3.0)
    f = equivalent_f(masses, strong, 0.1, 3.0)
    scaling = float(weak[0] / strong[1]) / np.sqrt(5.0)
    hierarchy = np.sqrt(0.08 * np.pi) / c.weaker.coupling
    last = 1e3 * float(c.mass[hierarchy > 10.0].max())
    return [
        statement(
            "thermal-f",
            "Eq. (5)",
            "f = 1 to 10 covers the scalar of Eq. (4) with m_Z' = 3 m_χ",
            "1 to 10",
            f"{f.min():.0f} to {f.max():.0f} from 1 to 210 MeV",
            float(f.min()),
            f.max() <= 10.0,
        ),
        statement(
            "thermal-scaling",
            "Eq. (5)",
            "relic density depends on the product g_D g",
            "g ∝ 1/g_D",
            f"g_D g constant to {100.0 * abs(scaling - 1.0):.1f} %",
            scaling,
            abs(scaling - 1.0) < 0.05,
        ),
        assumption(
            "hierarchy",
            "Sec. I",
            "g_D much larger than g in the invisible scenario",
            "assumed",
            f"on the limit for α_D = 0.02 more than 10 times below {last:.0f} MeV; "
            f"{hierarchy[-1]:.1f} times at 600 MeV",
            last,
        ),
        unverifiable(
            "thermal-curves",
            "Sec. V",
            "black curves of Fig. 7 follow from Eq. (5)",
            "Eq. (5)",
            "the f that they use is not given",
        ),
        unverifiable(
            "unitarity",
            "Sec. V",
            "α_D above 0.1 is in tension with perturbative unitarity",
            "tension",
            "the bound is not given",
        ),
    ]


def dark_coupling(c: Recomputation) -> list[Claim]:
    """Comparison of the limits for α_D = 0.1 and 0.02, Sec. V."""
    apart = np.abs(c.weaker.coupling / c.invisible.coupling - 1.0)
    low, worst = float(apart[c.mass < 0.3].max()), int(apart.argmax())
    return [
        statement(
            "alpha-d-alike",
            "Sec. V",
            "no significant difference between α_D = 0.1 and 0.02 below 300 MeV",
            "none",
            f"within {100.0 * low:.1f} %",
            low,
            low < 0.05,
        ),
        statement(
            "alpha-d-alike-heavy",
            "Sec. V",
            "no significant difference between α_D = 0.1 and 0.02 up to 600 MeV",
            "none",
            f"{100.0 * apart[worst]:.0f} % at {1e3 * c.mass[worst]:.0f} MeV",
            float(apart[worst]),
            apart[worst] < 0.2,
            f"within {100.0 * apart[worst]:.0f} %",
        ),
    ]


def widths(c: Recomputation) -> list[Claim]:
    """Width and branching of the Z′ with its dark decay, Sec. V."""
    resonances = np.linspace(0.225, 0.3, 16)
    strong, weak = (_width_over_resolution(c, resonances, a).max() for a in (0.1, 0.02))
    end = float(_width_over_resolution(c, np.array([0.31]), 0.1)[0])
    heavy = c.mass[c.mass > 2.0 * MUON_MASS]
    babar = read_curve("babar_4mu")
    heavy = heavy[(heavy > babar.valid_range_GeV[0]) & (heavy < babar.valid_range_GeV[1])]
    model = Invisible(heavy, babar.at(heavy), alpha_d=0.02)
    muons = float(np.max(model.widths(heavy)["muons"] / total_width(model)))
    return [
        statement(
            "narrower-than-resolution",
            "Sec. V",
            "resonance narrower than the resolution of the ECAL, 225 to 300 MeV",
            "narrower",
            f"full widths: at most {strong:.2f} of it for α_D = 0.1, {weak:.2f} for 0.02",
            float(strong),
            max(strong, weak) < 1.0,
        ),
        statement(
            "narrower-at-the-end",
            "Sec. V",
            "resonance narrower than the resolution of the ECAL at 310 MeV",
            "narrower",
            f"full widths: {end:.2f} of it for α_D = 0.1 (of one σ_E {_FWHM * end:.2f})",
            end,
            end < 1.0,
            "for full widths",
        ),
        statement(
            "babar-does-not-apply",
            "Sec. V",
            "BaBar's limit from muon pairs does not apply to the invisible scenario",
            "mostly χχ",
            f"branching to muons {muons:.1e} at most on BaBar's limit",
            muons,
            muons < 0.01,
        ),
    ]


def _width_over_resolution(c: Recomputation, mass: Real, alpha_d: float) -> Real:
    """Full width of the resonance in energy over that of what is left in the ECAL, g = 1e-3."""
    energy = resonant.resonant_energy(mass)
    # s = 2 m_e E: a width Γ in the mass is 2 E Γ/m in the energy.
    width = 2.0 * energy * total_width(Invisible(mass, 1e-3, alpha_d)) / mass
    result: Real = width / (_FWHM * c.experiment.resolution(c.experiment.energy_GeV - energy))
    return result
