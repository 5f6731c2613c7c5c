"""Runs the benchmarks and writes ``var/bench.json``: our figures beside the machine's limits of the same run.

``python bench/run.py [--quick] [--only NAME …]``; the names are in ``NAMES``. The quick form takes smaller cities and
shorter runs, so that its figures show direction, not the goal.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from bench import (  # noqa: E402
    accounts_check,
    busy,
    deadline_engine,
    doors,
    evaluation,
    hall,
    ledger,
    map_frames,
    open311,
    places,
    volume,
)
from bench.bench_city import BenchCity, running_city  # noqa: E402
from bench.first_content import first_content  # noqa: E402
from bench.http_load import Load  # noqa: E402
from bench.live_pages import SEATS, heard  # noqa: E402
from bench.machine import measure_machine  # noqa: E402
from bench.measurement import Measurement, at_least, at_most, stated  # noqa: E402
from bench.reads import counters, reads  # noqa: E402
from bench.things import COMPONENTS, asked, further_register, import_register, write_register  # noqa: E402
from bench.writes import creates, lifecycles  # noqa: E402

NAMES = (
    "deadline", "writes", "volume", "reads", "evaluation", "import", "growth", "open311", "accounts-check",
    "things", "ledger", "places", "doors", "busy", "scan", "counters", "map", "hall",
)  # fmt: skip
YEAR = 864_300
# Pages that gather from the whole centre: what hangs on a wall, and the duty leader's.
WALLS = {"page: command hall": 100, "page: duty leader's board": 150}


def main() -> int:
    """Measure, print, write; exit 1 when a figure falls short in the full form."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", nargs="*", choices=NAMES, default=NAMES)
    given = parser.parse_args()
    console = Console()
    found: list[Measurement] = []
    work = Path(tempfile.mkdtemp(prefix="wangge-bench-"))
    try:
        for part in _parts(given.quick, set(given.only), work, console):
            found += part
            _write(found)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    _print(found, console)
    return 0 if given.quick or all(line["ok"] for line in found) else 1


def _parts(quick: bool, only: set[str], work: Path, console: Console) -> Iterable[list[Measurement]]:
    if "deadline" in only:
        console.print("[bold]deadline engine")
        yield list(deadline_engine.measure(quick=quick))
    if "accounts-check" in only:
        console.print("[bold]check of disclosures")
        yield list(accounts_check.measure(work / "accounts-check", quick=quick))
    if "ledger" in only:
        console.print("[bold]ledger and published accounts")
        yield list(ledger.measure(work / "ledger", quick=quick))
    if "places" in only:
        console.print("[bold]points, grids and the gazetteer")
        yield list(places.measure(quick=quick))
    if "writes" in only:
        console.print("[bold]writes over HTTP")
        yield _writes(work / "writes", quick)
    if "import" in only:
        console.print("[bold]import of real reports")
        yield _import(work / "import")
    if "things" in only:
        console.print("[bold]a register of components")
        yield _things(work / "things", quick)
    if only & {"volume", "reads", "evaluation"}:
        console.print("[bold]a simulated year")
        yield from _year(work / "year", quick, only)
    if "open311" in only:
        console.print("[bold]Open311")
        yield _open311(work / "open311", quick)
    if "doors" in only:
        console.print("[bold]doors")
        yield from _doors(work / "doors", quick)
    if only & {"busy", "scan", "counters", "map"}:
        console.print("[bold]a full centre, its counters and its map")
        yield from _centre(work, quick, only)
    yield from _long_ones(quick, only, work, console)


def _long_ones(quick: bool, only: set[str], work: Path, console: Console) -> Iterable[list[Measurement]]:
    if "hall" in only:
        console.print("[bold]the hall's wall")
        yield _hall(work / "hall", quick)
    if "growth" in only:
        console.print("[bold]growth")
        yield _growth(work, quick)


