"""Tables of curves as files: a HEPData submission, or CSV with a description beside it."""

import json
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any, Final

import yaml

from physics_lib.checks import one_of
from physics_lib.curves import Column, Table
from physics_lib.curves.table import Real
from physics_lib.datapackage import NAME as DESCRIPTION
from physics_lib.folders import new_folder
from physics_lib.provenance.origin import generator
from physics_lib.provenance.records import FILE_NAME, Record, write_folder_record

FORMATS: Final = ("hepdata", "csv", "both")
DIGITS: Final = 8
"""significant digits of every number"""

PAPER: Final = (
    "Andreev et al. (NA64), Search for a light muon-philic Z' with the NA64-e experiment at CERN, "
    "Phys. Rev. D 106, 032015 (2022)",
    "https://arxiv.org/abs/2206.03101",
)
LICENCE: Final = {
    "name": "BSD-3-Clause",
    "url": "https://opensource.org/license/bsd-3-clause",
    "description": "Numbers computed by na64e-book, under its licence.",
}

_COMMENT = (
    "Recomputation of the curves of arXiv:2206.03101 by {generator}, independent of the NA64 "
    "Collaboration. Curves of other experiments are quoted with their source."
)
_HEPDATA_LIB = ("Created with hepdata_lib", "https://doi.org/10.5281/zenodo.1217998")
_PROVENANCE = ("Program, command, inputs and checksums these tables come from", FILE_NAME)
_PHRASES = ["dark sector", "fixed target", "L_mu - L_tau", "missing energy", "NA64", "Z'"]


def write_tables(
    folder: Path, tables: Sequence[Table], form: str, record: Record | None = None
) -> None:
    """Write tables, completely or not at all.

    Parameters
    ----------
    folder : Path
        To be made; it may exist if it is empty.
    tables : sequence of Table
    form : str
        ``hepdata``: a submission that the official validator accepts, `submission.yaml` and a
        file per table. ``csv``: one CSV file per table and ``datapackage.json``. ``both``: each
        in a folder of that name.
    record : Record, optional
        Where they come from, for a file of its own; a submission alone names it as an additional
        resource.

    Raises
    ------
    ValueError
        For another form, or if the folder cannot be written, packages are missing, or the
        validator objects.
    """
    one_of("format", form, FORMATS)
    with new_folder(folder) as partial:
        if form == "both":
            (partial / "hepdata").mkdir()
            (partial / "csv").mkdir()
        if form != "hepdata":
            _fill_csv(partial / "csv" if form == "both" else partial, tables)
        if form != "csv":
            inside = partial / "hepdata" if form == "both" else partial
            named = record is not None and form == "hepdata"
            _fill_submission(inside, tables, (_PROVENANCE,) if named else ())
        if record is not None:
            write_folder_record(partial, record)
        if form != "csv":
            _validate(inside)


def problems(folder: Path) -> list[str]:
    """What the official validator has against a submission; it needs no network.

    Parameters
    ----------
    folder : Path
        With a `submission.yaml`.

    Returns
    -------
    list of str
        Empty if the submission is valid.
    """
    with _quietly():
        checker = _package("hepdata_validator.full_submission_validator")
        # The schemas of the package itself: nothing is fetched.
        validator = checker.FullSubmissionValidator(autoload_remote_schemas=False)
        accepted = validator.validate(directory=str(folder))
    found = [
        f"{Path(file).name}: {' '.join(message.message.replace(f'{folder}/', '').split())}"
        for file, messages in validator.get_messages().items()
        for message in messages
    ]
    return found if found or accepted else ["refused without a reason"]


@contextmanager
def _quietly() -> Iterator[None]:
    """Silence what the packages print, and warn of: functions that age and files left open."""
    with warnings.catch_warnings(), redirect_stdout(StringIO()):
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", ResourceWarning)
        yield


def _package(name: str) -> Any:
    """Return a module of the packages for HEPData; ValueError if they are missing."""
    try:
        return import_module(name)
    except ImportError:
        raise ValueError(
            "the HEPData format needs hepdata-lib and hepdata-validator, which are not installed"
        ) from None


def _rounded(values: Real) -> list[float]:
    """Numbers with `DIGITS` significant digits, zeros without a sign."""
    return [float(f"{value:.{DIGITS}g}") + 0.0 for value in values.tolist()]


