"""The command `na64e sigma`: cross sections of radiation and annihilation."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from physics_lib.cli import io as cli_io
from physics_lib.cli import options as opt

if TYPE_CHECKING:
    from physics_lib.cli.io import Real

EXAMPLES = (
    "Examples: na64e sigma --process radiative --energy 100 --mass 0.1 --x 0.5,0.9; "
    "na64e sigma --process resonant --model vanilla --g 1e-3 --energy 50 --mass 0.22"
)

_RADIATIVE = ("method", "x", "x_min", "form_factor", "lepton")
_RESONANT = ("model", "g", "epsilon", "alpha_d", "mass_ratio")
_FOREIGN = {
    "radiative": _RESONANT,
    "resonant": _RADIATIVE,
    "nonresonant": (*_RADIATIVE, *_RESONANT),
}


def sigma(
    context: typer.Context,
    process: Annotated[
        str, opt.option("--process", "Reaction.", "radiative|resonant|nonresonant")
    ],
    energy: Annotated[str, opt.option("--energy", "Energies of the lepton, GeV.", "LIST")],
    mass: opt.Masses,
    method: Annotated[str, opt.option("--method", "Radiative.", "etl|ww|iww")] = "etl",
    x: Annotated[str, opt.option("--x", "Radiative: E_V/E of dsigma/dx.", "LIST")] = "",
    x_min: Annotated[str, opt.option("--x-min", "Radiative: total above this E_V/E.")] = "0",
    form_factor: Annotated[
        str, opt.option("--form-factor", "Radiative.", "elastic|full")
    ] = "full",
    lepton: Annotated[str, opt.option("--lepton", "Radiative: what radiates.", "e|mu")] = "e",
    model: Annotated[str, opt.option("--model", "Resonant: mediator.", opt.MODELS)] = "",
    g: opt.G = None,
    epsilon: opt.Epsilon = None,
    alpha_d: opt.AlphaD = "0.1",
    mass_ratio: opt.MassRatio = "3",
    as_json: opt.AsJson = False,
) -> None:
    """Cross sections of production, pb.

    Radiative: per lead nucleus, for a coupling of one (in units of e). Resonant: per electron.
    Nonresonant, e+ e- -> photon V: per electron, for a coupling of one.
    """
    from physics_lib.checks import one_of

    one_of("--process", process, tuple(_FOREIGN))
    axes = {
        "energy_GeV": cli_io.number_list("--energy", energy),
        "mass_GeV": cli_io.number_list("--mass", mass),
    }
    opt.refuse_given(context, _FOREIGN[process], f"--process {process}")
    if process == "radiative":
        if opt.was_given(context, "x"):
            opt.refuse_given(context, ("x_min",), "--x")
            axes["x"] = cli_io.number_list("--x", x)
        rows = _radiative(axes, x_min, method, form_factor, lepton)
    elif process == "resonant":
        if not model:
            raise ValueError("--model: missing, a name or a YAML file is needed")
        name, given = opt.coupling(model, g, epsilon)
        strength = cli_io.number(f"--{name}", given)
        rows = cli_io.grid(axes)
        mediator = opt.build_model(model, rows["mass_GeV"], strength, alpha_d, mass_ratio)
        rows |= {"sigma_pb": _resonant(mediator, rows["energy_GeV"])}
    else:
        rows = _nonresonant(cli_io.grid(axes))
    cli_io.emit(rows, as_json)


def _radiative(
    axes: "dict[str, Real]", x_min: str, method: str, form_factor: str, lepton: str
) -> "dict[str, Real]":
    """Radiative cross sections: the spectrum if `x` is an axis, else the total above `x_min`."""
    from physics_lib.checks import in_range, one_of
    from physics_lib.constants import ELECTRON_MASS, MUON_MASS
    from physics_lib.production import radiative
    from physics_lib.production.form_factor import FORM_FACTORS
    from physics_lib.production.form_factor import LEAD_NUCLEUS as LEAD

    one_of("--method", method, radiative.METHODS)
    one_of("--form-factor", form_factor, FORM_FACTORS)
    lepton_mass = MUON_MASS if one_of("--lepton", lepton, ("e", "mu")) == "mu" else ELECTRON_MASS
    in_range("--x", axes.get("x", 0.0), 0.0, 1.0)
    lowest = float(in_range("--x-min", cli_io.number("--x-min", x_min), 0.0, 1.0))
    rows = cli_io.grid(axes)
    settings: dict[str, Any] = {
        "method": method,
        "form_factor": form_factor,
        "lepton_mass": lepton_mass,
    }

    def block(e: "Real", m: "Real", x: "Real | None" = None) -> "tuple[Real]":
        if x is None:
            return (radiative.sigma(e, m, LEAD, lowest, **settings),)
        return (radiative.spectrum(e, m, 1.0 - x, LEAD, **settings),)

    (result,) = cli_io.in_blocks("sigma", block, *rows.values())
    return rows | {"dsigma_dx_pb" if "x" in rows else "sigma_pb": result}


def _resonant(mediator: "opt.AnyModel", energy: "Real") -> "Real":
    """Resonant cross section."""
    from physics_lib.production import resonant

    return resonant.sigma(mediator, energy)


def _nonresonant(rows: "dict[str, Real]") -> "dict[str, Real]":
    """Cross section of annihilation with a photon."""
    from physics_lib.production import nonresonant

    return rows | {"sigma_pb": nonresonant.sigma(rows["energy_GeV"], rows["mass_GeV"])}
