"""The door of the WeChat mini-program: a sign-in code becomes a session of ours, and a session follows a report.

The mini-program sends what ``wx.login`` gave it; WeChat's server says whose it is. WeChat's own session key is not
kept: nothing here needs it. Our session is a signed text, good for some days, that names an openid and opens nothing
but being answered there.
"""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import ConfigDict, Field

from wangge.domains.cases.failures import BadInput
from wangge.domains.citizens.logic.codes import typed_code
from wangge.domains.citizens.operations.counting import count_wrong_code, too_many_wrong_codes
from wangge.domains.citizens.operations.following import answer_by_wechat
from wangge.domains.citizens.queries.letters import letter_of_code
from wangge.domains.organizations.models import PublicDoor
from wangge.domains.organizations.public_doors import is_open
from wangge.domains.replies.operations.sending import SendFailed
from wangge.groundwork import clock
from wangge.surfaces.api.door import Refuse, body_of, json_answer
from wangge.surfaces.api.orders import checked
from wangge.surfaces.api.problems import of_failure, problem
from wangge.surfaces.api.wechat import letter_words
from wangge.surfaces.exchange.replies.mini_program import CodeRefused, openid_of

SESSION_SECONDS = 7 * 24 * 3600
_SALT = "wangge.mini_program"


class LoginBody(Schema):
    """What ``wx.login`` gave."""

    model_config = ConfigDict(extra="forbid")
    code: str = Field(pattern=r"^[!-~]{1,128}$")


class Session(Schema):
    """Who asks from now on; the template his permission is to be asked for."""

    session: str
    template: str


class FollowBody(Schema):
    """A report to be answered here, by its query code."""

    model_config = ConfigDict(extra="forbid")
    session: str = Field(max_length=500)
    query_code: str = Field(max_length=40)


class Following(Schema):
    """That its news come here."""

    following: bool


def sign_in(request: HttpRequest) -> HttpResponse:
    """POST /wechat/sessions: 201, or 422 for a code WeChat does not know."""
    try:
        _check_open()
        form = checked(LoginBody, body_of(request))
        openid = openid_of(form.code)
    except Refuse as refused:
        return refused.response
    except BadInput as wrong:
        return of_failure(wrong)
    except CodeRefused:
        detail = _("微信不认可这个登录码。请重新调用 wx.login。")
        return problem(422, "code_refused", detail, title=_("登录码无效"))
    except SendFailed:
        detail = _("微信服务器没有答复，请稍后再试。")
        return problem(503, "wechat_away", detail, title=_("微信暂时不可用"), headers={"Retry-After": "5"})
    session = signing.dumps(openid, salt=_SALT)
    return json_answer({"session": session, "template": settings.REPLIES.wechat_template}, status=201)


def follow(request: HttpRequest) -> HttpResponse:
    """POST /wechat/followings: 200; wrong codes are counted as on the page."""
    try:
        _check_open()
        form = checked(FollowBody, body_of(request))
        openid = str(signing.loads(form.session, salt=_SALT, max_age=SESSION_SECONDS))
    except Refuse as refused:
        return refused.response
    except BadInput as wrong:
        return of_failure(wrong)
    except signing.BadSignature:
        return problem(401, "unauthorized", _("登录已失效，请重新登录。"), headers={"WWW-Authenticate": "Session"})
    at, secret, code = clock.now(), settings.SECRET_KEY.encode(), typed_code(form.query_code)
    if too_many_wrong_codes(at=at, secret=secret, address=openid):
        detail = _("查询码错误次数过多，请稍后再试。")
        return problem(429, "too_often", detail, headers={"Retry-After": "3600"})
    if not code or not answer_by_wechat(code=code, openid=openid):
        if code and letter_of_code(code) is not None:
            return problem(409, "is_letter", letter_words(), title=_("来信不在微信中答复"))
        count_wrong_code(at=at, secret=secret, address=openid)
        return problem(404, "not_found", _("没有这个查询码，请核对后重发。"))
    return json_answer({"following": True})


def _check_open() -> None:
    """Closed without an app of the settings, and until the status door is opened by a decision."""
    if not settings.REPLIES.wechat_app or not is_open(PublicDoor.STATUS):
        raise Refuse(problem(404, "not_found", _("小程序没有开放。")))
