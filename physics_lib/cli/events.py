"""The commands `na64e events` and `na64e library`: Les Houches event files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from physics_lib.cli import io as cli_io
from physics_lib.cli import options as opt
from physics_lib.cli.recorded import record_of
from physics_lib.provenance.event_files import SUFFIXES

if TYPE_CHECKING:
    from physics_lib.events.target import ThickTarget

EVENTS_EXAMPLE = (
    "Example: na64e events --model invisible --mass 0.25 --g 1e-3 --n 10000 --seed 1 "
    "--out events.lhe.gz"
)
LIBRARY_EXAMPLE = "Example: na64e library --mass 0.1 --energies 4:100:25 --n 10000 --out library"

_MOST_ENERGIES = 1000
_LEPTONS = ("e-", "mu-")

Count = Annotated[str, opt.option("--n", "Number of events.")]
Seed = Annotated[str, opt.option("--seed", "Of the random numbers.")]


def events(
    context: typer.Context,
    model: opt.Model,
    mass: opt.Mass,
    out: Annotated[str, opt.option("--out", "File to write, .lhe or .lhe.gz.", "FILE")],
    n: Count = "10000",
    seed: Seed = "1",
    g: opt.G = None,
    epsilon: opt.Epsilon = None,
    alpha_d: opt.AlphaD = "0.1",
    mass_ratio: opt.MassRatio = "3",
    experiment: opt.Experiment = "na64e-2018",
    process: Annotated[
        str, opt.option("--process", "Production.", "radiative|resonant|both")
    ] = "both",
    threshold: Annotated[
        str,
        opt.option("--threshold", "Lowest lepton energy, GeV; default: where eta vanishes."),
    ] = "",
    as_json: opt.AsJson = False,
) -> None:
    """Write signal events of an experiment, with invisible decays, to a Les Houches file.

    Events are drawn in proportion to track length times cross section, without efficiency. What
    was drawn goes to standard output; the cross sections are averages over the leptons' path.
    """
    from physics_lib.checks import one_of
    from physics_lib.definitions import shown_name

    one_of("--process", process, ("radiative", "resonant", "both"))
    name, given = opt.coupling(model, g, epsilon)
    strength, value = cli_io.number(f"--{name}", given), cli_io.number("--mass", mass)
    mediator = opt.build_model(model, value, strength, alpha_d, mass_ratio)
    count, start = _size(n, seed)
    path, record = _event_file(out), record_of(context)
    target = _target(experiment, threshold)
    with cli_io.busy("events"):
        from physics_lib.events.lhe import write_events
        from physics_lib.events.target import thick_target_events

        sample = thick_target_events(mediator, target, count, start, process)
        settings = {
            "model": shown_name(model),
            "mass_GeV": value,
            name: strength,
            **opt.dark_sector_of(mediator),
            "experiment": shown_name(experiment),
            "process": process,
            "lowest_energy_GeV": float(target.lengths.edges[0]),
            "luminosity_per_pb": sample.luminosity,
            "seed": start,
            "cross_sections": "pb per lead nucleus, averaged over the path of the leptons",
        }
        write_events(path, sample, settings, record)
    resonant = int(sample.resonant.sum())
    expected = [sigma * sample.luminosity for sigma in sample.cross_sections]
    cli_io.emit(
        {
            "process": ["radiative", "resonant"],
            "events": [count - resonant, resonant],
            "cross_section_pb": list(sample.cross_sections),
            "expected": expected,
        },
        as_json,
    )


def library(
    context: typer.Context,
    mass: opt.Mass,
    energies: Annotated[str, opt.option("--energies", "Lepton energies, GeV.", "LIST")],
    out: Annotated[str, opt.option("--out", "New folder to write.", "DIR")],
    n: Annotated[str, opt.option("--n", "Events per energy.")] = "10000",
    seed: Seed = "1",
    lepton: Annotated[str, opt.option("--lepton", "What radiates.", "e-|mu-")] = "e-",
    as_json: opt.AsJson = False,
) -> None:
    """Write a library of vertices on lead for G4DarkBreM, with the exact cross section.

    The cross sections, for a coupling of one in units of e, also go to standard output.
    """
    from physics_lib.checks import one_of
    from physics_lib.cli.files import new_folder

    one_of("--lepton", lepton, _LEPTONS)
    value, values = cli_io.number("--mass", mass), cli_io.number_list("--energies", energies)
    if values.size > _MOST_ENERGIES:
        raise ValueError(f"--energies: {values.size} of them: at most {_MOST_ENERGIES}")
    count, start = _size(n, seed)
    folder, record = new_folder("--out", out), record_of(context)

    from physics_lib.constants import ELECTRON_MASS, MUON_MASS
    from physics_lib.events.library import write_library
    from physics_lib.production.form_factor import LEAD_NUCLEUS

    lepton_mass = ELECTRON_MASS if lepton == "e-" else MUON_MASS
    with cli_io.busy("energies", values.size) as tell:
        found = write_library(
            folder, value, values, LEAD_NUCLEUS, count, start, lepton_mass, tell, record
        )
    columns = {"energy_GeV": "energy_GeV", "sigma_pb": "sigma_pb", "file": "name"}
    cli_io.emit(
        {name: [file[key] for file in found["files"]] for name, key in columns.items()}, as_json
    )


def _size(n: str, seed: str) -> tuple[int, int]:
    """Number of events and seed."""
    from physics_lib.checks import HIGHEST_SEED
    from physics_lib.events.sample import MOST_EVENTS

    return cli_io.whole("--n", n, 1, MOST_EVENTS), cli_io.whole("--seed", seed, 0, HIGHEST_SEED)


def _event_file(text: str) -> Path:
    """Path of the file to write; ValueError if its name does not say what it is."""
    from physics_lib.cli.files import checked_path

    if not text.endswith(SUFFIXES):
        endings = " or ".join(SUFFIXES)
        raise ValueError(f"--out = {text!r:.60}: a name ending in {endings} is needed")
    return checked_path("--out", text, ())


def _target(experiment: str, threshold: str) -> "ThickTarget":
    """Shower of an experiment, from where its efficiency vanishes if nothing else is said."""
    from physics_lib.checks import in_range, one_of
    from physics_lib.experiment import load_experiment

    chosen = load_experiment(experiment)
    one_of(f"--experiment = {experiment}: beam", chosen.beam, ("e-", "e+"))
    lowest = None
    if threshold:
        lowest = cli_io.number("--threshold", threshold)
        in_range("--threshold", lowest, 0.1, 0.5 * chosen.energy_GeV, "GeV")
    with cli_io.busy("shower"):
        from physics_lib.events.target import ThickTarget
        from physics_lib.yields import Search

        if lowest is None:
            return ThickTarget.of(chosen, lengths=Search.of(chosen).track_length)
        return ThickTarget.of(chosen, lowest)
