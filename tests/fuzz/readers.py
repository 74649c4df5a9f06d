"""Every reader of files, what it must be given at least once, and what it may return."""

import io
import json
import shutil
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from fuzz.reader import Reader
from fuzz.results import result_readers
from physics_lib import data
from physics_lib.experiment import BEAMS, Experiment, load_experiment
from physics_lib.materials import Material, Stack, target_of
from physics_lib.own_model import ModelDefinition, OwnModel, load_model
from physics_lib.shower import checkpoint

RUN, SUMS, CHUNKS = "0123456789abcdef", 6, 9


def _check_curve(curve: tuple[Any, Any]) -> None:
    mass, limit = curve
    assert mass.size == limit.size >= 2, "sizes"
    assert np.all(np.isfinite(mass)), "masses"
    assert np.all(np.isfinite(limit)), "limits"
    assert np.all(mass > 0), "masses above 0"
    assert np.all(limit > 0), "limits above 0"
    assert np.all(np.diff(mass) > 0), "masses in order"
    assert not mass.flags.writeable, "read-only"


def _check_published(curve: data.PublishedLimit) -> None:
    _check_curve((curve.mass_GeV, curve.upper_limit))
    low, high = curve.valid_range_GeV
    assert 0 < low < high, "range"
    assert np.all(curve.at([low, high]) > 0), "an answer at both ends"
    for name in ("name", "title", "source", "doi", "confidence_level"):
        assert getattr(curve, name).strip(), name
    assert curve.coupling in ("epsilon", "g"), "coupling"


def _check_lengths(table: data.TrackLengthReference) -> None:
    low, high = table.energy_low_GeV, table.energy_high_GeV
    assert np.all(low < high), "edges"
    assert np.array_equal(low[1:], high[:-1]), "no gaps"
    for columns in (table.minus, table.minus_error, table.plus, table.plus_error):
        for column in columns.values():
            assert column.size == low.size, "sizes"
            assert np.all(np.isfinite(column)), "finite"
            assert np.all(column >= 0), "at least 0"


def _check_experiment(found: Experiment) -> None:
    assert type(found) is Experiment, "type"
    assert Experiment(**{f.name: getattr(found, f.name) for f in fields(found)}) == found, "same"
    assert found.beam in BEAMS, "beam"
    target = target_of(found.target)
    assert isinstance(target, Stack | Material), "target"
    thick = target.radiation_lengths if isinstance(target, Stack) else target.radiation_length
    assert 0 < thick < np.inf, "radiation lengths"
    for one in fields(found):
        value = getattr(found, one.name)
        assert type(value).__name__ == getattr(one.type, "__name__", one.type), one.name
        assert not isinstance(value, float) or np.isfinite(value), one.name
    assert found.has_muons == (found.momentum_cut_GeV > 0), "cut of muons"
    assert np.isfinite(found.resolution(found.energy_GeV)), "resolution"


def _check_model(found: ModelDefinition) -> None:
    assert type(found) is ModelDefinition, "type"
    assert replace(found) == found, "the same again"
    model = OwnModel([0.01, 0.1, 1.0], 1e-3, found)
    assert np.all(np.isfinite(model.electron_coupling([-0.1, 0.0, 0.01]))), "coupling"
    for width in model.widths([0.01, 0.1, 1.0]).values():
        assert np.all(np.isfinite(width)), "widths"
        assert np.all(width >= 0.0), "widths of at least 0"


def _check_progress(found: checkpoint.Progress) -> None:
    assert type(found.merged) is int, "merged"
    assert 0 <= found.merged <= CHUNKS, "merged"
    arrays = [found.sums, *found.waiting.values()]
    assert all(one.shape == (SUMS,) and one.dtype == np.float64 for one in arrays), "shapes"
    assert all(np.all(np.isfinite(one)) for one in arrays), "finite sums"
    assert all(type(i) is int and found.merged < i < CHUNKS for i in found.waiting), "waiting"


def _data_folder(name: str, folder: Path) -> None:
    """Data with the description of one resource, without its hash."""
    source = data.data_folder()
    for sub in ("limits", "showers"):
        shutil.copytree(source / sub, folder / sub, dirs_exist_ok=True)
    (folder / "datapackage.json").write_bytes(_package(name, hashed=False))


def _package(*names: str, hashed: bool) -> bytes:
    package = json.loads((data.data_folder() / "datapackage.json").read_bytes())
    package["resources"] = [one for one in package["resources"] if one["name"] in names]
    for one in package["resources"]:
        if not hashed:
            del one["hash"]
    return json.dumps(package, indent=1, ensure_ascii=False).encode()


