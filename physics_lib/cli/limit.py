"""The command `na64e limit`: upper limits on the coupling, by either method."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from physics_lib.cli import io as cli_io
from physics_lib.cli import options as opt

if TYPE_CHECKING:
    from physics_lib.cli.io import Real
    from physics_lib.limits import Limit
    from physics_lib.models import Model
    from physics_lib.yields import Search

EXAMPLES = (
    "Examples: na64e limit --model invisible --masses 0.001:0.6:200; "
    "na64e limit --model vanilla --masses 0.1 --experiment na64mu-1e11"
)

_ABSOLUTE_ONLY = ("statistics", "common_efficiency")
# Muons of a beam do not annihilate.
_ANNIHILATION = ("electrons", "photons")


def search_of(
    experiment: str, off_shell: bool = False, electrons: str = "rest", photons: bool = False
) -> "Search":
    """Set up a search with its track length and what it is to take into account."""
    from physics_lib.checks import one_of
    from physics_lib.experiment import load_experiment

    one_of("--electrons", electrons, ("rest", "bound"))
    chosen = load_experiment(experiment)
    with cli_io.busy("shower"):
        from physics_lib.yields import Search

        plain = Search.of(chosen)
    return replace(plain, off_shell=off_shell, electrons=electrons, nonresonant=photons)


def limit(
    context: typer.Context,
    model: opt.Model,
    masses: Annotated[
        str, opt.option("--masses", "Masses of the mediator, GeV.", "LIST", also="--mass")
    ],
    alpha_d: opt.AlphaD = "0.1",
    mass_ratio: opt.MassRatio = "3",
    experiment: opt.Experiment = "na64e-2018",
    method: Annotated[
        str, opt.option("--method", "ratio; for muons absolute.", "ratio|absolute")
    ] = "",
    statistics: Annotated[
        str,
        opt.option("--statistics", "Absolute: of N_up.", "cls|feldman-cousins|bayesian"),
    ] = "cls",
    common_efficiency: Annotated[
        str, opt.option("--common-efficiency", "Absolute: fitted for e- and e+, 1 for muons.")
    ] = "",
    radiative_only: Annotated[
        bool, typer.Option("--radiative-only", help="Leave the annihilation out.")
    ] = False,
    off_shell: opt.OffShell = False,
    electrons: opt.Electrons = "rest",
    photons: opt.Photons = False,
    as_json: opt.AsJson = False,
) -> None:
    """Upper limits on the coupling, 90% C.L.

    The ratio method compares with the published limit of NA64-e on dark photons. The absolute
    method counts events; what the efficiency leaves out is one constant, by default fitted to
    that limit.
    """
    from physics_lib.checks import in_range, one_of
    from physics_lib.statistics import METHODS

    if method:
        one_of("--method", method, ("ratio", "absolute"))
    one_of("--statistics", statistics, METHODS)
    share = None
    if common_efficiency:
        share = cli_io.number("--common-efficiency", common_efficiency)
        in_range("--common-efficiency", share, 0.0, 10.0, open_low=True)
    values = cli_io.number_list("--masses", masses)
    mediator = opt.build_model(model, values, 1e-3, alpha_d, mass_ratio)
    _check_counts(experiment, method, statistics)
    search = search_of(experiment, off_shell, electrons, photons)
    muons = search.experiment.has_muons
    if method == "ratio" and muons:
        raise ValueError("--method = 'ratio': allowed for e- and e+ beams, muons need 'absolute'")
    if muons:
        beside = f"--experiment {experiment}, a beam of muons"
        opt.refuse_given(context, ("radiative_only", *_ANNIHILATION), beside)
    if radiative_only:
        opt.refuse_given(context, _ANNIHILATION, "--radiative-only")
    if method == "absolute" or muons:
        solve = _absolute(search, statistics, share, radiative_only)
    else:
        opt.refuse_given(context, _ABSOLUTE_ONLY, "--method ratio")
        solve = _ratio(search, radiative_only)

    def block(m: "Real") -> "tuple[Any, ...]":
        found = solve(replace(mediator, mass=m))
        return found.coupling, found.iterations

    upper, iterations = cli_io.in_blocks("limit", block, values)
    name = f"{opt.coupling_name(model)}_up"
    cli_io.emit({"mass_GeV": values, name: upper, "iterations": iterations}, as_json)


def _check_counts(experiment: str, method: str, statistics: str) -> None:
    """Raise ValueError, before the shower is computed, for counts that a method cannot take."""
    from physics_lib.experiment import load_experiment
    from physics_lib.statistics import check_counts

    seen = load_experiment(experiment)
    if method == "absolute" or seen.has_muons:
        check_counts(seen.observed, seen.background, seen.background_error, statistics)


def _ratio(search: "Search", radiative_only: bool) -> "Callable[[Model], Limit]":
    """Solve by the ratio to the published limit."""
    from physics_lib.limits import ratio_limit

    return lambda model: ratio_limit(model, search, radiative_only=radiative_only)


def _absolute(
    search: "Search", statistics: str, share: float | None, radiative_only: bool
) -> "Callable[[Model], Limit]":
    """Solve by the number of events, with the usual common efficiency if none is given."""
    from physics_lib.limits import absolute_limit, common_efficiency_of

    found = common_efficiency_of(search, statistics) if share is None else share
    return lambda model: absolute_limit(
        model, search, found, statistics=statistics, radiative_only=radiative_only
    )
