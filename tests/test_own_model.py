"""Models from YAML: what they equal, laws that hold for any of them, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from physics_lib.constants import (
    ALPHA,
    ELECTRON_MASS,
    ELEMENTARY_CHARGE,
    MUON_MASS,
    TAU_MASS,
)
from physics_lib.mixing import loop_difference, mixing
from physics_lib.model_definition import (
    DARK_PARTICLES,
    LEPTONS,
    Charges,
    DarkSector,
    ModelDefinition,
)
from physics_lib.models import (
    DarkPhoton,
    Invisible,
    MuonModel,
    Vanilla,
    axial_width,
    fermion_width,
    invisible_branching,
    scalar_width,
    total_width,
)
from physics_lib.own_model import OwnModel, list_models, load_model

MASS = np.geomspace(1e-3, 20.0, 60)
Q2 = np.array([-10.0, -1e-3, 1e-6, 0.0446, 0.0447, 0.3, 13.0, 50.0])
MU_TAU = "title: x\ncharges:\n  muon: 1\n  tau: -1\nloop: yes\n"
DARK = "dark:\n  particle: complex-scalar\n  alpha_d: 0.1\n  mass_ratio: 3\n"

charge = st.floats(-10.0, 10.0).filter(lambda q: q == 0.0 or abs(q) > 1e-3)
charges = st.builds(Charges, charge, charge, charge)
dark = st.builds(
    DarkSector, st.sampled_from(DARK_PARTICLES), st.floats(1e-6, 1.0), st.floats(2.001, 100.0)
)
tree_models = st.builds(
    ModelDefinition,
    title=st.just("any"),
    coupling=st.sampled_from(("g", "epsilon")),
    charges=charges.filter(lambda q: q.electron != 0.0),
    dark=dark,
)


@pytest.fixture
def load(tmp_path):
    def load_text(text):
        path = tmp_path / "mine.yaml"
        path.write_text(text, encoding="utf-8")
        return load_model(path)

    return load_text


def same(ours, built_in):
    """Equal to rounding in every channel and coupling."""
    widths, expected = (model.widths(MASS) for model in (ours, built_in))
    # The tau's width is zero below its threshold, exactly.
    for name in widths | expected:
        known = expected.get(name, np.zeros(MASS.shape))
        assert widths[name] == pytest.approx(known, rel=1e-14, abs=0.0)
    for coupling in ("electron_coupling", "muon_coupling"):
        one, other = (getattr(model, coupling)(Q2[:, None]) for model in (ours, built_in))
        assert one == pytest.approx(other, rel=1e-14)


def test_l_mu_minus_l_tau_is_vanilla(load):
    same(OwnModel(MASS, 1e-3, load(MU_TAU)), Vanilla(MASS, 1e-3))


def test_l_mu_minus_l_tau_with_a_scalar_is_invisible(load):
    ours = OwnModel(MASS, 1e-3, load(MU_TAU + DARK))
    same(ours, Invisible(MASS, 1e-3, alpha_d=0.1, mass_ratio=3.0))
    assert ours.dark_mass == pytest.approx(MASS / 3.0)


def test_kinetic_mixing_of_one_is_a_dark_photon(load):
    ours = OwnModel(MASS, 1e-3, load("title: x\ncoupling: epsilon\nkinetic_mixing: 1\n" + DARK))
    same(ours, DarkPhoton(MASS, 1e-3, alpha_d=0.1, mass_ratio=3.0))


def test_b_minus_l_decays_to_three_neutrinos_for_two_electrons():
    light = OwnModel(0.1, 1e-3, load_model("b-minus-l"))
    # One left-handed neutrino is half of a Dirac fermion: 3/2 to 1, less the electron's mass.
    assert invisible_branching(light) == pytest.approx(0.6, abs=1e-8)
    # −g q with q = −1, in units of e.
    assert light.electron_coupling(-3.0) == pytest.approx(1e-3 / ELEMENTARY_CHARGE)
    assert light.muon_coupling(-3.0) == light.electron_coupling(5.0)


def test_a_charge_of_minus_one_in_units_of_e_is_a_mixing_of_one():
    mixed = ModelDefinition("x", "epsilon", kinetic_mixing=1.0, dark=DarkSector())
    charged = ModelDefinition("x", "epsilon", Charges(-1, -1, -1), Charges(), dark=DarkSector())
    same(OwnModel(MASS, 1e-3, charged), OwnModel(MASS, 1e-3, mixed))


def test_g_is_e_times_epsilon():
    in_g, in_epsilon = (
        OwnModel(MASS, coupling, ModelDefinition("x", name, Charges(1, -2, 3), loop=False))
        for name, coupling in (("g", 1e-3 * ELEMENTARY_CHARGE), ("epsilon", 1e-3))
    )
    same(in_g, in_epsilon)


def test_mixing_and_charge_add_with_their_signs():
    both = OwnModel(0.1, 0.1, ModelDefinition("x", "epsilon", Charges(0.25), kinetic_mixing=1.0))
    assert both.electron_coupling(0.0) == pytest.approx(0.1 * 0.75)
    assert both.muon_coupling(0.0) == pytest.approx(0.1)


def test_loop_of_electrons_and_muons():
    loop = ModelDefinition("x", charges=Charges(1, -1), loop=True).mixing(Q2)
    # −Σ q I: the integral of the electron with a minus sign, that of the muon with a plus sign.
    expected = loop_difference(Q2, MUON_MASS, ELECTRON_MASS)
    assert loop == pytest.approx(ELEMENTARY_CHARGE / (2.0 * np.pi**2) * expected, rel=1e-11)


def test_loops_of_three_pairs_cancel():
    pairs = (Charges(1, -1, 0), Charges(0, 1, -1), Charges(-1, 0, 1))
    total = sum(
        ModelDefinition("x", charges=q, kinetic_mixing=1, loop=True).mixing(Q2) for q in pairs
    )
    assert np.abs(total).max() < 1e-14


def test_loop_far_above_all_thresholds_and_far_below():
    own = ModelDefinition("x", charges=Charges(0, 1, -1), loop=True)
    assert own.mixing(0.0) == mixing(0.0)
    assert own.mixing(0.0).real == pytest.approx(
        ELEMENTARY_CHARGE / (12.0 * np.pi**2) * np.log((TAU_MASS / MUON_MASS) ** 2), rel=1e-14
    )


def test_dark_widths_have_their_thresholds_and_limits():
    strength, r2 = 0.1, 1.0 / 9.0
    velocity = np.sqrt(1.0 - 4.0 * r2)
    widths = {k: float(DarkSector(k, strength, 3.0).width(0.6, 0.6)) for k in DARK_PARTICLES}
    assert widths["complex-scalar"] == pytest.approx(strength / 12.0 * 0.6 * velocity**3)
    assert widths["dirac-fermion"] == pytest.approx(
        strength / 3.0 * 0.6 * (1.0 + 2.0 * r2) * velocity
    )
    assert widths["majorana-fermion"] == pytest.approx(strength / 6.0 * 0.6 * velocity**3)
    for particle in DARK_PARTICLES:
        assert DarkSector(particle, 0.1, 3.0).width(0.39, 0.6) == 0.0


def test_axial_and_vector_width_agree_without_mass():
    # Chirality: for a massless fermion γ₅ makes no difference.
    assert axial_width(0.1, 2.0, 0.0) == pytest.approx(fermion_width(0.1, 2.0, 0.0), rel=1e-15)
    # A complex scalar has a quarter of a massless Dirac fermion's states.
    assert 4.0 * scalar_width(0.1, 2.0, 0.0) == pytest.approx(fermion_width(0.1, 2.0, 0.0))


@given(tree_models, st.floats(1e-3, 50.0), st.floats(1e-8, 1.0))
def test_any_definition_is_a_model(definition, mass, coupling):
    model = OwnModel(mass, coupling, definition)
    assert isinstance(model, MuonModel)
    widths = model.widths(mass)
    assert all(np.isfinite(width) and width >= 0.0 for width in widths.values())
    assert total_width(model) == pytest.approx(sum(widths.values()), rel=1e-14)
    assert 0.0 < invisible_branching(model) <= 1.0
    # Linear in the coupling, the dark width untouched by it.
    double = model.at(mass, 2.0 * coupling)
    assert double.electron_coupling(1.0) == pytest.approx(2.0 * model.electron_coupling(1.0))
    for name, width in double.widths(mass).items():
        factor = 1.0 if name == "dark" else 4.0
        assert width == pytest.approx(factor * widths[name], rel=1e-13)
    # Without a loop it is the same at every q².
    assert np.ptp(np.abs(model.electron_coupling(Q2))) == 0.0


@given(tree_models)
def test_a_definition_survives_its_file(tmp_path_factory, definition):
    lines = ["title: any", f"coupling: {definition.coupling}", "charges:"]
    lines += [f"  {name}: {getattr(definition.charges, name)!r}" for name in LEPTONS]
    dark_lines = (f"  {k}: {v}" for k, v in vars(definition.dark).items())
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_text("\n".join([*lines, "dark:", *dark_lines]), encoding="utf-8")
    assert load_model(path) == definition


@given(definition=tree_models, factor=st.floats(-5.0, 5.0).filter(lambda f: abs(f) > 0.01))
def test_the_sign_of_all_charges_is_a_convention(definition, factor):
    q = definition.charges
    scaled = replace(definition, charges=Charges(*(factor * x for x in q.all)))
    one, other = (OwnModel(0.3, 0.1, d).widths(0.3) for d in (definition, scaled))
    for name in ("neutrinos", "electrons", "muons"):
        assert other[name] == pytest.approx(factor**2 * one[name], rel=1e-12)


@pytest.mark.parametrize("name", list_models())
def test_every_listed_model_loads(name):
    model = OwnModel(np.array([0.01, 0.3]), 1e-3, load_model(name))
    assert np.all(total_width(model) > 0.0)
    assert np.all(np.abs(model.electron_coupling(model.mass**2)) > 0.0)


def test_known_models_have_the_charges_of_their_names():
    known = {name: load_model(name) for name in list_models()}
    assert known["b-minus-l"].charges == Charges(-1, -1, -1)
    assert known["b-minus-l-dark"].dark == DarkSector("complex-scalar", 0.1, 3.0)
    assert known["le-minus-lmu"].charges == Charges(1, -1, 0)
    assert known["le-minus-ltau"].charges == Charges(1, 0, -1)
    assert known["lmu-minus-ltau-constant"].kinetic_mixing == pytest.approx(1 / 70, rel=1e-5)
    # The published rule of thumb for the loop at zero momentum: one seventieth.
    assert known["lmu-minus-ltau-constant"].kinetic_mixing == pytest.approx(
        mixing(0.0).real, rel=0.015
    )


def test_neutrinos_of_their_own(load):
    sterile = load("title: x\ncharges:\n  electron: 1\nneutrinos:\n  tau: 2\n")
    widths = OwnModel(0.5, 1.0, sterile).widths(0.5)
    # One left-handed neutrino of charge 2: 4 g²/24π m.
    assert widths["neutrinos"] == pytest.approx(4.0 * 0.5 / (24.0 * np.pi))
    assert widths["muons"] == widths["taus"] == 0.0
    assert widths["electrons"] == pytest.approx(0.5 / (12.0 * np.pi), rel=1e-10)
    assert "dark" not in widths


@pytest.mark.parametrize(
    ("charges", "shares"),
    [
        (Charges(1, -1), (0.5, 0.5, 0.0)),
        (Charges(-1, -1, -1), (1 / 3, 1 / 3, 1 / 3)),
        (Charges(1, 2, -3), (1 / 14, 4 / 14, 9 / 14)),
        (Charges(tau=1e-200), (0.0, 0.0, 1.0)),
        (Charges(), (0.0, 0.0, 0.0)),
    ],
)
def test_neutrinos_share_decays_as_the_squares_of_their_charges(charges, shares):
    definition = ModelDefinition("x", charges=Charges(1.0), neutrinos=charges, dark=DarkSector())
    assert OwnModel(0.5, 1.0, definition).neutrino_shares == pytest.approx(shares, rel=1e-14)


@given(tree_models.filter(lambda d: any(d.neutrino_charges.all)))
def test_shares_of_neutrinos_are_ratios_of_widths(definition):
    """Each from the width of a definition in which this neutrino is the only one."""
    whole = OwnModel(0.5, 1e-3, definition)
    q = definition.neutrino_charges
    for name, share in zip(LEPTONS, whole.neutrino_shares, strict=True):
        only = replace(definition, neutrinos=Charges(**{name: getattr(q, name)}))
        part = OwnModel(0.5, 1e-3, only).widths(0.5)["neutrinos"]
        assert part == pytest.approx(share * whole.widths(0.5)["neutrinos"], rel=1e-12)


def test_only_a_dark_sector_has_a_dark_particle():
    model = OwnModel(0.1, 1e-3, load_model("dark-photon-dirac"))
    assert (model.dark_particle, model.dark_mass) == ("dirac-fermion", pytest.approx(0.1 / 3.0))
    without = OwnModel(0.1, 1e-3, load_model("b-minus-l"))
    for name in ("dark_particle", "dark_mass"):
        with pytest.raises(AttributeError, match="no dark sector"):
            getattr(without, name)


CHARGED = "title: x\ncharges:\n  electron: 1\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("charges:\n  electron: 1\n", "mine.yaml: missing title"),
        (CHARGED + "colour: red\n", "line 4: unknown key 'colour': allowed title, coupling"),
        (CHARGED + "  up: 1\n", "line 4: unknown key 'up': allowed electron, muon, tau"),
        (CHARGED + "dark:\n  mass: 1\n", "line 5: unknown key 'mass': allowed particle"),
        (CHARGED.replace("1", ".nan"), r"line 3: electron = nan: allowed \[-100, 100\]"),
        (CHARGED.replace("1", "101"), "line 3: electron = 101: allowed"),
        (CHARGED.replace("1", "one"), "line 3: electron = 'one': a number is needed"),
        (CHARGED.replace("1", ""), "line 3: electron = None: a number is needed"),
        (CHARGED.replace("1", "yes"), "line 3: electron = True: a number is needed"),
        (CHARGED + "  electron: 2\n", "line 4: 'electron' appears twice"),
        ("title: x\ncharges: 1\n", "line 2: charges = 1: a mapping is needed"),
        ("title: x\ncharges:\n  electron:\n    left: 1\n", "line 4: only `key: value`"),
        ("title: x\ncharges: {electron: 1}\n", "line 2: only `key: value`"),
        (CHARGED + "kinetic_mixing:\n  muon: 1\n", "line 4: kinetic_mixing = a mapping: a number"),
        (CHARGED + "kinetic_mixing: .inf\n", r"line 4: kinetic_mixing = inf: allowed \[-100, 100"),
        (CHARGED + "coupling: h\n", "line 4: coupling = 'h': allowed g, epsilon"),
        (CHARGED + "coupling: 3\n", "line 4: coupling = 3: allowed a text"),
        (CHARGED + "loop: maybe\n", "line 4: loop = 'maybe': allowed yes, no"),
        (CHARGED + "loop: yes\n", r"line 4: loop = yes: allowed with charges that add up to zero"),
        ("title: x\nkinetic_mixing: 1\nloop: yes\n" + DARK, "line 3: loop = yes: allowed with"),
        (CHARGED.replace("electron", "muon"), "line 2: charges: no coupling to electrons"),
        ("title: x\n" + DARK, "mine.yaml: charges: no coupling to electrons"),
        (CHARGED + "neutrinos:\n  tau: 0\n", "line 4: neutrinos: no invisible decay"),
        ("title: x\nkinetic_mixing: 1\n", "neutrinos: no invisible decay"),
        (CHARGED + DARK.replace("3", "2"), r"line 7: mass_ratio = 2: allowed \(2, 1e\+06\]"),
        (CHARGED + DARK.replace("3", ".nan"), "line 7: mass_ratio = nan: allowed"),
        (CHARGED + DARK.replace("0.1", "0"), r"line 6: alpha_d = 0: allowed \(0, 1\]"),
        (CHARGED + DARK.replace("0.1", "1.1"), "line 6: alpha_d = 1.1"),
        (CHARGED + DARK.replace("complex", "real"), "line 5: particle = 'real-scalar': allowed c"),
        (CHARGED + DARK.replace("complex-scalar", "1"), "line 5: particle = 1: allowed a text"),
        (CHARGED + "dark: yes\n", "line 4: dark = True: a mapping is needed"),
        ("title:\n" + CHARGED[9:], "line 1: title = None: allowed a text"),
        (CHARGED + "---\n" + CHARGED, "YAML is needed"),
        (CHARGED + "yes: a\ntrue: b\n", "line 4: 'yes': a key must be plain text"),
        (CHARGED + "1: a\n1.0: b\n", "line 4: '1': a key must be plain text"),
        (CHARGED + "2020-01-01: a\n", "line 4: '2020-01-01': a key must be plain text"),
        (CHARGED + "null: a\n", "line 4: 'null': a key must be plain text"),
        *(
            (CHARGED.replace("1", text), f"line 3: electron = {text}: a decimal number is needed")
            for text in ("010", "1:30", "1:30.5", "0x10", "0b11", "1_0", "1_0.5")
        ),
        (CHARGED + "\ufeff: 0b1\n", r"line 4: '\\ufeff' = 0b1: a decimal number is needed"),
        (CHARGED + "dark: &x\n", "line 4: only `key: value`"),
        ("- 1\n", "line 1: only `key: value`"),
        ("", "empty file"),
        ("#" * 70_000, "larger than the 65536 bytes"),
    ],
)
def test_invalid_definitions_are_refused_with_line_and_reason(load, text, words):
    with pytest.raises(ValueError, match=words) as caught:
        load(text)
    message = str(caught.value)
    assert "mine.yaml" in message
    assert message.isprintable()
    assert len(message) < 300


@given(st.text(max_size=80))
def test_any_text_is_refused_cleanly(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "text.yaml"
    path.write_text(text, encoding="utf-8", errors="replace")
    with pytest.raises(ValueError, match=r"text\.yaml") as caught:
        load_model(path)
    assert "\n" not in str(caught.value)


def test_unknown_names_and_missing_files():
    with pytest.raises(ValueError, match="model = 'x': allowed b-minus-l, b-minus-l-dark"):
        load_model("x")
    with pytest.raises(FileNotFoundError, match=r"none\.yaml: no such file"):
        load_model("none.yaml")


@pytest.mark.parametrize(("mass", "coupling"), [(0.0, 1e-3), (0.1, 0.0), (0.1, 11.0)])
def test_masses_and_couplings_out_of_range_are_refused(mass, coupling):
    with pytest.raises(ValueError, match="allowed"):
        OwnModel(mass, coupling, load_model("b-minus-l"))


def test_width_in_units_of_e():
    own = ModelDefinition("x", "epsilon", Charges(2.0))
    # α ε² q² m/3, the electron's mass aside.
    assert OwnModel(1.0, 0.1, own).widths(1.0)["electrons"] == pytest.approx(
        ALPHA * 0.04 / 3.0, rel=1e-9
    )
