"""The steps of a case as people read them: names for persons, personal words kept back, hashes to compare."""

from __future__ import annotations

from typing import Any

import orjson
from django.db import connection

from wangge.domains.cases.answers import iso, usernames
from wangge.domains.cases.rows import CaseRow

PEOPLE_ARGS = ("assignee", "handler")
STATEMENT = (
    "SELECT seq, verb, post, person_id, at, recorded_at, from_stage, to_stage, payload, hash FROM cases_step"
    " WHERE month = %s AND case_id = %s AND seq > %s ORDER BY seq"
)


def steps_of(row: CaseRow, *, after: int = 0) -> list[dict[str, Any]]:
    """The steps behind number ``after``, oldest first; one statement, and one for names not seen before."""
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, [row.month, row.id, after])
        found = cursor.fetchall()
    payloads = [orjson.loads(step[8]) for step in found]
    people = {step[3] for step in found if step[3] is not None}
    for payload in payloads:
        args = payload.get("args", {})
        people.update(int(args[name]) for name in PEOPLE_ARGS if str(args.get(name, "")).isdigit())
    names = usernames(people)
    return [_step(step, payload, names) for step, payload in zip(found, payloads, strict=True)]


def _step(step: tuple[Any, ...], payload: dict[str, Any], names: dict[int, str]) -> dict[str, Any]:
    seq, verb, post, person, at, recorded_at, from_stage, to_stage, _payload, digest = step
    args = dict(payload.get("args", {}))
    for name in PEOPLE_ARGS:
        if str(args.get(name, "")).isdigit():
            args[name] = names[int(args[name])]
    return {
        "seq": seq,
        "verb": verb,
        "post": post,
        "by": names[person] if person is not None else payload["by"],
        "at": iso(at),
        "recorded_at": iso(recorded_at),
        "from_stage": from_stage,
        "to_stage": to_stage,
        "args": args,
        "evidence": _evidence(payload.get("evidence") or {}),
        "hash": bytes(digest).hex(),
    }


def _evidence(evidence: dict[str, Any]) -> dict[str, Any]:
    """Photos by their ids; a place and words as they are."""
    return {
        kind: [piece[0] for piece in pieces] if isinstance(pieces, list) else pieces
        for kind, pieces in evidence.items()
    }
