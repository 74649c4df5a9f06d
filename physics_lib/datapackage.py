"""Descriptions of data files, as `datapackage.json` holds them, read strictly.

What a description says of a file is checked against the file: its columns and units, and where
a SHA-256 hash is given every byte, so that a file that lost lines is not taken for a whole one.
"""

import hashlib
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

from physics_lib.tables import decode, read_bytes

NAME: Final = "datapackage.json"
LONGEST_NAME: Final = 100
"""longest name of a file, with or without its folder"""


@dataclass(frozen=True)
class Resource:
    """One described file.

    Attributes
    ----------
    package : Path
        The `datapackage.json` with the description.
    name : str
        Name of the file there.
    entry : dict
        Description.
    """

    package: Path
    name: str
    entry: dict[str, Any]

    @property
    def path(self) -> Path:
        """The file, in the folder of the package or below; ValueError for any other."""
        relative = Path(self.text("path"))
        plain = str(relative).isprintable() and len(str(relative)) <= LONGEST_NAME
        if relative.is_absolute() or ".." in relative.parts or not plain:
            self._refuse(f"path = {str(relative)!r:.60}: a file of this folder is needed")
        return self.package.parent / relative

    def text(self, key: str) -> str:
        """Return a text; ValueError if there is none."""
        value = self.entry.get(key)
        if not isinstance(value, str) or not value.strip():
            self._refuse(f"{key} = {value!r:.60}: a text is needed")
        return value

    def source(self, key: str) -> str:
        """Return a text of the first source; ValueError if there is none."""
        sources = self.entry.get("sources")
        first = sources[0] if isinstance(sources, list) and sources else None
        value = first.get(key) if isinstance(first, dict) else None
        if not isinstance(value, str) or not value.strip():
            self._refuse(f"{key} of the first source = {value!r:.60}: a text is needed")
        return value

    def range(self, key: str) -> tuple[float, float]:
        """Return two numbers above 0 in order; ValueError if there is anything else."""
        value = self.entry.get(key)
        if isinstance(value, list) and len(value) == 2 and all(map(_is_number, value)):
            low, high = map(float, value)
            if 0.0 < low < high:
                return low, high
        self._refuse(f"{key} = {value!r:.60}: two numbers above 0 in order are needed")

    def check_file(self, units: dict[str, str]) -> None:
        """Compare the file with its description.

        Parameters
        ----------
        units : dict of str to str
            Names of the columns in order, and their units.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If columns, units or hash are others.
        """
        schema = self.entry.get("schema")
        columns = schema.get("fields") if isinstance(schema, dict) else None
        if not isinstance(columns, list) or not all(isinstance(one, dict) for one in columns):
            self._refuse("`schema` with a list `fields` is needed")
        found = [(one.get("name"), one.get("unit")) for one in columns]
        for ours, theirs in zip(units.items(), found, strict=False):
            if ours != theirs:
                self._refuse(f"column {theirs[0]!r:.60} in {theirs[1]!r:.60}: {ours} is needed")
        if len(found) != len(units):
            self._refuse(f"{len(found)} columns: {len(units)} are needed")
        hashed = self.entry.get("hash")
        content = read_bytes(self.path)
        if hashed is not None and hashed != f"sha256:{hashlib.sha256(content).hexdigest()}":
            raise ValueError(f"{self.path}: damaged: the hash in {NAME} is that of another file")

    def _refuse(self, reason: str) -> NoReturn:
        raise ValueError(f"{self.package}: {self.name!r:.60}: {reason}")


def _is_number(value: object) -> bool:
    """Whether a value of JSON is a finite number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return abs(value) < 1e300 and math.isfinite(value)


def read_package(folder: Path) -> dict[str, Resource]:
    """Descriptions of the files of a folder, by name.

    Parameters
    ----------
    folder : Path
        With a `datapackage.json`.

    Raises
    ------
    FileNotFoundError
        If there is none.
    ValueError
        If it is damaged.
    """
    path = folder / NAME
    text = decode(read_bytes(path), path)
    try:
        package = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} line {error.lineno}: {error.msg}: JSON is needed") from None
    # Brackets without end, or a number of thousands of digits.
    except (RecursionError, ValueError):
        raise ValueError(f"{path}: deep nesting or an endless number: not allowed") from None
    entries = package.get("resources") if isinstance(package, dict) else None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ValueError(f"{path}: a list `resources` of named entries is needed")
    found: dict[str, Resource] = {}
    for entry in entries:
        name = entry.get("name")
        if not isinstance(name, str) or not name.isprintable() or name in found:
            raise ValueError(f"{path}: name = {name!r:.60}: a text that no other entry has")
        if not 1 <= len(name) <= LONGEST_NAME:
            raise ValueError(
                f"{path}: name = {name!r:.60}: 1 to {LONGEST_NAME} letters are needed"
            )
        found[name] = Resource(path, name, entry)
    return found
