"""Signal events with full kinematics: radiation at one energy, and a thick target.

A thick target is the shower's track length (Eq. 11): the lepton's charge and energy and the
depth of the vertex are drawn from it, events in proportion to T(E) σ(E), without efficiency. The
shower's leptons fly along the beam. Only invisible decays of the mediator are generated: of V
from radiation evenly in its rest frame (its polarisation is left out), of V from e⁺e⁻ with the
angular distribution of its spin, sin²θ for scalars and 1 + cos²θ for neutrinos.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from physics_lib.checks import HIGHEST_SEED, whole
from physics_lib.constants import ELECTRON_MASS, MUON_MASS
from physics_lib.events.momenta import along_beam, radiation
from physics_lib.events.sampler import Draws, Sampler, random_state
from physics_lib.production import radiative
from physics_lib.production.form_factor import Nucleus

Real = NDArray[np.float64]
Whole = NDArray[np.int64]

PARTICLES = ("incoming", "target", "lepton", "recoil", "mediator", "daughter", "antidaughter")
"""Columns of an event; an identity of 0 marks a particle that is not there."""
MEDIATOR_ID = 622
"""What G4DarkBreM calls the mediator; the PDG scheme has no number for it."""
MOST_EVENTS = 2_000_000
"""Largest number of events in one call."""


@dataclass(frozen=True, eq=False)
class Events:
    """A sample of events; sums of `weight` are cross sections.

    Attributes
    ----------
    ids : ndarray of int, shape (n, 7)
        PDG numbers of `PARTICLES`.
    momenta : ndarray, shape (n, 7, 4)
        E, p_x, p_y, p_z [GeV]; target at rest, beam along z.
    masses : ndarray, shape (n, 7)
        Masses [GeV] of the particles.
    resonant : ndarray of bool, shape (n,)
        Whether the event is e⁺e⁻ → V, not radiation.
    depth : ndarray, shape (n,)
        Depth of the vertex in the target [cm]; 0 without one.
    left, u, t : ndarray, shape (n,)
        Radiation: w = E − E_V [GeV], U = m² − (p − k)² and t = −q² [GeV²]; 0 for e⁺e⁻.
    weight : ndarray, shape (n,)
        Cross section [pb] that an event stands for: per nucleus, for a coupling of one in units
        of e at one energy; of the model and averaged over the path in a thick target.
    cross_sections : tuple of float
        Radiative and resonant cross section [pb], by quadrature.
    overweight : float
        Share of the sum of weights by which single events exceed the common weight.
    luminosity : float
        Nuclei times path [1/pb], so that this times `weight` counts events; 0 without a target.
    draws : int
        Points that were tried for a weighted sample, else the number of events.
    """

    ids: Whole
    momenta: Real
    masses: Real
    resonant: NDArray[np.bool_]
    depth: Real
    left: Real
    u: Real
    t: Real
    weight: Real
    cross_sections: tuple[float, float]
    overweight: float = 0.0
    luminosity: float = 0.0
    draws: int = 0

    def __len__(self) -> int:
        """Return the number of events."""
        return len(self.weight)

    def of(self, particle: str) -> Real:
        """Four-momenta of one of `PARTICLES`, shape (n, 4)."""
        return self.momenta[:, PARTICLES.index(particle)]

    @property
    def energy(self) -> Real:
        """Energy of the incoming lepton [GeV]."""
        return self.of("incoming")[:, 0]

    @property
    def carried_share(self) -> Real:
        """x = E_V/E"""
        return self.of("mediator")[:, 0] / self.energy

    @property
    def lepton_transverse(self) -> Real:
        """Transverse momentum of the outgoing lepton [GeV]; 0 for e⁺e⁻."""
        lepton = self.of("lepton")
        return np.hypot(lepton[:, 1], lepton[:, 2])


def nucleus_id(nucleus: Nucleus) -> int:
    """PDG number 10LZZZAAAI of a nucleus, its mass number rounded."""
    return 1_000_000_000 + 10_000 * nucleus.atomic_number + 10 * round(nucleus.atomic_mass)


def lepton_id(lepton_mass: float) -> int:
    """PDG number of the negative lepton with this mass; ValueError if there is none."""
    for known, number in ((ELECTRON_MASS, 11), (MUON_MASS, 13)):
        if lepton_mass == known:
            return number
    raise ValueError(f"lepton_mass = {lepton_mass:g} GeV: that of the electron or the muon")


def radiative_events(
    energy: float,
    mass: float,
    nucleus: Nucleus,
    count: int,
    seed: int = 1,
    form_factor: str = "full",
    lepton_mass: float = ELECTRON_MASS,
    weighted: bool = False,
) -> Events:
    """Events of ℓ⁻ N → ℓ⁻ N V at one energy, V undecayed, for ε = 1.

    Parameters
    ----------
    energy, mass : float
        E and m_V [GeV].
    nucleus : Nucleus
    count : int
        Number of events, or of points tried if `weighted`; up to 2e6.
    seed : int
        Of the random numbers: the same seed gives the same events on one kind of machine.
    form_factor : str
        ``full`` or ``elastic``
    lepton_mass : float
        m [GeV], that of the electron or the muon.
    weighted : bool
        Keep every point with its weight: smaller errors of histograms for the same time.

    Raises
    ------
    ValueError
        For arguments out of range.
    """
    check_size(count, seed)
    number = lepton_id(lepton_mass)
    sampler = Sampler.at(energy, mass, nucleus, form_factor, lepton_mass)
    points, angles = (np.random.SeedSequence(seed).spawn(2))[:2]
    state = random_state(points)
    draws = (sampler.draw_weighted if weighted else sampler.draw)(count, state)
    sigma = float(
        radiative.sigma(energy, mass, nucleus, form_factor=form_factor, lepton_mass=lepton_mass)
    )
    total = draws.proposals if weighted else float(np.sum(draws.weight)) / sigma
    size = len(draws.energy)
    parts = radiation_columns(draws, sampler.source.masses, angles)
    leptons = np.full(size, number)
    return Events(
        *particle_columns(leptons, nucleus_id(nucleus), sampler.source.masses, *parts),
        resonant=np.zeros(size, dtype=bool),
        depth=np.zeros(size),
        left=draws.left,
        u=draws.u,
        t=draws.t,
        weight=draws.weight / total,
        cross_sections=(sigma, 0.0),
        overweight=0.0 if weighted else overweight_share(draws.weight),
        draws=count,
    )


def histogram(
    events: Events,
    quantity: Callable[[Events], ArrayLike] | ArrayLike,
    edges: ArrayLike,
) -> tuple[Real, Real]:
    """Cross section in bins of any quantity.

    Parameters
    ----------
    events : Events
        Unweighted or weighted.
    quantity : callable or array_like, shape (n,)
        The quantity of each event, or a function of the events.
    edges : array_like, shape (bins + 1,)
        Increasing edges.

    Returns
    -------
    values, errors : ndarray, shape (bins,)
        [pb] and standard errors.
    """
    values = np.asarray(quantity(events) if callable(quantity) else quantity, dtype=np.float64)
    if values.shape != (len(events),):
        raise ValueError(f"quantity of shape {values.shape}: one value per event is needed")
    bins = np.asarray(edges, dtype=np.float64)
    sums = np.histogram(values, bins, weights=events.weight)[0]
    squares = np.histogram(values, bins, weights=events.weight**2)[0]
    return sums, np.sqrt(np.maximum(squares - sums**2 / max(events.draws, 1), 0.0))


def overweight_share(weight: Real) -> float:
    """Share of the sum of weights that lies above one."""
    return float(np.sum(np.maximum(weight - 1.0, 0.0)) / max(float(np.sum(weight)), 1.0))


def radiation_columns(
    draws: Draws, masses: tuple[float, float, float], seed: np.random.SeedSequence
) -> tuple[Real, Real, Real, Real]:
    """Momenta of incoming lepton, outgoing lepton, recoil and mediator; azimuths from `seed`."""
    numbers = np.random.default_rng(seed).random((len(draws.energy), 2)).T
    azimuth = np.arccos(np.clip(draws.cosine, -1.0, 1.0))
    azimuths = (np.where(numbers[0] < 0.5, azimuth, -azimuth), 2.0 * np.pi * numbers[1])
    after = radiation(draws.energy, draws.left, draws.u, draws.t, azimuths, masses)
    return along_beam(draws.energy, masses[1]), *after


def particle_columns(
    leptons: Whole,
    target: int,
    masses: tuple[float, float, float],
    incoming: Real,
    lepton: Real,
    recoil: Real,
    mediator: Real,
) -> tuple[Whole, Real, Real]:
    """Identities, momenta and masses of radiation without decay."""
    size = len(leptons)
    m_v, m, nucleus_mass = masses
    ids = np.zeros((size, len(PARTICLES)), dtype=np.int64)
    ids[:, 0], ids[:, 2] = leptons, leptons
    ids[:, 1] = ids[:, 3] = target
    ids[:, 4] = MEDIATOR_ID
    four = np.zeros((size, len(PARTICLES), 4))
    four[:, 0], four[:, 2], four[:, 3], four[:, 4] = incoming, lepton, recoil, mediator
    four[:, 1, 0] = nucleus_mass
    masses_of = np.zeros((size, len(PARTICLES)))
    masses_of[:, :5] = m, nucleus_mass, m, nucleus_mass, m_v
    return ids, four, masses_of


def check_size(count: int, seed: int) -> None:
    """Raise ValueError for a number of events or a seed that is not allowed."""
    whole("count", count, 1, MOST_EVENTS)
    whole("seed", seed, 0, HIGHEST_SEED)
