"""Owns the record of imports into the ground: which file brought what, who said so; files that await a yes."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class GroundImportRow(models.Model):
    """One import: its file by content, how it was read, what it found and changed.

    An upload keeps its file (`content`) until somebody has said yes to its dry run; then the rows are in and the
    file goes.
    """

    id = models.BigAutoField(primary_key=True)
    what = models.CharField(_("内容"), max_length=20)
    layer = models.CharField(_("图层"), max_length=40, blank=True)
    file_name = models.CharField(_("文件名"), max_length=200)
    file_sha256 = models.CharField(_("文件校验码"), max_length=64)
    options = models.JSONField(_("读取方式"), default=dict)
    report = models.JSONField(_("报告"), default=dict)
    content = models.BinaryField(_("文件"), null=True)
    from_on = models.DateField(_("生效日期"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("经办人"), on_delete=models.PROTECT, related_name="+", null=True
    )
    uploaded_at = models.DateTimeField(_("上传时间"))
    done_at = models.DateTimeField(_("导入时间"), null=True)
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True)

    class Meta:
        """Named constraints."""

        db_table = "geography_import"
        verbose_name = verbose_name_plural = _("地理数据导入")
        ordering = ("-id",)
        constraints: ClassVar = [
            models.CheckConstraint(name="import_file_sum", condition=Q(file_sha256__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(
                name="import_done_or_waiting", condition=Q(done_at__isnull=True) ^ Q(content__isnull=True)
            ),
            models.CheckConstraint(
                name="import_withdrawn_once_done",
                condition=Q(withdrawn_at__isnull=True) | Q(done_at__isnull=False, withdrawn_at__gte=F("done_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name
