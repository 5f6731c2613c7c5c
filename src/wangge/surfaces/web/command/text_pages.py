"""The page objects of standard texts: those of the city and one's own, each with its form."""

from __future__ import annotations

from dataclasses import dataclass

from wangge.surfaces.web.elements.forms import Form
from wangge.surfaces.web.pages import Shell


@dataclass(frozen=True, slots=True)
class TextRow:
    """One text; ``remove_url`` empty for who may not take it away."""

    words: str
    stage: str
    post: str
    remove_url: str = ""


@dataclass(frozen=True, slots=True)
class TextGroup:
    """The texts of the city, or one's own, and the form that adds one where that is open to the person."""

    heading: str
    hint: str
    rows: tuple[TextRow, ...]
    form_id: str
    form: Form | None
    with_posts: bool = False


@dataclass(frozen=True, slots=True)
class TextsPage:
    """All standard texts a person is offered."""

    shell: Shell
    heading: str
    groups: tuple[TextGroup, ...]
