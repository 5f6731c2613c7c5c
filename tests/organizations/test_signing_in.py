"""Sign-in: passwords, lock-out, second factor, and sessions that end."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import RequestFactory
from django_otp.middleware import OTPMiddleware
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from wangge.domains.organizations.logic import TERMINAL, Actor, AuditKind, Holding, SessionEnd
from wangge.domains.organizations.models import AuditRecord, Person
from wangge.domains.organizations.operations.lock_out import lift_lock_out
from wangge.domains.organizations.operations.people import add_person, set_active
from wangge.domains.organizations.operations.second_factor import (
    WrongCode,
    begin_enrolment,
    check_second_factor,
    finish_enrolment,
    reset_second_factor,
)
from wangge.domains.organizations.operations.signing_in import (
    NextStep,
    SignInRefused,
    actor_of_request,
    keep_session,
    next_step,
    sign_in,
    sign_out,
)
from wangge.domains.organizations.policies import NotYours

from .conftest import NOW

MINUTE = timedelta(minutes=1)
PASSWORD = "Sesame-open-9"
SECURITY_ADMINISTRATOR = Actor(2, "sec", "安管", (Holding("security_administrator"),))


@pytest.fixture
def seat(city: None) -> Person:
    return add_person(
        by=TERMINAL, at=NOW, username="seat", display_name="坐席", password=PASSWORD, posts=[Holding("acceptor")]
    )


def a_request(session: SessionStore | None = None, address: str = "10.0.0.1") -> HttpRequest:
    request = RequestFactory().post("/sign-in", REMOTE_ADDR=address)
    request.session = session or SessionStore()
    request.user = AnonymousUser()
    return request


def signed_in(seat: Person) -> HttpRequest:
    request = a_request()
    sign_in(request=request, username="seat", password=PASSWORD, at=NOW)
    return request


def actor(person: Person, post: str = "acceptor") -> Actor:
    return Actor(person.pk, person.username, person.display_name, (Holding(post),))


def kinds() -> list[str]:
    return list(AuditRecord.objects.exclude(kind="access").order_by("id").values_list("kind", flat=True))


def test_the_right_password_opens_a_session_and_is_recorded(seat: Person) -> None:
    request = signed_in(seat)
    assert request.user == seat
    found = actor_of_request(request=request, at=NOW)
    assert found is not None
    assert found.posts == {"acceptor"}
    line = AuditRecord.objects.get(kind=AuditKind.SIGN_IN)
    assert (line.person_id, line.person_name, line.address) == (seat.pk, "坐席", "10.0.0.1")


def test_the_user_name_opens_in_any_letter_case(seat: Person) -> None:
    request = a_request()
    assert sign_in(request=request, username=" SEAT ", password=PASSWORD, at=NOW) == seat


@pytest.mark.parametrize(("username", "password"), [("seat", "wrong"), ("nobody", PASSWORD), ("", "")])
def test_a_wrong_name_and_a_wrong_password_sound_the_same(seat: Person, username: str, password: str) -> None:
    request = a_request()
    with pytest.raises(SignInRefused, match="用户名或密码不对") as refused:
        sign_in(request=request, username=username, password=password, at=NOW)
    assert not refused.value.locked_out
    assert isinstance(request.user, AnonymousUser)
    assert kinds() == ["sign_in_failed"]


def test_what_was_typed_is_not_kept_when_it_names_nobody(seat: Person) -> None:
    with pytest.raises(SignInRefused):
        sign_in(request=a_request(), username=PASSWORD, password="seat", at=NOW)
    line = AuditRecord.objects.get(kind=AuditKind.SIGN_IN_FAILED)
    assert (line.person_id, line.person_name, line.detail) == (None, "", {})


def test_a_person_no_longer_active_cannot_sign_in(seat: Person) -> None:
    set_active(by=TERMINAL, at=NOW, person=seat, active=False)
    with pytest.raises(SignInRefused):
        signed_in(seat)


def lock_out(at_least: int = 5) -> None:
    for spelling in ["seat", "Seat", "SEAT", "sEat", "seaT"][:at_least]:
        with pytest.raises(SignInRefused):
            sign_in(request=a_request(), username=spelling, password="wrong", at=NOW)


def test_five_failures_lock_out_even_the_right_password(seat: Person) -> None:
    lock_out()
    with pytest.raises(SignInRefused, match="暂时锁定") as refused:
        signed_in(seat)
    assert refused.value.locked_out
    assert kinds()[-1] == "locked_out"


def test_four_failures_do_not_lock_out(seat: Person) -> None:
    lock_out(4)
    assert signed_in(seat).user == seat


def test_a_lock_out_is_for_the_place_it_came_from(seat: Person) -> None:
    lock_out()
    elsewhere = a_request(address="10.0.0.2")
    assert sign_in(request=elsewhere, username="seat", password=PASSWORD, at=NOW) == seat


def test_the_security_administrator_lifts_a_lock_out(seat: Person) -> None:
    lock_out()
    with pytest.raises(NotYours):
        lift_lock_out(by=actor(seat), at=NOW, person=seat)
    assert lift_lock_out(by=SECURITY_ADMINISTRATOR, at=NOW, person=seat) >= 1
    assert signed_in(seat).user == seat


def test_signing_out_ends_the_session_and_is_recorded(seat: Person) -> None:
    request = signed_in(seat)
    sign_out(request=request, at=NOW)
    assert isinstance(request.user, AnonymousUser)
    assert kinds() == ["sign_in", "sign_out"]
    sign_out(request=request, at=NOW)
    assert kinds() == ["sign_in", "sign_out"]


@pytest.mark.parametrize(
    ("minutes", "end"), [([59, 59, 59], None), ([60], SessionEnd.IDLE), ([59] * 11, SessionEnd.ABSOLUTE)]
)
def test_a_session_lives_while_it_is_used_and_no_longer_than_ten_hours(
    seat: Person, minutes: list[int], end: SessionEnd | None, settings: Any
) -> None:
    settings.SESSION_IDLE_MINUTES = 60
    settings.SESSION_COOKIE_AGE = 10 * 3600
    request, at, found = signed_in(seat), NOW, None
    for pause in minutes:
        at += pause * MINUTE
        found = keep_session(request=request, at=at)
    assert found is end
    assert isinstance(request.user, AnonymousUser) == (end is not None)


def test_reading_pages_within_a_minute_does_not_write_the_session(seat: Person) -> None:
    request = signed_in(seat)
    request.session.modified = False
    keep_session(request=request, at=NOW + 59 * timedelta(seconds=1))
    assert not request.session.modified
    keep_session(request=request, at=NOW + MINUTE)
    assert request.session.modified


def test_a_session_opened_by_the_citys_provider_begins_at_its_first_page(seat: Person) -> None:
    request = a_request()
    request.user = seat
    assert keep_session(request=request, at=NOW) is None
    assert kinds() == ["sign_in"]
    assert keep_session(request=request, at=NOW + 24 * 60 * MINUTE) is not None


def test_nothing_stands_between_a_signed_in_seat_and_the_work(seat: Person) -> None:
    assert next_step(person=seat, actor=actor(seat), at=NOW) is NextStep.NOTHING


def test_the_second_factor_is_compulsory_for_staff_by_setting(seat: Person, settings: Any) -> None:
    settings.TOTP_COMPULSORY = True
    assert next_step(person=seat, actor=actor(seat), at=NOW) is NextStep.ENROL_SECOND_FACTOR
    assert next_step(person=seat, actor=actor(seat, "reporter"), at=NOW) is NextStep.NOTHING


def test_a_password_must_be_changed_when_told_or_too_old(seat: Person, settings: Any) -> None:
    settings.PASSWORD_AGE_DAYS = 90
    assert next_step(person=seat, actor=actor(seat), at=NOW) is NextStep.NOTHING
    later = NOW + timedelta(days=90)
    assert next_step(person=seat, actor=actor(seat), at=later) is NextStep.CHANGE_PASSWORD
    seat.must_change_password = True
    assert next_step(person=seat, actor=actor(seat), at=NOW) is NextStep.CHANGE_PASSWORD


def verified(request: HttpRequest) -> Person:
    """The user as the second factor's middleware makes him."""
    seen: list[Any] = []

    def keep(asked: HttpRequest) -> None:
        seen.append(asked.user)

    OTPMiddleware(keep)(request)
    person: Person = seen[0]
    person.is_verified()  # type: ignore[attr-defined]
    return person


