"""The ledger: import with proof, any balance and the nine tables of a bureau, one document in all formats."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.bench_city import ROOT, WANGGE, environment
from bench.ledger_files import write_units, write_year
from bench.machine import measure_machine
from bench.measurement import Measurement, at_most
from bench.volume import migrate, run_watched

UNITS = 50
FIRST = 2020


def measure(work: Path, *, quick: bool) -> Iterator[Measurement]:
    """A bureau of 50 units with 100,000 payments a year for five years (quick: a tenth of it, for two)."""
    payments, years = (10_000, 2) if quick else (100_000, 5)
    work.mkdir(parents=True)
    seconds = _filled(work, payments, years)
    machine = measure_machine(work / "var", seconds=3)
    yield at_most(
        f"import of {payments:,} payments with proof", max(seconds), "s", 30 * payments / 100_000,
        5 * payments / machine.copy_rows,
    )  # fmt: skip
    yield from _asked(work / "var", FIRST + years - 1)
    yield from _one_document(work / "document")
    shutil.rmtree(work, ignore_errors=True)


def _filled(work: Path, payments: int, years: int) -> list[float]:
    var = work / "var"
    migrate(var)
    write_units(work / "units.csv", UNITS)
    run_watched(var, "import", "ledger", str(work / "units.csv"), "--mapping", "units")
    seconds = []
    for year in range(FIRST, FIRST + years):
        lines, paid = write_year(work, year=year, units=UNITS, payments=payments)
        run_watched(var, "import", "ledger", str(lines), "--mapping", "allotments")
        seconds.append(run_watched(var, "import", "ledger", str(paid), "--mapping", "payments").seconds)
    return seconds


def _asked(var: Path, year: int) -> Iterator[Measurement]:
    """Balances and tables, asked in a process of their own with an open city."""
    script = str(Path(__file__).with_name("ledger_questions.py"))
    told = subprocess.run(
        [sys.executable, script, str(year)], env={**environment(var), "PYTHONPATH": str(ROOT)}, check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    worst, tables = (float(word) for word in told.stdout.split())
    yield at_most("any balance of 50 units over five years, worst", worst * 1000, "ms", 20)
    yield at_most("nine tables of 50 units and their bureau", tables, "s", 30)


def _one_document(work: Path) -> Iterator[Measurement]:
    """One unit with 20,000 payments: document, all formats, from the command to the last file."""
    work.mkdir(parents=True)
    var = work / "var"
    migrate(var)
    write_units(work / "units.csv", 1)
    lines, paid = write_year(work, year=2024, units=1, payments=20_000)
    for path, mapping in ((work / "units.csv", "units"), (lines, "allotments"), (paid, "payments")):
        run_watched(var, "import", "ledger", str(path), "--mapping", mapping)
    times = []
    for number in range(3):
        began = time.perf_counter()
        out = work / f"out{number}"
        subprocess.run(
            [WANGGE, "accounts", "build", "--year", "2024", "--unit", "101", "--out", str(out)],
            env=environment(var), check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        times.append(time.perf_counter() - began)
        assert len(os.listdir(out)) == 6
    yield at_most("document of a year from 20,000 payments, six formats", statistics.median(times), "s", 10)
