"""The narrative: the printed example's figures under their names, our own words, and what people must still say."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.disclosure.example_account import FINANCE, account, document, fen
from tests.shared_material import SHARED
from wangge.domains.disclosure.document import Grid, Heading, Paragraph
from wangge.domains.disclosure.narrative.account import Account, Gathering, Procurement, Registers, Words
from wangge.standards.accounts.library import load_accounts
from wangge.standards.accounts.names import is_name

# Where a figure of the example stands with us: (id of its sentence, position) → our name.
NAMES = {
    ("N001", 0): "N.s1.total", ("N002", 0): "N.s1.change", ("N002", 1): "N.s1.growth",
    ("N003", 0): "N.s2.total", ("N003", 1): "N.s2.fiscal", ("N003", 2): "N.s2.fiscal.share",
    ("N004", 0): "N.s3.total", ("N004", 1): "N.s3.basic", ("N004", 2): "N.s3.basic.share",
    ("N004", 3): "N.s3.project", ("N004", 4): "N.s3.project.share",
    ("N005", 0): "N.s4.total", ("N005", 1): "N.s4.change", ("N005", 2): "N.s4.growth",
    ("N006", 0): "N.s51", ("N006", 1): "N.s51.share", ("N006", 2): "N.s51.change", ("N006", 3): "N.s51.growth",
    ("N007", 0): "N.s52",
    ("N008", 0): "N.s53.budget", ("N008", 1): "N.s53.final", ("N008", 2): "N.s53.completion",
    ("N031", 0): "N.s6.basic", ("N032", 0): "N.s6.personnel", ("N032", 1): "N.s6.personnel.share",
    ("N033", 0): "N.s6.public", ("N033", 1): "N.s6.public.share",
    ("N034", 0): "N.s7.total.budget", ("N034", 1): "N.s7.total.final", ("N034", 2): "N.s7.total.completion",
    ("N034", 3): "N.s7.total.change", ("N034", 4): "N.s7.total.growth",
    ("N036", 3): "N.s7.car.change", ("N038", 4): "N.s7.running.growth", ("N039", 0): "N.s7.vehicles",
    ("N042", 0): "N.s10.training.budget", ("N042", 1): "N.s10.training.final", ("N042", 2): "N.s10.training.persons",
    ("N043", 0): "N.s11.total", ("N043", 1): "N.s11.goods", ("N043", 2): "N.s11.works", ("N043", 3): "N.s11.services",
    ("N044", 0): "N.s11.sme", ("N044", 1): "N.s11.sme.share", ("N044", 2): "N.s11.micro",
    ("N044", 3): "N.s11.micro.share",
    ("N045", 0): "N.s11.goods.share", ("N045", 1): "N.s11.works.share", ("N045", 2): "N.s11.services.share",
    ("N046", 0): "N.s12.vehicles", ("N046", 10): "N.s12.equipment",
    ("N047", 0): "N.s13.count", ("N047", 1): "N.s13.amount", ("N047", 4): "N.s13.share",
    ("N049", 0): "R.posts", ("N049", 1): "R.actual", ("N049", 2): "R.retired", ("N049", 3): "R.temporary",
    ("N050", 0): "R.basic", ("N050", 1): "R.personnel", ("N050", 2): "R.personnel.share",
    ("N051", 0): "R.public", ("N051", 1): "R.public.share", ("N052", 0): "R.project",
    ("N056", 0): "R.case.reported", ("N056", 1): "R.case.filed", ("N056", 2): "R.case.closed",
    ("N056", 3): "R.case.rate", ("N056", 4): "R.case.self",
}  # fmt: skip


@pytest.fixture(scope="module")
def printed() -> dict[str, Any]:
    path = FINANCE / "seed_figures.json"
    if not path.is_file():
        pytest.skip("the figures of the printed example are not at hand")
    return {row["id"]: row["figures"] for row in json.loads(path.read_text(encoding="utf-8"))["narrative"]}


def figures(told: Account | None = None) -> dict[str, str]:
    return {figure.id: figure.text for figure in document(told).figures()}


def text(told: Account) -> str:
    return "\n".join(block.text for block in document(told).blocks if isinstance(block, Heading | Paragraph))


def test_the_narrative_figures_of_the_example_come_out_of_its_payments(printed: dict[str, Any]) -> None:
    ours = figures()
    for (sentence, position), name in NAMES.items():
        assert Decimal(ours[name]) == Decimal(printed[sentence][position]["value"]), name


def test_every_class_and_item_of_the_example_comes_out(printed: dict[str, Any]) -> None:
    ours = figures()
    roles = {"class_amount": "", "class_share": ".share"}
    for figure in printed["N007"][1:]:
        name = f"N.s52.{figure['subject']}{roles[figure['role']]}"
        assert Decimal(ours[name]) == Decimal(figure["value"]), name
    found = 0
    for number in range(10, 31, 2):
        for figure in printed[f"N{number:03d}"]:
            name = f"N.s53.{figure['subject']}.{figure['role'].removeprefix('item_')}"
            assert Decimal(ours[name]) == Decimal(figure["value"]), name
            found += 1
    assert found == 31  # eleven items, two of them without a budget and so without a rate


def test_every_figure_has_a_name_of_the_grammar_and_no_name_two_texts() -> None:
    seen: dict[str, str] = {}
    for figure in document().figures():
        assert is_name(figure.id), figure.id
        assert seen.setdefault(figure.id, figure.text) == figure.text, figure.id


def test_no_sentence_of_the_example_is_ours() -> None:
    example = SHARED / "seed" / "disclosure_2024.txt"
    if not example.is_file():
        pytest.skip("the printed example is not at hand")

    def sentences(words: str) -> set[str]:
        parts = re.split(r"[。；：\n]", re.sub(r"[\d.,%\s（）()]", "", words))
        return {part for part in parts if len(part) >= 14}

    rows = {row.label for row in load_accounts("2024").rows} | {form.title for form in load_accounts("2024").forms}
    theirs = sentences(example.read_text(encoding="utf-8"))
    ours = sentences("\n".join(block.text for block in document().blocks if isinstance(block, Paragraph)))
    facts = {part for part in ours if "、" in part or part in rows}
    assert {part for part in (ours & theirs) - facts if "基金" not in part} == set()


def test_headings_run_on_and_the_sections_are_those_of_the_form() -> None:
    headings = [block.text for block in document().blocks if isinstance(block, Heading)]
    sections = [section for section in load_accounts("2024").sections if section.required]
    for section in sections:
        title = [heading for heading in headings if all(word in heading for word in section.words)]
        assert title, section.title


def test_a_reason_is_asked_for_a_large_change_and_not_for_a_small_one() -> None:
    told = account()
    silent = replace(told, words=replace(told.words, reasons={}))
    gaps = {gap.id for gap in document(silent).gaps}
    assert {"N.s1.change", "N.s53.2080502", "N.s53.2120399", "N.s7.total.change"} <= gaps
    assert "N.s53.2210201" not in gaps  # 25 → 24.99
    assert "按实际发生额列支" in text(silent)
    assert document(told).gaps == ()


def test_a_document_that_people_have_not_finished_lists_what_is_asked() -> None:
    told = account()
    bare = replace(
        told,
        words=Words(),
        registers=replace(told.registers, car_use="", other_vehicle_use=""),
        unit=replace(told.unit, duties=(), sections=()),
        projects=tuple(replace(project, purpose="", results="") for project in told.projects),
    )
    ids = {gap.id for gap in document(bare).gaps}
    assert {
        "unit.duties", "unit.sections", "report.problems", "report.measures", "report.use", "N.s7.running.use",
        "N.s12.other_use",
    } <= ids  # fmt: skip
    assert all(gap.question for gap in document(bare).gaps)


@pytest.mark.parametrize(
    ("before", "said", "not_said"),
    [
        ("1800", "比上年增加33.86万元，增长1.88%", "减少"),
        ("1833.86", "与上年持平。", "主要原因：项目规模缩减。\n二、"),
        ("0", "上年没有此项，本年新增1833.86万元", "增长"),
        (None, "均为1833.86万元。\n", "比上年"),
    ],
)
def test_direction_words_follow_the_figures(before: str | None, said: str, not_said: str) -> None:
    told = account()
    earlier = {} if before is None else {"01.r30": fen(before)}
    whole = text(replace(told, prior=earlier))
    section = whole[whole.index("一、收入支出决算总体情况说明") : whole.index("二、收入决算情况说明") + 2]
    assert said in section
    assert not_said not in section


def test_without_a_budget_no_completion_is_printed() -> None:
    ours = figures()
    assert "N.s53.2019999.completion" not in ours
    assert "N.s7.abroad.completion" not in ours
    assert "N.s53.2080502.completion" in ours


def test_organs_tell_their_running_costs() -> None:
    told = account()
    organ = replace(told, unit=replace(told.unit, kind="administrative", kind_zh="行政单位"))
    assert "2024年度机关运行经费支出80.39万元。比上年减少2.70万元，下降3.25%" in text(organ)
    assert "不适用" not in text(organ)
    assert "本单位为财政补助事业单位，不适用" in text(told)


def test_funds_meetings_and_festivals_are_told_where_there_are_any() -> None:
    told = account()
    cells = {**told.cells, "07.合计.c2": fen("3"), "07.合计.c3": fen("3"), "08.合计.c1": fen("1")}
    registers = replace(
        told.registers,
        meetings=Gathering(fen("1"), fen("0.9"), 2, 40, "业务部署"),
        festivals=Gathering(0, fen("2"), 1, 100, "环卫工人节"),
    )
    whole = text(replace(told, cells=cells, registers=registers))
    assert "政府性基金预算财政拨款本年收入3.00万元" in whole
    assert "国有资本经营预算财政拨款本年支出1.00万元" in whole
    assert "会议费年初预算为1.00万元，决算为0.90万元，共2次、40人，内容为业务部署" in whole
    assert "举办节庆、晚会、论坛、赛事等活动1次，支出2.00万元" in whole


def test_without_purchases_cars_or_forms_the_sections_say_so() -> None:
    told = account()
    bare = replace(told, procurement=Procurement(), registers=Registers(), forms=(), projects=())
    whole = text(bare)
    assert "2024年度没有政府采购支出。" in whole
    assert "共有车辆0辆" in whole
    assert "本年度没有开展绩效自评。" in whole
    only_large = replace(told, procurement=Procurement(goods_fen=fen("5")))
    assert "没有授予中小企业的合同。" in text(only_large)


def test_the_annexes_repeat_the_facts_and_carry_every_score() -> None:
    ours = figures()
    assert ours["1-1.公用经费.c3"] == "80.39"  # the example prints the class 302 instead
    assert (ours["1-1.三公经费.c1"], ours["1-1.办公经费.c3"], ours["1-1.水电差旅.c3"]) == ("8.00", "4.43", "4.84")
    assert (ours["1-2.微服务开展情况.target"], ours["1-2.微服务开展情况.score"]) == ("≥800次", "4.16")
    assert ours["1-2.total.weight"] == ours["1-3a.total.weight"] == "100"
    assert ours["1-3b.车载GPS设备每日故障率.score"] == "4"
    assert ours["1-3a.project.name"] == "城市管理信息采集管理专项"


def test_rows_of_every_grid_fill_its_width() -> None:
    for grid in document().grids():
        _fills(grid)


def _fills(grid: Grid) -> None:
    taken: set[tuple[int, int]] = set()
    for index, row in enumerate(grid.rows):
        column = 0
        for cell in row:
            while (index, column) in taken:
                column += 1
            taken |= {(index + down, column + right) for down in range(cell.rows) for right in range(cell.columns)}
            column += cell.columns
    assert taken == {(line, column) for line in range(len(grid.rows)) for column in range(len(grid.widths))}, grid.id
