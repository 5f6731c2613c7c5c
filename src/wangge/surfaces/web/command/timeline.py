"""The history of a case for people: who, in which post, when, what, with which photos, and what the clock read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from wangge.domains.cases.logic.effects import Made
from wangge.domains.cases.logic.stretches import Recorded
from wangge.domains.cases.queries.history import HistoryStep
from wangge.domains.organizations.directory import Known
from wangge.groundwork.attachments.queries import PhotoView
from wangge.groundwork.attachments.refusals import WARNING_TEXTS, PhotoWarning
from wangge.surfaces.web.command.clocks import counting_of, stage_reading_text
from wangge.surfaces.web.command.rows import unit_name
from wangge.surfaces.web.elements import labels
from wangge.surfaces.web.elements.pieces import Fact, Photo, Step
from wangge.surfaces.web.elements.words import Urgency, span_text

NOTES = ("note", "reason", "text", "question", "answer")
LEFT_OUT = frozenset({"source", "recorded_at", "rule", "act"})
SEALED = "(sealed)"
_TOLD_TO_REPORTERS = frozenset({"reason", "answer", "question", "body"})
# Many honest pictures carry no notes: said beside the large picture, not under every small one.
_PLAIN_REMARKS = frozenset({PhotoWarning.NO_POSITION, PhotoWarning.NO_TIME})


@dataclass(frozen=True, slots=True)
class Reading:
    """How far this reader may see into the history."""

    number: str
    people: Mapping[int, Known]
    photos: Mapping[str, PhotoView]
    edition: str
    reads_words: bool  # personal words kept apart
    hides_staff: bool  # a citizen or a partner reads no names of staff and nothing they tell one another
    reader_id: int | None = None


def steps_shown(
    steps: Sequence[HistoryStep], recorded: Sequence[Recorded], made: Sequence[Made], reading: Reading
) -> tuple[Step, ...]:
    """The history, oldest first."""
    return tuple(_step(*each, reading) for each in zip(steps, recorded, made, strict=True))


def _step(step: HistoryStep, recorded: Recorded, made: Made, reading: Reading) -> Step:
    clock_text, urgency = _clock(recorded, made)
    kept = _told_outside(step, made, reading)
    note, facts = _said(step, reading, kept)
    automatic = step.person_id is None and step.post == "system"
    return Step(
        seq=step.seq,
        verb_zh=labels.verb_name(step.verb),
        at=step.at,
        by=_by(step, reading),
        post_zh="" if automatic else labels.post_name(step.post),
        to_stage_zh=labels.stage_name(step.to_stage) if step.to_stage != step.from_stage else "",
        facts=facts,
        note=note,
        photos=tuple(photo_shown(kind, photo, reading, step=step) for kind, photo in step.photos if kept is None),
        clock_text=clock_text,
        clock_urgency=urgency,
        rule_zh=_rule(step),
        check_code=step.hash.hex()[:8],
    )


def _by(step: HistoryStep, reading: Reading) -> str:
    if step.person_id is None:
        return _("系统")
    if reading.hides_staff:
        return ""
    person = reading.people.get(step.person_id)
    return person.name if person is not None else ""


def _rule(step: HistoryStep) -> str:
    if step.args.get("rule"):
        return labels.word("rule", step.args["rule"])
    return labels.word("act", step.args["act"]) if step.args.get("act") else ""


def _clock(recorded: Recorded, made: Made) -> tuple[str, Urgency | None]:
    if made.stage_reading is not None and made.stage_reading[0] in recorded.rules.stage_clocks:
        return stage_reading_text(recorded.rules, made.stage_reading)
    if made.inner_reading is not None:
        used, allowance = made.inner_reading
        counting = counting_of("continuous")
        text = _("区内用时 %(used)s（限 %(limit)s）") % {
            "used": span_text(used, counting=counting),
            "limit": span_text(allowance, counting=counting),
        }
        return text, Urgency.MET if used <= allowance else Urgency.MISSED
    return "", None


OF_A_FORM = "web:"  # the number a public form gave itself: no other system knows it


def _told_outside(step: HistoryStep, made: Made, reading: Reading) -> frozenset[str] | None:
    """Which arguments somebody outside may read; None: all (staff, and his own steps)."""
    if not reading.hides_staff or (step.person_id is not None and step.person_id == reading.reader_id):
        return None
    return _TOLD_TO_REPORTERS if "reporter" in made.row.message_to else frozenset()


def _said(step: HistoryStep, reading: Reading, kept: frozenset[str] | None) -> tuple[str, tuple[Fact, ...]]:
    """(the words of the step, its arguments as facts); ``kept``: only these, None all."""
    notes: list[str] = []
    facts: list[Fact] = []
    for name, value in step.args.items():
        if name in LEFT_OUT or not value or (kept is not None and name not in kept):
            continue
        if name == "external_no" and value.startswith(OF_A_FORM):
            continue
        if name in NOTES and (name, value) not in labels.VALUES:
            notes.append(_words(step, name, value, reading))
        else:
            facts.append(Fact(labels.argument_name(name), argument_text(step, name, value, reading)))
    if step.payload.get("observed_at"):
        facts.append(Fact(_("现场时间"), str(step.payload["observed_at"])[:16].replace("T", " ")))
    return " ".join(notes), tuple(facts)


def _words(step: HistoryStep, name: str, value: str, reading: Reading) -> str:
    if value != SEALED:
        return value
    if step.erased_at is not None:
        return _("（内容已按规定删除）")
    return step.words.get(name, "") if reading.reads_words else _("（内容保密）")


def argument_text(step: HistoryStep, name: str, value: str, reading: Reading) -> str:
    """An argument's value in words."""
    if (name, value) in labels.VALUES:
        return str(labels.VALUES[name, value])
    if name in ("assignee", "handler"):
        person = reading.people.get(int(value)) if value.isdigit() else None
        return "" if reading.hides_staff else (person.name if person is not None else value)
    if name == "department":
        return unit_name(value)
    if name == "departments":
        return "、".join(unit_name(code) for code in value.split())
    if name == "category":
        return labels.category_name(value, reading.edition)
    if name == "condition_seq":
        category = step.args.get("category", "")
        return labels.condition_of(category, int(value), reading.edition) if value.isdigit() and category else value
    if name in ("amount", "inner_limit"):
        return labels.amount_text(value)
    if name == "kind":
        return labels.word("appeal", value)
    if name == "why":
        return labels.word("why", value)
    return value


