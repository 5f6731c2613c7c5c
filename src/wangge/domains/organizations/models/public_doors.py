"""Decisions that open or close a public door (对外入口): what anyone may use without sign-in.

Append-only: a closing is a further row, and the newest row of a door says how it stands.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class PublicDoor(models.TextChoices):
    """What can be opened to people without sign-in."""

    REPORT = "report", _("公众上报")
    STATUS = "status", _("公众查询进度")
    OPEN311 = "open311", _("Open311 接口")
    LETTERS = "letters", _("公众来信")
    BULLETINS = "bulletins", _("考评通报公开")
    MAP = "map", _("近期案卷地图")


class DoorDecision(models.Model):
    """One recorded decision on one door; opening needs the review of secrecy (保密审查) that preceded it."""

    id = models.BigAutoField(primary_key=True)
    door = models.CharField(_("入口"), max_length=20, choices=PublicDoor.choices)
    opens = models.BooleanField(_("开放"))
    at = models.DateTimeField(_("生效时间"))
    decided_by = models.CharField(_("决定人"), max_length=120)
    decision = models.TextField(_("决定内容"))
    secrecy_review = models.TextField(_("保密审查"), blank=True, default="")
    recorded_by_id = models.BigIntegerField(_("登记人"), null=True)

    class Meta:
        """Named constraints; the migration adds the trigger that refuses change."""

        db_table = "organizations_door_decision"
        verbose_name = verbose_name_plural = _("对外入口决定")
        ordering = ("id",)
        indexes = (models.Index(name="door_decision_newest", fields=["door", "-id"]),)
        constraints = (
            models.CheckConstraint(name="door_known", condition=Q(door__in=PublicDoor.values)),
            models.CheckConstraint(name="door_decision_says_who", condition=Q(decided_by__regex=r"\S")),
            models.CheckConstraint(name="door_decision_says_what", condition=Q(decision__regex=r"\S")),
            models.CheckConstraint(
                name="door_opens_after_secrecy_review", condition=Q(opens=False) | Q(secrecy_review__regex=r"\S")
            ),
        )

    def __str__(self) -> str:
        return f"{self.door} {'opened' if self.opens else 'closed'} {self.at:%Y-%m-%d %H:%M}"
