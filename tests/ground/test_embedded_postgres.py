"""The embedded cluster comes up whatever happened before, and goes when nobody uses it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from wangge.groundwork.embedded_postgres import APPLICATION, OWNER, SUPERUSER, Cluster
from wangge.groundwork.postgres_programs import ClusterFailed
from wangge.groundwork.processes import command_of
from wangge.groundwork.unprivileged import Account, may_reach

USE = """
import sys, time
from pathlib import Path
from wangge.groundwork.embedded_postgres import Cluster
with Cluster(Path(sys.argv[1]), durable=False).in_use() as cluster:
    print(cluster.running_process(), flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A cluster of its own; whatever a test left running is ended."""
    found = Cluster(tmp_path.resolve() / "city", durable=False)
    yield found
    if (number := found.running_process()) is not None:
        os.kill(number, signal.SIGQUIT)
        _wait_until(lambda: found.running_process() is None)


def _wait_until(holds: Callable[[], bool], seconds: float = 15) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it never came to hold"
        time.sleep(0.02)


def _answer(cluster: Cluster, question: str = "SELECT 1", user: str = APPLICATION) -> object:
    with psycopg.connect(**cluster.connection(user), autocommit=True) as link:
        row = link.execute(question.encode()).fetchone()
        return row[0] if row else None


def _user_process(cluster: Cluster) -> subprocess.Popen[str]:
    """Another process that has the cluster in use until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", USE, str(cluster.var)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip().isdigit()
    return process


def _end(process: subprocess.Popen[str]) -> None:
    process.communicate(timeout=30)


def test_a_new_cluster_is_utf8_with_checksums_and_scram(cluster: Cluster) -> None:
    with cluster.in_use():
        asked = "SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = 'wangge'"
        assert _answer(cluster, asked) == "bC.UTF-8"
        assert _answer(cluster, "SHOW data_checksums") == "on"
        assert _answer(cluster, "SELECT lower('ÀÉ网格')") == "àé网格"
        asked = "SELECT bool_and(rolpassword LIKE 'SCRAM-SHA-256%') FROM pg_authid WHERE rolcanlogin"
        assert _answer(cluster, asked, SUPERUSER) is True


def test_neither_role_of_the_product_is_a_superuser(cluster: Cluster) -> None:
    with cluster.in_use():
        for user in (OWNER, APPLICATION):
            assert _answer(cluster, f"SELECT rolsuper FROM pg_roles WHERE rolname = '{user}'") is False


def test_passwords_are_for_their_owner_alone_and_a_wrong_one_is_refused(cluster: Cluster) -> None:
    with cluster.in_use():
        assert (cluster.var / "postgres-secrets").stat().st_mode & 0o777 == 0o600
        for host in (str(cluster.socket_directory), "127.0.0.1"):
            with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
                psycopg.connect(**{**cluster.connection(APPLICATION), "host": host, "password": "wrong"})


def test_a_city_s_cluster_is_durable(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path.resolve())
    with cluster.in_use():
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert _answer(cluster, f"SHOW {setting}") == "on"


def test_the_last_user_stops_the_server_and_what_was_written_stays(cluster: Cluster) -> None:
    with cluster.in_use():
        with psycopg.connect(**cluster.connection(OWNER), autocommit=True) as link:
            link.execute("CREATE TABLE kept AS SELECT 7 AS n")
        with cluster.in_use():
            pass
        assert cluster.running_process() is not None
    assert cluster.running_process() is None
    with cluster.in_use():
        assert _answer(cluster, "SELECT n FROM kept", OWNER) == 7


def test_the_server_outlives_its_starter_while_another_uses_it(cluster: Cluster) -> None:
    starter = _user_process(cluster)
    with cluster.in_use():
        number = cluster.running_process()
        _end(starter)
        assert cluster.running_process() == number
        assert _answer(cluster) == 1
    assert cluster.running_process() is None


def test_a_killed_starter_leaves_a_server_that_the_next_user_takes_and_stops(cluster: Cluster) -> None:
    starter = _user_process(cluster)
    starter.kill()
    starter.wait()
    left = cluster.running_process()
    assert left is not None
    with cluster.in_use():
        assert cluster.running_process() == left
        assert _answer(cluster) == 1
    assert cluster.running_process() is None


def test_a_killed_server_is_started_again_and_committed_rows_are_there(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path.resolve())
    with cluster.in_use():
        with psycopg.connect(**cluster.connection(OWNER), autocommit=True) as link:
            link.execute("CREATE TABLE kept AS SELECT 7 AS n")
        number = cluster.running_process()
        assert number is not None
        os.kill(number, signal.SIGKILL)
        assert cluster.start_again()
        assert cluster.running_process() not in (None, number)
        assert _answer(cluster, "SELECT n FROM kept", OWNER) == 7
        assert not cluster.start_again()


def test_a_server_killed_between_two_commands_is_no_matter(cluster: Cluster) -> None:
    user = _user_process(cluster)
    number = cluster.running_process()
    assert number is not None
    user.kill()
    user.wait()
    os.kill(number, signal.SIGKILL)
    with cluster.in_use():
        assert _answer(cluster) == 1


@pytest.mark.parametrize("whose", ["nobody's", "another's"])
def test_a_stale_pid_file_is_no_matter(cluster: Cluster, whose: str) -> None:
    with cluster.in_use():
        lines = (cluster.data / "postmaster.pid").read_text().splitlines()
        owner = cluster.data.stat()
    number = 2**22 - 5 if whose == "nobody's" else os.getpid()
    stale = cluster.data / "postmaster.pid"
    stale.write_text("\n".join([str(number), *lines[1:]]) + "\n")
    os.chown(stale, owner.st_uid, owner.st_gid)
    with cluster.in_use():
        assert cluster.running_process() not in (None, number)
        assert _answer(cluster) == 1


def test_a_port_taken_by_another_is_left_to_it(cluster: Cluster) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", cluster.port))
        other.listen()
        taken = cluster.port
        with cluster.in_use():
            assert cluster.port > taken
            assert _answer(cluster) == 1
            with psycopg.connect(**{**cluster.connection(APPLICATION), "host": "127.0.0.1"}) as link:
                assert link.info.port == cluster.port


def test_two_cities_run_side_by_side(cluster: Cluster, tmp_path: Path) -> None:
    other = Cluster(tmp_path.resolve() / "other", durable=False)
    with cluster.in_use(), other.in_use():
        assert cluster.port != other.port
        assert _answer(cluster) == _answer(other) == 1
    assert cluster.running_process() is other.running_process() is None


def test_a_half_made_cluster_is_made_anew(cluster: Cluster) -> None:
    draft = cluster.var / "postgres.unfinished"
    (draft / "data").mkdir(parents=True)
    (draft / "data" / "PG_VERSION").write_text("18\n")
    with cluster.in_use():
        assert _answer(cluster) == 1
    assert not draft.exists()


def test_lost_passwords_are_replaced(cluster: Cluster) -> None:
    with cluster.in_use():
        before = cluster.connection(OWNER)["password"]
    (cluster.var / "postgres-secrets").unlink()
    with cluster.in_use():
        assert cluster.connection(OWNER)["password"] not in ("", before)
        for user in (SUPERUSER, OWNER, APPLICATION):
            assert _answer(cluster, user=user) == 1


def test_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path.resolve() / ("网" * 40), durable=False)
    with cluster.in_use():
        assert len(str(cluster.socket_directory)) < 60
        assert _answer(cluster) == 1


