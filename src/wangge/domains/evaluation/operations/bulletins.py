"""Writes who is told of bulletins and in which template they are set; tells the subscribers of new ones."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from wangge.domains.evaluation.logic.bulletins import months_in, whole_periods
from wangge.domains.evaluation.models import BulletinSubscription, BulletinTemplate, MonthStep
from wangge.domains.evaluation.operations import bulletin_mails
from wangge.domains.evaluation.policies import check_may_check
from wangge.domains.evaluation.refusals import CheckRefused
from wangge.domains.notices.operations import Telling, tell
from wangge.domains.organizations.logic import Actor, AuditKind
from wangge.domains.organizations.operations.audit import record

TOPIC = "evaluation_bulletin"
LONGEST_EMAIL = 254


def subscribe(*, by: Actor, at: datetime, email: str = "") -> None:
    """From now on this person is told of every bulletin, and gets it at ``email`` if he names one."""
    email = email.strip()
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise CheckRefused(_("邮箱地址不对，例如 name@example.org。")) from None
        if len(email) > LONGEST_EMAIL:
            raise CheckRefused(_("邮箱地址不对，例如 name@example.org。"))
    if by.person_id is not None:
        BulletinSubscription.objects.get_or_create(person_id=by.person_id, defaults={"since": at, "email": email})


def unsubscribe(*, by: Actor) -> None:
    """He is no longer told."""
    if by.person_id is not None:
        BulletinSubscription.objects.filter(person_id=by.person_id).delete()


def deliver(*, period: str, verb: str, issue: int, at: datetime) -> int:
    """Tell the subscribers of the bulletins that a month's publication or re-issue brought; how many there were.

    Runs in the transaction of the step, so that none is told of what was not published, and nobody twice.
    """
    published = MonthStep.objects.filter(verb="publish").values_list("period", flat=True)
    periods = [each for each in whole_periods(published) if period in months_in(each)]
    words = _("%(period)s 考评通报已更正重发。") if verb == "reissue" else _("%(period)s 考评通报已发布。")
    subscribers = list(BulletinSubscription.objects.values_list("person_id", flat=True))
    tell(
        [
            Telling(person, TOPIC, words % {"period": each}, f"{TOPIC}:{each}:{period}:{issue}", each)
            for each in periods
            for person in subscribers
        ],
        at=at,
    )
    bulletin_mails.queue(bulletins=periods, month=period, issue=issue, at=at)
    return len(periods)


def keep_template(*, name: str, content: bytes, by: Actor, at: datetime) -> BulletinTemplate:
    """Set bulletins in this Word file, judged before, from now on; without content in our own layout."""
    check_may_check(by)
    made = BulletinTemplate.objects.create(name=name[:120], content=content, person_id=by.person_id, at=at)
    record(
        by=by, at=at, kind=AuditKind.SETTING, object_kind="evaluation_template", object_key=str(made.id),
        detail={"name": made.name, "bytes": len(content)},
    )  # fmt: skip
    return made
