"""The command `na64e tracklength`: T_±(E) from the cascade or from the Monte Carlo."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from physics_lib.cli import io as cli_io
from physics_lib.cli import options as opt
from physics_lib.cli.cluster import cluster

if TYPE_CHECKING:
    from physics_lib.cli.io import Real, Table
    from physics_lib.materials import Material, Stack
    from physics_lib.shower.track_length import TrackLength

EXAMPLES = (
    "Examples: na64e tracklength --beam e- --energy 100 --target na64-ecal; "
    "na64e tracklength --energy 8 --target '34 x (0.4 cm tungsten, 0.05 cm silicon)'; "
    "na64e tracklength --method montecarlo --showers 1000000 --workers 2 --out t.csv"
)

_MONTE_CARLO_ONLY = {
    "showers": "--showers",
    "seed": "--seed",
    "step_length": "--step-length",
    "workers": "--workers",
    "dask": "--dask",
}


def tracklength(
    context: typer.Context,
    beam: Annotated[str, opt.option("--beam", "Particle on target.", "e-|e+|gamma")] = "e-",
    energy: Annotated[str, opt.option("--energy", "Beam energy, GeV.")] = "100",
    target: Annotated[str, opt.option("--target", "What it hits.", "NAME|PLATES")] = "na64-ecal",
    method: Annotated[
        str, opt.option("--method", "Shower solver.", "cascade|montecarlo")
    ] = "cascade",
    bins: Annotated[str, opt.option("--bins", "Bins, from 0 to the beam energy.")] = "200",
    threshold: Annotated[str, opt.option("--threshold", "Lowest energy followed, GeV.")] = "0.5",
    pivots: Annotated[str, opt.option("--pivots", "Cascade: points of the grid.")] = "100",
    showers: Annotated[str, opt.option("--showers", "Monte Carlo: how many.")] = "10000",
    seed: Annotated[str, opt.option("--seed", "Monte Carlo: of the random numbers.")] = "1",
    step_length: Annotated[
        str, opt.option("--step-length", "Monte Carlo: largest step, cm.")
    ] = "1000000",
    workers: Annotated[str, opt.option("--workers", "Monte Carlo: threads.")] = "1",
    dask: Annotated[
        str, opt.option("--dask", "Monte Carlo: scheduler of a Dask cluster.", "ADDRESS")
    ] = "",
    as_json: opt.AsJson = False,
) -> None:
    """Track lengths of the e- and e+ of a shower, cm/GeV.

    With --out, a Monte Carlo keeps what is done in FILE.checkpoint and goes on from there.
    """
    from physics_lib.checks import HIGHEST_SEED, in_range, one_of

    one_of("--method", method, ("cascade", "montecarlo"))
    medium = _medium(target)
    top, lowest = cli_io.number("--energy", energy), cli_io.number("--threshold", threshold)
    count = cli_io.whole("--bins", bins, 1, 100_000)

    import numpy as np

    from physics_lib.shower import cascade

    edges = np.linspace(0.0, in_range("--energy", top, *cascade.ENERGY_RANGE, "GeV"), count + 1)
    if method == "cascade":
        for name, flag in _MONTE_CARLO_ONLY.items():
            if opt.was_given(context, name):
                raise ValueError(f"{flag}: allowed with --method montecarlo only")
        grid_points = cli_io.whole("--pivots", pivots, 20, 2000)
        with cli_io.busy("shower"):
            found = cascade.track_length(beam, top, medium, lowest, edges, grid_points)
    else:
        if opt.was_given(context, "pivots"):
            raise ValueError("--pivots: allowed with --method cascade only")
        settings = {
            "showers": cli_io.whole("--showers", showers, 1, 10**12),
            "seed": cli_io.whole("--seed", seed, 0, HIGHEST_SEED),
            "step_length": cli_io.number("--step-length", step_length),
            "workers": cli_io.whole("--workers", workers, 1, 1024),
        }
        found = _simulated(beam, top, medium, lowest, edges, settings, dask, cli_io.output_path())
    cli_io.emit(_table(found), as_json)


def _medium(text: str) -> "Material | Stack":
    """Return the target that the option describes."""
    from physics_lib.materials import target_of

    try:
        return target_of(text)
    except ValueError as error:
        raise ValueError(f"--{error}") from None


def _simulated(
    beam: str,
    energy: float,
    target: "Material | Stack",
    threshold: float,
    edges: "Real",
    settings: dict[str, Any],
    dask: str,
    path: Path | None,
) -> "TrackLength":
    """Run the Monte Carlo; its checkpoint is beside `path` and goes when all is done."""
    from physics_lib.shower.montecarlo import simulate

    checkpoint = None if path is None else path.with_name(path.name + ".checkpoint")
    with cluster(dask) as executor, cli_io.busy("showers", settings["showers"]) as tell:
        found = simulate(
            beam,
            energy,
            target,
            threshold=threshold,
            edges=edges,
            checkpoint=checkpoint,
            progress=lambda done, _: tell(done),
            executor=executor,
            **settings,
        )
    if checkpoint is not None:
        checkpoint.unlink(missing_ok=True)
    return found


def _table(found: "TrackLength") -> "Table":
    """Columns of the result, one row per material and bin."""
    import numpy as np

    count = len(found.edges) - 1
    return {
        "material": np.repeat(found.materials, count),
        "E_lo_GeV": np.tile(found.edges[:-1], len(found.materials)),
        "E_hi_GeV": np.tile(found.edges[1:], len(found.materials)),
        "T_minus_cm_per_GeV": found.minus.ravel(),
        "T_minus_err": found.minus_error.ravel(),
        "T_plus_cm_per_GeV": found.plus.ravel(),
        "T_plus_err": found.plus_error.ravel(),
    }
