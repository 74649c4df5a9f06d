"""Reading of the data files: content, interpolation, refusal of damaged files."""

import csv
import hashlib
import json
import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from physics_lib import data
from physics_lib.reading import each_file_once
from physics_lib.tables import read_bytes

GOOD = "mass_GeV,upper_limit\n0.01,1e-5\n0.1,1e-4\n"
CURVES = {name: data.read_curve(name) for name in data.list_curves()}


@pytest.fixture
def write(tmp_path):
    def write_file(content):
        path = tmp_path / "curve.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


def test_every_published_curve_is_listed():
    files = {path.stem for path in (data.data_folder() / "limits").glob("*.csv")}
    assert set(data.list_curves()) == files
    assert {"na64e_2019_epsilon", "babar_4mu", "borexino_be7"} <= files


@pytest.mark.parametrize("curve", CURVES.values(), ids=CURVES)
def test_curves_carry_their_provenance(curve):
    assert curve.coupling in ("epsilon", "g")
    assert curve.doi.startswith("10.")
    assert curve.source
    assert curve.title
    assert curve.confidence_level


@pytest.mark.parametrize("curve", CURVES.values(), ids=CURVES)
def test_interpolation_hits_the_points_exactly(curve):
    assert np.array_equal(curve.at(curve.mass_GeV)[:-1], curve.upper_limit[:-1])
    assert curve.at(curve.mass_GeV[-1]) == pytest.approx(curve.upper_limit[-1], rel=1e-14)


@pytest.mark.parametrize("curve", CURVES.values(), ids=CURVES)
@given(position=st.floats(0.0, 1.0))
def test_interpolation_stays_between_its_neighbours(curve, position):
    low, high = curve.mass_GeV[0], curve.mass_GeV[-1]
    mass = float(np.clip(low * (high / low) ** position, low, high))
    right = int(np.clip(np.searchsorted(curve.mass_GeV, mass), 1, curve.mass_GeV.size - 1))
    ends = np.sort(curve.upper_limit[right - 1 : right + 1])
    assert ends[0] * (1 - 1e-12) <= curve.at(mass) <= ends[1] * (1 + 1e-12)


def test_interpolation_is_exact_for_a_power_law():
    mass = np.geomspace(0.01, 1.0, 5)
    curve = data.PublishedLimit(
        "law", "law", "g", mass, 1e-3 * mass**1.7, "90 %", "none", "10.0/0", (0.005, 1.0)
    )
    between = np.geomspace(0.005, 1.0, 31).reshape(31, 1).clip(0.005, 1.0)
    assert curve.at(between) == pytest.approx(1e-3 * between**1.7)
    assert curve.at(between).shape == (31, 1)


def test_na64_curve_extends_to_1_mev_with_its_first_slope():
    curve = CURVES["na64e_2019_epsilon"]
    slope = np.log(7.87 / 7.58) / np.log(1.25 / 1.08)
    assert curve.at(1e-3) == pytest.approx(7.58e-6 * (1 / 1.08) ** slope)


@pytest.mark.parametrize("curve", CURVES.values(), ids=CURVES)
def test_no_answer_outside_the_range(curve):
    low, high = curve.valid_range_GeV
    for mass in (0.999 * low, 1.001 * high, float("nan"), -1.0):
        with pytest.raises(ValueError, match=r"mass_GeV = .* GeV: allowed"):
            curve.at(mass)


def test_points_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        CURVES["babar_4mu"].upper_limit[0] = 1.0


def test_unknown_curve_lists_the_known_ones():
    with pytest.raises(ValueError, match=r"name = 'cms': allowed na64e_2019_epsilon, .*"):
        data.read_curve("cms")


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        "\ufeff" + GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.rstrip("\n"),
        GOOD.replace(",1e", ", 1E"),
        GOOD.replace("0.01", "+.01"),
    ],
    ids=["plain", "bom", "crlf", "no final newline", "spaces", "signs"],
)
def test_harmless_variants_are_read(write, content):
    mass, limit = data.read_limit_table(write(content))
    assert mass.tolist() == [0.01, 0.1]
    assert limit.tolist() == [1e-5, 1e-4]


