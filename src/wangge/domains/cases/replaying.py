"""Replays a case from its stored steps and names every break: what the bytes, the chain and the rules do not bear out.

Pure over what was read: rows as the database wrote them in text, the rules of a day as a function. A case with a
broken chain is named for that alone; what would follow from it (a stage, a deadline) is not named again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson

from wangge.domains.cases.breaks import Break, BreakKind
from wangge.domains.cases.chain import keeps_word, sm3
from wangge.domains.cases.drafting import Standing, standing_of
from wangge.domains.cases.logic.attempt import Attempt
from wangge.domains.cases.logic.effects import make
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import CaseState
from wangge.domains.cases.surroundings import as_recorded_in

NULL = b""
# Fields of the state that rows written before them lack; what such a row does not say is no break.
_LATER_FIELDS = frozenset({"appellant"})
_CIVIL_MINUTES = 480
_EPOCH_DAY = date(1970, 1, 1)
_IMPOSSIBLE = (KeyError, ValueError, TypeError, AttributeError, AssertionError, IndexError)


class KeptStep(NamedTuple):
    """A step as COPY wrote it, without its month: escapes undone, hashes in hex, NULL empty."""

    case_id: bytes
    seq: bytes
    verb: bytes
    post: bytes
    person: bytes
    at: bytes
    recorded_at: bytes
    from_stage: bytes
    to_stage: bytes
    payload: bytes
    digest: bytes


class KeptCase(NamedTuple):
    """A case's row with the words of its matter, as COPY wrote them: escapes undone, hashes in hex, NULL empty."""

    id: bytes
    number: bytes
    version: bytes
    stage: bytes
    category: bytes
    department: bytes
    inner_department: bytes
    assignee: bytes
    reported_at: bytes
    filed_at: bytes
    closed_at: bytes
    stage_due_at: bytes
    handling_due_at: bytes
    burns_at: bytes
    timer_at: bytes
    unknown_year: bytes
    rules_on: bytes
    state: bytes
    photos: bytes
    tail: bytes
    entry: bytes
    matter: bytes
    description: bytes
    address: bytes
    lon: bytes
    lat: bytes


@dataclass(frozen=True, slots=True)
class KeptWords:
    """Personal words kept for one step: the JSON as stored, and whether they were erased."""

    texts: bytes
    erased: bool


RulesOf = Callable[[date], Rulebook]
_days: dict[bytes, int] = {}


def civil_of(at: bytes) -> int:
    """The civil minute of a UTC moment as PostgreSQL writes it: ``2024-03-13 00:10:23+00``."""
    day = at[:10]
    begin = _days.get(day)
    if begin is None:
        begin = _days[day] = (date.fromisoformat(day.decode()) - _EPOCH_DAY).days * 1440 + _CIVIL_MINUTES
    return begin + int(at[11:13]) * 60 + int(at[14:16])


@dataclass(slots=True)
class _Replay:
    """One case on its way through its steps."""

    number: str
    case_id: bytes
    breaks: list[Break] = field(default_factory=list)
    state: CaseState = field(default_factory=CaseState)
    rules: Rulebook | None = None
    rules_on: str = ""
    filed_at: bytes = NULL
    closed_at: bytes = NULL
    photos: list[list[Any]] = field(default_factory=list)
    sealed: dict[int, Mapping[str, str]] = field(default_factory=dict)
    place: Mapping[str, Any] | None = None

    def found(self, kind: BreakKind, seq: int = 0, told: str = "") -> None:
        self.breaks.append(Break(kind, self.number, self.case_id.decode(), seq, told))


def check_case(
    case: KeptCase, steps: Sequence[KeptStep], words: Mapping[int, KeptWords], rules_of: RulesOf
) -> list[Break]:
    """Every break of one case."""
    replay = _Replay(case.number.decode(), case.id)
    if not steps:
        replay.found(BreakKind.CASE_WITHOUT_STEPS)
        return replay.breaks
    contents = _check_chain(replay, steps, case)
    if contents is not None and not replay.breaks and _replay(replay, steps, contents, rules_of):
        _check_standing(replay, case, steps[-1])
    _check_words(replay, case, words)
    return replay.breaks


# ---- the chain -----------------------------------------------------------------------------------------------------


def _check_chain(replay: _Replay, steps: Sequence[KeptStep], case: KeptCase) -> list[dict[str, Any]] | None:
    """Each step's bytes, number and hash; the contents of the payloads, None where one cannot be read."""
    previous: bytes | None = sm3(bytes.fromhex(case.id.decode().replace("-", "")))
    awaited, version = 1, int(case.version)
    contents: list[dict[str, Any]] = []
    for step in steps:
        seq = int(step.seq)
        if seq > version:
            replay.found(BreakKind.FOREIGN_STEP, seq)
            continue
        while awaited < seq:
            replay.found(BreakKind.REMOVED_STEP, awaited)
            awaited, previous = awaited + 1, None
        awaited = seq + 1
        digest = bytes.fromhex(step.digest.decode())
        content = _content(replay, step, seq)
        if previous is not None and sm3(previous + step.payload) != digest:
            kind = BreakKind.CHANGED_STEP
            if content is not None and content.get("case") != case.id.decode():
                kind = BreakKind.FOREIGN_STEP
            replay.found(kind, seq)
        previous = digest
        if content is not None:
            contents.append(content)
    for missing in range(awaited, version + 1):
        replay.found(BreakKind.REMOVED_STEP, missing)
    if not replay.breaks and previous is not None and previous.hex().encode() != case.tail:
        replay.found(BreakKind.WRONG_TAIL, version)
    return contents


