"""The command `na64e tracklength` with the Monte Carlo: files, workers, a cluster."""

import numpy as np
import pytest

from physics_lib.cli.main import main
from physics_lib.materials import LEAD
from physics_lib.shower.montecarlo import simulate

SHOWERS = "200"
COMMAND = (
    *("tracklength", "--method", "montecarlo", "--target", "lead", "--energy", "10"),
    *("--bins", "10", "--showers", SHOWERS, "--seed", "5"),
)


def answer(capsys, *arguments):
    assert main([*COMMAND, *arguments]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    return printed.out


def refused(capsys, *arguments):
    assert main([*COMMAND, *arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    return printed.err


def test_the_command_prints_what_the_library_simulates(capsys):
    header, *rows = answer(capsys).splitlines()
    assert header.split(",")[3:] == [
        "T_minus_cm_per_GeV",
        "T_minus_err",
        "T_plus_cm_per_GeV",
        "T_plus_err",
    ]
    ours = np.array([[float(entry) for entry in row.split(",")[1:]] for row in rows]).T
    found = simulate("e-", 10.0, LEAD, 200, 5, edges=np.linspace(0.0, 10.0, 11))
    expected = (found.minus, found.minus_error, found.plus, found.plus_error)
    assert np.all(ours[2:] == np.concatenate(expected))


def test_workers_do_not_change_a_bit(capsys):
    assert answer(capsys) == answer(capsys, "--workers", "2")


def test_a_file_is_written_and_the_checkpoint_goes(capsys, tmp_path):
    printed = answer(capsys)
    path = tmp_path / "lengths.csv"
    assert answer(capsys, "--out", str(path)) == ""
    assert path.read_text(encoding="utf-8") == printed
    found = {file.name for file in tmp_path.iterdir()}
    assert found == {"lengths.csv", "lengths.csv.provenance.json"}


def test_a_killed_run_goes_on_where_it_was(tmp_path):
    whole = simulate("e-", 10.0, LEAD, 90, 5, chunk=20)

    def stop(done, showers):
        if done >= 40:
            raise KeyboardInterrupt

    checkpoint = tmp_path / "run.checkpoint"
    with pytest.raises(KeyboardInterrupt):
        simulate("e-", 10.0, LEAD, 90, 5, chunk=20, checkpoint=checkpoint, progress=stop)
    assert checkpoint.exists()
    resumed = simulate("e-", 10.0, LEAD, 90, 5, chunk=20, checkpoint=checkpoint)
    for name in ("minus", "plus", "gamma", "minus_error", "plus_error", "deposit"):
        assert np.array_equal(getattr(resumed, name), getattr(whole, name))


def test_the_checkpoint_of_another_run_is_left_alone(capsys, tmp_path):
    path = tmp_path / "lengths.csv"
    checkpoint = tmp_path / "lengths.csv.checkpoint"
    simulate("e-", 10.0, LEAD, 200, 6, checkpoint=checkpoint)
    before = checkpoint.read_bytes()
    assert "checkpoint" in refused(capsys, "--out", str(path))
    assert checkpoint.read_bytes() == before
    assert not path.exists()


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_gives_the_same_bits(capsys):
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None
    ) as cluster:
        assert answer(capsys, "--dask", cluster.scheduler_address) == answer(capsys)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--pivots", "50"), "--pivots"),
        (("--showers", "0"), "--showers"),
        (("--showers", "1.5"), "--showers"),
        (("--seed", "-1"), "--seed"),
        (("--step-length", "0"), "step_length"),
        (("--step-length", "nan"), "--step-length"),
        (("--workers", "0"), "--workers"),
        (("--method", "cascade"), "--showers"),
        (("--dask", "nowhere"), "--dask"),
    ],
)
def test_bad_input_is_refused_in_one_line(capsys, arguments, expected):
    assert expected in refused(capsys, *arguments)
