"""The row of a case: where it stands now, as its steps give it; and what it is about.

``Case`` changes with every step and so has few, narrow indexes. ``CaseMatter`` (words, place, search) changes hardly
ever: its wide indexes are not touched by a move.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from wangge.standards.library import load_tables

OPEN_STAGES = tuple(row.stage for row in load_tables().stages if not row.is_ending and row.stage != "new")
STAGES = tuple(row.stage for row in load_tables().stages if row.stage != "new")


class Case(models.Model):
    """One case as its steps add up to it; the writers of ``operations`` alone change it.

    ``state`` is the logic's compact state as JSON text, ``photos`` the JSON list of [kind, photo id, seq].
    ``tail_hash`` is the hash of step number ``version``; ``rules_on`` the day whose rules the running cycle keeps.
    """

    id = models.UUIDField(primary_key=True)
    month = models.DateField()
    number = models.CharField(_("案卷号"), max_length=40)
    version = models.IntegerField()
    stage = models.CharField(_("环节"), max_length=24)
    source = models.CharField(_("问题来源"), max_length=16)
    entry = models.CharField(max_length=32)
    external_no = models.CharField(_("外部单号"), max_length=80, null=True)
    category = models.CharField(_("小类"), max_length=24, blank=True, default="")
    district_code = models.CharField(_("区"), max_length=6, blank=True, default="")
    grid_code = models.CharField(_("责任网格"), max_length=32, blank=True, default="")
    department_code = models.CharField(_("责任单位"), max_length=32, blank=True, default="")
    inner_department_code = models.CharField(_("区内单位"), max_length=32, blank=True, default="")
    assignee_id = models.BigIntegerField(null=True)
    reporter_id = models.BigIntegerField(null=True)
    past_departments = ArrayField(models.CharField(max_length=32), default=list)
    past_people = ArrayField(models.BigIntegerField(), default=list)
    reported_at = models.DateTimeField(_("上报时间"))
    filed_at = models.DateTimeField(_("立案时间"), null=True)
    closed_at = models.DateTimeField(_("结案时间"), null=True)
    stage_due_at = models.DateTimeField(null=True)
    handling_due_at = models.DateTimeField(null=True)
    burns_at = models.DateTimeField(null=True)
    timer_at = models.DateTimeField(null=True)
    unknown_year = models.IntegerField(null=True)
    rules_on = models.DateField()
    parent_id = models.UUIDField(null=True)
    lead_id = models.UUIDField(null=True)
    state = models.TextField()
    photos = models.TextField(default="[]")
    tail_hash = models.BinaryField(max_length=32)

    class Meta:
        """Named constraints and the few indexes the work lists need."""

        db_table = "cases_case"
        verbose_name = verbose_name_plural = _("案卷")
        constraints = (
            models.UniqueConstraint(name="case_number_once", fields=["number"]),
            models.UniqueConstraint(
                name="case_external_number_once_per_source",
                fields=["source", "external_no"],
                condition=Q(external_no__isnull=False),
            ),
            models.CheckConstraint(
                name="case_number_form", condition=Q(number__regex=r"^[0-9]{6}-[0-9]{8}-[0-9]{5,}(-[0-9]+)*$")
            ),
            models.CheckConstraint(name="case_stage_known", condition=Q(stage__in=STAGES)),
            models.CheckConstraint(name="case_version_counts_steps", condition=Q(version__gte=1)),
            models.CheckConstraint(
                name="case_tail_is_sm3",
                condition=Exact(Func(F("tail_hash"), function="octet_length", output_field=models.IntegerField()), 32),
            ),
            models.CheckConstraint(
                name="case_closed_has_moment",
                condition=~Q(stage__in=["closed", "archived"]) | Q(closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="case_handling_has_department", condition=~Q(stage="handling") | ~Q(department_code="")
            ),
            models.CheckConstraint(
                name="case_field_task_has_assignee",
                condition=~Q(stage__in=["verifying", "inspecting"]) | Q(assignee_id__isnull=False),
            ),
            models.CheckConstraint(
                name="case_burns_only_while_open",
                condition=Q(burns_at__isnull=True) | Q(stage__in=OPEN_STAGES),
            ),
            models.CheckConstraint(
                name="case_is_not_its_own_lead", condition=Q(lead_id__isnull=True) | ~Q(lead_id=F("id"))
            ),
        )
        indexes = (
            models.Index(name="case_reported", fields=["-reported_at", "-id"]),
            models.Index(name="case_queue", fields=["stage", "burns_at", "id"], condition=Q(stage__in=OPEN_STAGES)),
            models.Index(name="case_of_stage", fields=["stage", "-reported_at", "-id"]),
            models.Index(
                name="case_of_department",
                fields=["department_code", "-reported_at"],
                condition=~Q(department_code=""),
            ),
            models.Index(name="case_merged_into", fields=["lead_id"], condition=Q(lead_id__isnull=False)),
            models.Index(name="case_of_district", fields=["district_code", "-reported_at"]),
            models.Index(name="case_of_assignee", fields=["assignee_id"], condition=Q(assignee_id__isnull=False)),
            models.Index(
                name="case_of_reporter",
                fields=["reporter_id", "-reported_at"],
                condition=Q(reporter_id__isnull=False),
            ),
            models.Index(
                name="case_published",
                fields=["-reported_at", "-id"],
                condition=Q(source="public", parent_id__isnull=True),
            ),
            models.Index(name="case_timer", fields=["timer_at"], condition=Q(timer_at__isnull=False)),
            models.Index(name="case_to_archive", fields=["closed_at"], condition=Q(stage="closed")),
            models.Index(name="case_children", fields=["parent_id"], condition=Q(parent_id__isnull=False)),
            models.Index(name="case_unknown_year", fields=["unknown_year"], condition=Q(unknown_year__isnull=False)),
            models.Index(name="case_filed_at", fields=["filed_at"], condition=Q(filed_at__isnull=False)),
            models.Index(name="case_closed_at", fields=["closed_at"], condition=Q(closed_at__isnull=False)),
        )

    def __str__(self) -> str:
        return self.number


class CaseMatter(models.Model):
    """What a case is about and where: words, place in WGS-84 with the system it came in, and how it is searched.

    ``grams`` are the two-character pieces of description and address (PostgreSQL's trigrams are slow on two
    Chinese characters) as numbers, stamped with the ten days of the report. Words are copies that an erasure blanks.
    """

    case_id = models.UUIDField(primary_key=True)
    description = models.TextField(blank=True, default="")
    address = models.TextField(blank=True, default="")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    given_system = models.CharField(max_length=8, blank=True, default="")
    given_x = models.FloatField(null=True)
    given_y = models.FloatField(null=True)
    component = models.CharField(max_length=20, blank=True, default="")
    unit_grid_code = models.CharField(max_length=20, blank=True, default="")
    street_code = models.CharField(max_length=12, blank=True, default="")
    community_code = models.CharField(max_length=15, blank=True, default="")
    grams = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        """Named constraints and the search's indexes."""

        db_table = "cases_matter"
        verbose_name = verbose_name_plural = _("案卷内容")
        constraints = (
            models.CheckConstraint(
                name="matter_point_is_whole",
                condition=Q(lon__isnull=True, lat__isnull=True) | Q(lon__isnull=False, lat__isnull=False),
            ),
            models.CheckConstraint(
                name="matter_point_on_earth",
                condition=Q(lon__isnull=True) | Q(lon__range=(-180, 180), lat__range=(-90, 90)),
            ),
        )
        indexes = (
            # Without a waiting list: a search would read all of it once per stretch of time.
            GinIndex(name="matter_grams", fields=["grams"], fastupdate=False),
            # The id says when it was reported: what is near in place and time is found in the index alone.
            models.Index(name="matter_point", fields=["lon", "lat", "case_id"], condition=Q(lon__isnull=False)),
            models.Index(name="matter_component", fields=["component"], condition=~Q(component="")),
        )

    def __str__(self) -> str:
        return f"{self.case_id}"


class CaseNumberCounter(models.Model):
    """The last number given in a district on a day; taken in the writing statement itself, so none is skipped."""

    pk = models.CompositePrimaryKey("district_code", "day")
    district_code = models.CharField(max_length=6)
    day = models.DateField()
    last = models.IntegerField()

    class Meta:
        """Named constraints."""

        db_table = "cases_number_counter"
        verbose_name = verbose_name_plural = _("案卷号计数")
        constraints = (
            models.CheckConstraint(name="counter_counts_from_one", condition=Q(last__gte=1)),
            models.CheckConstraint(name="counter_district_form", condition=Q(district_code__regex=r"^[0-9]{6}$")),
        )

    def __str__(self) -> str:
        return f"{self.district_code}-{self.day:%Y%m%d}: {self.last}"
