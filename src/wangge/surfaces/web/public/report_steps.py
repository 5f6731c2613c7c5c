"""The screens of the public report: what each asks, what it carries, and how it refuses without losing a word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from wangge.domains.cases.drafting import civil
from wangge.domains.cases.logic.moments import day_of
from wangge.domains.cases.queries.similar import Similar
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.citizens.letter_tables import takers_of
from wangge.domains.citizens.queries.nearby import joinable
from wangge.domains.geography.gazetteer_queries import words_for_point
from wangge.domains.geography.queries import ground
from wangge.domains.organizations.models import PublicDoor
from wangge.domains.organizations.public_doors import is_open
from wangge.groundwork.attachments.queries import photos_of
from wangge.surfaces.web.command.argument_fields import category_field
from wangge.surfaces.web.elements import labels
from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind
from wangge.surfaces.web.elements.labels import word
from wangge.surfaces.web.public.filled import LONGEST, MOST_PHOTOS, PHOTO, Filled, Wrong, contact_faults, too_long
from wangge.surfaces.web.public.ground_views import public_map
from wangge.surfaces.web.public.pages import NearCase, StepPage
from wangge.surfaces.web.public.visiting import public_shell
from wangge.surfaces.web.public.words import STAGES

OUTSIDE = "out_of_area"  # the kind of letter a report from beyond the border becomes
STEPS = ("photo", "place", "matter", "near", "contact")
_NUMBERS = {"photo": 1, "place": 2, "matter": 3, "near": 3, "contact": 4}
_ASKED: Mapping[str, tuple[str, ...]] = {
    "photo": (PHOTO,),
    "place": ("location_lon", "location_lat", "address"),
    "matter": ("category", "description"),
    "near": (),
    "contact": ("openness", "wish", "reporter_name", "reporter_phone", "reporter_email"),
}


@dataclass(frozen=True, slots=True)
class Screen:
    """Which question stands on the screen, and what was wrong with its answer."""

    step: str
    wrong: Mapping[str, str] = field(default_factory=dict)
    near: tuple[Similar, ...] = ()


def faults_of(step: str, filled: Filled, at: datetime) -> Wrong:
    """What is wrong with the answers of one screen."""
    if step == "photo":
        return dict(filled.brought.errors)
    if step == "place":
        return _place_faults(filled, at)
    if step == "matter":
        return _matter_faults(filled, at)
    return contact_faults(filled) if step == "contact" else {}


def area_code_words() -> str:
    """Dialled from here, 12345 is this city's own."""
    return _("从本市拨打须先加事发地的区号。")


def _place_faults(filled: Filled, at: datetime) -> Wrong:
    wrong = too_long(filled, ("address",))
    given = filled.text("location_lon") or filled.text("location_lat")
    if given and filled.point is None:
        wrong["location"] = _("坐标写得不对，请在地图上点一下，或只写地址。")
    elif not given and not filled.text("address"):
        wrong["location"] = _("请在地图上点一下，或写明地址。")
    elif filled.point is not None and is_outside(filled.point, at) and filled.text("hand") != OUTSIDE:
        there = takers_of(OUTSIDE)
        told = _("这个位置不在本市，本平台不能处理。请核对位置，或联系%(authority)s（电话 %(phone)s）。")
        named = {
            "authority": word("authority", there[0].authority) if there else "12345",
            "phone": there[0].phone if there else "12345",
        }
        wrong["location"] = told % named + area_code_words()
    return wrong


def _matter_faults(filled: Filled, at: datetime) -> Wrong:
    wrong = too_long(filled, ("description",))
    if not filled.text("description"):
        wrong["description"] = _("请用一句话说明是什么问题。")
    category = filled.text("category")
    if category and category not in rulebook_on(day_of(civil(at))).categories:
        wrong["category"] = _("请从列表中选，或留空由工作人员判断。")
    return wrong


def is_outside(point: tuple[float, float], at: datetime) -> bool:
    """Whether a point lies in no district of the city; without borders nothing lies outside."""
    index = ground()
    if not index.areas:
        return False
    return words_for_point(lon=point[0], lat=point[1], on=day_of(civil(at))).place.district is None