def _definitions(file: str) -> tuple[bytes, ...]:
    """Each known experiment or model as a file of its own."""
    text = (data.data_folder() / file).read_text(encoding="utf-8")
    found: list[list[str]] = []
    for line in text.splitlines():
        if line and not line.startswith((" ", "#")):
            found.append([])
        elif found and line.startswith("  "):
            found[-1].append(line[2:])
    return tuple("\n".join(lines).encode() + b"\n" for lines in found)


def _archive(**changes: Any) -> bytes:
    """Checkpoint with other contents than it should have."""
    content: dict[str, Any] = {
        "fingerprint": np.array(RUN),
        "merged": np.array(2),
        "sums": np.linspace(0.0, 1.0, SUMS),
        "indices": np.array([4, 6]),
        "waiting": np.ones((2, SUMS)),
    }
    content |= changes
    stream = io.BytesIO()
    np.savez(stream, **{name: value for name, value in content.items() if value is not None})
    return stream.getvalue()


def _archives() -> tuple[bytes, ...]:
    """Checkpoints as they should be, and whole archives with contents that do not fit."""
    empty = {"indices": np.array([], dtype=np.int64), "waiting": np.zeros((0, SUMS))}
    odd = [
        *({"merged": np.array(value)} for value in (-1, 9, 10, 2.5, np.nan, True, "2", 2**63, 1j)),
        *({"merged": value} for value in ([1, 2], [], [[3]])),
        *({"sums": np.full(SUMS, value)} for value in (np.nan, np.inf, -1.0, 1e308, 1, True, 1j)),
        *({"sums": np.ones(size)} for size in (0, 1, SUMS + 1)),
        *({"sums": np.full(SUMS, value)} for value in ("1.5", b"1", "x")),
        *({"waiting": np.full((2, SUMS), value)} for value in (np.nan, np.inf, "1", 1j, True)),
        *({"waiting": np.ones(shape)} for shape in ((2,), (2, SUMS, 1), (3, SUMS), (0, SUMS))),
        *(
            {"indices": np.array(value)}
            for value in ([4, 4], [2, 4], [4, 9], [4.5, 6], ["4", "6"])
        ),
        *({"indices": np.array(value)} for value in (4, [[4, 6]], [-1, 4], [np.nan, 4])),
        *({"fingerprint": np.array(value)} for value in ("other", 1, b"\xff", [RUN], "")),
        *({name: None} for name in ("fingerprint", "merged", "sums", "indices", "waiting")),
        {"more": np.zeros(3)},
    ]
    sound = (_archive(), _archive(**empty), _archive(**empty, merged=np.array(0)))
    packed = io.BytesIO()
    np.savez_compressed(packed, fingerprint=np.array(RUN), sums=np.zeros(10**7))
    return (*sound, *sound, *sound, *(_archive(**one) for one in odd), packed.getvalue())


def _files(folder: str, pattern: str) -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in sorted((data.data_folder() / folder).glob(pattern)))


def readers() -> dict[str, Reader]:
    """Every reader by its name."""
    curve, lengths = "ccfr_trident", "g4_stack_electron_pre_fine"
    root = data.data_folder()
    found = [
        *result_readers(),
        Reader(
            "upper limit",
            "curve.csv",
            _files("limits", "*.csv"),
            data.read_limit_table,
            _check_curve,
        ),
        Reader(
            "published limit",
            f"{curve}.csv",
            ((root / "limits" / f"{curve}.csv").read_bytes(),),
            lambda path: data.read_curve(curve, path.parents[1]),
            _check_published,
            partial(_data_folder, curve),
        ),
        Reader(
            "track lengths",
            f"{lengths}.csv",
            ((root / "showers" / f"{lengths}.csv").read_bytes(),),
            lambda path: data.read_track_length_reference(fine=True, folder=path.parents[1]),
            _check_lengths,
            partial(_data_folder, lengths),
        ),
        Reader(
            "data package",
            "datapackage.json",
            tuple(_package(curve, "babar_4mu", hashed=hashed) for hashed in (True, False)),
            lambda path: data.read_curve(curve, path.parent),
            _check_published,
            partial(_data_folder, curve),
        ),
        Reader(
            "experiment",
            "experiment.yaml",
            _definitions("experiments.yaml"),
            load_experiment,
            _check_experiment,
        ),
        Reader("model", "model.yaml", _definitions("models.yaml"), load_model, _check_model),
        Reader(
            "checkpoint",
            "run.checkpoint",
            _archives(),
            lambda path: checkpoint.read(path, RUN, SUMS, CHUNKS),
            _check_progress,
        ),
    ]
    return {reader.name: reader for reader in found}