# ---- photos ----------------------------------------------------------------------------------------------------


def photo_shown(
    kind: str, photo_id: str, reading: Reading, *, step: HistoryStep | None = None, whole: bool = False
) -> Photo:
    """A picture by the addresses of its copies; ``whole``: with every remark, not only those that raise doubts."""
    known = reading.photos.get(photo_id)
    person = reading.people.get(step.person_id) if step is not None and step.person_id is not None else None
    return Photo(
        url=reverse("photo_copy", args=[reading.number, photo_id]),
        thumbnail_url=reverse("photo_thumbnail", args=[reading.number, photo_id]),
        kind_zh=labels.photo_kind(kind),
        taken_at=_taken_at(known, step),
        viewer_url=reverse("photo", args=[reading.number, photo_id]),
        warnings=_warnings(known, whole=whole),
        check_code=known.sha256 if known is not None else "",
        uploaded_by=person.name if person is not None and not reading.hides_staff else "",
    )


def _warnings(known: PhotoView | None, *, whole: bool) -> tuple[str, ...]:
    if known is None:
        return ()
    return tuple(str(WARNING_TEXTS[warning]) for warning in known.warnings if whole or warning not in _PLAIN_REMARKS)


def _taken_at(known: PhotoView | None, step: HistoryStep | None) -> datetime | None:
    if known is not None and known.taken_at is not None:
        return known.taken_at
    return step.at if step is not None else None


def photos_of_kind(steps: Sequence[HistoryStep], reading: Reading, *kinds: str, cycle_from: int = 0) -> Iterable[Photo]:
    """The pictures of some kinds, the newest step first."""
    for step in reversed(steps):
        if step.seq < cycle_from:
            continue
        for kind, photo in step.photos:
            if kind in kinds:
                yield photo_shown(kind, photo, reading, step=step)
