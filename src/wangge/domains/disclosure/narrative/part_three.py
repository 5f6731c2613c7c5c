"""Part three, first half: income, expenditure and the fiscal sections one to six."""

from __future__ import annotations

from collections.abc import Iterator

from wangge.domains.disclosure.document import Block, Figure, Heading, Paragraph, Run
from wangge.domains.disclosure.narrative.numbers import amount, hundredths, percent
from wangge.domains.disclosure.narrative.writing import Pen, joined

SOURCES = (
    ("fiscal", "c2", "财政拨款收入"),
    ("superior", "c3", "上级补助收入"),
    ("business", "c4", "事业收入"),
    ("operating", "c5", "经营收入"),
    ("subordinate", "c6", "附属单位上缴收入"),
    ("other", "c7", "其他收入"),
)
NATURES = (
    ("basic", "c2", "基本支出"),
    ("project", "c3", "项目支出"),
    ("to_superior", "c4", "上缴上级支出"),
    ("operating", "c5", "经营支出"),
    ("to_subordinate", "c6", "对附属单位补助支出"),
)


def section_one(pen: Pen) -> Iterator[Block]:
    """Totals of income and expenditure against last year."""
    total = pen.account.shown("01.r30")
    change = pen.change("N.s1", total, pen.account.shown_before("01.r30"))
    yield pen.paragraph("s1.total", year=_year(pen), total=pen.money("N.s1.total", total), change=change)


def section_two(pen: Pen) -> Iterator[Block]:
    """Income by source."""
    total = pen.account.shown("02.合计.c1")
    parts = [
        _part(pen, f"N.s2.{key}", name, pen.account.shown(f"02.合计.{column}"), total)
        for key, column, name in SOURCES
        if pen.account.shown(f"02.合计.{column}")
    ]
    yield pen.paragraph("s2.total", year=_year(pen), total=pen.money("N.s2.total", total), parts=joined(parts))


def section_three(pen: Pen) -> Iterator[Block]:
    """Expenditure by nature."""
    total = pen.account.shown("03.合计.c1")
    parts = [
        _part(pen, f"N.s3.{key}", name, pen.account.shown(f"03.合计.{column}"), total)
        for key, column, name in NATURES
        if pen.account.shown(f"03.合计.{column}")
    ]
    yield pen.paragraph("s3.total", year=_year(pen), total=pen.money("N.s3.total", total), parts=joined(parts))


def section_four(pen: Pen) -> Iterator[Block]:
    """Fiscal totals against last year."""
    total = pen.account.shown("04.r32")
    change = pen.change("N.s4", total, pen.account.shown_before("04.r32"), "N.s1.change")
    yield pen.paragraph("s4.total", year=_year(pen), total=pen.money("N.s4.total", total), change=change)


def section_five(pen: Pen) -> Iterator[Block]:
    """Spending from the general budget: in all, by class, by item against the initial budget."""
    yield Heading(3, "（一）一般公共预算财政拨款支出决算总体情况", in_contents=False)
    spending, all_spending = pen.account.shown("05.合计.c1"), pen.account.shown("03.合计.c1")
    yield pen.paragraph(
        "s51.amount",
        year=_year(pen),
        amount=pen.money("N.s51", spending),
        share=Figure("N.s51.share", percent(spending, all_spending) or "0"),
        change=pen.change("N.s51", spending, pen.account.shown_before("05.合计.c1"), "N.s1.change"),
    )
    yield Heading(3, "（二）一般公共预算财政拨款支出决算结构情况", in_contents=False)
    yield pen.paragraph(
        "s52.total", year=_year(pen), total=pen.money("N.s52", spending), parts=joined(_classes(pen, spending))
    )
    yield Heading(3, "（三）一般公共预算财政拨款支出决算具体情况", in_contents=False)
    yield _items_total(pen, spending)
    yield from _items(pen)


def _classes(pen: Pen, spending: int) -> list[tuple[Run, ...]]:
    """Every class with money, from its row of table 04, in code order."""
    found = []
    for code in dict.fromkeys(item[:3] for item, _value in pen.account.items("05", "c1")):
        value = _class_amount(pen, code)
        found.append(
            pen.runs(
                "s52.class",
                name=_stem(pen.account.names.get(code, code)),
                amount=pen.money(f"N.s52.{code}", value),
                share=Figure(f"N.s52.{code}.share", percent(value, spending) or "0"),
            )
        )
    return found


