"""Vector mediators: lepton couplings, partial widths, branching (Eqs. 1, 3, 7–9).

A model is any object with the attributes of `Model`. Couplings to leptons are given in units
of e, as a function of q²: for the electron Π(q²) with the Z′ of L_μ − L_τ, a constant ε with a
dark photon. A muon beam needs the coupling to the muon as well, `MuonModel`. Widths are
functions of the mediator's virtual mass √s, so that the same formula serves on the resonance
(√s = m) and off it. `mass` and `coupling` may be arrays that broadcast against √s.
"""

from dataclasses import dataclass, replace
from typing import Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from physics_lib.checks import in_range
from physics_lib.constants import ALPHA, ELECTRON_MASS, ELEMENTARY_CHARGE, MUON_MASS, TAU_MASS
from physics_lib.mixing import mixing

Real = NDArray[np.float64]
Complex = NDArray[np.complex128]

INVISIBLE_CHANNELS = ("neutrinos", "dark")
"""Channels that leave no energy in a detector."""

MASS_RANGE = (1e-5, 1e3)
"""Mediator masses [GeV] that are accepted."""

COUPLING_RANGE = (1e-60, 10.0)
"""Couplings that are accepted; below, squares of squares are lost in floating point."""


class Model(Protocol):
    """What the rest of the library needs to know of a mediator.

    Attributes
    ----------
    mass : float or ndarray
        Mass of the vector [GeV].
    coupling : float or ndarray
        The coupling that a limit is set on (g for the Z′, ε for a dark photon).
    """

    @property
    def mass(self) -> ArrayLike:
        """Mass of the vector [GeV]."""
        ...

    @property
    def coupling(self) -> ArrayLike:
        """The coupling that a limit is set on."""
        ...

    def electron_coupling(self, q2: ArrayLike) -> Complex:
        """Coupling to the electron in units of e at q² [GeV²]."""
        ...

    def widths(self, virtual_mass: ArrayLike) -> dict[str, Real]:
        """Partial widths [GeV] by channel at √s = `virtual_mass` [GeV]."""
        ...

    def at(self, mass: ArrayLike, coupling: ArrayLike) -> Self:
        """Return the same model with another mass [GeV] and coupling."""
        ...


@runtime_checkable
class MuonModel(Model, Protocol):
    """A `Model` that also says how the mediator couples to muons."""

    def muon_coupling(self, q2: ArrayLike) -> Complex:
        """Coupling to the muon in units of e at q² [GeV²], signed as that to the electron."""
        ...


def muon_coupling(model: Model, q2: ArrayLike) -> Complex:
    """Coupling to the muon in units of e at q² [GeV²].

    Raises
    ------
    ValueError
        If the model has no method of this name.
    """
    if not isinstance(model, MuonModel):
        name = type(model).__name__
        raise ValueError(f"model = {name}: a muon beam needs its method muon_coupling(q2)")
    return model.muon_coupling(q2)


def fermion_width(strength: ArrayLike, virtual_mass: ArrayLike, fermion_mass: ArrayLike) -> Real:
    """Width of V → f f̄ for a vector coupling, Eq. (8), zero below the threshold.

    Parameters
    ----------
    strength : array_like
        coupling²/4π
    virtual_mass, fermion_mass : array_like
        √s and m_f [GeV].
    """
    root_s = np.asarray(virtual_mass, dtype=np.float64)
    r2 = (np.asarray(fermion_mass) / root_s) ** 2
    velocity = np.sqrt(np.maximum(1.0 - 4.0 * r2, 0.0))
    result: Real = np.asarray(strength) / 3.0 * (root_s * (1.0 + 2.0 * r2) * velocity)
    return result


def axial_width(strength: ArrayLike, virtual_mass: ArrayLike, fermion_mass: ArrayLike) -> Real:
    """Width of V → f f̄ for an axial coupling, like Eq. (8) but with β³ alone.

    Arguments as for `fermion_width`.
    """
    return 4.0 * scalar_width(strength, virtual_mass, fermion_mass)


