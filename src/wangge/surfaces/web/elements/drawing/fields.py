"""One question of a form, drawn: label, input of its kind, help and errors."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from html import escape
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind

MOST_KEPT_OPTIONS = 16_384


def field(question: Field, form_id: str) -> str:
    """The question as it stands in the form of this id."""
    return _DRAWN.get(question.kind, _text)(question, escape(f"{form_id}-{question.id_suffix}"))


def hidden_input(name: str, value: str) -> str:
    """What a form sends along unseen."""
    return f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'


def options(question: Field) -> str:
    """The options of a list, the chosen one marked."""
    drawn = _options(question.choices)
    if not question.value:
        return drawn
    value = f'<option value="{escape(question.value)}"'
    return drawn.replace(value, f"{value} selected", 1)


# ---- what all share --------------------------------------------------------------------------------------------


def _optional(question: Field) -> str:
    return "" if question.required else f' <span class="quiet">{_("选填")}</span>'


def _standing(question: Field) -> str:
    return (" data-wrong" if question.errors else "") + (' hx-swap-oob="true"' if question.is_elsewhere else "")


def _words(question: Field, id: str) -> str:
    help_text = f'<p class="help">{escape(question.help)}</p>' if question.help else ""
    errors = "".join(f'<p class="error">{escape(error)}</p>' for error in question.errors)
    return f'<div class="words" id="{id}-words">{help_text}{errors}</div>'


def _attributes(question: Field, id: str) -> str:
    parts = [" required" if question.required else "", ' aria-invalid="true"' if question.errors else ""]
    if question.max_length:
        parts.append(f' maxlength="{question.max_length}"')
    if question.placeholder:
        parts.append(f' placeholder="{escape(question.placeholder)}"')
    if question.is_personal:
        parts.append(" data-personal")
    if question.input_mode:
        parts.append(f' inputmode="{escape(question.input_mode)}"')
    if question.depends_url:
        parts.append(
            f' hx-get="{escape(question.depends_url)}" hx-trigger="change"'
            f' hx-target="{escape(question.depends_target)}" hx-swap="outerHTML"'
        )
    parts.append(f' autocomplete="{escape(question.autocomplete)}" aria-describedby="{id}-words"')
    return "".join(parts)


def _set_of(question: Field, id: str, inner: str, more: str = "") -> str:
    """Several inputs under one legend."""
    return (
        f'<fieldset class="field{more}" id="{id}-field"{_standing(question)}>'
        f"<legend>{escape(question.label)}{_optional(question)}</legend>{inner}{_words(question, id)}</fieldset>"
    )


def _one(question: Field, id: str, inner: str) -> str:
    """One input under its label."""
    return (
        f'<div class="field" id="{id}-field"{_standing(question)}>'
        f'<label class="label" for="{id}">{escape(question.label)}{_optional(question)}</label>'
        f"{inner}{_words(question, id)}</div>"
    )


# ---- kinds -----------------------------------------------------------------------------------------------------


def _hidden(question: Field, _id: str) -> str:
    return hidden_input(question.name, question.value)


def _choices(question: Field, id: str) -> str:
    many = question.kind is FieldKind.MANY
    of = hidden_input(f"{question.name}_of", question.belongs_to) if question.belongs_to else ""
    required = " required" if question.required and not many else ""
    start = f'<label class="choice"><input type="{"checkbox" if many else "radio"}" name="{escape(question.name)}"'
    drawn = []
    for choice in question.choices:
        checked = " checked" if choice.value == question.value or choice.value in question.values else ""
        hint = f' <span class="quiet">{escape(choice.hint)}</span>' if choice.hint else ""
        drawn.append(
            f'{start} value="{escape(choice.value)}"{checked}{required}> '
            f"<span>{escape(choice.label)}{hint}</span></label>"
        )
    return _set_of(question, id, f'{of}<div class="choices">{"".join(drawn)}</div>')


def _point(question: Field, id: str) -> str:
    return _set_of(question, id, _map_to_choose_on(question) + _coordinates(question, id), " point")


def _map_to_choose_on(question: Field) -> str:
    view = question.map
    if view is None:
        return ""
    texts = (
        ("label", question.label), ("text-in", _("放大")), ("text-out", _("缩小")), ("text-back", _("回到位置")),
        ("text-here", _("用当前位置")), ("text-failed", _("地图暂时无法显示，请填写坐标或地址。")),
        ("text-marker", _("位置标记：拖动，或用方向键移动")),
        ("text-no-position", _("设备没有给出位置，请在地图上点选或填写坐标。")),
    )  # fmt: skip
    layers = "".join(
        f'<data hidden value="{escape(layer.url)}" data-layer="{escape(layer.name)}">{escape(layer.label)}</data>'
        for layer in view.layers
    )
    chosen = " chosen" if question.value else ""
    nearby = f' nearby="{escape(view.nearby_url)}"' if view.nearby_url else ""
    return (
        f'<wangge-map class="map" chooses lon="{escape(question.first_part or view.lon)}"'
        f' lat="{escape(question.second_part or view.lat)}" zoom="{escape(view.zoom)}"{chosen}{nearby} '
        + " ".join(f'{name}="{escape(text)}"' for name, text in texts)
        + f'>{layers}<p class="fallback">{_("在下面填写坐标；有脚本时可在地图上点选、拖动。")}</p></wangge-map>'
    )


def _coordinates(question: Field, id: str) -> str:
    required = " required" if question.required else ""
    drawn = "".join(
        f'<label for="{id}-{part}">{word} <input id="{id}-{part}" name="{escape(question.name)}_{part}" type="number"'
        f' inputmode="decimal" step="0.000001" min="{least}" max="{most}" value="{escape(value)}"{required}'
        f" data-{part}></label>"
        for part, word, least, most, value in (
            ("lon", _("东经"), 70, 140, question.first_part),
            ("lat", _("北纬"), 3, 54, question.second_part),
        )
    )
    return f'<div class="pair">{drawn}</div>'


def _pictures(question: Field, id: str) -> str:
    name = escape(question.name)
    kept = "".join(hidden_input(f"kept_{question.name}", photo) for photo in question.kept)
    if question.kept:
        number = len(question.kept)
        received = ngettext("已收到 %(number)s 张，不用重新选择。", "已收到 %(number)s 张，不用重新选择。", number)
        kept += f'<p class="help">{received % {"number": number}}</p>'
    if question.kind is FieldKind.FILE:
        chooses = _("选择扫描件，或拖到这里")
    else:
        chooses = _("拍照") if question.from_camera else _("选择照片，或拖到这里")
    camera = ' capture="environment"' if question.from_camera else ""
    required = " required" if question.required else ""
    too_many = _("最多 %(count)s 张，多出的没有加入。") % {"count": question.max_count}
    optional = "" if question.kept else _optional(question)
    return (
        f'<div class="field" id="{id}-field"{_standing(question)}>'
        f'<label class="label" for="{id}">{escape(question.label)}{optional}</label>{kept}'
        f'<wangge-photos max="{question.max_count}" text-remove="{escape(_("移除"))}"'
        f' text-too-many="{escape(too_many)}"'
        f' text-unreadable="{escape(_("这张图片无法读取，请换一张或另存为 JPEG。"))}">'
        f'<label class="chooser"><input id="{id}" type="file" name="{name}" accept="image/jpeg,image/png,image/webp"'
        f" multiple{camera}{required}> <span>{chooses}</span></label>"
        f'<div class="previews" aria-live="polite"></div></wangge-photos>{_words(question, id)}</div>'
    )


def _long_text(question: Field, id: str) -> str:
    attributes = _attributes(question, id)
    return _one(
        question,
        id,
        f'<textarea id="{id}" name="{escape(question.name)}" rows="3"{attributes}>{escape(question.value)}</textarea>'
        f"{_texts(question)}",
    )


def _texts(question: Field) -> str:
    """The button that offers standard texts; the script that opens it shows it."""
    if not question.texts_url:
        return ""
    return (
        f'<wangge-texts hidden url="{escape(question.texts_url)}"><button type="button" class="plain"'
        f' aria-expanded="false">{_("常用语")} <kbd>F2</kbd></button></wangge-texts>'
    )


def _select(question: Field, id: str) -> str:
    drawn = (
        f'<select id="{id}" name="{escape(question.name)}"{_attributes(question, id)}>'
        f'<option value="">{escape(question.placeholder) or _("请选择")}</option>{options(question)}</select>'
    )
    if question.kind is FieldKind.SEARCH:
        drawn = (
            f'<wangge-choose placeholder="{escape(question.placeholder)}"'
            f' text-none="{escape(_("没有符合的，换个词试试"))}" text-count="{escape(_("项符合"))}">'
            f"{drawn}</wangge-choose>"
        )
    return _one(question, id, drawn)


@lru_cache(maxsize=64)
def _options(choices: tuple[Choice, ...]) -> str:
    """The options of a list under their groups; the lists of classes and units are the same on every page."""
    drawn = []
    for group, inside in groupby(choices, key=lambda choice: choice.group):
        options = "".join(_option(choice) for choice in inside)
        drawn.append(f'<optgroup label="{escape(group)}">{options}</optgroup>' if group else options)
    return "".join(drawn)


@lru_cache(maxsize=MOST_KEPT_OPTIONS)
def _option(choice: Choice) -> str:
    hint = f' data-hint="{escape(choice.hint)}"' if choice.hint else ""
    words = f' data-words="{escape(choice.keywords)}"' if choice.keywords else ""
    return f'<option value="{escape(choice.value)}"{hint}{words}>{escape(choice.label)}</option>'


def _amount(question: Field, id: str) -> str:
    required = " required" if question.required else ""
    invalid = ' aria-invalid="true"' if question.errors else ""
    units = "".join(
        f'<option value="{escape(choice.value)}"{" selected" if choice.value == question.second_part else ""}>'
        f"{escape(choice.label)}</option>"
        for choice in question.choices
    )
    return _one(
        question,
        id,
        f'<div class="pair"><input id="{id}" name="{escape(question.name)}" type="number" min="1" step="1"'
        f' inputmode="numeric" value="{escape(question.first_part)}"{required}{invalid} aria-describedby="{id}-words">'
        f'<select name="{escape(question.name)}_unit" aria-label="{escape(_("单位"))}">{units}</select></div>',
    )


def _input_of(kind: str, *, more: str = "", printed: bool = True) -> Callable[[Field, str], str]:
    def draw(question: Field, id: str) -> str:
        value = f' value="{escape(question.value)}"' if printed else ""
        name = escape(question.name)
        return _one(
            question, id, f'<input id="{id}" name="{name}" type="{kind}"{more}{value}{_attributes(question, id)}>'
        )

    return draw


def _address(question: Field, id: str) -> str:
    """A plain input; what offers places around it is comfort."""
    kinds = (
        ("road", _("道路")), ("house-number", _("门牌")), ("crossing", _("交叉口")), ("place", _("地点")),
        ("unit-grid", _("单元网格")), ("responsibility-grid", _("责任网格")), ("community", _("社区")),
        ("street", _("街道")),
    )  # fmt: skip
    texts = " ".join(f'text-{kind}="{escape(text)}"' for kind, text in kinds)
    return _one(
        question,
        id,
        f'<wangge-places search-url="{escape(question.places_url)}" words-url="{escape(question.words_url)}" {texts}>'
        f'<input id="{id}" name="{escape(question.name)}" type="text" value="{escape(question.value)}"'
        f"{_attributes(question, id)}></wangge-places>",
    )


_text = _input_of("text")
_DRAWN: dict[FieldKind, Callable[[Field, str], str]] = {
    FieldKind.HIDDEN: _hidden,
    FieldKind.CHOICE: _choices,
    FieldKind.MANY: _choices,
    FieldKind.POINT: _point,
    FieldKind.PHOTOS: _pictures,
    FieldKind.FILE: _pictures,
    FieldKind.ADDRESS: _address,
    FieldKind.LONG_TEXT: _long_text,
    FieldKind.SELECT: _select,
    FieldKind.SEARCH: _select,
    FieldKind.AMOUNT: _amount,
    FieldKind.MOMENT: _input_of("datetime-local"),
    FieldKind.NUMBER: _input_of("number", more=' inputmode="numeric"'),
    FieldKind.SECRET: _input_of("password", more=" data-personal", printed=False),
}
