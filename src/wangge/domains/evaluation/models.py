"""The tables of evaluation: frozen results, the steps of a month, what checks found, bonus and malus, quality samples.

All of them are append-only: a result is never changed but re-issued, a finding never deleted but taken back by a row.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Func, Q
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

MONTH_VERBS = ("freeze", "review", "sign", "publish", "reissue")


class Result(models.Model):
    """One computed result for good: question, snapshot, edition, software, moment, content and its SM3."""

    id = models.CharField(_("结果编号"), max_length=40, primary_key=True)
    kind = models.CharField(_("类别"), max_length=12)  # asked, month
    period = models.CharField(_("期间"), max_length=24)
    issue = models.IntegerField(_("版次"))
    replaces = models.CharField(_("替代"), max_length=40, blank=True, default="")
    change_note = models.TextField(_("更正说明"), blank=True, default="")
    question = models.JSONField(_("问题"))
    snapshot = models.CharField(_("快照"), max_length=24)
    edition = models.CharField(_("定义版本"), max_length=64)
    software = models.CharField(_("软件版本"), max_length=40)
    engine = models.CharField(_("计算引擎"), max_length=12)
    computed_at = models.DateTimeField(_("计算时间"))
    person_id = models.BigIntegerField(null=True)
    content = models.TextField(_("内容"))
    sm3 = models.BinaryField(max_length=32)

    class Meta:
        """Named constraints: a re-issue says what it replaces and why."""

        db_table = "evaluation_result"
        verbose_name = verbose_name_plural = _("考评结果")
        constraints: ClassVar = [
            models.CheckConstraint(name="result_kind_known", condition=Q(kind__in=["asked", "month"])),
            models.CheckConstraint(
                name="result_seal_is_sm3",
                condition=Exact(Func(F("sm3"), function="octet_length", output_field=models.IntegerField()), 32),
            ),
            models.CheckConstraint(
                name="result_reissue_says_why",
                condition=Q(issue=1, replaces="") | (Q(issue__gt=1) & ~Q(replaces="") & ~Q(change_note="")),
            ),
            models.UniqueConstraint(
                name="result_issue_once", fields=["kind", "period", "issue"], condition=Q(kind="month")
            ),
            models.UniqueConstraint(name="result_replaced_once", fields=["replaces"], condition=~Q(replaces="")),
        ]

    def __str__(self) -> str:
        return self.id


class MonthStep(models.Model):
    """One step of a month: frozen, reviewed, signed, published, re-issued; by whom and with which result."""

    pk = models.CompositePrimaryKey("period", "seq")
    period = models.CharField(_("月份"), max_length=24)
    seq = models.IntegerField()
    verb = models.CharField(_("步骤"), max_length=12)
    result_id = models.CharField(max_length=40)
    person_id = models.BigIntegerField(null=True)
    person_name = models.CharField(_("经办人"), max_length=100)
    at = models.DateTimeField(_("时间"))
    note = models.TextField(_("说明"), blank=True, default="")

    class Meta:
        """Named constraints; that the signer is not the reviewer is held by a trigger."""

        db_table = "evaluation_month_step"
        verbose_name = verbose_name_plural = _("月度考评步骤")
        constraints: ClassVar = [
            models.CheckConstraint(name="month_step_verb_known", condition=Q(verb__in=MONTH_VERBS)),
            models.CheckConstraint(name="month_step_counts_from_one", condition=Q(seq__gte=1)),
            models.CheckConstraint(
                name="month_begins_frozen", condition=Q(seq=1, verb="freeze") | Q(seq__gt=1) & ~Q(verb="freeze")
            ),
            models.CheckConstraint(name="month_reissue_says_why", condition=~Q(verb="reissue") | ~Q(note="")),
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.seq} {self.verb}"


class CheckFinding(models.Model):
    """What an on-the-spot 实地考评 or special check found: points off in hundredths, the case it became."""

    id = models.BigAutoField(primary_key=True)
    period = models.CharField(_("月份"), max_length=24)
    form = models.CharField(_("考评表"), max_length=12)  # spot, special
    object_kind = models.CharField(_("对象类别"), max_length=24)
    object_code = models.CharField(_("对象"), max_length=32)
    place = models.CharField(_("地点"), max_length=40, blank=True, default="")
    item = models.CharField(_("检查项"), max_length=60)
    points_hundredths = models.IntegerField(_("扣分（百分之一分）"))
    case_number = models.CharField(_("案卷号"), max_length=40, blank=True, default="")
    takes_back = models.BigIntegerField(_("撤销"), null=True)
    note = models.TextField(_("说明"), blank=True, default="")
    person_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(_("时间"))

    class Meta:
        """Named constraints; a finding taken back is a row with the points the other way round."""

        db_table = "evaluation_check_finding"
        verbose_name = verbose_name_plural = _("考评发现")
        constraints: ClassVar = [
            models.CheckConstraint(name="finding_form_known", condition=Q(form__in=["spot", "special"])),
            models.CheckConstraint(
                name="finding_points_within_100", condition=Q(points_hundredths__range=(-10000, 10000))
            ),
            models.UniqueConstraint(name="finding_taken_back_once", fields=["takes_back"]),
            models.CheckConstraint(
                name="finding_taken_back_says_why", condition=Q(takes_back__isnull=True) | ~Q(note="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.object_code} {self.item}"


class CheckDraw(models.Model):
    """What was drawn by lot for the checks of a month: case files, or grids to be walked; from a seed that is kept."""

    pk = models.CompositePrimaryKey("kind", "period")
    kind = models.CharField(_("类别"), max_length=12)  # quality, spot
    period = models.CharField(_("月份"), max_length=24)
    seed = models.CharField(_("种子"), max_length=120)
    pool = models.IntegerField(_("总数"))
    pool_sm3 = models.BinaryField(max_length=32)
    drawn = models.JSONField(_("抽中"), default=list)
    person_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(_("时间"))

    class Meta:
        """Named constraints; a month is drawn once (primary key)."""

        db_table = "evaluation_check_draw"
        verbose_name = verbose_name_plural = _("考评抽查")
        constraints: ClassVar = [
            models.CheckConstraint(name="check_draw_kind_known", condition=Q(kind__in=["quality", "spot"])),
            models.CheckConstraint(name="check_draw_has_seed", condition=~Q(seed="") & Q(pool__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.period}"


class Adjustment(models.Model):
    """Bonus or malus 加减分: points in hundredths with the order behind it."""

    id = models.BigAutoField(primary_key=True)
    period = models.CharField(_("月份"), max_length=24)
    object_kind = models.CharField(_("对象类别"), max_length=24)
    object_code = models.CharField(_("对象"), max_length=32)
    points_hundredths = models.IntegerField(_("加减分（百分之一分）"))
    reason = models.TextField(_("事由"))
    order_no = models.CharField(_("依据文号"), max_length=80)
    person_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(_("时间"))

    class Meta:
        """Named constraints: no point without a reason and an order."""

        db_table = "evaluation_adjustment"
        verbose_name = verbose_name_plural = _("加减分")
        constraints: ClassVar = [
            models.CheckConstraint(name="adjustment_has_reason_and_order", condition=~Q(reason="") & ~Q(order_no="")),
            models.CheckConstraint(name="adjustment_is_not_nothing", condition=~Q(points_hundredths=0)),
            models.CheckConstraint(
                name="adjustment_within_20_points", condition=Q(points_hundredths__range=(-2000, 2000))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.object_code} {self.points_hundredths}"


class QualityVerdict(models.Model):
    """Whether a drawn case file 案卷质检 is valid: for the collector and the seats that made it."""

    pk = models.CompositePrimaryKey("period", "case_number")
    period = models.CharField(_("月份"), max_length=24)
    case_number = models.CharField(_("案卷号"), max_length=40)
    valid = models.BooleanField(_("有效"))
    faults = models.JSONField(_("问题"), default=list)
    person_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(_("时间"))

    class Meta:
        """Named constraints: an invalid file says what is wrong."""

        db_table = "evaluation_quality_verdict"
        verbose_name = verbose_name_plural = _("案卷质检")
        constraints: ClassVar = [
            models.CheckConstraint(name="verdict_invalid_says_why", condition=Q(valid=True) | ~Q(faults=[])),
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.case_number}"


class BulletinTemplate(models.Model):
    """A Word file that bulletins are set in; the newest holds, an empty one means our own layout again."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(_("文件名"), max_length=120, blank=True, default="")
    content = models.BinaryField(_("内容"))
    person_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(_("时间"))

    class Meta:
        """Named constraints: a file has a name."""

        db_table = "evaluation_bulletin_template"
        verbose_name = verbose_name_plural = _("通报模板")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="bulletin_template_has_name", condition=Q(name="", content=b"") | ~Q(name="") & ~Q(content=b"")
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BulletinSubscription(models.Model):
    """Who is told of every bulletin once it is published or corrected."""

    person_id = models.BigIntegerField(primary_key=True)
    since = models.DateTimeField(_("自"))
    email = models.CharField(
        _("邮箱"), max_length=254, blank=True, default="", db_default=""
    )  # the running edition writes rows without it

    class Meta:
        """One row a person; it goes when he no longer wants to be told."""

        db_table = "evaluation_bulletin_subscription"
        verbose_name = verbose_name_plural = _("通报订阅")

    def __str__(self) -> str:
        return str(self.person_id)


class BulletinMail(models.Model):
    """A bulletin to be sent to a subscriber's mailbox: queued with its publication, tried until sent or put aside."""

    id = models.BigAutoField(primary_key=True)
    person_id = models.BigIntegerField()
    bulletin = models.CharField(_("期"), max_length=24)
    month = models.CharField(_("月份"), max_length=24)
    issue = models.IntegerField(_("版次"))
    queued_at = models.DateTimeField()
    next_at = models.DateTimeField()
    attempts = models.IntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        """Named constraints: once for each publication or correction; sent or put aside, never both."""

        db_table = "evaluation_bulletin_mail"
        verbose_name = verbose_name_plural = _("通报邮件")
        indexes: ClassVar = [
            models.Index(
                name="bulletin_mail_due", fields=["next_at"], condition=Q(sent_at__isnull=True, dead_at__isnull=True)
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(name="bulletin_mail_once", fields=["person_id", "bulletin", "month", "issue"]),
            models.CheckConstraint(
                name="bulletin_mail_ends_once", condition=Q(sent_at__isnull=True) | Q(dead_at__isnull=True)
            ),
            models.CheckConstraint(name="bulletin_mail_attempts_not_negative", condition=Q(attempts__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.bulletin} {self.person_id}"
