"""Keeps and removes standard texts: a person his own, a leader those of the whole city."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from wangge.domains.desks.policies import may_keep_texts_of_city
from wangge.domains.desks.refusals import DeskRefused
from wangge.domains.organizations.logic import Actor, AuditKind
from wangge.domains.organizations.operations.audit import record
from wangge.domains.organizations.queries import city_tables

MOST_TEXTS = 100
LONGEST = 300


@transaction.atomic
def keep_text(*, by: Actor, at: datetime, words: str, stage: str = "", post: str = "", of_city: bool = False) -> None:
    """Keep a text for a stage (empty: every one), the city's also for a post. Raises ``DeskRefused``."""
    words = words.strip()
    if not words or len(words) > LONGEST:
        raise DeskRefused(_("请写 1 至 %(most)s 个字。") % {"most": LONGEST})
    _check_place(by, stage, post, of_city=of_city)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM organizations_person WHERE id = %s FOR UPDATE", (by.person_id,))
        cursor.execute(
            "SELECT count(*) FROM desks_standard_text WHERE keeper_id = %s AND is_of_city = %s", (by.person_id, of_city)
        )
        if cursor.fetchone()[0] >= MOST_TEXTS:
            raise DeskRefused(_("最多保存 %(most)s 条，请先删除不用的。") % {"most": MOST_TEXTS})
        cursor.execute(
            "INSERT INTO desks_standard_text (keeper_id, is_of_city, post, stage, words, kept_at)"
            " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT ON CONSTRAINT standard_text_once DO NOTHING",
            (by.person_id, of_city, post, stage, words, at),
        )
    if of_city:
        _record(by, at, {"kept": words, "stage": stage, "post": post})


def remove_text(*, by: Actor, at: datetime, text_id: int) -> bool:
    """Remove one of his own, or as a leader one of the city's; another's stays. Whether there was one to remove."""
    of_city = may_keep_texts_of_city(by)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM desks_standard_text WHERE id = %s AND (is_of_city AND %s OR NOT is_of_city AND keeper_id = %s)"
            " RETURNING words, is_of_city",
            (text_id, of_city, by.person_id),
        )
        gone = cursor.fetchone()
        if gone is not None and gone[1]:
            _record(by, at, {"removed": gone[0]})
    return gone is not None


def _check_place(by: Actor, stage: str, post: str, *, of_city: bool) -> None:
    tables = city_tables()
    if of_city and not may_keep_texts_of_city(by):
        raise DeskRefused(_("全市标准用语由值班长、科长或中心领导维护。"))
    if stage and stage not in {row.stage for row in tables.stages}:
        raise DeskRefused(_("请选择环节。"))
    if post and not (of_city and post in {row.post for row in tables.posts}):
        raise DeskRefused(_("请选择岗位；自己的常用语不分岗位。"))


def _record(by: Actor, at: datetime, detail: dict[str, str]) -> None:
    record(by=by, at=at, kind=AuditKind.SETTING, object_kind="standard_text", object_key="city", detail=detail)
