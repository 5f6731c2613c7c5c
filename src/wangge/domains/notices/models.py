"""The tables of notices: what a person or a shared inbox was told, about what, and who has read it.

A message to a desk is one row in the inbox of its post, whoever sits there; only a message to one person is his own
row. A city with 150 people at one post thus writes one row for each fact, not 150.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    """One message to one person; ``source_key`` names the fact it tells, so that telling twice leaves one."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    topic = models.CharField(_("类别"), max_length=60)
    # Text, not a key: what a notice speaks of lies in domains above this one.
    object_key = models.CharField(_("对象"), max_length=64, blank=True)
    text = models.CharField(_("内容"), max_length=500)
    source_key = models.CharField(_("来源"), max_length=100)
    created_at = models.DateTimeField(_("时间"))
    read_at = models.DateTimeField(_("已读时间"), null=True, blank=True)

    class Meta:
        """Named constraints; the partial index serves the number beside the bell."""

        db_table = "notices_notice"
        verbose_name = verbose_name_plural = _("站内消息")
        ordering = ("-created_at", "-id")
        indexes = (
            models.Index(name="notice_newest", fields=["person", "-created_at", "-id"]),
            models.Index(name="notice_unread", fields=["person"], condition=Q(read_at__isnull=True)),
        )
        constraints = (
            models.UniqueConstraint(name="notice_once_per_fact", fields=["person", "source_key"]),
            models.CheckConstraint(name="notice_says_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="notice_read_after_made",
                condition=Q(read_at__isnull=True) | Q(read_at__gte=F("created_at")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.topic} {self.object_key}"


class InboxNotice(models.Model):
    """One message to a shared inbox (see ``inboxes``): of a post, of a responsible unit, or for a case's reporter.

    ``district_code`` narrows a post's message to the desk of that district; ``by_person_id`` made the fact himself
    and is not told. Rows go after some weeks: news, not history.
    """

    id = models.BigAutoField(primary_key=True)
    inbox = models.CharField(_("收件箱"), max_length=80)
    district_code = models.CharField(_("区"), max_length=6, blank=True, default="")
    topic = models.CharField(_("类别"), max_length=60)
    object_key = models.CharField(_("对象"), max_length=64, blank=True)
    text = models.CharField(_("内容"), max_length=500)
    source_key = models.CharField(_("来源"), max_length=100)
    by_person_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(_("时间"))

    class Meta:
        """Named constraints; an inbox is read from its newest row on."""

        db_table = "notices_inbox_notice"
        verbose_name = verbose_name_plural = _("岗位消息")
        indexes = (
            models.Index(name="inbox_notice_newest", fields=["inbox", "-id"]),
            models.Index(name="inbox_notice_by_age", fields=["created_at"]),
        )
        constraints = (
            models.UniqueConstraint(name="inbox_notice_once_per_fact", fields=["inbox", "source_key"]),
            models.CheckConstraint(name="inbox_notice_says_something", condition=~Q(text="")),
            models.CheckConstraint(name="inbox_notice_inbox_form", condition=Q(inbox__regex=r"^(post|unit|case):.+$")),
        )

    def __str__(self) -> str:
        return f"{self.inbox} {self.object_key}"


class InboxReading(models.Model):
    """One person has read one message of a shared inbox."""

    pk = models.CompositePrimaryKey("notice_id", "person_id")
    notice = models.ForeignKey(InboxNotice, on_delete=models.CASCADE, related_name="readings")
    person_id = models.BigIntegerField()
    read_at = models.DateTimeField()

    class Meta:
        """The key holds every invariant."""

        db_table = "notices_inbox_reading"
        verbose_name = verbose_name_plural = _("岗位消息已读")

    def __str__(self) -> str:
        return f"{self.notice_id} {self.person_id}"


class InboxMark(models.Model):
    """Up to which message a person has put all of his shared inboxes aside as read."""

    person_id = models.BigIntegerField(primary_key=True)
    read_through = models.BigIntegerField()
    read_at = models.DateTimeField()

    class Meta:
        """Named constraints."""

        db_table = "notices_inbox_mark"
        verbose_name = verbose_name_plural = _("岗位消息读至")
        constraints = (models.CheckConstraint(name="inbox_mark_counts_forward", condition=Q(read_through__gte=0)),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.read_through}"
