"""What several claims need, each computed once and only if it is asked for."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from physics_lib.experiment import Experiment, load_experiment
from physics_lib.limits import Limit, absolute_limit, ratio_limit
from physics_lib.materials import LEAD, NA64_ECAL, Stack
from physics_lib.mixing import mixing
from physics_lib.models import Invisible, Vanilla
from physics_lib.production.emission import annihilation, radiation
from physics_lib.production.resonant import resonant_energy
from physics_lib.shower.cascade import track_length
from physics_lib.shower.montecarlo import simulate
from physics_lib.shower.track_length import TrackLength
from physics_lib.simulated_efficiency import Selection, signal_events
from physics_lib.uncertainty import counted_by_geant4
from physics_lib.yields import Search

Real = NDArray[np.float64]

STEP_EDGES = np.array([1.0, 50.0, 80.0, 95.0, 99.5, 99.9, 99.98, 99.998, 100.0])
"""Bins [GeV] of the test of the step length, ever narrower towards the beam energy."""

_SHOWERS = 10_000
_SIGNAL_SHOWERS = 8000
_THIN = 0.01  # X₀


@dataclass(frozen=True)
class Steps:
    """Track lengths in lead with steps of at most 0.5 mm over those with steps to the boundary.

    Attributes
    ----------
    minus : ndarray, shape (bins,)
        Ratio of T_− in the bins of `STEP_EDGES`.
    plus : ndarray, shape (3,)
        Ratio of T_+ up to 95 GeV, above which positrons are too rare.
    total : float
        Ratio of the integral of both.
    """

    minus: Real
    plus: Real
    total: float


@dataclass(frozen=True)
class Recomputation:
    """The analysis of the paper, from the loop to the limits.

    Parameters
    ----------
    points : int
        Masses from 1 to 600 MeV, evenly spaced in the logarithm.
    """

    points: int = 240

    @cached_property
    def mass(self) -> Real:
        """m_Z′ [GeV] of the limits."""
        return np.geomspace(1e-3, 0.6, self.points)

    @cached_property
    def experiment(self) -> Experiment:
        """The data of 2016–2018."""
        return load_experiment("na64e-2018")

    @cached_property
    def search(self) -> Search:
        """The data with their track length and efficiency."""
        return Search.of(self.experiment)

    @cached_property
    def electrons(self) -> Search:
        """1e13 electrons in the same shower."""
        more = load_experiment("na64e-1e13")
        return replace(self.search, experiment=more)

    @cached_property
    def positrons(self) -> Search:
        """1e13 positrons."""
        return Search.of(load_experiment("na64e-positron-1e13"))

    @cached_property
    def vanilla(self) -> Limit:
        """Limit on the Z′ alone."""
        return ratio_limit(Vanilla(self.mass, 1e-3), self.search)

    @cached_property
    def invisible(self) -> Limit:
        """Limit with α_D = 0.1."""
        return ratio_limit(Invisible(self.mass, 1e-3, alpha_d=0.1), self.search)

    @cached_property
    def weaker(self) -> Limit:
        """Limit with α_D = 0.02."""
        return ratio_limit(Invisible(self.mass, 1e-3, alpha_d=0.02), self.search)

    @cached_property
    def projections(self) -> tuple[Limit, Limit, Limit]:
        """Limits for the data, 1e13 electrons and 1e13 positrons, α_D = 0.1.

        At 10, 250 and 300 MeV.
        """
        model = Invisible(np.array([0.01, 0.25, 0.3]), 1e-3)
        now = ratio_limit(model, self.search)
        electrons = ratio_limit(model, self.electrons, self.search)
        return now, electrons, ratio_limit(model, self.positrons, self.search)

    @cached_property
    def muons(self) -> Limit:
        """Projection of NA64-μ for the Z′ alone."""
        return absolute_limit(Vanilla(self.mass, 1e-3), Search.of(load_experiment("na64mu-1e11")))

    @cached_property
    def selections(self) -> dict[str, Selection]:
        """Signal showers: radiation of 3 and 300 MeV, resonance at 250 MeV, with all cuts."""
        beam = self.experiment.energy_GeV
        place = float(resonant_energy(0.25))
        emissions = {
            "light": (radiation(0.003, beam), _SIGNAL_SHOWERS),
            "heavy": (radiation(0.3, beam), _SIGNAL_SHOWERS),
            "resonant": (annihilation(beam, 0.95 * place, 1.05 * place), 10 * _SIGNAL_SHOWERS),
        }
        return {
            name: Selection.of(
                signal_events(self.experiment, emission, showers, 1), self.experiment
            )
            for name, (emission, showers) in emissions.items()
        }

    @cached_property
    def modulus(self) -> tuple[Real, Real]:
        """q² [GeV²] from 0 to 1 and ``|Π(q²)|/g``."""
        q2 = np.linspace(0.0, 1.0, 100_001)
        return q2, np.abs(mixing(q2))

    @cached_property
    def shower(self) -> TrackLength:
        """T_±(E) in the ECAL in the bins of Fig. 5, 0.5 GeV wide, from 0.5 GeV."""
        edges = np.linspace(0.5, 100.0, 200)
        return track_length("e-", 100.0, NA64_ECAL, threshold=0.5, edges=edges)

    @cached_property
    def thin_target(self) -> Search:
        """The same search with a lead foil of 0.01 X₀ as target."""
        foil = Stack("foil", ((LEAD, _THIN * LEAD.radiation_length),), 1)
        lengths = track_length("e-", 100.0, foil, threshold=10.0)
        return replace(self.search, track_length=lengths)

    def steps(self, sampling: str) -> Steps:
        """Effect of the step length if a step counts with its beginning or its mean energy.

        Parameters
        ----------
        sampling : {"pre", "mid"}
            As for `simulate`.
        """
        long, short = (
            simulate(
                "e-",
                100.0,
                NA64_ECAL,
                _SHOWERS,
                seed=2,
                threshold=1.0,
                edges=STEP_EDGES,
                sampling=sampling,
                step_length=step,
                photon_share=1e-3,
            )
            for step in (np.inf, 0.05)
        )
        path = [float((run.minus[0] + run.plus[0]) @ np.diff(STEP_EDGES)) for run in (short, long)]
        return Steps(
            short.minus[0] / long.minus[0], short.plus[0, :3] / long.plus[0, :3], path[0] / path[1]
        )

    @cached_property
    def step_at_beginning(self) -> Steps:
        """Effect of the step length, energies at the beginning of a step."""
        return self.steps("pre")

    @cached_property
    def step_at_mean(self) -> Steps:
        """Effect of the step length, mean of the energies at both ends."""
        return self.steps("mid")

    def counted_by_geant4(self, sampling: str) -> Search:
        """The search with the track lengths of GEANT4, counted in one of the two ways."""
        return counted_by_geant4(self.search, sampling)
