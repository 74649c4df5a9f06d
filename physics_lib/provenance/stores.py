"""Zarr stores of scans as results: their record, their state, their numbers as lines."""

import json
from collections.abc import Iterator
from itertools import product
from math import prod
from pathlib import Path
from typing import Any, Final

from physics_lib.provenance.records import MAX_RECORD_SIZE
from physics_lib.tables import decode, read_bytes

GROUP: Final = "zarr.json"
"""File in the folder of a store that holds its attributes."""
MOST_NUMBERS: Final = 10**9
"""largest array that is read"""
MOST_IN_BLOCK: Final = 10**8
"""largest block that is read"""


def record_text(path: Path, shown: str) -> str:
    """Record among the attributes of a store, as text; ValueError if there is none."""
    try:
        group = json.loads(decode(read_bytes(path / GROUP, MAX_RECORD_SIZE), path / GROUP))
        found = group["attributes"]["provenance"]
    except (KeyError, TypeError, ValueError, RecursionError):
        raise ValueError(f"{shown}: no provenance among its attributes") from None
    return json.dumps(found)


def problems(path: Path) -> list[str]:
    """What is wrong with a store: blocks that are missing, or fail their checksum."""
    found = []
    for name, array in _arrays(path):
        count = _count(array)
        # Files are counted, not asked for by name: a description may claim any number of them.
        lost = count - sum(file.name.isdecimal() for file in _files(path / name / "c"))
        # A coordinate may be nothing but zeros, which are not written.
        if lost > 0 and array.ndim > 1:
            found.append(f"{name}: {lost} of {count} blocks are missing")
            continue
        try:
            for _ in _blocks(array):
                pass
        # Bytes that are changed fail in many ways, each with an exception of its own.
        except Exception:
            found.append(f"{name}: a block is damaged")
    return found


def content(path: Path) -> Iterator[str]:
    """Every number of a store as a line; names among the coordinates by their place."""
    for name, array in _arrays(path):
        for starts, values in _blocks(array):
            places = product(*(range(a, a + n) for a, n in zip(starts, values.shape, strict=True)))
            for place, value in zip(places, values.ravel().tolist(), strict=True):
                yield f"{name}[{','.join(map(str, place))}]: {value!r}"


def _arrays(path: Path) -> list[tuple[str, Any]]:
    """Arrays of a store by name; ValueError if it cannot be read."""
    try:
        import zarr
    except ImportError:
        raise ValueError("scan: needs zarr, which is not installed") from None
    try:
        group: Any = zarr.open_group(path, mode="r")
        found = sorted(group.arrays())
    except Exception:
        raise ValueError(f"{path.name}: damaged, or not the store of a scan") from None
    for name, array in found:
        if not all(array.chunks) or (array.ndim == 1 and _count(array) > 1):
            raise ValueError(f"{path.name}: {name} is not cut as that of a scan")
        # The size that zarr tells overflows.
        if prod(array.shape) > MOST_NUMBERS or prod(array.chunks) > MOST_IN_BLOCK:
            raise ValueError(f"{path.name}: {name} is larger than is allowed")
    return found


def _count(array: Any) -> int:
    """Number of blocks that an array has if it is complete."""
    return prod(-(-size // step) for size, step in zip(array.shape, array.chunks, strict=True))


def _files(folder: Path) -> Iterator[Path]:
    """Every file in a folder and below."""
    return (path for path in folder.rglob("*") if path.is_file())


def _blocks(array: Any) -> Iterator[tuple[tuple[int, ...], Any]]:
    """Blocks of an array, each with the indices it begins at."""
    steps = zip(array.shape, array.chunks, strict=True)
    for starts in product(*(range(0, size, step) for size, step in steps)):
        region = tuple(slice(a, a + n) for a, n in zip(starts, array.chunks, strict=True))
        yield starts, array[region]