def _fill_submission(
    folder: Path, tables: Sequence[Table], more: Sequence[tuple[str, str]]
) -> None:
    """Write head and tables of a submission, with `more` resources than usual."""
    links = (PAPER, _HEPDATA_LIB, *more)
    head = {
        "comment": _COMMENT.format(generator=generator()),
        "data_license": LICENCE,
        "additional_resources": [
            {"description": text, "location": address} for text, address in links
        ],
    }
    (folder / "submission.yaml").write_text(
        yaml.safe_dump(head, explicit_start=True), encoding="utf-8"
    )
    with _quietly():
        hepdata = _package("hepdata_lib")
        for table in tables:
            _hepdata_table(hepdata, table).write_output(str(folder))


def _validate(folder: Path) -> None:
    """Raise ValueError if the official validator refuses a submission."""
    found = problems(folder)
    if found:
        raise ValueError(f"the HEPData validator refuses the submission: {'; '.join(found[:2])}")


def _hepdata_table(hepdata: Any, table: Table) -> Any:
    """Table of hepdata_lib."""
    made = hepdata.Table(table.name)
    made.location = table.figure
    made.description = f"{table.title}. {table.description} Method: {table.method}"
    made.keywords = {"phrases": _PHRASES}
    for text, address in table.sources:
        made.add_additional_resource(text, address)
    if table.taken_over:
        made.add_data_license("Published numbers, cite the source", table.sources[0][1])
    made.add_variable(_variable(hepdata, table.axis, True))
    for column in table.columns:
        made.add_variable(_variable(hepdata, column, False))
    return made


def _variable(hepdata: Any, column: Column, independent: bool) -> Any:
    """Variable of hepdata_lib with its qualifiers and errors."""
    made = hepdata.Variable(
        column.title,
        is_independent=independent,
        is_binned=column.binned,
        units="" if column.unit == "1" else column.unit,
        zero_uncertainties_warning=False,
    )
    made.digits = DIGITS
    made.values = (
        list(zip(*map(_rounded, column.values.T), strict=True))
        if column.binned
        else _rounded(column.values)
    )
    for name, value, unit in column.qualifiers:
        made.add_qualifier(name, value, unit)
    for error in column.errors:
        size = hepdata.Uncertainty(error.label, is_symmetric=error.minus is None)
        size.values = (
            _rounded(error.plus)
            if error.minus is None
            else list(zip(_rounded(-error.minus), _rounded(error.plus), strict=True))
        )
        made.add_uncertainty(size)
    return made


def _fill_csv(folder: Path, tables: Sequence[Table]) -> None:
    """Write the CSV files and what they are."""
    for table in tables:
        columns = table.flat()
        rows = zip(*map(_rounded, columns.values()), strict=True)
        lines = [",".join(columns), *(",".join(map(repr, row)) for row in rows)]
        (folder / f"{table.name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    package = {
        "profile": "data-package",
        "name": "na64e-curves",
        "title": "Curves of Figs. 2 and 5-8 of arXiv:2206.03101, recomputed",
        "description": _COMMENT.format(generator=generator()),
        "resources": [_resource(table) for table in tables],
    }
    text = json.dumps(package, indent=2, ensure_ascii=False)
    (folder / DESCRIPTION).write_text(text + "\n", encoding="utf-8")


def _resource(table: Table) -> dict[str, Any]:
    """Description of one CSV file."""
    fields = [
        _field(column, name, text)
        for column in (table.axis, *table.columns)
        for name, (text, _) in column.flat().items()
    ]
    licence = (
        {"title": "Published numbers, cite the source.", "path": table.sources[0][1]}
        if table.taken_over
        else {"name": LICENCE["name"], "path": LICENCE["url"], "title": LICENCE["description"]}
    )
    return {
        "name": table.name,
        "title": table.title,
        "path": f"{table.name}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "figure": table.figure,
        "description": table.description,
        "sources": [{"title": text, "path": path} for text, path in (PAPER, *table.sources)],
        "licenses": [licence],
        "obtained": table.method,
        "schema": {"fields": fields, "missingValues": []},
    }


def _field(column: Column, name: str, text: str) -> dict[str, Any]:
    """Description of one column of a file."""
    field = {"name": name, "type": "number", "unit": column.unit, "description": text}
    if not column.qualifiers:
        return field
    given = {f"{key} [{unit}]" if unit else key: value for key, value, unit in column.qualifiers}
    return field | {"qualifiers": given}
