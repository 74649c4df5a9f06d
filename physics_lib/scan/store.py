"""The store of a scan: one Zarr group, from which xarray makes a data set as it stands.

A block of results is one chunk of each array. A chunk is written under another name and then
renamed, that of `status` last: a block counts as done when its chunk of `status` is there. So the
store itself is the record of what is done, whenever a run ends and however. Each chunk ends with
its checksum.
"""

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any, Final

import numpy as np
import zarr
from numpy.typing import NDArray
from zarr.codecs import Crc32cCodec, ZstdCodec
from zarr.storage import MemoryStore

from physics_lib.scan.grid import Scan
from physics_lib.scan.points import LEGEND, NOT_DONE, QUANTITIES

PARTIAL: Final = ".partial"
"""End of the names of files that are being written."""

Columns = dict[str, NDArray[Any]]

_UNITS = {"mass": "GeV"}
_CHECKSUM = re.compile(r"[0-9a-f]{64}")
_MEANINGS = {
    "n_radiative": "signal events from radiation",
    "n_resonant": "signal events from annihilation",
    "coupling_up": "upper limit on the coupling, 90% C.L.",
    "status": "what became of the point",
    "alpha_d": "g_D^2/4pi",
    "mass_ratio": "mass of the mediator over that of the dark particle",
    "coupling": "coupling of the mediator",
    "mass": "mass of the mediator",
}


class Store:
    """A store on disk that a run fills.

    Parameters
    ----------
    path : Path
        Of the folder; it must be there, see `opened`.
    scan : Scan
    """

    def __init__(self, path: Path, scan: Scan) -> None:
        """Open the arrays."""
        self.path, self.scan = path, scan
        self._names = (*QUANTITIES[scan.choices.quantity], "status")
        self._arrays: dict[str, Any] = {
            name: zarr.open_array(path / name, mode="r+", config={"write_empty_chunks": True})
            for name in self._names
        }

    def chunk_file(self, name: str, place: tuple[int, ...]) -> Path:
        """File of one chunk of an array."""
        return self.path.joinpath(name, "c", *map(str, place))

    def missing(self) -> list[tuple[int, ...]]:
        """Blocks that are not done, in order."""
        places = product(*map(range, self.scan.blocks))
        return [place for place in places if not self.chunk_file("status", place).exists()]

    def write(self, place: tuple[int, ...], columns: Columns) -> None:
        """Write one block, its status last."""
        region = self.scan.region(place)
        for name in self._names:
            self._arrays[name][region] = columns[name]

    def read(self, place: tuple[int, ...]) -> Columns:
        """One block that is done; ValueError if it is damaged."""
        region = self.scan.region(place)
        try:
            found = {name: self._chunk(name, place)[region] for name in self._names}
            if np.any(found["status"] == NOT_DONE):
                raise ValueError("a status that is none")
        # A chunk that is cut, changed or gone fails in a way of its own.
        except Exception:
            folder = self.chunk_file("status", place)
            raise ValueError(f"{folder}: damaged block; delete it to compute it again") from None
        return found

    def _chunk(self, name: str, place: tuple[int, ...]) -> Any:
        """The array, after a look whether the chunk is there: zarr would not miss it."""
        if not self.chunk_file(name, place).is_file():
            raise FileNotFoundError(name)
        return self._arrays[name]

    def counts(self) -> dict[str, int]:
        """Number of points by what became of them."""
        total = np.zeros(256, dtype=np.int64)
        for place in product(*map(range, self.scan.blocks)):
            status = self._arrays["status"][self.scan.region(place)]
            total += np.bincount(np.ravel(status), minlength=256)
        return {LEGEND[code]: int(total[code]) for code in LEGEND if total[code]}


@contextmanager
def opened(path: Path, scan: Scan, record: dict[str, Any]) -> Iterator[Store]:
    """Create a store, or go on with one, alone.

    Parameters
    ----------
    path : Path
        Folder of the store.
    scan : Scan
    record : dict
        What the numbers depend on, JSON: the attribute `scan` of the group.

    Raises
    ------
    ValueError
        If there is something else, a damaged store or that of another scan, or if another
        process writes to it.
    """
    beside = path.with_name(f".{path.name}{PARTIAL}")
    if not path.exists() or (path.is_dir() and not any(path.iterdir())):
        _remove(beside)
        _create(beside, scan, record)
        beside.rename(path)
    handle = _locked(path)
    try:
        _compare(path, scan, record)
        store = Store(path, scan)
        missing = set(store.missing())
        for place in product(*map(range, scan.blocks)):
            if place not in missing:
                store.read(place)
        # What a run left that was killed as it wrote.
        for left in path.rglob(f"*{PARTIAL}"):
            left.unlink()
        yield store
    finally:
        os.close(handle)


