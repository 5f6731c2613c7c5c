"""The steps of a case as people read them: names for persons, personal words kept back, hashes to compare."""

from __future__ import annotations

from typing import Any

import orjson
from django.db import connection

from wangge.domains.cases.answers import iso, usernames
from wangge.domains.cases.queries.away import with_steps_away
from wangge.domains.cases.rows import CaseRow
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.cases.sight import stands_outside
from wangge.domains.organizations.logic import Actor

PEOPLE_ARGS = ("assignee", "handler")
STATEMENT = (
    "SELECT seq, verb, post, person_id, at, recorded_at, from_stage, to_stage, payload, hash FROM cases_step"
    " WHERE month = %s AND case_id = %s AND seq > %s ORDER BY seq"
)


def steps_of(row: CaseRow, *, by: Actor | None = None, after: int = 0) -> list[dict[str, Any]]:
    """The steps behind number ``after``, oldest first; one statement, and one for names not seen before.

    Told to ``by``: a citizen or an intake partner reads no names of staff, and of what was said only what the table
    addresses to the reporter.
    """
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, [row.month, row.id, after])
        found = with_steps_away(row, cursor.fetchall(), after=after)
    payloads = [orjson.loads(step[8]) for step in found]
    people = {step[3] for step in found if step[3] is not None}
    for payload in payloads:
        args = payload.get("args", {})
        people.update(int(args[name]) for name in PEOPLE_ARGS if str(args.get(name, "")).isdigit())
    names = usernames(people)
    told = [_step(step, payload, names) for step, payload in zip(found, payloads, strict=True)]
    if by is None or not stands_outside(by):
        return told
    moves = rulebook_on(row.rules_on).moves
    for step, answer in zip(found, told, strict=True):
        if step[3] is None or step[3] != by.person_id:
            move = moves.get((answer["verb"], answer["from_stage"]))
            _keep_from_outside(answer, addressed=move is not None and "reporter" in move.message_to)
    return told


def _keep_from_outside(answer: dict[str, Any], *, addressed: bool) -> None:
    answer["by"] = answer["post"]
    answer["evidence"] = {}
    kept = ("reason", "answer", "question", "body") if addressed else ()
    answer["args"] = {name: value for name, value in answer["args"].items() if name in kept}


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


def reporter_words(row: CaseRow) -> dict[str, str]:
    """The personal words kept beside the first step, by name; empty once erased. One statement.

    Whoever shows them asks first who may see them, and records a full look.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT texts FROM cases_private_texts WHERE case_id = %s AND seq = 1", [row.id])
        found = cursor.fetchone()
    texts = {} if found is None else orjson.loads(found[0]) if isinstance(found[0], str) else found[0]
    return {name: str(words) for name, (_salt, words) in texts.items()}
