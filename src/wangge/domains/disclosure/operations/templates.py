"""Keeps the Word templates of the years and what their fields and headings stand for; every change is a further row."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from wangge.domains.budgeting.policies import may_keep_books
from wangge.domains.disclosure.checking.reading.refusing import ReadingRefused, opened_package, see_size
from wangge.domains.disclosure.document import Document
from wangge.domains.disclosure.models import TemplateChoice, WordTemplate
from wangge.domains.disclosure.queries.templates import word_template
from wangge.domains.disclosure.refusals import DisclosureRefused
from wangge.domains.disclosure.rendering.template import Filled, Template, TemplateRefused, fill_template
from wangge.domains.organizations.logic import Actor

LARGEST = 8 * 1024 * 1024


def keep_template(
    *, unit: str, year: int, name: str, content: bytes, document: Document, by: Actor, at: datetime
) -> Filled:
    """Keep the template of a year after filling it once; answers what was mapped. Raises ``DisclosureRefused``."""
    _check(by, unit)
    if len(content) > LARGEST:
        raise DisclosureRefused(_("模板超过 8 MB：请去掉插图后再上传。"))
    try:
        see_size(content)
        opened_package(content)
        known = word_template(year)
        filled = fill_template(Template(content, known.chosen if known else {}), document)
    except (ReadingRefused, TemplateRefused) as refused:
        raise DisclosureRefused(str(refused)) from refused
    WordTemplate.objects.create(
        year=year, name=name, content=content, by_id=by.person_id, by_name=by.display_name, at=at
    )
    return filled


def withdraw_template(*, unit: str, year: int, by: Actor, at: datetime) -> None:
    """No template for the year any more: our own layout again."""
    _check(by, unit)
    WordTemplate.objects.create(
        year=year, name=_("不用模板"), content=b"", by_id=by.person_id, by_name=by.display_name, at=at
    )


def choose(*, unit: str, year: int, of_template: str, ours: str, by: Actor, at: datetime) -> None:
    """Say what a field or heading stands for; nothing takes an earlier word back. Raises ``DisclosureRefused``."""
    _check(by, unit)
    if not of_template.strip():
        raise DisclosureRefused(_("请指明模板中的字段或标题。"))
    TemplateChoice.objects.create(
        year=year, of_template=of_template.strip()[:200], ours=ours.strip()[:200], by_id=by.person_id,
        by_name=by.display_name, at=at,
    )  # fmt: skip


def _check(by: Actor, unit: str) -> None:
    if not may_keep_books(by, unit):
        raise DisclosureRefused(_("模板由财务岗位维护，您没有这个岗位。"))