HEAD = "mass_GeV,upper_limit\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "empty file"),
        (HEAD, "no rows"),
        ("0.01,1e-5\n0.1,1e-4\n", "line 1: header '0.01,1e-5'"),
        ("mass_MeV,upper_limit\n10,1e-5\n", "line 1: header 'mass_MeV,upper_limit'"),
        ("upper_limit,mass_GeV\n1e-5,0.01\n", "line 1: header"),
        ("mass_GeV;upper_limit\n0.01;1e-5\n", "line 1: header"),
        ("mass_GeV,mass_GeV\n0.1,1\n", "line 1: header"),
        (HEAD + HEAD + "0.01,1e-5\n", "line 2: header .* again"),
        (HEAD + "0.01,1e-5\n0.1,many\n", "line 3: upper_limit = 'many'"),
        (HEAD + "0.01,\n", "line 2: upper_limit = ''"),
        (HEAD + "nan,1e-5\n", "line 2: mass_GeV = 'nan'"),
        (HEAD + "0.01,inf\n", "line 2: upper_limit = 'inf'"),
        (HEAD + "0.01,1e999\n", "line 2: upper_limit = '1e999'"),
        (HEAD + "1_0,1e-5\n", "line 2: mass_GeV = '1_0'"),
        (HEAD + "٣,1e-5\n", "line 2: mass_GeV = '٣'"),
        (HEAD + "0x1,1e-5\n", "line 2: mass_GeV = '0x1'"),
        (HEAD + "0,1e-5\n", "line 2: mass_GeV = 0: allowed above 0"),
        (HEAD + "0.01,1e-5\n0.1,-1e-4\n", "line 3: upper_limit = -0.0001: allowed above 0"),
        (HEAD + "1500,1e-4\n", "line 2: mass_GeV = 1500: allowed above 0, at most 1000"),
        (HEAD + "0.1,1e300\n", "line 2: upper_limit = 1e\\+300: allowed above 0, at most"),
        (HEAD + "0.1,1\n0.1,2\n", "line 3: mass_GeV = 0.1: allowed above 0.1"),
        (HEAD + "0.1,1\n0.2,2\n0.15,2\n", "line 4: mass_GeV = 0.15: allowed above 0.2"),
        (HEAD + "0.1,1\n", "one point"),
        (HEAD + "0.1,1,1\n", "line 2: 3 columns: 2 are needed"),
        (HEAD + "0.1\n", "line 2: 1 columns"),
        (HEAD + "\n0.1,1\n", "line 2: 0 columns"),
        (HEAD + '0.1,"1\n', "unexpected end of data"),
        (HEAD + "0.1," + "9" * 200_000, "line .*: plain CSV is needed|a finite number"),
        (HEAD.encode() + b"0.1,1\n0.2,\xff\n", "line 3: byte 0xff: UTF-8 is needed"),
        (GOOD.encode("utf-16"), "line 1: byte 0x.*: UTF-8"),
        (HEAD + "0.1,\x00\n", "line 2: upper_limit = .*finite number|NUL"),
        (HEAD + "0.1,1\n" * 200_000, "larger than"),
    ],
)
def test_damaged_files_are_refused_in_one_line(write, content, words):
    path = write(content)
    with pytest.raises(ValueError, match=words) as caught:
        data.read_limit_table(path)
    message = str(caught.value)
    assert "curve.csv" in message
    assert "\n" not in message
    assert len(message) < 400


