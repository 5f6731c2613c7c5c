"""The Word template of a year: loaded by the finance office, mapped, and what finds no counterpart is asked."""

from __future__ import annotations

from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from wangge.domains.budgeting.policies import may_keep_books
from wangge.domains.disclosure.document import Document, Heading
from wangge.domains.disclosure.operations.templates import LARGEST, choose, keep_template, withdraw_template
from wangge.domains.disclosure.queries.documents import written
from wangge.domains.disclosure.queries.templates import template_of
from wangge.domains.disclosure.refusals import DisclosureRefused
from wangge.domains.disclosure.rendering.template import Filled, fill_template
from wangge.domains.organizations.logic import Actor
from wangge.groundwork import clock
from wangge.standards.narrative import template_fields
from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind, Form
from wangge.surfaces.web.elements.pieces import Fact, Notice, NoticeKind
from wangge.surfaces.web.finance.choosing import Chosen, chosen
from wangge.surfaces.web.finance.office_pages import TemplatePage
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.shells import shell_for, tell

_MOST_NAME = 200


@require_http_methods(["GET", "HEAD", "POST"])
def account_template(request: HttpRequest) -> HttpResponse:
    """What the template of the year maps to; a POST loads another."""
    by, at = actor_on(request), clock.now()
    where = chosen(request, by, at, "account_template")
    errors: tuple[str, ...] = ()
    document = written(year=where.year, unit=where.unit).document if where.unit else None
    if request.method == "POST":
        if document is None:
            raise Http404
        try:
            _load(request, where, document, by, at)
        except DisclosureRefused as refused:
            errors = (str(refused),)
        else:
            tell(request, Notice(NoticeKind.DONE, _("模板已启用，请核对没有对上的字段和标题。")))
            return HttpResponseRedirect(_url(where))
    page = _page(request, where, document, by, errors)
    return render(request, "web/finance/template.html", {"page": page}, status=422 if errors else 200)


def _load(request: HttpRequest, where: Chosen, document: Document, by: Actor, at: datetime) -> None:
    given = request.FILES.get("template")
    if not isinstance(given, UploadedFile) or not given.name or not given.size:
        raise DisclosureRefused(_("请选择财政部门制发的 Word 文件（.docx）。"))
    if given.size > LARGEST:
        raise DisclosureRefused(_("模板超过 8 MB：请去掉插图后再上传。"))
    keep_template(
        unit=where.unit, year=where.year, name=given.name[:_MOST_NAME], content=given.read(), document=document, by=by,
        at=at,
    )  # fmt: skip


def _url(where: Chosen, name: str = "account_template") -> str:
    return f"{reverse(name)}?unit={where.unit}&year={where.year}"


def _page(
    request: HttpRequest, where: Chosen, document: Document | None, by: Actor, errors: tuple[str, ...]
) -> TemplatePage:
    kept = template_of(where.year)
    may_write = bool(where.unit) and may_keep_books(by, where.unit)
    filled = fill_template(kept[1], document) if kept is not None and document is not None else None
    return TemplatePage(
        shell=shell_for(request, _("决算模板"), at=clock.now(), current="account_draft"),
        unit=where.name,
        year=where.year,
        years=where.years,
        units=where.units,
        name=kept[0] if kept else "",
        fields=tuple(Fact(each.of_template, each.ours) for each in filled.fields) if filled else (),
        sections=tuple(Fact(each.of_template, each.ours) for each in filled.sections) if filled else (),
        open_forms=_open_forms(where, document, filled) if filled and document and may_write else (),
        missing=filled.missing if filled else (),
        upload_url=_url(where) if may_write else "",
        accepts=".docx",
        help=_(
            "字段写作 {{ 收入总计 }} 或 {{ 01.r27 }}；标题与本系统的章节对上后，其下的提示由正文代替。不超过 8 MB。"
        ),
        withdraw_form=Form(_url(where, "account_template_withdraw"), (), _("不用模板")) if kept and may_write else None,
        download_url=f"{reverse('account_file', args=['docx'])}?unit={where.unit}&year={where.year}",
        draft_url=_url(where, "account_draft"),
        errors=errors,
    )


def _open_forms(where: Chosen, document: Document, filled: Filled) -> tuple[tuple[str, Form], ...]:
    """One question for each field and heading of the template that found no counterpart."""
    names = {figure: field for field, figure in template_fields().items()}
    figures = {figure.id: figure.text for figure in document.figures()}
    known = tuple(
        Choice(name, f"{names.get(name, name)}　{text}", keywords=name) for name, text in figures.items() if text
    )
    headings = tuple(
        Choice(block.text, block.text)
        for block in document.blocks
        if isinstance(block, Heading) and block.level in {1, 2}
    )
    url = _url(where, "account_template_choose")
    fields = [_question(url, name, known, FieldKind.SEARCH) for name in filled.unmapped_fields]
    sections = [_question(url, name, headings, FieldKind.SELECT) for name in filled.unmapped_sections]
    return tuple((f"open-{number}", form) for number, form in enumerate([*fields, *sections]))


def _question(url: str, name: str, choices: tuple[Choice, ...], kind: FieldKind) -> Form:
    field = Field("ours", name, kind, choices=choices)
    return Form(url, (field,), _("对应"), hidden=(("of_template", name),))


@require_POST
def account_template_choose(request: HttpRequest) -> HttpResponse:
    """What a field or heading stands for."""
    by, at = actor_on(request), clock.now()
    where = chosen(request, by, at, "account_template")
    told = {name: request.POST.get(name, "") for name in ("of_template", "ours")}
    try:
        choose(unit=where.unit, year=where.year, by=by, at=at, **told)
    except DisclosureRefused as refused:
        tell(request, Notice(NoticeKind.REFUSED, _("没有保存。"), str(refused)))
    else:
        tell(request, Notice(NoticeKind.DONE, _("已对应：%(name)s。") % {"name": told["of_template"]}))
    return HttpResponseRedirect(_url(where))


@require_POST
def account_template_withdraw(request: HttpRequest) -> HttpResponse:
    """Our own layout again."""
    by, at = actor_on(request), clock.now()
    where = chosen(request, by, at, "account_template")
    try:
        withdraw_template(unit=where.unit, year=where.year, by=by, at=at)
    except DisclosureRefused as refused:
        tell(request, Notice(NoticeKind.REFUSED, _("没有保存。"), str(refused)))
    else:
        tell(request, Notice(NoticeKind.DONE, _("已恢复为本系统的版式。")))
    return HttpResponseRedirect(_url(where))
