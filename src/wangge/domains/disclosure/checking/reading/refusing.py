"""What the check refuses to read, each with the word what to do; and the bounds of size."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from io import BytesIO

LARGEST_FILE = 64 * 1024 * 1024
LARGEST_UNPACKED = 160 * 1024 * 1024
MOST_PARTS = 4000
MOST_PAGES = 200
_PIECE = 1024 * 1024


class ReadingRefused(ValueError):
    """The file cannot be read; ``reason`` is a short word for programs, the text says what to do."""

    def __init__(self, reason: str, text: str) -> None:
        self.reason = reason
        super().__init__(text)


def see_size(data: bytes) -> None:
    """Refuse what is empty or too large."""
    if not data.strip(b"\x00 \r\n\t"):
        raise ReadingRefused("empty", "文件是空的：请重新导出后再校核。")
    if len(data) > LARGEST_FILE:
        size = LARGEST_FILE // 1024 // 1024
        raise ReadingRefused("too_large", f"文件超过 {size} MiB：请去掉附图或分册后再校核。")


def opened_package(data: bytes) -> zipfile.ZipFile:
    """An Office file as a package, unpacked once within bounds; refused: damaged, with macros, a bomb."""
    try:
        package = zipfile.ZipFile(BytesIO(data))
        parts = package.infolist()
        if len(parts) > MOST_PARTS:
            raise ReadingRefused("bomb", f"文件内含 {len(parts)} 个部件，超出正常范围：请用 Office 打开后另存。")
        if any(part.filename.lower().endswith(("vbaproject.bin", "vbadata.xml")) for part in parts):
            raise ReadingRefused("macros", "文件带有宏：请另存为不带宏的 .docx 或 .xlsx 后再校核。")
        if any(part.flag_bits & 0x1 for part in parts):
            raise ReadingRefused("encrypted", "文件已加密：请去掉密码后再校核。")
        left = LARGEST_UNPACKED
        for part in parts:
            for size in _sizes(package, part):
                left -= size
                if left < 0:
                    raise ReadingRefused("bomb", "文件解压后过大（疑似压缩炸弹）：请用 Office 打开后另存。")
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, ValueError) as error:
        if isinstance(error, ReadingRefused):
            raise
        raise ReadingRefused("damaged", "文件已损坏或不完整：请重新下载或导出后再校核。") from None
    except Exception as error:  # zlib.error has no public base
        if type(error).__name__ == "error":
            raise ReadingRefused("damaged", "文件已损坏或不完整：请重新下载或导出后再校核。") from None
        raise
    return package


def _sizes(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[int]:
    with package.open(part) as stream:
        while piece := stream.read(_PIECE):
            yield len(piece)


def damaged(what: str) -> ReadingRefused:
    """A file that says it is of a format and is not."""
    return ReadingRefused("damaged", f"文件不是完好的 {what}：请重新下载或导出后再校核。")
