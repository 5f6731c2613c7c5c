"""A demo city's own rows over the standards, put where every process of this city finds them: ``overlay`` in ``var``.

They are a copy, so that the city goes on as it is when the files it came from change, and a backup holds them.
"""

from __future__ import annotations

import filecmp
import shutil
from pathlib import Path

from wangge.project.environment import Environment
from wangge.project.words import _


class OwnRowsInTheWay(Exception):
    """The city has other rows of its own already; the text says what to do."""


def install_own_rows(environment: Environment, rows: Path | None) -> bool:
    """Copy the city's own rows; whether something was put there that was not there before.

    Where WANGGE_OVERLAY names a directory, that one holds and nothing is copied. Raises ``OwnRowsInTheWay`` when
    ``overlay`` in ``var`` holds other rows than these.
    """
    target = _place(environment)
    if environment.overlay is not None:
        return False
    if target.is_dir() and any(target.iterdir()):
        if rows is None or not _alike(rows, target):
            raise OwnRowsInTheWay(
                _("{path} 中已有本市自定的规则，与演示城市不同：请移走它，或换一个 WANGGE_VAR。").format(path=target)
            )
        return False
    if rows is None:
        return False
    draft = target.with_name("overlay.unfinished")
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(rows, draft)
    if target.is_dir():
        target.rmdir()
    draft.replace(target)
    return True


def remove_own_rows(environment: Environment) -> None:
    """Take away what ``install_own_rows`` has put there."""
    shutil.rmtree(_place(environment), ignore_errors=True)


def _place(environment: Environment) -> Path:
    return environment.var / "overlay"


def _alike(one: Path, other: Path) -> bool:
    """Whether two directories hold the same files."""
    compared = filecmp.dircmp(one, other)
    if compared.left_only or compared.right_only or compared.funny_files or compared.subdirs:
        return False
    _same, changed, unread = filecmp.cmpfiles(one, other, compared.common_files, shallow=False)
    return not (changed or unread)
