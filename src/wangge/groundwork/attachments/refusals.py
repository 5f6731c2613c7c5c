"""Owns the reasons for which a photo is refused, and the remarks with which one is taken."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class RefusalReason(StrEnum):
    """Why a photo is not taken in."""

    EMPTY = "photo_empty"
    TOO_LARGE = "photo_too_large"
    NOT_A_PHOTO = "photo_type"
    TRUNCATED = "photo_truncated"
    TOO_MANY_PIXELS = "photo_too_many_pixels"
    POLYGLOT = "photo_polyglot"
    UNREADABLE = "photo_unreadable"


class PhotoWarning(StrEnum):
    """What is odd about a photo that was taken in all the same."""

    NO_POSITION = "no_position"
    NO_TIME = "no_time"
    BROKEN_EXIF = "broken_exif"
    IMPLAUSIBLE_TIME = "implausible_time"
    TRAILING_DATA = "trailing_data"


REFUSAL_TEXTS: dict[RefusalReason, Promise] = {
    RefusalReason.EMPTY: _("文件为空。请重新选择照片。"),
    RefusalReason.TOO_LARGE: _("照片超过 20 MB。请压缩后再上传。"),
    RefusalReason.NOT_A_PHOTO: _(
        "不是照片，或是不能用的格式（HEIC 请先转存为 JPEG）。请上传 JPEG、PNG 或 WebP 格式的照片。"
    ),
    RefusalReason.TRUNCATED: _("照片不完整，可能未传完。请重新上传。"),
    RefusalReason.TOO_MANY_PIXELS: _("照片像素过大。请用不超过 6000 万像素的照片。"),
    RefusalReason.POLYGLOT: _("照片中夹带了其他内容。请上传原始照片。"),
    RefusalReason.UNREADABLE: _("照片无法打开，可能已损坏。请重新拍摄或另存后上传。"),
}
WARNING_TEXTS: dict[PhotoWarning, Promise] = {
    PhotoWarning.NO_POSITION: _("照片不带位置"),
    PhotoWarning.NO_TIME: _("照片不带拍摄时间"),
    PhotoWarning.BROKEN_EXIF: _("照片信息（EXIF）有损坏"),
    PhotoWarning.IMPLAUSIBLE_TIME: _("照片的拍摄时间不可信"),
    PhotoWarning.TRAILING_DATA: _("照片尾部的附加数据已忽略"),
}


class PhotoRefused(ValueError):
    """A photo that is not taken in; `reason` says why, the text what to do."""

    def __init__(self, reason: RefusalReason) -> None:
        super().__init__(str(REFUSAL_TEXTS[reason]))
        self.reason = reason


class PhotoGone(LookupError):
    """Unused photos that were dropped; `sha256s` are the contents to send again."""

    def __init__(self, sha256s: tuple[str, ...]) -> None:
        super().__init__(str(_("照片超过 30 天未使用，已清除。请重新上传：%(names)s") % {"names": "、".join(sha256s)}))
        self.sha256s = sha256s


class PhotoUnknown(LookupError):
    """Photos that this person has not uploaded, or that are not there: the two look the same."""

    def __init__(self, ids: tuple[str, ...]) -> None:
        super().__init__(str(_("没有这些照片：%(ids)s。请先上传，再引用返回的编号。") % {"ids": "、".join(ids)}))
        self.ids = ids
