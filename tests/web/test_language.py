"""The pages in English, and the catalogue that translates them."""

from __future__ import annotations

import gettext
import importlib
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.web.conftest import Open, reported

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.django_db
def test_the_reading_language_is_the_persons_choice(browser: Open) -> None:
    number = reported(browser)
    acceptor = browser("acceptor-1")
    acceptor.client.post("/language", {"language": "en", "next": "/work"})
    acceptor.get(f"/cases/{number}")
    text = acceptor.text()
    for said in ("Accept", "Minor class", "water supply manhole cover"):
        assert said in text
    assert "受理" not in text


def catalogue() -> tuple[ModuleType, ModuleType]:
    """The two scripts of deploy as modules."""
    sys.path.insert(0, str(ROOT / "deploy"))
    try:
        return importlib.import_module("collect_messages"), importlib.import_module("compile_messages")
    finally:
        sys.path.remove(str(ROOT / "deploy"))


def test_every_text_of_pages_refusals_and_tables_has_its_english() -> None:
    collect, compile_messages = catalogue()
    known = compile_messages.read_catalogue(collect.CATALOGUE)
    missing = {text: where for (text, _plural), where in collect.used().items() if text not in known}
    on_pages = {text: where for text, where in missing.items() if where.startswith("surfaces/") or "/" not in where}
    assert on_pages == {}, "fill in what `python deploy/collect_messages.py` prints"


def test_a_translation_fills_in_what_its_text_fills_in() -> None:
    collect, compile_messages = catalogue()
    mark = re.compile(r"%\(\w+\)[sd]")
    for text, (_plural, translations) in compile_messages.read_catalogue(collect.CATALOGUE).items():
        for translation in translations if text else ():
            assert sorted(mark.findall(text)) == sorted(mark.findall(translation)), text


def test_a_compiled_catalogue_is_read_by_the_standard_library(tmp_path: Path) -> None:
    _collect, compile_messages = catalogue()
    source = tmp_path / "en" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
        'msgid "案卷"\nmsgstr "Case"\n\n'
        'msgid "%(number)d 天"\nmsgid_plural "%(number)d 天"\n'
        'msgstr[0] "%(number)d day"\nmsgstr[1] "%(number)d days"\n\n'
        'msgid "未译"\nmsgstr ""\n\n#, fuzzy\nmsgid "存疑"\nmsgstr "doubtful"\n',
        encoding="utf-8",
    )
    assert len(compile_messages.compile_all(tmp_path)) == 1
    assert compile_messages.compile_all(tmp_path) == []
    read = gettext.translation("django", tmp_path, ["en"])
    assert read.gettext("案卷") == "Case"
    assert [read.ngettext("%(number)d 天", "%(number)d 天", n) % {"number": n} for n in (1, 2)] == ["1 day", "2 days"]
    assert (read.gettext("未译"), read.gettext("存疑")) == ("未译", "存疑")


def test_a_broken_catalogue_is_refused_with_its_line(tmp_path: Path) -> None:
    _collect, compile_messages = catalogue()
    source = tmp_path / "django.po"
    source.write_text('msgid "案卷"\nmsgstr "Case\n', encoding="utf-8")
    with pytest.raises(compile_messages.BrokenCatalogue, match=r"django\.po:1"):
        compile_messages.read_catalogue(source)
