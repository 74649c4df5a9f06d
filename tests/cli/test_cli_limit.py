"""The command `na64e limit`: ratio and absolute method, electrons and muons."""

import csv
import io

import numpy as np
import pytest

from physics_lib.cli.main import main
from physics_lib.data import read_curve
from physics_lib.experiment import load_experiment
from physics_lib.limits import absolute_limit, fitted_efficiency
from physics_lib.models import Vanilla
from physics_lib.yields import Search

MASSES = np.array([0.1, 0.3])
COMMAND = ("limit", "--model", "vanilla", "--masses", "0.1,0.3")


def limits(capsys, *arguments):
    assert main([*COMMAND, *arguments]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    header, *rows = csv.reader(io.StringIO(printed.out))
    assert header == ["mass_GeV", "g_up", "iterations"]
    return np.array([float(row[1]) for row in rows])


def test_the_absolute_method_fits_what_the_efficiency_leaves_out(capsys, search):
    constant, _ = fitted_efficiency(search, read_curve("na64e_2019_epsilon"), np.log(10.0))
    expected = absolute_limit(Vanilla(MASSES, 1e-3), search, constant).coupling
    assert limits(capsys, "--method", "absolute") == pytest.approx(expected, rel=1e-12)


def test_a_common_efficiency_can_be_given(capsys, search):
    options = ("--method", "absolute", "--common-efficiency", "0.5")
    expected = absolute_limit(Vanilla(MASSES, 1e-3), search, 0.5, radiative_only=True).coupling
    assert limits(capsys, *options, "--radiative-only") == pytest.approx(expected, rel=1e-12)


def test_muons_are_counted(capsys):
    muons = ("--experiment", "na64mu-1e11")
    expected = absolute_limit(
        Vanilla(MASSES, 1e-3), Search.of(load_experiment("na64mu-1e11"))
    ).coupling
    found = limits(capsys, *muons)
    assert found == pytest.approx(expected, rel=1e-12)
    assert np.array_equal(limits(capsys, *muons, "--method", "absolute"), found)


def test_the_statistics_can_be_chosen(capsys):
    absolute = ("--method", "absolute", "--common-efficiency", "1")
    cls = limits(capsys, *absolute)
    bayesian = limits(capsys, *absolute, "--statistics", "bayesian")
    other = limits(capsys, *absolute, "--statistics", "feldman-cousins")
    assert np.array_equal(bayesian, cls)
    assert np.all(other < cls)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ("--method guess", "--method = 'guess'"),
        ("--method absolute --statistics guess", "--statistics = 'guess'"),
        ("--method absolute --common-efficiency 0", "--common-efficiency = 0"),
        ("--method absolute --common-efficiency x", "--common-efficiency = 'x'"),
        ("--common-efficiency 0.5", "--common-efficiency: not allowed with --method ratio"),
        ("--method ratio --statistics cls", "--statistics: not allowed with --method ratio"),
        ("--method ratio --experiment na64mu-1e11", "muons need 'absolute'"),
        ("--experiment na64mu-1e11 --photons", "--photons: not allowed with --experiment na64mu"),
        ("--experiment na64mu-1e11 --electrons rest", "--electrons: not allowed with --exp"),
        ("--experiment na64mu-1e11 --radiative-only", "--radiative-only: not allowed with --exp"),
        ("--radiative-only --electrons bound", "--electrons: not allowed with --radiative-only"),
        ("--radiative-only --electrons rest", "--electrons: not allowed with --radiative-only"),
        ("--method absolute --radiative-only --photons", "--photons: not allowed with --rad"),
    ],
)
def test_options_without_sense_are_refused(capsys, arguments, reason):
    assert main([*COMMAND, *arguments.split()]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert reason in printed.err
    assert printed.err.count("\n") == 1