def _content(replay: _Replay, step: KeptStep, seq: int) -> dict[str, Any] | None:
    """The payload as values, its columns compared with it."""
    try:
        content = orjson.loads(step.payload)
        by: str = content["by"]
    except _IMPOSSIBLE:
        replay.found(BreakKind.CHANGED_STEP, seq)
        return None
    at = step.at[:10] + b"T" + step.at[11:] + b":00"
    recorded_at = at if step.recorded_at == step.at else step.recorded_at[:10] + b"T" + step.recorded_at[11:] + b":00"
    head = (
        b'{"case":"%b","seq":%b,"verb":"%b","post":"%b","by":"%b","at":"%b","recorded_at":"%b","from":"%b","to":"%b"'
        % (
            step.case_id, step.seq, step.verb, step.post, by.encode(), at, recorded_at, step.from_stage, step.to_stage,
        )
    )  # fmt: skip
    if not step.payload.startswith(head) or step.person != (by.encode() if by.isdigit() else NULL):
        differing = _differing_columns(step, content)
        if differing:
            replay.found(BreakKind.CHANGED_COLUMNS, seq, " ".join(differing))
    return content  # type: ignore[no-any-return]


def _differing_columns(step: KeptStep, content: Mapping[str, Any]) -> list[str]:
    by = str(content.get("by", ""))
    told = {
        "case_id": (step.case_id.decode(), content.get("case")),
        "seq": (int(step.seq), content.get("seq")),
        "verb": (step.verb.decode(), content.get("verb")),
        "post": (step.post.decode(), content.get("post")),
        "person_id": (step.person.decode(), by if by.isdigit() else NULL.decode()),
        "at": (_moment(step.at), _moment_told(content.get("at"))),
        "recorded_at": (_moment(step.recorded_at), _moment_told(content.get("recorded_at"))),
        "from_stage": (step.from_stage.decode(), content.get("from")),
        "to_stage": (step.to_stage.decode(), content.get("to")),
    }
    return [name for name, (column, payload) in told.items() if column != payload]


def _moment(text: bytes) -> datetime | None:
    return None if text == NULL else datetime.fromisoformat(text.decode())


