"""The check of disclosures: one paper as text and as a long PDF, and a thousand papers in parallel processes."""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tests.disclosure.checking.generated import Made, made
from tests.shared_material import SHARED

from bench.bench_city import WANGGE
from bench.measurement import Measurement, at_least, at_most
from wangge.domains.disclosure.checking.batch import checked_files
from wangge.domains.disclosure.checking.work import Task
from wangge.domains.disclosure.document import Document, Heading, Paragraph

EXAMPLE = SHARED / "seed" / "disclosure_2024.txt"
DIFFERENT = 20
FILLING = "本段为工作情况的叙述，说明全年任务的安排、过程和结果，不含需要核对的金额，只用于使文件达到通常的篇幅。"


def measure(work: Path, *, quick: bool) -> Iterator[Measurement]:
    """Every figure of the check."""
    work.mkdir(parents=True, exist_ok=True)
    papers = [made(seed) for seed in range(4 if quick else DIFFERENT)]
    text = EXAMPLE if EXAMPLE.exists() else _file(work, "one.txt", papers[0].as_format("txt"))
    yield at_most("check of the example as text, from the command", _seconds(text), "s", 3)
    long = _file(work, "long.pdf", papers[0].as_format("pdf", _of_forty_pages(papers[0].document)))
    yield at_most(f"check of a PDF of {_pages(long)} pages, from the command", _seconds(long), "s", 8)
    for format, least, count in (("txt", 3, 1000), ("docx", 3, 1000), ("pdf", 0.5, 100)):
        files = _copies(work, papers, format, 12 if quick else count)
        began = time.perf_counter()
        answers = list(checked_files([Task(path) for path in files], jobs=2))
        rate = len(answers) / (time.perf_counter() - began)
        assert not any(answer.is_refused or answer.count("error") for answer in answers)
        yield at_least(f"check of {len(files)} papers as {format}, 2 processes", rate, "papers/s", least)


def _seconds(path: Path) -> float:
    """The median of three runs of the command, from its start to its last line."""
    times = []
    for _run in range(3):
        began = time.perf_counter()
        told = subprocess.run([WANGGE, "accounts", "audit", str(path), "--json"], stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - began)
        assert told.returncode in (0, 1)
    return statistics.median(times)


def _file(work: Path, name: str, data: bytes) -> Path:
    path = work / name
    path.write_bytes(data)
    return path


def _copies(work: Path, papers: list[Made], format: str, count: int) -> list[Path]:
    data = [paper.as_format(format) for paper in papers]
    return [_file(work, f"{number}.{format}", data[number % len(data)]) for number in range(count)]


def _of_forty_pages(document: Document) -> Document:
    """The paper with so much running text before its glossary that it fills forty pages."""
    at = next(k for k, b in enumerate(document.blocks) if isinstance(b, Heading) and "第四部分" in b.text)
    filling = tuple(Paragraph((FILLING * 3,)) for _ in range(190))
    return replace(document, blocks=(*document.blocks[:at], *filling, *document.blocks[at:]))


def _pages(path: Path) -> int:
    import pypdfium2

    paper = pypdfium2.PdfDocument(path.read_bytes())
    try:
        return len(paper)
    finally:
        paper.close()