def _things(var: Path, quick: bool) -> list[Measurement]:
    """A register of components: its import, and the nearest in one of half a million."""
    wanted = 30_000 if quick else COMPONENTS
    volume.migrate(var)
    machine = measure_machine(var, seconds=5)
    path = write_register(var, components=wanted)
    seconds = import_register(var, path)
    import_register(var, further_register(path, times=1))
    found = asked(var)
    shutil.rmtree(var, ignore_errors=True)
    share = wanted / COMPONENTS
    return [
        at_most(f"import of {wanted:,} components", seconds, "s", round(60 * share, 1), wanted / machine.copy_rows),
        at_most(f"nearest of {found['components']:,} components, median", found["nearest"][0] * 1000, "µs", 1000),
        at_most(f"nearest of {found['components']:,} components, p95", found["nearest"][1] * 1000, "µs", 1000),
    ]


def _asked_beside(var: Path, cases: int) -> list[Measurement]:
    """Likely duplicates and the map's clusters beside a year of cases."""
    found = asked(var)
    lines = [at_most(f"likely duplicates at {cases:,} cases, p95", found["similar"][1], "ms", 20)]
    for name, figures in found.items():
        if name.startswith("clusters"):
            at = f"map of open cases, zoom {name.partition(' ')[2]}, at {cases:,} cases ({found['open']:,} open), p95"
            lines.append(at_most(at, figures[1], "ms", 100))
    return lines


def _writes(var: Path, quick: bool) -> list[Measurement]:
    with running_city(var) as city:
        idle = volume.tree_mib(city.server.pid) + _database_mib(var) if city.server else 0.0
        creates(city, seconds=2)
        created = creates(city, seconds=8 if quick else 60)
        lived = lifecycles(city, seconds=10 if quick else 300)
        machine = measure_machine(var, seconds=5 if quick else 20)
    shutil.rmtree(var, ignore_errors=True)
    return [
        at_least("create a case over HTTP, 8 clients", created.rate, "1/s", 250, machine.pgbench_tps),
        at_most("create a case over HTTP, p95", created.percentile_ms(95), "ms", 60),
        at_least(
            "report and eight moves over HTTP, 8 clients", lived.rate, "lifecycles/s", 40, machine.pgbench_tps / 9
        ),
        at_most("idle memory: web, jobs, database", idle, "MiB", 700),
        *_failures("writes", created, lived),
    ]


def _database_mib(var: Path) -> float:
    """The cluster is a process of its own beside the server's tree."""
    pid = int((var / "postgres" / "postmaster.pid").read_text().split()[0])
    return volume.tree_mib(pid)


def _failures(name: str, *loads: Load) -> list[Measurement]:
    failures = [text for load in loads for text in load.failures]
    for text in failures[:5]:
        sys.stderr.write(f"{name}: {text}\n")
    return [at_most(f"failed requests: {name}", len(failures), "requests", 0)]


def _open311(var: Path, quick: bool) -> list[Measurement]:
    with running_city(var) as city:
        open311.open_the_door(city)
        open311.fill(city)
        created = open311.creates(city, seconds=6 if quick else 30)
        loads = {fmt: open311.lists(city, fmt, seconds=3 if quick else 10) for fmt in ("json", "xml")}
        machine = measure_machine(var, seconds=5)
    shutil.rmtree(var, ignore_errors=True)
    return [
        at_least("Open311 create over HTTP, 8 clients", created.rate, "1/s", 200, machine.pgbench_tps),
        *(at_most(f"Open311 list of 1,000 as {fmt}, p95", load.percentile_ms(95), "ms", 150)
          for fmt, load in loads.items()),
        *_failures("open311", created, *loads.values()),
    ]  # fmt: skip


def _doors(var: Path, quick: bool) -> Iterable[list[Measurement]]:
    """Open311, positions, the hotline, bursts and partners, in one city."""
    volume.simulate(var, cases=2_000)
    with running_city(var, settings=doors.SETTINGS) as city:
        open311.open_the_door(city)
        yield from doors.measure(city, quick=quick)
        open311.fill(city)
        created = open311.creates(city, seconds=5 if quick else 20)
        loads = {fmt: open311.lists(city, fmt, seconds=3 if quick else 8) for fmt in ("json", "xml")}
    shutil.rmtree(var, ignore_errors=True)
    yield [
        at_least("Open311 create over HTTP, 8 clients", created.rate, "1/s", 200),
        *(at_most(f"Open311 list of 1,000 as {fmt}, p95", load.percentile_ms(95), "ms", 150)
          for fmt, load in loads.items()),
        *_failures("doors", created, *loads.values()),
    ]  # fmt: skip


