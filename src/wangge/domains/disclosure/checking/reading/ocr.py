"""OCR of scanned pages by an installed tesseract with chi_sim, page by page, within bounds of time."""

from __future__ import annotations

import shutil
import subprocess
from io import BytesIO

import pypdfium2

MOST_SCANNED_PAGES = 80
SECONDS_PER_PAGE = 60
_SCALE = 300 / 72


class OcrAbsent(RuntimeError):
    """No tesseract, no chi_sim, or it failed; the text says what to install."""


def recognised_text(data: bytes) -> str:
    """The text of a scanned PDF; refused: :class:`OcrAbsent`."""
    program = shutil.which("tesseract")
    if program is None:
        raise OcrAbsent("本机没有 tesseract：请安装 tesseract-ocr 与 tesseract-ocr-chi-sim 后加 --ocr。")
    languages = subprocess.run(  # noqa: S603 - a fixed program found on the path
        [program, "--list-langs"], capture_output=True, text=True, timeout=30, check=False
    )
    if "chi_sim" not in languages.stdout.split():
        raise OcrAbsent("本机的 tesseract 没有简体中文数据：请安装 tesseract-ocr-chi-sim 后加 --ocr。")
    document = pypdfium2.PdfDocument(data)
    try:
        if len(document) > MOST_SCANNED_PAGES:
            raise OcrAbsent(f"扫描件超过 {MOST_SCANNED_PAGES} 页：请拆开后再识别。")
        return "\n\n".join(_page_text(program, page) for page in document)
    finally:
        document.close()


def _page_text(program: str, page: pypdfium2.PdfPage) -> str:
    picture = BytesIO()
    page.render(scale=_SCALE, grayscale=True).to_pil().save(picture, "PNG")
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program; the page goes in by pipe
            [program, "stdin", "stdout", "-l", "chi_sim", "--psm", "6", "-c", "preserve_interword_spaces=1"],
            input=picture.getvalue(),
            capture_output=True,
            timeout=SECONDS_PER_PAGE,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise OcrAbsent(f"OCR 未能完成：{error}") from None
    return done.stdout.decode(errors="replace")
