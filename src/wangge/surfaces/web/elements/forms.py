"""The values a form is drawn from: fields generated from the arguments and evidence of a row of moves."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from wangge.surfaces.web.elements.pieces import Fact, MapView, Notice


class FieldKind(StrEnum):
    """How a field is drawn."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    CHOICE = "choice"  # few: radio buttons
    SELECT = "select"  # some: a list
    SEARCH = "search"  # many: a list that is searched by typing
    MANY = "many"  # several of a list
    MOMENT = "moment"  # local date and time
    AMOUNT = "amount"  # a number and its unit, posted as name and name_unit
    ADDRESS = "address"  # words of a place; with addresses to ask, places are offered while typing
    PHOTOS = "photos"  # one or several pictures
    FILE = "file"  # a scanned paper
    POINT = "point"  # lon and lat, posted as name_lon and name_lat; with a map
    HIDDEN = "hidden"
    SECRET = "secret"  # noqa: S105 - a kind of field: a password, never printed back


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a closed set; `group` gathers them under a heading, `hint` stands quietly beside."""

    value: str
    label: str
    group: str = ""
    hint: str = ""
    keywords: str = ""  # also found by typing these, never shown: initials of the pinyin


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form. `value` is as typed; a POINT holds `lon,lat`, an AMOUNT `4 work_hour`."""

    name: str
    label: str
    kind: FieldKind
    required: bool = True
    value: str = ""
    values: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    help: str = ""
    errors: tuple[str, ...] = ()
    placeholder: str = ""
    max_length: int | None = None
    max_count: int = 6
    depends_url: str = ""  # asked again with the form when the value changes; answers with the field named below
    depends_target: str = ""
    map: MapView | None = None
    is_personal: bool = False  # never kept in the browser's draft
    autocomplete: str = "off"
    input_mode: str = ""
    places_url: str = ""  # ADDRESS: answers with places for what is typed
    words_url: str = ""  # ADDRESS: answers with the words for a point of the form
    from_camera: bool = False  # PHOTOS: opens the camera first (field pages)
    belongs_to: str = ""  # the value of another question these choices hang on; posted as NAME_of
    is_elsewhere: bool = False  # drawn on its way to the place it has on a page
    texts_url: str = ""  # LONG_TEXT: answers with standard texts to be put in
    kept: tuple[str, ...] = ()  # PHOTOS, FILE: ids of pictures already received; posted as kept_NAME

    @property
    def id_suffix(self) -> str:
        """A name that can stand in an id."""
        return self.name.replace(".", "_")

    @property
    def first_part(self) -> str:
        """The longitude of a POINT, the number of an AMOUNT."""
        return self._parts[0]

    @property
    def second_part(self) -> str:
        """The latitude of a POINT, the unit of an AMOUNT."""
        return self._parts[1]

    @property
    def _parts(self) -> tuple[str, str]:
        first, _, second = self.value.replace(",", " ").partition(" ")
        return first, second.strip()


@dataclass(frozen=True, slots=True)
class Form:
    """A form that posts to `url`; the draft key keeps its text in this browser until it is saved."""

    url: str
    fields: tuple[Field, ...]
    submit_text: str
    draft_key: str = ""
    hidden: tuple[tuple[str, str], ...] = ()
    errors: tuple[str, ...] = ()

    @property
    def has_files(self) -> bool:
        """Whether it must be sent as multipart."""
        return any(field.kind in {FieldKind.PHOTOS, FieldKind.FILE} for field in self.fields)


@dataclass(frozen=True, slots=True)
class VerbForm:
    """One verb open to this person, with its form; the usual next one is first and has Enter."""

    verb: str
    verb_zh: str
    form: Form
    key: str = ""  # Enter, R, V
    effect: str = ""  # → 待核查
    proposal: str = ""  # 建议：供排水公司 · 2 紧急工时，因为权属库…
    is_usual: bool = False
    is_grave: bool = False
    is_open: bool = False
    hangs_on_class: bool = False  # another class brings another proposal


@dataclass(frozen=True, slots=True)
class BarredVerb:
    """A verb this post has, but not now, with the reason: never a grey button without one."""

    verb_zh: str
    reason: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two people on one case: what this one wrote, what the other did meanwhile."""

    notice: Notice
    mine_title: str
    mine: tuple[Fact, ...]
    theirs_title: str
    theirs: tuple[Fact, ...]
    reload_url: str


def picture_limits() -> str:
    """What a question for pictures says beforehand; the limit itself is that of the attachments."""
    return _("JPEG、PNG、WebP，每张不超过 20 MB。")
