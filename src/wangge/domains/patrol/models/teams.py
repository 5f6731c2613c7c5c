"""Owns the teams of collectors 采集班组 and who is in them, between days; the turns lie in organizations."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from wangge.domains.geography.models.areas import Days


class Team(models.Model):
    """A team of collectors between two days."""

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(_("班组代码"), max_length=20)
    name = models.CharField(_("班组"), max_length=60)
    # Text, not a key: a team may serve several districts, or a district that is yet to come.
    district_code = models.CharField(_("区"), max_length=12, blank=True)
    valid_from = models.DateField(_("开始日期"))
    valid_to = models.DateField(_("结束日期"), null=True, blank=True)

    class Meta:
        """Named constraints."""

        db_table = "patrol_team"
        verbose_name = verbose_name_plural = _("采集班组")
        ordering = ("code", "valid_from")
        constraints: ClassVar = [
            models.CheckConstraint(name="team_code_form", condition=Q(code__regex=r"^[A-Za-z0-9_-]+$")),
            models.CheckConstraint(name="team_has_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="team_period_runs_forward",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
            ),
            ExclusionConstraint(
                name="team_code_once_a_day",
                expressions=[
                    ("code", RangeOperators.EQUAL),
                    (Days("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class TeamMember(models.Model):
    """A collector in a team between two days; in one team on any day."""

    id = models.BigAutoField(primary_key=True)
    team = models.ForeignKey(Team, verbose_name=_("采集班组"), on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("采集员"), on_delete=models.PROTECT, related_name="+"
    )
    is_leader = models.BooleanField(_("班长"), default=False)
    valid_from = models.DateField(_("开始日期"))
    valid_to = models.DateField(_("结束日期"), null=True, blank=True)

    class Meta:
        """Named constraints."""

        db_table = "patrol_team_member"
        verbose_name = verbose_name_plural = _("班组成员")
        ordering = ("team_id", "person_id")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="member_period_runs_forward",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
            ),
            ExclusionConstraint(
                name="member_of_one_team_a_day",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    (Days("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team_id} {self.person_id}"
