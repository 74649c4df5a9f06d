"""Les Houches event files of samples of events, written through pylhe."""

import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedIOBase, TextIOWrapper
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import numpy as np

from physics_lib.events.sample import Events
from physics_lib.provenance.event_files import SEAL, SECTION, SUFFIXES
from physics_lib.provenance.origin import generator
from physics_lib.provenance.records import Record

_PROCESS_IDS = (1, 2)
# All digits of a float, so that masses and sums of momenta survive the file; spin unknown.
_NUMBERS = "   0   0" + 5 * " % .16e" + " 0.0e+00 9.0e+00"
_EVENT = " %2d %6d % .10e % .10e -1.0000000000e+00 -1.0000000000e+00"
_COMPRESSION = 4


def write_events(
    path: Path,
    events: Events,
    settings: dict[str, Any] | None = None,
    record: Record | None = None,
) -> None:
    """Write an unweighted sample, completely or not at all.

    Parameters
    ----------
    path : Path
        Name ending in ``.lhe`` or ``.lhe.gz``.
    events : Events
        With unit weights, but for the rare heavier ones. The depth of the vertex is a comment
        ``# vertex_z_cm`` in each event.
    settings : dict, optional
        What the sample is made of, for the header.
    record : Record, optional
        Where it comes from, for the header. Then the last line of the file is a comment with the
        checksum of all lines before it.

    Raises
    ------
    ValueError
        If `pylhe` is missing or the file cannot be written.
    """
    text = json.dumps({"generator": generator(), **(settings or {})}, indent=1)
    vertices: list[float] | None = events.depth.tolist() if events.luminosity else None
    # With both processes the second beam is the nucleus.
    target = int(np.max(events.ids[:, 1]))
    sections = {"na64e": text}
    if record is not None:
        sections[SECTION] = record.as_json(indent=None)
    write_file(path, events, sections, target, vertices, sealed=record is not None)


def write_file(
    path: Path,
    events: Events,
    sections: dict[str, str],
    target: int,
    vertices: list[float] | None,
    *,
    sealed: bool = False,
) -> None:
    """Write one file under another name in the same folder, then rename it.

    Parameters
    ----------
    path : Path
    events : Events
    sections : dict of str
        Elements of the header.
    target : int
        Number of the second beam.
    vertices : list of float, optional
        Depths to write as comments.
    sealed : bool
        End with the checksum of the lines before.

    Raises
    ------
    ValueError
        If `pylhe` is missing or the file cannot be written.
    """
    pylhe = _pylhe()
    if not path.name.endswith(SUFFIXES):
        raise ValueError(f"{path}: a name ending in {' or '.join(SUFFIXES)} is needed")
    content = pylhe.LHEFile(
        init=_init(pylhe, events, target),
        header=pylhe.LHEHeader(
            initrwgt=pylhe.LHEInitRWGT(), extra_elements=[_section(*s) for s in sections.items()]
        ),
        events=_events(events, vertices),
    )
    partial = path.with_name(f".{os.getpid()}.part")
    try:
        try:
            with partial.open("wb") as raw:
                if path.name.endswith(".gz"):
                    # Without time and name: the same events give the same file.
                    with gzip.GzipFile("", "wb", _COMPRESSION, raw, mtime=0) as packed:
                        _write_text(content, packed, sealed)
                else:
                    _write_text(content, raw, sealed)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise ValueError(f"{path}: cannot be written ({error.strerror})") from None


class _Summed(BufferedIOBase):
    """Binary stream that passes on what is written, and keeps its checksum."""

    def __init__(self, stream: Any) -> None:
        self.stream, self.sum = stream, hashlib.sha256()

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, content: Any) -> int:
        """Write bytes."""
        self.sum.update(content)
        return int(self.stream.write(content))


def _write_text(content: Any, stream: Any, sealed: bool) -> None:
    """Write the file as text on a binary stream."""
    summed: Any = _Summed(stream)
    text = TextIOWrapper(summed, encoding="utf-8", newline="\n")
    content.write(text)
    text.write("\n")
    text.detach()
    if sealed:
        stream.write(SEAL.format(summed.sum.hexdigest()).encode())


def _section(name: str, text: str) -> ElementTree.Element:
    """Section of the header."""
    element = ElementTree.Element(name)
    element.text = text
    return element


def _init(pylhe: ModuleType, events: Events, target: int) -> Any:
    """Beams and processes."""
    highest = float(np.max(events.energy))
    beam = pylhe.LHEInitInfo(
        beamA=int(abs(events.ids[0, 0])),
        beamB=target,
        energyA=highest,
        energyB=float(np.max(events.masses[:, 1])),
        PDFgroupA=0,
        PDFgroupB=0,
        PDFsetA=0,
        PDFsetB=0,
        weightingStrategy=3,
        numProcesses=sum(sigma > 0.0 for sigma in events.cross_sections),
    )
    # The relative error is that of the quadrature.
    processes = [
        pylhe.LHEProcInfo(xSection=sigma, error=1e-4 * sigma, unitWeight=1.0, procId=number)
        for number, sigma in zip(_PROCESS_IDS, events.cross_sections, strict=True)
        if sigma > 0.0
    ]
    return pylhe.LHEInit(initInfo=beam, procInfo=processes, generators=[])


@dataclass(frozen=True)
class _Event:
    """Text of an event for pylhe to write; its own objects take several times as long."""

    text: str

    def tolhe(self, lheformat: object = None) -> str:
        """Return the text, whatever the format."""
        return self.text


def _events(events: Events, vertices: list[float] | None) -> Iterator[_Event]:
    """Events one by one."""
    weights = (events.weight / np.min(events.weight)).tolist()
    scales, resonant = events.masses[:, 4].tolist(), events.resonant.tolist()
    # Without decays the last two columns are empty.
    used = slice(None) if events.ids[:, 5].any() else slice(5)
    four, masses = events.momenta[:, used], events.masses[:, used, None]
    numbers = np.concatenate((four[..., [1, 2, 3, 0]], masses), axis=-1).tolist()
    for i, ids in enumerate(events.ids[:, used].tolist()):
        lines = _particles(ids, numbers[i])
        head = (len(lines), _PROCESS_IDS[resonant[i]], weights[i], scales[i])
        if vertices is not None:
            lines.append(f"# vertex_z_cm {vertices[i]:.6f}")
        yield _Event("\n".join(("<event>", _EVENT % head, *lines, "</event>")))


def _particles(ids: list[int], numbers: list[list[float]]) -> list[str]:
    """Lines of the particles of an event that are there: who, status, mothers, numbers."""
    mediator = 5 if ids[2] else 3
    daughter = (1, mediator, mediator)
    roles = (
        *((-1, 0, 0), (-1, 0, 0), (1, 1, 2), (1, 1, 2)),
        *((2 if len(ids) > 5 else 1, 1, 2), daughter, daughter),
    )
    return [
        f"{number:9d} {role[0]:3d} {role[1]:3d} {role[2]:3d}" + _NUMBERS % tuple(row)
        for number, role, row in zip(ids, roles[: len(ids)], numbers, strict=True)
        if number
    ]


def _pylhe() -> ModuleType:
    """Return the package that writes the files; ValueError if it is missing."""
    try:
        import pylhe
    except ImportError:
        raise ValueError("pylhe is needed for event files: install na64e-book[events]") from None
    return pylhe
