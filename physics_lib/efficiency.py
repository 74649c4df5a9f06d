"""Downstream signal efficiency η_down(E_F) (Sec. IV B, Fig. 6).

Of electrons and positrons the energy in the calorimeter is cut on, of muons the momentum behind.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from physics_lib.checks import in_range, one_of
from physics_lib.constants import MUON_MASS
from physics_lib.experiment import MUON_BEAMS, Experiment
from physics_lib.materials import Stack, target_of
from physics_lib.shower.muon import mean_loss

Real = NDArray[np.float64]

# Spread over the beam energy that counts as none.
_SHARP = 1e-12


class Efficiency(Protocol):
    """Anything that gives η as a function of the energy E_F carried away [GeV]."""

    def __call__(self, missing_energy: ArrayLike) -> Real:
        """η(E_F), between 0 and 1."""
        ...


@dataclass(frozen=True)
class ThresholdEfficiency:
    """The cut E_ECAL < E_cut folded with the resolution of the calorimeter.

    The calorimeter sees E₀ − E_F on average, with a Gaussian spread σ(E₀ − E_F). Everything that
    does not depend on E_F cancels in the ratio of Eq. (14) and is left out; so are the pre-shower
    and shower-shape cuts, whose effect as E_F → E₀ this form does not describe. With a thin target
    "calorimeter" means whatever measures the electron behind it and the photons beside it.

    Parameters
    ----------
    experiment : Experiment
    """

    experiment: Experiment

    def __call__(self, missing_energy: ArrayLike) -> Real:
        """η(E_F).

        Parameters
        ----------
        missing_energy : array_like
            E_F [GeV], 0 to the beam energy.

        Returns
        -------
        ndarray
            Shape of `missing_energy`.

        Raises
        ------
        ValueError
            For energies out of range.
        """
        beam = self.experiment.energy_GeV
        seen = beam - in_range("missing energy", missing_energy, 0.0, beam, "GeV")
        # The floors stand in for no energy and for no spread, which would divide zero by zero.
        floor = _SHARP * beam
        spread = np.maximum(self.experiment.resolution(np.maximum(seen, floor)), floor)
        result: Real = ndtr((self.experiment.ecal_cut_GeV - seen) / spread)
        return result


@dataclass(frozen=True)
class MissingMomentumEfficiency:
    """The cut p < p_cut on the muon behind the target, folded with the spectrometer's resolution.

    The muon keeps E₀ − E_F less its mean loss in the target, of which the calorimeter sees all;
    its cut lies far above. Muons whose loss is far from the mean, the acceptance and the
    efficiency of trigger and tracking, common factors all, are left out.

    Parameters
    ----------
    experiment : Experiment
        With a muon beam.

    Raises
    ------
    ValueError
        For another beam.
    """

    experiment: Experiment

    def __post_init__(self) -> None:
        """Refuse beams without a spectrometer."""
        one_of("beam", self.experiment.beam, MUON_BEAMS)

    @cached_property
    def _loss(self) -> float:
        """Mean energy [GeV] that a muon of the beam leaves in the target."""
        target = target_of(self.experiment.target)
        return mean_loss(self.experiment.energy_GeV, target) if isinstance(target, Stack) else 0.0

    def __call__(self, missing_energy: ArrayLike) -> Real:
        """η(E_F); arguments, result and errors as for `ThresholdEfficiency`."""
        world = self.experiment
        missing = in_range("missing energy", missing_energy, 0.0, world.energy_GeV, "GeV")
        left = np.maximum(world.energy_GeV - missing - self._loss, MUON_MASS)
        momentum = np.sqrt(left**2 - MUON_MASS**2)
        spread = world.momentum_resolution * np.maximum(momentum, MUON_MASS)
        quiet = ndtr((world.ecal_cut_GeV - self._loss) / world.resolution(self._loss))
        result: Real = quiet * ndtr((world.momentum_cut_GeV - momentum) / spread)
        return result


def efficiency_of(experiment: Experiment) -> Efficiency:
    """Return the analytic efficiency for the beam of an experiment."""
    if experiment.has_muons:
        return MissingMomentumEfficiency(experiment)
    return ThresholdEfficiency(experiment)
