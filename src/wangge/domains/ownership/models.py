"""Owns the tables of ownership: rule sets with their days, rules with their source, meetings, rulings, proposals."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class RuleSet(models.Model):
    """A set of rules: a draft, then released with the day from which it holds; the latest such day decides."""

    id = models.BigAutoField(primary_key=True)
    title = models.CharField(_("名称"), max_length=100)
    drafted_at = models.DateTimeField(_("起草时间"))
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    effective_on = models.DateField(_("生效日期"), null=True)
    released_at = models.DateTimeField(_("发布时间"), null=True)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    accepted_gaps = models.TextField(_("空白说明"), blank=True, default="")

    class Meta:
        """Named constraints: one set begins on a day."""

        db_table = "ownership_rule_set"
        verbose_name = verbose_name_plural = _("权属规则集")
        ordering = ("-id",)
        constraints: ClassVar = [
            models.CheckConstraint(name="rule_set_has_title", condition=~Q(title="")),
            models.CheckConstraint(
                name="rule_set_released_whole",
                condition=Q(effective_on__isnull=True, released_at__isnull=True)
                | Q(effective_on__isnull=False, released_at__isnull=False),
            ),
            models.UniqueConstraint(
                name="rule_set_one_a_day", fields=["effective_on"], condition=Q(effective_on__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.title


class MeetingDecision(models.Model):
    """What a coordination meeting 协调会 decided about whose a matter is, with its minutes."""

    id = models.BigAutoField(primary_key=True)
    minutes_no = models.CharField(_("会议纪要文号"), max_length=60)
    held_on = models.DateField(_("会议日期"))
    decision = models.TextField(_("决定"))
    paper = models.CharField(_("纪要扫描件"), max_length=64, blank=True, default="")
    recorded_at = models.DateTimeField(_("登记时间"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        """Named constraints."""

        db_table = "ownership_meeting_decision"
        verbose_name = verbose_name_plural = _("协调会决定")
        ordering = ("-held_on", "-id")
        constraints: ClassVar = [
            models.CheckConstraint(name="meeting_decision_whole", condition=~Q(minutes_no="") & ~Q(decision="")),
        ]

    def __str__(self) -> str:
        return self.minutes_no


class Ruling(models.Model):
    """A ruling 权属确认 on one case: it waits until a meeting's minutes make it a rule, or somebody says why not."""

    id = models.BigAutoField(primary_key=True)
    case_id = models.UUIDField()
    seq = models.IntegerField()
    case_number = models.CharField(_("案卷编号"), max_length=40)
    category = models.CharField(_("小类"), max_length=24)
    district_code = models.CharField(_("区"), max_length=20, blank=True, default="")
    grid_code = models.CharField(_("责任网格"), max_length=40, blank=True, default="")
    department_code = models.CharField(_("责任单位"), max_length=32)
    ruled_at = models.DateTimeField(_("确认时间"))
    ruled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decision = models.ForeignKey(
        MeetingDecision, on_delete=models.PROTECT, null=True, related_name="rulings", verbose_name=_("协调会决定")
    )
    left_alone = models.CharField(_("不成规则的原因"), max_length=300, blank=True, default="")

    class Meta:
        """Named constraints: each ruling once, about a class and a unit, settled one way."""

        db_table = "ownership_ruling"
        verbose_name = verbose_name_plural = _("权属确认")
        ordering = ("-ruled_at", "-id")
        constraints: ClassVar = [
            models.UniqueConstraint(name="ruling_once", fields=["case_id", "seq"]),
            models.CheckConstraint(
                name="ruling_whole",
                condition=~Q(case_number="") & ~Q(category="") & ~Q(department_code=""),
            ),
            models.CheckConstraint(
                name="ruling_settled_one_way", condition=Q(decision__isnull=True) | Q(left_alone="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_number} {self.department_code}"


class RuleRow(models.Model):
    """One rule of a set; of a released set it never changes (a trigger)."""

    id = models.BigAutoField(primary_key=True)
    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="rules")
    category = models.CharField(_("小类"), max_length=24, blank=True, default="")
    place_kind = models.CharField(_("范围"), max_length=20, default="city")
    place = models.CharField(_("地点"), max_length=60, blank=True, default="")
    department_code = models.CharField(_("责任单位"), max_length=32, blank=True, default="")
    role = models.CharField(_("部件单位"), max_length=10, blank=True, default="")
    condition_seq = models.IntegerField(_("立案条件"), null=True)
    source = models.CharField(_("依据"), max_length=12)
    source_text = models.CharField(_("依据说明"), max_length=300)
    decision = models.ForeignKey(
        MeetingDecision, on_delete=models.PROTECT, null=True, related_name="rules", verbose_name=_("协调会决定")
    )
    confidence = models.CharField(_("可信度"), max_length=1, default="C")
    support = models.IntegerField(_("历史案卷"), null=True)
    right = models.IntegerField(_("其中相符"), null=True)
    valid_from = models.DateField(_("开始日期"))
    valid_to = models.DateField(_("结束日期"), null=True)

    class Meta:
        """Named constraints: a rule names a unit or a component's, a place or the city, and what it stands on."""

        db_table = "ownership_rule"
        verbose_name = verbose_name_plural = _("权属规则")
        ordering = ("category", "place_kind", "place", "id")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="rule_names_one_unit",
                condition=(~Q(department_code="") & Q(role="")) | (Q(department_code="") & ~Q(role="")),
            ),
            models.CheckConstraint(
                name="rule_role_known", condition=Q(role__in=("", "owner", "manager", "maintainer"))
            ),
            models.CheckConstraint(
                name="rule_place_fits_kind",
                condition=Q(place_kind="city", place="") | (~Q(place_kind="city") & ~Q(place="")),
            ),
            models.CheckConstraint(
                name="rule_place_kind_known",
                condition=Q(
                    place_kind__in=(
                        "city",
                        "district",
                        "street",
                        "responsibility_grid",
                        "community",
                        "unit_grid",
                        "road",
                    )
                ),
            ),
            models.CheckConstraint(
                name="rule_source_known",
                condition=Q(source__in=("meeting", "agreement", "regulation", "learned", "own")) & ~Q(source_text=""),
            ),
            models.CheckConstraint(
                name="rule_of_a_meeting_names_it",
                condition=~Q(source="meeting") | Q(decision__isnull=False),
            ),
            models.CheckConstraint(
                name="rule_runs_forward", condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from"))
            ),
            models.CheckConstraint(name="rule_confidence_known", condition=Q(confidence__in=("A", "B", "C"))),
            models.CheckConstraint(
                name="rule_figures_fit",
                condition=Q(support__isnull=True, right__isnull=True) | Q(right__gte=0, support__gte=F("right")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.place} {self.department_code or self.role}"


class ProposalMade(models.Model):
    """A proposal that lay before somebody who dispatched, and what he did. Appended only, by months."""

    pk = models.CompositePrimaryKey("month", "case_id", "seq")
    month = models.DateField()
    case_id = models.UUIDField()
    seq = models.IntegerField()
    made_at = models.DateTimeField()
    person_id = models.BigIntegerField(null=True)
    rule_id = models.BigIntegerField()
    category = models.TextField()
    proposed = models.TextField()
    chosen = models.TextField()
    shown = models.BooleanField()

    class Meta:
        """Unmanaged: SQL made it (partitions), and the database refuses to change it."""

        managed = False
        db_table = "ownership_proposal"
        verbose_name = verbose_name_plural = _("派遣建议")

    def __str__(self) -> str:
        return f"{self.case_id} {self.proposed} {self.chosen}"
