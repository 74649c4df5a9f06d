"""Result files with their records: tables, event files, folders."""

import gzip
import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Final
from xml.sax.saxutils import unescape

from physics_lib.provenance import stores
from physics_lib.provenance.comparison import Comparison, compare
from physics_lib.provenance.event_files import SEAL, SECTION, SUFFIXES
from physics_lib.provenance.reader import read_record
from physics_lib.provenance.records import (
    FILE_NAME,
    MAX_RECORD_SIZE,
    Record,
    beside,
    file_sha256,
    folder_outputs,
)
from physics_lib.tables import decode, read_bytes

MOST_BYTES: Final = 16 << 30
"""largest file that is read, unpacked"""
LONGEST_LINE: Final = 8 << 20
"""longest line [bytes]"""

_HEADER_LINES = 1000
_SEAL = re.compile(re.escape(SEAL.strip()).replace(r"\{\}", "([0-9a-f]{64})"))
_SECTION = re.compile(rf"\s*<{SECTION}>(.*)</{SECTION}>\s*", re.DOTALL)
_VERSION = re.compile(r"na64e-book [^\s\"',;]+")


@dataclass(frozen=True)
class Result:
    """A file or folder, with its record.

    Attributes
    ----------
    path : Path
    record : Record
    sound : bool
        Whether the checksum of the record is right.
    """

    path: Path
    record: Record
    sound: bool

    @property
    def suffix(self) -> str:
        """Ending of the name by which the format is known."""
        return next((end for end in SUFFIXES if self.path.name.endswith(end)), "")

    @property
    def is_store(self) -> bool:
        """Whether it is the Zarr store of a scan."""
        return (self.path / stores.GROUP).is_file()

    def wrong_files(self) -> list[str]:
        """What is wrong with the checksums of the outputs, a line for each."""
        if self.suffix:
            return _wrong_seal(self.path)
        if self.is_store:
            return stores.problems(self.path)
        if not self.path.is_dir():
            recorded = {entry.sha256 for entry in self.record.outputs}
            return [] if file_sha256(self.path) in recorded else ["another checksum than recorded"]
        recorded_files = {entry.name: entry.sha256 for entry in self.record.outputs}
        found = {entry.name: entry.sha256 for entry in folder_outputs(self.path)}
        wrong = []
        for name in sorted({*recorded_files, *found}):
            if name not in found:
                wrong.append(f"{name}: missing")
            elif name not in recorded_files:
                wrong.append(f"{name}: not recorded")
            elif found[name] != recorded_files[name]:
                wrong.append(f"{name}: another checksum than recorded")
        return wrong

    def compare(self, other: Path) -> Comparison:
        """Compare line by line with the same result, made again.

        Without record, checksum, and our own version.
        """
        if self.is_store:
            return compare(stores.content(self.path), stores.content(other))
        if not self.path.is_dir():
            return compare(content(self.path), content(other))
        return compare(folder_content(self.path), folder_content(other))


def find_result(path: Path, shown: str) -> Result:
    """Find the record of a file or folder.

    Parameters
    ----------
    path : Path
        The file or folder, or the record beside it.
    shown : str
        What messages call it.

    Raises
    ------
    ValueError
        If there is no such file, or no record with it.
    """
    if path.name.endswith(f".{FILE_NAME}"):
        path = path.with_name(path.name.removesuffix(f".{FILE_NAME}"))
    if (path / stores.GROUP).is_file():
        text = stores.record_text(path, shown)
    elif path.is_dir():
        text = _record_text(path / FILE_NAME, shown)
    elif not path.is_file():
        raise ValueError(f"{shown}: an ordinary file or a folder is needed")
    elif path.name.endswith(SUFFIXES):
        text = _record_inside(path, shown)
    else:
        text = _record_text(beside(path), shown)
    return Result(path, *read_record(text, shown))


def _record_text(path: Path, shown: str) -> str:
    """Record in a file of its own."""
    try:
        return decode(read_bytes(path, MAX_RECORD_SIZE), path)
    except FileNotFoundError:
        raise ValueError(f"{shown}: no provenance: {path.name} is missing") from None


def _record_inside(path: Path, shown: str) -> str:
    """Record in the header of an event file."""
    for line in islice(raw_lines(path), _HEADER_LINES):
        found = _SECTION.fullmatch(line)
        if found:
            return unescape(found.group(1))
    raise ValueError(f"{shown}: no provenance: no {SECTION} in the header")


def _wrong_seal(path: Path) -> list[str]:
    """What is wrong with the checksum at the end of an event file."""
    total, last = hashlib.sha256(), ""
    for line in raw_lines(path):
        total.update(last.encode("utf-8", "surrogateescape"))
        last = line
    seal = _SEAL.fullmatch(last.strip())
    if seal is None:
        return ["no checksum in the last line: not complete"]
    return [] if seal.group(1) == total.hexdigest() else ["another checksum than recorded"]


def raw_lines(path: Path) -> Iterator[str]:
    """Lines of a text file with their ends, unpacked if its name ends in .gz.

    Raises
    ------
    ValueError
        If it is damaged, or larger than is allowed.
    """
    packed = path.name.endswith(".gz")
    size = 0
    try:
        stream: IO[bytes]
        with gzip.open(path) if packed else path.open("rb") as stream:  # type: ignore[assignment]
            while line := stream.readline(LONGEST_LINE + 1):
                size += len(line)
                if len(line) > LONGEST_LINE or size > MOST_BYTES:
                    raise ValueError(f"{path.name}: larger than is allowed")
                yield line.decode("utf-8", "surrogateescape")
    except (EOFError, zlib.error, OSError) as error:
        raise ValueError(f"{path.name}: cannot be read ({error})") from None


def content(path: Path) -> Iterator[str]:
    """Lines that are to be the same again: without record, checksum, and our own version."""
    for line in raw_lines(path):
        if not line.startswith("<!-- sha256") and not _SECTION.fullmatch(line):
            plain = line.rstrip("\r\n")
            yield _VERSION.sub("na64e-book", plain) if "na64e-book " in plain else plain


def folder_content(folder: Path) -> Iterator[str]:
    """Lines of all files of a folder but its record, the name of each before it."""
    for entry in folder_outputs(folder):
        yield entry.name
        yield from content(folder / entry.name)
