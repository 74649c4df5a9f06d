r"""What a user's own vector couples to: charges, mixing with the photon, dark sector.

The vector Z′ of coupling g acts on the charged leptons ℓ and their neutrinos by

.. math::
    -g\, Z'_\alpha \sum_\ell q_\ell\, \bar\ell \gamma^\alpha \ell
    + g\,\kappa\, e\, Z'_\alpha \sum_\ell \bar\ell \gamma^\alpha \ell ,

the second term being a kinetic mixing κ g with the photon, at tree level. The coupling ε of a
dark photon is in units of e, and so are the charges then: g is eε. The same mixing arises from
the loops of the charged leptons, as Eq. (6) has it for :math:`L_\mu - L_\tau`:

.. math::
    \Pi(q^2)/g = -\frac{e}{2\pi^2} \sum_\ell q_\ell\, I(q^2; m_\ell)
    = \frac{e}{2\pi^2} \sum_{\ell = e, \mu} q_\ell
      \left[ I(q^2; m_\tau) - I(q^2; m_\ell) \right] ,

which is finite if the charges add up to zero. Hadrons are left out: of the decays, which matters
above two or three pion masses if quarks are charged, and of the loop.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from physics_lib.checks import in_range, one_of
from physics_lib.constants import ELECTRON_MASS, ELEMENTARY_CHARGE, MUON_MASS, TAU_MASS
from physics_lib.definitions import plain_number, plain_text
from physics_lib.mixing import loop_difference
from physics_lib.models import axial_width, check_dark_sector, fermion_width, scalar_width

Real = NDArray[np.float64]
Complex = NDArray[np.complex128]

LEPTONS: Final = {"electron": ELECTRON_MASS, "muon": MUON_MASS, "tau": TAU_MASS}
"""Charged leptons and their masses [GeV], in the order in which `ModelDefinition` counts them."""
COUPLINGS: Final = ("g", "epsilon")
DARK_PARTICLES: Final = ("complex-scalar", "dirac-fermion", "majorana-fermion")

_LARGEST = 100.0
# Charges that add up to less, relatively, add up to zero.
_NEUTRAL = 1e-9


@dataclass(frozen=True)
class Charges:
    """Charges of three leptons, in units of the coupling.

    Parameters
    ----------
    electron, muon, tau : float
        −100 to 100; 0 if left out.

    Raises
    ------
    ValueError
        For charges out of range.
    """

    electron: float = 0.0
    muon: float = 0.0
    tau: float = 0.0

    def __post_init__(self) -> None:
        """Check the charges and make them floats."""
        for name in LEPTONS:
            value = plain_number(name, getattr(self, name))
            in_range(name, value, -_LARGEST, _LARGEST)
            object.__setattr__(self, name, value)

    @property
    def all(self) -> tuple[float, float, float]:
        """The three of them."""
        return self.electron, self.muon, self.tau


@dataclass(frozen=True)
class DarkSector:
    """What the vector decays to invisibly beside neutrinos.

    Parameters
    ----------
    particle : str
        One of `DARK_PARTICLES`; the Majorana fermion couples by ½ g_D χ̄γγ₅χ.
    alpha_d : float
        α_D = g_D²/4π, above 0, at most 1.
    mass_ratio : float
        Mass of the vector over that of the particle, above 2.

    Raises
    ------
    ValueError
        For another particle, or numbers out of range.
    """

    particle: str = "complex-scalar"
    alpha_d: float = 0.1
    mass_ratio: float = 3.0

    def __post_init__(self) -> None:
        """Check the fields and make numbers floats."""
        one_of("particle", plain_text("particle", self.particle), DARK_PARTICLES)
        for name in ("alpha_d", "mass_ratio"):
            object.__setattr__(self, name, plain_number(name, getattr(self, name)))
        check_dark_sector(self.alpha_d, self.mass_ratio)

    def width(self, virtual_mass: ArrayLike, mass: ArrayLike) -> Real:
        """Width [GeV] at √s = `virtual_mass` for a vector of this `mass` [GeV]."""
        dark_mass = np.asarray(mass, dtype=np.float64) / self.mass_ratio
        if self.particle == "complex-scalar":
            return scalar_width(self.alpha_d, virtual_mass, dark_mass)
        if self.particle == "dirac-fermion":
            return fermion_width(self.alpha_d, virtual_mass, dark_mass)
        # Half of a Dirac fermion's axial width: the two particles are the same.
        return 0.5 * axial_width(self.alpha_d, virtual_mass, dark_mass)


@dataclass(frozen=True)
class ModelDefinition:
    """What a vector couples to, without its mass and coupling.

    Parameters
    ----------
    title : str
        What it is.
    coupling : {"g", "epsilon"}
        What limits are set on: g, or ε in units of e.
    charges : Charges
        Of the charged leptons.
    neutrinos : Charges, optional
        Of the left-handed neutrinos; by default those of the charged leptons.
    kinetic_mixing : float
        κ, the mixing with the photon at tree level over the coupling, −100 to 100.
    loop : bool
        Whether the charged leptons' loops mix the vector with the photon.
    dark : DarkSector, optional

    Raises
    ------
    ValueError
        For numbers out of range, a vector that electrons do not make or that does not decay
        invisibly, or a loop that is not finite.
    """

    title: str
    coupling: str = "g"
    charges: Charges = field(default_factory=Charges)
    neutrinos: Charges | None = None
    kinetic_mixing: float = 0.0
    loop: bool = False
    dark: DarkSector | None = None

    def __post_init__(self) -> None:
        """Check the fields, and that the search can say something about the vector."""
        plain_text("title", self.title)
        one_of("coupling", plain_text("coupling", self.coupling), COUPLINGS)
        mixing = plain_number("kinetic_mixing", self.kinetic_mixing)
        in_range("kinetic_mixing", mixing, -_LARGEST, _LARGEST)
        object.__setattr__(self, "kinetic_mixing", mixing)
        if not isinstance(self.loop, bool):
            raise ValueError(f"loop = {self.loop!r:.60}: allowed yes, no")
        total, largest = sum(self.charges.all), max(map(abs, self.charges.all))
        if self.loop and (largest == 0.0 or abs(total) > _NEUTRAL * largest):
            raise ValueError(
                "loop = yes: allowed with charges that add up to zero, not all of them zero "
                f"(the sum is {total:g}: the loop would not be finite)"
            )
        if self.tree(0) == 0.0 and not self.loop:
            raise ValueError(
                "charges: no coupling to electrons, so that none are made: a charge of the "
                "electron, kinetic_mixing or loop is needed"
            )
        if self.dark is None and not any(self.neutrino_charges.all):
            raise ValueError("neutrinos: no invisible decay: neutrinos with charge, or dark")

    @property
    def neutrino_charges(self) -> Charges:
        """Charges of the neutrinos, given or not."""
        return self.charges if self.neutrinos is None else self.neutrinos

    @property
    def unit(self) -> float:
        """Coupling to a charge of one, over `coupling` and in units of e."""
        return 1.0 if self.coupling == "epsilon" else 1.0 / ELEMENTARY_CHARGE

    def tree(self, lepton: int) -> float:
        """Coupling to one of `LEPTONS` at tree level, over `coupling` and in units of e."""
        return self.kinetic_mixing - self.charges.all[lepton] * self.unit

    def mixing(self, q2: ArrayLike) -> Complex:
        """Mixing by the loop, Π(q²) over `coupling`; zero without `loop`."""
        total = np.zeros(np.shape(q2), dtype=np.complex128)
        if self.loop:
            prefactor = ELEMENTARY_CHARGE / (2.0 * np.pi**2) * self.unit * ELEMENTARY_CHARGE
            pairs = zip(self.charges.all[:2], (ELECTRON_MASS, MUON_MASS), strict=True)
            for charge, mass in pairs:
                if charge != 0.0:
                    total = total + charge * (prefactor * loop_difference(q2, TAU_MASS, mass))
        return total