def code_of(person: Person, steps_ahead: int = 0) -> str:
    device = TOTPDevice.objects.filter(user=person).latest("id")
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = time.time() + steps_ahead * device.step
    return f"{totp.token():06d}"


def enrol(seat: Person, request: HttpRequest) -> list[str]:
    begun = begin_enrolment(person=seat)
    assert begun.address.startswith("otpauth://totp/")
    assert f"secret={begun.secret_text}" in begun.address
    assert begin_enrolment(person=seat) == begun
    return finish_enrolment(request=request, by=actor(seat), person=seat, code=code_of(seat), at=NOW)


def test_a_second_factor_is_enrolled_by_its_first_code(seat: Person) -> None:
    request = signed_in(seat)
    begin_enrolment(person=seat)
    with pytest.raises(WrongCode, match="六位数字"):
        finish_enrolment(request=request, by=actor(seat), person=seat, code="000000", at=NOW)
    assert next_step(person=seat, actor=actor(seat), at=NOW) is NextStep.NOTHING
    codes = enrol(seat, request)
    assert len(set(codes)) == 8
    assert next_step(person=verified(request), actor=actor(seat), at=NOW) is NextStep.NOTHING
    assert kinds() == ["sign_in", "second_factor"]


def test_once_enrolled_the_second_factor_is_asked_for_at_every_sign_in(seat: Person) -> None:
    (first, second, *_rest) = enrol(seat, signed_in(seat))
    request = signed_in(seat)
    assert next_step(person=verified(request), actor=actor(seat), at=NOW) is NextStep.SECOND_FACTOR
    request.user = seat
    check_second_factor(request=request, by=actor(seat), person=seat, code=code_of(seat, 1), at=NOW)
    assert next_step(person=verified(request), actor=actor(seat), at=NOW) is NextStep.NOTHING
    other = signed_in(seat)
    check_second_factor(request=other, by=actor(seat), person=seat, code=first, at=NOW)
    with pytest.raises(WrongCode):
        check_second_factor(request=signed_in(seat), by=actor(seat), person=seat, code=first, at=NOW)
    assert second != first


