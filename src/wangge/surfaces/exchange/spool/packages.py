"""Owns the form of a file in the spool: signed as a whole, written whole or not at all, its name an order and no more.

``wangge-spool/1 MAC`` on the first line, a JSON header on the second, then the bytes the header counts (pictures). The
code of authenticity covers everything after the first line; what does not fit is no package. Pure but for files.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson

MAGIC = b"wangge-spool/1 "
SUFFIX = ".wgs"
LEAST_SECRET = 32
MOST_BYTES = 160 * 1024 * 1024
_NAME = re.compile(r"[0-9a-z-]{1,80}\.wgs")


class NotAPackage(ValueError):
    """The file is none of the other side's: cut short, changed, or signed with another secret."""


@dataclass(frozen=True, slots=True)
class Package:
    """What one file says: its own id, its kind, its words, and the pictures it brings."""

    id: str
    kind: str
    body: Mapping[str, Any]
    blobs: tuple[bytes, ...] = ()


def packed(package: Package, secret: bytes) -> bytes:
    """The bytes of a package."""
    header = {"id": package.id, "kind": package.kind, "body": package.body, "blobs": [len(b) for b in package.blobs]}
    content = orjson.dumps(header) + b"\n" + b"".join(package.blobs)
    return MAGIC + _mac(content, secret) + b"\n" + content


def unpacked(data: bytes, secret: bytes) -> Package:
    """The package in these bytes. Raises NotAPackage."""
    first, _line, content = data.partition(b"\n")
    if not first.startswith(MAGIC) or not hmac.compare_digest(first.removeprefix(MAGIC), _mac(content, secret)):
        raise NotAPackage("signature")
    words, _line, rest = content.partition(b"\n")
    try:
        header = orjson.loads(words)
        package = Package(str(header["id"]), str(header["kind"]), dict(header["body"]), _cut(rest, header["blobs"]))
    except (ValueError, KeyError, TypeError) as wrong:
        raise NotAPackage("content") from wrong
    return package


def _cut(rest: bytes, lengths: Sequence[int]) -> tuple[bytes, ...]:
    if sum(lengths) != len(rest) or any(length < 0 for length in lengths):
        raise ValueError("lengths")
    found, start = [], 0
    for length in lengths:
        found.append(rest[start : start + length])
        start += length
    return tuple(found)


def _mac(content: bytes, secret: bytes) -> bytes:
    if len(secret) < LEAST_SECRET:
        raise ValueError("the secret of the spool is too short")
    return hmac.new(secret, hashlib.sha256(content).digest(), hashlib.sha256).hexdigest().encode()


def put(folder: Path, name: str, data: bytes) -> Path:
    """Write a file into a folder whole or not at all, and on the disk before its name is seen."""
    folder.mkdir(parents=True, exist_ok=True)
    target, draft = folder / f"{name}{SUFFIX}", folder / f".{uuid4().hex}"
    try:
        with draft.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return target


def waiting(folder: Path) -> list[Path]:
    """The files of a folder in the order of their names; drafts and strangers are left alone."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name) and path.is_file())


def read(path: Path, secret: bytes) -> Package:
    """The package of a file. Raises NotAPackage; FileNotFoundError when another was quicker."""
    if path.stat().st_size > MOST_BYTES:
        raise NotAPackage("size")
    return unpacked(path.read_bytes(), secret)


def set_aside(path: Path) -> None:
    """Move a file that is no package out of the way, where people find it."""
    aside = path.parent / "refused"
    aside.mkdir(exist_ok=True)
    path.replace(aside / f"{path.stem}-{uuid4().hex[:6]}{SUFFIX}")
