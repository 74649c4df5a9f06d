"""Upper limits on the coupling by the ratio to a published limit, Eqs. (12)–(15)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from physics_lib.checks import in_range
from physics_lib.data import PublishedLimit, read_curve
from physics_lib.experiment import load_experiment
from physics_lib.models import Model
from physics_lib.yields import Search, radiative_factor

Real = NDArray[np.float64]

REFERENCE_EXPERIMENT = "na64e-2018"
"""The data set behind the published limit."""
REFERENCE_LIMIT = "na64e_2019_epsilon"
"""The published limit on ε, radiation only."""

_ANSATZ = 1e-6
_TOLERANCE = 1e-8
_MOST_ITERATIONS = 100


@dataclass(frozen=True)
class Limit:
    """An upper limit on a coupling as a function of mass.

    Attributes
    ----------
    mass : ndarray, shape (n,)
        m_V [GeV]
    coupling : ndarray, shape (n,)
        90 % C.L. upper limit on the model's coupling (g, or ε for a dark photon).
    history : ndarray, shape (rounds + 1, n)
        The coupling after each round of the iteration, the ansatz first.
    iterations : ndarray of int, shape (n,)
        Rounds after which the coupling moves by less than one part in 10⁸.
    """

    mass: Real
    coupling: Real
    history: Real
    iterations: NDArray[np.int64]


def ratio_limit(
    model: Model,
    search: Search,
    reference: Search | None = None,
    published: PublishedLimit | None = None,
    *,
    radiative_only: bool = False,
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
        By default the NA64-e data of 2016–2018 and the limit of PRL 123, 121801.
    radiative_only : bool
        Leave the resonant annihilation out.

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
    published = read_curve(REFERENCE_LIMIT) if published is None else published
    mass = np.atleast_1d(in_range("mass", model.mass, *published.valid_range_GeV, "GeV"))
    if reference is None:
        experiment = load_experiment(REFERENCE_EXPERIMENT)
        reference = search if search.experiment == experiment else Search.of(experiment)
    radiated = search.radiative_yield(mass)
    at_reference = radiated if reference is search else reference.radiative_yield(mass)
    target = at_reference * np.square(published.at(mass))

    coupling = np.full(mass.shape, _ANSATZ)
    history = [coupling]
    for _ in range(_MOST_ITERATIONS):
        at_coupling = model.at(mass, coupling)
        events = radiated * radiative_factor(at_coupling)
        if not radiative_only:
            events = events + search.resonant_yield(at_coupling)
        silent = ~(events > 0.0)
        if np.any(silent):
            raise ValueError(
                f"mass = {mass[silent][0]:g} GeV: the model gives no signal events, so no limit"
            )
        previous, coupling = coupling, coupling * np.sqrt(target / events)
        history.append(coupling)
        if np.all(np.abs(coupling / previous - 1.0) < _TOLERANCE):
            break
    else:
        raise RuntimeError(f"limit did not converge in {_MOST_ITERATIONS} rounds")
    rounds = np.array(history)
    moving = np.abs(rounds[1:] / rounds[:-1] - 1.0) >= _TOLERANCE
    return Limit(mass, coupling, rounds, np.sum(moving, axis=0))
