"""A standby takes over with every acknowledged write, by the shipped scripts, and writers find it by themselves."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.ground.city import free_port
from wangge.groundwork.postgres_programs import binary
from wangge.groundwork.unprivileged import Account, account_for, step_down
from wangge.project.database import connection_of
from wangge.project.environment import Environment, Role

SCRIPTS = Path(__file__).resolve().parents[2] / "deploy" / "standby"
MOST_SECONDS = 60


class Server:
    """A server of one's own on this machine, as an operator would have it."""

    def __init__(self, place: Path, account: Account | None) -> None:
        self.data = place / "data"
        self.port = free_port()
        self.place = place
        self.account = account
        self.environment = {
            "PATH": f"{binary('psql').parent}:/usr/bin:/bin", "PGHOST": str(place), "PGPORT": str(self.port),
            "LC_ALL": "C",
        }  # fmt: skip

    def run(self, *words: object) -> None:
        done = subprocess.run(
            [str(word) for word in words], env=self.environment, cwd="/", capture_output=True, text=True, check=False,
            preexec_fn=step_down(self.account, [self.place, binary("psql"), SCRIPTS / "switch.sh"]),
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        options = f"-p {self.port} -k {self.place} -c fsync=off -c listen_addresses=127.0.0.1"
        self.run("pg_ctl", "-D", self.data, "-w", "-l", self.place / "log", "-o", options, "start")

    def stop(self, mode: str) -> None:
        environment = {**self.environment}
        subprocess.run(
            [str(binary("pg_ctl")), "-D", str(self.data), "-m", mode, "stop"], env=environment, cwd="/", check=False,
            capture_output=True, preexec_fn=step_down(self.account, [self.place, binary("pg_ctl")]),
        )  # fmt: skip


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[tuple[Server, Server]]:
    """A primary with a database of the city, and its standby, made by the scripts."""
    account = account_for(tmp_path / "none")
    found = []
    for _turn in range(2):
        # short: a socket's name has little room
        place = Path(subprocess.run(["mktemp", "-d"], capture_output=True, text=True, check=True).stdout.strip())
        if account is not None:
            os.chown(place, account.user_id, account.group_id)
        found.append(Server(place, account))
    primary, standby = found
    primary.run("initdb", "-D", primary.data, "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8")
    primary.start()
    with psycopg.connect(host=str(primary.place), port=primary.port, user="postgres", autocommit=True) as link:
        link.execute("CREATE TABLE written (n int PRIMARY KEY)")
    primary.run(SCRIPTS / "prepare-primary.sh", "word-of-replication")
    standby.run(SCRIPTS / "make-standby.sh", "127.0.0.1", primary.port, "word-of-replication", standby.data)
    standby.start()
    yield primary, standby
    for each in found:
        each.stop("immediate")
        subprocess.run(["rm", "-rf", str(each.place)], check=False)


def _address(primary: Server, standby: Server) -> dict[str, object]:
    """As ``DATABASE_URL`` names both servers: whichever takes writes is the right one."""
    url = (
        f"postgresql://postgres@127.0.0.1:{primary.port},127.0.0.1:{standby.port}/postgres"
        "?target_session_attrs=read-write&connect_timeout=2"
    )
    return connection_of(Environment(database_url=url), Role.APPLICATION)


def _write_until(stop: threading.Event, address: dict[str, object], acknowledged: list[int]) -> None:
    number = 0
    while not stop.is_set():
        try:
            with psycopg.connect(**address, autocommit=True) as link:  # type: ignore[arg-type]
                while not stop.is_set():
                    number += 1
                    link.execute("INSERT INTO written VALUES (%s)", [number])
                    acknowledged.append(number)
        except psycopg.Error:
            time.sleep(0.05)  # the switch is under way


def _wait_for_more(acknowledged: list[int], more: int) -> None:
    wanted, until = len(acknowledged) + more, time.monotonic() + MOST_SECONDS
    while len(acknowledged) < wanted:
        assert time.monotonic() < until, f"only {len(acknowledged)} of {wanted} writes"
        time.sleep(0.02)


@pytest.mark.parametrize("planned", [True, False])
def test_the_standby_takes_over_with_every_acknowledged_write(servers: tuple[Server, Server], planned: bool) -> None:
    primary, standby = servers
    stop, acknowledged = threading.Event(), list[int]()
    writer = threading.Thread(target=_write_until, args=(stop, _address(primary, standby), acknowledged))
    writer.start()
    try:
        _wait_for_more(acknowledged, 50)
        if planned:
            standby.run(SCRIPTS / "switch.sh", primary.data, standby.data)
        else:
            primary.stop("immediate")
            standby.run(SCRIPTS / "switch.sh", "-", standby.data)
        _wait_for_more(acknowledged, 50)
    finally:
        stop.set()
        writer.join()
    with psycopg.connect(host=str(standby.place), port=standby.port, user="postgres") as link:
        kept = {number for (number,) in link.execute("SELECT n FROM written")}
    assert set(acknowledged) <= kept
