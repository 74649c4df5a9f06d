"""Scans: their points against direct calls, their store, damage, kills, and who computes."""

import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import zarr

from physics_lib.experiment import list_experiments, load_experiment
from physics_lib.limits import (
    FOUND,
    NO_LIMIT,
    absolute_limit,
    common_efficiency_of,
    ratio_limit,
)
from physics_lib.models import DarkPhoton, Invisible, Vanilla
from physics_lib.parallel.tasks import ATTEMPTS, completed
from physics_lib.parallel.workers import Processes, WorkerLost
from physics_lib.scan import grid, points
from physics_lib.scan.grid import Choices, Scan
from physics_lib.scan.run import description, run
from physics_lib.yields import Search

MASSES = np.geomspace(1e-3, 0.5, 12)


def a_scan(quantity="yield", **changes):
    """24 points of yields, or 12 of limits, each mass ratio a block of its own."""
    settings = {
        "models": ("invisible",),
        "experiments": ("na64e-2018",),
        "mass": MASSES,
        "alpha_d": np.array([0.1]),
        "mass_ratio": np.array([3.0]),
        "coupling": np.array([1e-4, 1e-2]) if quantity == "yield" else np.empty(0),
    }
    return Scan(Choices(quantity), **(settings | changes))


class Here:
    """Computes a task as soon as it is submitted, and counts."""

    def __init__(self, stop_after=None):
        self.done, self.stop_after = 0, stop_after

    def submit(self, fn, /, *args):
        if self.done == self.stop_after:
            raise KeyboardInterrupt
        self.done += 1
        future = Future()
        future.set_result(fn(*args))
        return future


def one():
    return 1


def fill(scan, path, executor=None, **options):
    return run(scan, path, executor or Here(), one, **options)


@pytest.fixture
def small_blocks(monkeypatch):
    """Blocks of four points, so that small scans have many."""
    monkeypatch.setattr(grid, "_LEAST", 4)


