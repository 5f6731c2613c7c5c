"""The tables of partners: whom we tell, and the messages made for them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class WallKind(models.TextChoices):
    """What a partner hears of at most."""

    CITY = "city", _("全市")
    DISTRICT = "district", _("一个区")
    DEPARTMENT = "department", _("一个责任单位")


class Stopped(models.TextChoices):
    """Why nothing is sent to a partner."""

    BY_PERSON = "by_person", _("已暂停")
    DEAD = "dead", _("多次失败，已停发")
    GONE = "gone", _("对方注销，已停发")


class Partner(models.Model):
    """A system outside that is told of steps; how far it has been told stands in the outbox under its own name."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(_("名称"), max_length=80)
    address = models.CharField(_("接收地址"), max_length=500)
    wall = models.CharField(_("范围"), max_length=12, choices=WallKind.choices)
    code = models.CharField(_("区或单位代码"), max_length=32, blank=True, default="")
    stages = models.JSONField(_("环节"), default=list)  # empty: every stage
    batch = models.PositiveSmallIntegerField(_("每条报文最多事件数"), default=100)
    salt = models.BinaryField(max_length=32)
    old_salt = models.BinaryField(max_length=32, null=True)
    old_salt_until = models.DateTimeField(null=True)
    added_at = models.DateTimeField(_("登记时间"))
    added_by_id = models.BigIntegerField(null=True)
    stopped_at = models.DateTimeField(_("停发时间"), null=True)
    stopped_because = models.CharField(_("停发原因"), max_length=12, choices=Stopped.choices, blank=True, default="")
    attempts = models.PositiveIntegerField(_("连续失败次数"), default=0)
    failing_since = models.DateTimeField(_("开始失败"), null=True)
    next_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    holder = models.CharField(max_length=16, blank=True, default="")
    last_error = models.CharField(_("对方答复"), max_length=500, blank=True, default="")

    class Meta:
        """Named constraints."""

        db_table = "partners_partner"
        verbose_name = verbose_name_plural = _("外部系统")
        ordering = ("name",)
        constraints: ClassVar = [
            models.UniqueConstraint(name="partner_name_once", fields=["name"]),
            models.CheckConstraint(name="partner_has_name", condition=Q(name__regex=r"\S")),
            models.CheckConstraint(name="partner_address_is_http", condition=Q(address__regex=r"^https?://")),
            models.CheckConstraint(name="partner_wall_known", condition=Q(wall__in=WallKind.values)),
            models.CheckConstraint(
                name="partner_wall_has_code",
                condition=Q(wall="city", code="") | (~Q(wall="city") & ~Q(code="")),
            ),
            models.CheckConstraint(name="partner_batch_size", condition=Q(batch__gte=1, batch__lte=500)),
            models.CheckConstraint(
                name="partner_stop_has_reason",
                condition=Q(stopped_at__isnull=True, stopped_because="")
                | Q(stopped_at__isnull=False, stopped_because__in=Stopped.values),
            ),
            models.CheckConstraint(
                name="partner_old_salt_ends",
                condition=Q(old_salt__isnull=True, old_salt_until__isnull=True)
                | Q(old_salt__isnull=False, old_salt_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Message(models.Model):
    """One message to one partner: its bytes, sent again until the partner says yes or a person drops it."""

    id = models.BigAutoField(primary_key=True)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="messages")
    webhook_id = models.CharField(max_length=64)
    body = models.BinaryField()
    events = models.PositiveSmallIntegerField(_("事件数"))
    made_at = models.DateTimeField(_("生成时间"))
    attempts = models.PositiveIntegerField(_("已试次数"), default=0)
    sent_at = models.DateTimeField(_("送达时间"), null=True)
    dropped_at = models.DateTimeField(_("放弃时间"), null=True)
    last_error = models.CharField(_("对方答复"), max_length=500, blank=True, default="")

    class Meta:
        """Named constraints; the partial index serves what is still to go."""

        db_table = "partners_message"
        verbose_name = verbose_name_plural = _("推送报文")
        ordering = ("id",)
        indexes: ClassVar = [
            models.Index(
                name="message_to_go", fields=["partner", "id"],
                condition=Q(sent_at__isnull=True, dropped_at__isnull=True),
            ),
            models.Index(name="message_by_age", fields=["made_at"]),
        ]  # fmt: skip
        constraints: ClassVar = [
            models.UniqueConstraint(name="message_content_once", fields=["webhook_id"]),
            models.CheckConstraint(name="message_has_events", condition=Q(events__gte=1)),
            models.CheckConstraint(
                name="message_sent_or_dropped", condition=Q(sent_at__isnull=True) | Q(dropped_at__isnull=True)
            ),
            models.CheckConstraint(
                name="message_sent_after_made", condition=Q(sent_at__isnull=True) | Q(sent_at__gte=F("made_at"))
            ),
        ]

    def __str__(self) -> str:
        return self.webhook_id
