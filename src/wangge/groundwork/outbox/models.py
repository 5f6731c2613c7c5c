"""The append-only table of facts and how far each consumer has read it.

Readers must not trust the order of ``id`` alone: a transaction that took a lower id may commit after one with
a higher id was read, and its fact would be lost. So every row carries the transaction that wrote it, and a
reader takes only rows of transactions older than every one still running, in the order (transaction, id).
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Fact(models.Model):
    """One fact: topic, the key of what it is about (a case's id), and its payload as JSON text.

    Append-only, partitioned by the month (UTC) of its record; made by a migration in SQL.
    """

    pk = models.CompositePrimaryKey("month", "id")
    id = models.BigIntegerField()
    month = models.DateField()
    topic = models.TextField()
    key = models.TextField()
    payload = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        """Unmanaged: SQL made it, and the database refuses to change it."""

        managed = False
        db_table = "outbox"
        verbose_name = verbose_name_plural = _("事实")

    def __str__(self) -> str:
        return f"{self.topic} {self.key}"


class Delivery(models.Model):
    """How far one consumer has been served: everything up to (``after_transaction``, ``after_id``).

    ``floor_id`` and ``floor_month`` only spare the reader older rows.
    """

    consumer = models.TextField(primary_key=True)
    after_transaction = models.BigIntegerField(default=0)
    after_id = models.BigIntegerField(default=0)
    floor_id = models.BigIntegerField(default=0)
    floor_month = models.DateField()
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        """Named constraints."""

        db_table = "outbox_delivery"
        verbose_name = verbose_name_plural = _("送达进度")
        constraints = (
            models.CheckConstraint(name="delivery_consumer_form", condition=Q(consumer__regex=r"^[a-z][a-z0-9_.:-]*$")),
            models.CheckConstraint(
                name="delivery_counts_forward",
                condition=Q(after_transaction__gte=0, after_id__gte=0, floor_id__gte=0),
            ),
        )

    def __str__(self) -> str:
        return f"{self.consumer} {self.after_transaction}/{self.after_id}"
