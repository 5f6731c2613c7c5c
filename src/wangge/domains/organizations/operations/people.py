"""Makes people, gives and ends posts, sets passwords."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from wangge.domains.organizations.logic import POSTS_OF_UNITS, Actor, AuditKind, Holding
from wangge.domains.organizations.models import Department, District, Person, PostHolding
from wangge.domains.organizations.operations.audit import record_on_person
from wangge.domains.organizations.policies import (
    Refused,
    Task,
    check_administrators_apart,
    check_may_administer,
)
from wangge.domains.organizations.queries import city_tables, person_named, platform_of


class PasswordRefused(Refused):
    """A new password breaks the rules; the text names each."""


@transaction.atomic
def add_person(
    *,
    by: Actor,
    at: datetime,
    username: str,
    display_name: str = "",
    password: str | None = None,
    posts: Iterable[Holding] = (),
    phone: str | None = None,
    must_change_password: bool = False,
) -> Person:
    """Make a person with his posts from ``at`` on; without a password nobody can sign in as him.

    Raises ``Refused`` when the name is taken or malformed, or a post, unit or district is not there.
    """
    check_may_administer(by, Task.PEOPLE)
    posts = tuple(posts)
    if posts:
        check_may_administer(by, Task.POSTS)
    username = username.strip()
    if not username or any(letter.isspace() for letter in username) or len(username) > 64:
        raise Refused(_("用户名不能为空、不能有空格，最长 64 个字。"))
    if person_named(username) is not None:
        raise Refused(_("用户名 %(name)s 已有，请换一个。") % {"name": username})
    person = Person.objects.create(
        username=username,
        display_name=display_name.strip() or username,
        phone=phone or None,
        password=make_password(password),
        password_set_at=at if password else None,
        must_change_password=must_change_password,
        created_at=at,
    )
    record_on_person(by=by, at=at, kind=AuditKind.ACCESS, username=person.username, made=True)
    for holding in posts:
        _hold(by=by, at=at, person=person, holding=holding)
    return person


@transaction.atomic
def grant_post(*, by: Actor, at: datetime, person: Person, holding: Holding) -> PostHolding:
    """Give a person a post from ``at`` on; ``Refused`` when unknown, held already, or against 三员分立."""
    check_may_administer(by, Task.POSTS)
    return _hold(by=by, at=at, person=person, holding=holding)


def _hold(*, by: Actor, at: datetime, person: Person, holding: Holding) -> PostHolding:
    holding = checked_holding(holding)
    # The lock lets only one giver at a time look at what this person holds; the database refuses in any case.
    Person.objects.select_for_update().get(pk=person.pk)
    held = _held(person, at)
    check_administrators_apart(frozenset((*held.values_list("post", flat=True), holding.post)))
    same = held.filter(post=holding.post, department_id=holding.department_code, district_id=holding.district_code)
    if same.exists():
        raise Refused(_("%(name)s已担任岗位 %(post)s。") % {"name": person.display_name, "post": holding.post})
    made = PostHolding.objects.create(
        person=person,
        post=holding.post,
        department_id=holding.department_code,
        district_id=holding.district_code,
        valid_from=at,
    )
    record_on_person(
        by=by,
        at=at,
        kind=AuditKind.ACCESS,
        username=person.username,
        post=holding.post,
        department=holding.department_code,
        district=holding.district_code,
    )
    return made


def checked_holding(holding: Holding) -> Holding:
    """The holding with its unit completed; raises ``Refused`` when post, unit or district do not fit.

    A district's dispatcher named by district alone speaks for that district's platform.
    """
    known = {row.post for row in city_tables().posts}
    if holding.post not in known:
        raise Refused(
            _("没有岗位 %(post)s。可用的岗位：%(known)s。") % {"post": holding.post, "known": " ".join(sorted(known))}
        )
    if holding.district_code is not None and not District.objects.filter(code=holding.district_code).exists():
        raise Refused(_("没有区 %(code)s，请用六位区划代码。") % {"code": holding.district_code})
    if holding.department_code is not None:
        unit = Department.objects.filter(code=holding.department_code).first()
        if unit is None:
            raise Refused(_("没有责任单位 %(code)s。") % {"code": holding.department_code})
    elif holding.post == "district_dispatcher" and holding.district_code is not None:
        platform = platform_of(holding.district_code)
        if platform is None:
            raise Refused(_("区 %(code)s 还没有区级平台，请先建立。") % {"code": holding.district_code})
        return Holding(holding.post, platform, holding.district_code)
    elif holding.post in POSTS_OF_UNITS:
        raise Refused(_("岗位 %(post)s 须写明责任单位（--department）。") % {"post": holding.post})
    return holding


@transaction.atomic
def end_post(*, by: Actor, at: datetime, person: Person, post: str) -> int:
    """End the person's holdings of ``post`` at once; how many ended. ``Refused`` when he holds none."""
    check_may_administer(by, Task.POSTS)
    ended = _end(_held(person, at).filter(post=post), at)
    if not ended:
        raise Refused(_("%(name)s没有担任岗位 %(post)s。") % {"name": person.display_name, "post": post})
    record_on_person(by=by, at=at, kind=AuditKind.ACCESS, username=person.username, post=post, ended=ended)
    return ended


