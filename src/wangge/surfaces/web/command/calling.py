"""A call that is registered as a case: which one the form is about, its number where none was typed, its binding."""

from __future__ import annotations

from django.utils.translation import gettext as _

from wangge.domains.organizations.logic import Actor, masked_phone
from wangge.domains.telephone.operations.working import bind_call
from wangge.domains.telephone.queries.calls import Call, call
from wangge.domains.telephone.refusals import TelephoneRefused
from wangge.surfaces.web.elements.pieces import Notice, NoticeKind
from wangge.surfaces.web.intake import Brought
from wangge.surfaces.web.shells import opens


def call_asked(text: str, by: Actor) -> Call | None:
    """The call a form is opened for; None for none, and for who takes no calls."""
    if not text.isascii() or not text.isdigit() or len(text) > 18 or not opens(by, "calls_now"):
        return None
    return call(int(text))


def notice_of(found: Call | None) -> tuple[Notice, ...]:
    """That this form is about a call."""
    if found is None:
        return ()
    caller = masked_phone(found.caller) or _("未显示号码")
    told = _("登记来电 %(caller)s") % {"caller": caller}
    return (Notice(NoticeKind.INFORMATION, told, _("联系电话留空，则记来电号码；录音随案卷。")),)


def phone_of(brought: Brought, by: Actor) -> str:
    """The number typed, else that of the call the form is about."""
    typed = brought.first("reporter_phone")
    if typed or not brought.first("call"):
        return typed
    found = call_asked(brought.first("call"), by)
    return "" if found is None else found.caller


def bind(brought: Brought, number: str, by: Actor) -> None:
    """Bind the form's call to the case it became; one bound meanwhile to another case stays there."""
    found = call_asked(brought.first("call"), by)
    if found is None:
        return
    try:
        bind_call(number=found.id, case_number=number, by=by)
    except TelephoneRefused:
        return