def content(folder):
    """Every file of a store, byte for byte."""
    files = (path for path in Path(folder).rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


# Numbers


def test_yields_are_those_of_direct_calls(tmp_path, search):
    alphas, ratios = np.array([0.02, 0.5]), np.array([2.2, 3.0, 10.0])
    models = ("invisible", "dark-photon", "vanilla")
    scan = a_scan(models=models, alpha_d=alphas, mass_ratio=ratios)
    assert fill(scan, tmp_path / "s") == {"computed": 3 * 2 * 3 * 2 * 12}
    store = zarr.open_group(tmp_path / "s", mode="r")
    for place in np.ndindex(scan.shape[:-1]):
        which, _, a, r, g = place
        kind = (Invisible, DarkPhoton, Vanilla)[which]
        dark = () if kind is Vanilla else (alphas[a], ratios[r])
        model = kind(MASSES, np.full(12, scan.coupling[g]), *dark)
        radiative, resonant = search.signal_yield(model)
        np.testing.assert_allclose(store["n_radiative"][place], radiative, rtol=1e-12)
        np.testing.assert_allclose(store["n_resonant"][place], resonant, rtol=1e-12)


def test_limits_are_those_of_direct_calls(tmp_path, search):
    positrons = load_experiment("na64e-positron-1e13")
    scan = a_scan("limit", experiments=("na64e-2018", "na64e-positron-1e13"))
    fill(scan, tmp_path / "s")
    found = zarr.open_group(tmp_path / "s", mode="r")["coupling_up"][0, :, 0, 0]
    for ours, where in zip(found, (search, Search.of(positrons)), strict=True):
        direct = ratio_limit(Invisible(MASSES, np.full(12, 1e-3)), where).coupling
        np.testing.assert_allclose(ours, direct, rtol=1e-12)


MIXED = """\
title: Lead and iron
beam: e-
energy_GeV: 100.0
particles_on_target: 1e+12
target: 100 x (0.1 cm lead, 0.3 cm iron)
resolution_stochastic: 0.10
resolution_constant: 0.04
ecal_cut_GeV: 50.0
observed: 0
background: 0.0
background_error: 0.0
source: Made up.
"""


@pytest.mark.parametrize("name", [*list_experiments(), "mixed.yaml"])
def test_every_target_has_the_numbers_of_direct_calls(tmp_path, name):
    """All the materials that count in a target count in a scan."""
    if name == "mixed.yaml":
        name = str(tmp_path / name)
        Path(name).write_text(MIXED, encoding="utf-8")
    mass, strength = np.array([0.01, 0.2]), np.full(2, 1e-3)
    where = Search.of(load_experiment(name))
    grid = {"models": ("vanilla",), "experiments": (name,), "mass": mass}
    fill(a_scan(**grid, coupling=strength[:1]), tmp_path / "y")
    store = zarr.open_group(tmp_path / "y", mode="r")
    direct = where.signal_yield(Vanilla(mass, strength))
    for quantity, expected in zip(("n_radiative", "n_resonant"), direct, strict=True):
        np.testing.assert_allclose(store[quantity][...].ravel(), expected, rtol=1e-12)
    fill(a_scan("limit", **grid), tmp_path / "l")
    found = zarr.open_group(tmp_path / "l", mode="r")["coupling_up"][...].ravel()
    solve = absolute_limit if where.experiment.has_muons else ratio_limit
    expected = solve(Vanilla(mass, strength), where, strict=False).coupling
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_the_absolute_method_has_the_same_common_efficiency(tmp_path, search):
    """Fitted to the published limit for electrons."""
    share = common_efficiency_of(search)
    assert share != 1.0
    fill(replace(a_scan("limit"), choices=Choices("limit", "absolute")), tmp_path / "s")
    found = zarr.open_group(tmp_path / "s", mode="r")["coupling_up"][...].ravel()
    direct = absolute_limit(Invisible(MASSES, np.full(12, 1e-3)), search, share).coupling
    np.testing.assert_allclose(found, direct, rtol=1e-12)


def test_muons_have_absolute_limits(tmp_path):
    scan = a_scan("limit", models=("vanilla",), experiments=("na64mu-1e11",))
    fill(scan, tmp_path / "s")
    found = zarr.open_group(tmp_path / "s", mode="r")["coupling_up"][...].ravel()
    muons = Search.of(load_experiment("na64mu-1e11"))
    direct = absolute_limit(Vanilla(MASSES, np.full(12, 1e-3)), muons).coupling
    np.testing.assert_allclose(found, direct, rtol=1e-12)


def test_points_without_an_answer_are_nan_and_say_why(tmp_path):
    """A dark width that is lost in floating point: below 2 m_e none, above it visible alone."""
    masses = np.array([8e-4, 0.1])
    scan = a_scan(models=("dark-photon",), alpha_d=np.array([5e-324]), mass=masses)
    fill(scan, tmp_path / "y")
    store = zarr.open_group(tmp_path / "y", mode="r")
    assert np.all(store["status"][...].reshape(2, 2) == [points.NO_DECAY, points.FOUND])
    assert np.all(np.isnan(store["n_resonant"][...].reshape(2, 2)) == [True, False])
    alphas = np.array([5e-324, 0.1])
    scan = a_scan("limit", models=("dark-photon",), alpha_d=alphas, mass=masses)
    counts = fill(scan, tmp_path / "l")
    store = zarr.open_group(tmp_path / "l", mode="r")
    status = store["status"][...].reshape(2, 2)
    expected = [[points.NO_REFERENCE, points.NO_SIGNAL], [points.NO_REFERENCE, points.FOUND]]
    assert np.all(status == expected)
    assert np.all(np.isnan(store["coupling_up"][...].reshape(2, 2)) == (status != points.FOUND))
    assert sum(counts.values()) == 4


def test_a_yield_that_is_no_number_is_not_taken_for_a_vector_that_does_not_decay(
    tmp_path, search, monkeypatch
):
    class Broken:
        """No answer for the heavier mass."""

        def signal_yield(self, model):
            radiated, annihilated = search.signal_yield(model)
            return radiated, np.where(model.mass > 0.05, np.inf, annihilated)

    monkeypatch.setattr(points, "_search_of", lambda block: Broken())
    masses = np.array([8e-4, 0.1])
    scan = a_scan(models=("dark-photon",), alpha_d=np.array([5e-324]), mass=masses)
    counts = fill(scan, tmp_path / "s")
    assert counts == {"no decay channel is open": 2, "no finite answer": 2}
    store = zarr.open_group(tmp_path / "s", mode="r")
    assert np.all(store["status"][...].reshape(2, 2) == [points.NO_DECAY, points.NO_ANSWER])
    assert np.all(np.isnan(store["n_radiative"]))


def test_a_point_without_a_limit_leaves_the_others_as_they_are(search):
    """Of so few signal events that pass the cuts, only light vectors give enough."""
    masses = np.array([0.01, 0.1, 0.5])
    weak = absolute_limit(Vanilla(masses, np.full(3, 1e-3)), search, 1e-7, strict=False)
    assert list(weak.outcome) == [FOUND, NO_LIMIT, NO_LIMIT]
    assert list(np.isnan(weak.coupling)) == [False, True, True]
    alone = absolute_limit(Vanilla(masses[:1], np.array([1e-3])), search, 1e-7)
    assert weak.coupling[0] == alone.coupling[0]


# The store


def test_the_store_describes_itself(tmp_path):
    scan = a_scan(models=("invisible", "dark-photon"))
    fill(scan, tmp_path / "s", provenance={"command": "scan"})
    store = zarr.open_group(tmp_path / "s", mode="r")
    for name in ("n_radiative", "n_resonant", "status"):
        assert store[name].metadata.dimension_names == tuple(scan.axes)
    assert np.array_equal(store["mass"][...], MASSES)
    assert store["model"].attrs["labels"] == ["invisible", "dark-photon"]
    record = store.attrs["scan"]
    assert {"na64e-book", "numpy", "scipy", "numba", "zarr"} <= set(record["versions"])
    assert len(record["inputs_sha256"]["experiment na64e-2018"]) == 64
    read = description(a_scan("limit"), a_scan().worlds(), grid.builder(("invisible",)))
    assert {"reference na64e-2018", "limit na64e_2019_epsilon"} <= set(read["inputs_sha256"])
    assert store.attrs["provenance"] == {"command": "scan"}
    legend = store["status"].attrs
    assert len(legend["flag_values"]) == len(legend["flag_meanings"].split())


@pytest.mark.usefixtures("small_blocks")
def test_a_scan_goes_on_where_it_was(tmp_path):
    scan = a_scan()
    whole, part = Here(), Here(stop_after=4)
    fill(scan, tmp_path / "whole", whole)
    with pytest.raises(KeyboardInterrupt):
        fill(scan, tmp_path / "part", part)
    # A file that was being written as the process was killed.
    left = tmp_path / "part" / "status" / "c" / "0.1234.partial"
    left.write_bytes(b"half")
    rest, seen = Here(), []
    fill(scan, tmp_path / "part", rest, progress=lambda done, total: seen.append((done, total)))
    assert part.done + rest.done == whole.done
    assert seen[0][0] > 0
    assert seen[-1] == (24, 24)
    assert content(tmp_path / "part") == content(tmp_path / "whole")
    idle = Here()
    fill(scan, tmp_path / "part", idle)
    assert idle.done == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["part", "whole"]


@pytest.mark.usefixtures("small_blocks")
def test_who_computes_and_in_which_order_does_not_matter(tmp_path):
    fill(a_scan(), tmp_path / "one")
    with ThreadPoolExecutor(3) as threads:
        run(a_scan(), tmp_path / "three", threads, lambda: 6)
    assert content(tmp_path / "one") == content(tmp_path / "three")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"mass": MASSES[:-1]}, "axes: mass"),
        ({"alpha_d": np.array([0.2])}, "axes: alpha_d"),
        ({"models": ("vanilla",)}, "axes: model"),
        ({"choices": Choices("yield", off_shell=True)}, "choices: off_shell"),
    ],
)
def test_the_store_of_another_scan_is_refused(tmp_path, changes, expected):
    fill(a_scan(), tmp_path / "s")
    before = content(tmp_path / "s")
    settings = {name: getattr(a_scan(), name) for name in a_scan().__dataclass_fields__}
    with pytest.raises(ValueError, match=expected) as error:
        fill(Scan(**(settings | changes)), tmp_path / "s")
    assert "\n" not in str(error.value)
    assert content(tmp_path / "s") == before


