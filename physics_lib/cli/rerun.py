"""A recorded command again, in a folder of its own.

Nothing in a record is trusted: only our own commands run, with options of theirs, none of which
names a file or a machine. What a user's file said is written anew, and the output goes into the
given folder.
"""

import os
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from physics_lib.checks import one_of
from physics_lib.cli.recorded import FILE_OPTIONS, NO_EFFECT, plain_parameters, split
from physics_lib.definitions import is_path
from physics_lib.provenance.records import TOLERANCES

if TYPE_CHECKING:
    from physics_lib.provenance.records import Input, Record


class Refused(Exception):
    """The command that a record names does not accept its arguments any more."""


def rerun(
    context: typer.Context, record: "Record", folder: Path, suffix: str
) -> tuple[Path, list[str]]:
    """Run a recorded command again.

    Parameters
    ----------
    context : Context
        Of a command of the same program.
    record : Record
    folder : Path
        Empty; gets everything that is written.
    suffix : str
        Ending of the name of the new result.

    Returns
    -------
    path : Path
        The new result.
    changed : list of str
        Options that have another default than then.

    Raises
    ------
    ValueError
        If the record asks for anything but that.
    Refused
        If the command refuses its arguments.
    """
    root = context.find_root()
    commands: dict[str, Any] = root.command.commands  # type: ignore[attr-defined]
    one_of("provenance: command", record.command, tuple(set(TOLERANCES) & set(commands)))
    command = commands[record.command]
    arguments = _arguments(command, record, folder)
    path = folder / f"result{suffix}"
    try:
        again = command.make_context(record.command, [*arguments, f"--out={path}"], parent=root)
        now = plain_parameters(again)
        with again, Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
            command.invoke(again)
    except typer.TyperException as error:
        raise Refused(error.format_message()) from None
    except (ValueError, OSError) as error:
        raise Refused(str(error)) from None
    then = record.parameters
    return path, sorted(key for key in now if key in then and now[key] != then[key])


def _arguments(command: Any, record: "Record", folder: Path) -> list[str]:
    """Recorded arguments, with the user's files as new files in the folder."""
    known = {option.opts[0]: option for option in command.params if option.name not in NO_EFFECT}
    checked = []
    for argument in record.arguments:
        flag, equals, value = argument.partition("=")
        option = known.get(flag)
        if option is None or option.is_flag == bool(equals):
            raise ValueError(f"provenance: argument {argument!r:.60}: not one of a record")
        if option.name in FILE_OPTIONS:
            kept = [entry for entry in record.inputs if entry.option == option.name]
            names = split(record.command, value)
            value = ",".join(_unpacked(names, kept, folder / option.name))
        checked.append(f"{flag}={value}" if equals else flag)
    return checked


def _unpacked(names: list[str], kept: list["Input"], folder: Path) -> list[str]:
    """Names, those of files replaced by the paths of new files with what the record keeps."""
    waiting, found = list(kept), []
    for index, name in enumerate(names):
        if waiting and waiting[0].name == name:
            place = folder / str(index) / name
            place.parent.mkdir(parents=True)
            place.write_bytes(str(waiting.pop(0).text).encode("utf-8", "replace"))
            name = str(place)
        elif is_path(name):
            raise ValueError(f"provenance: {name!r:.60}: a file that is not in it")
        found.append(name)
    return found
