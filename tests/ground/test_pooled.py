"""Behind a pooler that lends connections by the transaction the city works as before."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection, connections

from tests.city_database import CityDatabase
from tests.ground.city import free_port
from wangge.domains.cases.operations.foreign import ImportUnderWay, alone
from wangge.groundwork.embedded_postgres import APPLICATION
from wangge.groundwork.prepared import prepared_cursor
from wangge.groundwork.unprivileged import account_for, step_down
from wangge.project.database import django_database
from wangge.project.environment import Environment

PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin:/usr/local/sbin")
pytestmark = pytest.mark.skipif(PGBOUNCER is None, reason="no pgbouncer here: apt-get install pgbouncer")
CONFIGURATION = """
[databases]
{name} = host={host} port={port} user={user} password={password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own}
auth_type = any
pool_mode = transaction
default_pool_size = 3
ignore_startup_parameters = extra_float_digits,options
logfile = {place}/log
unix_socket_dir =
"""


@pytest.fixture
def pooler(city_database: CityDatabase, tmp_path: Path) -> Iterator[int]:
    """A PgBouncer before this worker's database, with fewer connections than there are askers; its port."""
    found = city_database.cluster.connection(APPLICATION, city_database.name)
    own, account = free_port(), account_for(tmp_path / "none")
    place = Path(subprocess.run(["mktemp", "-d"], capture_output=True, text=True, check=True).stdout.strip())
    path = place / "pgbouncer.ini"
    path.write_text(
        CONFIGURATION.format(
            name=city_database.name, host="127.0.0.1", port=found["port"], user=APPLICATION,
            password=found["password"], own=own, place=place,
        )
    )  # fmt: skip
    if account is not None:
        for each in (place, path):
            os.chown(each, account.user_id, account.group_id)
    process = subprocess.Popen(
        [str(PGBOUNCER), "-q", str(path)], preexec_fn=step_down(account, [path]), stderr=subprocess.DEVNULL
    )
    until = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(host="127.0.0.1", port=own, dbname=city_database.name, user=APPLICATION).close()
            break
        except psycopg.OperationalError:
            assert process.poll() is None, (place / "log").read_text()
            assert time.monotonic() < until
            time.sleep(0.05)
    yield own
    process.terminate()
    process.wait(30)
    shutil.rmtree(place)


def _go_by(pooler: int, *, pooled: bool) -> None:
    entry = django_database(Environment(database_pooled=pooled))
    told = connections["default"].settings_dict
    connections["default"].close()
    connections["default"].close_pool()  # type: ignore[attr-defined]
    told.update(HOST="127.0.0.1", PORT=str(pooler))
    told["OPTIONS"] = entry["OPTIONS"]
    told["DISABLE_SERVER_SIDE_CURSORS"] = entry["DISABLE_SERVER_SIDE_CURSORS"]


def _ask_together() -> list[Exception]:
    """Six askers, each the same statement twenty times in transactions of its own, among three connections."""
    failed: list[Exception] = []

    def ask() -> None:
        try:
            for turn in range(20):
                with prepared_cursor() as cursor:
                    cursor.execute("SELECT count(*) FROM outbox WHERE id > %s::bigint", [turn])
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    askers = [threading.Thread(target=ask) for _turn in range(6)]
    for each in askers:
        each.start()
    for each in askers:
        each.join()
    return failed


@pytest.fixture
def as_it_was(city_database: CityDatabase) -> Iterator[None]:
    told = connections["default"].settings_dict
    kept = {name: told.get(name) for name in ("HOST", "PORT", "OPTIONS", "DISABLE_SERVER_SIDE_CURSORS")}
    yield
    connections["default"].close()
    connections["default"].close_pool()  # type: ignore[attr-defined]
    told.update(kept)


def test_no_statement_is_prepared_behind_a_pooler(pooler: int, as_it_was: None) -> None:
    _go_by(pooler, pooled=True)
    assert _ask_together() == []


def test_an_import_keeps_others_out_behind_a_pooler_and_lets_them_in_afterwards(pooler: int, as_it_was: None) -> None:
    _go_by(pooler, pooled=True)
    with alone():
        _ask_together()
        with pytest.raises(ImportUnderWay), alone():
            pass
    with alone():
        pass