MINE = """\
title: Mine
charges:
  electron: 1
dark:
  particle: dirac-fermion
"""


def own_files(folder):
    """A model and an experiment of the user's own in a folder."""
    folder.mkdir()
    (folder / "model.yaml").write_text(MINE, encoding="utf-8")
    (folder / "setup.yaml").write_text(MIXED, encoding="utf-8")
    return (str(folder / "model.yaml"),), (str(folder / "setup.yaml"),)


def test_where_files_of_the_user_are_does_not_matter(tmp_path):
    """Their contents do: a store says nothing of folders, and goes on from another one."""
    models, experiments = own_files(tmp_path / "here")
    fill(a_scan(models=models, experiments=experiments), tmp_path / "s")
    assert not any(str(tmp_path).encode() in text for text in content(tmp_path / "s").values())
    store = zarr.open_group(tmp_path / "s", mode="r")
    assert store["model"].attrs["labels"] == ["model.yaml"]
    assert store["experiment"].attrs["labels"] == ["setup.yaml"]
    shutil.move(tmp_path / "here", tmp_path / "there")
    models, experiments = (
        (str(tmp_path / "there" / Path(file).name),) for (file,) in (models, experiments)
    )
    idle = Here()
    fill(a_scan(models=models, experiments=experiments), tmp_path / "s", idle)
    assert idle.done == 0
    for (file,), what in ((models, "model"), (experiments, "experiment")):
        text = Path(file).read_text(encoding="utf-8")
        other = text.replace("electron: 1", "electron: 2").replace("1e+12", "2e+12")
        Path(file).write_text(other, encoding="utf-8")
        with pytest.raises(ValueError, match=rf"inputs_sha256: {what} \w+\.yaml has other"):
            fill(a_scan(models=models, experiments=experiments), tmp_path / "s")
        Path(file).write_text(text, encoding="utf-8")


