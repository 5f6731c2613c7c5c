"""How a process started by root gives up root before it runs a server that refuses it.

Under a directory closed to others (``/root``, a fresh ``mkdtemp``) a plain change of user would shut the
server out of its own files; then it keeps the one capability of passing through directories. Nothing on the
machine is changed.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_PR_SET_SECUREBITS = 28
_SECBIT_NO_SETUID_FIXUP = 1 << 2
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAPABILITY_VERSION_3 = 0x20080522
_CAP_DAC_OVERRIDE = 1
_CAP_DAC_READ_SEARCH = 2


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the machine, by number."""

    user_id: int
    group_id: int


class _Header(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _Sets(ctypes.Structure):
    _fields_ = [
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    ]


def account_for(directory: Path) -> Account | None:
    """As whom a server over ``directory`` is to run; None when this process is not root and stays itself.

    A directory that exists keeps its owner; a new one gets the machine's ``postgres``, else ``nobody``.
    """
    if os.geteuid() != 0:
        return None
    if directory.exists() and (found := directory.stat()).st_uid != 0:
        return Account(found.st_uid, found.st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    return Account(65534, 65534)


def may_reach(path: Path, account: Account) -> bool:
    """Whether this account may pass through every directory above ``path``."""
    return all(_may_enter(parent.stat(), account) for parent in path.resolve().parents)


def _may_enter(found: os.stat_result, account: Account) -> bool:
    if found.st_uid == account.user_id:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == account.group_id:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def step_down(account: Account | None, needs: list[Path]) -> Callable[[], None] | None:
    """What a child must do between fork and exec to become ``account`` and still reach ``needs``."""
    if account is None:
        return None
    capability = None if all(may_reach(path, account) for path in needs) else _passing_capability()
    library = ctypes.CDLL(None, use_errno=True)

    def become() -> None:
        if capability is not None:
            # Without this, access(2), by which PostgreSQL looks for its own files, ignores the capability.
            library.prctl(_PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
        os.setgroups([])
        os.setresgid(account.group_id, account.group_id, account.group_id)
        os.setresuid(account.user_id, account.user_id, account.user_id)
        if capability is not None:
            _keep_only(library, capability)

    return become


def _passing_capability() -> int | None:
    """The least capability this process holds that passes through closed directories."""
    status = Path("/proc/self/status").read_text()
    held = int(next(line for line in status.splitlines() if line.startswith("CapPrm")).split()[1], 16)
    return next((cap for cap in (_CAP_DAC_READ_SEARCH, _CAP_DAC_OVERRIDE) if held >> cap & 1), None)


def _keep_only(library: ctypes.CDLL, capability: int) -> None:
    bit = 1 << capability
    sets = (_Sets * 2)(_Sets(bit, bit, bit), _Sets(0, 0, 0))
    if library.capset(ctypes.byref(_Header(_CAPABILITY_VERSION_3, 0)), ctypes.byref(sets)) != 0:
        raise OSError(ctypes.get_errno(), "capset")
    if library.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
