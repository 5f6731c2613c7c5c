"""What the machine says of processes and ports, and files that are there whole or not at all."""

from __future__ import annotations

import os
import socket
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Put a file there whole or not at all, readable by its owner alone."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def port_is_taken(port: int) -> bool:
    """Whether another listens on this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _lines_of(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except FileNotFoundError:
        return []


def number_in(pid_file: Path) -> int | None:
    """The process number PostgreSQL noted in its pid file."""
    lines = _lines_of(pid_file)
    return int(lines[0]) if lines and lines[0].strip().isdigit() else None


def status_in(pid_file: Path) -> str:
    """How far the server is, by its pid file: ``starting``, ``ready``, …"""
    lines = _lines_of(pid_file)
    return lines[7].strip() if len(lines) > 7 else ""


def all_processes() -> list[int]:
    """The numbers of all processes."""
    return [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]


def command_of(number: int) -> list[str]:
    """The command line of a living process; empty when it is gone, or dead and not yet collected (a zombie).

    This file of /proc is readable by everybody; the working directory of another user's process is not, even
    for the root of a container.
    """
    try:
        line = Path(f"/proc/{number}/cmdline").read_bytes().decode(errors="replace").rstrip("\0")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return []
    return line.split("\0") if line else []