def test_two_files_of_one_name_are_refused(tmp_path):
    models, experiments = own_files(tmp_path / "one")
    other_models, other_experiments = own_files(tmp_path / "other")
    for changes, name in (
        ({"models": models + other_models}, "model = model.yaml"),
        ({"experiments": experiments + other_experiments}, "experiment = setup.yaml"),
        ({"models": ("vanilla", "./vanilla")}, "model = vanilla"),
    ):
        with pytest.raises(ValueError, match=rf"^{name}: two of this name; rename a file$"):
            a_scan(**changes)
    with pytest.raises(ValueError, match=r"model\.yaml: it is there twice$"):
        a_scan(models=models + models)


class Counted(str):
    """A name that counts how often it is compared with others."""

    __hash__ = str.__hash__
    comparisons = 0

    def __eq__(self, other):
        Counted.comparisons += 1
        return str.__eq__(self, other)


def test_a_value_that_is_there_twice_is_found_in_linear_time():
    names = tuple(Counted(i) for i in range(2000))
    with pytest.raises(ValueError, match="^model = 1999: it is there twice$"):
        a_scan(models=(*names, Counted(1999)))
    assert Counted.comparisons < 10 * len(names)


def test_another_version_is_refused(tmp_path, monkeypatch):
    fill(a_scan(), tmp_path / "s")
    monkeypatch.setattr("physics_lib.scan.run.versions", lambda: {"numpy": "1.0"})
    with pytest.raises(ValueError, match=r"versions: numpy = .*, not 1\.0"):
        fill(a_scan(), tmp_path / "s")


