"""Claims on the limits and what is compared with them (abstract, Secs. IV to VI)."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from physics_lib.claims.claim import Claim, number, statement, taken_over, unverifiable
from physics_lib.claims.recomputation import Recomputation
from physics_lib.constraints import g_minus_2_band
from physics_lib.data import read_curve
from physics_lib.limits import Limit
from physics_lib.mixing import mixing
from physics_lib.statistics import upper_limit

Real = NDArray[np.float64]

_UNVERIFIABLE = (
    (
        "borexino-discrepancy",
        "Sec. V",
        "30 % discrepancy in the Borexino limit",
        "30 %",
        "a statement of Ref. [35] on another analysis",
    ),
    (
        "reanalyses",
        "Sec. V",
        "re-analyses leave out details such as the energy resolution",
        "with a grain of salt",
        "needs the data of CCFR and Borexino",
    ),
    (
        "first-direct",
        "Sec. VI",
        "first direct search that reaches the g-2 band at 1 MeV",
        "first",
        "a statement on other experiments",
    ),
    (
        "figures-as-numbers",
        "Figs. 2 to 8",
        "the curves",
        "pictures",
        "their numbers are not published",
    ),
)


def counts(c: Recomputation) -> list[Claim]:
    """Excluded number of events, Sec. IV."""
    seen = c.experiment.observed, c.experiment.background, c.experiment.background_error
    modified, unified = (upper_limit(*seen, method) for method in ("cls", "feldman-cousins"))
    change = float(np.sqrt(unified / modified)) - 1.0
    return [
        number("n-up", "Sec. IV", "events excluded at 90 % C.L.", 2.3, modified, 0.05),
        statement(
            "n-up-background",
            "Sec. IV",
            "N_up differs slightly with the background taken into account",
            "slightly",
            f"{unified:.2f} by Feldman and Cousins: {100.0 * change:+.0f} % in g",
            unified,
            abs(change) < 0.1,
        ),
    ]


def iteration(c: Recomputation) -> list[Claim]:
    """Convergence of Eq. (14)."""
    # Row 1 of the history is the ansatz of the paper, row 3 its second iteration.
    away = np.abs(c.invisible.history[3] / c.invisible.coupling - 1.0)
    plain = float(np.abs(c.vanilla.history[3] / c.vanilla.coupling - 1.0).max())
    low = float(away[c.mass < 0.3].max())
    worst = int(away.argmax())
    return [
        statement(
            "two-iterations-vanilla",
            "Sec. IV",
            "two iterations suffice in the vanilla model",
            "converged",
            f"within {plain:.0e}",
            plain,
            plain < 0.01,
        ),
        statement(
            "two-iterations",
            "Sec. IV",
            "two iterations suffice in the invisible scenario below 300 MeV",
            "converged",
            f"within {low:.0e}",
            low,
            low < 0.01,
        ),
        statement(
            "two-iterations-heavy",
            "Sec. IV",
            "two iterations suffice in the invisible scenario up to 600 MeV",
            "converged",
            f"within {100.0 * away[worst]:.1f} % at {1e3 * c.mass[worst]:.0f} MeV",
            float(away[worst]),
            away[worst] < 0.01,
        ),
    ]


def limits(c: Recomputation) -> list[Claim]:
    """The limits against a dark photon's and the g-2 band, abstract and Fig. 7."""
    mass, limit = c.mass, c.vanilla.coupling
    band = limit / g_minus_2_band(mass)[1]
    touch, most, least = (
        1e3 * float(mass[scale * band < 1.0].max(initial=0.0)) for scale in (1.0, 0.97, 1.03)
    )
    closest = float(band[mass > 1.5e-3].min())
    simple = float(read_curve("na64e_2019_epsilon").at(0.01)) / float(np.abs(mixing(0.0)))
    direct = float(np.exp(np.interp(0.01, mass, np.log(limit)))) / simple
    return [
        taken_over("confidence", "Sec. V", "confidence level of the limits", "90 %"),
        taken_over("mass-ratio", "Sec. V", "mass of the Z' over that of χ", "3"),
        statement(
            "dark-photon",
            "Sec. II",
            "a light Z' is a dark photon of ε = Π(0)",
            "ε = 0.0144 g",
            f"g_up is {direct:.4f} of ε_up/|Π(0)/g| at 10 MeV",
            direct,
            abs(direct - 1.0) < 0.01,
        ),
        statement(
            "touches-band",
            "Abstract",
            "limit touches the g-2 band at about 1 MeV",
            "about 1 MeV",
            f"inside below {touch:.2f} MeV ({least:.2f} to {most:.2f} for 3 % of ε_up)",
            touch,
            0.8 < touch < 1.5,
        ),
        statement(
            "touches-nowhere-else",
            "Fig. 7",
            "limit stays above the g-2 band at higher masses",
            "above",
            f"{closest:.2f} times its upper edge at least above 1.5 MeV",
            closest,
            closest > 1.0,
        ),
    ]


