"""What is drawn in Python, for speed, says the same as a plain template: texts, attributes and their order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.template import Context, Engine
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from wangge.groundwork import clock
from wangge.surfaces.web.elements.drawing import fields, forms, rows
from wangge.surfaces.web.elements.drawing.timeline import timeline
from wangge.surfaces.web.elements.forms import BarredVerb, Choice, Field, FieldKind, Form, VerbForm
from wangge.surfaces.web.elements.pieces import (
    CaseRow,
    Fact,
    Flag,
    FlagKind,
    MapLayer,
    MapView,
    Photo,
    StageChip,
    Step,
    TimeLeft,
)
from wangge.surfaces.web.elements.words import Counting, Urgency

NOW = datetime(2024, 4, 12, 2, 5, tzinfo=UTC)
PLAIN = Engine(
    dirs=[str(Path(__file__).parent / "plain")],
    builtins=["django.templatetags.i18n"],
    libraries={"elements": "wangge.surfaces.web.templatetags.elements", "i18n": "django.templatetags.i18n"},
)
words = st.text(alphabet="井盖<>&\"' a1-{}%", max_size=6)
values = st.text(alphabet='ab<&"1:', min_size=1, max_size=4)
names = st.sampled_from(["note", "category", "photo_before"])
minutes = st.integers(min_value=-700_000, max_value=700_000)
moments = minutes.map(lambda number: (NOW + timedelta(minutes=number)).astimezone(clock.CITY_ZONE))


class Said(HTMLParser):
    """A page as a list of what it says: tags with their attributes, texts without their blanks."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.parts: list[Any] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.parts.append(" ".join(data.split()))


def plain(template: str, **values: Any) -> list[Any]:
    return Said(PLAIN.get_template(template).render(Context(values))).parts


@st.composite
def questions(draw: Any) -> Field:
    kind = draw(st.sampled_from(list(FieldKind)))
    choices = draw(st.lists(st.builds(Choice, values, words, words, words, words), max_size=4))
    chosen = draw(st.sampled_from([choice.value for choice in choices])) if choices and draw(st.booleans()) else ""
    if kind is FieldKind.POINT:
        chosen = draw(st.sampled_from(["", "113.100000,27.800000"]))
    if kind is FieldKind.AMOUNT:
        chosen = draw(st.sampled_from(["", "4 work_hour", " work_day"]))
    layers = (MapLayer("grids", draw(words), "/ground/grids.geojson"),)
    return Field(
        name=draw(names),
        label=draw(words),
        kind=kind,
        required=draw(st.booleans()),
        value=chosen,
        values=tuple(draw(st.lists(words, max_size=2))),
        choices=_once(choices),
        help=draw(words),
        errors=tuple(draw(st.lists(words, max_size=2))),
        placeholder=draw(words),
        max_length=draw(st.sampled_from([None, 200])),
        depends_url=draw(st.sampled_from(["", "/cases/conditions?a=1&b=2"])),
        depends_target="#x-field",
        map=draw(st.sampled_from([None, MapView("113.1", "27.8", layers), MapView("1", "2", (), "/n?a&b")])),
        is_personal=draw(st.booleans()),
        input_mode=draw(st.sampled_from(["", "numeric"])),
        places_url=draw(st.sampled_from(["/ground/places", "/p?a=1&b=2"])),
        words_url="/ground/words",
        from_camera=draw(st.booleans()),
        belongs_to=draw(words),
        kept=tuple(draw(st.lists(st.just("abc1"), max_size=2))),
    )


def _once(choices: list[Choice]) -> tuple[Choice, ...]:
    """Choices of a list differ by their values."""
    return tuple({choice.value: choice for choice in choices}.values())


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@settings(max_examples=150, deadline=None)
@given(question=questions())
def test_a_drawn_question_says_what_the_plain_template_says(language: str, question: Field) -> None:
    with translation.override(language):
        drawn = Said(fields.field(question, "verb")).parts
        assert drawn == plain("field.html", field=question, id=f"verb-{question.id_suffix}")


