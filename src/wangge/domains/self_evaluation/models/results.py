"""What a line came to: mid-year watch and year-end result, each with what it rests on; append-only, newest counts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wangge.domains.self_evaluation.models.evidence import Reading, Statement
from wangge.domains.self_evaluation.models.forms import Form, TargetLine


class Result(models.Model):
    """The result of one line at year end: from a reading or a statement, the rule's score, perhaps a judgement."""

    id = models.BigAutoField(primary_key=True)
    line = models.ForeignKey(TargetLine, on_delete=models.PROTECT, related_name="results")
    reading = models.ForeignKey(Reading, on_delete=models.PROTECT, null=True, related_name="+")
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, null=True, related_name="+")
    by_rule = models.DecimalField(_("规则得分"), max_digits=5, decimal_places=2)
    score = models.DecimalField(_("得分"), max_digits=5, decimal_places=2)
    method = models.CharField(_("得分依据"), max_length=12)
    judged_by = models.CharField(_("评审人"), max_length=60, blank=True, default="")
    judged_reason = models.TextField(_("认定理由"), blank=True, default="")
    deviation = models.TextField(_("偏差原因"), blank=True, default="")
    measure = models.TextField(_("改进措施"), blank=True, default="")
    at = models.DateTimeField(_("时间"))
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(_("填报人"), max_length=60)

    class Meta:
        """Named constraints; that a score stays within its line's weight is held by a trigger."""

        db_table = "self_evaluation_result"
        verbose_name = verbose_name_plural = _("自评结果")
        ordering = ("id",)
        indexes = (models.Index(name="result_newest", fields=["line", "-id"]),)
        constraints = (
            models.CheckConstraint(
                name="result_rests_on_one_thing",
                condition=Q(reading__isnull=False, statement__isnull=True)
                | Q(reading__isnull=True, statement__isnull=False),
            ),
            models.CheckConstraint(name="result_score_not_negative", condition=Q(score__gte=0, by_rule__gte=0)),
            models.CheckConstraint(
                name="result_judgement_has_name_and_reason",
                condition=~Q(method="judgement") & Q(judged_by="", judged_reason="")
                | Q(method="judgement", judged_by__regex=r"\S", judged_reason__regex=r"\S"),
            ),
            models.CheckConstraint(name="result_method_known", condition=Q(method__in=("rule", "band", "judgement"))),
        )

    def __str__(self) -> str:
        return f"{self.line_id} {self.score}"


class Monitoring(models.Model):
    """One line, or the money (no line), at mid-year: how far, where it will end, what is done about it."""

    id = models.BigAutoField(primary_key=True)
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="monitorings")
    line = models.ForeignKey(TargetLine, on_delete=models.PROTECT, null=True, related_name="+")
    on = models.DateField(_("监控日"))
    actual = models.DecimalField(_("已完成"), max_digits=22, decimal_places=6, null=True)
    forecast = models.DecimalField(_("全年预计"), max_digits=22, decimal_places=6, null=True)
    course = models.CharField(_("进度"), max_length=12)
    reason = models.TextField(_("偏差原因"), blank=True, default="")
    correction = models.TextField(_("纠偏措施"), blank=True, default="")
    at = models.DateTimeField(_("时间"))
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(_("填报人"), max_length=60)

    class Meta:
        """Named constraints."""

        db_table = "self_evaluation_monitoring"
        verbose_name = verbose_name_plural = _("双监控")
        ordering = ("id",)
        indexes = (models.Index(name="monitoring_of_form", fields=["form", "on"]),)
        constraints = (
            models.CheckConstraint(
                name="monitoring_course_known",
                condition=Q(course__in=("on_course", "behind", "exceeded", "unknown")),
            ),
            models.CheckConstraint(
                name="monitoring_off_course_is_corrected",
                condition=~Q(course__in=("behind", "exceeded")) | Q(reason__regex=r"\S", correction__regex=r"\S"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.form_id} {self.line_id or ''} {self.on} {self.course}"
