"""Compiles the catalogues of translations (.po) into what the program reads (.mo), by the standard library alone.

Called by `make setup`, by the build hook of the wheel and by hand; a catalogue that has not changed is left alone.
"""

from __future__ import annotations

import ast
import struct
import sys
from pathlib import Path

LOCALES = Path(__file__).resolve().parents[1] / "src" / "wangge" / "locale"
MAGIC = 0x950412DE

Catalogue = dict[str, tuple[str, list[str]]]
"""Text → (its plural or empty, the translations: one, or one for each plural form)."""


class BrokenCatalogue(Exception):
    """A catalogue that cannot be read; the text names file and line."""


def read_catalogue(path: Path) -> Catalogue:
    """The entries of a .po file; those without a translation or marked fuzzy are left out."""
    found: Catalogue = {}
    for number, block in _blocks(path):
        try:
            entry = _entry(block)
        except (ValueError, SyntaxError, IndexError) as wrong:
            raise BrokenCatalogue(f"{path}:{number}: {wrong}") from wrong
        if entry is None:
            continue
        text, plural, translations = entry
        if text in found:
            raise BrokenCatalogue(f"{path}:{number}: twice: {text!r}")
        if all(translations):
            found[text] = (plural, translations)
    return found


def _blocks(path: Path) -> list[tuple[int, list[str]]]:
    blocks: list[tuple[int, list[str]]] = []
    current: list[str] = []
    for number, line in enumerate([*path.read_text(encoding="utf-8").splitlines(), ""], start=1):
        if line.strip():
            current.append(line)
        elif current:
            blocks.append((number - len(current), current))
            current = []
    return blocks


def _entry(block: list[str]) -> tuple[str, str, list[str]] | None:
    values: dict[str, str] = {}
    key = ""
    for line in block:
        if line.startswith("#"):
            if line.startswith("#,") and "fuzzy" in line:
                return None
            continue
        if not line.startswith('"'):
            key = line.partition(" ")[0]
        values[key] = values.get(key, "") + str(ast.literal_eval(line.removeprefix(key).strip()))
    if "msgid" not in values:
        return None
    translations = [values[name] for name in sorted(values) if name.startswith("msgstr")]
    return values["msgid"], values.get("msgid_plural", ""), translations


def compiled(catalogue: Catalogue) -> bytes:
    """The bytes of the .mo file: sorted texts and translations with tables of their places."""
    rows = sorted(
        (
            (f"{text}\0{plural}" if plural else text).encode(),
            "\0".join(translations).encode(),
        )
        for text, (plural, translations) in catalogue.items()
    )
    texts_at = 28
    translations_at = texts_at + 8 * len(rows)
    at = translations_at + 8 * len(rows)
    tables: list[bytes] = []
    words = b""
    for column in (0, 1):
        for row in rows:
            tables.append(struct.pack("<II", len(row[column]), at + len(words)))
            words += row[column] + b"\0"
    head = struct.pack("<IIIIIII", MAGIC, 0, len(rows), texts_at, translations_at, 0, at)
    return head + b"".join(tables) + words


def compile_all(locales: Path = LOCALES) -> list[Path]:
    """Compile every catalogue that has changed; the files written."""
    written = []
    for source in sorted(locales.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.is_file() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        target.write_bytes(compiled(read_catalogue(source)))
        written.append(target)
    return written


def main() -> int:
    """The command line: 0 compiled or current, 1 broken."""
    try:
        written = compile_all()
    except BrokenCatalogue as broken:
        sys.stderr.write(f"{broken}\n")
        return 1
    sys.stdout.write(
        f"译文已编译 messages compiled: {len(written)}\n" if written else "译文无变化 messages unchanged\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
