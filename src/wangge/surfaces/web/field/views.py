"""The collector's pages: tasks handed to him, and what became of his own reports."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wangge.domains.cases.failures import BadInput
from wangge.domains.cases.queries import lists
from wangge.domains.cases.queries.conditions import Filter
from wangge.groundwork import clock
from wangge.surfaces.web.command.pages import EmptyList, RowGroup, WorkListPage
from wangge.surfaces.web.command.rows import lines
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.shells import opens, shell_for

TASKS = ("verifying", "inspecting")
ROWS = 30


@require_safe
def field_tasks(request: HttpRequest) -> HttpResponse:
    """Tasks by remaining time, then his reports, the newest first; two statements behind the gate."""
    by, at = actor_on(request), clock.now()
    tasks = lists.queue(by=by, at=at, stages=TASKS, filter=Filter(assignee_id=by.person_id), limit=lists.MOST)
    cursor = request.GET.get("cursor", "")
    try:
        own = lists.cases(by=by, at=at, filter=Filter(reporter_id=by.person_id), limit=ROWS, cursor=cursor)
    except BadInput:
        cursor = ""
        own = lists.cases(by=by, at=at, filter=Filter(reporter_id=by.person_id), limit=ROWS)
    here = reverse("field_tasks")
    can_report = opens(by, "report")
    page = WorkListPage(
        shell=shell_for(request, _("任务"), at=at, current="field_tasks"),
        heading=_("任务"),
        queues=(),
        groups=(
            RowGroup(
                lines(tasks.rows, at=at), _("待办任务"), str(len(tasks.rows)),
                EmptyList(_("没有待办的核实、核查任务。"), _("新任务派来时会自动出现。")),
            ),
            RowGroup(
                lines(own.rows, at=at), _("我的上报"), "",
                EmptyList(
                    _("您还没有上报过。"), _("发现问题时点“上报”。"), reverse("report") if can_report else "",
                    _("上报"),
                ),
            ),
        ),
        next_url=f"{here}?cursor={own.next}" if own.next else "",
        previous_url=here if cursor else "",
        refresh_url=request.get_full_path(),
    )  # fmt: skip
    return render(request, "web/command/work_list.html", {"page": page})