def test_a_socket_directory_of_another_user_is_refused(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a directory away")
    cluster = Cluster(tmp_path.resolve() / ("x" * 100), durable=False)
    cluster.socket_directory.symlink_to(tmp_path)
    try:
        with pytest.raises(ClusterFailed, match="属于其他用户"), cluster.in_use():
            pass
    finally:
        cluster.socket_directory.unlink()


def test_a_server_that_cannot_start_says_why(cluster: Cluster) -> None:
    with cluster.in_use():
        pass
    (cluster.data / "local.conf").write_text("shared_buffers = 'nonsense'\n")
    with pytest.raises(ClusterFailed, match="shared_buffers"), cluster.in_use():
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can step down")
def test_started_by_root_the_server_is_not_root_even_under_a_closed_directory(tmp_path: Path) -> None:
    closed = tmp_path.resolve() / "closed"
    closed.mkdir(mode=0o700)
    cluster = Cluster(closed / "city", durable=False)
    with cluster.in_use():
        number = cluster.running_process()
        status = Path(f"/proc/{number}/status").read_text()
        uid = next(line for line in status.splitlines() if line.startswith("Uid:")).split()[1:]
        assert "0" not in uid
        assert str(cluster.data.stat().st_uid) == uid[0]
        assert (cluster.data.stat().st_mode & 0o777) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another")
def test_a_user_who_is_not_root_has_a_cluster_too() -> None:
    python = _python_open_to_all()
    with tempfile.TemporaryDirectory() as home:
        os.chown(home, 65534, 65534)
        done = subprocess.run(
            [python, "-c", USE, f"{home}/city"],
            user=65534,
            group=65534,
            extra_groups=[],
            input="",
            text=True,
            capture_output=True,
            check=False,
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": os.pathsep.join(sys.path)},
            cwd="/",
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip().isdigit()
        assert (Path(home) / "city" / "postgres").stat().st_uid == 65534


def _python_open_to_all() -> str:
    nobody = Account(65534, 65534)
    for candidate in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        path = Path(candidate)
        packages = Path(psycopg.__file__)
        if path.exists() and may_reach(path, nobody) and may_reach(packages, nobody):
            return candidate
    pytest.skip("no Python of this version is open to other users")


def test_a_zombie_is_not_a_living_process() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    try:
        _wait_until(lambda: " Z " in Path(f"/proc/{child.pid}/stat").read_text())
        assert command_of(child.pid) == []
    finally:
        child.wait()