def neutrinos(c: Recomputation) -> list[Claim]:
    """The limit against neutrino experiments, abstract."""
    inside, low, high = _over_neutrinos(c.vanilla)
    trident = float(c.vanilla.coupling[0] / read_curve("ccfr_trident").at(c.mass[0]))
    return [
        statement(
            "neutrino-region",
            "Abstract",
            "limit lies inside the region excluded by neutrino experiments",
            "inside",
            f"{inside:.2f} times their limit at least from {low:.1f} to {high:.0f} MeV",
            inside,
            inside > 1.0,
        ),
        replace(
            unverifiable(
                "neutrino-region-1-mev",
                "Abstract",
                "the same at 1 MeV",
                "inside",
                "the stored Borexino curve begins at 2.1 MeV",
            ),
            recomputed=f"{trident:.2f} times the limit of CCFR",
            value=trident,
        ),
    ]


def _over_neutrinos(limit: Limit) -> tuple[float, float, float]:
    """Smallest ratio to the best of CCFR and Borexino, and the masses [MeV] it is taken over."""
    curves = [read_curve(name) for name in ("ccfr_trident", "borexino_be7")]
    low = max(curve.valid_range_GeV[0] for curve in curves)
    high = max(curve.valid_range_GeV[1] for curve in curves)
    seen = (limit.mass >= low) & (limit.mass <= high)
    mass, best = limit.mass[seen], np.full(np.count_nonzero(seen), np.inf)
    for curve in curves:
        known = (mass >= curve.valid_range_GeV[0]) & (mass <= curve.valid_range_GeV[1])
        best[known] = np.minimum(best[known], curve.at(mass[known]))
    return float((limit.coupling[seen] / best).min()), 1e3 * low, 1e3 * high


def projections(c: Recomputation) -> list[Claim]:
    """Future runs, Sec. V."""
    now, electrons, positrons = c.projections
    more = c.electrons.experiment.particles_on_target / c.experiment.particles_on_target
    light = float(now.coupling[0] / electrons.coupling[0] / np.sqrt(more))
    gain = electrons.coupling / positrons.coupling
    light_mass = c.mass < 0.15
    lower, _ = g_minus_2_band(c.mass[light_mass])
    reach = float(np.max(c.muons.coupling[light_mass] / lower))
    return [
        statement(
            "projection-electrons",
            "Sec. V",
            "1e13 electrons explore a larger region",
            "larger",
            f"limit on g lower by {light * np.sqrt(more):.2f} at 10 MeV: "
            f"{light:.4f} times the root of the number",
            light,
            abs(light - 1.0) < 0.01,
        ),
        statement(
            "projection-positrons",
            "Sec. VI",
            "annihilation plays a significant role with positrons",
            "significant",
            f"g {gain[1]:.1f} times lower at 250 MeV and {gain[2]:.1f} times at 300 MeV",
            float(gain[2]),
            gain[2] > 2.0,
        ),
        statement(
            "muon-reach",
            "Fig. 7",
            "NA64-μ reaches below the g-2 band, 1 to 150 MeV",
            "below",
            f"at most {reach:.2f} of its lower edge, no efficiency but the cut",
            reach,
            reach < 1.0,
            f"for efficiencies above {100.0 * reach**2:.0f} %",
        ),
        taken_over("projection-runs", "Sec. V", "particles on target", "1e13; no background"),
        taken_over("muon-run", "Sec. V", "beam of NA64-μ", "1e11 muons of 160 GeV"),
        *(unverifiable(*row) for row in _UNVERIFIABLE),
    ]