def test_a_worker_with_another_version_is_refused(monkeypatch, pool):
    monkeypatch.setattr("physics_lib.parallel.tasks.versions", lambda: {"numpy": "1.0"})
    with pytest.raises(ValueError, match=r"worker with numpy .*: the run has 1\.0"):
        list(completed(pool, pid_and, iter([(1, 0.0)]), one))


def cut(path):
    path.write_bytes(path.read_bytes()[:-3])


def flip(path):
    text = path.read_bytes()
    path.write_bytes(text[:10] + bytes([text[10] ^ 1]) + text[11:])


@pytest.mark.parametrize("damage", [cut, flip, Path.unlink, lambda path: path.write_bytes(b"")])
@pytest.mark.parametrize("name", ["n_resonant/c/0/0/0/0/0/0", "status/zarr.json", "mass/c/0"])
def test_a_damaged_store_is_refused_and_kept(tmp_path, damage, name):
    fill(a_scan(), tmp_path / "s")
    damage(tmp_path / "s" / name)
    before = content(tmp_path / "s")
    with pytest.raises(ValueError, match="damaged") as error:
        fill(a_scan(), tmp_path / "s")
    assert "\n" not in str(error.value)
    assert content(tmp_path / "s") == before


def test_an_empty_folder_is_as_good_as_none(tmp_path):
    (tmp_path / "s").mkdir()
    fill(a_scan(), tmp_path / "s")
    fill(a_scan(), tmp_path / "t")
    assert content(tmp_path / "s") == content(tmp_path / "t")


def test_a_scan_of_other_values_is_named_without_checksums(tmp_path):
    fill(a_scan(), tmp_path / "s")
    with pytest.raises(ValueError, match=r"another scan \(axes: mass has other values\)"):
        fill(a_scan(mass=np.array([0.11, 0.2])), tmp_path / "s")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"attributes": {}}', "[" * 5000])
def test_what_is_no_store_is_refused_and_kept(tmp_path, text):
    folder = tmp_path / "s"
    folder.mkdir()
    if text is not None:
        (folder / "zarr.json").write_text(text, encoding="utf-8")
    before = content(folder)
    with pytest.raises(ValueError, match="not the store of a scan"):
        fill(a_scan(), folder)
    assert content(folder) == before