def neutrino_width(strength: ArrayLike, virtual_mass: ArrayLike) -> Real:
    """Width of V → ν ν̄ summed over ν_μ and ν_τ, left-handed only, Eq. (7)."""
    result: Real = np.asarray(strength) / 3.0 * np.asarray(virtual_mass, dtype=np.float64)
    return result


def scalar_width(strength: ArrayLike, virtual_mass: ArrayLike, scalar_mass: ArrayLike) -> Real:
    """Width of V → χ χ* for a complex scalar, Eq. (9), zero below the threshold."""
    root_s = np.asarray(virtual_mass, dtype=np.float64)
    velocity2 = np.maximum(1.0 - (2.0 * np.asarray(scalar_mass) / root_s) ** 2, 0.0)
    result: Real = np.asarray(strength) / 12.0 * root_s * (velocity2 * np.sqrt(velocity2))
    return result


def total_width(model: Model, virtual_mass: ArrayLike | None = None) -> Real:
    """Sum of all partial widths [GeV] at √s = `virtual_mass`, by default the mass."""
    channels = model.widths(model.mass if virtual_mass is None else virtual_mass)
    return np.asarray(sum(channels.values()), dtype=np.float64)


def invisible_width(model: Model, virtual_mass: ArrayLike | None = None) -> Real:
    """Sum of the invisible partial widths [GeV] at √s = `virtual_mass`, by default the mass."""
    return _invisible(model.widths(model.mass if virtual_mass is None else virtual_mass))


def _invisible(channels: dict[str, Real]) -> Real:
    """Sum of the invisible ones among the partial widths."""
    invisible = (channels[name] for name in INVISIBLE_CHANNELS if name in channels)
    return np.asarray(sum(invisible), dtype=np.float64)


def invisible_branching(model: Model) -> Real:
    """Branching fraction of the invisible decays on the mass shell."""
    channels = model.widths(model.mass)
    return _invisible(channels) / np.asarray(sum(channels.values()), dtype=np.float64)


def check_dark_sector(alpha_d: ArrayLike, mass_ratio: ArrayLike) -> None:
    """Raise ValueError for α_D outside (0, 1], or for a vector too light to decay to it."""
    in_range("alpha_d", alpha_d, 0.0, 1.0, open_low=True)
    in_range("mass_ratio", mass_ratio, 2.0, 1e6, open_low=True)


@dataclass(frozen=True)
class _Mediator:
    """What all mediators have: mass and coupling."""

    mass: ArrayLike
    coupling: ArrayLike

    def __post_init__(self) -> None:
        """Check the parameters."""
        in_range("mass", self.mass, *MASS_RANGE, "GeV")
        in_range("coupling", self.coupling, *COUPLING_RANGE)

    def at(self, mass: ArrayLike, coupling: ArrayLike) -> Self:
        """Return the same model with another mass [GeV] and coupling."""
        return replace(self, mass=mass, coupling=coupling)


@dataclass(frozen=True)
class _LoopCoupled(_Mediator):
    """A Z′ of L_μ − L_τ: tree level for muons, the loop for all charged leptons."""

    def electron_coupling(self, q2: ArrayLike) -> Complex:
        """Π(q²), Eq. (6)."""
        return np.asarray(self.coupling) * mixing(q2)

    def muon_coupling(self, q2: ArrayLike) -> Complex:
        """Tree level, −g/e, and the mixing Π(q²), Eqs. (1) and (6).

        Both terms of the Lagrangian stand with their sign: −g Z′(μ̄γμ) of Eq. (1) and the mixing
        + e Π Z′(ℓ̄γℓ), which is the same for all charged leptons. The loop takes 0.4 % off the
        tree level at small q² and 0.6 % at the cusp.
        """
        return np.asarray(self.coupling) * (mixing(q2) - 1.0 / ELEMENTARY_CHARGE)


