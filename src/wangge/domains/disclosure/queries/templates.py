"""The Word template of a year: the newest one issued, with what people said its fields and headings stand for."""

from __future__ import annotations

from wangge.domains.disclosure.models import TemplateChoice, WordTemplate
from wangge.domains.disclosure.rendering.template import Template


def template_of(year: int) -> tuple[str, Template] | None:
    """File name and template; None where none is in force. Two statements."""
    newest = WordTemplate.objects.filter(year=year).order_by("-id").first()
    if newest is None or not newest.content:
        return None
    choices = TemplateChoice.objects.filter(year=year).order_by("id").values_list("of_template", "ours")
    return newest.name, Template(bytes(newest.content), {name: ours for name, ours in choices if ours})


def word_template(year: int) -> Template | None:
    """The template alone."""
    found = template_of(year)
    return None if found is None else found[1]
