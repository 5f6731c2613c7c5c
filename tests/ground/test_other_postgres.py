"""With DATABASE_URL any PostgreSQL from 15 on will do; an older one is refused in one line."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.ground.city import City, free_port
from wangge.groundwork.unprivileged import account_for, step_down
from wangge.project import opening
from wangge.project.environment import Environment, EnvironmentRefused

OLDEST = 15


def _system_binaries() -> Path:
    """Programs of a PostgreSQL installed on this machine, the oldest that is supported first."""
    for path in sorted(Path("/usr/lib/postgresql").glob("*/bin")):
        if path.parent.name.isdigit() and int(path.parent.name) >= OLDEST and (path / "initdb").exists():
            return path
    pytest.skip("no PostgreSQL of the system on this machine")


@pytest.fixture
def url() -> Iterator[str]:
    """An empty database on a server of the system, as an owner may be given it: without superuser."""
    binaries = _system_binaries()
    with tempfile.TemporaryDirectory() as place:
        data = Path(place) / "data"
        data.mkdir(mode=0o700)
        account = account_for(data)
        if account is not None:
            for path in (Path(place), data):
                os.chown(path, account.user_id, account.group_id)

        def run(*words: str) -> None:
            subprocess.run(
                [str(binaries / words[0]), *words[1:]],
                check=True,
                cwd="/",
                capture_output=True,
                preexec_fn=step_down(account, [data, binaries]),
            )

        port = free_port()
        run("initdb", "-D", str(data), "-U", "postgres", "--auth=trust", "--no-sync", "-E", "UTF8")
        log, options = f"{place}/log", f"-p {port} -k {place} -c fsync=off -c listen_addresses=127.0.0.1"
        subprocess.run(
            [str(binaries / "pg_ctl"), "-D", str(data), "-w", "-l", log, "-o", options, "start"],
            check=True,
            cwd="/",
            stdout=subprocess.DEVNULL,
            preexec_fn=step_down(account, [data, binaries]),
        )
        try:
            with psycopg.connect(host=place, port=port, user="postgres", autocommit=True) as link:
                link.execute("CREATE ROLE keeper LOGIN PASSWORD 'k'")
                link.execute("CREATE ROLE teller LOGIN PASSWORD 't'")
                link.execute("CREATE DATABASE town OWNER keeper")
            yield f"postgresql://{{user}}@127.0.0.1:{port}/town"
        finally:
            run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")


@pytest.mark.slow
def test_a_city_lives_in_the_oldest_supported_postgres_with_two_roles(url: str, tmp_path: Path) -> None:
    city = City(tmp_path.resolve())
    told = {
        "DATABASE_URL": url.format(user="teller:t"),
        "WANGGE_OWNER_DATABASE_URL": url.format(user="keeper:k"),
    }
    done = city.run("migrate", "--quiet", **told)
    assert done.returncode == 0, done.stderr
    done = city.run("check", **told)
    assert done.returncode == 0, done.stdout + done.stderr
    with psycopg.connect(told["DATABASE_URL"], autocommit=True) as link:
        link.execute("SELECT ensure_month_partitions('2024-01-01', '2024-03-01')")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            link.execute("DELETE FROM outbox")
    assert not (city.var / "postgres").exists()


def test_an_older_postgres_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    class Link:
        class info:  # noqa: N801 - psycopg's name
            server_version = 140012

        def __enter__(self) -> Link:
            return self

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(psycopg, "connect", lambda **_: Link())
    monkeypatch.setenv("DATABASE_URL", "postgresql:///town")
    with pytest.raises(EnvironmentRefused, match=r"PostgreSQL 14\.12") as refused:
        opening._refuse_old_postgres(Environment())
    assert len(refused.value.lines) == 1