def _map(var: Path, quick: bool) -> list[Measurement]:
    with running_city(var) as city:
        found = list(map_frames.measure(city, quick=quick))
    shutil.rmtree(var, ignore_errors=True)
    return found


def _centre(work: Path, quick: bool, only: set[str]) -> Iterable[list[Measurement]]:
    if "busy" in only:
        yield _busy(work / "busy", quick)
    if "scan" in only:
        yield _scan(work / "scan", quick)
    if "counters" in only:
        yield _counters(work / "counters", quick)
    if "map" in only:
        yield _map(work / "map", quick)


def _busy(var: Path, quick: bool) -> list[Measurement]:
    """Seats and collectors at ten times their true pace, beside a verification and a backup."""
    cases, seconds = (20_000, 20) if quick else (YEAR, 600)
    volume.simulate(var, cases=cases)
    with running_city(var) as city:
        with busy.beside(city, busy.verification, busy.backup_into(var)) as told:
            loads = busy.centre(city, seconds=seconds)
        often = ", ".join(f"{times} × {name}" for name, times in sorted(told.done.items()))
    shutil.rmtree(var, ignore_errors=True)
    loads["write"].failures += told.failures
    who = f"of {busy.SEATS} seats and {busy.COLLECTORS} collectors in {seconds} s at {cases:,} cases"
    return [
        at_most(f"writes {who}, beside {often}, p95", loads["write"].percentile_ms(95), "ms", 150),
        at_most(f"pages {who}, p95", loads["page"].percentile_ms(95), "ms", 150),
        stated("writes meanwhile", loads["write"].rate, "1/s"),
        *_failures("a full centre", *loads.values()),
    ]


def _scan(var: Path, quick: bool) -> list[Measurement]:
    """Seats and collectors at ten times their true pace, beside an office user who reads the whole table."""
    cases, seconds = (20_000, 20) if quick else (YEAR, 120)
    volume.simulate(var, cases=cases)
    with running_city(var) as city, busy.scanning(city) as told:
        loads = busy.centre(city, seconds=seconds)
    shutil.rmtree(var, ignore_errors=True)
    loads["write"].failures += told.failures
    return [
        at_most(f"{name} beside scans of {cases:,} cases, p95", loads[kind].percentile_ms(95), "ms", 150)
        for kind, name in (("write", "writes"), ("page", "pages"))
    ] + [stated("scans meanwhile", told.done.get("scan", 0), ""), *_failures("beside scans", *loads.values())]


def _counters(var: Path, quick: bool) -> list[Measurement]:
    """What seats and the hall count, beside three years of cases."""
    cases = 20_000 if quick else 3 * YEAR
    volume.simulate(var, cases=cases)
    with running_city(var) as city:
        loads = counters(city, seconds=4 if quick else 20)
    shutil.rmtree(var, ignore_errors=True)
    found = [
        at_most(f"counters, {name} at {cases:,} cases, p95", load.percentile_ms(95), "ms", 100)
        for name, load in loads.items()
    ]
    return [*found, *_failures("counters", *loads.values())]


def _hall(var: Path, quick: bool) -> list[Measurement]:
    """Two hours of arrivals at ten times the true pace before the wall, and what its memory does in the last part."""
    seconds = 60 if quick else hall.SECONDS
    with running_city(var) as city:
        told = hall.watched(city, seconds=seconds)
    shutil.rmtree(var, ignore_errors=True)
    if told is None:
        sys.stderr.write("hall: no Chromium is here; left out\n")
        return []
    ends = told.samples[-1]
    return [
        at_most(f"hall, memory's slope over the last {seconds / 120:.1f} min", told.slope(last_seconds=seconds / 2),
                "MiB/min", 1),
        stated("hall, memory at the end", ends.heap_mib, "MiB"),
        stated(f"hall, cases that arrived in {seconds / 60:.0f} min", told.arrived, ""),
        at_most("hall, difference of arrived and shown", abs(told.arrived - told.shown), "", 1),
        at_most("hall, refused", len(told.refused), "", 0),
    ]  # fmt: skip