def test_two_runs_do_not_write_to_one_store(tmp_path):
    path = tmp_path / "s"
    with pytest.raises(ValueError, match="another process writes"):
        fill(a_scan(), path, progress=lambda done, total: fill(a_scan(), path))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"mass": np.array([3.0])}, "mass = 3 GeV"),
        ({"mass": np.array([np.nan])}, "mass = nan"),
        ({"mass": np.array([0.1, 0.1])}, r"mass = 0\.1: it is there twice"),
        ({"mass": np.empty(0)}, "mass: no value"),
        ({"coupling": np.array([11.0])}, "coupling = 11"),
        ({"mass_ratio": np.array([2.0])}, "mass_ratio = 2"),
        ({"alpha_d": np.array([-0.1])}, r"alpha_d = -0\.1"),
        ({"alpha_d": np.array([0.1, 0.0])}, r"alpha_d = 0: allowed \(0, 1\]"),
        ({"models": ("higgs",)}, "higgs"),
        ({"experiments": ("na62",)}, "na62"),
        (
            {"coupling": np.linspace(1e-3, 1, 10**6), "alpha_d": np.linspace(0.1, 1, 10**4)},
            "points",
        ),
    ],
)
def test_a_bad_grid_is_refused_before_anything_is_there(tmp_path, changes, expected):
    with pytest.raises(ValueError, match=expected):
        fill(a_scan(**changes), tmp_path / "s")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        ({"quantity": "rate"}, "quantity = 'rate'"),
        ({"quantity": "yield", "method": "ratio"}, "method: allowed with quantity = 'limit'"),
        ({"quantity": "yield", "radiative_only": True}, "radiative_only: allowed"),
        ({"quantity": "limit", "method": "best"}, "method = 'best'"),
        ({"quantity": "limit", "electrons": "fast"}, "electrons = 'fast'"),
        (
            {"quantity": "limit", "radiative_only": True, "electrons": "bound"},
            "electrons = bound: no effect with radiative_only",
        ),
        (
            {"quantity": "limit", "radiative_only": True, "nonresonant": True},
            "nonresonant = True: no effect with radiative_only",
        ),
    ],
)
def test_choices_that_do_not_fit_are_refused(choices, expected):
    with pytest.raises(ValueError, match=expected):
        Choices(**choices)


def test_muons_have_no_ratio(tmp_path):
    scan = replace(
        a_scan("limit", experiments=("na64mu-1e11",)), choices=Choices("limit", "ratio")
    )
    with pytest.raises(ValueError, match="needs 'absolute'"):
        fill(scan, tmp_path / "s")


@pytest.mark.parametrize(
    "choices",
    [
        Choices("limit", radiative_only=True),
        Choices("yield", electrons="bound"),
        Choices("yield", nonresonant=True),
    ],
)
def test_what_has_no_effect_on_muons_is_refused(choices):
    muons = {"models": ("vanilla",), "experiments": ("na64mu-1e11",)}
    with pytest.raises(ValueError, match="no effect on beams of muons"):
        replace(a_scan(choices.quantity, **muons), choices=choices).worlds()
    both = {"models": ("vanilla",), "experiments": ("na64mu-1e11", "na64e-2018")}
    assert replace(a_scan(choices.quantity, **both), choices=choices).worlds()


# Workers


def pid_and(value, slow):
    time.sleep(slow)
    return os.getpid(), value


def refuse(value):
    raise ValueError(f"no {value}")


def fail(value):
    raise OSError(f"nothing\nwith {value}")


def die(flag):
    """End the process the first time."""
    if not Path(flag).exists():
        Path(flag).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "survived"


@pytest.fixture
def pool():
    found = Processes(2)
    yield found
    found.close()


def test_processes_are_kept_and_ended(pool):
    done = list(completed(pool, pid_and, iter([(i, 0.0) for i in range(20)]), lambda: 4))
    assert sorted(value for _, value in done) == list(range(20))
    pids = {pid for pid, _ in done}
    assert pids == set(pool.pids)
    assert os.getpid() not in pids
    start = time.monotonic()
    pool.submit(pid_and, 1, 60.0)
    pool.close()
    assert time.monotonic() - start < 10.0
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_task_whose_worker_dies_is_done_again(pool, tmp_path):
    task = (str(tmp_path / "flag"),)
    assert list(completed(pool, die, iter([task]), one)) == ["survived"]
    (tmp_path / "flag").unlink()
    with pytest.raises(WorkerLost):
        pool.submit(die, *task).result()


def test_a_task_that_always_fails_is_named_and_the_rest_is_done(pool):
    with pytest.raises(
        RuntimeError, match=f"task 0 failed {ATTEMPTS} times, last with OSError"
    ) as e:
        list(completed(pool, fail, iter([("it",)]), one))
    assert "\n" not in str(e.value)


def test_bad_input_is_not_tried_again():
    calls = Here()
    with pytest.raises(ValueError, match="no it"):
        list(completed(Failing(calls), refuse, iter([("it",)]), one))
    assert calls.done == 1


