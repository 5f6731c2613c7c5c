"""Questions to the checks of a month: what was drawn, found, adjusted and judged, and whose case files are valid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from django.db import connection

from wangge.domains.evaluation.logic.drawing import Drawn
from wangge.domains.evaluation.logic.figures import percentage
from wangge.domains.evaluation.logic.periods import Period
from wangge.domains.evaluation.models import Adjustment, CheckDraw, CheckFinding, QualityVerdict
from wangge.standards.library import load_tables
from wangge.standards.measures import CheckItem

_VERBS = {
    "collector": ("report", "report_self_handled"), "inspector": ("pass_inspection",),
    "acceptor": ("accept",), "duty_leader": ("file_case",), "dispatcher": ("dispatch",),
}  # fmt: skip
"""Whose work an item of a case file is: who made the last of these steps."""
_MADE = """
SELECT DISTINCT ON (c.number, s.verb) c.number, s.verb, s.person_id
FROM cases_case c JOIN cases_step s ON s.case_id = c.id AND s.month = c.month
WHERE c.number = ANY(%s) AND s.verb = ANY(%s) AND s.person_id IS NOT NULL
ORDER BY c.number, s.verb, s.seq DESC
"""


FINDING_SOURCE = "check"
"""The source of cases that were made of findings; their external number is the finding's."""


@dataclass(frozen=True, slots=True)
class ValidFiles:
    """The case files one person had a part in: how many were judged, how many without a fault of his."""

    post: str
    person_id: int
    judged: int
    valid: int

    @property
    def rate(self) -> Decimal | None:
        return percentage(self.valid, self.judged)


@dataclass(frozen=True, slots=True)
class MonthChecks:
    """Everything the checks of a month hold."""

    items: Mapping[tuple[str, str], CheckItem]  # (form, item)
    draws: Mapping[Drawn, CheckDraw]
    findings: Sequence[CheckFinding]
    adjustments: Sequence[Adjustment]
    verdicts: Mapping[str, QualityVerdict]
    valid_files: Sequence[ValidFiles]
    made_cases: Mapping[int, str]  # finding → the case that was made of it

    def case_of(self, finding: CheckFinding) -> str:
        """The case a finding named or became; of one taken back that of the finding. Empty where there is none."""
        return finding.case_number or self.made_cases.get(finding.takes_back or finding.id, "")

    @property
    def waiting(self) -> list[str]:
        """The drawn case files that nobody has judged."""
        drawn = self.draws.get(Drawn.QUALITY)
        return [number for number in drawn.drawn if number not in self.verdicts] if drawn is not None else []

    @property
    def taken_back(self) -> frozenset[int]:
        return frozenset(each.takes_back for each in self.findings if each.takes_back is not None)


def checks_of(period: Period, *, overlay: Path | None) -> MonthChecks:
    """The checks of a month; six statements."""
    rows = load_tables(overlay, on=period.end - timedelta(days=1)).check_items
    verdicts = {each.case_number: each for each in QualityVerdict.objects.filter(period=period.name)}
    items = {(row.form, row.item): row for row in rows}
    findings = list(CheckFinding.objects.filter(period=period.name).order_by("id"))
    return MonthChecks(
        items=items,
        draws={Drawn(each.kind): each for each in CheckDraw.objects.filter(period=period.name)},
        findings=findings,
        adjustments=list(Adjustment.objects.filter(period=period.name).order_by("id")),
        verdicts=verdicts,
        valid_files=_valid_files(verdicts, items),
        made_cases=cases_of_findings([each.id for each in findings]),
    )


def cases_of_findings(ids: Sequence[int]) -> dict[int, str]:
    """Finding → number of the case that was made of it; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT external_no, number FROM cases_case WHERE source = %s AND external_no = ANY(%s)",
            [FINDING_SOURCE, [str(each) for each in ids]],
        )
        return {int(finding): number for finding, number in cursor.fetchall()}


def _valid_files(
    verdicts: Mapping[str, QualityVerdict], items: Mapping[tuple[str, str], CheckItem]
) -> list[ValidFiles]:
    """By collector, inspector and seat, those with most faults first."""
    post_of = {verb: post for post, verbs in _VERBS.items() for verb in verbs}
    with connection.cursor() as cursor:
        cursor.execute(_MADE, [list(verdicts), list(post_of)])
        made = cursor.fetchall()
    judged: dict[tuple[str, int], list[bool]] = {}
    for number, verb, person in made:
        post = post_of[verb]
        against = {items["quality", fault].against for fault in verdicts[number].faults if ("quality", fault) in items}
        judged.setdefault((post, person), []).append(post not in against)
    found = [ValidFiles(post, person, len(of), sum(of)) for (post, person), of in judged.items()]
    return sorted(found, key=lambda each: (each.valid - each.judged, each.post, each.person_id))