def _locked(path: Path) -> int:
    """A handle on the folder that no other process has at the same time."""
    if not (path / "zarr.json").is_file():
        raise ValueError(f"{path}: not the store of a scan; choose another name")
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise ValueError(f"{path}: another process writes to it") from None
    except OSError:
        # A file system without locks: then nobody looks.
        pass
    return handle


def _create(path: Path | MemoryStore, scan: Scan, record: dict[str, Any]) -> None:
    """Write a store without results."""
    codecs: Any = [ZstdCodec(level=3), Crc32cCodec()]
    group = zarr.create_group(path, attributes=record)
    for name, values in scan.axes.items():
        group.create_array(
            name,
            data=_numbers(values),
            chunks=(len(values),),
            dimension_names=(name,),
            compressors=codecs,
            attributes=_axis_attributes(name, values),
        )
    legend = {"flag_values": list(LEGEND), "flag_meanings": " ".join(map(_flag, LEGEND.values()))}
    for name in (*QUANTITIES[scan.choices.quantity], "status"):
        extra: dict[str, Any] = legend if name == "status" else {}
        group.create_array(
            name,
            shape=scan.shape,
            chunks=scan.chunk,
            dtype="uint8" if name == "status" else "float64",
            fill_value=NOT_DONE if name == "status" else np.nan,
            dimension_names=tuple(scan.axes),
            compressors=codecs,
            attributes={"long_name": _MEANINGS[name]} | extra,
        )


def _axis_attributes(name: str, values: Any) -> dict[str, Any]:
    """What a coordinate says of itself; names are numbered, for lack of a standard for text."""
    if isinstance(values, tuple):
        return {"flag_values": list(range(len(values))), "labels": list(values)}
    units = {"units": _UNITS[name]} if name in _UNITS else {}
    return {"long_name": _MEANINGS[name]} | units


def _flag(meaning: str) -> str:
    """A meaning as one word."""
    return "".join(c if c.isalnum() else "_" for c in meaning.replace(": ", "_"))


def _compare(path: Path, scan: Scan, record: dict[str, Any]) -> None:
    """Refuse a store whose description or axes are not the ones expected."""
    try:
        found = json.loads((path / "zarr.json").read_bytes())["attributes"]["scan"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ValueError(f"{path}: damaged, or not the store of a scan") from None
    if found != record["scan"]:
        raise ValueError(f"{path}: it belongs to another scan ({_difference(found, record)})")
    expected: dict[str, Any] = {}
    _create(MemoryStore(expected), scan, record)
    for name in (*scan.axes, *QUANTITIES[scan.choices.quantity], "status"):
        actual, key = path / name / "zarr.json", f"{name}/zarr.json"
        if not actual.is_file() or actual.read_bytes() != expected[key].to_bytes():
            raise ValueError(f"{actual}: damaged; take another name for the scan")
    for name, values in scan.axes.items():
        try:
            sound = np.array_equal(zarr.open_array(path / name, mode="r")[...], _numbers(values))
        # A chunk that is cut or changed fails in a way of its own.
        except Exception:
            sound = False
        if not sound:
            raise ValueError(f"{path / name}: damaged; take another name for the scan")


def _numbers(values: Any) -> NDArray[Any]:
    """Values of an axis, numbers in place of names."""
    return np.arange(len(values), dtype=np.int32) if isinstance(values, tuple) else values


def _difference(found: Any, record: dict[str, Any]) -> str:
    """What the records of two scans differ in first."""
    if not isinstance(found, dict):
        return "no parameters"
    for key, here in record["scan"].items():
        there = found.get(key)
        if there != here:
            if isinstance(here, dict) and isinstance(there, dict):
                inner = next(k for k in (*here, *there) if here.get(k) != there.get(k))
                key, there, here = f"{key}: {inner}", there.get(inner), here.get(inner)
            if all(_CHECKSUM.fullmatch(str(value)) for value in (there, here)):
                return f"{key} has other values"
            return f"{key} = {_short(there)}, not {_short(here)}"
    return "more parameters"


def _short(value: Any) -> str:
    """A value for a message."""
    text = " ".join(str(value).split())
    return text if len(text) <= 40 else text[:37] + "..."


def _remove(path: Path) -> None:
    """Delete a folder that a run left, if it is there."""
    if path.exists():
        shutil.rmtree(path)
