"""Experiments as data (Secs. III and V): beam, statistics, resolution, cut, observation.

A projection is another `Experiment`, not another code path. Names come from
`data/experiments.yaml`; a user's own file holds one mapping with the same keys.
"""

from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from physics_lib.checks import in_range, one_of
from physics_lib.constants import ELECTRON_MASS, MUON_MASS
from physics_lib.definitions import (
    Definition,
    find_definition,
    plain_number,
    plain_text,
    read_known,
)
from physics_lib.materials import Stack, target_of

MUON_BEAMS: Final = ("mu-", "mu+")
BEAMS: Final = ("e-", "e+", *MUON_BEAMS)
MOST_EVENTS: Final = 1_000_000
"""largest number of events that are observed, or expected of the background"""

_KNOWN: Final = "experiments.yaml"
_NUMBERS = (
    "energy_GeV",
    "particles_on_target",
    "resolution_stochastic",
    "resolution_constant",
    "ecal_cut_GeV",
    "background",
    "background_error",
    "momentum_cut_GeV",
    "momentum_resolution",
)


@dataclass(frozen=True)
class Experiment:
    """One data set or projection.

    Parameters
    ----------
    title : str
        What it is.
    beam : {"e-", "e+", "mu-", "mu+"}
        Particle of the beam. Electrons are stopped, and their energy is missed; of muons the
        momentum behind the target is missed.
    energy_GeV : float
        Beam energy, 1 to 1000 GeV.
    particles_on_target : float
        Above 0, up to 1e20.
    target : str
        ``na64-ecal``, the lead and scintillator stack; a material, for a block of it without end,
        which no muon leaves; or plates such as ``0.035 cm tungsten``: see `materials.target_of`.
    resolution_stochastic, resolution_constant : float
        a and b of σ_E/E = a/√(E/GeV) + b, each 0 to 1.
    ecal_cut_GeV : float
        Signal region: energy in the calorimeter below this; above 0, below the beam energy.
    observed : int
        Events in the signal region, 0 to 1,000,000.
    background, background_error : float
        Expected background and its standard error, 0 to 1,000,000.
    source : str
        Where the numbers come from.
    momentum_cut_GeV : float, optional
        Signal region of a muon beam: momentum of the muon behind the target below this; above 0,
        below the beam energy. Left out, or 0, for electrons and positrons.
    momentum_resolution : float, optional
        σ_p/p of the spectrometer, above 0, at most 1. Left out, or 0, for electrons and positrons.

    Raises
    ------
    ValueError
        Naming argument, value and what is allowed.
    """

    title: str
    beam: str
    energy_GeV: float
    particles_on_target: float
    target: str
    resolution_stochastic: float
    resolution_constant: float
    ecal_cut_GeV: float
    observed: int
    background: float
    background_error: float
    source: str
    momentum_cut_GeV: float = 0.0
    momentum_resolution: float = 0.0

    def __post_init__(self) -> None:
        """Check every field and convert numbers to plain floats."""
        for name in ("title", "source"):
            plain_text(name, getattr(self, name))
        one_of("beam", self.beam if isinstance(self.beam, str) else repr(self.beam), BEAMS)
        target_of(plain_text("target", self.target))
        for name in _NUMBERS:
            object.__setattr__(self, name, plain_number(name, getattr(self, name)))
        in_range("energy_GeV", self.energy_GeV, 1.0, 1000.0, "GeV")
        in_range("particles_on_target", self.particles_on_target, 0.0, 1e20, open_low=True)
        in_range("resolution_stochastic", self.resolution_stochastic, 0.0, 1.0)
        in_range("resolution_constant", self.resolution_constant, 0.0, 1.0)
        cut = {"open_low": True, "open_high": True}
        in_range("ecal_cut_GeV", self.ecal_cut_GeV, 0.0, self.energy_GeV, "GeV", **cut)
        if isinstance(self.observed, bool) or not isinstance(self.observed, int):
            raise ValueError(f"observed = {self.observed!r:.60}: a whole number is needed")
        in_range("observed", self.observed, 0, MOST_EVENTS)
        in_range("background", self.background, 0.0, MOST_EVENTS)
        in_range("background_error", self.background_error, 0.0, MOST_EVENTS)
        self._check_spectrometer()

    def _check_spectrometer(self) -> None:
        """Check what only muon beams have: they need it, others must not have it."""
        if self.has_muons:
            if not isinstance(target_of(self.target), Stack):
                raise ValueError(
                    f"target with beam {self.beam} = {self.target!r:.60}: allowed na64-ecal, "
                    "or plates, which a muon leaves again"
                )
            for name in ("momentum_cut_GeV", "momentum_resolution"):
                if getattr(self, name) == 0.0:
                    raise ValueError(f"{name}: missing or 0, needed for beams of muons")
            cut = {"open_low": True, "open_high": True}
            in_range("momentum_cut_GeV", self.momentum_cut_GeV, 0.0, self.energy_GeV, "GeV", **cut)
            in_range("momentum_resolution", self.momentum_resolution, 0.0, 1.0, open_low=True)
            return
        for name in ("momentum_cut_GeV", "momentum_resolution"):
            value = getattr(self, name)
            if value != 0.0:
                raise ValueError(
                    f"{name} = {value:g}: allowed with the beams {', '.join(MUON_BEAMS)} alone"
                )

    @property
    def has_muons(self) -> bool:
        """Whether the beam is one of muons, so that their momentum is what goes missing."""
        return self.beam in MUON_BEAMS

    @property
    def lepton_mass(self) -> float:
        """Mass [GeV] of the beam particle."""
        return MUON_MASS if self.has_muons else ELECTRON_MASS

    def resolution(self, energy_GeV: ArrayLike) -> NDArray[np.float64]:
        """Return σ_E [GeV] of the calorimeter at an energy [GeV] above 0, any shape (Sec. III).

        Raises ValueError for energies outside (0, 1e4] GeV.
        """
        energy = in_range("energy_GeV", energy_GeV, 0.0, 1e4, "GeV", open_low=True)
        result: NDArray[np.float64] = (
            self.resolution_stochastic * np.sqrt(energy) + self.resolution_constant * energy
        )
        return result


def _from_definition(definition: Definition) -> Experiment:
    """Build an experiment from a mapping that has the fields as keys."""
    names = tuple(field.name for field in fields(Experiment))
    needed = tuple(field.name for field in fields(Experiment) if field.default is MISSING)
    definition.check_keys(names, needed)
    return definition.build(Experiment, **definition.values)


def list_experiments() -> tuple[str, ...]:
    """Names that `load_experiment` knows, in the order of `data/experiments.yaml`."""
    return tuple(read_known(_KNOWN).values)


def load_experiment(name_or_path: str | Path) -> Experiment:
    """Return a known experiment, or the one that a YAML file describes.

    Parameters
    ----------
    name_or_path : str or Path
        A name of `list_experiments()`; else a path (a `Path`, or a text with a slash or ending
        in .yaml or .yml) to a file of at most 64 KiB with one mapping of the fields of
        `Experiment`.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the name is unknown or the file is not such a mapping: one line with the reason.
    """
    return _from_definition(find_definition("experiment", name_or_path, _KNOWN))
