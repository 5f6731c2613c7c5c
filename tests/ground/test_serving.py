"""One command runs the whole city, revives what dies, and leaves nothing behind when told to stop."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.ground.city import WANGGE, City, free_port
from wangge.groundwork.embedded_postgres import APPLICATION, Cluster
from wangge.project.serving import jobs_child, web_child


def _wait_until(holds: Callable[[], bool], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it never came to hold"
        time.sleep(0.05)


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    """A migrated city; ended whatever happens."""
    found = City(tmp_path.resolve())
    done = found.run("migrate", "--quiet")
    assert done.returncode == 0, done.stderr
    yield found
    if found.served is not None and found.served.poll() is None:
        found.served.terminate()
        found.served.wait(30)
    with Cluster(found.var).in_use():
        pass


def test_a_city_serves_and_stops_as_a_whole(city: City) -> None:
    served = city.serve()
    assert city.status("/healthz") == 200
    assert city.status("/readyz") == 200
    assert city.status("/metrics") == 200
    served.terminate()
    assert served.wait(30) == 0
    assert city.processes() == []
    assert Cluster(city.var).running_process() is None
    assert city.status("/healthz") == 0


def test_whatever_is_killed_comes_back(city: City) -> None:
    city.serve()
    main = min(city.processes())
    worker = max(city.processes())
    os.kill(worker, signal.SIGKILL)
    _wait_until(lambda: len(city.processes()) == 3 and worker not in city.processes())
    os.kill(main, signal.SIGKILL)
    _wait_until(lambda: main not in city.processes() and city.status("/readyz") == 200)
    database = Cluster(city.var).running_process()
    assert database is not None
    os.kill(database, signal.SIGKILL)
    _wait_until(lambda: Cluster(city.var).running_process() not in (None, database))
    _wait_until(lambda: city.status("/readyz") == 200)


def test_after_the_supervisor_is_killed_the_next_start_works(city: City) -> None:
    served = city.serve()
    served.kill()
    served.wait()
    _wait_until(lambda: city.processes() == [])
    city.serve()
    assert city.status("/readyz") == 200


def test_a_command_beside_a_running_city_leaves_it_running(city: City) -> None:
    city.serve()
    done = city.run("check", "--json")
    assert done.returncode == 0, done.stderr
    assert all(found["weight"] == "warning" for found in json.loads(done.stdout))
    assert city.status("/readyz") == 200


def test_a_taken_port_is_said_in_one_line(city: City) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", city.port))
        other.listen()
        done = city.run("serve", "--port", str(city.port))
    assert done.returncode == 1
    assert str(city.port) in done.stderr
    assert "Traceback" not in done.stderr


def test_a_city_not_migrated_is_told_to_migrate(tmp_path: Path) -> None:
    city = City(tmp_path.resolve())
    for command in ("check", "serve"):
        done = city.run(command)
        assert done.returncode == 1
        assert "wangge migrate" in done.stdout + done.stderr


def test_a_wrong_environment_is_refused_before_anything_starts(tmp_path: Path) -> None:
    city = City(tmp_path.resolve())
    for command in ("check", "serve", "migrate"):
        done = city.run(command, WANGGE_MODE="production", WANGGE_DEBUG="1")
        said = done.stdout + done.stderr
        assert done.returncode == 1
        assert len(said.strip().splitlines()) == 3
        assert "Traceback" not in said
    assert not (city.var / "postgres").exists()


def test_an_unknown_command_is_wrong_use(tmp_path: Path) -> None:
    assert City(tmp_path.resolve()).run("nonsense").returncode == 2


def test_a_database_that_is_away_is_said_in_one_line(tmp_path: Path) -> None:
    url = f"postgresql://nobody:x@127.0.0.1:{free_port()}/none"
    done = City(tmp_path.resolve()).run("check", DATABASE_URL=url)
    assert done.returncode == 1
    assert "DATABASE_URL" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_named_database_serves_as_well_as_our_own(city: City) -> None:
    with Cluster(city.var).in_use() as cluster:
        found = cluster.connection(APPLICATION)
        url = f"postgresql://{found['user']}:{found['password']}@127.0.0.1:{found['port']}/{found['dbname']}"
        done = city.run("check", DATABASE_URL=url)
        assert done.returncode == 0, done.stdout + done.stderr


def test_stopped_while_it_starts_it_leaves_no_database_behind(city: City) -> None:
    starting = subprocess.Popen([*WANGGE, "serve", "--port", str(city.port)], env=city.environment)
    _wait_until(lambda: Cluster(city.var).running_process() is not None)
    starting.terminate()
    starting.wait(30)
    _wait_until(lambda: Cluster(city.var).running_process() is None)


def test_nothing_is_imported_from_the_directory_it_is_started_in(tmp_path: Path) -> None:
    """granian puts it first; whoever can write there must not run as the city."""
    (tmp_path / "csv.py").write_text("raise SystemExit('not of Python')", encoding="utf-8")
    city = City(tmp_path.resolve() / "city")
    for module in ("wsgi", "outer_wsgi"):
        words = f"import sys; sys.path.insert(0, ''); import wangge.project.{module}, csv; print(csv.__file__)"
        done = subprocess.run(
            [sys.executable, "-P", "-c", words], cwd=tmp_path, env=city.environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert not done.stdout.startswith(str(tmp_path))
    jobs = jobs_child()
    assert jobs is not None
    for child in (web_child(host="127.0.0.1", port=1, workers=1, threads=1), jobs):
        assert child.command[:2] == [sys.executable, "-P"]
