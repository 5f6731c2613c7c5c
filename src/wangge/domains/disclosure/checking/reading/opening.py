"""The way from bytes to a document: which format it is by its content, and the reader of that format."""

from __future__ import annotations

import hashlib
from pathlib import PurePath

from wangge.domains.disclosure.checking.reading.blocks import Document, Kind
from wangge.domains.disclosure.checking.reading.plain import read_plain
from wangge.domains.disclosure.checking.reading.refusing import ReadingRefused, see_size
from wangge.domains.disclosure.checking.reading.sheet import read_sheet
from wangge.domains.disclosure.checking.reading.web import read_web
from wangge.domains.disclosure.checking.reading.word import read_word

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_document(data: bytes, *, name: str, ocr: bool = False) -> Document:
    """The document of a file's bytes; refused: :class:`ReadingRefused` with what to do."""
    see_size(data)
    kind = kind_of(data, name)
    exact = True
    remarks: tuple[str, ...] = ()
    if kind is Kind.PDF:
        # Only here: the readers of PDF are the heaviest, and most processes never see one.
        from wangge.domains.disclosure.checking.reading.pdf import read_pdf

        blocks, exact, remarks = read_pdf(data, ocr=ocr)
    elif kind is Kind.WORD:
        blocks = read_word(data)
    elif kind is Kind.SHEET:
        blocks = read_sheet(data)
    elif kind is Kind.WEB:
        blocks = read_web(data)
    else:
        blocks, exact = read_plain(data, markdown=kind is Kind.MARKDOWN), False
    if not blocks:
        raise ReadingRefused("empty", "文件里没有文字也没有表格：请确认导出的是正文。")
    return Document(PurePath(name).name, hashlib.sha256(data).hexdigest(), kind, blocks, exact, remarks)


def kind_of(data: bytes, name: str) -> Kind:
    """The format by content first, by the name's ending only among texts."""
    head = data[:1024]
    ending = PurePath(name).suffix.lower()
    if b"%PDF-" in head:
        return Kind.PDF
    if ending == ".pdf":
        raise ReadingRefused("damaged", "文件不是完好的 PDF：请重新下载或导出后再校核。")
    if data.startswith(b"PK"):
        return (
            Kind.SHEET if b"xl/" in data[:4096] or b"xl/workbook" in data or ending in (".xlsx", ".xlsm") else Kind.WORD
        )
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise ReadingRefused("encrypted", "文件已加密：请去掉密码后再校核。")
        if ending in (".doc", ".wps"):
            raise ReadingRefused("old_word", "旧版 Word（.doc）无法读取：请另存为 .docx 后再校核。")
        return Kind.SHEET
    if ending in (".docx", ".xlsx"):
        raise ReadingRefused("damaged", "文件已损坏或不完整：请重新下载或导出后再校核。")
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<?xml")) or ending in (".html", ".htm"):
        return Kind.WEB
    return Kind.MARKDOWN if ending in (".md", ".markdown") else Kind.TEXT
