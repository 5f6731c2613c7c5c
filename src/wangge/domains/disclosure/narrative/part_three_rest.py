"""Part three, second half: three-public, funds, running costs, general spending, procurement, assets, performance."""

from __future__ import annotations

from collections.abc import Iterator

from wangge.domains.disclosure.document import Block, Figure, Heading, Paragraph, Run
from wangge.domains.disclosure.narrative.account import Gathering
from wangge.domains.disclosure.narrative.numbers import amount, hundredths, percent
from wangge.domains.disclosure.narrative.writing import Pen, joined
from wangge.domains.self_evaluation.logic.lines import plain

VEHICLE_USES = (
    "副部（省）级及以上领导用车",
    "主要负责人用车",
    "机要通信用车",
    "应急保障用车",
    "执法执勤用车",
    "特种专业技术用车",
    "离退休干部服务用车",
    "其他用车",
)
FUNDS = (
    ("general", "一般公共预算"),
    ("fund", "政府性基金预算"),
    ("capital", "国有资本经营预算"),
    ("insurance", "社会保险基金预算"),
)


def section_seven(pen: Pen) -> Iterator[Block]:
    """The three public expenses: in all and one by one, with counts of the registers."""
    registers = pen.account.registers
    yield Heading(3, "（一）“三公”经费财政拨款支出决算总体情况说明", in_contents=False)
    yield Paragraph(_three_public(pen, "s7.total", "total", "c1", "c7", ""))
    yield Heading(3, "（二）“三公”经费财政拨款支出决算具体情况说明", in_contents=False)
    missions = pen.runs(
        "s7.missions",
        missions=Figure("N.s7.abroad.missions", str(registers.missions)),
        persons=Figure("N.s7.abroad.persons", str(registers.mission_persons)),
    )
    yield Paragraph(("1．", *_three_public(pen, "s7.item", "abroad", "c2", "c8", "因公出国（境）费"), *missions))
    yield Paragraph(("2．", *_three_public(pen, "s7.item", "car", "c3", "c9", "公务用车购置及运行维护费"), "其中："))
    bought = pen.runs("s7.cars_bought", bought=Figure("N.s7.purchase.count", str(registers.cars_bought)))
    yield Paragraph((*_three_public(pen, "s7.item", "purchase", "c4", "c10", "公务用车购置费"), *bought))
    yield Paragraph((*_three_public(pen, "s7.item", "running", "c5", "c11", "公务用车运行维护费"), *_cars_held(pen)))
    reception = pen.runs(
        "s7.reception",
        batches=Figure("N.s7.reception.batches", str(registers.reception_batches)),
        persons=Figure("N.s7.reception.persons", str(registers.reception_persons)),
    )
    yield Paragraph(("3．", *_three_public(pen, "s7.item", "reception", "c6", "c12", "公务接待费"), *reception))


def _three_public(pen: Pen, key: str, item: str, budget_cell: str, final_cell: str, name: str) -> tuple[Run, ...]:
    budget, final = pen.account.shown(f"09.{budget_cell}"), pen.account.shown(f"09.{final_cell}")
    id = f"N.s7.{item}"
    slots: dict[str, str | Figure | tuple[Run, ...]] = {
        "year": str(pen.account.year),
        "name": name,
        "budget": pen.money(f"{id}.budget", budget),
        "final": pen.money(f"{id}.final", final),
        "change": pen.change(id, final, pen.account.shown_before(f"09.{final_cell}"), "N.s7.total.change"),
    }
    completion = percent(final, budget)
    if completion is None:
        return pen.runs(f"{key}_none", **slots)
    return pen.runs(key, completion=Figure(f"{id}.completion", completion), **slots)


def _cars_held(pen: Pen) -> tuple[Run, ...]:
    registers = pen.account.registers
    held = Figure("N.s7.vehicles", str(registers.cars_held))
    if not pen.account.shown("09.c11"):
        return pen.runs("s7.cars_held_unused", year=str(pen.account.year), held=held)
    use = pen.said("N.s7.running.use", registers.car_use, "公务用车运行维护费具体用于什么？")
    return pen.runs("s7.cars_held", use=use, year=str(pen.account.year), held=held)


