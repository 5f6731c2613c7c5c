"""The built front end: which hashed file belongs to which entry, read from Vite's manifest."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

BUILT = Path(__file__).resolve().parents[1] / "static" / "built"


class NotBuilt(Exception):
    """The front end has not been built; the text names the command."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The files of one entry, as names below `built/`."""

    script: str
    styles: tuple[str, ...]


def entry(source: str = "src/main.ts") -> Entry:
    """The files of an entry. Raises NotBuilt when there is no manifest or it does not know the entry."""
    manifest = BUILT / "manifest.json"
    try:
        modified_ns = manifest.stat().st_mtime_ns
    except FileNotFoundError:
        raise NotBuilt("前端尚未构建：请运行 make setup（或 python frontend/build.py）。") from None
    return _entry(source, modified_ns)


@lru_cache(maxsize=8)
def _entry(source: str, _modified_ns: int) -> Entry:
    chunks = json.loads((BUILT / "manifest.json").read_text(encoding="utf-8"))
    if source not in chunks:
        raise NotBuilt(f"前端清单中没有 {source}：请运行 python frontend/build.py --force。")
    chunk = chunks[source]
    return Entry(script=chunk["file"], styles=tuple(chunk.get("css", ())))


def files_of(*sources: str, with_assets: bool = False) -> tuple[str, ...]:
    """Every file the sources need, what they import included; lazily loaded parts only where they are named."""
    chunks = json.loads((BUILT / "manifest.json").read_text(encoding="utf-8"))
    found: dict[str, None] = {}
    waiting = list(sources)
    seen: set[str] = set()
    while waiting:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        if name not in chunks:
            raise NotBuilt(f"前端清单中没有 {name}：请运行 python frontend/build.py --force。")
        chunk = chunks[name]
        found |= dict.fromkeys((chunk["file"], *chunk.get("css", ())))
        found |= dict.fromkeys(chunk.get("assets", ()) if with_assets else ())
        waiting += chunk.get("imports", ())
    return tuple(found)