def test_missing_file_and_folder_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nothing\.csv: no such file"):
        data.read_limit_table(tmp_path / "nothing.csv")
    with pytest.raises(ValueError, match="cannot be read"):
        data.read_limit_table(tmp_path)
    with pytest.raises(ValueError, match="cannot be read"):
        data.read_limit_table("curve\0.csv")


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_cleanly(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(HEAD.encode() + content)
    try:
        mass, limit = data.read_limit_table(path)
    except ValueError as error:
        refused = str(error)
    else:
        refused = ""
        assert np.all(np.diff(mass) > 0)
        assert np.all(limit > 0)
    assert "\n" not in refused


@pytest.mark.parametrize(
    ("package", "words"),
    [
        ("{", "line 1: .*: JSON"),
        ("[]", "`resources`"),
        ('{"resources": [1]}', "`resources`"),
        ('{"resources": [{"name": 1}]}', "name = 1: a text"),
        ('{"resources": [{"name": "a"}, {"name": "a"}]}', "name = 'a': a text that no other"),
        ('{"resources": [{"name": ""}]}', "name = '': 1 to 100 letters"),
        (f'{{"resources": [{{"name": "{"a" * 60_000}"}}]}}', "aaa: 1 to 100 letters"),
        ("[" * 200_000, "deep nesting"),
        ('{"resources": ' + "9" * 5000 + "}", "endless number"),
    ],
)
def test_damaged_description_is_refused(tmp_path, package, words):
    (tmp_path / "datapackage.json").write_text(package)
    with pytest.raises(ValueError, match=words):
        data.read_curve("babar_4mu", tmp_path)


@pytest.fixture
def copied(tmp_path):
    """Copy of the data folder, and what changes one entry of its description."""
    folder = tmp_path / "data"
    shutil.copytree(data.data_folder(), folder)

    def change(name, **changes):
        path = folder / "datapackage.json"
        package = json.loads(path.read_text(encoding="utf-8"))
        (entry,) = [one for one in package["resources"] if one["name"] == name]
        entry.update(changes)
        path.write_text(json.dumps(package), encoding="utf-8")
        return folder

    return change


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"path": 3}, "path = 3: a text"),
        ({"path": "../limits/babar_4mu.csv"}, "a file of this folder"),
        ({"path": "/etc/passwd"}, "a file of this folder"),
        ({"path": "limits/" + 3000 * "a"}, "a file of this folder"),
        ({"path": "limits/nothing.csv"}, "no such file"),
        ({"path": "limits/ccfr_trident.csv"}, "hash"),
        ({"hash": "sha256:0"}, r"babar_4mu\.csv: damaged"),
        ({"coupling": "kappa"}, "coupling = 'kappa': allowed epsilon, g"),
        ({"title": None}, "title = None: a text"),
        ({"sources": []}, "title of the first source"),
        ({"sources": [{"title": "a", "doi": 3}]}, "doi of the first source = 3"),
        ({"valid_range_GeV": [0.2, "0.3"]}, "two numbers"),
        ({"valid_range_GeV": [0.3, 0.2]}, "two numbers above 0 in order"),
        ({"valid_range_GeV": [214.0, 600.0]}, "masses from 0.214 to 0.6"),
        ({"schema": {}}, "`fields`"),
        ({"schema": {"fields": [{"name": "mass_GeV", "unit": "MeV"}]}}, "in 'MeV'"),
        ({"schema": {"fields": [{"name": "mass_GeV", "unit": "GeV"}]}}, "1 columns: 2"),
    ],
)
def test_a_description_that_does_not_fit_is_refused(copied, changes, words):
    folder = copied("babar_4mu", **changes)
    with pytest.raises((ValueError, FileNotFoundError), match=words) as caught:
        data.read_curve("babar_4mu", folder)
    assert "\n" not in str(caught.value)
    assert str(folder) in str(caught.value)
    assert len(str(caught.value)) < 500


def _in_mev(text):
    head, *rows = text.splitlines()
    return "\n".join(
        [head, *(f"{1e3 * float(r.split(',')[0])!r},{r.split(',')[1]}" for r in rows)]
    )