def near_cases(filled: Filled, at: datetime) -> tuple[Similar, ...]:
    """Open matters of the public near the place."""
    if filled.point is None:
        return ()
    lon, lat = filled.point
    words = f"{filled.text('description')} {filled.text('address')}"
    return tuple(joinable(lon=lon, lat=lat, category=filled.text("category"), at=at, words=words))


def step_page(request: HttpRequest, filled: Filled, screen: Screen, *, at: datetime, notice: str = "") -> StepPage:
    """The screen."""
    heading, intro = _words(screen, filled)
    offer, button = _offer(filled, at) if screen.step == "place" else ("", "")
    errors = tuple(filter(None, (notice, screen.wrong.get(""))))
    outside = "location" in screen.wrong and filled.point is not None and is_outside(filled.point, at)
    return StepPage(
        shell=public_shell(request, heading, at=at, current="public_report"),
        url=reverse("public_report"),
        step=screen.step,
        number=_NUMBERS[screen.step],
        names=(_("照片"), _("位置"), _("什么事"), _("答复")),
        heading=heading,
        intro=intro,
        fields=tuple(
            _shown(question, filled, screen)
            for question in _fields(screen.step, at)
            if question.name != "openness" or not filled.text("join")
        ),
        hidden=filled.hidden(_ASKED[screen.step]),
        next_text=_next_text(screen.step),
        has_back=screen.step != "photo",
        errors=errors,
        offer=offer,
        offer_button=button,
        near=tuple(_near(each, at) for each in screen.near),
        letter_button=_("转交事发地的部门") if outside and is_open(PublicDoor.LETTERS) else "",
    )


def _next_text(step: str) -> str:
    return {"contact": _("提交"), "near": _("都不是，继续")}.get(step, _("下一步"))


def _words(screen: Screen, filled: Filled) -> tuple[str, str]:
    return {
        "photo": (_("拍一张照片"), _("近看看得清问题，远看认得出地方。没有照片也可以继续。")),
        "place": (_("在哪里"), _("在地图上点一下问题所在的位置，或写明地址。")),
        "matter": (_("是什么问题"), _("用一句话说明；类别不确定可以不选。")),
        "near": (_("附近有人报过"), _("如果是同一件事，加入它就行：不重复派人，结果一样通知您。")),
        "contact": (
            _("要不要答复您"),
            _("您将加入案卷 %(number)s。") % {"number": filled.text("join")}
            if filled.text("join")
            else _("不留联系方式也可以，凭查询码看进度。"),
        ),
    }[screen.step]


def _fields(step: str, at: datetime) -> tuple[Field, ...]:
    makers = {"photo": photo_fields, "place": _place_fields, "matter": _matter_fields, "contact": contact_fields}
    return makers[step](at) if step in makers else ()


def photo_fields(_at: datetime) -> tuple[Field, ...]:
    """The pictures, with the limits said before they are chosen."""
    help_text = _("JPEG、PNG、WebP，每张不超过 20 MB，最多 %(most)s 张。公开时只用重新编码的副本，不带拍摄位置。")
    return (
        Field(
            PHOTO, _("照片"), FieldKind.PHOTOS, required=False, max_count=MOST_PHOTOS,
            help=help_text % {"most": MOST_PHOTOS},
        ),
    )  # fmt: skip


def _place_fields(at: datetime) -> tuple[Field, ...]:
    return (
        Field("location", _("位置"), FieldKind.POINT, required=False, map=public_map(at)),
        Field(
            "address", _("地址"), FieldKind.ADDRESS, required=False, max_length=LONGEST["address"],
            placeholder=_("路名、门牌、参照物"), places_url=reverse("public_places"),
            words_url=reverse("public_place_at"),
        ),
    )  # fmt: skip