@dataclass(frozen=True)
class Vanilla(_LoopCoupled):
    """The Z′ of L_μ − L_τ alone, coupled to electrons by the loop Π(q²) (Eqs. 1 and 6).

    Parameters
    ----------
    mass : array_like
        m_Z′ [GeV]
    coupling : array_like
        g_Z′

    Raises
    ------
    ValueError
        For masses outside [1e-5, 1e3] GeV, couplings outside [1e-60, 10].
    """

    def widths(self, virtual_mass: ArrayLike) -> dict[str, Real]:
        """Partial widths [GeV], Eqs. (7) and (8); the e⁺e⁻ channel goes through Π."""
        strength = np.square(np.asarray(self.coupling)) / (4.0 * np.pi)
        loop = mixing(np.square(np.asarray(virtual_mass)))
        mixed = np.square(np.asarray(self.coupling)) * (ALPHA * np.abs(loop) ** 2)
        return {
            "neutrinos": neutrino_width(strength, virtual_mass),
            "electrons": fermion_width(mixed, virtual_mass, ELECTRON_MASS),
            "muons": fermion_width(strength, virtual_mass, MUON_MASS),
            "taus": fermion_width(strength, virtual_mass, TAU_MASS),
        }


@dataclass(frozen=True)
class _DarkDecay(_Mediator):
    """A mediator that also decays to a pair of complex scalars χ (Eqs. 3, 4 and 9).

    Parameters
    ----------
    mass, coupling : array_like
        Mass [GeV] of the mediator and the coupling that a limit is set on.
    alpha_d : float
        α_D = g_D²/4π, above 0, at most 1
    mass_ratio : float
        mediator mass over m_χ, above 2

    Raises
    ------
    ValueError
        For parameters out of range, among them α_D outside (0, 1] and m_χ ≥ m/2.
    """

    alpha_d: float = 0.1
    mass_ratio: float = 3.0

    def __post_init__(self) -> None:
        """Check the parameters."""
        super().__post_init__()
        check_dark_sector(self.alpha_d, self.mass_ratio)

    @property
    def dark_mass(self) -> Real:
        """m_χ [GeV]"""
        return np.asarray(self.mass, dtype=np.float64) / self.mass_ratio

    def dark_width(self, virtual_mass: ArrayLike) -> Real:
        """Width of V → χ χ* [GeV], Eq. (9)."""
        return scalar_width(self.alpha_d, virtual_mass, self.dark_mass)


@dataclass(frozen=True)
class Invisible(_LoopCoupled, _DarkDecay):
    """The Z′ of L_μ − L_τ with a dark scalar χ, m_χ < m_Z′/2 (Eqs. 3 and 4)."""

    def widths(self, virtual_mass: ArrayLike) -> dict[str, Real]:
        """Partial widths [GeV], Eqs. (7)–(9)."""
        visible = Vanilla(self.mass, self.coupling).widths(virtual_mass)
        return visible | {"dark": self.dark_width(virtual_mass)}


@dataclass(frozen=True)
class DarkPhoton(_DarkDecay):
    """A dark photon with constant kinetic mixing ε and a dark scalar χ."""

    def electron_coupling(self, q2: ArrayLike) -> Complex:
        """Return ε at every q²."""
        shape = np.broadcast_shapes(np.shape(q2), np.shape(self.coupling))
        return np.broadcast_to(np.asarray(self.coupling, dtype=np.complex128), shape)

    def muon_coupling(self, q2: ArrayLike) -> Complex:
        """Return ε at every q², as for the electron."""
        return self.electron_coupling(q2)

    def widths(self, virtual_mass: ArrayLike) -> dict[str, Real]:
        """Partial widths [GeV]; decays to quarks, which need the R ratio, are left out."""
        strength = ALPHA * np.square(np.asarray(self.coupling))
        return {
            "dark": self.dark_width(virtual_mass),
            "electrons": fermion_width(strength, virtual_mass, ELECTRON_MASS),
            "muons": fermion_width(strength, virtual_mass, MUON_MASS),
            "taus": fermion_width(strength, virtual_mass, TAU_MASS),
        }


MODELS: dict[str, type[Vanilla] | type[Invisible] | type[DarkPhoton]] = {
    "vanilla": Vanilla,
    "invisible": Invisible,
    "dark-photon": DarkPhoton,
}
"""Models by their names on the command line."""
