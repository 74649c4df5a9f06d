"""Upper limits on the coupling: ratio to a published limit, Eqs. (12)–(15), or absolute.

Both solve N(g) = N_excluded for the coupling. The ratio method takes the excluded number from the
yield of a dark photon at a published limit, so that all common factors of the efficiency cancel;
the absolute one takes it from the events that were observed, and needs those factors.
"""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from physics_lib.checks import in_range
from physics_lib.data import PublishedLimit, read_curve
from physics_lib.experiment import Experiment, load_experiment
from physics_lib.models import COUPLING_RANGE, Model
from physics_lib.statistics import upper_limit
from physics_lib.yields import Search

Real = NDArray[np.float64]

REFERENCE_EXPERIMENT = "na64e-2018"
"""The data set behind the published limit."""
REFERENCE_LIMIT = "na64e_2019_epsilon"
"""The published limit on ε, radiation only."""

FOUND, NO_SIGNAL, NO_LIMIT, NOT_CONVERGED = range(4)
"""What became of a point: a limit, or why there is none."""

_ANSATZ = 1e-6
_TOLERANCE = 1e-8
_MOST_ITERATIONS = 100
# The paper's starting point, which a tiny coupling leads to, and its two iterations.
_PLAIN_ROUNDS = 3


@dataclass(frozen=True, eq=False)
class Limit:
    """An upper limit on a coupling as a function of mass.

    Attributes
    ----------
    mass : ndarray, shape (n,)
        m_V [GeV]
    coupling : ndarray, shape (n,)
        90 % C.L. upper limit on the model's coupling (g, or ε for a dark photon).
    history : ndarray, shape (rounds + 1, n)
        The coupling after each round of the iteration, a tiny one first. Row 1 is where the paper
        starts (widths as for g → 0: narrow, or to dark particles alone), 2 and 3 its iterations.
    iterations : ndarray of int, shape (n,)
        Rounds after which the coupling moves by less than one part in 10⁸.
    outcome : ndarray of int, shape (n,)
        `FOUND`; where the limit is NaN, `NO_SIGNAL`, `NO_LIMIT` (below a coupling of 10) or
        `NOT_CONVERGED`.
    """

    mass: Real
    coupling: Real
    history: Real
    iterations: NDArray[np.int64]
    outcome: NDArray[np.int8]


@cache
def _reference() -> tuple[Experiment, PublishedLimit]:
    """The data set and the published limit that ratios are taken with, read once."""
    return load_experiment(REFERENCE_EXPERIMENT), read_curve(REFERENCE_LIMIT)


@cache
def reference_search(method: str, form_factor: str) -> Search:
    """The search behind the published limit, set up once for each choice.

    Parameters
    ----------
    method, form_factor : str
        Of the radiative cross section, as in `yields.Search`; in a ratio the same above and below.
    """
    return replace(Search.of(_reference()[0]), method=method, form_factor=form_factor)


def _reference_for(search: Search) -> Search:
    """The search to compare with: the given one, if it is of the same data."""
    if search.experiment == _reference()[0]:
        return search
    return reference_search(search.method, search.form_factor)


def ratio_limit(
    model: Model,
    search: Search,
    reference: Search | None = None,
    published: PublishedLimit | None = None,
    *,
    radiative_only: bool = False,
    strict: bool = True,
) -> Limit:
    """90 % C.L. upper limit by the paper's ratio method, iterated to convergence.

    The coupling is the one whose yield in `search` equals the yield of a dark photon at the
    published ε_up in `reference`; all common factors of the efficiency cancel.

    Parameters
    ----------
    model : Model
        With an array of masses; its coupling is not used.
    search : Search
        The experiment that the limit is for.
    reference, published : Search and PublishedLimit, optional
        By default the NA64-e data of 2016–2018, with the cross section that `search` has (or
        `search` itself, if it is of these data), and the limit of PRL 123, 121801.
    radiative_only : bool
        Leave the resonant annihilation out.
    strict : bool
        Refuse masses without a limit; else they get NaN, and `Limit.outcome` says why.

    Returns
    -------
    Limit

    Raises
    ------
    ValueError
        For masses where there is no published limit, or a model without signal.
    RuntimeError
        If the iteration does not converge.
    """
    published = _reference()[1] if published is None else published
    mass = np.atleast_1d(in_range("mass", model.mass, *published.valid_range_GeV, "GeV"))
    reference = _reference_for(search) if reference is None else reference
    yield_now = search.radiative_yield(mass)
    at_reference = yield_now if reference is search else reference.radiative_yield(mass)
    excluded = at_reference * np.square(published.at(mass))
    return _solve(model, search, mass, excluded, radiative_only, strict)


