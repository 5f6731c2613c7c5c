"""People, the posts they hold over time, and their turns on duty.

Periods of holdings and turns are half-open moments in UTC, ``[valid_from, valid_to)`` and
``[starts_at, ends_at)``, so that a post can end at once; an open end means until further notice.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext_lazy as _

from wangge.domains.organizations.logic import Actor
from wangge.domains.organizations.models.units import Department, District

ADMINISTRATOR_POSTS = ("system_administrator", "security_administrator", "audit_administrator")


class Moments(Func):
    """``tstzrange(from, to)``: half-open, an empty end is open."""

    function = "tstzrange"
    output_field = DateTimeRangeField()


class PersonManager(BaseUserManager["Person"]):
    """Finds people by name without regard to letter case, as the sign-in form promises."""

    def get_by_natural_key(self, username: str | None) -> Person:
        """The person of this user name; raises ``Person.DoesNotExist``."""
        return self.annotate(_folded=Lower("username")).get(_folded=(username or "").strip().lower())


class Person(AbstractBaseUser):
    """One human being, or a machine partner, who signs in; what he may do lies in his holdings alone."""

    id = models.BigAutoField(primary_key=True)
    username = models.CharField(_("用户名"), max_length=64)
    display_name = models.CharField(_("姓名"), max_length=60)
    phone = models.CharField(_("电话"), max_length=20, null=True, blank=True)
    is_active = models.BooleanField(_("在用"), default=True)
    must_change_password = models.BooleanField(_("须修改密码"), default=False)
    password_set_at = models.DateTimeField(_("密码设定时间"), null=True, blank=True)
    created_at = models.DateTimeField(_("建立时间"))

    # Of a person read from his session: whether he enrolled a second factor, and who he acts as.
    has_second_factor: bool | None = None
    actor_found: Actor | None = None

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    class Meta:
        """Named constraints; two spellings of one user name would be one person to the eye."""

        db_table = "organizations_person"
        verbose_name = verbose_name_plural = _("人员")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(name="person_username_once", fields=["username"]),
            models.UniqueConstraint(Lower("username"), name="person_username_once_in_any_case"),
            models.CheckConstraint(name="person_username_form", condition=Q(username__regex=r"^[^\s[:cntrl:]]+$")),
            models.CheckConstraint(name="person_has_name", condition=~Q(display_name="")),
            models.CheckConstraint(
                name="person_phone_form",
                condition=Q(phone__isnull=True) | Q(phone__regex=r"^[0-9+][0-9 -]{2,}$"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.display_name} {self.username}"


class PostHolding(models.Model):
    """One person holds one post, for a unit or a district, during a period."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="holdings")
    post = models.CharField(_("岗位"), max_length=40)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="holdings",
        db_column="department_code", verbose_name=_("责任单位"),
    )  # fmt: skip
    district = models.ForeignKey(
        District, on_delete=models.PROTECT, null=True, blank=True, related_name="holdings",
        db_column="district_code", verbose_name=_("区"),
    )  # fmt: skip
    valid_from = models.DateTimeField(_("任职起"))
    valid_to = models.DateTimeField(_("任职止"), null=True, blank=True)

    class Meta:
        """Named constraints, among them the three administrators kept apart (三员分立)."""

        db_table = "organizations_post_holding"
        verbose_name = verbose_name_plural = _("任职")
        ordering = ("id",)
        indexes = (models.Index(name="holding_by_department", fields=["department", "post"]),)
        constraints = (
            models.CheckConstraint(name="holding_post_form", condition=Q(post__regex=r"^[a-z][a-z_]*$")),
            models.CheckConstraint(
                name="holding_of_unit_names_unit",
                condition=~Q(post__in=("department", "district_dispatcher")) | Q(department__isnull=False),
            ),
            models.CheckConstraint(
                name="holding_period_runs_forward",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
            ),
            ExclusionConstraint(
                name="holding_once_at_a_time",
                expressions=[
                    (F("person"), RangeOperators.EQUAL),
                    (F("post"), RangeOperators.EQUAL),
                    (Coalesce(F("department"), Value("")), RangeOperators.EQUAL),
                    (Coalesce(F("district"), Value("")), RangeOperators.EQUAL),
                    (Moments(F("valid_from"), F("valid_to")), RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="holding_administrators_apart",
                expressions=[
                    (F("person"), RangeOperators.EQUAL),
                    (F("post"), RangeOperators.NOT_EQUAL),
                    (Moments(F("valid_from"), F("valid_to")), RangeOperators.OVERLAPS),
                ],
                condition=Q(post__in=ADMINISTRATOR_POSTS),
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.post} {self.department_id or self.district_id or ''}".strip()


class ShiftTurn(models.Model):
    """One person's turn on duty (班次), for collectors in one responsibility grid."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="turns")
    # Text, not a key: grids belong to geography, which lies above, and their borders have editions.
    grid_code = models.CharField(_("责任网格"), max_length=32, null=True, blank=True)
    shift = models.CharField(_("班次"), max_length=30)
    starts_at = models.DateTimeField(_("上岗"))
    ends_at = models.DateTimeField(_("下岗"))

    class Meta:
        """Named constraints; the day's limit also bounds how far back the question "who is on duty" looks."""

        db_table = "organizations_shift_turn"
        verbose_name = verbose_name_plural = _("班次")
        ordering = ("starts_at", "id")
        indexes = (models.Index(name="turn_by_grid", fields=["grid_code", "-starts_at"]),)
        constraints = (
            models.CheckConstraint(name="turn_runs_forward", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(
                name="turn_within_a_day",
                condition=Q(ends_at__lte=F("starts_at") + Value("24 hours", models.DurationField())),
            ),
            models.CheckConstraint(name="turn_grid_not_empty", condition=Q(grid_code__isnull=True) | ~Q(grid_code="")),
            ExclusionConstraint(
                name="turn_once_at_a_time",
                expressions=[
                    (F("person"), RangeOperators.EQUAL),
                    (Coalesce(F("grid_code"), Value("")), RangeOperators.EQUAL),
                    (Moments(F("starts_at"), F("ends_at")), RangeOperators.OVERLAPS),
                ],
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.grid_code or '-'} {self.starts_at:%Y-%m-%d %H:%M}"
