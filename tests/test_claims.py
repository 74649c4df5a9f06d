"""Every claim: the recomputed number and the verdict that follows from it.

A tolerance is the accuracy of the calculation behind a number: rounding for closed forms, the
energy grid and the interpolation in mass for yields and limits (up to 1 %), the statistics of
10,000 showers for step lengths.
"""

import re
from pathlib import Path

import pytest

from physics_lib import claims
from physics_lib.claims.claim import MISPRINT, TAKEN_OVER, UNVERIFIABLE

ROOT = Path(__file__).parents[1]
ERRATA = ROOT / "book" / "errata.md"
NOTEBOOK = ROOT / "notebooks" / "08_claims.md"

YES, NO = "confirmed", "not confirmed"
NEARLY = "confirmed within"

# id: value, absolute tolerance, kind of verdict
EXPECTED = {
    # closed forms and quadratures
    "g2-significance": (251 / 59, 1e-9, NEARLY),
    "g2-band-low": (3.2406, 1e-3, YES),
    "g2-band-high": (5.3978, 1e-3, NEARLY),
    "electron-moment": (6.56e-15, 5e-17, YES),
    "second-and-third": (0.006433, 1e-5, YES),
    "pi-zero": (0.0144329, 1e-6, YES),
    "pi-ratio": (1.4719, 1e-4, YES),
    "pi-maximum": (1.0, 3e-4, YES),  # the grid's step in q²
    "pi-constant": (3.53e-4, 2e-6, YES),
    "yield-at-cusp": (1.47191**2, 1e-3, YES),
    "pi-analytic": (0.01650566154, 1e-10, NO),
    "width-neutrinos": (1.0, 1e-9, YES),
    "width-muons": (1.0, 1e-9, YES),
    "width-dark": (1.0, 1e-9, YES),
    "invisible-below-muons": (4.03e-5, 5e-7, YES),
    "vanilla-limit": (0.0, 1e-12, YES),
    "gd-strong": (1.12100, 1e-5, YES),
    "gd-weak": (0.50133, 1e-5, YES),
    "edge-mass": (226.053, 1e-3, NEARLY),
    "a1-prefactor": (3.30227, 1e-5, MISPRINT),  # 1/e
    "a1-bracket": (0.90061, 1e-5, MISPRINT),
    "a1-thresholds": (0.5, 2e-4, MISPRINT),  # the grid's step in q²
    "a1-above-tau": (1.5185, 1e-4, MISPRINT),
    "a2-ratio": (4.0, 1e-9, MISPRINT),  # √s = 0.25 GeV
    "a3-factor": (16.0, 1e-4, MISPRINT),  # 1/s; m_e²/m² is left out on one side
    "a4-narrow": (1.0, 1e-5, YES),
    "fr-within-five-percent": (0.0487, 5e-4, YES),
    "fr-conservative": (0.0495, 1e-3, YES),
    # counting
    "nothing-seen": (0.58860, 1e-5, YES),
    "n-up": (2.302585, 1e-6, YES),
    "n-up-background": (1.935, 2e-3, YES),
    # shower: the cascade's grid
    "ecal-depth": (40.62, 0.01, YES),
    "thick-target": (40.62, 0.01, MISPRINT),
    "full-energy": (6.5e-9, 3e-9, YES),
    "electrons-alike": (0.0293, 0.002, YES),
    "positrons-alike": (5.4e-4, 1e-4, YES),
    "lead-first": (2.63, 0.03, YES),
    "lead-alone": (0.00792, 2e-5, YES),
    "thin-target": (6.1e-4, 3e-5, YES),
    # steps: statistics of 10,000 showers
    "steps-below-80": (0.015, 0.01, YES),
    "steps-80-to-99": (0.0, 0.02, NO),
    "steps-above-99": (2.2, 0.15, NO),
    "steps-positrons": (0.02, 0.025, YES),
    "steps-normalisation": (0.0, 0.003, YES),
    "steps-harmless": (0.033, 0.005, YES),  # the statistics of GEANT4's positrons
    # efficiency, yields and limits
    "edge-smooth": (6.963, 0.005, YES),
    "factors-cancel": (0.0, 2e-5, YES),  # the grid begins elsewhere
    "on-shell-efficiency": (0.0017, 3e-4, YES),
    # statistics of 8,000 signal showers each
    "eta-universal": (0.055, 0.013, NEARLY),
    "eta-one-for-all": (-0.006, 0.004, YES),
    "nonresonant-electrons": (0.253, 0.002, NO),
    "nonresonant-positrons": (2.877, 0.02, UNVERIFIABLE),
    "muon-reach": (0.1604, 5e-4, YES),
    "quadratic-charge": (1.916, 0.003, YES),
    "radiation-smooth": (0.484, 0.005, YES),
    "resonance-dominates": (14.35, 0.15, YES),
    "lead-alone-limit": (-0.0496, 0.001, NO),
    "events-at-limit": (3.106, 0.03, UNVERIFIABLE),
    "dark-photon": (0.9997, 2e-4, YES),
    "touches-band": (1.272, 0.03, YES),  # a step of the grid of masses
    "touches-nowhere-else": (1.077, 0.01, YES),
    "neutrino-region": (3.57, 0.04, YES),
    "neutrino-region-1-mev": (0.714, 0.002, UNVERIFIABLE),
    "two-iterations-vanilla": (1.39e-5, 2e-6, YES),
    "two-iterations": (1.5e-6, 3e-7, YES),
    "two-iterations-heavy": (0.0045, 0.0003, YES),
    "alpha-d-alike": (0.0469, 0.001, YES),
    "alpha-d-alike-heavy": (0.159, 0.002, NEARLY),
    "narrower-than-resolution": (0.3134, 0.001, YES),
    "narrower-at-the-end": (0.5703, 0.001, YES),
    "babar-does-not-apply": (9.59e-5, 5e-7, YES),
    "thermal-f": (25.97, 0.1, NO),
    "thermal-scaling": (0.9615, 0.001, YES),  # the logarithm of the freeze-out temperature
    "hierarchy": (291.3, 5.0, TAKEN_OVER),  # a step of the grid of masses
    "projection-electrons": (1.0, 1e-6, YES),  # g² N is fixed
    "projection-positrons": (8.45, 0.1, YES),
}


