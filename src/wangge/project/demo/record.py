"""What ``var`` remembers of its demo city: which one, whether it was loaded to its end, and the password of all."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from wangge.project.words import _

_LETTERS = "abcdefghjkmnpqrstuvwxyz"
_DIGITS = "23456789"


class LoadUnderWay(Exception):
    """Another process is loading a demo city here."""


@dataclass(frozen=True, slots=True)
class DemoRecord:
    """One demo city under one ``var``; ``city`` is its name or the path of its data file."""

    city: str
    password: str
    complete: bool = False

    def finished(self) -> DemoRecord:
        """The same, loaded to its end."""
        return replace(self, complete=True)


def made_up_password() -> str:
    """A password of this installation alone, easy to read aloud: ``qmtw-4827-hnvk``, about 49 bits."""
    groups = (_LETTERS, _DIGITS, _LETTERS)
    return "-".join("".join(secrets.choice(signs) for _sign in range(4)) for signs in groups)


def read_record(var: Path) -> DemoRecord | None:
    """What is remembered; None when no demo city was ever loaded here."""
    try:
        return DemoRecord(**json.loads(_file(var).read_text("utf-8")))
    except FileNotFoundError:
        return None


def write_record(var: Path, record: DemoRecord) -> None:
    """Remember, readable by this user alone."""
    var.mkdir(parents=True, exist_ok=True)
    draft = _file(var).with_name(f".demo.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(asdict(record), file, ensure_ascii=False)
    draft.replace(_file(var))


@contextmanager
def loading_alone(var: Path) -> Iterator[None]:
    """Be the only process that loads a demo city here; raises ``LoadUnderWay``."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / "demo.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LoadUnderWay(_("另一个程序正在这里载入演示城市，请等它完成。")) from None
        yield


def _file(var: Path) -> Path:
    return var / "demo.json"
