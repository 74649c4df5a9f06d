"""The command `na64e scan`: what it prints, own models, bad input."""

import json

import numpy as np
import pytest
import zarr

from physics_lib.cli.main import main
from physics_lib.own_model import OwnModel, load_model

COMMAND = ("scan", "--quantity", "yield", "--masses", "0.2:0.25:6", "--g", "1e-3")

OWN = """\
title: A vector of my own
charges:
  electron: 1
  muon: -1
dark:
  particle: dirac-fermion
"""


def refused(capsys, *arguments):
    assert main([*arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    return printed.err


def test_a_scan_of_known_and_own_models(capsys, tmp_path, search):
    """A user's model has the dark sector of the axes; the table says what became of the points."""
    file, out = tmp_path / "own.yaml", tmp_path / "s.zarr"
    file.write_text(OWN, encoding="utf-8")
    command = [*COMMAND, "--model", f"vanilla,{file}", "--mass-ratio", "2.5,5", "--out", str(out)]
    assert main([*command, "--json"]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert json.loads(printed.out) == [{"outcome": "computed", "points": 24}]
    store = zarr.open_group(out, mode="r")
    found = store["n_resonant"][1, 0, 0, :, 0]
    masses = store["mass"][...]
    for ours, ratio in zip(found, (2.5, 5.0), strict=True):
        file.write_text(f"{OWN}  mass_ratio: {ratio}\n", encoding="utf-8")
        model = OwnModel(masses, np.full(6, 1e-3), load_model(file))
        np.testing.assert_allclose(ours, search.signal_yield(model)[1], rtol=1e-12)
    assert store.attrs["provenance"]["command"] == "scan"


def axis(out, name):
    return list(zarr.open_group(out, mode="r")[name][...])


def test_a_file_keeps_its_dark_sector_unless_options_are_given(capsys, tmp_path, search):
    """As for `na64e limit`; models without a dark sector have no say."""
    file = tmp_path / "own.yaml"
    file.write_text(f"{OWN}  alpha_d: 0.5\n  mass_ratio: 2.1\n", encoding="utf-8")
    for number, (options, alpha, ratio) in enumerate(
        (
            ((), 0.5, 2.1),
            (("--alpha-d", "0.1"), 0.1, 2.1),
            (("--mass-ratio", "3,4"), 0.5, [3.0, 4.0]),
        )
    ):
        out = tmp_path / f"{number}.zarr"
        names = f"vanilla,{file},b-minus-l"
        assert main([*COMMAND, "--model", names, "--out", str(out), *options]) == 0
        assert axis(out, "alpha_d") == [alpha]
        assert axis(out, "mass_ratio") == list(np.atleast_1d(ratio))
    found = zarr.open_group(tmp_path / "0.zarr", mode="r")["n_resonant"][1, 0, 0, 0, 0]
    masses = zarr.open_group(tmp_path / "0.zarr", mode="r")["mass"][...]
    model = OwnModel(masses, np.full(6, 1e-3), load_model(file))
    np.testing.assert_allclose(found, search.signal_yield(model)[1], rtol=1e-12)


def test_models_with_other_dark_sectors_need_the_options(capsys, tmp_path):
    file, out = tmp_path / "own.yaml", tmp_path / "s.zarr"
    file.write_text(f"{OWN}  alpha_d: 0.5\n", encoding="utf-8")
    command = [*COMMAND, "--model", f"{file},invisible", "--out", str(out)]
    message = refused(capsys, *command)
    expected = "--alpha-d: missing, needed as the models differ: own.yaml 0.5, invisible 0.1"
    assert message == f"na64e: error: {expected}\n"
    assert not out.exists()
    assert main([*command, "--alpha-d", "0.1,0.5"]) == 0
    assert axis(out, "mass_ratio") == [3.0]


def test_the_built_in_models_have_the_dark_sector_of_the_other_commands(capsys, tmp_path):
    for number, names in enumerate(("invisible,dark-photon", "vanilla")):
        out = tmp_path / f"{number}.zarr"
        assert main([*COMMAND, "--model", names, "--out", str(out)]) == 0
        assert (axis(out, "alpha_d"), axis(out, "mass_ratio")) == ([0.1], [3.0])


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--model", "higgs"), "higgs"),
        (("--model", "vanilla", "--experiment", "na62"), "na62"),
        (("--model", "vanilla", "--masses", "0.1,0.1"), "mass = 0.1: it is there twice"),
        (("--model", "vanilla", "--masses", "0.1:"), "--masses"),
        (("--model", "vanilla", "--alpha-d", "2"), "alpha_d = 2"),
        (("--model", "vanilla", "--mass-ratio", "2"), "mass_ratio = 2"),
        (("--model", "vanilla", "--g", "0"), "coupling = 0"),
        (("--model", "vanilla", "--g", ""), "--g: missing"),
        (("--model", "vanilla", "--quantity", "limit"), "coupling: allowed with"),
        (("--model", "vanilla", "--method", "ratio"), "method: allowed with"),
        (("--model", "vanilla", "--workers", "0"), "--workers"),
        (("--model", "vanilla", "--workers", "2", "--dask", "x:1"), "--workers: not allowed"),
        (("--model", "vanilla", "--dask", "nowhere"), "--dask"),
        (("--model", "vanilla,vanilla"), "model = vanilla: it is there twice"),
        (
            ("--model", "vanilla", "--experiment", "na64mu-1e11", "--photons"),
            "nonresonant = True: no effect on beams of muons",
        ),
        ((), "--model"),
    ],
)
def test_bad_input_is_refused_in_one_line(capsys, tmp_path, arguments, expected):
    out = tmp_path / "s.zarr"
    assert expected in refused(capsys, *COMMAND, "--out", str(out), *arguments)
    assert not out.exists()


@pytest.mark.parametrize("name", ["", "no/such/folder/s.zarr", "file"])
def test_a_store_that_cannot_be_made_is_refused(capsys, tmp_path, name, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    message = refused(capsys, *COMMAND, "--model", "vanilla", "--out", name)
    assert "--out" in message or "not the store of a scan" in message
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"
