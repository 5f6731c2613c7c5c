"""Puts the whole document together: cover, contents, five parts; what people must still say is listed as gaps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from wangge.domains.disclosure.document import Block, Contents, Document, Grid, Heading, NewPage, Paragraph
from wangge.domains.disclosure.narrative import annexes, part_three, part_three_rest
from wangge.domains.disclosure.narrative.account import Account, EvaluationForm, Project
from wangge.domains.disclosure.narrative.report import duties, report
from wangge.domains.disclosure.narrative.writing import Pen
from wangge.standards.narrative import Term, sentences, terms
from wangge.standards.performance import PROJECT, WHOLE, PerformanceTables

Writer = Callable[[Pen], Iterator[Block]]
THIRD: tuple[tuple[str, Writer], ...] = (
    ("一、收入支出决算总体情况说明", part_three.section_one),
    ("二、收入决算情况说明", part_three.section_two),
    ("三、支出决算情况说明", part_three.section_three),
    ("四、财政拨款收入支出决算总体情况说明", part_three.section_four),
    ("五、一般公共预算财政拨款支出决算情况说明", part_three.section_five),
    ("六、一般公共预算财政拨款基本支出决算情况说明", part_three.section_six),
    ("七、财政拨款“三公”经费支出决算情况说明", part_three_rest.section_seven),
    ("八、政府性基金预算收入支出决算情况", part_three_rest.section_eight),
    ("九、关于机关运行经费支出说明", part_three_rest.section_nine),
    ("十、一般性支出情况说明", part_three_rest.section_ten),
    ("十一、关于政府采购支出说明", part_three_rest.section_eleven),
    ("十二、关于国有资产占用情况说明", part_three_rest.section_twelve),
    ("十三、关于预算绩效管理情况的说明", part_three_rest.section_thirteen),
)


def write_document(
    account: Account, grids: Sequence[Grid], *, performance: PerformanceTables, form: str = "province-2024"
) -> Document:
    """The document of a unit and year around its nine tables. ``form`` is the edition of the self-evaluation form."""
    pen = Pen(account, sentences())
    blocks = (
        *_front(account),
        *_part_one(pen),
        *_part_two(grids),
        *_part_three(pen),
        *_part_four(pen, terms()),
        *_part_five(pen, performance, form),
    )
    title = f"{account.year}年度{account.unit.name}部门决算"
    return Document(title, account.unit.name, account.year, blocks, tuple(pen.gaps))


def _front(account: Account) -> Iterator[Block]:
    yield Heading(0, f"{account.year}年度", in_contents=False)
    yield Heading(0, f"{account.unit.name}部门决算", in_contents=False)
    yield NewPage()
    yield Contents()


def _part_one(pen: Pen) -> Iterator[Block]:
    unit = pen.account.unit
    yield NewPage()
    yield Heading(1, f"第一部分　{unit.name}概况")
    yield Heading(2, "一、部门职责")
    yield from duties(pen)
    yield Heading(2, "二、机构设置及决算单位构成")
    said = pen.said("unit.sections", "、".join(unit.sections), "内设机构有哪些？")
    yield Paragraph(("（一）", *pen.runs("overview.sections", count=str(len(unit.sections)), names=said)))
    if unit.subordinates:
        included = pen.runs("overview.subordinates", unit=unit.name, names="、".join(unit.subordinates))
    else:
        included = pen.runs("overview.subordinates_none", unit=unit.name)
    yield Paragraph(("（二）", *included))


def _part_two(grids: Sequence[Grid]) -> Iterator[Block]:
    yield NewPage()
    yield Heading(1, "第二部分　部门决算表")
    for number, grid in enumerate(grids, start=1):
        if number > 1:
            yield NewPage()
        yield Heading(2, f"{'一二三四五六七八九'[number - 1]}、{grid.title}", anchor=f"table-{grid.id}")
        yield grid


def _part_three(pen: Pen) -> Iterator[Block]:
    yield NewPage()
    yield Heading(1, f"第三部分　{pen.account.year}年度部门决算情况说明")
    for title, write in THIRD:
        yield Heading(2, title)
        yield from write(pen)


def _part_four(pen: Pen, glossary: Sequence[Term]) -> Iterator[Block]:
    from wangge.domains.disclosure.narrative.writing import chinese_number

    yield NewPage()
    yield Heading(1, "第四部分　名词解释")
    items = dict.fromkeys(code for code, _value in pen.account.items("05", "c1"))
    entries = [(term.term, term.meaning) for term in glossary]
    entries += [
        (f"{pen.account.names.get(code, code)}（项）", f"功能分类科目 {code} 反映的支出。")
        for code in items
        if code in pen.account.names
    ]
    for number, (term, meaning) in enumerate(entries, start=1):
        yield Paragraph((f"{chinese_number(number)}、{term}：{meaning}",))


def _part_five(pen: Pen, performance: PerformanceTables, form: str) -> Iterator[Block]:
    account = pen.account
    yield NewPage()
    yield Heading(1, "第五部分　附件")
    yield from report(pen)
    pairs = project_forms(account)
    listed = ["1-1", "1-2", *(f"1-3-{number}" for number in range(1, len(pairs) + 1))]
    titles = (
        f"{account.year}年度部门整体支出绩效评价基础数据表",
        f"{account.year}年度部门整体支出绩效自评表",
        *(f"{account.year}年度项目支出绩效自评表（{project.name}）" for project, _form in pairs),
    )
    yield Paragraph(
        ("附件：" + "；".join(f"{name}．{title}" for name, title in zip(listed, titles, strict=True)) + "。",)
    )
    yield NewPage()
    yield annexes.basic_data(account)
    whole = account.whole_form
    if whole is not None:
        yield NewPage()
        yield annexes.whole_form(account, whole, performance.blocks_of(form, WHOLE))
    for number, (project, project_form) in enumerate(pairs):
        yield NewPage()
        yield annexes.project_form(account, project, project_form, performance.blocks_of(form, PROJECT), number)


def project_forms(account: Account) -> list[tuple[Project, EvaluationForm]]:
    """The projects that have a scored form, in the order of annex 1-3."""
    found = []
    for project in account.projects:
        form = next((form for form in account.forms if form.project == project.name), None)
        if form is not None:
            found.append((project, form))
    return found
