"""Electric form factor of the atom: its limits and its parts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from physics_lib.constants import ELECTRON_MASS
from physics_lib.materials import LEAD, Element
from physics_lib.production.form_factor import Nucleus, form_factor_squared

NUCLEUS = Nucleus.of(LEAD.composition[0][0])
FULL, ELASTIC = NUCLEUS.form_factor("full"), NUCLEUS.form_factor("elastic")
transfers = st.floats(1e-14, 1e3)


def printed(t, z=82, a=207.2, proton=0.93827208816, moment=2.7928473446):
    """Bjorken et al. 2009, App. A (their inelastic proton factor once, not squared)."""
    a_el, a_in = 111.0 * z ** (-1 / 3) / ELECTRON_MASS, 773.0 * z ** (-2 / 3) / ELECTRON_MASS
    elastic = (a_el**2 * t / (1 + a_el**2 * t)) ** 2 * z**2
    elastic /= (1 + t / (0.164 * a ** (-2 / 3))) ** 2
    inelastic = (a_in**2 * t / (1 + a_in**2 * t)) ** 2 * z
    inelastic *= (1 + t / (4 * proton**2) * (moment**2 - 1)) / (1 + t / 0.71) ** 4
    return elastic, inelastic


@given(t=transfers)
def test_the_parts_are_those_of_the_literature(t):
    elastic, inelastic = printed(t)
    assert form_factor_squared(t, ELASTIC) == pytest.approx(elastic, rel=1e-12)
    assert form_factor_squared(t, FULL) == pytest.approx(elastic + inelastic, rel=1e-12)


@given(t=transfers)
def test_elastic_is_below_the_square_of_the_charge_and_below_the_full(t):
    elastic, full = form_factor_squared(t, ELASTIC), form_factor_squared(t, FULL)
    assert 0.0 < elastic < 82.0**2
    assert elastic < full


def test_the_atom_is_neutral_from_afar():
    small = form_factor_squared(np.float64(1e-14), ELASTIC)
    smaller = form_factor_squared(np.float64(1e-15), ELASTIC)
    # a² t ≈ 2.5e9 GeV⁻² · 1e-14 GeV²: t² up to 2.5e-5.
    assert small / smaller == pytest.approx(100.0, rel=1e-3)


def test_between_the_atom_and_the_nucleus_all_protons_add_up():
    # 1/a² = 4e-10 GeV² ≪ t ≪ d = 4.7e-3 GeV²
    assert form_factor_squared(1.4e-6, ELASTIC) == pytest.approx(82.0**2, rel=2e-3)


def test_large_transfers_resolve_the_nucleus_and_then_the_proton():
    ratio = form_factor_squared(400.0, ELASTIC) / form_factor_squared(200.0, ELASTIC)
    assert ratio == pytest.approx(1 / 4, rel=1e-3)
    inelastic = [
        form_factor_squared(t, FULL) - form_factor_squared(t, ELASTIC) for t in (2e3, 4e3)
    ]
    # Dipole to the fourth power times the magnetic moment's t: t⁻³.
    assert inelastic[1] / inelastic[0] == pytest.approx(1 / 8, rel=1e-2)


def test_half_of_the_amplitude_is_lost_at_the_nuclear_size():
    assert form_factor_squared(ELASTIC.size, ELASTIC) == pytest.approx(82.0**2 / 4, rel=1e-5)
    assert ELASTIC.size == pytest.approx(0.164 * 207.2 ** (-2 / 3))


def test_nucleus_of_an_element():
    nucleus = Nucleus.of(Element("Fe", 26, 55.845))
    assert (nucleus.atomic_number, nucleus.atomic_mass) == (26, 55.845)
    assert nucleus.mass == pytest.approx(52.019, rel=1e-4)
    assert NUCLEUS.mass == pytest.approx(193.0, rel=1e-3)
