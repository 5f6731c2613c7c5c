"""The first page of the public: what stands open here, and nothing else."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wangge.domains.disclosure.queries.editions import published
from wangge.domains.organizations.models import PublicDoor
from wangge.domains.organizations.public_doors import open_doors
from wangge.groundwork import clock
from wangge.surfaces.web.public.pages import Door, PublicHomePage
from wangge.surfaces.web.public.visiting import public_shell


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The doors that a decision has opened."""
    opened = open_doors()
    doors = []
    if PublicDoor.REPORT in opened:
        words = _("路面、井盖、垃圾、路灯等问题，拍照即可上报，不用注册。")
        doors.append(Door(_("我要上报"), words, reverse("public_report"), is_primary=True))
    if PublicDoor.STATUS in opened:
        words = _("凭上报时得到的查询码，看办到哪一步，并作评价。")
        doors.append(Door(_("查询进度"), words, reverse("public_status")))
    if PublicDoor.LETTERS in opened:
        words = _("投诉工作人员、市场监管线索、其他部门的事、不公开的意见。")
        doors.append(Door(_("写信"), words, reverse("public_letter")))
    if PublicDoor.MAP in opened:
        doors.append(Door(_("近期案卷"), _("近来反映了什么、办到哪一步，只显示大致位置。"), reverse("public_map")))
    if PublicDoor.BULLETINS in opened:
        doors.append(Door(_("考评通报"), _("已公布的月报、季报、年报。"), reverse("public_bulletins")))
    if published():
        doors.append(Door(_("决算公开"), _("经批准公开的决算。"), reverse("published_list")))
    page = PublicHomePage(
        public_shell(request, _("市民服务"), at=clock.now(), current="public_home"), _("城市管理市民服务"), tuple(doors)
    )
    return render(request, "web/public/home.html", {"page": page})
