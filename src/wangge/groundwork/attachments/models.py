"""Owns the tables of photos: one row for each content, and who has sent it."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Photo(models.Model):
    """One photo by its content; a dropped one keeps its row: its sender can be told what to send again."""

    id = models.CharField(_("照片编号"), primary_key=True, max_length=26)
    sha256 = models.CharField(_("内容摘要"), max_length=64)
    format = models.CharField(_("格式"), max_length=4)
    byte_count = models.IntegerField(_("字节数"))
    width = models.IntegerField(_("宽"))
    height = models.IntegerField(_("高"))
    taken_at = models.DateTimeField(_("拍摄时间"), null=True, blank=True)
    lon = models.FloatField(_("经度"), null=True, blank=True)
    lat = models.FloatField(_("纬度"), null=True, blank=True)
    fingerprint = models.BigIntegerField(_("画面指纹"))
    warnings = ArrayField(models.CharField(max_length=30), verbose_name=_("提示"), default=list, blank=True)
    received_at = models.DateTimeField(_("收到时间"))
    used = models.BooleanField(_("已使用"), default=False)
    dropped_at = models.DateTimeField(_("清除时间"), null=True, blank=True)

    class Meta:
        """Named constraints: what a row can show, the database refuses."""

        db_table = "attachments_photo"
        verbose_name = verbose_name_plural = _("照片")
        indexes: ClassVar = [
            models.Index(
                name="photo_waiting", fields=["received_at"], condition=Q(used=False, dropped_at__isnull=True)
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(name="photo_content_once", fields=["sha256"]),
            models.CheckConstraint(name="photo_id_form", condition=Q(id__regex=r"^[a-z2-7]{26}$")),
            models.CheckConstraint(name="photo_sha256_form", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(name="photo_format_known", condition=Q(format__in=["JPEG", "PNG", "WEBP"])),
            models.CheckConstraint(name="photo_has_pixels", condition=Q(width__gt=0, height__gt=0, byte_count__gt=0)),
            models.CheckConstraint(
                name="photo_position_whole_and_on_earth",
                condition=Q(lon__isnull=True, lat__isnull=True)
                | Q(lon__range=(-180, 180), lat__range=(-90, 90), lon__isnull=False, lat__isnull=False),
            ),
            models.CheckConstraint(
                name="photo_dropped_only_unused", condition=Q(dropped_at__isnull=True) | Q(used=False)
            ),
            models.CheckConstraint(
                name="photo_dropped_after_received",
                condition=Q(dropped_at__isnull=True) | Q(dropped_at__gte=F("received_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.id


class PhotoUpload(models.Model):
    """Who has sent a photo: only he may name it. Two people may send the same content."""

    id = models.BigAutoField(primary_key=True)
    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="uploads")
    # A number, not a key: people live on a higher shelf.
    uploader_id = models.BigIntegerField(_("上传人"))
    received_at = models.DateTimeField(_("收到时间"))

    class Meta:
        """Named constraints."""

        db_table = "attachments_photo_upload"
        verbose_name = verbose_name_plural = _("照片上传")
        constraints: ClassVar = [
            models.UniqueConstraint(name="photo_upload_once_a_person", fields=["photo", "uploader_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.photo_id} {self.uploader_id}"
