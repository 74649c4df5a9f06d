"""One statement of the paper, what is recomputed for it, and the verdict."""

from dataclasses import dataclass

from physics_lib.report import CONFIRMED, MISPRINT, NOT_CONFIRMED, Verdict, compare, judge

TAKEN_OVER = "input, taken over"
UNVERIFIABLE = "cannot be checked"


@dataclass(frozen=True)
class Claim:
    """A number or a comparative statement in the paper's text.

    Attributes
    ----------
    id : str
        Short name, lower case with hyphens.
    where : str
        Section or equation.
    statement : str
        What is claimed, in our words.
    paper, recomputed : str
        Both sides, formatted.
    value : float or None
        The recomputed number that the verdict rests on; None if nothing is recomputed.
    deviation : float or None
        ``value / paper - 1`` where the paper prints a number.
    verdict : str
        Begins with ``confirmed``, ``not confirmed``, ``misprint``, ``input, taken over`` or
        ``cannot be checked``.
    """

    id: str
    where: str
    statement: str
    paper: str
    recomputed: str
    value: float | None
    deviation: float | None
    verdict: str

    @property
    def row(self) -> Verdict:
        """The claim as a row of a table of verdicts."""
        said = f"{self.where}: {self.statement}"
        return Verdict(said, self.paper, self.recomputed, self.verdict)

    @property
    def kind(self) -> str:
        """The verdict without its details."""
        kinds = (NOT_CONFIRMED, MISPRINT, TAKEN_OVER, UNVERIFIABLE, f"{CONFIRMED} within")
        return next((kind for kind in kinds if self.verdict.startswith(kind)), CONFIRMED)


def number(
    id: str,
    where: str,
    statement: str,
    paper: float,
    value: float,
    precision: float,
    slack: float = 0.1,
) -> Claim:
    """Return a claim about a number; `precision` and `slack` as in `report.compare`."""
    found = compare(statement, paper, value, precision, slack)
    deviation = value / paper - 1.0
    return Claim(
        id, where, statement, found.paper, found.recomputed, value, deviation, found.outcome
    )


def statement(
    id: str,
    where: str,
    said: str,
    paper: str,
    recomputed: str,
    value: float,
    holds: bool,
    how: str = "",
) -> Claim:
    """Return a claim that is either true or not, `value` being what decides.

    If it is, `how` says under which condition.
    """
    verdict = judge(said, paper, recomputed, bool(holds)).outcome
    if holds and how:
        verdict = f"{verdict} {how}"
    return Claim(id, where, said, paper, recomputed, float(value), None, verdict)


def formula(
    id: str, where: str, said: str, printed: str, ours: str, ratio: float, tolerance: float = 1e-6
) -> Claim:
    """Return a claim about a formula: `ratio` is what is printed over what is right."""
    verdict = CONFIRMED if abs(ratio - 1.0) <= tolerance else MISPRINT
    return Claim(id, where, said, printed, ours, float(ratio), None, verdict)


def taken_over(id: str, where: str, said: str, paper: str) -> Claim:
    """Return a number of the paper that is an input here."""
    return Claim(id, where, said, paper, "", None, None, TAKEN_OVER)


def assumption(id: str, where: str, said: str, paper: str, recomputed: str, value: float) -> Claim:
    """Return an assumption of the paper, with how far it holds."""
    return Claim(id, where, said, paper, recomputed, float(value), None, TAKEN_OVER)


def unverifiable(id: str, where: str, said: str, paper: str, why: str) -> Claim:
    """Return a claim that the publication does not allow to check, with the reason."""
    return Claim(id, where, said, paper, "", None, None, f"{UNVERIFIABLE}: {why}")
