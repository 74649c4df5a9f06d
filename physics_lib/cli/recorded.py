"""Commands that know where their results come from: `--out`, and the record of a command."""

import inspect
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from physics_lib.cli import io as cli_io
from physics_lib.cli import options as opt

if TYPE_CHECKING:
    from physics_lib.provenance.records import Input, Record

Out = Annotated[
    str | None,
    opt.option("--out", "Write to this file, and its provenance beside it.", "FILE"),
]

FILE_OPTIONS: Final = ("experiment", "model")
"""options whose value may be a file of the user's"""
DARK_SECTOR: Final = ("alpha_d", "mass_ratio")
"""options in whose place the model of a file may have values of its own"""
NO_EFFECT: Final = ("out", "workers", "dask")
"""options that do not change a bit of the result: no part of a record"""

# What limits are compared with: the published one, and the data behind it.
_PUBLISHED = ("datapackage.json", "experiments.yaml", "limits/na64e_2019_epsilon.csv")
_EVERYTHING = ("claims", "export")


def recorded(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command that prints a table the option `--out`.

    Table and record appear together, once all is computed; without `--out` nothing changes.
    """
    own = {p.name: p for p in inspect.signature(command).parameters.values()}
    takes_context = "context" in own

    @wraps(command)
    def run(context: typer.Context, out: str | None = None, **given: Any) -> None:
        if takes_context:
            given["context"] = context
        if out is None:
            command(**given)
            return
        from physics_lib.cli.files import checked_path, write_result

        path = checked_path("--out", out)
        record = record_of(context)
        with cli_io.into_file(path, lambda text: write_result(path, record, text)):
            command(**given)

    keyword = inspect.Parameter.KEYWORD_ONLY
    first = inspect.Parameter("context", keyword, annotation=typer.Context)
    last = inspect.Parameter("out", keyword, annotation=Out, default=None)
    shown = {first.name: first} | own
    as_json = shown.pop("as_json")
    # Keywords: those with a default may stand before those without.
    everything = [p.replace(kind=keyword) for p in (*shown.values(), last, as_json)]
    run.__signature__ = inspect.Signature(everything)  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in everything}
    return run


def record_of(context: typer.Context) -> "Record":
    """Record of the command that runs, as yet without outputs.

    Raises ValueError if a file that the user names cannot be read.
    """
    from physics_lib.checks import HIGHEST_SEED
    from physics_lib.provenance.records import new_record

    name = str(context.info_name)
    parameters = plain_parameters(context)
    arguments = [
        flag if parameters[key] is True else f"{flag}={parameters[key]}"
        for key, flag in ((str(p.name), p.opts[0]) for p in context.command.params)
        if key in parameters and opt.was_given(context, key)
    ]
    drawn = "seed" in parameters and parameters.get("method") != "cascade"
    seed = cli_io.whole("--seed", str(parameters["seed"]), 0, HIGHEST_SEED) if drawn else None
    return new_record(name, arguments, parameters, _inputs(name, context.params), seed)


def plain_parameters(context: typer.Context) -> dict[str, str | bool | None]:
    """Every option that matters with the value that counts, given or not."""
    names = [str(option.name) for option in context.command.params]
    command, values = str(context.info_name), dict(context.params)
    if values.get("model"):
        models = tuple(split(command, values["model"]))
        for key in DARK_SECTOR:
            if key in values and not opt.was_given(context, key):
                values[key] = opt.dark_sector_value(key, values[key], models)
    return {key: _plain(command, key, values[key]) for key in names if key not in NO_EFFECT}


def split(command: str, text: str) -> list[str]:
    """Names or files that an option gives: a scan takes a list of them."""
    return [part.strip() for part in text.split(",")] if command == "scan" else [text]


def _plain(command: str, key: str, value: Any) -> str | bool | None:
    """Value of an option for a record: without folders."""
    if value is None or isinstance(value, bool):
        return value
    from physics_lib.definitions import shown_name

    if key not in FILE_OPTIONS:
        # Lists take any white space; a record holds one line.
        return " ".join(str(value).split())
    return ",".join(map(shown_name, split(command, value)))


def _inputs(command: str, parameters: dict[str, Any]) -> "list[Input]":
    """Files that a command reads: of the user, and of the data folder."""
    from physics_lib.definitions import is_path
    from physics_lib.models import MODELS
    from physics_lib.provenance.records import data_input, user_input

    given = [
        (key, part)
        for key in FILE_OPTIONS
        if parameters.get(key)
        for part in split(command, str(parameters[key]))
    ]
    names = {f"{key}s.yaml" for key, text in given if not is_path(text) and text not in MODELS}
    if command in _EVERYTHING:
        names.update(_all_data())
    elif command in ("limit", "scan"):
        names.update(_PUBLISHED)
    return [
        *(data_input(name) for name in sorted(names)),
        *(user_input(Path(text), key) for key, text in given if is_path(text)),
    ]


def _all_data() -> set[str]:
    """Every file of the data folder that results are computed from."""
    from physics_lib.tables import data_folder

    folder = data_folder()
    inside = {path for kind in ("limits", "showers") for path in (folder / kind).glob("*.csv")}
    return {path.relative_to(folder).as_posix() for path in inside} | {
        "datapackage.json",
        "experiments.yaml",
    }
