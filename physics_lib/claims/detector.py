"""Claims on the detector, and its efficiency (Secs. III and IV B)."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.stats import poisson

from physics_lib.claims.claim import Claim, number, statement, taken_over, unverifiable
from physics_lib.claims.recomputation import Recomputation
from physics_lib.constants import ELECTRON_MASS
from physics_lib.efficiency import Efficiency
from physics_lib.limits import ratio_limit
from physics_lib.materials import NA64_ECAL
from physics_lib.mixing import mixing
from physics_lib.models import Invisible, Vanilla
from physics_lib.simulated_efficiency import SimulatedEfficiency

Real = NDArray[np.float64]
Complex = NDArray[np.complex128]

_TAKEN_OVER = (
    ("beam", "Sec. III", "electron beam", "100 GeV"),
    ("resolution", "Sec. III", "resolution of the ECAL", "10 %/√E + 4 %"),
    ("layers", "Sec. III", "layers of 1.5 mm lead and 1.5 mm scintillator", "150"),
    ("preshower", "Sec. III", "depth of the pre-shower", "4 X0"),
    ("cells", "Sec. III", "transverse cells of the ECAL (no transverse shower here)", "6×6"),
    ("trigger", "Sec. III", "energy in the ECAL that triggers", "below 80 GeV"),
    ("electrons-on-target", "Sec. III", "electrons on target", "2.84e11"),
    ("signal-region", "Sec. III", "E_ECAL and E_HCAL", "below 50 and 1 GeV"),
    ("track", "Sec. III", "momentum of the track", "(100 ± 3) GeV"),
    ("preshower-cut", "Sec. III", "energy in the pre-shower", "above 0.5 GeV"),
    ("background", "Sec. III", "expected background", "0.53 ± 0.17"),
    ("beam-spot", "Sec. IV A", "beam spot and divergence", "1.5 cm; 0.1 mrad"),
)
_UNVERIFIABLE = (
    ("dipoles", "Sec. III", "magnetic strength", "7 T m", "nothing else given depends on it"),
    (
        "hadrons",
        "Sec. III",
        "hadrons in the beam, suppressed by the synchrotron tag",
        "1 %",
        "needs data of the beam line",
    ),
    (
        "background-origin",
        "Sec. III",
        "background mostly from interactions upstream",
        "mostly",
        "needs the simulation of the beam line",
    ),
    (
        "shower-shape",
        "Sec. III",
        "cuts on the shape of the shower",
        "not given",
        "the thresholds are not published",
    ),
)


def setup(c: Recomputation) -> list[Claim]:
    """Sec. III: the detector and what it saw."""
    depth = NA64_ECAL.radiation_lengths
    leaked = 1.0 - float(c.shower.deposit.sum()) / c.experiment.energy_GeV
    nothing = float(poisson.pmf(0, c.experiment.background))
    return [
        number("ecal-depth", "Sec. III", "depth of the ECAL in X0", 40, depth, 1.0),
        statement(
            "full-energy",
            "Sec. III",
            "most electrons leave all their energy in the ECAL",
            "full",
            f"particles above 0.5 GeV leave with {leaked:.0e} of it",
            leaked,
            leaked < 1e-3,
        ),
        statement(
            "nothing-seen",
            "Sec. III",
            "no event is compatible with 0.53 ± 0.17 expected",
            "compatible",
            f"probability {nothing:.2f}",
            nothing,
            nothing > 0.05,
        ),
        *(taken_over(*row) for row in _TAKEN_OVER),
        *(unverifiable(*row) for row in _UNVERIFIABLE),
    ]


@dataclass(frozen=True)
class _Scaled:
    """An efficiency times a constant, such as that of the trackers."""

    efficiency: Efficiency
    factor: float

    def __call__(self, missing_energy: ArrayLike) -> Real:
        """The factor times η(E_F)."""
        return self.factor * self.efficiency(missing_energy)


@dataclass(frozen=True)
class _OnShell(Invisible):
    """The invisible Z′ with Π(q²) replaced by Π(m²)."""

    def electron_coupling(self, q2: ArrayLike) -> Complex:
        """Π(m²), whatever q² is."""
        same = np.asarray(self.coupling) * mixing(np.square(self.mass))
        return np.broadcast_to(same, np.broadcast_shapes(np.shape(q2), np.shape(same)))


def efficiency(c: Recomputation) -> list[Claim]:
    """The efficiency behind the ECAL, Sec. IV B."""
    eta, cut = c.search.efficiency, c.experiment.ecal_cut_GeV
    ten, ninety = (
        float(brentq(lambda e, level=level: float(eta(e)) - level, 30.0, 70.0))
        for level in (0.1, 0.9)
    )
    crossing = 1e3 * float(np.sqrt(2.0 * ELECTRON_MASS * cut))
    model = Invisible(np.array([0.03, 0.25]), 1e-3)
    common = replace(c.search, efficiency=_Scaled(eta, 0.5))
    change = ratio_limit(model, common).coupling / ratio_limit(model, c.search).coupling - 1.0
    cancels = float(np.abs(change).max())
    on_shell = _on_shell_efficiency(c)
    return [
        number("edge-mass", "Sec. IV B", "√(2 m_e 50 GeV) in MeV", 225, crossing, 0.5),
        statement(
            "edge-smooth",
            "Fig. 6",
            "smooth transition at 50 GeV",
            "smooth",
            f"half at {cut:g} GeV; from 10 to 90 % within {ninety - ten:.1f} GeV",
            ninety - ten,
            abs(float(eta(cut)) - 0.5) < 1e-6,
        ),
        statement(
            "factors-cancel",
            "Sec. IV",
            "efficiencies common to all channels cancel",
            "cancel",
            "g_up does not change if half of the signal is lost",
            cancels,
            cancels < 1e-4,
        ),
        statement(
            "on-shell-efficiency",
            "Sec. IV B",
            "Π(m²) in place of Π(q²) does not affect the efficiency",
            "not significantly",
            f"mean η of the resonance changes by {100.0 * on_shell:.1f} % at most",
            on_shell,
            on_shell < 0.05,
        ),
    ]


def _on_shell_efficiency(c: Recomputation) -> float:
    """Largest relative change of the resonance's mean η, 225 to 300 MeV, α_D = 0.1."""
    mass = np.array([0.225, 0.25, 0.275, 0.3])
    coupling = np.exp(np.interp(mass, c.mass, np.log(c.invisible.coupling)))
    blind = replace(
        c.search, efficiency=_Scaled(lambda e: 1.0 * (e >= c.search.lowest_energy), 1.0)
    )
    means = [
        c.search.resonant_yield(model) / blind.resonant_yield(model)
        for model in (kind(mass, coupling) for kind in (Invisible, _OnShell))
    ]
    return float(np.abs(means[1] / means[0] - 1.0).max())


