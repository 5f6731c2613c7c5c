"""The second factor: time-based one-time codes (TOTP) with recovery codes, by django-otp."""

from __future__ import annotations

import secrets
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django_otp import login as otp_login
from django_otp import match_token
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from wangge.domains.organizations.logic import Actor, AuditKind
from wangge.domains.organizations.models import Person
from wangge.domains.organizations.operations.audit import record_on_person
from wangge.domains.organizations.policies import Refused, Task, check_may_administer

RECOVERY_CODES = 8


class WrongCode(Refused):
    """The one-time code does not fit, was used already, or came too soon after wrong ones."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What the person's app needs: the ``otpauth://`` address for the QR code, or the secret typed by hand."""

    address: str
    secret_text: str


@transaction.atomic
def begin_enrolment(*, person: Person) -> Enrolment:
    """Begin to enrol a second factor, or go on with the one begun: a page read again shows the same secret."""
    Person.objects.select_for_update().get(pk=person.pk)
    device = TOTPDevice.objects.filter(user=person, confirmed=False).first()
    if device is None:
        device = TOTPDevice.objects.create(user=person, name="totp", confirmed=False)
    return Enrolment(str(device.config_url), b32encode(device.bin_key).decode())


@transaction.atomic
def finish_enrolment(*, request: HttpRequest, by: Actor, person: Person, code: str, at: datetime) -> list[str]:
    """Confirm the second factor by its first code; recovery codes, shown this once. Raises ``WrongCode``."""
    device = TOTPDevice.objects.select_for_update().filter(user=person, confirmed=False).first()
    if device is None or not device.verify_token(code.strip()):
        raise WrongCode(_("动态口令不对，请输入应用中当前显示的六位数字。"))
    TOTPDevice.objects.filter(user=person, confirmed=True).delete()
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    codes = _new_recovery_codes(person)
    otp_login(request, device)
    record_on_person(by=by, at=at, kind=AuditKind.SECOND_FACTOR, username=person.username, enrolled=True)
    return codes


def _new_recovery_codes(person: Person) -> list[str]:
    StaticDevice.objects.filter(user=person).delete()
    device = StaticDevice.objects.create(user=person, name="recovery", confirmed=True)
    codes = [secrets.token_hex(5) for _count in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create([StaticToken(device=device, token=code) for code in codes])
    return codes


def check_second_factor(*, request: HttpRequest, by: Actor, person: Person, code: str, at: datetime) -> None:
    """Let the session pass by a one-time or a recovery code; wrong ones slow the next. ``WrongCode``."""
    device = match_token(person, code.strip())
    if device is None:
        record_on_person(by=by, at=at, kind=AuditKind.SIGN_IN_FAILED, username=person.username, second_factor=True)
        raise WrongCode(_("动态口令不对，或刚刚用过。请等下一个口令再输入。"))
    otp_login(request, device)


@transaction.atomic
def reset_second_factor(*, by: Actor, at: datetime, person: Person) -> None:
    """Take a lost second factor away; the person enrols anew at his next sign-in where it is compulsory."""
    check_may_administer(by, Task.KEYS)
    TOTPDevice.objects.filter(user=person).delete()
    StaticDevice.objects.filter(user=person).delete()
    record_on_person(by=by, at=at, kind=AuditKind.SECOND_FACTOR, username=person.username, reset=True)
