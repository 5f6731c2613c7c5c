"""Assembles the bulletin of a period from what is published: its paper, its document and the results behind it."""

from __future__ import annotations

from wangge.domains.disclosure.document import Document
from wangge.domains.evaluation.logic.bulletins import Issue, months_in, whole_periods, year_before
from wangge.domains.evaluation.models import Result
from wangge.domains.evaluation.queries.results import content_of, published_months
from wangge.surfaces.object_names import object_name
from wangge.surfaces.web.assessment.bulletin import Addresses, Paper, bulletin_of


class NoBulletin(LookupError):
    """Not every month of the period is published."""


def bulletin_periods() -> list[str]:
    """The periods that have a bulletin, newest first."""
    return whole_periods(each.period for each in published_months(whole=False))


def published_paper(period: str, addresses: Addresses) -> tuple[Paper, Document, list[Result]]:
    """The bulletin of a period with the ways to its figures; raises :class:`NoBulletin`."""
    newest = {each.period: each.id for each in published_months(whole=False)}
    if period not in whole_periods(newest):
        raise NoBulletin(period)
    asked = [newest[month] for month in (*months_in(period), *months_in(year_before(period))) if month in newest]
    published = {each.period: each for each in Result.objects.filter(id__in=asked)}
    results = [published[month] for month in months_in(period)]
    before = [published.get(month) for month in months_in(year_before(period))]
    paper = Paper(
        period,
        [_issue(each) for each in results],
        object_name,
        addresses,
        earlier=[_issue(each) for each in before if each is not None] if None not in before else (),
    )
    return paper, bulletin_of(paper, ""), results


def _issue(result: Result) -> Issue:
    return Issue(result.id, result.period, content_of(result))
