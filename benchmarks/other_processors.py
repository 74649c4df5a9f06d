"""How much the numbers change on other processors: `python -m benchmarks.other_processors`.

NumPy, OpenBLAS and numba choose their instructions by what the processor has. Each can be told to
leave some out, which makes one machine calculate as an older one would. The largest relative
change of every command's answer under each such setting goes to standard output as CSV.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from physics_lib.provenance.comparison import Comparison, compare
from physics_lib.provenance.results import content, folder_content
from physics_lib.tables import data_folder

SETTINGS = {
    "two BLAS threads": {"OPENBLAS_NUM_THREADS": "2"},
    "BLAS of 2004 (SSE3)": {"OPENBLAS_CORETYPE": "Prescott"},
    "BLAS of 2013 (AVX2)": {"OPENBLAS_CORETYPE": "Haswell"},
    "NumPy without AVX512": {"NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR"},
    "NumPy without AVX2": {"NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR"},
    "mathematical functions without FMA": {
        "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4,-AVX512F"
    },
    "numba for any x86-64": {"NUMBA_CPU_NAME": "x86-64", "NUMBA_CPU_FEATURES": ""},
    "numba for AVX2": {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": ""},
}
SETTINGS["all of the oldest"] = (
    SETTINGS["BLAS of 2004 (SSE3)"]
    | SETTINGS["NumPy without AVX2"]
    | SETTINGS["mathematical functions without FMA"]
    | SETTINGS["numba for any x86-64"]
)

MODEL = "--model invisible --alpha-d 0.05 --mass-ratio 4"
COMMANDS = {
    "mixing": "mixing --q2=-1:1:2001",
    "widths": f"widths {MODEL} --mass 0.25 --g 1e-3",
    "tracklength, cascade": "tracklength",
    "tracklength, Monte Carlo": "tracklength --method montecarlo --showers 20000",
    "sigma, radiative": "sigma --process radiative --energy 10:100:4 --mass 0.01:1:20",
    "sigma, dsigma/dx": "sigma --process radiative --energy 100 --mass 0.1,0.3 --x 0.01:0.99:50",
    "sigma, resonant": f"sigma --process resonant {MODEL} --g 1e-3 --energy 20:100:50 --mass 0.2",
    "sigma, nonresonant": "sigma --process nonresonant --energy 20:100:50 --mass 0.05,0.1",
    "efficiency": "efficiency --energy 0.1:100:2000",
    "yield": f"yield {MODEL} --mass 0.01:0.4:40 --g 1e-4,1e-3",
    "yield, all effects": f"yield {MODEL} --mass 0.2,0.25,0.3 --g 1e-3 --off-shell "
    "--electrons bound --photons",
    "limit, ratio": "limit --model vanilla --masses 0.001:0.6:40",
    "limit, absolute": f"limit {MODEL} --masses 0.001:0.6:40 --method absolute",
    "limit, muons": "limit --model vanilla --masses 0.01,0.1 --experiment na64mu-1e11",
    "claims": "claims",
    "events": f"events {MODEL} --mass 0.25 --g 1e-3 --n 5000 --out {{out}}.lhe",
    "library": "library --mass 0.1 --energies 10,100 --n 1000 --out {out}",
}


def lines(command: str, settings: dict[str, str], folder: Path, cache: str) -> list[str]:
    """Lines of what a command answers and writes, in a process with these settings."""
    environment = {"OPENBLAS_NUM_THREADS": "1"} | settings
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    out = folder / "out"
    done = subprocess.run(
        [sys.executable, "-m", "physics_lib", *command.format(out=out).split()],
        env=kept | environment | {"NUMBA_CACHE_DIR": cache},
        cwd=data_folder().parent,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found = done.stdout.splitlines()
    for path in sorted(folder.iterdir()):
        found += folder_content(path) if path.is_dir() else content(path)
    return found


def measure(names: list[str]) -> None:
    """Write the table."""
    print("command,setting,lines,different,largest,where")
    with tempfile.TemporaryDirectory() as cache:
        for name in names:
            answers: dict[str, list[str]] = {}
            for setting, values in {"": {}, "again": {}, **SETTINGS}.items():
                with tempfile.TemporaryDirectory() as folder:
                    answers[setting] = lines(COMMANDS[name], values, Path(folder), cache)
                if setting:
                    found: Comparison = compare(answers[""], answers[setting])
                    counts = f"{found.lines},{found.different},{found.largest:.1e}"
                    print(f'"{name}","{setting}",{counts},"{found.where}"', flush=True)


if __name__ == "__main__":
    measure(sys.argv[1:] or list(COMMANDS))
