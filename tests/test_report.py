"""Verdicts: when two numbers agree, and how the table reads."""

import pytest

from physics_lib.report import (
    CONFIRMED,
    MISPRINT,
    NOT_CONFIRMED,
    Verdict,
    Verdicts,
    compare,
    judge,
)


@pytest.mark.parametrize(
    ("paper", "recomputed", "outcome"),
    [
        (2.0, 2.04, "confirmed"),
        (2.0, 1.96, "confirmed"),
        (2.0, 2.1, "confirmed within 5.0 %"),
        (2.0, 1.9, "confirmed within 5.0 %"),
        (2.0, 2.3, "not confirmed (+15 %)"),
        (2.0, 1.0, "not confirmed (-50 %)"),
    ],
)
def test_numbers_agree_within_the_printed_digit_or_the_slack(paper, recomputed, outcome):
    verdict = compare("a number", paper, recomputed, precision=0.05)
    assert verdict == Verdict("a number", "2", f"{recomputed:.4g}", outcome)


def test_the_slack_can_be_chosen():
    assert compare("a", 2.0, 2.3, 0.05, slack=0.2).outcome == "confirmed within 15.0 %"
    assert compare("a", 2.0, 2.1, 0.05, slack=0.04).outcome == "not confirmed (+5 %)"


def test_a_statement_holds_or_does_not():
    assert judge("a", "yes", "yes", True) == Verdict("a", "yes", "yes", CONFIRMED)
    assert judge("a", "yes", "no", False) == Verdict("a", "yes", "no", NOT_CONFIRMED)


TABLE = Verdicts(
    Verdict("short", "1", "1.00", CONFIRMED),
    Verdict("a < longer claim", "2", "3", NOT_CONFIRMED + " (+50 %)"),
    Verdict("m_χ/s", "r_s", "m_χ/√s", MISPRINT),
    Verdict("depends", "?", "?", "open"),
)


def test_as_text_the_columns_are_aligned():
    lines = repr(TABLE).splitlines()
    assert lines[0].split() == ["claim", "paper", "recomputed", "verdict"]
    assert lines[2] == "a < longer claim  2      3           not confirmed (+50 %)"
    assert len({line.index(word) for line, word in zip(lines, VERDICTS, strict=True)}) == 1
    assert not any(line.endswith(" ") for line in lines)


VERDICTS = ("verdict", "confirmed", "not confirmed", "misprint", "open")


def test_as_html_the_outcome_has_a_colour_and_text_is_escaped():
    html = TABLE._repr_html_()
    assert html.count("<tr>") == html.count("</tr>") == 5
    assert "<td>a &lt; longer claim</td>" in html
    assert '<td class="verdict-yes">confirmed</td>' in html
    assert '<td class="verdict-no">not confirmed (+50 %)</td>' in html
    assert '<td class="verdict-no">misprint</td>' in html
    assert '<td class="verdict-open">open</td>' in html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("g_up(250 MeV)", "g<sub>up</sub>(250 MeV)"),
        ("2m_μ; m_χ/√s", "2m<sub>μ</sub>; m<sub>χ</sub>/√s"),
        ("E_ECAL > m_Z′", "E<sub>ECAL</sub> &gt; m<sub>Z</sub>′"),
        ("Z^1.92, E^-2", "Z<sup>1.92</sup>, E<sup>-2</sup>"),
        ("2.8e-13, 1e+05", "2.8 × 10<sup>−13</sup>, 10<sup>5</sup>"),
        ("7e-09 1e11", "7 × 10<sup>−9</sup> 10<sup>11</sup>"),
        ("na64e_2019, e+ e-, 0x1e5", "na64e_2019, e+ e-, 0x1e5"),
    ],
)
def test_as_html_indices_and_powers_are_set(text, html):
    row = Verdict(text, "", "", "open")
    assert f"<td>{html}</td>" in Verdicts(row)._repr_html_()