def absolute_limit(
    model: Model,
    search: Search,
    common_efficiency: float = 1.0,
    *,
    statistics: str = "cls",
    radiative_only: bool = False,
    strict: bool = True,
) -> Limit:
    """90 % C.L. upper limit from the number of events alone.

    Parameters
    ----------
    model : Model
        With an array of masses; its coupling is not used.
    search : Search
        The experiment that the limit is for, with the events that it observed.
    common_efficiency : float
        Share of the signal that passes all cuts which η does not describe, above 0.
    statistics : str
        How the excluded number of events is found, as in `statistics.upper_limit`.
    radiative_only : bool
        Leave the resonant annihilation out.
    strict : bool
        As for `ratio_limit`.

    Raises
    ------
    ValueError
        For arguments out of range, or a model without signal.
    RuntimeError
        If the iteration does not converge.
    """
    in_range("common_efficiency", common_efficiency, 0.0, 10.0, open_low=True)
    mass = np.atleast_1d(np.asarray(model.mass, dtype=np.float64))
    seen = search.experiment
    events = upper_limit(seen.observed, seen.background, seen.background_error, statistics)
    excluded = np.full(mass.shape, events / common_efficiency)
    return _solve(model, search, mass, excluded, radiative_only, strict)


def fitted_efficiency(
    search: Search, published: PublishedLimit, events: float
) -> tuple[float, Real]:
    """The constant that makes the yield at a published limit equal to the excluded events.

    Parameters
    ----------
    search : Search
        Of the experiment behind the published limit.
    published : PublishedLimit
        Limit on ε, radiation only.
    events : float
        Number of events that is excluded.

    Returns
    -------
    constant : float
        Geometric mean over the published masses of `events` over the yield: a fitted number, in
        which every common efficiency and every difference of normalisation ends up.
    closure : ndarray
        g_up of the absolute method over that of the ratio method at the published masses,
        off the resonance; one everywhere if the published limit follows from our yield.
    """
    share = events / (
        search.radiative_yield(published.mass_GeV) * np.square(published.upper_limit)
    )
    constant = float(np.exp(np.mean(np.log(share))))
    return constant, np.sqrt(share / constant)


def common_efficiency_of(search: Search, statistics: str = "cls") -> float:
    """The common efficiency of an absolute limit for which none is given.

    Parameters
    ----------
    search : Search
        The experiment that the limit is for.
    statistics : str
        As for `absolute_limit`.

    Returns
    -------
    float
        One for muons; else the constant of `fitted_efficiency` for the published limit, with the
        reference of `ratio_limit`.
    """
    if search.experiment.has_muons:
        return 1.0
    reference = _reference_for(search)
    seen = reference.experiment
    events = upper_limit(seen.observed, seen.background, seen.background_error, statistics)
    return fitted_efficiency(reference, _reference()[1], events)[0]


def _solve(
    model: Model, search: Search, mass: Real, excluded: Real, radiative_only: bool, strict: bool
) -> Limit:
    """Find the couplings at which the yield is the excluded number of events.

    The yield goes nearly with the coupling squared: each round rescales by what is missing, at
    the masses where the coupling still moves. After the rounds of the paper the power is the one
    between the last two of them.
    """
    coupling = np.full(mass.shape, _ANSATZ)
    history = [coupling]
    moving = np.ones(mass.shape, dtype=bool)
    iterations = np.zeros(mass.shape, dtype=np.int64)
    outcome = np.full(mass.shape, FOUND, dtype=np.int8)
    power, yields = np.full(mass.shape, 2.0), np.ones(mass.shape)
    for round_ in range(_MOST_ITERATIONS):
        at_coupling = model.at(mass[moving], coupling[moving])
        events = search.radiated_signal(at_coupling)
        if not radiative_only:
            events = events + search.annihilation_yield(at_coupling)
        silent = ~(events > 0.0)
        _mark(outcome, mass, np.flatnonzero(moving)[silent], NO_SIGNAL, strict)
        events = np.where(silent, np.nan, events)
        if round_ >= _PLAIN_ROUNDS:
            step = np.log(coupling[moving] / history[-2][moving])
            power[moving] = np.clip(np.log(events / yields[moving]) / step, 1.0, 4.0)
        yields[moving] = events
        coupling = coupling.copy()
        coupling[moving] *= (excluded[moving] / events) ** (1.0 / power[moving])
        beyond = coupling > COUPLING_RANGE[1]
        _mark(outcome, mass, np.flatnonzero(beyond), NO_LIMIT, strict)
        coupling[beyond] = np.nan
        # NaN does not move: points without a limit are left alone from here on.
        moving = np.abs(coupling / history[-1] - 1.0) >= _TOLERANCE
        history.append(coupling)
        iterations += moving
        if not np.any(moving):
            break
    _mark(outcome, mass, np.flatnonzero(moving), NOT_CONVERGED, strict)
    coupling = np.where(outcome == FOUND, coupling, np.nan)
    return Limit(mass, coupling, np.array(history), iterations, outcome)


def _mark(
    outcome: NDArray[np.int8], mass: Real, points: NDArray[np.intp], reason: int, strict: bool
) -> None:
    """Write down why points have no limit; if `strict`, refuse the first."""
    outcome[points] = reason
    if not (strict and points.size):
        return
    if reason == NOT_CONVERGED:
        raise RuntimeError(f"limit did not converge in {_MOST_ITERATIONS} rounds")
    worst = f"mass = {mass[points[0]]:g} GeV"
    if reason == NO_SIGNAL:
        raise ValueError(f"{worst}: the model gives no signal events, so no limit")
    raise ValueError(f"{worst}: no limit below a coupling of {COUPLING_RANGE[1]:g}")
