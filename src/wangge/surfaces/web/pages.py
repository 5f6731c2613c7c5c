"""The page objects every audience shares: the frame around a page, sign-in, errors.

A template gets one frozen page object, never a queryset; the view fills it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wangge.surfaces.web.elements.forms import Field
from wangge.surfaces.web.elements.pieces import Fact, Notice


class Audience(StrEnum):
    """Who a page is for: decides its type size and the size of what is touched."""

    STAFF = "staff"
    FIELD = "field"
    PUBLIC = "public"


class Theme(StrEnum):
    """Light, dark, or as the device asks (cookie `wangge_theme`)."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class NavItem:
    """One way out of the page; `is_primary` is the large one in the middle on a field page."""

    label: str
    url: str
    is_current: bool = False
    is_primary: bool = False
    count: str = ""
    icon: str = ""  # name in static/icons/sprite.svg
    key: str = ""  # presses it from anywhere on a page of the desk


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is looking: name, post, unit as printed; `draft_scope` keeps people's drafts apart."""

    name: str
    post_zh: str
    unit: str = ""
    shift: str = ""  # 白班 07:00–21:00
    draft_scope: str = ""


@dataclass(frozen=True, slots=True)
class Shell:
    """The frame: title, ways out, who is looking, notices, and where language, sign-out and search go."""

    title: str
    audience: Audience = Audience.STAFF
    viewer: Viewer | None = None
    navigation: tuple[NavItem, ...] = ()
    notices: tuple[Notice, ...] = ()
    theme: Theme = Theme.AUTO
    language: str = "zh-hans"
    language_url: str = ""  # POST, Django's set_language
    sign_out_url: str = ""
    search_url: str = ""
    search_text: str = ""
    home_url: str = "/"
    ribbon: str = ""  # 演示城市，数据均为虚构
    notices_url: str = ""
    notices_count_url: str = ""  # answers with the number of unread messages
    account_url: str = ""
    calls_url: str = ""  # what rings at this person's seat; asked again when the stream of news says so
    pulse_url: str = ""  # that stream, where there is a seat
    watermark: str = ""  # who looks since when, laid over the page where the city asks for it
    page_kind: str = ""  # sign_in and error keep drafts: see frontend/src/drafts.ts


class SignInStep(StrEnum):
    """Where in signing in a person is."""

    PASSWORD = "password"  # noqa: S105 - the name of a step
    SECOND_FACTOR = "second_factor"
    ENROL = "enrol"
    LOCKED = "locked"
    RECOVERY = "recovery"
    NEW_PASSWORD = "new_password"  # noqa: S105 - the name of a step


@dataclass(frozen=True, slots=True)
class DemoSignIn:
    """A sign-in of the demo city, printed on its sign-in page only."""

    username: str
    post_zh: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class SignInPage:
    """Sign-in with its steps: password, second factor, first enrolment of it, locked out."""

    shell: Shell
    step: SignInStep
    url: str = ""
    fields: tuple[Field, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    errors: tuple[str, ...] = ()
    qr_svg_url: str = ""  # ENROL
    secret_text: str = ""  # ENROL: the key in groups of four, for typing
    locked_text: str = ""  # LOCKED: until when and whom to ask
    cancel_url: str = ""
    provider_url: str = ""  # the city's identity provider
    provider_text: str = ""
    demo: tuple[DemoSignIn, ...] = ()
    demo_password: str = ""
    leave_url: str = ""  # POST: signs out
    recovery_codes: tuple[str, ...] = ()  # RECOVERY: shown this once
    is_compulsory: bool = False  # NEW_PASSWORD: before anything else


@dataclass(frozen=True, slots=True)
class AccountPage:
    """Who I am here, and what I may change about it."""

    shell: Shell
    name: str
    facts: tuple[Fact, ...]
    password_url: str = ""
    second_factor_url: str = ""
    second_factor_text: str = ""
    notices_url: str = ""
    texts_url: str = ""  # standard texts, one's own and the city's
    sign_out_url: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message, opening what it speaks of."""

    id: int
    text: str
    at: datetime
    url: str = ""
    is_read: bool = False
    inbox: str = ""


@dataclass(frozen=True, slots=True)
class MessagesPage:
    """The newest messages of a person and of the inboxes his posts open."""

    shell: Shell
    messages: tuple[Message, ...]
    unread_text: str = ""
    read_url: str = ""  # POST: all read


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """What happened, whether anything was saved, and the next step. `reference` is found again in the log."""

    shell: Shell
    status: int
    title: str
    what_happened: str
    was_saved: str
    next_step: str
    links: tuple[NavItem, ...] = ()
    reference: str = ""