def _import(var: Path) -> list[Measurement]:
    ran = volume.import_boston(var)
    shutil.rmtree(var, ignore_errors=True)
    if ran is None:
        sys.stderr.write("import: the Boston reports are not here; left out\n")
        return []
    return [at_most("import of 210,042 Boston reports", ran.seconds, "s", 60)]


def _year(var: Path, quick: bool, only: set[str]) -> Iterable[list[Measurement]]:
    cases = 20_000 if quick else YEAR
    share = cases / YEAR
    filled = volume.simulate(var, cases=cases)
    machine = measure_machine(var, seconds=5)
    yield [
        at_most(f"bulk writer: {cases:,} cases", filled.seconds, "s", round(360 * share, 1)),
        at_least("bulk writer: cases a second", cases / filled.seconds, "1/s", YEAR / 360, machine.copy_rows / 9),
        at_most("bulk writer: memory", filled.peak_mib, "MiB", 1536),
    ]
    if only & {"volume", "reads"}:
        checked = volume.verify(var)
        yield [at_most(f"verify {cases:,} cases", checked.seconds, "s", round(120 * share, 1))]
    if "evaluation" in only:
        yield from evaluation.measure(var, cases=cases, quick=quick)
    if "reads" in only:
        yield _asked_beside(var, cases)
        with running_city(var) as city:
            # Created first: what was reported waits in the work lists that are then read.
            created = creates(city, seconds=8 if quick else 30)
            yield _reads(city, quick, cases)
            yield _heard(city)
            yield _first_content(city, cases)
            yield [at_least(f"create rate beside {cases:,} cases", created.rate, "1/s", 250, machine.pgbench_tps)]
    shutil.rmtree(var, ignore_errors=True)


def _reads(city: BenchCity, quick: bool, cases: int) -> list[Measurement]:
    loads = reads(city, seconds=4 if quick else 15)
    found = [
        at_most(f"{name} at {cases:,} cases, p95", load.percentile_ms(95), "ms", WALLS.get(name, 60))
        for name, load in loads.items()
    ]
    return [*found, *_failures("reads", *loads.values())]


def _heard(city: BenchCity) -> list[Measurement]:
    load = heard(city)
    name = f"step heard by {SEATS} open pages, p95"
    return [at_most(name, load.percentile_ms(95), "ms", 1000), *_failures("open pages", load)]


def _first_content(city: BenchCity, cases: int) -> list[Measurement]:
    load = first_content(city)
    if load is None:
        return []
    return [at_most(f"first content of the work list at {cases:,} cases, median", load.percentile_ms(50), "ms", 1000)]


def _growth(work: Path, quick: bool) -> list[Measurement]:
    found: list[Measurement] = []
    for cases in (1_000, 10_000) if quick else (10_000, 100_000):
        var = work / f"growth-{cases}"
        volume.simulate(var, cases=cases)
        with running_city(var) as city:
            created = creates(city, seconds=6 if quick else 20)
            loads = reads(city, seconds=3 if quick else 5)
        found.append(at_least(f"create rate beside {cases:,} cases", created.rate, "1/s", 250))
        for name in ("list", "page: work list", "page: case"):
            found.append(at_most(f"{name} at {cases:,} cases, p95", loads[name].percentile_ms(95), "ms", 60))
        found += _failures("growth", *loads.values())
        shutil.rmtree(var, ignore_errors=True)
    return found


def _write(found: list[Measurement]) -> None:
    path = ROOT / "var" / "bench.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")


def _print(found: list[Measurement], console: Console) -> None:
    table = Table("what", "ours", "unit", "must reach", "", "machine's limit", "share")
    for line in found:
        limit = f"{line['limit']:,}" if line["limit"] else ""
        share = f"{line['ratio_to_limit']:.0%}" if line["limit"] else ""
        mark = "●" if line["ok"] else "▲"
        target = "" if line["target"] is None else f"{line['target']:,}"
        table.add_row(line["name"], f"{line['value']:,}", line["unit"], target, mark, limit, share)
    console.print(table)


if __name__ == "__main__":
    raise SystemExit(main())
