"""The bulletins of published months, quarters and years: their list, their pages, their files."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wangge.domains.disclosure.document import Document, Heading
from wangge.domains.disclosure.rendering.files import CONTENT_TYPES
from wangge.domains.disclosure.rendering.pdf import as_pdf
from wangge.domains.disclosure.rendering.template import Template, TemplateRefused, fill_template
from wangge.domains.disclosure.rendering.web import as_page_piece
from wangge.domains.disclosure.rendering.word import as_word
from wangge.domains.evaluation import policies
from wangge.domains.evaluation.models import Result
from wangge.domains.evaluation.operations import bulletins as operations
from wangge.domains.evaluation.queries.bulletins import subscription_of, template_in_force
from wangge.domains.evaluation.refusals import CheckRefused
from wangge.groundwork import clock
from wangge.surfaces.web.assessment.bulletin import Paper, title_of
from wangge.surfaces.web.assessment.bulletin_book import as_workbook
from wangge.surfaces.web.assessment.bulletin_paper import NoBulletin, bulletin_periods, published_paper
from wangge.surfaces.web.assessment.drawing import source_of
from wangge.surfaces.web.assessment.words import figure_url
from wangge.surfaces.web.elements.pieces import Notice, NoticeKind
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.pages import Shell
from wangge.surfaces.web.shells import shell_for, tell

_MOST_BYTES = 8 * 1024 * 1024
_FILES = {"docx": "Word", "pdf": "PDF", "xlsx": "Excel"}


@dataclass(frozen=True, slots=True)
class Download:
    """A file of a bulletin."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class BulletinLine:
    """A bulletin in the list."""

    title: str
    url: str
    downloads: tuple[Download, ...]


@dataclass(frozen=True, slots=True)
class BulletinsPage:
    """Every bulletin there is, newest first."""

    shell: Shell
    lines: tuple[BulletinLine, ...]
    act_url: str
    is_subscribed: bool
    may_load: bool
    template: str
    mails: bool = False  # a mail server is set
    email: str = ""  # where this person gets them


@dataclass(frozen=True, slots=True)
class BulletinPage:
    """One bulletin to read; each figure opens its trace."""

    shell: Shell
    title: str
    body: SafeString
    downloads: tuple[Download, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Addresses:
    """Addresses on the pages of evaluation; ``absolute`` ones for files."""

    request: HttpRequest
    absolute: bool

    def figure(self, result: str, name: str) -> str:
        return self._told(figure_url(result, name))

    def score(self, period: str, kind: str, code: str) -> str:
        return self._told(reverse("assessment_object", args=[period, kind, code]))

    def month(self, period: str) -> str:
        return self._told(reverse("bulletin", args=[period]))

    def _told(self, path: str) -> str:
        return self.request.build_absolute_uri(path) if self.absolute else path


@require_safe
def bulletin_list(request: HttpRequest) -> HttpResponse:
    """The bulletins."""
    shell = shell_for(request, _("考评通报"), at=clock.now(), current="assessment")
    lines = tuple(
        BulletinLine(title_of(each), reverse("bulletin", args=[each]), _downloads(each)) for each in bulletin_periods()
    )
    by = actor_on(request)
    kept, subscription = template_in_force(), subscription_of(by.person_id)
    page = BulletinsPage(
        shell,
        lines,
        act_url=reverse("bulletins_act"),
        is_subscribed=subscription is not None,
        mails=bool(settings.REPLIES.email_from),
        email=subscription.email if subscription is not None else "",
        may_load=policies.may_check(by),
        template=kept.name if kept is not None else "",
    )
    return render(request, "web/assessment/bulletins.html", {"page": page})


@require_POST
def bulletins_act(request: HttpRequest) -> HttpResponse:
    """Subscribe, or no longer; load a template, or go back to ours."""
    by, at, what = actor_on(request), clock.now(), request.POST.get("what", "")
    if what == "subscribe":
        email = request.POST.get("email", "") if settings.REPLIES.email_from else ""
        try:
            operations.subscribe(by=by, at=at, email=email)
        except CheckRefused as refused:
            tell(request, Notice(NoticeKind.REFUSED, str(refused)))
    elif what == "unsubscribe":
        operations.unsubscribe(by=by)
    elif what in ("template", "no_template"):
        try:
            name, content = _given_template(request) if what == "template" else ("", b"")
            operations.keep_template(name=name, content=content, by=by, at=at)
        except (CheckRefused, TemplateRefused) as refused:
            tell(request, Notice(NoticeKind.REFUSED, str(refused)))
    else:
        raise Http404(what)
    return redirect("bulletins")


def _given_template(request: HttpRequest) -> tuple[str, bytes]:
    """The file that was sent, tried on the newest bulletin; ``TemplateRefused`` where it cannot be filled."""
    given = request.FILES.get("template")
    if given is None or not given.name or given.size is None or given.size > _MOST_BYTES:
        raise TemplateRefused(_("请选择一个不超过 8 MB 的 Word 文件（.docx）。"))
    content = given.read()
    document = Document("", "", 0, (Heading(1, "总体情况"),))
    fill_template(Template(content), document)
    return given.name, content


@require_safe
def bulletin(request: HttpRequest, period: str) -> HttpResponse:
    """One bulletin."""
    paper, document, results = paper_of(request, period, absolute=False)
    shell = shell_for(request, document.title, at=clock.now(), current="assessment")
    body = mark_safe(as_page_piece(document, lambda name: paper.links.get(name, "")))  # noqa: S308 - escaped piece by piece
    sources = tuple(source_of(each) for each in results)
    page = BulletinPage(shell, document.title, body, _downloads(period), sources)
    return render(request, "web/assessment/bulletin.html", {"page": page})


@require_safe
def bulletin_file(request: HttpRequest, period: str, format: str) -> HttpResponse:
    """One bulletin as a file."""
    if format not in _FILES:
        raise Http404(format)
    paper, document, _results = paper_of(request, period, absolute=True)
    makers = {
        "docx": lambda: _as_word(document),
        "pdf": lambda: as_pdf(document),
        "xlsx": lambda: as_workbook(paper),
    }
    response = HttpResponse(makers[format](), content_type=CONTENT_TYPES[format])
    response["Content-Disposition"] = f'attachment; filename="bulletin-{period}.{format}"'
    return response


def _as_word(document: Document) -> bytes:
    """In the template that was loaded; each heading of it that means one of ours gets our text."""
    kept = template_in_force()
    return as_word(document) if kept is None else fill_template(Template(bytes(kept.content)), document).content


def paper_of(request: HttpRequest, period: str, *, absolute: bool) -> tuple[Paper, Document, list[Result]]:
    """The bulletin of a period; 404 unless every month of it is published."""
    try:
        return published_paper(period, _Addresses(request, absolute))
    except NoBulletin:
        raise Http404(period) from None


def _downloads(period: str) -> tuple[Download, ...]:
    return tuple(Download(label, reverse("bulletin_file", args=[period, format])) for format, label in _FILES.items())
