"""Components, likely duplicates and the map's clusters: measured on a register of their own and beside a big city."""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.bench_city import ROOT, environment
from bench.volume import run_watched

COMPONENTS = 300_000

_FILE = """
import csv, sys
import numpy as np
from wangge.project.opening import open_city
with open_city(as_owner=True):
    from wangge.domains.organizations.logic import TERMINAL
    from wangge.groundwork import clock
    from wangge.project.demo.city_data import read_city
    from wangge.project.demo.ground import grow_ground
    from wangge.project.demo.ground_loading import CityExists, load_ground
    from wangge.project.demo.things import component_classes, grow_things
    from wangge.surfaces.exchange.components.declaration import FIELDS
    ground = grow_ground(read_city())
    try:
        load_ground(ground, by=TERMINAL, at=clock.now())
    except CityExists:
        pass
    wanted = int(sys.argv[1])
    rows, _things = grow_things(ground, per_class=-(-wanted // len(component_classes())))
    with open(sys.argv[2], "w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow([*FIELDS.values(), "lon", "lat"])
        for row in rows[:wanted]:
            units = row.units
            writer.writerow([
                row.code, row.name, units.manager_code, units.manager_name, units.owner_code, units.owner_name,
                units.maintainer_code, units.maintainer_name, row.stated_grid, "完好", row.initial_on, row.changed_on,
                row.data_source, "", row.lon, row.lat,
            ])
"""

_ASKED = """
import json, random, statistics, sys, time
from datetime import timedelta
from wangge.project.opening import open_city
with open_city():
    from django.db import connection
    from wangge.domains.cases.queries.clusters import open_clusters
    from wangge.domains.cases.queries.similar import similar_cases
    from wangge.domains.components.queries.register import nearest
    from wangge.domains.organizations.models import Person
    from wangge.domains.organizations.queries import actor_of_person
    from wangge.groundwork import clock
    chance = random.Random(11)
    at, found = clock.now(), {}

    def timed(name, ask, turns):
        for _turn in range(10):
            ask()
        seconds = []
        for _turn in range(turns):
            began = time.perf_counter()
            ask()
            seconds.append((time.perf_counter() - began) * 1000)
        seconds.sort()
        found[name] = [statistics.median(seconds), seconds[int(len(seconds) * 0.95)]]

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM components_component")
        found["components"] = cursor.fetchone()[0]
        cursor.execute("SELECT c.category, m.lon, m.lat, c.reported_at FROM cases_case c JOIN cases_matter m"
                       " ON m.case_id = c.id WHERE m.lon IS NOT NULL ORDER BY c.id LIMIT 200000")
        cases = cursor.fetchall()
    where = lambda: (113.13 + chance.uniform(-0.06, 0.06), 27.83 + chance.uniform(-0.05, 0.05))

    def near():
        lon, lat = where()
        nearest(lon=lon, lat=lat, on=clock.today())

    timed("nearest", near, 500)
    if cases:
        people = (actor_of_person(person.id, at) for person in Person.objects.order_by("id"))
        seat = next(actor for actor in people if actor.holds("acceptor"))

        def alike():
            category, lon, lat, moment = chance.choice(cases)
            similar_cases(by=seat, lon=lon, lat=lat, category=category, at=moment + timedelta(hours=1), words="井盖")

        timed("similar", alike, 200)
        for zoom, reach in ((5, 5.0), (10, 0.3), (13, 0.04), (16, 0.006), (18, 0.0015)):

            def clusters():
                lon, lat = where()
                open_clusters(by=seat, at=at, box=(lon - reach, lat - reach, lon + reach, lat + reach), zoom=zoom)

            timed(f"clusters {zoom}", clusters, 30)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM cases_case WHERE burns_at IS NOT NULL")
            found["open"] = cursor.fetchone()[0]
    print("BENCH-THINGS " + json.dumps(found))
"""


def write_register(var: Path, *, components: int) -> Path:
    """A file of that many components for the demo ground, which is loaded into the city of ``var``."""
    path = var / "components.csv"
    subprocess.run([sys.executable, "-c", _FILE, str(components), str(path)], env=environment(var), check=True)
    return path


def import_register(var: Path, path: Path) -> float:
    """Seconds of the import by the command."""
    return run_watched(var, "import", "components", str(path), "--json").seconds


def further_register(path: Path, *, times: int) -> Path:
    """A file like the first with other codes and places near by, for a register some times as big."""
    chance = random.Random(5)
    further = path.with_name("further.csv")
    with path.open(encoding="utf-8", newline="") as source, further.open("w", encoding="utf-8", newline="") as target:
        reader, writer = csv.reader(source), csv.writer(target)
        writer.writerow(next(reader))
        for row in reader:
            for turn in range(1, times + 1):
                code = f"{row[0][:10]}{int(row[0][10:]) + turn * 100_000:06d}"
                lon, lat = (float(cell) + chance.uniform(-2e-5, 2e-5) for cell in row[-2:])
                writer.writerow([code, *row[1:-2], f"{lon:.7f}", f"{lat:.7f}"])
    return further


def asked(var: Path) -> dict[str, Any]:
    """Milliseconds (median, 95th percentile) of each question in the city of ``var``; counts of what is there."""
    shown = subprocess.run(
        [sys.executable, "-c", _ASKED], env=environment(var), check=True, capture_output=True, text=True, cwd=ROOT
    ).stdout
    found = json.loads(shown.partition("BENCH-THINGS ")[2])
    assert isinstance(found, dict)
    return found
