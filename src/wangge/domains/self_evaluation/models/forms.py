"""Forms of self-evaluation, their targets in versions, and the steps of their year; all of it append-only.

A form's state is the ``to_state`` of its newest step. Targets that were declared are never changed: an adjustment is
a further set that says why.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

SIGNS = ("≥", "≤", "=", "定性")


class FormKind(models.TextChoices):
    """What a form is about."""

    WHOLE = "whole", _("整体支出")
    PROJECT = "project", _("项目支出")


class Form(models.Model):
    """The form of a unit and year, of the whole spending or of one project."""

    id = models.BigAutoField(primary_key=True)
    unit_code = models.CharField(_("预算单位"), max_length=32)
    year = models.SmallIntegerField(_("年度"))
    kind = models.CharField(_("类别"), max_length=10, choices=FormKind.choices)
    project = models.CharField(_("项目"), max_length=120, blank=True, default="")
    edition = models.CharField(_("表式"), max_length=40)
    execution_weight = models.DecimalField(_("预算执行分值"), max_digits=5, decimal_places=2)
    score_decimals = models.SmallIntegerField(_("预算执行得分小数位"), default=2)
    opened_at = models.DateTimeField(_("建立时间"))
    opened_by_id = models.BigIntegerField(null=True)
    opened_by_name = models.CharField(_("建立人"), max_length=60)

    class Meta:
        """Named constraints."""

        db_table = "self_evaluation_form"
        verbose_name = verbose_name_plural = _("自评表")
        ordering = ("unit_code", "year", "id")
        constraints = (
            models.UniqueConstraint(name="form_once", fields=["unit_code", "year", "kind", "project"]),
            models.CheckConstraint(name="form_kind_known", condition=Q(kind__in=FormKind.values)),
            models.CheckConstraint(
                name="form_of_project_names_project",
                condition=Q(kind="project") & ~Q(project="") | Q(kind="whole", project=""),
            ),
            models.CheckConstraint(
                name="form_weight_within_full_marks", condition=Q(execution_weight__gte=0, execution_weight__lte=100)
            ),
            models.CheckConstraint(name="form_decimals_one_or_two", condition=Q(score_decimals__in=(1, 2))),
        )

    def __str__(self) -> str:
        return f"{self.unit_code} {self.year} {self.project or self.kind}"


class TargetSet(models.Model):
    """One version of a form's targets; a later one says why."""

    id = models.BigAutoField(primary_key=True)
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="target_sets")
    number = models.SmallIntegerField(_("版本"))
    goal = models.TextField(_("年度总体目标"))
    reason = models.TextField(_("调整理由"), blank=True, default="")
    at = models.DateTimeField(_("时间"))
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(_("填报人"), max_length=60)

    class Meta:
        """Named constraints."""

        db_table = "self_evaluation_target_set"
        verbose_name = verbose_name_plural = _("绩效目标版本")
        ordering = ("form", "number")
        constraints = (
            models.UniqueConstraint(name="target_set_number_once", fields=["form", "number"]),
            models.CheckConstraint(name="target_set_number_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(name="target_set_has_goal", condition=Q(goal__regex=r"\S")),
        )

    def __str__(self) -> str:
        return f"{self.form_id}/{self.number}"


class TargetLine(models.Model):
    """One third-level indicator (三级指标) with target, unit, sign, weight, rule and how it will be proved."""

    id = models.BigAutoField(primary_key=True)
    target_set = models.ForeignKey(TargetSet, on_delete=models.PROTECT, related_name="lines")
    seq = models.SmallIntegerField(_("序号"))
    block = models.CharField(_("一级指标"), max_length=20)
    second = models.CharField(_("二级指标"), max_length=30)
    name = models.CharField(_("三级指标"), max_length=80)
    sign = models.CharField(_("方向"), max_length=4)
    rule = models.CharField(_("评分规则"), max_length=40)
    target = models.DecimalField(_("指标值"), max_digits=18, decimal_places=4, null=True)
    target_text = models.CharField(_("指标值（文字）"), max_length=200, blank=True, default="")
    unit = models.CharField(_("计量单位"), max_length=20, blank=True, default="")
    weight = models.DecimalField(_("分值"), max_digits=5, decimal_places=2)
    fact = models.CharField(_("取数"), max_length=60, blank=True, default="")
    proof = models.CharField(_("佐证安排"), max_length=200, blank=True, default="")

    class Meta:
        """Named constraints; that the weights of a set add up is held by a trigger when it is declared."""

        db_table = "self_evaluation_line"
        verbose_name = verbose_name_plural = _("绩效指标")
        ordering = ("target_set", "seq")
        constraints = (
            models.UniqueConstraint(name="line_seq_once", fields=["target_set", "seq"]),
            models.UniqueConstraint(name="line_name_once", fields=["target_set", "name"]),
            models.CheckConstraint(name="line_has_name", condition=Q(name__regex=r"\S")),
            models.CheckConstraint(name="line_weight_positive", condition=Q(weight__gt=0, weight__lte=100)),
            models.CheckConstraint(name="line_sign_known", condition=Q(sign__in=SIGNS)),
            models.CheckConstraint(
                name="line_number_or_words",
                condition=Q(sign="定性", target__isnull=True, target_text__regex=r"\S")
                | ~Q(sign="定性") & Q(target__isnull=False, target__gte=0),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.sign}{self.target if self.target is not None else self.target_text}"


class FormStep(models.Model):
    """One step of a form's year: who did what, from which state to which."""

    id = models.BigAutoField(primary_key=True)
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="steps")
    seq = models.SmallIntegerField(_("序号"))
    step = models.CharField(_("环节"), max_length=20)
    from_state = models.CharField(max_length=20)
    to_state = models.CharField(max_length=20)
    target_set = models.ForeignKey(TargetSet, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(_("理由"), blank=True, default="")
    at = models.DateTimeField(_("时间"))
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(_("办理人"), max_length=60)
    post = models.CharField(_("岗位"), max_length=40)

    class Meta:
        """Named constraints; order, states and the second person are held by a trigger."""

        db_table = "self_evaluation_step"
        verbose_name = verbose_name_plural = _("自评环节")
        ordering = ("form", "seq")
        constraints = (
            models.UniqueConstraint(name="form_step_seq_once", fields=["form", "seq"]),
            models.CheckConstraint(
                name="form_step_says_why",
                condition=~Q(step__in=("return", "send_back", "adjust")) | Q(reason__regex=r"\S"),
            ),
            models.CheckConstraint(
                name="form_step_names_targets", condition=~Q(step="declare") | Q(target_set__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"{self.form_id} {self.seq} {self.step}"