@pytest.fixture(scope="module")
def recomputed():
    return claims.recompute()


@pytest.fixture(scope="module")
def found(recomputed):
    return {claim.id: claim for claim in recomputed}


@pytest.mark.parametrize("name", EXPECTED)
def test_claim_is_recomputed_as_before(found, name):
    value, tolerance, kind = EXPECTED[name]
    assert found[name].value == pytest.approx(value, abs=tolerance)
    assert found[name].kind == kind


def test_every_claim_is_pinned_or_says_why_it_cannot_be(found):
    without = {name for name, claim in found.items() if claim.value is None}
    assert without | set(EXPECTED) == set(found)
    assert not without & set(EXPECTED)
    for name in without:
        assert found[name].kind in {TAKEN_OVER, UNVERIFIABLE}


def test_nothing_is_left_empty(found):
    for claim in found.values():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", claim.id)
        assert claim.where
        assert claim.statement
        assert claim.paper
        assert claim.verdict
        assert bool(claim.recomputed) == (claim.value is not None)
        assert claim.row.outcome == claim.verdict
        if claim.kind == UNVERIFIABLE:
            assert claim.verdict.removeprefix(f"{UNVERIFIABLE}: ") != claim.verdict


def test_ids_are_unique(recomputed, found):
    assert len(recomputed) == len(found)


def test_numbers_deviate_by_what_the_verdict_says(found):
    for claim in found.values():
        if claim.deviation is not None:
            assert claim.value / float(claim.paper) - 1.0 == pytest.approx(claim.deviation)
            if claim.kind == NEARLY:
                percent = float(re.search(r"within ([\d.]+) %", claim.verdict)[1])
                assert 100.0 * abs(claim.deviation) == pytest.approx(percent, abs=0.05)


def errata():
    """Names of claims by heading of the page."""
    sections = re.split(r"^## ", ERRATA.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {
        section.splitlines()[0]: re.findall(r"^\| `([a-z0-9-]+)` \|", section, flags=re.MULTILINE)
        for section in sections
    }


def test_errata_page_has_what_is_not_confirmed_under_its_heading(found):
    kinds = {"Misprints": MISPRINT, "Statements that we do not confirm": NO}
    for heading, kind in kinds.items():
        names = [name for name, claim in found.items() if claim.kind == kind]
        assert sorted(errata()[heading]) == sorted(names)


def test_errata_page_has_every_condition_under_which_a_statement_is_true(found):
    conditional = [
        name
        for name, claim in found.items()
        if claim.deviation is None and claim.verdict.startswith("confirmed ")
    ]
    assumed = [name for name, c in found.items() if c.kind == TAKEN_OVER and c.value is not None]
    assert sorted(errata()["True with a condition"]) == sorted(conditional + assumed)


def test_tally_counts_every_claim(found):
    counted = claims.tally(found.values())
    assert sum(counted.values()) == len(found)
    assert len(found) >= 90


def test_every_claim_is_shown_in_the_notebook(found):
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert [claim.id for claim in found.values() if f'"{claim.where}"' not in text] == []
