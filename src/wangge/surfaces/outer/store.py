"""Owns what the public surface keeps by itself: statuses by the hash of their code, counts for the limits, pictures of
forms that are not sent yet. One SQLite file and one folder; nothing in them is needed to keep a report, which lies in
the spool before the citizen sees his code.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from wangge.domains.citizens.logic.limits import WINDOW_MINUTES, Counted, Limit, Most, exceeded
from wangge.surfaces.exchange.spool.packages import NotAPackage, Package, packed, put, read, set_aside, waiting

_TABLES = """
CREATE TABLE IF NOT EXISTS status (code_hash TEXT PRIMARY KEY, serial INTEGER NOT NULL, told TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sending (at REAL NOT NULL, kind TEXT NOT NULL, address TEXT, phone TEXT, area TEXT);
CREATE INDEX IF NOT EXISTS sending_by_moment ON sending (at);
CREATE TABLE IF NOT EXISTS sent (code_hash TEXT PRIMARY KEY, digest TEXT NOT NULL);
"""
_NEWER = """
INSERT INTO status (code_hash, serial, told) VALUES (?, ?, ?)
ON CONFLICT (code_hash) DO UPDATE SET serial = excluded.serial, told = excluded.told
 WHERE excluded.serial > status.serial
"""
TO_HOUSE, TO_PUBLIC = "to-house", "to-public"
_PICTURE = re.compile(r"[0-9a-f]{64}")
KEPT_HOURS = 24


class Store:
    """The folder of one public surface."""

    def __init__(self, folder: Path, secret: bytes) -> None:
        self.folder, self.secret = folder, secret
        folder.mkdir(parents=True, exist_ok=True)
        with self._opened() as link:
            link.executescript(_TABLES)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        link = sqlite3.connect(self.folder / "public.sqlite", timeout=10, isolation_level=None)
        try:
            link.execute("PRAGMA journal_mode = WAL")
            yield link
        finally:
            link.close()

    def send(self, package: Package, name: str) -> None:
        """Put a package into the spool; it is on the disk when this returns."""
        put(self.folder / TO_HOUSE, name, packed(package, self.secret))

    def sent_before(self, code_hash: bytes, digest: bytes) -> bool | None:
        """Whether the same was sent under this code; None where nothing was."""
        with self._opened() as link:
            row = link.execute("SELECT digest FROM sent WHERE code_hash = ?", [code_hash.hex()]).fetchone()
        return None if row is None else bool(row[0] == digest.hex())

    def note_sent(self, code_hash: bytes, digest: bytes) -> None:
        """Note a sending that lies in the spool."""
        with self._opened() as link:
            link.execute("INSERT INTO sent VALUES (?, ?) ON CONFLICT DO NOTHING", [code_hash.hex(), digest.hex()])

    def take_statuses(self) -> int:
        """Take in what the house told; an older word never replaces a newer one. How many files were taken."""
        taken = 0
        for path in waiting(self.folder / TO_PUBLIC):
            try:
                package = read(path, self.secret)
                serial, statuses = int(package.body["serial"]), dict(package.body["statuses"])
            except FileNotFoundError:
                continue
            except (NotAPackage, KeyError, TypeError, ValueError):
                set_aside(path)
                continue
            rows = [(str(code), serial, orjson.dumps(told).decode()) for code, told in statuses.items()]
            with self._opened() as link:
                link.execute("BEGIN IMMEDIATE")
                link.executemany(_NEWER, rows)
                link.execute("COMMIT")
            path.unlink(missing_ok=True)
            taken += 1
        return taken

    def status(self, code_hash: bytes) -> dict[str, Any] | None:
        """What the house told of a code; ``{}`` of one that is on its way; None of one nobody knows."""
        with self._opened() as link:
            row = link.execute("SELECT told FROM status WHERE code_hash = ?", [code_hash.hex()]).fetchone()
            if row is not None:
                return dict(orjson.loads(row[0]))
            sent = link.execute("SELECT 1 FROM sent WHERE code_hash = ?", [code_hash.hex()]).fetchone()
        return None if sent is None else {}

    def count(
        self, kind: str, *, at: datetime, most: Most, address: str, phone: str = "", area: str = ""
    ) -> Limit | None:
        """Count a sending; the limit it would go beyond, and then it is not counted."""
        since = (at - timedelta(minutes=WINDOW_MINUTES)).timestamp()
        address, phone = self._mark(address), self._mark(phone)
        with self._opened() as link:
            link.execute("BEGIN IMMEDIATE")
            counted = link.execute(
                "SELECT count(*) FILTER (WHERE address = ?), count(*) FILTER (WHERE phone = ? AND phone <> ''),"
                " count(*) FILTER (WHERE area = ? AND area <> '') FROM sending WHERE at > ? AND kind = ?",
                [address, phone, area, since, kind],
            ).fetchone()
            limit = exceeded(Counted(*counted), most)
            if limit is None:
                link.execute("INSERT INTO sending VALUES (?, ?, ?, ?, ?)", [at.timestamp(), kind, address, phone, area])
            link.execute("DELETE FROM sending WHERE at < ?", [(at - timedelta(hours=KEPT_HOURS)).timestamp()])
            link.execute("COMMIT")
        return limit

    def _mark(self, value: str) -> str:
        return hashlib.sha256(self.secret + value.encode()).hexdigest()[:32] if value else ""

    def keep_picture(self, data: bytes) -> str:
        """Keep a picture until its form is sent; its name."""
        name = hashlib.sha256(data).hexdigest()
        folder = self.folder / "pictures"
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
        return name

    def picture(self, name: str) -> bytes | None:
        """A picture that was kept; None where there is none."""
        path = self.folder / "pictures" / name
        return path.read_bytes() if _PICTURE.fullmatch(name) and path.is_file() else None

    def drop_pictures(self, *, at: datetime) -> None:
        """Remove pictures of forms that were never sent."""
        for path in (self.folder / "pictures").glob("*"):
            if at.timestamp() - path.stat().st_mtime > KEPT_HOURS * 3600:
                path.unlink(missing_ok=True)
