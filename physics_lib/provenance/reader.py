"""Reads records of results, trusting nothing in them."""

import json
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

from physics_lib.checks import HIGHEST_SEED
from physics_lib.provenance.origin import Program
from physics_lib.provenance.records import (
    FORMAT,
    MAX_INPUT_SIZE,
    MAX_INPUTS,
    MAX_RECORD_SIZE,
    Input,
    Output,
    Record,
    content_sha256,
)

_MOST_OUTPUTS, _MOST_TEXT = 20_000, 2000


def read_record(text: str, where: str) -> tuple[Record, bool]:
    """Read a record, trusting nothing in it.

    Parameters
    ----------
    text : str
        JSON, as from `records.Record.as_json`.
    where : str
        What messages begin with.

    Returns
    -------
    record : Record
    sound : bool
        Whether the checksum of the record is right.

    Raises
    ------
    ValueError
        If it is not a record: one line with what is wrong.
    """
    try:
        if len(text) > MAX_RECORD_SIZE:
            raise ValueError("too long")
        content = json.loads(text)
        given = content.pop("sha256")
        if content.pop("format") != FORMAT:
            raise ValueError(f"format: {FORMAT!r} is needed")
        checksum = content_sha256({"format": FORMAT, **content})
        return _built(content), given == checksum
    except KeyError as error:
        raise ValueError(f"{where}: no provenance: {error} is missing") from None
    except RecursionError:
        raise ValueError(f"{where}: no provenance: nested too deeply") from None
    except (TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"{where}: no provenance: {error!s:.200}") from None


def _built(content: dict[str, Any]) -> Record:
    """Record of checked content."""
    seed, tolerance = content["seed"], content["tolerance"]
    if seed is not None and (type(seed) is not int or not 0 <= seed <= HIGHEST_SEED):
        raise ValueError("seed: a whole number is needed")
    if type(tolerance) is not float or not 0.0 <= tolerance <= 0.1:
        raise ValueError("tolerance: a number from 0 to 0.1 is needed")
    return Record(
        _program(content["program"]),
        {_text(k, "environment"): _text(v, k) for k, v in _mapping(content["environment"])},
        _text(content["command"], "command"),
        tuple(_text(a, "arguments", MAX_RECORD_SIZE) for a in _list(content["arguments"], 100)),
        {
            _text(k, "parameters"): (
                v if v is None or type(v) is bool else _text(v, k, MAX_RECORD_SIZE)
            )
            for k, v in _mapping(content["parameters"])
        },
        seed,
        tolerance,
        tuple(_input(entry) for entry in _list(content["inputs"], MAX_INPUTS)),
        tuple(
            Output(_name(entry["name"]), _digest(entry["sha256"]))
            for entry in _list(content["outputs"], _MOST_OUTPUTS)
        ),
    )


def _program(entry: Any) -> Program:
    """Part `program` of a record."""
    modified = entry["modified"]
    if modified is not None and type(modified) is not bool:
        raise ValueError("modified: true, false or null is needed")
    names = ("name", "version", "commit", "source")
    name, version, commit, source = (_text(entry[key], key) for key in names)
    return Program(name, version, commit, modified, source)


def _input(entry: Any) -> Input:
    """One of the inputs of a record."""
    option, text = _text(entry["option"], "option"), entry["text"]
    name = _name(entry["name"])
    if bool(option) != isinstance(text, str):
        raise ValueError(f"input {name!r:.60}: text and option, or neither, are needed")
    if option and ("/" in name or len(text) > MAX_INPUT_SIZE):
        raise ValueError(f"input {name!r:.60}: a plain name and at most 64 KiB are needed")
    return Input(name, _digest(entry["sha256"]), option, text)


def _text(value: Any, what: str, longest: int = _MOST_TEXT) -> str:
    """A text that can be shown; lists of numbers may be as long as the record allows."""
    if not isinstance(value, str) or len(value) > longest or not value.isprintable():
        raise ValueError(f"{what!s:.40}: a plain text of at most {longest} letters is needed")
    return value


def _name(value: Any) -> str:
    """Name of a file within a folder, which does not lead out of it."""
    name = _text(value, "name")
    parts = PurePosixPath(name).parts
    if not name or "\\" in name or {"..", "/"} & set(parts):
        raise ValueError(f"name = {name!r:.60}: a file within a folder is needed")
    if name != "/".join(parts) or len(name.encode("utf-8", "replace")) > 255:
        raise ValueError(f"name = {name!r:.60}: a plain name is needed")
    return name


def _digest(value: Any) -> str:
    """Checksum in hexadecimal digits."""
    text = _text(value, "sha256")
    if len(text) != 64 or set(text) - set("0123456789abcdef"):
        raise ValueError("sha256: 64 hexadecimal digits are needed")
    return text


def _list(value: Any, longest: int) -> list[Any]:
    """A list of limited length."""
    if not isinstance(value, list) or len(value) > longest:
        raise ValueError(f"a list of at most {longest} entries is needed")
    return value


def _mapping(value: Any) -> Iterable[tuple[Any, Any]]:
    """Pairs of a mapping of limited size."""
    if not isinstance(value, dict) or len(value) > 100:
        raise ValueError("a mapping of at most 100 entries is needed")
    return value.items()
