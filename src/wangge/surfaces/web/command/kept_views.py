"""Views a person keeps: a list with its filters under a name, beside the list it belongs to."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wangge.domains.desks.operations.views import keep_view, remove_view
from wangge.domains.desks.queries import views_of
from wangge.domains.desks.refusals import DeskRefused
from wangge.domains.organizations.logic import Actor
from wangge.surfaces.web.elements.pieces import Notice, NoticeKind
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
class KeptViews:
    """The views of a page, and where the list as it is now is kept; ``query`` goes with it."""

    views: tuple[KeptView, ...]
    keep_url: str
    query: str


def kept_views(request: HttpRequest, by: Actor, page: str) -> KeptViews:
    """Those of this person beside this list. One statement."""
    now = _query(request.GET)
    return KeptViews(
        tuple(
            KeptView(
                view.name, f"{reverse(page)}?{view.query}", reverse("view_remove", args=[page, view.view_id]),
                view.query == now,
            )
            for view in views_of(person_id=by.person_id, page=page)
        ),
        reverse("view_keep", args=[page]),
        now,
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
def view_remove(request: HttpRequest, page: str, number: int) -> HttpResponse:
    """Take a view away; the list stays as it is."""
    remove_view(by=actor_on(request), view_id=number)
    tell(request, Notice(NoticeKind.DONE, _("视图已删除。")))
    return HttpResponseRedirect(reverse(page if page in PAGES else PAGES[0]))