lefts = st.builds(
    TimeLeft, st.sampled_from(list(Urgency)), words, st.none() | moments, words, words, st.sampled_from(list(Counting))
)
chips = st.builds(StageChip, st.sampled_from(["filed", "closed"]), words, words, st.booleans())
marks = st.lists(st.builds(Flag, words, st.sampled_from(list(FlagKind)), words), max_size=2).map(tuple)
cases = st.builds(
    CaseRow, st.just("430202-20240412-00731"), words, words, words, chips, lefts, words, words, st.none() | moments,
    marks, st.just(""), st.just(""), st.booleans(),
)  # fmt: skip


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@settings(max_examples=100, deadline=None)
@given(row=cases)
def test_a_drawn_row_says_what_the_plain_template_says(language: str, row: CaseRow) -> None:
    told = {
        "row": row, "district": "430202", "day": "20240412", "serial": "00731", "this_year": "2024",
        "at_text": row.reported_at.isoformat() if row.reported_at else "",
    }  # fmt: skip
    with translation.override(language), clock.held_at(NOW):
        assert Said(rows.table_row(row)).parts == plain("row.html", **told)
        assert Said(rows.pane_item(row)).parts == plain("pane_item.html", **told)


made = st.builds(
    Form, st.just("/cases/1/moves/accept?a&b"), st.lists(questions(), max_size=3).map(tuple), words, words,
    st.lists(st.tuples(names, words), max_size=2).map(tuple), st.lists(words, max_size=2).map(tuple),
)  # fmt: skip
keys = st.sampled_from(["", "Enter", "R"])
open_verbs = st.lists(
    st.builds(VerbForm, st.sampled_from(["accept", "void"]), words, made, keys, words, words, *[st.booleans()] * 3),
    max_size=3,
)
barred_verbs = st.lists(st.builds(BarredVerb, words, words), max_size=2)


@settings(max_examples=60, deadline=None)
@given(told=made, key=keys)
def test_a_drawn_form_says_what_the_plain_template_says(told: Form, key: str) -> None:
    drawn = Said(forms.form(told, "accept", token="abc", key=key)).parts
    assert drawn == plain("form.html", form=told, form_id="accept", key=key, token="abc")


@settings(max_examples=60, deadline=None)
@given(verbs=open_verbs, barred=barred_verbs)
def test_drawn_verbs_say_what_the_plain_template_says(verbs: list[VerbForm], barred: list[BarredVerb]) -> None:
    drawn = Said(forms.verbs(verbs, barred, token="abc")).parts
    assert drawn == plain("verbs.html", page={"verbs": verbs, "barred": barred}, token="abc")


pictures = st.builds(Photo, st.just("/p?a&b"), st.just("/t"), words, viewer_url=st.sampled_from(["", "/v"]))
facts = st.builds(Fact, words, words, st.sampled_from(["", "/cases/1?a&b"]))
steps = st.builds(
    Step, st.integers(1, 9), words, moments, words, words, words, st.lists(facts, max_size=2).map(tuple), words,
    st.lists(pictures, max_size=2).map(tuple), words, st.none() | st.sampled_from(list(Urgency)), words, words,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(told=st.lists(steps, max_size=3))
def test_a_drawn_history_says_what_the_plain_template_says(told: list[Step]) -> None:
    with clock.held_at(NOW):
        assert Said(timeline(told)).parts == plain("timeline.html", steps=told, this_year="2024")


def test_words_kept_for_one_language_are_not_said_in_another() -> None:
    due = datetime(2024, 4, 12, 4, tzinfo=UTC)
    row = CaseRow("430202-20240412-00731", "/", "", "", StageChip("filed", ""), TimeLeft(Urgency.SOON, "", due))
    with translation.override("zh-hans"):
        assert "截止" in rows.table_row(row)
    with translation.override("en"):
        assert "截止" not in rows.table_row(replace(row))