@pytest.mark.parametrize("hashed", [True, False])
@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "\n".join(text.splitlines()[:-3]),
        lambda text: "\n".join([text.splitlines()[0], *text.splitlines()[3:]]),
        lambda text: "\n".join([text.splitlines()[0], *text.splitlines()[:0:-1]]),
        lambda text: "\n".join(",".join(r.split(",")[::-1]) for r in text.splitlines()),
        lambda text: text.replace("GeV", "MeV"),
        _in_mev,
    ],
    ids=["end lost", "start lost", "rows reversed", "columns swapped", "header in MeV", "MeV"],
)
def test_a_damaged_curve_is_noticed_even_without_its_hash(copied, damage, hashed):
    folder = copied("ccfr_trident", **({} if hashed else {"hash": None}))
    path = folder / "limits" / "ccfr_trident.csv"
    path.write_text(damage(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(ValueError, match=r"ccfr_trident\.csv"):
        data.read_curve("ccfr_trident", folder)


@pytest.mark.parametrize(
    "start",
    ["0.00108,1e-300\n0.00125,1e3", "0.00108,1e3\n0.00109,1e-300"],
    ids=["vanishes", "overflows"],
)
def test_a_limit_that_cannot_be_extrapolated_is_refused(copied, start):
    """The range begins 7 % below the first mass: the first slope must lead to a number there."""
    name = "na64e_2019_epsilon"
    folder = copied(name, hash=None)
    path = folder / "limits" / f"{name}.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([head, start, *rows[2:]]), encoding="utf-8")
    with pytest.raises(ValueError, match=r"_epsilon\.csv: .*, 0\.001 to 0\.7, ") as caught:
        data.read_curve(name, folder)
    assert "\n" not in str(caught.value)


def test_gaps_in_the_track_lengths_are_noticed(copied):
    name = "g4_stack_electron_pre"
    folder = copied(name, hash=None)
    path = folder / "showers" / f"{name}.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    for rows in (lines[:5] + lines[6:], [lines[0], *lines[:0:-1]]):
        path.write_text("\n".join(rows), encoding="utf-8")
        with pytest.raises(ValueError, match="bins without gaps"):
            data.read_track_length_reference(folder=folder)
    path.write_text("\n".join(lines).replace("23.7088", "-1"), encoding="utf-8")
    with pytest.raises(ValueError, match="at least 0"):
        data.read_track_length_reference(folder=folder)


def test_ten_million_rows_are_refused_by_their_size(tmp_path):
    path = tmp_path / "curve.csv"
    with path.open("wb") as file:
        file.write(HEAD.encode())
        file.truncate(len("0.1234567,1.234567e-5\n") * 10_000_000)
    with pytest.raises(ValueError, match=r"curve\.csv: larger than the 1048576 bytes allowed"):
        data.read_limit_table(path)


def test_missing_curve_is_named(tmp_path):
    package = (data.data_folder() / "datapackage.json").read_bytes()
    (tmp_path / "datapackage.json").write_bytes(package)
    with pytest.raises(FileNotFoundError, match=r"babar_4mu\.csv: no such file"):
        data.read_curve("babar_4mu", tmp_path)


def test_package_describes_every_file_and_column():
    folder = data.data_folder()
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    described = {entry["path"] for entry in package["resources"]}
    present = {
        path.relative_to(folder).as_posix()
        for pattern in ("limits/*", "showers/*", "*.yaml")
        for path in folder.glob(pattern)
    }
    assert described == present
    for entry in package["resources"]:
        assert {"name", "title", "sources", "licenses", "obtained"} <= entry.keys()
        if entry["format"] == "csv":
            with (folder / entry["path"]).open(newline="", encoding="utf-8") as stream:
                header = next(csv.reader(stream))
            assert [field["name"] for field in entry["schema"]["fields"]] == header
            assert all(field["unit"] for field in entry["schema"]["fields"])
            content = (folder / entry["path"]).read_bytes()
            assert entry["bytes"] == len(content)
            assert entry["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"


@pytest.mark.parametrize("sampling", ["pre", "mid"])
def test_track_lengths(sampling):
    coarse = data.read_track_length_reference(sampling)
    fine = data.read_track_length_reference(sampling, fine=True)
    assert coarse.energy_low_GeV.size == 200
    assert fine.energy_low_GeV.size == 50
    for table in (coarse, fine):
        assert np.array_equal(table.energy_low_GeV[1:], table.energy_high_GeV[:-1])
        assert table.energy_high_GeV[-1] == 100.0
    for material in ("lead", "scintillator"):
        merged = fine.minus[material].reshape(10, 5).mean(axis=1)
        assert merged == pytest.approx(coarse.minus[material][-10:], rel=1e-4)
    assert np.all(coarse.minus_error["lead"][1:] > 0)


def test_track_length_sampling_is_checked():
    with pytest.raises(ValueError, match="sampling = 'post': allowed pre, mid"):
        data.read_track_length_reference("post")


def test_inside_the_block_a_file_is_read_but_once(tmp_path):
    path = tmp_path / "file"
    with each_file_once():
        # What cannot be read is not kept.
        with pytest.raises(FileNotFoundError):
            read_bytes(path)
        path.write_bytes(b"older")
        with pytest.raises(ValueError, match="larger than the 4 bytes"):
            read_bytes(path, 4)
        assert read_bytes(path) == b"older"
        path.write_bytes(b"new")
        assert read_bytes(path) == b"older"
        with pytest.raises(ValueError, match="larger than the 4 bytes"):
            read_bytes(path, 4)
        with each_file_once():
            assert read_bytes(path) == b"new"
        assert read_bytes(path) == b"older"
    assert read_bytes(path) == b"new"
