"""Access tokens of machines and the audit log of who saw and did what."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Func, Q
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from wangge.domains.organizations.logic import AuditKind, TokenScope
from wangge.domains.organizations.models.people import Person

__all__ = ["AccessToken", "AuditKind", "AuditRecord", "TokenScope"]


class AccessToken(models.Model):
    """A machine's key, kept as its SHA-256 digest only; it may do what its person may, within its scope."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(_("名称"), max_length=80, blank=True)
    digest = models.BinaryField(_("摘要"), max_length=32)
    scope = models.CharField(_("范围"), max_length=10)
    created_at = models.DateTimeField(_("建立时间"))
    expires_at = models.DateTimeField(_("到期时间"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("吊销时间"), null=True, blank=True)

    class Meta:
        """Named constraints."""

        db_table = "organizations_access_token"
        verbose_name = verbose_name_plural = _("访问令牌")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(name="token_digest_once", fields=["digest"]),
            models.CheckConstraint(
                name="token_digest_is_sha256",
                condition=Exact(Func(F("digest"), function="octet_length", output_field=models.IntegerField()), 32),
            ),
            models.CheckConstraint(
                name="token_scope_known", condition=Q(scope__in=[scope.value for scope in TokenScope])
            ),
            models.CheckConstraint(
                name="token_lives_forward",
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("created_at")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name or self.id} ({self.scope})"


class AuditRecord(models.Model):
    """One line of the audit log: append-only, partitioned by month, kept at least six months.

    The person's name is a snapshot and nothing is a foreign key: the log stands when what it names is gone.
    The table is made by a migration in SQL (partitions); see ``AUDIT_COLUMNS`` in ``organizations.logic``.
    """

    pk = models.CompositePrimaryKey("month", "id")
    id = models.BigIntegerField()
    month = models.DateField()
    at = models.DateTimeField()
    person_id = models.BigIntegerField(null=True)
    person_name = models.TextField(default="")
    token_id = models.BigIntegerField(null=True)
    kind = models.TextField()
    object_kind = models.TextField(default="")
    object_key = models.TextField(default="")
    detail = models.JSONField(default=dict)
    address = models.TextField(default="")

    class Meta:
        """Unmanaged: Django reads it; SQL made it, and the database refuses to change it."""

        managed = False
        db_table = "organizations_audit_record"
        verbose_name = verbose_name_plural = _("审计记录")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.person_name} {self.kind} {self.object_key}"