def universal(c: Recomputation) -> list[Claim]:
    """One efficiency for all channels, Secs. IV B and V: from simulated signal showers."""
    light, heavy, resonant = (c.selections[name] for name in ("light", "heavy", "resonant"))
    beam = c.experiment.energy_GeV
    window = [beam - 16.0, beam - 2.8]
    (first, first_error), (second, second_error) = (
        one.share(one.others, window) for one in (light, heavy)
    )
    apart = float(first[0] - second[0])
    error = float(np.hypot(first_error, second_error)[0])
    change = _one_for_all(c)
    kept = resonant.acceptance()[0]
    return [
        statement(
            "eta-universal",
            "Fig. 6",
            "η of all channels and masses compatible at fixed E_F",
            "within errors",
            f"3 MeV passes more often than 300 MeV by {apart:.3f} ± {error:.3f}"
            f" at {window[0]:.0f} to {window[1]:.0f} GeV",
            apart,
            abs(apart) < 0.1,
            f"within {100.0 * abs(apart):.0f} %",
        ),
        statement(
            "eta-one-for-all",
            "Sec. V",
            "one η for all channels; effect on the limit at 250 MeV",
            "within 1 %",
            f"g_up {100.0 * change:+.1f} % with one for each; "
            f"{100.0 * kept:.1f} % of the resonance pass all cuts",
            change,
            abs(change) < 0.01,
        ),
    ]


def _one_for_all(c: Recomputation) -> float:
    """Relative change of g_up at 250 MeV if every channel has its own simulated η."""
    common, radiated, annihilated = (
        SimulatedEfficiency.of(samples, c.experiment)
        for samples in (
            tuple(c.selections.values()),
            (c.selections["heavy"],),
            (c.selections["resonant"],),
        )
    )
    model = Vanilla(np.array([0.25]), 1e-3)
    each = replace(c.search, efficiency=radiated, annihilation_efficiency=annihilated)
    one = replace(c.search, efficiency=common)
    ratio = ratio_limit(model, each).coupling / ratio_limit(model, one).coupling
    return float(ratio[0]) - 1.0
