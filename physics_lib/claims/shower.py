"""Claims on the shower in the two materials and on the length of the steps (Sec. IV A)."""

import numpy as np

from physics_lib.claims.claim import Claim, formula, statement
from physics_lib.claims.recomputation import Recomputation
from physics_lib.limits import ratio_limit
from physics_lib.materials import LEAD, NA64_ECAL, SCINTILLATOR, Element, Material
from physics_lib.models import Invisible
from physics_lib.production import radiative
from physics_lib.production.form_factor import LEAD_NUCLEUS, Nucleus


def materials(c: Recomputation) -> list[Claim]:
    """Lead against scintillator, Secs. II, IV and IV A."""
    shower = c.shower
    lead, plastic = shower.row("lead"), shower.row("scintillator")
    minus, plus = (rows[lead] / rows[plastic] - 1.0 for rows in (shower.minus, shower.plus))
    spread = float(np.abs(minus[(shower.centres > 1.0) & (shower.centres < 80.0)]).max())
    plus_spread = float(np.abs(plus[(shower.centres > 1.0) & (shower.centres < 90.0)]).max())
    last = float(minus[-1]) + 1.0
    wide = (
        shower.integral("lead", 95.0, 100.0)[0] / shower.integral("scintillator", 95.0, 100.0)[0]
    )
    share = _radiators(SCINTILLATOR) / _radiators(LEAD)
    power = _power_of_charge()
    return [
        statement(
            "electrons-alike",
            "Sec. IV A",
            "T- the same in lead and scintillator, 1 to 80 GeV",
            "almost identical",
            f"within {100.0 * spread:.1f} %",
            spread,
            spread < 0.05,
        ),
        statement(
            "positrons-alike",
            "Fig. 5",
            "T+ the same in lead and scintillator, 1 to 90 GeV",
            "almost identical",
            f"within {100.0 * plus_spread:.2f} %",
            plus_spread,
            plus_spread < 0.01,
        ),
        statement(
            "lead-first",
            "Sec. IV A",
            "T- in lead about twice that in scintillator at high energy",
            "about 2",
            f"{wide:.2f} above 95 GeV; {last:.2f} above 99.5 GeV",
            last,
            wide < 2.0 < last,
            "for the last half GeV",
        ),
        statement(
            "lead-alone",
            "Sec. IV",
            "scintillator's nuclei negligible beside lead's",
            "negligible",
            f"{100.0 * share:.2f} % of Z² per cm³",
            share,
            share < 0.02,
        ),
        statement(
            "quadratic-charge",
            "Sec. II",
            "radiation grows quadratically with Z (footnote 1)",
            "Z²",
            f"Z^{power:.2f} between tungsten and lead at 10 MeV",
            power,
            abs(power - 2.0) < 0.1,
        ),
    ]


def _radiators(material: Material) -> float:
    """Nuclei per cm³ weighted with Z²."""
    return sum(density * element.atomic_number**2 for element, density in material.atoms_per_cm3)


def _power_of_charge() -> float:
    """Exponent of Z in the radiative cross section between tungsten and lead, 10 MeV."""
    tungsten = Nucleus.of(Element("W", 74, 183.84))
    ratio = radiative.sigma(100.0, 0.01, LEAD_NUCLEUS) / radiative.sigma(100.0, 0.01, tungsten)
    return float(np.log(ratio) / np.log(82.0 / 74.0))


def steps(c: Recomputation) -> list[Claim]:
    """T_− and the length of the steps, Sec. IV A."""
    first, mean = c.step_at_beginning, c.step_at_mean
    low = float(max(np.abs(run.minus[:2] - 1.0).max() for run in (first, mean)))
    middle = float(max(run.minus[2:4].max() for run in (first, mean))) - 1.0
    drop = 1.0 - float(mean.minus[2:4].min())
    top = float(max(run.minus[4:].max() for run in (first, mean)))
    return [
        statement(
            "steps-below-80",
            "Sec. IV A",
            "T- does not depend on the step length up to 80 GeV",
            "almost equivalent",
            f"within {100.0 * low:.1f} %",
            low,
            low < 0.03,
        ),
        statement(
            "steps-80-to-99",
            "Sec. IV A",
            "short steps give up to 20 % more T- between 80 and 99.5 GeV",
            "+20 %",
            f"{100.0 * middle:+.1f} % at most; {-100.0 * drop:+.0f} % with the mean of both ends",
            middle,
            middle > 0.1,
        ),
        statement(
            "steps-above-99",
            "Sec. IV A",
            "short steps give up to 5 times more T- above 99.5 GeV",
            "factor 5",
            f"up to {first.minus[4:].max():.1f}, or {top:.1f} with the mean of both ends "
            "(bins of 2 MeV and more)",
            top,
            top > 4.0,
        ),
    ]


def harmless_steps(c: Recomputation) -> list[Claim]:
    """What the length of the steps leaves alone, Sec. IV A."""
    plus = float(np.abs(c.step_at_beginning.plus - 1.0).max())
    total = c.step_at_beginning.total - 1.0
    cost = _cost_of_counting(c)
    return [
        statement(
            "steps-positrons",
            "Sec. IV A",
            "T+ does not depend on the step length",
            "no significant variation",
            f"within {100.0 * plus:.1f} % up to 95 GeV",
            plus,
            plus < 0.05,
        ),
        statement(
            "steps-normalisation",
            "Sec. IV A",
            "the step length leaves the integral of T unchanged",
            "equivalent",
            f"{100.0 * total:+.2f} %",
            total,
            abs(total) < 0.01,
        ),
        statement(
            "steps-harmless",
            "Sec. IV A",
            "the nominal track length may be used",
            "justified",
            f"counted the other way g_up moves by {100.0 * cost:.1f} % at most, 100 to 270 MeV",
            cost,
            cost < 0.05,
        ),
    ]


def _cost_of_counting(c: Recomputation) -> float:
    """Largest relative change of g_up between the two ways in which GEANT4 counted."""
    model = Invisible(np.array([0.1, 0.23, 0.25, 0.27]), 1e-3)
    limits = [
        ratio_limit(model, one, one).coupling
        for one in (c.counted_by_geant4(way) for way in ("pre", "mid"))
    ]
    return float(np.abs(limits[1] / limits[0] - 1.0).max())


def thickness(c: Recomputation) -> list[Claim]:
    """Thin and thick targets, Sec. II."""
    model = Invisible(np.array([0.25]), 1e-3)
    thin, thick = (
        float(annihilated[0] / radiated[0])
        for radiated, annihilated in (
            search.signal_yield(model) for search in (c.thin_target, c.search)
        )
    )
    return [
        statement(
            "thin-target",
            "Eq. (10)",
            "radiation alone contributes in a thin target",
            "alone",
            f"resonance over radiation at 250 MeV: {thin:.1e} at 0.01 X0; {thick:.1f} in the ECAL",
            thin,
            thin < 0.01,
        ),
        formula(
            "thick-target",
            "Sec. II",
            "target of t ≫ X0 before Eq. (11)",
            "thin",
            f"thick: {NA64_ECAL.radiation_lengths:.1f} X0",
            NA64_ECAL.radiation_lengths,
        ),
    ]