@transaction.atomic
def end_holding(*, by: Actor, at: datetime, person: Person, holding_id: int) -> None:
    """End one holding of a person at once, his others stay. ``Refused`` when he does not hold it now."""
    check_may_administer(by, Task.POSTS)
    one = _held(person, at).filter(pk=holding_id)
    held = one.first()
    if held is None or not _end(one, at):
        raise Refused(_("%(name)s现在没有这个岗位，请刷新后查看。") % {"name": person.display_name})
    record_on_person(
        by=by, at=at, kind=AuditKind.ACCESS, username=person.username, post=held.post,
        department=held.department_id, district=held.district_id, ended=1,
    )  # fmt: skip


def _held(person: Person, at: datetime) -> QuerySet[PostHolding]:
    return PostHolding.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=at), person=person)


def _end(held: QuerySet[PostHolding], at: datetime) -> int:
    # A post that has not begun yet never was: it goes, so that its period does not run backwards.
    begun = held.filter(valid_from__lt=at).update(valid_to=at)
    never, _by_model = held.filter(valid_from__gte=at).delete()
    return begun + never


@transaction.atomic
def set_active(*, by: Actor, at: datetime, person: Person, active: bool) -> None:
    """Open or close a person's sign-in and tokens; what he did stays his."""
    check_may_administer(by, Task.PEOPLE)
    Person.objects.filter(pk=person.pk).update(is_active=active)
    record_on_person(by=by, at=at, kind=AuditKind.ACCESS, username=person.username, active=active)


@transaction.atomic
def reset_password(*, by: Actor, at: datetime, person: Person, password: str) -> None:
    """Give a person a new password that he must change at his next sign-in."""
    check_may_administer(by, Task.KEYS)
    _set_password(person, password, at, must_change=True)
    record_on_person(by=by, at=at, kind=AuditKind.PASSWORD, username=person.username, reset=True)


@transaction.atomic
def change_password(*, by: Actor, at: datetime, person: Person, old: str, new: str) -> None:
    """Let a person change his own password; his other sessions end with it.

    Raises ``PasswordRefused`` when the old one is wrong or the new one breaks a rule.
    """
    if by.person_id != person.pk or not person.check_password(old):
        raise PasswordRefused(_("原密码不对，请重新输入。"))
    if old == new:
        raise PasswordRefused(_("新密码须与原密码不同。"))
    check_password_rules(new, person)
    _set_password(person, new, at, must_change=False)
    record_on_person(by=by, at=at, kind=AuditKind.PASSWORD, username=person.username)


def check_password_rules(password: str, person: Person | None = None) -> None:
    """Raise ``PasswordRefused`` naming each rule of the settings that ``password`` breaks."""
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise PasswordRefused(" ".join(error.messages)) from None


def _set_password(person: Person, password: str, at: datetime, *, must_change: bool) -> None:
    person.set_password(password)
    person.password_set_at = at
    person.must_change_password = must_change
    person.save(update_fields=["password", "password_set_at", "must_change_password"])
