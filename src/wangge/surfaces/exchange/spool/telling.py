"""Tells the public surface how what it took in stands: what changed, by the hash of its code, with small pictures."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from wangge.domains.cases.answers import open_verbs
from wangge.domains.cases.drafting import civil
from wangge.domains.cases.logic.timers import as_of
from wangge.domains.cases.queries.history import history_of
from wangge.domains.cases.rows import draft_of
from wangge.domains.citizens.letter_tables import authority_of
from wangge.domains.citizens.operations.packages import OutsideCode, moved_codes, next_serial, note_told
from wangge.domains.citizens.queries.followers import Followed, citizen_of, followed_by_hash
from wangge.domains.citizens.queries.letters import Letter, letter_of_hash
from wangge.groundwork.attachments.queries import open_copy
from wangge.surfaces.exchange.spool.packages import Package, packed, put
from wangge.surfaces.web.command.rows import unit_name
from wangge.surfaces.web.public.status_page import AFTER, BEFORE, answer_of, fit_photos, question_of, told_stage, turns

AT_ONCE = 200
MOST_PICTURES = 3
Told = dict[str, Any]


def tell_back(folder: Path, *, secret: bytes, at: datetime) -> int:
    """Write what changed since it was told last; how many statuses. The file is there before it is noted as told:
    ended in between, it is told again, and the other side keeps the newer."""
    changed: list[tuple[OutsideCode, str, Told]] = []
    same: list[tuple[str, str, str]] = []
    for each in moved_codes(at=at):
        status = _status(each.code_hash, each.refused, at)
        digest = hashlib.sha256(orjson.dumps(status, option=orjson.OPT_SORT_KEYS)).hexdigest()
        if digest != each.told:
            changed.append((each, digest, status))
        else:
            same.append((digest, each.mark, each.package_id))
    if same:
        note_told(same)  # it moved, and reads as before
    for start in range(0, len(changed), AT_ONCE):
        batch = changed[start : start + AT_ONCE]
        serial = next_serial()
        body = {"serial": serial, "statuses": {each.code_hash.hex(): status for each, _digest, status in batch}}
        put(folder, f"{serial:012d}", packed(Package(f"status-{serial}", "statuses", body), secret))
        note_told([(digest, each.mark, each.package_id) for each, digest, _status in batch])
    return len(changed)


def _status(code_hash: bytes, refused: str, at: datetime) -> Told:
    if refused:
        return {"kind": "refused"}
    followed = followed_by_hash(code_hash)
    if followed is not None:
        return _of_case(followed, at)
    letter = letter_of_hash(code_hash)
    return {"kind": "refused"} if letter is None else _of_letter(letter)


def _of_case(followed: Followed, at: datetime) -> Told:
    row = followed.row
    draft = draft_of(row, at)
    rules, state = draft.rules, as_of(draft.rules, draft.state, civil(at), draft.around)
    steps = history_of(row)
    verbs = open_verbs(rules, state, draft.around, row, citizen_of(followed), civil(at))
    due = row.handling_due_at if state.stage == "handling" else None
    return {
        "kind": "case",
        "number": row.number,
        "category": state.category,
        "stage": told_stage(state),
        "body": unit_name(state.unit) if state.unit else "",
        "due_at": due.isoformat() if due is not None else "",
        "turns": [[moment.isoformat(), stage] for moment, stage in turns(steps)],
        "before": _pictures(fit_photos(followed, steps, state, rules, BEFORE)),
        "after": _pictures(fit_photos(followed, steps, state, rules, AFTER)),
        "answer": answer_of(steps, state),
        "question": question_of(steps) if "reporter_answered" in verbs else "",
        "grades": rules.settings["rating_grades"].split() if "rate" in verbs else [],
        "rated": state.grade,
        "may_reopen": "request_reopen" in verbs and bool(state.grade or state.call_back),
    }


def _of_letter(letter: Letter) -> Told:
    authority = authority_of(letter.authority)
    return {
        "kind": "letter",
        "letter_kind": letter.kind,
        "state": letter.state,
        "at": letter.at.isoformat(),
        "authority": authority.authority if authority is not None else "",
        "phone": authority.phone if authority is not None else "",
        "receipt_no": letter.receipt_no,
        "due_at": letter.due_at.isoformat() if letter.due_at is not None and letter.state != "answered" else "",
        "answer": letter.answer,
    }


def _pictures(ids: list[str]) -> list[str]:
    """Small copies as text: the other side has no pictures of its own."""
    found = []
    for photo_id in ids[:MOST_PICTURES]:
        copy = open_copy(photo_id=photo_id, thumbnail=True)
        if copy is not None:
            with copy:
                found.append(base64.b64encode(copy.read()).decode())
    return found
