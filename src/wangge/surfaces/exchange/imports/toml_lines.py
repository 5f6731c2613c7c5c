"""Owns the answer to "on which line of a TOML file stands this key?", which the TOML reader does not give."""

from __future__ import annotations

import re

Path = tuple[str, ...]

_PART = r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)"""
_DOTTED = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"^\s*\[\[?\s*({_DOTTED})\s*\]\]?")
_KEY = re.compile(rf"^\s*({_DOTTED})\s*=")
_ONE_PART = re.compile(_PART)


def lines_of_keys(text: str) -> dict[Path, int]:
    """The line of each header and key by its full path; a repeated header keeps its first line."""
    lines: dict[Path, int] = {(): 1}
    section: Path = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            section = _parts(header[1])
            lines.setdefault(section, number)
        elif key := _KEY.match(line):
            lines.setdefault(section + _parts(key[1]), number)
    return lines


def line_of(lines: dict[Path, int], path: Path) -> int:
    """The line of ``path``, or of the nearest thing around it that has one."""
    while path not in lines:
        path = path[:-1]
    return lines[path]


def _parts(dotted: str) -> Path:
    return tuple(_unquoted(part) for part in _ONE_PART.findall(dotted))


def _unquoted(part: str) -> str:
    if part[0] == '"':
        return part[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return part[1:-1] if part[0] == "'" else part