def section_eight(pen: Pen) -> Iterator[Block]:
    """Government funds and state capital: figures, or that there are none."""
    shown = pen.account.shown
    if any(shown(f"07.合计.c{column}") for column in range(1, 7)):
        yield pen.paragraph(
            "s8.fund",
            income=pen.money("N.s8.income", shown("07.合计.c2")),
            spending=pen.money("N.s8.spending", shown("07.合计.c3")),
            carry=pen.money("N.s8.carry", shown("07.合计.c6")),
        )
    else:
        yield pen.paragraph("s8.fund_none")
    if shown("08.合计.c1"):
        yield pen.paragraph("s8.capital", spending=pen.money("N.s8.capital", shown("08.合计.c1")))
    else:
        yield pen.paragraph("s8.capital_none")


def section_nine(pen: Pen) -> Iterator[Block]:
    """Running costs of organs: figures for organs, the sentence for other units."""
    if not pen.account.is_administrative:
        yield pen.paragraph("s9.not_applicable", kind=pen.account.unit.kind_zh)
        return
    value = pen.account.shown("06.公用经费合计")
    change = pen.change("N.s9", value, pen.account.shown_before("06.公用经费合计"))
    yield pen.paragraph("s9.running", year=str(pen.account.year), amount=pen.money("N.s9.amount", value), change=change)


def section_ten(pen: Pen) -> Iterator[Block]:
    """Meetings, trainings, festivals."""
    registers = pen.account.registers
    yield Paragraph(_gathering(pen, "meeting", "会议费", registers.meetings))
    yield Paragraph(_gathering(pen, "training", "培训费", registers.trainings))
    festivals = registers.festivals
    if festivals.times or festivals.final_fen:
        yield pen.paragraph(
            "s10.festivals",
            times=Figure("N.s10.festival.times", str(festivals.times)),
            final=pen.money("N.s10.festival.final", hundredths(festivals.final_fen)),
            content=pen.said("N.s10.festival.content", festivals.content, "节庆等活动的内容是什么？"),
        )
    else:
        yield pen.paragraph("s10.festivals_none")


def _gathering(pen: Pen, key: str, name: str, told: Gathering) -> tuple[Run, ...]:
    id = f"N.s10.{key}"
    slots: dict[str, str | Figure | tuple[Run, ...]] = {
        "name": name,
        "budget": pen.money(f"{id}.budget", hundredths(told.budget_fen)),
        "final": pen.money(f"{id}.final", hundredths(told.final_fen)),
    }
    if not told.final_fen:
        return pen.runs("s10.gathering_none", **slots)
    return pen.runs(
        "s10.gathering",
        times=Figure(f"{id}.times", str(told.times)),
        persons=Figure(f"{id}.persons", str(told.persons)),
        content=pen.said(f"{id}.content", told.content, f"{name}用于什么内容？"),
        **slots,
    )


def section_eleven(pen: Pen) -> Iterator[Block]:
    """Procurement by kind, and what of it went to small and micro enterprises."""
    given = pen.account.procurement
    kinds = (
        ("goods", "货物", given.goods_fen, given.goods_small_fen),
        ("works", "工程", given.works_fen, given.works_small_fen),
        ("services", "服务", given.services_fen, given.services_small_fen),
    )
    total = hundredths(sum(fen for _key, _name, fen, _small in kinds))
    if not total:
        yield pen.paragraph("s11.none", year=str(pen.account.year))
        return
    amounts = {key: pen.money(f"N.s11.{key}", hundredths(fen)) for key, _name, fen, _small in kinds}
    yield pen.paragraph("s11.total", year=str(pen.account.year), total=pen.money("N.s11.total", total), **amounts)
    small, micro = hundredths(sum(fen for *_rest, fen in kinds)), hundredths(given.micro_fen)
    if not small:
        yield pen.paragraph("s11.small_none")
        return
    shares = [
        pen.runs(
            "s11.kinds",
            kind=name,
            share=Figure(f"N.s11.{key}.share", percent(small_fen, fen) or "0"),
        )
        for key, name, fen, small_fen in kinds
        if fen
    ]
    said = pen.runs(
        "s11.small",
        sme=pen.money("N.s11.sme", small),
        sme_share=Figure("N.s11.sme.share", percent(small, total) or "0"),
        micro=pen.money("N.s11.micro", micro),
        micro_share=Figure("N.s11.micro.share", percent(micro, small) or "0"),
    )
    yield Paragraph((*said, *joined(shares, "，"), "。"))