def _matter_fields(at: datetime) -> tuple[Field, ...]:
    rules = rulebook_on(day_of(civil(at)))
    kinds = replace(
        category_field(rules.edition, required=False), label=_("类别"), placeholder=_("如：井盖、垃圾、路灯")
    )
    words = Field(
        "description", _("说明"), FieldKind.LONG_TEXT, max_length=LONGEST["description"],
        placeholder=_("什么问题、多大、有没有危险"),
    )  # fmt: skip
    return words, kinds


def contact_fields(_at: datetime) -> tuple[Field, ...]:
    """Whether and where to answer, and whether it may be public."""
    openness = (
        Choice("open", _("可以公开"), hint=_("只公开问题和位置，不公开您是谁")),
        Choice("private", _("不公开"), hint=_("不出现在公开的列表和地图上")),
        Choice("denounces", _("举报，身份保密"), hint=_("只有中心领导能调阅您的身份，须写事由并留记录")),
    )
    wishes = (
        Choice("none", _("不用，我自己查")), Choice("sms", _("短信")), Choice("email", _("电子邮件")),
    )  # fmt: skip
    texts = (
        ("reporter_name", _("称呼"), ""),
        ("reporter_phone", _("手机"), "tel"),
        ("reporter_email", _("邮箱"), "email"),
    )
    return (
        Field("wish", _("怎么答复您"), FieldKind.CHOICE, choices=wishes, value="none"),
        *(
            Field(
                name, label, FieldKind.TEXT, required=False, is_personal=True, input_mode=mode,
                max_length=LONGEST[name],
            )
            for name, label, mode in texts
        ),
        Field("openness", _("是否公开"), FieldKind.CHOICE, choices=openness, value="open"),
    )  # fmt: skip


def _shown(question: Field, filled: Filled, screen: Screen) -> Field:
    wrong = screen.wrong.get(question.name)
    changed = replace(question, errors=(wrong,) if wrong else ())
    if question.kind is FieldKind.PHOTOS:
        return replace(changed, kept=filled.photos)
    if question.kind is FieldKind.POINT:
        lon, lat = filled.text("location_lon"), filled.text("location_lat")
        return replace(changed, value=f"{lon},{lat}") if lon and lat else changed
    return replace(changed, value=filled.text(question.name) or question.value)


def photo_point(filled: Filled) -> tuple[float, float] | None:
    """The place the newest picture says it was taken at."""
    known = photos_of(ids=filled.photos, uploader_id=0) if filled.photos else {}
    for photo_id in reversed(filled.photos):
        photo = known.get(photo_id)
        if photo is not None and photo.lon is not None and photo.lat is not None:
            return round(photo.lon, 6), round(photo.lat, 6)
    return None


def _offer(filled: Filled, at: datetime) -> tuple[str, str]:
    """What the picture says of its place is offered, never taken."""
    point = photo_point(filled)
    if point is None or point == filled.point:
        return "", ""
    if is_outside(point, at):
        return _("照片上的拍摄位置不在本市，没有采用。"), ""
    told = words_for_point(lon=point[0], lat=point[1], on=day_of(civil(at))).words
    place = told or f"{point[0]:.5f}, {point[1]:.5f}"
    return _("照片是在“%(place)s”拍的。问题就在那里吗？") % {"place": place}, _("用照片的位置")


def taking_photo_place(filled: Filled, point: tuple[float, float], at: datetime) -> Filled:
    """The place of the picture, taken because the citizen said so; an address he wrote stays."""
    told = words_for_point(lon=point[0], lat=point[1], on=day_of(civil(at))).words
    return filled.saying(
        location_lon=f"{point[0]:.6f}", location_lat=f"{point[1]:.6f}", address=filled.text("address") or told
    )


def _near(each: Similar, at: datetime) -> NearCase:
    row = each.row
    edition = rulebook_on(day_of(civil(at))).edition
    kind = labels.category_name(row.category, edition) if row.category else _("待分类")
    metres = max(10, round(each.likeness.metres / 10) * 10)
    detail = _("约 %(metres)s 米处，%(ago)s前上报") % {"metres": metres, "ago": timesince(row.reported_at, at, depth=1)}
    return NearCase(row.number, kind, detail, str(STAGES.get(row.stage, "")))
