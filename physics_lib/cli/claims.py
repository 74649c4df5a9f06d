"""The command `na64e claims`: what the paper says, what comes out, the verdict."""

from typing import TYPE_CHECKING

from physics_lib.cli import io as cli_io
from physics_lib.cli import options as opt

if TYPE_CHECKING:
    from physics_lib.cli.io import Table

EXAMPLES = "Example: na64e claims --json"


def claims(as_json: opt.AsJson = False) -> None:
    """Every claim of the paper with what is recomputed for it, and the verdict."""
    with cli_io.busy("claims"):
        from physics_lib.claims import recompute

        found = recompute()
    table: Table = {
        "id": [claim.id for claim in found],
        "where": [claim.where for claim in found],
        "claim": [claim.statement for claim in found],
        "paper": [claim.paper for claim in found],
        "recomputed": [claim.recomputed for claim in found],
        "verdict": [claim.verdict for claim in found],
    }
    cli_io.emit(table, as_json)
