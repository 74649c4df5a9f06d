"""The command `na64e scan`: yields or limits over a grid of parameters, into one store."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from physics_lib.cli import io as cli_io
from physics_lib.cli import options as opt
from physics_lib.cli.cluster import processes_or_cluster
from physics_lib.cli.recorded import record_of

if TYPE_CHECKING:
    from physics_lib.scan.grid import Scan

EXAMPLES = (
    "Examples: na64e scan --quantity limit --model invisible,dark-photon --masses 0.001:0.6:200 "
    "--alpha-d 0.02,0.1 --mass-ratio 2.2:5:10 --out limits.zarr --workers 2; "
    "na64e scan --quantity yield --model vanilla --masses 0.001:0.6:1000 --g 1e-5:1e-2:1000 "
    "--out yields.zarr --dask tcp://scheduler:8786"
)


def scan(
    context: typer.Context,
    model: Annotated[str, opt.option("--model", "Mediators.", "NAME|FILE,...")],
    masses: Annotated[
        str, opt.option("--masses", "Masses of the mediator, GeV.", "LIST", also="--mass")
    ],
    out: Annotated[str, opt.option("--out", "Folder of the store, new or begun.", "STORE.zarr")],
    quantity: Annotated[
        str, opt.option("--quantity", "What is computed.", "yield|limit")
    ] = "limit",
    experiment: Annotated[
        str, opt.option("--experiment", "Experiments.", "NAME|FILE,...")
    ] = "na64e-2018",
    g: Annotated[str, opt.option("--g", "Yields: couplings, up to 10.", "LIST")] = "",
    alpha_d: Annotated[
        str, opt.option("--alpha-d", "g_D^2/4pi; a file has its own if not given.", "LIST")
    ] = "0.1",
    mass_ratio: Annotated[
        str, opt.option("--mass-ratio", "m/m_chi, above 2; likewise.", "LIST")
    ] = "3",
    method: Annotated[
        str, opt.option("--method", "Limits: ratio; for muons absolute.", "ratio|absolute")
    ] = "",
    radiative_only: Annotated[
        bool, typer.Option("--radiative-only", help="Limits: leave the annihilation out.")
    ] = False,
    off_shell: opt.OffShell = False,
    electrons: opt.Electrons = "rest",
    photons: opt.Photons = False,
    workers: Annotated[str, opt.option("--workers", "Processes.")] = "1",
    dask: Annotated[
        str, opt.option("--dask", "Scheduler of a Dask cluster instead.", "ADDRESS")
    ] = "",
    as_json: opt.AsJson = False,
) -> None:
    """Yields or limits on a grid of parameters, in one Zarr store.

    Every combination is computed. A scan that was ended goes on with the same command. What is
    printed is how many points have an answer, and why the others have none.
    """
    count = cli_io.whole("--workers", workers, 1, 1024)
    if dask and opt.was_given(context, "workers"):
        raise ValueError("--workers: not allowed with --dask")
    path = checked_store("--out", out)
    names = tuple(part.strip() for part in model.split(","))
    dark = {"alpha_d": alpha_d, "mass_ratio": mass_ratio}
    for key in dark:
        if not opt.was_given(context, key):
            dark[key] = opt.dark_sector_value(key, dark[key], names)
    wanted = _scan(
        (quantity, method, radiative_only, off_shell, electrons, photons),
        (names, tuple(part.strip() for part in experiment.split(","))),
        {"--masses": masses, "--g": g} | {opt.flag(key): text for key, text in dark.items()},
    )
    record = record_of(context).as_dict()

    from physics_lib.scan.run import run

    with (
        processes_or_cluster(count, dask) as (executor, ahead),
        cli_io.busy("points", wanted.points) as tell,
    ):
        counts = run(
            wanted,
            path,
            executor,
            ahead,
            progress=lambda done, _: tell(done),
            provenance=record,
        )
    cli_io.emit({"outcome": list(counts), "points": list(counts.values())}, as_json)


def checked_store(option: str, text: str) -> Path:
    """Return the path of a folder that is there or can be made; ValueError if not."""
    from physics_lib.cli.files import checked_path

    path = Path(os.path.realpath(text))
    if text and path.is_dir():
        return path
    return checked_path(option, text)


def _scan(
    choices: tuple[str, str, bool, bool, str, bool],
    names: tuple[tuple[str, ...], tuple[str, ...]],
    lists: dict[str, str],
) -> "Scan":
    """Build the scan from text."""
    try:
        import zarr  # noqa: F401
    except ImportError:
        raise ValueError("scan: needs zarr, which is not installed") from None
    import numpy as np

    from physics_lib.scan.grid import Choices, Scan

    chosen = Choices(*choices)
    given = {
        option: cli_io.number_list(option, text) if text else np.empty(0)
        for option, text in lists.items()
    }
    if chosen.quantity == "yield" and not lists["--g"]:
        raise ValueError("--g: missing, couplings above 0 and at most 10 are needed for yields")
    for name in names[0]:
        opt.own_definition(name)
    return Scan(
        chosen,
        *names,
        mass=given["--masses"],
        alpha_d=given["--alpha-d"],
        mass_ratio=given["--mass-ratio"],
        coupling=given["--g"],
    )
