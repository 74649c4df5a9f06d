"""Verdicts: what the paper says, what comes out, and whether the two agree."""

import re
from dataclasses import dataclass
from html import escape

CONFIRMED = "confirmed"
NOT_CONFIRMED = "not confirmed"
MISPRINT = "misprint"

_INDEX = re.compile(r"(?<!\w)(\d*[^\W\d_])_(\w{1,4})\b")
_POWER = re.compile(r"(?<=\w)\^([-+]?\d+(?:\.\d+)?)")
_SCIENTIFIC = re.compile(r"\b(?:1|(\d+(?:\.\d+)?))e([-+]?\d+)\b")


@dataclass(frozen=True)
class Verdict:
    """One claim with its outcome.

    Attributes
    ----------
    claim : str
        What is claimed, with its place in the paper.
    paper, recomputed : str
        Both sides, formatted.
    outcome : str
        ``confirmed``, ``confirmed within x %``, ``not confirmed`` or a reason.
    """

    claim: str
    paper: str
    recomputed: str
    outcome: str


def compare(
    claim: str, paper: float, recomputed: float, precision: float, slack: float = 0.1
) -> Verdict:
    """Compare a number of the paper with ours.

    Parameters
    ----------
    claim : str
    paper, recomputed : float
    precision : float
        Half a unit of the last printed digit.
    slack : float
        Largest relative deviation that still counts as confirmed within so many per cent.
    """
    deviation = abs(recomputed / paper - 1.0)
    if abs(recomputed - paper) <= precision:
        outcome = CONFIRMED
    elif deviation <= slack:
        outcome = f"{CONFIRMED} within {100.0 * deviation:.1f} %"
    else:
        outcome = f"{NOT_CONFIRMED} ({100.0 * (recomputed / paper - 1.0):+.0f} %)"
    return Verdict(claim, f"{paper:g}", f"{recomputed:.4g}", outcome)


def judge(claim: str, paper: str, recomputed: str, holds: bool) -> Verdict:
    """Record a statement of the paper that is either true or not."""
    return Verdict(claim, paper, recomputed, CONFIRMED if holds else NOT_CONFIRMED)


def _outcome_class(outcome: str) -> str:
    """CSS class of an outcome: right, wrong, or neither."""
    if outcome.startswith(CONFIRMED):
        return "verdict-yes"
    wrong = outcome.startswith((NOT_CONFIRMED, MISPRINT))
    return "verdict-no" if wrong else "verdict-open"


def _as_html(text: str) -> str:
    """Text with its indices and powers set: g_up, Z^1.92, 2.8e-13."""

    def power_of_ten(found: re.Match[str]) -> str:
        digits, power = found.groups()
        sign = "−" if power.startswith("-") else ""
        ten = f"10<sup>{sign}{power.lstrip('+-').lstrip('0') or '0'}</sup>"
        return f"{digits} × {ten}" if digits else ten

    text = _SCIENTIFIC.sub(power_of_ten, escape(text))
    text = _POWER.sub(r"<sup>\1</sup>", text)
    return _INDEX.sub(r"\1<sub>\2</sub>", text)


class Verdicts:
    """A table of verdicts that a notebook shows: HTML in the book, text elsewhere.

    Parameters
    ----------
    *rows : Verdict
    """

    _HEADER = Verdict("claim", "paper", "recomputed", "verdict")

    def __init__(self, *rows: Verdict) -> None:
        self.rows = rows

    @staticmethod
    def _cells(row: Verdict) -> tuple[str, str, str, str]:
        return row.claim, row.paper, row.recomputed, row.outcome

    def __repr__(self) -> str:
        """Align the columns with spaces."""
        table = [self._cells(row) for row in (self._HEADER, *self.rows)]
        widths = [max(len(cells[i]) for cells in table) for i in range(4)]
        lines = (
            "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
            for cells in table
        )
        return "\n".join(line.rstrip() for line in lines)

    def _repr_html_(self) -> str:
        """Return an HTML table; the outcome's class gives its colour."""
        head = "".join(
            f'<th scope="col">{escape(cell)}</th>' for cell in self._cells(self._HEADER)
        )
        body = []
        for row in self.rows:
            *plain, outcome = self._cells(row)
            cells = "".join(f"<td>{_as_html(cell)}</td>" for cell in plain)
            kind = _outcome_class(outcome)
            body.append(f'<tr>{cells}<td class="{kind}">{_as_html(outcome)}</td></tr>')
        rows = "".join(body)
        return (
            f'<table class="verdicts"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
        )
