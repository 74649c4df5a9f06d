"""Records of results: complete, the same every time, read without trust."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from physics_lib.provenance import records
from physics_lib.provenance.reader import read_record
from physics_lib.provenance.records import Input, Output, new_record
from physics_lib.tables import data_folder

EXPERIMENTS = records.data_input("experiments.yaml")
MINE = Input("mine.yaml", records.sha256(b"beam: e-\n"), "experiment", "beam: e-\n")
RECORD = new_record(
    "efficiency",
    ["--energy=50", "--experiment=mine.yaml"],
    {"energy": "50", "experiment": "mine.yaml", "as_json": False, "x": None},
    [EXPERIMENTS, MINE],
).with_outputs([Output("a/eta.csv", records.sha256(b"x"))])


def changed(**fields):
    """Text of the record with other fields and the checksum that fits them."""
    content = RECORD.as_dict() | fields
    del content["sha256"]
    return json.dumps({**content, "sha256": records.content_sha256(content)})


@pytest.mark.parametrize("indent", [None, 1])
def test_a_record_comes_back(indent):
    assert read_record(RECORD.as_json(indent), "file") == (RECORD, True)


def test_a_record_is_the_same_every_time():
    again = new_record(RECORD.command, RECORD.arguments, RECORD.parameters, RECORD.inputs)
    assert again.with_outputs(RECORD.outputs).as_json() == RECORD.as_json()


def test_lists_of_numbers_may_be_long():
    text = ",".join(map(str, range(20_000)))
    record = new_record("mixing", [f"--q2={text}"], {"q2": text}, [])
    assert read_record(record.as_json(), "file") == (record, True)


def test_a_record_that_is_too_long_is_refused():
    text = changed(arguments=["x" * records.MAX_RECORD_SIZE])
    with pytest.raises(ValueError, match="^file: no provenance: too long"):
        read_record(text, "file")


def test_what_would_not_be_read_again_is_not_recorded():
    most = [MINE] * records.MAX_INPUTS
    assert read_record(new_record("scan", [], {}, most).as_json(), "file")[1]
    with pytest.raises(ValueError, match="= 101: at most 100 fit into a record"):
        new_record("scan", [], {}, [*most, EXPERIMENTS])
    large = Input("mine.yaml", MINE.sha256, "experiment", "x" * records.MAX_INPUT_SIZE)
    with pytest.raises(ValueError, match="more than 2 MiB"):
        new_record("scan", [], {}, [large] * 40)


def test_checksums_are_those_of_the_files(tmp_path):
    content = (data_folder() / "experiments.yaml").read_bytes()
    assert EXPERIMENTS.sha256 == records.sha256(content)
    path = tmp_path / "mine.yaml"
    path.write_bytes(b"beam: e-\n")
    assert records.user_input(path, "experiment") == MINE
    assert records.file_sha256(path) == MINE.sha256


def test_large_or_binary_inputs_are_refused(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_bytes(b"#" * (records.MAX_INPUT_SIZE + 1))
    with pytest.raises(ValueError, match="larger than"):
        records.user_input(path, "experiment")
    path.write_bytes(b"\xff")
    with pytest.raises(ValueError, match="UTF-8"):
        records.user_input(path, "experiment")


def test_a_folder_names_every_file_but_the_record(tmp_path):
    (tmp_path / "inner").mkdir()
    for name in ("b", "inner/a"):
        (tmp_path / name).write_text(name)
    records.write_folder_record(tmp_path, RECORD)
    text = (tmp_path / records.FILE_NAME).read_text()
    record, sound = read_record(text, "folder")
    assert sound
    assert record.outputs == tuple(
        Output(name, records.sha256(name.encode())) for name in ("b", "inner/a")
    )


def sound_or_refused(text):
    """Whether a record is sound; None if it is refused as it should be."""
    try:
        return read_record(text, "file")[1]
    except ValueError as error:
        if str(error).startswith("file: no provenance: ") and "\n" not in str(error):
            return None
        raise


def leaves(content, path=()):
    if isinstance(content, dict | list):
        items = content.items() if isinstance(content, dict) else enumerate(content)
        for key, value in items:
            yield from leaves(value, (*path, key))
    else:
        yield path


@pytest.mark.parametrize("path", list(leaves(RECORD.as_dict())), ids=str)
def test_every_change_is_noticed(path):
    content = RECORD.as_dict()
    *way, last = path
    place = content
    for key in way:
        place = place[key]
    value = place[last]
    if isinstance(value, str):
        place[last] = value[:-1] + ("0" if value[-1:] != "0" else "1")
    else:
        place[last] = {None: 1, False: True, True: False}.get(value, 0.05)
    assert not sound_or_refused(json.dumps(content))


BAD = {
    "format": ["", "na64e-provenance 2", None],
    "program": [None, {}, {"name": "x"}, RECORD.as_dict()["program"] | {"modified": "yes"}],
    "environment": [None, [], {"a": 1}, {"a": "b" * 10_000}, {str(i): "" for i in range(200)}],
    "command": [None, 1, ["mixing"], "x" * 10_000],
    "arguments": [None, "--q2=1", [1], [None], ["x\ty"], [""] * 1000],
    "parameters": [None, [], {"a": 1.0}, {"a": []}, {"a": "x\n"}, {"a" * 10_000: "x"}],
    "seed": ["1", -1, True, 1.5, 2**63],
    "tolerance": [None, "1", 1, -1.0, 0.5, float("nan"), float("inf")],
    "inputs": [
        None,
        [{}],
        [RECORD.as_dict()["inputs"][0] | {"name": name}] if (name := "../../etc/passwd") else [],
        [RECORD.as_dict()["inputs"][1] | {"text": "x" * 70_000}],
        [RECORD.as_dict()["inputs"][1] | {"text": None}],
        [RECORD.as_dict()["inputs"][0] | {"text": "x"}],
    ],
    "outputs": [
        None,
        [{}],
        [1],
        *(
            [{"name": name, "sha256": "0" * 64}]
            for name in (
                "",
                "/etc/passwd",
                "..",
                "a/../b",
                "a//b",
                "./a",
                "a\\b",
                "a\nb",
                "x" * 300,
            )
        ),
        [{"name": "a", "sha256": "0" * 63}],
        [{"name": "a", "sha256": "G" * 64}],
        [{"name": "a", "sha256": "0" * 64}] * 30_000,
    ],
}


@pytest.mark.parametrize(
    ("key", "value"), [(key, value) for key, values in BAD.items() for value in values]
)
def test_what_is_no_record_is_refused_in_one_line(key, value):
    with pytest.raises(ValueError, match="^file: no provenance: ") as refusal:
        read_record(changed(**{key: value}), "file")
    assert len(str(refusal.value).splitlines()) == 1
    assert len(str(refusal.value)) < 300


@pytest.mark.parametrize("key", RECORD.as_dict())
def test_nothing_may_be_missing(key):
    content = RECORD.as_dict()
    del content[key]
    with pytest.raises(ValueError, match="no provenance"):
        read_record(json.dumps(content), "file")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)


@given(st.sampled_from(list(RECORD.as_dict())), JSON)
def test_any_value_anywhere_is_read_or_refused(key, value):
    assert sound_or_refused(changed(**{key: value})) in (True, None)


@given(st.text() | JSON.map(json.dumps) | st.integers(1, 10**6).map(lambda n: "[" * n))
def test_any_text_is_refused(text):
    with pytest.raises(ValueError, match="^file: no provenance: "):
        read_record(text, "file")
