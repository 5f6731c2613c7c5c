"""Districts and the tree of responsible units (责任单位).

Both are known by their code, which is the primary key: cases, tokens and foreign lists name a unit by
code, so no question on the way of a case needs a join. Periods are half-open days ``[valid_from, valid_to)``.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class District(models.Model):
    """A district of the city (区, 县, or a zone that is ranked beside them), by its six-digit code."""

    code = models.CharField(_("区划代码"), primary_key=True, max_length=6)
    name = models.CharField(_("名称"), max_length=60)
    valid_from = models.DateField(_("启用日期"))
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)

    class Meta:
        """Named constraints: what a row can show, the database refuses."""

        db_table = "organizations_district"
        verbose_name = verbose_name_plural = _("区")
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(name="district_code_has_six_digits", condition=Q(code__regex=r"^[0-9]{6}$")),
            models.CheckConstraint(name="district_has_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="district_period_runs_forward",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.code}"


class DepartmentKind(models.TextChoices):
    """What sort of unit answers for a case."""

    DEPARTMENT = "department", _("专业部门")
    STREET = "street", _("街道")
    COMPANY = "company", _("企业")
    DISTRICT_PLATFORM = "district_platform", _("区级平台")
    CENTRE_SECTION = "centre_section", _("中心科室")


class Department(models.Model):
    """A responsible unit (责任单位), or a section of the centre; a district as unit is its platform."""

    code = models.CharField(_("单位代码"), primary_key=True, max_length=32)
    name = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(_("类别"), max_length=20, choices=DepartmentKind.choices)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children",
        db_column="parent_code", verbose_name=_("上级单位"),
    )  # fmt: skip
    district = models.ForeignKey(
        District, on_delete=models.PROTECT, null=True, blank=True, related_name="departments",
        db_column="district_code", verbose_name=_("所属区"),
    )  # fmt: skip
    valid_from = models.DateField(_("启用日期"))
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)

    class Meta:
        """Named constraints; a platform without a district would answer for nobody."""

        db_table = "organizations_department"
        verbose_name = verbose_name_plural = _("责任单位")
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                name="department_code_form", condition=Q(code__regex=r"^[0-9A-Za-z][0-9A-Za-z_.-]*$")
            ),
            models.CheckConstraint(name="department_has_name", condition=~Q(name="")),
            models.CheckConstraint(name="department_kind_known", condition=Q(kind__in=DepartmentKind.values)),
            models.CheckConstraint(
                name="department_is_not_its_own_parent",
                condition=Q(parent__isnull=True) | ~Q(parent=F("code")),
            ),
            models.CheckConstraint(
                name="department_platform_has_district",
                condition=~Q(kind=DepartmentKind.DISTRICT_PLATFORM) | Q(district__isnull=False),
            ),
            models.CheckConstraint(
                name="department_period_runs_forward",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
            ),
            models.UniqueConstraint(
                name="department_one_platform_per_district",
                fields=["district"],
                condition=Q(kind=DepartmentKind.DISTRICT_PLATFORM, valid_to__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.code}"
