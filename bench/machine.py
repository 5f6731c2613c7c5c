"""The machine's own limits, measured in the same run: pgbench on the same cluster, COPY of text with SM3."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from wangge.groundwork.embedded_postgres import SUPERUSER, Cluster
from wangge.groundwork.postgres_programs import binary

DATABASE = "wangge_bench_machine"


@dataclass(frozen=True)
class Machine:
    """Transactions a second of pgbench (TPC-B-like, 8 clients), rows a second of COPY with SM3 of each row."""

    pgbench_tps: float
    copy_rows: float


def measure_machine(var: Path, *, seconds: int) -> Machine:
    """Measure on the city's own cluster (durable settings), in a database of its own."""
    cluster = Cluster(var)
    with cluster.in_use():
        with psycopg.connect(**cluster.connection(SUPERUSER, "postgres"), autocommit=True) as link:
            link.execute(sql.SQL("DROP DATABASE IF EXISTS {} (FORCE)").format(sql.Identifier(DATABASE)))
            link.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        try:
            return Machine(_pgbench(cluster, seconds), _copy(cluster))
        finally:
            with psycopg.connect(**cluster.connection(SUPERUSER, "postgres"), autocommit=True) as link:
                link.execute(sql.SQL("DROP DATABASE IF EXISTS {} (FORCE)").format(sql.Identifier(DATABASE)))


def _pgbench(cluster: Cluster, seconds: int) -> float:
    found = cluster.connection(SUPERUSER, DATABASE)
    environment = {**os.environ, "PGPASSWORD": str(found["password"])}
    address = ["-h", str(found["host"]), "-p", str(found["port"]), "-U", SUPERUSER]
    run = [str(binary("pgbench")), *address]
    subprocess.run([*run, "-i", "-q", "-s", "10", DATABASE], env=environment, check=True, capture_output=True)
    shown = subprocess.run(
        [*run, "-c", "8", "-j", "2", "-T", str(seconds), DATABASE],
        env=environment, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    match = re.search(r"tps = ([0-9.]+)", shown)
    assert match is not None, shown
    return float(match[1])


def _copy(cluster: Cluster, rows: int = 400_000) -> float:
    with psycopg.connect(**cluster.connection(SUPERUSER, DATABASE)) as link, link.cursor() as cursor:
        cursor.execute("CREATE TABLE copied (id bigint, payload text, hash bytea)")
        began = time.perf_counter()
        tail = b"\0" * 32
        with cursor.copy("COPY copied FROM STDIN") as copy:
            lines = []
            for number in range(rows):
                payload = b'{"seq":%d,"verb":"report_handled","post":"department","to":"feedback"}' % number
                tail = hashlib.new("sm3", tail + payload).digest()
                lines.append(b"%d\t%s\t\\\\x%s\n" % (number, payload, tail.hex().encode()))
                if len(lines) == 5000:
                    copy.write(b"".join(lines))
                    lines.clear()
            copy.write(b"".join(lines))
        link.commit()
        return rows / (time.perf_counter() - began)
