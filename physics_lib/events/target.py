"""Signal events in a thick target: energy, charge and depth of the lepton from its track length.

N = N_EOT n [∫dE T_±(E) σ_rad + Z ∫dE T_+(E) σ_res], Eq. (11) without the efficiency; `events`
says how the mediator decays.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from physics_lib.checks import one_of
from physics_lib.constants import CM2_IN_PB, ELECTRON_MASS
from physics_lib.events.decays import decay
from physics_lib.events.momenta import along_beam
from physics_lib.events.resonance import ResonantSampler
from physics_lib.events.sample import (
    MEDIATOR_ID,
    PARTICLES,
    Events,
    check_size,
    nucleus_id,
    overweight_share,
    particle_columns,
    radiation_columns,
)
from physics_lib.events.sampler import Sampler, random_state
from physics_lib.experiment import Experiment
from physics_lib.materials import LEAD, NA64_ECAL, Material, Stack, target_of
from physics_lib.models import Model, invisible_branching
from physics_lib.production import radiative
from physics_lib.production.form_factor import LEAD_NUCLEUS
from physics_lib.production.positrons import with_cusp
from physics_lib.shower.cascade import energy_pivots, track_length
from physics_lib.shower.depth import PlatePaths, plate_paths
from physics_lib.shower.track_length import TrackLength

Real = NDArray[np.float64]
Whole = NDArray[np.int64]

PROCESSES = ("radiative", "resonant", "both")
"""What may produce the mediator; ``both`` mixes them as they occur."""

_RESONANCE_CELLS = 800
# Parts into which bins of the track length are cut, so that energies have no steps.
_PARTS = 4


@dataclass(frozen=True, eq=False)
class ThickTarget:
    """The shower of a beam in a target with lead, in which leptons radiate or annihilate.

    Attributes
    ----------
    particles : float
        Particles on target.
    lengths : TrackLength
        T_±(E) with a row for lead; its lowest edge is the lowest energy of the leptons.
    plates : PlatePaths
        The same by depth.
    """

    particles: float
    lengths: TrackLength
    plates: PlatePaths

    @classmethod
    def of(
        cls,
        experiment: Experiment,
        threshold: float = 1.0,
        lengths: TrackLength | None = None,
        pivots: int = 100,
    ) -> "ThickTarget":
        """Shower of an experiment with an electron or positron beam.

        Parameters
        ----------
        experiment : Experiment
            With a target of lead alone, or ``na64-ecal``, of which by the paper's choice only the
            lead counts.
        threshold : float
            Lowest energy of the leptons [GeV].
        lengths : TrackLength, optional
            The track length if it is known already; then its lowest edge is the threshold.
        pivots : int
            Pivots of the cascade.

        Raises
        ------
        ValueError
            For a beam that makes no shower, another target, or a threshold out of range.
        """
        one_of("beam", experiment.beam, ("e-", "e+"))
        _refuse_other_materials(target_of(experiment.target))
        target, beam = target_of(experiment.target), experiment.energy_GeV
        if lengths is None:
            lengths = track_length(experiment.beam, beam, target, threshold, pivots=pivots)
        lowest, width = float(lengths.edges[0]), np.diff(lengths.edges)[:, None]
        finer = lengths.edges[:-1, None] + width * np.arange(_PARTS) / _PARTS
        lengths = lengths.rebinned(np.concatenate((finer.ravel(), lengths.edges[-1:])))
        plates = plate_paths(experiment.beam, beam, target, lowest, pivots)
        return cls(experiment.particles_on_target, lengths, plates)

    @property
    def paths(self) -> tuple[Real, Real]:
        """∫T_− dE and ∫T_+ dE over each bin [cm], in lead."""
        row, width = self.lengths.row(LEAD.name), np.diff(self.lengths.edges)
        return self.lengths.minus[row] * width, self.lengths.plus[row] * width

    @property
    def positrons(self) -> tuple[Real, Real]:
        """Energies [GeV], the cusp of Π among them, and T_+ at them [cm/GeV], in lead."""
        low, high = (float(edge) for edge in self.lengths.edges[[0, -1]])
        energies = with_cusp(energy_pivots(high, low, _RESONANCE_CELLS))
        return energies, self.lengths.density(energies, LEAD.name)[1]

    @property
    def luminosity(self) -> float:
        """Lead nuclei times path of the leptons [1/pb]."""
        ((_, density),) = LEAD.atoms_per_cm3
        return self.particles * density * float(np.sum(self.paths)) / CM2_IN_PB

    def cross_section(self, model: Model) -> float:
        """Radiation to invisible decays per nucleus, averaged over the path [pb]."""
        path = np.sum(self.paths, axis=0)
        sigma = radiative.sigma(self.lengths.centres, _mass(model), LEAD_NUCLEUS)
        coupling2 = np.abs(model.electron_coupling(np.square(model.mass))) ** 2
        factor = np.asarray(coupling2 * invisible_branching(model)).item()
        return factor * float(path @ sigma) / float(np.sum(path))

    def depth(self, energy: Real, positron: NDArray[np.bool_], numbers: Real) -> Real:
        """Depth of the vertices [cm]: plate from the shower, even within it."""
        plates = self.plates
        column = np.clip(np.searchsorted(plates.edges, energy) - 1, 0, plates.edges.size - 2)
        depth = np.zeros_like(energy)
        for kind in (0, 1):
            shares = plates.cumulative(LEAD.name, kind)
            for bin_ in np.unique(column[positron == bool(kind)]):
                here = (column == bin_) & (positron == bool(kind))
                share = np.ascontiguousarray(shares[:, bin_])
                i = np.clip(np.searchsorted(share, numbers[here], side="right") - 1, 0, None)
                i = np.minimum(i, share.size - 2)
                inside = (numbers[here] - share[i]) / np.maximum(share[i + 1] - share[i], 1e-300)
                low, high = plates.boundaries[i], plates.boundaries[i + 1]
                depth[here] = low + np.clip(inside, 0.0, 1.0) * (high - low)
        return depth


def _refuse_other_materials(target: Material | Stack) -> None:
    """Raise ValueError for a target in which leptons meet other nuclei than the sampler knows."""
    plates = target.cell if isinstance(target, Stack) else ((target, np.inf),)
    others = {material.name for material, _ in plates} - {LEAD.name}
    if others and target is not NA64_ECAL:
        raise ValueError(
            f"target = {target.name!r:.60}: events are of lead alone: allowed {NA64_ECAL.name}, "
            f"{LEAD.name}, or plates of {LEAD.name}; not {', '.join(sorted(others))}"
        )


def thick_target_events(
    model: Model,
    target: ThickTarget,
    count: int,
    seed: int = 1,
    process: str = "both",
) -> Events:
    """Unweighted events with invisible decays of a model's mediator.

    Parameters
    ----------
    model : Model
        With one mass and one coupling; with decays to scalars it needs `dark_mass`.
    target : ThickTarget
    count : int
        Number of events, up to 2e6.
    seed : int
        The first events of a larger sample with the same seed are those of a smaller one.
    process : str
        ``radiative``, ``resonant`` or ``both``

    Raises
    ------
    ValueError
        For arguments out of range, or no events at all.
    """
    check_size(count, seed)
    one_of("process", process, PROCESSES)
    choice, points, turns, energies, places, decays = np.random.SeedSequence(seed).spawn(6)
    whole = float(np.sum(target.paths))
    radiated = 0.0 if process == "resonant" else target.cross_section(model)
    annihilated = ResonantSampler.of(model, *target.positrons)
    met = annihilated.total * LEAD_NUCLEUS.atomic_number / whole * (process != "radiative")
    if radiated + met <= 0.0:
        raise ValueError(f"mass = {_mass(model):g} GeV: no events are possible")
    resonance = np.random.default_rng(choice).random(count) * (radiated + met) < met
    parts = _Parts.empty(count, resonance)
    if not resonance.all():
        parts.radiate(model, target, (points, turns))
    if resonance.any():
        s = annihilated.draw(int(resonance.sum()), np.random.default_rng(energies))
        parts.annihilate(s)
    place = np.random.default_rng(places).random((count, 2)).T
    positron = parts.charge(target, place[0])
    numbers = np.random.default_rng(decays).random((count, 4)).T
    decay(model, resonance, (parts.ids, parts.momenta, parts.masses), numbers)
    return Events(
        parts.ids,
        parts.momenta,
        parts.masses,
        resonance,
        target.depth(parts.momenta[:, 0, 0], positron, place[1]),
        left=parts.variables[0],
        u=parts.variables[1],
        t=parts.variables[2],
        weight=parts.weight * (radiated + met) / float(np.sum(parts.weight)),
        cross_sections=(radiated, met),
        overweight=overweight_share(parts.weight),
        luminosity=target.luminosity,
        draws=count,
    )


@dataclass(frozen=True, eq=False)
class _Parts:
    """Columns of the events while they are filled."""

    resonant: NDArray[np.bool_]
    ids: Whole
    momenta: Real
    masses: Real
    variables: Real
    weight: Real

    @classmethod
    def empty(cls, count: int, resonance: NDArray[np.bool_]) -> "_Parts":
        """Events without particles."""
        shape = (count, len(PARTICLES))
        return cls(
            resonance,
            np.zeros(shape, dtype=np.int64),
            np.zeros((*shape, 4)),
            np.zeros(shape),
            np.zeros((3, count)),
            np.ones(count),
        )

    def radiate(
        self,
        model: Model,
        target: ThickTarget,
        seeds: tuple[np.random.SeedSequence, np.random.SeedSequence],
    ) -> None:
        """Fill the events with radiation."""
        here = ~self.resonant
        path = np.sum(target.paths, axis=0)
        sampler = Sampler.along(target.lengths.edges, path, _mass(model), LEAD_NUCLEUS)
        draws = sampler.draw(int(here.sum()), random_state(seeds[0]))
        columns = radiation_columns(draws, sampler.source.masses, seeds[1])
        leptons = np.full(len(draws.energy), 11)
        filled = particle_columns(
            leptons, nucleus_id(LEAD_NUCLEUS), sampler.source.masses, *columns
        )
        self.ids[here], self.momenta[here], self.masses[here] = filled
        self.variables[:, here] = draws.left, draws.u, draws.t
        self.weight[here] = draws.weight

    def annihilate(self, s: Real) -> None:
        """Fill the events with e⁺e⁻ → V at s [GeV²]."""
        here, mass = self.resonant, np.sqrt(s)
        energy = 0.5 * s / ELECTRON_MASS - ELECTRON_MASS
        self.ids[here, 0], self.ids[here, 1] = -11, 11
        self.ids[here, 4] = MEDIATOR_ID
        self.momenta[here, 0] = along_beam(energy, ELECTRON_MASS)
        self.momenta[here, 1, 0] = ELECTRON_MASS
        self.momenta[here, 4] = self.momenta[here, 0] + self.momenta[here, 1]
        self.masses[here, 0] = self.masses[here, 1] = ELECTRON_MASS
        self.masses[here, 4] = mass

    def charge(self, target: ThickTarget, numbers: Real) -> NDArray[np.bool_]:
        """Give radiating leptons their charge; return which incoming ones are positrons."""
        minus, plus = target.paths
        share = plus / np.maximum(minus + plus, 1e-300)
        bins = np.searchsorted(target.lengths.edges, self.momenta[:, 0, 0]) - 1
        positron = numbers < share[np.clip(bins, 0, share.size - 1)]
        turned = positron & ~self.resonant
        self.ids[turned, 0] = self.ids[turned, 2] = -11
        return positron | self.resonant


def _mass(model: Model) -> float:
    """Mass of a model that has one alone [GeV]; ValueError if it has several."""
    masses = np.asarray(model.mass, dtype=np.float64)
    if masses.size != 1:
        raise ValueError(f"mass of shape {masses.shape}: one mass is needed")
    return masses.item()
