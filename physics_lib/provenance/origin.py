"""The program and the machine that a result comes from."""

import hashlib
import os
import platform
import re
import subprocess
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

NAME: Final = "na64e-book"
UNKNOWN: Final = "unknown"

PACKAGE: Final = Path(__file__).resolve().parents[1]
"""folder of the modules

:meta hide-value:
"""
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
# What changes the results: the notebooks and the prose do not.
_SOURCES = ("physics_lib", "data", "pyproject.toml")
# With these set, the libraries leave instructions of the processor out.
_SETTINGS = (
    "NPY_DISABLE_CPU_FEATURES",
    "NUMBA_CPU_NAME",
    "NUMBA_CPU_FEATURES",
    "NUMBA_DISABLE_JIT",
    "OPENBLAS_CORETYPE",
    "GLIBC_TUNABLES",
)
_THREADS = ("OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS")


@dataclass(frozen=True)
class Program:
    """A program, so that it can be recognised.

    Attributes
    ----------
    name, version : str
    commit : str
        Commit of the checkout it runs from, or `UNKNOWN`.
    modified : bool, optional
        Whether sources or data differ from that commit, if it can be known.
    source : str
        Checksum of all modules, with which an installed package is recognised too.
    """

    name: str
    version: str
    commit: str
    modified: bool | None
    source: str


@cache
def program() -> Program:
    """The program that runs, as it was when first asked."""
    return Program(NAME, _version(NAME), *checkout(PACKAGE.parent), source_checksum(PACKAGE))


def generator() -> str:
    """Name and version of this program."""
    return f"{NAME} {_version(NAME)}"


def environment() -> dict[str, str]:
    """Versions and kind of machine, on which the last bits depend; no names, no paths."""
    import numpy as np

    # What is not found is not there at all.
    simd = np.show_config(mode="dicts").get("SIMD Extensions", {})
    # Comes with numba.
    compiler = import_module("llvmlite.binding")
    found = {
        "python": platform.python_version(),
        **{name: _version(name) for name in ("numpy", "scipy", "numba")},
        "system": platform.system(),
        "libc": " ".join(platform.libc_ver()).strip() or UNKNOWN,
        "machine": platform.machine(),
        "processor": compiler.get_host_cpu_name() or UNKNOWN,
        "instructions": " ".join(simd.get("found", ())) or "baseline",
        # Sums of OpenBLAS depend on how many threads share them.
        "threads": next(filter(None, map(os.environ.get, _THREADS)), str(_processors())),
    }
    settings = {name: os.environ[name] for name in _SETTINGS if os.environ.get(name)}
    return {name: f"{value:.200}" for name, value in (found | settings).items()}


def _processors() -> int:
    """Number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def source_checksum(package: Path) -> str:
    """Checksum of the modules of a package, by name and content."""
    total = hashlib.sha256()
    for path in sorted(package.rglob("*.py"), key=lambda path: path.relative_to(package).parts):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(package).as_posix()} {content}\n".encode())
    return total.hexdigest()


def checkout(root: Path) -> tuple[str, bool | None]:
    """Commit of a checkout of git, and whether its sources differ from that.

    Parameters
    ----------
    root : Path
        Top of the source tree.

    Returns
    -------
    commit : str
        `UNKNOWN` if it is no checkout, as in an installed package or an unpacked archive.
    modified : bool or None
        None if git cannot say.
    """
    commit = _commit(root / ".git")
    return (commit, _modified(root)) if commit != UNKNOWN else (UNKNOWN, None)


def _commit(git: Path) -> str:
    """Commit at the head, as git writes it down."""
    try:
        if git.is_file():
            # A work tree beside the repository: the file says where that is.
            git = git.parent / git.read_text("utf-8").removeprefix("gitdir:").strip()
        head = (git / "HEAD").read_text("utf-8").strip()
        if head.startswith("ref: "):
            head = _reference(git, head.removeprefix("ref: "))
    except (OSError, ValueError):
        return UNKNOWN
    return head if _COMMIT.fullmatch(head) else UNKNOWN


def _reference(git: Path, name: str) -> str:
    """Commit that a branch points at, from its own file or from that of many."""
    common = git / "commondir"
    folders = [git, git / common.read_text("utf-8").strip()] if common.is_file() else [git]
    for folder in folders:
        if (folder / name).is_file():
            return (folder / name).read_text("utf-8").strip()
        packed = folder / "packed-refs"
        for line in packed.read_text("utf-8").splitlines() if packed.is_file() else ():
            if line.endswith(f" {name}"):
                return line.split()[0]
    return UNKNOWN


def _modified(root: Path) -> bool | None:
    """Whether git finds changes among the sources; None without git."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    command = ["git", "-c", "core.fsmonitor=false", "-C", str(root), "status", "--porcelain", "--"]
    try:
        done = subprocess.run(
            [*command, *_SOURCES],
            env=clean | {"GIT_OPTIONAL_LOCKS": "0"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return bool(done.stdout.strip())


def _version(name: str) -> str:
    """Version of an installed package."""
    try:
        return version(name)
    except PackageNotFoundError:
        return UNKNOWN
