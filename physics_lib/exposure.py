"""An exposure: what was shot at, how far the shower's leptons went, and what would be seen."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from physics_lib.checks import in_range, one_of
from physics_lib.efficiency import Efficiency, efficiency_of
from physics_lib.experiment import Experiment
from physics_lib.materials import MATERIALS, NA64_ECAL, Element, Stack, target_of
from physics_lib.production import radiative
from physics_lib.shower.beam import beam_track_length
from physics_lib.shower.muon import mean_loss
from physics_lib.shower.track_length import TrackLength

Real = NDArray[np.float64]

_LOWEST_EFFICIENCY = 1e-7
# More than this below the track length would be events that are lost without a word.
_LOST_EFFICIENCY = 0.01


@dataclass(frozen=True, eq=False)
class Exposure:
    """An experiment with the track length and the efficiency that its yields need.

    Attributes
    ----------
    experiment : Experiment
    track_length : TrackLength
        With a row for each of `materials`, from the energy where η vanishes to the beam energy.
    efficiency : Efficiency
        η(E_F)
    materials : tuple of str
        Materials whose nuclei and electrons count. In the calorimeter of NA64-e the paper's
        choice is lead alone; in another target all that it is made of, if set up by `of`.
    """

    experiment: Experiment
    track_length: TrackLength
    efficiency: Efficiency
    materials: tuple[str, ...] = ("lead",)

    @classmethod
    def of(
        cls,
        experiment: Experiment,
        pivots: int = 100,
        efficiency: Efficiency | None = None,
    ) -> Self:
        """Set up with the track length in the experiment's target, from where η vanishes.

        Parameters
        ----------
        experiment : Experiment
        pivots : int
            Energies of the cascade's grid.
        efficiency : Efficiency, optional
            By default the analytic one of the experiment.

        Raises
        ------
        ValueError
            If muons of the beam lose more than half of their energy in the target, or if nothing
            can be seen.
        """
        target = target_of(experiment.target)
        if experiment.has_muons and isinstance(target, Stack):
            loss = mean_loss(experiment.energy_GeV, target)
            in_range("target: mean loss", loss, 0.0, 0.5 * experiment.energy_GeV, "GeV")
        efficiency = efficiency_of(experiment) if efficiency is None else efficiency
        beam = experiment.energy_GeV
        threshold = min(_lowest_energy(efficiency, beam), 0.5 * beam)
        lengths = beam_track_length(experiment, threshold, pivots)
        materials = ("lead",) if target is NA64_ECAL else lengths.materials
        return cls(experiment, lengths, efficiency, materials)

    def __post_init__(self) -> None:
        """Check that the track length is that of the experiment, and long enough."""
        for material in self.materials:
            one_of("material", material, self.track_length.materials)
        beam, energy = self.experiment.beam, self.experiment.energy_GeV
        shot, first = (
            (self.track_length.beam, self.track_length.energy),
            self.track_length.edges[0],
        )
        if shot != (beam, energy):
            raise ValueError(
                f"experiment: {beam} of {energy:g} GeV, but the track length is that of {shot[0]} "
                f"of {shot[1]:g} GeV: to be set up with `of`"
            )
        below = 0.99 * float(first)
        seen = float(_checked(self.efficiency, np.array([below]))[0])
        # Leptons of less energy than that never count.
        if seen > _LOST_EFFICIENCY and below > radiative.ENERGY_RANGE[0]:
            raise ValueError(
                f"efficiency at {below:g} GeV: more than {_LOST_EFFICIENCY:g}, but the track "
                f"length begins at {first:g} GeV: to be set up with `of(…, efficiency=…)`"
            )

    @cached_property
    def lowest_energy(self) -> float:
        """Energy [GeV] below which nothing is seen: η or the track length ends."""
        lowest = _lowest_energy(self.efficiency, self.experiment.energy_GeV)
        return max(lowest, float(self.track_length.edges[0]))

    @property
    def radiators(self) -> tuple[tuple[str, Element, float], ...]:
        """Material, element and nuclei per cm³ times particles on target, N_EOT n [cm⁻³]."""
        return tuple(
            (name, element, self.experiment.particles_on_target * density)
            for name in self.materials
            for element, density in MATERIALS[name].atoms_per_cm3
        )

    def weighted_track_length(self, material: str) -> tuple[Real, Real]:
        """Energies [GeV] and T_− + T_+ integrated over each bin [cm] in a material."""
        lengths, row = self.track_length, self.track_length.row(material)
        total = (lengths.minus[row] + lengths.plus[row]) * np.diff(lengths.edges)
        seen = lengths.centres > self.lowest_energy
        return lengths.centres[seen], total[seen]


def _checked(efficiency: Efficiency, energies: Real) -> Real:
    """η at some energies; ValueError if it is no array of numbers of that shape, from 0 on."""
    values = np.asarray(efficiency(energies), dtype=np.float64)
    if values.shape != energies.shape:
        raise ValueError(
            f"efficiency: shape {values.shape} for energies of shape {energies.shape}"
        )
    return in_range("efficiency", values, 0.0, np.inf, open_high=True)


def _lowest_energy(efficiency: Efficiency, beam: float) -> float:
    """Energy [GeV] below which the efficiency is less than 1e-7, or no lepton radiates.

    Raises ValueError if that is the beam energy.
    """
    energies = np.linspace(0.0, beam, 1001)
    seen = energies[_checked(efficiency, energies) > _LOWEST_EFFICIENCY]
    if not np.any(seen < beam):
        raise ValueError(f"nothing is seen below {beam:g} GeV: a larger cut is needed")
    return max(float(seen[0]), radiative.ENERGY_RANGE[0])
