"""What a line is filled from: readings of facts by query, and signed statements with evidence; append-only."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Func, Q
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _


class Reading(models.Model):
    """One fact as a query gave it: value, numerator and denominator, the query in words, cut-off, count, samples.

    Every form of the year that names the fact is filled from the same reading. ``check_code`` is SM3 over all of it.
    """

    id = models.BigAutoField(primary_key=True)
    unit_code = models.CharField(_("预算单位"), max_length=32)
    year = models.SmallIntegerField(_("年度"))
    project = models.CharField(_("项目"), max_length=120, blank=True, default="")
    fact = models.CharField(_("事实"), max_length=60)
    source_kind = models.CharField(_("来源"), max_length=20)
    value = models.DecimalField(_("数值"), max_digits=22, decimal_places=6)
    numerator = models.BigIntegerField(_("分子"), null=True)
    denominator = models.BigIntegerField(_("分母"), null=True)
    query = models.TextField(_("查询口径"))
    cut_off_at = models.DateTimeField(_("截止时点"))
    counted = models.BigIntegerField(_("条数"))
    samples = models.JSONField(_("样本"), default=list)
    parts = models.JSONField(_("组成"), default=list)  # figures of published results it is the sum of
    taken_at = models.DateTimeField(_("取数时间"))
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(_("取数人"), max_length=60)
    check_code = models.BinaryField(_("校验码"), max_length=32)

    class Meta:
        """Named constraints."""

        db_table = "self_evaluation_reading"
        verbose_name = verbose_name_plural = _("取数记录")
        ordering = ("id",)
        indexes = (models.Index(name="reading_newest", fields=["unit_code", "year", "fact", "project", "-id"]),)
        constraints = (
            models.CheckConstraint(name="reading_says_query", condition=Q(query__regex=r"\S")),
            models.CheckConstraint(name="reading_count_not_negative", condition=Q(counted__gte=0)),
            models.CheckConstraint(
                name="reading_ratio_is_whole",
                condition=Q(numerator__isnull=True, denominator__isnull=True)
                | Q(numerator__isnull=False, denominator__gt=0),
            ),
            models.CheckConstraint(name="reading_not_before_cut_off", condition=Q(taken_at__gte=F("cut_off_at"))),
            models.CheckConstraint(
                name="reading_check_code_is_sm3",
                condition=Exact(Func(F("check_code"), function="octet_length", output_field=models.IntegerField()), 32),
            ),
        )

    def __str__(self) -> str:
        return f"{self.fact} {self.value}"


class Statement(models.Model):
    """A person's signed word where no query exists: value or degree, with the evidence named."""

    id = models.BigAutoField(primary_key=True)
    unit_code = models.CharField(_("预算单位"), max_length=32)
    year = models.SmallIntegerField(_("年度"))
    subject = models.CharField(_("事实或指标"), max_length=80)
    value = models.DecimalField(_("数值"), max_digits=22, decimal_places=6, null=True)
    band = models.CharField(_("达成程度"), max_length=20, blank=True, default="")
    words = models.TextField(_("完成情况"), blank=True, default="")
    evidence = models.TextField(_("佐证"))
    scan = models.CharField(_("扫描件"), max_length=64, blank=True, default="")
    signed_by = models.CharField(_("签字人"), max_length=60)
    signed_on = models.DateField(_("签字日期"))
    at = models.DateTimeField(_("登记时间"))
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(_("登记人"), max_length=60)
    check_code = models.BinaryField(_("校验码"), max_length=32)

    class Meta:
        """Named constraints."""

        db_table = "self_evaluation_statement"
        verbose_name = verbose_name_plural = _("签字说明")
        ordering = ("id",)
        indexes = (models.Index(name="statement_newest", fields=["unit_code", "year", "subject", "-id"]),)
        constraints = (
            models.CheckConstraint(name="statement_has_evidence", condition=Q(evidence__regex=r"\S")),
            models.CheckConstraint(name="statement_is_signed", condition=Q(signed_by__regex=r"\S")),
            models.CheckConstraint(
                name="statement_says_something",
                condition=Q(value__isnull=False, band="")
                | Q(value__isnull=True, band__regex=r"\S", words__regex=r"\S"),
            ),
            models.CheckConstraint(
                name="statement_check_code_is_sm3",
                condition=Exact(Func(F("check_code"), function="octet_length", output_field=models.IntegerField()), 32),
            ),
        )

    def __str__(self) -> str:
        return f"{self.subject} {self.value if self.value is not None else self.band}"
