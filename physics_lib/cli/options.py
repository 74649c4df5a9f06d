"""Options that several commands of the command line share, and the models they describe.

Numbers and lists are read as text: `cli.io` turns them into numbers, with better messages.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from physics_lib.cli.io import number

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from physics_lib.model_definition import ModelDefinition
    from physics_lib.models import DarkPhoton, Invisible, Vanilla
    from physics_lib.own_model import OwnModel

    AnyModel = Vanilla | Invisible | DarkPhoton | OwnModel


class _Given(str):
    """Text of an option that the user gave, be it that of the default."""


def _mark_given(context: typer.Context, option: typer.CallbackParam, text: str) -> str:
    """Return the text of an option, as `_Given` if it is not the default."""
    return _Given(text) if was_given(context, str(option.name)) else text


def option(
    flag: str,
    text: str,
    metavar: str = "NUMBER",
    callback: Callable[..., str] | None = None,
    also: str = "",
) -> Any:
    """Declare an option that is read as text, and may have a second name."""
    if metavar == "LIST" and "A:B:N" not in text:
        text = f"{text} (a,b or A:B:N)"
    names = (flag, also) if also else (flag,)
    return typer.Option(*names, help=text, metavar=metavar, callback=callback)


MODELS = "NAME|FILE"
_MODEL_HELP = "vanilla, invisible, dark-photon, a name in data/models.yaml or a YAML file."

AsJson = Annotated[bool, typer.Option("--json", help="A JSON list of records, not CSV.")]
Model = Annotated[str, option("--model", _MODEL_HELP, MODELS)]
Mass = Annotated[str, option("--mass", "Mass of the mediator, GeV.")]
Masses = Annotated[str, option("--mass", "Masses of the mediator, GeV.", "LIST", also="--masses")]
G = Annotated[str | None, option("--g", "Coupling of the mediator, up to 10.")]
GList = Annotated[str | None, option("--g", "Couplings of the mediator, up to 10.", "LIST")]
Epsilon = Annotated[str | None, option("--epsilon", "The dark photon's (or --g).")]
EpsilonList = Annotated[str | None, option("--epsilon", "The dark photon's (or --g).", "LIST")]
AlphaD = Annotated[
    str, option("--alpha-d", "g_D^2/4pi; no effect on vanilla.", callback=_mark_given)
]
MassRatio = Annotated[
    str, option("--mass-ratio", "m/m_chi, above 2; no effect on vanilla.", callback=_mark_given)
]
OffShell = Annotated[
    bool, typer.Option("--off-shell", help="Radiation off the mass shell, running widths.")
]
Electrons = Annotated[str, option("--electrons", "Motion of the atomic ones.", "rest|bound")]
Photons = Annotated[bool, typer.Option("--photons", help="Count e+ e- -> photon V as well.")]
Experiment = Annotated[str, option("--experiment", "A known name or a YAML file.", "NAME|FILE")]


def was_given(context: typer.Context, name: str) -> bool:
    """Whether the user gave the option with this parameter name, be it with the default value."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def flag(name: str) -> str:
    """Option with a parameter name."""
    return f"--{name.replace('_', '-')}"


def refuse_given(context: typer.Context, names: tuple[str, ...], beside: str) -> None:
    """Raise ValueError if the user gave one of these options, which `beside` leaves no use for."""
    for name in names:
        if was_given(context, name):
            raise ValueError(f"{flag(name)}: not allowed with {beside}")


def own_definition(model: str) -> "ModelDefinition | None":
    """Definition of a model that is not one of the three built in, None for those.

    Raises ValueError with all names for one that is unknown.
    """
    from physics_lib.checks import one_of
    from physics_lib.definitions import is_path
    from physics_lib.models import MODELS
    from physics_lib.own_model import list_models, load_model

    if model in MODELS:
        return None
    if not is_path(model):
        one_of("--model", model, (*MODELS, *list_models(), "or a path to a .yaml file"))
    return load_model(model)


def coupling_name(model: str) -> str:
    """``epsilon`` or ``g``, whichever limits on a model are set on."""
    own = own_definition(model)
    if own is not None:
        return own.coupling
    return "epsilon" if model == "dark-photon" else "g"


def coupling(model: str, g: str | None, epsilon: str | None) -> tuple[str, str]:
    """Name of a model's coupling, and the text that was given for it."""
    name = coupling_name(model)
    if epsilon is not None and name == "g":
        raise ValueError(
            "--epsilon: allowed only with --model dark-photon and models with this coupling, "
            "else --g is needed"
        )
    if epsilon is not None and g is not None:
        raise ValueError("--epsilon: not allowed with --g, which means the same")
    given = g if epsilon is None else epsilon
    if given is None:
        raise ValueError(f"--{name}: missing, a number above 0 and at most 10 is needed")
    return name, given


def build_model(
    name: str,
    mass: "ArrayLike",
    strength: "ArrayLike",
    alpha_d: str,
    mass_ratio: str,
) -> "AnyModel":
    """Build a model; the options of the dark sector are checked for every one.

    A model of a file keeps its own dark sector where the user does not give these options.
    """
    from physics_lib.models import DarkPhoton, Invisible, Vanilla
    from physics_lib.own_model import OwnModel

    own = own_definition(name)
    alpha, ratio = number("--alpha-d", alpha_d), number("--mass-ratio", mass_ratio)
    try:
        if own is not None:
            options = {"alpha_d": alpha_d, "mass_ratio": mass_ratio}
            return OwnModel(mass, strength, _with_options(name, own, options))
        kind = DarkPhoton if name == "dark-photon" else Invisible
        model = kind(mass, strength, alpha, ratio)
    except ValueError as error:
        symbol = coupling_name(name)
        raise ValueError(str(error).replace("coupling = ", f"{symbol} = ")) from None
    return Vanilla(mass, strength) if name == "vanilla" else model


def _with_options(name: str, own: "ModelDefinition", options: dict[str, str]) -> "ModelDefinition":
    """Put the options that the user gave into the dark sector of a model, if it has one."""
    from dataclasses import replace

    given: dict[str, Any] = {
        key: float(text) for key, text in options.items() if isinstance(text, _Given)
    }
    if not given:
        return own
    if own.dark is None:
        option = flag(next(iter(given)))
        raise ValueError(f"{option}: not allowed with --model {name}, which has no dark sector")
    return replace(own, dark=replace(own.dark, **given))


def dark_sector_of(model: "AnyModel") -> dict[str, str | float]:
    """What a model's dark sector is, by name; empty if it has none."""
    own = getattr(model, "definition", None)
    source = model if own is None else own.dark
    names = ("particle", "alpha_d", "mass_ratio")
    return {name: getattr(source, name) for name in names if hasattr(source, name)}


def dark_sector_value(key: str, default: str, models: tuple[str, ...]) -> str:
    """Value of an option that is not given: that of the models' dark sectors, as text.

    Raises ValueError if they have different ones.
    """
    from physics_lib.definitions import shown_name

    found = {}
    for name in models:
        own = own_definition(name)
        if own is None and name != "vanilla":
            found[name] = float(default)
        elif own is not None and own.dark is not None:
            found[shown_name(name)] = float(getattr(own.dark, key))
    if len(set(found.values())) > 1:
        listed = ", ".join(f"{name} {value:g}" for name, value in found.items())
        raise ValueError(f"{flag(key)}: missing, needed as the models differ: {listed}")
    return repr(next(iter(found.values()))) if found else default