def _moment_told(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None


# ---- the rules -----------------------------------------------------------------------------------------------------


def _replay(replay: _Replay, steps: Sequence[KeptStep], contents: Sequence[dict[str, Any]], rules_of: RulesOf) -> bool:
    """Make every step again; False when one could not have been made."""
    for step, content in zip(steps, contents, strict=True):
        try:
            _make_again(replay, step, content, rules_of)
        except _IMPOSSIBLE as impossible:
            replay.found(BreakKind.ILLEGAL_STEP, int(step.seq), f"{step.verb.decode()}: {impossible!r}")
            return False
        if replay.breaks:
            return False
    return True


_NO_ARGS: dict[str, str] = {}


def _make_again(replay: _Replay, step: KeptStep, content: dict[str, Any], rules_of: RulesOf) -> None:
    state = replay.state
    if "rules_on" in content:
        replay.rules_on = content["rules_on"]
        replay.rules = rules_of(date.fromisoformat(replay.rules_on))
    rules = replay.rules
    assert rules is not None, "no rules_on"
    verb = content["verb"]
    row = rules.moves[verb, state.stage]
    evidence = content.get("evidence", _NO_ARGS)
    attempt = Attempt(
        verb, content["by"], content["post"], civil_of(step.at), content.get("args", _NO_ARGS), frozenset(evidence),
        content.get("unit", ""),
    )  # fmt: skip
    filed, closed = state.filed_at, state.closed_at
    made = make(rules, state, row, attempt, as_recorded_in(content), tier=content.get("tier", 0))
    if state.filed_at != filed:
        replay.filed_at = step.at if state.filed_at else NULL
    if state.closed_at != closed:
        replay.closed_at = step.at if state.closed_at else NULL
    if content["from"] != made.from_stage or content["to"] != state.stage:
        told = f"{content['from']}→{content['to']} ≠ {made.from_stage}→{state.stage}"
        replay.found(BreakKind.ILLEGAL_STEP, content["seq"], told)
    for kind, pieces in evidence.items():
        if isinstance(pieces, list):
            replay.photos.extend([kind, piece[0], content["seq"]] for piece in pieces)
    if content["seq"] == 1:
        replay.place = evidence.get("location")
    if "sealed" in content:
        replay.sealed[content["seq"]] = content["sealed"]


# ---- the row -------------------------------------------------------------------------------------------------------


def _check_standing(replay: _Replay, case: KeptCase, last: KeptStep) -> None:
    """The row against what the steps add up to."""
    assert replay.rules is not None
    standing = standing_of(replay.rules, replay.state)
    if case.stage != standing.stage.encode():
        replay.found(BreakKind.WRONG_STAGE, told=f"{case.stage.decode()} ≠ {standing.stage}")
    for name, kept, due in _deadlines(case, standing):
        if not _same_moment(kept, due):
            replay.found(BreakKind.WRONG_DEADLINE, told=f"{name}: {kept.decode()} ≠ {due}")
    for name, kept, given in (
        ("category", case.category, standing.category.encode()),
        ("department_code", case.department, standing.department_code.encode()),
        ("inner_department_code", case.inner_department, standing.inner_department_code.encode()),
        ("assignee_id", case.assignee, _number(standing.assignee_id)),
        ("unknown_year", case.unknown_year, _number(standing.unknown_year)),
        ("rules_on", case.rules_on, replay.rules_on.encode()),
        ("filed_at", case.filed_at, replay.filed_at),
        ("closed_at", case.closed_at, replay.closed_at),
        ("photos", case.photos, orjson.dumps(replay.photos)),
    ):
        if kept != given and not (
            name == "photos" and photos_by_step(orjson.loads(kept)) == photos_by_step(replay.photos)
        ):
            replay.found(BreakKind.WRONG_COLUMN, told=f"{name}: {kept.decode()} ≠ {given.decode()}")
    if case.state != standing.state.encode():
        differing = _differing_state(case.state, standing.state)
        if differing:
            replay.found(BreakKind.WRONG_STATE, told=" ".join(differing))


def photos_by_step(photos: list[list[Any]]) -> list[list[Any]]:
    """The photos with the kinds of one step in one order: which of them was named first is told by no step."""
    return sorted(photos, key=lambda photo: (photo[2], photo[0]))


def _deadlines(case: KeptCase, standing: Standing) -> tuple[tuple[str, bytes, datetime | None], ...]:
    """The moments kept and those the rules give; where a year's calendar was unknown then, none is compared."""
    if case.unknown_year != NULL:
        return ()
    return (
        ("stage_due_at", case.stage_due_at, standing.stage_due_at),
        ("handling_due_at", case.handling_due_at, standing.handling_due_at),
        ("burns_at", case.burns_at, standing.burns_at),
        ("timer_at", case.timer_at, standing.timer_at),
    )


def _same_moment(kept: bytes, given: datetime | None) -> bool:
    if given is None or kept == NULL:
        return given is None and kept == NULL
    return kept == given.isoformat(" ")[:-3].encode() or _moment(kept) == given


def _number(value: int | None) -> bytes:
    return NULL if value is None else str(value).encode()


def _differing_state(kept: bytes, given: str) -> list[str]:
    try:
        old = orjson.loads(kept)
    except ValueError:
        return ["unreadable"]
    new = orjson.loads(given)
    return sorted(
        name for name in {*old, *new} if old.get(name) != new.get(name) and (name in old or name not in _LATER_FIELDS)
    )


# ---- the words -----------------------------------------------------------------------------------------------------


def _check_words(replay: _Replay, case: KeptCase, words: Mapping[int, KeptWords]) -> None:
    """Personal words against the commitments of the steps, and the matter against the words of the report."""
    if replay.breaks:
        return
    first: Mapping[str, Sequence[str]] | None = None
    for seq, sealed in replay.sealed.items():
        kept = words.get(seq)
        if kept is None:
            replay.found(BreakKind.MISSING_WORDS, seq)
        elif not kept.erased:
            texts = _check_sealed(replay, seq, sealed, kept)
            first = texts if seq == 1 else first
    for seq in words.keys() - replay.sealed.keys():
        replay.found(BreakKind.FOREIGN_WORDS, seq)
    if first is not None and case.entry != b"open_child":
        _check_matter(replay, case, first)


def _check_sealed(
    replay: _Replay, seq: int, sealed: Mapping[str, str], kept: KeptWords
) -> Mapping[str, Sequence[str]] | None:
    try:
        texts: dict[str, Sequence[str]] = orjson.loads(kept.texts)
        differing = sorted(sealed.keys() ^ texts.keys())
        for name in sealed.keys() & texts.keys():
            salt, text = texts[name]
            if not keeps_word(text, salt, sealed[name]):
                differing.append(name)
    except _IMPOSSIBLE:
        replay.found(BreakKind.CHANGED_WORDS, seq)
        return None
    if differing:
        replay.found(BreakKind.CHANGED_WORDS, seq, " ".join(differing))
        return None
    return texts


def _check_matter(replay: _Replay, case: KeptCase, words: Mapping[str, Sequence[str]]) -> None:
    if not case.matter:
        replay.found(BreakKind.MISSING_MATTER)
        return
    place = replay.place or {}
    differing = [
        name
        for name, kept in (("description", case.description), ("address", case.address))
        if name in words and words[name][1].encode() != kept
    ]
    for name, kept in (("lon", case.lon), ("lat", case.lat)):
        if name in place and (kept == NULL or float(kept) != place[name]):
            differing.append(name)
    if differing:
        replay.found(BreakKind.CHANGED_MATTER, told=" ".join(differing))
