"""Makes a case of what a check found: reported by the ordinary entry of its source, once for a finding.

The finding is written for good and does not change: its case is found by its external number, which is the finding's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from wangge.domains.cases.operations.reporting import Report, report_case
from wangge.domains.evaluation.models import CheckFinding
from wangge.domains.evaluation.policies import check_may_check
from wangge.domains.evaluation.queries.checks import FINDING_SOURCE, cases_of_findings
from wangge.domains.evaluation.refusals import CheckRefused
from wangge.domains.organizations.logic import SYSTEM, Actor, AuditKind
from wangge.domains.organizations.operations.audit import record


@dataclass(frozen=True, slots=True)
class Matter:
    """What a case needs beside the finding: its class, where, and photos that the system itself received."""

    category: str
    location: Mapping[str, Any] | None
    photos: Sequence[str] = ()


def make_case(*, finding_id: int, matter: Matter, by: Actor, at: datetime, address: str = "") -> str:
    """The number of the finding's case, made now unless it was before.

    Raises ``CheckRefused``, and what reporting a case raises.
    """
    check_may_check(by)
    finding = CheckFinding.objects.filter(id=finding_id, takes_back__isnull=True).first()
    if finding is None:
        raise CheckRefused(_("没有这条考评发现。"))
    if finding.case_number:
        raise CheckRefused(_("这条考评发现已有案卷 %(number)s。") % {"number": finding.case_number})
    if CheckFinding.objects.filter(takes_back=finding.id).exists():
        raise CheckRefused(_("这条考评发现已经撤销。"))
    made = cases_of_findings([finding.id]).get(finding.id)
    if made is not None:
        return made
    try:
        with transaction.atomic():
            number = report_case(report=_report(finding, matter), by=SYSTEM, at=at, address=address).number
            record(
                by=by, at=at, kind=AuditKind.REPORT, object_kind="case", object_key=number,
                detail={"finding": finding.id}, address=address,
            )  # fmt: skip
    except IntegrityError:  # somebody else pressed the button at the same moment
        made = cases_of_findings([finding.id]).get(finding.id)
        if made is None:
            raise
        return made
    return number


def _report(finding: CheckFinding, matter: Matter) -> Report:
    return Report(
        source=FINDING_SOURCE, category=matter.category, description=finding.note or finding.item,
        location=matter.location, photos={"photo_before": list(matter.photos)} if matter.photos else {},
        external_no=str(finding.id),
    )  # fmt: skip
