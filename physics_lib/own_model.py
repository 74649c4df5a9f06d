"""A vector of a user's own, as a YAML file of a few lines describes it."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from physics_lib.checks import in_range
from physics_lib.constants import ALPHA
from physics_lib.definitions import Definition, find_definition, read_known
from physics_lib.model_definition import LEPTONS, Charges, DarkSector, ModelDefinition
from physics_lib.models import COUPLING_RANGE, MASS_RANGE, fermion_width, neutrino_width

Real = NDArray[np.float64]
Complex = NDArray[np.complex128]

_KNOWN: Final = "models.yaml"
_KEYS: Final = ("title", "coupling", "charges", "neutrinos", "kinetic_mixing", "loop", "dark")


@dataclass(frozen=True)
class OwnModel:
    """A vector with the couplings of a `ModelDefinition`: a `models.MuonModel`.

    Parameters
    ----------
    mass, coupling : array_like
        Mass [GeV] and the coupling that a limit is set on.
    definition : ModelDefinition

    Raises
    ------
    ValueError
        For masses outside [1e-5, 1e3] GeV, couplings outside [1e-60, 10].
    """

    mass: ArrayLike
    coupling: ArrayLike
    definition: ModelDefinition

    def __post_init__(self) -> None:
        """Check the parameters."""
        in_range("mass", self.mass, *MASS_RANGE, "GeV")
        in_range("coupling", self.coupling, *COUPLING_RANGE)

    def _charged(self, lepton: int, q2: ArrayLike) -> Complex:
        """Coupling to a charged lepton in units of e: tree level and loop."""
        relative = self.definition.tree(lepton) + self.definition.mixing(q2)
        return np.asarray(np.asarray(self.coupling) * relative, dtype=np.complex128)

    def electron_coupling(self, q2: ArrayLike) -> Complex:
        """Coupling to the electron in units of e at q² [GeV²]."""
        return self._charged(0, q2)

    def muon_coupling(self, q2: ArrayLike) -> Complex:
        """Coupling to the muon in units of e at q² [GeV²]."""
        return self._charged(1, q2)

    def widths(self, virtual_mass: ArrayLike) -> dict[str, Real]:
        """Partial widths [GeV] at √s = `virtual_mass` [GeV], each to leading order.

        The loop counts for charged leptons without coupling at tree level.
        """
        coupling2 = np.square(np.asarray(self.coupling, dtype=np.float64))
        neutrinos = np.square(self.definition.neutrino_charges.all).sum()
        natural = coupling2 * (ALPHA * self.definition.unit**2)
        # `neutrino_width` is that of two neutrinos of charge one.
        channels = {"neutrinos": neutrino_width(natural * (0.5 * neutrinos), virtual_mass)}
        if self.definition.dark is not None:
            channels["dark"] = self.definition.dark.width(virtual_mass, self.mass)
        for lepton, (name, mass) in enumerate(LEPTONS.items()):
            relative: Any = self.definition.tree(lepton)
            if relative == 0.0:
                relative = self.definition.mixing(np.square(virtual_mass))
            strength = coupling2 * (ALPHA * np.abs(relative) ** 2)
            channels[f"{name}s"] = fermion_width(strength, virtual_mass, mass)
        return channels

    @property
    def neutrino_shares(self) -> tuple[float, ...]:
        """Shares of ν_e, ν_μ and ν_τ in decays to neutrinos; zeros if none has a charge."""
        charges = np.array(self.definition.neutrino_charges.all)
        # Squares of charges over the largest one: those of small ones might vanish.
        largest = float(np.abs(charges).max())
        squares = np.square(charges / largest) if largest else charges
        return tuple((squares / max(float(squares.sum()), 1.0)).tolist())

    @property
    def dark_particle(self) -> str:
        """What χ is, one of `DARK_PARTICLES`; AttributeError without a dark sector."""
        return self._dark.particle

    @property
    def dark_mass(self) -> Real:
        """m_χ [GeV]; AttributeError without a dark sector."""
        return np.asarray(self.mass, dtype=np.float64) / self._dark.mass_ratio

    @property
    def _dark(self) -> DarkSector:
        if self.definition.dark is None:
            raise AttributeError("the definition has no dark sector")
        return self.definition.dark

    def at(self, mass: ArrayLike, coupling: ArrayLike) -> Self:
        """Return the same model with another mass [GeV] and coupling."""
        return replace(self, mass=mass, coupling=coupling)


def _charges(definition: Definition, key: str) -> Charges | None:
    """Charges below a key, None if there is no such key."""
    section = definition.section(key)
    if section is None:
        return None
    section.check_keys(tuple(LEPTONS))
    return section.build(Charges, **section.values)


def _from_definition(definition: Definition) -> ModelDefinition:
    """Build a model from the mapping of a file."""
    definition.check_keys(_KEYS, ("title",))
    plain = ("title", "coupling", "kinetic_mixing", "loop")
    arguments = {key: value for key, value in definition.values.items() if key in plain}
    dark = definition.section("dark")
    if dark is not None:
        dark.check_keys(("particle", "alpha_d", "mass_ratio"))
        arguments["dark"] = dark.build(DarkSector, **dark.values)
    arguments["charges"] = _charges(definition, "charges") or Charges()
    arguments["neutrinos"] = _charges(definition, "neutrinos")
    return definition.build(ModelDefinition, **arguments)


def list_models() -> tuple[str, ...]:
    """Names that `load_model` knows, in the order of `data/models.yaml`."""
    return tuple(read_known(_KNOWN).values)


def load_model(name_or_path: str | Path) -> ModelDefinition:
    """Return a known definition, or the one of a YAML file.

    Parameters
    ----------
    name_or_path : str or Path
        A name of `list_models()`; else a path (a `Path`, or a text with a slash or ending in
        .yaml or .yml) to a file of at most 64 KiB with one mapping of the fields of
        `ModelDefinition`.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the name is unknown or the file is not such a mapping: one line with the reason.
    """
    return _from_definition(find_definition("model", name_or_path, _KNOWN))
