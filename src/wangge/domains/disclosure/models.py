"""Editions of published accounts: cells frozen as computed, files as rendered, and every step to the public.

All append-only. Where an edition stands is its last step; what follows what, and that who compiles neither reviews nor
approves nor clears, is held by a trigger. A correction is a further edition; the old one stays.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from wangge.domains.budgeting.models import BudgetUnit


class Form(models.TextChoices):
    """What kind of paper an edition is."""

    FINAL = "final", _("决算")
    BUDGET = "budget", _("预算")


class State(models.TextChoices):
    """How far an edition is on its way."""

    COMPILED = "compiled", _("已编制")
    SENT_BACK = "sent_back", _("已退回")
    REVIEWED = "reviewed", _("已审核")
    SUBMITTED = "submitted", _("已报送")
    APPROVED = "approved", _("已批复")
    CLEARED = "cleared", _("已通过保密审查")
    PUBLISHED = "published", _("已公开")
    CORRECTED = "corrected", _("已更正")


class Edition(models.Model):
    """One edition of a unit's account of a year; its cells are what the ledger gave at ``at``."""

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey(BudgetUnit, on_delete=models.PROTECT, db_column="unit_code", related_name="editions")
    year = models.SmallIntegerField(_("年度"))
    form = models.CharField(_("表种"), max_length=10, choices=Form.choices, default=Form.FINAL)
    number = models.IntegerField(_("版次"))
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by")
    units = models.JSONField(_("纳入单位"))
    cells = models.JSONField(_("单元格（分）"))
    notes = models.JSONField(_("说明"), default=list)
    last_voucher = models.BigIntegerField(_("截至凭证"))
    digest = models.CharField(_("校验码"), max_length=64)
    at = models.DateTimeField(_("编制时间"))

    class Meta:
        """Named constraints."""

        db_table = "disclosure_edition"
        verbose_name = verbose_name_plural = _("公开版本")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(name="edition_number_once", fields=["unit", "year", "form", "number"]),
            models.CheckConstraint(name="edition_number_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(name="edition_form_known", condition=Q(form__in=Form.values)),
            models.CheckConstraint(
                name="edition_does_not_correct_itself", condition=Q(corrects__isnull=True) | ~Q(corrects=F("id"))
            ),
            models.CheckConstraint(name="edition_digest_is_sm3", condition=Q(digest__regex=r"^[0-9a-f]{64}$")),
        )

    def __str__(self) -> str:
        return f"{self.unit_id} {self.year} {self.form} {self.number}"


class EditionFile(models.Model):
    """One rendered file of an edition, as it was compiled: what is published is exactly this."""

    id = models.BigAutoField(primary_key=True)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="files")
    format = models.CharField(_("格式"), max_length=10)
    content = models.BinaryField(_("内容"))
    digest = models.CharField(_("校验码"), max_length=64)

    class Meta:
        """Named constraints."""

        db_table = "disclosure_edition_file"
        verbose_name = verbose_name_plural = _("公开文件")
        ordering = ("id",)
        constraints = (models.UniqueConstraint(name="edition_file_once", fields=["edition", "format"]),)

    def __str__(self) -> str:
        return f"{self.edition_id} {self.format}"


class EditionStep(models.Model):
    """One step of an edition, by whom and why."""

    id = models.BigAutoField(primary_key=True)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="steps")
    seq = models.SmallIntegerField(_("序号"))
    verb = models.CharField(_("环节"), max_length=20)
    from_state = models.CharField(_("原状态"), max_length=20, blank=True, default="")
    to_state = models.CharField(_("状态"), max_length=20, choices=State.choices)
    reason = models.CharField(_("意见"), max_length=400, blank=True, default="")
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(_("办理人"), max_length=60)
    at = models.DateTimeField(_("时间"))

    class Meta:
        """Named constraints; the migration adds the trigger of the order and of separate persons."""

        db_table = "disclosure_edition_step"
        verbose_name = verbose_name_plural = _("公开环节")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(name="edition_step_once", fields=["edition", "seq"]),
            models.CheckConstraint(name="edition_state_known", condition=Q(to_state__in=State.values)),
            models.CheckConstraint(
                name="edition_step_says_why",
                condition=~Q(verb__in=("send_back", "approve", "secrecy_review", "correct")) | Q(reason__regex=r"\S"),
            ),
            models.CheckConstraint(name="edition_step_by_a_person", condition=Q(by_id__isnull=False)),
        )

    def __str__(self) -> str:
        return f"{self.edition_id} {self.verb}"


class WordTemplate(models.Model):
    """A Word template of a year as issued 制发; the newest of the year counts, an empty one withdraws those before."""

    id = models.BigAutoField(primary_key=True)
    year = models.SmallIntegerField(_("年度"))
    name = models.CharField(_("文件名"), max_length=200)
    content = models.BinaryField(_("内容"))
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(_("上传人"), max_length=60)
    at = models.DateTimeField(_("时间"))

    class Meta:
        """Named constraints; append-only by trigger."""

        db_table = "disclosure_word_template"
        verbose_name = verbose_name_plural = _("决算模板")
        ordering = ("id",)
        indexes = (models.Index(name="word_template_newest", fields=["year", "-id"]),)
        constraints = (models.CheckConstraint(name="word_template_has_name", condition=Q(name__regex=r"\S")),)

    def __str__(self) -> str:
        return f"{self.year} {self.name}"


class TemplateChoice(models.Model):
    """What a field or heading of the year's template stands for, as a person said; the newest counts."""

    id = models.BigAutoField(primary_key=True)
    year = models.SmallIntegerField(_("年度"))
    of_template = models.CharField(_("模板中的字段或标题"), max_length=200)
    ours = models.CharField(_("对应"), max_length=200, blank=True, default="")
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(_("经办人"), max_length=60)
    at = models.DateTimeField(_("时间"))

    class Meta:
        """Named constraints; append-only by trigger."""

        db_table = "disclosure_template_choice"
        verbose_name = verbose_name_plural = _("模板对应")
        ordering = ("id",)
        indexes = (models.Index(name="template_choice_newest", fields=["year", "of_template", "-id"]),)
        constraints = (
            models.CheckConstraint(name="template_choice_of_something", condition=Q(of_template__regex=r"\S")),
        )

    def __str__(self) -> str:
        return f"{self.year} {self.of_template}"
