"""Writes the document in the wanted formats into a directory: all of them, or none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import mkdtemp

from wangge.domains.disclosure.document import Document
from wangge.domains.disclosure.rendering.data import as_csv, as_json
from wangge.domains.disclosure.rendering.excel import as_excel
from wangge.domains.disclosure.rendering.pdf import as_pdf
from wangge.domains.disclosure.rendering.template import Template, fill_template
from wangge.domains.disclosure.rendering.web import as_web_page
from wangge.domains.disclosure.rendering.word import as_word
from wangge.standards.accounts.library import Accounts

FORMATS = ("docx", "xlsx", "pdf", "html", "json", "csv")
CONTENT_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
}


def rendered(
    format: str, document: Document, cells: Mapping[str, int], forms: Accounts, *, template: Template | None = None
) -> bytes:
    """The document in one format; Word in the year's template where there is one. KeyError: not one of ``FORMATS``."""
    makers: Mapping[str, Callable[[], bytes]] = {
        "docx": lambda: as_word(document) if template is None else fill_template(template, document).content,
        "xlsx": lambda: as_excel(document, cells, forms),
        "pdf": lambda: as_pdf(document),
        "html": lambda: as_web_page(document).encode(),
        "json": lambda: as_json(document),
        "csv": lambda: as_csv(document).encode(),
    }
    return makers[format]()


def write_files(
    document: Document,
    cells: Mapping[str, int],
    forms: Accounts,
    *,
    out: Path,
    formats: Sequence[str] = FORMATS,
    name: str = "",
    template: Template | None = None,
) -> tuple[Path, ...]:
    """The files, written beside ``out`` first and moved in whole: an end in the middle leaves no half document."""
    out.mkdir(parents=True, exist_ok=True)
    stem = name or document.title
    making = Path(mkdtemp(prefix=".making-", dir=out))
    try:
        for format in formats:
            (making / f"{stem}.{format}").write_bytes(rendered(format, document, cells, forms, template=template))
        made = []
        for path in sorted(making.iterdir()):
            os.replace(path, out / path.name)
            made.append(out / path.name)
        return tuple(made)
    finally:
        shutil.rmtree(making, ignore_errors=True)
