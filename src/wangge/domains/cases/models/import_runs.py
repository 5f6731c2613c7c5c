"""The table of imports given through the browser: a file, how it is read, how far it has come, what it brought."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class ImportState(models.TextChoices):
    """Where a run stands."""

    CHECKING = "checking", _("试读中")
    CHECKED = "checked", _("待确认")
    RUNNING = "running", _("导入中")
    DONE = "done", _("已导入")
    FAILED = "failed", _("没有完成")


class ImportKind(models.TextChoices):
    """What the file holds."""

    REPORTS = "reports", _("外部诉求")
    HISTORY = "history", _("旧系统全量历史")


class ImportRun(models.Model):
    """One file from dry run to done; its content goes when it is done."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(_("内容"), max_length=10, choices=ImportKind.choices)
    mapping = models.CharField(_("映射"), max_length=80)
    own_mapping = models.TextField(_("自带的映射"), blank=True, default="")
    file_name = models.CharField(_("文件名"), max_length=200)
    content = models.BinaryField(_("文件"), null=True)
    state = models.CharField(_("状态"), max_length=10, choices=ImportState.choices)
    done = models.IntegerField(_("已办"), default=0)
    total = models.IntegerField(_("共计"), default=0)
    report = models.JSONField(_("报告"), null=True)
    refused = models.BinaryField(_("退回行"), null=True)
    message = models.TextField(_("说明"), blank=True, default="")
    by_id = models.BigIntegerField(_("经办人"))
    by_name = models.CharField(_("经办"), max_length=80)
    given_at = models.DateTimeField(_("交来时间"))
    changed_at = models.DateTimeField(_("变动时间"))

    class Meta:
        """Named constraints."""

        db_table = "cases_import_run"
        verbose_name = verbose_name_plural = _("案卷导入")
        constraints = (
            models.CheckConstraint(name="import_run_state_known", condition=Q(state__in=ImportState.values)),
            models.CheckConstraint(name="import_run_kind_known", condition=Q(kind__in=ImportKind.values)),
            models.CheckConstraint(name="import_run_counts", condition=Q(done__gte=0, total__gte=0)),
            models.CheckConstraint(
                name="import_run_waits_with_its_file", condition=~Q(state="checked") | Q(content__isnull=False)
            ),
            models.CheckConstraint(name="import_run_forward", condition=Q(changed_at__gte=F("given_at"))),
        )

    def __str__(self) -> str:
        return f"{self.id} {self.file_name}"