def section_twelve(pen: Pen) -> Iterator[Block]:
    """Cars by use and large equipment on the last day of the year."""
    registers = pen.account.registers
    counts = [(use, registers.vehicles.get(use, 0)) for use in VEHICLE_USES]
    parts = [
        pen.runs("s12.vehicle", use=use, count=Figure(f"N.s12.vehicles.{use}", str(count))) for use, count in counts
    ]
    total = Figure("N.s12.vehicles", str(sum(count for _use, count in counts)))
    said = pen.runs("s12.vehicles", year=str(pen.account.year), total=total, parts=joined(parts, "、"))
    if registers.vehicles.get(VEHICLE_USES[-1]):
        use = pen.said("N.s12.other_use", registers.other_vehicle_use, "“其他用车”用于什么？")
        said = (*said, *pen.runs("s12.other_use", use=use))
    yield Paragraph(said)
    yield pen.paragraph("s12.equipment", equipment=Figure("N.s12.equipment", str(registers.big_equipment)))


def section_thirteen(pen: Pen) -> Iterator[Block]:
    """What was evaluated, and the result."""
    whole = pen.account.whole_form
    yield Heading(3, "（一）绩效评价工作开展情况", in_contents=False)
    if whole is None:
        yield pen.paragraph("s13.none")
        return
    projects = [project for project in pen.account.projects if hundredths(project.final_fen)]
    total = hundredths(sum(project.final_fen for project in projects))
    parts = [_evaluated(pen, key, name) for key, name in FUNDS]
    yield pen.paragraph(
        "s13.work",
        year=str(pen.account.year),
        count=Figure("N.s13.count", str(len(projects))),
        amount=pen.money("N.s13.amount", total),
        parts=joined(parts),
    )
    general = hundredths(sum(project.final_fen for project in projects if project.fund == "general"))
    share = percent(general, pen.account.shown("05.合计.c1"))
    if share is not None:
        yield pen.paragraph("s13.share", share=Figure("N.s13.share", share))
    yield Heading(3, "（二）绩效评价结果", in_contents=False)
    yield pen.paragraph(
        "s13.result",
        budget=pen.money("N.s13.budget", hundredths(whole.funds.adjusted_fen)),
        final=pen.money("N.s13.final", hundredths(whole.funds.executed_fen)),
        completion=Figure("N.s13.completion", _rate(whole.funds.adjusted_fen, whole.funds.executed_fen)),
        score=Figure("N.s13.score", plain(whole.sheet.total)),
        grade=Figure("N.s13.grade", whole.sheet.grade_zh),
    )


def _evaluated(pen: Pen, key: str, name: str) -> tuple[Run, ...]:
    projects = [project for project in pen.account.projects if project.fund == key and hundredths(project.final_fen)]
    return pen.runs(
        "s13.budget",
        name=name,
        count=Figure(f"N.s13.count.{name}", str(len(projects))),
        amount=Figure(f"N.s13.amount.{name}", amount(hundredths(sum(project.final_fen for project in projects)))),
    )


def _rate(budget_fen: int, final_fen: int) -> str:
    return percent(hundredths(final_fen), hundredths(budget_fen)) or "0"
