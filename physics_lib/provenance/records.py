"""Where a result comes from: program, surroundings, command, inputs, outputs, as a JSON record.

A record holds no time, path, or name of a machine or user: the same command on the same machine
writes the same bytes. Files that the user gave are in it as text, so that it suffices to compute
the result again.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from physics_lib.provenance.origin import Program, environment, program
from physics_lib.tables import data_folder, read_bytes

FORMAT: Final = "na64e-provenance 1"
FILE_NAME: Final = "provenance.json"
"""Record of a folder, in it; after the name of a file and a dot, record of that file."""
MAX_RECORD_SIZE: Final = 4 << 20
"""largest record [bytes] that is read"""
MAX_INPUTS: Final = 100
"""most files that a result may come from"""
MAX_INPUT_SIZE: Final = 64 << 10
"""largest file of the user's [bytes] that is kept in a record"""

TOLERANCES: Final = {
    "mixing": 1e-9,
    "widths": 1e-9,
    "tracklength": 1e-6,
    "sigma": 1e-9,
    "efficiency": 1e-9,
    "yield": 1e-9,
    "limit": 1e-7,
    "scan": 1e-7,
    "events": 1e-6,
    "library": 1e-6,
    "claims": 1e-2,
    "export": 1e-6,
}
"""largest relative difference of a number on another machine, by command"""


@dataclass(frozen=True)
class Input:
    """A file that a result depends on.

    Attributes
    ----------
    name : str
        Within the data folder; of a user's file the name without its folder.
    sha256 : str
    option : str
        Option that named it; empty for a file of the data folder.
    text : str, optional
        What a user's file says.
    """

    name: str
    sha256: str
    option: str = ""
    text: str | None = None


@dataclass(frozen=True)
class Output:
    """A file of the result: its name, within its folder, and its checksum."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Record:
    """What a result knows about itself.

    Attributes
    ----------
    program : Program
    environment : dict of str
        Versions and kind of machine, see `origin.environment`.
    command : str
        Command of `na64e`.
    arguments : tuple of str
        What was given to it, as ``--option=value`` or ``--option``.
    parameters : dict
        Every option with its value, given or not.
    seed : int, optional
        Of the random numbers, if there are any.
    tolerance : float
        Largest relative difference of a number that another machine may give.
    inputs : tuple of Input
    outputs : tuple of Output
    """

    program: Program
    environment: dict[str, str]
    command: str
    arguments: tuple[str, ...]
    parameters: dict[str, str | bool | None]
    seed: int | None
    tolerance: float
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...] = field(default=())

    def with_outputs(self, outputs: Iterable[Output]) -> "Record":
        """The same record of these files."""
        return replace(self, outputs=tuple(outputs))

    def as_dict(self) -> dict[str, Any]:
        """Content of the record for JSON, with a checksum of all the rest at its end."""
        content: dict[str, Any] = json.loads(json.dumps({"format": FORMAT, **asdict(self)}))
        return {**content, "sha256": content_sha256(content)}

    def as_json(self, indent: int | None = 1) -> str:
        """The record as text."""
        return json.dumps(self.as_dict(), indent=indent) + ("\n" if indent else "")


def new_record(
    command: str,
    arguments: Iterable[str],
    parameters: Mapping[str, str | bool | None],
    inputs: Iterable[Input],
    seed: int | None = None,
) -> Record:
    """Record of a command that runs here and now, as yet without outputs.

    Parameters
    ----------
    command : str
        One of `TOLERANCES`.
    arguments, parameters, inputs, seed
        As in `Record`.

    Raises
    ------
    ValueError
        If it would be larger than what is read again; half of that is left for the outputs.
    """
    record = Record(
        program(),
        environment(),
        command,
        tuple(arguments),
        dict(parameters),
        seed,
        TOLERANCES[command],
        tuple(inputs),
    )
    if len(record.inputs) > MAX_INPUTS:
        raise ValueError(
            f"files of models and experiments = {len(record.inputs)}: "
            f"at most {MAX_INPUTS} fit into a record, those of the data included"
        )
    if len(record.as_json()) > MAX_RECORD_SIZE // 2:
        raise ValueError("options and files of models and experiments: more than 2 MiB of them")
    return record


def data_input(name: str) -> Input:
    """A file of the data folder as input."""
    return Input(name, sha256(read_bytes(data_folder() / name)))


def user_input(path: Path, option: str) -> Input:
    """A user's file as input, with what it says.

    Raises
    ------
    FileNotFoundError, ValueError
        If it cannot be read, is larger than `MAX_INPUT_SIZE`, or is not UTF-8.
    """
    if not path.name.isprintable():
        raise ValueError(f"{path!s:.60}: a file with a plain name is needed")
    content = read_bytes(path, MAX_INPUT_SIZE)
    try:
        return Input(path.name, sha256(content), option, content.decode("utf-8"))
    except UnicodeDecodeError:
        raise ValueError(f"{path}: UTF-8 is needed") from None


def sha256(content: bytes) -> str:
    """Checksum as hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def file_sha256(path: Path) -> str:
    """Checksum of a file of any size."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def folder_outputs(folder: Path) -> tuple[Output, ...]:
    """Every file of a folder but its record, in the order of their names."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return tuple(
        Output(path.relative_to(folder).as_posix(), file_sha256(path))
        for path in files
        if path != folder / FILE_NAME
    )


def write_folder_record(folder: Path, record: Record) -> None:
    """Put the record of a folder into it, once all else is there."""
    text = record.with_outputs(folder_outputs(folder)).as_json()
    (folder / FILE_NAME).write_text(text, encoding="utf-8")


def beside(path: Path) -> Path:
    """Where the record of a file is."""
    return path.with_name(f"{path.name}.{FILE_NAME}")


def content_sha256(content: Mapping[str, Any]) -> str:
    """Checksum of the content of a record, whatever the order and the spaces."""
    plain = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return sha256(plain.encode("ascii"))
