"""Downstream signal efficiency η_down(E_F) of the missing-energy search (Sec. IV B, Fig. 6)."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from physics_lib.checks import in_range
from physics_lib.experiment import Experiment

Real = NDArray[np.float64]


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
    and shower-shape cuts, whose effect as E_F → E₀ this form does not describe.

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
        spread = self.experiment.resolution(np.maximum(seen, np.finfo(float).tiny))
        result: Real = ndtr((self.experiment.ecal_cut_GeV - seen) / spread)
        return result
