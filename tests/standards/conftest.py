"""A city's overlay written into a temporary directory, file by file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from wangge.standards.library import forget_loaded_tables

WriteOverlay = Callable[..., Path]


@pytest.fixture(autouse=True)
def _fresh_tables() -> Iterator[None]:
    yield
    forget_loaded_tables()


@pytest.fixture
def write_overlay(tmp_path: Path) -> WriteOverlay:
    """``write_overlay({"moves.csv": "verb,from_stage\\n…"})`` gives the directory ``city``."""

    def write(files: dict[str, str]) -> Path:
        directory = tmp_path / "city"
        directory.mkdir(exist_ok=True)
        for name, text in files.items():
            (directory / name).write_text(text + "\n", encoding="utf-8")
        forget_loaded_tables()
        return directory

    return write
