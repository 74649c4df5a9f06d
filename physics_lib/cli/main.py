"""The command line `na64e`: what each step of the analysis gives, as CSV or JSON.

Answers go to standard output. Bad input ends with status 2 and one line on standard error. What
computes is imported inside the commands, so that help and light commands start quickly.
"""

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from physics_lib.cli import ending
from physics_lib.cli import io as cli_io
from physics_lib.cli import options as opt
from physics_lib.cli.claims import EXAMPLES as CLAIMS_EXAMPLES
from physics_lib.cli.claims import claims
from physics_lib.cli.events import EVENTS_EXAMPLE, LIBRARY_EXAMPLE, events, library
from physics_lib.cli.export import EXAMPLES as EXPORT_EXAMPLES
from physics_lib.cli.export import export
from physics_lib.cli.limit import EXAMPLES as LIMIT_EXAMPLES
from physics_lib.cli.limit import limit, search_of
from physics_lib.cli.recorded import recorded
from physics_lib.cli.scan import EXAMPLES as SCAN_EXAMPLES
from physics_lib.cli.scan import scan
from physics_lib.cli.shower import EXAMPLES, tracklength
from physics_lib.cli.sigma import EXAMPLES as SIGMA_EXAMPLES
from physics_lib.cli.sigma import sigma
from physics_lib.cli.verify import EXAMPLES as VERIFY_EXAMPLES
from physics_lib.cli.verify import verify
from physics_lib.reading import each_file_once

if TYPE_CHECKING:
    from physics_lib.cli.io import Real, Table

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"na64e {version('na64e-book')}")
        raise typer.Exit


@app.callback(
    epilog="A LIST is comma-separated; A:B:N in it is N points from A to B, logarithmic."
)
def _top(
    version: Annotated[
        bool, typer.Option("--version", help="Version.", is_eager=True, callback=_version)
    ] = False,
) -> None:
    """The NA64-e search for a light Z', step by step, as CSV on standard output."""


@app.command(epilog="Example: na64e mixing --q2=-0.01,0.03,0.36")
@recorded
def mixing(
    q2: Annotated[str, opt.option("--q2", "q^2, GeV^2; a range A:B:N is linear.", "LIST")],
    as_json: opt.AsJson = False,
) -> None:
    """Mixing of photon and Z' at one loop, Pi(q^2)/g."""
    from physics_lib import mixing as loop

    values = cli_io.number_list("--q2", q2, linear=True)
    result = loop.mixing(values)
    cli_io.emit({"q2_GeV2": values, "re": result.real, "im": result.imag}, as_json)


@app.command(epilog="Example: na64e widths --model invisible --mass 0.25 --g 1e-3")
@recorded
def widths(
    model: opt.Model,
    mass: opt.Mass,
    g: opt.G = None,
    epsilon: opt.Epsilon = None,
    alpha_d: opt.AlphaD = "0.1",
    mass_ratio: opt.MassRatio = "3",
    as_json: opt.AsJson = False,
) -> None:
    """Partial widths, GeV, and branching fractions."""
    name, given = opt.coupling(model, g, epsilon)
    value, strength = cli_io.number("--mass", mass), cli_io.number(f"--{name}", given)
    channels = opt.build_model(model, value, strength, alpha_d, mass_ratio).widths(value)
    partial = [float(width) for width in channels.values()]
    total = sum(partial)
    if total == 0.0:
        raise ValueError(f"--mass = {mass}: no decay channel is open for these parameters")
    branching = [width / total for width in partial]
    table: Table = {"channel": list(channels), "width_GeV": partial, "branching": branching}
    cli_io.emit(table, as_json)


app.command(epilog=EXAMPLES)(recorded(tracklength))


app.command(epilog=SIGMA_EXAMPLES)(recorded(sigma))


@app.command(epilog="Example: na64e efficiency --energy 10,49,50,51,60,90")
@recorded
def efficiency(
    energy: Annotated[str, opt.option("--energy", "Energies E_F carried away, GeV.", "LIST")],
    experiment: opt.Experiment = "na64e-2018",
    as_json: opt.AsJson = False,
) -> None:
    """Efficiency of the missing-energy (muons: missing-momentum) cut."""
    from physics_lib.efficiency import efficiency_of
    from physics_lib.experiment import load_experiment

    values = cli_io.number_list("--energy", energy)
    eta = efficiency_of(load_experiment(experiment))(values)
    cli_io.emit({"E_F_GeV": values, "eta": eta}, as_json)


@app.command("yield", epilog="Example: na64e yield --model vanilla --mass 0.1,0.22 --g 1e-3")
@recorded
def yield_(
    context: typer.Context,
    model: opt.Model,
    mass: opt.Masses,
    g: opt.GList = None,
    epsilon: opt.EpsilonList = None,
    alpha_d: opt.AlphaD = "0.1",
    mass_ratio: opt.MassRatio = "3",
    experiment: opt.Experiment = "na64e-2018",
    off_shell: opt.OffShell = False,
    electrons: opt.Electrons = "rest",
    photons: opt.Photons = False,
    as_json: opt.AsJson = False,
) -> None:
    """Expected signal events, radiative and resonant."""
    name, given = opt.coupling(model, g, epsilon)
    strengths = cli_io.number_list(f"--{name}", given)
    rows = cli_io.grid({"mass_GeV": cli_io.number_list("--mass", mass), name: strengths})
    mediator = opt.build_model(model, rows["mass_GeV"], rows[name], alpha_d, mass_ratio)
    search = search_of(experiment, off_shell, electrons, photons)
    if search.experiment.has_muons:
        beside = f"--experiment {experiment}, a beam of muons"
        opt.refuse_given(context, ("electrons", "photons"), beside)

    def block(m: "Real", strength: "Real") -> "tuple[Real, Real]":
        return search.signal_yield(replace(mediator, mass=m, coupling=strength))

    radiative, resonant = cli_io.in_blocks("events", block, *rows.values())
    cli_io.emit(rows | {"n_radiative": radiative, "n_resonant": resonant}, as_json)


app.command(epilog=LIMIT_EXAMPLES)(recorded(limit))

app.command(epilog=SCAN_EXAMPLES)(scan)

app.command(epilog=EVENTS_EXAMPLE)(events)

app.command(epilog=LIBRARY_EXAMPLE)(library)

app.command(epilog=CLAIMS_EXAMPLES)(recorded(claims))

app.command(epilog=EXPORT_EXAMPLES)(export)

app.command(epilog=VERIFY_EXAMPLES)(verify)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line with `argv`, by default the arguments of the process.

    Returns
    -------
    int
        Exit status: 0, or 2 for bad input; see `ending.exit_status` for the rest.
    """
    arguments = sys.argv[1:] if argv is None else list(argv)

    def run() -> None:
        if not arguments:
            raise ValueError("a command is missing: na64e --help lists them")
        command = typer.main.get_command(app)
        with each_file_once(), command.make_context("na64e", arguments) as context:
            command.invoke(context)

    return ending.exit_status(run)
