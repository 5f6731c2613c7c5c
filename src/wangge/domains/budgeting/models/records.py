"""Records 台账 of everything that is no posting: contracts, assets, targets, meetings, goods …

One table for all kinds; which fields a kind has is data (``record_kinds.csv``). A correction is a further version,
a mistake is withdrawn by one; nothing is changed or removed.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wangge.domains.budgeting.models.units import BudgetUnit, LedgerImport


class Record(models.Model):
    """One version of one record; the newest version of a key is what holds."""

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey(BudgetUnit, on_delete=models.PROTECT, db_column="unit_code", related_name="+")
    year = models.SmallIntegerField(_("年度"))
    kind = models.CharField(_("类别"), max_length=40)
    key = models.CharField(_("编号"), max_length=120)
    version = models.IntegerField(_("版本"), default=1)
    dated_on = models.DateField(_("日期"), null=True, blank=True)
    amount_fen = models.BigIntegerField(_("金额（分）"), null=True, blank=True)
    quantity = models.BigIntegerField(_("数量"), null=True, blank=True)
    data = models.JSONField(_("内容"))
    withdrawn = models.BooleanField(_("作废"), default=False)
    reason = models.CharField(_("理由"), max_length=200, blank=True, default="")
    digest = models.BinaryField(_("内容校验码"), max_length=32)
    imported = models.ForeignKey(LedgerImport, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(_("录入人"), max_length=60)
    at = models.DateTimeField(_("录入时间"))

    class Meta:
        """Named constraints."""

        db_table = "budgeting_record"
        verbose_name = verbose_name_plural = _("台账记录")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(name="record_version_once", fields=["unit", "year", "kind", "key", "version"]),
            models.CheckConstraint(name="record_kind_form", condition=Q(kind__regex=r"^[a-z][a-z_]*$")),
            models.CheckConstraint(name="record_has_key", condition=Q(key__regex=r"\S")),
            models.CheckConstraint(name="record_version_from_one", condition=Q(version__gte=1)),
            models.CheckConstraint(
                name="record_withdrawn_says_why", condition=Q(withdrawn=False) | Q(reason__regex=r"\S")
            ),
            models.CheckConstraint(
                name="record_quantity_not_negative", condition=Q(quantity__isnull=True) | Q(quantity__gte=0)
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class LedgerUpload(models.Model):
    """A list given through the browser that waits for the yes or no of who gave it; its content goes when settled."""

    id = models.BigAutoField(primary_key=True)
    mapping = models.CharField(_("映射"), max_length=60)
    file_name = models.CharField(_("文件名"), max_length=200)
    content = models.BinaryField(_("文件"), null=True)
    state = models.CharField(_("状态"), max_length=10, default="waiting")
    imported_id = models.BigIntegerField(null=True)
    by_id = models.BigIntegerField()
    by_name = models.CharField(_("交来人"), max_length=60)
    given_at = models.DateTimeField(_("交来时间"))
    settled_at = models.DateTimeField(_("了结时间"), null=True)

    class Meta:
        """Named constraints."""

        db_table = "budgeting_upload"
        verbose_name = verbose_name_plural = _("待导入清单")
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                name="upload_state_known",
                condition=Q(state="waiting", content__isnull=False, settled_at__isnull=True)
                | Q(state__in=["done", "dropped"], content__isnull=True, settled_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.file_name} {self.state}"
