"""Definitions in YAML, read strictly: mappings of plain values, with the line of every key.

Experiments and models are defined in such files. Whatever a definition of plain values does not
need (lists, braces, anchors, tags, a second document) is refused, and so is a key that appears
twice; every message names the file, the line, the key, its value and what is allowed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
import yaml

from physics_lib.tables import data_folder, decode, read_bytes

MAX_YAML_SIZE: Final = 64 * 1024
"""largest definition [bytes] that is read"""

Built = TypeVar("Built")

_TEXT_TAG = "tag:yaml.org,2002:str"
# In YAML 1.1 `010` is 8, `1:30` is 90, `1_0` is 10.
_AS_WRITTEN = {
    "tag:yaml.org,2002:int": re.compile(r"[+-]?(0|[1-9][0-9]*)"),
    "tag:yaml.org,2002:float": re.compile(r"[^:_]+"),
}
_PLAIN_TOKENS = (
    yaml.StreamStartToken,
    yaml.StreamEndToken,
    yaml.DocumentStartToken,
    yaml.BlockMappingStartToken,
    yaml.BlockEndToken,
    yaml.KeyToken,
    yaml.ValueToken,
    yaml.ScalarToken,
)


@dataclass(frozen=True)
class Definition:
    """One mapping of a file.

    Attributes
    ----------
    where : str
        The file, and the name in it if it holds several definitions: how messages begin.
    values : dict
        Text, numbers, truth values; a `Definition` where a mapping stands.
    lines : dict of str to int
        Line of each key.
    """

    where: str
    values: dict[Any, Any]
    lines: dict[str, int]

    def error(self, reason: str) -> ValueError:
        """Return the error with `reason`, and with the line of the key that `reason` begins with.

        Text that is located already stays as it is.
        """
        if reason.startswith(self.where):
            return ValueError(reason)
        key = re.match(r"\w+", reason)
        line = self.lines.get(key.group()) if key else None
        return ValueError(f"{self.where}{f' line {line}' if line else ''}: {reason}")

    def check_keys(self, allowed: tuple[str, ...], needed: tuple[str, ...] = ()) -> None:
        """Raise ValueError for a key that is not allowed, or one that is needed and missing."""
        for key in self.values:
            if key not in allowed:
                line = self.lines[str(key)]
                raise ValueError(
                    f"{self.where} line {line}: unknown key {key!r:.60}: "
                    f"allowed {', '.join(allowed)}"
                )
        missing = [name for name in needed if name not in self.values]
        if missing:
            raise ValueError(f"{self.where}: missing {', '.join(missing)}")

    def section(self, key: str) -> "Definition | None":
        """Return the mapping below a key, None if there is no such key.

        Raises ValueError if something else stands there.
        """
        value = self.values.get(key)
        if key in self.values and not isinstance(value, Definition):
            raise self.error(f"{key} = {value!r:.60}: a mapping is needed")
        return value

    def build(self, make: Callable[..., Built], **arguments: Any) -> Built:
        """Call `make`; a ValueError gets the file and the line of the key that it names."""
        try:
            return make(**arguments)
        except ValueError as error:
            raise self.error(str(error)) from None


def plain_number(name: str, value: object) -> float:
    """Return a float; text such as 1e13, which YAML 1.1 does not take for a number, included."""
    if not isinstance(value, bool) and isinstance(value, (int, float, str, np.number)):
        try:
            return float(value)
        except (ValueError, OverflowError):
            pass
    raise ValueError(f"{name} = {_shown(value)}: a number is needed")


def plain_text(name: str, value: object) -> str:
    """Return a text of 1 to 500 characters; ValueError if `value` is none."""
    if not isinstance(value, str) or not value.strip() or len(value) > 500:
        raise ValueError(f"{name} = {_shown(value)}: allowed a text of 1 to 500 characters")
    return value


def _shown(value: object) -> str:
    """Return `value` for a message."""
    return "a mapping" if isinstance(value, (Definition, dict)) else f"{value!r:.60}"


def read_definition(path: Path, depth: int = 2) -> Definition:
    """Read the mapping of a small YAML file of plain keys and values.

    Parameters
    ----------
    path : Path
        UTF-8 file of at most 64 KiB.
    depth : int
        Mappings that may lie within one another.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not such a mapping: one line with file, line and reason.
    """
    text = decode(read_bytes(path, MAX_YAML_SIZE), path)
    if not text.strip():
        raise ValueError(f"{path}: empty file, a mapping is needed")
    try:
        _refuse_elaborate_yaml(text, path, depth)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        _refuse_surprises(node, path)
        content = _construct(text, path)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        reason = getattr(error, "problem", None) or getattr(error, "reason", "not readable")
        raise ValueError(f"{path}{where}: {reason}: YAML is needed") from None
    if not isinstance(content, dict) or not isinstance(node, yaml.MappingNode):
        raise ValueError(f"{path}: {type(content).__name__} found, a mapping is needed")
    return _with_lines(content, node, str(path))


def read_known(file: str) -> Definition:
    """Read the definitions by name of one of the data files."""
    return read_definition(data_folder() / file, depth=3)


def find_definition(kind: str, name_or_path: str | Path, file: str) -> Definition:
    """Return a known definition, or that of a user's file.

    Parameters
    ----------
    kind : str
        What is defined, for messages.
    name_or_path : str or Path
        A name in the data file; else a path (a `Path`, or a text with a slash or ending in .yaml
        or .yml).
    file : str
        Name of the data file with the known definitions.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the name is unknown, or the file is not a definition.
    """
    if isinstance(name_or_path, str):
        known = read_known(file)
        if name_or_path in known.values:
            found = known.section(name_or_path)
            assert found is not None
            return Definition(f"{file}: {name_or_path}", found.values, found.lines)
        if not is_path(name_or_path):
            raise ValueError(
                f"{kind} = {name_or_path!r:.60}: allowed {', '.join(known.values)}, "
                "or a path to a .yaml file"
            )
    return read_definition(Path(name_or_path))


def is_path(text: str) -> bool:
    """Whether a text is to be taken for the path of a definition."""
    return text.endswith((".yaml", ".yml")) or "/" in text


def shown_name(text: str) -> str:
    """Name of a definition without the folder of its file, if it is one."""
    return Path(text).name if is_path(text) else text


def _with_lines(content: dict[Any, Any], node: yaml.MappingNode, where: str) -> Definition:
    """Return a mapping together with the lines of its keys."""
    values: dict[Any, Any] = {}
    lines: dict[str, int] = {}
    for (name, value), (key, below) in zip(content.items(), node.value, strict=True):
        lines[str(name)] = key.start_mark.line + 1
        nested = isinstance(value, dict) and isinstance(below, yaml.MappingNode)
        values[name] = _with_lines(value, below, where) if nested else value
    return Definition(where, values, lines)


def _construct(text: str, path: Path) -> object:
    """Return the value of YAML text; ValueError for a date or number that cannot exist."""
    try:
        return yaml.safe_load(text)
    except ValueError as error:
        raise ValueError(f"{path}: {error}: plain text and numbers are needed") from None


def _refuse_elaborate_yaml(text: str, path: Path, depth: int) -> None:
    """Raise ValueError at the first token that a mapping of plain values does not have.

    Anchors, aliases and tags can multiply or run things, deep nesting takes long to parse.
    """
    open_mappings = 0
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        open_mappings += isinstance(token, yaml.BlockMappingStartToken)
        open_mappings -= isinstance(token, yaml.BlockEndToken)
        if open_mappings > depth or not isinstance(token, _PLAIN_TOKENS):
            raise ValueError(
                f"{path} line {token.start_mark.line + 1}: only `key: value` lines are allowed "
                "(no lists, braces, anchors, aliases, tags)"
            )


def _refuse_surprises(node: yaml.Node | None, path: Path) -> None:
    """Raise ValueError for a key that is there twice or is no text, or a number not as written."""
    if not isinstance(node, yaml.MappingNode):
        return
    seen = set()
    for key, value in node.value:
        line = key.start_mark.line + 1
        if key.tag != _TEXT_TAG:
            shown = f"{key.value!r:.60}: " if isinstance(key, yaml.ScalarNode) else ""
            raise ValueError(f"{path} line {line}: {shown}a key must be plain text")
        if key.value in seen:
            raise ValueError(f"{path} line {line}: {key.value!r:.60} appears twice")
        seen.add(key.value)
        form = _AS_WRITTEN.get(value.tag)
        if form and not form.fullmatch(value.value):
            name = key.value if key.value.isprintable() else repr(key.value)
            reason = f"{name:.60} = {value.value:.60}: a decimal number is needed"
            raise ValueError(f"{path} line {line}: {reason}")
        _refuse_surprises(value, path)
