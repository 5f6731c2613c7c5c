"""Imports people and their posts from a table of a personnel office: dry run, differences, refused rows."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _

from wangge.domains.organizations.logic import Actor, AuditKind, Holding
from wangge.domains.organizations.models import Person, PostHolding
from wangge.domains.organizations.operations.audit import record, record_on_person
from wangge.domains.organizations.operations.people import add_person, checked_holding, grant_post
from wangge.domains.organizations.policies import Refused, Task, check_may_administer
from wangge.domains.organizations.queries import person_named

# Column of the file → the names it may bear.
COLUMNS = {
    "username": ("username", "用户名", "工号"),
    "display_name": ("display_name", "姓名"),
    "phone": ("phone", "电话", "手机"),
    "post": ("post", "岗位"),
    "department": ("department", "责任单位", "单位代码"),
    "district": ("district", "区", "区划代码"),
}
_NEEDED = ("username", "post")


class Difference(StrEnum):
    """What a row of the file would change."""

    NEW_PERSON = "new_person"
    NEW_POST = "new_post"
    RENAMED = "renamed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One row of the file as read; ``line`` counts from 1, the header included."""

    line: int
    username: str
    display_name: str
    phone: str
    post: str
    department: str
    district: str


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was left out, and why."""

    line: int
    username: str
    reason: str


@dataclass(slots=True)
class PeopleImport:
    """What an import did, or would do: line and user name by kind of difference, and the rows refused."""

    differences: dict[Difference, list[tuple[int, str]]] = field(
        default_factory=lambda: {difference: [] for difference in Difference}
    )
    refused: list[RefusedRow] = field(default_factory=list)


class _DryRun(Exception):
    """Takes everything back at the end of a dry run."""


def read_people(file: IO[str]) -> list[PersonRow]:
    """The rows of a CSV file, header in Chinese or English; raises ``Refused`` without a needed column."""
    reader = csv.reader(file)
    header = [name.strip().lstrip("\ufeff") for name in next(reader, [])]
    places = {
        column: next((header.index(name) for name in names if name in header), None)
        for column, names in COLUMNS.items()
    }
    missing = [column for column in _NEEDED if places[column] is None]
    if missing:
        raise Refused(
            _("第 1 行缺少列：%(missing)s。可用的列：%(known)s。")
            % {"missing": " ".join(missing), "known": " ".join(COLUMNS)}
        )
    return list(_rows(_with_lines(reader, reader.line_num), places))


def _with_lines(reader: Any, read: int) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it begins on: a quoted cell may run over several lines."""
    for cells in reader:
        yield read + 1, cells
        read = reader.line_num


def _rows(lines: Iterator[tuple[int, list[str]]], places: dict[str, int | None]) -> Iterator[PersonRow]:
    for line, cells in lines:
        if any(cell.strip() for cell in cells):
            values = {
                column: cells[place].strip() if place is not None and place < len(cells) else ""
                for column, place in places.items()
            }
            yield PersonRow(line, **values)


def import_people(*, by: Actor, at: datetime, rows: Sequence[PersonRow], dry_run: bool) -> PeopleImport:
    """Add the people and posts of ``rows``; what is there already stays, nothing is taken away.

    A row that cannot be (unknown post, unit or district, three administrators in one hand) is refused by
    itself. People come without a password: the security administrator gives each his first one. A dry run
    does the same and takes it back.
    """
    check_may_administer(by, Task.PEOPLE)
    check_may_administer(by, Task.POSTS)
    result = PeopleImport()
    try:
        with transaction.atomic():
            for row in rows:
                _import_row(by=by, at=at, row=row, result=result)
            counts = {str(kind): len(found) for kind, found in result.differences.items()}
            counts["refused"] = len(result.refused)
            record(by=by, at=at, kind=AuditKind.IMPORT, object_kind="people", detail=counts)
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    return result


def _import_row(*, by: Actor, at: datetime, row: PersonRow, result: PeopleImport) -> None:
    try:
        with transaction.atomic():
            difference = _apply(by=by, at=at, row=row)
    except Refused as refused:
        result.refused.append(RefusedRow(row.line, row.username, str(refused)))
    else:
        result.differences[difference].append((row.line, row.username))


def _apply(*, by: Actor, at: datetime, row: PersonRow) -> Difference:
    holding = checked_holding(Holding(row.post, row.department or None, row.district or None))
    person = person_named(row.username)
    if person is None:
        add_person(
            by=by,
            at=at,
            username=row.username,
            display_name=row.display_name,
            phone=row.phone or None,
            posts=(holding,),
        )
        return Difference.NEW_PERSON
    renamed = _correct(by=by, at=at, person=person, row=row)
    held = PostHolding.objects.filter(
        person=person,
        post=holding.post,
        department_id=holding.department_code,
        district_id=holding.district_code,
        valid_to__isnull=True,
    )
    if not held.exists():
        grant_post(by=by, at=at, person=person, holding=holding)
        return Difference.NEW_POST
    return Difference.RENAMED if renamed else Difference.SAME


def _correct(*, by: Actor, at: datetime, person: Person, row: PersonRow) -> bool:
    """Take over name and telephone where the file has others; whether something changed."""
    name, phone = row.display_name or person.display_name, row.phone or person.phone
    if (name, phone) == (person.display_name, person.phone):
        return False
    Person.objects.filter(pk=person.pk).update(display_name=name, phone=phone)
    record_on_person(by=by, at=at, kind=AuditKind.ACCESS, username=person.username, corrected=True)
    return True