class Failing:
    """Keeps exceptions in the future, as executors do."""

    def __init__(self, here):
        self.here = here

    def submit(self, fn, /, *args):
        self.here.done += 1
        future = Future()
        try:
            future.set_result(fn(*args))
        except Exception as error:
            future.set_exception(error)
        return future


LINUX = pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs Linux's list of processes")


def gone(pids):
    """Wait until all of these processes are gone."""
    end = time.monotonic() + 10.0
    while time.monotonic() < end:
        if not any(Path(f"/proc/{pid}").exists() for pid in pids):
            return True
        time.sleep(0.02)
    return False


COMMAND = (
    *(sys.executable, "-m", "physics_lib", "scan", "--quantity", "yield"),
    *("--model", "vanilla", "--masses", "0.2:0.25:500", "--g", "1e-4:1e-2:36"),
)
BLOCKS = 36
# A record says how many threads there are for linear algebra, and Dask sets that.
ENVIRONMENT = os.environ | {"OPENBLAS_NUM_THREADS": "1"}


def children(pid):
    """Processes that a process started."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except FileNotFoundError:
        return []
    return [int(entry) for entry in text.split()]


def done(path):
    """Number of blocks that are done."""
    return sum(entry.is_file() for entry in path.glob("status/c/**/[0-9]"))


def begun(path, blocks, workers="1"):
    """Start a scan and wait until so many more of its blocks are done."""
    wanted = done(path) + blocks
    process = subprocess.Popen(
        [*COMMAND, "--out", str(path), "--workers", workers], env=ENVIRONMENT
    )
    while done(path) < wanted and process.poll() is None:
        time.sleep(0.005)
    assert process.poll() is None
    return process


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    path = tmp_path_factory.mktemp("undisturbed") / "s"
    command = [*COMMAND, "--out", str(path)]
    subprocess.run(command, check=True, capture_output=True, env=ENVIRONMENT)
    return content(path)


@LINUX
def test_a_killed_scan_leaves_no_process_and_ends_with_the_same_bits(tmp_path, undisturbed):
    path = tmp_path / "s"
    for number, status in ((signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGKILL, -9)):
        process = begun(path, 2)
        workers = children(process.pid)
        process.send_signal(number)
        assert process.wait(20) == status
        assert gone(workers)
    assert 6 <= done(path) < BLOCKS
    command = [*COMMAND, "--out", str(path)]
    again = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT)
    assert again.returncode == 0
    assert again.stderr == ""
    assert content(path) == undisturbed
    assert done(path) == BLOCKS
    assert [entry.name for entry in tmp_path.iterdir()] == ["s"]


@LINUX
def test_workers_that_are_killed_do_not_matter(tmp_path, undisturbed):
    path = tmp_path / "s"
    process = begun(path, 1, "2")
    for pid in children(process.pid):
        os.kill(pid, signal.SIGKILL)
    assert process.wait(60) == 0
    assert content(path) == undisturbed


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_that_loses_a_worker_gives_the_same_bits(tmp_path, undisturbed):
    distributed = pytest.importorskip("distributed")
    path = tmp_path / "s"
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        pids = list(client.run(os.getpid).values())
        command = [*COMMAND, "--out", str(path), "--dask", cluster.scheduler_address]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, env=ENVIRONMENT)
        while not done(path) and process.poll() is None:
            time.sleep(0.01)
        os.kill(pids[0], signal.SIGKILL)
        assert process.wait(60) == 0
        process.stderr.close()
    assert content(path) == undisturbed


def test_a_store_can_be_moved(tmp_path):
    fill(a_scan(), tmp_path / "s")
    shutil.move(tmp_path / "s", tmp_path / "t")
    idle = Here()
    fill(a_scan(), tmp_path / "t", idle)
    assert idle.done == 0
