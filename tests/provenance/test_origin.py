"""The program and the machine of a result, in a checkout and without one."""

import getpass
import platform
import shutil
import subprocess
from pathlib import Path

import pytest

from physics_lib.provenance import origin

COMMIT = "0123456789abcdef" * 2 + "01234567"


def git(folder, *arguments):
    identity = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def tree(tmp_path):
    """A small checkout."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    (tmp_path / "physics_lib").mkdir()
    (tmp_path / "physics_lib" / "one.py").write_text("x = 1\n")
    (tmp_path / "notes.md").write_text("a\n")
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "first")
    return tmp_path


def test_commit_of_a_checkout(tree):
    head = git(tree, "rev-parse", "HEAD")
    assert origin.checkout(tree) == (head, False)
    git(tree, "checkout", "-q", "--detach")
    assert origin.checkout(tree) == (head, False)


def test_commit_of_packed_references(tree):
    git(tree, "pack-refs", "--all")
    assert origin.checkout(tree) == (git(tree, "rev-parse", "HEAD"), False)


def test_commit_of_a_work_tree_and_of_a_clone(tree, tmp_path):
    head = git(tree, "rev-parse", "HEAD")
    beside = tmp_path / "beside"
    git(tree, "worktree", "add", "-q", str(beside))
    assert origin.checkout(beside) == (head, False)
    git(tree, "clone", "-q", str(tree), str(tmp_path / "clone"))
    assert origin.checkout(tmp_path / "clone") == (head, False)


def test_changed_sources_are_noticed_and_prose_is_not(tree):
    (tree / "notes.md").write_text("b\n")
    assert origin.checkout(tree)[1] is False
    (tree / "physics_lib" / "two.py").touch()
    assert origin.checkout(tree)[1] is True


def test_settings_of_the_caller_do_not_lead_elsewhere(tree, monkeypatch):
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    assert origin.checkout(tree)[1] is False


def test_an_archive_or_a_package_has_no_commit(tmp_path):
    (tmp_path / "physics_lib").mkdir()
    assert origin.checkout(tmp_path) == (origin.UNKNOWN, None)


@pytest.mark.parametrize(
    "head", ["", "junk", "ref: refs/heads/none", "ref: ../../x", "\0", "0" * 41]
)
def test_damaged_checkouts_have_no_commit(tmp_path, head):
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text(head)
    assert origin.checkout(tmp_path) == (origin.UNKNOWN, None)


def test_without_git_nobody_knows_whether_sources_changed(tmp_path, monkeypatch):
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text(COMMIT)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert origin.checkout(tmp_path) == (COMMIT, None)


def test_the_checksum_of_the_sources_sees_names_and_content(tmp_path):
    def checksum():
        return origin.source_checksum(tmp_path)

    (tmp_path / "a.py").write_text("x = 1\n")
    first = checksum()
    (tmp_path / "notes.txt").write_text("not a module")
    assert checksum() == first
    (tmp_path / "a.py").write_text("x = 2\n")
    second = checksum()
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert len({first, second, checksum()}) == 3


def test_the_environment_tells_versions_and_nothing_personal():
    found = origin.environment()
    assert {"python", "numpy", "scipy", "numba", "machine", "processor", "threads"} <= set(found)
    assert found["python"] == platform.python_version()
    text = " ".join(found.values())
    assert str(Path.home()) not in text
    assert platform.node() not in text
    assert getpass.getuser() not in text.split()


def test_settings_that_change_the_last_bits_are_part_of_it(monkeypatch):
    plain = origin.environment()
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Prescott")
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "17")
    assert origin.environment() == plain | {"OPENBLAS_CORETYPE": "Prescott", "threads": "17"}
