"""Base backups of the embedded cluster, and its recovery to any moment the kept log reaches.

Recovery builds the new data directory beside the old one and takes its place only when it stands; the old one is kept.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from wangge.groundwork import log_archive
from wangge.groundwork.embedded_postgres import SUPERUSER, Cluster
from wangge.groundwork.postgres_programs import ClusterFailed, binary, give, plain_environment
from wangge.groundwork.processes import write_whole
from wangge.groundwork.unprivileged import Account, account_for, step_down

_LOOK_SECONDS = 0.1
_LAST_PIECE = 0xFF
"""Of 4 GiB of the log, in pieces of 16 MiB."""
_FELL_SHORT = "recovery ended before configured recovery target was reached"
_REPLAYED_TO = re.compile(r"redo done at ([0-9A-F]+/[0-9A-F]+)")
_PIECE_FETCHED = re.compile(r'restored log file "([0-9A-F]{24})" from archive')
_LAST_COMMIT = re.compile(r"last completed transaction was at log time ([0-9-]+ [0-9:.]+\+00)")
TRUSTED = "local all all trust\n"


@dataclass(frozen=True, slots=True)
class BaseTaken:
    """What a base backup says of itself when it is whole."""

    began_at: datetime
    finished_at: datetime
    first_piece: str
    server: str


class LogFallsShort(ClusterFailed):
    """The kept log ends before the moment asked for; ``reached``: the last commit it holds."""

    def __init__(self, reached: datetime) -> None:
        super().__init__(f"日志只到 {reached.isoformat()}，不到所要的时刻。")
        self.reached = reached


class _TargetNotReached(Exception):
    """The server replayed all it was given and met no commit after the moment asked for."""


class LogHasGap(ClusterFailed):
    """More happened after the last piece that can be replayed, and a piece of the log between is missing."""

    def __init__(self, last: str, reached: datetime) -> None:
        moment = reached.isoformat()
        super().__init__(
            f"日志在 {_piece_after(last)} 处缺失，其后的用不上：只能完整恢复到 {moment}。"
            f'确要恢复到那里，请写 --to "{moment}"；城市仍在的，请用 wangge backup --base 做新的基础备份。'
        )


def take_base(cluster: Cluster, directory: Path) -> BaseTaken:
    """Copy the running cluster into a new directory and check every file of it; the city goes on working."""
    link_words = cluster.connection(SUPERUSER, "postgres")
    told = {**plain_environment(), "PGPASSWORD": str(link_words["password"])}
    where = ["-h", str(link_words["host"]), "-p", str(link_words["port"]), "-U", SUPERUSER]
    with psycopg.connect(**link_words, autocommit=True) as link:
        began_at, server = _one(link, "SELECT clock_timestamp(), current_setting('server_version')")
    words = ["-D", str(directory), "--format=tar", "--compress=client-gzip:1", "--wal-method=stream"]
    _run([binary("pg_basebackup"), *where, *words, "--checkpoint=fast", "--no-password"], told)
    _run([binary("pg_verifybackup"), "--no-parse-wal", str(directory)], told)
    with psycopg.connect(**link_words, autocommit=True) as link:
        (finished_at,) = _one(link, "SELECT clock_timestamp()")
        # What was written while it was copied is in the folder too, and with it everything up to this moment.
        link.execute("SELECT pg_switch_wal()")
    return BaseTaken(began_at, finished_at, _first_piece(directory), server)


def _first_piece(directory: Path) -> str:
    """By the label in the copy: ``START WAL LOCATION: 0/2000028 (file 000000010000000000000002)``."""
    label = subprocess.run(  # noqa: S603 - a program of the machine
        ["/bin/tar", "-xzOf", str(directory / "base.tar.gz"), "backup_label"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    found = re.search(r"^START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)", label, re.MULTILINE)
    if found is None:
        raise ClusterFailed(f"{directory} 的基础备份没有起点标记。")
    return found.group(1)


def recover(
    cluster: Cluster, *, folder: Path, base: Path, whole_at: datetime, moment: datetime | None
) -> Path | None:  # fmt: skip
    """Put the cluster back to a moment (None: as far as the log reaches); where the replaced data directory lies now.

    Nobody may be using the cluster. Raises ``LogFallsShort`` or ``LogHasGap`` with everything as it was before.
    """
    cluster.var.mkdir(parents=True, exist_ok=True)
    with cluster.alone_for_replacement():
        account = account_for(cluster.data)
        cluster.ready_to_replace()
        old = cluster.data if cluster.data.exists() else None
        draft = cluster.var / "postgres.recovering"
        shutil.rmtree(draft, ignore_errors=True)
        _lay_out(base, draft, account)
        log = cluster.var / "postgres-recovery.log"
        # Without the replaced cluster the log may end early unseen; with it, its end is the end of all that happened.
        left = old / "pg_wal" if old else None
        to_the_end = moment is None
        try:
            try:
                _replay(cluster, draft, folder=folder, left=left, moment=moment, log=log, account=account)
            except _TargetNotReached:
                # The very last commit is no moment the server finds itself: nothing comes after it.
                reached = _reached(log, whole_at)
                assert moment is not None
                to_the_end = moment > reached
                if to_the_end and left is None:
                    raise LogFallsShort(reached) from None
                shutil.rmtree(draft)
                _lay_out(base, draft, account)
                _replay(cluster, draft, folder=folder, left=left, moment=None, log=log, account=account)
            if to_the_end:
                _refuse_gap(draft, old, folder=folder, log=log, whole_at=whole_at)
        except ClusterFailed:
            shutil.rmtree(draft)
            raise
        aside = None
        if old is not None:
            aside = cluster.var / f"postgres.replaced-{log_archive.stamp_of(datetime.now(UTC))}"
            old.rename(aside)
        draft.rename(cluster.data)
        return aside


def _lay_out(base: Path, target: Path, account: Account | None) -> None:
    """Unpack a base backup as a data directory that will recover."""
    target.mkdir(mode=0o700)
    for name, place in (("base.tar.gz", target), ("pg_wal.tar.gz", target / "pg_wal")):
        _run([Path("/bin/tar"), "-xzf", str(base / name), "--no-same-owner", "-C", str(place)], plain_environment())
    (target / "recovery.signal").touch(mode=0o600)
    write_whole(target / "recovering-hba.conf", TRUSTED)
    for parent, folders, files in os.walk(target):
        for name in (*folders, *files):
            give(Path(parent) / name, account)
    give(target, account)


def _replay(
    cluster: Cluster, data: Path, *, folder: Path, left: Path | None, moment: datetime | None, log: Path,
    account: Account | None,
) -> None:  # fmt: skip
    """Run the server until it has replayed the log and stands, set the passwords of this city, and stop it."""
    cluster.write_settings(account, data)
    script = data / "fetch-log.sh"
    write_whole(script, log_archive.fetching_script(folder, left))
    give(script, account)
    # Closed to all others, and short: a socket's name has little room.
    sockets = Path(tempfile.mkdtemp(prefix="wangge-"))
    give(sockets, account)
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "hba_file": str(data / "recovering-hba.conf"),
        "logging_collector": "off",
        "restore_command": f'/bin/sh "{script}" "%f" "%p"',
        "recovery_target_action": "promote",
        # What it writes itself waits and leaves at the city's next start: an attempt given up sends nothing.
        "archive_command": "",
        "cluster_name": cluster.name,
        **({"recovery_target_time": moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f+00")} if moment else {}),
    }
    words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    with log.open("wb") as output:
        server = subprocess.Popen(  # noqa: S603 - our own binary
            [str(binary("postgres")), "-D", str(data), *words],
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True, cwd="/",
            env=plain_environment(), preexec_fn=step_down(account, [binary("postgres"), data, folder]),  # noqa: PLW1509
        )  # fmt: skip
        try:
            _wait_until_it_stands(server, sockets, log)
            _set_passwords(cluster, sockets)
        finally:
            server.send_signal(signal.SIGINT)
            server.wait()
            shutil.rmtree(sockets, ignore_errors=True)
    for name in ("recovering-hba.conf", "fetch-log.sh"):
        (data / name).unlink()


def _wait_until_it_stands(server: subprocess.Popen[bytes], sockets: Path, log: Path) -> None:
    while server.poll() is None:
        with suppress(psycopg.OperationalError), _trusted(sockets) as link:
            if not _one(link, "SELECT pg_is_in_recovery()")[0]:
                return
        time.sleep(_LOOK_SECONDS)
    said = log.read_text(errors="replace")
    if _FELL_SHORT in said:
        raise _TargetNotReached
    raise ClusterFailed(f"数据库未能恢复，日志见 {log}：\n{said[-2000:]}")


def _reached(log: Path, whole_at: datetime) -> datetime:
    """The last commit that was replayed, by what the server said; at least the end of the base backup."""
    found = _LAST_COMMIT.findall(log.read_text(errors="replace"))
    return max(whole_at, datetime.fromisoformat(found[-1])) if found else whole_at


def _refuse_gap(data: Path, old: Path | None, *, folder: Path, log: Path, whole_at: datetime) -> None:
    """Raise ``LogHasGap`` where the folder or the replaced cluster tells of more than could be replayed."""
    said = log.read_text(errors="replace")
    fetched, done = _PIECE_FETCHED.findall(said), _REPLAYED_TO.findall(said)
    if not fetched or not done:
        return
    line, last = fetched[-1][:8], fetched[-1]
    later = any(
        piece[:8] >= line and piece[8:] > last[8:] for piece in log_archive.pieces_in(folder)
    )  # fmt: skip
    if later or (old is not None and _knows_more(old, data, replayed_to=done[-1])):
        raise LogHasGap(last, _reached(log, whole_at))


def _knows_more(old: Path, data: Path, *, replayed_to: str) -> bool:
    """Whether the replaced cluster, if it is the same one, went further than the log could be replayed."""
    before, now = _control(old), _control(data)
    same = "Database system identifier"
    if before.get(same) is None or before[same] != now.get(same):
        return False
    return _place(before["Latest checkpoint location"]) > _place(replayed_to)


def _control(data: Path) -> dict[str, str]:
    told = subprocess.run(  # noqa: S603 - our own binary
        [str(binary("pg_controldata")), "-D", str(data)],
        env=plain_environment(), capture_output=True, text=True, check=False,
    ).stdout  # fmt: skip
    return {name: value.strip() for name, _colon, value in (line.partition(":") for line in told.splitlines())}


def _place(text: str) -> int:
    """A place in the log, as PostgreSQL writes it: ``0/180000A0``."""
    high, _slash, low = text.partition("/")
    return int(high, 16) << 32 | int(low, 16)


def _piece_after(piece: str) -> str:
    """The name of the next piece, of 16 MiB each."""
    high, low = int(piece[8:16], 16), int(piece[16:], 16)
    high, low = (high, low + 1) if low < _LAST_PIECE else (high + 1, 0)
    return f"{piece[:8]}{high:08X}{low:08X}"


def _set_passwords(cluster: Cluster, sockets: Path) -> None:
    """The copy has the passwords of its day; this city's are those of its own file."""
    with _trusted(sockets) as link:
        for user, password in cluster.passwords_made().items():
            link.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(user), sql.Literal(password))
            )  # fmt: skip


def _trusted(sockets: Path) -> psycopg.Connection[Any]:
    """A way in that is open to this process alone: the socket lies in a directory closed to all others."""
    return psycopg.connect(host=str(sockets), user=SUPERUSER, dbname="postgres", port=5432, autocommit=True)


def _one(link: psycopg.Connection[Any], question: str) -> tuple[Any, ...]:
    row: tuple[Any, ...] | None = link.execute(question.encode()).fetchone()
    assert row is not None
    return row


def _run(words: Sequence[object], told: dict[str, str]) -> None:
    done = subprocess.run(  # noqa: S603 - our own binaries and tar
        [str(word) for word in words], env=told, cwd="/", capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise ClusterFailed(f"{Path(str(words[0])).name} 失败：{(done.stderr or done.stdout).strip()[-2000:]}")
