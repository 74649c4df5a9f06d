"""The command `na64e verify`: whether result files are still what their record says."""

import os
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from physics_lib.cli import io as cli_io
from physics_lib.cli import options as opt

if TYPE_CHECKING:
    from physics_lib.provenance.records import Record
    from physics_lib.provenance.results import Result

EXAMPLES = "Examples: na64e verify limit.csv; na64e verify --no-recompute events.lhe.gz library"

_GOOD, _NOTE, _BAD = "good", "note", "bad"
Row = tuple[str, str, str]


def verify(
    context: typer.Context,
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Files or folders of results.")
    ],
    no_recompute: Annotated[
        bool, typer.Option("--no-recompute", help="Compare checksums and versions alone.")
    ] = False,
    as_json: opt.AsJson = False,
) -> None:
    """Check results against their provenance, and compute them again.

    Of a folder of results each is checked. A verdict is good, note (something else than then,
    without harm), or bad. Status 0 if none is bad, 1 if one is.
    """
    results, rows = _results(files)
    for result in results:
        found = _recorded(result) + _inputs(result.record, no_recompute) + _origin(result.record)
        if not no_recompute:
            found.append(_recomputed(context, result))
        rows += [(result.path.name, *row) for row in found]
    names = ("file", "check", "verdict", "detail")
    cli_io.emit(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)), as_json)
    if any(row[2] == _BAD for row in rows):
        raise typer.Exit(1)


def _results(names: list[str]) -> "tuple[list[Result], list[tuple[str, ...]]]":
    """Results that are named, each once, and rows for what has no record among several.

    Raises ValueError if nothing has one.
    """
    from physics_lib.provenance.results import find_result

    found: dict[Path, Result] = {}
    without: list[tuple[str, ...]] = []
    failure: Exception | None = None
    for path, shown in (entry for name in names for entry in _inside(name)):
        try:
            result = find_result(path, shown)
            found.setdefault(result.path, result)
        except (ValueError, OSError) as error:
            failure = failure or error
            without.append((path.name, "record", _BAD, " ".join(str(error).split())))
    if failure and not found:
        raise failure
    return list(found.values()), without


def _inside(name: str) -> list[tuple[Path, str]]:
    """A result, or those with a record of their own in a plain folder; with names for messages."""
    from physics_lib.provenance.records import FILE_NAME
    from physics_lib.provenance.stores import GROUP

    path = Path(os.path.realpath(name))
    if path.is_dir() and not (path / FILE_NAME).is_file() and not (path / GROUP).is_file():
        records = sorted(path.glob(f"*.{FILE_NAME}"))
        if records:
            return [(record, f"{name}/{record.name}") for record in records]
    return [(path, name)]


def _recorded(result: "Result") -> list[Row]:
    """Whether record and files are as they were written."""
    sound = (_GOOD, "") if result.sound else (_BAD, "changed after it was written")
    rows = [("record", *sound)]
    wrong = result.wrong_files()
    rows += [("output", _BAD, text) for text in wrong[:20]]
    return rows if wrong else [*rows, ("output", _GOOD, "")]


def _inputs(record: "Record", alone: bool) -> list[Row]:
    """Whether the inputs are those of then.

    Where the result is computed again, that says whether a change of the data folder matters.
    """
    from physics_lib.provenance.records import data_input, sha256

    rows = []
    for entry in record.inputs:
        check = f"input {entry.name}"
        if entry.text is not None:
            same = sha256(entry.text.encode("utf-8", "replace")) == entry.sha256
            rows.append((check, _GOOD if same else _BAD, "" if same else "changed in the record"))
            continue
        current = ""
        with suppress(OSError, ValueError):
            current = data_input(entry.name).sha256
        if current == entry.sha256:
            rows.append((check, _GOOD, ""))
        else:
            detail = "another content than then" if current else "no longer there"
            rows.append((check, _BAD if alone else _NOTE, detail))
    return rows


def _origin(record: "Record") -> list[Row]:
    """Whether program and surroundings are those of then."""
    from physics_lib.provenance.origin import environment, program

    then, now = record.program, program()
    rows = [("program", _GOOD, _program_name(then.version, then.commit, then.modified))]
    if then.source != now.source:
        here = _program_name(now.version, now.commit, now.modified)
        rows = [("program", _NOTE, f"then {rows[0][2]}; here {here}, other modules")]
    current = environment()
    other = [
        f"{key}: then {record.environment.get(key, 'not set')}; here {current.get(key, 'not set')}"
        for key in sorted({*record.environment, *current})
        if record.environment.get(key) != current.get(key)
    ]
    return [*rows, ("environment", _NOTE if other else _GOOD, "; ".join(other))]


def _program_name(version: str, commit: str, modified: bool | None) -> str:
    """Version and commit for a message."""
    state = {True: ", modified", False: "", None: ""}[modified]
    return f"{version}, commit {commit[:12]}{state}"


def _recomputed(context: typer.Context, result: "Result") -> Row:
    """Compute a result again and compare."""
    from physics_lib.cli.rerun import Refused, rerun
    from physics_lib.provenance.origin import environment, program
    from physics_lib.provenance.records import TOLERANCES

    record = result.record
    with TemporaryDirectory(prefix="na64e-") as folder:
        try:
            fresh, changed = rerun(context, record, Path(folder), result.suffix)
        except Refused as refusal:
            return "recomputed", _BAD, f"refused: {' '.join(str(refusal).split())}"
        found = result.compare(fresh)
    defaults = f"; other defaults now: {', '.join(changed)}" if changed else ""
    if found.identical:
        return "recomputed", _GOOD, f"same bits{defaults}"
    detail = f"{found.different} of {found.lines} lines differ, first {found.first}; "
    detail += f"largest relative difference {found.largest:.2g} at {found.where}; "
    if record.program.source == program().source and record.environment == environment():
        return "recomputed", _BAD, f"{detail}the same program and machine give the same bits"
    # What a record allows itself does not count for more than what is stated today.
    allowed = min(record.tolerance, TOLERANCES[record.command])
    verdict = _GOOD if found.largest <= allowed else _BAD
    return "recomputed", verdict, f"{detail}allowed {allowed:g}{defaults}"
