"""What the choices behind the limit are worth: variations of g_up, their band, neglected effects.

Each variation changes one choice in numerator and denominator of Eq. (14) alike, as a group that
had made that choice would have. Off the resonance most of them cancel. What the paper neglects
is no uncertainty but a correction, and stays out of the band.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from physics_lib.data import read_track_length_reference
from physics_lib.efficiency import ThresholdEfficiency
from physics_lib.limits import Limit, ratio_limit
from physics_lib.models import Model
from physics_lib.parameterisation import ParameterisedModel, PolynomialMixing
from physics_lib.yields import Search

Real = NDArray[np.float64]
Change = Callable[[Model, Search], tuple[Model, Search]]


@dataclass(frozen=True)
class Variation:
    """One choice made otherwise.

    Attributes
    ----------
    group : str
        What it is a choice of; of a group the band takes the largest.
    name : str
        The other choice.
    change : ndarray
        g_up with it over g_up without, minus one.
    """

    group: str
    name: str
    change: Real


def _of_search(**fields: object) -> Change:
    """Change that sets fields of the search."""
    return lambda model, search: (model, replace(search, **fields))  # type: ignore[arg-type]


def _of_experiment(change: Callable[[Search], dict[str, float]]) -> Change:
    """Change of the experiment and of the efficiency that follows from it."""

    def apply(model: Model, search: Search) -> tuple[Model, Search]:
        other = replace(search.experiment, **change(search))  # type: ignore[arg-type]
        return model, replace(search, experiment=other, efficiency=ThresholdEfficiency(other))

    return apply


def _resolution(factor: float) -> Change:
    """Change of both terms of the resolution."""
    return _of_experiment(
        lambda search: {
            "resolution_stochastic": factor * search.experiment.resolution_stochastic,
            "resolution_constant": factor * search.experiment.resolution_constant,
        }
    )


def _cut(factor: float) -> Change:
    """Change of the cut on the energy in the calorimeter, or of the energy scale."""
    return _of_experiment(lambda search: {"ecal_cut_GeV": factor * search.experiment.ecal_cut_GeV})


def counted_by_geant4(search: Search, sampling: str) -> Search:
    """Return the search with the track lengths of the GEANT4 reference, where something is seen.

    Parameters
    ----------
    search : Search
        Of 100 GeV electrons on the calorimeter of NA64.
    sampling : {"pre", "mid"}
        Energy that a step counts with, as in `read_track_length_reference`.
    """
    table, lengths = read_track_length_reference(sampling), search.track_length
    edges = np.append(table.energy_low_GeV, table.energy_high_GeV[-1])
    seen = edges >= search.lowest_energy

    def rows(values: dict[str, Real]) -> Real:
        return np.array([values[name][seen[:-1]] for name in lengths.materials])

    other = replace(
        lengths,
        edges=edges[seen],
        minus=rows(table.minus),
        plus=rows(table.plus),
        gamma=np.zeros((len(lengths.materials), int(seen.sum()) - 1)),
        minus_error=rows(table.minus_error),
        plus_error=rows(table.plus_error),
    )
    return replace(search, track_length=other)


def _geant4(sampling: str) -> Change:
    """Track lengths of the GEANT4 reference in place of the cascade's."""
    return lambda model, search: (model, counted_by_geant4(search, sampling))


def _parameterised(model: Model, search: Search) -> tuple[Model, Search]:
    """F_R in place of Re Π."""
    return ParameterisedModel(model, PolynomialMixing.fit()), search


VARIATIONS: tuple[tuple[str, str, Change], ...] = (
    ("cross section", "elastic form factor alone", _of_search(form_factor="elastic")),
    ("cross section", "improved Weizsäcker–Williams", _of_search(method="iww")),
    ("target", "lead and scintillator", _of_search(materials=("lead", "scintillator"))),
    ("resolution", "resolution 20 % better", _resolution(0.8)),
    ("resolution", "resolution 20 % worse", _resolution(1.2)),
    ("energy scale", "cut 2 % lower", _cut(0.98)),
    ("energy scale", "cut 2 % higher", _cut(1.02)),
    ("track length", "GEANT4, energy before the step", _geant4("pre")),
    ("track length", "GEANT4, mean energy of the step", _geant4("mid")),
    ("mixing", "F_R in place of Re Π", _parameterised),
)
"""Group, name and change of the choices, for a search with the paper's target and beam."""

NEGLECTED: tuple[tuple[str, str, Change], ...] = (
    ("neglected", "off the mass shell, running width", _of_search(off_shell=True)),
    ("neglected", "electrons moving in their atoms", _of_search(electrons="bound")),
    ("neglected", "annihilation with photons", _of_search(nonresonant=True)),
)
"""The same for what the paper neglects."""


def variations(
    model: Model, search: Search, changes: tuple[tuple[str, str, Change], ...] = VARIATIONS
) -> tuple[Limit, tuple[Variation, ...]]:
    """Limit by the ratio method, and what other choices make of it.

    Parameters
    ----------
    model : Model
        A Z′ of L_μ − L_τ with an array of masses.
    search : Search
        Of 100 GeV electrons on the calorimeter of NA64.
    changes : tuple
        `VARIATIONS`, or what else is of interest.

    Returns
    -------
    limit : Limit
        The nominal one.
    found : tuple of Variation
        In the order of `changes`.
    """
    nominal = ratio_limit(model, search, search)
    found = []
    for group, name, change in changes:
        other_model, other = change(model, search)
        limit = ratio_limit(other_model, other, other)
        found.append(Variation(group, name, limit.coupling / nominal.coupling - 1.0))
    return nominal, tuple(found)


def band(found: tuple[Variation, ...]) -> tuple[Real, Real]:
    """Relative lower and upper edge of g_up: largest change of each group, groups in quadrature.

    Returns
    -------
    low, high : ndarray
        At most and at least zero.
    """
    low2 = high2 = np.zeros_like(found[0].change)
    for group in dict.fromkeys(variation.group for variation in found):
        changes = [variation.change for variation in found if variation.group == group]
        low2 = low2 + np.square(np.minimum(np.min(changes, axis=0), 0.0))
        high2 = high2 + np.square(np.maximum(np.max(changes, axis=0), 0.0))
    return -np.sqrt(low2), np.sqrt(high2)
