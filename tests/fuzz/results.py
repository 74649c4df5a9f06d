"""Readers of our own results: records, tables, event files, the store of a scan."""

import contextlib
import gzip
import io
import json
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from fuzz.reader import Reader
from physics_lib.cli.main import main
from physics_lib.provenance.results import find_result
from physics_lib.scan import store
from physics_lib.scan.grid import Choices, Scan

TABLE = "mixing --q2=0.01:0.2:5 --out"
EVENTS = (
    "events --model vanilla --mass 0.1 --g 1e-3 --n 3 --process radiative --threshold 40 --out"
)
PLACE = (0, 0, 0, 0, 0, 0)


def made(command: str, name: str) -> dict[str, bytes]:
    """Files that a command writes, by name."""
    with tempfile.TemporaryDirectory() as folder:
        with contextlib.redirect_stdout(io.StringIO()):
            status = main([*command.split(), str(Path(folder) / name)])
        assert status == 0, command
        return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def _find(path: Path) -> Path:
    """What `na64e verify` does first; ValueError if it says that something is bad."""
    path = path.with_name(path.name.removesuffix(".provenance.json"))
    found = find_result(path, str(path))
    if found.wrong_files() or not found.sound:
        raise ValueError(f"{path}: bad")
    return path


def _plain(content: bytes, name: str) -> Any:
    """What a file says, however it is packed or laid out."""
    if name.endswith(".json"):
        return json.loads(content)
    if name.endswith(".gz"):
        content = gzip.decompress(content)
    if not name.endswith((".lhe", ".lhe.gz")):
        return content
    lines, _, seal = content.rstrip().rpartition(b"\n")
    return lines, seal.strip()


def result_reader(name: str, files: dict[str, bytes], damaged: str) -> Reader:
    """Reader of a result of which one file is damaged: everything must be noticed."""

    def prepare(folder: Path) -> None:
        for other, content in files.items():
            (folder / other).write_bytes(content)

    def check(path: Path) -> None:
        here = (path.parent / damaged).read_bytes()
        assert _plain(here, damaged) == _plain(files[damaged], damaged), "damage unnoticed"

    return Reader(name, damaged, (files[damaged],), _find, check, prepare)


def _scan() -> Scan:
    axis = {
        "mass": np.array([0.1, 0.2]),
        "alpha_d": np.array([0.1]),
        "mass_ratio": np.array([3.0]),
    }
    return Scan(Choices("yield"), ("vanilla",), ("na64e-2018",), coupling=np.array([1e-3]), **axis)


def store_readers(provenance: bytes) -> list[Reader]:
    """Readers of the store of a scan, which goes on or is verified: a block, descriptions."""
    scan, record = _scan(), {"scan": {"masses": 2}, "provenance": json.loads(provenance)}
    numbers = {name: np.linspace(1.0, 2.0, 2) for name in ("n_radiative", "n_resonant")}
    columns = {name: one.reshape(scan.shape) for name, one in numbers.items()}
    columns["status"] = np.zeros(scan.shape, dtype=np.uint8)

    def prepare(folder: Path) -> None:
        with store.opened(folder / "s.zarr", scan, record) as opened:
            opened.write(PLACE, columns)

    def read(path: Path) -> store.Columns:
        root = next(folder for folder in path.parents if folder.name == "s.zarr")
        return store.Store(root, scan).read(PLACE)

    def reopened(path: Path) -> store.Columns:
        with store.opened(path.parent, scan, record) as opened:
            return opened.read(PLACE)

    def check(found: store.Columns) -> None:
        for name, values in columns.items():
            assert np.array_equal(found[name], values), f"damage of {name} unnoticed"

    def verified(path: Path) -> None:
        # The command line keeps the warnings of zarr to itself as well.
        with warnings.catch_warnings(action="ignore"):
            _find(next(folder for folder in path.parents if folder.name == "s.zarr"))

    def nothing(found: None) -> None:
        """Descriptions have no checksum."""

    with tempfile.TemporaryDirectory() as name:
        prepare(Path(name))
        root = Path(name) / "s.zarr"
        chunk = "s.zarr/n_radiative/c/" + "/".join(map(str, PLACE))
        return [
            Reader(
                "block of a scan",
                chunk,
                (_bytes(root.parent / chunk),),
                read,
                check,
                prepare,
            ),
            Reader(
                "store of a scan",
                "s.zarr/zarr.json",
                (_bytes(root / "zarr.json"),),
                reopened,
                check,
                prepare,
            ),
            Reader(
                "verified scan",
                "s.zarr/n_radiative/zarr.json",
                (_bytes(root / "n_radiative" / "zarr.json"),),
                verified,
                nothing,
                prepare,
            ),
        ]


def _bytes(path: Path) -> bytes:
    return path.read_bytes()


def result_readers() -> list[Reader]:
    """Readers of everything that the commands write and read again."""
    table, events = made(TABLE, "t.csv"), made(EVENTS, "e.lhe")
    packed = {"e.lhe.gz": gzip.compress(events["e.lhe"], mtime=0)}
    return [
        result_reader("record", table, "t.csv.provenance.json"),
        result_reader("table with record", table, "t.csv"),
        result_reader("event file", events, "e.lhe"),
        result_reader("packed event file", packed, "e.lhe.gz"),
        *store_readers(table["t.csv.provenance.json"]),
    ]
