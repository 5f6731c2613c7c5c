"""What a person keeps of a list: views of it under names, and the columns he chose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wangge.domains.desks.operations.views import keep_columns, keep_view, remove_view
from wangge.domains.desks.queries import KeptList
from wangge.domains.desks.refusals import DeskRefused
from wangge.surfaces.web.command import columns
from wangge.surfaces.web.elements.pieces import ListColumn, Notice, NoticeKind
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.shells import tell

PAGES = ("work_list", "case_search")
_FORGOTTEN = ("cursor", "csrfmiddlewaretoken")


@dataclass(frozen=True, slots=True)
class KeptView:
    """A view as a link; ``remove_url`` takes it away."""

    name: str
    url: str
    remove_url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """A column there is, and whether the list shows it."""

    column: ListColumn
    is_shown: bool
    is_fixed: bool


@dataclass(frozen=True, slots=True)
class KeptViews:
    """The views of a page, and where the list as it is now is kept; ``query`` goes with it."""

    views: tuple[KeptView, ...]
    keep_url: str
    query: str
    columns: tuple[ColumnChoice, ...] = ()
    columns_url: str = ""


def kept_views(request: HttpRequest, page: str, kept: KeptList, shown: Sequence[str]) -> KeptViews:
    """What stands beside the list: its views, and the columns there are with those it shows."""
    now = _query(request.GET)
    return KeptViews(
        tuple(
            KeptView(
                view.name, f"{reverse(page)}?{view.query}", reverse("view_remove", args=[page, view.view_id]),
                view.query == now,
            )
            for view in kept.views
        ),
        reverse("view_keep", args=[page]),
        now,
        tuple(
            ColumnChoice(each, each.key in shown, each.key == columns.ALWAYS)
            for each in columns.headings(columns.KNOWN)
        ),
        reverse("columns_keep", args=[page]),
    )  # fmt: skip


def _query(given: QueryDict) -> str:
    """The filters of an address in one order, without what belongs to the moment."""
    kept = QueryDict(mutable=True)
    for name in sorted(given):
        values = [value for value in given.getlist(name) if value]
        if values and name not in _FORGOTTEN:
            kept.setlist(name, values)
    return str(kept.urlencode())


@require_POST
def view_keep(request: HttpRequest, page: str) -> HttpResponse:
    """Keep the list as it stood when the form was drawn."""
    query = _query(QueryDict(request.POST.get("query", "").replace("\0", "")))
    page = page if page in PAGES else PAGES[0]
    try:
        keep_view(by=actor_on(request), page=page, name=request.POST.get("name", "").replace("\0", ""), query=query)
        tell(request, Notice(NoticeKind.DONE, _("视图已保存。")))
    except DeskRefused as refused:
        tell(request, Notice(NoticeKind.REFUSED, str(refused)))
    return HttpResponseRedirect(f"{reverse(page)}?{query}")


@require_POST
def columns_keep(request: HttpRequest, page: str) -> HttpResponse:
    """Keep the columns, and lead back to the list with them in its address: it may be passed on."""
    page = page if page in PAGES else PAGES[0]
    given = QueryDict(request.POST.get("query", "").replace("\0", "")).copy()
    given.pop(columns.ASKED, None)
    if request.POST.get("usual"):
        keep_columns(by=actor_on(request), page=page, columns=())
    else:
        wanted = columns.chosen(",".join((columns.ALWAYS, *request.POST.getlist("column"))))
        keep_columns(by=actor_on(request), page=page, columns=wanted)
        given[columns.ASKED] = ",".join(wanted)
    return HttpResponseRedirect(f"{reverse(page)}?{_query(given)}")


@require_POST
def view_remove(request: HttpRequest, page: str, number: int) -> HttpResponse:
    """Take a view away; the list stays as it is."""
    remove_view(by=actor_on(request), view_id=number)
    tell(request, Notice(NoticeKind.DONE, _("视图已删除。")))
    return HttpResponseRedirect(reverse(page if page in PAGES else PAGES[0]))
