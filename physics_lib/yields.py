"""Signal events on a thick target: Eq. (11), radiative and resonant.

N = N_EOT n [ ∫dE dE_F T_±(E) dσ_rad/dE_F η(E_F) + Z ∫dE T_+(E) σ_res(E) η(E) ], with the number
density n and the track length T of a material. All materials of a target count, but for the
calorimeter of NA64-e: there lead alone, as the paper neglects the scintillator's nuclei (Sec. IV).
`Search` has a setting for this and other choices.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from physics_lib.checks import in_range, one_of
from physics_lib.constants import CM2_IN_PB, GEV_INVERSE_SQUARED_IN_PB
from physics_lib.efficiency import Efficiency
from physics_lib.exposure import Exposure
from physics_lib.materials import Element
from physics_lib.models import Model, invisible_branching, muon_coupling
from physics_lib.production import missing_energy, positrons, resonant
from physics_lib.production.form_factor import Nucleus
from physics_lib.production.missing_energy import YieldByMass
from physics_lib.production.nonresonant import soft_photon_correction
from physics_lib.production.positron_weight import PositronWeight
from physics_lib.production.propagator import spectral_rule

Real = NDArray[np.float64]

MASS_RANGE = (5e-4, 2.0)
"""Mediator masses [GeV] for which yields are computed."""

ELECTRONS = ("rest", "bound")
"""What is known of the electrons that positrons meet."""

# Nodes of E_F: a spectrometer's edge is sharper than a calorimeter's.
_SPECTRUM_NODES, _SHARP_NODES = 48, 96
# Mass [GeV] from which on `soft_photon_correction` holds.
_LEAST_SOFT = 2e-3


@dataclass(frozen=True, eq=False)
class Search(Exposure):
    """An exposure and the choices that the yields of a mediator depend on.

    Attributes
    ----------
    method, form_factor : str
        Of the radiative cross section, as in `radiative.spectrum`.
    off_shell : bool
        Radiation off the mass shell, Eq. (A.4), and running widths; else, as the paper has it,
        radiation on the mass shell and m Γ(m) in the resonance.
    electrons : str
        ``rest``, as the paper has them, or ``bound``: moving in their atoms.
    nonresonant : bool
        Count e⁺e⁻ → γV as well, and with it the virtual and soft photons of e⁺e⁻ → V; the
        paper neglects it.
    annihilation_efficiency : Efficiency, optional
        η(E_F) of annihilation where it is not that of radiation.
    """

    method: str = "etl"
    form_factor: str = "full"
    off_shell: bool = False
    electrons: str = "rest"
    nonresonant: bool = False
    annihilation_efficiency: Efficiency | None = None

    def __post_init__(self) -> None:
        """Check the choices."""
        super().__post_init__()
        one_of("electrons", self.electrons, ELECTRONS)

    def _radiative_at(self, mass: float) -> float:
        """Events from radiation for a coupling of one (in units of e) at one mass."""
        parts = (self._radiated(*radiator, mass) for radiator in self.radiators)
        return float(sum(np.sum(events * self.efficiency(energy)) for energy, events in parts))

    def radiated_energies(self, mass: float, edges: ArrayLike) -> Real:
        """Energies E_F that radiation carries away, for a coupling of one and without η.

        Parameters
        ----------
        mass : float
            m_V [GeV]
        edges : array_like, shape (n + 1,)
            Edges of bins of E_F [GeV].

        Returns
        -------
        ndarray, shape (n,)
            Events in each bin; none below `lowest_energy`.
        """
        in_range("mass", mass, *MASS_RANGE, "GeV")
        parts = [self._radiated(*radiator, mass) for radiator in self.radiators]
        energy, events = (np.concatenate([part[i].ravel() for part in parts]) for i in (0, 1))
        counts: Real = np.histogram(energy, edges, weights=events)[0]
        return counts

    def _radiated(
        self, material: str, element: Element, atoms: float, mass: float
    ) -> tuple[Real, Real]:
        """Energies E_F [GeV] of radiation by the nuclei of one element, and events at each."""
        energies, path = self.weighted_track_length(material)
        carried, per_nucleus = missing_energy.radiated_energies(
            energies,
            path,
            mass,
            Nucleus.of(element),
            self.lowest_energy,
            self.method,
            self.form_factor,
            self.experiment.lepton_mass,
            _SHARP_NODES if self.experiment.has_muons else _SPECTRUM_NODES,
        )
        return carried, atoms / CM2_IN_PB * per_nucleus

    @cached_property
    def _radiative_by_mass(self) -> YieldByMass:
        """`_radiative_at` at the knots asked for so far, and between them."""
        highest = float(self.track_length.centres[-1])
        return YieldByMass(self._radiative_at, highest - self.experiment.lepton_mass)

    def radiative_yield(self, mass: ArrayLike) -> Real:
        """Events from radiation for an electron coupling of one (in units of e).

        Parameters
        ----------
        mass : array_like
            m_V [GeV], 5e-4 to 2; any number of masses costs little more than a few, see
            `missing_energy.YieldByMass`.

        Returns
        -------
        ndarray
            Shape of `mass`; zero for masses that the beam cannot make.

        Raises
        ------
        ValueError
            For masses out of range.
        """
        masses = in_range("mass", mass, *MASS_RANGE, "GeV")
        return self._radiative_by_mass(masses)

    def radiated_signal(self, model: Model) -> Real:
        """Events from radiation followed by an invisible decay.

        On the mass shell the yield at the mass with ``|Π(m²)|²`` and the invisible branching
        fraction; off it (see `off_shell`) the yield at √s with ``|Π(s)|²``, integrated over the
        spectral density.

        Parameters
        ----------
        model : Model
            With masses from 5e-4 to 2 GeV; mass and coupling broadcast.
        """
        model = _of_one_shape(model)
        mass = in_range("mass", model.mass, *MASS_RANGE, "GeV")
        if not self.off_shell:
            return self.radiative_yield(mass) * radiative_factor(model, self.experiment.has_muons)
        root_s, weight = spectral_rule(model, *MASS_RANGE)
        column = model.at(mass[..., None], np.asarray(model.coupling, dtype=np.float64)[..., None])
        coupling2 = _coupling_squared(column, root_s**2, self.experiment.has_muons)
        result: Real = np.sum(weight * coupling2 * self.radiative_yield(root_s), axis=-1)
        return result

    def _seen(self, missing_energy: Real) -> Real:
        """η(E_F) of annihilation."""
        return (self.annihilation_efficiency or self.efficiency)(missing_energy)

    @cached_property
    def _positron_weight(self) -> PositronWeight:
        """Electrons times T_+ η by s."""
        bound = self.electrons == "bound"
        return PositronWeight.of(
            self.radiators, self.track_length, self._seen, self.lowest_energy, bound
        )

    def resonant_yield(self, model: Model) -> Real:
        """Events from e⁺e⁻ → V → invisible on the atomic electrons.

        Parameters
        ----------
        model : Model
            Mass and coupling broadcast.

        Returns
        -------
        ndarray
            Shape of mass and coupling together; zero for a beam of muons.
        """
        model = _of_one_shape(model)
        if self.experiment.has_muons:
            return np.zeros(np.shape(model.mass))
        weight = self._positron_weight
        at_mass = weight.at(np.square(np.asarray(model.mass, dtype=np.float64)))
        events = positrons.resonant_events(model, *weight.grid, at_mass, self.off_shell)
        return events * GEV_INVERSE_SQUARED_IN_PB / CM2_IN_PB

    def _positron_path(self, material: str) -> Callable[[Real], Real]:
        """T_+(E) [cm/GeV] in a material."""
        return lambda energy: self.track_length.density(energy, material)[1]

    @cached_property
    def _known_nonresonant(self) -> dict[float, float]:
        """Yields of e⁺e⁻ → γV at the masses asked for so far."""
        return {}

    def _nonresonant_at(self, mass: float) -> float:
        """Events from e⁺e⁻ → γV for a coupling of one at one mass, computed once."""
        if mass not in self._known_nonresonant:
            lengths, total = self.track_length, 0.0
            for material, element, atoms in self.radiators:
                per_electron = positrons.nonresonant_events(
                    mass,
                    self._positron_path(material),
                    self._seen,
                    self.lowest_energy,
                    float(lengths.edges[-1]),
                )
                total += atoms * element.atomic_number * per_electron / CM2_IN_PB
            self._known_nonresonant[mass] = total
        return self._known_nonresonant[mass]

    def nonresonant_yield(self, mass: ArrayLike) -> Real:
        """Events from e⁺e⁻ → γV for an electron coupling of one (in units of e).

        Parameters
        ----------
        mass : array_like
            m_V [GeV], 5e-4 to 2.

        Returns
        -------
        ndarray
            Shape of `mass`; zero for a beam of muons.
        """
        masses = in_range("mass", mass, *MASS_RANGE, "GeV")
        if self.experiment.has_muons:
            return np.zeros_like(masses)
        found = [self._nonresonant_at(float(m)) for m in masses.ravel()]
        return np.array(found).reshape(masses.shape)

    def annihilation_yield(self, model: Model) -> Real:
        """Events from all annihilation that is counted, see `nonresonant`.

        The resonance with its virtual and soft photons to first order in α, and harder photons.
        Below 2 MeV, as that order is known for m ≫ m_e alone, the resonance has none: at 2 MeV
        they add 1.2 % to it, and it is 1.3 % of all events in lead and 9 % in graphite at most.
        """
        model = _of_one_shape(model)
        resonance = self.resonant_yield(model)
        if not self.nonresonant:
            return resonance
        mass = np.asarray(model.mass, dtype=np.float64)
        # Resonances at energies that are not seen are wings only.
        seen = resonant.resonant_energy(mass) + positrons.SOFT_PHOTON > self.lowest_energy
        seen &= mass >= _LEAST_SOFT
        delta = soft_photon_correction(np.where(seen, mass, 1.0), positrons.SOFT_PHOTON)
        hard = self.nonresonant_yield(mass) * radiative_factor(model)
        return resonance * (1.0 + np.where(seen, delta, 0.0)) + hard

    def signal_yield(self, model: Model) -> tuple[Real, Real]:
        """Expected signal events, from radiation and from annihilation."""
        return self.radiated_signal(model), self.annihilation_yield(model)


def _of_one_shape(model: Model) -> Model:
    """The model with mass and coupling of the same shape."""
    pair = (np.asarray(value, dtype=np.float64) for value in (model.mass, model.coupling))
    return model.at(*np.broadcast_arrays(*pair))


def radiative_factor(model: Model, muons: bool = False) -> Real:
    """``|coupling(m²)|² · BR_inv``: what turns the yield at coupling one into the model's.

    Raises ValueError for muons and a model that has no coupling to them.
    """
    coupling2 = _coupling_squared(model, np.square(model.mass), muons)
    result: Real = coupling2 * invisible_branching(model)
    return result


def _coupling_squared(model: Model, q2: ArrayLike, muons: bool) -> Real:
    """Squared coupling to the beam's lepton at q² [GeV²], in units of e²."""
    coupling = muon_coupling(model, q2) if muons else model.electron_coupling(q2)
    result: Real = np.abs(coupling) ** 2
    return result
