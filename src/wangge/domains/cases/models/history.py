"""What happened to a case, for good: its steps, the personal words they commit to, and receipts of writes.

Steps are append-only and partitioned by the month of their case; nothing points to them by a foreign key.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Func, Q
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _


class CaseStep(models.Model):
    """One step: the columns repeat what the payload holds, for questions; the payload's bytes are what is hashed.

    ``hash`` = SM3(hash of the step before ‖ payload); the first step follows SM3 of the case's id.
    """

    pk = models.CompositePrimaryKey("month", "case_id", "seq")
    month = models.DateField()
    case_id = models.UUIDField()
    seq = models.IntegerField()
    verb = models.TextField()
    post = models.TextField()
    person_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    from_stage = models.TextField()
    to_stage = models.TextField()
    payload = models.TextField()
    hash = models.BinaryField()

    class Meta:
        """Unmanaged: SQL made it (partitions), and the database refuses to change it."""

        managed = False
        db_table = "cases_step"
        verbose_name = verbose_name_plural = _("流转记录")

    def __str__(self) -> str:
        return f"{self.case_id} {self.seq} {self.verb}"


class PrivateTexts(models.Model):
    """Personal words of one step, apart so that they can be erased: {field: [salt in hex, words]}.

    The step's payload carries SM3(salt ‖ words) of each field. Erasing sets ``texts`` to an empty object and
    says when and why; the chain still verifies.
    """

    pk = models.CompositePrimaryKey("case_id", "seq")
    case_id = models.UUIDField()
    seq = models.IntegerField()
    texts = models.JSONField()
    erased_at = models.DateTimeField(null=True)
    erased_because = models.TextField(blank=True, default="")

    class Meta:
        """Named constraints: an erasure is whole and says why."""

        db_table = "cases_private_texts"
        verbose_name = verbose_name_plural = _("个人信息")
        constraints = (
            models.CheckConstraint(
                name="private_texts_erased_whole",
                condition=Q(erased_at__isnull=True) | (Q(texts={}) & ~Q(erased_because="")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.seq}"


class WriteReceipt(models.Model):
    """The answer a write once got under its Idempotency-Key: the same key brings the same answer for 30 days."""

    pk = models.CompositePrimaryKey("person_id", "key")
    person_id = models.BigIntegerField()
    key = models.TextField()
    request_digest = models.BinaryField()
    status = models.SmallIntegerField()
    body = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        """Named constraints."""

        db_table = "cases_write_receipt"
        verbose_name = verbose_name_plural = _("写入回执")
        constraints = (
            models.CheckConstraint(name="receipt_keeps_successes_only", condition=Q(status__range=(200, 299))),
            models.CheckConstraint(name="receipt_key_length", condition=Q(key__regex=r"^.{1,255}$")),
            models.CheckConstraint(
                name="receipt_digest_is_sha256",
                condition=Exact(
                    Func(F("request_digest"), function="octet_length", output_field=models.IntegerField()), 32
                ),
            ),
        )
        indexes = (models.Index(name="receipt_by_age", fields=["created_at"]),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.key}"