def _class_amount(pen: Pen, code: str) -> int:
    row = pen.account.names.get(f"04.row.{code}", "")
    if row:
        return pen.account.shown(f"04.{row}.c3")
    return hundredths(
        sum(
            pen.account.fen(cell)
            for cell in pen.account.cells
            if cell.startswith(f"05.{code}") and cell.endswith(".c1")
        )
    )


def _items_total(pen: Pen, spending: int) -> Paragraph:
    budget = hundredths(sum(pen.account.initial_fen.values()))
    final = pen.money("N.s53.final", spending)
    completion = percent(spending, budget)
    if completion is None:
        return pen.paragraph("s53.total_no_budget", year=_year(pen), budget="0", final=final)
    return pen.paragraph(
        "s53.total",
        year=_year(pen),
        budget=pen.money("N.s53.budget", budget),
        final=final,
        completion=Figure("N.s53.completion", completion),
    )


def _items(pen: Pen) -> Iterator[Block]:
    """Every item with money or with an initial budget, in code order."""
    finals = dict(pen.account.items("05", "c1"))
    budgets = {code: hundredths(fen) for code, fen in pen.account.initial_fen.items() if hundredths(fen)}
    for number, code in enumerate(sorted(finals.keys() | budgets.keys()), start=1):
        names = {
            "class": _stem(pen.account.names.get(code[:3], code[:3]), whole=True),
            "group": pen.account.names.get(code[:5], code[:5]),
            "item": pen.account.names.get(code, code),
        }
        head = pen.runs("s53.item_head", number=str(number), **names)
        yield Paragraph((*head, *_item(pen, code, budgets.get(code, 0), finals.get(code, 0))))


def _item(pen: Pen, code: str, budget: int, final: int) -> tuple[Run, ...]:
    figures: dict[str, str | Figure | tuple[Run, ...]] = {
        "budget": pen.money(f"N.s53.{code}.budget", budget),
        "final": pen.money(f"N.s53.{code}.final", final),
    }
    completion = percent(final, budget)
    if completion is not None:
        figures["completion"] = Figure(f"N.s53.{code}.completion", completion)
    if final == budget:
        return pen.runs("s53.item_equal", **figures)
    figures["direction"] = "大于" if final > budget else "小于"
    figures["reason"] = pen.reason(f"N.s53.{code}", final, budget)
    return pen.runs("s53.item" if completion is not None else "s53.item_no_budget", **figures)


def section_six(pen: Pen) -> Iterator[Block]:
    """Basic spending: people and running of the office, with the economic items that have money."""
    basic = pen.account.shown("05.合计.c2")
    yield pen.paragraph("s6.basic", year=_year(pen), basic=pen.money("N.s6.basic", basic))
    yield from people_and_office(pen, "N.s6", basic)


def people_and_office(pen: Pen, id: str, basic: int) -> Iterator[Paragraph]:
    """The two halves of basic spending; the same two paragraphs stand in the report."""
    for key, cell, classes in (
        ("personnel", "06.人员经费合计", ("301", "303")),
        ("public", "06.公用经费合计", ("302", "307", "310", "399")),
    ):
        value = pen.account.shown(cell)
        slots: dict[str, str | Figure | tuple[Run, ...]] = {
            key: pen.money(f"{id}.{key}", value),
            f"{key}_share": Figure(f"{id}.{key}.share", percent(value, basic) or "0"),
            "list": "、".join(economic_names(pen, classes)) or "无",
        }
        yield pen.paragraph(f"s6.{key}", **slots)


def economic_names(pen: Pen, classes: tuple[str, ...]) -> list[str]:
    """The names of every economic item of these classes that has money, in code order."""
    codes = sorted(
        cell.split(".")[1] for cell in pen.account.cells if cell.startswith("06.") and len(cell) == len("06.30101")
    )
    return [
        pen.account.names.get(code, code) for code in codes if code[:3] in classes and pen.account.shown(f"06.{code}")
    ]


def _part(pen: Pen, id: str, name: str, value: int, total: int) -> tuple[Run, ...]:
    share = Figure(f"{id}.share", percent(value, total) or "0")
    return pen.runs("part", name=name, amount=Figure(id, amount(value)), share=share)


def _stem(name: str, *, whole: bool = False) -> str:
    """卫生健康支出 → 卫生健康, where the sentence itself says 支出."""
    return name if whole else name.removesuffix("支出")


def _year(pen: Pen) -> str:
    return str(pen.account.year)
