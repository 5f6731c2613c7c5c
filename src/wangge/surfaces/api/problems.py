"""Refusals as problem details (RFC 9457): one shape, a type that ends in the reason, a detail that says what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wangge.domains.cases import failures
from wangge.groundwork.attachments.refusals import PhotoGone, PhotoUnknown
from wangge.surfaces.refusal_words import reason_title, what_to_do

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:wangge:problem:"
TITLES: Mapping[str, Any] = {
    "unauthorized": gettext_lazy("未登录"),
    "scope": gettext_lazy("令牌范围不足"),
    "too_large": gettext_lazy("内容过大"),
    "too_often": gettext_lazy("请求过于频繁"),
    "bad_json": gettext_lazy("正文不是有效的 JSON"),
    "key_missing": gettext_lazy("缺少幂等键"),
    "key_malformed": gettext_lazy("幂等键格式不符"),
    "key_reused": gettext_lazy("幂等键已用于其他请求"),
    "not_found": gettext_lazy("未找到"),
    "unknown_verb": gettext_lazy("没有这种操作"),
    "version_missing": gettext_lazy("缺少案卷版本"),
    "version_malformed": gettext_lazy("案卷版本格式不符"),
    "stale_version": gettext_lazy("案卷已被他人更新"),
    "bad_input": gettext_lazy("内容无法读取"),
    "photo_gone": gettext_lazy("照片已清除"),
    "photo_unknown": gettext_lazy("没有此照片"),
    "method": gettext_lazy("不支持此方法"),
    "unavailable": gettext_lazy("服务暂不可用"),
}
REFUSAL_STATUS = {"no_such_move": 409, "wrong_post": 403, "missing_argument": 422, "missing_evidence": 422}


def problem(
    status: int, reason: str, detail: str, *, title: str = "", headers: Mapping[str, str] | None = None, **more: Any
) -> HttpResponse:
    """The answer of a refusal; ``more`` are members of its own."""
    body = {
        "type": TYPE + reason,
        "title": title or str(TITLES.get(reason, reason)),
        "status": status,
        "detail": detail,
        **more,
    }
    response = HttpResponse(orjson.dumps(body), status=status, content_type=MEDIA_TYPE)
    for name, value in (headers or {}).items():
        response[name] = value
    return response


def of_failure(failure: Exception) -> HttpResponse:
    """The problem a refused order becomes."""
    if isinstance(failure, failures.NoSuchCase):
        return problem(
            404, "not_found", _("没有案卷号为“%(number)s”的案卷，或您无权查看。") % {"number": failure.number}
        )
    if isinstance(failure, failures.NoSuchVerb):
        return problem(
            404, "unknown_verb", _("流转表中没有“%(verb)s”。请查看案卷的 open_verbs。") % {"verb": failure.verb}
        )
    if isinstance(failure, failures.VersionMissing):
        return problem(428, "version_missing", _('请用 If-Match 给出您所见的案卷版本，例如 If-Match: "3"。'))
    if isinstance(failure, failures.StaleVersion):
        detail = _("您看到的是第 %(given)s 版，现在是第 %(current)s 版。请查看变化后再决定。")
        numbers = {"given": failure.given, "current": failure.current}
        return problem(412, "stale_version", detail % numbers, version=failure.current, changed=list(failure.changed))
    if isinstance(failure, failures.MoveRefused):
        return of_refusal(failure)
    if isinstance(failure, failures.BadInput):
        return problem(422, "bad_input", failure.why, field=failure.field)
    if isinstance(failure, PhotoGone):
        return problem(422, "photo_gone", str(failure), sha256=list(failure.sha256s))
    if isinstance(failure, PhotoUnknown):
        return problem(422, "photo_unknown", str(failure), photos=list(failure.ids))
    raise failure


def of_refusal(refused: failures.MoveRefused) -> HttpResponse:
    """A refusal of the table of moves: the reason of refusals.csv, the posts that might, what is missing."""
    status = REFUSAL_STATUS.get(refused.reason, 409)
    title = reason_title(refused.reason)
    return problem(
        status,
        refused.reason,
        what_to_do(refused),
        title=title,
        verb=refused.verb,
        stage=refused.stage,
        posts=list(refused.posts),
        missing=list(refused.missing),
    )
