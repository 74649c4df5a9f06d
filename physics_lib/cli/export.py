"""The command `na64e export`: the curves of the book as files."""

from typing import Annotated

import typer

from physics_lib.cli import io as cli_io
from physics_lib.cli import options as opt
from physics_lib.cli.recorded import record_of

EXAMPLES = (
    "Examples: na64e export --out hepdata; na64e export --format csv --figures 2,8 --out tables"
)


def export(
    context: typer.Context,
    out: Annotated[str, opt.option("--out", "New folder to write.", "DIR")],
    form: Annotated[str, opt.option("--format", "What to write.", "hepdata|csv|both")] = "hepdata",
    figures: Annotated[
        str, opt.option("--figures", "Among 2,5,6,7,8,band; default: all.", "NAMES")
    ] = "",
    as_json: opt.AsJson = False,
) -> None:
    """Write the curves of figures 2 and 5-8, and of the limit's band, as tables.

    A HEPData submission, checked by the official validator, or CSV files with a description.
    Which tables were written goes to standard output.
    """
    from physics_lib.checks import one_of
    from physics_lib.cli.files import new_folder
    from physics_lib.curves import FIGURES, tables
    from physics_lib.export import FORMATS, write_tables

    one_of("--format", form, FORMATS)
    wanted = figures.split(",") if figures else list(FIGURES)
    for name in wanted:
        one_of("--figures", name, tuple(FIGURES))
    folder, record = new_folder("--out", out), record_of(context)
    with cli_io.busy("figures", len(wanted)) as tell:
        found = tables(wanted, progress=tell)
        write_tables(folder, found, form, record)
    cli_io.emit(
        {
            "table": [table.name for table in found],
            "figure": [table.figure for table in found],
            "rows": [len(table) for table in found],
        },
        as_json,
    )
