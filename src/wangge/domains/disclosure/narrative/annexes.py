"""The annexes as grids: 1-1 basic data, 1-2 the whole unit's form, 1-3 one form per project."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from wangge.domains.disclosure.document import Align, Cell, Grid
from wangge.domains.disclosure.narrative.account import Account, EvaluationForm, Project
from wangge.domains.disclosure.narrative.numbers import amount, hundredths, percent
from wangge.domains.self_evaluation.logic.lines import Scored, plain
from wangge.standards.accounts.names import name_part
from wangge.standards.performance import Block as FormBlock

Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class _Money:
    """A row of annex 1-1: its printed label, its name in the grammar, three amounts in hundredths."""

    label: str
    name: str
    prior: int | None
    budget: int | None
    final: int


def basic_data(account: Account) -> Grid:
    """Annex 1-1: people, money under control, procurement, buildings."""
    year, built = account.year, account.registers
    rows: list[Row] = [
        (_head("财政供养人员情况（人）"), _head("编制数"), _head(f"{year}年实际在职人数"), _head("控制率")),
        (
            _text(""),
            _number("1-1.staff.posts", str(account.staff.posts)),
            _number("1-1.staff.actual", str(account.staff.in_service)),
            _number("1-1.staff.rate", _rate(account.staff.in_service, account.staff.posts)),
        ),
        (
            _head("经费控制情况（万元）"),
            _head(f"{year - 1}年决算数"),
            _head(f"{year}年预算数"),
            _head(f"{year}年决算数"),
        ),
        *(_money_row(row) for row in _money_rows(account)),
        (_head("楼堂馆所控制情况"), _head("批复规模（㎡）"), _head("实际规模（㎡）"), _head("规模控制率")),
        (
            _text(f"（{year}年完工项目）"),
            _number("1-1.building.批复规模", str(built.building_approved)),
            _number("1-1.building.实际规模", str(built.building_area)),
            _number("1-1.building.规模控制率", _rate(built.building_area, built.building_approved)),
        ),
        (_head("厉行节约保障措施"), _text(account.words.saving_measures or "—", columns=3)),
    ]
    form = account.whole_form
    return Grid(
        "1-1", f"{year}年度部门整体支出绩效评价基础数据表", "附件1-1", f"部门：{account.unit.name}", "单位：万元",
        tuple(rows), 1, (40, 20, 20, 20), _signatures(form),
    )  # fmt: skip


def _money_rows(account: Account) -> Iterator[_Money]:
    yield _three("三公经费", "三公经费", account, "c1", "c7")
    yield _three("1、公务用车购置和维护经费", "公务用车", account, "c3", "c9")
    yield _three("其中：公车购置", "公车购置", account, "c4", "c10")
    yield _three("公车运行维护", "公车运行维护", account, "c5", "c11")
    yield _three("2、出国经费", "出国经费", account, "c2", "c8")
    yield _three("3、公务接待", "公务接待", account, "c6", "c12")
    prior = sum(project.prior_fen for project in account.projects)
    yield _Money(
        "项目支出：",
        "项目支出",
        hundredths(prior),
        hundredths(sum(project.adjusted_fen for project in account.projects)),
        account.shown("05.合计.c3"),
    )
    for number, project in enumerate(account.projects, start=1):
        yield _Money(
            f"{number}、{project.name}",
            project.name,
            hundredths(project.prior_fen),
            hundredths(project.adjusted_fen),
            hundredths(project.final_fen),
        )
    yield _public(account, "公用经费", "公用经费", ("人员经费合计",), whole=True)
    yield _public(account, "其中：办公经费", "办公经费", ("30201", "30202"))
    yield _public(account, "水费、电费、差旅费", "水电差旅", ("30205", "30206", "30211"))
    yield _gatherings(account)
    given = account.procurement
    total = hundredths(given.goods_fen + given.works_fen + given.services_fen)
    before = None if given.prior_total_fen is None else hundredths(given.prior_total_fen)
    budget = None if given.budget_fen is None else hundredths(given.budget_fen)
    yield _Money("政府采购金额", "政府采购", before, budget, total)


def _three(label: str, name: str, account: Account, budget: str, final: str) -> _Money:
    before = account.shown_before(f"09.{final}")
    return _Money(label, name, before, account.shown(f"09.{budget}"), account.shown(f"09.{final}"))


def _public(account: Account, label: str, name: str, codes: tuple[str, ...], *, whole: bool = False) -> _Money:
    """Public expenses of table 06; the budget column is that of the same items, blank where the lines name none."""
    cells = ("06.公用经费合计",) if whole else tuple(f"06.{code}" for code in codes)
    final = hundredths(sum(account.fen(cell) for cell in cells))
    known = [cell for cell in cells if cell in account.prior]
    before = hundredths(sum(account.prior[cell] for cell in known)) if known else None
    budget = [account.budgeted[cell] for cell in cells if cell in account.budgeted]
    return _Money(label, name, before, hundredths(sum(budget)) if budget else None, final)


def _gatherings(account: Account) -> _Money:
    """Meetings and trainings: their budget is the one that section ten tells."""
    row = _public(account, "会议费、培训费", "会议培训", ("30215", "30216"))
    registers = account.registers
    return replace(row, budget=hundredths(registers.meetings.budget_fen + registers.trainings.budget_fen))


def _money_row(row: _Money) -> Row:
    cells = (("c1", row.prior), ("c2", row.budget), ("c3", row.final))
    return (
        _text(row.label),
        *(_number(f"1-1.{row.name}.{column}", "" if value is None else amount(value)) for column, value in cells),
    )


def whole_form(account: Account, form: EvaluationForm, blocks: Sequence[FormBlock]) -> Grid:
    """Annex 1-2: money of the whole unit, goal and result, indicators with scores."""
    name = "1-2"
    rows: list[Row] = [
        (_head("部门名称", columns=2), _text(account.unit.name, columns=7)),
        *_funds_rows(name, form, "年度资金总额"),
        (
            _head("按收入性质分", columns=2),
            _text(f"一般公共预算：{amount(hundredths(form.funds.adjusted_fen))}", columns=3),
            _head("按支出性质分"),
            _text(
                f"基本支出：{amount(hundredths(form.basic_fen))}；项目支出：{amount(hundredths(form.project_fen))}",
                columns=3,
            ),
        ),
        *_goal_rows(form),
        *_indicator_rows(name, form, blocks),
    ]
    return _form_grid(account, name, f"{account.year}年度部门整体支出绩效自评表", "附件1-2", rows, form)


def project_form(
    account: Account, project: Project, form: EvaluationForm, blocks: Sequence[FormBlock], number: int
) -> Grid:
    """Annex 1-3 of one project."""
    letter = chr(ord("a") + number)
    name = f"1-3{letter}"
    rows: list[Row] = [
        (_head("项目支出名称", columns=2), Cell(project.name, f"{name}.project.name", columns=7)),
        (
            _head("主管部门", columns=2),
            _text(account.unit.superior, columns=3),
            _head("实施单位"),
            _text(account.unit.name, columns=3),
        ),
        *_funds_rows(name, form, "年度资金总额"),
        *_goal_rows(form),
        *_indicator_rows(name, form, blocks),
    ]
    title = f"{account.year}年度项目支出绩效自评表"
    return _form_grid(account, name, title, f"附件1-3-{number + 1}", rows, form)


def _form_grid(account: Account, name: str, title: str, number: str, rows: list[Row], form: EvaluationForm) -> Grid:
    widths = (9, 11, 18, 12, 12, 6, 7, 7, 18)
    return Grid(
        name, title, number, f"部门：{account.unit.name}", "单位：万元", tuple(rows), 0, widths, _signatures(form),
        is_landscape=True, small=True,
    )  # fmt: skip


def _funds_rows(name: str, form: EvaluationForm, label: str) -> Iterator[Row]:
    funds = form.funds
    yield (
        _head("年度预算申请（万元）", columns=2, rows=2),
        _head("项目"),
        _head("年初预算数"),
        _head("全年预算数"),
        _head("全年执行数"),
        _head("分值"),
        _head("执行率"),
        _head("得分"),
    )
    yield (
        _text(label),
        _number(f"{name}.fund.initial", amount(hundredths(funds.initial_fen))),
        _number(f"{name}.fund.budget", amount(hundredths(funds.adjusted_fen))),
        _number(f"{name}.fund.final", amount(hundredths(funds.executed_fen))),
        _number(f"{name}.fund.weight", plain(form.sheet.execution.line.weight)),
        _number(f"{name}.fund.rate", _rate(hundredths(funds.executed_fen), hundredths(funds.adjusted_fen))),
        _number(f"{name}.fund.score", plain(form.sheet.execution.score)),
    )


def _goal_rows(form: EvaluationForm) -> Iterator[Row]:
    yield (_head("年度总体目标", columns=2, rows=2), _head("预期目标", columns=3), _head("实际完成情况", columns=4))
    yield (_text(form.goal, columns=3), _text(form.result, columns=4))


def _indicator_rows(name: str, form: EvaluationForm, blocks: Sequence[FormBlock]) -> Iterator[Row]:
    heads = ("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分")
    yield (*(_head(text) for text in heads), _head("偏差原因分析及改进措施", columns=2))
    for block in blocks:
        rows = [row for row in form.sheet.lines if row.line.block == block.block]
        rows.sort(key=lambda row: block.seconds.index(row.line.second) if row.line.second in block.seconds else 99)
        for index, row in enumerate(rows):
            first = f"{block.block_zh}（{plain(block.weight)}分）" if index == 0 else ""
            lead = (
                Cell(first, f"{name}.block.{block.block_zh}.weight" if first else "", rows=len(rows), is_head=True),
            )
            yield (*(lead if index == 0 else ()), *_indicator(name, row))
    total = sum((row.line.weight for row in form.sheet.rows), start=form.sheet.total - form.sheet.total)
    yield (
        _head("总分", columns=5),
        _number(f"{name}.total.weight", plain(total)),
        _number(f"{name}.total.score", plain(form.sheet.total)),
        _text("", columns=2),
    )


def _indicator(name: str, row: Scored) -> Row:
    line, reached = row.line, row.reached
    id = f"{name}.{name_part(line.name)}"
    target = line.target_text if line.target is None else f"{line.sign}{plain(line.target)}{line.unit}"
    actual = reached.text if reached.value is None else f"{plain(reached.value)}{line.unit}"
    said = [part.strip().rstrip("。；") for part in (reached.deviation, reached.measure) if part.strip()]
    return (
        _text(line.second, Align.CENTER),
        _text(line.name),
        _number(f"{id}.target", target),
        _number(f"{id}.actual", actual),
        _number(f"{id}.weight", plain(line.weight)),
        _number(f"{id}.score", plain(row.score)),
        Cell("；".join(said), f"{id}.deviation" if said else "", columns=2),
    )


def _signatures(form: EvaluationForm | None) -> tuple[str, ...]:
    if form is None:
        return ()
    return (
        f"填表人：{form.filled_by}　填报日期：{form.filled_on}　联系电话：{form.telephone}　"
        f"单位负责人签字：{form.signed_by}",
    )


def _rate(part: int, whole: int) -> str:
    found = percent(part, whole)
    return "—" if found is None else f"{found}%"


def _head(text: str, columns: int = 1, rows: int = 1) -> Cell:
    return Cell(text, align=Align.CENTER, columns=columns, rows=rows, is_head=True)


def _text(text: str, align: Align = Align.LEFT, columns: int = 1) -> Cell:
    return Cell(text, align=align, columns=columns)


def _number(id: str, text: str) -> Cell:
    return Cell(text, id, Align.CENTER)