def test_a_one_time_code_opens_once(seat: Person) -> None:
    enrol(seat, signed_in(seat))
    code = code_of(seat, 1)
    check_second_factor(request=signed_in(seat), by=actor(seat), person=seat, code=code, at=NOW)
    with pytest.raises(WrongCode, match="刚刚用过"):
        check_second_factor(request=signed_in(seat), by=actor(seat), person=seat, code=code, at=NOW)
    assert kinds()[-1] == "sign_in_failed"


def test_wrong_codes_slow_the_next_try(seat: Person) -> None:
    enrol(seat, signed_in(seat))
    with pytest.raises(WrongCode):
        check_second_factor(request=signed_in(seat), by=actor(seat), person=seat, code="000000", at=NOW)
    with pytest.raises(WrongCode):
        check_second_factor(request=signed_in(seat), by=actor(seat), person=seat, code=code_of(seat, 1), at=NOW)


def test_a_lost_second_factor_is_taken_away_by_the_security_administrator(seat: Person) -> None:
    enrol(seat, signed_in(seat))
    with pytest.raises(NotYours):
        reset_second_factor(by=actor(seat), at=NOW, person=seat)
    reset_second_factor(by=SECURITY_ADMINISTRATOR, at=NOW, person=seat)
    assert next_step(person=seat, actor=actor(seat), at=NOW) is NextStep.NOTHING
