"""Files that cannot be checked are refused in words that say what to do, within bounds of memory and time."""

from __future__ import annotations

import io
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from wangge.domains.disclosure.checking.reading.opening import read_document
from wangge.domains.disclosure.checking.reading.refusing import LARGEST_FILE, ReadingRefused

_CONTENT = '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>'


def package(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


def word(text: str = "正文") -> bytes:
    return package({"word/document.xml": _CONTENT.format(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>").encode()})


def pictures(pages: int) -> bytes:
    """A PDF of pictures alone, as a scanner makes it."""
    first, *rest = (Image.new("L", (300, 400), 200 + page % 50) for page in range(pages))
    out = io.BytesIO()
    first.save(out, "PDF", save_all=True, append_images=rest)
    return out.getvalue()


def blank_pages(pages: int) -> bytes:
    paper = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        paper.new_page(300, 400)
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def encrypted_pdf() -> bytes:
    """A PDF whose trailer asks for a password that nobody has."""
    parts = [
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n4 0 obj<</Filter/Standard/V 1/R 2/O(",
        b"a" * 32,
        b")/U(",
        b"b" * 32,
        b")/P -4>>endobj\ntrailer<</Root 1 0 R/Encrypt 4 0 R/ID[(x)(x)]/Size 5>>\n%%EOF",
    ]
    return b"".join(parts)


def refusal(data: bytes, name: str, *, ocr: bool = False) -> ReadingRefused:
    with pytest.raises(ReadingRefused) as refused:
        read_document(data, name=name, ocr=ocr)
    return refused.value


@pytest.mark.parametrize(
    ("make", "name", "reason"),
    [
        (lambda: b"", "a.txt", "empty"),
        (lambda: b" \r\n\t", "a.docx", "empty"),
        (lambda: b"\x00" * 400, "a.pdf", "empty"),
        (lambda: word()[:-60], "a.docx", "damaged"),
        (lambda: b"PK\x03\x04 broken", "a.xlsx", "damaged"),
        (lambda: b"not a pdf at all", "a.pdf", "damaged"),
        (lambda: b"%PDF-1.7\n1 0 obj", "a.pdf", "damaged"),
        (lambda: package({"word/other.xml": b"<a/>"}), "a.docx", "damaged"),
        (lambda: package({"word/document.xml": b"<w:document"}), "a.docx", "damaged"),
        (lambda: package({"word/document.xml": b"<a/>", "word/vbaProject.bin": b"x"}), "a.docm", "macros"),
        (lambda: package({"xl/workbook.xml": b"<a/>", "xl/vbaProject.bin": b"x"}), "a.xlsm", "macros"),
        (encrypted_pdf, "a.pdf", "encrypted"),
        (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "a.docx", "encrypted"),
        (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "a.doc", "old_word"),
        (lambda: blank_pages(300), "a.pdf", "too_long"),
        (lambda: b"\x89PNG\x00\x00\x00", "a.bin", "binary"),
        (lambda: b"1" * (LARGEST_FILE + 1), "a.txt", "too_large"),
        (lambda: pictures(3), "a.pdf", "scanned"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason_and_a_remedy(make, name: str, reason: str) -> None:  # type: ignore[no-untyped-def]
    refused = refusal(make(), name)
    assert refused.reason == reason
    assert "请" in str(refused)


def test_a_scan_is_said_to_be_one_and_ocr_is_offered() -> None:
    text = str(refusal(pictures(2), "scan.pdf"))
    assert "扫描" in text
    assert "--ocr" in text
    assert "chi_sim" in text


def test_without_tesseract_the_answer_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert "tesseract-ocr-chi-sim" in str(refusal(pictures(1), "scan.pdf", ocr=True))


def test_with_tesseract_a_scan_is_read_and_marked_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for the program: what it prints is read as a text whose figures are to be looked at again."""
    program = tmp_path / "tesseract"
    program.write_text(
        f"#!{sys.executable}\nimport sys\n"
        "print('chi_sim') if '--list-langs' in sys.argv else (sys.stdin.buffer.read(), print('支出决算表'), "
        "print('2080502  事业单位离退休  2.00  2.00'))\n",
        encoding="utf-8",
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path))
    document = read_document(pictures(1), name="scan.pdf", ocr=True)
    assert not document.exact_cells
    assert "OCR" in document.remarks[0]
    assert document.grids[0].rows[0].cells == ("2080502", "事业单位离退休", "2.00", "2.00")


def bomb() -> bytes:
    """Little on disk, three hundred megabytes unpacked."""
    return package({"word/document.xml": b"0" * (100 * 1024 * 1024), "a": b"0" * (200 * 1024 * 1024)})


def test_a_zip_bomb_is_refused_without_unpacking_it_into_memory() -> None:
    data = bomb()
    assert len(data) < 1024 * 1024
    program = (
        "import sys, resource; resource.setrlimit(resource.RLIMIT_AS, (900 * 1024 * 1024,) * 2);"
        "from wangge.domains.disclosure.checking.reading.opening import read_document;"
        "from wangge.domains.disclosure.checking.reading.refusing import ReadingRefused\n"
        "try:\n read_document(sys.stdin.buffer.read(), name='a.docx')\n"
        "except ReadingRefused as refused:\n"
        " most = next(line for line in open('/proc/self/status') if line.startswith('VmHWM'))\n"
        " print(refused.reason, most.split()[1])"
    )
    done = subprocess.run([sys.executable, "-c", program], input=data, capture_output=True, timeout=120, check=False)
    reason, kibibytes = done.stdout.decode().split() or ("", "0")
    assert reason == "bomb", done.stderr.decode()[-400:]
    assert int(kibibytes) < 400 * 1024


def test_entities_of_a_document_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("秘密", encoding="utf-8")
    entity = f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{secret}">]>'
    content = _CONTENT.format("<w:p><w:r><w:t>字&x;</w:t></w:r></w:p>").replace("?>", f"?>{entity}", 1)
    document = read_document(package({"word/document.xml": content.encode()}), name="a.docx")
    assert "秘密" not in "".join(paragraph.text for paragraph in document.paragraphs)


def test_texts_in_the_encodings_of_offices_are_read() -> None:
    for encoding in ("utf-8-sig", "gb18030", "utf-16"):
        document = read_document("收入支出决算总表".encode(encoding), name="a.txt")
        assert document.paragraphs[0].text == "收入支出决算总表"
