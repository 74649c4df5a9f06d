"""The grid of a scan: model × experiment × α_D × mass ratio × coupling × mass, cut into blocks.

Blocks do not depend on who computes them: they are the chunks of the store.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from math import prod

import numpy as np
from numpy.typing import NDArray

from physics_lib.checks import in_range, one_of
from physics_lib.definitions import shown_name
from physics_lib.experiment import Experiment, load_experiment
from physics_lib.models import (
    COUPLING_RANGE,
    MODELS,
    DarkPhoton,
    Invisible,
    Model,
    Vanilla,
    check_dark_sector,
)
from physics_lib.own_model import OwnModel, load_model
from physics_lib.yields import ELECTRONS, MASS_RANGE, radiative_factor

Real = NDArray[np.float64]
Builder = Callable[[str, float, float], Model]

QUANTITIES = ("yield", "limit")
MOST_POINTS = 10**9
"""Largest number of points of a scan."""

_METHODS = ("", "ratio", "absolute")
# Points of a block: a second's work or two, and at least this many blocks in a scan of some size.
_YIELDS, _LIMITS, _LEAST, _BLOCKS = 50_000, 5_000, 250, 32
# Off the mass shell a point is an integral over some 200 virtual masses.
_OFF_SHELL = 10
# Models are built with these, and given those of each point later.
_SOME_MASS, _SOME_COUPLING = 0.1, 1e-3


@dataclass(frozen=True)
class Choices:
    """What is computed at each point, and how.

    Attributes
    ----------
    quantity : str
        ``yield`` or ``limit``
    method : str
        Of limits: ``ratio`` or ``absolute``; empty for the ratio, but for muons the absolute one.
    radiative_only : bool
        Limits without annihilation, and so without a choice of what it depends on.
    off_shell, electrons, nonresonant
        As in `yields.Search`.
    """

    quantity: str
    method: str = ""
    radiative_only: bool = False
    off_shell: bool = False
    electrons: str = "rest"
    nonresonant: bool = False

    def __post_init__(self) -> None:
        """Check the choices, each by itself and together."""
        one_of("quantity", self.quantity, QUANTITIES)
        one_of("method", self.method, _METHODS)
        one_of("electrons", self.electrons, ELECTRONS)
        if self.quantity == "yield" and (self.method or self.radiative_only):
            which = "method" if self.method else "radiative_only"
            raise ValueError(f"{which}: allowed with quantity = 'limit' alone")
        if self.radiative_only:
            self._refuse(("electrons", "nonresonant"), "with radiative_only")

    def check_muons(self) -> None:
        """Raise ValueError for a choice about annihilation, of which muons have none."""
        self._refuse(("radiative_only", "electrons", "nonresonant"), "on beams of muons")

    def _refuse(self, names: tuple[str, ...], where: str) -> None:
        """Raise ValueError for one of these choices that is not the default."""
        for name in names:
            if getattr(self, name) != getattr(Choices, name):
                raise ValueError(f"{name} = {getattr(self, name)}: no effect {where}")


@dataclass(frozen=True, eq=False)
class Block:
    """A part of a scan that one worker computes at once.

    Attributes
    ----------
    name : str
        For messages.
    place : tuple of int
        Of the block among the blocks, by axis of the data.
    choices : Choices
    experiment : Experiment
    models : tuple of Model
        One for each α_D and mass ratio, in this order.
    shape : tuple of int
        By axis of the data.
    coupling : ndarray
        Empty for limits.
    mass : ndarray
        [GeV]
    """

    name: str
    place: tuple[int, ...]
    choices: Choices
    experiment: Experiment
    models: tuple[Model, ...]
    shape: tuple[int, ...]
    coupling: Real
    mass: Real


@dataclass(frozen=True, eq=False)
class Scan:
    """A grid of points and what is computed there.

    Attributes
    ----------
    choices : Choices
    models, experiments : tuple of str
        Names, or files that `build` and `load_experiment` understand; the axes of the data have
        these without their folders.
    alpha_d, mass_ratio, mass : ndarray
        Values of the axes, mass in GeV.
    coupling : ndarray
        Couplings of a scan of yields; empty for limits.

    Raises
    ------
    ValueError
        For an axis that is empty, holds a value twice or one out of range, for two files of the
        same name, and for choices that an experiment has no use for.
    """

    choices: Choices
    models: tuple[str, ...]
    experiments: tuple[str, ...]
    mass: Real
    alpha_d: Real
    mass_ratio: Real
    coupling: Real

    def __post_init__(self) -> None:
        """Check the axes before anything is computed."""
        in_range("mass", self.mass, *MASS_RANGE, "GeV")
        check_dark_sector(self.alpha_d, self.mass_ratio)
        in_range("coupling", self.coupling, *COUPLING_RANGE)
        if self.choices.quantity == "limit" and len(self.coupling):
            raise ValueError("coupling: allowed with quantity = 'yield' alone")
        given = {"model": self.models, "experiment": self.experiments}
        for name, values in (self.axes | given).items():
            if not len(values):
                raise ValueError(f"{name}: no value: at least one is needed")
            _refuse_repeated(name, values, "it is there twice")
        for name in given:
            _refuse_repeated(name, self.axes[name], "two of this name; rename a file")
        if self.points > MOST_POINTS:
            raise ValueError(f"points = {self.points}: at most {MOST_POINTS} are allowed")

    @property
    def axes(self) -> dict[str, tuple[str, ...] | Real]:
        """Axes of the data with their values, in order; limits have no axis of couplings."""
        found: dict[str, tuple[str, ...] | Real] = {
            "model": tuple(map(shown_name, self.models)),
            "experiment": tuple(map(shown_name, self.experiments)),
            "alpha_d": self.alpha_d,
            "mass_ratio": self.mass_ratio,
        }
        if self.choices.quantity == "yield":
            found["coupling"] = self.coupling
        return found | {"mass": self.mass}

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the data."""
        return tuple(len(values) for values in self.axes.values())

    @property
    def points(self) -> int:
        """Number of points."""
        return prod(self.shape)

    @property
    def chunk(self) -> tuple[int, ...]:
        """Shape of a block: one model and experiment, and of the rest as much as fits."""
        most = _YIELDS if self.choices.quantity == "yield" else _LIMITS
        room = max(_LEAST, min(most, self.points // _BLOCKS))
        room = max(1, room // (_OFF_SHELL if self.choices.off_shell else 1))
        lengths: list[int] = []
        for length in reversed(self.shape[2:]):
            lengths.insert(0, -(-length // -(-length // room)))
            room = max(1, room // length)
        return (1, 1, *lengths)

    @property
    def blocks(self) -> tuple[int, ...]:
        """Number of blocks along each axis."""
        return tuple(-(-n // size) for n, size in zip(self.shape, self.chunk, strict=True))

    def region(self, place: tuple[int, ...]) -> tuple[slice, ...]:
        """Where the block is in the data."""
        along = zip(place, self.chunk, self.shape, strict=True)
        return tuple(slice(i * size, min((i + 1) * size, n)) for i, size, n in along)

    def worlds(self) -> dict[str, Experiment]:
        """Experiments by name; ValueError for one that the choices do not fit."""
        found = {name: load_experiment(name) for name in self.experiments}
        for name, world in found.items():
            if world.has_muons and self.choices.method == "ratio":
                raise ValueError(
                    f"method = 'ratio': allowed for e- and e+ beams, {name} needs 'absolute'"
                )
        if all(world.has_muons for world in found.values()):
            self.choices.check_muons()
        return found

    def check_models(self, build: Builder, worlds: dict[str, Experiment]) -> None:
        """Raise ValueError for a model that does not exist at some of the points."""
        muons = any(world.has_muons for world in worlds.values())
        strength = self.coupling if len(self.coupling) else np.array([_SOME_COUPLING])
        for name, alpha, ratio in product(self.models, self.alpha_d, self.mass_ratio):
            model = build(name, float(alpha), float(ratio))
            model.at(self.mass, np.full(self.mass.shape, strength.min()))
            model.at(self.mass, np.full(self.mass.shape, strength.max()))
            if muons:
                with np.errstate(all="ignore"):
                    radiative_factor(model.at(self.mass[:1], strength[:1]), muons=True)

    def todo(
        self,
        places: list[tuple[int, ...]],
        build: Builder,
        worlds: dict[str, Experiment],
    ) -> Iterator[tuple[Block]]:
        """Blocks at `places`, each as the arguments of a task."""
        for place in places:
            which, where, alphas, ratios, *strengths, masses = self.region(place)
            (name,), (world,) = self.models[which], self.experiments[where]
            combined = product(self.alpha_d[alphas], self.mass_ratio[ratios])
            yield (
                Block(
                    name=f"{name} {world} {'.'.join(map(str, place))}",
                    place=place,
                    choices=self.choices,
                    experiment=worlds[world],
                    models=tuple(build(name, float(a), float(r)) for a, r in combined),
                    shape=tuple(part.stop - part.start for part in self.region(place)),
                    coupling=self.coupling[strengths[0]] if strengths else self.coupling,
                    mass=self.mass[masses],
                ),
            )


def _refuse_repeated(name: str, values: tuple[str, ...] | Real, reason: str) -> None:
    """Raise ValueError for the first value of an axis that was there before."""
    seen: set[str | float] = set()
    for value in values if isinstance(values, tuple) else values.tolist():
        if value in seen:
            raise ValueError(f"{name} = {value}: {reason}")
        seen.add(value)


def builder(names: tuple[str, ...]) -> Builder:
    """How models are built from a name or file, α_D and mass ratio; definitions are read once.

    A model without a dark sector has no use for these two.
    """
    own = {name: load_model(name) for name in names if name not in MODELS}

    def build(name: str, alpha_d: float, mass_ratio: float) -> Model:
        if name in own:
            definition = own[name]
            if definition.dark is not None:
                dark = replace(definition.dark, alpha_d=alpha_d, mass_ratio=mass_ratio)
                definition = replace(definition, dark=dark)
            return OwnModel(_SOME_MASS, _SOME_COUPLING, definition)
        if name == "vanilla":
            return Vanilla(_SOME_MASS, _SOME_COUPLING)
        kind = DarkPhoton if name == "dark-photon" else Invisible
        return kind(_SOME_MASS, _SOME_COUPLING, alpha_d, mass_ratio)

    return build
