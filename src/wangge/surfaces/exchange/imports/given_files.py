"""Owns what a browser can give: one file, or a folder in an archive, laid down where an import can read it."""

from __future__ import annotations

import zipfile
from pathlib import Path

from wangge.standards.findings import gettext_noop
from wangge.surfaces.exchange.imports.reading import FileRefused

MOST_UNPACKED_BYTES = 2 * 1024**3
_UTF8_FLAG = 0x800


def lay_down(folder: Path, name: str, content: bytes) -> Path:
    """Where the import is to read: the file, or the folder an archive holds. Raises FileRefused."""
    safe = Path(name.replace("\\", "/")).name or "file"
    if not safe.lower().endswith(".zip"):
        (folder / safe).write_bytes(content)
        return folder / safe
    packed = folder / "given.zip"
    packed.write_bytes(content)
    target = folder / "export"
    target.mkdir()
    try:
        with zipfile.ZipFile(packed) as archive:
            if sum(item.file_size for item in archive.infolist()) > MOST_UNPACKED_BYTES:
                raise FileRefused(gettext_noop("压缩包展开后过大，请分成几个再导入。"))
            for item in archive.infolist():
                _unpack(archive, item, target)
    except (zipfile.BadZipFile, EOFError, RuntimeError, NotImplementedError) as broken:
        raise FileRefused(gettext_noop("压缩包不完整、有密码或已损坏，请重新打包。")) from broken
    packed.unlink()
    inside = [path for path in target.iterdir() if path.name != "__MACOSX"]
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else target


def _unpack(archive: zipfile.ZipFile, item: zipfile.ZipInfo, target: Path) -> None:
    """One member below the target; names of old Chinese archives come as GBK without saying so."""
    name = item.filename
    if not item.flag_bits & _UTF8_FLAG:
        try:
            name = name.encode("cp437").decode("gb18030")
        except UnicodeError:
            name = item.filename
    path = (target / name.replace("\\", "/")).resolve()
    if not path.is_relative_to(target.resolve()):
        raise FileRefused(gettext_noop("压缩包里有指向别处的路径，没有读取。"))
    if name.endswith("/"):
        path.mkdir(parents=True, exist_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(item) as packed, path.open("wb") as plain:
        while chunk := packed.read(1 << 20):
            plain.write(chunk)
