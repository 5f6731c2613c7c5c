"""Volume by the command line: a simulated year, its verification, an import of real reports, and their memory."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from bench.bench_city import ROOT, WANGGE, environment

BOSTON = ROOT.parent / "shared" / "data" / "boston_open311" / "dev" / "requests.jsonl.gz"


@dataclass(frozen=True)
class Ran:
    """A command's wall seconds and the most memory (MiB, shared pages counted once) its processes had together."""

    seconds: float
    peak_mib: float


def simulate(var: Path, *, cases: int) -> Ran:
    """Fill an empty city with a plain year."""
    migrate(var)
    return run_watched(var, "simulate", "--cases", str(cases), "--seed", "7", "--year", "2024")


def verify(var: Path) -> Ran:
    """Replay every case."""
    return run_watched(var, "verify")


def import_boston(var: Path) -> Ran | None:
    """The 210,042 Boston reports into an empty city; None where the data are absent."""
    if not BOSTON.is_file():
        return None
    migrate(var)
    refused = str(var / "refused.csv")
    return run_watched(var, "import", "reports", str(BOSTON), "--mapping", "boston_open311", "--refused", refused)


def migrate(var: Path) -> None:
    subprocess.run([WANGGE, "migrate", "--quiet"], env=environment(var), check=True)


def run_watched(var: Path, *words: str) -> Ran:
    """Run a command to its end, sampling the memory of its process tree."""
    began = time.perf_counter()
    process = subprocess.Popen([WANGGE, *words], env=environment(var), stdout=subprocess.DEVNULL)
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, tree_mib(process.pid))
        time.sleep(0.5)
    if process.returncode != 0:
        raise RuntimeError(f"wangge {' '.join(words)} ended with {process.returncode}")
    return Ran(time.perf_counter() - began, peak)


def tree_mib(pid: int) -> float:
    """PSS of a process and its descendants in MiB."""
    total = 0
    for number in tree(pid):
        try:
            text = Path(f"/proc/{number}/smaps_rollup").read_text()
        except OSError:
            continue
        total += next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0)
    return total / 1024


def tree(pid: int) -> list[int]:
    """A process and its descendants."""
    found = [pid]
    for number in found:
        try:
            tasks = list(Path(f"/proc/{number}/task").iterdir())
            for task in tasks:
                found += [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            continue
    return found
