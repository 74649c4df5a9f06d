"""Claims on the yields of radiation and annihilation (Secs. II, IV and V)."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from physics_lib.claims.claim import UNVERIFIABLE, Claim, statement, unverifiable
from physics_lib.claims.recomputation import Recomputation
from physics_lib.data import read_curve
from physics_lib.limits import ratio_limit
from physics_lib.models import Invisible, Vanilla
from physics_lib.production import radiative
from physics_lib.production.form_factor import LEAD_NUCLEUS
from physics_lib.yields import radiative_factor

Real = NDArray[np.float64]


def yields(c: Recomputation) -> list[Claim]:
    """Radiation, resonance and what is neglected, Secs. IV and V."""
    mass = np.array([0.25])
    limit = ratio_limit(Invisible(mass, 1e-3), c.search)
    radiated, annihilated = c.search.signal_yield(Invisible(mass, limit.coupling))
    ratio = float(annihilated[0] / radiated[0])
    both = replace(c.search, materials=("lead", "scintillator"))
    heavy = np.array([1e-3, 0.3])
    events = c.search.radiative_yield(heavy) * read_curve("na64e_2019_epsilon").at(heavy) ** 2
    powers = _powers_of_energy()
    cost = float(ratio_limit(Invisible(mass, 1e-3), both).coupling[0] / limit.coupling[0]) - 1.0
    return [
        statement(
            "resonance-dominates",
            "Sec. V",
            "resonance dominates at 250 MeV",
            "dominant",
            f"{ratio:.1f} times the radiation",
            ratio,
            ratio > 1.0,
        ),
        statement(
            "lead-alone-limit",
            "Sec. IV",
            "scintillator left out of the yield; effect on the limit at 250 MeV",
            "negligible",
            f"g_up {100.0 * cost:+.1f} % with its nuclei and electrons",
            cost,
            abs(cost) < 0.01,
        ),
        replace(
            unverifiable(
                "events-at-limit",
                "Eq. (12)",
                "events from radiation at the published limit",
                "2.3",
                "the efficiency common to all channels is not published",
            ),
            recomputed=f"{events[0]:.2f} at 1 MeV and {events[1]:.2f} at 300 MeV before it",
            value=float(events[0]),
        ),
        statement(
            "radiation-smooth",
            "Sec. IV A",
            "radiation depends smoothly on the beam energy",
            "smooth",
            f"as E^{powers[0]:.2f} at 10 MeV and E^{powers[1]:.2f} at 300 MeV above 50 GeV",
            powers[1],
            bool(np.all(np.abs(powers) < 2.0)),
        ),
    ]


def photons(c: Recomputation) -> list[Claim]:
    """Annihilation with a photon, Secs. II and V."""
    model = Vanilla(np.array([0.1, 0.2]), np.full(2, 1e-4))
    rows = []
    for name, where, said, paper, search in (
        (
            "electrons",
            "Sec. II",
            "non-resonant annihilation left out for an electron beam",
            "negligible",
            c.search,
        ),
        (
            "positrons",
            "Sec. V",
            "non-resonant annihilation in the projection for positrons",
            "same procedure",
            c.positrons,
        ),
    ):
        hard = search.nonresonant_yield(model.mass) * radiative_factor(model)
        share = hard / sum(search.signal_yield(model))
        rows.append(
            statement(
                f"nonresonant-{name}",
                where,
                said,
                paper,
                f"{100.0 * share[0]:.1f} % of the other yield at 100 MeV, "
                f"{100.0 * share[1]:.0f} % at 200 MeV",
                float(share[1]),
                bool(share.max() < 0.01),
            )
        )
    electrons, later = rows
    # Of a primary beam of positrons the paper says how it went about it, not that it is right.
    why = f"{UNVERIFIABLE}: whether it was counted there is not said"
    return [electrons, replace(later, verdict=why)]


def _powers_of_energy() -> Real:
    """Exponent of the energy in the radiative cross section, 50 to 100 GeV, 10 and 300 MeV."""
    masses = np.array([0.01, 0.3])
    low, high = (radiative.sigma(energy, masses, LEAD_NUCLEUS) for energy in (50.0, 100.0))
    return np.asarray(np.log2(high / low))
